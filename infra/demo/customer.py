"""What a simulated customer does: writes, reads, answers, rates, calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import httpx2

from channels.email.model import ParsedMail
from channels.email.parse import parse
from infra.demo.browser import NoForm, address_for, browsing, many_addresses, scan, submit
from infra.demo.caller import Caller
from infra.demo.cast import RINGING, TEXTING, Person
from infra.demo.desk import DeskClient
from infra.demo.ledger import Ledger, Rated
from infra.demo.letters import Letter, answer, bounce_report, first_letter, links_in, out_of_office
from infra.demo.pace import Day
from infra.demo.post_office import Post
from infra.demo.telephones import Telephones

#: How often one customer writes again at most.
ROUNDS = 2
#: How often somebody who chats looks at the page, before they give up.
LOOKS = 60


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What every customer lives among. `office` asks for callbacks on behalf of those whom somebody there has heard."""

    day: Day
    ledger: Ledger
    post: Post
    base_url: str
    office: DeskClient
    telephones: Telephones | None = None


@dataclass(slots=True)
class Customer:
    """One customer with what they remember."""

    person: Person
    around: Surroundings
    dice: Random = field(init=False)
    written: int = 0
    added: bool = False
    rated: bool = False
    back: bool = False
    read: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self.dice = self.around.day.pace.dice(f"life of {self.person.number}")

    async def get_in_touch(self) -> None:
        """The beginning of it all."""
        person = self.person
        if person.story == "calls_form":
            await self._ask_on_the_page()
        elif person.story == "chats":
            await self._chat()
        elif person.story == "calls_api":
            await self._ask_by_telephone()
        elif person.story in RINGING:
            await self._telephone().ring()
        elif person.story in TEXTING:
            await self._telephone().text()
        else:
            times = 2 if person.story == "twice" else 1
            await self._post(first_letter(person, self.dice), times=times)

    def _telephone(self) -> Caller:
        around = self.around
        assert around.telephones is not None, "without a telephone network nobody is cast to ring or text"
        return Caller(
            person=self.person, telephones=around.telephones, day=around.day, ledger=around.ledger, dice=self.dice
        )

    async def receive(self, return_path: str, content: bytes) -> None:
        """A mail has come. What follows is done in one's own time."""
        self.around.day.begin(self._deal_with(return_path, content))

    async def _deal_with(self, return_path: str, content: bytes) -> None:
        mail = parse(content)
        if mail.message_id in self.read:
            self.around.ledger.seen["mails that came twice"] += 1
            return
        self.read.add(mail.message_id)
        if self.person.story == "bounces":
            await self._bounce(mail, return_path)
            return
        if self.person.scanned:
            await self._scan(mail)
        if self.person.story in ("away", "away_unmarked"):
            # a marked responder knows what RFC 3834 says and leaves automatic mail alone; the other answers anything
            if self.person.story == "away_unmarked" or mail.automatic is None:
                await self.around.post.bring(
                    out_of_office(self.person, mail, return_path, self.dice), "auto_reply", source=self._source
                )
            return
        if links_in(mail)["r"]:
            await self._settled(mail)
        elif mail.automatic is None:
            await self._answered(mail)
        elif self.person.story == "on_page":
            await self._add_on_page(mail)

    async def _bounce(self, mail: ParsedMail, return_path: str) -> None:
        """Their server had taken the mail, and finds out now that there is no room."""
        await self._later(3)
        letter = bounce_report(mail, self.person.address, return_path, self.dice)
        await self.around.post.bring(letter, "bounce", source=self._source)

    async def _scan(self, mail: ParsedMail) -> None:
        links = links_in(mail)
        scores = [f"{link}&score={score}" for link in links["r"] for score in (1, 5)]
        async with browsing("127.0.0.1", self.person.language) as client:
            broken = await scan(client, [*links["t"], *scores])
        self.around.ledger.seen["links followed by scanners"] += len(links["t"]) + len(scores)
        self.around.ledger.refusals.extend(broken)

    async def _answered(self, mail: ParsedMail) -> None:
        """An agent wrote. Some answer, by another address or in the thread."""
        if self.person.story not in ("answers", "by_token") or self.written > ROUNDS:
            return
        if await self._later(4):
            return
        text = self.dice.choice(self.person.phrases.further).format(order=self.person.order)
        await self._post(answer(self.person, mail, text, self.dice))

    async def _settled(self, mail: ParsedMail) -> None:
        """The matter is said to be settled. Some disagree once; most rate."""
        closing = await self._later(5)
        if self.person.story == "comes_back" and not self.back and not closing:
            self.back = True
            text = self.person.phrases.unsettled.format(order=self.person.order)
            await self._post(answer(self.person, mail, text, self.dice))
        elif not self.rated and (self.person.number < 20 or self.dice.random() < 0.7):
            await self._rate(mail)

    async def _rate(self, mail: ParsedMail) -> None:
        """Open the link of a score, look at the page, say more, submit."""
        self.rated = True
        scores = {"agent": self.dice.choice((3, 4, 4, 5, 5)), "company": self.dice.choice((2, 3, 4, 4, 5))}
        link = links_in(mail)["r"][0]
        filled = {f"{about}_score": str(score) for about, score in scores.items()}
        if self.dice.random() < 0.5:
            filled["comment"] = self.dice.choice(self.person.phrases.praise)
        try:
            answered = await self._submit(f"{link}&score={scores['agent']}", "agent_score", filled)
        except NoForm:
            answered = None
        if answered is not None and answered.status_code == 303:
            token = httpx2.URL(link).path.rpartition("/")[2]
            self.around.ledger.ratings.append(Rated(token, scores["agent"], scores["company"]))
        elif answered is None or answered.status_code in (409, 422):
            # reopened meanwhile, at the latest while the form was on its way: rated when it is settled again
            self.rated = False
            self.around.ledger.seen["came to rate what was open again"] += 1
        else:
            self._refused("rating", answered)

    async def _add_on_page(self, mail: ParsedMail) -> None:
        if self.added or await self._later(2):
            return
        self.added = True
        text = self.dice.choice(self.person.phrases.further).format(order=self.person.order)
        answered = await self._submit(links_in(mail)["t"][0], "text", {"text": text})
        if answered.status_code == 303:
            self.around.ledger.additions.append(text)
        else:
            self._refused("addition", answered)

    async def _ask_on_the_page(self) -> None:
        about = self.person.phrases.callback.format(order=self.person.order)
        filled = {"number": self.person.telephone, "name": self.person.name, "about": about}
        url = f"{self.around.base_url}/callback/{self.person.desk.project}"
        answered = await self._submit(url, "number", filled)
        if answered.status_code == 200:
            self.around.ledger.callbacks.append(about)
        else:
            self._refused("callback form", answered)

    async def _chat(self) -> None:
        """Write on the page, wait for an answer there, thank for it, and go once it is over or the day is."""
        text = self.person.phrases.further[0].format(order=self.person.order)
        answered = await self._submit(f"{self.around.base_url}{self.person.desk.address}", "text", {"text": text})
        if answered.status_code != 303:
            self._refused("chat", answered)
            return
        self.around.ledger.chats.append(text)
        page = str(answered.url.join(answered.headers["location"]))
        async with browsing(self._source, self.person.language) as client:
            await self._converse(client, page)

    async def _converse(self, client: httpx2.AsyncClient, page: str) -> None:
        thanked = False
        for _ in range(LOOKS):
            closing = await self._later(2)
            shown = (await client.get(page)).text
            if 'data-state="ended"' in shown:
                return
            if closing:
                break
            if 'class="us"' in shown and not thanked:
                thanked = True
                thanks = self.person.phrases.unsettled.format(order=self.person.order)
                said = await submit(client, page, "text", {"text": thanks})
                if said.status_code == 303:
                    self.around.ledger.chats.append(thanks)
        await client.post(page, data={"leave": "1"})

    async def _ask_by_telephone(self) -> None:
        """Somebody at the office takes the call and asks for the callback through the API."""
        about = self.person.phrases.callback.format(order=self.person.order)
        wanted = {"number": self.person.telephone, "name": self.person.name, "about": about}
        path = f"/api/projects/{self.person.desk.project}/callbacks"
        if await self.around.office.post(path, {**wanted, "language": self.person.language}) is not None:
            self.around.ledger.callbacks.append(about)

    async def _submit(self, url: str, name: str, filled: dict[str, str]) -> httpx2.Response:
        """Raises `NoForm`, and `httpx2.HTTPError`, which is told as a fault of the run."""
        async with browsing(self._source, self.person.language) as client:
            answered = await submit(client, url, name, filled)
        self.around.ledger.seen["forms submitted"] += 1
        return answered

    def _refused(self, what: str, answered: httpx2.Response) -> None:
        """Too often (429) is what a person hears who shares an address with many others; else it is a fault."""
        if answered.status_code == 429 and not many_addresses():
            self.around.ledger.seen["asked to come back later"] += 1
        else:
            self.around.ledger.refusals.append(f"{what} answered {answered.status_code}")

    async def _post(self, letter: Letter, *, times: int = 1) -> None:
        self.written += 1
        await self.around.post.bring(letter, "letter", times=times, source=self._source)

    @property
    def _source(self) -> str:
        return address_for(self.person.source)

    async def _later(self, median: float) -> bool:
        """In one's own time; true when the day is closing."""
        day = self.around.day
        return await day.pause(day.pace.takes(self.dice, median))
