"""A centre as Twilio sees it: a real web application on loopback that checks signatures, keeps what it is told and
answers as a test says. The real adapter drives the emulator, the emulator calls this."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.twilio.answers import Retries
from channels.twilio.browser_token import ApiKey
from channels.twilio.call_control import TwilioCallControl
from channels.twilio.forms import Fields, fields_of
from channels.twilio.rest import TwilioRest
from channels.twilio.signature import SIGNATURE_HEADER, NotSigned, Signatures
from channels.twilio.steps import Addresses
from channels.twilio.transport import Account, Bounds
from channels.twilio_emulator.clients import Clients
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.serving import listening_on, serving, sound
from channels.voice.control import HangUp, Reply, Step

SID, TOKEN = "AC" + "a1" * 16, "a token of thirty-two characters"
#: With which browsers register as telephones.
KEY = ApiKey("SK" + "b2" * 16, "a secret that is long enough for HMAC-SHA256")
OURS, SILENT = "+48221234567", "+48221110000"
ANNA, BOB = "client:anna", "+48509000111"
CUSTOMER = "+48601234567"
#: Short pauses and little patience: nothing here waits for a machine that is really busy.
QUICK = Bounds(answer=10.0, retries=Retries(attempts=4, first=0.01, longest=2.0))


@dataclass(frozen=True)
class Told:
    """One webhook as it came in."""

    topic: str
    fields: dict[str, list[str]]
    then: str = ""
    mark: str = ""

    @property
    def read(self) -> Fields:
        return Fields(self.fields)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, [""])[0]


Said = Sequence[Step] | Response
Answer = Said | Awaitable[Said]


@dataclass
class Centre:
    """`script`: what is answered, per topic or per topic and word (`voice`, `gathered:menu`)."""

    base: str
    signatures: Signatures
    script: dict[str, Callable[[Told], Answer]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)
    reply: Callable[[Sequence[Step]], Reply] | None = None

    async def take(self, request: Request) -> Response:
        topic = request.path_params["topic"]
        body = await request.body()
        fields = fields_of(body, request.url.query) if request.method == "GET" else fields_of(body)
        try:
            self.signatures.check(
                request.url.path,
                request.url.query,
                fields if request.method == "POST" else {},
                request.headers.get(SIGNATURE_HEADER),
            )
        except NotSigned:
            self.forged.append(topic)
            return Response(status_code=403)
        told = Told(topic, fields, request.query_params.get("then", ""), request.query_params.get("mark", ""))
        self.told.append(told)
        answer = self._answer(told)
        if isinstance(answer, Awaitable):
            answer = await answer
        if isinstance(answer, Response):
            return answer
        assert self.reply is not None
        reply = self.reply(answer)
        return Response(reply.body, media_type=reply.content_type)

    def of(self, topic: str) -> list[Told]:
        """What was told of one topic, in the order in which it came."""
        return [told for told in self.told if told.topic == topic]

    def _answer(self, told: Told) -> Answer:
        for key in (f"{told.topic}:{told.then}", told.topic):
            if key in self.script:
                return self.script[key](told)
        return Response(status_code=204) if told.topic in ("progress", "conference", "recording") else [HangUp()]


@dataclass
class Running:
    """Emulator, centre, and the real adapter between them. `clients`: telephones that are browsers."""

    emulator: Emulator
    clients: Clients
    base: str
    centre: Centre
    rest: TwilioRest
    control: TwilioCallControl
    at: Addresses

    def client(self, bounds: Bounds = QUICK, token: str = TOKEN) -> TwilioRest:
        return TwilioRest(Account(SID, token, self.base), bounds)


@asynccontextmanager
async def served(app: Starlette) -> AsyncGenerator[str]:
    """An application on a free port of loopback; gives its base URL."""
    listener = listening_on(0)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listener.close()


@asynccontextmanager
async def listening(centre_of: Callable[[str], Centre]) -> AsyncGenerator[Centre]:
    """The centre's application."""
    app = Starlette()
    async with served(app) as base:
        centre = centre_of(base)
        app.router.routes.append(Route("/{topic}", centre.take, methods=["GET", "POST"]))
        yield centre


@asynccontextmanager
async def running() -> AsyncGenerator[Running]:
    """Everything, with one number whose calls and texts come to the centre."""
    emulator = Emulator(SID, TOKEN)
    emulator.api_key(KEY.sid, KEY.secret)
    clients = Clients(emulator, sound)
    async with (
        listening(lambda base: Centre(base, Signatures([TOKEN], base))) as centre,
        serving(emulator, clients=clients) as base,
        TwilioRest(Account(SID, TOKEN, base), QUICK) as rest,
    ):
        at = Addresses(centre.base)
        control = TwilioCallControl(rest, at)
        centre.reply = control.reply
        emulator.number(OURS, voice_url=at.of("voice"), sms_url=at.of("text"), status_callback=at.of("progress"))
        emulator.number(SILENT, takes_sms=False)
        yield Running(emulator, clients, base, centre, rest, control, at)
