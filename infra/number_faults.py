"""What is wrong with the keypads of a centre and the vanity texts of its numbers, as the rules of numbers have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from channels.numbers.keypad import KEYPADS, BadKeypad, Keypad, keypad
from channels.numbers.vanity import BadVanity, expand
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.faults import Fault, Subject, unknown
from domain.centre.numbers import Number
from domain.sentence import say

#: A vanity text may leave out the country and what is dialled before the number within it, and nothing else.
_LEAST = 3


def keypads_of(centres: Sequence[CentreDocument], pool: str) -> dict[str, Keypad]:
    """The keypads that a project of this pool may name: those we know, and those that its centre declares.

    Those that are none, which `check_numbers` tells, are left out.
    """
    found = dict(KEYPADS)
    for centre in centres:
        for name, keys in centre.keypads.items() if centre.pool == pool else ():
            try:
                found[name] = keypad(name, keys)
            except BadKeypad:
                continue
    return found


def check_numbers(centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> list[Fault]:
    """Every fault, in the order of the documents."""
    faults = [fault for index, centre in enumerate(centres) for fault in _keypads(("centre", index), centre)]
    for index, project in enumerate(projects):
        for name, number in project.numbers.items():
            if number.keypad in KEYPADS or any(centre.pool == project.pool for centre in centres):
                faults.extend(_vanity(("project", index), name, number, keypads_of(centres, project.pool)))
    return faults


def _keypads(subject: Subject, centre: CentreDocument) -> Iterator[Fault]:
    for name, keys in centre.keypads.items():
        path = ("keypads", name)
        if name in KEYPADS:
            what, mend = (
                say("the_keypad_is_known_already", "the keypad {name!r} is known already", name=name),
                say("name_yours_otherwise_such_as", "name yours otherwise, such as {example!r}", example=name + "-own"),
            )
            yield Fault(subject=subject, path=path, what=what, mend=mend, at_key=True)
        try:
            keypad(name, keys)
        except BadKeypad as fault:
            mend = say(
                "name_for_each_key_from_to_its",
                "name for each key from 0 to 9 its letters, each letter once, as in `2: ABC`",
            )
            yield Fault(subject=subject, path=path, what=fault.sentence, mend=mend)


def _vanity(subject: Subject, name: str, number: Number, keypads: Mapping[str, Keypad]) -> Iterator[Fault]:
    here = ("numbers", name)
    yield from unknown("keypad", number.keypad, keypads, subject, (*here, "keypad"), None)
    pad = keypads.get(number.keypad)
    if number.vanity is None or pad is None:
        return
    try:
        digits = expand(number.vanity, pad).digits
    except BadVanity as fault:
        mend = say(
            "write_it_with_letters_of_the", "write it with letters of the keypad, digits and spaces, as in 800 MALINY"
        )
        yield Fault(subject=subject, path=(*here, "vanity"), what=fault.sentence, mend=mend)
        return
    dialled = digits.lstrip("+0")
    if len(dialled) < _LEAST or not number.number.endswith(dialled):
        what = say(
            "vanity_leads_elsewhere",
            "{vanity!r} is dialled {digits} on the keypad {name}, which does not lead to {number}",
            vanity=number.vanity,
            digits=digits,
            name=pad.name,
            number=number.number,
        )
        mend = say(
            "write_how_the_end_of_the_number",
            "write how the end of the number is spelled, or name the `keypad` that it is spelled on",
        )
        yield Fault(subject=subject, path=(*here, "vanity"), what=what, mend=mend)
