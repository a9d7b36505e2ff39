"""A peer follows the log: in order, from when it was named on, again after faults, parked with a reason, replayed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from channels.webhooks.addresses import networks
from channels.webhooks.posting import Poster
from domain.centre.documents import ProjectDocument
from domain.customer.contact import contact
from domain.customer.decide import EraseCustomer, RecogniseCustomer
from domain.execute import Executor, Origin
from infra.accounts.database import SqliteDatabase
from infra.apply_documents import apply_documents, in_force
from infra.clock import SteadyClock, system_clock
from infra.configured import Configured
from infra.documents import check_files
from infra.keys.fingerprints import HmacFingerprints
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from infra.settings import WebhookSecret
from infra.stores import new_id
from infra.webhooks.standing import Standings
from infra.webhooks.telling import ATTEMPTS, Telling
from tests.channels.webhooks.peer import SECRET, Peer, peer
from tests.processes.starting import ADMIN, EXAMPLE


class LaterClock:
    """The machine's clock, which a test sets ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self):  # type: ignore[no-untyped-def]
        return system_clock() + self.ahead


@dataclass(slots=True)
class World:
    executor: Executor
    log: MemoryLog
    configured: Configured
    telling: Telling
    standings: Standings
    clock: LaterClock
    peer: Peer

    async def name(self, **webhook: object) -> None:
        """Apply the shop's document with this webhook."""
        checked = check_files([EXAMPLE])
        one = {"url": self.peer.url, "events": ["customer.*"], **webhook}
        projects = [
            ProjectDocument.model_validate({**p.model_dump(), "webhooks": {"crm": one}}) for p in checked.projects
        ]
        known = await in_force(self.log, checked.centres, projects)
        expected = {stream: one.revision for stream, one in known.items()}
        await apply_documents(self.executor, checked.centres, projects, ADMIN, expected=expected)
        await self.configured.catch_up()

    async def register(self, name: str) -> str:
        address = contact(HmacFingerprints(b"k" * 32), "shop", "email", f"{name}@example.org")
        done = await self.executor.execute(RecogniseCustomer(contact=address, name=name, language="en"), ADMIN)
        return done.result["customer_id"]

    async def tell(self) -> None:
        """Let the telling go until it waits."""
        (endpoint,) = self.telling.endpoints()
        while await self.telling.step(endpoint):
            pass

    def told(self) -> list[dict]:  # type: ignore[type-arg]
        return [json.loads(one.body) for one in self.peer.requests]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    keyring, clock = MemoryKeyring(), LaterClock()
    log = MemoryLog(keyring)
    opener = KeyOpener(keyring)
    executor = Executor(log, opener=opener, clock=SteadyClock(clock), new_id=new_id)
    configured, standings = Configured(log), Standings(SqliteDatabase(":memory:"))
    poster = Poster(networks(["127.0.0.0/8"]))
    telling = Telling(
        log=log, opener=opener, configured=configured, standings=standings, poster=poster, clock=clock,
        secrets={"shop/crm": WebhookSecret.model_validate({"secret": SECRET})},
    )  # fmt: skip
    async with peer() as one:
        yield World(executor, log, configured, telling, standings, clock, one)
    await poster.close()
    await log.close()


def registrations(told: list[dict]) -> list[dict]:  # type: ignore[type-arg]
    return [one for one in told if one["type"] == "customer.registered.v1"]


async def test_a_peer_is_told_what_happens_after_it_was_named_in_order_and_without_personal_data(world: World) -> None:
    checked = check_files([EXAMPLE])
    await apply_documents(world.executor, checked.centres, checked.projects, ADMIN)
    await world.register("before")
    await world.name()
    ids = [await world.register(name) for name in ("ada", "boris", "chloe")]
    await world.tell()
    told = registrations(world.told())
    assert [one["data"]["customer_id"] for one in told] == ids
    assert {one["data"]["name"] for one in told} == {None}
    assert b"example.org" not in b"".join(one.body for one in world.peer.requests)
    assert all(one.headers["webhook-id"].startswith("msg_") for one in world.peer.requests)


async def test_a_peer_that_may_know_people_is_told_their_names_until_they_are_erased(world: World) -> None:
    await world.name(personal=True)
    ada = await world.register("ada")
    await world.tell()
    assert registrations(world.told())[0]["data"]["name"] == "ada"
    await world.executor.execute(EraseCustomer(customer_id=ada), Origin(project="shop", pool="corner_shop", actor="t"))
    world.telling.opener._keyring.destroy([ada])  # type: ignore[attr-defined]
    await world.standings.replay("shop/crm", 0)
    await world.tell()
    assert registrations(world.told())[-1]["data"]["name"] is None


async def test_a_peer_that_is_away_gets_everything_later_in_order_and_nothing_is_skipped(world: World) -> None:
    await world.name()
    world.peer.status = 503
    first = await world.register("ada")
    second = await world.register("boris")
    await world.tell()
    before = len(world.peer.requests)
    await world.tell()
    assert len(world.peer.requests) == before, "it is not tried again before its pause is over"
    world.peer.status = 200
    world.clock.ahead = timedelta(hours=1)
    await world.tell()
    told = registrations(world.told())
    assert [one["data"]["customer_id"] for one in told] == [first, first, second]
    ids = [one.headers["webhook-id"] for one in world.peer.requests]
    assert ids[0] == ids[1], "the same message bears the same id in every attempt"


async def test_after_its_last_attempt_a_message_is_parked_with_its_reason_and_the_next_has_its_turn(
    world: World,
) -> None:
    await world.name()
    world.peer.status = 500
    await world.register("ada")
    for hour in range(ATTEMPTS):
        world.clock.ahead = timedelta(hours=10 * hour)
        await world.tell()
    parked = await world.standings.parked("shop/crm")
    assert parked[0].reason == "answered 500"
    assert parked[0].attempts == ATTEMPTS
    world.peer.status = 200
    assert await world.standings.replay_parked("shop/crm") == len(parked)
    await world.tell()
    assert await world.standings.parked("shop/crm") == []


async def test_what_a_peer_refuses_is_parked_at_once_and_holds_nobody_up(world: World) -> None:
    await world.name()
    world.peer.status = 400
    await world.register("ada")
    await world.tell()
    world.peer.status = 200
    await world.register("boris")
    await world.tell()
    assert {one.reason for one in await world.standings.parked("shop/crm")} == {"answered 400"}
    assert world.peer.requests[-1].headers


async def test_a_replay_tells_the_same_messages_under_the_same_ids(world: World) -> None:
    await world.name()
    await world.register("ada")
    await world.tell()
    first = [one.headers["webhook-id"] for one in world.peer.requests]
    assert await world.standings.replay("shop/crm", 0)
    await world.tell()
    assert [one.headers["webhook-id"] for one in world.peer.requests][-len(first) :] == first


async def test_a_webhook_without_a_secret_tells_nobody(world: World) -> None:
    await world.name()
    world.telling.secrets = {}
    assert world.telling.endpoints() == []


def test_an_event_that_does_not_exist_is_a_fault_that_names_the_likeliest(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = EXAMPLE.read_text()
    hook = "webhooks:\n  crm: {url: https://crm.example/, events: [ticket.opend.v1]}\n"
    file = tmp_path / "shop.yaml"
    file.write_text(text.replace("\nproject:", f"\n{hook}project:", 1) if "\nproject:" in text else text + hook)
    found = [one for one in check_files([file]).findings if one.severity == "fault"]
    assert [one.what for one in found] == ["there is no event 'ticket.opend.v1'"]
    assert "ticket.opened.v1" in found[0].mend
