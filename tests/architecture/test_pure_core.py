"""The core takes time, ids and chance as arguments and reaches nothing outside: read from the source itself.

import-linter holds the direction of dependence between packages; this test holds what it cannot see: calls of
the standard library that make a decision depend on the machine it runs on.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = ("domain", "router", "projections")

#: Dotted name → what to do instead. `random` bans everything below it.
BANNED_NAMES = {
    "datetime.datetime.now": "take `now` as an argument",
    "datetime.datetime.utcnow": "take `now` as an argument",
    "datetime.datetime.today": "take `now` as an argument",
    "datetime.date.today": "take `now` as an argument",
    "time": "take `now` as an argument",
    "uuid.uuid1": "take `new_id` as an argument",
    "uuid.uuid4": "take `new_id` as an argument",
    "uuid.uuid7": "take `new_id` as an argument",
    "uuid_utils": "take `new_id` as an argument",
    "random": "order totally instead of drawing lots",
    "secrets": "take the token as an argument",
    "os": "settings are read once, in infra",
    "open": "hand in the contents",
    "input": "hand in the contents",
    "print": "return it",
}
#: Modules whose only purpose is to reach outside the process or to share state between threads.
# fmt: off
BANNED_MODULES = {
    "asyncio", "concurrent", "ctypes", "ftplib", "glob", "http", "imaplib", "io", "logging",
    "multiprocessing", "pathlib", "poplib", "select", "selectors", "shutil", "signal", "smtplib", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "urllib.request",
}
# fmt: on


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.AST) -> Iterator[tuple[int, str, str, str]]:
    """Every import, however deep: its line, what it reaches, the name it binds and the dotted name that one means."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                meant = alias.name if alias.asname else alias.name.partition(".")[0]
                yield node.lineno, alias.name, alias.asname or meant, meant
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                target = f"{node.module}.{alias.name}"
                yield node.lineno, target, alias.asname or alias.name, target


def dotted(node: ast.AST, bound: dict[str, str]) -> str:
    """`dt.datetime.now` as the name it means where `import datetime as dt` stands above it; '' for anything else."""
    if isinstance(node, ast.Name):
        return bound.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, bound)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def within(name: str, banned: str) -> bool:
    return name == banned or name.startswith(banned + ".")


def impurities(source: str) -> list[str]:
    """Every place where `source` reads a clock, draws lots, makes ids or reaches outside, each with its line."""
    tree = ast.parse(source)
    bound: dict[str, str] = {}
    found: list[tuple[int, str]] = []
    for line, target, name, meant in imported(tree):
        bound[name] = meant
        found += [(line, f"imports {target}") for module in BANNED_MODULES if within(target, module)]
        found += [(line, f"{target}: {cure}") for banned, cure in BANNED_NAMES.items() if within(target, banned)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            name = dotted(node, bound)
            known = isinstance(node, ast.Attribute) or name in ("open", "input", "print")
            found += [(node.lineno, f"{name}: {cure}") for ban, cure in BANNED_NAMES.items() if known and name == ban]
    return [f"line {line}: {what}" for line, what in sorted(set(found))]


@pytest.mark.parametrize("path", sources(*PURE), ids=named)
def test_the_core_takes_time_ids_and_chance_as_arguments(path: Path) -> None:
    assert impurities(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime as dt\nx = dt.datetime.now(dt.UTC)",
        "from datetime import datetime as moment\nclock = moment.utcnow",
        "from datetime import date\nx = date.today()",
        "import time",
        "def f():\n    from time import time",
        "from uuid import uuid4 as make",
        "import uuid\nx = uuid.uuid4()",
        "import random",
        "from random import choice",
        "from os import environ",
        "import os.path",
        "import sqlite3",
        "from urllib import request",
        "from concurrent.futures import ThreadPoolExecutor",
        "x = open('somewhere')",
    ],
)
def test_the_rule_sees_through_aliases_and_late_imports(source: str) -> None:
    assert impurities(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import UTC, datetime, timedelta\nx = datetime(2026, 1, 1, tzinfo=UTC)",
        "from uuid import UUID",
        "from urllib.parse import quote",
        "def decide(now, open):\n    return now.time(), door.open()",
    ],
)
def test_the_rule_leaves_pure_code_alone(source: str) -> None:
    assert impurities(source) == []
