"""Addresses of PostgreSQL, completed by what the settings say for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit


def completed(url: str, password: str | None, parameters: Mapping[str, str | Path | None]) -> str:
    """The address with a password and libpq's parameters, each where it has none of its own and one is given."""
    return _with_parameters(url if password is None else _with_password(url, password), parameters)


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    if parts.password is not None or not parts.netloc:
        return url
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}{at}{host}")) if at else url


def _with_parameters(url: str, parameters: Mapping[str, str | Path | None]) -> str:
    given = {name: str(value) for name, value in parameters.items() if value is not None}
    if not given:
        return url
    parts = urlsplit(url)
    query = urlencode({**given, **dict(parse_qsl(parts.query, keep_blank_values=True))}, quote_via=quote)
    scheme, netloc, path, _, fragment = parts
    # put together by hand: urlunsplit drops the slashes of an address without a host
    return f"{scheme}://{netloc}{path}?{query}" + (f"#{fragment}" if fragment else "")
