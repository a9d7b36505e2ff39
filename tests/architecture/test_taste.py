"""Files stay short and are named for what they do."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("domain", "router", "projections", "channels", "infra", "web", "bench")
#: "About 300 lines": a file that needs a few more to say its one thing may have them, one that says two may not.
LONGEST = 330
#: Names that say where code was put, not what it does.
EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "service",
    "services",
    "manager",
    "managers",
    "common",
    "misc",
    "base",
}

FILES = sorted(path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_stays_short_enough_to_say_one_thing(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_is_named_for_what_it_does(path: Path) -> None:
    words = {path.stem, *path.stem.split("_"), *path.relative_to(ROOT).parent.parts}
    assert not words & EMPTY_NAMES, f"{named(path)}: name it for what it does"


@pytest.mark.parametrize("path", [p for p in FILES if p.relative_to(ROOT).parts[0] != "tests"], ids=named)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not source.strip() or source.lstrip().startswith('"""'), "begin the module with a docstring"
