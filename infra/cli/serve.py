"""`trunkline serve`: run a centre, or one process of it."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Annotated

import structlog
import typer

from infra.collecting import tune_collector
from infra.load_settings import load_settings
from infra.logs import configure_logs
from infra.roles import Role, nice_of

_log = structlog.get_logger("serve")


def serve(
    role: Annotated[Role, typer.Option(help="What this process is for; by default everything.")] = "all",
) -> None:
    """Run a centre, or one of the processes that make it up. Ends cleanly on Ctrl-C and SIGTERM.

    Any number of each role may run on one log in PostgreSQL. Exit code 3: the settings or a store cannot be used.
    """
    settings = load_settings()
    configure_logs(settings.log_level, role=role)
    if settings.priorities:
        os.nice(nice_of(role))
    asyncio.run(_serve(role))


async def _serve(role: Role) -> None:
    # imported here: the web framework costs a second that `trunkline check` should not pay
    from infra.process import running_node

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with running_node(load_settings(), role, on_built=tune_collector) as node:
        tune_collector()
        if node.stores.secrets.notice:
            typer.echo(node.stores.secrets.notice, err=True)
        where = f"{node.settings.operations_host}:{node.operations_port}"
        http = node.base_url if node.http_port else ""
        _log.info("running", http=http, smtp=node.smtp_in_port, operations=where, pools=node.configured.pools)
        waits = {asyncio.create_task(stopped.wait()), asyncio.create_task(node.forever())}
        done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in pending:
            one.cancel()
        for one in done:
            one.result()
        _log.info("stopping")
