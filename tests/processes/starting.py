"""The processes of a centre on one PostgreSQL, each with its own ports, started and killed one by one."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope
from pydantic import SecretStr

from domain.execute import Origin
from infra.accounts.store import AccountStore
from infra.apply_documents import apply_documents
from infra.demo.ports import free_port
from infra.documents import check_files
from infra.settings import LOOPBACK, Settings
from infra.stores import Stores, new_id, open_accounts, open_stores
from tests.faults.forking import Nursery
from tests.faults.serving import Centre
from web.access import EVERYWHERE, Role
from web.accounts import Account

EXAMPLE = Path(__file__).parents[2] / "examples" / "small.yaml"
ADMIN = Origin(project="shop", pool="corner_shop", actor="admin")
POOL, MAILBOX = "corner_shop", "bonjour@shop.example"
#: Enough for what happens at once on a busy machine; reached only when something is broken.
PATIENCE = 150.0


class World:
    """The customers' mail server: keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = BytesParser(policy=default).parsebytes(content)
        assert isinstance(mail, EmailMessage)
        self.taken.append(mail)
        return "250 taken"

    def message_ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.taken]


@dataclass(slots=True)
class Cluster:
    """`settings` are those that all processes share; `stores` is a way into them from the test itself."""

    settings: Settings
    folder: Path
    nursery: Nursery
    world: World
    stores: Stores
    processes: list[Centre] = field(default_factory=list[Centre])

    async def start(self, *roles: str, **changed: object) -> list[Centre]:
        """Start a process of each role and wait until all of them are ready. `changed`: settings of theirs alone."""
        started = [self.process(role, **changed) for role in roles]
        await asyncio.gather(*(one.start() for one in started))
        await asyncio.gather(*(one.ready() for one in started))
        return started

    def process(self, role: str, **changed: object) -> Centre:
        """A process that does not run yet."""
        ports = {"http_port": free_port(), "smtp_in_port": free_port(), "operations_port": free_port()}
        settings = self.settings.model_copy(update=ports | changed)
        said = self.folder / f"{len(self.processes)}-{role}.jsonl"
        made = Centre(settings, said, self.nursery, role)
        self.processes.append(made)
        return made

    def role(self, role: str) -> list[Centre]:
        return [one for one in self.processes if one.role == role and one.alive]

    async def events(self, *wires: str) -> list[Any]:
        recorded = await self.stores.log.read(0, 10_000, types=wires)
        return [self.stores.opener(one.event) for one in recorded]

    async def elected(self, name: str) -> Centre:
        """The process that says it is the one."""
        line = f'trunkline_elected{{name="{name}"}} 1.0'

        async def holder() -> Centre | None:
            for one in self.processes:
                if one.alive and line in (await one.ask("/metrics")).text:
                    return one
            return None

        return await until(holder)

    async def token(self, name: str, role: Role, agent_id: str = "") -> str:
        """An account with this role everywhere; its token."""
        database = await open_accounts(self.settings.accounts_location)
        try:
            accounts, now = AccountStore(database), self.stores.clock()
            account = Account(new_id(), name, POOL, agent_id, {EVERYWHERE: frozenset({role})})
            await accounts.add(account, secrets.token_urlsafe(20), now)
            return (await accounts.issue_token(account.account_id, "test", (), now, None))[1]
        finally:
            await database.close()

    async def end(self) -> None:
        for one in self.processes:
            if one.alive:
                await one.kill()


async def until(true: Callable[[], Awaitable[Any]]) -> Any:
    """What `true` gives as soon as it is something."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await true()):  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.05)
        return found


async def write(port: int, number: int = 0, sender: str = "") -> None:
    """A customer writes a mail to the shop, through the intake at `port`."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender or f"joe.{number}@example.org", MAILBOX
    mail["Subject"], mail["Message-ID"] = f"kettle {number}", f"<{number}.{secrets.token_hex(4)}@example.org>"
    mail.set_content("It does not whistle.")
    await aiosmtplib.send(mail, hostname=LOOPBACK, port=port, start_tls=False, timeout=30)


def stores_of(dsn: str, keys: str) -> dict[str, object]:
    """Settings of a log, rows and accounts in one database and keys in another, as in production."""
    return {
        "database_url": SecretStr(dsn),
        "accounts_url": SecretStr(dsn),
        "keys_url": SecretStr(keys),
        "master_key": SecretStr(b64encode(secrets.token_bytes(32)).decode()),
    }


@asynccontextmanager
async def cluster(folder: Path, nursery: Nursery, stores: dict[str, object]) -> AsyncGenerator[Cluster]:
    """A configured centre of which no process runs yet."""
    world = World()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(world), LOOPBACK, 0)
    settings = Settings(
        data=folder,
        smtp_out_host=LOOPBACK,
        smtp_out_port=server.sockets[0].getsockname()[1],
        smtp_out_tls="none",
        mail_domain="trunkline.example",
    ).model_copy(update=stores)
    try:
        async with open_stores(settings) as opened:
            checked = check_files([EXAMPLE])
            await apply_documents(opened.executor, checked.centres, checked.projects, ADMIN)
            made = Cluster(settings, folder, nursery, world, opened)
            try:
                yield made
            finally:
                await made.end()
    finally:
        server.close()


def complaints(processes: Sequence[Centre]) -> list[str]:
    return [line for one in processes for line in one.complaints()]
