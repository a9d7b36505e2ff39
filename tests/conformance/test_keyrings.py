"""Every keyring seals, opens and destroys alike; stored ones survive, share and overwrite."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from domain.ports import KeyDestroyed
from infra.keys.cipher import MasterKey, WrongMasterKey
from infra.keys.fingerprints import HmacFingerprints
from infra.keys.memory import MemoryKeyring
from infra.keys.postgres import PostgresKeyring
from infra.keys.sqlite import SqliteKeyring
from infra.keys.stored import STALE_SECONDS, KeyringUnavailable
from infra.log.opened import open_keyring, open_log
from infra.log.postgres import PostgresLog, create_tables
from tests.cable import cable, to_postgres

MASTER = bytes(range(32))
STORED = ("sqlite", "postgres")


@pytest.fixture
def reopen(request: pytest.FixtureRequest, tmp_path: Path):
    """Opens the keyring of a kind, again and again over the same storage."""
    opened = []

    def open_one(kind: str, master: bytes = MASTER, **options):
        if kind == "memory":
            keyring = MemoryKeyring()
        elif kind == "sqlite":
            keyring = SqliteKeyring(tmp_path / "keys.db", master, **options)
        else:
            keyring = PostgresKeyring(request.getfixturevalue("postgres"), master, **options)
        opened.append(keyring)
        return keyring

    yield open_one
    for keyring in opened:
        if not isinstance(keyring, MemoryKeyring):
            keyring.close()


@pytest.fixture(params=("memory", *STORED))
def ring(request: pytest.FixtureRequest, reopen):
    return reopen(request.param)


def test_what_was_sealed_opens_in_its_context_only(ring):
    ring.ensure(["c"])
    token = ring.seal("c", "Zażółć", "here")
    assert ring.open("c", token, "here") == "Zażółć"
    with pytest.raises(ValueError, match="altered"):
        ring.open("c", token, "elsewhere")


def test_one_customers_token_does_not_open_under_anothers_key(ring):
    ring.ensure(["c", "d"])
    with pytest.raises(ValueError, match="altered"):
        ring.open("d", ring.seal("c", "text", "here"), "here")


@pytest.mark.parametrize("token", ["", "x", "!!!!", "AAAA", base64.b64encode(b"\x01" + bytes(40)).decode()])
def test_a_forged_token_is_an_error(ring, token):
    ring.ensure(["c"])
    with pytest.raises(ValueError):
        ring.open("c", token, "here")


def test_the_same_text_is_sealed_differently_each_time(ring):
    ring.ensure(["c"])
    assert ring.seal("c", "text", "here") != ring.seal("c", "text", "here")


def test_a_destroyed_key_opens_nothing_and_never_comes_back(ring):
    ring.ensure(["c", "d"])
    token, kept = ring.seal("c", "text", "here"), ring.seal("d", "other", "here")
    ring.destroy(["c", "never seen"])
    ring.destroy(["c"])
    assert ring.open("c", token, "here") is None
    assert ring.open("d", kept, "here") == "other"
    for customer in ("c", "never seen"):
        with pytest.raises(KeyDestroyed):
            ring.ensure(["d", customer])
        with pytest.raises(KeyDestroyed):
            ring.seal(customer, "text", "here")


def test_ensuring_some_of_whom_one_was_erased_makes_no_key_at_all(ring):
    ring.destroy(["gone"])
    with pytest.raises(KeyDestroyed):
        ring.ensure(["new", "gone"])
    assert ring.open("new", "anything", "here") is None


@pytest.mark.parametrize("kind", STORED)
def test_keys_and_tombstones_outlive_the_process(reopen, kind):
    first = reopen(kind)
    first.ensure(["c", "d"])
    tokens = {name: first.seal(name, name, "here") for name in ("c", "d")}
    first.destroy(["d"])
    first.close()
    again = reopen(kind)
    assert again.open("c", tokens["c"], "here") == "c"
    assert again.open("d", tokens["d"], "here") is None
    with pytest.raises(KeyDestroyed):
        again.ensure(["d"])


@pytest.mark.parametrize("kind", STORED)
def test_two_processes_share_one_key_whoever_was_first(reopen, kind):
    one, other = reopen(kind), reopen(kind)
    one.ensure(["c"])
    other.ensure(["c"])
    assert other.open("c", one.seal("c", "text", "here"), "here") == "text"


@pytest.mark.parametrize("kind", STORED)
def test_a_key_destroyed_by_another_process_is_forgotten_here_within_the_bound(reopen, kind):
    seconds = [0.0]
    one, other = reopen(kind), reopen(kind, tick=lambda: seconds[0])
    one.ensure(["c"])
    token = one.seal("c", "text", "here")
    assert other.open("c", token, "here") == "text"
    one.destroy(["c"])
    seconds[0] += STALE_SECONDS
    assert other.open("c", token, "here") is None


@pytest.mark.parametrize("kind", STORED)
def test_another_master_key_is_refused_before_anything_is_done(reopen, kind):
    reopen(kind).ensure(["c"])
    with pytest.raises(WrongMasterKey, match="another master key"):
        reopen(kind, bytes(32))


def test_a_master_key_of_a_wrong_length_is_refused(tmp_path):
    with pytest.raises(ValueError, match="32 bytes, got 5"):
        SqliteKeyring(tmp_path / "keys.db", b"short")


def test_a_wrapped_key_moved_to_another_customer_does_not_unwrap():
    master = MasterKey(MASTER)
    wrapped = master.wrap("c", bytes(32), lambda n: bytes(n))
    assert master.unwrap("c", wrapped) == bytes(32)
    with pytest.raises(WrongMasterKey):
        master.unwrap("d", wrapped)


def test_a_destroyed_keys_bytes_are_gone_from_the_files(tmp_path, reopen):
    ring = reopen("sqlite")
    ring.ensure([f"c{n}" for n in range(50)])
    wrapped = [ring._table.load([f"c{n}"])[f"c{n}"] for n in range(50)]
    ring.destroy([f"c{n}" for n in range(25)])
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [key in on_disk for key in wrapped] == [False] * 25 + [True] * 25


def test_the_keyring_file_is_readable_by_its_owner_alone(tmp_path, reopen):
    reopen("sqlite")
    assert (tmp_path / "keys.db").stat().st_mode & 0o077 == 0


def test_the_logs_own_database_is_refused_as_a_keyring(postgres):
    create_tables(postgres)
    with pytest.raises(KeyringUnavailable, match="holds the log"):
        PostgresKeyring(postgres, MASTER)


async def test_the_keyrings_own_database_is_refused_as_a_log(postgres, reopen):
    reopen("postgres")
    with pytest.raises(Exception, match="holds the customers' keys"):
        await PostgresLog.open(postgres, MemoryKeyring())


async def test_the_file_of_the_log_is_refused_as_a_keyring_and_the_other_way_round(tmp_path):
    log = await open_log(f"sqlite://{tmp_path}/log.db", MemoryKeyring())
    await log.close()
    with pytest.raises(KeyringUnavailable, match="holds the log"):
        open_keyring(f"sqlite://{tmp_path}/log.db", MASTER)
    SqliteKeyring(tmp_path / "keys.db", MASTER).close()
    with pytest.raises(Exception, match="holds the customers' keys"):
        await open_log(f"sqlite://{tmp_path}/keys.db", MemoryKeyring())


def test_a_simulation_with_the_same_nonces_makes_the_same_tokens():
    def tokens() -> list[str]:
        counter = iter(range(1, 1000))
        ring = MemoryKeyring(lambda n: next(counter).to_bytes(n, "big"))
        ring.ensure(["c"])
        return [ring.seal("c", "text", "here") for _ in range(3)]

    assert tokens() == tokens()


def test_fingerprints_find_equals_and_tell_kinds_and_secrets_apart():
    prints, others = HmacFingerprints(bytes(32)), HmacFingerprints(bytes(31) + b"x")
    assert prints("email", "a@b.example") == prints("email", "a@b.example")
    seen = {
        prints("email", "a"),
        prints("phone", "a"),
        prints("emaila", ""),
        prints("", "emaila"),
        others("email", "a"),
    }
    assert len(seen) == 5
    with pytest.raises(ValueError, match="16 bytes"):
        HmacFingerprints(b"short")


@pytest.mark.timeout(60)
async def test_a_loop_is_held_up_once_by_a_database_that_is_silent_and_then_refused_until_it_is_back(postgres_server):
    """A dozen waits of its full length would outlast the test."""
    known = conninfo_to_dict(postgres_server)
    seconds = [0.0]
    with cable(to_postgres(postgres_server)) as to_database:
        url = f"postgresql://{known['user']}@127.0.0.1:{to_database.port}/{known['dbname']}?tcp_user_timeout=2000"
        ring = await asyncio.to_thread(PostgresKeyring, url, MASTER, tick=lambda: seconds[0])
        ring.ensure(["c"])
        token = ring.seal("c", "text", "here")
        to_database.cut()
        seconds[0] += STALE_SECONDS
        for _ in range(200):
            with pytest.raises(KeyringUnavailable):
                ring.open("c", token, "here")
        to_database.mend()
        while True:
            try:
                assert ring.open("c", token, "here") == "text"
                break
            except KeyringUnavailable:
                await asyncio.sleep(0.05)
        ring.close()


@pytest.mark.parametrize("kind", STORED)
def test_a_key_that_is_destroyed_while_it_is_being_asked_for_is_not_used_and_not_remembered(reopen, kind):
    one, other = reopen(kind), reopen(kind, tick=lambda: 0.0)
    one.ensure(["c"])
    token = one.seal("c", "text", "here")
    table = other._table
    other._table = Interrupted(table, lambda: other.destroy(["c"]))
    assert other.open("c", token, "here") is None
    other._table = table
    assert other.open("c", token, "here") is None


class Interrupted:
    """A table to which something happens between the reading of a key and the answer."""

    def __init__(self, table, happens) -> None:
        self._table, self._happens = table, happens

    def load(self, customers):
        found = self._table.load(customers)
        if found:
            self._happens()
        return found

    def __getattr__(self, name):
        return getattr(self._table, name)
