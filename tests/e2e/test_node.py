"""A whole centre in one process: what only the parts together can do."""

from __future__ import annotations

import asyncio
import shlex
import smtplib
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from channels.email.identity import Identity
from domain.agent.commands import BecomeReady, SignIn
from domain.centre.documents import ProjectDocument
from domain.customer.decide import EraseCustomer
from domain.enclosing import NamedFile, SentFile
from domain.execute import Origin
from domain.interaction.offers import AcceptOffer
from domain.interaction.work import Reply
from domain.personal import Erased
from domain.ticket.decide import ResolveTicket
from infra.apply_documents import apply_documents
from infra.closing import Closing
from infra.documents import check_files
from infra.mail.letters import StoredLetters
from infra.node import Node
from infra.process import running_node
from infra.settings import Settings

pytestmark = pytest.mark.timeout(120)
EXAMPLE = Path(__file__).parents[2] / "examples" / "small.yaml"
ADMIN = Origin(project="shop", pool="corner_shop", actor="admin")


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with a_node(tmp_path) as running:
        yield running


@asynccontextmanager
async def a_node(tmp_path: Path, world: Any = None, **more: Any) -> AsyncGenerator[Node]:
    """A centre whose mails go to the handler `world`."""
    taking = world or Sink()
    world = await asyncio.get_running_loop().create_server(lambda: SMTP(taking), "127.0.0.1", 0)
    port = world.sockets[0].getsockname()[1]
    settings = Settings(
        data=tmp_path,
        http_port=0,
        smtp_in_port=0,
        smtp_out_host="127.0.0.1",
        smtp_out_port=port,
        smtp_out_tls="none",
        **more,
    )
    checked = check_files([EXAMPLE])
    try:
        async with running_node(settings) as node:
            await apply_documents(node.stores.executor, checked.centres, checked.projects, ADMIN)
            await node.configured.catch_up()
            yield node
    finally:
        world.close()


async def write(node: Node, subject: str = "kettle", attached: Sequence[bytes] = ()) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Joe <joe@example.org>", "bonjour@shop.example", subject
    mail.set_content("It does not whistle.")
    for content in attached:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename="a.pdf")

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", node.smtp_in_port, timeout=10) as client:
            client.send_message(mail)

    await asyncio.to_thread(send)


async def events(node: Node, *wires: str) -> list[Any]:
    return [node.stores.opener(one.event) for one in await node.stores.log.read(0, 10_000, types=wires)]


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await true():  # noqa: ASYNC110 - what is waited for happens in another part of the process
            await asyncio.sleep(0.05)


async def test_a_settled_ticket_is_closed_when_its_days_have_passed_and_not_before(node: Node) -> None:
    await write(node)
    (opened,) = await events(node, "ticket.opened.v1")
    resolve = ResolveTicket(project="shop", ticket_id=opened.ticket_id, agent_id="alice")
    done = await node.stores.executor.execute(resolve, ADMIN)
    assert await node.projecting.reached(["ticket_board"], "corner_shop", done.position, 20)

    def closing(days: int) -> Closing:
        def later() -> Any:
            return node.stores.clock() + timedelta(days=days)

        return Closing(executor=node.stores.executor, questions=node.questions, configured=node.configured, clock=later)

    assert await closing(13).close_settled() == 0
    assert await closing(15).close_settled() == 1
    (closed,) = await events(node, "ticket.closed.v1")
    assert closed.ticket_id == opened.ticket_id


async def test_a_mail_after_the_ticket_was_closed_opens_a_new_one(node: Node) -> None:
    await test_a_settled_ticket_is_closed_when_its_days_have_passed_and_not_before(node)
    await write(node, "kettle again")
    assert len(await events(node, "ticket.opened.v1")) == 2


async def test_whoever_is_erased_by_any_process_is_forgotten_by_this_one(node: Node) -> None:
    await write(node)
    (opened,) = await events(node, "ticket.opened.v1")
    await node.stores.executor.execute(EraseCustomer(customer_id=opened.customer_id), ADMIN)

    async def forgotten() -> bool:
        (again,) = await events(node, "ticket.opened.v1")
        return isinstance(again.subject, Erased)

    await until(forgotten)
    await until(lambda: asyncio.to_thread(nothing_in, node.stores.settings.blobs_folder))


def nothing_in(folder: Path) -> bool:
    return not any(path.is_file() for path in folder.rglob("*"))


async def test_a_document_that_would_contradict_those_in_force_is_told_with_the_way_to_mend_it(node: Node) -> None:
    project = node.configured.projects["shop"]
    faulty = ProjectDocument.model_validate({**project.model_dump(), "status": {"sender": "bonsoir"}})
    (fault,) = node.configured.faults_with(faulty)
    assert fault.startswith("status.sender")
    assert "bonjour" in fault
    assert node.configured.faults_with(project) == []


async def test_a_mail_without_an_author_is_answered_to_who_sent_it(node: Node) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", node.smtp_in_port, timeout=10) as client:
            client.sendmail("joe@example.org", ["bonjour@shop.example"], "Subject: kettle\n\nIt does not whistle.\n")

    await asyncio.to_thread(send)
    (receipt,) = await events(node, "delivery.notification_requested.v1")
    assert receipt.to == "joe@example.org"


async def test_a_mail_too_many_for_its_address_is_held_back_for_an_hour_and_not_lost(node: Node) -> None:
    for number in range(1, 9):
        await write(node, f"kettle {number}")

        async def all_attempted(number: int = number) -> bool:
            settled = await events(node, "delivery.deferred.v1", "delivery.delivered.v1")
            return len({event.delivery_id for event in settled}) == number

        await until(all_attempted)
        assert await node.projecting.reached(["deliveries"], "corner_shop", await node.stores.log.head(), 20)
    held = await events(node, "delivery.deferred.v1")
    assert {event.code for event in held} == {"held"}
    assert all(event.retry_at >= node.stores.clock() + timedelta(minutes=59) for event in held)
    assert await events(node, "delivery.failed.v1") == []


async def test_an_out_of_office_note_to_our_envelope_sender_stays_with_the_client_whose_mail_it_answers(
    node: Node,
) -> None:
    first = node.configured.projects["shop"]
    other = first.model_copy(
        update={
            "project": "atelier",
            "mailboxes": {"bonjour": first.mailboxes["bonjour"].model_copy(update={"address": "atelier@shop.example"})},
        }
    )
    await apply_documents(node.stores.executor, [], [other], ADMIN)
    await node.configured.catch_up()
    identity = Identity(node.stores.settings.own_domain, (node.stores.secrets.mail,))

    def send(to: str, text: str, sender: str = "joe@example.org") -> None:
        with smtplib.SMTP("127.0.0.1", node.smtp_in_port, timeout=10) as client:
            client.sendmail(sender, [to], f"From: joe@example.org\nTo: {to}\n{text}")

    await asyncio.to_thread(send, "atelier@shop.example", "Subject: frame\n\nIt is crooked.\n")
    (receipt,) = await events(node, "delivery.notification_requested.v1")
    bounces = identity.bounce_address(receipt.delivery_id)
    await asyncio.to_thread(send, bounces, "Subject: away\nAuto-Submitted: auto-replied\n\nI am away.\n", "")
    recorded = await node.stores.log.read(0, 10_000, types=["interaction.message_received.v1"])
    assert [one.project for one in recorded] == ["atelier", "atelier"]
    assert len(await events(node, "customer.registered.v1")) == 1


async def test_attachments_go_through_the_scanner_and_an_infected_one_is_left_out(tmp_path: Path) -> None:
    program = "import sys; b = sys.stdin.buffer.read(); print('Worm.Paper'); sys.exit({b'bad': 1, b'odd': 7}.get(b, 0))"
    async with a_node(tmp_path, attachment_scanner=shlex.join([sys.executable, "-c", program])) as node:
        await write(node, attached=[b"good", b"bad", b"odd"])
        (received,) = await events(node, "interaction.message_received.v1")
        kept = [await node.stores.blobs.get(received.customer_id, one.reference) for one in received.attachments]
        letters = StoredLetters(node.stores.blobs)
        letter = await letters.read(received.customer_id, received.raw, received.faults)
    assert kept == [b"good", b"odd"]
    assert letter is not None
    assert [(one.number, one.content) for one in letter.enclosures] == [(1, b"good"), (3, b"odd")]
    infected, unscanned = received.faults[:2]
    assert infected.startswith("attachment 2: infected (")
    assert "Worm.Paper" in infected
    assert unscanned.startswith("attachment 3: not scanned (")


class Letterbox:
    """Takes every mail."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=SMTP_POLICY))
        return "250 OK"


async def test_the_files_of_a_reply_arrive_with_it_under_their_names_and_one_that_is_gone_parks_it(
    tmp_path: Path,
) -> None:
    box, names = Letterbox(), ["Żółw — фото.png", 'a "quoted" name.pdf']
    async with a_node(tmp_path, box) as node:
        await write(node)
        (opened,) = await events(node, "ticket.opened.v1")
        for command in (SignIn(agent_id="alice"), BecomeReady(agent_id="alice")):
            await node.stores.executor.execute(command, ADMIN)
        await until(lambda: some(node, "interaction.offered.v1"))
        (offered,) = await events(node, "interaction.offered.v1")
        work = {"interaction_id": offered.interaction_id, "leg": offered.leg, "agent_id": "alice"}
        await node.stores.executor.execute(AcceptOffer(**work, work_id=offered.work_id), ADMIN)
        owner = opened.customer_id

        async def reply(contents: Sequence[bytes]) -> None:
            kept = [await node.stores.blobs.put(owner, content) for content in contents]
            files = [
                NamedFile(name, SentFile(reference=one, media_type="image/png", size=4, owner=owner))
                for name, one in zip(names, kept, strict=False)
            ]
            if contents[0] == b"gone":
                await node.stores.blobs.remove(owner, kept[0])
            await node.stores.executor.execute(
                Reply(project="shop", **work, text="See here.", files=tuple(files)), ADMIN
            )

        await reply([b"\x89PNG", b"%PDF"])
        await reply([b"gone"])
        await until(lambda: some(node, "delivery.failed.v1"))
        (failed,) = await events(node, "delivery.failed.v1")
        await until(lambda: some(node, "delivery.delivered.v1", 2))
    (letter,) = [one for one in box.letters if list(one.iter_attachments())]
    assert [(one.get_filename(), one.get_content()) for one in letter.iter_attachments()] == [
        (names[0], b"\x89PNG"),
        (names[1], b"%PDF"),
    ]
    assert (failed.code, "a file of this reply is gone" in failed.reason) == ("unsendable", True)


async def some(node: Node, wire: str, count: int = 1) -> bool:
    return len(await events(node, wire)) >= count
