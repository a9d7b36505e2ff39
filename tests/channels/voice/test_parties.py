"""More than two in a conversation: consulted, brought in, handed over to, listening."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.twilio_emulator.model import Call, Person
from domain.customer.contact import contact
from domain.interaction.call_events import ConsultEnded, PartyLeft
from domain.interaction.events import AgentConnected, InteractionClosed, WrapUpCompleted
from domain.interaction.talking import (
    ConsultAgent,
    ConsultNumber,
    EndConsult,
    HandOverCall,
    JoinConsulted,
    ResumeCall,
    SuperviseCall,
)
from domain.voice.events import DialAnswered
from tests.channels.voice.flows import LINE, project
from tests.channels.voice.hotline import ALWAYS, CALLER, Hotline, hotline

EXPERT = "+48509000111"


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path, project(ALWAYS, "wait")) as one:
        yield one


async def talking(line: Hotline) -> tuple[Call, Call, dict[str, str]]:
    call = await line.emulator.dial(CALLER, LINE)
    await line.accept()
    connected = await line.until(AgentConnected)
    where = {"interaction_id": connected.interaction_id, "leg": "1", "agent_id": "anna"}
    return call, line.emulator.calls_to("client:anna")[0], where


async def hears(line: Hotline, speaker: Call, words: str, listener: Call) -> None:
    """Wait until what one says reaches the other."""

    async def heard() -> bool:
        await line.emulator.say(speaker.sid, words)
        return any(words in one for one in line.emulator.heard(listener.sid))

    await line.when(heard, f"{words!r} from {speaker.to} at {listener.to}")


def deaf(line: Hotline, words: str, listener: Call) -> bool:
    return not any(words in one for one in line.emulator.heard(listener.sid))


async def test_a_colleague_is_consulted_unheard_by_the_customer_and_the_customer_comes_back(line: Hotline) -> None:
    call, anna, where = await talking(line)
    party = (await line.do(ConsultAgent(**where, to_agent="boris"))).result["party"]
    await line.until(DialAnswered, 2)
    (boris,) = line.emulator.calls_to("client:boris")
    await hears(line, anna, "May I ask you something", boris)
    assert deaf(line, "May I ask you something", call)
    await line.do(EndConsult(**where, party=party))
    await line.over(boris)
    await line.do(ResumeCall(**where))
    await hears(line, anna, "Thank you for waiting", call)


async def test_the_customer_is_handed_over_to_the_colleague_who_was_consulted(line: Hotline) -> None:
    call, anna, where = await talking(line)
    party = (await line.do(ConsultAgent(**where, to_agent="boris"))).result["party"]
    await line.until(DialAnswered, 2)
    (boris,) = line.emulator.calls_to("client:boris")
    await line.do(HandOverCall(**where, party=party))
    assert (await line.until(AgentConnected, 2)).agent_id == "boris"
    await line.over(anna)
    await hears(line, boris, "Boris speaking", call)
    assert "client:boris: Boris speaking" in line.emulator.heard(call.sid), "by the telephone, not by a name of ours"
    await line.emulator.hang_up(boris.sid)
    await line.over(call)
    await line.until(InteractionClosed)
    assert (await line.until(WrapUpCompleted)).agent_id == "boris"


async def test_an_expert_outside_is_consulted_brought_in_and_leaves(line: Hotline) -> None:
    line.emulator.declare(EXPERT, Person("answers", after=1.0))
    call, anna, where = await talking(line)
    number = contact(line.stores.fingerprints, "hotline", "phone", EXPERT)
    party = (await line.do(ConsultNumber(**where, number=number))).result["party"]
    await line.until(DialAnswered, 2)
    (expert,) = line.emulator.calls_to(EXPERT)
    assert expert.caller == LINE
    await line.do(JoinConsulted(**where, party=party))
    await hears(line, expert, "The expert speaking", call)
    await line.emulator.hang_up(expert.sid)
    await line.until(PartyLeft)
    assert not call.is_over
    assert not anna.is_over


async def test_an_expert_who_does_not_answer_ends_the_consult(line: Hotline) -> None:
    line.emulator.declare(EXPERT, Person("busy"))
    call, _, where = await talking(line)
    number = contact(line.stores.fingerprints, "hotline", "phone", EXPERT)
    await line.do(ConsultNumber(**where, number=number))
    assert (await line.until(ConsultEnded)).outcome == "ended"
    assert not call.is_over


async def test_a_supervisor_listens_whispers_and_speaks(line: Hotline) -> None:
    line.emulator.declare("client:sue", Person("answers", after=1.0))
    call, anna, where = await talking(line)
    await line.do(SuperviseCall(**where, supervisor="sue", hearing="listens"))
    await line.until(DialAnswered, 2)
    (listening,) = line.emulator.calls_to("client:sue")
    await hears(line, call, "I have a question", listening)
    await line.emulator.say(listening.sid, "Nobody hears this")
    assert deaf(line, "Nobody hears this", anna)
    await line.do(SuperviseCall(**where, supervisor="sue", hearing="whispers"))
    await line.until(DialAnswered, 3)
    whispering = line.emulator.calls_to("client:sue")[1]
    await hears(line, whispering, "Offer a discount", anna)
    assert deaf(line, "Offer a discount", call)
    await line.do(SuperviseCall(**where, supervisor="sue", hearing="speaks"))
    await line.until(DialAnswered, 4)
    await hears(line, line.emulator.calls_to("client:sue")[2], "Sue speaking", call)
