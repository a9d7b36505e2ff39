"""A project that takes and sends texts, and what customers write to it."""

from __future__ import annotations

from typing import Any

from domain.belonging import Referred
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.decide import Command
from domain.delivery.events import NotificationRequested
from domain.intake import ReceiveMessage
from domain.texts import TakeKeyword
from tests.domain.commands import PROJECT, phone, ready
from tests.domain.documents import BOTH, centre, project
from tests.domain.world import World

ADA, BORIS = "+48500100200", "+48500100300"


def numbers() -> dict[str, Any]:
    return {
        "main": {"number": "+48221112233", "title": "Main", "texts": {"department": "billing"}, "language": "pl"},
        "tech": {
            "number": "+33140112233",
            "title": "Tech",
            "texts": {"department": "technical", "help": "Call 0800 1."},
            "language": "fr",
        },
        "silent": {"number": "+48221112299", "title": "Silent", "texts": {"department": "sales"}, "language": "en"},
    }


def texting(world: World, **changes: Any) -> World:
    """Everybody is ready and takes texts, and the project has numbers for them."""
    profiles = {
        "mixed": {
            "capacity": 4,
            "channels": {"sms": {"concurrency": 2, "units": 1}, "email": {"concurrency": 2, "units": 1}},
            "queues": BOTH,
        }
    }
    agents = {
        n: {"name": n.title(), "site": "paris", "profile": "mixed", "skills": {"french": 5}}
        for n in ("anna", "boris", "clara")
    }
    document = project(numbers=numbers(), **changes)
    return world.given(
        ConfigureProject(document=document, expected_revision=1),
        ConfigureCentre(document=centre(profiles=profiles, agents=agents), expected_revision=1),
        *ready("anna", "boris", "clara"),
    )


def sms(body: str = "Where is my parcel?", sender: str = ADA, *, entry: str = "main", **fields: Any) -> Command:
    """A text; the two numbers are one conversation."""
    conversation = f"conversation:{entry}/{sender}"
    values: dict[str, Any] = {
        "project": PROJECT,
        "entry": entry,
        "via": "sms",
        "sender": phone(sender),
        "sender_name": "",
        "subject": "",
        "text": body,
        "external_id": "SM1",
        "fingerprint": conversation,
        "refers": Referred(fingerprints=(conversation,)),
    }
    return ReceiveMessage(**(values | fields))


def word(kind: Any, sender: str = ADA, *, entry: str = "main", **fields: Any) -> TakeKeyword:
    return TakeKeyword(project=PROJECT, entry=entry, sender=phone(sender), kind=kind, **fields)


def requested(events: list[Any]) -> list[tuple[str, str, str, str]]:
    """What is to be sent: channel, kind, from, to."""
    return [(e.channel, e.kind, e.mailbox, e.to) for e in events if isinstance(e, NotificationRequested)]
