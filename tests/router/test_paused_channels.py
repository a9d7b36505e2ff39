"""Who has paused a channel is offered nothing by it, and everything else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.agent.commands import BecomeReady, PauseChannel, ResumeChannel, SignIn, SignOut
from router import Excluded, Router
from tests.router.explained import awaited, explained, kinds
from tests.router.pool import POOL, Pool, pairs
from tests.router.small import profile, verdict


@pytest.fixture
def pool() -> Pool:
    pool = Pool()
    pool.project("p", {"a": {}, "b": {}})
    return pool


def pause(agent_id: str = "anna", channel: str = "email") -> PauseChannel:
    return PauseChannel(agent_id=agent_id, channel=channel, reason="hoarse")


def test_it_is_kept_from_the_next_offer_on_and_given_again_when_it_is_resumed(pool: Pool) -> None:
    router = Router(POOL)
    pool.agent("anna", profile())
    pool.route(router)
    pool.do(pause())
    mail, text = pool.arrive("a"), pool.arrive("a", "sms")
    assert pairs(pool.route(router)) == [("anna", text)]
    assert verdict(router, pool, mail, "anna") == Excluded("channel email: paused (hoarse)")
    pool.decline(pool.offers()[0])
    pool.do(ResumeChannel(agent_id="anna", channel="email"))
    assert ("anna", mail) in pairs(pool.route(router))


def test_the_log_alone_says_so_too_and_a_new_shift_begins_without_it(pool: Pool) -> None:
    pool.agent("anna", profile())
    pool.do(pause())
    mail = pool.arrive("a")
    assert pairs(pool.route(Router(POOL))) == []
    for command in (SignOut(agent_id="anna"), SignIn(agent_id="anna"), BecomeReady(agent_id="anna")):
        pool.do(command)
    assert pairs(pool.route(Router(POOL))) == [("anna", mail)]


def test_what_is_kept_for_somebody_who_paused_its_channel_goes_to_others_at_once(pool: Pool) -> None:
    router = Router(POOL)
    pool.agent("anna", profile())
    pool.agent("boris", profile())
    pool.do(pause())
    mail = pool.arrive("a", preferred="anna", preferred_until=pool.now + timedelta(minutes=5))
    assert pairs(pool.route(router)) == [("boris", mail)]


def test_an_explanation_names_it_and_the_change_that_would_have_chosen_them(pool: Pool) -> None:
    pool.agent("boris", profile())
    pool.wait(10)
    pool.agent("anna", profile())
    pool.do(pause("boris"))
    pool.arrive("a")
    pool.route(Router(POOL))
    found = explained(pool, "boris")
    assert (found.same, found.excluded, found.made.agent_id) == (True, {"channel": 1}, "anna")
    assert found.other is not None
    assert [v.excluded.reason for v in found.other.verdicts if v.excluded] == ["channel email: paused (hoarse)"]
    assert ("channel_taken",) in kinds(found)


def test_what_waits_says_that_it_waits_for_a_paused_channel(pool: Pool) -> None:
    pool.agent("anna", profile())
    pool.do(pause())
    mail = pool.arrive("a")
    pool.route(Router(POOL))
    assert awaited(pool, mail).excluded == {"channel": 1}
