"""The ceiling of `bench.contact`: a web server that checks signatures and a mail server, both of which keep nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from typing import Any

import uvicorn
from aiosmtpd.controller import Controller
from fastapi import FastAPI, Request, Response

from bench.contact_node import TOKEN
from channels.twilio.forms import fields_of
from channels.twilio.signature import SIGNATURE_HEADER, Signatures


def app(base_url: str) -> FastAPI:
    made, signatures = FastAPI(), Signatures([TOKEN], base_url)

    @made.post("/voice/twilio/{topic}")
    async def webhook(topic: str, request: Request) -> Response:
        fields = fields_of(await request.body())
        signatures.check(request.url.path, request.url.query, fields, request.headers.get(SIGNATURE_HEADER))
        return Response(status_code=204)

    return made


class Nowhere:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's own name
        return "250 thrown away"


async def main() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    config = uvicorn.Config(app(base_url), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve(sockets=[listening]))
    free = socket.create_server(("127.0.0.1", 0))
    smtp = free.getsockname()[1]
    free.close()
    mail = Controller(Nowhere(), hostname="127.0.0.1", port=smtp)
    await asyncio.to_thread(mail.start)
    print(json.dumps({"http": port, "smtp": smtp, "base_url": base_url}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    mail.stop()
    server.should_exit = True
    await task


if __name__ == "__main__":
    asyncio.run(main())
