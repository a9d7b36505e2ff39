"""Telephone numbers as people write them, into E.164 (ITU-T) as everything else knows them."""

from __future__ import annotations

import phonenumbers

#: Where a number without a country code is taken to be from, by the language of the page.
REGIONS = {"fr": "FR", "pl": "PL", "ru": "RU"}


class BadNumber(ValueError):
    """This is no telephone number that can be called."""


def e164(written: str, region: str | None = None) -> str:
    """The number in E.164. Without a country code it needs a `region` (ISO 3166). Raises `BadNumber`."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException as fault:
        raise BadNumber("write the number with its country code, as in +48 22 123 45 67") from fault
    if not phonenumbers.is_valid_number(number):
        raise BadNumber("there is no such telephone number; check the digits and the country code")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken(number: str) -> str:
    """An E.164 number in groups, as it is read out."""
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
