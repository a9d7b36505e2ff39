"""What is to be done about callbacks that an agent has taken: two telephones ring, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from domain.voice.events import DialOutcome
from infra.voice.board import Board
from infra.voice.seen import Dialling


@dataclass(frozen=True, slots=True)
class Back:
    """A callback in an agent's hands."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class DialOut:
    """The agent, or the customer, is to be called into the conversation."""

    back: Back
    whom: Literal["agent", "customer"]


@dataclass(frozen=True, slots=True)
class NotReached:
    """The customer was busy, or did not answer."""

    back: Back
    outcome: DialOutcome


@dataclass(frozen=True, slots=True)
class AgentNotReached:
    """The agent's own telephone was not answered."""

    back: Back


@dataclass(frozen=True, slots=True)
class TalkOver:
    """One of the two has hung up: the contact is over."""

    back: Back


CallbackDeed = DialOut | NotReached | AgentNotReached | TalkOver
Order = Literal["agent_first", "customer_first"]
#: Whose telephone rings first for an interaction; None where nobody is dialled by us (no number to call from).
OrderOf = Callable[[str], Order | None]


def calling_back(board: Board, interaction_id: str, order_of: OrderOf) -> Iterator[CallbackDeed]:
    """Everything that is due for one callback."""
    interaction = board.interactions.get(interaction_id)
    if interaction is None or interaction.status != "open":
        return
    for name, leg in interaction.legs.items():
        if leg.status != "connected" or leg.wanted.channel != "callback":
            continue
        order = order_of(interaction_id)
        if order is not None:
            yield from _pair(board, Back(interaction_id, name, leg.work_id, leg.agent_id), order)


def _pair(board: Board, back: Back, order: Order) -> Iterator[CallbackDeed]:
    agent, customer = board.dial_of(back.work_id), board.customer_of(back.interaction_id, back.work_id)
    if _over(customer):
        assert customer is not None, "what is over was begun"
        yield TalkOver(back) if customer.state.was_answered else NotReached(back, customer.state.outcome or "failed")
        return
    if _over(agent):
        assert agent is not None, "what is over was begun"
        yield TalkOver(back) if agent.state.was_answered else AgentNotReached(back)
        return
    first, second = (agent, customer) if order == "agent_first" else (customer, agent)
    if first is None:
        yield DialOut(back, "agent" if order == "agent_first" else "customer")
    elif first.state.status == "answered" and second is None:
        yield DialOut(back, "customer" if order == "agent_first" else "agent")


def _over(dial: Dialling | None) -> bool:
    return dial is not None and dial.state.status == "ended"
