"""Resources as Twilio's API writes them in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from channels.twilio_emulator.model import Call, Conference, Number, Participant, Recording, Text
from channels.twilio_emulator.world import API_VERSION, World, rfc2822


def _when(at: datetime | None) -> str | None:
    return None if at is None else rfc2822(at)


def account_path(world: World) -> str:
    return f"/{API_VERSION}/Accounts/{world.account_sid}"


def _common(world: World, created: datetime, updated: datetime) -> dict[str, Any]:
    return {
        "account_sid": world.account_sid,
        "api_version": API_VERSION,
        "date_created": rfc2822(created),
        "date_updated": rfc2822(updated),
    }


def message(world: World, text: Text) -> dict[str, Any]:
    uri = f"{account_path(world)}/Messages/{text.sid}"
    return _common(world, text.created, text.updated) | {
        "sid": text.sid,
        "body": text.body,
        "from": text.sender or None,
        "to": text.to,
        "direction": text.direction,
        "status": text.status,
        "date_sent": _when(text.sent),
        "error_code": text.error,
        "error_message": None,
        "messaging_service_sid": text.service,
        "num_media": str(len(text.media)),
        "num_segments": str(text.segments),
        "price": None,
        "price_unit": "USD",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def call(world: World, one: Call) -> dict[str, Any]:
    uri = f"{account_path(world)}/Calls/{one.sid}"
    return _common(world, one.created, one.updated) | {
        "sid": one.sid,
        "parent_call_sid": one.parent,
        "to": one.to,
        "to_formatted": one.to,
        "from": one.caller,
        "from_formatted": one.caller,
        "phone_number_sid": one.number_sid,
        "status": one.status,
        "start_time": _when(one.started),
        "end_time": _when(one.ended),
        "duration": str(one.duration) if one.is_over else None,
        "price": None,
        "price_unit": "USD",
        "direction": one.direction,
        "answered_by": one.answered_by,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
    }


def conference(world: World, one: Conference) -> dict[str, Any]:
    uri = f"{account_path(world)}/Conferences/{one.sid}"
    return _common(world, one.created, one.updated) | {
        "sid": one.sid,
        "friendly_name": one.name,
        "region": "us1",
        "status": one.status,
        "reason_conference_ended": one.reason,
        "call_sid_ending_conference": one.ended_by,
        "uri": f"{uri}.json",
        "subresource_uris": {"participants": f"{uri}/Participants.json"},
    }


def participant(world: World, within: Conference, one: Participant) -> dict[str, Any]:
    common = _common(world, one.created, world.now)
    del common["api_version"]
    return common | {
        "call_sid": one.call,
        "conference_sid": within.sid,
        "label": one.label or None,
        "status": one.status,
        "muted": one.muted,
        "hold": one.hold,
        "coaching": one.coaching,
        "call_sid_to_coach": one.coached or None,
        "start_conference_on_enter": one.starts,
        "end_conference_on_exit": one.ends,
        "queue_time": "0",
        "uri": f"{account_path(world)}/Conferences/{within.sid}/Participants/{one.call}.json",
    }


def recording(world: World, one: Recording, *, of_call: bool = False) -> dict[str, Any]:
    path = account_path(world)
    uri = f"{path}/Calls/{one.call}/Recordings/{one.sid}" if of_call else f"{path}/Recordings/{one.sid}"
    shape = _common(world, one.created, one.updated or one.created) | {
        "sid": one.sid,
        "call_sid": one.call,
        "conference_sid": one.conference,
        "start_time": rfc2822(one.created),
        "duration": str(round(one.seconds)) if one.status in ("completed", "absent") else "-1",
        "status": one.status,
        "channels": one.channels,
        "source": one.source,
        "error_code": None,
        "price": None,
        "price_unit": "USD",
        "encryption_details": None,
        "uri": f"{uri}.json",
    }
    return shape | ({"track": "both"} if of_call else {"subresource_uris": {}, "media_url": None})


def number(world: World, one: Number) -> dict[str, Any]:
    return _common(world, one.created, one.created) | {
        "sid": one.sid,
        "phone_number": one.number,
        "friendly_name": one.name,
        "origin": "twilio",
        "beta": False,
        "capabilities": {"voice": True, "sms": one.takes_sms, "mms": one.takes_sms, "fax": False},
        "address_requirements": "none",
        "voice_url": one.voice.url,
        "voice_method": one.voice.method,
        "voice_fallback_url": one.voice_fallback.url,
        "voice_fallback_method": one.voice_fallback.method,
        "voice_receive_mode": one.receive_mode,
        "voice_caller_id_lookup": False,
        "status_callback": one.status.url,
        "status_callback_method": one.status.method,
        "sms_url": one.sms.url,
        "sms_method": one.sms.method,
        "sms_fallback_url": one.sms_fallback.url,
        "sms_fallback_method": one.sms_fallback.method,
        "sms_application_sid": "",
        "voice_application_sid": "",
        "trunk_sid": None,
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "address_sid": None,
        "bundle_sid": None,
        "identity_sid": None,
        "status": "in-use",
        "uri": f"{account_path(world)}/IncomingPhoneNumbers/{one.sid}.json",
    }
