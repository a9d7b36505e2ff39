"""Forgetting a customer: every row that a table says is theirs is deleted, or blanked where the row must stay.

Rows hold an empty text where personal data was erased, whether the key was destroyed before the event was
projected or after: so rows rebuilt after an erasure equal those that were live during it.
"""

from __future__ import annotations

from typing import Any

from domain.customer.events import CustomerErased
from domain.event import Recorded
from domain.personal import plain
from domain.ports import Rows
from projections.schema import Projection, Table


def text_of(value: Any) -> str:
    """The text of an opened personal field, empty where it was erased. Raises `TypeError` for a sealed one.

    A NUL, which customers' mails may hold and PostgreSQL's texts may not, reads as a replacement character.
    """
    text = plain(value, otherwise="")
    return text.replace("\0", "\ufffd") if "\0" in text else text


def forgets(projection: Projection) -> None:
    """Let the projection forget erased customers, in every table that names an owner."""
    owned = owned_tables(projection)

    @projection.on(CustomerErased)
    def forget(_recorded: Recorded, event: CustomerErased, rows: Rows) -> None:  # pyright: ignore[reportUnusedFunction]
        for customer_id in dict.fromkeys((event.customer_id, *event.erased_ids)):
            for table in owned:
                forget_rows(table, customer_id, rows)


def owned_tables(projection: Projection) -> tuple[Table, ...]:
    """The tables whose rows change when a customer is erased."""
    return tuple(table for table in projection.tables if table.owner and table.on_erasure != "keep")


def forget_rows(table: Table, customer_id: str, rows: Rows) -> None:
    """Delete or blank the rows of one table that belong to a customer."""
    blank = {column.name: "" for column in table.columns if column.personal}
    for row in rows.find(table.name, **{table.owner: customer_id}):
        if table.on_erasure == "delete":
            rows.delete(table.name, tuple(row[column] for column in table.key))
        else:
            rows.put(table.name, {**row, **blank})
