"""What the server refuses is told in the desk's language: every code that it has stands in the list of the desk."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "web" / "desk" / "src" / "ui" / "problem_words.ts"
#: Where the code stands among the arguments of what refuses.
PLACES = {"Rejection": 0, "Problem": 1, "unavailable": 0}


def refused(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        place = PLACES.get(node.func.id) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        if place is None or not isinstance(node, ast.Call) or len(node.args) <= place:
            continue
        code = node.args[place]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            yield code.value


def test_the_desk_has_words_of_its_own_for_every_code_that_the_server_refuses_with() -> None:
    files = [path for folder in ("domain", "web") for path in (ROOT / folder).rglob("*.py") if "desk" not in path.parts]
    codes = {code for path in files for code in refused(ast.parse(path.read_text("utf-8")))}
    assert {"offer_gone", "invalid", "log_unavailable"} <= codes
    said = set(re.findall(r"^  ([a-z_]+): '", WORDS.read_text("utf-8"), re.MULTILINE))
    assert sorted(codes - said) == []
