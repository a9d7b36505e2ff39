"""What the router asks for besides offers, and how long it waits where it was refused."""

from __future__ import annotations

from typing import NamedTuple

from domain.decide import Command
from router.instants import SECOND
from router.records import Cause

#: After a refusal the board is known to be behind the log. The event it lacks normally clears that at once;
#: this bounds the wait where none comes.
RETRY_US = 1 * SECOND


class Ask(NamedTuple):
    """A command, and the event that gave cause to it."""

    command: Command
    cause: Cause
