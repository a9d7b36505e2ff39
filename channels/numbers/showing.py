"""A number as people write it: in their own country without, from elsewhere with the country code (ITU-T E.123)."""

from __future__ import annotations

from typing import Final, Literal

import phonenumbers

Form = Literal["national", "international", "e164", "uri"]

_FORMS: Final = {
    "national": phonenumbers.PhoneNumberFormat.NATIONAL,
    "international": phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    "e164": phonenumbers.PhoneNumberFormat.E164,
    "uri": phonenumbers.PhoneNumberFormat.RFC3966,
}


def show(e164: str, form: Form = "international") -> str:
    """An E.164 number in the given form: `22 123 45 67`, `+48 22 123 45 67`, `+48221234567`, `tel:+48-22-123-45-67`.

    Raises `ValueError` for what is not E.164.
    """
    return phonenumbers.format_number(_parsed(e164), _FORMS[form])


def show_in(e164: str, region: str) -> str:
    """The number as somebody in `region` (ISO 3166-1 alpha-2) expects it: national at home, else international.

    Raises `ValueError` for what is not E.164.
    """
    number = _parsed(e164)
    at_home = phonenumbers.country_code_for_region(region) == number.country_code
    return phonenumbers.format_number(number, _FORMS["national" if at_home else "international"])


def dialled_from(e164: str, region: str) -> str:
    """The digits to dial from `region`, with its exit code where the number is abroad (`00 48 …`, `011 48 …`).

    Raises `ValueError` for what is not E.164.
    """
    return phonenumbers.format_out_of_country_calling_number(_parsed(e164), region)


def _parsed(e164: str) -> phonenumbers.PhoneNumber:
    try:
        if not e164.startswith("+"):
            raise ValueError("not E.164: it begins with + and the country code")
        return phonenumbers.parse(e164)
    except phonenumbers.NumberParseException as fault:
        raise ValueError("not E.164: + and 7 to 15 digits, the country code first") from fault
