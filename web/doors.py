"""What the web needs of the rest of the process: handed in where the process is put together, no globals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol

from fastapi import Depends, Request

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.execute import Executor
from domain.ports import Clock, Fingerprints, Log, NewId, Opener, RecordingStore
from web.accounts import Accounts, Leases, Replies
from web.drafts import DraftFiles, Drafts, Visits
from web.homes import Homes
from web.letters import Letters
from web.links import Links
from web.throttle import Throttle

if TYPE_CHECKING:
    from web.messages import StaffMessages
    from web.queries import Queries
    from web.reviewing import Reviewer

#: Attempts of each kind, by account name or network address.
RATES = {
    "sign_in_name": "6/5minute",
    "sign_in_address": "30/5minute",
    "form": "20/10minute",
    "callback": "10/hour",
    "message": "60/minute",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`base_url` is where people reach this server; times are in seconds, sizes in bytes."""

    base_url: str
    time_zone: str = "UTC"
    session_seconds: int = 12 * 3600
    request_seconds: float = 30.0
    max_body: int = 256 * 1024
    max_document: int = 2 * 1024 * 1024
    max_files: int = 10 * 1024 * 1024
    catch_up_seconds: float = 5.0
    lease_seconds: float = 30.0
    stream_window: int = 5_000
    stream_queue: int = 500
    rates: dict[str, str] = field(default_factory=lambda: dict(RATES))

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")


#: Faults in a configuration document, each a sentence that says where and how to mend it; empty when it holds.
Check = Callable[[Any], Sequence[str]]


class Registered(NamedTuple):
    """A browser as a telephone: known by `identity`, registered with `token` at the provider's `edge`.

    `signalling`: the WebSocket at which it registers where that is not the provider itself.
    """

    identity: str
    token: str
    edge: str = ""
    signalling: str = ""


#: Makes an agent's browser a telephone for so many seconds; None where the account has no key for that.
Telephone = Callable[[str, int], Registered | None]
#: What a text will be sent as, as `TextPreview` has it. Raises `ValueError` for one that cannot be sent.
PreviewText = Callable[[str], Mapping[str, Any]]
#: A project's document with what applying it adds: public holidays among the closed days of its hours.
Complete = Callable[[ProjectDocument], ProjectDocument]


def _nothing_more(document: Any) -> Sequence[str]:
    """Cross-references are checked where the process brings a checker."""
    return ()


def _as_it_is(document: ProjectDocument) -> ProjectDocument:
    return document


def _no_preview(text: str) -> Mapping[str, Any]:
    raise ValueError("this process sends no texts")


class Documents(Protocol):
    """The documents in force, by name."""

    centres: Mapping[str, CentreDocument]
    projects: Mapping[str, ProjectDocument]

    async def catch_up(self) -> None:
        """Read what was configured since; without news this is one short query."""
        ...


def _no_secret(project: str) -> bytes:
    """Webhooks are signed where the process brings a secret."""
    return b""


@dataclass(slots=True, kw_only=True)
class Doors:
    """Everything the routes reach for."""

    executor: Executor
    log: Log
    opener: Opener
    queries: Queries
    accounts: Accounts
    replies: Replies
    leases: Leases
    messages: StaffMessages
    drafts: Drafts
    draft_files: DraftFiles
    visits: Visits
    letters: Letters
    fingerprints: Fingerprints
    links: Links
    recordings: RecordingStore
    clock: Clock
    new_id: NewId
    settings: Settings
    documents: Documents
    reviewer: Reviewer
    #: By the provider's account.
    telephones: Mapping[str, Telephone] = field(default_factory=dict[str, "Telephone"])
    #: What the desk's page is let connect to, so that browsers are telephones (sources of a `connect-src`).
    telephone_sources: tuple[str, ...] = ()
    check: Check = _nothing_more
    complete: Complete = _as_it_is
    webhook_secret: Callable[[str], bytes] = _no_secret
    preview_text: PreviewText = _no_preview
    homes: Homes = field(init=False)
    throttle: Throttle = field(init=False)

    def __post_init__(self) -> None:
        self.homes = Homes(self.log)
        self.throttle = Throttle(self.settings.rates)


async def doors_of(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


Wired = Annotated[Doors, Depends(doors_of)]
