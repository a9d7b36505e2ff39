"""Problems: every fault is told as `application/problem+json` (RFC 9457), never as a stack trace."""

from __future__ import annotations

import json
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from domain.execute import TooBusy
from domain.ports import KeyDestroyed, LogUnavailable
from domain.rejection import Rejection
from web.access import Forbidden

log = structlog.get_logger("web")

#: Rejections that say "what you wrote cannot be right" rather than "not in this state".
BAD_VALUES = frozenset(
    {
        "bad_score",
        "empty",
        "empty_file",
        "in_the_past",
        "no_contact",
        "no_disposition",
        "no_file_name",
        "no_score",
        "no_time_zone",
        "same_customer",
        "too_large_files",
        "too_long",
        "too_many_files",
        "too_far",
        "unknown_disposition",
    }
)
RETRY_SECONDS = 2


class Problem(Exception):
    """A fault to tell the caller. `code` is stable for programs, `detail` says how to mend it."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.errors = dict(headers or {}), list(errors)
        super().__init__(f"{status} {code}: {detail}")


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def not_found(what: str, identity: str) -> Problem:
    return Problem(404, "not_found", f"there is no {what} {identity!r}")


def respond(problem: Problem) -> ProblemResponse:
    body: dict[str, Any] = {
        "type": f"urn:trunkline:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return ProblemResponse(body, problem.status, headers=problem.headers)


def of_rejection(rejection: Rejection) -> Problem:
    status = 404 if rejection.code == "not_found" else 422 if rejection.code in BAD_VALUES else 409
    return Problem(status, rejection.code, rejection.reason)


def of_validation(fault: RequestValidationError) -> Problem:
    """Names each field and what it needs; never repeats what was sent, which may be personal."""
    errors = [
        {
            "field": ".".join(str(part) for part in error["loc"]),
            "reason": str(error["msg"]).removeprefix("Value error, "),
            "kind": str(error["type"]),
        }
        for error in fault.errors()
    ]
    first = errors[0] if errors else {"field": "body", "reason": "cannot be read"}
    more = f" (and {len(errors) - 1} more, see errors)" if len(errors) > 1 else ""
    return Problem(422, "invalid", f"{first['field']}: {first['reason']}{more}", errors=errors)


def unavailable(code: str, detail: str) -> Problem:
    return Problem(503, code, detail, headers={"Retry-After": str(RETRY_SECONDS)})


_HTTP_CODES = {404: "no_such_address", 405: "wrong_method", 413: "too_large", 400: "unreadable"}


def of_http(fault: HTTPException) -> Problem:
    code = _HTTP_CODES.get(fault.status_code, HTTPStatus(fault.status_code).phrase.lower().replace(" ", "_"))
    detail = {
        404: "nothing is served at this address; /docs lists what there is",
        405: "this address does not take that method; /docs lists what there is",
        413: "this is larger than what is taken here; send less at once",
    }.get(fault.status_code, str(fault.detail))
    return Problem(fault.status_code, code, detail, headers=fault.headers)


def refused_through_us(request: Request, then: Callable[[], None]) -> None:
    """Call `then` if the request is refused for a reason that lies with us and passes."""
    waiting: list[Callable[[], None]] = getattr(request.state, "refused_through_us", [])
    request.state.refused_through_us = [*waiting, then]


def of_request(request: Request, fault: Exception) -> Problem:
    """The problem that a fault of this request is told as."""
    problem = of_any(fault)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        for then in getattr(request.state, "refused_through_us", []):
            then()
    return problem


def of_any(fault: Exception) -> Problem:
    """The problem that a fault is told as. What nobody foresaw is logged under an id, and told by that id."""
    match fault:
        case Problem():
            return fault
        case Rejection():
            return of_rejection(fault)
        case Forbidden():
            return Problem(403, "forbidden", fault.reason)
        case RequestValidationError():
            return of_validation(fault)
        case HTTPException():
            return of_http(fault)
        case TooBusy():
            return unavailable("too_busy", "others change the same thing at this moment; try again")
        case LogUnavailable():
            log.warning("a request is refused: a store is away", kind=type(fault).__name__, where=_where(fault))
            return unavailable("log_unavailable", "the event log cannot be reached; nothing was changed, try again")
        case KeyDestroyed():
            return Problem(410, "erased", "this customer's data was erased")
        case json.JSONDecodeError() | UnicodeDecodeError():
            return Problem(422, "invalid", "the body is not JSON in UTF-8")
        case _:
            fault_id = uuid.uuid4().hex[:12]
            log.error("unforeseen fault", fault_id=fault_id, kind=type(fault).__name__, where=_where(fault))
            return Problem(500, "fault", f"something went wrong on our side; it is on record as {fault_id}")


def _where(fault: BaseException) -> list[str]:
    """The innermost frames: places only, since an exception's own words may quote personal data."""
    frames = traceback.extract_tb(fault.__traceback__)[-6:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def install(app: FastAPI) -> None:
    """Tell every foreseen fault of the app as a problem; `web.middleware` catches the others."""

    async def tell(request: Request, fault: Exception) -> ProblemResponse:
        return respond(of_request(request, fault))

    for kind in (
        Problem,
        Rejection,
        Forbidden,
        RequestValidationError,
        HTTPException,
        TooBusy,
        LogUnavailable,
        KeyDestroyed,
    ):
        app.add_exception_handler(kind, tell)
