"""Old versions are read through upcasters, strange ones are told clearly, and never quietly passed over."""

from __future__ import annotations

import json

import pytest

from domain.personal import Sealed
from domain.ports import Change, UnreadableEvent
from domain.upcasting import upcaster
from infra.log.opening import KeyOpener, open_recorded
from infra.log.rows import OnceRow, StoredRow
from tests.conformance.events import MOMENT, Rang, Rated, Wrote, proposed, wrote

META = {"id": "e-1", "project": "acme", "actor": "x", "at": "2026-01-01T00:00:00Z", "cause": "c", "chain": "d"}


async def put(log, wire: str, data: object, *, state: bytes | None = None, event_id: str = "e-1") -> None:
    stored = state or json.dumps({"data": data, "meta": {**META, "id": event_id}}).encode()
    head = await log.head()
    row = StoredRow(head + 1, f"stream-{head}", 1, wire, stored, "north", MOMENT)
    await log.restore([row], [], OnceRow(f"marker-{head}", 0))


async def test_an_event_of_an_old_version_is_read_as_todays_through_every_step(log):
    await put(log, "conformance.rated.v1", {"customer_id": "c", "percent": 80})
    await put(log, "conformance.rated.v2", {"customer_id": "c", "stars": 3, "remark": None})
    assert [r.event for r in await log.read()] == [Rated(customer_id="c", stars=4), Rated(customer_id="c", stars=3)]


async def test_a_filter_by_todays_type_finds_events_stored_under_older_ones(log):
    await put(log, "conformance.rated.v1", {"customer_id": "c", "percent": 20})
    await log.append(Change("a", 0, [proposed(Rang(number=1)), proposed(Rated(customer_id="c", stars=5))]))
    assert [r.event.stars for r in await log.read(types=["conformance.rated.v3"])] == [1, 5]


async def test_a_personal_field_renamed_by_an_upcaster_still_opens(log, keyring):
    keyring.ensure(["c"])
    home = "conformance.rated.v1/remark/e-1"
    token = f"{home}~{keyring.seal('c', json.dumps('gut'), home)}"
    await put(log, "conformance.rated.v1", {"customer_id": "c", "percent": 100, "remark": {"sealed": token}})
    (recorded,) = await log.read()
    assert open_recorded(KeyOpener(keyring), recorded).event.comment == "gut"


async def test_an_unknown_type_says_where_it_stands_and_what_to_do(log):
    await put(log, "conformance.invented_later.v1", {})
    with pytest.raises(UnreadableEvent, match=r"position 1 \(stream stream-0.*invented_later.*upgrade this process"):
        await log.read()


async def test_a_newer_version_of_a_known_type_is_unreadable_and_not_guessed(log):
    await put(log, "conformance.rang.v2", {"number": 1})
    with pytest.raises(UnreadableEvent, match="newer Trunkline"):
        await log.read_stream("stream-0")


@pytest.mark.parametrize(
    ("wire", "state"),
    [
        ("conformance.rang.v1", b'{"data":{"number":1}'),
        ("conformance.rang.v1", b"\x00\xff\x00"),
        ("conformance.rang.v1", b"[]"),
        ("conformance.rang.v1", b'{"data":{"number":1}}'),
        ("conformance.rang.v1", json.dumps({"data": {"number": "many"}, "meta": META}).encode()),
        ("conformance.rang.v1", json.dumps({"data": {"number": 1, "more": 2}, "meta": META}).encode()),
        ("conformance.rang.v1", json.dumps({"data": {"number": 1}, "meta": {**META, "more": 2}}).encode()),
        ("conformance.rated.v1", json.dumps({"data": {"customer_id": "c"}, "meta": META}).encode()),
        ("conformance.rated.v1", json.dumps({"data": [], "meta": META}).encode()),
        ("conformance.rated.v1", b"not json"),
    ],
)
async def test_stored_bytes_that_do_not_match_their_schema_are_unreadable_and_told_where(log, wire, state):
    await put(log, wire, None, state=state)
    with pytest.raises(UnreadableEvent, match="position 1"):
        await log.read()


async def test_a_message_about_an_unreadable_event_does_not_repeat_its_content(log):
    await put(log, "conformance.rang.v1", {"number": "Mrs Nowak, 12 Long Street"})
    with pytest.raises(UnreadableEvent) as unreadable:
        await log.read()
    assert "Nowak" not in str(unreadable.value)


async def test_a_reader_with_the_keyring_opens_what_is_sealed(log, keyring):
    await log.append(Change("a", 0, [wrote("c", "Grüße", signature="Anna")]))
    (recorded,) = await log.read()
    opened = KeyOpener(keyring)(recorded.event)
    assert (opened.text, opened.signature) == ("Grüße", "Anna")


async def test_after_erasure_a_reader_sees_that_there_was_something(log, keyring):
    await log.append(Change("a", 0, [wrote("c", "hello")]), Change("b", 0, [wrote("other", "mine")]))
    keyring.destroy(["c"])
    opener = KeyOpener(keyring)
    erased, kept = [opener(r.event) for r in await log.read()]
    assert str(erased.text) == "[erased]"
    assert erased.signature is None
    assert kept.text == "mine"


async def test_a_sealed_text_passed_on_to_another_event_is_sealed_for_its_new_home(log, keyring):
    await log.append(Change("a", 0, [wrote("c", "hello")]))
    (first,) = await log.read()
    await log.append(Change("b", 0, [proposed(Wrote(customer_id="c", text=first.event.text))]))
    (second,) = await log.read_stream("b")
    assert second.event.text != first.event.text
    assert open_recorded(KeyOpener(keyring), second).event.text == "hello"


async def test_a_sealed_text_copied_into_another_events_row_is_noticed(log, keyring):
    await log.append(Change("a", 0, [wrote("c", "hello")]))
    (row,) = await log.rows(0, 1)
    token = json.loads(row.state)["data"]["text"]
    await put(log, "conformance.wrote.v1", {"customer_id": "c", "text": token}, event_id="someone-else")
    (_, moved) = await log.read()
    with pytest.raises(UnreadableEvent, match="tampered"):
        open_recorded(KeyOpener(keyring), moved)


async def test_a_sealed_text_whose_name_was_altered_does_not_open(log, keyring):
    await log.append(Change("a", 0, [wrote("c", "hello")]))
    (recorded,) = await log.read()
    assert isinstance(recorded.event.text, Sealed)
    renamed = recorded.event.text.sealed.replace(recorded.event_id, "e-9")
    forged = recorded._replace(event=Wrote(customer_id="c", text=Sealed(sealed=renamed)), event_id="e-9")
    with pytest.raises(UnreadableEvent, match="tampered"):
        open_recorded(KeyOpener(keyring), forged)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("conformance.x.v2", "conformance.x.v1"),
        ("conformance.x.v1", "conformance.y.v2"),
        ("nonsense", "conformance.x.v2"),
    ],
)
def test_an_upcaster_leads_to_a_later_version_of_the_same_event(older, newer):
    with pytest.raises(TypeError):
        upcaster(older, newer)


def test_a_version_is_upcast_in_one_way_only():
    with pytest.raises(TypeError, match="already"):
        upcaster("conformance.rated.v1", "conformance.rated.v3")
