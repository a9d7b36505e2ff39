"""A hotline that texts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.texts.hotline import Hotline, hotline


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path) as one:
        yield one
