"""An agent who stops taking one channel and goes on with the others."""

from domain.agent.commands import BecomeNotReady, BecomeReady, PauseChannel, ResumeChannel, SignIn, SignOut
from domain.agent.events import AgentReleased, ChannelPaused, ChannelResumed
from domain.interaction.events import OfferRescinded
from tests.domain.commands import in_hand, mail, offer, offered
from tests.domain.world import World, happened

HOARSE = PauseChannel(agent_id="anna", channel="email", reason="hoarse")


def test_what_rings_by_the_channel_is_taken_back_and_what_is_in_hand_stays(staffed: World) -> None:
    held, rings = in_hand(staffed, "anna"), offered(staffed, "anna")
    staffed.when(HOARSE).then(
        happened(ChannelPaused, channel="email", reason="hoarse"),
        happened(AgentReleased, work_id=rings.work_id, reason="hoarse", missed=False),
        happened(OfferRescinded, interaction_id=rings.interaction_id, reason="hoarse"),
    )
    assert staffed.of("agent", "anna").presence == "ready"
    assert list(staffed.of("agent", "anna").work) == [held.work_id]


def test_nothing_more_is_offered_by_it_until_it_is_resumed(staffed: World) -> None:
    item = staffed.when(mail()).result["interaction_id"]
    staffed.given(HOARSE)
    staffed.when(offer(item, "anna")).rejected("agent_unfit", saying="channel email: paused (hoarse)")
    staffed.when(ResumeChannel(agent_id="anna", channel="email")).then(happened(ChannelResumed, channel="email"))
    staffed.given(offer(item, "anna"))


def test_it_outlasts_lunch_and_ends_with_the_shift(staffed: World) -> None:
    staffed.given(HOARSE, BecomeNotReady(agent_id="anna", reason="lunch"), BecomeReady(agent_id="anna"))
    assert staffed.of("agent", "anna").paused == {"email": "hoarse"}
    staffed.given(SignOut(agent_id="anna"), SignIn(agent_id="anna"))
    assert staffed.of("agent", "anna").paused == {}


def test_saying_what_is_so_already_changes_nothing_and_another_reason_does(staffed: World) -> None:
    staffed.when(ResumeChannel(agent_id="anna", channel="email")).changes_nothing()
    staffed.given(HOARSE)
    staffed.when(HOARSE).changes_nothing()
    tired = PauseChannel(agent_id="anna", channel="email", reason="tired")
    staffed.when(tired).then(happened(ChannelPaused, reason="tired"))


def test_a_channel_that_the_profile_does_not_have_cannot_be_paused_nor_any_while_signed_out(staffed: World) -> None:
    pause = PauseChannel(agent_id="anna", channel="fax", reason="hoarse")
    staffed.when(pause).rejected("no_such_channel", saying="has no channel fax; it has")
    staffed.given(SignOut(agent_id="anna"))
    staffed.when(HOARSE).rejected("signed_out", saying="sign in first")
