"""Who has been silent for long: one of whom another part still has an open matter, or wrote lately, has not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.centre.documents import ProjectDocument
from domain.customer.events import CustomerRegistered, CustomersMerged, CustomersUnmerged
from domain.enclosing import SentFile
from domain.event import Event, Proposed
from domain.interaction.events import CustomerRecognised, InteractionClosed, InteractionStarted, MessageSent
from domain.ports import Change
from infra.documents import check_files
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.retention import due

EXAMPLE = Path(__file__).parents[2] / "examples" / "small.yaml"
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
REGISTERED = [CustomerRegistered(customer_id=one, provisional=False, language="en") for one in ("ada", "old_ada")]
MERGED = CustomersMerged(customer_id="ada", merged_id="old_ada")
UNMERGED = CustomersUnmerged(customer_id="ada", merged_id="old_ada")
RECOGNISED = CustomerRecognised(interaction_id="i", customer_id="ada", how="asked")
CLOSED = InteractionClosed(interaction_id="i", reason="done")


def started(customer_id: str) -> InteractionStarted:
    return InteractionStarted(
        interaction_id="i",
        channel="email",
        direction="inbound",
        customer_id=customer_id,
        ticket_id="t",
        entry="box",
        language="en",
    )


@pytest.mark.parametrize(
    ("happened", "silent"),
    [
        ([started("old_ada"), MERGED], []),
        ([started("old_ada"), MERGED, CLOSED], ["ada"]),
        ([started("old_ada"), MERGED, UNMERGED], ["ada"]),
        ([started("old_ada"), RECOGNISED], ["old_ada"]),
    ],
)
async def test_who_is_one_with_somebody_with_an_open_matter_is_kept(happened: list[Event], silent: list[str]) -> None:
    log = MemoryLog(MemoryKeyring())
    proposed = [
        Proposed(event, f"event-{number}", "shop", "corner_shop", "test", BEGAN, "cause", "chain")
        for number, event in enumerate([*REGISTERED, *happened])
    ]
    await log.append(Change("interaction-i", 0, proposed))
    (shop,) = check_files([EXAMPLE]).projects
    ruled = ProjectDocument.model_validate({**shop.model_dump(), "retention": {"customers": 30}})
    (found,) = await due(log, {"shop": ruled}, BEGAN + timedelta(days=31))
    assert found.customers == silent


async def test_files_that_went_out_with_a_reply_are_let_go_like_those_that_came_in() -> None:
    log = MemoryLog(MemoryKeyring())
    file = SentFile(reference="f" * 32, media_type="application/pdf", size=3, owner="ada")
    reply = MessageSent(
        interaction_id="i",
        customer_id="old_ada",
        message_id="m",
        leg="1",
        agent_id="anna",
        delivery_id="d",
        subject="Invoice",
        text="See here.",
        files=(file,),
        file_names="invoice.pdf",
    )
    proposed = [
        Proposed(event, f"event-{number}", "shop", "corner_shop", "test", BEGAN, "cause", "chain")
        for number, event in enumerate([*REGISTERED, started("old_ada"), reply])
    ]
    await log.append(Change("interaction-i", 0, proposed))
    (shop,) = check_files([EXAMPLE]).projects
    ruled = ProjectDocument.model_validate({**shop.model_dump(), "retention": {"attachments": 10}})
    for days, gone in ((9, []), (11, [("ada", "f" * 32)])):
        (found,) = await due(log, {"shop": ruled}, BEGAN + timedelta(days=days))
        assert found.attachments == gone
