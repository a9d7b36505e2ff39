"""Agent board and queue board."""

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
    ChannelPaused,
    ChannelResumed,
    ProfileAssigned,
    SkillGranted,
    SkillWithdrawn,
)
from domain.centre.documents import Profile
from domain.event import Event
from domain.interaction.call_events import ConsultStarted
from domain.interaction.events import (
    AgentConnected,
    CustomerRecognised,
    InteractionClosed,
    InteractionOffered,
    InteractionQueued,
    InteractionTransferred,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    WrapUpStarted,
)
from projections.queries import (
    agent,
    agents,
    queue_lengths,
    waiting_work,
    work_of,
    work_on,
)
from tests.projections.acts import decision
from tests.projections.given import AT, POOL, PROJECT, given
from tests.projections.test_customer_history import contact, customer, opened


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


def test_a_paused_channel_is_shown_with_its_reason_until_it_is_resumed_or_the_shift_ends() -> None:
    pause = ChannelPaused(agent_id="anna", channel="email", reason="hoarse")
    for end in (None, ChannelResumed(agent_id="anna", channel="email"), AgentSignedOut(agent_id="anna")):
        with given(*on_duty(), (60, pause), *([(90.0, end)] if end else [])) as read:
            seen = agent(read, "anna")
            assert seen is not None
            told = seen.channels["email"].paused
            assert (told and (told.reason, told.since)) == (None if end else ("hoarse", AT + timedelta(seconds=60)))
            assert [name for name, room in seen.channels.items() if room.paused] == ([] if end else ["email"])


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


def test_a_call_that_an_agent_makes_is_in_hand_and_rings_nowhere() -> None:
    placed = [queued(reason="dialled", channel="callback"), work(OfferAccepted), work(AgentConnected)]
    with given(*on_duty(), *placed, reserved(channel="voice", units=4)) as read:
        (item,) = work_of(read, "anna")
        assert (item.status, item.project, item.queue, item.channel) == ("connected", PROJECT, "help", "voice")
    with given(*on_duty(), *placed, reserved(), released()) as read:
        assert work_of(read, "anna") == ()


def test_who_is_consulted_sees_whose_contact_it_is_and_who_is_handed_it_has_it_in_hand() -> None:
    asked = {"leg": "1", "work_id": "w1", "agent_id": "anna", "party": "p1"}
    started = ConsultStarted(interaction_id="i1", kind="agent", asked_agent="boris", customer_id="c1", **asked)
    both = [AgentRegistered(agent_id="boris", name="Boris", site="paris"), *on_duty()]
    boris = {"agent_id": "boris", "interaction_id": "i1", "channel": "voice", "units": 4}
    talk = [offered(), reserved(channel="voice"), work(OfferAccepted), work(AgentConnected), started]
    part = AgentReserved(work_id="p1", leg="1", **boris)
    with given(*both, *talk, part) as read:
        (item,) = work_of(read, "boris")
        assert (item.work_id, item.status, item.project, item.queue) == ("p1", "consulted", PROJECT, "help")
    # the capacity may come first, as that of an offer may: what is given back is what was taken
    over_again = [*talk[:-1], part, started, AgentReleased(agent_id="boris", work_id="p1", reason="consulted")]
    with given(*both, *over_again) as read:
        seen = agent(read, "boris")
        assert seen is not None
        assert seen.used == 0
    moved = InteractionTransferred(
        interaction_id="i1",
        leg="1",
        to_leg="2",
        from_agent="anna",
        queue="help",
        department="",
        to_agent="boris",
    )
    theirs = {"interaction_id": "i1", "leg": "2", "work_id": "w2", "agent_id": "boris"}
    over = [moved, queued(leg="2", reason="transferred"), OfferAccepted(**theirs), AgentConnected(**theirs)]
    given_up = [released(), AgentReleased(agent_id="boris", work_id="p1", reason="transferred")]
    with given(*both, *talk, part, *over, *given_up, AgentReserved(work_id="w2", leg="2", **boris)) as read:
        (item,) = work_of(read, "boris")
        assert (item.work_id, item.status, item.project, item.queue) == ("w2", "connected", PROJECT, "help")
        assert work_of(read, "anna") == ()


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


def test_a_callback_that_waits_is_whose_contact_it_turns_out_to_be() -> None:
    recognised = CustomerRecognised(interaction_id="i1", customer_id="c2", how="keyed")
    with given(queued(channel="callback", customer_id="c1"), recognised) as read:
        (waiting,) = waiting_work(read, PROJECT, "help").items
        assert waiting.customer_id == "c2"


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
