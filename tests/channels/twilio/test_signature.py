"""Who called the webhook: forged from real, also behind a proxy, on other ports and with queries."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.twilio.forms import fields_of
from channels.twilio.signature import NotSigned, Signatures
from channels.twilio.steps import Addresses, document
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.serving import serving
from channels.twilio_emulator.webhooks import sign
from channels.voice.control import Gather, Reply, Say
from tests.channels.twilio.centre import CUSTOMER, OURS, SID, TOKEN, Centre, Running, listening, served

FORM = {"CallSid": "CA1", "From": "+48601234567", "Body": ""}
FIELDS = {name: [value] for name, value in FORM.items()}


@pytest.mark.parametrize(
    ("public", "called", "path", "query"),
    [
        ("https://calls.example.org", "https://calls.example.org/twilio/voice", "/twilio/voice", ""),
        (
            "https://calls.example.org",
            "https://calls.example.org/v?then=a%20b&mark=%C5%BC",
            "/v",
            "then=a%20b&mark=%C5%BC",
        ),
        ("https://calls.example.org:8443", "https://calls.example.org:8443/v?x=1", "/v", "x=1"),
        ("https://calls.example.org", "https://calls.example.org:443/v", "/v", ""),
        ("https://calls.example.org:443", "https://calls.example.org/v", "/v", ""),
        ("http://calls.example.org", "http://calls.example.org:80/v", "/v", ""),
        ("https://example.org/centre/", "https://example.org/centre/v?x=", "/v", "x="),
    ],
)
def test_a_real_webhook_is_known_whatever_stands_between(public: str, called: str, path: str, query: str) -> None:
    Signatures([TOKEN], public).check(path, query, FIELDS, sign(TOKEN, called, FORM))
    Signatures([TOKEN], public).check(path, query, {}, sign(TOKEN, called, {}))


@pytest.mark.parametrize(
    ("path", "query", "fields", "token"),
    [
        ("/w", "x=1", FIELDS, TOKEN),
        ("/v", "x=2", FIELDS, TOKEN),
        ("/v", "", FIELDS, TOKEN),
        ("/v", "x=1", FIELDS | {"From": ["+48700000000"]}, TOKEN),
        ("/v", "x=1", FIELDS | {"Digits": ["1"]}, TOKEN),
        ("/v", "x=1", {name: FIELDS[name] for name in ("CallSid", "From")}, TOKEN),
        ("/v", "x=1", {}, TOKEN),
        ("/v", "x=1", FIELDS, "another token"),
    ],
)
def test_a_webhook_of_which_anything_was_changed_is_refused(
    path: str, query: str, fields: dict[str, list[str]], token: str
) -> None:
    signature = sign(token, "https://calls.example.org/v?x=1", FORM)
    with pytest.raises(NotSigned, match="forged"):
        Signatures([TOKEN], "https://calls.example.org").check(path, query, fields, signature)


@pytest.mark.parametrize("signature", [None, "", "nonsense", "a" * 5000, "żółć", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_a_webhook_without_a_proper_signature_is_refused(signature: str | None) -> None:
    with pytest.raises(NotSigned):
        Signatures([TOKEN], "https://calls.example.org").check("/v", "", FIELDS, signature)


def test_both_tokens_hold_while_one_is_being_replaced() -> None:
    signatures = Signatures(["new", "old"], "https://calls.example.org")
    for token in ("new", "old"):
        signatures.check("/v", "", FIELDS, sign(token, "https://calls.example.org/v", FORM))


def test_a_repeated_field_is_signed_with_all_its_values() -> None:
    body = b"Tag=b&Tag=a&Empty="
    fields = fields_of(body)
    assert fields == {"Tag": ["b", "a"], "Empty": [""]}
    # Twilio's rule: names in order, each with its values in order
    signature = sign(TOKEN, "https://calls.example.org/vEmptyTagaTagb", {})
    Signatures([TOKEN], "https://calls.example.org").check("/v", "", fields, signature)


@pytest.mark.parametrize(
    "public", ["", "calls.example.org", "ftp://calls.example.org", "https://", "https://x.org/?a=1"]
)
def test_a_public_address_that_cannot_be_one_is_refused_at_the_start(public: str) -> None:
    with pytest.raises(ValueError, match="public address"):
        Signatures([TOKEN], public)


@pytest.mark.parametrize("tokens", [[], [""], [TOKEN, ""]])
def test_a_missing_token_is_refused_at_the_start(tokens: list[str]) -> None:
    with pytest.raises(ValueError, match="token is missing"):
        Signatures(tokens, "https://calls.example.org")


@given(
    st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=40), max_size=8),
    st.text(max_size=40),
    st.binary(min_size=1, max_size=3),
)
def test_whatever_stands_in_the_form_its_signature_holds_and_no_other_does(
    form: dict[str, str], query: str, noise: bytes
) -> None:
    assume(all(not 0xD800 <= ord(char) <= 0xDFFF for text in (*form, *form.values(), query) for char in text))
    raw = quote(query)
    url = f"https://calls.example.org/v?q={raw}"
    signatures = Signatures([TOKEN], "https://calls.example.org")
    signature = sign(TOKEN, url, form)
    signatures.check("/v", f"q={raw}", {name: [value] for name, value in form.items()}, signature)
    with pytest.raises(NotSigned):
        signatures.check("/v", f"q={raw}{noise.hex()}", {name: [value] for name, value in form.items()}, signature)


@asynccontextmanager
async def proxy(to: str) -> AsyncGenerator[str]:
    """A reverse proxy on loopback that hands on under another host, port and path, as they do."""
    client = httpx2.AsyncClient(base_url=to, trust_env=False, timeout=60)

    async def hand_on(request: Request) -> Response:
        kept = {name: value for name, value in request.headers.items() if name != "host"}
        path = request.url.path.removeprefix("/public") + (f"?{request.url.query}" if request.url.query else "")
        answer = await client.request(request.method, path, content=await request.body(), headers=kept)
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    app = Starlette(routes=[Route("/public/{rest:path}", hand_on, methods=["GET", "POST"])])
    async with served(app) as base:
        yield f"{base}/public"
    await client.aclose()


async def test_webhooks_through_a_proxy_are_known_by_the_public_address_alone() -> None:
    emulator = Emulator(SID, TOKEN)
    async with AsyncExitStack() as stack:
        centre = await stack.enter_async_context(listening(lambda base: Centre(base, Signatures([TOKEN], base))))
        public = await stack.enter_async_context(proxy(centre.base))
        await stack.enter_async_context(serving(emulator))
        at = Addresses(public)
        centre.reply = lambda steps: Reply("text/xml", document(steps, at))
        centre.script["voice"] = lambda told: [Gather("menu & more", (Say("Press"),), most=1)]
        emulator.number(OURS, voice_url=at.of("voice", mark="a b/ż"))
        await emulator.dial(CUSTOMER, OURS)
        assert (centre.forged, centre.told) == (["voice"], [])  # signed for another address than ours
        centre.signatures = Signatures([TOKEN], public)
        call = await emulator.dial(CUSTOMER, OURS)
        await emulator.press(call.sid, "1")
        assert [(told.topic, told.mark, told.then) for told in centre.told] == [
            ("voice", "a b/ż", ""),
            ("gathered", "", "menu & more"),
        ]


async def test_a_forged_webhook_reaches_nobody_and_the_next_real_one_does(phones: Running) -> None:
    phones.emulator.fault(Fault("webhook", "forge", "/progress"))
    for _ in range(2):
        call = await phones.emulator.dial(CUSTOMER, OURS)
        await phones.emulator.settle()
    assert phones.centre.forged == ["progress"]
    assert [told["CallSid"] for told in phones.centre.of("progress")] == [call.sid]
