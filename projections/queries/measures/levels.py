"""Whether a contact met a definition of good service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from domain.centre.goals import ServiceLevel

Verdict = Literal["met", "missed", "excluded"]


def concerns(definition: ServiceLevel, row: Mapping[str, Any]) -> bool:
    """Whether the definition is about contacts of this queue and channel."""
    queues, channels = definition.queues, definition.channels
    return (not queues or row["queue"] in queues) and (not channels or row["channel"] in channels)


def verdict(definition: ServiceLevel, outcome: str, waited: float) -> Verdict:
    """What a contact whose wait has ended counts as; `waited` in seconds by the definition's clock.

    The service level is the share answered within the threshold of all contacts that count. Standards (ITU-T E.423 and
    ETSI EG 201 769, of operators' time to answer) leave open how those count who left or went on elsewhere; the
    definition's switches say it.
    """
    early: Verdict = "met" if waited <= definition.within else "missed"
    match outcome:
        case "answered":
            return early
        case "abandoned":
            if definition.short_abandon and waited <= definition.short_abandon:
                return "excluded"
            return early if definition.abandoned == "met_if_early" else definition.abandoned
        case "flowed_out":
            return early if definition.flow_out == "met_if_early" else definition.flow_out
        case _:
            return "excluded"
