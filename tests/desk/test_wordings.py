"""What the server tells of documents and figures has words in the desk's other language, for every code and metric."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from projections.queries.metrics import DEFINITIONS

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "web" / "desk" / "src" / "pages"
ENTRY = re.compile(r"^ +(\w+):\s+(?:'((?:[^'\\]|\\.)+)'|\"([^\"]+)\")", re.MULTILINE)


def in_french(text: str) -> dict[str, str]:
    return {code: single or double for code, single, double in ENTRY.findall(text)}


def sentences(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """The codes of sentences, and the names of what is given to each."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"):
            continue
        if len(node.args) == 2:
            code = node.args[0]
            assert isinstance(code, ast.Constant), ast.unparse(node)
            yield str(code.value), {word.arg or "**" for word in node.keywords}


def test_every_sentence_about_a_document_has_french_words_in_the_desk_that_name_only_what_it_names() -> None:
    said = {}
    for file in ("finding_words.ts", "mending_words.ts", "change_words.ts"):
        said |= in_french((PAGES / "policy" / file).read_text("utf-8"))
    told: dict[str, set[str]] = {}
    for folder in ("domain", "infra", "web", "channels"):
        for path in (ROOT / folder).rglob("*.py"):
            text = "" if "node_modules" in path.parts else path.read_text("utf-8")
            if "domain.sentence" in text or path.name == "sentence.py":
                told |= dict(sentences(ast.parse(text)))
    assert {"there_is_no_such", "did_you_mean", "value_in_seconds", "must_be_said_here"} <= told.keys()
    assert sorted(told.keys() - said.keys()) == [], "they have no French words"
    assert sorted(said.keys() - told.keys()) == [], "the server says them no longer"
    places = {code: set(re.findall(r"\{([a-z]\w*)\}", words)) for code, words in said.items()}
    assert {code for code in told if "**" not in told[code] and not places[code] <= told[code]} == set()


def test_every_figure_of_the_wallboard_has_its_definition_and_its_formula_in_french() -> None:
    text = (PAGES / "wallboard" / "words.ts").read_text("utf-8")
    for name in ("definitions", "formulas"):
        french = text[text.index(f"const {name} = words(") :].partition("\n)\n")[0].split("\n  {\n")[2]
        assert in_french(french).keys() == DEFINITIONS.keys(), name
