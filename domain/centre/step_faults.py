"""Steps that change nothing against what holds by then, or that never fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from domain.centre.asked import ANY, Asked
from domain.centre.documents import ProjectDocument, Queue, Step
from domain.centre.faults import Fault, Path, Subject, suggest, unknown, warning
from domain.centre.reach import Reach
from domain.channel import is_spoken
from domain.sentence import Sentence, joined, say


class _Idle(NamedTuple):
    """A part of a step that changes nothing; `key`: its path within the step."""

    key: Path
    what: Sentence
    mend: Sentence
    at_key: bool = False


#: What a step does to the skills it names.
WAYS = {"lower": say("way_lower", "lower"), "drop": say("way_drop", "drop")}


def check_steps(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    """What is wrong with the steps of a project's queues, as far as the project alone tells it."""
    reach = Reach(p)
    for name, queue in p.queues.items():
        asked = Asked.first(name, queue)
        for number, step in enumerate(queue.steps):
            here: Path = ("queues", name, "steps", number)
            for idle in _idle(name, queue, asked, step):
                path, names_in = (*here, *idle.key), ((subject, ("queues", name)),)
                yield Fault(
                    subject=subject, path=path, what=idle.what, mend=idle.mend, at_key=idle.at_key, names_in=names_in
                )
            if step.add_queue is not None:
                yield from unknown("queue", step.add_queue, p.queues, subject, (*here, "add_queue"), ("queues",))
            if step.offer_callback and p.callbacks is None:
                what = say(
                    "this_project_takes_no_callback", "this project takes no callback requests, so none can be offered"
                )
                mend = say(
                    "add_callbacks_queue_to_the", "add `callbacks: {{queue: {queue}}}` to the project", queue=name
                )
                yield Fault(subject=subject, path=(*here, "offer_callback"), what=what, mend=mend, at_key=True)
            asked = asked.after(step)
        yield from _after_voicemail(subject, reach, name, queue)


def _idle(name: str, queue: Queue, asked: Asked, step: Step) -> Iterator[_Idle]:
    yield from _skills(queue, asked, step)
    if step.add_queue is not None and step.add_queue in asked.queues:
        what = (
            say("the_item_waits_in_this_queue", "the item waits in this queue from the beginning")
            if step.add_queue == name
            else say("an_earlier_step_added_it", "an earlier step added it")
        )
        yield _Idle(
            ("add_queue",),
            say(
                "adding_changes_nothing",
                "adding {add_queue!r} changes nothing: {text}",
                add_queue=step.add_queue,
                text=what,
            ),
            say("name_another_queue_or_remove", "name another queue, or remove it"),
        )
    if step.open_rings is not None and step.open_rings <= asked.rings:
        what = say(
            "opening_the_rings_up_to_changes",
            "opening the rings up to {last} changes nothing: those up to {rings} are open by then",
            last=step.open_rings,
            rings=asked.rings,
        )
        yield _Idle(
            ("open_rings",),
            what,
            say(
                "open_rings_or_more_or_remove",
                "`open_rings: {next_ring}` or more, or remove it",
                next_ring=asked.rings + 1,
            ),
        )
    yield from _sites(queue, asked, step)
    if step.any_language and not asked.language:
        what = say("no_language_is_asked_for_by", "no language is asked for by then, so `any_language` changes nothing")
        yield _Idle(
            ("any_language",),
            what,
            say("remove_it_or_set_language_required", "remove it, or set `language: required` on the queue"),
        )
    if step.priority is not None and step.priority >= asked.priority:
        what = say(
            "priority_is_no_more_urgent",
            "priority {priority} is no more urgent than {held}, which holds by then (1 is most urgent)",
            priority=step.priority,
            held=asked.priority,
        )
        more = (
            say("priority_or_less_or_remove", "`priority: {less}` or less, or remove it", less=asked.priority - 1)
            if asked.priority > 1
            else say("remove_it", "remove it")
        )
        yield _Idle(("priority",), what, more)


def _skills(queue: Queue, asked: Asked, step: Step) -> Iterator[_Idle]:
    for skill in (*step.lower, *step.drop):
        if skill in asked.skills:
            continue
        key: Path = ("lower", skill) if skill in step.lower else ("drop", step.drop.index(skill))
        more = (
            say("an_earlier_step_dropped_it", "an earlier step dropped it")
            if skill in queue.skills
            else say("the_queue_does_not_ask_for", "the queue does not ask for it")
        )
        what = say(
            "there_is_no_skill_to",
            "there is no skill {skill!r} to {way}: {more}",
            skill=skill,
            way=WAYS[str(key[0])],
            more=more,
        )
        yield _Idle(
            key, what, suggest(skill, asked.skills) if asked.skills else say("remove_it", "remove it"), "lower" in key
        )
    for skill, level in step.lower.items():
        held = asked.skills.get(skill)
        if held is not None and skill in step.drop:
            what = say("is_both_lowered_and_dropped", "{skill!r} is both lowered and dropped", skill=skill)
            yield _Idle(
                ("lower", skill),
                what,
                say("keep_one_of_them_dropping_asks", "keep one of them: dropping asks for no level at all"),
                True,
            )
        elif held is not None and level >= held:
            what = say(
                "level_lowers_nothing",
                "{skill!r} is asked for at level {held} by then, so level {level} lowers nothing",
                skill=skill,
                held=held,
                level=level,
            )
            mend = (
                say("lower_to_less", "`{skill}: {less}` or less", skill=skill, less=held - 1)
                if held > 1
                else say("drop_the_skill", "`drop: [{skill}]`", skill=skill)
            )
            yield _Idle(("lower", skill), what, mend)


def _sites(queue: Queue, asked: Asked, step: Step) -> Iterator[_Idle]:
    if step.add_sites and asked.sites is None:
        what = say("adding_sites_changes_nothing", "adding sites changes nothing: any site may take it by then")
        mend = (
            say("remove_it", "remove it")
            if queue.sites == "own"
            else say("remove_it_or_set_sites_own", "remove it, or set `sites: own` on the queue")
        )
        yield _Idle(("add_sites",), what, mend)
        return
    for number, site in enumerate(step.add_sites):
        if site in (asked.sites or ()) or site in step.add_sites[:number]:
            yield _Idle(
                ("add_sites", number),
                say("the_site_was_added_before", "the site {site!r} was added before", site=site),
                say("remove_it", "remove it"),
            )
        elif site != ANY and ANY in step.add_sites:
            yield _Idle(
                ("add_sites", number),
                say("any_stands_for_it", "`{any}` stands for {site!r} too", any=ANY, site=site),
                say("write_add_sites", "write `add_sites: [{any}]`", any=ANY),
            )


def _after_voicemail(subject: Subject, reach: Reach, name: str, queue: Queue) -> Iterator[Fault]:
    """Steps that come after a caller was sent to leave a message."""
    ended = next((step for step in queue.steps if step.voicemail), None)
    if ended is None:
        return
    channels = reach.channels(name)
    for number, step in enumerate(queue.steps[queue.steps.index(ended) + 1 :], queue.steps.index(ended) + 1):
        path: Path = ("queues", name, "steps", number)
        what = say(
            "this_step_can_never_fire_after",
            "this step can never fire: after {after} s the caller is sent to leave a message",
            after=ended.after,
        )
        mend = say("put_it_before_that_step_or", "put it before that step, or remove it")
        if not (step.relaxes or step.priority) or (channels is not None and all(map(is_spoken, channels))):
            yield Fault(subject=subject, path=path, what=what, mend=mend, at_key=True)
        elif not reach.mailboxes(name):
            what = say(
                "no_caller_comes_to_this_step",
                "no caller comes to this step: after {after} s they are sent to leave a message",
                after=ended.after,
            )
            yield warning(
                subject,
                path,
                what,
                joined([mend, say("unless_meant_for_written", "unless it is meant for written work")]),
            )
