"""Steps that change nothing against what holds by then, or that never fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from domain.centre.asked import ANY, Asked
from domain.centre.documents import ProjectDocument, Queue, Step
from domain.centre.faults import Fault, Path, Subject, suggest, unknown, warning
from domain.centre.reach import Reach
from domain.channel import is_spoken


class _Idle(NamedTuple):
    """A part of a step that changes nothing; `key`: its path within the step."""

    key: Path
    what: str
    mend: str
    at_key: bool = False


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
                what = "this project takes no callback requests, so none can be offered"
                mend = f"add `callbacks: {{queue: {name}}}` to the project"
                yield Fault(subject=subject, path=(*here, "offer_callback"), what=what, mend=mend, at_key=True)
            asked = asked.after(step)
        yield from _after_voicemail(subject, reach, name, queue)


def _idle(name: str, queue: Queue, asked: Asked, step: Step) -> Iterator[_Idle]:
    yield from _skills(queue, asked, step)
    if step.add_queue is not None and step.add_queue in asked.queues:
        what = (
            "the item waits in this queue from the beginning" if step.add_queue == name else "an earlier step added it"
        )
        yield _Idle(
            ("add_queue",), f"adding {step.add_queue!r} changes nothing: {what}", "name another queue, or remove it"
        )
    if step.open_rings is not None and step.open_rings <= asked.rings:
        what = f"opening the rings up to {step.open_rings} changes nothing: those up to {asked.rings} are open by then"
        yield _Idle(("open_rings",), what, f"`open_rings: {asked.rings + 1}` or more, or remove it")
    yield from _sites(queue, asked, step)
    if step.any_language and not asked.language:
        what = "no language is asked for by then, so `any_language` changes nothing"
        yield _Idle(("any_language",), what, "remove it, or set `language: required` on the queue")
    if step.priority is not None and step.priority >= asked.priority:
        what = (
            f"priority {step.priority} is no more urgent than {asked.priority}, which holds by then (1 is most urgent)"
        )
        more = f"`priority: {asked.priority - 1}` or less, or remove it" if asked.priority > 1 else "remove it"
        yield _Idle(("priority",), what, more)


def _skills(queue: Queue, asked: Asked, step: Step) -> Iterator[_Idle]:
    for skill in (*step.lower, *step.drop):
        if skill in asked.skills:
            continue
        key: Path = ("lower", skill) if skill in step.lower else ("drop", step.drop.index(skill))
        more = "an earlier step dropped it" if skill in queue.skills else "the queue does not ask for it"
        what = f"there is no skill {skill!r} to {key[0]}: {more}"
        yield _Idle(key, what, suggest(skill, asked.skills) if asked.skills else "remove it", "lower" in key)
    for skill, level in step.lower.items():
        held = asked.skills.get(skill)
        if held is not None and skill in step.drop:
            what = f"{skill!r} is both lowered and dropped"
            yield _Idle(("lower", skill), what, "keep one of them: dropping asks for no level at all", True)
        elif held is not None and level >= held:
            what = f"{skill!r} is asked for at level {held} by then, so level {level} lowers nothing"
            mend = f"`{skill}: {held - 1}` or less" if held > 1 else f"`drop: [{skill}]`"
            yield _Idle(("lower", skill), what, mend)


def _sites(queue: Queue, asked: Asked, step: Step) -> Iterator[_Idle]:
    if step.add_sites and asked.sites is None:
        what = "adding sites changes nothing: any site may take it by then"
        mend = "remove it" if queue.sites == "own" else "remove it, or set `sites: own` on the queue"
        yield _Idle(("add_sites",), what, mend)
        return
    for number, site in enumerate(step.add_sites):
        if site in (asked.sites or ()) or site in step.add_sites[:number]:
            yield _Idle(("add_sites", number), f"the site {site!r} was added before", "remove it")
        elif site != ANY and ANY in step.add_sites:
            yield _Idle(("add_sites", number), f"`{ANY}` stands for {site!r} too", f"write `add_sites: [{ANY}]`")


def _after_voicemail(subject: Subject, reach: Reach, name: str, queue: Queue) -> Iterator[Fault]:
    """Steps that come after a caller was sent to leave a message."""
    ended = next((step for step in queue.steps if step.voicemail), None)
    if ended is None:
        return
    channels = reach.channels(name)
    for number, step in enumerate(queue.steps[queue.steps.index(ended) + 1 :], queue.steps.index(ended) + 1):
        path: Path = ("queues", name, "steps", number)
        what = f"this step can never fire: after {ended.after} s the caller is sent to leave a message"
        mend = "put it before that step, or remove it"
        if not (step.relaxes or step.priority) or (channels is not None and all(map(is_spoken, channels))):
            yield Fault(subject=subject, path=path, what=what, mend=mend, at_key=True)
        elif not reach.mailboxes(name):
            what = f"no caller comes to this step: after {ended.after} s they are sent to leave a message"
            yield warning(subject, path, what, mend + ", unless it is meant for written work")
