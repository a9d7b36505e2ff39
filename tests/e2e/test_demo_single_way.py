"""One matter from a stock mail client to the rating, every step through a public door."""

from __future__ import annotations

import asyncio
import json
import smtplib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import httpx2
import pytest

from channels.email.model import ParsedMail
from channels.email.parse import parse
from domain.ticket.events import ServiceRated
from infra.demo.browser import browsing, scan, submit
from infra.demo.letters import links_in
from infra.demo.pace import Pace
from infra.demo.running import Run, opened

pytestmark = pytest.mark.timeout(120)
PATIENCE = 20.0
CUSTOMER, MAILBOX = "zoe@home.example", "help@parcels.example"
AGENT = "camille"


@dataclass
class Centre:
    run: Run
    mails: asyncio.Queue[ParsedMail] = field(default_factory=asyncio.Queue[ParsedMail])

    async def send(self, message: EmailMessage) -> None:
        """By the standard library's SMTP client, as anybody's script would."""

        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", self.run.node.smtp_in_port, timeout=PATIENCE) as client:
                client.send_message(message)

        await asyncio.to_thread(deliver)

    async def next_mail(self) -> ParsedMail:
        return await asyncio.wait_for(self.mails.get(), PATIENCE)

    async def logged(self, wire: str) -> list[Any]:
        recorded = await self.run.node.stores.log.read(0, 10_000, types=[wire])
        return [self.run.node.stores.opener(one.event) for one in recorded]


@pytest.fixture
async def centre() -> AsyncIterator[Centre]:
    async with opened(Pace()) as (run, server):
        found = Centre(run)

        async def deliver(recipient: str, sender: str, content: bytes) -> None:
            found.mails.put_nowait(parse(content))

        server.deliver = deliver
        yield found


class Desk:
    """An agent's desk on a session: cookie, CSRF token, one stream."""

    def __init__(self, client: httpx2.AsyncClient, csrf: str) -> None:
        self.client, self._headers = client, {"X-CSRF-Token": csrf}
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.client.post(path, json=body or {}, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listen(self) -> None:
        async with self.client.sse("/api/stream", timeout=httpx2.Timeout(PATIENCE, read=120)) as stream:
            async for event in stream:
                self.events.put_nowait({"event": event.event, "data": json.loads(event.data)})

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                event = await self.events.get()
                if wanted(event):
                    return event["data"]


def of_type(wire: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["event"] == "message" and event["data"]["type"] == wire


@pytest.fixture
async def desk(centre: Centre) -> AsyncGenerator[Desk]:
    log_in = next(one for one in centre.run.log_ins if one.name == AGENT)
    async with httpx2.AsyncClient(base_url=centre.run.node.base_url, trust_env=False, timeout=PATIENCE) as client:
        signed = await client.post("/api/session", json={"name": log_in.name, "password": log_in.password})
        assert signed.status_code == 200, signed.text
        desk = Desk(client, signed.json()["csrf"])
        listening = asyncio.create_task(desk.listen())
        await desk.until(lambda event: event["event"] == "hello")
        await desk.post(f"/api/agents/{AGENT}/sign-in")
        await desk.post(f"/api/agents/{AGENT}/ready")
        yield desk
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def letter(text: str, message_id: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Zoë Fairbairn <{CUSTOMER}>"
    message["To"] = headers.pop("to", MAILBOX)
    message["Subject"] = headers.pop("subject", "Where is my parcel? 📦")
    message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


async def test_a_mail_becomes_a_rated_ticket_and_every_step_shows(centre: Centre, desk: Desk) -> None:
    # a stock client writes; the customer hears that the matter is registered
    await centre.send(letter("Hello,\n\nmy parcel has not come. Where is it?\n", "<first@home.example>"))
    registered = await centre.next_mail()
    assert registered.in_reply_to == ("<first@home.example>",)
    assert registered.automatic is not None

    # it rings at the one agent who is ready, who sees what the customer wrote
    offer = (await desk.until(of_type("interaction.offered.v1")))["data"]
    assert offer["agent_id"] == AGENT
    path = f"/api/projects/parcels/interactions/{offer['interaction_id']}"
    leg = f"{path}/legs/{offer['leg']}"
    await desk.post(f"{leg}/offers/{offer['work_id']}/accept")
    history = (await desk.client.get(path)).json()["items"]
    assert [e["data"]["text"].strip() for e in history if e["type"] == "interaction.message_received.v1"] == [
        "Hello,\n\nmy parcel has not come. Where is it?"
    ]

    # the agent's reply threads in the customer's mail program
    await desk.post(f"{leg}/reply", {"text": "It left our depot this morning."})
    answered = await centre.next_mail()
    assert answered.automatic is None
    assert "It left our depot this morning." in answered.text
    assert answered.subject == "Re: Where is my parcel? 📦"
    assert answered.references[0] == "<first@home.example>"
    assert answered.message_id != registered.message_id

    # the customer answers; nobody has to be routed again, the agent has it on the screen
    reply = letter(
        "Thank you!\n\nOn Mon, 3 Mar 2025 at 10:12, Swift Parcels <help@parcels.example> wrote:\n"
        "> It left our depot this morning.\n",
        "<second@home.example>",
        to=answered.reply_to[0].address,
        subject=answered.subject,
        In_Reply_To=answered.message_id,
        References=" ".join((*answered.references, answered.message_id)),
    )
    await centre.send(reply)
    further = await desk.until(of_type("interaction.message_received.v1"))
    assert further["data"]["interaction_id"] == offer["interaction_id"]
    assert further["data"]["text"].strip() == "Thank you!"

    # settled: the mail has links to rate, which a scanner follows without rating anything
    await desk.post(f"{leg}/complete", {"ticket": "resolve"})
    settled = await centre.next_mail()
    links = links_in(settled)["r"]
    assert len(links) == 2
    async with browsing("127.0.0.1", "en") as browser:
        every_score = [f"{link}&score={score}" for link in links for score in range(1, 6)]
        assert await scan(browser, every_score) == []
        assert await centre.logged(ServiceRated.wire) == []

        # the customer rates by the form
        rated = await submit(
            browser,
            f"{links[0]}&score=5",
            "agent_score",
            {"agent_score": "5", "company_score": "4", "comment": "Kind!"},
        )
        assert rated.status_code == 303
    (rating,) = await centre.logged(ServiceRated.wire)
    assert (rating.agent_id, rating.agent_score, rating.company_score) == (AGENT, 5, 4)

    # all of it stands on the customer's history
    position = await centre.run.node.stores.log.head()
    found = await desk.client.get(
        "/api/projects/parcels/customers", params={"email": CUSTOMER, "min_position": position}
    )
    (customer,) = found.json()["items"]
    timeline = await desk.client.get(
        f"/api/projects/parcels/customers/{customer['customer_id']}/timeline", params={"min_position": position}
    )
    told = json.dumps(timeline.json(), ensure_ascii=False)
    for said in ("my parcel has not come", "It left our depot this morning.", "Thank you!", "Kind!"):
        assert said in told


async def test_a_mail_that_arrives_twice_is_taken_twice_and_counted_once(centre: Centre) -> None:
    once = letter("Hello, please call off the delivery of the parcel.\n", "<twice@home.example>")
    await centre.send(once)
    await centre.send(once)
    assert len(await centre.logged("interaction.message_received.v1")) == 1
    assert len(await centre.logged("ticket.opened.v1")) == 1
