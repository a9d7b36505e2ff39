"""How ratings were stored before customers could rate agent and company apart."""

from __future__ import annotations

from domain.upcasting import Data, upcaster


@upcaster("ticket.service_rated.v1", "ticket.service_rated.v2")
def rated_apart(data: Data) -> Data:
    """Version 1 asked one question, about the agent; of the company it says nothing."""
    kept = {name: value for name, value in data.items() if name != "score"}
    return {**kept, "agent_score": data["score"], "company_score": None}
