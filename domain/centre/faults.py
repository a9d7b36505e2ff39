"""What is wrong with documents, each fault with its place, what it is and how to mend it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from domain.sentence import Sentence, say

#: Which document: the n-th centre or the n-th project of those that were checked, from 0.
Subject = tuple[Literal["centre", "project"], int]
Path = tuple[str | int, ...]
NamesIn = tuple[tuple[Subject, Path], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong. `at_key`: the name before the colon is meant, not what stands behind it.

    `names_in` is where the names were looked up: with those faulty too, this fault may be a mere consequence.
    """

    subject: Subject
    path: Path
    what: Sentence
    mend: Sentence
    severity: Literal["fault", "warning"] = "fault"
    at_key: bool = False
    names_in: NamesIn = ()


#: What a name may be a name of.
KINDS: Mapping[str, Sentence] = {
    "agent": say("kind_agent", "agent"),
    "centre": say("kind_centre", "centre"),
    "channel": say("kind_channel", "channel"),
    "channel of conversations": say("kind_channel_of_conversations", "channel of conversations"),
    "department": say("kind_department", "department"),
    "disposition": say("kind_disposition", "disposition"),
    "flow": say("kind_flow", "flow"),
    "keypad": say("kind_keypad", "keypad"),
    "mailbox": say("kind_mailbox", "mailbox"),
    "metric": say("kind_metric", "metric"),
    "number": say("kind_number", "number"),
    "opening hours": say("kind_opening_hours", "opening hours"),
    "pool of a centre": say("kind_pool_of_a_centre", "pool of a centre"),
    "profile": say("kind_profile", "profile"),
    "project": say("kind_project", "project"),
    "queue": say("kind_queue", "queue"),
    "recording": say("kind_recording", "recording"),
    "site": say("kind_site", "site"),
    "skill": say("kind_skill", "skill"),
    "step": say("kind_step", "step"),
    "time zone": say("kind_time_zone", "time zone"),
}


def suggest(name: str, known: Iterable[str]) -> Sentence:
    """Which of the known names could be meant: the likeliest, and all where they are at most 12."""
    names = sorted(known)
    if not names:
        return say("there_are_none_yet", "there are none yet; declare it first")
    close = get_close_matches(name, names, n=5)
    listed = names if len(names) <= 12 else close or names[:5]
    more, shown = len(names) - len(listed), ", ".join(listed)
    there_are = say("known", "known: {names}", names=shown)
    if more:
        there_are = say("known_and_more", "known: {names} and {more} more", names=shown, more=more)
    if close:
        return say("did_you_mean", "did you mean {likeliest!r}? {known}", likeliest=close[0], known=there_are)
    return say("for_example_one", "for example {example!r}; {known}", example=names[0], known=there_are)


def unknown(
    what: str,
    name: str,
    known: Collection[str],
    subject: Subject,
    path: Path,
    names_in: Path | None,
    *,
    at_key: bool = False,
) -> Iterator[Fault]:
    """A fault where `name` is not among the known ones, which stand at `names_in` of the same document."""
    if name not in known:
        yield Fault(
            subject=subject,
            path=path,
            what=say("there_is_no_such", "there is no {kind} {name!r}", kind=KINDS[what], name=name),
            mend=suggest(name, known),
            at_key=at_key,
            names_in=() if names_in is None else ((subject, names_in),),
        )


def warning(subject: Subject, path: Path, what: Sentence, mend: Sentence, *names_in: tuple[Subject, Path]) -> Fault:
    """What does not keep the documents from being applied: work would merely wait, or a line changes nothing."""
    return Fault(
        subject=subject, path=path, what=what, mend=mend, severity="warning", at_key=True, names_in=tuple(names_in)
    )
