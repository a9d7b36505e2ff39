"""Queries: the boards, tickets and customers, as the read models hold them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from projections.queries import (
    AgentView,
    CustomerCard,
    CustomerFound,
    DeliveryView,
    QueueLength,
    Separation,
    TicketEntry,
    TicketView,
    TimelineEntry,
    WaitingWork,
    WorkItem,
    agent,
    agents,
    customer_by_fingerprint,
    customer_card,
    deliveries_of_ticket,
    find_customers,
    queue_lengths,
    separation,
    ticket,
    ticket_by_number,
    ticket_history,
    tickets,
    timeline,
    waiting_work,
    work_of,
)
from projections.reading import Page
from web.access import Caller, Permission, own_agent
from web.contacts import read_contact
from web.doors import Wired
from web.guard import Requires, of_project
from web.problem import Problem, not_found
from web.queries import Ask, Cursor, Limit
from web.sending import COMMAND_PROBLEMS

router = APIRouter(
    prefix="/api", responses={k: v for k, v in COMMAND_PROBLEMS.items() if k in (401, 403, 404, 422, 503)}
)
V = TypeVar("V", bound=BaseModel)
Working = Annotated[Caller, Depends(Requires(Permission.WORK))]
Present = Annotated[Caller, Depends(Requires(Permission.READ_PRESENCE))]
Tickets = Annotated[Caller, Depends(Requires(Permission.READ_TICKETS))]
Customers = Annotated[Caller, Depends(Requires(Permission.READ_CUSTOMERS))]
Queues = Annotated[Caller, Depends(Requires(Permission.READ_PRESENCE))]
Status = Literal["open", "awaiting_customer", "resolved", "closed"]

#: Columns that hold what customers said or who they are; blank for callers who may not see them.
PERSONAL = frozenset({"subject", "comment", "customer_name", "text", "title"})


def shown(view: V, caller: Caller, project: str) -> V:
    """The view, without what the caller may not see."""
    if caller.may(Permission.OPEN_PERSONAL, project):
        return view
    blank: dict[str, Any] = dict.fromkeys(PERSONAL & type(view).model_fields.keys(), "")
    return view.model_copy(update=blank)


class Work(BaseModel):
    """What rings at the agent and what is in hand, in the order in which it was offered."""

    items: tuple[WorkItem, ...]


class Found(BaseModel):
    items: tuple[CustomerFound, ...]


class QueueBoard(BaseModel):
    items: tuple[QueueLength, ...]


class Deliveries(BaseModel):
    items: tuple[DeliveryView, ...]


@router.get("/work", tags=["agents"])
async def my_work(caller: Working, ask: Ask) -> Work:
    """One's own offers and work, across projects, with customer and ticket: what an agent's desk shows first."""
    return Work(items=await ask(work_of, own_agent(caller)))


def _seen(view: AgentView, caller: Caller) -> AgentView:
    """Work for projects that the caller has no role in is left out; what it is about only those see who may."""
    work = tuple(shown(item, caller, item.project) for item in view.work if caller.roles(item.project))
    return view.model_copy(update={"work": work})


@router.get("/agents", tags=["agents"])
async def list_agents(caller: Present, ask: Ask, cursor: Cursor = None, limit: Limit = 100) -> Page[AgentView]:
    """The agent board: presence, room on each channel, work in hand."""
    page = await ask(agents, caller.pool, cursor=cursor, limit=limit)
    return Page(items=tuple(_seen(view, caller) for view in page.items), next=page.next)


@router.get("/agents/{agent_id}", tags=["agents"])
async def get_agent(agent_id: str, caller: Present, ask: Ask) -> AgentView:
    """One agent of the board."""
    found = await ask(agent, agent_id)
    if found is None or found.pool != caller.pool:
        raise not_found("agent", agent_id)
    return _seen(found, caller)


@router.get("/projects/{project}/queues", tags=["queues"])
async def list_queues(project: str, caller: Queues, doors: Wired, ask: Ask) -> QueueBoard:
    """How much waits in each queue, and since when."""
    return QueueBoard(items=await ask(queue_lengths, project, doors.clock()))


@router.get("/projects/{project}/queues/{queue}/waiting", tags=["queues"])
async def list_waiting(
    project: str, queue: str, caller: Queues, ask: Ask, cursor: Cursor = None, limit: Limit = 50
) -> Page[WaitingWork]:
    """What waits in a queue, the longest wait first."""
    return await ask(waiting_work, project, queue, cursor=cursor, limit=limit)


@router.get("/projects/{project}/tickets", tags=["tickets"])
async def list_tickets(
    project: str,
    caller: Tickets,
    ask: Ask,
    status: Status = "open",
    department: Annotated[str | None, Query(max_length=40)] = None,
    number: Annotated[str | None, Query(max_length=20, description="As people say it: T-2BCD-EFGH.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[TicketView]:
    """The ticket board in one state, the nearest deadline first; or the one ticket with this number."""
    if number is not None:
        found = await ask(ticket_by_number, project, number)
        return Page(items=(shown(found, caller, project),) if found else ())
    page = await ask(tickets, project, status, department=department, cursor=cursor, limit=limit)
    return Page(items=tuple(shown(view, caller, project) for view in page.items), next=page.next)


@router.get("/projects/{project}/tickets/{ticket_id}", tags=["tickets"])
async def get_ticket(project: str, ticket_id: str, caller: Tickets, ask: Ask) -> TicketView:
    """One ticket: state, department, deadline, next action."""
    found = await ask(ticket, ticket_id)
    if found is None or found.project != project:
        raise not_found("ticket", ticket_id)
    return shown(found, caller, project)


@router.get("/projects/{project}/tickets/{ticket_id}/history", tags=["tickets"])
async def get_ticket_history(
    project: str,
    ticket_id: str,
    caller: Tickets,
    doors: Wired,
    ask: Ask,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[TicketEntry]:
    """What happened on a ticket, oldest first; notes only for those inside."""
    await of_project(doors, project, "ticket", ticket_id)
    internal = caller.may(Permission.OPEN_PERSONAL, project)
    page = await ask(ticket_history, ticket_id, internal=internal, cursor=cursor, limit=limit)
    return Page(items=tuple(shown(entry, caller, project) for entry in page.items), next=page.next)


@router.get("/projects/{project}/tickets/{ticket_id}/deliveries", tags=["tickets"])
async def get_ticket_deliveries(project: str, ticket_id: str, caller: Customers, doors: Wired, ask: Ask) -> Deliveries:
    """The mails sent for a ticket, and what became of each."""
    await of_project(doors, project, "ticket", ticket_id)
    return Deliveries(items=await ask(deliveries_of_ticket, ticket_id))


@router.get("/projects/{project}/customers", tags=["customers"])
async def search_customers(
    project: str,
    caller: Customers,
    doors: Wired,
    ask: Ask,
    q: Annotated[
        str | None, Query(max_length=200, description="The beginning of a name, address, telephone or customer number.")
    ] = None,
    phone: Annotated[str | None, Query(max_length=40)] = None,
    email: Annotated[str | None, Query(max_length=254)] = None,
    customer_number: Annotated[str | None, Query(max_length=80)] = None,
    limit: Limit = 20,
) -> Found:
    """Customers by what was typed (`q`), or the one whom an exact address leads to."""
    if q is not None:
        return Found(items=await ask(find_customers, project, q, limit=limit))
    for kind, address in (("phone", phone), ("email", email), ("customer_number", customer_number)):
        if address is not None:
            contact = read_contact(doors.fingerprints, project, kind, address)  # type: ignore[arg-type]
            card = await ask(customer_by_fingerprint, project, contact.fingerprint)
            return Found(items=(_found(card, kind),) if card else ())
    raise Problem(422, "nothing_to_look_for", "give one of q, phone, email, customer_number")


def _found(card: CustomerCard, kind: str) -> CustomerFound:
    return CustomerFound(
        customer_id=card.customer_id,
        name=card.name,
        provisional=card.provisional,
        by=kind,
        contact_points=card.contact_points,
    )


@router.get("/projects/{project}/customers/{customer_id}", tags=["customers"])
async def get_customer(project: str, customer_id: str, caller: Customers, ask: Ask) -> CustomerCard:
    """The card: who it is, addresses, facts, consents, open matters."""
    card = await ask(customer_card, project, customer_id)
    if card is None:
        raise not_found("customer", customer_id)
    return card


@router.get("/projects/{project}/customers/{customer_id}/separation/{merged_id}", tags=["customers"])
async def preview_separation(project: str, customer_id: str, merged_id: str, caller: Customers, ask: Ask) -> Separation:
    """Both records as they would be if one that was merged into the other were separated again; nothing is done."""
    found = await ask(separation, project, customer_id, merged_id)
    if found is None:
        raise not_found("customer merged into this one", merged_id)
    return found


@router.get("/projects/{project}/customers/{customer_id}/timeline", tags=["customers"])
async def get_timeline(
    project: str,
    customer_id: str,
    caller: Customers,
    doors: Wired,
    ask: Ask,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[TimelineEntry]:
    """Everything that happened with the customer on every channel, newest first."""
    await of_project(doors, project, "customer", customer_id)
    return await ask(timeline, project, customer_id, cursor=cursor, limit=limit)
