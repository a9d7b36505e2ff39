"""Customers: registering, knowing, merging, forgetting."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from domain.customer.decide import (
    EraseCustomer,
    IdentifyCustomer,
    LinkContactPoint,
    MergeCustomers,
    RecordFact,
    RegisterCustomer,
    SetConsent,
    UnmergeCustomers,
)
from web.access import Caller, Permission
from web.bodies import ConsentBody, ContactBody, CustomerBody, FactBody, MergeBody, NameBody
from web.contacts import read_contact
from web.doors import Wired
from web.guard import Requires
from web.sending import COMMAND_PROBLEMS, Accepted, Send

router = APIRouter(prefix="/api/projects/{project}/customers", tags=["customers"], responses=COMMAND_PROBLEMS)
Writing = Annotated[Caller, Depends(Requires(Permission.WRITE_CUSTOMERS))]
Erasing = Annotated[Caller, Depends(Requires(Permission.ERASE_CUSTOMERS))]


@router.post("")
async def register_customer(project: str, body: CustomerBody, caller: Writing, doors: Wired, send: Send) -> Accepted:
    """Register a customer with at least one address that is nobody's yet."""
    contacts = tuple(read_contact(doors.fingerprints, project, c.kind, c.address) for c in body.contacts)
    customer_id = doors.new_id()
    command = RegisterCustomer(customer_id=customer_id, name=body.name, language=body.language, contacts=contacts)
    return await send(caller, command, project=project, also={"customer_id": customer_id})


@router.post("/{customer_id}/identify")
async def identify_customer(project: str, customer_id: str, body: NameBody, caller: Writing, send: Send) -> Accepted:
    """Say who a provisional customer is."""
    return await send(caller, IdentifyCustomer(customer_id=customer_id, name=body.name), project=project)


@router.post("/{customer_id}/contact-points")
async def link_contact_point(
    project: str, customer_id: str, body: ContactBody, caller: Writing, doors: Wired, send: Send
) -> Accepted:
    """Add an address that the customer is reached at or recognised by."""
    contact = read_contact(doors.fingerprints, project, body.kind, body.address)
    return await send(caller, LinkContactPoint(customer_id=customer_id, contact=contact), project=project)


@router.post("/{customer_id}/facts")
async def record_fact(project: str, customer_id: str, body: FactBody, caller: Writing, send: Send) -> Accepted:
    """Record something known of the customer; replaces an earlier value under the same name."""
    command = RecordFact(
        customer_id=customer_id, name=body.name, value=body.value, source=body.source or caller.signature
    )
    return await send(caller, command, project=project)


@router.post("/{customer_id}/consents")
async def set_consent(project: str, customer_id: str, body: ConsentBody, caller: Writing, send: Send) -> Accepted:
    """Record that the customer gave or withdrew consent."""
    command = SetConsent(customer_id=customer_id, purpose=body.purpose, given=body.given)
    return await send(caller, command, project=project)


@router.post("/{customer_id}/merge")
async def merge_customers(project: str, customer_id: str, body: MergeBody, caller: Writing, send: Send) -> Accepted:
    """Show another customer's history under this one; can be undone."""
    command = MergeCustomers(customer_id=customer_id, merged_id=body.merged_id)
    return await send(caller, command, project=project)


@router.post("/{customer_id}/unmerge")
async def unmerge_customers(project: str, customer_id: str, body: MergeBody, caller: Writing, send: Send) -> Accepted:
    """They are two after all."""
    command = UnmergeCustomers(customer_id=customer_id, merged_id=body.merged_id)
    return await send(caller, command, project=project)


@router.post("/{customer_id}/erase")
async def erase_customer(project: str, customer_id: str, caller: Erasing, send: Send) -> Accepted:
    """Forget the customer and everybody merged into it. This cannot be undone."""
    return await send(caller, EraseCustomer(customer_id=customer_id), project=project)
