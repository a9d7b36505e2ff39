"""The API's door: who asks, whether it is valid by the published description, and the faults on demand."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from channels.twilio.errors import Code
from channels.twilio.validity import faults, find_operation, is_known_path
from channels.twilio_emulator import api_calls, api_conferences, api_messages, api_recordings, pictures, recording
from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.refusals import ApiError, not_allowed, not_authenticated, not_found, refusal_of
from channels.twilio_emulator.requests import Request
from channels.twilio_emulator.world import World

Handler = Callable[[Request], Awaitable[dict[str, Any] | None]]
_LARGEST: Final = 256 * 1024
_MEDIA: Final = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Recordings/(RE[0-9a-f]{32})(?:\.wav)?")

HANDLERS: Final[dict[str, Handler]] = {
    "CreateMessage": api_messages.create_message,
    "ListMessage": api_messages.list_messages,
    "FetchMessage": api_messages.fetch_message,
    "CreateCall": api_calls.create_call,
    "ListCall": api_calls.list_calls,
    "FetchCall": api_calls.fetch_call,
    "UpdateCall": api_calls.update_call,
    "ListConference": api_conferences.list_conferences,
    "FetchConference": api_conferences.fetch_conference,
    "UpdateConference": api_conferences.update_conference,
    "CreateParticipant": api_conferences.create_participant,
    "ListParticipant": api_conferences.list_participants,
    "FetchParticipant": api_conferences.fetch_participant,
    "UpdateParticipant": api_conferences.update_participant,
    "DeleteParticipant": api_conferences.delete_participant,
    "CreateCallRecording": api_recordings.create_call_recording,
    "ListCallRecording": api_recordings.list_call_recordings,
    "FetchCallRecording": api_recordings.fetch_call_recording,
    "UpdateCallRecording": api_recordings.update_call_recording,
    "ListRecording": api_recordings.list_recordings,
    "FetchRecording": api_recordings.fetch_recording,
    "DeleteRecording": api_recordings.delete_recording,
    "ListIncomingPhoneNumber": api_messages.list_numbers,
    "FetchIncomingPhoneNumber": api_messages.fetch_number,
    "UpdateIncomingPhoneNumber": api_messages.update_number,
}


class _Broken(Response):
    """An answer of which only the beginning arrives: the connection breaks after the request was carried out."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"65536")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def api_of(world: World) -> APIRouter:
    """The routes below `/2010-04-01`."""
    router = APIRouter()

    @router.api_route("/2010-04-01/{rest:path}", methods=["GET", "POST", "PUT", "DELETE"], include_in_schema=False)
    async def answer(request: HttpRequest) -> Response:
        try:
            return await _answered(world, request)
        except ApiError as error:
            return JSONResponse(error.body(), error.status)

    return router


async def _answered(world: World, http: HttpRequest) -> Response:
    path, method = http.url.path, http.method
    _authenticate(world, path, http.headers.get("authorization", ""))
    media = _MEDIA.fullmatch(path)
    if media and method == "GET":
        return await _media(world, path, media[2])
    picture = pictures.PATH.fullmatch(path)
    if picture and method == "GET":
        return _picture(world, path, picture[1])
    found = find_operation(method, path)
    if found is None:
        raise not_allowed() if is_known_path(path) else not_found(path)
    operation, parts = found
    given = await _given(http)
    fault = world.faults.take("rest", operation.name)
    if fault is not None and fault.kind == "refuse":
        return _refused(fault)
    wrong = faults(operation, given)
    world.requests.append({"operation": operation.name, "method": method, "path": path, "given": given,
                           "faults": [one.message for one in wrong]})  # fmt: skip
    if wrong:
        raise refusal_of(operation, wrong[0])
    done = await HANDLERS[operation.name](Request(world, path, parts, given))
    if fault is not None and fault.kind == "drop":
        return _Broken()
    if fault is not None and fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    if done is None:
        return Response(status_code=204)
    return JSONResponse(done, 201 if operation.name.startswith("Create") else 200)


async def _media(world: World, path: str, sid: str) -> Response:
    fault = world.faults.take("rest", "FetchRecordingMedia")
    if fault is not None and fault.kind == "refuse":
        return _refused(fault)
    one = world.recordings.get(sid)
    if one is None or one.status != "completed":
        raise not_found(path)
    return Response(recording.media(one), media_type="audio/x-wav")


def _picture(world: World, path: str, sid: str) -> Response:
    fault = world.faults.take("rest", "FetchMedia")
    if fault is not None and fault.kind == "refuse":
        return _refused(fault)
    found = pictures.answer(world, sid)
    if found is None:
        raise not_found(path)
    return found


def _refused(fault: Fault) -> Response:
    code = {429: Code.TOO_MANY_REQUESTS, 503: Code.UNAVAILABLE}.get(fault.status, Code.SERVER_FAILED)
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    message = "Too Many Requests" if fault.status == 429 else "An internal server error has occurred"
    return JSONResponse(ApiError(fault.status, code, message).body(), fault.status, headers)


async def _given(http: HttpRequest) -> dict[str, list[str]]:
    body = await http.body()
    if len(body) > _LARGEST:
        raise ApiError(413, Code.INVALID_PARAMETER, "The request is too large")
    try:
        text = body.decode("ascii") if http.method == "POST" else http.url.query
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=500, errors="strict")
    except ValueError as error:
        raise ApiError(400, Code.INVALID_PARAMETER, "The request is no URL-encoded form") from error
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return given


def _authenticate(world: World, path: str, header: str) -> None:
    """HTTP basic authentication with the account's identifier and token; the account in the path must be the same."""
    scheme, _, encoded = header.partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
    except binascii.Error:
        given = b""
    expected = f"{world.account_sid}:{world.auth_token}".encode()
    if not hmac.compare_digest(given, expected) or f"/Accounts/{world.account_sid}" not in path:
        raise not_authenticated()
