"""Every projection there is, by name."""

from __future__ import annotations

from projections.agent_work import agent_board
from projections.alerts import alerts
from projections.customer_history import customer_history
from projections.figures import figures
from projections.follow_ups import follow_ups
from projections.measures.contacts import contact_measures
from projections.measures.matters import matter_measures
from projections.measures.work import agent_measures
from projections.notifications import deliveries, pending_notifications
from projections.outcomes import outcomes
from projections.queue_board import queue_board
from projections.recordings import recordings
from projections.schema import Projection
from projections.scripts import scripts
from projections.text_search import text_search
from projections.ticket_board import ticket_board

PROJECTIONS: dict[str, Projection] = {
    projection.name: projection
    for projection in (
        customer_history,
        ticket_board,
        agent_board,
        queue_board,
        pending_notifications,
        deliveries,
        figures,
        follow_ups,
        alerts,
        outcomes,
        scripts,
        contact_measures,
        agent_measures,
        matter_measures,
        recordings,
        text_search,
    )
}
