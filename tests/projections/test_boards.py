"""Ticket board, agent board and queue board."""

from __future__ import annotations

from datetime import timedelta
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
    AgentStoppedResponding,
    ProfileAssigned,
    SkillGranted,
    SkillWithdrawn,
)
from domain.centre.documents import Profile
from domain.customer.events import CustomerErased
from domain.event import Event
from domain.interaction.events import (
    AgentConnected,
    InteractionClosed,
    InteractionOffered,
    InteractionQueued,
    NoteAdded,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    WorkGivenUp,
    WrapUpStarted,
)
from domain.ticket.events import (
    InformationAdded,
    ServiceRated,
    TicketAwaitingCustomer,
    TicketClosed,
    TicketHandedOver,
    TicketReopened,
    TicketResolved,
)
from projections.queries import (
    agent,
    agents,
    customer_tickets,
    queue_lengths,
    ticket,
    ticket_by_number,
    ticket_history,
    tickets,
    waiting_work,
    work_of,
    work_on,
)
from tests.projections.given import AT, POOL, PROJECT, given
from tests.projections.happenings import decision
from tests.projections.test_customer_history import contact, customer, message, opened


def queued(interaction_id: str = "i1", queue: str = "help", leg: str = "1", **more: Any) -> Event:
    fields: dict[str, Any] = {
        "interaction_id": interaction_id,
        "leg": leg,
        "channel": "email",
        "queue": queue,
        "priority": 5,
        "skills": {"billing": 2},
        "arrived_at": AT,
        "not_before": None,
        "age_credit": 0,
        "target": 600,
        "customer_id": "c1",
        "site": "",
        "language": "pl",
        "trail": (),
        "reason": "new",
    }
    return InteractionQueued(**(fields | more))


def work(kind: Any, work_id: str = "w1", interaction_id: str = "i1", agent_id: str = "anna", **more: Any) -> Event:
    return kind(interaction_id=interaction_id, leg="1", work_id=work_id, agent_id=agent_id, **more)


def offered(work_id: str = "w1", interaction_id: str = "i1", agent_id: str = "anna") -> Event:
    until = AT + timedelta(seconds=30)
    why = decision(agent_id, AT)
    return work(InteractionOffered, work_id, interaction_id, agent_id, queue="help", expires_at=until, decision=why)


def reserved(work_id: str = "w1", units: int = 1, channel: str = "email", interaction_id: str = "i1") -> Event:
    return AgentReserved(
        agent_id="anna", work_id=work_id, interaction_id=interaction_id, leg="1", channel=channel, units=units
    )


def released(work_id: str = "w1", reason: str = "completed", *, missed: bool = False) -> Event:
    return AgentReleased(agent_id="anna", work_id=work_id, reason=reason, missed=missed)


PROFILE = Profile.model_validate(
    {
        "capacity": 4,
        "channels": {"email": {"concurrency": 3}, "voice": {"concurrency": 1, "units": 4}},
        "queues": {"shop/help": {}},
    }
)


def on_duty() -> list[tuple[float, Event]]:
    return [
        (0, AgentRegistered(agent_id="anna", name="Anna", site="paris")),
        (0, ProfileAssigned(agent_id="anna", profile_name="mixed", profile=PROFILE)),
        (1, AgentSignedIn(agent_id="anna")),
        (2, AgentBecameReady(agent_id="anna")),
    ]


def test_an_agents_presence_is_shown_with_its_reason_and_since_when() -> None:
    steps: list[tuple[Event, str, str]] = [
        (AgentSignedIn(agent_id="anna"), "not_ready", "signed in"),
        (AgentBecameReady(agent_id="anna"), "ready", ""),
        (AgentBecameNotReady(agent_id="anna", reason="lunch"), "not_ready", "lunch"),
        (AgentStoppedResponding(agent_id="anna", misses=2), "not_responding", "missed 2"),
        (AgentSignedOut(agent_id="anna"), "signed_out", ""),
    ]
    for event, presence, reason in steps:
        with given(*on_duty(), (90, event)) as read:
            seen = agent(read, "anna")
            assert seen is not None
            assert (seen.presence, seen.reason, seen.since) == (presence, reason, AT + timedelta(seconds=90))


def test_an_offer_rings_with_its_countdown_its_reasons_and_what_it_is_about() -> None:
    before: list[Event] = [customer(), opened(), contact(ticket_id="t1")]
    with given(*before, *on_duty(), offered(), reserved()) as read:
        (item,) = work_of(read, "anna")
        assert (item.status, item.until, item.queue, item.channel) == (
            "offered",
            AT + timedelta(seconds=30),
            "help",
            "email",
        )
        assert (item.customer_name, item.ticket_number, item.subject) == ("Łukasz Żółć", "T-AAAA-BBBB", "Hello")
        assert item.why["strategy"] == "longest_idle"
        assert work_on(read, "i1") == (item,)


def test_the_two_halves_of_an_offer_may_come_in_either_order() -> None:
    for halves in ([offered(), reserved()], [reserved(), offered()]):
        with given(*on_duty(), *halves) as read:
            seen = agent(read, "anna")
            assert seen is not None
            assert (seen.used, seen.work[0].channel, seen.work[0].queue) == (1, "email", "help")


def test_room_on_a_channel_is_what_concurrency_and_capacity_both_leave() -> None:
    with given(*on_duty(), offered(), reserved()) as read:
        seen = agent(read, "anna")
        assert seen is not None
        assert {name: (room.held, room.free) for name, room in seen.channels.items()} == {
            "email": (1, 2),
            "voice": (0, 0),
        }


def test_work_moves_from_offered_over_connected_and_wrap_up_to_gone() -> None:
    steps = [
        (offered(), "offered"),
        (work(OfferAccepted), "accepted"),
        (work(AgentConnected), "connected"),
        (work(WrapUpStarted, ends_at=AT, default_disposition="answered"), "wrap_up"),
    ]
    for count in range(1, len(steps) + 1):
        with given(*on_duty(), reserved(), *(event for event, _ in steps[:count])) as read:
            assert [item.status for item in work_of(read, "anna")] == [steps[count - 1][1]]
    with given(*on_duty(), reserved(), *(event for event, _ in steps), released()) as read:
        seen = agent(read, "anna")
        assert seen is not None
        assert (seen.used, seen.work) == (0, ())


def test_idle_time_runs_from_the_last_work_that_ended_not_from_a_missed_offer() -> None:
    missed: list[tuple[float, Event]] = [(50, offered()), (50, reserved()), (80, released(reason="timed out"))]
    with given(*on_duty(), *missed) as read:
        assert agent(read, "anna").idle_since == AT + timedelta(seconds=1)  # type: ignore[union-attr]
    busy = [*on_duty(), (50, offered()), (50, reserved()), (55, work(OfferAccepted))]
    with given(*busy) as read:
        assert agent(read, "anna").idle_since is None  # type: ignore[union-attr]
    with given(*busy, (300, released())) as read:
        assert agent(read, "anna").idle_since == AT + timedelta(seconds=300)  # type: ignore[union-attr]


def test_skills_site_and_profile_are_shown_as_they_stand() -> None:
    skills = [SkillGranted(agent_id="anna", skill=s, level=3) for s in ("french", "billing")]
    changed = [SkillWithdrawn(agent_id="anna", skill="french"), AgentMoved(agent_id="anna", site="lyon")]
    with given(*(event for _, event in on_duty()), *skills, *changed) as read:
        seen = agent(read, "anna")
        assert seen is not None
        assert (seen.skills, seen.site, seen.profile, seen.capacity) == ({"billing": 3}, "lyon", "mixed", 4)


def test_agents_of_a_pool_are_listed_page_by_page() -> None:
    names = [f"a{n}" for n in range(5)]
    with given(*(AgentRegistered(agent_id=n, name=n, site="s") for n in names)) as read:
        first = agents(read, POOL, limit=3)
        assert first.next is not None
        rest = agents(read, POOL, cursor=first.next, limit=3)
        assert [a.agent_id for a in (*first.items, *rest.items)] == names
        assert rest.next is None
        assert agents(read, "elsewhere").items == ()


def information(by: Any, interaction_id: str = "i1") -> Event:
    return InformationAdded(
        ticket_id="t1", customer_id="c1", by=by, interaction_id=interaction_id, message_id="m", external_id=""
    )


def rated(agent_score: int | None, company_score: int | None, comment: str = "") -> Event:
    return ServiceRated(
        ticket_id="t1",
        customer_id="c1",
        agent_id="anna",
        agent_score=agent_score,
        company_score=company_score,
        comment=comment,
    )


def test_the_next_action_follows_the_tickets_state() -> None:
    steps: list[tuple[Event, str]] = [
        (opened(), "answer"),
        (TicketAwaitingCustomer(ticket_id="t1", by="anna"), "await_customer"),
        (TicketReopened(ticket_id="t1", reason="wrote"), "answer"),
        (TicketResolved(ticket_id="t1", agent_id="anna"), "await_rating"),
        (rated(5, None), "close"),
        (TicketClosed(ticket_id="t1", reason="done"), "none"),
    ]
    for count in range(1, len(steps) + 1):
        with given(*(event for event, _ in steps[:count])) as read:
            seen = ticket(read, "t1")
            assert seen is not None
            assert seen.next_action == steps[count - 1][1]


def test_a_ticket_shows_department_rating_and_who_spoke_last() -> None:
    over = TicketHandedOver(ticket_id="t1", from_department="help", department="billing", by="anna")
    with given(opened(), information("customer"), over, (60, information("agent")), rated(2, 4, "slow")) as read:
        seen = ticket_by_number(read, PROJECT, " t-aaaa-bbbb ")
        assert seen is not None
        assert (seen.department, seen.last_said_by) == ("billing", "agent")
        assert seen.last_said_at == AT + timedelta(seconds=60)
        assert (seen.agent_score, seen.company_score, seen.comment) == (2, 4, "slow")
        assert customer_tickets(read, PROJECT, "c1") == (seen,)
        assert ticket_by_number(read, "other", "T-AAAA-BBBB") is None


def test_a_ticket_says_in_which_queue_or_in_whose_hands_it_is() -> None:
    events: list[Event] = [opened(), contact(ticket_id="t1"), queued()]

    def where(*more: Event) -> tuple[str, str]:
        with given(*events, *more) as read:
            seen = ticket(read, "t1")
            assert seen is not None
            return seen.queue, seen.agent_id

    assert where() == ("help", "")
    assert where(work(OfferAccepted)) == ("help", "anna")
    assert where(work(OfferAccepted), work(WorkGivenUp, reason="left")) == ("help", "")
    assert where(work(OfferAccepted), InteractionClosed(interaction_id="i1", reason="completed")) == ("", "")


def test_the_customer_sees_the_tickets_history_without_what_is_internal() -> None:
    note = NoteAdded(interaction_id="i1", customer_id="c1", author="anna", text="difficult")
    events = [opened(), contact(ticket_id="t1"), message("Where is it?"), note]
    with given(*events, message("I am away", automatic="auto-replied")) as read:
        desk = ticket_history(read, "t1", internal=True).items
        assert [(e.what, e.by, e.internal) for e in desk] == [
            ("opened", "test", False),
            ("message_received", "customer", False),
            ("note", "anna", True),
            ("message_received", "automatic", True),
        ]
        shown = ticket_history(read, "t1", internal=False)
        assert [e.text for e in shown.items] == ["", "Where is it?"]


def test_a_long_history_pages_in_order_though_most_of_it_is_internal() -> None:
    notes: list[Event] = [
        NoteAdded(interaction_id="i1", customer_id="c1", author="anna", text=f"n{n}") for n in range(7)
    ]
    words: list[Event] = []
    for n in range(5):
        words += [*notes, message(f"m{n}")]
    with given(opened(), contact(ticket_id="t1"), *words) as read:
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = ticket_history(read, "t1", internal=False, cursor=cursor, limit=2)
            assert len(page.items) <= 2
            seen += [entry.text for entry in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == ["", "m0", "m1", "m2", "m3", "m4"]


def test_tickets_are_listed_by_state_and_department_the_nearest_deadline_first() -> None:
    events: list[Event] = []
    for n, minutes in enumerate((30, 10, 20)):
        one = opened(f"t{n}").model_copy(update={"deadline": AT + timedelta(minutes=minutes), "number": f"T-{n}"})
        events.append(one)
    events.append(TicketHandedOver(ticket_id="t2", from_department="help", department="billing", by="anna"))
    with given(*events) as read:
        first = tickets(read, PROJECT, "open", limit=2)
        rest = tickets(read, PROJECT, "open", cursor=first.next, limit=2)
        assert [t.ticket_id for t in (*first.items, *rest.items)] == ["t1", "t2", "t0"]
        assert [t.ticket_id for t in tickets(read, PROJECT, "open", department="billing").items] == ["t2"]
        assert tickets(read, PROJECT, "closed").items == tickets(read, "other", "open").items == ()


def test_an_erased_customers_ticket_stays_without_words() -> None:
    erased = CustomerErased(customer_id="c1", erased_ids=("c1",))
    with given(opened(), contact(ticket_id="t1"), message("secret"), rated(1, 1, "bad"), erased) as read:
        seen = ticket(read, "t1")
        assert seen is not None
        assert (seen.subject, seen.comment, seen.agent_score) == ("", "", 1)
        assert not [e for e in ticket_history(read, "t1", internal=True).items if e.text]


def test_a_queue_counts_what_can_be_worked_and_what_is_for_later() -> None:
    later = queued("i3", arrived_at=AT, not_before=AT + timedelta(hours=1), channel="callback")
    with given(
        queued("i1", arrived_at=AT + timedelta(minutes=1)), queued("i2"), later, queued("i4", "billing")
    ) as read:
        now = AT + timedelta(minutes=2)
        lengths = {q.queue: (q.waiting, q.scheduled, q.oldest) for q in queue_lengths(read, PROJECT, now)}
        assert lengths == {"help": (2, 1, AT), "billing": (1, 0, AT)}
        assert [w.interaction_id for w in waiting_work(read, PROJECT, "help").items] == ["i2", "i1", "i3"]
        first = waiting_work(read, PROJECT, "help", limit=1)
        rest = waiting_work(read, PROJECT, "help", cursor=first.next)
        assert [w.interaction_id for w in rest.items] == ["i1", "i3"]
        after = {q.queue: q.waiting for q in queue_lengths(read, PROJECT, AT + timedelta(hours=2))}
        assert after["help"] == 3


def test_waiting_work_says_at_how_many_agents_it_rings_and_who_missed_it() -> None:
    rings = [queued(), offered("w1"), offered("w2", agent_id="bob")]

    def seen(*more: Event) -> list[tuple[int, tuple[str, ...]]]:
        with given(*rings, *more) as read:
            return [(w.offers, w.trail) for w in waiting_work(read, PROJECT, "help").items]

    assert seen() == [(2, ())]
    assert seen(work(OfferDeclined, reason="busy")) == [(1, ("anna",))]
    assert seen(work(OfferTimedOut), work(OfferRescinded, "w2", agent_id="bob", reason="x")) == [(0, ("anna",))]
    assert seen(work(OfferAccepted)) == []
    assert seen(InteractionClosed(interaction_id="i1", reason="cancelled")) == []


def test_a_queue_that_has_emptied_is_still_listed() -> None:
    with given(queued(), offered(), work(OfferAccepted)) as read:
        (length,) = queue_lengths(read, PROJECT, AT)
        assert (length.queue, length.waiting, length.oldest) == ("help", 0, None)
