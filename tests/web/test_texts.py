"""Writing texts over the API: what one costs, and by which way a reply goes."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from channels.sms.preview import preview
from domain.belonging import Referred
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.customer.contact import contact
from domain.delivery.events import NotificationRequested
from domain.intake import ReceiveMessage
from tests.domain.documents import BOTH, project
from tests.domain.documents import centre as centre_document
from tests.web.running import PROJECT, Running, running

NUMBER = "+48601234567"


@pytest.fixture
async def texting() -> AsyncIterator[Running]:
    numbers = {"main": {"number": "+48221112233", "title": "Main", "texts": {"department": "billing"}}}
    async with aclosing(_texting(numbers)) as found:
        async for one in found:
            yield one


async def _texting(numbers: dict[str, object]) -> AsyncIterator[Running]:
    async with running() as centre:
        centre.doors.preview_text = preview
        await centre.execute(ConfigureProject(document=project(numbers=numbers), expected_revision=1))
        profiles = {"mixed": {"capacity": 4, "channels": {"sms": {"concurrency": 3, "units": 1}}, "queues": BOTH}}
        everybody = {name: {"name": name.title(), "site": "paris", "profile": "mixed"} for name in ("anna", "boris")}
        document = centre_document(profiles=profiles, agents=everybody)
        await centre.execute(ConfigureCentre(document=document, expected_revision=1), "")
        yield centre


async def test_what_a_text_costs_is_told_before_it_is_sent(texting: Running) -> None:
    agent = await texting.agent()
    told = (await agent.post("/api/sms/segments", json={"text": "It’s ready – come any time"})).json()
    assert (told["encoding"], told["segments"], told["units_left"]) == ("UCS-2", 1, 44)
    assert [one["substitute"] for one in told["forcing"]] == ["'", "-"]
    assert told["suggestion"] == {"text": "It's ready - come any time", "encoding": "GSM-7", "segments": 1}


async def test_a_text_that_cannot_be_sent_says_why(texting: Running) -> None:
    agent = await texting.agent()
    answer = await agent.post("/api/sms/segments", json={"text": "ж" * 10_000 + "x"})
    assert answer.status_code == 422
    answer = await agent.post(
        "/api/sms/segments", content=b'{"text": "\\ud83d"}', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert (await texting.anybody().post("/api/sms/segments", json={"text": "Hello"})).status_code == 401


async def test_a_reply_goes_the_way_the_agent_chooses(texting: Running) -> None:
    writer = contact(texting.doors.fingerprints, PROJECT, "phone", NUMBER)
    text = ReceiveMessage(
        project=PROJECT,
        entry="main",
        via="sms",
        sender=writer,
        sender_name="",
        subject="",
        text="Where is my parcel?",
        external_id="SM1",
        fingerprint="",
        refers=Referred(),
    )
    came = (await texting.execute(text)).result
    agent = await texting.agent()
    work_id = await texting.offer(came["interaction_id"])
    work = f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}/legs/1"
    assert (await agent.post(f"{work}/offers/{work_id}/accept")).status_code == 200
    by_mail = await agent.post(f"{work}/reply", json={"text": "Hello", "by": "email"})
    assert (by_mail.status_code, by_mail.json()["code"]) == (409, "no_address")
    too_long = await agent.post(f"{work}/reply", json={"text": "x" * 1601})
    assert (too_long.status_code, too_long.json()["code"]) == (422, "too_long")
    assert (await agent.post(f"{work}/reply", json={"text": "It comes tomorrow."})).status_code == 200
    assert (await agent.post(f"{work}/reply", json={"text": "Truly.", "by": "sms"})).status_code == 200
    recorded = await texting.doors.log.read(0, 1000, types=[NotificationRequested.wire])
    requests = [texting.doors.opener(one.event) for one in recorded]
    assert [(r.channel, r.to, r.body) for r in requests] == [  # type: ignore[attr-defined]
        ("sms", NUMBER, "It comes tomorrow."),
        ("sms", NUMBER, "Truly."),
    ]
