"""The words on which Twilio acts and answers by itself, so that nobody is told the same thing twice. Pure.

Source: Twilio, "Twilio support for opt-out keywords (SMS STOP filtering)".
"""

from __future__ import annotations

from typing import Final

from channels.twilio.moments import IncomingMessage

STOP: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START: Final = frozenset({"START", "YES", "UNSTOP"})
HELP: Final = frozenset({"HELP", "INFO"})


def answers_by_itself(text: IncomingMessage) -> bool:
    """Whether Twilio has answered this text: it says so, or the whole text is one of its words."""
    return text.opt_out is not None or text.body.strip().upper() in STOP | START | HELP
