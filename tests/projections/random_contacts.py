"""Random histories of calls, messages and callbacks with agents who come and go: whole seconds, all from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentReleased,
    AgentReserved,
    AgentSignedIn,
    AgentSignedOut,
    ProfileAssigned,
)
from domain.event import Event, Recorded
from domain.interaction.events import (
    AgentConnected,
    ConnectFailed,
    InteractionAbandoned,
    InteractionClosed,
    InteractionInterrupted,
    InteractionOffered,
    InteractionQueued,
    InteractionTransferred,
    MessageSent,
    OfferAccepted,
    OfferDeclined,
    OfferTimedOut,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
    WorkGivenUp,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.ticket.events import ServiceRated, TicketOpened, TicketReopened, TicketResolved
from tests.projections.acts import decision
from tests.projections.given import AT, recorded
from tests.projections.measured import PROFILE, configured

AGENTS = ("anna", "bob", "chloe")
SITES = ("paris", "lyon", "")
HOURS = {
    "day": {"time_zone": "Europe/Paris", "weekly": {"mon": ["09:00-11:00", "11:30-17:00"], "tue": ["10:00-18:00"]}}
}


@dataclass(slots=True)
class Leg:
    interaction_id: str
    name: str
    queued: InteractionQueued
    status: str = "waiting"
    agent: str = ""
    work_id: str = ""


class Life:
    """Emits events that the table of legs allows, one after the other."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.now = 0
        self.history: list[Recorded] = []
        self.legs: list[Leg] = []
        self.state = dict.fromkeys(AGENTS, "signed_out")
        self.count = 0

    def emit(self, event: Event, *, late: bool = False) -> None:
        """`late`: it happened some minutes before the log learned of it."""
        after = self.now - (self.dice.randrange(300) if late and self.dice.random() < 0.2 else 0)
        self.history.append(recorded(len(self.history) + 1, event, after=max(0, after)))

    def new_id(self) -> str:
        self.count += 1
        return f"x{self.count}"

    def live(self, steps: int) -> list[Recorded]:
        self.emit(configured(hours=HOURS, queue_hours="day"))
        for agent_id in AGENTS:
            self.emit(AgentRegistered(agent_id=agent_id, name=agent_id, site="paris"))
            self.emit(ProfileAssigned(agent_id=agent_id, profile_name="mixed", profile=PROFILE))
        for _ in range(steps):
            self.now += self.dice.choice((0, 1, 5, 20, 90, 400, 1500))
            act = self.dice.choice((self.arrive, self.work, self.work, self.work, self.agent, self.agent, self.matter))
            act()
        return self.history

    def agent(self) -> None:
        agent_id = self.dice.choice(AGENTS)
        choices = {
            "signed_out": [AgentSignedIn],
            "not_ready": [AgentBecameReady, AgentSignedOut],
            "ready": [AgentBecameNotReady, AgentSignedOut, AgentMoved],
        }
        kind: Any = self.dice.choice(choices[self.state[agent_id]])
        if kind is AgentMoved:
            self.emit(AgentMoved(agent_id=agent_id, site=self.dice.choice(SITES)))
            return
        if kind is AgentSignedOut and any(leg.agent == agent_id for leg in self.legs):
            return
        self.emit(kind(agent_id=agent_id, **({"reason": "lunch"} if kind is AgentBecameNotReady else {})))
        self.state[agent_id] = {AgentSignedOut: "signed_out", AgentBecameReady: "ready"}.get(kind, "not_ready")

    def matter(self) -> None:
        ticket_id = f"t{self.dice.randrange(8)}"
        known = any(isinstance(r.event, TicketOpened) and r.event.ticket_id == ticket_id for r in self.history)
        if not known:
            opened = TicketOpened(
                ticket_id=ticket_id, number="T", customer_id="c", interaction_id=self.new_id(), department="help",
                mailbox="", language="en", subject="", deadline=AT,
            )  # fmt: skip
            self.emit(opened)
            return
        score = self.dice.choice((None, 1, 4))
        rating = ServiceRated(
            ticket_id=ticket_id, customer_id="c", agent_id=self.dice.choice(AGENTS), agent_score=score,
            company_score=self.dice.choice((None, 2)), comment="",
        )  # fmt: skip
        resolved = TicketResolved(ticket_id=ticket_id, agent_id=self.dice.choice(AGENTS))
        self.emit(self.dice.choice((rating, resolved, TicketReopened(ticket_id=ticket_id, reason="again"))))

    def arrive(self) -> None:
        interaction_id = self.new_id()
        channel = self.dice.choice(("voice", "voice", "email", "callback"))
        due = AT + timedelta(seconds=self.now + 600) if channel == "callback" and self.dice.random() < 0.5 else None
        event = InteractionQueued(
            interaction_id=interaction_id, leg="1", channel=channel, queue=self.dice.choice(("help", "billing")),
            priority=5, skills={}, arrived_at=AT + timedelta(seconds=self.now), not_before=due, age_credit=0, target=60,
            customer_id="c", site=self.dice.choice(SITES), language="en", trail=(), reason="new",
        )  # fmt: skip
        self.queue(Leg(interaction_id, "1", event))

    def queue(self, leg: Leg, **change: Any) -> None:
        if change:
            leg.queued = leg.queued.model_copy(update=change)
        leg.status, leg.agent = "waiting", ""
        self.emit(leg.queued)
        if leg not in self.legs:
            self.legs.append(leg)

    def work(self) -> None:
        if self.legs:
            leg = self.dice.choice(self.legs)
            getattr(self, leg.status)(leg)

    def waiting(self, leg: Leg) -> None:
        what = self.dice.choice(("offer", "offer", "offer", "announce", "abandon", "voicemail", "expire", "cancel"))
        where: dict[str, Any] = {"interaction_id": leg.interaction_id, "leg": leg.name}
        if what == "offer":
            self.offer(leg, where)
        elif what == "announce":
            self.emit(WaitAnnounced(**where, seconds=self.dice.randrange(300), place=1, method="queue_length"))
        elif what == "cancel":
            self.close(leg, "cancelled")
        else:
            waited = {"waited": 1}
            kinds: dict[str, Event] = {
                "abandon": InteractionAbandoned(**where, **waited),
                "voicemail": SentToVoicemail(**where, step=1, **waited),
                "expire": WorkExpired(**where, reason="late"),
            }
            self.emit(kinds[what], late=True)
            self.close(leg, what)

    def offer(self, leg: Leg, where: dict[str, Any]) -> None:
        ready = [agent_id for agent_id in AGENTS if self.state[agent_id] == "ready"]
        if not ready:
            return
        agent_id, work_id = self.dice.choice(ready), self.new_id()
        until = AT + timedelta(seconds=self.now + 30)
        halves: list[Event] = [
            InteractionOffered(
                **where, work_id=work_id, agent_id=agent_id, queue=leg.queued.queue, expires_at=until,
                decision=decision(agent_id, AT),
            ),
            AgentReserved(
                agent_id=agent_id, work_id=work_id, interaction_id=leg.interaction_id, leg=leg.name,
                channel=leg.queued.channel, units=1,
            ),
        ]  # fmt: skip
        self.dice.shuffle(halves)
        for half in halves:
            self.emit(half)
        self.now += self.dice.choice((0, 3, 30))
        answer = self.dice.choice((OfferAccepted, OfferAccepted, OfferDeclined, OfferTimedOut))
        more = {"reason": "busy"} if answer is OfferDeclined else {}
        self.emit(answer(**where, work_id=work_id, agent_id=agent_id, **more))
        leg.agent, leg.work_id = agent_id, work_id
        if answer is OfferAccepted:
            leg.status = "accepted"
        else:
            self.release(leg)

    def on_work(self, kind: Any, leg: Leg, **more: Any) -> Event:
        where = {"interaction_id": leg.interaction_id, "leg": leg.name, "agent_id": leg.agent}
        return kind(**where, work_id=leg.work_id, **more)

    def release(self, leg: Leg) -> None:
        self.emit(AgentReleased(agent_id=leg.agent, work_id=leg.work_id, reason="done"))
        leg.agent = ""

    def accepted(self, leg: Leg) -> None:
        if self.dice.random() < 0.2:
            self.emit(self.on_work(ConnectFailed, leg, reason="busy"))
            self.release(leg)
            self.queue(leg, reason="connect_failed")
        else:
            self.emit(self.on_work(AgentConnected, leg), late=True)
            leg.status = "connected"

    def connected(self, leg: Leg) -> None:
        what = self.dice.choice(("reply", "reply", "transfer", "give up", "cut", "wrap up", "finish"))
        if what == "reply":
            if leg.queued.channel == "email":
                self.emit(
                    MessageSent(
                        interaction_id=leg.interaction_id, customer_id="c", message_id=self.new_id(), leg=leg.name,
                        agent_id=leg.agent, delivery_id=self.new_id(), subject="", text="",
                    ),
                    late=True,
                )  # fmt: skip
        elif what == "transfer":
            self.transfer(leg)
        elif what == "give up":
            self.emit(self.on_work(WorkGivenUp, leg, reason="silent"))
            self.release(leg)
            self.queue(leg, reason="silent")
        elif what == "cut" and leg.queued.channel == "voice":
            self.emit(self.on_work(InteractionInterrupted, leg, reason="power cut"))
            self.release(leg)
            self.queue(leg, reason="interrupted", channel="callback")
        elif what == "wrap up":
            self.emit(self.on_work(WrapUpStarted, leg, ends_at=None, default_disposition="x"))
            leg.status = "wrap_up"
        elif what == "finish":
            self.wrap_up(leg)

    def transfer(self, leg: Leg) -> None:
        queue = "billing" if leg.queued.queue == "help" else "help"
        to_leg = f"{leg.name}x"
        self.emit(
            InteractionTransferred(
                interaction_id=leg.interaction_id, leg=leg.name, to_leg=to_leg, from_agent=leg.agent, queue=queue,
                department="help",
            )
        )  # fmt: skip
        self.release(leg)
        self.legs.remove(leg)
        again = leg.queued.model_copy(update={"leg": to_leg, "queue": queue, "reason": "transferred"})
        self.queue(Leg(leg.interaction_id, to_leg, again))

    def wrap_up(self, leg: Leg) -> None:
        self.emit(self.on_work(WrapUpCompleted, leg, disposition=self.dice.choice(("answered", "not_reached"))))
        self.release(leg)
        self.close(leg, "completed")

    def close(self, leg: Leg, reason: str) -> None:
        self.legs.remove(leg)
        self.emit(InteractionClosed(interaction_id=leg.interaction_id, reason=reason))
