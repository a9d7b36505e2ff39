"""Attachments are looked at by a command; whatever it does, there is a verdict and an end."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from channels.email.scanning import CommandScanner, Harmless, Infected, Unscanned, Verdict

#: A scanner as clamdscan behaves: reads standard input, tells the finding, exits with 0 or 1.
SCANNER = """
import os, sys
content = sys.stdin.buffer.read()
if b"EICAR" in content:
    print("stdin: Eicar-Test-Signature FOUND")
    sys.exit(1)
print("stdin: OK", len(content), sorted(os.environ))
"""


def _scanner(code: str, timeout: float = 60.0, max_bytes: int = 25 * 1024 * 1024) -> CommandScanner:
    return CommandScanner((sys.executable, "-I", "-c", code), timeout=timeout, max_bytes=max_bytes)


NAME = Path(sys.executable).name


async def test_a_file_in_which_nothing_was_found_is_harmless() -> None:
    assert await _scanner(SCANNER).scan(b"hello") == Harmless(NAME)


async def test_what_was_found_is_told_in_the_scanners_words() -> None:
    verdict = await _scanner(SCANNER).scan(b"x" * 100_000 + b"EICAR")
    assert verdict == Infected(NAME, "stdin: Eicar-Test-Signature FOUND")


async def test_a_scanner_that_answers_without_reading_all_is_believed() -> None:
    code = "import sys; sys.stdin.buffer.read(5); print('bad'); sys.exit(1)"
    assert await _scanner(code).scan(b"x" * 5_000_000) == Infected(NAME, "bad")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; print('no database'); sys.exit(2)", "exit code 2: no database"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
    ],
)
async def test_a_scanner_that_fails_gives_no_verdict(code: str, reason: str) -> None:
    assert await _scanner(code).scan(b"x") == Unscanned(NAME, reason)


async def test_a_scanner_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    scanner = CommandScanner(("/bin/sh", "-c", 'sleep 300 & echo $! > "$0"; wait', str(mark)), timeout=3)
    assert await scanner.scan(b"x") == Unscanned("sh", "no verdict within 3 s")
    async with asyncio.timeout(20):
        while _alive(int(mark.read_text())):  # noqa: ASYNC110 - another process's end
            await asyncio.sleep(0.01)


async def test_a_child_that_keeps_the_pipe_open_does_not_outlive_the_time_out() -> None:
    scanner = CommandScanner(("/bin/sh", "-c", "sleep 300 & exit 0"), timeout=3)
    assert await scanner.scan(b"x") == Unscanned("sh", "no verdict within 3 s")


async def test_a_scanner_that_never_stops_talking_is_cut_short() -> None:
    code = "import sys\nfor _ in range(20000): print('word ' * 20)\nsys.exit(1)"
    verdict = await _scanner(code).scan(b"x")
    assert isinstance(verdict, Infected)
    assert len(verdict.finding) == 300


async def test_a_scanner_that_is_not_there_gives_no_verdict() -> None:
    verdict = await CommandScanner(("/nonexistent/scanner",)).scan(b"x")
    assert verdict == Unscanned("scanner", "cannot be started: No such file or directory")


async def test_a_file_that_is_too_large_is_not_handed_over() -> None:
    assert await _scanner(SCANNER, max_bytes=10).scan(b"x" * 11) == Unscanned(NAME, "larger than 10 bytes")


async def test_many_files_are_scanned_a_few_at_once() -> None:
    scanner = _scanner(SCANNER)
    verdicts: list[Verdict] = await asyncio.gather(*(scanner.scan(b"EICAR" if n % 2 else b"") for n in range(8)))
    assert [type(verdict) for verdict in verdicts] == [Harmless, Infected] * 4


async def test_the_command_gets_no_environment_but_what_it_is_given() -> None:
    code = "import os, sys; sys.exit(0 if os.environ.get('A') == 'b' and 'HOME' not in os.environ else 1)"
    scanner = CommandScanner((sys.executable, "-I", "-c", code), environment={"A": "b"})
    assert await scanner.scan(b"") == Harmless(NAME)


def test_a_scanner_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a command"):
        CommandScanner(())
    with pytest.raises(ValueError, match="exit codes that differ"):
        CommandScanner(("x",), harmless=frozenset({0}), infected=frozenset({0}))


def _alive(pid: int) -> bool:
    """Whether the process still runs; one that ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")
