"""`trunkline numbers list`, and vanity texts on keypads that the centre's document declares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from infra.cli.main import app

ROOT = Path(__file__).parents[3]
CENTRE = """
schema_version: 1
centre: demo
title: Demo
pool: main
sites: {paris: {title: Paris}}
profiles: {all: {capacity: 1, channels: {voice: {concurrency: 1}}, queues: {hotline/orders: {}}}}
agents: {anna: {name: Anna, site: paris, profile: all}}
keypads: {leaflet: {1: ABC, 2: DEF, 3: GHI, 4: JKL, 5: MNO, 6: PQR, 7: STU, 8: VWX, 9: YZ}}
"""
PROJECT = """---
schema_version: 1
project: hotline
title: Hotline
pool: main
departments: {orders: {title: Orders, queue: orders}}
queues: {orders: {title: Orders}}
mailboxes:
  info: {address: info@maliny.example, aliases: [shop@maliny.example], title: Info, department: orders, language: pl}
status: {sender: info}
numbers:
  free: {number: "+48800514359", title: Free, flow: hello, lines: 4, site: paris, vanity: 800 MALINY, keypad: leaflet}
  texts: {number: "+33140112233", title: Texts, texts: {department: orders}, provider: second, language: fr}
flows: {hello: {title: Hello, start: wait, steps: {wait: {queue: {queue: orders}}}}}
"""


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["numbers", *arguments], env={"COLUMNS": "120"})


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "hotline.yaml"
    path.write_text(CENTRE + PROJECT)
    return path


def _listed(document: Path, *options: str) -> dict[str, dict[str, Any]]:
    result = _run("list", str(document), "--json", *options)
    assert result.exit_code == 0, result.stderr
    return {one["name"]: one for one in json.loads(result.stdout)}


def test_every_number_says_where_it_leads_who_carries_it_and_how_it_is_spelled(document: Path) -> None:
    free = _listed(document)["free"]
    assert (free["kind"], free["address"], free["shown"]) == ("number", "+48800514359", "+48 800 514 359")
    assert (free["flow"], free["provider"], free["lines"], free["site"]) == ("hello", "twilio", 4, "paris")
    assert (free["region"], free["type"], free["valid"]) == ("PL", "toll_free", True)
    assert (free["vanity"], free["vanity_digits"], free["keypad"]) == ("800 MALINY", "800514359", "leaflet")


def test_a_number_that_takes_texts_alone_has_no_lines_and_a_mailbox_no_provider(document: Path) -> None:
    found = _listed(document)
    texts, info = found["texts"], found["info"]
    assert (texts["flow"], texts["lines"], texts["department"], texts["provider"]) == (None, None, "orders", "second")
    assert (info["kind"], info["address"], info["provider"]) == ("mailbox", "info@maliny.example", None)
    assert (info["department"], info["language"], info["aliases"]) == ("orders", "pl", ["shop@maliny.example"])


def test_the_table_names_every_number_and_mailbox_whole(document: Path) -> None:
    shown = _run("list", str(document)).stdout
    for words in ("+48 800 514 359", "800 MALINY = 800514359", "info@maliny.example", "calls: hello", "texts: orders"):
        assert words in shown


def test_without_documents_the_list_is_of_those_in_force(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUNKLINE_DATA", str(tmp_path / "data"))
    assert "there is none yet" in _run("list").stdout
    assert CliRunner().invoke(app, ["apply", str(document)]).exit_code == 0
    assert {one["name"] for one in json.loads(_run("list", "--json").stdout)} == {"free", "texts", "info"}


def test_a_project_that_is_not_there_is_refused_with_those_that_are(document: Path) -> None:
    refused = _run("list", str(document), "--project", "hotlnie")
    assert refused.exit_code == 2
    assert "hotline" in refused.stderr


def test_documents_with_faults_are_refused_with_their_places(document: Path) -> None:
    document.write_text(document.read_text().replace("flow: hello", "flow: helo"))
    refused = _run("list", str(document))
    assert refused.exit_code == 1
    assert "numbers.free.flow" in refused.stderr
    missing = _run("list", str(document.parent / "nothing.yaml"))
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)


def test_a_vanity_text_is_spelled_on_a_keypad_that_the_centre_declares(document: Path) -> None:
    ours = ("--keypad", "leaflet", "--documents", str(document))
    told = json.loads(_run("vanity", "MALINY", *ours, "--json").stdout)
    assert (told["digits"], told["keypad"]) == ("514359", "leaflet")
    words = document.parent / "words"
    words.write_text("maliny\n")
    back = _run(
        "vanity", "800514359", "--keypad", "leaflet", "--documents", str(document), "--words", str(words), "--json"
    )
    assert [one["text"] for one in json.loads(back.stdout)["texts"]] == ["800 MALINY"]
    refused = _run("vanity", "MALINY", "--keypad", "laeflet", "--documents", str(document))
    assert (refused.exit_code, "leaflet" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("old", "new", "path", "what"),
    [
        ("keypad: leaflet", "keypad: laeflet", "numbers.free.keypad", "did you mean 'leaflet'?"),
        ("800 MALINY", "800 MALINA", "numbers.free.vanity", "does not lead to +48800514359"),
        ("800 MALINY", "800 MAL%NY", "numbers.free.vanity", "letters of the keypad"),
        ("2: DEF", "2: CEF", "keypads.leaflet", "letter C is on key 1 and on key 2"),
        ("2: DEF", "12: DEF", "keypads.leaflet.12", "a key with a digit"),
        ("keypads: {leaflet:", "keypads: {e161:", "keypads.e161", "known already"),
    ],
)
def test_what_is_wrong_with_a_keypad_or_a_vanity_text_is_said_with_its_place(
    document: Path, old: str, new: str, path: str, what: str
) -> None:
    document.write_text(document.read_text().replace(old, new, 1))
    told = CliRunner().invoke(app, ["check", str(document), "--json"])
    findings = json.loads(told.stdout)["findings"]
    (found,) = [one for one in findings if one["path"] == path]
    assert told.exit_code == 1
    assert what in found["what"] + found["mend"]
    assert found["line"] > 0


def test_the_hotline_of_the_examples_is_advertised_as_it_is_dialled() -> None:
    main = _listed(ROOT / "examples" / "hotline")["main"]
    assert (main["vanity"], main["vanity_digits"], main["national"]) == ("800 MALINY", "800625469", "800 625 469")
