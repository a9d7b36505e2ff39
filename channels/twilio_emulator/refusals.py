"""How Twilio refuses a request: its error codes, statuses and body."""

from __future__ import annotations

from typing import Any, Final

from channels.twilio.errors import Code
from channels.twilio.operations import Operation
from channels.twilio.validity import Fault


class ApiError(Exception):
    """A refusal: HTTP status, Twilio's code, and what it says."""

    def __init__(self, status: int, code: int, message: str) -> None:
        self.status, self.code, self.message = status, int(code), message
        super().__init__(message)

    def body(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


#: (operation, parameter, what is wrong) → code and what Twilio says; else 20001.
_SAID: Final[dict[tuple[str, str, str], tuple[Code, str]]] = {
    ("CreateMessage", "To", "missing"): (Code.MESSAGE_TO_MISSING, "A 'To' phone number is required."),
    ("CreateMessage", "To", "invalid"): (Code.TO_INVALID, "Invalid 'To' Phone Number"),
    ("CreateMessage", "From", "invalid"): (Code.CALL_FROM_INVALID, "Invalid From Number (caller ID)"),
    ("CreateMessage", "From|MessagingServiceSid", "missing"): (
        Code.FROM_MISSING, "A 'From' phone number or a MessagingServiceSid is required.",
    ),
    ("CreateMessage", "Body|ContentSid|MediaUrl", "missing"): (Code.BODY_MISSING, "Message body is required."),
    ("CreateMessage", "StatusCallback", "invalid"): (Code.STATUS_CALLBACK_INVALID, "StatusCallback is not a valid URL"),
    ("CreateCall", "To", "missing"): (Code.CALL_TO_MISSING, "No 'To' number is specified"),
    ("CreateCall", "To", "invalid"): (Code.TO_INVALID, "Invalid 'To' Phone Number"),
    ("CreateCall", "From", "missing"): (Code.CALL_FROM_MISSING, "No 'From' number is specified"),
    ("CreateCall", "From", "invalid"): (Code.CALL_FROM_INVALID, "Invalid From Number (caller ID)"),
    ("CreateCall", "Url", "invalid"): (Code.CALL_URL_INVALID, "Url is not a valid URL"),
    ("CreateCall", "ApplicationSid|Twiml|Url", "missing"): (Code.CALL_URL_INVALID, "Url parameter is required."),
    ("CreateParticipant", "To", "missing"): (Code.CALL_TO_MISSING, "No 'To' number is specified"),
    ("CreateParticipant", "To", "invalid"): (Code.TO_INVALID, "Invalid 'To' Phone Number"),
    ("CreateParticipant", "From", "missing"): (Code.CALL_FROM_MISSING, "No 'From' number is specified"),
    ("CreateParticipant", "From", "invalid"): (Code.CALL_FROM_INVALID, "Invalid From Number (caller ID)"),
    ("UpdateCall", "Url", "invalid"): (Code.CALL_URL_INVALID, "Url is not a valid URL"),
}  # fmt: skip


def refusal_of(operation: Operation, fault: Fault) -> ApiError:
    """The refusal of a request with this fault."""
    known = _SAID.get((operation.name, fault.parameter, fault.wrong))
    if known is not None:
        return ApiError(400, *known)
    return ApiError(400, Code.INVALID_PARAMETER, fault.message)


def not_found(path: str) -> ApiError:
    return ApiError(404, Code.NOT_FOUND, f"The requested resource {path} was not found")


def not_authenticated() -> ApiError:
    return ApiError(401, Code.NOT_AUTHENTICATED, "Authenticate")


def not_allowed() -> ApiError:
    return ApiError(405, Code.METHOD_NOT_ALLOWED, "Method not allowed")


def not_in_progress(what: str) -> ApiError:
    return ApiError(400, Code.CALL_NOT_IN_PROGRESS, f"Call is not in-progress. Cannot {what}.")
