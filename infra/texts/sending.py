"""What is to be texted leaves through a provider: at most once, each attempt on record, what is unknown asked first.

An attempt is recorded before it is made, and its id goes along as the mark of its status callbacks. Where its outcome
is not heard of until its deadline (no answer, or this process died), the provider is asked whether it has such a text:
if it has, that is the attempt's; only if it has none is there another. What a provider accepted and tells no more of is
asked about now and then, until it has given it up itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from channels.sms.notices import Unsayable
from channels.sms.ports import (
    TextGone,
    TextOutcomeUnknown,
    TextRefused,
    TextSender,
    TextState,
    TextUnavailable,
)
from channels.sms.retry import CHECKS, next_check, retry_at
from domain.delivery.events import NotificationRequested
from domain.delivery.handed_over import WithholdDelivery
from domain.delivery.state import AttemptDelivery, Delivery, RecordDeferred, RecordRefused
from domain.event import Recorded
from domain.execute import Executor, Origin, TooBusy
from domain.personal import plain
from domain.ports import Clock, Log, LogUnavailable, Opener
from domain.rejection import Rejection
from domain.stream import stream_of
from infra.clock import CLOCKS_APART
from infra.texts.accounts import TextAccount, TextAccounts
from infra.texts.last_words import last_word, not_sent
from infra.texts.lines import Line
from infra.texts.pacing import NEAR, Pace
from infra.texts.permitting import Permitting
from infra.texts.reporting import ACTOR, Reporting, age_of, folded, marked, references
from infra.texts.wording import words_of
from web.links import Links

_log = logging.getLogger("trunkline.texts.sending")
#: Seconds that a provider has to answer; whoever does not has an unknown outcome.
ANSWER: Final = 60.0
#: Seconds after which an attempt that was not heard of is asked about; well above `ANSWER`.
PATIENCE: Final = 120
#: Texts under way at once, and how many of the to-do list are looked at.
AT_ONCE: Final = 8
PAGE: Final = 100
#: Seconds for which a text is put off whose provider does not answer, where a whole page of them waits.
AWAY: Final = 60.0


class Due(NamedTuple):
    """A delivery that something is to be done about, and whom it goes to."""

    delivery_id: str
    customer_id: str
    project: str
    pool: str


#: Deliveries due by a time, oldest first, at most so many.
Todo = Callable[[datetime, int], Awaitable[Sequence[Due]]]
#: The ids of the latest texts to a customer.
TextsTo = Callable[[str], Awaitable[Sequence[str]]]


class _Way(NamedTuple):
    """How a text leaves."""

    line: Line
    texts: TextSender
    to: str
    words: str


@dataclass(slots=True, kw_only=True)
class Sending:
    """Sends due texts until it is cancelled. `patience` in seconds, as `PATIENCE`."""

    log: Log
    executor: Executor
    opener: Opener
    links: Links
    accounts: TextAccounts
    permitting: Permitting
    reporting: Reporting
    todo: Todo
    texts_to: TextsTo
    clock: Clock
    pace: Pace = field(default_factory=Pace)
    pause: float = 0.2
    patience: int = PATIENCE
    _crowded: bool = False
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self) -> None:
        """Work the to-do list for ever; what goes wrong with one text does not hold up the others."""
        self.pace.begin(self.clock())
        while True:
            try:
                done = await self.work_due()
            except LogUnavailable as fault:
                _log.warning("the log is unavailable, texts wait: %s", fault)
                done = 0
            if not done:
                await asyncio.sleep(self.pause)

    async def work_due(self) -> int:
        """Do everything that is due now; how much was done. What is due and cannot be done yet counts for nothing."""
        due = await self.todo(self.clock(), PAGE)
        self._crowded = len(due) >= PAGE
        if due:
            await self.permitting.lines.configured.catch_up()
        by_customer: dict[str, list[Due]] = {}
        for one in due:
            by_customer.setdefault(one.customer_id, []).append(one)
        return sum(await asyncio.gather(*(self._in_order(theirs) for theirs in by_customer.values())))

    async def _in_order(self, due: Sequence[Due]) -> int:
        """What goes to one customer leaves in the order in which it was asked for."""
        return sum([await self._one(one) for one in due])

    async def _one(self, due: Due) -> bool:
        async with self._at_once:
            try:
                return await self._done(due)
            except Rejection as rejection:
                # another sender was faster, the to-do list is behind the log, or a callback was
                _log.debug("nothing is done, or its outcome counts no longer: %s", rejection.code)
            except (TooBusy, LogUnavailable) as fault:
                # what was sent and could not be recorded is asked about after the attempt's deadline
                _log.warning("a text waits: %s", type(fault).__name__)
        return False

    async def _done(self, due: Due) -> bool:
        recorded = await self.log.read_stream(stream_of("delivery", due.delivery_id))
        delivery, now = folded(recorded), self.clock()
        match delivery.status:
            case "pending" if delivery.retry_at is None or now >= delivery.retry_at:
                return await self._send(due, recorded, delivery, now)
            case "attempting" if delivery.deadline is not None and now >= delivery.deadline:
                return await self._reconcile(recorded, delivery, now)
            case "accepted" if delivery.check_at is not None and now >= delivery.check_at:
                return await self._ask(recorded, delivery, now)
            case _:
                return False

    async def _send(self, due: Due, recorded: Sequence[Recorded], delivery: Delivery, now: datetime) -> bool:
        request, origin = self._request(recorded), Origin(project=due.project, pool=due.pool, actor=ACTOR)
        withheld = await self.permitting.withheld(recorded[0], request, now)
        if withheld is not None:
            return await self._withhold(due.delivery_id, *withheld, origin)
        try:
            way = self._way(recorded[0], request)
        except Unsayable as fault:
            return await self._withhold(due.delivery_id, "unsendable", str(fault), None, origin)
        if way.texts.away() > 0:
            # it keeps its place, unless what another provider carries could not be seen behind it
            until = now + timedelta(seconds=max(way.texts.away(), AWAY))
            return self._crowded and await self._withhold(due.delivery_id, "away", "no answer lately", until, origin)
        leaves = self.pace.place(due.delivery_id, way.line.number.number, way.line.texts.interval, now)
        if leaves > now:
            if leaves - now <= NEAR:
                return False
            return await self._withhold(due.delivery_id, "throttled", "others are before it", leaves, origin)
        done = await self.executor.execute(AttemptDelivery(delivery_id=due.delivery_id, patience=self.patience), origin)
        self.pace.left(due.delivery_id)
        await self._attempt(way, delivery, done.result["attempt_id"], int(done.result["number"]), origin)
        return True

    async def _withhold(self, delivery_id: str, code: str, reason: str, until: datetime | None, origin: Origin) -> bool:
        if until is None:
            self.pace.left(delivery_id)
        command = WithholdDelivery(delivery_id=delivery_id, code=code, reason=reason, until=until)
        return (await self.executor.execute(command, origin)).position > 0

    def _request(self, recorded: Sequence[Recorded]) -> NotificationRequested:
        request = self.opener(recorded[0].event)
        assert isinstance(request, NotificationRequested), "a delivery begins with its request"
        return request

    def _way(self, recorded: Recorded, request: NotificationRequested) -> _Way:
        """How a text that may go leaves: `permitting` has seen that there is a way. Raises `Unsayable`."""
        to = plain(request.to, otherwise="")
        line = self.permitting.line(recorded, request)
        assert line is not None, "without a number it is not permitted"
        words = words_of(request, self.links, recorded.occurred_at)
        return _Way(line, self.accounts[line.number.provider].texts, to, words)

    async def _attempt(self, way: _Way, delivery: Delivery, attempt_id: str, number: int, origin: Origin) -> None:
        where = {"delivery_id": delivery.delivery_id, "attempt_id": attempt_id}
        try:
            async with asyncio.timeout(ANSWER):
                mark = marked(delivery.delivery_id, attempt_id)
                state = await way.texts.send(way.to, way.line.number.number, way.words, mark=mark)
        except (TextOutcomeUnknown, TimeoutError):
            _log.warning("what became of a text is not known; the provider is asked before there is another")
            return
        except TextRefused as fault:
            await self.executor.execute(RecordRefused(**where, code=fault.code, reason=fault.reason), origin)
            if fault.unwanted:
                await self.reporting.stopped(delivery.customer_id, origin)
            return
        except TextUnavailable as fault:
            at = retry_at(number, self.clock(), fault.retry_after)
            code = fault.code or "unavailable"
            await self.executor.execute(RecordDeferred(**where, code=code, reason=fault.reason, retry_at=at), origin)
            return
        recorded = await self.log.read_stream(stream_of("delivery", delivery.delivery_id))
        await self.reporting.record(recorded, folded(recorded), attempt_id, state)

    async def _reconcile(self, recorded: Sequence[Recorded], delivery: Delivery, now: datetime) -> bool:
        """The attempt's outcome is unknown: it is the provider's text with these words that no other accounts for."""
        request, origin = self._request(recorded), _origin_of(recorded)
        found: TextState | None = None
        to = plain(request.to, otherwise="")
        way = self._way(recorded[0], request) if to and self._account(recorded[0], request) is not None else None
        if way is None:
            lost = RecordRefused(
                delivery_id=delivery.delivery_id,
                attempt_id=delivery.attempt_id,
                code="unknown",
                reason="what became of it is not known, and there is nobody left to ask",
            )
            await self.executor.execute(lost, origin)
            return True
        if way.texts.away() > 0:
            return False
        try:
            known = await self._accounted_for(delivery, recorded, now)
            if known is None:
                return False
            found = await way.texts.sent_since(to, way.words, now - age_of(recorded, now) - CLOCKS_APART, known)
        except (TextUnavailable, TextRefused) as fault:
            _log.warning("a provider cannot be asked what became of a text: %s", fault)
            return False
        if found is not None:
            await self.reporting.record(recorded, delivery, delivery.attempt_id, found)
            return True
        await self.executor.execute(not_sent(delivery, now), origin)
        return True

    async def _accounted_for(self, asked: Delivery, recorded: Sequence[Recorded], now: datetime) -> set[str] | None:
        """The provider's ids of all texts to a customer that the log knows, those of earlier attempts too.

        None while another is being handed over: it may be in the same words, and with the provider by now.
        """
        found = references(recorded)
        for delivery_id in await self.texts_to(asked.customer_id):
            theirs = await self.log.read_stream(stream_of("delivery", delivery_id))
            other = folded(theirs)
            if delivery_id != asked.delivery_id and other.status == "attempting" and now < (other.deadline or now):
                return None
            found |= references(theirs)
        return found

    async def _ask(self, recorded: Sequence[Recorded], delivery: Delivery, now: datetime) -> bool:
        """Nothing was told of what the provider accepted: it is asked, and in the end taken at its last word."""
        texts = self._asked(recorded)
        if texts is None or texts.away() > 0:
            return False
        try:
            state = await texts.state(delivery.reference)
        except TextGone as fault:
            state = TextState(delivery.reference, "failed", code=fault.code, reason="the provider knows it no longer")
        except (TextUnavailable, TextRefused) as fault:
            _log.warning("a provider cannot be asked what became of a text: %s", fault)
            return False
        patience = next_check(age_of(recorded, now))
        if state.status in ("under_way", "sent") and patience is None:
            await self.executor.execute(last_word(delivery, state), _origin_of(recorded))
            return True
        await self.reporting.record(recorded, delivery, delivery.attempt_id, state, patience or CHECKS[-1])
        return True

    def _asked(self, recorded: Sequence[Recorded]) -> TextSender | None:
        """Whom to ask: the account of the number that it left from; with one account alone there is no doubt."""
        account = self._account(recorded[0], self._request(recorded))
        return account.texts if account is not None else next((one.texts for one in self.accounts.values()), None)

    def _account(self, recorded: Recorded, request: NotificationRequested) -> TextAccount | None:
        """The account of the number that it left from; None where the settings, or the project, have it no longer."""
        line = self.permitting.line(recorded, request)
        return None if line is None else self.accounts.get(line.number.provider)


def _origin_of(recorded: Sequence[Recorded]) -> Origin:
    return Origin(project=recorded[0].project, pool=recorded[0].pool, actor=ACTOR)
