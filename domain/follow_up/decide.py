"""Planning a further contact, moving it, and saying that it is done or no longer wanted.

What is planned waits in its queue as work that is not due yet, so the router needs no rule of its own: at its
time it is offered like any other, to its agent first while they are ready. It arrives when it is due, which is
where its wait begins. A planned contact that is moved is other work: the interaction of before is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.agent.state import Agent
from domain.centre.configuration import Project, project_of
from domain.customer.decide import customer_of, survivor
from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.follow_up.events import By, FollowUpCancelled, FollowUpDone, FollowUpMoved, FollowUpScheduled
from domain.follow_up.state import STATUS, FollowUp
from domain.interaction.eligibility import unsuited
from domain.interaction.ending import close
from domain.interaction.events import CallbackRequested, InteractionQueued, InteractionStarted
from domain.interaction.offers import rescind
from domain.interaction.queueing import FIRST_LEG, Arriving, banned, queued
from domain.interaction.state import Interaction
from domain.rejection import NotFound, Rejection
from domain.states import States
from domain.ticket.state import Ticket, ticket_of
from domain.transitions import step

#: How far ahead a contact can be planned.
HORIZON = timedelta(days=366)
#: A time this little in the past is "now": clocks differ and forms take time to fill in.
TOLERANCE = timedelta(minutes=5)
#: What the interaction of a planned contact came through.
ENTRY = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFollowUp(Command):
    """Plan a contact with a customer, on a ticket or not, for an agent or for whoever serves the queue.

    Without a queue it is that of the ticket's department. `minutes`: how long it takes in a calendar.
    """

    project: str
    by: str
    due_at: datetime
    about: str
    channel: By = "callback"
    customer_id: str = ""
    ticket_id: str = ""
    agent_id: str = ""
    queue: str = ""
    minutes: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFollowUp(Command):
    """Plan it for another time; `agent_id` None leaves it with whom it is, empty leaves it to the queue."""

    project: str
    follow_up_id: str
    by: str
    due_at: datetime
    agent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteFollowUp(Command):
    """It is done already, by other means than its work."""

    follow_up_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelFollowUp(Command):
    follow_up_id: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """What is planned, by whomever."""

    project: Project
    customer_id: str
    ticket: Ticket
    agent_id: str
    queue: str
    channel: By
    due_at: datetime
    about: str


@decides(ScheduleFollowUp)
def schedule(states: States, c: ScheduleFollowUp, at: Moment) -> Outcome:
    project = project_of(states, c.project)
    ticket = _open_ticket(states, c.ticket_id)
    planned = _Planned(
        project=project,
        customer_id=survivor(states, ticket.customer_id or c.customer_id) if ticket.ticket_id or c.customer_id else "",
        ticket=ticket,
        agent_id=c.agent_id,
        queue=c.queue or _queue_of(project, ticket),
        channel=c.channel,
        due_at=due(c.due_at, at.now),
        about=c.about,
    )
    follow_up_id, interaction_id = at.new_id(), at.new_id()
    outcome = _work(states, planned, interaction_id, at)
    scheduled = FollowUpScheduled(
        follow_up_id=follow_up_id,
        customer_id=planned.customer_id,
        ticket_id=ticket.ticket_id,
        interaction_id=interaction_id,
        agent_id=c.agent_id,
        queue=planned.queue,
        channel=c.channel,
        due_at=planned.due_at,
        minutes=c.minutes,
        about=c.about,
        by=c.by,
    )
    outcome.add("follow_up", follow_up_id, scheduled)
    outcome.result |= {"follow_up_id": follow_up_id, "interaction_id": interaction_id}
    return outcome


@decides(MoveFollowUp)
def move(states: States, c: MoveFollowUp, at: Moment) -> Outcome:
    found = _scheduled(states, c.follow_up_id, FollowUpMoved)
    agent_id = found.agent_id if c.agent_id is None else c.agent_id
    due_at = due(c.due_at, at.now)
    if (due_at, agent_id) == (found.due_at, found.agent_id):
        return Outcome()
    planned = _Planned(
        project=project_of(states, c.project),
        customer_id=survivor(states, found.customer_id),
        ticket=_open_ticket(states, found.ticket_id),
        agent_id=agent_id,
        queue=found.queue,
        channel=found.channel,
        due_at=due_at,
        about=found.about,
    )
    interaction_id = at.new_id()
    outcome = _withdrawn(states, found, "moved").merge(_work(states, planned, interaction_id, at))
    moved = FollowUpMoved(
        follow_up_id=c.follow_up_id, interaction_id=interaction_id, agent_id=agent_id, due_at=due_at, by=c.by
    )
    outcome.result |= {"follow_up_id": c.follow_up_id, "interaction_id": interaction_id}
    return outcome.add("follow_up", c.follow_up_id, moved)


@decides(CompleteFollowUp)
def complete(states: States, c: CompleteFollowUp, at: Moment) -> Outcome:
    found = _scheduled(states, c.follow_up_id, FollowUpDone)
    done = FollowUpDone(follow_up_id=c.follow_up_id, by=c.by)
    return _withdrawn(states, found, "done by other means").add("follow_up", c.follow_up_id, done)


@decides(CancelFollowUp)
def cancel(states: States, c: CancelFollowUp, at: Moment) -> Outcome:
    found = _scheduled(states, c.follow_up_id, FollowUpCancelled)
    cancelled = FollowUpCancelled(follow_up_id=c.follow_up_id, reason=c.reason, by=c.by)
    return _withdrawn(states, found, "cancelled").add("follow_up", c.follow_up_id, cancelled)


def due(wanted: datetime, now: datetime) -> datetime:
    """When it is due, not before now. Raises `Rejection` for a time without a zone, in the past or too far ahead."""
    if wanted.tzinfo is None:
        raise Rejection("no_time_zone", "give the time with its zone, as in 2026-03-01T14:30:00+01:00")
    if wanted < now - TOLERANCE:
        raise Rejection("in_the_past", f"that time has passed; it is {now.isoformat(timespec='minutes')} now")
    if wanted > now + HORIZON:
        raise Rejection("too_far", f"follow-ups can be planned up to {HORIZON.days} days ahead")
    return max(wanted, now)


def _open_ticket(states: States, ticket_id: str) -> Ticket:
    if not ticket_id:
        return Ticket()
    ticket = ticket_of(states, ticket_id)
    if ticket.status == "closed":
        raise Rejection("closed", f"ticket {ticket.number} is closed; plan it for the customer instead")
    return ticket


def _queue_of(project: Project, ticket: Ticket) -> str:
    if not ticket.ticket_id:
        raise Rejection("no_queue", "say which queue it is for; only a ticket brings one with it")
    return project.department_queue(ticket.department)


def _work(states: States, p: _Planned, interaction_id: str, at: Moment) -> Outcome:
    """The interaction that waits for its time."""
    if not p.customer_id:
        raise Rejection("no_customer", "say whom it is about: a ticket or a customer")
    customer = customer_of(states, p.customer_id)
    language = p.ticket.language if p.ticket.ticket_id else customer.language
    started = InteractionStarted(
        interaction_id=interaction_id,
        channel=p.channel,
        direction="outbound",
        customer_id=p.customer_id,
        ticket_id=p.ticket.ticket_id,
        entry=ENTRY,
        language=language,
    )
    work = Arriving(
        interaction_id=interaction_id,
        leg=FIRST_LEG,
        channel=p.channel,
        queue=p.queue,
        customer_id=p.customer_id,
        language=language,
        arrived_at=p.due_at,
        not_before=p.due_at,
        excluded=banned(states, p.customer_id),
    )
    waits, *further = queued(states, p.project, work, at.now)
    assert isinstance(waits, InteractionQueued), "what is queued comes first"
    asked = _asked(p, interaction_id, customer.address("phone"), waits.queue)
    events: list[Event] = [started, *asked, _for_them(states, p, waits), *further]
    return Outcome().add("interaction", interaction_id, *events)


def _asked(p: _Planned, interaction_id: str, number: str | None, queue: str) -> list[Event]:
    """The number to be called. Raises `Rejection` where the customer cannot be contacted in this way."""
    if p.channel == "email":
        if not p.ticket.ticket_id:
            raise Rejection("no_ticket", "customers are written to in the thread of a ticket; plan a call instead")
        return []
    if not number:
        raise Rejection("no_number", "no telephone number of this customer is known; add one first")
    asked = CallbackRequested(
        interaction_id=interaction_id,
        customer_id=p.customer_id,
        number=number,
        about=p.about,
        due_at=p.due_at,
        queue=queue,
        key="",
    )
    return [asked]


def _for_them(states: States, p: _Planned, waits: InteractionQueued) -> InteractionQueued:
    """Kept for the agent while they are ready, from the time it is due. Raises `NotFound`, `Rejection`."""
    if not p.agent_id:
        return waits
    agent = states.of(Agent, "agent", p.agent_id)
    if not agent.employed:
        raise NotFound("agent", p.agent_id)
    reason = unsuited(agent, p.project.configured.project, waits, p.due_at)
    if reason is not None:
        raise Rejection("agent_unfit", f"agent {p.agent_id}: {reason}")
    rules = p.project.queue(waits.queue)
    kept = timedelta(seconds=max(rules.preferred, rules.offer.on(waits.channel).timeout))
    return waits.model_copy(update={"preferred": p.agent_id, "preferred_until": p.due_at + kept})


def _scheduled(states: States, follow_up_id: str, event: type[Event]) -> FollowUp:
    found = states.of(FollowUp, "follow_up", follow_up_id)
    if found.status == "absent":
        raise NotFound("follow_up", follow_up_id)
    step(STATUS, found.status, event, "the follow-up")
    return found


def _withdrawn(states: States, found: FollowUp, reason: str) -> Outcome:
    """Its work is no longer to be done. Raises `Rejection` once an agent has it in hand, or has finished it."""
    interaction = states.of(Interaction, "interaction", found.interaction_id)
    if interaction.status == "closed":
        raise Rejection("already_done", "its work is finished; plan another one")
    if any(leg.status not in ("waiting", "ended") for leg in interaction.legs.values()):
        raise Rejection("in_hand", "an agent is already on it; it is done once they have finished")
    outcome = Outcome()
    for name in interaction.legs:
        outcome.merge(rescind(interaction, name, reason))
    return outcome.merge(close(states, interaction, reason))
