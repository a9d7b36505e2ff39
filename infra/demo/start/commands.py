"""Commands to copy: the API as `curl`, the command line as it is typed. Tokens are those of this run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.demo.setting_up import GUEST

if TYPE_CHECKING:
    from infra.demo.running import Run


@dataclass(frozen=True, slots=True)
class Command:
    """`about` is a text of the templates' catalogue; `by` the account whose token is in it."""

    about: str
    by: str
    text: str


def as_curl(method: str, url: str, token: str = "", body: Mapping[str, Any] | None = None) -> str:
    """The request as a line for a shell."""
    words = ["curl", "-s"]
    if method != "GET":
        words += ["-X", method]
    if token:
        words += ["-H", f"Authorization: Bearer {token}"]
    if body is not None:
        words += ["-H", "Content-Type: application/json", "-d", json.dumps(body, ensure_ascii=False)]
    return shlex.join([*words, url])


def requests(run: Run) -> list[Command]:
    """What can be asked for and done, by whom; each works as it stands."""
    api = f"{run.node.base_url}/api"
    tokens = {one.name: one.token for one in run.log_ins}
    project = run.documents.projects[0].project
    queue = next(iter(run.documents.projects[0].queues))

    def made(about: str, by: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Command:
        return Command(about, by, as_curl(method, f"{api}{path}", tokens[by], body))

    return [
        made("who", GUEST, "GET", "/session"),
        made("sign_in", GUEST, "POST", f"/agents/{GUEST}/sign-in", {}),
        made("ready", GUEST, "POST", f"/agents/{GUEST}/ready", {}),
        made("work", GUEST, "GET", "/work"),
        made("callback", "supervisor", "POST", f"/projects/{project}/callbacks",
             {"number": "+33144556677", "name": "You", "about": "Try me", "language": "en"}),
        made("waiting", "supervisor", "GET", f"/projects/{project}/queues/{queue}/waiting"),
        made("agents", "supervisor", "GET", "/agents"),
        made("tickets", "supervisor", "GET", f"/projects/{project}/tickets?limit=5"),
        made("events", "analyst", "GET", "/events?type=interaction.offered.v1&limit=3"),
        made("stream", "supervisor", "GET", "/stream"),
        made("accounts", "administrator", "GET", "/accounts"),
    ]  # fmt: skip


def typed(run: Run) -> list[Command]:
    """What can be typed in the folder of the checkout, once `. .venv/bin/activate` was."""
    node = run.node
    guest = next(one for one in run.log_ins if one.name == GUEST)
    log = ["trunkline", "log", "--log", node.settings.log_url]
    found = [
        Command("terminal", GUEST, shlex.join(
            ["trunkline", "agent", "--url", node.base_url, "--name", GUEST, "--password", guest.password])),
    ]  # fmt: skip
    if node.settings.embedded:
        found += [
            Command("tail", "", shlex.join([*log, "tail", "--follow"])),
            Command("verify", "", shlex.join([*log, "verify"])),
        ]
    return found
