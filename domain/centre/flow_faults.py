"""What a schema cannot say of numbers and call flows: names that lead nowhere, ways without an end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from domain.centre.announcing import check_announced
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.faults import Fault, Path, Subject, suggest, unknown, warning
from domain.centre.flow_ways import check_ways
from domain.centre.flows import Ask, CallbackOffer, Flow, FlowStep, Menu, Waiting, exits
from domain.sentence import say


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
            mend = say(
                "flow_with_one_of_flows_for",
                "`flow:` with one of `flows` for its calls, `texts:` for its texts, or both",
            )
            yield Fault(
                subject=subject,
                path=here,
                what=say("nothing_says_what_becomes_of", "nothing says what becomes of its calls or texts"),
                mend=mend,
            )
        if number.texts is not None:
            path = (*here, "texts", "department")
            yield from unknown("department", number.texts.department, p.departments, subject, path, ("departments",))
        if number.site is not None and sites:
            yield from unknown("site", number.site, sites, subject, (*here, "site"), None)
        flow = p.flows.get(number.flow) if number.flow is not None else None
        if number.flow is not None and flow is not None and number.language not in flow.languages:
            what = say(
                "the_flow_says_nothing_in_in",
                "the flow {flow!r} says nothing in {language!r}, in which this number's callers begin",
                flow=number.flow,
                language=number.language,
            )
            mend = say(
                "language_or_add_it_to_flow",
                "`language: {first}`, or add {language!r} to the flow's `languages`",
                first=flow.languages[0],
                language=number.language,
            )
            names_in = ((subject, ("flows", number.flow)),)
            yield Fault(subject=subject, path=(*here, "language"), what=what, mend=mend, names_in=names_in)
    if p.callbacks is not None and p.callbacks.number is not None:
        calling = [name for name, number in p.numbers.items() if number.flow is not None]
        yield from unknown("number", p.callbacks.number, calling, subject, ("callbacks", "number"), ("numbers",))
    used = {number.flow for number in p.numbers.values()}
    for name in p.flows:
        if name not in used:
            mend = say("name_it_in_a_number_flow_or", "name it in a number (`flow: {name}`) or remove it", name=name)
            yield warning(
                subject,
                ("flows", name),
                say("no_number_leads_to_the_flow", "no number leads to the flow {name!r}", name=name),
                mend,
                (subject, ("numbers",)),
            )


def _numbers_twice(projects: Sequence[ProjectDocument]) -> Iterator[Fault]:
    """A call to a number must lead to one flow."""
    seen: dict[str, str] = {}
    for index, project in enumerate(projects):
        for name, number in project.numbers.items():
            owner = seen.setdefault(number.number, f"{project.project}/{name}")
            if owner != f"{project.project}/{name}":
                what = say(
                    "is_the_number_already",
                    "{number} is the number {owner!r} already",
                    number=number.number,
                    owner=owner,
                )
                mend = say("give_each_number_once_or_correct", "give each number once, or correct this one")
                yield Fault(subject=("project", index), path=("numbers", name, "number"), what=what, mend=mend)


def _flow(subject: Subject, p: ProjectDocument, name: str, flow: Flow) -> Iterator[Fault]:
    here: Path = ("flows", name)
    yield from unknown("step", flow.start, flow.steps, subject, (*here, "start"), (*here, "steps"))
    for recording, sound in flow.recordings.items():
        if not any(language in sound.sounds for language in flow.languages):
            what = say(
                "the_recording_is_in_none_of",
                "the recording {recording!r} is in none of the flow's languages",
                recording=recording,
            )
            mend = say("add_it_in", "add it in {first!r}", first=flow.languages[0])
            yield Fault(subject=subject, path=(*here, "recordings", recording, "sounds"), what=what, mend=mend)
    for step_name, step in flow.steps.items():
        at: Path = (*here, "steps", step_name, step.kind)
        yield from _names(subject, p, flow, step, at, (*here, "steps"))
        yield from _words(subject, flow, step, at)
    yield from check_ways(subject, flow, here)
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
        what = say("this_project_takes_no_callback", "this project takes no callback requests, so none can be offered")
        mend = say(
            "add_callbacks_queue_to_the",
            "add `callbacks: {{queue: {queue}}}` to the project",
            queue=next(iter(p.queues)),
        )
        yield Fault(subject=subject, path=at, what=what, mend=mend, at_key=True, names_in=((subject, ("callbacks",)),))


def _waiting(subject: Subject, p: ProjectDocument, flow: Flow, does: Waiting, at: Path) -> Iterator[Fault]:
    for field, target in (("callback", does.callback), ("voicemail", does.voicemail)):
        wanted = "callback_offer" if field == "callback" else "voicemail"
        step = flow.steps.get(target or "")
        if step is not None and step.kind != wanted:
            fits = [name for name, one in flow.steps.items() if one.kind == wanted]
            what = say("the_step_is_no", "the step {target!r} is no {wanted}", target=str(target), wanted=wanted)
            yield Fault(subject=subject, path=(*at, field), what=what, mend=suggest(target or "", fits))
    queue = p.queues.get(does.queue)
    if queue is None:
        return
    sent = any(step.voicemail for step in queue.steps) or queue.closed.then in ("voicemail", "message")
    if sent and does.voicemail is None:
        what = say(
            "the_queue_sends_callers_to",
            "the queue {queue!r} sends callers to leave a message, but this step names no `voicemail`",
            queue=does.queue,
        )
        mend = say("add_voicemail_with_the_name", "add `voicemail:` with the name of a voicemail step")
        names_in = ((subject, ("queues", does.queue)),)
        yield Fault(subject=subject, path=at, what=what, mend=mend, at_key=True, names_in=names_in)
    if any(step.offer_callback for step in queue.steps) and does.callback is None:
        what = say(
            "the_queue_offers_its_callers",
            "the queue {queue!r} offers its callers to be called back, but this step names no `callback`",
            queue=does.queue,
        )
        mend = say("add_callback_with_the_name", "add `callback:` with the name of a callback_offer step")
        names_in = ((subject, ("queues", does.queue)),)
        yield Fault(subject=subject, path=at, what=what, mend=mend, at_key=True, names_in=names_in)


def _phrases(subject: Subject, flow: Flow, menu: Menu, at: Path) -> Iterator[Fault]:
    chosen = set(menu.keys.values())
    for target, by_language in menu.phrases.items():
        if target not in chosen:
            what = say(
                "no_key_of_this_menu_leads_to",
                "no key of this menu leads to {target!r}, so words for it would be the only way there",
                target=target,
            )
            mend = say("add_a_key_for_it", "add a key for it; {suggestion}", suggestion=suggest(target, chosen))
            yield Fault(subject=subject, path=(*at, "phrases", target), what=what, mend=mend, at_key=True)
        yield from _languages(subject, flow, by_language, (*at, "phrases", target), all_of_them=False)


def _pattern(subject: Subject, ask: Ask, at: Path) -> Iterator[Fault]:
    try:
        re.compile(ask.pattern)
    except re.error as fault:
        what = say("this_is_no_regular_expression", "this is no regular expression: {fault}", fault=str(fault))
        yield Fault(
            subject=subject,
            path=(*at, "pattern"),
            what=what,
            mend=say("for_example_pattern", "for example `pattern: '[0-9]{{6}}'`"),
        )


def _words(subject: Subject, flow: Flow, step: FlowStep, at: Path) -> Iterator[Fault]:
    said: Mapping[str, str] = getattr(step.does, "say", {})
    if said:
        yield from _languages(subject, flow, said, (*at, "say"), all_of_them=step.language is None)
    if step.language is not None:
        for key, language in step.language.keys.items():
            if language not in flow.languages:
                what = say("the_flow_says_nothing_in", "the flow says nothing in {language!r}", language=language)
                mend = say(
                    "one_of_its_languages", "one of its `languages`: {languages}", languages=", ".join(flow.languages)
                )
                yield Fault(subject=subject, path=(*at, "keys", key), what=what, mend=mend)


def _languages(
    subject: Subject, flow: Flow, by_language: Collection[str], path: Path, *, all_of_them: bool
) -> Iterator[Fault]:
    for language in flow.languages if all_of_them else ():
        if language not in by_language:
            what = say(
                "this_is_not_said_in_one_of",
                "this is not said in {language!r}, one of the flow's languages",
                language=language,
            )
            yield Fault(
                subject=subject,
                path=path,
                what=what,
                mend=say("add_language", "add `{language}: …`", language=language),
                at_key=True,
            )
    for language in by_language:
        if language not in flow.languages:
            what = say(
                "the_flow_has_no_language_its",
                "the flow has no language {language!r}; its callers would never hear this",
                language=language,
            )
            mend = say(
                "add_it_to_the_flow_languages",
                "add it to the flow's `languages` ({languages}), or remove it here",
                languages=", ".join(flow.languages),
            )
            yield Fault(subject=subject, path=(*path, language), what=what, mend=mend, at_key=True)
