"""One search over everything that an agent may need: customers, tickets, notes, messages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from projections.queries import (
    CustomerFound,
    TextFound,
    TicketView,
    find_customers,
    find_texts,
    ticket_by_number,
)
from web.access import Caller, Permission
from web.guard import Requires
from web.queries import Ask
from web.sending import COMMAND_PROBLEMS

router = APIRouter(
    prefix="/api/projects/{project}",
    tags=["desk"],
    responses={k: v for k, v in COMMAND_PROBLEMS.items() if k in (401, 403, 404, 422, 503)},
)
Searching = Annotated[Caller, Depends(Requires(Permission.READ_CUSTOMERS))]
Typed = Annotated[str, Query(min_length=1, max_length=200, description="What was typed: words, a number, an address.")]
Most = Annotated[int, Query(ge=1, le=50, description="Of each kind, at most 50.")]


class SearchView(BaseModel):
    """What was found, of each kind the best or latest first."""

    customers: tuple[CustomerFound, ...]
    tickets: tuple[TicketView, ...]
    texts: tuple[TextFound, ...]


@router.get("/search")
async def search(project: str, q: Typed, caller: Searching, ask: Ask, limit: Most = 10) -> SearchView:
    """Customers by name, address or number; a ticket by its number; tickets, notes and messages by their words."""
    customers = await ask(find_customers, project, q, limit=limit)
    found = await ask(ticket_by_number, project, q)
    texts = await ask(find_texts, project, q, limit=limit)
    return SearchView(customers=customers, tickets=(found,) if found else (), texts=texts)
