"""A whole node: a caller rings, the router offers the call, the agent accepts and they talk."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from channels.twilio.steps import Addresses
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.model import Person
from channels.twilio_emulator.serving import serving
from domain.agent.commands import BecomeReady, SignIn
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.event import Event
from domain.interaction.events import AgentConnected, InteractionOffered, WaitAnnounced, WrapUpCompleted
from domain.interaction.offers import AcceptOffer
from domain.voice.events import LineFreed
from infra.node import Node
from infra.process import running_node
from infra.settings import Settings, TwilioAccount
from tests.channels.voice.flows import LINE, project
from tests.channels.voice.hotline import ALWAYS, CALLER, ORIGIN, SID, TOKEN, centre


async def until(node: Node, emulator: Emulator, kind: type[Event]) -> Event:
    """The first event of a kind, as soon as there is one."""
    async with asyncio.timeout(30):
        while not (found := await node.stores.log.read(0, 10, types=[kind.wire])):
            await emulator.advance(0.5)
            await asyncio.sleep(0.05)
    return found[0].event


async def test_a_caller_is_routed_to_the_agent_who_is_ready_and_they_talk(tmp_path: Path) -> None:
    emulator = Emulator(SID, TOKEN, datetime.now(UTC))
    async with serving(emulator) as api:
        account = TwilioAccount(account_sid=SID, auth_token=SecretStr(TOKEN), base_url=api)
        settings = Settings(
            data=tmp_path, keys_url=SecretStr("memory:"), http_port=0, smtp_in_host="", twilio={"twilio": account}
        )
        async with running_node(settings) as node:
            do = node.stores.executor.execute
            document = project(ALWAYS, "wait", announce=30)
            await do(ConfigureProject(document=document, expected_revision=0), ORIGIN)
            await do(ConfigureCentre(document=centre(), expected_revision=0), ORIGIN)
            await do(SignIn(agent_id="anna"), ORIGIN)
            at = Addresses(f"{node.base_url}/voice/twilio")
            emulator.number(LINE, voice_url=at.of("voice"), status_callback=at.of("progress"))
            emulator.declare("client:anna", Person("answers", after=1.0))
            call = await emulator.dial(CALLER, LINE)
            await until(node, emulator, WaitAnnounced)
            async with asyncio.timeout(30):
                while not any("Your place in the queue: 1." in heard for heard in emulator.heard(call.sid)):
                    await emulator.advance(0.5)
                    await asyncio.sleep(0.05)
            await do(BecomeReady(agent_id="anna"), ORIGIN)
            offered = await until(node, emulator, InteractionOffered)
            assert isinstance(offered, InteractionOffered)
            where = {"interaction_id": offered.interaction_id, "leg": "1", "work_id": offered.work_id}
            await do(AcceptOffer(agent_id="anna", **where), ORIGIN)
            await until(node, emulator, AgentConnected)
            (agent,) = emulator.calls_to("client:anna")
            await emulator.say(agent.sid, "Good morning, this is Anna")
            assert any("this is Anna" in heard for heard in emulator.heard(call.sid))
            await emulator.hang_up(call.sid)
            await until(node, emulator, WrapUpCompleted)
            await until(node, emulator, LineFreed)
