"""What is wrong with documents, each fault with its place, what it is and how to mend it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

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
    what: str
    mend: str
    severity: Literal["fault", "warning"] = "fault"
    at_key: bool = False
    names_in: NamesIn = ()


def suggest(name: str, known: Iterable[str]) -> str:
    """Which of the known names could be meant: the likeliest, and all where they are at most 12."""
    names = sorted(known)
    if not names:
        return "there are none yet; declare it first"
    close = get_close_matches(name, names, n=5)
    listed = names if len(names) <= 12 else close or names[:5]
    more = f" and {len(names) - len(listed)} more" if len(listed) < len(names) else ""
    likeliest = f"did you mean {close[0]!r}? " if close else f"for example {names[0]!r}; "
    return f"{likeliest}known: {', '.join(listed)}{more}"


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
            what=f"there is no {what} {name!r}",
            mend=suggest(name, known),
            at_key=at_key,
            names_in=() if names_in is None else ((subject, names_in),),
        )


def warning(subject: Subject, path: Path, what: str, mend: str, *names_in: tuple[Subject, Path]) -> Fault:
    """What does not keep the documents from being applied: work would merely wait, or a line changes nothing."""
    return Fault(
        subject=subject, path=path, what=what, mend=mend, severity="warning", at_key=True, names_in=tuple(names_in)
    )
