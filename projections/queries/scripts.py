"""Scripts compared: what was answered at each step of each version, and how those contacts ended."""

from __future__ import annotations

from datetime import datetime

from projections.reading import MAX_PAGE, Reader, View, reads


class ChoiceCount(View):
    """An answer: how often it stands, how often it was taken back, and how the contacts ended in which it stands."""

    choice: str
    answers: int
    back: int
    dispositions: dict[str, int]


class VersionResults(View):
    """One version of a script. `runs` were begun, `finished` came to the end."""

    version: str
    first: datetime
    runs: int
    finished: int
    steps: dict[str, tuple[ChoiceCount, ...]]


@reads("scripts")
def script_results(read: Reader, project: str, script: str) -> tuple[VersionResults, ...]:
    """Every version that was ever used, the earliest first."""
    found: list[VersionResults] = []
    where = {"project": project, "script": script}
    for version in read.scan("script_versions", where, ("first", "version"), limit=MAX_PAGE):
        steps: dict[str, tuple[ChoiceCount, ...]] = {}
        for row in read.find("script_steps", **where, version=version["version"]):
            steps[row["step"]] = (*steps.get(row["step"], ()), ChoiceCount.of(row))
        found.append(VersionResults.of(version, steps=steps))
    return tuple(found)
