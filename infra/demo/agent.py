"""What a simulated agent does: takes offers like people do, reads, answers, passes on, finishes, has lunch."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from domain.centre.documents import ProjectDocument
from infra.demo.agent_calls import is_call, talk
from infra.demo.desk import DeskClient, PowerCut
from infra.demo.pace import Day
from infra.demo.phrases import LANGUAGES, NOTES, REASONS_TO_DECLINE
from infra.demo.telephones import Telephones

#: How an agent takes a piece of work.
Mood = Literal["work", "decline", "miss", "transfer", "ask"]
#: Of a hundred offers so many are declined, not noticed; their letters passed on, asked back about.
MOODS: tuple[tuple[Mood, int], ...] = (("decline", 6), ("miss", 5), ("transfer", 8), ("ask", 11))
#: Before so many of a hundred, a note is written.
NOTES_WRITTEN = 25
#: Of a hundred wrap-ups so many are left to their time limit.
LEFT_TO_TIME = 8
#: Chance of a break after a piece of work, and how long it is at speed 1 (seconds: a demo's lunch is short).
LUNCH, LUNCH_TAKES = 0.05, 8.0
#: How often an agent answers one customer within one piece of work.
LETTERS = 3
#: Seconds that anything takes at the end of the day, at most.
HURRY = 0.1


@dataclass(slots=True)
class Firsts:
    """What becomes of a day's first offers and first letters, whoever gets them: a short run sees it all."""

    offers: list[Mood] = field(default_factory=lambda: list[Mood](("decline", "miss")))
    letters: list[Mood] = field(default_factory=lambda: list[Mood](("transfer", "ask")))


@dataclass(slots=True, kw_only=True)
class Agent:
    """One agent at their desk; without `telephones` calls are made by nobody, and take their time all the same."""

    agent_id: str
    desk: DeskClient
    day: Day
    projects: Mapping[str, ProjectDocument]
    dice: Random
    telephones: Telephones | None = None
    firsts: Firsts = field(default_factory=lambda: Firsts([], []))
    finished: int = 0
    at_lunch: bool = False
    answered: set[str] = field(default_factory=set[str])

    async def work(self) -> None:
        """A working day: sign in, be ready, take what comes, until cancelled."""
        async with aclosing(self.desk.events()) as events:
            async for event in events:
                if event["event"] == "hello":
                    with suppress(PowerCut):
                        await self._say("sign-in")
                        await self._say("ready")
                elif event["event"] == "reset":
                    await self._look(event["data"]["position"])
                elif event["event"] == "message":
                    self._notice(event["data"])

    async def go_home(self) -> None:
        """Sign out."""
        await self._say("sign-out")

    def _notice(self, event: Mapping[str, Any]) -> None:
        said, data = event["type"], event["data"]
        if data.get("agent_id") != self.agent_id:
            return
        if said == "interaction.offered.v1":
            self._offered(event["project"], data)
        elif said == "agent.stopped_responding.v1":
            self.day.begin(self._while_powered(self._come_back()))

    async def _look(self, position: int) -> None:
        """The stream could not keep up: what rings is asked for instead."""
        found = await self.desk.get("/api/work", min_position=position)
        for item in found["items"] if found else ():
            if item["status"] == "offered":
                self._offered(item["project"], item)

    def _offered(self, project: str, offer: Mapping[str, Any]) -> None:
        if offer["work_id"] not in self.answered:
            self.answered.add(offer["work_id"])
            self.day.begin(self._while_powered(self._answer(_Work(self, project, offer, self._mood()))))

    async def _while_powered(self, doing: Coroutine[Any, Any, None]) -> None:
        """Whatever was under way when the power failed ends there."""
        with suppress(PowerCut):
            await doing
        self.at_lunch = False

    async def _answer(self, work: _Work) -> None:
        await self.takes(1.5)
        if work.mood == "miss" and not self._last_hour:
            return
        if work.mood == "decline" and not self._last_hour:
            await work.offer("decline", {"reason": self.dice.choice(REASONS_TO_DECLINE)})
            return
        if await work.offer("accept") is not None:
            await work.do()
            self.finished += 1
            await self._perhaps_lunch()

    def _mood(self) -> Mood:
        """What comes of this offer, should the day be long enough."""
        if self.firsts.offers and not self._last_hour:
            return self.firsts.offers.pop(0)
        chance = self.dice.random() * 100
        for mood, share in MOODS:
            chance -= share
            if chance < 0:
                return mood
        return "work"

    async def _come_back(self) -> None:
        """Missed too much and was taken for absent: back from the coffee machine."""
        await self.takes(3)
        await self._say("ready")

    async def _perhaps_lunch(self) -> None:
        if self.at_lunch or self._last_hour or self.dice.random() > LUNCH:
            return
        self.at_lunch = True
        if await self.desk.post(f"/api/agents/{self.agent_id}/not-ready", {"reason": "lunch"}) is not None:
            await self.day.pause(self.day.pace.takes(self.dice, LUNCH_TAKES))
            await self._say("ready")
        self.at_lunch = False

    async def _say(self, what: str) -> None:
        await self.desk.post(f"/api/agents/{self.agent_id}/{what}")

    @property
    def _last_hour(self) -> bool:
        return self.day.closing.is_set()

    async def takes(self, median: float) -> None:
        """Spend time on something; at the end of the day everybody hurries."""
        if await self.day.pause(self.day.pace.takes(self.dice, median)):
            await asyncio.sleep(HURRY)


class _Work:
    """One piece of work in an agent's hands."""

    def __init__(self, agent: Agent, project: str, offered: Mapping[str, Any], mood: Mood) -> None:
        self.mood = mood
        self._agent, self._dice, self._desk = agent, agent.dice, agent.desk
        self._project, self._queue = agent.projects[project], offered["queue"]
        self._path = f"/api/projects/{project}/interactions/{offered['interaction_id']}"
        self._leg = f"{self._path}/legs/{offered['leg']}"
        self._offer = f"{self._leg}/offers/{offered['work_id']}"

    async def offer(self, answer: str, body: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        return await self._desk.post(f"{self._offer}/{answer}", body)

    async def do(self) -> None:
        """From reading to the end of wrap-up."""
        history = await self._history()
        await self._agent.takes(2)
        if self._dice.random() * 100 < NOTES_WRITTEN:
            await self._desk.post(f"{self._path}/notes", {"text": self._dice.choice(NOTES)})
        channel = history[0]["data"]["channel"] if history else ""
        if channel == "email":
            await self._letter(history)
        elif channel in ("chat", "sms"):
            await self._messages(history, "resolve" if channel == "sms" else "leave")
        elif is_call(channel) and self._agent.telephones is not None:
            await talk(self._agent, self._agent.telephones, str(history[0]["data"]["language"]))
            await self._hang_up()
        else:
            await self._agent.takes(5)
            await self._complete("leave")

    async def _letter(self, history: list[dict[str, Any]]) -> None:
        elsewhere = sorted(name for name, one in self._project.departments.items() if one.queue != self._queue)
        closing = self._agent.day.closing.is_set()
        passable = bool(elsewhere) and not closing and len(_legs(history)) == 1
        if passable and self._agent.firsts.letters:
            self.mood = self._agent.firsts.letters.pop(0)
        if self.mood == "transfer" and passable:
            where = self._dice.choice(elsewhere)
            body = {"department": where, "note": "This is for you, please."}
            if await self._desk.post(f"{self._leg}/transfer", body) is not None:
                return
        asks = self.mood == "ask" and not closing
        for _ in range(LETTERS):
            answered = len(_messages(history))
            await self._agent.takes(4)
            await self._reply(history, asks)
            history = await self._history()
            if len(_messages(history)) <= answered:
                break
        await self._complete("await_customer" if asks else "resolve")

    async def _messages(self, history: list[dict[str, Any]], ticket: str) -> None:
        """Answer until the customer says no more."""
        for _ in range(LETTERS):
            answered = len(_messages(history))
            await self._agent.takes(2)
            await self._reply(history, asks=False)
            await self._agent.takes(6)
            history = await self._history()
            if len(_messages(history)) <= answered:
                break
        await self._complete(ticket)

    async def _reply(self, history: list[dict[str, Any]], asks: bool) -> None:
        phrases = LANGUAGES.get(str(history[0]["data"]["language"]) if history else "en", LANGUAGES["en"])
        text = self._dice.choice(phrases.questions if asks else phrases.answers)
        await self._desk.post(f"{self._leg}/reply", {"text": f"{text}\n\n{phrases.greeting}"})

    async def _complete(self, ticket: str) -> None:
        # 409: taken away meanwhile, or the ticket is settled already
        done = await self._desk.post(f"{self._leg}/complete", {"ticket": ticket, "disposition": ""})
        if done is None:
            done = await self._desk.post(f"{self._leg}/complete", {"ticket": "leave", "disposition": ""})
        if done is not None:
            await self._wrap_up()

    async def _hang_up(self) -> None:
        """The customer may have been quicker: wrap-up has begun then."""
        await self._desk.post(f"{self._leg}/complete", {"ticket": "leave", "disposition": ""})
        await self._wrap_up()

    async def _wrap_up(self) -> None:
        mode = self._project.queues[self._queue].wrap_up.mode
        if mode == "none":
            return
        mandatory = mode == "mandatory"
        if mandatory and not self._agent.day.closing.is_set() and self._dice.random() * 100 < LEFT_TO_TIME:
            return
        await self._agent.takes(1.5)
        await self._desk.post(f"{self._leg}/wrap-up", {"disposition": self._project.dispositions[0]})

    async def _history(self) -> list[dict[str, Any]]:
        found = await self._desk.get(self._path)
        return found["items"] if found else []


def _messages(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What people wrote; machines are not answered."""
    return [e for e in history if e["type"] == "interaction.message_received.v1" and not e["data"]["automatic"]]


def _legs(history: list[dict[str, Any]]) -> set[str]:
    return {e["data"]["leg"] for e in history if e["type"] == "interaction.queued.v1"}
