"""A running centre for every test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.web.running import Running, running


@pytest.fixture
async def web() -> AsyncIterator[Running]:
    async with running() as centre:
        yield centre
