"""Ports for processes that are started on this machine, each given to one alone.

A port that was only looked at may be another's before it is listened on: there are seconds between. So whoever is given
one holds a lock on it as long as they live, whether anything listens there or not.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import socket
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from infra.settings import LOOPBACK

#: Below what systems give outgoing connections (from 32768 on): a restarted process comes back where people know it.
PORTS = range(15_000, 30_000)
#: Ports tried before giving up: more are taken than any machine's processes have.
TRIES = 1_000

_given: set[int] = set()


class NoPort(RuntimeError):
    """Too many ports are taken."""


def free_port(among: Sequence[int] = PORTS) -> int:
    """A port of loopback at which nobody listens, and that nobody else is given while this process lives.

    Raises `NoPort`, and `OSError` where the file of locks cannot be used.
    """
    for _ in range(TRIES):
        port = secrets.choice(among)
        if port not in _given and _locked(port) and _unused(port):
            _given.add(port)
            return port
    raise NoPort(f"no port from {among[0]} to {among[-1]} was free in {TRIES} tries")


def _locked(port: int) -> bool:
    """One byte of the file for each port: such a lock ends with the process, and a forked child has none of it."""
    locks = _locks()
    try:
        fcntl.lockf(locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except (BlockingIOError, PermissionError):  # which of them a system says of a lock that another holds varies
        return False
    return True


def _unused(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind((LOOPBACK, port))
        return True
    return False


@cache
def _locks() -> int:
    """Never closed: closing it anywhere in the process would let go of every lock."""
    file = Path(tempfile.gettempdir(), f"trunkline-ports-{os.getuid()}")
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
