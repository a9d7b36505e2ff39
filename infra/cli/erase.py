"""`trunkline erase CUSTOMER`: forget somebody, for ever."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer

from domain.execute import Origin
from domain.stream import stream_of
from infra.asking import Questions
from infra.erasing import Erasing
from infra.load_settings import load_settings
from infra.projecting import Projecting
from infra.rows.opened import open_rows
from infra.stores import open_stores
from projections.catalogue import PROJECTIONS


def erase(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id, as its card shows it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """Forget a customer and everybody merged into it: keys destroyed, rows and attachments removed.

    It cannot be undone. While a centre runs on an embedded log, ask it instead: POST /api/customers/ID/erase.
    """
    if not yes:
        typer.confirm(f"Forget customer {customer} for ever?", abort=True, err=True)
    ids = asyncio.run(_erase(customer))
    typer.echo(json.dumps({"erased": ids}) if as_json else f"erased: {', '.join(ids)}")


async def _erase(customer_id: str) -> list[str]:
    settings = load_settings()
    async with open_stores(settings) as stores:
        rows = await asyncio.to_thread(open_rows, settings.rows_location, tuple(PROJECTIONS.values()))
        first = await stores.log.read(0, 1, streams=[stream_of("customer", customer_id)])
        project, pool = (first[0].project, first[0].pool) if first else ("", "")
        questions = Questions(rows)
        projecting = Projecting(stores.log, rows, stores.opener, PROJECTIONS.values(), clock=stores.clock)
        # a cluster's processes keep its rows, perhaps pool by pool; an embedded centre's are kept here meanwhile
        keeping = projecting.run() if settings.embedded else asyncio.Event().wait()
        running: asyncio.Task[Any] = asyncio.create_task(keeping)

        async def settle(position: int) -> None:
            reached = projecting.reached if settings.embedded else questions.look
            if not await reached(PROJECTIONS, pool, position, 600.0):
                raise TimeoutError("the projections did not catch up within ten minutes; start them and run this again")
            await asyncio.to_thread(rows.scrub)

        try:
            erasing = Erasing(
                log=stores.log,
                executor=stores.executor,
                keyring=stores.keyring,
                blobs=stores.blobs,
                recordings=stores.recordings,
                settle=settle,
            )
            return list(await erasing.erase(customer_id, Origin(project=project, pool=pool, actor="administrator")))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            questions.close()
            rows.close()
