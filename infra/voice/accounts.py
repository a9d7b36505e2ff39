"""The providers' accounts that carry our calls, by the name that a number's document gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.twilio.signature import Signatures
from channels.voice.control import CallControl


@dataclass(frozen=True, slots=True)
class Account:
    """One account: what makes its calls, and what tells its webhooks from forged ones."""

    name: str
    control: CallControl
    signatures: Signatures


Accounts = Mapping[str, Account]
