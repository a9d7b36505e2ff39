"""What those do who keep a centre running: backup while people work, restore, doctor, migrate, growth, retention."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from domain.centre.documents import ProjectDocument
from domain.customer.decide import EraseCustomer
from domain.execute import Origin
from domain.personal import Erased
from infra.accounts.store import AccountStore
from infra.apply_documents import apply_documents, in_force
from infra.clock import system_clock
from infra.documents import check_files
from infra.retention import due, let_go
from infra.settings import Settings
from infra.stores import open_accounts, open_stores
from tests.faults.forking import DESCRIPTORS
from tests.faults.serving import Done, run
from tests.processes.starting import ADMIN, EXAMPLE, POOL, Cluster, complaints, write
from web.access import read_grants
from web.accounts import Account

pytestmark = pytest.mark.timeout(240)
PEOPLE = Origin(project="shop", pool=POOL, actor="test")
ALICE = Account("alice", "alice", POOL, "alice", read_grants({"*": ["agent"]}))


@asynccontextmanager
async def accounts(settings: Settings) -> AsyncGenerator[AccountStore]:
    database = await open_accounts(settings.accounts_location)
    try:
        yield AccountStore(database)
    finally:
        await database.close()


async def told(centre: Cluster, settings: Settings, *arguments: str, code: int = 0) -> Done:
    done = await run(settings, centre.nursery, *arguments)
    assert done.code == code, (arguments, done.out, done.err)
    return done


async def test_a_backup_of_a_centre_at_work_becomes_the_same_centre_in_the_other_kind_of_store(
    centre: Cluster, folder: Path
) -> None:
    (mail,) = await centre.start("mail")
    for number in range(3):
        await write(mail.settings.smtp_in_port, number)
    async with accounts(centre.settings) as store:
        await store.add(ALICE, "correct horse battery", system_clock())
        feed = await store.open_calendar(ALICE.account_id, system_clock())
    backup, keys = folder / "backup", folder / "keys.jsonl"
    made = await asyncio.gather(
        told(centre, centre.settings, "backup", str(backup), "--keys", str(keys), "--json"),
        *(write(mail.settings.smtp_in_port, number) for number in range(3, 8)),
    )
    manifest = json.loads(made[0].out)
    assert manifest["events"] == manifest["head"]
    assert manifest["blobs"] >= 3
    assert b"example.org" not in b"".join(one.read_bytes() for one in backup.rglob("*") if one.is_file())
    await told(centre, centre.settings, "backup", str(backup), code=1)  # never over another
    await told(centre, centre.settings, "backup", str(backup), "--check")

    copy = Settings(data=folder / "copy", master_key=centre.settings.master_key)
    restored = await told(centre, copy, "restore", str(backup), "--keys", str(keys), "--json")
    assert json.loads(restored.out) == manifest
    async with open_stores(copy) as stores:
        assert await stores.log.head() == manifest["head"]
        before = await centre.stores.log.read(0, manifest["head"])
        after = await stores.log.read(0, manifest["head"])
        assert [one.event_id for one in after] == [one.event_id for one in before][: len(after)]
        (first, *_) = await stores.log.read(0, 1, types=["interaction.message_received.v1"])
        message = stores.opener(first.event)
        assert message.subject.startswith("kettle")  # type: ignore[attr-defined]
        assert await stores.blobs.get(message.customer_id, message.raw)  # type: ignore[attr-defined]
    async with accounts(copy) as store:
        followed = await store.calendar(ALICE.account_id, feed)
        assert followed is not None
        assert followed.name == "alice"
    await told(centre, copy, "restore", str(backup))  # once more changes nothing
    (backup / "accounts.jsonl").write_text("{}\n")
    refused = await told(centre, copy, "restore", str(backup), code=1)
    assert "not what the manifest says" in refused.err


async def test_who_was_erased_after_a_backup_stays_erased_when_the_older_keys_come_back(
    centre: Cluster, folder: Path
) -> None:
    (mail,) = await centre.start("mail")
    await write(mail.settings.smtp_in_port, 1)
    backup, keys = folder / "backup", folder / "keys.jsonl"
    await told(centre, centre.settings, "backup", str(backup), "--keys", str(keys))
    (opened,) = await centre.events("ticket.opened.v1")
    await centre.stores.executor.execute(EraseCustomer(customer_id=opened.customer_id), PEOPLE)
    centre.stores.keyring.destroy([opened.customer_id])

    new = {"database_url": None, "accounts_url": None, "rows_url": None, "data": folder / "copy"}
    copy = centre.settings.model_copy(update=new)  # a new log, the keyring that lived on
    await told(centre, copy, "restore", str(backup), "--keys", str(keys))
    async with open_stores(copy) as stores:
        (again,) = await stores.log.read(0, 1, types=["ticket.opened.v1"])
        assert isinstance(stores.opener(again.event).subject, Erased)  # type: ignore[attr-defined]


async def test_the_doctor_says_what_is_wrong_and_what_mends_it(centre: Cluster, folder: Path) -> None:
    await told(centre, centre.settings, "migrate")
    sound = json.loads((await told(centre, centre.settings, "doctor", "--json")).out)["findings"]
    assert [one for one in sound if one["severity"] == "fault"] == []
    assert {"log", "keys", "database", "mail out", "documents"} <= {one["about"] for one in sound}

    gone = {"smtp_out_port": 9, "smtp_out_tls": "none"}
    ill = await told(centre, centre.settings.model_copy(update=gone), "doctor", "--json", code=1)
    (fault,) = [one for one in json.loads(ill.out)["findings"] if one["severity"] == "fault"]
    assert fault["about"] == "mail out"
    assert "TRUNKLINE_SMTP_OUT_HOST" in fault["mend"]

    apart = centre.settings.model_copy(update={"accounts_url": SecretStr(f"sqlite:///{folder}/own.sqlite")})
    warned = json.loads((await told(centre, apart, "doctor", "--json")).out)["findings"]
    (accounts,) = [one for one in warned if "a file of this machine" in one["what"]]
    assert accounts["severity"] == "warning"
    assert "TRUNKLINE_ACCOUNTS_URL" in accounts["mend"]

    other = centre.settings.model_copy(update={"master_key": SecretStr("A" * 43 + "=")})
    wrong = await told(centre, other, "doctor", "--json", code=1)
    assert "another master key" in json.loads(wrong.out)["findings"][-1]["what"]


async def test_the_doctor_warns_of_a_process_that_may_have_few_connections(
    centre: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DESCRIPTORS, "256:1000")
    found = json.loads((await told(centre, centre.settings, "doctor", "--json")).out)["findings"]
    (few,) = [one for one in found if one["about"] == "descriptors"]
    assert (few["severity"], few["what"]) == ("warning", "only 1000 files and connections at once: each desk takes one")
    assert "LimitNOFILE" in few["mend"]


async def test_migrate_says_what_is_to_be_done_does_it_and_then_has_nothing_to_do(
    centre: Cluster, folder: Path
) -> None:
    fresh = Settings(data=folder / "fresh")
    check = json.loads((await told(centre, fresh, "migrate", "--check", "--json", code=1)).out)
    assert {one["store"] for one in check["left"]} == {"log", "accounts", "rows"}
    assert not (folder / "fresh" / "log.sqlite").exists(), "looking makes nothing"
    assert json.loads((await told(centre, fresh, "migrate", "--json")).out)["left"] == []
    await told(centre, fresh, "migrate", "--check")
    await told(centre, centre.settings, "migrate")
    await told(centre, centre.settings, "migrate", "--check")


async def test_growth_counts_what_the_log_has_by_day_and_what_the_stores_weigh(centre: Cluster) -> None:
    found = json.loads((await told(centre, centre.settings, "growth", "--json")).out)
    head = await centre.stores.log.head()
    assert found["events"] == head
    assert sum(day["events"] for day in found["days"]) == head
    assert found["stores"]["log"] > 0
    assert abs(sum(found["kinds"].values()) - 1) < 0.01


async def test_retention_lets_go_of_silent_customers_and_old_attachments_and_of_nobody_with_an_open_matter(
    centre: Cluster,
) -> None:
    (mail,) = await centre.start("mail")
    await write(mail.settings.smtp_in_port, 1)
    stores = centre.stores
    checked = check_files([EXAMPLE])
    (shop,) = [
        ProjectDocument.model_validate({**one.model_dump(), "retention": {"attachments": 10, "customers": 30}})
        for one in checked.projects
    ]
    known = await in_force(stores.log, [], [shop])
    await apply_documents(
        stores.executor, [], [shop], ADMIN, expected={stream: one.revision for stream, one in known.items()}
    )
    later = stores.clock() + timedelta(days=31)
    assert [(one.customers, one.attachments) for one in await due(stores.log, {"shop": shop}, stores.clock())] == [
        ([], [])
    ]
    (found,) = await due(stores.log, {"shop": shop}, later)
    assert found.customers == [], "their ticket is open"
    assert len(found.attachments) == 1
    assert await let_go([found], stores.executor, stores.blobs) == (0, 1)
    assert await let_go([found], stores.executor, stores.blobs) == (0, 0), "harmless twice"
    dry = json.loads((await told(centre, centre.settings, "retention", "--dry-run", "--json")).out)
    assert dry == {
        "dry_run": True,
        "due": [{"project": "shop", "customers": 0, "attachments": 0}],
        "erased": 0,
        "removed": 0,
    }
    assert complaints(centre.processes) == []
