"""What a channel is to everything that is not the channel itself, and how a further one joins.

A contact's channel is a name in the log, for ever; what the name means is declared here, once, by whoever brings it.
The four that the domain has rules of its own for are declared below, any other by the package in `channels` that
carries it. A name whose package is gone is still read: it counts as neither spoken nor written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

Medium = Literal["spoken", "written"]
ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way in which customers and agents are in contact.

    `medium`: they talk, or the customer waits for what the agent writes. `connected_on_accept`: they are in contact
    as soon as the agent has accepted; else only once a provider has brought them together. `conversations`: its
    contacts are conversations on a page of ours, which a project declares under `conversations`.
    """

    name: str
    medium: Medium
    connected_on_accept: bool = True
    conversations: bool = False


_DECLARED: dict[str, Channel] = {}


def declare(channel: Channel) -> Channel:
    """Make a channel known. Raises `TypeError` for a name that another one has."""
    if _DECLARED.get(channel.name, channel) != channel:
        raise TypeError(f"there is a channel {channel.name!r} already")
    _DECLARED[channel.name] = channel
    return channel


def channel_names() -> tuple[str, ...]:
    """Every channel there is, in the order in which they were declared."""
    return tuple(_DECLARED)


def is_spoken(name: str) -> bool:
    return _of(name, "spoken")


def is_written(name: str) -> bool:
    """Whether the customer waits for what the agent writes, so that the first reply is the answer."""
    return _of(name, "written")


def connects_on_accept(name: str) -> bool:
    return name in _DECLARED and _DECLARED[name].connected_on_accept


def conversation_channels() -> Iterator[str]:
    """The channels whose contacts are conversations on a page of ours."""
    return (name for name, channel in _DECLARED.items() if channel.conversations)


def _of(name: str, medium: Medium) -> bool:
    return name in _DECLARED and _DECLARED[name].medium == medium


VOICE = declare(Channel(name="voice", medium="spoken", connected_on_accept=False))
SMS = declare(Channel(name="sms", medium="written"))
EMAIL = declare(Channel(name="email", medium="written"))
CALLBACK = declare(Channel(name="callback", medium="spoken"))
