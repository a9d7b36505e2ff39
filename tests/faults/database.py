"""A PostgreSQL of our own, to be stopped, killed and started again; or two, the second a synchronous replica."""

from __future__ import annotations

import asyncio
import secrets
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

from infra.settings import LOOPBACK
from tests.cable import Cable, cable
from tests.faults.postgres import Server, new_server

#: Seconds that a replica may take to follow.
FOLLOWS = 60.0
#: The longest time that nothing gets through: longer than a connection takes to notice.
UNHEARD = 20.0
DATABASES = ("centre", "keys")


class OwnPostgres:
    """A PostgreSQL server that nobody else uses."""

    #: What may become of it in a kill run.
    FATES: tuple[str, ...] = ("backend killed", "server restarted", "server stopped at once")

    def __init__(self, server: Server) -> None:
        self._server = server
        self._master_key = b64encode(secrets.token_bytes(32)).decode()

    @property
    def server(self) -> Server:
        """The one that is written to."""
        return self._server

    @property
    def dsn(self) -> str:
        """The centre's database; the keys have one of their own."""
        return url_of(self._address(DATABASES[0]))

    @property
    def keys(self) -> str:
        return url_of(self._address(DATABASES[1]))

    def settings(self) -> dict[str, object]:
        """Log, rows and accounts in one database, the keys in another, as in production."""
        return {
            "database_url": SecretStr(self.dsn),
            "accounts_url": SecretStr(self.dsn),
            "keys_url": SecretStr(self.keys),
            "master_key": SecretStr(self._master_key),
        }

    async def suffer(self, dice: Random) -> str:
        """One of the things that happen to servers."""
        what = dice.choice(self.FATES)
        await self._suffer(what, dice)
        return what

    async def _suffer(self, what: str, dice: Random) -> None:
        if what == "backend killed":
            await asyncio.to_thread(self._server.kill_a_backend, DATABASES[0], dice)
        else:
            await self._away(dice.uniform(0.0, 3.0), at_once=what == "server stopped at once")

    async def _away(self, seconds: float, *, at_once: bool) -> None:
        """Stop the server, wait, start it."""
        await asyncio.to_thread(self.stop, at_once)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.start)

    def stop(self, at_once: bool = False) -> None:
        self._server.stop(at_once)

    def start(self) -> None:
        self._server.start()

    def create_databases(self) -> None:
        self._server.say(*(f"CREATE DATABASE {one}" for one in DATABASES))

    def end(self) -> None:
        if self._server.runs:
            self._server.stop(at_once=True)

    @property
    def folder(self) -> Path:
        return self._server.data

    def _address(self, database: str) -> str:
        return self._server.dsn(database)


class Replicated(OwnPostgres):
    """Two servers: what the first acknowledges the second has, and the second takes the place of the first.

    Both stand in one address (`host=a,b`, `target_session_attrs=read-write`), which is libpq's own way to whichever
    of them may be written to. A cable leads to each.
    """

    FATES = (*OwnPostgres.FATES, "replica promoted", "cable cut")

    def __init__(self, first: Server, second: Server, cables: Mapping[Path, Cable]) -> None:
        """`cables`: by the servers' folders."""
        super().__init__(first)
        self._second, self._cables = second, cables

    def replicate(self) -> None:
        """Make a replica of the first, and acknowledge nothing any more that it has not got."""
        self._second.copy(self._server)
        self._second.start()
        # after the copy, which is to wait for nobody once it is promoted
        self._server.say("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        ends = time.monotonic() + FOLLOWS
        while not self._follows():
            if time.monotonic() > ends:
                raise AssertionError("the replica does not follow")
            time.sleep(0.05)

    def fail_over(self) -> None:
        """The first dies; the second takes its place."""
        self._server.stop(at_once=True)
        self._second.promote()
        self._server, self._second = self._second, self._server

    async def go_unheard(self, seconds: float) -> None:
        """Nothing gets through to the first for so long; of the old connections nobody hears anything again."""
        await _unheard(self._cables[self._server.folder], seconds)

    def end(self) -> None:
        super().end()
        if self._second.runs:
            self._second.stop(at_once=True)

    async def _suffer(self, what: str, dice: Random) -> None:
        if what == "replica promoted":
            await asyncio.to_thread(self.fail_over)
            await asyncio.to_thread(self.replicate)
        elif what == "cable cut":
            await self.go_unheard(dice.uniform(0.0, UNHEARD))
        else:
            await super()._suffer(what, dice)

    def _follows(self) -> bool:
        with psycopg.connect(self._server.dsn(), autocommit=True) as operator:
            found = operator.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchall()
        return len(found) == 1

    def _address(self, database: str) -> str:
        ports = ",".join(str(one.port) for one in self._cables.values())
        hosts = ",".join(LOOPBACK for _ in self._cables)
        return make_conninfo(self._server.dsn(database), host=hosts, port=ports, target_session_attrs="read-write")


class Apart(OwnPostgres):
    """A server for the keys alone: who keeps the log need not be who keeps the keys. A cable leads to it."""

    FATES = ("keys' backend killed", "keys' server restarted", "keys' server stopped at once", "keys' cable cut")

    def __init__(self, server: Server, cable: Cable) -> None:
        super().__init__(server)
        self._cable = cable

    def settings(self) -> dict[str, object]:
        """Beside those of where everything else lies."""
        return {"keys_url": SecretStr(self.keys)}

    async def _suffer(self, what: str, dice: Random) -> None:
        if what == "keys' cable cut":
            await _unheard(self._cable, dice.uniform(0.0, UNHEARD))
        elif what == "keys' backend killed":
            await asyncio.to_thread(self._server.kill_a_backend, DATABASES[1], dice)
        else:
            await self._away(dice.uniform(0.0, 3.0), at_once=what == "keys' server stopped at once")

    def _address(self, database: str) -> str:
        return make_conninfo(self._server.dsn(database), host=LOOPBACK, port=self._cable.port)


async def _unheard(cable: Cable, seconds: float) -> None:
    cable.cut()
    await asyncio.sleep(seconds)
    cable.mend()


@asynccontextmanager
async def own_postgres(folder: Path) -> AsyncGenerator[OwnPostgres]:
    """A new server in `folder`, gone afterwards. Raises `ImportError` without the wheel."""
    own = OwnPostgres(await asyncio.to_thread(new_server, folder))
    async with _running(own):
        yield own


@asynccontextmanager
async def replicated_postgres(folder: Path) -> AsyncGenerator[Replicated]:
    """The same with a synchronous replica."""
    first = await asyncio.to_thread(new_server, folder / "a")
    second = await asyncio.to_thread(first.another, folder / "b")
    with ExitStack() as closing:
        cables = {one.folder: closing.enter_context(cable(one.tcp())) for one in (first, second)}
        own = Replicated(first, second, cables)
        async with _running(own):
            await asyncio.to_thread(own.replicate)
            yield own


@asynccontextmanager
async def keys_apart(folder: Path) -> AsyncGenerator[Apart]:
    """A new server for keys."""
    server = await asyncio.to_thread(new_server, folder)
    with cable(server.tcp()) as leading:
        own = Apart(server, leading)
        async with _running(own):
            yield own


@asynccontextmanager
async def _running(own: OwnPostgres) -> AsyncGenerator[None]:
    try:
        await asyncio.to_thread(own.start)
        await asyncio.to_thread(own.create_databases)
        yield
    finally:
        await asyncio.to_thread(own.end)


def url_of(dsn: str) -> str:
    """As settings want it: postgresql://user@/name?host=…"""
    known = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value not in (None, "")}
    user, database = known.pop("user"), known.pop("dbname")
    return f"postgresql://{user}@/{database}?" + "&".join(f"{name}={quote(known[name], safe='')}" for name in known)
