"""The command lines: an agent works a mail in the terminal against a real server; accounts are made on disk."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from infra.accounts.database import SqliteDatabase
from infra.accounts.store import AccountStore
from infra.clock import system_clock
from tests.web.running import PASSWORD, PASSWORDS, Running, until

SECONDS = 60
AGENT = "import typer; from infra.cli.agent import agent; typer.run(agent)"
ACCOUNT = "from infra.cli.accounts import account_app; account_app()"


async def run(program: str, *arguments: str, stdin: str = "", **environment: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command line of its own process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=kept | environment | {"COLUMNS": "160"},
        cwd=Path(__file__).parents[2],
    )
    async with asyncio.timeout(SECONDS):
        output, errors = await process.communicate(stdin.encode())
    return process.returncode or 0, output.decode(), errors.decode()


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


async def sit_down(web: Running, *words: str, **options: str) -> tuple[int, list[dict[str, Any]], str]:
    """Let Anna do these lines without a screen."""
    arguments = [part for word in words for part in ("--do", word)]
    given = [part for name, value in options.items() for part in (f"--{name}", value)]
    code, output, errors = await run(
        AGENT, "--url", web.url, "--name", "anna", "--json", *given, *arguments, TRUNKLINE_AGENT_PASSWORD=PASSWORD
    )
    return code, lines(output), errors


async def test_an_agent_works_a_mail_from_the_offer_to_the_settled_ticket(web: Running, tmp_path: Path) -> None:
    (tmp_path / "Żółw.pdf").write_bytes(b"%PDF")
    await web.account("anna", {"*": ["agent"]}, "anna")
    came = (await web.mail()).result
    code, given, errors = await sit_down(web, "ready")
    assert (code, given[0]["given"]["presence"]) == (0, "ready"), errors
    code, given, errors = await sit_down(web, "pause email headset broken", "resume email")
    paused = [one["given"]["channels"]["email"]["paused"] for one in given]
    assert (code, paused[0]["reason"], paused[1]) == (0, "headset broken", None), errors
    working = asyncio.create_task(
        sit_down(
            web,
            "accept",
            "show",
            f"attach {tmp_path}/Żółw.pdf",
            "reply Dear Ada, done.",
            "note she was kind",
            "resolve answered",
            "work",
        )
    )
    await web.offer(came["interaction_id"])
    code, given, errors = await working
    assert code == 0, errors
    accepted, shown, *_, work = given
    assert accepted["given"]["subject"] == "Invoice 4711"
    assert any(one["data"].get("text") == "The amount is wrong." for one in shown["given"])
    assert work["given"] == []
    (sent,) = [web.doors.opener(one.event) for one in await web.doors.log.read(types=["interaction.message_sent.v1"])]
    assert (sent.file_names, [one.media_type for one in sent.files]) == ("Żółw.pdf", ["application/pdf"])  # type: ignore[attr-defined]
    resolved = await web.doors.log.read(types=["ticket.resolved.v1"])
    assert [one.event.agent_id for one in resolved] == ["anna"]  # type: ignore[attr-defined]


async def test_lines_from_a_pipe_are_done_with_live_offers_until_one_fails(web: Running) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    came = (await web.mail()).result
    typed = "ready\naccept\ntransfer technical please call her\nwork\ntransfer sales\nstate\n"
    working = asyncio.create_task(
        run(AGENT, "--url", web.url, "--name", "anna", stdin=typed, TRUNKLINE_AGENT_PASSWORD=PASSWORD)
    )

    async def ready() -> bool:
        return bool(await web.doors.log.read(types=["agent.became_ready.v1"]))

    await until(ready)
    await web.offer(came["interaction_id"])
    code, output, errors = await working
    assert "yours: Ada Lovelace · Invoice 4711" in output, errors
    assert "nothing rings and nothing is in hand" in output
    assert "there is no work that is connected" in output
    assert code == 1
    assert await web.doors.log.read(types=["ticket.handed_over.v1"])


async def test_what_is_not_understood_or_refused_ends_with_its_reason(web: Running) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    code, given, _ = await sit_down(web, "dance", "ready")
    assert (code, len(given), given[0]["fault"]) == (1, 1, "misunderstood")
    assert "there are ready, not-ready" in given[0]["detail"]
    code, given, _ = await sit_down(web, "accept", wait="0.2")
    assert (code, given[0]["detail"]) == (1, "nothing has rung for 0.2 s")


async def test_a_wrong_password_and_an_absent_server_are_told_apart(web: Running) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    code, _, errors = await run(AGENT, "--url", web.url, "--name", "anna", "--password", "wrong one", "--do", "work")
    assert (code, errors.strip()) == (3, "name or password is wrong")
    code, _, errors = await run(AGENT, "--url", "http://127.0.0.1:9", "--token", "tl_x", "--do", "work")
    assert code == 3
    assert "cannot be reached" in errors


async def test_an_account_made_on_the_command_line_signs_in(tmp_path: Path) -> None:
    data = {"TRUNKLINE_DATA": str(tmp_path)}
    made = ("add", "Root", "--pool", "main", "--role", "administrator", "--role", "hotline=analyst")
    code, output, errors = await run(ACCOUNT, *made, "--password-stdin", stdin=f"{PASSWORD}\n", **data)
    assert code == 0, errors
    assert output.startswith("created root")
    code, output, _ = await run(ACCOUNT, "list", "--pool", "main", "--json", **data)
    (account,) = lines(output)
    assert (account["name"], account["roles"]) == ("root", {"*": ["administrator"], "hotline": ["analyst"]})
    code, output, _ = await run(ACCOUNT, "token", "root", **data)
    database = SqliteDatabase(tmp_path / "accounts.sqlite")
    store = AccountStore(database, PASSWORDS)
    assert (await store.sign_in("root", PASSWORD)) is not None
    assert (await store.token(output.strip(), system_clock())) is not None
    await database.close()


async def test_the_command_line_refuses_unknown_roles_short_passwords_and_taken_names(tmp_path: Path) -> None:
    data = {"TRUNKLINE_DATA": str(tmp_path)}
    made = ("add", "root", "--pool", "main", "--password-stdin", "--role")
    for role, password, saying in (
        ("king", PASSWORD, "there is no role 'king'; there are agent"),
        ("manager", "short", "at least 10 characters"),
        ("manager", PASSWORD, ""),
        ("manager", PASSWORD, "another account has this name"),
    ):
        code, _, errors = await run(ACCOUNT, *made, role, stdin=f"{password}\n", **data)
        assert (code, saying in errors) == (1 if saying else 0, True), errors
