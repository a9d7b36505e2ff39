"""Whether a customer wants texts, as the log has it at the moment of sending."""

from __future__ import annotations

from domain.customer.events import ConsentGiven, ConsentWithdrawn, CustomersMerged, CustomersUnmerged
from domain.delivery.request import TEXTS
from domain.ports import Log
from domain.stream import stream_of


async def has_said_stop(log: Log, customer_id: str) -> bool:
    """Also where it was the customer whom this one was merged into who said it."""
    stopped, merged_into = await _last_said(log, customer_id)
    if stopped or not merged_into:
        return stopped
    return (await _last_said(log, merged_into))[0]


async def _last_said(log: Log, customer_id: str) -> tuple[bool, str]:
    """Whether the customer wants no texts, and whom they are merged into; nothing personal is opened for it."""
    stopped, merged_into = False, ""
    for recorded in await log.read_stream(stream_of("customer", customer_id)):
        match recorded.event:
            case ConsentWithdrawn(purpose=purpose) if purpose == TEXTS:
                stopped = True
            case ConsentGiven(purpose=purpose) if purpose == TEXTS:
                stopped = False
            case CustomersMerged() as merged if merged.merged_id == customer_id:
                merged_into = merged.customer_id
            case CustomersUnmerged() as parted if parted.merged_id == customer_id:
                merged_into = ""
            case _:
                pass
    return stopped, merged_into
