"""Which fields of an event are personal, and how they are sealed and opened.

A token names its own home, `wire/field/event id`, and is bound to it by authentication: one that was
moved to another event is told by its name, one whose name was altered does not open.
"""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any, NamedTuple, cast

from pydantic import TypeAdapter

from domain.event import Event
from domain.personal import Erased, Sealed
from domain.ports import KeyDestroyed, Keyring

SEPARATOR = "~"


class SealPlan(NamedTuple):
    """How the personal fields of one event class are turned into text and back."""

    fields: tuple[tuple[str, TypeAdapter[Any]], ...]

    @classmethod
    def of(cls, event: type[Event]) -> SealPlan:
        """Raises `TypeError` for a field that could not hold its sealed form."""
        return cls(tuple((name, _adapter(event, name)) for name in event.personal))


def _adapter(event: type[Event], name: str) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", event.model_fields[name].annotation))
    sealed = Sealed(sealed="probe")
    try:
        holds = adapter.validate_python(sealed) == sealed
    except ValueError:
        holds = False
    if not holds:
        raise TypeError(f"{event.wire}: field {name} must be Personal[...] as a whole, not inside a container")
    return adapter


def owner(event: Event) -> str:
    """The customer under whose key the personal fields of `event` lie."""
    return event.customer_id  # type: ignore[attr-defined]  # held by Event for every class with personal fields


def seal_field(keyring: Keyring, event: Event, event_id: str, name: str, adapter: TypeAdapter[Any]) -> str | None:
    """JSON of the sealed field; None where the field is empty.

    A value that came sealed from another event is opened and sealed for its new home: who passes a
    text on need not be able to read it.
    """
    value = getattr(event, name)
    if type(value) is str:  # most are, and this is on the path of every append
        text = encode_basestring(value)
    elif value is None:
        return None
    elif isinstance(value, Erased):
        return '{"erased":true}'
    elif isinstance(value, Sealed):
        found = open_text(keyring, owner(event), value)
        if found is None:
            raise KeyDestroyed(owner(event))
        text = found
    else:
        text = adapter.dump_json(value).decode()
    context = f"{event.wire}/{name}/{event_id}"
    token = keyring.seal(owner(event), text, context)  # base64: stands in JSON as it is
    return f'{{"sealed":{encode_basestring(context)[:-1]}{SEPARATOR}{token}"}}'


def open_text(keyring: Keyring, customer_id: str, value: Sealed) -> str | None:
    """The JSON text that was sealed, None when the key is gone. Raises `ValueError` on a forged token."""
    context, _, token = value.sealed.rpartition(SEPARATOR)
    return keyring.open(customer_id, token, context)


def home_of(value: Sealed) -> tuple[str, str, str]:
    """Wire name, field and event id that a token says it was sealed for; empty strings if it says nothing."""
    parts = value.sealed.rpartition(SEPARATOR)[0].split("/", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else ("", "", "")
