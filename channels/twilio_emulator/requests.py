"""A valid request of the API, with its parameters in hand, and how lists are paged and filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from channels.twilio_emulator.model import Hook
from channels.twilio_emulator.refusals import not_found
from channels.twilio_emulator.world import World

_DEFAULT_PAGE: Final = 50
_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Request:
    """A request: what stood in the path's braces, the parameters, and the path itself."""

    world: World
    path: str
    parts: Mapping[str, str]
    given: Mapping[str, Sequence[str]]

    def one(self, name: str, default: str = "") -> str:
        values = self.given.get(name, ())
        return values[0] if values else default

    def has(self, name: str) -> bool:
        return name in self.given

    def all(self, name: str) -> frozenset[str]:
        """The words of a repeated parameter; the older form, separated by spaces, too."""
        return frozenset(word for value in self.given.get(name, ()) for word in value.split())

    def flag(self, name: str, default: bool = False) -> bool:
        return self.one(name).lower() == "true" if self.has(name) else default

    def number(self, name: str, default: int) -> int:
        return int(self.one(name)) if self.one(name) else default

    def hook(self, name: str, method: str | None = None, default: str = "POST") -> Hook:
        return Hook(self.one(name), self.one(method or f"{name}Method", default))

    def find(self, where: Mapping[str, _Thing], sid: str) -> _Thing:
        """The thing of this identifier. Raises the 404 that Twilio gives."""
        if sid not in where:
            raise not_found(self.path)
        return where[sid]

    def page(self, name: str, things: Sequence[_Thing], shape: Callable[[_Thing], dict[str, Any]]) -> dict[str, Any]:
        """One page of `things`, as Twilio writes lists."""
        size, page = self.number("PageSize", _DEFAULT_PAGE), self.number("Page", 0)
        start = page * size
        shown = things[start : start + size]
        more = start + size < len(things)
        return {
            name: [shape(thing) for thing in shown],
            "page": page,
            "page_size": size,
            "start": start,
            "end": max(start, start + len(shown) - 1),
            "uri": self._uri(page, size),
            "first_page_uri": self._uri(0, size),
            "next_page_uri": self._uri(page + 1, size, f"PA{name}{page + 1}") if more else None,
            "previous_page_uri": self._uri(page - 1, size, f"PB{name}{page - 1}") if page else None,
        }

    def within(self, name: str, at: datetime | None) -> bool:
        """Whether `at` is as the filters `name`, `name<` and `name>` ask: a day or a moment, both ends included."""
        for suffix, fits in (("", _same), ("<", _until), (">", _from)):
            wanted = self.one(name + suffix)
            if wanted and (at is None or not fits(at, wanted)):
                return False
        return True

    def _uri(self, page: int, size: int, token: str = "") -> str:
        paging = ("Page", "PageSize", "PageToken")
        pairs = [(name, value) for name, values in self.given.items() if name not in paging for value in values]
        pairs += [("PageSize", str(size)), ("Page", str(page))] + ([("PageToken", token)] if token else [])
        return f"{self.path}?{urlencode(pairs)}"


def _moment(text: str) -> tuple[datetime, datetime]:
    """The span that a date (a day) or a time (a second) names."""
    begin = datetime.fromisoformat(text)
    begin = begin if begin.tzinfo else begin.replace(tzinfo=UTC)
    return begin, begin + (timedelta(days=1) if len(text) <= 10 else timedelta(seconds=1))


def _same(at: datetime, wanted: str) -> bool:
    begin, end = _moment(wanted)
    return begin <= at < end


def _until(at: datetime, wanted: str) -> bool:
    return at < _moment(wanted)[1]


def _from(at: datetime, wanted: str) -> bool:
    return at >= _moment(wanted)[0]
