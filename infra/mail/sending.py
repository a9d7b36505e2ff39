"""What is to be delivered leaves by SMTP: at least once, under one Message-ID, each attempt on record.

An attempt is recorded before it is made. If its outcome is never heard of (the process died), it is made again
after its deadline with the same bytes, so that a mail program shows one mail even where two arrived.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from channels.email.compose import OutgoingMail, compose
from channels.email.identity import Identity
from channels.email.model import Address
from channels.email.notices import BadParameters, Rendered, render_notification
from channels.email.notices import Kind as MailKind
from channels.email.ports import Deferred, MailSender, Refused, Sent
from channels.email.retry import Parked, held_back, retry_at
from domain.delivery.events import NotificationRequested
from domain.delivery.state import AttemptDelivery, RecordDeferred, RecordDelivered, RecordRefused
from domain.event import Recorded
from domain.execute import Executor, Origin, TooBusy
from domain.personal import plain
from domain.ports import Clock, Log, LogUnavailable, Opener, RecordingStoreUnavailable
from domain.rejection import Rejection
from domain.stream import stream_of
from infra.configured import Configured
from infra.mail.going_along import GoingAlong
from infra.mail.worked import Worked
from web.links import Links
from web.phones import spoken

_log = logging.getLogger("trunkline.mail.sending")
#: Seconds after which an attempt that was not heard of counts as lost; well above every SMTP time-out.
PATIENCE = 300
#: How long a mail is held back that would be one too many for its address: a person still gets it, a loop idles.
HELD = timedelta(hours=1)
#: Mails to the customer are held back; these go to somebody else, or are a person's own words.
NOT_HELD = frozenset({"reply", "message_taken"})
#: Mails under way at once.
AT_ONCE = 8


class Due(NamedTuple):
    """A delivery that wants an attempt. `correlation_id`: the conversation that it was asked for in."""

    delivery_id: str
    project: str
    pool: str
    due_at: datetime
    correlation_id: str = ""


#: Deliveries due by a time, oldest first, at most so many.
Todo = Callable[[datetime, int], Awaitable[Sequence[Due]]]
#: When automatic mails went to a customer in the day before a time.
Lately = Callable[[str, datetime], Awaitable[Sequence[datetime]]]


@dataclass(slots=True, kw_only=True)
class Sending:
    """Sends due deliveries until it is cancelled."""

    log: Log
    executor: Executor
    opener: Opener
    configured: Configured
    identity: Identity
    links: Links
    sender: MailSender
    going_along: GoingAlong
    todo: Todo
    lately: Lately
    clock: Clock
    pause: float = 0.2
    #: Told the outcome of each attempt: sent, deferred, refused.
    tell: Callable[[str], None] = lambda outcome: None
    _stopping: bool = False
    _worked: Worked = field(default_factory=Worked)

    def stop(self) -> None:
        """Finish the attempts under way, then let `run` return: one that is cut off is made again, minutes later."""
        self._stopping = True

    async def run(self) -> None:
        """Work the to-do list until told to stop; what goes wrong with one delivery does not hold up the others."""
        while not self._stopping:
            try:
                sent = await self.send_due()
            except LogUnavailable as fault:
                _log.warning("the log is unavailable, sending waits: %s", fault)
                sent = 0
            if not sent:
                await asyncio.sleep(self.pause)

    async def send_due(self) -> int:
        """Attempt everything that is due now; how many attempts were made.

        A to-do list that is behind the log names deliveries that need none: they count for nothing, else a list that
        cannot catch up would be worked without a pause.
        """
        now = self.clock()
        due = self._worked.new(await self.todo(now, AT_ONCE + self._worked.count), now)[:AT_ONCE]
        if due:
            await self.configured.catch_up()
        return sum(await asyncio.gather(*(self._one(one) for one in due)))

    async def _one(self, due: Due) -> bool:
        """Whether an attempt was made."""
        try:
            await self._attempted(due)
        except Rejection as rejection:
            # another sender was faster, the to-do list has not caught up with the log yet, or a bounce was
            self._worked.add(due, self.clock())
            _log.debug("no attempt, or its outcome no longer counts: %s", rejection.code)
        except (TooBusy, LogUnavailable) as fault:
            # what was sent and could not be recorded is tried again after the attempt's deadline
            _log.warning("a delivery waits: %s", type(fault).__name__)
        else:
            self._worked.add(due, self.clock())
            return True
        return False

    async def _attempted(self, due: Due) -> None:
        origin = Origin(project=due.project, pool=due.pool, actor="system:delivery", correlation_id=due.correlation_id)
        done = await self.executor.execute(AttemptDelivery(delivery_id=due.delivery_id, patience=PATIENCE), origin)
        attempt_id, number = done.result["attempt_id"], int(done.result["number"])
        requested = (await self.log.read_stream(stream_of("delivery", due.delivery_id)))[0]
        await self.executor.execute(await self._attempt(requested, attempt_id, number), origin)

    async def _attempt(
        self, recorded: Recorded, attempt_id: str, number: int
    ) -> RecordDelivered | RecordDeferred | RecordRefused:
        """Make one attempt and say what came of it."""
        request = self.opener(recorded.event)
        assert isinstance(request, NotificationRequested), "a delivery begins with its request"
        where = {"delivery_id": request.delivery_id, "attempt_id": attempt_id}
        address = plain(request.to, otherwise="")
        if not address:
            return RecordRefused(**where, code="erased", reason="the customer has been erased")
        if request.kind not in NOT_HELD:
            now = self.clock()
            held = held_back(await self.lately(request.customer_id, now), now)
            if held is not None:
                return self._later(where, number, "held", held, at_least=HELD)
        try:
            mail = compose(await self._letter(recorded, request, address))
        except (RecordingStoreUnavailable, OSError) as fault:
            return self._later(where, number, "recordings", type(fault).__name__)
        except (ValueError, BadParameters) as fault:
            return RecordRefused(**where, code="unsendable", reason=str(fault))
        outcome = await self.sender.send(mail, self.identity.bounce_address(request.delivery_id), [address])
        self.tell(type(outcome).__name__.lower())
        match outcome:
            case Sent():
                return RecordDelivered(**where)
            case Refused():
                return RecordRefused(**where, code=str(outcome.code), reason=outcome.reason)
            case Deferred():
                return self._later(where, number, str(outcome.code), outcome.reason)

    def _later(
        self, where: dict[str, str], number: int, code: str, reason: str, *, at_least: timedelta = timedelta()
    ) -> RecordDeferred:
        """Try again by the schedule, though not before `at_least` has passed; or park it."""
        now = self.clock()
        following = retry_at(number, now)
        at = None if isinstance(following, Parked) else max(following.at, now + at_least)
        return RecordDeferred(**where, code=code, reason=reason, retry_at=at)

    async def _letter(self, recorded: Recorded, request: NotificationRequested, address: str) -> OutgoingMail:
        """The letter of a delivery: a function of its request (and what it names, which never changes), so that
        every attempt has the same bytes."""
        project, at = self.configured.projects[recorded.project], recorded.occurred_at
        box = project.mailboxes.get(request.mailbox)
        if box is None:
            raise ValueError(f"project {project.project} no longer has the mailbox {request.mailbox!r} to send from")
        thread = tuple(self._message_id(one) for one in plain(request.thread, otherwise="").split())
        enclosed = await self.going_along(request)
        rendered = self._rendered(request, at, attached=bool(enclosed))
        return OutgoingMail(
            sender=Address(box.address, box.title),
            to=(Address(address),),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=self.identity.message_id(request.delivery_id),
            date=at,
            reply_to=Address(self._reply_address(box.address, request.ticket_id), box.title),
            in_reply_to=thread[-1] if thread else "",
            references=thread,
            language=request.language,
            automatic=request.kind != "reply",
            list_id=f"{project.project}.{self.identity.domain}",
            attachments=enclosed,
        )

    def _reply_address(self, mailbox: str, ticket_id: str) -> str:
        return self.identity.reply_address(mailbox, ticket_id) if ticket_id else mailbox

    def _message_id(self, reference: str) -> str:
        kind, _, delivery_id = reference.partition(":")
        return self.identity.message_id(delivery_id) if kind == "delivery" else reference

    def _rendered(self, request: NotificationRequested, at: datetime, *, attached: bool) -> Rendered:
        subject = plain(request.subject, otherwise="")
        params: dict[str, Any] = {
            "project": request.params["project"],
            "name": plain(request.name, otherwise=""),
            "subject": subject,
            "thread_subject": subject,
        }
        if request.ticket_id and "number" in request.params:
            url = self.links.ticket_url(request.ticket_id, at)
            params |= {"ticket": request.params["number"], "ticket_url": url}
        # what goes out by another channel is not on the mail's to-do list
        kind = cast("MailKind", request.kind)
        return render_notification(kind, request.language, params | self._particulars(request, at, attached))

    def _particulars(self, request: NotificationRequested, at: datetime, attached: bool) -> dict[str, Any]:
        """What one kind of mail says and others do not."""
        match request.kind:
            case "ticket_handed_over":
                return {"department": request.params["department"]}
            case "ticket_resolved":
                return {
                    "rating_url_agent": self.links.rating_url(request.ticket_id, "agent", at),
                    "rating_url_company": self.links.rating_url(request.ticket_id, "company", at),
                    "reopen_days": int(request.params["reopen_days"]),
                }
            case "callback_registered":
                until = request.params.get("until")
                return {
                    "phone": spoken(plain(request.body, otherwise="")),
                    "due": _in_zone(request.params["due"], request),
                    "until": _in_zone(until, request) if until else None,
                    "attempts": int(request.params["attempts"]),
                    "manage_url": self.links.callback_url(request.interaction_id, at),
                }
            case "callback_tried":
                url = self.links.callback_url(request.interaction_id, at)
                return {"due": _in_zone(request.params["due"], request), "manage_url": url}
            case "callback_expired":
                return {"tries": int(request.params.get("tries", "0"))}
            case "message_taken":
                return {
                    "recipient": request.params["recipient"],
                    "phone": plain(request.body, otherwise=""),
                    "seconds": int(request.params["seconds"]),
                    "attached": attached,
                }
            case "reply":
                return {
                    "text": plain(request.body, otherwise="").strip(),
                    "attached": attached,
                    "agent": self.configured.agent_name(request.params["agent_id"]),
                }
            case _:
                return {}


def _in_zone(moment: str, request: NotificationRequested) -> datetime:
    """A time of a callback on its customer's clock."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(request.params["zone"]))
