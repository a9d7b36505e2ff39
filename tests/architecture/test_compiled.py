"""A wheel with the router compiled decides as its sources do."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import unavailable

#: The compilers take a minute where they have a core to themselves.
pytestmark = pytest.mark.timeout(900)
ROOT = Path(__file__).resolve().parents[2]
COMPILED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
    "hooks"
]["mypyc"]["include"]
#: What the compiler of C makes of it faster; what mypyc makes of the sources is the same.
QUICKLY = '\n[tool.hatch.build.targets.wheel.hooks.mypyc.options]\nopt_level = "0"\n'


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    return done.stdout


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Built from the source distribution, as `make wheel` does it."""
    if shutil.which("gcc") is None and shutil.which("cc") is None:
        unavailable("no C compiler")
    run("-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, folder=ROOT)
    (packed,) = tmp_path.glob("*.tar.gz")
    shutil.unpack_archive(packed, tmp_path, filter="data")
    (sources,) = (one for one in tmp_path.iterdir() if one.is_dir())
    with (sources / "pyproject.toml").open("a", encoding="utf-8") as document:
        document.write(QUICKLY)
    run("-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=sources, HATCH_BUILD_HOOK_ENABLE_MYPYC="1")
    (built,) = tmp_path.glob("*.whl")
    return built


@pytest.fixture
def installed(wheel: Path) -> Path:
    folder = wheel.parent / "installed"
    shutil.unpack_archive(wheel, folder, format="zip")
    return folder


def test_a_wheel_built_so_carries_the_router_compiled_and_it_decides_as_the_reference_does(
    wheel: Path, installed: Path
) -> None:
    libraries = {name.split(".")[0] for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".so")}
    assert {name.strip("/").removesuffix(".py") for name in COMPILED} <= libraries
    found = {"PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"}
    # -P: the sources in the working folder must not hide what is compiled
    asked = run("-P", "-c", "import router.board; print(router.board.__file__)", folder=ROOT, **found)
    assert Path(asked.strip()).is_relative_to(installed)
    assert asked.strip().endswith(".so")
    options = ("-q", "-o", "pythonpath=", "-p", "no:cacheprovider")
    for chosen in (
        ("tests/router/test_properties.py", "-k", "asking_everybody or byte_for_byte or capacity_is_never"),
        # and a board that was stored is taken up again
        ("tests/cluster/test_snapshots.py", "-k", "decides_as_one_that_saw_everything"),
    ):
        told = run("-P", "-m", "pytest", *options, *chosen, folder=ROOT, TRUNKLINE_ROUTER_BOARDS="120", **found)
        assert " passed" in told
