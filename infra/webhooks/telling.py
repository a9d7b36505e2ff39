"""Telling peers: one task for each webhook follows the log from the webhook's own position, in order.

A peer that is away keeps its later messages waiting, in the log, and gets all of them when it is back. One message is
tried `ATTEMPTS` times over about nine hours; then it is parked with its reason and the next one has its turn. What the
peer refuses for good is parked at once. At least once, in order, under a `webhook-id` that does not change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from channels.webhooks.payload import TooLarge, message_id, payload
from channels.webhooks.posting import Later, Outcome, Poster, Refused, Taken
from domain.centre.documents import ProjectDocument
from domain.centre.webhooks import Webhook, wires_of
from domain.event import REGISTRY, Recorded
from domain.ports import Clock, Log, LogUnavailable, Opener
from infra.configured import Configured
from infra.operations.tracing import exporting, traceparent_told
from infra.settings import WebhookSecret
from infra.webhooks.standing import Standing, Standings, is_due

_log = structlog.get_logger("webhooks")
#: Seconds before the second attempt, the third, and so on; their number bounds the attempts.
PAUSES = (2, 10, 60, 300, 600, 1_200, 3_600, 7_200, 18_000)
ATTEMPTS = len(PAUSES) + 1
#: Seconds between looks where there is nothing to do, and events read at once.
LOOK = 0.5
BATCH = 200
#: Positions without news for a peer after which it is noted that there were none.
IDLE = 200


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A webhook of a project. `name` is `project/webhook`."""

    name: str
    project: str
    pool: str
    webhook: Webhook
    secrets: tuple[str, ...]
    #: Position of the first document that named it: later events are its own.
    first: int


@dataclass(slots=True, kw_only=True)
class Telling:
    """Tells every webhook of every project until cancelled. One process of a centre should."""

    log: Log
    opener: Opener
    configured: Configured
    standings: Standings
    poster: Poster
    clock: Clock
    secrets: Mapping[str, WebhookSecret]
    tell: Callable[[str, str], None] = lambda endpoint, outcome: None
    pause: float = LOOK
    _without: set[str] = field(default_factory=set[str])

    async def run(self) -> None:
        """Look for webhooks that came or went, and keep each going."""
        under_way: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                wanted = {one.name: one for one in self.endpoints()}
                for name, task in list(under_way.items()):
                    if task.done():
                        task.result()
                    if name not in wanted:
                        under_way.pop(name).cancel()
                for name in wanted.keys() - under_way.keys():
                    under_way[name] = asyncio.create_task(self._keep(name), name=f"webhook {name}")
                await asyncio.sleep(self.pause)
        finally:
            for task in under_way.values():
                task.cancel()
            await asyncio.gather(*under_way.values(), return_exceptions=True)

    def endpoints(self) -> list[Endpoint]:
        """Those that can be signed for; one without a secret waits and is told of once."""
        found: list[Endpoint] = []
        for project in self.configured.projects.values():
            for name, webhook in project.webhooks.items():
                endpoint = self._endpoint(project, name, webhook)
                if endpoint.secrets:
                    found.append(endpoint)
                elif endpoint.name not in self._without:
                    self._without.add(endpoint.name)
                    _log.error("a webhook has no secret and waits: set TRUNKLINE_WEBHOOKS", endpoint=endpoint.name)
        return found

    def _endpoint(self, project: ProjectDocument, name: str, webhook: Webhook) -> Endpoint:
        full = f"{project.project}/{name}"
        secret = self.secrets.get(full)
        first = self.configured.webhooks_since.get(full, 0)
        return Endpoint(full, project.project, project.pool, webhook, secret.values if secret else (), first)

    async def _keep(self, name: str) -> None:
        while True:
            endpoint = next((one for one in self.endpoints() if one.name == name), None)
            if endpoint is None:
                return
            try:
                busy = await self.step(endpoint)
            except LogUnavailable as fault:
                _log.warning("a webhook waits for a store", endpoint=name, kind=type(fault).__name__)
                busy = False
            if not busy:
                await asyncio.sleep(self.pause)

    async def step(self, endpoint: Endpoint) -> bool:
        """Tell what is due of one batch; whether there may be more to do at once."""
        await self._again(endpoint)
        standing = await self.standings.of(endpoint.name, endpoint.first)
        if not is_due(standing, self.clock()):
            return False
        head = await self.log.head()
        batch = await self._next(endpoint, standing)
        if not batch and head - standing.position >= IDLE:
            await self.standings.advance(standing, head)
        for recorded in batch:
            if recorded.project == endpoint.project and not await self._tell(endpoint, standing, recorded):
                return False
            if not await self.standings.advance(standing, recorded.position):
                return True
            standing = Standing(endpoint.name, recorded.position, 0, "", "")
        return bool(batch)

    async def _next(self, endpoint: Endpoint, standing: Standing) -> Sequence[Recorded]:
        wires = wires_of(endpoint.webhook, REGISTRY)
        return await self.log.read(standing.position, BATCH, pool=endpoint.pool, types=wires)

    async def _again(self, endpoint: Endpoint) -> None:
        """What was parked and is wanted once more: one attempt each."""
        for parked in await self.standings.parked(endpoint.name, again=True):
            recorded = await self.log.read(parked.position - 1, 1)
            if recorded and recorded[0].position == parked.position:
                outcome = await self._attempt(endpoint, recorded[0])
                if not isinstance(outcome, Taken):
                    standing = Standing(endpoint.name, parked.position, parked.attempts, "", "")
                    await self.standings.park(standing, parked.position, outcome.reason, self.clock())
                    continue
            await self.standings.settle(endpoint.name, parked.position)

    async def _tell(self, endpoint: Endpoint, standing: Standing, recorded: Recorded) -> bool:
        """Whether this message is done with: taken, or parked."""
        outcome = await self._attempt(endpoint, recorded)
        match outcome:
            case Taken():
                return True
            case Later() if standing.attempts + 1 < ATTEMPTS:
                seconds = max(outcome.seconds or 0.0, PAUSES[standing.attempts])
                await self.standings.wait(standing, self.clock() + timedelta(seconds=seconds), outcome.reason)
                return False
            case Later() | Refused():
                _log.warning("a message to a peer is parked", endpoint=endpoint.name, reason=outcome.reason)
                await self.standings.park(standing, recorded.position, outcome.reason, self.clock())
                return True

    async def _attempt(self, endpoint: Endpoint, recorded: Recorded) -> Outcome:
        personal = endpoint.webhook.personal
        try:
            opened = recorded._replace(event=self.opener(recorded.event)) if personal else recorded
            body = payload(opened, personal=personal)
        except TooLarge as fault:
            outcome: Outcome = Refused(str(fault))
        else:
            trace = traceparent_told(recorded.correlation_id, recorded.event_id, sampled=exporting())
            outcome = await self.poster.post(
                endpoint.webhook.url,
                endpoint.secrets,
                message_id(recorded),
                body,
                self.clock(),
                "" if trace is None else trace.decode(),
            )
        self.tell(endpoint.name, type(outcome).__name__.lower())
        return outcome
