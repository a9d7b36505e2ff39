"""Any commands in any order, with calls, consults, steps and power cuts: what must hold always holds."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.callback import TakeCallback
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown, EvacuateAgent
from domain.customer.decide import ExcludeAgent, ReadmitAgent
from domain.decide import Command
from domain.interaction.calling import AbandonInteraction, ConnectAgent, EnqueueCall, FailConnect, ReceiveCall
from domain.interaction.calling_out import CallOut
from domain.interaction.escalation import AnnounceWait, ExpireWork, OverflowInteraction, RequeueSilent, TakeStep
from domain.interaction.outside import EndOutside, HandOverToNumber, TransferToNumber
from domain.interaction.recording import PauseRecording, StartRecording, StoreRecording
from domain.interaction.state import Interaction
from domain.interaction.talking import (
    ConsultAgent,
    ConsultNumber,
    EndConsult,
    HandOverCall,
    HoldCall,
    JoinConsulted,
    MuteAgent,
    RemoveParty,
    ResumeCall,
    SuperviseCall,
    UnmuteAgent,
)
from domain.interaction.work import TransferToAgent, TransferToQueue
from tests.domain.commands import PROJECT, Work, phone
from tests.domain.hotline import QUEUES, a_centre, a_project
from tests.domain.test_any_order import AGENTS, WHICH, AnyOrder
from tests.domain.world import World

STEPS = [
    {"after": 20, "lower": {"french": 1}, "open_rings": 2},
    {"after": 40, "add_queue": "second", "add_sites": ["any"], "priority": 1},
    {"after": 90, "offer_callback": True, "message": "Write to us"},
    {"after": 200, "voicemail": True},
]
CALLS = {
    "skills": {"french": 2},
    "sites": "own",
    "steps": STEPS,
    "silence": 60,
    "announce": 30,
    "preferred": 60,
    "overflow": {"waiting": 2, "queue": "second"},
    "offer": {"ring_width": 2, "timeout": 30, "misses": 1},
    "wrap_up": {"mode": "fixed", "limit": 60},
}
OURS: dict[str, Any] = {
    "flows": {"bye": {"title": "Bye", "start": "end", "steps": {"end": {"hang_up": {"say": {"en": "Bye"}}}}}},
    "numbers": {"main": {"number": "+48800625469", "title": "Main", "flow": "bye"}},
}
NAMES = ("anna", "boris", "clara", "dora")


def documents() -> tuple[Any, Any]:
    queue = {"mail": {"silence": 60, "preferred": 60, "wrap_up": {"mode": "optional"}, "offer": {"ring_width": 2}}}
    places = {"billing": "mail", "technical": "mail", "sales": "second"}
    departments = {name: {"title": name, "queue": queue_} for name, queue_ in places.items()}
    mailbox = {"help": "billing", "tech": "technical", "sales": "sales"}
    mailboxes = {
        name: {"address": f"{name}@example.com", "title": name, "department": department}
        for name, department in mailbox.items()
    }
    agents = {name: entry | {"profile": "all"} for name, entry in a_centre().model_dump()["agents"].items()}
    centre = a_centre(agents=agents)
    assert set(centre.profiles["all"].queues) == set(QUEUES)
    return a_project(CALLS, **queue, departments=departments, mailboxes=mailboxes, **OURS), centre


def busy() -> World:
    project, centre = documents()
    return World().given(
        ConfigureProject(document=project, expected_revision=0), ConfigureCentre(document=centre, expected_revision=0)
    )


class AnyCall(AnyOrder):
    def __init__(self) -> None:
        super().__init__()
        self.world = busy()

    def at(self, which: int) -> dict[str, Any]:
        interaction, leg = self.waiting(which)
        return {"project": PROJECT, "interaction_id": interaction, "leg": leg}

    def held(self, which: int) -> tuple[Work, dict[str, str]]:
        work = self.work(which)
        return work, {"interaction_id": work.interaction_id, "leg": work.leg, "agent_id": work.agent_id}

    def party(self, work: Work, which: int) -> str:
        parties = sorted(self.world.of("interaction", work.interaction_id).leg(work.leg).call.parties)
        return parties[which % len(parties)] if parties else "nobody"

    @rule(number=st.sampled_from([None, "+481", "+482"]), queue=st.sampled_from(["calls", "second", "night"]))
    def somebody_calls_and_waits(self, number: str | None, queue: str) -> None:
        caller = None if number is None else phone(number)
        self.does(ReceiveCall(project=PROJECT, caller=caller, entry="+48"))
        interaction = self.known("interaction", 0)
        self.does(EnqueueCall(project=PROJECT, interaction_id=interaction, queue=queue, site="paris"))

    @rule(which=WHICH, agents=st.lists(AGENTS, min_size=1, max_size=2, unique=True), fails=st.booleans())
    def a_call_is_answered(self, which: int, agents: list[str], fails: bool) -> None:
        self.work_is_offered_and_accepted(which, agents)
        if self.works:
            work = self.works[-1]
            failed = FailConnect(project=PROJECT, **work.where, reason="no answer")
            self.does(failed if fails else ConnectAgent(**work.where))

    @rule(which=WHICH, connects=st.booleans())
    def a_connection_is_made_or_fails(self, which: int, connects: bool) -> None:
        work = self.work(which)
        failed = FailConnect(project=PROJECT, **work.where, reason="no answer")
        self.does(ConnectAgent(**work.where) if connects else failed)

    @rule(which=WHICH)
    def a_customer_hangs_up(self, which: int) -> None:
        self.does(AbandonInteraction(interaction_id=self.known("interaction", which)))

    @rule(which=WHICH, number=st.sampled_from(["+481", "+482"]))
    def a_callback_is_taken_instead(self, which: int, number: str) -> None:
        self.does(TakeCallback(**self.at(which), number=phone(number), key=f"callback:{number}"))

    @rule(which=WHICH, step=st.integers(1, 5), what=st.integers(0, 4))
    def waiting_changes_something(self, which: int, step: int, what: int) -> None:
        at, work = self.at(which), self.work(which)
        silent = RequeueSilent(project=PROJECT, interaction_id=work.interaction_id, leg=work.leg, work_id=work.work_id)
        commands: list[Command] = [
            TakeStep(**at, step=step),
            OverflowInteraction(**at),
            AnnounceWait(**at, seconds=60, place=1, method="queue_length"),
            ExpireWork(**at),
            silent,
        ]
        self.does(commands[what])

    @rule(site=st.sampled_from(["paris", "warsaw"]), back=st.booleans(), agent=AGENTS)
    def a_site_goes_down_or_comes_back(self, site: str, back: bool, agent: str) -> None:
        own = {"centre": "demo", "site": site}
        self.does(DeclareSiteBack(**own, by="x") if back else DeclareSiteDown(**own, reason="power cut", by="x"))
        self.does(EvacuateAgent(**own, agent_id=agent))

    @rule(which=WHICH, party=WHICH, agent=AGENTS, what=st.integers(0, 10))
    def something_happens_in_a_call(self, which: int, party: int, agent: str, what: int) -> None:
        work, own = self.held(which)
        third = self.party(work, party)
        commands: list[Command] = [
            HoldCall(**own),
            ResumeCall(**own),
            ConsultAgent(**own, to_agent=agent),
            ConsultAgent(**own, to_agent=NAMES[party % 4]),
            EndConsult(**own, party=third),
            JoinConsulted(**own, party=third),
            SuperviseCall(**own, supervisor="dora", hearing="listens"),
            RemoveParty(**own, party=third, reason="hung up"),
            HandOverCall(**own, party=third),
            MuteAgent(**own),
            UnmuteAgent(**own),
        ]
        self.does(commands[what])
        for one in NAMES:  # whoever took a call over has it under another name
            for work_id, held in self.world.of("agent", one).work.items():
                if self.world.of("interaction", held.interaction_id).leg(held.leg).work_id == work_id:
                    known = Work(held.interaction_id, work_id, one, held.leg)
                    self.works = [*self.works, known] if known not in self.works else self.works

    @rule(which=WHICH, party=WHICH, what=st.integers(0, 2))
    def somebody_outside_is_asked_and_takes_over(self, which: int, party: int, what: int) -> None:
        work, own = self.held(which)
        commands: list[Command] = [
            ConsultNumber(**own, number=phone("+483")),
            TransferToNumber(project=PROJECT, **own, number=phone("+483")),
            HandOverToNumber(project=PROJECT, **own, party=self.party(work, party)),
        ]
        self.does(commands[what])

    @rule(which=WHICH, reached=st.booleans())
    def somebody_outside_hangs_up_or_was_never_there(self, which: int, reached: bool) -> None:
        interaction = self.known("interaction", which)
        there = self.world.of("interaction", interaction).outside
        self.does(EndOutside(project=PROJECT, interaction_id=interaction, party=there or "nobody", reached=reached))

    @rule(agent=AGENTS, number=st.sampled_from(["+481", "+484"]))
    def an_agent_calls_somebody(self, agent: str, number: str) -> None:
        self.does(CallOut(project=PROJECT, agent_id=agent, number=phone(number), queue="calls"))
        for work_id, held in self.world.of("agent", agent).work.items():
            if self.world.of("interaction", held.interaction_id).leg(held.leg).work_id == work_id:
                known = Work(held.interaction_id, work_id, agent, held.leg)
                self.works = [*self.works, known] if known not in self.works else self.works

    @rule(which=WHICH, what=st.integers(0, 2))
    def a_call_is_recorded(self, which: int, what: int) -> None:
        work, _ = self.held(which)
        which_one = {"interaction_id": work.interaction_id, "recording_id": work.work_id}
        commands: list[Command] = [
            StartRecording(**which_one, leg=work.leg, consent="asked"),
            PauseRecording(**which_one, reason="card_data"),
            StoreRecording(**which_one, reference="b", media_type="audio/mpeg", seconds=1.0, size=1),
        ]
        self.does(commands[what])

    @rule(which=WHICH, agent=AGENTS, to_queue=st.sampled_from(["", "second", "night"]))
    def work_is_passed_on(self, which: int, agent: str, to_queue: str) -> None:
        _, own = self.held(which)
        to_agent = TransferToAgent(project=PROJECT, **own, to_agent=agent)
        self.does(TransferToQueue(project=PROJECT, **own, queue=to_queue) if to_queue else to_agent)

    @rule(which=WHICH, agent=AGENTS, out=st.booleans())
    def an_agent_is_kept_from_a_customer(self, which: int, agent: str, out: bool) -> None:
        own = {"customer_id": self.known("customer", which), "agent_id": agent}
        self.does(ExcludeAgent(**own, reason="x") if out else ReadmitAgent(**own))

    @rule(agent=AGENTS)
    def an_agent_is_taken_out_of_the_document_and_put_back(self, agent: str) -> None:
        _, centre = documents()
        agents = {name: entry for name, entry in centre.model_dump()["agents"].items() if name != agent}
        for document in (a_centre(agents=agents), centre):
            revision = self.world.of("centre", "demo").revision
            self.does(ConfigureCentre(document=document, expected_revision=revision))

    @invariant()
    def nothing_goes_on_in_a_leg_that_nobody_talks_in(self) -> None:
        for interaction in self.all(Interaction):
            for name, leg in interaction.legs.items():
                if leg.status != "connected":
                    assert not leg.call.parties
                    running = [r for r in interaction.recordings.values() if r.leg == name and r.status == "running"]
                    assert not running

    @invariant()
    def an_interaction_is_open_as_long_as_somebody_waits_or_works(self) -> None:
        for interaction in self.all(Interaction):
            if interaction.status == "closed":
                assert not [leg for leg in interaction.legs.values() if leg.status in ("accepted", "connected")]
                assert not [leg for leg in interaction.legs.values() if leg.offers]
                assert not interaction.outside


TestAnyCall = AnyCall.TestCase
TestAnyCall.settings = settings(
    max_examples=60,
    stateful_step_count=80,
    deadline=None,
    report_multiple_bugs=False,
)
