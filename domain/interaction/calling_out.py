"""An agent calls somebody from the desk: a customer, or a number that nobody knows yet.

The work is in the agent's hands at once, as a callback is that was accepted: it takes the same capacity, and the same
telephones ring. Nobody is called a second time by itself: whether to try again is the agent's choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.agent.events import AgentReserved
from domain.agent.state import Agent
from domain.centre.configuration import Project, project_of
from domain.customer.decide import Contact, recognise
from domain.decide import Command, Moment, Outcome, decides
from domain.interaction.call_events import CallPlaced
from domain.interaction.events import AgentConnected, InteractionQueued, InteractionStarted, OfferAccepted
from domain.interaction.queueing import FIRST_LEG
from domain.rejection import NotFound, Rejection
from domain.states import States


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOut(Command):
    """Call `number` on an agent's behalf. `queue`, by whose rules it is work: that of callbacks where none is named.

    `line` names the number of the project's that is shown; the one that calls back where none is named.
    """

    project: str
    agent_id: str
    number: Contact
    queue: str = ""
    line: str = ""


@decides(CallOut)
def call_out(states: States, c: CallOut, at: Moment) -> Outcome:
    project, agent = project_of(states, c.project), states.of(Agent, "agent", c.agent_id)
    queue, line = _queue(project, c.queue), _line(project, c.line)
    _may_call(agent)
    customer_id, outcome = recognise(states, c.number, "", project.configured.language, at)
    interaction_id, work_id = at.new_id(), at.new_id()
    started = InteractionStarted(
        interaction_id=interaction_id,
        channel="callback",
        direction="outbound",
        customer_id=customer_id,
        ticket_id="",
        entry="desk",
        language=project.configured.language,
    )
    placed = CallPlaced(
        interaction_id=interaction_id,
        customer_id=customer_id,
        agent_id=c.agent_id,
        line=line,
        number=c.number.address,
    )
    theirs: dict[str, Any] = {
        "interaction_id": interaction_id,
        "leg": FIRST_LEG,
        "work_id": work_id,
        "agent_id": c.agent_id,
    }
    waited = _not_waited(project, queue, interaction_id, customer_id, at)
    in_hand = (OfferAccepted(**theirs), AgentConnected(**theirs))
    outcome.add("interaction", interaction_id, started, placed, waited, *in_hand)
    outcome.add("agent", c.agent_id, _reserved(agent, work_id, interaction_id))
    outcome.result |= {"interaction_id": interaction_id, "customer_id": customer_id}
    outcome.result |= {"leg": FIRST_LEG, "work_id": work_id}
    return outcome


def _queue(project: Project, named: str) -> str:
    rules = project.configured.callbacks
    name = named or (rules.queue if rules is not None else "")
    if not name:
        raise Rejection("no_queue", "say which queue this call belongs to: the project has no `callbacks`")
    project.queue(name)
    return name


def _line(project: Project, named: str) -> str:
    if not project.configured.numbers:
        raise Rejection("no_number_of_ours", "this project has no number to call from; add one to its document")
    if named and named not in project.configured.numbers:
        raise NotFound("number", named)
    return named


def _may_call(agent: Agent) -> None:
    """Ready or not: many are not ready while they make calls."""
    if not agent.employed:
        raise NotFound("agent", agent.agent_id)
    reason = "state: signed out" if agent.presence == "signed_out" else agent.lacks_room("callback")
    if reason is not None:
        raise Rejection("agent_unfit", f"agent {agent.agent_id}: {reason}")


def _not_waited(project: Project, queue: str, interaction_id: str, customer_id: str, at: Moment) -> InteractionQueued:
    rules = project.queue(queue)
    return InteractionQueued(
        interaction_id=interaction_id,
        leg=FIRST_LEG,
        channel="callback",
        queue=queue,
        priority=rules.priority,
        skills=rules.skills,
        arrived_at=at.now,
        not_before=None,
        age_credit=0,
        target=rules.target,
        customer_id=customer_id,
        site="",
        language=project.configured.language,
        trail=(),
        reason="dialled",
        rings=rules.rings,
    )


def _reserved(agent: Agent, work_id: str, interaction_id: str) -> AgentReserved:
    assert agent.profile is not None, "an agent with room has a profile"
    return AgentReserved(
        agent_id=agent.agent_id,
        work_id=work_id,
        interaction_id=interaction_id,
        leg=FIRST_LEG,
        channel="callback",
        units=agent.profile.channels["callback"].units,
    )
