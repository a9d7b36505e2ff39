"""Addresses as requests carry them, into contacts as the domain knows them."""

from __future__ import annotations

import re

from domain.customer.contact import contact
from domain.customer.decide import Contact
from domain.customer.events import ContactKind
from domain.ports import Fingerprints
from web.phones import BadNumber, e164
from web.problem import Problem

_EMAIL = re.compile(r"[^\s@<>(),;:\\\"]{1,64}@[^\s@<>(),;:\\\"]{1,255}")


def is_email(address: str) -> bool:
    return _EMAIL.fullmatch(address) is not None


def read_contact(fingerprints: Fingerprints, project: str, kind: ContactKind, address: str) -> Contact:
    """Raises `Problem` 422 for an address that cannot be one of its kind."""
    if kind == "email" and not is_email(address):
        raise Problem(422, "bad_address", "this is not an e-mail address; it looks like name@example.org")
    return contact(fingerprints, project, kind, read_number(address) if kind == "phone" else address)


def read_number(written: str) -> str:
    try:
        return e164(written)
    except BadNumber as fault:
        raise Problem(422, "bad_number", str(fault)) from fault
