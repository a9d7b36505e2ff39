"""What the log once stored is read for ever."""

from __future__ import annotations

import hashlib
import json

import pytest

from domain.event import Recorded
from domain.ticket.events import ServiceRated
from domain.upcasting import STEPS, newest
from infra.log.mapper import EventMapper
from infra.log.opening import KeyOpener, open_recorded
from infra.log.registry import know_all_events
from infra.log.rows import StoredRow
from tests.golden.sample import CUSTOMER, MOMENT, PERSONAL
from tests.golden.store import FOLDER, OLD, golden_keyring, known_events, listed, proposed, sample, stored

know_all_events()
FILES = sorted(path.name for path in FOLDER.glob("*.json"))


def wire_of(name: str) -> str:
    return name.removesuffix(".json")


def decoded(name: str) -> Recorded:
    row = StoredRow(1, "stream-1", 1, wire_of(name), (FOLDER / name).read_bytes(), "main", MOMENT)
    (recorded,) = EventMapper(golden_keyring("reader")).decode([row])
    return recorded


@pytest.mark.parametrize("name", FILES)
def test_a_stored_event_of_any_version_is_read_opened_and_has_its_envelope(name: str) -> None:
    recorded = open_recorded(KeyOpener(golden_keyring("reader")), decoded(name))
    assert recorded.event.wire == newest(wire_of(name))
    assert recorded[5:9] == ("hotline", "main", "agent:anna", MOMENT)
    stored_then = json.loads((FOLDER / name).read_bytes())["data"]
    for field in type(recorded.event).personal:
        # one that came later has a default, and nothing in a file of before
        if field in stored_then or type(recorded.event).model_fields[field].is_required():
            assert getattr(recorded.event, field) == PERSONAL


@pytest.mark.parametrize("name", FILES)
def test_a_golden_file_never_changes(name: str) -> None:
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    assert listed().get(name) == digest, "the log holds events of this form: add a version and an upcaster instead"


def test_every_listed_golden_file_is_there() -> None:
    assert sorted(listed()) == FILES


def test_every_event_and_every_older_version_has_a_golden_file() -> None:
    wanted = {*known_events(), *(older for older in STEPS if not older.startswith("conformance."))}
    missing = wanted - {wire_of(name) for name in FILES}
    assert not missing, "run `python -m tests.golden.store` and commit what it adds"


@pytest.mark.parametrize("name", [name for name in FILES if wire_of(name) not in STEPS])
def test_an_event_of_todays_version_is_stored_today_as_it_was_then(name: str) -> None:
    event = KeyOpener(golden_keyring("reader"))(decoded(name).event)
    mapper = EventMapper(golden_keyring(wire_of(name)))
    wire, state = mapper.encode_event(proposed(event, wire_of(name)))
    assert wire == wire_of(name)
    now, then = json.loads(state), json.loads((FOLDER / name).read_bytes())
    assert now["meta"] == then["meta"]
    # fields that came later have a default, or there would be a new version
    assert {field: now["data"].get(field) for field in then["data"]} == then["data"]


def test_a_golden_file_fills_every_field() -> None:
    for wire, event in known_events().items():
        data = json.loads((FOLDER / f"{wire}.json").read_bytes())["data"]
        empty = [field for field in event.model_fields if field in data and data[field] in (None, "", [], {})]
        assert not empty, wire


def test_a_rating_of_version_1_was_about_the_agent_and_says_nothing_of_the_company() -> None:
    rated = open_recorded(KeyOpener(golden_keyring("reader")), decoded("ticket.service_rated.v1.json")).event
    assert rated == ServiceRated(
        ticket_id="ticket-id-1",
        customer_id=CUSTOMER,
        agent_id="anna",
        agent_score=4,
        company_score=None,
        comment=PERSONAL,
    )


def test_a_golden_file_can_be_made_again_byte_by_byte() -> None:
    for wire in ("interaction.note_added.v1", *OLD):
        assert stored(wire) == (FOLDER / f"{wire}.json").read_bytes()
    assert sample(known_events()["interaction.note_added.v1"]).wire == "interaction.note_added.v1"
