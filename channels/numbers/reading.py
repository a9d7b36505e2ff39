"""A written number to what it is (ITU-T E.164; RFC 3966 `tel:`; RFC 3261 `sip:`). Never raises, whatever the text."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType
from phonenumbers.shortnumberinfo import is_possible_short_number_for_region, is_valid_short_number_for_region

from channels.numbers.keypad import E161, Keypad
from channels.numbers.vanity import BadVanity, expand
from channels.numbers.written import Endpoint, Kind, Malformed, ShortCode, Telephone, Withheld, Written

#: Characters of a written number; phonenumbers itself refuses more than 250.
_MAX: Final = 250
#: Words that stand where a number would.
_WITHHELD: Final = (
    "anonymous", "restricted", "unavailable", "unknown", "blocked", "private", "withheld", "hidden", "nocallerid",
    "privatenumber", "unknownnumber", "anonyme", "masque", "prywatny", "zastrzezony", "nieznany",
)  # fmt: skip
#: Some networks spell these on the keypad of E.161 behind a plus: +266696687. No country has such numbers.
_KEYED: Final = {f"+{expand(word, E161).digits}": word for word in _WITHHELD[:6]}
#: RFC 3323 section 4.1.1.3, RFC 3325 and 3GPP TS 23.003: hosts that stand for nobody.
_NOBODY: Final = ("anonymous.invalid", "unknown.invalid", "unavailable.unknown.invalid", "anonymous", "invalid")
_SIP: Final = re.compile(r"(sips?|client):([^\s]{1,240})", re.IGNORECASE)
_NAMED: Final = re.compile(r"[^<>]{0,200}<([^<>]{1,240})>[^<>]{0,100}")
_EXTENSION: Final = re.compile(
    r"(?:;ext=|[,;\s]*(?:(?<![^\W\d_])(?:ext(?:ension|n)?|x|poste|wewn?|доб(?:авочный)?)|#)[.:\s]*)(\d{1,11})\s*$",
    re.IGNORECASE,
)
#: What may stand in a number beside its digits; all else makes it something else.
_PLAIN: Final = re.compile(r"[+\d\s().\-/]+")
_PARAMETERS: Final = re.compile(r"[;?].*", re.DOTALL)
_SHORTEST: Final = 2
_KINDS: Final[dict[int, Kind]] = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


def read(written: str, region: str = "", keypad: Keypad | None = None) -> Written:
    """What a written number is.

    `region`: the country (ISO 3166-1 alpha-2) whose customs apply to a number without a country code, the
    project's as a rule; without it such a number is malformed. `keypad`: letters in a number (800 MALINY) stand for
    digits; without it they make it malformed, since text in a number's place is more often a mistake.
    """
    if len(written) > _MAX:
        return Malformed(f"longer than {_MAX} characters")
    text = _tidy(written)
    if not text:
        return Malformed("empty")
    named = _NAMED.fullmatch(text)
    if named:
        text = named[1].strip()
    withheld = _withheld(text)
    if withheld is not None:
        return withheld
    sip = _SIP.fullmatch(text)
    if sip:
        return _endpoint(sip[1].lower(), sip[2], region)
    if text.lower().startswith("tel:"):
        text = _from_tel(text[4:])
    return _number(text, region, keypad)


def _tidy(written: str) -> str:
    """Full-width and other digits as ours; without what cannot be seen, such as direction marks of address books."""
    folded = unicodedata.normalize("NFKC", written)
    visible = "".join(one if unicodedata.category(one) not in ("Cf", "Cc", "Cs", "Cn", "Co") else " " for one in folded)
    return re.sub(r"[\u2010-\u2015\u2212]", "-", visible).strip()


def _withheld(text: str) -> Withheld | None:
    apart = unicodedata.normalize("NFKD", text.lower())
    word = "".join(one for one in apart if one.isalnum())
    if word in _WITHHELD:
        return Withheld(word)
    return Withheld(_KEYED[text]) if text in _KEYED else None


def _endpoint(scheme: str, rest: str, region: str) -> Written:
    """`user:password;parameters@host:port;parameters?headers`: user and host are what matters."""
    user, at, host = rest.rpartition("@")
    if not at:
        user, host = (rest, "") if scheme == "client" else ("", rest)
    user = _PARAMETERS.sub("", user).partition(":")[0]
    host = _PARAMETERS.sub("", host).lower()
    if host.partition(":")[0] in _NOBODY or _withheld(user) is not None:
        return _withheld(user) or Withheld("anonymous")
    if scheme == "client":
        return Endpoint("client", user, host)
    if not host:
        return Malformed("a SIP address without a host")
    number = _number(user, region, None) if _PLAIN.fullmatch(user) else None
    telephone = number if isinstance(number, Telephone) else None
    return Endpoint("sips" if scheme == "sips" else "sip", user, host, telephone)


def _from_tel(rest: str) -> str:
    """RFC 3966 section 5.1.5: a local number bears what goes before it in `phone-context`."""
    number, _, parameters = rest.partition(";")
    prefix = extension = ""
    for parameter in parameters.lower().split(";"):
        name, _, value = parameter.partition("=")
        if name == "phone-context" and value.startswith("+") and not number.startswith("+"):
            prefix = value
        elif name == "ext":
            extension = f";ext={value}"
    return prefix + number + extension


def _number(text: str, region: str, keypad: Keypad | None) -> Written:
    text, extension = _without_extension(text)
    if keypad is not None and any(one.isalpha() for one in text):
        try:
            text = expand(text, keypad).digits
        except BadVanity as fault:
            return Malformed(str(fault))
    if any(one.isalpha() for one in text):
        return Malformed("letters where digits belong")
    if not _PLAIN.fullmatch(text) or text.count("+") > 1 or "+" in text.lstrip(" (")[1:]:
        return Malformed("signs that no telephone number has")
    digits = "".join(one for one in text if one.isdigit())
    if not digits:
        return Malformed("no digits")
    short = _short_code(text, digits, region)
    return short or _public(text, region, extension)


def _without_extension(text: str) -> tuple[str, str]:
    match = _EXTENSION.search(text)
    if match is None or not any(one.isdigit() for one in text[: match.start()]):
        return text, ""
    return text[: match.start()].rstrip(), match[1]


def _short_code(text: str, digits: str, region: str) -> ShortCode | None:
    """A short code is dialled as it stands, so it is never written with a plus, and it begins with no exit code."""
    if not region or "+" in text or region not in phonenumbers.SUPPORTED_REGIONS or len(digits) < _SHORTEST:
        return None
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    known = is_valid_short_number_for_region(number, region)
    if not known and (
        phonenumbers.is_possible_number(number) or not is_possible_short_number_for_region(number, region)
    ):
        return None
    return ShortCode(digits, region, known) if _national(number) == digits else None


def _national(number: PhoneNumber) -> str:
    return phonenumbers.national_significant_number(number)


def _public(text: str, region: str, extension: str) -> Telephone | Malformed:
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        return Malformed(f"no country has the code {region[:10]!r}: give two capital letters such as PL")
    try:
        number = phonenumbers.parse(text, region or None)
    except NumberParseException as fault:
        return Malformed(_unreadable(fault, text))
    if not phonenumbers.is_possible_number(number):
        return Malformed(_impossible(number))
    return Telephone(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        region=phonenumbers.region_code_for_number(number) or "",
        country_code=number.country_code or 0,
        kind=_KINDS.get(phonenumbers.number_type(number), "unknown"),
        valid=phonenumbers.is_valid_number(number),
        extension=extension,
    )


def _unreadable(fault: NumberParseException, text: str) -> str:
    if fault.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        if "+" in text:
            return "no country has this country code"
        return "no country code: begin with + and the country code, or set the project's region"
    if fault.error_type == NumberParseException.TOO_LONG:
        return "too many digits"
    return "too few digits"


def _impossible(number: PhoneNumber) -> str:
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        return f"too many digits for country code +{number.country_code}"
    if reason == phonenumbers.ValidationResult.INVALID_COUNTRY_CODE:
        return "no country has this country code"
    return f"too few digits for country code +{number.country_code}"
