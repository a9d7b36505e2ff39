"""Lock the dependencies of pyproject.toml, or say whether the locks still belong to it.

    python requirements/lock.py            resolve and write requirements/*.lock (keeps pins that still fit)
    python requirements/lock.py --upgrade  the same with the newest versions
    python requirements/lock.py --check    exit 1 if pyproject.toml's dependencies changed since; needs no network

Why not uv.lock: docs/decisions/0001-lock-format.md.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
#: Lock file → what is resolved into it. The later ones repeat the first one's versions: those are what was tested.
LOCKS = {
    "dev.lock": ["pyproject.toml", "--group", "dev"],
    "runtime.lock": ["pyproject.toml"],
    "build.lock": ["--group", "build"],
}
FINGERPRINT = "# fingerprint of pyproject.toml's dependencies: "
HEADER = "# Written by `make lock`; edit pyproject.toml instead. Install: pip install --require-hashes -r THIS_FILE\n"


def fingerprint() -> str:
    """SHA-256 over all that the resolution depends on, whatever its order or comments."""
    document = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    project, groups = document["project"], document.get("dependency-groups", {})
    chosen = {
        "python": project["requires-python"],
        "dependencies": sorted(project["dependencies"]),
        "build": sorted(document["build-system"]["requires"]),
        "groups": {name: sorted(map(json.dumps, members)) for name, members in groups.items()},
    }
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()


def resolve(target: Path, sources: list[str], constraint: Path | None) -> str:
    """Ask uv for one universal resolution, starting from the pins already in `target`."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder) / target.name
        if target.exists() and "--upgrade" not in sys.argv:
            scratch.write_text(target.read_text("utf-8"), "utf-8")
        command = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--generate-hashes", "--quiet"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate", "--no-config"]
        command += ["--python-version", "3.11", "--output-file", str(scratch), *sources]
        if constraint is not None:
            command += ["--constraint", str(constraint)]
        subprocess.run(command, cwd=PROJECT, check=True)
        return scratch.read_text("utf-8")


def refuse_addresses(name: str, text: str) -> None:
    """A lock names packages, versions and hashes; an address would tie every user to one registry."""
    if "://" in text:
        offending = next(line for line in text.splitlines() if "://" in line)
        raise SystemExit(f"{name}: a lock must not name an address, but says: {offending.strip()}")


def refuse_unhashed(name: str, text: str) -> None:
    """pip's --require-hashes is only as good as the file: every pin carries at least one hash."""
    pins = [line for line in text.splitlines() if "==" in line]
    if not pins or any(not pin.endswith("\\") for pin in pins):
        raise SystemExit(f"{name}: a pin without a hash")


def write_locks() -> None:
    constraint: Path | None = None
    for name, sources in LOCKS.items():
        target = HERE / name
        text = resolve(target, sources, constraint)
        refuse_addresses(name, text)
        refuse_unhashed(name, text)
        target.write_text(f"{HEADER}{FINGERPRINT}{fingerprint()}\n{text}", "utf-8")
        constraint = constraint or target
        print(f"wrote requirements/{name}")


def check_locks() -> None:
    wanted = FINGERPRINT + fingerprint()
    for name in LOCKS:
        target = HERE / name
        text = target.read_text("utf-8") if target.exists() else ""
        if wanted not in text.splitlines()[:2]:
            raise SystemExit(
                f"requirements/{name} does not belong to this pyproject.toml: run `make lock`, commit both"
            )
        refuse_addresses(name, text)
        refuse_unhashed(name, text)
    print("locks are up to date with pyproject.toml")


if __name__ == "__main__":
    check_locks() if "--check" in sys.argv else write_locks()
