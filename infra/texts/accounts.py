"""The providers' accounts that carry our texts, by the name that a number's document gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.sms.ports import TextSender
from channels.twilio.signature import Signatures


@dataclass(frozen=True, slots=True)
class TextAccount:
    """One account: what sends its texts, and what tells its webhooks from forged ones."""

    name: str
    texts: TextSender
    signatures: Signatures


TextAccounts = Mapping[str, TextAccount]
