"""How the agent's terminal shows what it is told. What customers wrote is escaped: it cannot colour the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from infra.cli.agent_words import Word

#: Events that an agent wants to hear of while they happen, and how they are said.
NEWS = {
    "interaction.offered.v1": "[bold yellow]it rings[/bold yellow] · {channel} · `accept` or `decline`",
    "interaction.offer_timed_out.v1": "the offer was missed",
    "interaction.offer_rescinded.v1": "the offer was taken back",
    "interaction.message_received.v1": "[bold]the customer wrote[/bold]: {text}",
    "agent.stopped_responding.v1": "[red]you missed offers and get none until you type `ready`[/red]",
    "agent.became_not_ready.v1": "not ready: {reason}",
    "agent.channel_paused.v1": "{channel} is paused: {reason}",
    "agent.channel_resumed.v1": "{channel} is taken again",
    "agent.signed_out.v1": "signed out",
}
MOST_TEXT = 2_000


def told(word: str, given: Any) -> RenderableType:
    """What a word gave, for people."""
    match word:
        case "work":
            return work_table(given)
        case "show":
            return Group(*(_entry(one) for one in given))
        case "ready" | "not-ready" | "sign-out" | "state" | "pause" | "resume":
            return _presence(given)
        case "accept":
            return f"[green]yours[/green]: {escape(given['customer_name'] or 'somebody')} · {escape(given['subject'])}"
        case _:
            return "[green]done[/green]"


def _presence(agent: Mapping[str, Any]) -> str:
    """Presence, and what is not taken meanwhile."""
    told = f"[bold]{agent['presence'].replace('_', ' ')}[/bold] {escape(agent['reason'])}".rstrip()
    paused = [f"{name} ({room['paused']['reason']})" for name, room in agent["channels"].items() if room["paused"]]
    return f"{told} · without {escape(', '.join(paused))}" if paused else told


def work_table(work: list[dict[str, Any]]) -> RenderableType:
    """What rings and what is in hand."""
    if not work:
        return "nothing rings and nothing is in hand"
    table = Table("#", "state", "channel", "customer", "about", "ticket", "until", box=None, pad_edge=False)
    for number, item in enumerate(work, 1):
        until = _clock(item["until"] or item["deadline"])
        cells = (item["status"], item["channel"], item["customer_name"], item["subject"], item["ticket_number"], until)
        table.add_row(str(number), *(escape(str(cell)) for cell in cells))
    return table


def _entry(one: Mapping[str, Any]) -> RenderableType:
    data = one["data"]
    head = Text(f"{_clock(one['occurred_at'])}  {one['type'].rpartition('.')[0]}  {one['actor']}", style="dim")
    said = data.get("text")
    return Group(head, Text(_bounded(said))) if said else head


def news_line(event: Mapping[str, Any], agent_id: str) -> str:
    """What just happened, if it is worth a line; empty if not."""
    if event["event"] == "lost":
        return "[red]the connection is lost; trying again[/red]"
    if event["event"] != "message":
        return ""
    shown = event["data"]
    about = NEWS.get(shown["type"])
    data = shown["data"]
    if about is None or data.get("agent_id", agent_id) != agent_id:
        return ""
    values = {name: escape(_bounded(str(data.get(name, "")))) for name in ("text", "reason")}
    return about.format(channel=data.get("queue") or data.get("channel", ""), **values)


def help_table(words: Mapping[str, Word]) -> Table:
    """Every word and what it does."""
    table = Table("type", "to", box=None, pad_edge=False)
    for word in words.values():
        table.add_row(escape(word.usage), word.help)
    table.add_row("quit", "leave the terminal; your presence stays as it is")
    return table


def _bounded(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + " …"


def _clock(moment: str | None) -> str:
    """A time of the API in the terminal's own zone."""
    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M:%S") if moment else ""
