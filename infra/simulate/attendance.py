"""Who is there: shifts, power cuts, and coming back after missed offers."""

from __future__ import annotations

from collections.abc import Sequence

from domain.agent.events import AgentBecameNotReady, AgentBecameReady, AgentSignedIn, AgentSignedOut
from domain.centre.outage import SiteCameBack, SiteWentDown
from infra.simulate.draws import MICROS
from infra.simulate.handling import Course, Handling
from infra.simulate.people import Person, Team
from infra.simulate.scenario import PowerCut, ScenarioDocument, Shift
from infra.simulate.stage import ACTOR, POOL, Stage


class Attendance:
    """Signs agents in and out. At the end of a shift they finish what they have in hand."""

    def __init__(
        self, stage: Stage, course: Course, handling: Handling, scenario: ScenarioDocument, teams: Sequence[Team]
    ) -> None:
        self._stage, self._course, self._handling = stage, course, handling
        self._scenario, self._teams = scenario, teams
        handling.people = {person.agent_id: person for team in teams for person in team.people}
        handling.on_free, handling.on_silent = self._free, self._silent

    def begin(self) -> None:
        """Plan every shift and power cut; who has no shifts is there from the start."""
        for team in self._teams:
            if not team.group.shifts:
                self._shift_begins(team)
            for shift in team.group.shifts:
                self._plan_shift((team, shift, 0))
        for cut in self._scenario.power_cuts:
            self._course.plan(round(cut.start * MICROS), self._cut, cut)
            self._course.plan(round(cut.end * MICROS), self._back, cut)

    def _plan_shift(self, turn: tuple[Team, Shift, int]) -> None:
        """This shift's next turn; the one after is planned when it begins."""
        team, shift, number = turn
        offset = round((team.group.repeat or 0) * MICROS) * number
        self._course.plan(offset + round(shift.start * MICROS), self._turn_begins, turn)
        self._course.plan(offset + round(shift.end * MICROS), self._shift_ends, team)

    def _turn_begins(self, turn: tuple[Team, Shift, int]) -> None:
        team, shift, number = turn
        if team.group.repeat is not None:
            self._plan_shift((team, shift, number + 1))
        self._shift_begins(team)

    def _shift_begins(self, team: Team) -> None:
        for person in team.people:
            person.on_shift = True
            self._ready(person)
        self._course.route()

    def _shift_ends(self, team: Team) -> None:
        for person in team.people:
            person.on_shift = False
            if person.ready:
                self._not_ready(person, "end of shift")
            if not person.holding and not person.down:
                self._sign_out(person)
        self._course.route()

    def _ready(self, person: Person) -> None:
        if person.ready or person.down:
            return
        now = self._course.now
        if not person.signed_in:
            self._stage.say(AgentSignedIn(agent_id=person.agent_id), person.agent_id, "")
            person.signed_in = True
            person.come(now)
        self._stage.say(AgentBecameReady(agent_id=person.agent_id), person.agent_id, "")
        person.ready, person.misses = True, 0

    def _not_ready(self, person: Person, reason: str) -> None:
        self._stage.say(AgentBecameNotReady(agent_id=person.agent_id, reason=reason), person.agent_id, "")
        person.ready = False

    def _sign_out(self, person: Person) -> None:
        if person.signed_in:
            self._stage.say(AgentSignedOut(agent_id=person.agent_id), person.agent_id, "")
            person.signed_in = person.ready = False
            person.leave(self._course.now)

    def _free(self, person: Person) -> None:
        if not person.on_shift and not person.down:
            self._sign_out(person)

    def _silent(self, person: Person) -> None:
        """Counts as not responding until they say that they are back."""
        person.ready = False
        self._course.plan(self._course.now + person.team.back_after, self._back_again, person)

    def _back_again(self, person: Person) -> None:
        if person.on_shift and not person.ready:
            self._ready(person)
            self._course.route()

    # --- power

    def _at(self, cut: PowerCut) -> list[Person]:
        return [person for team in self._teams if team.group.site == cut.site for person in team.people]

    def _cut(self, cut: PowerCut) -> None:
        """Declared at once; the router releases who sits there."""
        for person in self._at(cut):
            person.down = True
        self._stage.say(SiteWentDown(site=cut.site, reason="power cut", by=ACTOR), f"centre-{POOL}", "")
        self._course.route()

    def evacuate(self, agent_id: str) -> bool:
        """Release an agent of a site that is down; whether there was anything to release."""
        person = self._handling.people[agent_id]
        if not (person.down and person.signed_in):
            return False
        self._handling.give_up(person, "power cut")
        self._sign_out(person)
        return True

    def _back(self, cut: PowerCut) -> None:
        self._stage.say(SiteCameBack(site=cut.site, by=ACTOR), f"centre-{POOL}", "")
        for person in self._at(cut):
            person.down = False
            if person.on_shift:
                self._ready(person)
        self._course.route()
