"""Random documents and demands: what queues ask, what agents can, what an item asks for beyond its queue's rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any, get_args

from domain.centre.routing import ItemPolicy, Strategy

CHANNELS = ("voice", "email", "sms", "callback")
SKILLS = ("billing", "french", "network")
QUEUES = (("p", "a"), ("p", "b"), ("q", "a"))
SITES = ("here", "there", "far")
LANGUAGES = ("en", "fr", "pl")
STRATEGIES = get_args(Strategy)
POLICIES = get_args(ItemPolicy)


class Drawing:
    """`plain`: the usual strategy everywhere; `able`: agents take most channels and queues, and hold much."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.plain = random.random() < 0.3
        self.able = random.random() < 0.7

    def queue(self) -> dict[str, Any]:
        random = self.random
        wrap_up = random.choice(("none", "optional", "mandatory"))
        return {
            "priority": random.choice((1, 2, 5, 5)),
            "skills": self.skills() if random.random() < 0.5 else {},
            "offer": self._offer(),
            "wrap_up": {"mode": wrap_up, "limit": 15},
            "strategy": "longest_idle" if self.plain else random.choice(STRATEGIES),
            "sites": random.choice(("any", "any", "own_first")),
            "hours": "day" if random.random() < 0.15 else None,
            "target": random.choice((20, 60)),
            "handling": random.choice((30, 90)),
            "handling_by_level": {random.choice((1, 3, 5)): random.choice((10, 200))} if random.random() < 0.5 else {},
        }

    def _offer(self) -> dict[str, Any]:
        random = self.random
        never = random.choice(("after_others", "after_others", "never"))
        return {
            "timeout": random.choice((5, 30)),
            "ring_width": random.choice((1, 1, 2, 3)),
            "misses": 2,
            "again": never,
            "channels": {"sms": {"again": random.choice(("after_others", "never"))}} if random.random() < 0.3 else {},
        }

    def site(self) -> str:
        return self.random.choice(SITES)

    def languages(self) -> tuple[str, ...]:
        return tuple(language for language in LANGUAGES if self.random.random() < 0.4)

    def skills(self) -> dict[str, int]:
        return {skill: self.random.choice((1, 3, 5)) for skill in SKILLS if self.random.random() < 0.6}

    def expiries(self, now: datetime) -> dict[str, datetime]:
        """Certifications that run out, soon or long ago."""
        random = self.random
        return {s: now + timedelta(seconds=random.choice((-9, 2, 30, 90))) for s in SKILLS if random.random() < 0.2}

    def profile(self) -> dict[str, Any]:
        random = self.random
        channels = random.sample(CHANNELS, random.randint(3 if self.able else 1, 4))
        queues = random.sample(QUEUES, random.randint(2 if self.able else 1, 3))
        return {
            "capacity": random.choice((4, 6, 9) if self.able else (1, 2, 4)),
            "channels": {
                channel: {
                    "concurrency": random.randint(1, 3),
                    "units": random.randint(1, 3),
                    "interrupts": CHANNELS[CHANNELS.index(channel) + 1 :] if random.random() < 0.3 else (),
                }
                for channel in channels
            },
            "queues": {
                f"{project}/{queue}": {
                    "priority": random.choice((1, 1, 2)),
                    "delay": random.choice((0, 0, 0, 10, 30)),
                    "ring": random.choice((1, 1, 1, 2)),
                }
                for project, queue in queues
            },
        }

    def demands(self, now: datetime, agents: int) -> dict[str, Any]:
        """What an item may ask for beyond queue, channel and skills."""
        random = self.random
        found: dict[str, Any] = {"site": random.choice(("", *SITES)), "language": random.choice(LANGUAGES)}
        someone = f"agent{random.randint(0, agents - 1)}"
        if random.random() < 0.15:
            found["also"] = (random.choice(("a", "b")),)
        if random.random() < 0.3:
            found["rings"] = 2
        if random.random() < 0.15:
            found["sites"] = tuple(random.sample(SITES, random.randint(1, 2)))
        if random.random() < 0.2:
            found["language_required"] = True
        if random.random() < 0.15:
            found["excluded"] = (someone,)
        if random.random() < 0.4:
            found |= {"preferred": f"agent{random.randint(0, agents - 1)}"}
            found["preferred_until"] = random.choice((None, now + timedelta(seconds=random.choice((10, 60, 600)))))
        if random.random() < 0.1:
            found["expires_at"] = now + timedelta(seconds=random.choice((5, 60)))
        return found
