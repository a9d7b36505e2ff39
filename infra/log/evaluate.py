"""Deciding a batch one append after another, for backends whose state can be asked without a round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from domain.ports import Appended, VersionConflict
from infra.log.rows import Batchable, NewRow, OnceRow, WrongPool


class StreamEnd(NamedTuple):
    """Where a stream stands; pool is None for a stream that does not exist."""

    version: int
    pool: str | None


class Accepted(NamedTuple):
    """What of a batch is to be written, and how each of its appends ends once it is, in order."""

    rows: list[NewRow]
    once: list[OnceRow]
    outcomes: list[Appended | Exception]


def evaluate(
    batch: Iterable[Batchable],
    head: int,
    stream_end: Callable[[str], StreamEnd],
    once_row: Callable[[str], OnceRow | None],
) -> Accepted:
    """Each append sees what those before it in the batch will have written; a failing one fails alone."""
    ends: dict[str, StreamEnd] = {}
    keys: dict[str, OnceRow] = {}
    accepted = Accepted([], [], [])
    for wanted in batch:
        seen = None if wanted.once is None else keys.get(wanted.once) or once_row(wanted.once)
        if seen is not None:
            accepted.outcomes.append(seen.replay())
            continue
        fault = _fault(wanted, ends, stream_end)
        if fault is not None:
            accepted.outcomes.append(fault)
            continue
        accepted.rows.extend(wanted.rows)
        for stream, _, pool in wanted.assertions:
            ends[stream] = StreamEnd(wanted.versions[stream], ends[stream].pool if pool is None else pool)
        result = Appended(head + len(accepted.rows), wanted.versions)
        if wanted.once is not None:
            keys[wanted.once] = OnceRow(wanted.once, result.position, result.versions)
            accepted.once.append(keys[wanted.once])
        accepted.outcomes.append(result)
    return accepted


def _fault(wanted: Batchable, ends: dict[str, StreamEnd], stream_end: Callable[[str], StreamEnd]) -> Exception | None:
    for stream, expected, pool in wanted.assertions:
        end = ends.get(stream)
        if end is None:
            end = ends[stream] = stream_end(stream)
        if end.version != expected:
            return VersionConflict(stream, expected, end.version)
        if pool is not None and end.pool is not None and end.pool != pool:
            return WrongPool(stream, end.pool, pool)
    return None
