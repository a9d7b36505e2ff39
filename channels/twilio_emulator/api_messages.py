"""Messages and IncomingPhoneNumbers of the API."""

from __future__ import annotations

from typing import Any, Final

from channels.twilio.errors import Code
from channels.twilio_emulator import shapes, texting
from channels.twilio_emulator.model import Hook, Number
from channels.twilio_emulator.refusals import ApiError
from channels.twilio_emulator.requests import Request

_LONGEST: Final = 1600
_MOST_MEDIA: Final = 10
#: Parameter → the number's hook that it sets.
_HOOKS: Final = {
    "Voice": "voice", "VoiceFallback": "voice_fallback", "Sms": "sms", "SmsFallback": "sms_fallback",
}  # fmt: skip


async def create_message(request: Request) -> dict[str, Any]:
    world, to, sender, body = request.world, request.one("To"), request.one("From"), request.one("Body")
    media = tuple(request.given.get("MediaUrl", ()))
    if sender:
        number = world.own(sender)
        if number is None:
            raise ApiError(400, Code.SENDER_NOT_OURS, "The 'From' phone number is not a number of your account.")
        if not number.takes_sms:
            raise ApiError(400, Code.SENDER_NOT_CAPABLE, "The phone number is not a valid SMS-capable inbound number.")
    if len(body) > _LONGEST:
        raise ApiError(400, Code.BODY_TOO_LONG, f"The concatenated message body exceeds the {_LONGEST} character limit")
    if len(media) > _MOST_MEDIA:
        raise ApiError(400, Code.TOO_MANY_MEDIA, f"Number of media files exceeds the {_MOST_MEDIA} allowed")
    if (sender, to) in world.opted_out:
        raise ApiError(400, Code.OPTED_OUT, "Attempt to send to unsubscribed recipient")
    text = texting.send(
        world, to, sender, body, media=media, callback=request.one("StatusCallback"),
        service=request.one("MessagingServiceSid") or None,
    )  # fmt: skip
    return shapes.message(world, text)


async def list_messages(request: Request) -> dict[str, Any]:
    to, sender = request.one("To"), request.one("From")
    found = [
        text
        for text in reversed(request.world.texts.values())
        if to in ("", text.to) and sender in ("", text.sender) and request.within("DateSent", text.sent)
    ]
    return request.page("messages", found, lambda text: shapes.message(request.world, text))


async def fetch_message(request: Request) -> dict[str, Any]:
    return shapes.message(request.world, request.find(request.world.texts, request.parts["Sid"]))


async def list_numbers(request: Request) -> dict[str, Any]:
    part, name = request.one("PhoneNumber").replace("*", ""), request.one("FriendlyName")
    found = [one for one in request.world.numbers.values() if part in one.number and name in ("", one.name)]
    return request.page("incoming_phone_numbers", found, lambda one: shapes.number(request.world, one))


async def fetch_number(request: Request) -> dict[str, Any]:
    return shapes.number(request.world, _number(request))


async def update_number(request: Request) -> dict[str, Any]:
    number = _number(request)
    for name, attribute in _HOOKS.items():
        _set(request, number, attribute, f"{name}Url", f"{name}Method")
    _set(request, number, "status", "StatusCallback", "StatusCallbackMethod")
    if request.has("FriendlyName"):
        number.name = request.one("FriendlyName")
    number.receive_mode = request.one("VoiceReceiveMode", number.receive_mode)
    return shapes.number(request.world, number)


def _number(request: Request) -> Number:
    return request.find({one.sid: one for one in request.world.numbers.values()}, request.parts["Sid"])


def _set(request: Request, number: Number, attribute: str, url: str, method: str) -> None:
    hook: Hook = getattr(number, attribute)
    if request.has(url):
        hook.url = request.one(url)
    if request.has(method):
        hook.method = request.one(method)
