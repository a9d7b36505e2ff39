"""Documents become events, each on top of the revision its author had seen."""

from datetime import UTC, datetime

from domain.agent.events import AgentMoved, AgentRegistered, ProfileAssigned, SkillExpired, SkillGranted
from domain.centre.configuration import CentreConfigured, ConfigureCentre, ConfigureProject, ProjectConfigured
from domain.centre.documents import CentreDocument
from domain.centre.references import check
from tests.domain.commands import mail
from tests.domain.documents import centre, project
from tests.domain.world import World, configured, happened


def test_the_first_document_registers_its_agents_in_the_same_breath() -> None:
    then = World().when(ConfigureCentre(document=centre(), expected_revision=0))
    then.including(
        happened(CentreConfigured, revision=1),
        happened(AgentRegistered, agent_id="anna"),
        happened(ProfileAssigned, agent_id="boris", profile_name="mixed"),
        happened(SkillGranted, agent_id="anna", skill="french", level=5),
    )
    assert then.one(CentreConfigured).document == centre().model_dump(mode="json")


def test_the_same_document_again_changes_nothing_whatever_revision_is_expected(world: World) -> None:
    world.when(ConfigureCentre(document=centre(), expected_revision=7)).changes_nothing()
    world.when(ConfigureProject(document=project(), expected_revision=0)).changes_nothing()


def test_a_document_made_on_an_older_revision_is_refused(world: World) -> None:
    world.given(ConfigureProject(document=project(title="Second"), expected_revision=1))
    stale = ConfigureProject(document=project(title="Third"), expected_revision=1)
    world.when(stale).rejected("stale_revision", saying="at revision 2, this change was made on revision 1")
    changed = centre(title="Other")
    world.when(ConfigureCentre(document=changed, expected_revision=0)).rejected("stale_revision")
    world.when(ConfigureCentre(document=changed, expected_revision=1)).then(happened(CentreConfigured, revision=2))


def test_a_pool_is_for_life(world: World) -> None:
    world.when(ConfigureCentre(document=centre(pool="other"), expected_revision=1)).rejected("pool_is_for_life")
    world.when(ConfigureProject(document=project(pool="other"), expected_revision=1)).rejected("pool_is_for_life")


def test_an_agent_who_moves_in_the_document_moves(world: World) -> None:
    agents = {**centre().model_dump(mode="json")["agents"]}
    agents["boris"] = {**agents["boris"], "site": "warsaw"}
    then = world.when(ConfigureCentre(document=centre(agents=agents), expected_revision=1))
    then.then(happened(CentreConfigured, revision=2), happened(AgentMoved, agent_id="boris", site="warsaw"))


def test_the_hash_names_the_document_whatever_the_order_of_its_keys() -> None:
    shuffled = dict(reversed(project().model_dump(mode="json").items()))
    one = World().when(ConfigureProject(document=project(), expected_revision=0)).one(ProjectConfigured)
    two = (
        World()
        .when(ConfigureProject(document=type(project()).model_validate(shuffled), expected_revision=0))
        .one(ProjectConfigured)
    )
    assert one.sha256 == two.sha256


def test_nothing_comes_into_a_project_that_was_never_configured() -> None:
    World().when(mail()).rejected("not_found", saying="hotline")


def test_new_rules_hold_for_new_work_and_not_for_what_already_waits() -> None:
    world = configured()
    old = world.when(mail()).result["interaction_id"]
    queues = project().model_dump(mode="json")["queues"]
    queues["billing"] |= {"priority": 1}
    world.given(ConfigureProject(document=project(queues=queues), expected_revision=1))
    new = world.when(mail()).result["interaction_id"]
    assert [world.of("interaction", i).leg("1").queued.priority for i in (old, new)] == [5, 1]


def certified(until: str) -> CentreDocument:
    agents = {**centre().model_dump(mode="json")["agents"]}
    agents["anna"] = {**agents["anna"], "certified_until": {"french": until}}
    sites = {"paris": {"title": "Paris", "time_zone": "Europe/Paris"}, "warsaw": {"title": "Warsaw"}}
    return centre(agents=agents, sites=sites)


def test_a_certification_ends_with_its_last_day_at_the_agents_site(world: World) -> None:
    then = world.when(ConfigureCentre(document=certified("2026-12-31"), expected_revision=1))
    ends = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    then.including(happened(SkillGranted, agent_id="anna", skill="french", level=5, expires_at=ends))


def test_a_certification_that_has_ended_takes_the_skill_away(world: World) -> None:
    then = world.when(ConfigureCentre(document=certified("2020-12-31"), expected_revision=1))
    then.including(happened(SkillExpired, agent_id="anna", skill="french"))


def test_a_certification_needs_a_skill_and_a_date_that_exists() -> None:
    agents = {"anna": {"name": "Anna", "site": "paris", "profile": "mixed", "skills": {"french": 5}}}
    agents["anna"]["certified_until"] = {"french": "2026-02-30", "polish": "2026-12-31"}
    found = check([centre(agents=agents)], [], time_zones={"UTC"})
    said = {fault.path[-1]: fault.what for fault in found if fault.severity == "fault"}
    assert said == {
        "french": "the date '2026-02-30' does not exist (day is out of range for month)",
        "polish": "anna has no skill 'polish' whose certification could end",
    }
