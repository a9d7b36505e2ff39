"""`trunkline agent`: an agent's desk in a terminal, until there is one in the browser and beside it afterwards.

It speaks to the API over HTTP and to nothing else, so it works from any machine that reaches the server.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated

import httpx2
import typer
from rich.console import Console

from infra.cli.agent_shown import help_table, news_line, told
from infra.cli.agent_words import WAIT_SECONDS, WORDS, Misunderstood, Typing
from infra.cli.desk import Desk, Refused, Unreachable

#: Exit codes: a command was refused or misunderstood; the server cannot be reached or used.
REFUSED, UNUSABLE = 1, 3
LEAVE = frozenset({"quit", "exit"})


@dataclass(slots=True)
class Terminal:
    """Where lines come from and what they gave goes to: a person's screen, or JSON lines for a program."""

    typing: Typing
    console: Console
    as_json: bool
    failed: bool = False

    async def do(self, line: str) -> None:
        """Do one line and tell what it gave."""
        try:
            given = await self.typing.do(line)
        except (Misunderstood, Refused) as fault:
            self.failed = True
            code = fault.code if isinstance(fault, Refused) else "misunderstood"
            self._tell_fault(line, code, str(fault))
            return
        if self.as_json:
            self.console.file.write(json.dumps({"line": line, "given": given}, ensure_ascii=False) + "\n")
            self.console.file.flush()
        else:
            self.console.print(told(line.split(" ", 1)[0], given))

    def _tell_fault(self, line: str, code: str, detail: str) -> None:
        if self.as_json:
            self.console.file.write(json.dumps({"line": line, "fault": code, "detail": detail}) + "\n")
            self.console.file.flush()
        else:
            self.console.print(f"[red]{detail}[/red]", highlight=False)

    async def follow(self) -> None:
        """Wake up who waits for an offer, and tell a person what happens. Ends when the server refuses us."""
        async with aclosing(self.typing.desk.listen()) as events:
            async for event in events:
                self.typing.rung.set()
                if not self.as_json and (line := news_line(event, self.typing.desk.agent_id)):
                    self.console.print(line)


def agent(
    url: Annotated[str, typer.Option(envvar="TRUNKLINE_URL", help="The server.")] = "http://127.0.0.1:8080",
    name: Annotated[str, typer.Option(envvar="TRUNKLINE_AGENT", help="The account to sign in with.")] = "",
    password: Annotated[
        str, typer.Option(envvar="TRUNKLINE_AGENT_PASSWORD", help="Its password; asked for if left out.")
    ] = "",
    token: Annotated[str, typer.Option(envvar="TRUNKLINE_AGENT_TOKEN", help="An API token instead.")] = "",
    do: Annotated[
        list[str] | None, typer.Option("--do", "-d", help="Do this line and end; repeat for several.", metavar="LINE")
    ] = None,
    wait: Annotated[float, typer.Option(help="Seconds that `accept` waits for an offer.")] = WAIT_SECONDS,
    as_json: Annotated[bool, typer.Option("--json", help="Tell what each line gave as one line of JSON.")] = False,
) -> None:
    """An agent's desk in the terminal: live offers, answering, notes, transfer, wrap-up. Type `help` there."""
    if not token and not name:
        name = typer.prompt("Account")
    if not token and not password:
        password = typer.prompt("Password", hide_input=True)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    console = Console(highlight=False)
    try:
        failed = asyncio.run(_sit_down(url, headers, name, password, do, wait, as_json, console))
    except (Refused, Unreachable) as fault:
        Console(stderr=True).print(f"[red]{fault}[/red]", highlight=False)
        raise typer.Exit(UNUSABLE) from fault
    except KeyboardInterrupt:
        return
    if failed:
        raise typer.Exit(REFUSED)


async def _sit_down(
    url: str,
    headers: dict[str, str],
    name: str,
    password: str,
    lines: list[str] | None,
    wait: float,
    as_json: bool,
    console: Console,
) -> bool:
    """Whether a line failed."""
    async with httpx2.AsyncClient(base_url=url, headers=headers) as client:
        desk = Desk(client)
        if not headers:
            await desk.sign_in(name, password)
        await desk.introduce()
        terminal = Terminal(Typing(desk, wait), console, as_json)
        if lines:
            await _do_all(terminal, lines)
        else:
            await _converse(terminal)
        return terminal.failed


async def _do_all(terminal: Terminal, lines: list[str]) -> None:
    """Do the given lines up to the first that fails.

    Without live events: an open stream says that a desk is there, and its end that the desk is gone.
    """
    for line in lines:
        if not terminal.failed:
            await terminal.do(line)


async def _converse(terminal: Terminal) -> None:
    following = asyncio.create_task(terminal.follow())
    try:
        await _read_lines(terminal, following)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _read_lines(terminal: Terminal, following: asyncio.Task[None]) -> None:
    """Do what is typed until the end of input; a program's input ends at the first line that fails."""
    person = sys.stdin.isatty()
    if person:
        terminal.console.print(f"Good day, [bold]{terminal.typing.desk.name}[/bold]. `help` shows what you can type.")
    while (line := await asyncio.to_thread(sys.stdin.readline)) and line.strip() not in LEAVE:
        if line.strip() == "help":
            terminal.console.print(help_table(WORDS))
        elif line.strip():
            await terminal.do(line.strip())
        if following.done():
            following.result()
        if terminal.failed and not person:
            return
