"""Status mails: one template a kind, rendered as text and as HTML, in the customer's language."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import css_inline
from babel.dates import format_datetime
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from channels.email.catalogue import closest_language, translations
from channels.email.compose import one_line, reply_subject

Kind = Literal[
    "ticket_opened",
    "ticket_handed_over",
    "ticket_resolved",
    "ticket_reopened",
    "callback_registered",
    "callback_tried",
    "callback_expired",
    "message_taken",
    "reply",
]
_TEMPLATES: Final = Path(__file__).parent / "templates"
_WIDTH: Final = 72
_BLANK_LINES: Final = re.compile(r"\n{3,}")


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or not url.isprintable() or " " in url:
        raise ValueError("must be a full http or https address")
    return url


Line = Annotated[str, AfterValidator(one_line), Field(max_length=500)]
Url = Annotated[str, AfterValidator(_http_url), Field(max_length=2000)]


class _Params(BaseModel):
    """What every kind needs: the project's name and, where known, the customer's.

    `thread_subject` is the subject of the mail that is answered: status mails keep it, since mail programs
    thread by subject too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    project: Line
    name: Line = ""
    subject: Line = ""
    thread_subject: Line = ""


class _OfTicket(_Params):
    ticket: Line
    ticket_url: Url


class TicketOpened(_OfTicket):
    """`answer_within_hours`: what the project promises; left out where it promises nothing."""

    answer_within_hours: Annotated[int, Field(ge=0, le=10_000)] = 0


class TicketHandedOver(_OfTicket):
    department: Line


class TicketResolved(_OfTicket):
    """`reopen_days`: how long an answer takes the ticket up again. Rating pages get `?score=1..5` and post."""

    rating_url_agent: Url
    rating_url_company: Url
    reopen_days: Annotated[int, Field(ge=1, le=10_000)]
    agent: Line = ""
    summary: Annotated[str, Field(max_length=50_000)] = ""


class TicketReopened(_OfTicket):
    pass


class Reply(_OfTicket):
    """An agent's own words (`text`, plain); empty where what is `attached` is all there is to say."""

    text: Annotated[str, Field(max_length=1_000_000)]
    attached: bool = False
    agent: Line = ""

    @model_validator(mode="after")
    def _says_something(self) -> Reply:
        if not self.text and not self.attached:
            raise ValueError("a reply has a text, or something attached")
        return self


class CallbackRegistered(_Params):
    """`due` and `until` in the customer's time zone; `attempts`: how often we try. A ticket where there is one."""

    ticket: Line = ""
    ticket_url: Url | Literal[""] = ""
    phone: Line
    due: AwareDatetime
    until: AwareDatetime | None = None
    attempts: Annotated[int, Field(ge=1, le=100)] = 1
    manage_url: Url | Literal[""] = ""


class CallbackTried(_Params):
    """The customer was not reached; `due`, in the customer's time zone, is when we try again."""

    due: AwareDatetime
    manage_url: Url | Literal[""] = ""


class CallbackExpired(_Params):
    """Nobody could call in time, or the customer was not reached in so many `tries`. A ticket where there is one."""

    tries: Annotated[int, Field(ge=0, le=100)] = 0

    ticket: Line = ""
    ticket_url: Url | Literal[""] = ""


class MessageTaken(_Params):
    """A message that a caller left, to whom it is for. `phone` empty: withheld. `seconds` long; `attached` or not."""

    recipient: Line
    phone: Line = ""
    seconds: Annotated[int, Field(ge=0, le=86_400)]
    attached: bool


PARAMETERS: Final[Mapping[Kind, type[_Params]]] = {
    "ticket_opened": TicketOpened,
    "ticket_handed_over": TicketHandedOver,
    "ticket_resolved": TicketResolved,
    "ticket_reopened": TicketReopened,
    "callback_registered": CallbackRegistered,
    "callback_tried": CallbackTried,
    "callback_expired": CallbackExpired,
    "message_taken": MessageTaken,
    "reply": Reply,
}


class Rendered(NamedTuple):
    """A status mail without its envelope."""

    subject: str
    text: str
    html: str


class BadParameters(ValueError):
    """What a notification was to say is missing or impossible; the message names each field."""


def render_notification(kind: Kind, language: str, params: Mapping[str, Any]) -> Rendered:
    """A status mail of this kind in the nearest language we have.

    `params` are the fields of `PARAMETERS[kind]`. Raises `BadParameters` naming what is missing or wrong.
    """
    if kind not in PARAMETERS:
        raise BadParameters(f"no notification is called {kind!r}; there are: {', '.join(PARAMETERS)}")
    spoken = closest_language(language)
    values = _values(kind, spoken, params)
    subject, text = _rendered("text", kind, spoken, values)
    _, html = _rendered("html", kind, spoken, values)
    if values["thread_subject"]:
        subject = reply_subject(values["thread_subject"])
    return Rendered(one_line(subject), _BLANK_LINES.sub("\n\n", text).strip() + "\n", _inliner().inline(html))


def _values(kind: Kind, language: str, params: Mapping[str, Any]) -> dict[str, Any]:
    try:
        checked = PARAMETERS[kind].model_validate(dict(params))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadParameters(f"notification {kind}: {faults}") from error
    values = {name: getattr(checked, name) for name in type(checked).model_fields}
    times = {name: _spoken_time(value, language) for name, value in values.items() if isinstance(value, datetime)}
    return values | times


def _spoken_time(at: datetime, language: str) -> str:
    return format_datetime(at, "EEEE, d MMMM, HH:mm", tzinfo=at.tzinfo, locale=language)


def _rendered(medium: Literal["text", "html"], kind: Kind, language: str, values: dict[str, Any]) -> tuple[str, str]:
    template = _environment(medium, language).get_template(f"kinds/{kind}.j2")
    context = {**values, "medium": medium, "language": language}
    subject = "".join(template.blocks["subject"](template.new_context(context)))
    return subject, template.render(context)


@cache
def _environment(medium: Literal["text", "html"], language: str) -> Environment:
    loader: BaseLoader = FileSystemLoader(_TEMPLATES)
    environment = Environment(
        loader=loader,
        autoescape=medium == "html",
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        keep_trailing_newline=False,
    )
    filters = cast("dict[str, Callable[..., Any]]", environment.filters)  # pyright: ignore[reportUnknownMemberType]
    filters.update({"wrap": _wrap, "paragraphs": _paragraphs, "with_score": _with_score})
    install = environment.install_gettext_translations  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
    install(translations(language), newstyle=True)
    return environment


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)


def _wrap(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, break_long_words=False, break_on_hyphens=False)


def _paragraphs(text: str) -> list[list[str]]:
    """Lines of each paragraph; blank lines part them."""
    pieces = re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    return [[line.rstrip() for line in piece.split("\n")] for piece in pieces if piece.strip()]


def _with_score(url: str, score: int) -> str:
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("score", str(score))])
    return urlunsplit(parts._replace(query=query))
