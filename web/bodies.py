"""What requests carry: every field bounded, unknown fields refused so that a typing error is not taken for nothing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from domain.centre.documents import Language, Name
from web.access import Role
from web.contacts import is_email

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100_000)]
Identity = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Password = Annotated[str, Field(max_length=200, json_schema_extra={"format": "password", "writeOnly": True})]


def _storable(value: Any) -> Any:
    """Raises `ValueError` for a text with a null character, which PostgreSQL stores in no column."""
    if "\x00" in value if isinstance(value, str) else "\\u0000" in json.dumps(value, default=str):
        raise ValueError("must not contain a null character")
    return value


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    _storable = field_validator("*")(_storable)


class SignInBody(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] = Field(
        examples=["anna"]
    )
    password: Password


class NewPasswordBody(Body):
    """`current` is needed to set one's own."""

    current: Password
    password: Password


class PasswordBody(Body):
    password: Password


class TokenBody(Body):
    """Limited to some of the account's roles; with none given, to all that it has."""

    label: Line = Field(examples=["nightly export"])
    roles: tuple[Role, ...] = ()
    expires_at: datetime | None = None


class AccountBody(Body):
    """`roles` by project, `*` for every project of the pool."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}$")
    ] = Field(examples=["anna"])
    password: Password
    agent_id: str = Field(default="", max_length=40, pattern=r"^([a-z][a-z0-9_]*)?$")
    roles: dict[str, tuple[Role, ...]] = Field(max_length=200, examples=[{"*": ["agent"]}])


class RolesBody(Body):
    roles: dict[str, tuple[Role, ...]] = Field(max_length=200, examples=[{"acme": ["supervisor"]}])


class ReasonBody(Body):
    reason: Line = Field(examples=["lunch"])


class DeclineBody(Body):
    reason: Words = ""


class ReplyBody(Body):
    """`after`: the `message_id` of the last message that its author had read.

    With it the reply is refused (`said_meanwhile`) where something was said since; without, it goes out whatever was.
    `by`: another way than that by which the customer wrote. `files`: of one's own draft, what goes along, by their ids;
    with one the text may be empty.
    """

    by: Literal["", "email", "sms"] = ""
    text: Annotated[str, StringConstraints(max_length=100_000)] = Field(
        default="", examples=["Good morning, your parcel left our depot today."]
    )
    after: Annotated[str, StringConstraints(max_length=64)] = ""
    files: tuple[Identity, ...] = Field(default=(), max_length=100)


class NoteBody(Body):
    text: Text


class CompleteBody(Body):
    """`ticket` says what becomes of the matter. Without a disposition, wrap-up asks for it where the queue has one."""

    ticket: Literal["resolve", "await_customer", "leave"] = "leave"
    disposition: str = Field(default="", max_length=40, examples=["answered"])


class WrapUpBody(Body):
    disposition: Name = Field(examples=["answered"])


class DepartmentBody(Body):
    department: Name


class ContactBody(Body):
    """An address of a customer. A telephone number in international form, `+48 22 123 45 67`."""

    kind: Literal["email", "phone", "customer_number"]
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]


class CustomerBody(Body):
    name: Line
    language: Language = "en"
    contacts: tuple[ContactBody, ...] = Field(min_length=1, max_length=20)


class NameBody(Body):
    name: Line


class FactBody(Body):
    name: Name = Field(examples=["household"])
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    source: Words = ""


class ConsentBody(Body):
    purpose: Name = Field(examples=["newsletter"])
    given: bool


class MergeBody(Body):
    """The other customer, shown under this one from now on."""

    merged_id: Identity


class CallbackBody(Body):
    """`due_at` with its zone, as in 2026-03-01T14:30:00+01:00; without it, as soon as possible.

    It must lie in opening hours; `GET …/callbacks/windows` tells the windows that customers choose from.
    """

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)] = Field(
        examples=["+48 22 123 45 67"]
    )
    name: Words = ""
    about: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""
    due_at: datetime | None = None
    due_until: datetime | None = Field(default=None, description="when the wanted window ends")
    notify: Annotated[str, StringConstraints(max_length=254)] = Field(
        default="", description="an e-mail address that is told how it stands; it is linked to no customer"
    )
    zone: str = Field(default="", description="IANA name of the zone on whose clock the customer is told of times")
    language: Language | None = None

    @field_validator("notify")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        if address and not is_email(address):
            raise ValueError("this is not an e-mail address; it looks like name@example.org")
        return address

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if zone and zone not in available_timezones():
            raise ValueError("this is not a time zone; it looks like Europe/Warsaw")
        return zone


class ReassignBody(Body):
    """Where the work goes: to a queue, or to an agent."""

    reason: Line = Field(examples=["Anna goes home early"])
    queue: Name | None = None
    to_agent: Name | None = None


class FollowUpBody(Body):
    """A further contact about a ticket or a customer. `due_at` with its zone, as in 2026-03-01T14:30:00+01:00.

    Without `agent_id` it is for whoever serves the queue; without `queue` for that of the ticket's department.
    """

    ticket_id: Identity | None = None
    customer_id: Identity | None = None
    agent_id: Name | None = None
    queue: Name | None = None
    channel: Literal["callback", "email"] = "callback"
    due_at: datetime
    minutes: int = Field(default=15, ge=1, le=24 * 60)
    about: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class MoveBody(Body):
    """Without `agent_id` it stays with whom it is; empty: it is left to the queue."""

    due_at: datetime
    agent_id: Annotated[str, StringConstraints(max_length=40, pattern=r"^([a-z][a-z0-9_]*)?$")] | None = None


class DocumentBody(Body):
    """A whole document, applied on top of the revision that its author had seen (0: the first)."""

    document: dict[str, Any]
    expected_revision: int = Field(ge=0)
