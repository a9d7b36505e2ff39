"""What is wrong with how a project's numbers take and send texts, as far as the channel's own rules say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from channels.sms.keywords import BadKeyword, declare
from domain.centre.documents import ProjectDocument
from domain.centre.faults import Fault, Subject
from domain.centre.numbers import Number
from domain.sentence import say


def check_texts(projects: Sequence[ProjectDocument]) -> list[Fault]:
    """Every fault, in the order of the documents."""
    return [fault for index, project in enumerate(projects) for fault in _faults(("project", index), project)]


def _faults(subject: Subject, project: ProjectDocument) -> Iterator[Fault]:
    for name, number in project.numbers.items():
        yield from _keywords(subject, name, number, project)
    wanted = project.status is not None and project.status.texts
    if wanted and all(number.texts is None for number in project.numbers.values()):
        what = say("status_texts_are_wanted_and", "status texts are wanted, and no number sends any")
        mend = say(
            "add_texts_department_to_one",
            "add `texts: {{department: …}}` to one of `numbers`, or leave `texts` out here",
        )
        yield Fault(subject=subject, path=("status", "texts"), what=what, mend=mend, severity="warning")


def _keywords(subject: Subject, name: str, number: Number, project: ProjectDocument) -> Iterator[Fault]:
    if number.texts is None or not number.texts.keywords:
        return
    path = ("numbers", name, "texts", "keywords")
    try:
        declare(number.texts.keywords)
    except BadKeyword as fault:
        mend = say(
            "choose_words_of_letters_and", "choose words of letters and digits, each for one thing, that stop nothing"
        )
        yield Fault(subject=subject, path=path, what=fault.sentence, mend=mend)
    if number.texts.keywords.get("callback") and project.callbacks is None:
        what = say(
            "who_texts_one_of_these_words",
            "who texts one of these words is to be called back, and the project calls nobody back",
        )
        mend = say(
            "declare_callbacks_queue_until",
            "declare `callbacks: {{queue: …}}`; until then such a text is a message like any other",
        )
        yield Fault(subject=subject, path=(*path, "callback"), what=what, mend=mend, severity="warning")
