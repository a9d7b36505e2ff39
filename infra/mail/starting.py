"""The mail parts of a process: the SMTP intake, the mailboxes that are fetched from, and the sender."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from channels.email.identity import Identity
from channels.email.imap_in import ImapAccount, ImapIntake
from channels.email.ports import Arrived
from channels.email.smtp_in import SmtpIntake
from channels.email.smtp_out import SmtpSender, SmtpServer
from infra.mail.certificate import Certificate
from infra.mail.enclosing import Enclosing, scanner_of
from infra.mail.going_along import GoingAlong
from infra.mail.receiving import Receiving
from infra.mail.sending import Sending
from infra.mail.todo import Todo
from infra.operations.figures import Figures
from infra.operations.tracing import Tracing
from infra.settings import ImapMailbox, Settings
from web.links import Links

if TYPE_CHECKING:
    from infra.node import Node

Accept = Callable[[Arrived], Awaitable[None]]
#: Deliveries counted at most when somebody asks how many are due.
MOST_COUNTED = 100


async def start_receiving(node: Node, closing: AsyncExitStack) -> None:
    """Listen for mail and fetch from mailboxes; all of it ends with `closing`.

    Any number of processes may listen; a mailbox is fetched from by the one that is elected for it.
    """
    settings, stores = node.settings, node.stores
    receiving = Receiving(
        log=stores.log,
        executor=stores.executor,
        configured=node.configured,
        fingerprints=stores.fingerprints,
        blobs=stores.blobs,
        identity=_identity(node),
        enclosing=Enclosing(stores.blobs, scanner_of(settings)),
    )
    accept = _counted(receiving.accept, node.figures, node.tracing)
    if settings.smtp_in_host:
        learn = node.configured.catch_up
        intake = SmtpIntake(accept, receiving.knows, hostname=settings.own_domain, learn=learn, tls=_tls(node))
        node.smtp_in_port = await intake.start(settings.smtp_in_host, settings.smtp_in_port)
        closing.push_async_callback(intake.stop)
    for number, box in enumerate(settings.imap, 1):
        node.lead(f"mailbox {number}", ImapIntake(_account(box), accept).run)


async def start_sending(node: Node, links: Links, closing: AsyncExitStack) -> None:
    """Send what is due until `closing`. Any number of processes may: an attempt is recorded before it is made, and of
    two that want to make it, the log lets one.
    """
    stores = node.stores
    sender = SmtpSender(next_server(node.settings))
    closing.push_async_callback(sender.close)
    todo = Todo(node.questions, node.configured)
    sending = Sending(
        log=stores.log,
        executor=stores.executor,
        opener=stores.opener,
        configured=node.configured,
        identity=_identity(node),
        links=links,
        sender=sender,
        going_along=GoingAlong(stores.blobs, stores.recordings),
        todo=todo.due,
        lately=todo.lately,
        clock=stores.clock,
        tell=lambda outcome: node.figures.attempts.labels(outcome).inc(),
    )

    async def due(figures: Figures) -> None:
        figures.due.set(len(await todo.due(stores.clock(), MOST_COUNTED)))

    node.looking.gauges.append(due)
    node.on_stop(sending.stop, node.run("delivery", sending.run()))


def _identity(node: Node) -> Identity:
    return Identity(node.settings.own_domain, (node.stores.secrets.mail,))


def _counted(accept: Accept, figures: Figures, tracing: Tracing) -> Accept:
    """Each mail a trace of its own, counted by whether it was stored or is kept by its sender."""

    async def counted(arrived: Arrived) -> None:
        outcome = "kept"
        try:
            with tracing.part("mail"):
                await accept(arrived)
            outcome = "stored"
        finally:
            figures.mails.labels(outcome).inc()

    return counted


def _account(box: ImapMailbox) -> ImapAccount:
    return ImapAccount(
        host=box.host,
        port=box.port,
        username=box.username,
        password=box.password.get_secret_value(),
        address=box.address,
        folder=box.folder,
        move_to=box.move_to,
        tls=box.tls,
    )


def _tls(node: Node) -> ssl.SSLContext | None:
    chain, key = node.settings.smtp_in_certificate, node.settings.smtp_in_private_key
    if chain is None or key is None:
        return None
    certificate = Certificate(chain, key)
    node.run("certificate", certificate.run())
    return certificate.context


def next_server(settings: Settings) -> SmtpServer:
    """The server that takes our mail."""
    password = settings.smtp_out_password
    return SmtpServer(
        settings.smtp_out_host,
        settings.smtp_out_port,
        tls=settings.smtp_out_tls,
        username=settings.smtp_out_username or None,
        password=password.get_secret_value() if password else None,
        local_hostname=settings.own_domain,
    )
