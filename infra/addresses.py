"""Addresses of PostgreSQL, completed by what the settings say for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from psycopg.conninfo import conninfo_to_dict, make_conninfo

#: What a connection is to notice by itself: that the server's machine is gone, or what lies between, without a word.
#: The kernel alone waits a quarter of an hour for an answer to what was sent, and where nothing was sent for ever. In
#: seconds, the last in milliseconds (libpq's parameters, tcp(7)).
NOTICED = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
#: The same for the server's end: what a machine of ours that is gone has locked must not stay locked.
_NOTICED_THERE = (
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000"
)


def noticing(url: str) -> str:
    """The address with what both ends are to notice, as far as it says nothing about that itself."""
    theirs = dict(parse_qsl(urlsplit(url).query)).get("options", "")
    options = f"{_NOTICED_THERE} {theirs}".strip()
    return _with_parameters(_with_parameters(url, {"options": options}, over=True), NOTICED)


def with_options(conninfo: str, options: str, **parameters: Any) -> str:
    """libpq's string with parameters, and with options for the session that come after those it has, so that they win.

    Raises `psycopg.ProgrammingError` for what is no address.
    """
    given = conninfo_to_dict(conninfo).get("options") or ""
    return make_conninfo(conninfo, options=f"{given} {options}".strip(), **parameters)


def completed(url: str, password: str | None, parameters: Mapping[str, str | Path | None]) -> str:
    """The address with a password and libpq's parameters, each where it has none of its own and one is given."""
    return _with_parameters(url if password is None else _with_password(url, password), parameters)


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    if parts.password is not None or not parts.netloc:
        return url
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}{at}{host}")) if at else url


def _with_parameters(url: str, parameters: Mapping[str, str | Path | None], *, over: bool = False) -> str:
    given = {name: str(value) for name, value in parameters.items() if value is not None}
    if not given:
        return url
    parts = urlsplit(url)
    own = dict(parse_qsl(parts.query, keep_blank_values=True))
    query = urlencode({**own, **given} if over else {**given, **own}, quote_via=quote)
    scheme, netloc, path, _, fragment = parts
    # put together by hand: urlunsplit drops the slashes of an address without a host
    return f"{scheme}://{netloc}{path}?{query}" + (f"#{fragment}" if fragment else "")
