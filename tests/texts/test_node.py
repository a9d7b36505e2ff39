"""A whole node: a customer texts, the router offers it, an agent answers, and the customer has the answer."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.serving import serving
from domain.agent.commands import BecomeReady, SignIn
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.delivery.events import NotificationDelivered
from domain.event import Event
from domain.interaction.events import AgentConnected, InteractionOffered
from domain.interaction.offers import AcceptOffer
from domain.interaction.work import Reply
from infra.node import Node
from infra.process import running_node
from infra.settings import Settings, TwilioAccount
from tests.domain.documents import BOTH, centre, project
from tests.faults.database import url_of
from tests.texts.hotline import ADA, MAIN, ORIGIN, SID, TOKEN, numbers

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest) -> dict[str, SecretStr]:
    """Where the node keeps its log."""
    if request.param == "sqlite":
        return {}
    url = url_of(request.getfixturevalue("postgres"))
    key = base64.b64encode(bytes(range(32))).decode()
    return {"database_url": SecretStr(url), "master_key": SecretStr(key)}


async def until(node: Node, emulator: Emulator, kind: type[Event], count: int = 1) -> Event:
    """The `count`-th event of a kind, as soon as there is one; virtual time goes on meanwhile."""
    async with asyncio.timeout(60):
        while len(found := await node.stores.log.read(0, 100, types=[kind.wire])) < count:
            await emulator.advance(0.5)
            await asyncio.sleep(0.05)
    return found[count - 1].event


async def test_a_text_is_offered_answered_and_delivered(tmp_path: Path, stores: dict[str, SecretStr]) -> None:
    emulator = Emulator(SID, TOKEN, datetime.now(UTC))
    async with serving(emulator) as api:
        account = TwilioAccount(account_sid=SID, auth_token=SecretStr(TOKEN), base_url=api)
        settings = Settings(
            data=tmp_path,
            keys_url=SecretStr("memory:"),
            http_port=0,
            smtp_in_host="",
            twilio={"twilio": account},
            **stores,  # type: ignore[arg-type]
        )
        async with running_node(settings) as node:
            do = node.stores.executor.execute
            channels = {"sms": {"concurrency": 3, "units": 1}}
            profiles = {"mixed": {"capacity": 4, "channels": channels, "queues": BOTH}}
            document = project(numbers=numbers(), status={"sender": "help", "texts": ["opened"]})
            await do(ConfigureProject(document=document, expected_revision=0), ORIGIN)
            await do(ConfigureCentre(document=centre(profiles=profiles), expected_revision=0), ORIGIN)
            await do(SignIn(agent_id="boris"), ORIGIN)
            await do(BecomeReady(agent_id="boris"), ORIGIN)
            emulator.number(MAIN, sms_url=f"{node.base_url}/texts/twilio/incoming")
            await emulator.text(ADA, MAIN, "Where is my parcel?")
            offered = await until(node, emulator, InteractionOffered)
            assert isinstance(offered, InteractionOffered)
            where = {"interaction_id": offered.interaction_id, "leg": "1", "agent_id": "boris"}
            await do(AcceptOffer(**where, work_id=offered.work_id), ORIGIN)
            await until(node, emulator, AgentConnected)
            await do(Reply(project="hotline", **where, text="It comes tomorrow."), ORIGIN)
            await until(node, emulator, NotificationDelivered, 2)
            got = [text.body for text in emulator.world.texts.values() if text.to == ADA]
            assert got[0].startswith("Hotline: mamy Państwa wiadomość.")
            assert got[1:] == ["It comes tomorrow."]


async def test_what_is_no_webhook_is_refused_at_its_address_as_everywhere_else(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        keys_url=SecretStr("memory:"),
        http_port=0,
        smtp_in_host="",
        twilio={"twilio": TwilioAccount(account_sid=SID, auth_token=SecretStr(TOKEN))},
    )
    async with (
        running_node(settings) as node,
        httpx2.AsyncClient(base_url=node.base_url, trust_env=False, timeout=60) as client,
    ):
        forged = await client.post("/texts/twilio/incoming", data={"From": ADA, "To": MAIN})
        large = await client.post("/texts/twilio/incoming", content=b"x" * 3_000_000)
        otherwise = await client.put("/texts/twilio/incoming")
        unknown = await client.post("/texts/nobody/incoming", data={"From": ADA})
    answers = forged, large, otherwise, unknown
    assert [one.status_code for one in answers] == [403, 400, 405, 404]
    assert all(one.headers["X-Content-Type-Options"] == "nosniff" for one in answers)
    assert all("traceresponse" in one.headers for one in answers)
