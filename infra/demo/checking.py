"""What must hold at the end of a run: the log held against the domain, the rows, and what people outside saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from channels.email.identity import Identity
from domain.customer.events import ConsentWithdrawn
from domain.delivery.events import NotificationRequested
from domain.ticket.events import TicketOpened
from infra.demo.facts import Facts
from infra.demo.ledger import Ledger
from infra.demo.telephone_checks import Network
from infra.demo.telephones import Telephones
from infra.demo.watching import PORTION, QueueFigures, Watching
from infra.log.verify import verify
from infra.node import Node
from infra.rebuild import NeverLevel, Rebuild
from projections.catalogue import PROJECTIONS
from projections.queries.figures import ServiceLevel, service_levels
from web.links import Links

#: Faults told per check at most.
MOST = 20


@dataclass(slots=True, kw_only=True)
class Checking:
    """The checks of one run; `since` is the position before it.

    `whole`: nobody but simulated people was there and all of them came to an end, so that nothing may be left, and
    nothing may have happened that they do not know of.
    """

    node: Node
    ledger: Ledger
    watched: Watching
    since: int
    whole: bool
    telephones: Telephones | None = None
    facts: Facts = field(default_factory=Facts)

    async def everything(self) -> dict[str, list[str]]:
        """Every check by name, with what it found broken."""
        await self._read()
        checks: dict[str, Callable[[], Awaitable[Sequence[str]]]] = {
            "domain invariants over the whole log": self._domain,
            "the log verifies (order, versions, schemas, seals)": self._log,
            "rebuilt rows equal live rows": self._rows,
            "one Message-ID per notification, as the customers' server saw it": self._mail_out,
            "one notification for each cause": self._notified,
            "every mail that was answered with 250 is in the log once": self._mail_in,
            "every rating that was thanked for is in the log, and no other": self._ratings,
            "every form and request that was thanked for is in the log once": self._forms,
            "every position that the API gave back is in the log": self._positions,
            "the read model's service level is that of the log": self._figures,
            "no mail and no request was refused that should not have been": self._refused,
        }
        if self.telephones is not None:
            knows = Network(self.facts.telephone, self.ledger, self.telephones, whole=self.whole)
            checks |= {
                "every call is in the log once, with what came of it for the caller": knows.calls_in,
                "no telephone was called twice for one attempt": knows.calls_out,
                "nobody was recorded who had not agreed": knows.agreements,
                "what was recorded is in the store and can be played": lambda: knows.recordings(
                    self.node.stores.recordings
                ),
                "every text that was written is in the log once": lambda: knows.texts_in(self.facts.received),
                "no text was sent twice, and what is delivered was sent": lambda: knows.texts_out(self._deliveries()),
            }
        if self.whole:
            checks["nothing is left undone"] = self._left
        return {name: list(await check())[:MOST] for name, check in checks.items()}

    async def _read(self) -> None:
        # whose tickets there are, and who wants no texts, may have been told in an earlier run of the same folder
        position, opener = 0, self.node.stores.opener
        lasting = [TicketOpened.wire, ConsentWithdrawn.wire]
        while batch := await self.node.stores.log.read(position, PORTION, types=lasting):
            for one in batch:
                self.facts.before(one.event)
            position = batch[-1].position
        position = self.since
        while batch := await self.node.stores.log.read(position, PORTION):
            for one in batch:
                self.facts.add(one._replace(event=opener(one.event)))
            position = batch[-1].position

    async def _domain(self) -> list[str]:
        fresh = Watching(self.node.stores.opener)
        await fresh.read(self.node.stores.log)
        if fresh.position < self.watched.position:
            fresh.broken.append(f"read up to {fresh.position} only, {self.watched.position} had been seen")
        return fresh.broken

    async def _log(self) -> list[str]:
        log = self.node.stores.log
        report = await verify(log, log.mapper)
        return [f"position {fault.position} of {fault.stream}: {fault.text}" for fault in report.faults]

    async def _rows(self) -> list[str]:
        stores, broken = self.node.stores, list[str]()
        rebuild = Rebuild(stores.log, self.node.rows, stores.opener)
        for projection in PROJECTIONS.values():
            try:
                found = await rebuild.verify(projection)
            except NeverLevel as fault:
                broken.append(str(fault))
            else:
                broken.extend(f"{projection.name}: {difference}" for difference in found.differences)
        return broken

    async def _mail_out(self) -> list[str]:
        """Each mail that arrived is of one delivery of ours, and each delivery has one Message-ID and one reader."""
        identity = Identity(self.node.stores.settings.own_domain, (self.node.stores.secrets.mail,))
        before, requested = self._deliveries(), await self._requested()
        arrived = list(self.ledger.arrived)
        # what has arrived by now was attempted before that, what was delivered before that has arrived by now
        await self.watched.read(self.node.stores.log)
        after = self._deliveries()
        ids: dict[str, set[str]] = {}
        broken: list[str] = []
        for mail in arrived:
            delivery = identity.delivery_of_message(mail.message_id)
            if delivery is None:
                broken.append(f"a mail with Message-ID {mail.message_id} is none of ours")
            else:
                ids.setdefault(delivery, set()).add(f"{mail.message_id} {mail.recipient}")
        broken += [
            f"delivery {one} has {len(seen)} Message-IDs or readers" for one, seen in ids.items() if len(seen) > 1
        ]
        broken += [f"delivery {one} arrived and is {after.get(one)}" for one in ids if after.get(one) not in _ARRIVED]
        return broken + [
            f"delivery {event.delivery_id} is {before[event.delivery_id]} and never arrived"
            for event in requested
            if before.get(event.delivery_id) in ("delivered", "bounced") and event.delivery_id not in ids
        ]

    def _deliveries(self) -> dict[str, str]:
        """Where every delivery stands that has been watched."""
        return {state.delivery_id: state.status for state in self.watched.checker.of("delivery")}

    async def _requested(self) -> list[NotificationRequested]:
        found: list[NotificationRequested] = []
        position = self.since
        while batch := await self.node.stores.log.read(position, PORTION, types=[NotificationRequested.wire]):
            requested = (one.event for one in batch if isinstance(one.event, NotificationRequested))
            found += [event for event in requested if event.channel == "email"]
            position = batch[-1].position
        return found

    async def _notified(self) -> list[str]:
        return [
            f"ticket {ticket}: {times} × {kind} happened, {self.facts.requests[ticket, kind]} mails about it"
            for (ticket, kind), times in self.facts.causes.items()
            if self.facts.owners.get(ticket) not in self.facts.telephone.stopped
            if self.facts.requests[ticket, kind] != times
        ]

    async def _mail_in(self) -> list[str]:
        return [fault async for fault in self._lost()]

    async def _lost(self) -> AsyncIterator[str]:
        facts = self.facts
        identity = Identity(self.node.stores.settings.own_domain, (self.node.stores.secrets.mail,))
        states = self._deliveries()
        for mail in self.ledger.posted:
            if mail.kind == "bounce":
                delivery = identity.delivery_of_message(mail.about)
                if states.get(delivery or "") != "bounced":
                    yield f"a bounce was taken, delivery {delivery} is {states.get(delivery or '')}"
                continue
            if facts.received[mail.message_id] != 1:
                times = facts.received[mail.message_id]
                yield f"{mail.message_id} was taken {mail.times} times and is in the log {times} times"
            elif (mail.kind == "auto_reply") != (mail.message_id in facts.automatic):
                said = "automatic" if mail.message_id in facts.automatic else "a person's"
                yield f"{mail.message_id} was a {mail.kind}, the log says it is {said}"
            else:
                raw = await self.node.stores.blobs.get(*facts.raw[mail.message_id])
                if raw is None or mail.message_id.encode() not in raw:
                    yield f"{mail.message_id}: its bytes are not what was sent"

    async def _ratings(self) -> list[str]:
        links, now = Links(self.node.stores.secrets.links, self.node.base_url), self.node.stores.clock()
        thanked: Counter[tuple[str, int | None, int | None]] = Counter(
            (links.verify("rating", one.token, now), one.agent_score, one.company_score) for one in self.ledger.ratings
        )
        both = self.facts.ratings.keys() | thanked.keys()
        return [
            f"ticket {key[0]}: rated {key[1]}/{key[2]} {thanked[key]} times, in the log {self.facts.ratings[key]} times"
            for key in sorted(both, key=str)
            if self._differ(thanked[key], self.facts.ratings[key])
        ]

    async def _forms(self) -> list[str]:
        return [
            *self._missing("callback", self.ledger.callbacks, self.facts.callbacks),
            *self._missing("line of a chat", self.ledger.chats, self.facts.chats),
            *self._missing("addition", self.ledger.additions, self.facts.on_pages),
        ]

    def _differ(self, thanked: int, logged: int) -> bool:
        """Whether something got lost or, where everybody is known, came from nowhere."""
        return logged != thanked if self.whole else logged < thanked

    def _missing(self, what: str, thanked: Sequence[str], logged: Counter[str]) -> Iterator[str]:
        for text, times in Counter(thanked).items():
            if self._differ(times, logged[text]):
                yield f"a {what} was thanked for {times} times and is in the log {logged[text]} times"

    async def _positions(self) -> list[str]:
        return [f"position {one} is not in the log" for one in sorted(self.ledger.positions - self.facts.positions)]

    async def _figures(self) -> list[str]:
        """The report that people see, asked for the way they ask for it, over all time."""
        log = self.node.stores.log
        whole = Watching(self.node.stores.opener)
        await whole.read(log)
        first = (await log.read(0, 1))[0].recorded_at
        broken: list[str] = []
        for project in self.node.configured.projects:
            until = self.node.stores.clock() + timedelta(days=366)
            told = await self.node.ask(service_levels, project, first - timedelta(hours=1), until)
            for one in told:
                own = whole.figures.queues[f"{project}/{one.queue}"]
                counted = _counted(own)
                if counted != _counted(one):
                    broken.append(f"{project}/{one.queue}: the read model says {one}, the log {counted}")
        return broken

    async def _left(self) -> list[str]:
        now, states = self.node.stores.clock(), self.watched.checker.states
        return [f"{stream} is {states[stream].status}{_legs(states[stream])}" for stream in self.watched.left(now)]

    async def _refused(self) -> list[str]:
        return self.ledger.refusals


def _counted(one: QueueFigures | ServiceLevel) -> tuple[int, ...]:
    return one.offered, one.answered, one.in_time, one.abandoned, one.flowed_out, one.cancelled


_ARRIVED = ("delivered", "bounced", "attempting")


def _legs(state: Any) -> str:
    legs = getattr(state, "legs", {})
    return "".join(f", leg {name} {leg.status} in {leg.queue}" for name, leg in legs.items())
