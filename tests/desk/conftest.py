"""One Chromium for all tests of a worker, in windows of their own; a centre of its own for each.

A browser belongs to the event loop that started it, so all of these tests run on one.
"""

from collections.abc import AsyncIterator
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.conftest import unavailable
from tests.desk.browsing import browser, missing
from tests.web.running import Running, running

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _chromium() -> AsyncIterator[Browser]:
    if what := missing():
        unavailable(what)
    async with browser() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(_chromium: Browser) -> AsyncIterator[Browser]:
    """The browser; all its windows are closed after the test."""
    yield _chromium
    for context in _chromium.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def web() -> AsyncIterator[Running]:
    async with running() as centre:
        yield centre
