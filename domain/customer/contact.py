"""How an address becomes a `Contact`: its normal form, fingerprinted within its project.

Every channel, form and search comes through here, so that one address leads to one customer wherever it was
said. The same address under two projects has two fingerprints: two clients' customers never meet.
"""

from __future__ import annotations

from domain.customer.decide import Contact
from domain.customer.events import ContactKind
from domain.ports import Fingerprints


def contact(fingerprints: Fingerprints, project: str, kind: ContactKind, address: str) -> Contact:
    """The contact of an address. Telephone numbers are expected in E.164 (`+48221234567`)."""
    normal = normal_address(kind, address)
    return Contact(kind=kind, address=normal, fingerprint=within(fingerprints, project, kind, normal))


def normal_address(kind: ContactKind, address: str) -> str:
    """The form under which an address is known.

    RFC 5321 lets the part before the @ distinguish case; no provider does and people do not, so we do not.
    """
    if kind == "email":
        return address.strip().lower()
    if kind == "phone":
        return "".join(address.split())
    return address.strip().upper()


def within(fingerprints: Fingerprints, project: str, kind: str, value: str) -> str:
    """The fingerprint of a value under one project, for every kind of key that a project has of its own."""
    return fingerprints(kind, f"{project}/{value}")


def callback_key(fingerprints: Fingerprints, project: str, queue: str, number: str) -> str:
    """The key that allows one open callback per number and queue."""
    return within(fingerprints, project, "callback", f"{queue}/{number}")
