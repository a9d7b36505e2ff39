"""Steps, expiry and outages as the running process carries them out, on a real log."""

from __future__ import annotations

from typing import Any

from domain.agent.commands import BecomeReady, RegisterAgent, SignIn
from domain.agent.events import AgentSignedOut
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import CentreDocument, Profile, ProjectDocument
from domain.centre.outage import DeclareSiteDown, EvacuateAgent, SiteWentDown
from domain.interaction.escalation import RequeueSilent, TakeStep
from domain.interaction.events import InteractionOffered, InteractionQueued, RequirementsRelaxed, WorkExpired
from infra.routing import ACTOR, independent
from router.records import Cause
from tests.router.test_router_process import POOL, PROJECT, Centre, in_memory, running

PROFILE: dict[str, Any] = {"capacity": 2, "channels": {"callback": {"concurrency": 2}}, "queues": {"p/a": {}}}


async def configured(queue: dict[str, Any], *, sites: tuple[str, ...], expires: int | None = None) -> Centre:
    """A centre with one agent, who has billing at level 1, at each of these sites."""
    centre = in_memory()
    project: dict[str, Any] = {
        "schema_version": 1,
        "project": PROJECT,
        "title": "P",
        "pool": POOL,
        "departments": {"all": {"title": "All", "queue": "a"}},
        "queues": {"a": {"title": "A", **queue}},
        "callbacks": {"queue": "a", "expires": expires},
    }
    document: dict[str, Any] = {
        "schema_version": 1,
        "centre": "c",
        "title": "C",
        "pool": POOL,
        "sites": {site: {"title": site} for site in ("paris", "warsaw")},
        "skills": {"billing": {"title": "Billing"}},
        "profiles": {"usual": PROFILE},
    }
    await centre.do(
        ConfigureProject(document=ProjectDocument.model_validate(project), expected_revision=0),
        ConfigureCentre(document=CentreDocument.model_validate(document), expected_revision=0),
    )
    for number, site in enumerate(sites):
        who: dict[str, Any] = {"agent_id": f"agent{number:02}", "name": "A", "site": site, "profile_name": "usual"}
        profile = Profile.model_validate(PROFILE)
        await centre.do(RegisterAgent(**who, profile=profile, skills={"billing": 1}))
        await centre.do(SignIn(agent_id=who["agent_id"]), BecomeReady(agent_id=who["agent_id"]))
    return centre


async def test_a_step_is_taken_as_the_routers_doing_and_the_work_is_offered_after_it() -> None:
    steps = [{"after": 1, "lower": {"billing": 1}}]
    centre = await configured({"skills": {"billing": 4}, "steps": steps}, sites=("paris",))
    await centre.call_me(1)
    (queued,) = await centre.events(InteractionQueued)
    async with running(centre.process()):
        (relaxed,) = await centre.until(RequirementsRelaxed, 1)
        (offered,) = await centre.until(InteractionOffered, 1)
    assert relaxed.position < offered.position
    assert (relaxed.actor, relaxed.causation_id, relaxed.project) == (ACTOR, queued.event_id, PROJECT)
    await centre.check()


async def test_two_processes_take_a_step_once() -> None:
    centre = await configured({"steps": [{"after": 1, "add_queue": "a", "priority": 1}]}, sites=())
    await centre.call_me(1)
    async with running(centre.process(), centre.process(centre.new_executor())):
        await centre.do(RegisterAgent(agent_id="late", name="L", site="paris", profile_name="usual",
                                      profile=Profile.model_validate(PROFILE), skills={}))  # fmt: skip
        await centre.do(SignIn(agent_id="late"))
        await centre.until(RequirementsRelaxed, 1)
        await centre.do(BecomeReady(agent_id="late"))
        await centre.until(InteractionOffered, 1)
    assert len(await centre.events(RequirementsRelaxed)) == 1
    await centre.check()


async def test_a_callback_that_nobody_can_make_in_time_is_given_up() -> None:
    centre = await configured({"skills": {"billing": 9}}, sites=("paris",), expires=1)
    await centre.call_me(1)
    async with running(centre.process()):
        (expired,) = await centre.until(WorkExpired, 1)
    assert expired.actor == ACTOR
    await centre.check()


async def test_a_site_that_goes_down_is_left_by_all_while_two_processes_route() -> None:
    centre = await configured({}, sites=(*["paris"] * 20, "warsaw"))
    for number in range(8):
        await centre.call_me(number)
    async with running(centre.process(), centre.process(centre.new_executor())):
        await centre.until(InteractionOffered, 8)
        await centre.do(DeclareSiteDown(centre="c", site="paris", reason="power cut", by="chief"))
        left = await centre.until(AgentSignedOut, 20)
    (down,) = await centre.events(SiteWentDown)
    assert {one.causation_id for one in left} == {down.event_id}
    assert {one.event.agent_id for one in left} == {f"agent{n:02}" for n in range(20)}  # type: ignore[attr-defined]
    assert len(await centre.events(AgentSignedOut)) == 20, "each once"
    await centre.check()


def test_what_concerns_one_interaction_or_one_agent_is_carried_out_in_order() -> None:
    def step(interaction_id: str, number: int) -> TakeStep:
        return TakeStep(project=PROJECT, interaction_id=interaction_id, leg="1", step=number)

    def silent(interaction_id: str) -> RequeueSilent:
        return RequeueSilent(project=PROJECT, interaction_id=interaction_id, leg="1", work_id="w")

    leave = [EvacuateAgent(centre="c", agent_id=agent_id, site="paris") for agent_id in ("anna", "boris")]
    commands = [*leave, step("i1", 1), step("i2", 1), silent("i3"), step("i1", 2), silent("i2")]
    chains = independent([(command, Cause(1, "e", PROJECT, "c")) for command in commands])
    assert [[command for command, _ in chain] for chain in chains] == [
        [leave[0]],
        [leave[1]],
        [step("i1", 1), step("i1", 2)],
        [step("i2", 1), silent("i2")],
        [silent("i3")],
    ]
