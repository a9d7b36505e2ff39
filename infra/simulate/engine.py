"""One run: the product's own router under a scenario's customers and agents, time compressed.

A heap of moments drives it. Whatever happens becomes the events that the domain would record, in its order; the router
folds them and is asked to decide at that same moment; its commands become events in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from typing import Any

from domain.centre.outage import EvacuateAgent
from domain.decide import Command
from domain.interaction.escalation import AnnounceWait, ExpireWork, OverflowInteraction, TakeStep
from domain.interaction.events import InteractionAbandoned, InteractionClosed, InteractionQueued
from domain.interaction.finishing import TimeOutWrapUp
from domain.interaction.offers import OfferInteraction, TimeOutOffer
from domain.interaction.queueing import called_back_first, requeued
from infra.simulate.attendance import Attendance
from infra.simulate.draws import MICROS, Chance
from infra.simulate.escalation import Escalation
from infra.simulate.handling import Handling
from infra.simulate.measures import Counts, Window
from infra.simulate.people import DONE, WAITING, Contact, Line
from infra.simulate.scenario import ScenarioDocument
from infra.simulate.setting_up import configure, lines, register
from infra.simulate.stage import POOL, Maker, Stage
from infra.simulate.traces import Columns
from router import Router
from router.instants import micros

#: After the measured time customers keep coming until all measured ones were answered, for at most so long again.
RUN_OUT = 1.0

_queued, _abandoned, _closed = Maker(InteractionQueued), Maker(InteractionAbandoned), Maker(InteractionClosed)


class Unexpected(Exception):
    """The router gave a command that the simulation does not know how to carry out."""


class Simulation:
    """One run of a scenario. `progress` hears the share of the run that is done, now and then."""

    def __init__(
        self,
        scenario: ScenarioDocument,
        columns: Columns,
        seed: int,
        *,
        mirrored: bool = False,
        router: Router | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        self._scenario, self._progress = scenario, progress
        run = scenario.run
        self._window = Window(round(run.warm_up * MICROS), round(run.length * MICROS))
        self._router = router or Router(POOL)
        self._stage = Stage(self._router, scenario.starts_at)
        self._started_us = micros(scenario.starts_at)
        self._heap: list[tuple[int, int, Callable[[Any], None], Any]] = []
        self._order = count()
        self._numbers = count(1)
        self._now = 0
        self._wake: int | None = None
        self._open: dict[str, Contact] = {}
        #: Measured contacts whose wait is not over.
        self._awaited = 0
        self.simulated = 0
        chance = Chance(seed, mirrored=mirrored)
        project = configure(self._stage, scenario)
        self._teams = register(self._stage, scenario, chance, columns, self._window)
        self._lines = lines(scenario, self._teams, chance, columns, self._window)
        self._handling = Handling(self._stage, self, self._open)
        self._escalation = Escalation(self._stage, project, self._handling, self._flow_out)
        self._attendance = Attendance(self._stage, self, self._handling, scenario, self._teams)

    # --- what the parts of a run ask of it

    @property
    def now(self) -> int:
        return self._now

    def plan(self, at: int, action: Callable[[Any], None], subject: Any) -> None:
        """Let something happen at a moment (microseconds from the start)."""
        heappush(self._heap, (at, next(self._order), action, subject))

    def answered(self, contact: Contact) -> None:
        """An agent has it: its wait is over, unless it was over before."""
        line = contact.line
        self._end_queueing(contact)
        if contact.heard:
            return
        contact.heard = True
        if contact.counted:
            self._awaited -= 1
            line.tally.end_wait(self._now - contact.arrived, answered=True)

    def waits_again(self, contact: Contact) -> None:
        """It lost its agent."""
        contact.line.tally.interrupted += contact.counted
        self._begin_queueing(contact)

    # --- the run

    def run(self) -> dict[str, Any]:
        """Run to the end; the measures of this run."""
        self._attendance.begin()
        for line in self._lines:
            self._expect(line)
        end = self._window.end
        latest = end + round(RUN_OUT * (end - self._window.start))
        heap, told = self._heap, 0
        while heap:
            at, _, action, subject = heappop(heap)
            if at >= end and (not self._awaited or at >= latest):
                self._now = max(end, min(at, latest))
                break
            if at != self._now:
                self._now = at
                self._stage.set_time(at)
            action(subject)
            if self._progress is not None and at * 50 >= end * (told + 1):
                told += 1
                self._progress(min(1.0, at / end))
        self._now = max(self._now, end)
        return self._report()

    def _expect(self, line: Line) -> None:
        due = next(line.due, None)
        if due is not None:
            heappush(self._heap, (due[0], next(self._order), self._arrive, (line, due)))

    def _arrive(self, arrival: tuple[Line, tuple[int, int | None, int | None]]) -> None:
        line, (at, handling, patience) = arrival
        self._expect(line)
        self.simulated += 1
        counted = self._window.start <= at < self._window.end
        if handling is None:
            handling = line.handling()
        contact = Contact(f"i{next(self._numbers):09}", line, at, handling, counted)
        self._open[contact.interaction_id] = contact
        if counted:
            line.tally.offered += 1
            self._awaited += 1
        self._begin_queueing(contact)
        self.queue(contact, "new")
        self.route()
        if contact.state == WAITING:
            if line.places is not None and line.places.taken > line.places.places:
                self._busy(contact)
            else:
                self._lose_patience(contact, patience)

    def queue(self, contact: Contact, reason: str) -> None:
        """The contact's leg is queued, with the arrival it always had."""
        stage = self._stage
        if contact.wanted is None:
            values = {
                **contact.line.queue_values,
                "interaction_id": contact.interaction_id,
                "arrived_at": stage.now,
                "trail": contact.trail,
                "reason": reason,
            }
            contact.wanted = _queued(values)
        else:
            leg = replace(contact.waiting_leg(), trail=contact.trail)
            contact.wanted = called_back_first(leg) if reason == "interrupted" else requeued(leg, "site_down")
            contact.leg = None
        stage.say(contact.wanted, contact.interaction_id)

    def _begin_queueing(self, contact: Contact) -> None:
        line = contact.line
        line.tally.queue(1, self._now)
        if line.places is not None:
            line.places.taken += 1

    def _end_queueing(self, contact: Contact) -> None:
        line = contact.line
        line.tally.queue(-1, self._now)
        if line.places is not None:
            line.places.taken -= 1

    def _busy(self, contact: Contact) -> None:
        """Nobody was free and every waiting place is taken: the busy tone."""
        if contact.counted:
            self._awaited -= 1
            contact.line.tally.blocked += 1
        self._close_unanswered(contact, "busy")

    def _lose_patience(self, contact: Contact, patience: int | None) -> None:
        if patience is None and contact.line.patience is not None:
            patience = contact.line.patience()
        if patience is not None:
            self.plan(self._now + patience, self._give_up, contact)

    def _give_up(self, contact: Contact) -> None:
        """Who had been in contact already is called back first and does not give up."""
        if contact.state != WAITING or contact.heard:
            return
        if contact.counted:
            self._awaited -= 1
            contact.line.tally.end_wait(self._now - contact.arrived, answered=False)
        self._close_unanswered(contact, "abandoned")
        self.route()

    def _flow_out(self, contact: Contact, reason: str) -> None:
        """It no longer waits, and no agent had it."""
        self._end_queueing(contact)
        if contact.counted and not contact.heard:
            self._awaited -= 1
            contact.line.tally.end_wait(self._now - contact.arrived, answered=False, flowed_out=True)
        self._close(contact, reason)

    def _close_unanswered(self, contact: Contact, reason: str) -> None:
        self._end_queueing(contact)
        self._handling.rescind(contact, "the customer left")
        interaction_id, waited = contact.interaction_id, (self._now - contact.arrived) / MICROS
        self._stage.say(_abandoned({"interaction_id": interaction_id, "leg": "1", "waited": waited}), interaction_id)
        self._close(contact, reason)

    def _close(self, contact: Contact, reason: str) -> None:
        interaction_id = contact.interaction_id
        self._stage.say(_closed({"interaction_id": interaction_id, "reason": reason}), interaction_id)
        contact.state = DONE
        del self._open[interaction_id]

    # --- the router

    def route(self) -> None:
        """Ask the router, make its commands so, until it has none."""
        router, stage = self._router, self._stage
        while commands := router.decide(stage.now):
            if not self._carry_out(commands):
                break
        wake_at = router.wake_at()
        if wake_at is not None:
            wake = micros(wake_at) - self._started_us
            if self._wake is None or wake < self._wake:
                self._wake = wake
                self.plan(max(wake, self._now), self._woken, None)

    def _woken(self, _: None) -> None:
        self._wake = None
        self.route()

    def _carry_out(self, commands: list[Command]) -> bool:
        """Whether the router should be asked again: agents were freed, or a command changed nothing."""
        again, offered = False, []
        for command in commands:
            match command:
                case OfferInteraction():
                    work_id = self._handling.offer(command)
                    if work_id is not None:
                        offered.append((self._open[command.interaction_id], work_id))
                case TimeOutOffer():
                    self._handling.time_out(self._open[command.interaction_id], command.work_id)
                    again = True
                case TimeOutWrapUp():
                    self._handling.complete(self._open[command.interaction_id])
                    again = True
                case TakeStep() | OverflowInteraction() | AnnounceWait() | ExpireWork():
                    contact = self._open.get(command.interaction_id)
                    again = (contact is not None and self._escalation.carry_out(command, contact)) or again
                case EvacuateAgent():
                    again = self._attendance.evacuate(command.agent_id) or again
                case _:
                    raise Unexpected(f"the router gave {type(command).__name__}, which the simulation does not know")
        for contact, work_id in offered:
            again = self._handling.accept(contact, work_id) or again
        return again

    # --- the end

    def _report(self) -> dict[str, Any]:
        now, run, within = self._now, self._scenario.run, self._scenario.within
        seconds = run.length - run.warm_up
        for team in self._teams:
            for person in team.people:
                person.close(now)
        all_counts = Counts.of((line.tally for line in self._lines), now)
        classes = {line.name: Counts.of((line.tally,), now) for line in self._lines}
        return {
            "total": all_counts.values(seconds, all_counts.area, within),
            "classes": {n: counts.values(seconds, all_counts.area, within) for n, counts in classes.items()},
            "groups": {team.name: _occupancy(team.people) for team in self._teams},
            "agents": {team.name: [person.occupancy for person in team.people] for team in self._teams},
            "simulated": self.simulated,
        }


def _occupancy(people: Any) -> dict[str, float | None]:
    here = sum(person.here for person in people)
    return {"occupancy": sum(person.busy for person in people) / here if here else None}
