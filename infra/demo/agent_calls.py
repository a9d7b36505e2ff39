"""A simulated agent with a call in hand: picks up, talks, and hangs up unless the customer is quicker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from infra.demo.phrases import LANGUAGES
from infra.demo.telephones import Telephones

if TYPE_CHECKING:
    from channels.twilio_emulator.model import Call
    from infra.demo.agent import Agent

#: Seconds, as telephones count them, that a conversation may take to begin: two telephones may ring before.
BEGINS: Final = 90.0
#: Seconds between two looks at the telephone.
LOOKS: Final = 0.1
#: How often an agent speaks in one conversation: so often, and once more for everything the customer says meanwhile, up
#: to a bound. The seconds that they listen after each, at speed 1.
SENTENCES, MOST, LISTENS = 2, 10, 3.0


async def talk(agent: Agent, telephones: Telephones, language: str) -> None:
    """Until all is said or somebody has hung up. Who never comes to the telephone is not waited for long."""
    call = await _together(agent, telephones)
    if call is None:
        return
    phrases, spoken, heard = LANGUAGES.get(language, LANGUAGES["en"]), 0, _speech(call)
    while telephones.company(call) and spoken < MOST:
        telephones.say(call, phrases.spoken[min(spoken, len(phrases.spoken) - 1)])
        spoken += 1
        await agent.takes(LISTENS)
        answered, heard = _speech(call) > heard, _speech(call)
        if spoken >= SENTENCES and not answered:
            return


def _speech(call: Call) -> int:
    """How often something was said to the agent."""
    return sum(one.kind == "speech" for one in call.heard)


async def _together(agent: Agent, telephones: Telephones) -> Call | None:
    """The agent's own leg, once somebody else is on the line."""
    began, picked_up = telephones.now, False
    while telephones.now - began < BEGINS:
        call = telephones.agents_call(agent.agent_id)
        if call is not None and telephones.company(call):
            return call
        if picked_up and call is None:
            return None
        picked_up = call is not None
        await asyncio.sleep(LOOKS)
    return None


def is_call(channel: Any) -> bool:
    """Whether work of this channel is done on the telephone."""
    return channel in ("voice", "callback")
