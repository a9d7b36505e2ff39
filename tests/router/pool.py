"""A pool in which the domain's own decisions happen, without a log behind it: commands in, recorded events out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.agent.commands import BecomeReady, RegisterAgent, SignIn
from domain.centre.configuration import CentreConfigured, ConfigureProject, Project, canonical
from domain.centre.documents import CentreDocument, Profile, ProjectDocument
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown
from domain.decide import Command, Outcome, decide
from domain.event import Event, Recorded
from domain.execute import CONCEPT_MODULES
from domain.interaction.events import InteractionOffered, InteractionQueued, InteractionStarted
from domain.interaction.offers import AcceptOffer, DeclineOffer, OfferInteraction
from domain.interaction.work import CompleteWork
from domain.rejection import Rejection
from domain.states import CONCEPTS, States, StreamNeeded
from domain.stream import category_of, identity_of
from router import Router

assert CONCEPT_MODULES, "importing it registers every concept"

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POOL = "main"
CENTRE = "c"


@dataclass
class Pool:
    now: datetime = START
    states: dict[str, Any] = field(default_factory=dict[str, Any])
    log: list[Recorded] = field(default_factory=list[Recorded])
    versions: dict[str, int] = field(default_factory=dict[str, int])
    projects: dict[str, str] = field(default_factory=dict[str, str])
    _ids: int = 0

    # --- what happens

    def new_id(self) -> str:
        self._ids += 1
        return f"id{self._ids:06}"

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def do(self, command: Command, project: str = "") -> Outcome:
        """Raises `Rejection`."""
        asked: dict[str, Any] = {}
        while True:
            try:
                outcome = decide(States(asked), command, now=self.now, new_id=self.new_id)
            except StreamNeeded as needed:
                asked[needed.stream] = self.of(category_of(needed.stream), identity_of(needed.stream))
                continue
            for stream, events in outcome.events.items():
                self.record(stream, *events, project=project or getattr(command, "project", ""))
            return outcome

    def record(self, stream: str, *events: Event, project: str = "", at: datetime | None = None) -> None:
        project = self.projects.setdefault(stream, project)  # for life
        for event in events:
            evolve = CONCEPTS[category_of(stream)].evolve
            self.states[stream] = evolve(self.of(category_of(stream), identity_of(stream)), event)
            self.versions[stream] = version = self.versions.get(stream, 0) + 1
            position, when = 2 * len(self.log) + 1, at or self.now  # positions may skip
            self.log.append(
                Recorded(
                    position,
                    stream,
                    version,
                    event,
                    f"e{position}",
                    project,
                    POOL,
                    "test",
                    when,
                    when,
                    "",
                    f"c-{stream}",
                )
            )

    def of(self, category: str, identity: str) -> Any:
        return self.states.get(f"{category}-{identity}", CONCEPTS[category].initial)

    # --- in the words of tests

    def project(self, name: str, queues: dict[str, dict[str, Any]], **further: Any) -> None:
        before: Project = self.of("project", name)
        document = {
            "schema_version": 1,
            "project": name,
            "title": name,
            "pool": POOL,
            "departments": {"all": {"title": "All", "queue": next(iter(queues))}},
            "queues": {queue: {"title": queue, **rules} for queue, rules in queues.items()},
            **further,
        }
        configure = ConfigureProject(
            document=ProjectDocument.model_validate(document), expected_revision=before.revision
        )
        self.do(configure, name)

    def centre(self, **routing: Any) -> None:
        """The centre that agents are of, with the pool's routing."""
        site = {"title": "Site"}
        profile = {"capacity": 1, "channels": {"email": {"concurrency": 1}}, "queues": {"p/a": {}}}
        document = CentreDocument.model_validate(
            {
                "schema_version": 1,
                "centre": CENTRE,
                "title": CENTRE,
                "pool": POOL,
                "sites": {"here": site, "there": site, "far": site},
                "profiles": {"usual": profile},
                "routing": routing,
            }
        )
        plain, sha256 = canonical(document)
        revision = self.of("centre", CENTRE).revision + 1
        self.record(f"centre-{CENTRE}", CentreConfigured(document=plain, sha256=sha256, revision=revision))

    def site_down(self, site: str) -> None:
        self.do(DeclareSiteDown(centre=CENTRE, site=site, reason="power cut", by="test"))

    def site_back(self, site: str) -> None:
        self.do(DeclareSiteBack(centre=CENTRE, site=site, by="test"))

    def agent(
        self,
        agent_id: str,
        profile: dict[str, Any],
        skills: dict[str, int] | None = None,
        *,
        ready: bool = True,
        site: str = "here",
        languages: tuple[str, ...] = (),
        expiries: dict[str, datetime] | None = None,
    ) -> None:
        register = RegisterAgent(
            agent_id=agent_id,
            name=agent_id.title(),
            site=site,
            profile_name="usual",
            profile=Profile.model_validate(profile),
            skills=skills or {},
            languages=languages,
            centre=CENTRE,
            expiries=expiries or {},
        )
        self.do(register)
        if ready:
            self.do(SignIn(agent_id=agent_id))
            self.do(BecomeReady(agent_id=agent_id))

    def arrive(self, queue: str, channel: Any = "email", *, project: str = "p", **changes: Any) -> str:
        """A new interaction, queued by its queue's rules; `changes` to the event that queues it."""
        interaction_id = self.new_id()
        rules = self.of("project", project).queue(queue)
        started = InteractionStarted(
            interaction_id=interaction_id,
            channel=channel,
            direction="inbound",
            customer_id="c1",
            ticket_id="",
            entry="door",
            language="en",
        )
        values: dict[str, Any] = {
            "interaction_id": interaction_id,
            "leg": "1",
            "channel": channel,
            "queue": queue,
            "priority": rules.priority,
            "skills": rules.skills,
            "arrived_at": self.now,
            "not_before": None,
            "age_credit": 0,
            "target": rules.target,
            "customer_id": "c1",
            "site": "",
            "language": "en",
            "trail": (),
            "reason": "new",
        }
        self.record(f"interaction-{interaction_id}", started, InteractionQueued(**(values | changes)), project=project)
        return interaction_id

    def fold(self, router: Router) -> None:
        for recorded in self.log:
            if recorded.position > router.position:
                router.fold(recorded)

    def route(self, router: Router) -> list[Command]:
        """Let the router see what happened, decide, and make its commands so."""
        self.fold(router)
        commands = router.decide(self.now)
        for command in commands:
            self.execute(router, command)
        self.fold(router)
        return commands

    def execute(self, router: Router, command: Command) -> None:
        try:
            outcome = self.do(command, router.cause(command).project)
        except Rejection:
            router.refused(command)
        else:
            if not outcome.events:
                router.refused(command)

    def offers(self) -> list[InteractionOffered]:
        """The offers that ring now, in the order they were made."""
        made = [one.event for one in self.log if isinstance(one.event, InteractionOffered)]
        return [o for o in made if o.work_id in self.of("interaction", o.interaction_id).leg(o.leg).offers]

    def ringing(self) -> list[tuple[str, str]]:
        """(agent, interaction) of the offers that ring now."""
        return [(offer.agent_id, offer.interaction_id) for offer in self.offers()]

    def accept(self, offer: InteractionOffered) -> None:
        where = {"interaction_id": offer.interaction_id, "leg": offer.leg, "agent_id": offer.agent_id}
        self.do(AcceptOffer(**where, work_id=offer.work_id))

    def decline(self, offer: InteractionOffered) -> None:
        where = {"interaction_id": offer.interaction_id, "leg": offer.leg, "agent_id": offer.agent_id}
        self.do(DeclineOffer(**where, work_id=offer.work_id, reason="busy"))

    def complete(self, offer: InteractionOffered, project: str = "p") -> None:
        where = {"interaction_id": offer.interaction_id, "leg": offer.leg, "agent_id": offer.agent_id}
        self.do(CompleteWork(project=project, **where))

    def log_offers(self) -> list[Recorded]:
        return [one for one in self.log if isinstance(one.event, InteractionOffered)]


def offers_of(commands: list[Command]) -> list[OfferInteraction]:
    return [command for command in commands if isinstance(command, OfferInteraction)]


def pairs(commands: list[Command]) -> list[tuple[str, str]]:
    """(agent, interaction) of the offers among commands, in order."""
    return [(offer.agent_id, offer.interaction_id) for offer in offers_of(commands)]
