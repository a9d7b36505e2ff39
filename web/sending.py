"""How a route sends a command: once per Idempotency-Key, on behalf of its caller, confined to its project.

A repeated request with the same key gets the first answer, whatever has happened since; the same key with
another request is refused. The key also goes into the log's own `once`, hashed with the account and the request, so
that a crash between recording the events and remembering the answer cannot record them twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel, Field

from domain.decide import Command
from domain.execute import Done, Origin
from web.access import Caller
from web.doors import Doors, Wired
from web.problem import Problem

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A key of your choice, such as a UUID: a repeated request under the same key changes nothing "
        "and gets the first answer.",
    ),
]


class Accepted(BaseModel):
    """What a command led to. Give `position` as `min_position` to a query and it shows what you just did."""

    position: int = Field(description="The last log position written; 0 when what was wanted was already so.")
    result: dict[str, str] = Field(description="Ids of what came about.")
    replayed: bool = Field(default=False, description="True for the repeated answer to an Idempotency-Key.")

    model_config = {"json_schema_extra": {"examples": [{"position": 4711, "result": {"ticket_id": "0199…"}}]}}


class Sending:
    """Sends commands for one request."""

    def __init__(self, request: Request, doors: Doors, key: str | None) -> None:
        self._request, self._doors, self._key = request, doors, key

    async def __call__(
        self, caller: Caller, command: Command, *, project: str = "", also: Mapping[str, str] | None = None
    ) -> Accepted:
        """`also`: further ids that the answer tells.

        Raises `Rejection`, `TooBusy`, `LogUnavailable`, and `Problem` for a key used for another request.
        """
        origin = Origin(project=project, pool=caller.pool, actor=caller.actor, confined=bool(project))
        if self._key is None:
            return _accepted(await self._doors.executor.execute(command, origin), also)
        name, request = await self._names(caller, self._key)
        earlier = await self._doors.replies.claim(name, request, self._doors.clock())
        if earlier is not None and earlier.request != request:
            detail = "this Idempotency-Key was used for another request; use a new key for a new request"
            raise Problem(422, "key_reused", detail)
        if earlier is not None and earlier.answer is not None:
            return Accepted(**earlier.answer, replayed=True)
        done = await self._doors.executor.execute(command, origin, once=f"api:{name}:{request}")
        accepted = _accepted(done, also)
        await self._doors.replies.answer(name, accepted.model_dump(exclude={"replayed"}))
        return accepted

    async def _names(self, caller: Caller, key: str) -> tuple[str, str]:
        """Names of the key, which is the account's own, and of the request it stands for.

        Both are HMACs under the installation's secret: what a customer is called can be guessed from a plain hash.
        """
        body = await self._request.body()
        url = self._request.url
        said = json.dumps([self._request.method, url.path, url.query]).encode() + b"\0" + body
        name = json.dumps([caller.account_id, key]).encode()
        secretly = self._doors.fingerprints
        return secretly("idempotency-key", _digest(name)), secretly("request", _digest(said))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _accepted(done: Done, also: Mapping[str, str] | None) -> Accepted:
    """A replayed result names what the first run made: ids made up for this run are not among them."""
    further = {} if done.replayed else dict(also or {})
    return Accepted(position=done.position, result=dict(done.result) | further, replayed=done.replayed)


async def sending(request: Request, doors: Wired, key: IdempotencyKey = None) -> Sending:
    return Sending(request, doors, key)


Send = Annotated[Sending, Depends(sending)]

#: The answers that every command may give beside its success, for the API's description.
COMMAND_PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Not signed in."},
    403: {"description": "The caller's roles do not allow this."},
    404: {"description": "There is no such thing in this project."},
    409: {"description": "Not possible now; `code` and `detail` say why. Nothing was changed."},
    422: {"description": "Something in the request is wrong; `errors` names the fields."},
    429: {"description": "Too often; see Retry-After."},
    503: {"description": "Busy or the log is unavailable; see Retry-After. Nothing was changed."},
}
