"""The emulator, a centre and the real adapter, new for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.channels.twilio.centre import Running, running


@pytest.fixture
async def phones() -> AsyncIterator[Running]:
    async with running() as all_of_it:
        yield all_of_it
        # what Twilio's debugger would show is a fault of ours; a test that provokes it looks at it and clears it
        assert list(all_of_it.emulator.world.alerts) == []
