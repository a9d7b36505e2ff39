"""The ways through a call flow: steps that nobody comes to, that never end, and that go round in circles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from domain.centre.faults import Fault, Path, Subject, warning
from domain.centre.flows import Flow, by_itself, exits, may_end
from domain.sentence import say


def check_ways(subject: Subject, flow: Flow, here: Path) -> Iterator[Fault]:
    """Steps that nobody comes to, that never end, and that a silent caller would go round in for ever."""
    names_in = ((subject, (*here, "steps")), (subject, (*here, "start")))
    onward = {name: {to for _, to in exits(step)} & flow.steps.keys() for name, step in flow.steps.items()}
    led_to = _reached({flow.start}, onward)
    for name in flow.steps:
        if name not in led_to and flow.start in flow.steps:
            mend = say("name_it_in_a_step_before_it", "name it in a step before it, or remove it")
            what = say("nothing_leads_to_the_step", "nothing leads to the step {name!r}", name=name)
            yield warning(subject, (*here, "steps", name), what, mend, *names_in)
    backward: dict[str, set[str]] = {name: set() for name in flow.steps}
    for name, targets in onward.items():
        for target in targets:
            backward[target].add(name)
    ending = _reached({name for name, step in flow.steps.items() if may_end(step)}, backward)
    broken = {name for name, step in flow.steps.items() if {to for _, to in exits(step)} - flow.steps.keys()}
    for name in flow.steps:
        if name not in ending and not (_reached({name}, onward) & broken):
            what = say(
                "from_the_step_there_is_no_way",
                "from the step {name!r} there is no way out: no agent, no message, no goodbye",
                name=name,
            )
            yield Fault(
                subject=subject,
                path=(*here, "steps", name),
                what=what,
                mend=say("lead_on_to_a_queue_a_voicemail", "lead on to a queue, a voicemail or a hang_up"),
                at_key=True,
                names_in=names_in,
            )
    yield from _rounds(subject, flow, here)


def _rounds(subject: Subject, flow: Flow, here: Path) -> Iterator[Fault]:
    alone = {name: set(by_itself(step)) & flow.steps.keys() for name, step in flow.steps.items()}
    told: set[str] = set()
    for name in flow.steps:
        after = _reached(alone[name], alone)
        if name in after and name not in told:
            round_ = [one for one in flow.steps if one in after and name in _reached(alone[one], alone)]
            told.update(round_)
            what = say(
                "a_caller_who_does_nothing_would",
                "a caller who does nothing would go round for ever: {circle}",
                circle=" → ".join([*round_, round_[0]]),
            )
            mend = say("lead_one_of_them_on_to_a_queue", "lead one of them on to a queue, a voicemail or a hang_up")
            yield Fault(subject=subject, path=(*here, "steps", name), what=what, mend=mend, at_key=True)


def _reached(start: Collection[str], onward: Mapping[str, Collection[str]]) -> set[str]:
    found, waiting = set[str](), list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(onward.get(name, ()))
    return found
