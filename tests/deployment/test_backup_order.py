"""A backup of a centre at work: no part of it may know of more than its log has."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from infra.backup.making import make_backup
from infra.log.opened import sqlite_path
from infra.settings import Settings
from infra.stores import open_accounts, open_stores
from infra.webhooks.standing import Standings
from tests.cluster.events import append

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def test_a_webhook_that_goes_on_meanwhile_stands_no_further_than_the_log_of_the_backup(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    async with open_stores(settings) as stores:
        await append(stores.log, 1)
        database = await open_accounts(settings.accounts_location)
        await Standings(database).of("shop/crm", 1)
        await database.close()

        def goes_on(done: int, total: int) -> None:
            with sqlite3.connect(sqlite_path(settings.accounts_location)) as accounts:
                accounts.execute("UPDATE webhooks SET position = 7")
            accounts.close()

        made = await make_backup(settings, stores.log, tmp_path / "backup", NOW, goes_on)
    lines = (tmp_path / "backup" / "accounts.jsonl").read_text("utf-8").splitlines()
    (standing,) = [row["row"] for row in map(json.loads, lines) if row["table"] == "webhooks"]
    assert standing["position"] <= made.head == 1
