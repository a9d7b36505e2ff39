"""How long a project keeps what it knows of people. Without rules everything is kept."""

from __future__ import annotations

from pydantic import Field

from domain.centre.routing import Document


class Retention(Document):
    """`trunkline retention` does what is due by these rules; nothing goes by itself. Days are of 24 hours."""

    attachments: int | None = Field(
        default=None, ge=1, le=36_500, description="days after which raw mails and attachments are removed"
    )
    customers: int | None = Field(
        default=None,
        ge=30,
        le=36_500,
        description="days without anything new after which a customer with no open matter is erased",
    )
