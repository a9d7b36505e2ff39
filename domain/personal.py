"""Personal data: fields that are stored only sealed under their customer's key.

A field typed `Personal[str]` holds plaintext on its way into the log and in events that were opened for
a reader with a right to it. As read from the log it holds a `Sealed` token: code that has no business
with it (the router, the relay) passes it on without ever seeing what it says. When the key is
destroyed, the token can never be opened again and readers see `Erased`.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict


class Sealed(BaseModel):
    """Ciphertext under one customer's key: version, nonce, AES-GCM ciphertext and tag, base64."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sealed: str


class Erased(BaseModel):
    """What stands where personal data stood, once its customer's key has been destroyed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    erased: bool = True

    def __str__(self) -> str:
        return "[erased]"


class PersonalMark:
    """Marks a field's annotation as personal."""


T = TypeVar("T")
Personal = Annotated[T | Sealed | Erased, PersonalMark()]


def personal_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Names of the fields of `model` declared `Personal[...]`, in order of declaration."""
    return tuple(
        name
        for name, field in model.model_fields.items()
        if any(isinstance(mark, PersonalMark) for mark in field.metadata) or _is_marked(field.annotation)
    )


def _is_marked(annotation: Any) -> bool:
    """Whether a mark stands anywhere inside, as in `Personal[str] | None`."""
    marks = getattr(annotation, "__metadata__", ())
    return any(isinstance(mark, PersonalMark) for mark in marks) or any(map(_is_marked, get_args(annotation)))


def plain(value: Any, otherwise: str = "[erased]") -> str:
    """The text of an opened personal field; `otherwise` where it was erased or is empty.

    Raises `TypeError` for a field that is still sealed: whoever reads it forgot to open it, which must
    not end as ciphertext on a screen.
    """
    if isinstance(value, Sealed):
        raise TypeError("this personal field is sealed; open the event with the keyring before reading it")
    return otherwise if value is None or isinstance(value, Erased) else str(value)
