"""The wheel carries what the checkout has: every package with its data, and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("domain", "projections", "channels", "router", "infra", "web", "bench", "examples")
#: Shipped as the bundle that is built from them.
SOURCES_OF_THE_DESK = "web/desk/"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in a freshly built wheel, those of its metadata left out."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("trunkline-*.whl")
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


def tracked() -> set[str]:
    if shutil.which("git") is None:
        pytest.skip("no git to ask what belongs to the packages")
    listing = subprocess.run(["git", "ls-files", "-z", *SHIPPED], cwd=ROOT, capture_output=True, timeout=60)
    if listing.returncode:
        pytest.skip("not a git checkout: nothing to compare the wheel with")
    return {
        name
        for name in listing.stdout.decode().split("\0")
        if name and (ROOT / name).exists() and not name.startswith(SOURCES_OF_THE_DESK)
    }


def test_every_tracked_file_of_a_package_is_in_the_wheel(shipped: set[str]) -> None:
    assert tracked() - shipped == set()


def test_the_wheel_holds_nothing_but_the_packages(shipped: set[str]) -> None:
    assert {name.partition("/")[0] for name in shipped} <= set(SHIPPED)


def test_the_wheel_carries_the_desk_built_and_without_its_sources(shipped: set[str]) -> None:
    assert "web/static/desk/index.html" in shipped
    assert any(name.startswith("web/static/desk/assets/") and name.endswith(".js.br") for name in shipped)
    assert not any(name.startswith(SOURCES_OF_THE_DESK) for name in shipped)
