"""What a schema cannot say of numbers and call flows: names that lead nowhere, ways without an end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from domain.centre.announcing import check_announced
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.faults import Fault, Path, Subject, suggest, unknown, warning
from domain.centre.flows import Ask, CallbackOffer, Flow, FlowStep, Menu, Waiting, by_itself, exits, may_end


def check_flows(centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> list[Fault]:
    """Everything that is wrong with numbers and flows, in the documents' order."""
    faults = list(_numbers_twice(projects))
    for index, project in enumerate(projects):
        subject: Subject = ("project", index)
        faults.extend(_numbers(subject, project, centres))
        for name, flow in project.flows.items():
            faults.extend(_flow(subject, project, name, flow))
    return faults


def queues_led_to(project: ProjectDocument, flow: str | None = None) -> set[str]:
    """The queues that a call flow leads to; of all flows, where none is named."""
    flows = project.flows.values() if flow is None else [project.flows[flow]]
    steps = (step for one in flows for step in one.steps.values())
    return {queue for step in steps if (queue := getattr(step.does, "queue", None))}


def hours_asked(project: ProjectDocument) -> set[str]:
    """The opening hours that a call flow asks about."""
    steps = (step for flow in project.flows.values() for step in flow.steps.values())
    return {step.hours.hours for step in steps if step.hours is not None}


def _numbers(subject: Subject, p: ProjectDocument, centres: Sequence[CentreDocument]) -> Iterator[Fault]:
    sites = [site for centre in centres if centre.pool == p.pool for site in centre.sites]
    for name, number in p.numbers.items():
        here = ("numbers", name)
        if number.flow is not None:
            yield from unknown("flow", number.flow, p.flows, subject, (*here, "flow"), ("flows",))
        elif number.texts is None:
            mend = "`flow:` with one of `flows` for its calls, `texts:` for its texts, or both"
            yield Fault(subject=subject, path=here, what="nothing says what becomes of its calls or texts", mend=mend)
        if number.texts is not None:
            path = (*here, "texts", "department")
            yield from unknown("department", number.texts.department, p.departments, subject, path, ("departments",))
        if number.site is not None and sites:
            yield from unknown("site", number.site, sites, subject, (*here, "site"), None)
        flow = p.flows.get(number.flow) if number.flow is not None else None
        if number.flow is not None and flow is not None and number.language not in flow.languages:
            what = f"the flow {number.flow!r} says nothing in {number.language!r}, in which this number's callers begin"
            mend = f"`language: {flow.languages[0]}`, or add {number.language!r} to the flow's `languages`"
            names_in = ((subject, ("flows", number.flow)),)
            yield Fault(subject=subject, path=(*here, "language"), what=what, mend=mend, names_in=names_in)
    if p.callbacks is not None and p.callbacks.number is not None:
        calling = [name for name, number in p.numbers.items() if number.flow is not None]
        yield from unknown("number", p.callbacks.number, calling, subject, ("callbacks", "number"), ("numbers",))
    used = {number.flow for number in p.numbers.values()}
    for name in p.flows:
        if name not in used:
            mend = f"name it in a number (`flow: {name}`) or remove it"
            yield warning(
                subject, ("flows", name), f"no number leads to the flow {name!r}", mend, (subject, ("numbers",))
            )


def _numbers_twice(projects: Sequence[ProjectDocument]) -> Iterator[Fault]:
    """A call to a number must lead to one flow."""
    seen: dict[str, str] = {}
    for index, project in enumerate(projects):
        for name, number in project.numbers.items():
            owner = seen.setdefault(number.number, f"{project.project}/{name}")
            if owner != f"{project.project}/{name}":
                what = f"{number.number} is the number {owner!r} already"
                mend = "give each number once, or correct this one"
                yield Fault(subject=("project", index), path=("numbers", name, "number"), what=what, mend=mend)


def _flow(subject: Subject, p: ProjectDocument, name: str, flow: Flow) -> Iterator[Fault]:
    here: Path = ("flows", name)
    yield from unknown("step", flow.start, flow.steps, subject, (*here, "start"), (*here, "steps"))
    for recording, sound in flow.recordings.items():
        if not any(language in sound.sounds for language in flow.languages):
            what = f"the recording {recording!r} is in none of the flow's languages"
            mend = f"add it in {flow.languages[0]!r}"
            yield Fault(subject=subject, path=(*here, "recordings", recording, "sounds"), what=what, mend=mend)
    for step_name, step in flow.steps.items():
        at: Path = (*here, "steps", step_name, step.kind)
        yield from _names(subject, p, flow, step, at, (*here, "steps"))
        yield from _words(subject, flow, step, at)
    yield from _ways(subject, flow, here)
    yield from check_announced(subject, flow, here)


def _names(subject: Subject, p: ProjectDocument, flow: Flow, step: FlowStep, at: Path, steps: Path) -> Iterator[Fault]:
    does = step.does
    for key, target in exits(step):
        yield from unknown("step", target, flow.steps, subject, (*at, *key.split(".")), steps)
    if step.hours is not None:
        yield from unknown("opening hours", step.hours.hours, p.hours, subject, (*at, "hours"), ("hours",))
    queue = getattr(does, "queue", None)
    if queue is not None:
        yield from unknown("queue", queue, p.queues, subject, (*at, "queue"), ("queues",))
    for field in ("play", "music"):
        recording = getattr(does, field, None)
        if recording is not None:
            known = (*at[:2], "recordings")
            yield from unknown("recording", recording, flow.recordings, subject, (*at, field), known)
    if isinstance(does, Waiting):
        yield from _waiting(subject, p, flow, does, at)
    if isinstance(does, Menu):
        yield from _phrases(subject, flow, does, at)
    if isinstance(does, Ask):
        yield from _pattern(subject, does, at)
    if isinstance(does, CallbackOffer) and p.callbacks is None:
        what = "this project takes no callback requests, so none can be offered"
        mend = f"add `callbacks: {{queue: {next(iter(p.queues))}}}` to the project"
        yield Fault(subject=subject, path=at, what=what, mend=mend, at_key=True, names_in=((subject, ("callbacks",)),))


def _waiting(subject: Subject, p: ProjectDocument, flow: Flow, does: Waiting, at: Path) -> Iterator[Fault]:
    for field, target in (("callback", does.callback), ("voicemail", does.voicemail)):
        wanted = "callback_offer" if field == "callback" else "voicemail"
        step = flow.steps.get(target or "")
        if step is not None and step.kind != wanted:
            fits = [name for name, one in flow.steps.items() if one.kind == wanted]
            what = f"the step {target!r} is no {wanted}"
            yield Fault(subject=subject, path=(*at, field), what=what, mend=suggest(target or "", fits))
    queue = p.queues.get(does.queue)
    if queue is None:
        return
    sent = any(step.voicemail for step in queue.steps) or queue.closed.then in ("voicemail", "message")
    if sent and does.voicemail is None:
        what = f"the queue {does.queue!r} sends callers to leave a message, but this step names no `voicemail`"
        mend = "add `voicemail:` with the name of a voicemail step"
        names_in = ((subject, ("queues", does.queue)),)
        yield Fault(subject=subject, path=at, what=what, mend=mend, at_key=True, names_in=names_in)
    if any(step.offer_callback for step in queue.steps) and does.callback is None:
        what = f"the queue {does.queue!r} offers its callers to be called back, but this step names no `callback`"
        mend = "add `callback:` with the name of a callback_offer step"
        names_in = ((subject, ("queues", does.queue)),)
        yield Fault(subject=subject, path=at, what=what, mend=mend, at_key=True, names_in=names_in)


def _phrases(subject: Subject, flow: Flow, menu: Menu, at: Path) -> Iterator[Fault]:
    chosen = set(menu.keys.values())
    for target, by_language in menu.phrases.items():
        if target not in chosen:
            what = f"no key of this menu leads to {target!r}, so words for it would be the only way there"
            mend = f"add a key for it; {suggest(target, chosen)}"
            yield Fault(subject=subject, path=(*at, "phrases", target), what=what, mend=mend, at_key=True)
        yield from _languages(subject, flow, by_language, (*at, "phrases", target), all_of_them=False)


def _pattern(subject: Subject, ask: Ask, at: Path) -> Iterator[Fault]:
    try:
        re.compile(ask.pattern)
    except re.error as fault:
        what = f"this is no regular expression: {fault}"
        yield Fault(subject=subject, path=(*at, "pattern"), what=what, mend="for example `pattern: '[0-9]{6}'`")


def _words(subject: Subject, flow: Flow, step: FlowStep, at: Path) -> Iterator[Fault]:
    said: Mapping[str, str] = getattr(step.does, "say", {})
    if said:
        yield from _languages(subject, flow, said, (*at, "say"), all_of_them=step.language is None)
    if step.language is not None:
        for key, language in step.language.keys.items():
            if language not in flow.languages:
                what = f"the flow says nothing in {language!r}"
                mend = f"one of its `languages`: {', '.join(flow.languages)}"
                yield Fault(subject=subject, path=(*at, "keys", key), what=what, mend=mend)


def _languages(
    subject: Subject, flow: Flow, by_language: Collection[str], path: Path, *, all_of_them: bool
) -> Iterator[Fault]:
    for language in flow.languages if all_of_them else ():
        if language not in by_language:
            what = f"this is not said in {language!r}, one of the flow's languages"
            yield Fault(subject=subject, path=path, what=what, mend=f"add `{language}: …`", at_key=True)
    for language in by_language:
        if language not in flow.languages:
            what = f"the flow has no language {language!r}; its callers would never hear this"
            mend = f"add it to the flow's `languages` ({', '.join(flow.languages)}), or remove it here"
            yield Fault(subject=subject, path=(*path, language), what=what, mend=mend, at_key=True)


def _ways(subject: Subject, flow: Flow, here: Path) -> Iterator[Fault]:
    """Steps that nobody comes to, that never end, and that a silent caller would go round in for ever."""
    names_in = ((subject, (*here, "steps")), (subject, (*here, "start")))
    onward = {name: {to for _, to in exits(step)} & flow.steps.keys() for name, step in flow.steps.items()}
    led_to = _reached({flow.start}, onward)
    for name in flow.steps:
        if name not in led_to and flow.start in flow.steps:
            mend = "name it in a step before it, or remove it"
            what = f"nothing leads to the step {name!r}"
            yield warning(subject, (*here, "steps", name), what, mend, *names_in)
    backward: dict[str, set[str]] = {name: set() for name in flow.steps}
    for name, targets in onward.items():
        for target in targets:
            backward[target].add(name)
    ending = _reached({name for name, step in flow.steps.items() if may_end(step)}, backward)
    broken = {name for name, step in flow.steps.items() if {to for _, to in exits(step)} - flow.steps.keys()}
    for name in flow.steps:
        if name not in ending and not (_reached({name}, onward) & broken):
            what = f"from the step {name!r} there is no way out: no agent, no message, no goodbye"
            yield Fault(
                subject=subject,
                path=(*here, "steps", name),
                what=what,
                mend="lead on to a queue, a voicemail or a hang_up",
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
            what = f"a caller who does nothing would go round for ever: {' → '.join([*round_, round_[0]])}"
            mend = "lead one of them on to a queue, a voicemail or a hang_up"
            yield Fault(subject=subject, path=(*here, "steps", name), what=what, mend=mend, at_key=True)


def _reached(start: Collection[str], onward: Mapping[str, Collection[str]]) -> set[str]:
    found, waiting = set[str](), list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(onward.get(name, ()))
    return found
