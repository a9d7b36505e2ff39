"""Whoever was erased is named by the fault: the one write path blanks exactly their fields."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.customer.events import CustomerIdentified
from domain.event import Proposed
from domain.personal import Sealed
from domain.ports import Change, KeyDestroyed
from infra.keys.memory import MemoryKeyring
from infra.log.mapper import EventMapper

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def change(name: str | Sealed) -> Change:
    event = CustomerIdentified(customer_id="ada", name=name)
    return Change("customer-ada", 0, [Proposed(event, "e1", "shop", "pool", "test", NOW, "", "")])


@pytest.mark.parametrize("passed_on", [False, True], ids=["plain", "passed on sealed"])
def test_an_erased_customers_text_is_refused_and_the_fault_names_the_customer(passed_on: bool) -> None:
    keyring = MemoryKeyring()
    home = "customer.identified.v1/name/e0"
    sealed = keyring.seal("ada", '"Ada"', home)
    token = f"{home}~{sealed}"
    keyring.destroy(["ada"])
    with pytest.raises(KeyDestroyed) as fault:
        EventMapper(keyring).encode([change(Sealed(sealed=token) if passed_on else "Ada")])
    assert fault.value.customer_id == "ada"
