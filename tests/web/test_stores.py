"""Accounts, idempotency keys, leases and the count of texts on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.sms.storms import MANY, WATCHED, WINDOW, Storms
from domain.ports import LogUnavailable
from infra.accounts.database import Database, PostgresDatabase, SqliteDatabase
from infra.accounts.draft_files import DraftFileStore
from infra.accounts.leases import LeaseStore
from infra.accounts.replies import ReplyStore
from infra.accounts.store import AccountStore
from infra.accounts.storms import StormStore
from infra.blobs import FolderBlobs
from infra.keys.memory import MemoryKeyring
from infra.mail.enclosing import Enclosing
from infra.texts.storming import Storming
from tests.web.running import PASSWORD, PASSWORDS
from web.access import read_grants
from web.accounts import Account, AccountExists, AccountMissing, Earlier
from web.drafts import Place
from web.letters import File

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUE = Account("1", "sue", "main", "", read_grants({"*": ["supervisor"], "acme": ["analyst"]}))


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    opened: Database
    if request.param == "sqlite":
        opened = SqliteDatabase(tmp_path / "accounts.sqlite")
    else:
        opened = await PostgresDatabase.connect(request.getfixturevalue("postgres"))
    yield opened
    await opened.close()


class Counted:
    """A database that counts what it is asked, and fails while there is a `fault`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.number = 0
        self.fault: LogUnavailable | None = None

    async def run(
        self, statement: str, parameters: Mapping[str, Any] | None = None, *, durable: bool = True
    ) -> Sequence[Any]:
        self.number += 1
        if self.fault is not None:
            raise self.fault
        return await self._database.run(statement, parameters, durable=durable)

    async def close(self) -> None: ...


async def test_an_account_comes_back_as_it_was_made(database: Database) -> None:
    store = AccountStore(database, PASSWORDS)
    await store.add(SUE, PASSWORD, NOW)
    found = await store.find("SUE")
    assert found is not None
    assert (found.grants, found.pool, found.agent_id, found.disabled) == (SUE.grants, "main", "", False)
    assert await store.sign_in("Sue", PASSWORD) == found == await store.get("1")
    assert [one.name for one in await store.list("main")] == ["sue"]
    assert await store.list("elsewhere") == []


async def test_names_and_agents_are_taken_once(database: Database) -> None:
    store = AccountStore(database, PASSWORDS)
    await store.add(Account("1", "anna", "main", "anna", {}), PASSWORD, NOW)
    for taken in (Account("2", "Anna", "main", "", {}), Account("3", "other", "main", "anna", {})):
        with pytest.raises(AccountExists):
            await store.add(taken, PASSWORD, NOW)
    await store.add(Account("4", "sue", "main", "", {}), PASSWORD, NOW)
    await store.add(Account("5", "tom", "main", "", {}), PASSWORD, NOW)


async def test_what_is_done_to_an_account_that_is_not_there_says_so(database: Database) -> None:
    store = AccountStore(database, PASSWORDS)
    for change in (store.set_grants("9", {}), store.set_disabled("9", True), store.set_password("9", PASSWORD)):
        with pytest.raises(AccountMissing):
            await change


async def test_sessions_and_tokens_end_when_their_time_has_come(database: Database) -> None:
    store = AccountStore(database, PASSWORDS)
    await store.add(SUE, PASSWORD, NOW)
    later = NOW + timedelta(hours=1)
    session = await store.open_session("1", NOW, later)
    _, token = await store.issue_token("1", "export", ["analyst"], NOW, later)
    _, lasting = await store.issue_token("1", "for ever", [], NOW, None)
    signed = await store.token(token, NOW)
    assert signed is not None
    assert signed.only == {"analyst"}
    assert await store.session(session, NOW) is not None
    assert await store.session(session, later) is None
    assert await store.token(token, later) is None
    assert await store.token(lasting, later + timedelta(days=9999)) is not None
    await store.set_disabled("1", True)
    assert await store.token(lasting, NOW) is None
    assert await store.session(session, NOW) is None


async def test_of_many_who_claim_a_key_at_once_one_is_the_first(database: Database) -> None:
    replies = ReplyStore(database)
    claims = await asyncio.gather(*(replies.claim("key", "request", NOW) for _ in range(8)))
    assert sorted(claim is None for claim in claims) == [False] * 7 + [True]
    await replies.answer("key", {"position": 7})
    assert await replies.claim("key", "other", NOW) == Earlier("request", {"position": 7})
    await replies.close()
    assert await ReplyStore(database).claim("key", "other", NOW) == Earlier("request", {"position": 7})
    assert await replies.claim("key", "other", NOW + timedelta(days=31)) is None


async def test_answers_are_stored_together_soon_after_they_are_given(database: Database) -> None:
    counted = Counted(database)
    replies = ReplyStore(counted)
    names = [f"key{n}" for n in range(60)]
    for name in names:
        assert await replies.claim(name, "request", NOW) is None
    asked = counted.number
    for name in names:
        await replies.answer(name, {"of": name})
    assert counted.number == asked, "whoever is answered does not wait for it"
    other = ReplyStore(database)
    async with asyncio.timeout(30):
        for name in names:
            while await other.claim(name, "request", NOW) != Earlier("request", {"of": name}):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert counted.number - asked == 2, "sixty answers, fifty a statement"
    await replies.close()


async def test_answers_wait_for_a_database_that_is_away(database: Database) -> None:
    away = Counted(database)
    replies = ReplyStore(away)
    assert await replies.claim("key", "request", NOW) is None
    away.fault = LogUnavailable("the database is away")
    await replies.answer("key", {"position": 7})
    before = away.number
    async with asyncio.timeout(30):
        while away.number == before:  # noqa: ASYNC110  it happens in no task of the test's
            await asyncio.sleep(0.01)
    await replies.close()
    away.fault = None
    assert await replies.claim("key", "request", NOW) == Earlier("request", {"position": 7}), "it still knows"
    await replies.close()
    assert await ReplyStore(database).claim("key", "request", NOW) == Earlier("request", {"position": 7})


async def test_an_expired_lease_is_told_until_it_is_settled_so_that_one_who_dies_over_it_loses_nothing(
    database: Database,
) -> None:
    leases = LeaseStore(database)
    await leases.renew("anna", "main", NOW)
    await leases.renew("boris", "main", NOW + timedelta(seconds=30))
    await leases.renew("anna", "main", NOW + timedelta(seconds=10))
    assert await leases.expired(NOW) == []
    later = NOW + timedelta(seconds=10)
    assert await leases.expired(later) == await leases.expired(later) == [("anna", "main")]
    await leases.settle("anna", later)
    assert await leases.expired(later) == []
    await leases.settle("boris", later)
    assert await leases.expired(NOW + timedelta(days=1)) == [("boris", "main")], "one that has not run out stays"
    await leases.drop("boris")
    assert await leases.expired(NOW + timedelta(days=1)) == []


async def test_a_file_of_a_draft_stays_until_it_is_sent_taken_away_or_forgotten(
    database: Database, tmp_path: Path
) -> None:
    keyring = MemoryKeyring()
    blobs = FolderBlobs(tmp_path / "blobs", keyring)
    files = DraftFileStore(database, keyring, blobs, Enclosing(blobs))
    place = Place(account_id="1", interaction_id="i", kind="reply", customer_id="ada")

    async def names() -> list[str]:
        return [one.named.name for one in await files.all(place)]

    def kept() -> int:
        return sum(one.is_file() for one in blobs.root.rglob("*"))

    one, two = File("Żółw.pdf", "application/pdf", b"%PDF"), File("b.txt", "text/plain; charset=utf-8", b"later")
    added = await asyncio.gather(*(files.add(place, "f1", one, NOW) for _ in range(3)))
    assert len({(one.named.name, one.named.file.reference) for one in added}) == kept() == 1
    await files.add(place, "f2", two, NOW + timedelta(seconds=1))
    (going,) = await files.going(place, ["f1"])
    assert await blobs.get("ada", going.file.reference) == b"%PDF"
    await files.stay(place, ["f1"])
    assert await names() == ["Żółw.pdf", "b.txt"]
    await files.going(place, ["f1"])
    await files.gone(place, ["f1"])
    assert (await names(), [one.name for one in await files.going(place, ["f1"])]) == (["b.txt"], ["Żółw.pdf"])
    for file_id in ("f1", "f2", "f2"):
        await files.remove(place, file_id)
    assert (await names(), kept()) == ([], 1), "what was sent is the log's"
    await files.add(place, "f3", two, NOW)
    await files.add(place, "f4", two, NOW + timedelta(days=31))
    assert ([one.file_id for one in await files.all(place)], kept()) == (["f4"], 2)


async def test_processes_that_start_at_once_make_the_tables_once(postgres: str) -> None:
    opened = await asyncio.gather(*(PostgresDatabase.connect(postgres) for _ in range(4)))
    await AccountStore(opened[0], PASSWORDS).add(SUE, PASSWORD, NOW)
    assert await AccountStore(opened[3], PASSWORDS).find("sue") is not None
    await asyncio.gather(*(one.close() for one in opened))


async def test_a_store_that_is_gone_is_told_as_unavailable(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "accounts.sqlite")
    await database.close()
    with pytest.raises(LogUnavailable):
        await AccountStore(database, PASSWORDS).find("sue")


async def test_a_damaged_file_is_told_as_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(LogUnavailable, match=r"accounts\.sqlite"):
        SqliteDatabase(path)


async def test_processes_together_bound_what_one_number_texts(database: Database) -> None:
    processes = [Storming(Storms(), StormStore(database)) for _ in range(3)]
    came = [await processes[n % 3].judge("ada", f"id {n}", str(n), NOW) for n in range(MANY + 15)]
    taken = [one.what for one in came].count("taken")
    assert MANY <= taken <= MANY + 2 * WATCHED
    assert {one.what for one in came[MANY + 2 * WATCHED :]} == {"automatic"}
    assert (await processes[0].judge("boris", "id 0", "0", NOW)).what == "taken"
    later = NOW + WINDOW
    assert [(await processes[1].judge("ada", f"later {n}", str(n), later)).what for n in range(5)] == ["taken"] * 5
    assert len(await database.run("SELECT message FROM lively_texts")) <= 5, "what is over is let go of"


async def test_a_machine_that_repeats_itself_is_found_out_by_whichever_process_hears_it(database: Database) -> None:
    processes = [Storming(Storms(), StormStore(database)) for _ in range(2)]
    said = [f"{n}" for n in range(8)] + ["I am away"] * 4
    came = [await processes[n % 2].judge("ada", f"id {n}", words, NOW) for n, words in enumerate(said)]
    assert [one.what for one in came] == ["taken"] * 10 + ["automatic"] * 2
