"""Where a webhook may go: nowhere inside, unless the operator says so.

Whoever writes a project's document names an address that *our* machines then talk to. So the name is resolved here,
once, every address that it has is judged, and the connection goes to the very address that was judged: a name that
answers differently a moment later (DNS rebinding) gains nothing. Redirects are not followed at all.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
#: The addresses of a host and port. Raises `OSError`.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

#: Ranges of IPv6 that carry an IPv4 address which they lead to: NAT64 (RFC 6052), 6to4 (RFC 3056).
_NAT64, _SIX_TO_FOUR = IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16")


class NotAllowed(Exception):
    """This address must not be talked to; says why and what the operator could do."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """An address that was judged: connect to `address`, say `host`. `host` has no brackets."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        """With the address in place of the name."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{shown}:{self.port}{self.path}"

    @property
    def authority(self) -> str:
        """For the header `Host`."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == {"http": 80, "https": 443}[self.scheme] else f"{shown}:{self.port}"


async def resolve(host: str, port: int) -> Sequence[str]:
    """By the machine's own resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Raises `ValueError` for what is no network such as 10.0.0.0/8."""
    return tuple(ip_network(text) for text in texts)


async def pin(url: str, allowed: Sequence[Network], resolver: Resolve = resolve) -> Pinned:
    """The address to connect to. Raises `NotAllowed`, `OSError` where the name has none.

    Every address of the name must be public or in one of the `allowed` networks; plain http is for those alone.
    """
    parts = _parts(url)
    host, port = _authority(parts)
    addresses = [ip_address(one.partition("%")[0]) for one in await resolver(host, port)]
    if not addresses:
        raise OSError(f"{host} has no address")
    inside = [one for one in addresses if not is_public(one)]
    for one in inside:
        if not _within(one, allowed):
            raise NotAllowed(f"{host} leads to {one}, which is not public; allow its network by webhook_networks")
    if parts.scheme != "https" and len(inside) < len(addresses):
        raise NotAllowed(f"{host} is outside and the address is not https: what is told would be read on the way")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Pinned(parts.scheme, host, port, str(addresses[0]), path)


def is_public(address: Address) -> bool:
    """Whether it can only be somebody on the internet, by IANA's special-purpose registries."""
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return is_public(carried)
    return address.is_global and not address.is_multicast


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(int(address) >> 80 & 0xFFFF_FFFF)
    return address.teredo[1] if address.teredo is not None else None


def _within(address: Address, allowed: Sequence[Network]) -> bool:
    own: list[Address] = [address]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        own.append(address.ipv4_mapped)
    return any(one in network for one in own for network in allowed if one.version == network.version)


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as fault:
        raise NotAllowed(f"the address cannot be read: {fault}") from fault


def _authority(parts: SplitResult) -> tuple[str, int]:
    """Name and port; a name that is not ASCII in the form that DNS and headers know (RFC 3490)."""
    try:
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError as fault:
        raise NotAllowed(f"the address cannot be read: {fault}") from fault
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise NotAllowed("the address must be https://host/path, without a name or password in it")
    return host, port or (443 if parts.scheme == "https" else 80)
