"""What was written about an erased customer is nowhere on the disk, in no encoding; everybody else is untouched."""

from __future__ import annotations

import asyncio
import quopri
import secrets
import shutil
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from pathlib import Path

import aiosmtplib
import psycopg
import pytest

from domain.interaction.events import InteractionStarted, MessageReceived
from domain.personal import plain
from infra.demo.pace import Pace
from infra.settings import LOOPBACK
from infra.stores import open_stores
from tests.faults.life import Life, populated
from tests.faults.people import PatientDesk
from tests.faults.serving import run

pytestmark = pytest.mark.timeout(280)
PATIENCE = 90.0
MAILBOX, PROJECT = "help@parcels.example", "parcels"


@dataclass
class Writer:
    """A customer whose every word can be found again."""

    marks: dict[str, str] = field(
        default_factory=lambda: {
            what: f"zq{secrets.token_hex(7)}" for what in ("name", "local", "subject", "body", "attached", "file")
        }
    )

    @property
    def address(self) -> str:
        return f"{self.marks['local']}@writers.example"

    def mail(self) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = formataddr((f"Żaneta {self.marks['name']}", self.address))
        message["To"] = MAILBOX
        message["Subject"] = f"Where is {self.marks['subject']}?"
        message["Message-ID"] = f"<{self.marks['local']}.1@writers.example>"
        message.set_content(f"Dear all,\n\nabout {self.marks['body']} I know nothing.\n")
        attached = f"a file about {self.marks['attached']}".encode()
        message.add_attachment(
            attached, maintype="application", subtype="octet-stream", filename=f"{self.marks['file']}.bin"
        )
        return message

    async def write(self, life: Life) -> None:
        client = aiosmtplib.SMTP(hostname=LOOPBACK, port=life.centre.settings.smtp_in_port, start_tls=False, timeout=60)
        async with client:
            await client.send_message(self.mail(), sender=self.address, recipients=[MAILBOX])


def disguises(mark: str) -> Iterator[bytes]:
    """How a word may look on a disk: as it is, in UTF-16, inside base64 at each of the three alignments, as hex."""
    said = mark.encode()
    yield said
    yield mark.encode("utf-16-le")
    yield mark.encode("utf-16-be")
    yield said.hex().encode()
    yield quopri.encodestring(said).strip()
    for shift in range(3):
        whole = b64encode(b"\0" * shift + said)
        # the first and last characters depend on what stands beside the word
        yield whole[4 if shift else 0 : len(whole) - 4]


def found_in(folder: Path, writer: Writer, *, but: frozenset[str] = frozenset()) -> list[str]:
    """Files below `folder` with any word of the writer in any disguise."""
    found: list[str] = []
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or but & set(file.relative_to(folder).parts):
            continue
        content = file.read_bytes().lower()
        for what, mark in writer.marks.items():
            if any(one.lower() in content for one in disguises(mark)):
                found.append(f"{what} in {file.relative_to(folder)}")
    return found


async def eventually_nowhere(folder: Path, writer: Writer) -> None:
    """Wait until nothing is left. Fails with what is left after `PATIENCE` seconds."""
    ends = asyncio.get_running_loop().time() + PATIENCE
    while left := found_in(folder, writer):
        assert asyncio.get_running_loop().time() < ends, left
        await asyncio.sleep(0.3)


async def answered(life: Life, writer: Writer, mails: int = 3) -> None:
    """Wait until the customer has so many mails: that the ticket is open, an agent's answer, that it is settled."""
    ends = asyncio.get_running_loop().time() + PATIENCE
    while sum(one.recipient == writer.address for one in life.ledger.arrived) < mails:
        assert asyncio.get_running_loop().time() < ends, f"only {life.ledger.arrived}"
        await asyncio.sleep(0.1)


async def ids_of(life: Life, writer: Writer) -> tuple[str, str]:
    """Customer and ticket of a writer, from the log."""
    async with open_stores(life.centre.settings, write=False) as stores:
        types = [InteractionStarted.wire, MessageReceived.wire]
        tickets: dict[str, str] = {}
        for one in await stores.log.read(0, 5_000, types=types):
            event = stores.opener(one.event)
            if isinstance(event, InteractionStarted):
                tickets[event.interaction_id] = event.ticket_id
            elif isinstance(event, MessageReceived) and writer.marks["body"] in plain(event.text, otherwise=""):
                return event.customer_id, tickets[event.interaction_id]
    raise AssertionError("the writer's mail is not in the log")


@asynccontextmanager
async def two_served(life: Life) -> AsyncIterator[tuple[Writer, Writer, PatientDesk]]:
    """A running centre in which two customers wrote and were answered; and the administrator's desk."""
    gone, stays = Writer(), Writer()
    await life.centre.start()
    await life.centre.ready()
    life.begin_work(settling=True)  # whoever is asked back and does not answer is not settled
    await asyncio.gather(gone.write(life), stays.write(life))
    await asyncio.gather(answered(life, gone), answered(life, stays))
    desk = life.desk("administrator")
    try:
        yield gone, stays, desk
    finally:
        await desk.close()


async def still_known(life: Life, stays: Writer, gone_ticket: str) -> None:
    """The other customer's card and ticket are as they were; the erased one's ticket is a ticket of nobody."""
    desk = life.desk("supervisor")
    _, ticket = await ids_of(life, stays)
    shown = await desk.get(f"/api/projects/{PROJECT}/tickets/{ticket}")
    assert shown is not None
    assert stays.marks["subject"] in str(shown)
    of_nobody = await desk.get(f"/api/projects/{PROJECT}/tickets/{gone_ticket}")
    assert of_nobody is not None
    board = await desk.get(f"/api/projects/{PROJECT}/tickets", status=of_nobody["status"])
    assert board is not None
    assert gone_ticket in {one["ticket_id"] for one in board["items"]}
    await desk.close()


async def sound(life: Life) -> None:
    verified = await run(life.centre.settings, life.centre.nursery, "log", "verify", "--json")
    assert verified.code == 0, verified


@pytest.fixture
async def life(folder, forks) -> AsyncIterator[Life]:
    async with populated(folder / "data", Pace(speed=10), forks) as one:
        yield one


async def test_a_customer_erased_on_a_running_centre_is_nowhere_on_the_disk_and_a_restored_backup_forgets_again(
    life, folder
):
    data = life.centre.settings.data
    async with two_served(life) as (gone, stays, desk):
        customer_id, ticket_id = await ids_of(life, gone)
        assert found_in(data, gone), "nothing of it was ever on the disk: the search finds nothing"
        # a backup, as it should be made: of everything but the keys
        await life.centre.stop()
        backup = folder / "backup"
        shutil.copytree(data, backup)
        await life.centre.start()
        await life.centre.ready()

        assert await desk.post(f"/api/projects/{PROJECT}/customers/{customer_id}/erase")
        await eventually_nowhere(data, gone)
        assert found_in(data, stays)
        await still_known(life, stays, ticket_id)
        await life.centre.stop()
        assert found_in(data, gone) == []
        await sound(life)

        for kept in ("keys.sqlite", "keys.sqlite-wal", "keys.sqlite-shm"):
            (backup / kept).unlink(missing_ok=True)
            if (data / kept).exists():
                shutil.copy2(data / kept, backup / kept)
        shutil.rmtree(data)
        shutil.copytree(backup, data)
        shutil.rmtree(backup)
        assert found_in(data, gone)
        await life.centre.start()
        await life.centre.ready()
        await eventually_nowhere(data, gone)
        await still_known(life, stays, ticket_id)
        await life.centre.stop()
        await sound(life)


async def test_a_customer_erased_from_the_command_line_is_nowhere_on_the_disk(life):
    data = life.centre.settings.data
    async with two_served(life) as (gone, stays, _):
        customer_id, ticket_id = await ids_of(life, gone)
        await life.centre.stop()
        assert found_in(data, gone)
        erased = await run(life.centre.settings, life.centre.nursery, "erase", customer_id, "--yes", "--json")
        assert erased.code == 0, erased
        assert customer_id in erased.out
        assert found_in(data, gone) == []
        assert found_in(data, stays)
        await sound(life)
        again = await run(life.centre.settings, life.centre.nursery, "erase", customer_id, "--yes")
        assert again.code == 0, again
        nobody = await run(life.centre.settings, life.centre.nursery, "erase", "nobody", "--yes")
        assert nobody.code != 0
        assert "Traceback" not in nobody.err
        await life.centre.start()
        await life.centre.ready()
        await still_known(life, stays, ticket_id)


async def test_a_customer_erased_on_postgresql_is_nowhere_in_its_files_after_vacuum_full(folder, forks, database):
    log = frozenset({"pg_wal", "log"})
    async with (
        populated(folder / "data", Pace(speed=10), forks, **database.settings()) as life,
        two_served(life) as (gone, stays, desk),
    ):
        customer_id, ticket_id = await ids_of(life, gone)
        await asyncio.to_thread(vacuumed, database)
        assert found_in(database.folder, gone, but=log), "nothing of it was ever on the disk"
        assert await desk.post(f"/api/projects/{PROJECT}/customers/{customer_id}/erase")
        await eventually_nowhere(folder / "data", gone)
        ends = asyncio.get_running_loop().time() + PATIENCE
        while left := await asyncio.to_thread(after_vacuum, database, gone, log):
            assert asyncio.get_running_loop().time() < ends, left
            await asyncio.sleep(0.5)
        assert found_in(database.folder, stays, but=log)
        await still_known(life, stays, ticket_id)
        await life.centre.stop()
        await sound(life)


def after_vacuum(database, gone: Writer, but: frozenset[str]) -> list[str]:
    vacuumed(database)
    return found_in(database.folder, gone, but=but)


def vacuumed(database) -> None:
    """As an operator does after an erasure, in each of the two databases."""
    for url in (database.dsn, database.keys):
        with psycopg.connect(url, autocommit=True) as operator:
            operator.execute("VACUUM FULL")
            operator.execute("CHECKPOINT")
