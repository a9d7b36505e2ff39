"""The mail parts of a process: the SMTP intake, the mailboxes that are fetched from, and the sender."""

from __future__ import annotations

import ssl
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from channels.email.identity import Identity
from channels.email.imap_in import ImapAccount, ImapIntake
from channels.email.smtp_in import SmtpIntake
from channels.email.smtp_out import SmtpSender, SmtpServer
from infra.mail.receiving import Receiving
from infra.mail.sending import Sending
from infra.mail.todo import Todo
from infra.settings import Settings
from web.links import Links

if TYPE_CHECKING:
    from infra.node import Node


async def start_mail(node: Node, links: Links, closing: AsyncExitStack) -> None:
    """Listen for mail, fetch from mailboxes, and send what is due; all of it ends with `closing`."""
    settings, stores = node.stores.settings, node.stores
    identity = Identity(settings.own_domain, (stores.secrets.mail,))
    receiving = Receiving(
        log=stores.log,
        executor=stores.executor,
        configured=node.configured,
        fingerprints=stores.fingerprints,
        blobs=stores.blobs,
        identity=identity,
    )
    if settings.smtp_in_host:
        intake = SmtpIntake(receiving.accept, receiving.knows, hostname=settings.own_domain, tls=_tls(settings))
        node.smtp_in_port = await intake.start(settings.smtp_in_host, settings.smtp_in_port)
        closing.push_async_callback(intake.stop)
    for box in settings.imap:
        account = ImapAccount(
            host=box.host,
            port=box.port,
            username=box.username,
            password=box.password.get_secret_value(),
            address=box.address,
            folder=box.folder,
            move_to=box.move_to,
            tls=box.tls,
        )
        node.run(f"mailbox {box.host}", ImapIntake(account, receiving.accept).run())
    sender = SmtpSender(next_server(settings))
    closing.push_async_callback(sender.close)
    todo = Todo(node.questions, node.configured)
    sending = Sending(
        log=stores.log,
        executor=stores.executor,
        opener=stores.opener,
        configured=node.configured,
        identity=identity,
        links=links,
        sender=sender,
        todo=todo.due,
        lately=todo.lately,
        clock=stores.clock,
    )
    node.run("delivery", sending.run())


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.smtp_in_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.smtp_in_certificate, settings.smtp_in_private_key)
    return context


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
