"""A centre, or one role of it, for `bench.contact`: prints where it listens as one line of JSON and runs until told.

python -m bench.contact_node POSTGRES FOLDER [ROLE]
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr

from domain.agent.commands import BecomeReady, SignIn
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.execute import Origin
from infra.apply_documents import apply_documents
from infra.clock import system_clock
from infra.collecting import tune_collector
from infra.logs import configure_logs
from infra.node import Node
from infra.process import running_node
from infra.roles import Role
from infra.settings import Settings, TwilioAccount
from infra.stores import new_id
from web.access import read_grants
from web.accounts import Account

NUMBERS = [f"+4822{number:07}" for number in range(1000000, 1000020)]
MAILBOX = "help@bench.example"
TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = TwilioAccount(account_sid="AC" + "0" * 32, auth_token=SecretStr(TOKEN), base_url="http://127.0.0.1:9")
CENTRE: dict[str, Any] = {
    "schema_version": 1,
    "centre": "bench",
    "title": "Bench",
    "pool": "main",
    "sites": {"here": {"title": "Here"}},
    "profiles": {
        "calls": {"capacity": 1, "channels": {"voice": {"concurrency": 1}}, "queues": {"bench/answered": {}}},
    },
    "agents": {"anna": {"name": "Anna", "site": "here", "profile": "calls"}},
}
FLOW: dict[str, Any] = {"title": "Flow", "languages": ["en"], "start": "wait"}
PROJECT: dict[str, Any] = {
    "schema_version": 1,
    "project": "bench",
    "title": "Bench",
    "pool": "main",
    "departments": {"letters": {"title": "Letters", "queue": "letters"}},
    "queues": {
        "letters": {"title": "Letters"},
        "waiting": {"title": "Waiting"},
        "answered": {"title": "Answered", "offer": {"timeout": 60}},
    },
    "mailboxes": {"help": {"address": MAILBOX, "title": "Help", "department": "letters"}},
    # calls of every number but the first wait where nobody answers: what is measured is taking them in
    "flows": {
        "waiting": FLOW | {"steps": {"wait": {"queue": {"queue": "waiting"}}}},
        "answered": FLOW | {"steps": {"wait": {"queue": {"queue": "answered"}}}},
    },
    "numbers": {
        f"n{place}": {
            "number": number,
            "title": number,
            "flow": "waiting" if place else "answered",
            "lines": 10_000,
        }
        for place, number in enumerate(NUMBERS)
    },
}


async def _prepare(node: Node) -> str:
    """Put the documents on record and Anna at her desk; the token that she signs in with."""
    origin = Origin(project="", pool="main", actor="bench")
    documents = [CentreDocument.model_validate(CENTRE)], [ProjectDocument.model_validate(PROJECT)]
    await apply_documents(node.stores.executor, *documents, origin)
    await node.configured.catch_up()
    account = Account(new_id(), "anna", "main", "anna", read_grants({"*": ["agent"]}))
    await node.accounts.add(account, "correct horse battery", system_clock())  # type: ignore[attr-defined]
    _, token = await node.accounts.issue_token(account.account_id, "bench", (), system_clock(), None)  # type: ignore[attr-defined]
    for command in (SignIn(agent_id="anna"), BecomeReady(agent_id="anna")):
        await node.stores.executor.execute(command, origin)
    return str(token)


async def main(postgres: str, folder: Path, role: Role) -> None:
    settings = Settings(
        data=folder,
        database_url=SecretStr(postgres),
        accounts_url=SecretStr("memory:"),
        keys_url=SecretStr(f"sqlite:///{folder}/keys.sqlite"),
        master_key=SecretStr(base64.b64encode(bytes(32)).decode()),
        http_port=0,
        smtp_in_port=0,
        smtp_out_port=9,
        mail_domain="bench.example",
        twilio={"twilio": ACCOUNT},
        log_level="error",
    )
    configure_logs("error")  # on standard error: what is printed is read
    async with running_node(settings, role, on_built=tune_collector) as node:
        token = await _prepare(node)
        tune_collector()  # as `trunkline serve` does
        told = {"http": node.http_port, "smtp": node.smtp_in_port, "token": token, "base_url": node.base_url}
        print(json.dumps(told), flush=True)
        stop = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        await asyncio.wait(
            [asyncio.ensure_future(stop), asyncio.ensure_future(node.forever())], return_when="FIRST_COMPLETED"
        )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), cast("Role", sys.argv[3] if len(sys.argv) > 3 else "all")))
