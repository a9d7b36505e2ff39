"""Where the person lives who is texted, as far as the number tells: country, time zones, quiet hours. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

from channels.sms.sending_hours import Allowed, SendingHours, allowed_at

#: Numbers of whole countries with more zones than this tell nothing: at no hour is it day in all of them.
_MOST_ZONES: Final = 6
_ROUNDS: Final = 50


def country_of(number: str) -> str:
    """The country of a number in E.164 (ISO 3166-1 alpha-2), "" where it has none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


def zones_of(number: str, otherwise: ZoneInfo) -> tuple[ZoneInfo, ...]:
    """The zones in which the number's owner may be; `otherwise` where the number does not tell.

    A mobile number of a country with several zones belongs to all of them.
    """
    try:
        named = time_zones_for_number(phonenumbers.parse(number))
        zones = tuple(ZoneInfo(name) for name in named if name != "Etc/Unknown")
    except (phonenumbers.NumberParseException, ZoneInfoNotFoundError):
        return (otherwise,)
    return zones if 0 < len(zones) <= _MOST_ZONES else (otherwise,)


def allowed_in_all(now: datetime, zones: tuple[ZoneInfo, ...], hours: SendingHours | None, *, urgent: bool) -> Allowed:
    """When a text may go that must disturb nobody in any of the zones; the first decides where no hour suits all."""
    moment = now
    for _ in range(_ROUNDS):
        allowed = [allowed_at(moment, zone, hours, urgent=urgent) for zone in zones]
        latest = max(allowed, key=lambda one: one.at)
        if latest.at <= moment:
            why = latest.why if moment == now else "quiet hours until then"
            return Allowed(latest.at, why)
        moment = latest.at
    return allowed_at(now, zones[0], hours, urgent=urgent)
