"""The page on which a person plays the customer: dial, press keys, say, text, hang up, and read what is heard.

Server-rendered, works without JavaScript; a few lines of it only refresh what was heard, so that nothing half typed is
lost.
"""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from channels.twilio.validity import is_phone
from channels.twilio_emulator.emulator import CannotDo, Emulator
from channels.twilio_emulator.model import Call, Person
from channels.twilio_emulator.world import World

_SHOWN = 50
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


def page_of(emulator: Emulator) -> APIRouter:  # noqa: C901 - one small route after the other
    """`/` asks who one is; `/phone` is that person's telephone."""
    router, world = APIRouter(include_in_schema=False), emulator.world

    @router.get("/")
    async def who() -> HTMLResponse:
        people = sorted(
            {call.caller for call in world.calls.values() if call.direction == "inbound"} | set(world.people)
        )
        return _html("who.html", numbers=list(world.numbers), people=people, now=world.now, problem="")

    @router.get("/favicon.ico")
    async def icon() -> Response:
        """None; browsers ask for one all the same."""
        return Response(status_code=204)

    @router.get("/phone")
    async def phone(me: str, problem: str = "") -> HTMLResponse:
        if not _is_me(me):
            return _html("who.html", numbers=list(world.numbers), people=[], now=world.now,
                         problem="Your number is written +48601234567, or client:name, or sip:name@host.")  # fmt: skip
        return _html("phone.html", problem=problem[:300], **_telephone(emulator, me))

    @router.get("/phone/heard")
    async def heard(me: str) -> HTMLResponse:
        return _html("heard.html", **_telephone(emulator, me))

    @router.post("/phone/on")
    async def on(me: Annotated[str, Form()], on: Annotated[str, Form()] = "") -> Response:
        """Answer by hand from now on, or let the telephone answer by itself again."""
        emulator.declare(me, Person("person") if on else Person())
        return _back(me)

    @router.post("/phone/dial")
    async def dial(
        me: Annotated[str, Form()], to: Annotated[str, Form()], hidden: Annotated[str, Form()] = ""
    ) -> Response:
        call = await emulator.dial("" if hidden else me, to.strip())
        if hidden:
            world.keep(world.withheld, call.sid, me)
        return _back(me)

    @router.post("/phone/text")
    async def text(
        me: Annotated[str, Form()], to: Annotated[str, Form()], body: Annotated[str, Form()] = ""
    ) -> Response:
        return await _tried(me, emulator.text(me, to.strip(), body))

    @router.post("/phone/{sid}/{what}")
    async def act(sid: str, what: str, me: Annotated[str, Form()], text: Annotated[str, Form()] = "") -> Response:
        doing: dict[str, Any] = {
            "answer": lambda: emulator.answer(sid),
            "keys": lambda: emulator.press(sid, text),
            "say": lambda: emulator.say(sid, text),
            "hangup": lambda: emulator.hang_up(sid),
        }
        if what not in doing:
            return _html(
                "who.html", numbers=list(world.numbers), people=[], now=world.now, problem="There is no such key."
            )
        return await _tried(me, doing[what]())

    return router


async def _tried(me: str, doing: Awaitable[Any]) -> Response:
    try:
        await doing
    except CannotDo as error:
        return _back(me, str(error))
    return _back(me)


def _telephone(emulator: Emulator, me: str) -> dict[str, Any]:
    world = emulator.world
    mine = [
        call
        for call in world.calls.values()
        if (call.direction == "inbound" and call.caller == me)
        or (call.direction != "inbound" and call.to == me)
        or world.withheld.get(call.sid) == me
    ]
    return {
        "me": me,
        "now": world.now,
        "numbers": list(world.numbers),
        "to": _latest(world, me, mine),
        "in_browser": me in world.by_hand,
        "by_hand": world.person(me).manner == "person",
        "calls": list(reversed(mine))[:_SHOWN],
        "texts": [text for text in reversed(world.texts.values()) if me in (text.to, text.sender)][:_SHOWN],
    }


def _latest(world: World, me: str, mine: list[Call]) -> str:
    """The number of the account's that somebody had to do with last, else the first there is."""
    texts = [text for text in world.texts.values() if me in (text.to, text.sender)]
    latest = max([*mine, *texts], key=lambda one: one.created, default=None)
    met = [] if latest is None else [latest.to, latest.caller if isinstance(latest, Call) else latest.sender]
    return next((one for one in (*met, *world.numbers) if one in world.numbers), "")


def _is_me(me: str) -> bool:
    return len(me) <= 200 and (is_phone(me) or me.startswith(("client:", "sip:")))


def _html(template: str, **shown: Any) -> HTMLResponse:
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'self' 'unsafe-inline'"}
    return HTMLResponse(_templates.get_template(template).render(**shown), headers=headers)


def _back(me: str, problem: str = "") -> Response:
    query = {"me": me} | ({"problem": problem} if problem else {})
    return RedirectResponse(f"/phone?{urlencode(query)}", 303)
