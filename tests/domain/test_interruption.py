"""Channels that interrupt others: what rests meanwhile does not count, and what does not rest always fits."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agent.events import AgentReleased, AgentReserved
from domain.agent.state import Agent, evolve
from domain.centre.documents import Profile
from domain.interaction.events import InteractionOffered
from tests.domain.commands import in_hand, mail, offer
from tests.domain.hotline import a_hotline, talks, waits
from tests.domain.world import happened

CHANNELS = ("voice", "sms", "email", "callback")


def test_a_call_comes_during_written_work_and_not_the_other_way_round() -> None:
    world = a_hotline()
    in_hand(world, "anna"), in_hand(world, "anna")
    call = waits(world)
    world.when(offer(call, "anna")).including(happened(InteractionOffered))  # 4 of 4 units are e-mail
    third = world.when(mail()).result["interaction_id"]
    world.when(offer(third, "anna")).rejected("agent_unfit", saying="capacity: uses 8 of 4, email needs 2")


def test_written_work_does_not_interrupt_a_call() -> None:
    world = a_hotline()
    talks(world, "anna")
    interaction = world.when(mail()).result["interaction_id"]
    world.when(offer(interaction, "anna")).rejected("agent_unfit", saying="capacity: uses 4 of 4, email needs 2")


def test_a_second_call_waits_however_much_the_first_one_interrupted() -> None:
    world = a_hotline()
    talks(world, "anna")
    world.when(offer(waits(world, number="+482"), "anna")).rejected("agent_unfit", saying="has 1, may have 1")


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Any channels, interrupting one another without a circle: each only those named after it."""
    order = draw(st.permutations(CHANNELS))
    channels: dict[str, Any] = {}
    for place, channel in enumerate(order):
        channels[channel] = {
            "concurrency": draw(st.integers(1, 4)),
            "units": draw(st.integers(1, 4)),
            "interrupts": draw(st.lists(st.sampled_from(order[place + 1 :]), unique=True))
            if order[place + 1 :]
            else [],
        }
    return Profile.model_validate(
        {"capacity": draw(st.integers(1, 8)), "channels": channels, "queues": {"hotline/calls": {}}}
    )


@given(profiles(), st.lists(st.tuples(st.sampled_from(CHANNELS), st.booleans(), st.integers(0, 7)), max_size=40))
@settings(max_examples=300, deadline=None)
def test_what_nothing_interrupts_never_exceeds_capacity(profile: Profile, day: list[tuple[str, bool, int]]) -> None:
    agent = Agent("anna", presence="ready", profile=profile)
    for number, (channel, ends, which) in enumerate(day):
        if ends and agent.work:
            gone = sorted(agent.work)[which % len(agent.work)]
            agent = evolve(agent, AgentReleased(agent_id="anna", work_id=gone, reason="completed"))
        elif agent.lacks_room(channel) is None:
            units = profile.channels[channel].units
            agent = evolve(
                agent,
                AgentReserved(
                    agent_id="anna", work_id=f"{number:02}", interaction_id="i", leg="1", channel=channel, units=units
                ),
            )
        held = {one.channel for one in agent.work.values()}
        resting = {other for one in held for other in profile.channels[one].interrupts}
        assert sum(one.units for one in agent.work.values() if one.channel not in resting) <= profile.capacity
        assert all(agent.count(one) <= use.concurrency for one, use in profile.channels.items())
