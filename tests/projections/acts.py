"""What people and machines do in a centre, each on whatever the dice pick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from domain.agent.commands import BecomeReady, SignIn
from domain.alert import ATTEMPTS, AcknowledgeAlert, AttemptNotice, ClearAlert, RaiseAlert, RecordNotice
from domain.belonging import Referred
from domain.callback import RequestCallback
from domain.customer.decide import (
    MergeCustomers,
    UnmergeCustomers,
)
from domain.decide import Command
from domain.follow_up.decide import CancelFollowUp, CompleteFollowUp, MoveFollowUp, ScheduleFollowUp
from domain.interaction.events import (
    Candidate,
    Decision,
    InteractionOffered,
    OfferAccepted,
)
from domain.interaction.finishing import CompleteWork, CompleteWrapUp, TimeOutWrapUp
from domain.interaction.offers import AcceptOffer, OfferInteraction, TimeOutOffer
from domain.outcome import ActOnOutcome
from domain.rejection import Rejection
from domain.script import AnswerScript, StepBack
from domain.ticket.decide import (
    RateService,
)
from domain.voice.calls import AnswerCall, EndCall
from domain.voice.messages import LeaveMessage, StoreMessage
from domain.voice.recordings import GiveUpRecording, RemoveRecording
from tests.projections.histories import AGENTS, NAMES, PROJECT, SHOP, TEXTS, Centre

Action = Callable[[Centre], Awaitable[Any]]


def decision(agent_id: str, at: datetime) -> Decision:
    chosen = Candidate(agent_id=agent_id, place=1, idle_since=at)
    return Decision(position=1, at=at, policy="0" * 64, strategy="longest_idle", chosen=chosen)


async def mail_again(c: Centre) -> None:
    refers = Referred(ticket_id=c.pick(c.ids.tickets))
    automatic = c.dice.choice(("", "", "", "auto-replied"))
    await c.mail(c.contact(known=True), refers=refers, automatic=automatic)


async def automatic(c: Centre) -> None:
    await c.mail(automatic="auto-generated")


async def callback(c: Centre) -> None:
    contact = c.contact()
    due = c.dice.choice((None, c.now + timedelta(minutes=c.dice.randrange(1, 90))))
    about = c.dice.choice(TEXTS)
    await c.do(
        RequestCallback(
            project=PROJECT,
            number=contact,
            key=f"callback{contact.fingerprint}",
            name=c.dice.choice(NAMES),
            about=about,
            due_at=due,
            entry="form",
        )
    )


async def make_offer(c: Centre, agent_id: str = "") -> None:
    (interaction_id, leg), agent_id = c.pick(c.ids.legs), agent_id or c.dice.choice(AGENTS)
    await c.do(
        OfferInteraction(
            project=PROJECT,
            interaction_id=interaction_id,
            leg=leg,
            agent_id=agent_id,
            decision=decision(agent_id, c.now),
        )
    )


def on_offer(build: Callable[[Centre, InteractionOffered], Command]) -> Action:
    async def act(c: Centre) -> None:
        await c.do(build(c, c.pick(c.ids.offers)))

    return act


def in_hand(build: Callable[[Centre, dict[str, str]], Command]) -> Action:
    async def act(c: Centre) -> None:
        held: OfferAccepted = c.pick(c.ids.hands)
        where = {"interaction_id": held.interaction_id, "leg": held.leg, "agent_id": held.agent_id}
        await c.do(build(c, where))

    return act


def simply(build: Callable[[Centre], Command]) -> Action:
    async def act(c: Centre) -> None:
        await c.do(build(c))

    return act


async def late(c: Centre) -> None:
    """Time passes, and timers fire."""
    c.now += timedelta(seconds=c.dice.choice((35, 90, 600)))
    if c.ids.offers:
        o = c.pick(c.ids.offers)
        await c.do(TimeOutOffer(project=PROJECT, interaction_id=o.interaction_id, leg=o.leg, work_id=o.work_id))
    if c.ids.hands:
        h = c.pick(c.ids.hands)
        await c.do(TimeOutWrapUp(interaction_id=h.interaction_id, leg=h.leg))


async def message(c: Centre) -> None:
    """A caller leaves a message, whose sound is stored or never had, and perhaps removed later."""
    call_id, recording_id = c.new_id(), c.new_id()
    caller = c.contact()
    caller = caller if caller.kind == "phone" else None
    came = await c.do(AnswerCall(project=PROJECT, number="main", call_id=call_id, provider="twilio", caller=caller))
    leave = LeaveMessage(
        project=PROJECT, call_id=call_id, queue="billing", seconds=7, recording_id=recording_id, recipient=""
    )
    await c.do(leave)
    await c.do(EndCall(project=PROJECT, call_id=call_id, status="completed"))
    about = {"recording_id": recording_id, "interaction_id": came.result["interaction_id"]}
    if c.dice.random() < 0.2:
        await c.do(GiveUpRecording(**about, reason="the provider has it no more"))
        return
    customer_id = came.result["customer_id"]
    where = {"call_id": call_id, "customer_id": customer_id, "recording_id": recording_id}
    await c.do(StoreMessage(project=PROJECT, reference="f" * 32, media_type="audio/wav", seconds=7, size=9, **where))
    if c.dice.random() < 0.3:
        await c.do(RemoveRecording(**about, customer_id=customer_id, reason="kept for 90 days"))


def attempted(build: Callable[[Centre, str, str], Command]) -> Action:
    async def act(c: Centre) -> None:
        delivery_id, attempt_id = c.pick(c.ids.attempts)
        await c.do(build(c, delivery_id, attempt_id))

    return act


def merge(c: Centre) -> Command:
    return MergeCustomers(customer_id=c.pick(c.ids.customers), merged_id=c.pick(c.ids.customers))


def unmerge(c: Centre) -> Command:
    customer_id, merged_id = c.pick(c.ids.merges)
    return UnmergeCustomers(customer_id=customer_id, merged_id=merged_id)


def rate(c: Centre) -> Command:
    scores = (None, 1, 3, 5)
    return RateService(
        ticket_id=c.pick(c.ids.tickets),
        agent_score=c.dice.choice(scores),
        company_score=c.dice.choice(scores),
        comment=c.dice.choice(TEXTS),
    )


def plan(c: Centre) -> Command:
    on_ticket = c.dice.random() < 0.7
    return ScheduleFollowUp(
        project=PROJECT,
        by="bob",
        due_at=c.now + timedelta(seconds=c.dice.choice((0, 60, 3600))),
        about=c.dice.choice(TEXTS),
        channel="email" if on_ticket else "callback",
        ticket_id=c.pick(c.ids.tickets) if on_ticket else "",
        customer_id="" if on_ticket else c.pick(c.ids.customers),
        agent_id=c.dice.choice(("", *AGENTS)),
        queue="billing",
    )


def replan(c: Centre) -> Command:
    follow_up_id, by = c.pick(c.ids.follow_ups), "bob"
    due_at = c.now + timedelta(seconds=c.dice.choice((0, 60)))
    return c.dice.choice(
        (
            MoveFollowUp(project=PROJECT, follow_up_id=follow_up_id, by=by, due_at=due_at),
            CompleteFollowUp(follow_up_id=follow_up_id, by=by),
            CancelFollowUp(follow_up_id=follow_up_id, reason="no need", by=by),
        )
    )


async def served(c: Centre) -> None:
    """Work goes its usual way: offered, taken, led through a script, and finished more often than not."""
    agent_id = c.dice.choice(AGENTS)
    for ready in (SignIn(agent_id=agent_id), BecomeReady(agent_id=agent_id)):
        with suppress(Rejection):
            await c.do(ready)
    await make_offer(c, agent_id)
    offer: InteractionOffered = c.ids.offers[-1]
    where = {"interaction_id": offer.interaction_id, "leg": offer.leg, "agent_id": agent_id}
    await c.do(AcceptOffer(work_id=offer.work_id, **where))
    await go_through_script(c, offer.interaction_id, agent_id)
    if c.dice.random() < 0.7:
        await c.do(CompleteWork(project=PROJECT, ticket="leave", **where))
        await c.do(CompleteWrapUp(project=PROJECT, disposition="answered", **where))


async def go_through_script(c: Centre, interaction_id: str, agent_id: str) -> None:
    """Some steps of a script beside work in hand; an answer is taken back at times."""
    beside = {"interaction_id": interaction_id, "agent_id": agent_id, "script": "survey"}
    version, step = SHOP.scripts["survey"].version(), "happy"
    for _ in range(c.dice.randrange(4)):
        choice, words = ("", "It was late.") if step == "why" else (c.dice.choice(("yes", "no")), "")
        answer = AnswerScript(project=PROJECT, version=version, step=step, choice=choice, words=words, **beside)
        step = (await c.do(answer)).result["step"]
        if not step and c.dice.random() < 0.5:
            return
        if not step or c.dice.random() < 0.2:
            step = (await c.do(StepBack(**beside))).result["step"]


def act(c: Centre) -> Command:
    end = c.pick(c.ids.ends)
    where = {"interaction_id": end.interaction_id, "leg": end.leg, "agent_id": end.agent_id}
    return ActOnOutcome(project=PROJECT, work_id=end.work_id, disposition=end.disposition, **where)


async def turn_alert(c: Centre) -> None:
    """A figure turns bad or good, and somebody is told of it or cannot be."""
    about = {"project": PROJECT, "alert": "crowd"}
    turns = (
        RaiseAlert(**about, value=5, since=c.now),
        ClearAlert(**about, value=c.dice.choice((None, 1)), reason="over"),
    )
    await c.do(c.dice.choice(turns))
    if c.dice.random() < 0.3:
        await c.do(AcknowledgeAlert(**about, by="account:sue"))
    notice_id = c.pick(c.ids.notices)
    await c.do(AttemptNotice(**about, notice_id=notice_id, attempt=c.dice.randrange(1, ATTEMPTS + 1)))
    fault = c.dice.choice(("", "no connection"))
    if c.dice.random() < 0.8:
        await c.do(RecordNotice(**about, notice_id=notice_id, fault=fault, final=c.dice.random() < 0.3))


#: What may happen, and how often it is tried.
