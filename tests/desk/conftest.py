"""One Chromium for all tests of a worker; a centre of its own for each."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.conftest import unavailable
from tests.desk.browsing import browser, missing
from tests.web.running import Running, running


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    if what := missing():
        unavailable(what)
    async with browser() as opened:
        yield opened


@pytest.fixture
async def web() -> AsyncIterator[Running]:
    async with running() as centre:
        yield centre
