"""Texts: sent and told of, received and answered, and the opt-out that Twilio keeps by itself.

Source: Twilio, "Twilio support for opt-out keywords (SMS STOP filtering)": a person who texts STOP to a number gets no
more texts from it (21610) until START; both are answered by Twilio and still handed to the application.
"""

from __future__ import annotations

from typing import Final

from channels.twilio.errors import Code
from channels.twilio.opting_out import HELP, START, STOP
from channels.twilio_emulator import pictures
from channels.twilio_emulator.documents import MESSAGING, BadDocument, Node, read
from channels.twilio_emulator.model import Hook, Text
from channels.twilio_emulator.world import API_VERSION, World

STOPPED: Final = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED: Final = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELPED: Final = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
#: Seconds until a text has been handed to the carrier, and until the carrier says what became of it.
_SENDING: Final = 1.0
_DELIVERING: Final = 2.0
_GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED: Final = frozenset("^{}\\[~]|€\f")


def segments(body: str) -> int:
    """How many parts a text is sent in (3GPP TS 23.038 and 23.040): 160 or 153 septets each, or 70 or 67 characters."""
    if all(char in _GSM_BASIC or char in _GSM_EXTENDED for char in body):
        length, whole, part = sum(2 if char in _GSM_EXTENDED else 1 for char in body), 160, 153
    else:
        length, whole, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= whole else -(-length // part)


def send(
    world: World, to: str, sender: str, body: str, *, media: tuple[str, ...] = (), callback: str = "",
    service: str | None = None, direction: str = "outbound-api",
) -> Text:  # fmt: skip
    """Take a text for sending; its further life goes on in virtual time."""
    text = _new(world, to, sender, body, direction, "queued", media)
    text.callback, text.service = callback, service
    world.clock.spawn(_sent(world, text))
    return text


def receive(world: World, sender: str, to: str, body: str, media: tuple[str, ...] = ()) -> Text:
    """Somebody outside texts one of the account's numbers."""
    text = _new(world, to, sender, body, "inbound", "received", media)
    world.clock.spawn(_received(world, text))
    return text


def _new(world: World, to: str, sender: str, body: str, direction: str, status: str, media: tuple[str, ...]) -> Text:
    sid = world.sids("MM" if media else "SM")
    text = Text(sid, to, sender, body, direction, world.now, world.now, status, media, segments=segments(body))
    return world.keep(world.texts, sid, text)


async def _sent(world: World, text: Text) -> None:
    person = world.person(text.to)
    _tell(world, text)
    await world.clock.sleep(_SENDING)
    if person.sms_error and person.sms_fails:
        text.error = person.sms_error
        _become(world, text, "failed")
        return
    text.sent = world.now
    _become(world, text, "sent")
    await world.clock.sleep(_DELIVERING)
    if person.sms_error:
        text.error = person.sms_error
    _become(world, text, "undelivered" if person.sms_error else "delivered")


def _become(world: World, text: Text, status: str) -> None:
    text.status, text.updated = status, world.now
    _tell(world, text)


def _tell(world: World, text: Text) -> None:
    params = _params(world, text) | {"MessageStatus": text.status, "SmsStatus": text.status}
    if text.error is not None:
        params["ErrorCode"] = str(text.error)
    world.webhooks.tell(text.sid, Hook(text.callback), params)


def _params(world: World, text: Text) -> dict[str, str]:
    params = {
        "AccountSid": world.account_sid,
        "ApiVersion": API_VERSION,
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "From": text.sender,
        "To": text.to,
    }
    return params | ({"MessagingServiceSid": text.service} if text.service else {})


async def _received(world: World, text: Text) -> None:
    number = world.own(text.to)
    if number is None:
        return
    _opt(world, text)
    params = _params(world, text) | {
        "SmsMessageSid": text.sid,
        "SmsStatus": "received",
        "Body": text.body,
        "NumMedia": str(len(text.media)),
        "NumSegments": str(text.segments),
    }
    params |= pictures.keep(world, text)
    if number.sms.url and await _asked(world, text, number.sms, params):
        return
    if number.sms.url and number.sms_fallback.url:
        error = {"ErrorCode": str(int(Code.DOCUMENT_NOT_FETCHED)), "ErrorUrl": number.sms.url}
        await _asked(world, text, number.sms_fallback, params | error)


async def _asked(world: World, text: Text, where: Hook, params: dict[str, str]) -> bool:
    """Hand a text to the application and send what it answers; false when it did not answer properly."""
    answer = await world.webhooks.ask(where, params)
    if not answer.is_good:
        world.alert(Code.DOCUMENT_NOT_FETCHED, text.sid, f"the application answered {answer.status or 'nothing'}")
        return False
    if answer.content_type == "text/plain":
        if answer.body:
            _reply(world, text, answer.body.decode("utf-8", "replace"))
        return True
    try:
        document = read(answer.body, MESSAGING)
    except BadDocument as bad:
        world.alert(bad.code, text.sid, str(bad))
        return False
    for node in document.nodes:
        if node.name == "Message":
            _reply(world, text, _body_of(node), node.attributes.get("to"))
    return True


def _body_of(node: Node) -> str:
    return next((child.text for child in node.children if child.name == "Body"), node.text)


def _reply(world: World, text: Text, body: str, to: str | None = None) -> None:
    to = to or text.sender
    if (text.to, to) in world.opted_out:
        world.alert(Code.OPTED_OUT, text.sid, "the recipient has unsubscribed")
        return
    send(world, to, text.to, body, direction="outbound-reply")


def _opt(world: World, text: Text) -> None:
    """Twilio's own answer to STOP, START and HELP, which no opt-out holds back."""
    word, pair = text.body.strip().upper(), (text.to, text.sender)
    if word in STOP:
        world.opted_out.add(pair)
        send(world, text.sender, text.to, STOPPED, direction="outbound-reply")
    elif word in START and pair in world.opted_out:
        world.opted_out.discard(pair)
        send(world, text.sender, text.to, STARTED, direction="outbound-reply")
    elif word in HELP:
        send(world, text.sender, text.to, HELPED, direction="outbound-reply")
