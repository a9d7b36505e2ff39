"""The channel, declared: all that the rest of the system knows of it.

Its conversations stand in the log (`domain.conversation`), its page is `web/pages/chat.py`, and there is no provider
in between: what an agent writes is read by the customer's page, which follows the log and misses nothing.
"""

from __future__ import annotations

from domain.channel import Channel, declare
from domain.conversation import said_on_page
from domain.interaction.answering import carries

CHAT = declare(Channel(name="chat", medium="written", conversations=True))
carries(CHAT.name)(said_on_page)
