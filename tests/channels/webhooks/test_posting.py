"""What a peer gets: signed messages that the specification's own library accepts, to where they were meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from channels.webhooks.addresses import networks
from channels.webhooks.posting import LONGEST, Later, Poster, Refused, Taken, judged, signed
from tests.channels.webhooks.peer import SECRET, peer

INSIDE = networks(["127.0.0.0/8"])
BODY = b'{"type":"ticket.opened.v1"}'
OTHER = "whsec_" + "QUJD" * 8


def now() -> datetime:
    return datetime.now(UTC)


def test_the_specification_s_own_library_accepts_our_signature_under_either_secret() -> None:
    headers = signed([SECRET, OTHER], "msg_1", BODY, now())
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(BODY, headers) == {"type": "ticket.opened.v1"}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY + b" ", headers)


async def test_a_peer_takes_a_message_with_its_id_and_trace() -> None:
    async with peer() as one:
        poster = Poster(INSIDE)
        assert await poster.post(one.url, [SECRET], "msg_1", BODY, now(), "00-a-b-00") == Taken()
        await poster.close()
    (request,) = one.requests
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["traceparent"] == "00-a-b-00"
    assert request.headers["host"] == f"localhost:{one.port}"
    assert Webhook(SECRET).verify(request.body, request.headers)


async def test_a_redirect_is_refused_and_never_followed() -> None:
    async with peer(status=302, headers={"location": "http://169.254.169.254/"}) as one:
        poster = Poster(INSIDE)
        outcome = await poster.post(one.url, [SECRET], "msg_1", BODY, now())
        await poster.close()
    assert isinstance(outcome, Refused)
    assert "redirects are not followed" in outcome.reason
    assert len(one.requests) == 1


async def test_loopback_is_refused_unless_allowed_and_nothing_is_sent() -> None:
    async with peer() as one:
        poster = Poster()
        outcome = await poster.post(one.url, [SECRET], "msg_1", BODY, now())
        await poster.close()
    assert isinstance(outcome, Refused)
    assert one.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://a..b/",
        f"https://{'a' * 70}.example/",
        "https://peer.example/\x01",
        "https://[::1/",
        "https://x\u2100y/",
    ],
)
async def test_an_address_that_is_none_is_refused_with_its_reason(url: str) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    poster = Poster(INSIDE, inside)
    outcome = await poster.post(url, [SECRET], "msg_1", BODY, now())
    await poster.close()
    assert isinstance(outcome, Refused)
    assert "the address cannot be" in outcome.reason


async def test_a_name_beyond_ascii_is_asked_for_and_told_as_dns_has_it() -> None:
    asked: list[str] = []

    async def inside(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    async with peer() as one:
        poster = Poster(INSIDE, inside)
        url = one.url.replace("localhost", "b\u00fccher.example")
        assert await poster.post(url, [SECRET], "msg_1", BODY, now()) == Taken()
        await poster.close()
    assert asked == ["xn--bcher-kva.example"]
    assert one.requests[0].headers["host"] == f"xn--bcher-kva.example:{one.port}"


async def test_nobody_there_may_be_there_later() -> None:
    async with peer() as one:
        url = one.url
    poster = Poster(INSIDE)
    assert isinstance(await poster.post(url, [SECRET], "msg_1", BODY, now()), Later)
    await poster.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, Taken),
        (204, Taken),
        (400, Refused),
        (410, Refused),
        (408, Later),
        (429, Later),
        (500, Later),
        (503, Later),
    ],
)
def test_an_answer_is_taken_refused_or_for_later(status: int, kind: type) -> None:
    assert isinstance(judged(status), kind)


def test_a_peer_may_ask_for_a_pause_though_not_for_ever() -> None:
    assert judged(429, "120") == Later("answered 429", 120.0)
    assert judged(503, "99999999") == Later("answered 503", LONGEST)
    assert judged(503, "soon") == Later("answered 503", None)
