"""A port that is given for a process is that process's, long before anything listens there."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from infra.demo.ports import PORTS, NoPort, free_port
from infra.settings import LOOPBACK

ROOT = Path(__file__).parents[2]
#: Asks for ports, says which it got, and lives on until its standard input is closed.
ASKING = """
import sys
from infra.demo.ports import free_port
print(*(free_port() for _ in range(1500)), flush=True)
sys.stdin.read()
"""


def asking() -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", ASKING], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


def told(one: subprocess.Popen[str]) -> list[int]:
    assert one.stdout is not None
    return [int(port) for port in one.stdout.readline().split()]


def test_processes_side_by_side_are_never_given_the_same_port_though_nobody_listens_there_yet() -> None:
    mine = [free_port() for _ in range(500)]
    others = [asking() for _ in range(3)]
    try:
        given = [told(one) for one in others]
    finally:
        for one in others:
            one.communicate("")
    everybody = [*mine, *(port for ports in given for port in ports)]
    assert len(everybody) == 500 + 3 * 1_500
    assert len(set(everybody)) == len(everybody)


def test_a_port_at_which_somebody_listens_is_not_given() -> None:
    taken: list[socket.socket] = []
    try:
        for port in PORTS[::40]:
            with suppress(OSError):
                taken.append(socket.create_server((LOOPBACK, port)))
        busy = {one.getsockname()[1] for one in taken}
        assert len(busy) > 300
        assert busy.isdisjoint(free_port() for _ in range(500))
    finally:
        for one in taken:
            one.close()


def test_where_no_port_is_left_this_is_said() -> None:
    few = range(29_990, 30_000)
    for _ in few:
        with suppress(NoPort):
            free_port(few)
    with pytest.raises(NoPort, match="no port from 29990 to 29999 was free"):
        free_port(few)


def test_no_port_is_one_that_a_system_gives_an_outgoing_connection() -> None:
    assert all(free_port() < 32_768 for _ in range(50))
