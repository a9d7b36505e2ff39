"""`trunkline serve`: run a centre. `trunkline erase CUSTOMER`: forget somebody."""

from __future__ import annotations

import asyncio
import signal

import structlog
import typer

from infra.load_settings import load_settings
from infra.logs import configure_logs

_log = structlog.get_logger("serve")


def serve() -> None:
    """Run a centre: web, routers, projections, delivery and mail in one process. Ends cleanly on Ctrl-C and SIGTERM."""
    settings = load_settings()
    configure_logs(settings.log_level)
    asyncio.run(_serve())


async def _serve() -> None:
    # imported here: the web framework costs a second that `trunkline check` should not pay
    from infra.node import running_node

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with running_node(load_settings()) as node:
        if node.stores.secrets.notice:
            typer.echo(node.stores.secrets.notice, err=True)
        _log.info("running", http=node.base_url, smtp=node.smtp_in_port, pools=node.configured.pools)
        waits = {asyncio.create_task(stopped.wait()), asyncio.create_task(node.forever())}
        done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in pending:
            one.cancel()
        for one in done:
            one.result()
        _log.info("stopping")
