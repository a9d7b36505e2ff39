"""The parts of a process that watch figures and tell people of alerts."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from channels.email.smtp_out import SmtpSender
from channels.webhooks.addresses import networks
from channels.webhooks.posting import Poster
from infra.alerting.telling import Telling
from infra.alerting.watching import Watching
from infra.mail.starting import next_server

if TYPE_CHECKING:
    from infra.node import Node


def webhook_secret(secret: bytes, project: str) -> bytes:
    """What a project's webhooks are signed with: each project has its own, and none tells of another."""
    return hmac.new(secret, f"webhook {project}".encode(), hashlib.sha256).digest()


def start_alerting(node: Node, closing: AsyncExitStack) -> None:
    """Watch and tell until the node ends."""
    parts, settings = node.stores, node.stores.settings
    watching = Watching(executor=parts.executor, ask=node.ask, configured=node.configured, clock=parts.clock)
    mailer = SmtpSender(next_server(settings), connections=1)
    closing.push_async_callback(mailer.close)
    poster = Poster(networks(settings.webhook_networks))
    closing.push_async_callback(poster.close)
    telling = Telling(
        executor=parts.executor,
        ask=node.ask,
        clock=parts.clock,
        mailer=mailer,
        sender=f"alerts@{settings.own_domain}",
        poster=poster,
        secret=lambda project: webhook_secret(parts.secrets.webhooks, project),
        base_url=node.base_url,
    )
    node.run("alerts", watching.run())
    node.run("notices of alerts", telling.run())
