"""Contact in, end to end: signed webhooks and mail taken durably, and the way from a webhook to an agent's screen.

Measured twice, each time on a real PostgreSQL of its own tables, the load from another process: on one process that is
the whole centre (web, router, projections, delivery), and on one of the role that takes such contact in. Every webhook
is signed and becomes events before it is answered; afterwards the log is read and each one looked for. Beside each
figure stands its ceiling in the same run: the same requests to a server that checks their signatures and stores
nothing, the same mails to a server that throws them away.

    python -m bench.contact [--webhooks N] [--mails N] [--rounds N]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx2
import psutil
from twilio.request_validator import RequestValidator

from bench.contact_load import Mail, Request, deliver, paced, request_of, saturated
from bench.contact_node import ACCOUNT, MAILBOX, NUMBERS, TOKEN
from bench.log_ground import bar, database, facts, postgres_server, publish
from infra.keys.memory import MemoryKeyring
from infra.log.postgres import PostgresLog

WEBHOOKS_A_SECOND, MAILS_A_SECOND = 500, 100
LATENCY_P99, OFFER_MEDIAN = 0.100, 0.050
#: Of SMTP as many as Postfix opens to one destination (`default_destination_concurrency_limit`).
CONNECTIONS, SMTP_SESSIONS = 48, 20
#: Calls that come in while one goes on.
LASTS = 100
#: Seconds that anything here may take.
PATIENCE = 240.0


@contextlib.asynccontextmanager
async def child(module: str, *arguments: str) -> AsyncIterator[dict[str, Any]]:
    """A process of its own; what it told of itself when it was ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            said = await process.stdout.readline()
        yield {"pid": process.pid, **json.loads(said)}
    finally:
        process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(30):
                await process.wait()
        if process.returncode is None:
            process.kill()


def webhooks(base_url: str, port: int, count: int, tag: str) -> list[Request]:
    """Calls that come in and, `LASTS` calls later, end: two webhooks each, over all numbers but the first."""
    validator = RequestValidator(TOKEN)

    def of(topic: str, status: str, number: int) -> Request:
        called = NUMBERS[1 + number % (len(NUMBERS) - 1)]
        return _webhook(validator, base_url, port, topic, f"CA{tag}{number:0{32 - len(tag)}x}", called, status)

    calls = count // 2
    requests: list[Request] = []
    for number in range(calls + LASTS):
        if number < calls:
            requests.append(of("voice", "ringing", number))
        if number >= LASTS:
            requests.append(of("progress", "completed", number - LASTS))
    return requests


def _webhook(
    validator: RequestValidator, base_url: str, port: int, topic: str, sid: str, called: str, status: str
) -> Request:
    caller = f"+48600{int(sid[-6:], 16) % 1_000_000:06}"
    fields = {
        "CallSid": sid, "AccountSid": ACCOUNT.account_sid, "From": caller, "To": called, "CallStatus": status,
        "Direction": "inbound", "ApiVersion": "2010-04-01",
    }  # fmt: skip
    path = f"/voice/twilio/{topic}"
    signature = validator.compute_signature(base_url + path, fields)
    body = urlencode(fields).encode()
    return request_of(port, path, body, {"X-Twilio-Signature": signature}, sid)


def processor_seconds(pid: int) -> float:
    """What a process has used of the processors, user and system: how busy the machine is besides does not matter."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def spread(latencies: Sequence[float]) -> dict[str, float]:
    """In milliseconds."""
    ordered = sorted(latencies)
    return {
        "median_ms": round(1000 * statistics.median(ordered), 2),
        "p99_ms": round(1000 * ordered[int(len(ordered) * 0.99)], 2),
        "longest_ms": round(1000 * ordered[-1], 2),
    }


async def measure_webhooks(where: dict[str, Any], count: int) -> dict[str, Any]:
    """Paced at the wanted rate, then as many as it takes."""
    paced_requests = webhooks(where["base_url"], where["http"], count, "a")
    document = await paced(paced_requests, WEBHOOKS_A_SECOND, CONNECTIONS)
    document |= spread(document.pop("latencies"))
    before = processor_seconds(where["pid"])
    fast = await saturated(webhooks(where["base_url"], where["http"], count, "b"), CONNECTIONS)
    document["saturated_per_second"] = fast["per_second"]
    document["saturated_refused"] = fast["refused"]
    document["processor_ms_each"] = round(1000 * (processor_seconds(where["pid"]) - before) / count, 2)
    return document


async def lost(log: PostgresLog, kind: str, field: str, wanted: set[str]) -> int:
    """How many of what was accepted the log does not have."""
    after, seen = 0, set[str]()
    while batch := await log.read(after, 5_000, types=[kind]):
        seen |= {str(getattr(one.event, field)) for one in batch}
        after = batch[-1].position
    return len(wanted - seen)


async def measure_mail(where: dict[str, Any], count: int) -> dict[str, Any]:
    mails = [Mail(f"customer{n}@mail.example", MAILBOX, f"{n}@mail.example") for n in range(count)]
    began, before = time.perf_counter(), processor_seconds(where["pid"])
    taken = await deliver(where["smtp"], mails, SMTP_SESSIONS)
    seconds = time.perf_counter() - began
    each = (processor_seconds(where["pid"]) - before) / max(1, taken)
    return {"taken": taken, "per_second": round(taken / seconds, 1), "processor_ms_each": round(1000 * each, 2)}


async def measure_offers(told: dict[str, Any], rounds: int) -> dict[str, Any]:
    """From the webhook of a call to the offer on the agent's stream; the call ends again before the next."""
    validator, latencies = RequestValidator(TOKEN), list[float]()
    headers = {"Authorization": f"Bearer {told['token']}"}
    client = httpx2.AsyncClient(base_url=told["base_url"], headers=headers, trust_env=False)
    async with client, client.stream("GET", "/api/stream", timeout=PATIENCE) as stream:
        lines = stream.aiter_lines()
        async for line in lines:
            if line.startswith("event: hello"):
                break
        for number in range(rounds + 5):
            sid = f"CAc{number:031x}"
            ring, end = (
                _webhook(validator, told["base_url"], told["http"], topic, sid, NUMBERS[0], status)
                for topic, status in (("voice", "ringing"), ("progress", "completed"))
            )
            began = time.perf_counter()
            await saturated([ring], 1)
            await _wait_for(lines, "interaction.offered.v1")
            if number >= 5:
                latencies.append(time.perf_counter() - began)
            await saturated([end], 1)
            await _wait_for(lines, "agent.released.v1")
    return {"rounds": rounds, **spread(latencies)}


async def _wait_for(lines: AsyncIterator[str], kind: str) -> None:
    async with asyncio.timeout(PATIENCE):
        async for line in lines:
            if line.startswith("data:") and f'"{kind}"' in line:
                return


async def measure(role: str, server: str, count: int, mails: int, rounds: int) -> dict[str, Any]:
    """What one process of this role takes in: figures by what was measured."""
    found: dict[str, Any] = {}
    with database(server) as dsn, tempfile.TemporaryDirectory() as folder:
        url = "postgresql://?" + urlencode(_parts(dsn))
        async with child("bench.contact_node", url, folder, role) as told:
            if role == "all":
                found["offers"] = await measure_offers(told, rounds)
            if role in ("all", "web"):
                found["webhooks"] = await measure_webhooks(told, count)
            if role in ("all", "mail"):
                found["mail"] = await measure_mail(told, mails)
            log = await PostgresLog.open(dsn, MemoryKeyring())
            try:
                await _look_for(log, found, count, mails)
            finally:
                await log.close()
    return found


async def _look_for(log: PostgresLog, found: dict[str, Any], count: int, mails: int) -> None:
    """How much of what was accepted the log does not have."""
    if "webhooks" in found:
        sids = {request.about for tag in "ab" for request in webhooks("http://x", 1, count, tag)}
        found["webhooks"]["lost"] = await lost(log, "call.started.v1", "call_id", sids)
    if "mail" in found:
        started = await log.read(0, 100_000, types=["interaction.started.v1"])
        found["mail"]["lost"] = mails - sum(one.event.channel == "email" for one in started)  # type: ignore[attr-defined]


def bars_of(title: str, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The bars that one process is held against."""
    bars: list[dict[str, Any]] = []
    if "webhooks" in found:
        ours = found["webhooks"]
        missing = ours["lost"] + ours["refused"] + ours["saturated_refused"]
        bars += [
            bar(f"{title}: webhooks accepted a second, paced", ours["per_second"], WEBHOOKS_A_SECOND * 0.99),
            bar(f"{title}: webhooks at that pace, p99 in ms", ours["p99_ms"], LATENCY_P99 * 1000, at_most=True),
            bar(f"{title}: webhooks lost or refused", missing, 0, at_most=True),
        ]
    if "mail" in found:
        mail = found["mail"]
        bars += [
            bar(f"{title}: mails a second through SMTP", mail["per_second"], MAILS_A_SECOND),
            bar(f"{title}: mails lost", mail["lost"], 0, at_most=True),
        ]
    if "offers" in found:
        median = found["offers"]["median_ms"]
        bars.append(bar("webhook to offer on the stream, median ms", median, OFFER_MEDIAN * 1000, at_most=True))
    return bars


async def main(count: int, mails: int, rounds: int) -> dict[str, Any]:
    document: dict[str, Any] = {"bench": "contact", "wanted": {"webhooks": WEBHOOKS_A_SECOND, "mails": MAILS_A_SECOND}}
    bars: list[dict[str, Any]] = []
    with postgres_server() as server:
        document["facts"] = facts(server)
        async with child("bench.contact_empty") as empty:
            document["ceiling"] = {
                "webhooks": await measure_webhooks(empty, count),
                "mail": await measure_mail(empty, mails),
            }
        for role, title in (("web", "a web process"), ("mail", "a mail process"), ("all", "a whole centre")):
            print(f"measuring {title}", file=sys.stderr, flush=True)
            document[role] = found = await measure(role, server, count, mails, rounds)
            bars += bars_of(title, found)
    return document | {"bars": bars}


def _parts(dsn: str) -> dict[str, str]:
    from psycopg.conninfo import conninfo_to_dict

    return {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--webhooks", type=int, default=4_000)
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=200)
    given = parser.parse_args()
    publish(asyncio.run(main(given.webhooks, given.mails, given.rounds)))
