"""The ways in: what a mailbox, a ticket's page and a number that takes texts have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.centre.configuration import Project
from domain.interaction.waiting_events import Channel
from domain.rejection import NotFound

Via = Literal["email", "page", "sms"]


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where what comes in goes. `mailbox` and `number` are names: from them the customer is written to later."""

    channel: Channel
    department: str
    language: str
    site: str
    #: What no person wrote and what belongs to nothing is filed, and nobody has to read it.
    files_automatic: bool
    mailbox: str = ""
    number: str = ""


def entrance(project: Project, via: Via, name: str) -> Entrance:
    """A project's mailbox or number. Raises `NotFound` (`mailbox`, `number`).

    What is written on the page of a ticket that came by text comes in as if to the mailbox that status mails come from.
    """
    document = project.configured
    if via == "sms":
        number = document.numbers.get(name)
        if number is None or number.texts is None:
            raise NotFound("number", name)
        return Entrance("sms", number.texts.department, number.language, number.site or "", True, number=name)
    if not name and via == "page" and document.status is not None:
        name = document.status.sender
    box = document.mailboxes.get(name)
    if box is None:
        raise NotFound("mailbox", name)
    files = box.automatic_mail == "file"
    return Entrance("email", box.department, box.language, box.site or "", files, mailbox=name)
