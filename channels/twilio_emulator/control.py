"""The control API, below `/emulator`: for tests and scripts that drive the emulator from outside. JSON in and out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from channels.twilio_emulator.emulator import CannotDo, Emulator
from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Call, Manner, Person, Text

Address = Annotated[str, Field(min_length=1, max_length=256)]


class NumberGiven(BaseModel):
    number: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$|^\d{3,8}$")]
    voice_url: str = ""
    sms_url: str = ""
    status_callback: str = ""
    voice_fallback_url: str = ""
    sms_fallback_url: str = ""
    takes_sms: bool = True


class PersonGiven(BaseModel):
    address: Address
    manner: Manner = "answers"
    after: Annotated[float, Field(ge=0, le=600)] = 2.0
    machine: Literal["machine_start", "fax", "unknown"] = "machine_start"
    talks: Annotated[float, Field(ge=0, le=86_400)] | None = None
    sms_error: Annotated[int, Field(ge=0, le=99_999)] = 0
    sms_fails: bool = False


class FaultGiven(BaseModel):
    where: Literal["rest", "webhook"]
    kind: Literal["refuse", "slow", "drop", "duplicate", "late", "lose", "forge"]
    match: Annotated[str, Field(max_length=500)] = ""
    times: int = 1
    status: int = 500
    retry_after: int | None = None
    seconds: float = 1.0


class Seconds(BaseModel):
    seconds: Annotated[float, Field(ge=0, le=7 * 86_400)]


class Dialled(BaseModel):
    caller: Annotated[str, Field(max_length=256)] = ""
    to: Address


class Said(BaseModel):
    text: str


class Texted(BaseModel):
    sender: Address
    to: Address
    body: str = ""
    media: Annotated[list[str], Field(max_length=10)] = Field(default_factory=list[str])


def control_of(emulator: Emulator) -> APIRouter:  # noqa: C901 - one small route after the other
    """The routes; what cannot be done is answered 409 with the reason."""
    router, world = APIRouter(prefix="/emulator"), emulator.world

    @router.get("/clock")
    async def clock() -> dict[str, Any]:
        return {"now": world.now.isoformat()}

    @router.post("/advance")
    async def advance(given: Seconds) -> dict[str, Any]:
        await emulator.advance(given.seconds)
        return {"now": world.now.isoformat()}

    @router.post("/numbers", status_code=201)
    async def number(given: NumberGiven) -> dict[str, Any]:
        return {"sid": emulator.number(**given.model_dump()).sid}

    @router.post("/people", status_code=201)
    async def people(given: PersonGiven) -> dict[str, Any]:
        emulator.declare(given.address, Person(**given.model_dump(exclude={"address"})))
        return given.model_dump()

    @router.post("/faults", status_code=201)
    async def fault(given: FaultGiven) -> dict[str, Any]:
        try:
            emulator.fault(Fault(**given.model_dump()))
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        return given.model_dump()

    @router.delete("/faults", status_code=204)
    async def no_faults() -> None:
        world.faults.clear()

    @router.post("/calls", status_code=201)
    async def dial(given: Dialled) -> dict[str, Any]:
        return call_shown(await emulator.dial(given.caller, given.to))

    @router.get("/calls")
    async def calls(to: str = "") -> list[dict[str, Any]]:
        await emulator.settle()
        return [call_shown(call) for call in world.calls.values() if to in ("", call.to)]

    @router.get("/calls/{sid}")
    async def call(sid: str) -> dict[str, Any]:
        await emulator.settle()
        return call_shown(_known(world.calls, sid))

    @router.post("/calls/{sid}/{what}")
    async def act(
        sid: str, what: Literal["answer", "keys", "say", "hangup"], given: Said | None = None
    ) -> dict[str, Any]:
        call = _known(world.calls, sid)
        text = given.text if given else ""
        try:
            match what:
                case "answer":
                    await emulator.answer(sid)
                case "keys":
                    await emulator.press(sid, text)
                case "say":
                    await emulator.say(sid, text)
                case "hangup":
                    await emulator.hang_up(sid)
        except CannotDo as error:
            raise HTTPException(409, str(error)) from error
        return call_shown(call)

    @router.post("/texts", status_code=201)
    async def text(given: Texted) -> dict[str, Any]:
        try:
            return text_shown(await emulator.text(given.sender, given.to, given.body, given.media))
        except CannotDo as error:
            raise HTTPException(409, str(error)) from error

    @router.get("/texts")
    async def texts(number: str = "") -> list[dict[str, Any]]:
        await emulator.settle()
        return [text_shown(text) for text in world.texts.values() if number in ("", text.to, text.sender)]

    @router.get("/recordings/{sid}")
    async def recording(sid: str) -> dict[str, Any]:
        one = _known(world.recordings, sid)
        return {"sid": one.sid, "status": one.status, "seconds": one.seconds, "lines": one.lines}

    @router.get("/{what}")
    async def told(
        what: Literal["webhooks", "requests", "alerts"], last: Annotated[int, Query(ge=1, le=5000)] = 200
    ) -> list[dict[str, Any]]:
        await emulator.settle()
        match what:
            case "requests":
                return list(world.requests)[-last:]
            case "alerts":
                return [asdict(one) for one in list(world.alerts)[-last:]]
            case "webhooks":
                return [asdict(one) for one in list(world.webhooks.sent)[-last:]]

    return router


def call_shown(call: Call) -> dict[str, Any]:
    """A leg and what was heard on it."""
    return {
        "sid": call.sid, "from": call.caller, "to": call.to, "direction": call.direction, "status": call.status,
        "heard": [
            {"at": one.at.isoformat(), "kind": one.kind, "text": one.text, "whose": one.whose} for one in call.heard
        ],
    }  # fmt: skip


def text_shown(text: Text) -> dict[str, Any]:
    return {
        "sid": text.sid, "from": text.sender, "to": text.to, "body": text.body, "status": text.status,
        "direction": text.direction, "at": text.created.isoformat(), "error": text.error, "segments": text.segments,
    }  # fmt: skip


def _known(where: dict[str, Any], sid: str) -> Any:
    if sid not in where:
        raise HTTPException(404, f"there is no {sid[:40]}")
    return where[sid]
