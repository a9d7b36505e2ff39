"""A webhook goes nowhere inside unless the operator says so, whatever a name resolves to."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from channels.webhooks.addresses import NotAllowed, Resolve, is_public, networks, pin


def answering(*addresses: str) -> Resolve:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "ff02::1",
    ],
)  # fmt: skip
async def test_an_address_inside_is_refused_with_the_setting_that_would_allow_it(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(NotAllowed, match="webhook_networks"):
        await pin("https://crm.example/hook", (), answering(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
async def test_an_address_outside_is_connected_to_as_it_was_judged(address: str) -> None:
    pinned = await pin("https://crm.example:8443/hook?a=b", (), answering(address))
    shown = f"[{address}]" if ":" in address else address
    assert pinned.url == f"https://{shown}:8443/hook?a=b"
    assert (pinned.authority, pinned.host) == ("crm.example:8443", "crm.example")


async def test_one_address_inside_among_several_refuses_the_name() -> None:
    with pytest.raises(NotAllowed):
        await pin("https://crm.example/", (), answering("93.184.215.14", "10.0.0.1"))


async def test_a_network_that_is_allowed_may_be_reached_also_without_tls() -> None:
    pinned = await pin("http://crm.inside/hook", networks(["10.0.0.0/8"]), answering("10.0.0.7"))
    assert pinned.url == "http://10.0.0.7:80/hook"


async def test_plain_http_to_the_outside_is_refused() -> None:
    with pytest.raises(NotAllowed, match="not https"):
        await pin("http://crm.example/", networks(["10.0.0.0/8"]), answering("93.184.215.14"))


@pytest.mark.parametrize(
    "url", ["ftp://crm.example/", "https://user:pw@crm.example/", "https:///x", "https://h:99999/"]
)
async def test_what_is_no_address_of_a_web_server_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        await pin(url, (), answering("93.184.215.14"))
