"""What a provider tells of a text becomes what happened to the delivery, whoever asked and in whatever order."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from channels.sms.ports import TextState
from channels.sms.retry import CHECKS, retry_at
from domain.customer.decide import SetConsent
from domain.decide import Command
from domain.delivery.events import DeliveryAccepted, DeliveryAttempted
from domain.delivery.handed_over import RecordAccepted
from domain.delivery.request import TEXTS
from domain.delivery.state import Delivery, RecordDeferred, RecordDelivered, RecordRefused
from domain.event import Recorded
from domain.execute import Executor, Origin
from domain.ports import Clock, Log
from domain.rejection import NotFound, Rejection
from domain.states import fold
from domain.stream import stream_of

_log = logging.getLogger("trunkline.texts.reporting")
ACTOR = "system:texts"


def marked(delivery_id: str, attempt_id: str) -> str:
    """What comes back with everything that is told of an attempt."""
    return f"{delivery_id}.{attempt_id}"


@dataclass(slots=True, kw_only=True)
class Reporting:
    """Records what became of texts."""

    log: Log
    executor: Executor
    clock: Clock

    async def told(self, mark: str, state: TextState) -> None:
        """The provider tells by itself. What is not of this log, or counts no longer, is no news."""
        delivery_id, _, attempt_id = mark.partition(".")
        recorded = await self.log.read_stream(stream_of("delivery", delivery_id)) if delivery_id else ()
        if not recorded or not attempt_id:
            _log.warning("a provider tells of a text that this log does not have; dropped")
            return
        delivery = folded(recorded)
        if state.status in ("under_way", "sent") and not self._unheard_of(delivery):
            return  # whoever sent it records that, with what it costs
        await self.record(recorded, delivery, attempt_id, state)

    def _unheard_of(self, delivery: Delivery) -> bool:
        overdue = delivery.deadline is not None and self.clock() >= delivery.deadline
        return delivery.status == "pending" or (delivery.status == "attempting" and overdue)

    async def record(
        self,
        recorded: Sequence[Recorded],
        delivery: Delivery,
        attempt_id: str,
        state: TextState,
        patience: int = CHECKS[0],
    ) -> None:
        """Record a state of an attempt; an outcome that counts no longer changes nothing."""
        origin = Origin(project=recorded[0].project, pool=recorded[0].pool, actor=ACTOR)
        try:
            if state.status in ("delivered", "failed") and state.reference != delivery.reference:
                # whose it is goes on record before what became of it: else it could be taken for another attempt's
                await self.executor.execute(_accepted(delivery, attempt_id, state, patience), origin)
            await self.executor.execute(self._command(delivery, attempt_id, state, patience), origin)
        except Rejection as rejection:
            _log.info("what is told of a text counts no longer: %s", rejection.code)
        if state.unwanted:
            await self.stopped(delivery.customer_id, origin)

    def _command(self, delivery: Delivery, attempt_id: str, state: TextState, patience: int) -> Command:
        where = {"delivery_id": delivery.delivery_id, "attempt_id": attempt_id}
        match state.status:
            case "delivered":
                return RecordDelivered(**where)
            case "failed" if state.temporary:
                at = retry_at(max(delivery.attempts, 1), self.clock())
                return RecordDeferred(**where, code=state.code, reason=state.reason, retry_at=at)
            case "failed":
                return RecordRefused(**where, code=state.code, reason=state.reason)
            case _:
                return _accepted(delivery, attempt_id, state, patience)

    async def stopped(self, customer_id: str, origin: Origin) -> None:
        """The provider knows that the customer has said STOP: so do we from now on."""
        try:
            await self.executor.execute(SetConsent(customer_id=customer_id, purpose=TEXTS, given=False), origin)
        except (NotFound, Rejection) as rejection:
            _log.info("a withdrawn consent was not recorded: %s", rejection.code)


def _accepted(delivery: Delivery, attempt_id: str, state: TextState, patience: int) -> RecordAccepted:
    return RecordAccepted(
        delivery_id=delivery.delivery_id,
        attempt_id=attempt_id,
        reference=state.reference,
        segments=state.segments,
        patience=patience,
    )


def references(recorded: Sequence[Recorded]) -> set[str]:
    """The provider's ids of all attempts of a delivery that it took."""
    return {one.event.reference for one in recorded if isinstance(one.event, DeliveryAccepted)}


def folded(recorded: Sequence[Recorded]) -> Delivery:
    return cast("Delivery", fold(recorded[0].stream, [one.event for one in recorded]))


def age_of(recorded: Sequence[Recorded], now: datetime) -> timedelta:
    """How long ago the last attempt began."""
    begun = [one.occurred_at for one in recorded if isinstance(one.event, DeliveryAttempted)]
    return now - begun[-1] if begun else timedelta()
