"""Where agents' browsers signal to Twilio: each edge has a host of its own (Twilio, "Global Infrastructure: edges").

Source of the hosts' names: `regions.ts` of the Voice SDK 2.18, which connects to `wss://voice-js.{edge}.twilio.com/signal`.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

#: The nearest edge, found by name resolution; once connected the SDK stays at the edge that it was told.
ROAMING: Final = "roaming"
#: The public edges.
EDGES: Final = ("ashburn", "dublin", "frankfurt", "sao-paulo", "singapore", "sydney", "tokyo", "umatilla")
_TWILIO: Final = ".twilio.com"


def signalling(base_url: str) -> str:
    """The WebSocket's address where the API at `base_url` is not Twilio's own but what stands in for it; else empty."""
    address = urlsplit(base_url)
    if (address.hostname or "").endswith(_TWILIO):
        return ""
    return f"{_origin(base_url)}/signal"


def sources(base_url: str, edge: str) -> tuple[str, ...]:
    """What a page has to be let connect to (Content Security Policy 3, `connect-src`) for the SDK to signal."""
    if signalling(base_url):
        return (_origin(base_url),)
    edges = (ROAMING, *EDGES) if edge == ROAMING else (edge,)
    return tuple(f"wss://voice-js.{one}{_TWILIO}" for one in edges)


def _origin(base_url: str) -> str:
    address = urlsplit(base_url)
    return f"{'ws' if address.scheme == 'http' else 'wss'}://{address.netloc}"
