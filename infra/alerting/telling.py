"""Tells people of alerts: by mail, and by webhook signed as the Standard Webhooks specification says.

Each notice is put on record before it is tried, and what came of it after: at least once, under an id of its own
(Message-ID, `webhook-id`) that stays the same however often it is tried, so that who gets it twice can tell.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol

import structlog

from channels.email.ports import Deferred, Outcome, Sent
from channels.webhooks.posting import Later, Poster, Taken
from domain.alert import ATTEMPTS, AttemptNotice, RecordNotice
from domain.execute import Executor, Origin, TooBusy
from domain.ports import Clock, LogUnavailable
from domain.rejection import Rejection
from infra.rows.port import RowsUnavailable
from projections.queries import NoticeView, notices_due

_log = structlog.get_logger("alerting")
ACTOR = "system:alerting"
#: Seconds between looks.
PAUSE = 1.0


class Mailer(Protocol):
    async def send(self, mail: bytes, envelope_from: str, to: Sequence[str]) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """Why somebody was not told. `final`: trying again is useless."""

    reason: str
    final: bool


@dataclass(slots=True, kw_only=True)
class Telling:
    """Sends what is due until it is cancelled.

    `sender` is the address that mails come from, `mailer` sends them; `poster` tells by webhook, nowhere inside unless
    the operator says so; `secret` gives the webhook secret of a project.
    """

    executor: Executor
    ask: Callable[..., Awaitable[Any]]
    clock: Clock
    mailer: Mailer
    sender: str
    poster: Poster
    secret: Callable[[str], bytes]
    base_url: str

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except (LogUnavailable, RowsUnavailable, TooBusy) as fault:
                _log.warning("notices wait", kind=type(fault).__name__)
            await asyncio.sleep(PAUSE)

    async def look(self) -> int:
        """Tell whoever is to be told now; how many were tried."""
        tried = 0
        due: Sequence[NoticeView] = await self.ask(notices_due, self.clock())
        for notice in due:
            tried += await self._try(notice)
        return tried

    async def _try(self, notice: NoticeView) -> bool:
        where = {"project": notice.project, "alert": notice.alert, "notice_id": notice.notice_id}
        origin = Origin(project=notice.project, pool=notice.pool, actor=ACTOR)
        if notice.attempts >= ATTEMPTS:
            lost = RecordNotice(**where, fault="nothing was heard of the last attempt", final=True)
            await self.executor.execute(lost, origin)
            return False
        try:
            await self.executor.execute(AttemptNotice(**where, attempt=notice.attempts + 1), origin)
        except Rejection:
            return False  # another process is on it, or the rows have not heard of it yet
        fault = await self._ways()[notice.channel](notice)
        if fault is not None:
            _log.warning("a notice of an alert failed", alert=notice.alert, channel=notice.channel, reason=fault.reason)
        result = RecordNotice(**where, fault=fault.reason if fault else "", final=bool(fault and fault.final))
        await self.executor.execute(result, origin)
        return True

    def _ways(self) -> dict[str, Callable[[NoticeView], Awaitable[Fault | None]]]:
        return {"mail": self._mail, "webhook": self._webhook}

    async def _mail(self, notice: NoticeView) -> Fault | None:
        outcome = await self.mailer.send(letter(notice, self.sender, self.base_url), self.sender, [notice.to])
        if isinstance(outcome, Sent):
            return None
        reason = f"{outcome.code} {outcome.reason}".strip()
        return Fault(reason, final=not isinstance(outcome, Deferred))

    async def _webhook(self, notice: NoticeView) -> Fault | None:
        body = json.dumps(said(notice), ensure_ascii=False, separators=(",", ":")).encode()
        secret = b64encode(self.secret(notice.project)).decode()
        outcome = await self.poster.post(notice.to, [secret], notice.notice_id, body, self.clock())
        if isinstance(outcome, Taken):
            return None
        return Fault(outcome.reason, final=not isinstance(outcome, Later))


def said(notice: NoticeView) -> dict[str, object]:
    """What a webhook says (Standard Webhooks §payload: type, timestamp, data)."""
    return {
        "type": f"alert.{notice.what}",
        "timestamp": notice.happened_at.astimezone(UTC).isoformat(),
        "data": {
            "project": notice.project,
            "alert": notice.alert,
            "metric": notice.metric,
            "queue": notice.queue or None,
            "value": notice.value,
            "threshold": notice.threshold,
        },
    }


def letter(notice: NoticeView, sender: str, base_url: str) -> bytes:
    """The mail, the same bytes for the same notice; no automatic answer to it is wanted (RFC 3834)."""
    mail = EmailMessage()
    what = "ALERT" if notice.what == "raised" else "over"
    mail["From"], mail["To"] = sender, notice.to
    mail["Subject"] = f"[{notice.title}] {what}: {notice.alert.replace('_', ' ')}"
    mail["Date"] = format_datetime(notice.happened_at.astimezone(UTC))
    mail["Message-ID"] = f"<alert-{notice.notice_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_words(notice, base_url))
    return mail.as_bytes()


def _words(notice: NoticeView, base_url: str) -> str:
    figure = "nothing to measure" if notice.value is None else f"{notice.value:g}"
    queue = f" of the queue {notice.queue}" if notice.queue else ""
    when: datetime = notice.happened_at.astimezone(UTC)
    return (
        f"{notice.metric.replace('_', ' ')}{queue}: {figure} (threshold {notice.threshold:g})\n"
        f"{'raised' if notice.what == 'raised' else 'over'} at {when:%Y-%m-%d %H:%M:%S} UTC\n\n{base_url}\n"
    )
