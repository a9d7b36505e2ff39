"""The demo's people with more patience: a centre that does not answer is asked again, under the same key, for long."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

import aiosmtplib
import httpx2

from infra.demo.browser import Form, browsing
from infra.demo.cast import Cast, Person
from infra.demo.customer import Customer
from infra.demo.desk import DeskClient
from infra.demo.letters import Letter
from infra.demo.post_office import LOOPBACK, Post

#: Seconds for which somebody tries, and the pause between two tries: the first, doubled up to the longest.
PATIENCE, PAUSE, LONGEST = 600.0, 0.25, 2.0
#: Stories whose every step is either acknowledged or tried again.
STORIES = frozenset({"answers", "comes_back", "bounces", "by_token", "away", "twice", "html_only", "attaches", "writes",
                     "calls_api", "calls_form", "on_page", "refused"})  # fmt: skip
#: What a centre in trouble may answer: come back later.
LATER = (429, 503)


class PatientDesk(DeskClient):
    """A desk client that never gives up on a centre that is away. Every try bears the command's one key."""

    async def _request(self, method: str, path: str, **options: Any) -> dict[str, Any] | None:
        answer = await patiently(lambda: self._client.request(method, path, **options), self._ledger.seen)
        if answer.is_success:
            return answer.json() if answer.content else {}
        said = answer.text[:300]
        if answer.status_code == 409:
            self._ledger.seen[f"409 {_code(answer)}"] += 1
        else:
            self._ledger.refusals.append(f"{method} {path} answered {answer.status_code} {said}")
        return None


async def patiently(ask: Callable[[], Awaitable[httpx2.Response]], seen: Counter[str]) -> httpx2.Response:
    """Ask until there is an answer other than "later". Raises `TimeoutError` after `PATIENCE`."""
    pause = PAUSE
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await ask()
            except httpx2.HTTPError as fault:
                seen[f"requests without an answer: {type(fault).__name__}"] += 1
            else:
                if answer.status_code not in LATER:
                    return answer
                seen[f"requests answered {answer.status_code} {_code(answer)}"] += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST)


def _code(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase


@dataclass(slots=True, kw_only=True)
class PatientPost(Post):
    """Brings a mail again until the centre says 250, as mail servers do for days."""

    async def _until_taken(self, letter: Letter, source: str) -> bool:
        pause = PAUSE
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await self._once(letter, source)
                    return True
                except aiosmtplib.SMTPRecipientsRefused as fault:
                    code, said = fault.recipients[0].code, fault.recipients[0].message
                except aiosmtplib.SMTPResponseException as fault:
                    code, said = fault.code, fault.message
                except (aiosmtplib.SMTPException, OSError) as fault:
                    code, said = 0, type(fault).__name__
                if code >= 500:
                    self.ledger.refusals.append(f"mail refused: {code} {said}")
                    return False
                self.ledger.seen[f"mails brought again after {code or said}"] += 1
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST)

    async def _once(self, letter: Letter, source: str) -> None:
        # the machine's own address: the many of the demo are there for rate limits, which are not the point here
        client = aiosmtplib.SMTP(hostname=LOOPBACK, port=self.port, timeout=60, start_tls=False)
        async with client:
            await client.sendmail(letter.sender, [letter.recipient], letter.content)


class PatientCustomer(Customer):
    """A customer who submits a form again until it is answered: the same form, as a browser's "try again" does."""

    async def _submit(self, url: str, name: str, filled: dict[str, str]) -> httpx2.Response:
        seen = self.around.ledger.seen
        async with browsing(self._source, self.person.language) as client:
            page = await patiently(lambda: client.get(url), seen)
            page.raise_for_status()
            form = Form(page.text, name)
            target = urljoin(str(page.url), form.action or str(page.url))
            answer = await patiently(lambda: client.post(target, data={**form.fields, **filled}), seen)
        seen["forms submitted"] += 1
        return answer


@dataclass(slots=True)
class Population:
    """Draws customers whose stories are in `STORIES`."""

    cast: Cast
    number: int = field(default=0)

    def next(self) -> Person:
        while True:
            person = self.cast.person(self.number)
            self.number += 1
            if person.story in STORIES:
                return replace(person, scanned=False)
