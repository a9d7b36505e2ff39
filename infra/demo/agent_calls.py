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
#: What an agent says in one conversation, and the seconds between at speed 1.
SENTENCES, BETWEEN = 2, 2.5


async def talk(agent: Agent, telephones: Telephones, language: str) -> None:
    """Until all is said or somebody has hung up. Who never comes to the telephone is not waited for long."""
    call = await _together(agent, telephones)
    if call is None:
        return
    phrases = LANGUAGES.get(language, LANGUAGES["en"])
    for _ in range(SENTENCES):
        if not telephones.company(call):
            return
        telephones.say(call, agent.dice.choice(phrases.answers))
        await agent.takes(BETWEEN)


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
