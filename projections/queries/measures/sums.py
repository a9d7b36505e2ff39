"""Adding up one group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.centre.goals import ServiceLevel
from projections.queries.measures.levels import Verdict
from projections.queries.measures.views import Level, MeasuredGroup

#: Reasons for not being ready and dispositions that are told apart; further ones count as `other`.
MOST_REASONS = 50
#: Where work comes from that agents handle.
ORIGINS = ("offered", "dialled", "handed_over")
#: Agents' times, which belong to no queue and no channel.
TIMES = (
    "signed_in",
    "working",
    "idle",
    "not_ready",
    "not_responding",
    "occupancy",
    "consulting",
    "occupancy_with_consults",
    "paused",
)


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None


def _seconds() -> dict[str, float]:
    return defaultdict(float)


def _bounded(found: Mapping[str, float]) -> dict[str, float]:
    """The largest, by name, and the rest as one."""
    order = sorted(found, key=lambda name: (-found[name], name))
    kept: dict[str, float] = {name: found[name] for name in sorted(order[:MOST_REASONS])}
    rest = sum(found[name] for name in order[MOST_REASONS:])
    return kept | {"other": kept.get("other", 0) + rest} if rest else kept


@dataclass(slots=True)
class Handled:
    """Pieces of work that were connected and have ended, and the seconds they took."""

    count: int = 0
    talk: float = 0.0
    wrap_up: float = 0.0

    def add(self, talk: float, wrap_up: float) -> None:
        self.count += 1
        self.talk += talk
        self.wrap_up += wrap_up

    def view(self) -> dict[str, Any]:
        return {
            "handled": self.count,
            "talk": _mean(self.talk, self.count),
            "wrap_up": _mean(self.wrap_up, self.count),
            "handling": _mean(self.talk + self.wrap_up, self.count),
        }


def _handled() -> dict[str, Handled]:
    return defaultdict(Handled)


@dataclass(slots=True)
class Sums:
    """Counts, and sums of seconds and scores."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    flowed: Counter[str] = field(default_factory=Counter[str])
    verdicts: Counter[tuple[str, Verdict]] = field(default_factory=Counter[tuple[str, Verdict]])
    answer_waits: float = 0.0
    waits: float = 0.0
    longest: float | None = None
    announced: int = 0
    error: float = 0.0
    absolute_error: float = 0.0
    answers: Counter[str] = field(default_factory=Counter[str])
    handled: dict[str, Handled] = field(default_factory=_handled)
    transfers: int = 0
    dispositions: Counter[str] = field(default_factory=Counter[str])
    time: dict[str, float] = field(default_factory=_seconds)
    not_ready: dict[str, float] = field(default_factory=_seconds)
    consulting: dict[str, float] = field(default_factory=_seconds)
    paused: dict[str, float] = field(default_factory=_seconds)
    resolved: int = 0
    first: int = 0
    scores: Counter[str] = field(default_factory=Counter[str])
    rated: Counter[str] = field(default_factory=Counter[str])

    def contact(self, row: Mapping[str, Any], waited: float, verdicts: Iterable[tuple[str, Verdict]]) -> None:
        self.outcomes[row["outcome"]] += 1
        self.verdicts.update(verdicts)
        if row["outcome"] == "flowed_out":
            self.flowed[row["flowed_to"]] += 1
        if row["outcome"] == "answered":
            self.answer_waits += waited
            self.announced += row["announced"]
            self.error += row["error"]
            self.absolute_error += row["absolute_error"]
        if row["outcome"] in ("answered", "abandoned", "flowed_out"):
            self.waits += waited
            self.longest = waited if self.longest is None else max(self.longest, waited)

    def work(self, row: Mapping[str, Any]) -> None:
        if row["origin"] == "offered":
            self.answers[row["answer"]] += 1
        if row["connected"] is None or row["ended"] is None:
            return
        self.handled[row["origin"]].add(
            max(0.0, (row["over"] - row["connected"]).total_seconds()),
            max(0.0, (row["ended"] - row["over"]).total_seconds()),
        )
        if row["origin"] != "offered":
            return
        self.transfers += row["how"] == "transferred"
        if row["disposition"]:
            self.dispositions[row["disposition"]] += 1

    def agent_time(self, row: Mapping[str, Any], seconds: float) -> None:
        """`working` comes before the state: who finishes a contact while not ready for the next one works."""
        state = "working" if row["working"] else row["state"]
        self.time[state] += seconds
        if state == "not_ready":
            self.not_ready[row["reason"]] += seconds
        if row["consulted"] and state != "working":
            self.consulting[state] += seconds
        for channel in row["paused"]:
            self.paused[channel] += seconds

    def matter(self, row: Mapping[str, Any], within: timedelta) -> None:
        reopened: datetime | None = row["reopened"]
        self.resolved += 1
        self.first += row["contacts"] == 1 and (reopened is None or reopened - row["resolved"] > within)

    def rating(self, row: Mapping[str, Any]) -> None:
        for whom in ("agent", "company"):
            score: int | None = row[f"{whom}_score"]
            if score is not None:
                self.rated[whom] += 1
                self.scores[whom] += score

    def view(self, key: str, definitions: Mapping[str, ServiceLevel], *, timed: bool) -> MeasuredGroup:
        """The group as it is shown; `timed`: agents' time belongs to it."""
        return MeasuredGroup.model_validate(
            {"key": key, **self._waits(), **self._work(), **self._time(timed), **self._ends()}
            | {"levels": {name: self._level(name, definitions[name]) for name in definitions}}
        )

    def _level(self, name: str, definition: ServiceLevel) -> Level:
        met, missed = self.verdicts[name, "met"], self.verdicts[name, "missed"]
        level = met / (met + missed) if met + missed else None
        return Level(
            met=met,
            missed=missed,
            excluded=self.verdicts[name, "excluded"],
            level=level,
            goal=definition.goal,
            reached=None if level is None else level >= definition.goal,
        )

    def _waits(self) -> dict[str, Any]:
        count = self.outcomes
        ended = count["answered"] + count["abandoned"] + count["flowed_out"]
        return {
            "contacts": count.total(),
            "answered": count["answered"],
            "abandoned": count["abandoned"],
            "flowed_out": dict(sorted(self.flowed.items())),
            "cancelled": count["cancelled"],
            "waiting": count["waiting"],
            "speed_of_answer": _mean(self.answer_waits, count["answered"]),
            "abandon_share": _mean(count["abandoned"], ended),
            "mean_wait": _mean(self.waits, ended),
            "longest_wait": self.longest,
            "announced": self.announced,
            "announced_error": _mean(self.error, self.announced),
            "announced_absolute_error": _mean(self.absolute_error, self.announced),
        }

    def _work(self) -> dict[str, Any]:
        count = self.answers
        ended = count["accepted"] + count["declined"] + count["missed"]
        offered = self.handled["offered"]
        return {
            "offers": count.total(),
            "accepted": count["accepted"],
            "declined": count["declined"],
            "missed": count["missed"],
            "rescinded": count["rescinded"],
            "missed_share": _mean(count["missed"], ended),
            **offered.view(),
            "handling_by_origin": self._by_origin(),
            "transfers": self.transfers,
            "transfer_share": _mean(self.transfers, offered.count),
            "dispositions": _bounded(self.dispositions),
        }

    def _by_origin(self) -> dict[str, Any]:
        known = {origin: self.handled[origin] for origin in ORIGINS}
        everything = Handled()
        for one in known.values():
            everything.count += one.count
            everything.talk += one.talk
            everything.wrap_up += one.wrap_up
        return {origin: one.view() for origin, one in (*known.items(), ("all", everything))}

    def _time(self, timed: bool) -> dict[str, Any]:
        if not timed:
            return dict.fromkeys(TIMES)
        time = self.time
        working, idle = time["working"], time["ready"]
        consulting = sum(self.consulting.values())
        busy, free = working + consulting, idle - self.consulting["ready"]
        return {
            "signed_in": float(sum(time.values())),
            "working": working,
            "idle": idle,
            "not_ready": _bounded(self.not_ready),
            "not_responding": time["not_responding"],
            "occupancy": working / (working + idle) if working + idle else None,
            "consulting": float(consulting),
            "occupancy_with_consults": busy / (busy + free) if busy + free else None,
            "paused": dict(sorted(self.paused.items())),
        }

    def _ends(self) -> dict[str, Any]:
        return {
            "resolved": self.resolved,
            "resolved_at_first_contact": self.first,
            "first_contact_resolution": _mean(self.first, self.resolved),
            "agent_ratings": self.rated["agent"],
            "agent_rating": _mean(self.scores["agent"], self.rated["agent"]),
            "company_ratings": self.rated["company"],
            "company_rating": _mean(self.scores["company"], self.rated["company"]),
        }
