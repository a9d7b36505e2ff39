"""A complete example of an event, every field filled, for its golden file."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from domain.event import Event
from domain.personal import Erased, Sealed
from tests.domain.documents import centre, project

MOMENT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
CUSTOMER = "0195f2b0-0000-7000-8000-000000000001"

_TEXTS = {
    "customer_id": CUSTOMER,
    "agent_id": "anna",
    "from_agent": "anna",
    "account_id": "account-anna",
    "leg": "1",
    "to_leg": "2",
    "queue": "billing",
    "department": "technical",
    "from_department": "billing",
    "mailbox": "help",
    "site": "paris",
    "skill": "french",
    "profile_name": "mixed",
    "language": "fr",
    "number": "T-7K3M-Q2XA",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "policy": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "strategy": "longest_idle",
    "media_type": "application/pdf",
    "code": "451",
    "roles": "agent",
    "status": "5.1.1",
    "interrupts": "sms",
    "languages": "fr",
    "also": "technical",
    "sites": "paris",
    "centre": "demo",
    "preferred": "anna",
    "asked_agent": "boris",
    "joined_agent": "boris",
    "to_agent": "boris",
}
_KEYS = {
    "roles": "hotline",
    "skills": "french",
    "channels": "email",
    "queues": "hotline/billing",
    "excluded": "state",
    "params": "number",
}
_NUMBERS = {"agent_score": 5, "company_score": 4, "size": 48_213, "target": 14_400, "age_credit": 0, "revision": 3}
#: What every personal field says, so that its opening can be checked for ever.
PERSONAL = "Zażółć gęślą jaźń, déjà vu — Пётр «漢字»"


def sample(event: type[Event]) -> Event:
    """An event of this class in plain."""
    return event.model_validate(_fields(event))


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    if "document" in model.model_fields:
        document = centre() if model.__name__ == "CentreConfigured" else project()
        return {"document": document.model_dump(mode="json"), "sha256": _TEXTS["sha256"], "revision": 3}
    personal = model.personal if issubclass(model, Event) else ()
    return {
        name: PERSONAL if name in personal else _value(field.annotation, name)
        for name, field in model.model_fields.items()
    }


def _value(annotation: Any, name: str) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(arguments[0], name)
    if origin in (Union, types.UnionType):
        return _value(next(a for a in arguments if a not in (type(None), Sealed, Erased)), name)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return (_value(arguments[0], name),)
    if origin in (dict, Mapping):
        return {_KEYS[name]: _value(arguments[1], name)}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _fields(annotation)
    simple = {datetime: MOMENT, bool: True, float: 12.5, int: _NUMBERS.get(name, 2)}
    return simple[annotation] if annotation in simple else _TEXTS.get(name, f"{name.replace('_', '-')}-1")
