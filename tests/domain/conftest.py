"""A configured world, and one in which Anna, Boris and Clara are ready."""

import pytest

from tests.domain.commands import ready
from tests.domain.world import World, configured


@pytest.fixture
def world() -> World:
    return configured()


@pytest.fixture
def staffed(world: World) -> World:
    return world.given(*ready("anna", "boris", "clara"))
