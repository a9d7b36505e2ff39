"""A customer's browser: fetches pages, reads their forms, fills them in and submits them. No JavaScript."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

LOOPBACK = "127.0.0.1"
#: Loopback needs no TLS; a client of its own for everybody would read the system's certificates each time.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
PATIENCE = 30.0


@cache
def many_addresses() -> bool:
    """Whether every address of 127.0.0.0/8 is ours (RFC 1122 section 3.2.1.3; Linux does it, others give one only)."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.64.0.2", 0))
        except OSError:
            return False
    return True


def address_for(source: str) -> str:
    """The address that somebody's connections come from: their own where the system has so many."""
    return source if many_addresses() else LOOPBACK


class NoForm(Exception):
    """The page does not have the form that was looked for."""


class Form(HTMLParser):
    """The fields of a page's form that takes `field`, with the values they would be submitted with."""

    def __init__(self, page: str, field: str) -> None:
        super().__init__()
        self._wanted, self._inside = field, False
        self.fields: dict[str, str] = {}
        self.action = ""
        self._found: list[tuple[str, dict[str, str]]] = []
        self._names: set[str] = set()
        #: The list that is being read, and whether its option is the one that stands (HTML standard 4.10.7).
        self._list, self._option = "", False
        self.feed(page)
        if not self._found:
            raise NoForm(f"the page has no form with a field {field!r}")
        self.action, self.fields = self._found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._inside, self.fields, self.action = True, {}, given.get("action", "")
            self._names = set()
        elif self._inside and tag in ("input", "textarea", "select") and given.get("name"):
            self._names.add(given["name"])
            if tag == "input" and (given.get("type") not in ("radio", "checkbox", "submit") or "checked" in given):
                self.fields[given["name"]] = given.get("value", "")
            self._list = given["name"] if tag == "select" else ""
        elif self._list and tag == "option":
            self._option = "selected" in given or self._list not in self.fields
            if self._option:
                self.fields[self._list] = given.get("value", "")
                self._option = "value" not in given

    def handle_data(self, data: str) -> None:
        if self._option:
            self.fields[self._list] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("option", "select"):
            self._option = False
            self._list = "" if tag == "select" else self._list
        if tag == "form" and self._inside:
            self._inside = False
            if self._wanted in self._names:
                self._found.append((self.action, self.fields))


@asynccontextmanager
async def browsing(source: str, language: str) -> AsyncGenerator[httpx2.AsyncClient]:
    """A browser of somebody at that address."""
    transport = httpx2.AsyncHTTPTransport(verify=NO_TLS, local_address=address_for(source), trust_env=False)
    headers = {"Accept-Language": language, "User-Agent": "Simulated customer"}
    async with httpx2.AsyncClient(transport=transport, headers=headers, timeout=PATIENCE, trust_env=False) as client:
        yield client


async def submit(client: httpx2.AsyncClient, url: str, field: str, filled: Mapping[str, str]) -> httpx2.Response:
    """Open a page, fill in its form that has `field`, submit it. The answer is that of the submission, not followed.

    Raises `NoForm` for a page without such a form, `httpx2.HTTPError`.
    """
    page = await client.get(url)
    page.raise_for_status()
    form = Form(page.text, field)
    return await client.post(urljoin(str(page.url), form.action or str(page.url)), data={**form.fields, **filled})


async def scan(client: httpx2.AsyncClient, links: list[str]) -> list[str]:
    """Follow every link as a link scanner does, HEAD first, then GET; those that did not open, with their status."""
    broken: list[str] = []
    for link in links:
        for method in ("HEAD", "GET"):
            answer = await client.request(method, link)
            if answer.status_code != 200:
                broken.append(f"{method} {httpx2.URL(link).path[:3]}… answered {answer.status_code}")
    return broken
