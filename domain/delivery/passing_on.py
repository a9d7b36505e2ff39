"""Passing on what a caller left word of: the mail to whom the message is for."""

from __future__ import annotations

from typing import NamedTuple

from domain.centre.configuration import Project
from domain.decide import Moment, Outcome
from domain.delivery.events import NotificationRequested
from domain.interaction.state import Interaction


class MessageSound(NamedTuple):
    """The sound of a message that a caller left, as it lies in the store; `seconds` long."""

    recording_id: str
    reference: str
    media_type: str
    seconds: int


def message_taken(
    interaction: Interaction,
    customer_id: str,
    caller: str,
    recipient: str,
    address: str,
    sound: MessageSound,
    project: Project,
    at: Moment,
) -> Outcome:
    """The mail that passes a message on; nothing where the project has no mailbox to send from.

    It is the caller's personal data, so it goes with them when they are erased before it is sent.
    """
    status = project.configured.status
    sender = status.sender if status is not None else next(iter(project.configured.mailboxes), "")
    if not sender:
        return Outcome()
    delivery_id = at.new_id()
    request = NotificationRequested(
        delivery_id=delivery_id,
        kind="message_taken",
        channel="email",
        customer_id=customer_id,
        ticket_id=interaction.ticket_id,
        interaction_id=interaction.interaction_id,
        mailbox=sender,
        language=project.configured.language,
        params={
            "project": project.configured.title,
            "recipient": recipient,
            "seconds": str(sound.seconds),
            "recording_id": sound.recording_id,
            "reference": sound.reference,
            "media_type": sound.media_type,
        },
        to=address,
        name=recipient,
        subject="",
        body=caller,
        thread="",
    )
    return Outcome().add("delivery", delivery_id, request)
