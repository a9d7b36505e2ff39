"""What a contact that ends in a certain way starts next: a ticket, a further contact, a text to the customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from domain.centre.routing import Document, Name, Seconds, Title

Words = Annotated[str, Field(min_length=1, max_length=500)]


class OutcomeTicket(Document):
    """A matter is opened for a department; where the contact has one already, that is passed on to it."""

    department: Name = Field(description="one of `departments`")
    subject: Title = Field(description="what a new one is called")


class OutcomeFollowUp(Document):
    """A further contact, for the agent who had this one or for a queue."""

    after: Seconds = Field(description="seconds from the end of the contact")
    channel: Literal["callback", "email"] = Field(default="callback", description="a call, or a letter on the ticket")
    to: Literal["agent", "queue"] = Field(default="agent", description="who had the contact, or who serves the queue")
    queue: Name | None = Field(default=None, description="one of `queues`; that of the contact without")
    about: Words = Field(description="what it is about")


class OutcomeCallback(Document):
    """The customer is called back at once by whoever serves the queue."""

    queue: Name | None = Field(default=None, description="one of `queues`; that of the contact without")
    about: Words = Field(description="what it is about")


class OutcomeRule(Document):
    """What is started; each part where it is there."""

    ticket: OutcomeTicket | None = None
    follow_up: OutcomeFollowUp | None = None
    callback: OutcomeCallback | None = None
    message: Words | None = Field(default=None, description="a text to the customer's telephone")

    def queues(self) -> Iterator[tuple[str, str]]:
        """The queues that are named, by the part that names each."""
        for part, one in (("follow_up", self.follow_up), ("callback", self.callback)):
            if one is not None and one.queue is not None:
                yield part, one.queue
