"""What waiting changes: steps, overflow, announcements, expiry, silence and sites that are down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.agent.commands import BecomeReady, RegisterAgent, SignIn, SignOut
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import CentreDocument, Profile, ProjectDocument
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown, EvacuateAgent
from domain.decide import Command
from domain.interaction.escalation import AnnounceWait, ExpireWork, OverflowInteraction, RequeueSilent, TakeStep
from domain.interaction.events import (
    InteractionQueued,
    MessageReceived,
    MessageSent,
    RequirementsRelaxed,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
    WorkGivenUp,
)
from router import Router
from tests.router.pool import POOL, Pool, pairs


def profile(**changes: Any) -> dict[str, Any]:
    usual = {
        "capacity": 3,
        "channels": {"voice": {"concurrency": 1, "units": 3}, "email": {"concurrency": 3}},
        "queues": {"p/a": {}, "p/b": {}},
    }
    return usual | changes


def steps(commands: list[Command]) -> list[tuple[str, int]]:
    return [(command.interaction_id, command.step) for command in commands if isinstance(command, TakeStep)]


def events(pool: Pool, kind: type[Any]) -> list[Any]:
    return [one.event for one in pool.log if isinstance(one.event, kind)]


def centre(pool: Pool) -> None:
    """A centre with two sites; who is in its document is registered with it."""
    document = {
        "schema_version": 1,
        "centre": "c",
        "title": "Centre",
        "pool": POOL,
        "sites": {"paris": {"title": "Paris"}, "warsaw": {"title": "Warsaw"}},
        "profiles": {"usual": profile()},
        "agents": {},
    }
    pool.do(ConfigureCentre(document=CentreDocument.model_validate(document), expected_revision=0))


def project(pool: Pool, queues: dict[str, dict[str, Any]], hours: dict[str, Any]) -> None:
    document = {
        "schema_version": 1,
        "project": "p",
        "title": "p",
        "pool": POOL,
        "departments": {"all": {"title": "All", "queue": "a"}},
        "queues": {queue: {"title": queue, **rules} for queue, rules in queues.items()},
        "hours": hours,
    }
    revision = pool.of("project", "p").revision
    pool.do(ConfigureProject(document=ProjectDocument.model_validate(document), expected_revision=revision), "p")


def agent_at(pool: Pool, agent_id: str, site: str, **changes: Any) -> None:
    register = RegisterAgent(
        agent_id=agent_id,
        name=agent_id.title(),
        site=site,
        profile_name="usual",
        profile=Profile.model_validate(profile(**changes)),
        skills={},
    )
    pool.do(register)
    pool.do(SignIn(agent_id=agent_id))
    pool.do(BecomeReady(agent_id=agent_id))


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def router() -> Router:
    return Router(POOL)


# --- steps


def test_a_step_is_taken_when_its_time_has_come_and_not_before(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"skills": {"billing": 5}, "steps": [{"after": 60, "lower": {"billing": 2}}]}, "b": {}})
    pool.agent("anna", profile(), {"billing": 2})
    item = pool.arrive("a")
    assert steps(pool.route(router)) == []
    assert router.wake_at() == pool.now + timedelta(seconds=60)
    pool.wait(59)
    assert steps(pool.route(router)) == []
    pool.wait(1)
    assert steps(pool.route(router)) == [(item, 1)]
    assert pairs(pool.route(router)) == [("anna", item)]
    pool.wait(600)
    assert steps(pool.route(router)) == [], "it was taken once"


def test_steps_are_counted_from_arrival_also_for_work_that_was_queued_again(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 60, "priority": 1}, {"after": 90, "add_queue": "b"}]}, "b": {}})
    pool.agent("anna", profile())
    item = pool.arrive("a", arrived_at=pool.now - timedelta(seconds=30))
    pool.route(router)
    pool.accept(pool.offers()[0])
    pool.wait(100)
    assert steps(pool.route(router)) == [], "what an agent has in hand no longer waits"
    pool.do(SignOut(agent_id="anna"))
    assert steps(pool.route(router)) == [(item, 1)], "nobody is signed in for what step 2 opens"


def test_a_step_that_nobody_signed_in_could_use_waits_for_somebody_who_can(pool: Pool, router: Router) -> None:
    relax = [{"after": 10, "lower": {"billing": 3}}, {"after": 20, "priority": 1}]
    pool.project("p", {"a": {"skills": {"billing": 5}, "steps": relax}, "b": {}})
    pool.agent("anna", profile(), {"billing": 1})
    pool.agent("boris", profile(), {"billing": 3}, ready=False)
    item = pool.arrive("a")
    pool.wait(15)
    assert steps(pool.route(router)) == [], "boris, who could take it then, is not signed in"
    assert router.wake_at() == pool.now + timedelta(seconds=5), "nothing to do about step 1 before an event"
    pool.wait(5)
    assert steps(pool.route(router)) == [(item, 2)], "a later step may come first"
    pool.do(SignIn(agent_id="boris"))
    assert steps(pool.route(router)) == [(item, 1)], "signed in is enough: he need not be ready"
    assert pool.of("interaction", item).leg("1").wanted.steps == (2, 1)


@pytest.mark.parametrize("way", ["skill", "queue", "channel", "ring", "language"])
def test_a_step_that_waits_for_somebody_is_taken_as_soon_as_somebody_learns_or_is_moved(
    pool: Pool, router: Router, way: str
) -> None:
    queue = {"skills": {"billing": 5}, "steps": [{"after": 10, "open_rings": 2, "lower": {"billing": 3}}]}
    pool.project("p", {"a": queue, "b": {}})
    fits: dict[str, Any] = {
        "profile": profile(queues={"p/a": {"ring": 2}}),
        "skills": {"billing": 3},
        "languages": ("fr",),
    }
    lacks: dict[str, Any] = {
        "skill": {"skills": {"billing": 2}},
        "queue": {"profile": profile(queues={"p/b": {}})},
        "channel": {"profile": profile(channels={"email": {"concurrency": 1}})},
        "ring": {"profile": profile(queues={"p/a": {"ring": 3}})},
        "language": {"languages": ("pl",)},
    }

    def register(about: dict[str, Any]) -> None:
        usual = Profile.model_validate(about["profile"])
        who: dict[str, Any] = {"agent_id": "anna", "name": "Anna", "site": "here", "profile_name": "usual"}
        pool.do(RegisterAgent(**who, profile=usual, skills=about["skills"], languages=about["languages"]))

    register(fits | lacks[way])
    pool.do(SignIn(agent_id="anna"))
    item = pool.arrive("a", "voice", language="fr", language_required=True)
    pool.wait(30)
    assert steps(pool.route(router)) == []
    register(fits)
    assert steps(pool.route(router)) == [(item, 1)]


def test_a_step_is_not_taken_for_an_agent_whom_the_customer_must_never_reach(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"skills": {"billing": 5}, "steps": [{"after": 10, "drop": ["billing"]}]}, "b": {}})
    pool.agent("anna", profile())
    banned = pool.arrive("a", excluded=("anna",))
    open_to_her = pool.arrive("a")
    pool.wait(10)
    assert steps(pool.route(router)) == [(open_to_her, 1)]
    pool.agent("boris", profile())
    assert steps(pool.route(router)) == [(banned, 1)]


def test_a_step_that_opens_a_site_waits_until_somebody_of_it_is_there(pool: Pool, router: Router) -> None:
    centre(pool)
    pool.project("p", {"a": {"sites": "own", "steps": [{"after": 10, "add_sites": ["warsaw"]}]}, "b": {}})
    item = pool.arrive("a", site="paris", sites=("paris",))
    pool.wait(10)
    assert steps(pool.route(router)) == []
    agent_at(pool, "wanda", "warsaw")
    assert steps(pool.route(router)) == [(item, 1)]


def test_steps_count_open_hours_alone(pool: Pool, router: Router) -> None:
    hours = {"office": {"weekly": {"mon": ["09:00-10:00"], "tue": ["09:00-10:00"]}}}
    project(pool, {"a": {"hours": "office", "steps": [{"after": 5400, "priority": 1}]}, "b": {}}, hours)
    item = pool.arrive("a")  # on a Monday at nine
    pool.wait(23 * 3600)
    assert steps(pool.route(router)) == []
    pool.wait(1.5 * 3600)
    assert steps(pool.route(router)) == [(item, 1)], "an hour on Monday and half an hour on Tuesday"


def test_a_voicemail_step_ends_the_waiting(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 10, "voicemail": True}, {"after": 20, "priority": 1}]}, "b": {}})
    item = pool.arrive("a", "voice")
    pool.wait(30)
    pool.route(router)
    assert [event.interaction_id for event in events(pool, SentToVoicemail)] == [item]
    pool.fold(router)
    assert router.decide(pool.now) == []
    assert router.wake_at() is None


def test_new_rules_move_the_deadlines_of_who_waits_already(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 600, "priority": 1}]}, "b": {}})
    item = pool.arrive("a")
    pool.wait(30)
    pool.route(router)
    pool.project("p", {"a": {"steps": [{"after": 20, "priority": 2}, {"after": 40, "priority": 1}]}, "b": {}})
    assert steps(pool.route(router)) == [(item, 1)]
    pool.wait(10)
    pool.project("p", {"a": {"steps": []}, "b": {}})
    assert steps(pool.route(router)) == [], "a step that was taken out is not taken"
    pool.project("p", {"a": {"steps": [{"after": 20, "priority": 2}, {"after": 40, "priority": 1}]}, "b": {}})
    assert steps(pool.route(router)) == [(item, 2)], "nothing was forgotten while it was out"


def test_work_of_a_queue_that_is_gone_waits_with_its_steps_until_the_queue_is_back(pool: Pool, router: Router) -> None:
    with_step = {"a": {"steps": [{"after": 10, "priority": 1}]}, "b": {}}
    pool.project("p", with_step)
    item = pool.arrive("a")
    pool.project("p", {"b": {}})
    pool.wait(60)
    assert steps(pool.route(router)) == []
    pool.project("p", with_step)
    assert steps(pool.route(router)) == [(item, 1)]


def test_a_refused_command_is_asked_again_a_little_later_and_others_at_once(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 10, "priority": 1}]}, "b": {}})
    first = pool.arrive("a")
    pool.wait(10)
    pool.fold(router)
    (command,) = router.decide(pool.now)
    assert router.decide(pool.now) == [], "it is on its way"
    router.refused(command)
    assert router.decide(pool.now) == []
    assert router.wake_at() == pool.now + timedelta(seconds=1)
    pool.wait(1)
    assert steps(router.decide(pool.now)) == [(first, 1)]


def test_a_rebuilt_board_asks_for_the_same(pool: Pool, router: Router) -> None:
    steps_of_a = [{"after": 10, "lower": {"x": 1}}, {"after": 20, "priority": 1}, {"after": 30, "add_queue": "b"}]
    queue = {"skills": {"x": 3}, "overflow": {"waiting": 1, "queue": "b"}, "announce": 30, "steps": steps_of_a}
    pool.project("p", {"a": queue, "b": {}})
    pool.agent("anna", profile(queues={"p/b": {}}), ready=False)
    asked = 0
    for _ in range(8):
        pool.arrive("a", "voice")
        pool.wait(7)
        pool.fold(router)
        live = router.decide(pool.now)
        rebuilt = Router(POOL)
        pool.fold(rebuilt)
        assert rebuilt.decide(pool.now) == live
        assert rebuilt.wake_at() == router.wake_at()
        asked += len(live)
        for command in live:
            pool.execute(router, command)
    assert asked > 20


# --- overflow


def test_work_overflows_that_finds_so_many_waiting_already(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"overflow": {"waiting": 2, "queue": "b"}}, "b": {}})
    pool.agent("bea", profile(queues={"p/b": {}}))
    pool.arrive("a", "voice")
    pool.arrive("a", "voice")
    third = pool.arrive("a", "voice")
    commands = pool.route(router)
    assert [c.interaction_id for c in commands if isinstance(c, OverflowInteraction)] == [third]
    assert [(e.interaction_id, e.step, e.also) for e in events(pool, RequirementsRelaxed)] == [(third, 0, ("b",))]
    assert not any(isinstance(command, OverflowInteraction) for command in pool.route(router))


def test_who_no_longer_waits_does_not_count_towards_an_overflow(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"overflow": {"waiting": 1, "queue": "b"}}, "b": {}})
    pool.agent("anna", profile())
    pool.arrive("a", "voice")
    pool.route(router)
    pool.accept(pool.offers()[0])
    pool.arrive("a", "voice")
    assert not any(isinstance(command, OverflowInteraction) for command in pool.route(router))


# --- announcements


def test_a_caller_is_told_the_wait_at_arrival_and_every_so_often(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"announce": 60, "handling": 300}, "b": {}})
    pool.agent("anna", profile())
    pool.agent("boris", profile())
    for _ in range(2):
        pool.arrive("a", "voice")
    pool.route(router)
    third, fourth = pool.arrive("a", "voice"), pool.arrive("a", "voice")
    pool.arrive("a", "email")
    told = [c for c in pool.route(router) if isinstance(c, AnnounceWait)]
    assert [(c.interaction_id, c.place, c.seconds, c.method) for c in told] == [
        (third, 3, 450, "queue_length"),
        (fourth, 4, 600, "queue_length"),
    ]
    assert not any(isinstance(command, AnnounceWait) for command in pool.route(router))
    for offer in pool.offers():
        pool.accept(offer)
    pool.wait(60)
    again = [c for c in pool.route(router) if isinstance(c, AnnounceWait)]
    assert [(c.interaction_id, c.place, c.seconds) for c in again] == [(third, 1, 150), (fourth, 2, 300)]
    assert len(events(pool, WaitAnnounced)) == 6


def test_where_nobody_is_ready_the_wait_of_the_first_in_line_is_told(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"announce": 600}, "b": {}})
    pool.arrive("a", "voice")
    pool.wait(90)
    second = pool.arrive("a", "voice")
    told = [c for c in pool.route(router) if isinstance(c, AnnounceWait) and c.interaction_id == second]
    assert [(c.place, c.seconds, c.method) for c in told] == [(2, 90, "head_of_line")]


def test_nobody_is_told_a_wait_while_the_queue_is_closed(pool: Pool, router: Router) -> None:
    hours = {"office": {"weekly": {"mon": ["10:00-11:00"]}}}
    project(pool, {"a": {"announce": 60, "hours": "office"}, "b": {}}, hours)
    item = pool.arrive("a", "voice")  # at nine
    assert pool.route(router) == []
    assert router.wake_at() == pool.now + timedelta(hours=1)
    pool.wait(3600)
    assert [c.interaction_id for c in pool.route(router) if isinstance(c, AnnounceWait)] == [item]


# --- expiry and silence


def test_waiting_work_is_given_up_when_its_time_is_out(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 60, "priority": 1}]}, "b": {}})
    item = pool.arrive("a", "callback", expires_at=pool.now + timedelta(seconds=60))
    pool.route(router)
    assert router.wake_at() == pool.now + timedelta(seconds=60)
    pool.wait(60)
    commands = pool.route(router)
    assert [type(command) for command in commands] == [ExpireWork]
    assert [event.interaction_id for event in events(pool, WorkExpired)] == [item]
    pool.fold(router)
    assert router.wake_at() is None


def message(pool: Pool, item: str, reply_by: float | None, automatic: str = "") -> None:
    received = MessageReceived(
        interaction_id=item, customer_id="c1", message_id=pool.new_id(), via="email", sender="s", sender_name="n",
        subject="s", text="t", external_id="x", automatic=automatic,
        reply_by=None if reply_by is None else pool.now + timedelta(seconds=reply_by),
    )  # fmt: skip
    pool.record(f"interaction-{item}", received)


def reply(pool: Pool, item: str) -> None:
    sent = MessageSent(
        interaction_id=item, customer_id="c1", message_id=pool.new_id(), leg="1", agent_id="anna", delivery_id="d",
        subject="s", text="t",
    )  # fmt: skip
    pool.record(f"interaction-{item}", sent)


def test_work_without_a_reply_in_time_is_queued_again_and_goes_to_somebody_else(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"silence": 120}, "b": {}})
    pool.agent("anna", profile())
    item = pool.arrive("a")
    pool.route(router)
    pool.accept(pool.offers()[0])
    pool.agent("boris", profile())
    pool.route(router)
    assert router.wake_at() == pool.now + timedelta(seconds=120)
    pool.wait(119)
    assert pool.route(router) == []
    pool.wait(1)
    assert [type(command) for command in pool.route(router)] == [RequeueSilent]
    assert [event.reason for event in events(pool, WorkGivenUp)] == ["silent"]
    assert pairs(pool.route(router)) == [("boris", item)]


def test_a_reply_ends_the_silence_and_the_next_message_begins_a_new_one(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"silence": 120}, "b": {}})
    pool.agent("anna", profile())
    item = pool.arrive("a")
    pool.route(router)
    pool.accept(pool.offers()[0])
    pool.wait(60)
    reply(pool, item)
    pool.wait(600)
    assert pool.route(router) == []
    message(pool, item, 120, automatic="out of office")
    assert pool.route(router) == []
    assert router.wake_at() is None
    message(pool, item, 120)
    pool.wait(60)
    message(pool, item, 120)
    pool.route(router)
    assert router.wake_at() == pool.now + timedelta(seconds=60), "the first unanswered message counts"
    pool.wait(60)
    assert [type(command) for command in pool.route(router)] == [RequeueSilent]
    assert [e.reason for e in events(pool, InteractionQueued) if e.interaction_id == item] == ["new", "silent"]


# --- sites


def test_the_agents_of_a_site_that_is_down_are_released_and_others_go_on(pool: Pool, router: Router) -> None:
    centre(pool)
    pool.project("p", {"a": {}, "b": {}})
    for agent_id, site in (("paul", "paris"), ("petra", "paris"), ("wanda", "warsaw")):
        agent_at(pool, agent_id, site)
        pool.wait(1)
    calls = [pool.arrive("a", "voice") for _ in range(3)]
    pool.route(router)
    pool.accept(next(offer for offer in pool.offers() if offer.agent_id == "paul"))
    pool.do(DeclareSiteDown(centre="c", site="paris", reason="power cut", by="chief"))
    commands = pool.route(router)
    assert [c.agent_id for c in commands if isinstance(c, EvacuateAgent)] == ["paul", "petra"]
    assert {pool.of("agent", name).presence for name in ("paul", "petra")} == {"signed_out"}
    pool.route(router)
    assert pool.ringing() == [("wanda", calls[2])]
    assert {pool.of("interaction", call).leg("1").status for call in calls} == {"waiting"}, "nobody is lost"
    assert pool.route(router) == []
    pool.do(DeclareSiteBack(centre="c", site="paris", by="chief"))
    pool.do(SignIn(agent_id="petra"))
    pool.do(BecomeReady(agent_id="petra"))
    offered = pairs(pool.route(router))
    assert [agent for agent, _ in offered] == ["petra"]


def test_a_large_site_is_left_a_few_agents_at_a_time_and_by_all_in_the_end(pool: Pool, router: Router) -> None:
    centre(pool)
    pool.project("p", {"a": {}, "b": {}})
    for number in range(40):
        agent_at(pool, f"agent{number:02}", "paris")
    pool.do(DeclareSiteDown(centre="c", site="paris", reason="fire", by="chief"))
    rounds: list[int] = []
    while commands := pool.route(router):
        rounds.append(len(commands))
    assert sum(rounds) == 40
    assert max(rounds) <= 16
    assert all(pool.of("agent", f"agent{number:02}").presence == "signed_out" for number in range(40))


def test_a_router_that_starts_during_an_outage_goes_on_where_another_stopped(pool: Pool, router: Router) -> None:
    centre(pool)
    pool.project("p", {"a": {}, "b": {}})
    for agent_id in ("paul", "petra"):
        agent_at(pool, agent_id, "paris")
    pool.do(DeclareSiteDown(centre="c", site="paris", reason="flood", by="chief"))
    pool.fold(router)
    first, *_ = router.decide(pool.now)
    pool.execute(router, first)
    other = Router(POOL)
    commands = pool.route(other)
    assert [(type(c), c.agent_id) for c in commands if isinstance(c, EvacuateAgent)] == [(EvacuateAgent, "petra")]
    assert pool.route(other) == []
