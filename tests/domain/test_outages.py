"""A site goes down and comes back: nobody there is offered work, and what they had is nobody's loss."""

from domain.agent.commands import BecomeReady, SignIn
from domain.agent.events import AgentReleased, AgentSignedOut
from domain.centre.configuration import ConfigureCentre
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown, EvacuateAgent, SiteCameBack, SiteWentDown
from domain.interaction.call_events import ConsultEnded, RecordingStopped
from domain.interaction.events import (
    AgentConnected,
    InteractionClosed,
    InteractionInterrupted,
    InteractionOffered,
    InteractionQueued,
    OfferRescinded,
    WorkGivenUp,
    WrapUpCompleted,
)
from domain.interaction.leaving import CancelCallback
from domain.interaction.queueing import FIRST_OF_ALL
from domain.interaction.recording import StartRecording
from domain.interaction.talking import ConsultAgent
from tests.domain.commands import in_hand, mail, offer, offered
from tests.domain.hotline import a_centre, a_hotline, talks, waits
from tests.domain.world import World, happened

DOWN = DeclareSiteDown(centre="demo", site="paris", reason="power cut", by="clara")
BACK = DeclareSiteBack(centre="demo", site="paris", by="clara")


def evacuate(agent: str, site: str = "paris") -> EvacuateAgent:
    return EvacuateAgent(centre="demo", agent_id=agent, site=site)


def test_a_site_goes_down_once_and_comes_back_once() -> None:
    world = a_hotline()
    world.when(BACK).changes_nothing()
    world.when(DOWN).then(happened(SiteWentDown, site="paris", reason="power cut", by="clara"))
    world.when(DOWN).changes_nothing()
    world.when(BACK).then(happened(SiteCameBack, site="paris", by="clara"))
    world.when(BACK).changes_nothing()


def test_only_a_site_of_a_centre_goes_down() -> None:
    world = a_hotline()
    world.when(DeclareSiteDown(centre="demo", site="rome", reason="", by="")).rejected("not_found", saying="rome")
    world.when(DeclareSiteDown(centre="other", site="paris", reason="", by="")).rejected("not_found", saying="other")
    world.when(DeclareSiteBack(centre="demo", site="rome", by="")).rejected("not_found", saying="rome")


def test_a_site_stays_down_when_the_centre_is_configured_anew() -> None:
    world = a_hotline().given(DOWN)
    world.given(ConfigureCentre(document=a_centre(title="New"), expected_revision=1))
    assert world.of("centre", "demo").down == {"paris"}


def test_nobody_at_a_site_that_is_down_is_offered_work() -> None:
    world = a_hotline(agents=("anna", "boris")).given(DOWN)
    interaction = waits(world)
    world.when(offer(interaction, "anna")).rejected("agent_unfit", saying="paris is down")
    world.when(offer(interaction, "boris")).including(happened(InteractionOffered))
    world.given(BACK)
    world.when(offer(waits(world, number="+48000000002"), "anna")).including(happened(InteractionOffered))


def test_work_of_a_site_alone_goes_to_others_while_that_site_is_down() -> None:
    world = a_hotline({"sites": "own"}, agents=("anna", "boris"))
    interaction = waits(world, site="paris")
    world.when(offer(interaction, "boris")).rejected("agent_unfit", saying="sits at warsaw, asked for paris")
    world.given(DOWN)
    world.when(offer(interaction, "boris")).including(happened(InteractionOffered))


def test_an_agent_is_not_evacuated_while_the_site_is_up_or_from_another_site() -> None:
    world = a_hotline(agents=("anna", "boris"))
    talks(world, "anna")
    world.when(evacuate("anna")).changes_nothing()
    world.given(DOWN)
    world.when(evacuate("boris")).changes_nothing()
    world.when(evacuate("boris", "warsaw")).changes_nothing()
    world.given(BACK)
    world.when(evacuate("anna")).changes_nothing()


def test_a_call_that_breaks_off_is_called_back_before_everything_else() -> None:
    world = a_hotline({"priority": 5})
    arrived = world.now
    work = talks(world, "anna")
    world.wait(minutes=3).given(DOWN)
    world.when(evacuate("anna")).then(
        happened(AgentReleased, work_id=work.work_id, reason="site down", missed=False),
        happened(AgentSignedOut, agent_id="anna"),
        happened(InteractionInterrupted, work_id=work.work_id, reason="site down"),
        happened(
            InteractionQueued,
            channel="callback",
            reason="interrupted",
            arrived_at=arrived,
            priority=1,
            age_credit=FIRST_OF_ALL,
        ),
    )
    world.when(evacuate("anna")).changes_nothing()


def test_an_interrupted_call_is_worked_as_a_callback_by_somebody_elsewhere() -> None:
    world = a_hotline(agents=("anna", "boris"))
    work = talks(world, "anna")
    world.given(DOWN, evacuate("anna"))
    again = offered(world, "boris", work.interaction_id)
    world.when(again.accept()).including(happened(AgentConnected, agent_id="boris"))
    world.when(again.complete()).including(happened(InteractionClosed, reason="completed"))


def test_who_was_cut_off_can_do_without_the_callback() -> None:
    world = a_hotline()
    work = talks(world, "anna")
    world.given(DOWN, evacuate("anna"))
    cancel = CancelCallback(interaction_id=work.interaction_id)
    world.when(cancel).then(happened(InteractionClosed, reason="cancelled by the customer"))


def test_written_work_and_what_only_rings_goes_back_to_its_place() -> None:
    world = a_hotline()
    held, rings = in_hand(world, "anna"), offered(world, "anna")
    arrived = world.now
    then = world.wait(minutes=1).given(DOWN).when(evacuate("anna"))
    then.including(
        happened(WorkGivenUp, interaction_id=held.interaction_id, reason="site down"),
        happened(InteractionQueued, interaction_id=held.interaction_id, reason="site_down", arrived_at=arrived),
        happened(OfferRescinded, work_id=rings.work_id, reason="site down"),
        happened(AgentSignedOut),
    )
    assert world.of("agent", "anna").work == {}


def test_a_caller_who_was_just_being_connected_still_waits_on_the_line() -> None:
    world = a_hotline()
    work = offered(world, "anna", waits(world))
    world.given(work.accept(), DOWN)
    world.when(evacuate("anna")).including(happened(InteractionQueued, channel="voice", reason="site_down"))


def test_wrap_up_at_a_site_that_is_down_ends_with_the_default_disposition() -> None:
    world = a_hotline({"wrap_up": {"mode": "mandatory", "limit": 60}})
    work = talks(world, "anna")
    world.given(work.complete(), DOWN)
    world.when(evacuate("anna")).including(
        happened(WrapUpCompleted, disposition="not_stated", timed_out=True), happened(InteractionClosed)
    )


def test_whoever_was_consulted_is_free_again_and_the_recording_stops() -> None:
    world = a_hotline(agents=("anna", "boris"))
    work = talks(world, "anna")
    own = {"interaction_id": work.interaction_id, "leg": "1"}
    world.given(
        StartRecording(**own, recording_id="r1", consent="asked"),
        ConsultAgent(**own, agent_id="anna", to_agent="boris"),
        DOWN,
    )
    world.when(evacuate("anna")).including(
        happened(ConsultEnded, outcome="ended"),
        happened(RecordingStopped, recording_id="r1"),
        happened(AgentReleased, agent_id="boris"),
        happened(InteractionInterrupted),
    )
    assert world.of("agent", "boris").used == 0


def test_agents_sign_in_themselves_when_their_site_is_back() -> None:
    world = a_hotline().given(DOWN, evacuate("anna"), BACK)
    assert world.of("agent", "anna").presence == "signed_out"
    world.given(SignIn(agent_id="anna"), BecomeReady(agent_id="anna"))
    world.when(offer(world.when(mail()).result["interaction_id"], "anna")).including(happened(InteractionOffered))


def test_an_unknown_agent_is_not_evacuated() -> None:
    world: World = a_hotline().given(DOWN)
    world.when(evacuate("nobody")).changes_nothing()
