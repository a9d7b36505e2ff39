"""What dispositions ask for, and what was started by them."""

from __future__ import annotations

from datetime import datetime

from projections.reading import MAX_PAGE, Reader, View, reads


class PendingOutcome(View):
    """Finished work whose disposition asks for something."""

    work_id: str
    pool: str
    project: str
    interaction_id: str
    leg: str
    agent_id: str
    disposition: str


class OutcomeView(View):
    """What was started by a disposition: `done` names the parts, `failed` those that were not possible and why."""

    work_id: str
    interaction_id: str
    disposition: str
    at: datetime
    done: tuple[str, ...]
    failed: tuple[str, ...]
    ticket_id: str
    follow_up_id: str
    callback_id: str
    delivery_id: str


@reads("outcomes")
def pending_outcomes(read: Reader, *, limit: int = MAX_PAGE) -> tuple[PendingOutcome, ...]:
    """The earliest first."""
    return tuple(map(PendingOutcome.of, read.scan("outcomes_pending", {}, ("position", "work_id"), limit=limit)))


@reads("outcomes")
def outcomes_of(read: Reader, interaction_id: str) -> tuple[OutcomeView, ...]:
    """What the ends of an interaction's work started."""
    rows = read.scan("outcomes_acted", {"interaction_id": interaction_id}, ("work_id",), limit=MAX_PAGE)
    return tuple(map(OutcomeView.of, rows))
