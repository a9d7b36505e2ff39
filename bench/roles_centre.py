"""The centre of `bench.roles`: a process of each role on a PostgreSQL and a Kafka of their own, and how they fare."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from pydantic import SecretStr

from bench.desk_centre import House, NoPasswords, add_account, many
from domain.agent.commands import BecomeReady, SignIn
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.execute import Origin
from infra.accounts.store import AccountStore
from infra.apply_documents import apply_documents
from infra.demo.cluster import own_cluster
from infra.process import watching_node
from infra.roles import Role
from infra.settings import Settings, TwilioAccount
from web.access import Role as Grant

ROLES: tuple[Role, ...] = ("web", "mail", "router", "projections", "delivery")
NUMBER, MAILBOX, PROJECT = "+48221000000", "help@bench.example", "bench"
TOKEN = "0123456789abcdef0123456789abcdef"
MEGABYTE = 1024 * 1024


def documents(agents: int) -> tuple[CentreDocument, ProjectDocument]:
    """A number for texts, a mailbox, and agents who take three of each at once; customers get status mails."""
    people = {f"agent{n}": {"name": f"Agent {n}", "site": "here", "profile": "all"} for n in range(agents)}
    channels = {"sms": {"concurrency": 3}, "email": {"concurrency": 3}}
    centre: dict[str, Any] = {
        "schema_version": 1, "centre": "bench", "title": "Bench", "pool": "main", "sites": {"here": {"title": "Here"}},
        "profiles": {"all": {"capacity": 6, "channels": channels, "queues": {f"{PROJECT}/help": {}}}},
        "agents": people,
    }  # fmt: skip
    project: dict[str, Any] = {
        "schema_version": 1, "project": PROJECT, "title": "Bench", "pool": "main",
        "departments": {"help": {"title": "Help", "queue": "help"}},
        "queues": {"help": {"title": "Help"}},
        "mailboxes": {"help": {"address": MAILBOX, "title": "Help", "department": "help"}},
        "numbers": {"main": {"number": NUMBER, "title": "Main", "texts": {"department": "help"}}},
        "status": {"sender": "help"},
    }  # fmt: skip
    return CentreDocument.model_validate(centre), ProjectDocument.model_validate(project)


@asynccontextmanager
async def centre_of_roles(
    folder: Path, agents: int, kafka: str, *, smtp_out: int, twilio: str
) -> AsyncGenerator[House]:
    """A process of each role, agents signed in and ready. `twilio`: where the provider's API is."""
    account = TwilioAccount(account_sid="AC" + "0" * 32, auth_token=SecretStr(TOKEN), base_url=twilio)
    settings = Settings(
        data=folder, smtp_out_port=smtp_out, smtp_out_tls="none", mail_domain="bench.example", log_level="error",
        kafka_servers=kafka, twilio={"twilio": account},
        database_url=None, rows_url=None, keys_url=None, accounts_url=None, master_key=None,
    )  # fmt: skip
    async with AsyncExitStack() as closing:
        cluster = await closing.enter_async_context(own_cluster(settings, folder, roles=ROLES))
        node = await closing.enter_async_context(watching_node(cluster.settings))
        house = House(cluster, node, AccountStore(node.database, NoPasswords()), {})
        centre, project = documents(agents)
        await apply_documents(node.stores.executor, [centre], [project], Origin(project="", pool="main", actor="bench"))
        await node.configured.catch_up()
        await many(list(centre.agents), lambda one: add_account(house, one, Grant.AGENT, one))
        await many(list(centre.agents), lambda one: house.do(SignIn(agent_id=one)))
        await many(list(centre.agents), lambda one: house.do(BecomeReady(agent_id=one)))
        yield house


@dataclass(slots=True)
class Processes:
    """Processor time and memory of each role, of the database, of the broker and of the load itself."""

    by_name: Mapping[str, list[psutil.Process]]
    #: Megabytes at each look, by name.
    resident: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    @classmethod
    def of(cls, house: House, folder: Path) -> Processes:
        named: dict[str, list[psutil.Process]] = {}
        for member in house.cluster.members:
            named.setdefault(member.role, []).append(psutil.Process(member.process.pid))
        postmaster = folder / "postgresql" / "postmaster.pid"
        named["PostgreSQL"] = [psutil.Process(int(postmaster.read_text("ascii").split()[0]))]
        named["Kafka"] = [one for one in psutil.Process().children(recursive=True) if one.name() == "java"]
        named["load"] = [psutil.Process()]
        return cls(named)

    def seconds(self) -> dict[str, float]:
        """Processor seconds so far, user and system; PostgreSQL with all its backends."""
        return {name: sum(map(_worked, ones)) for name, ones in self.by_name.items()}

    def look(self) -> None:
        for name, ones in self.by_name.items():
            if name not in ("PostgreSQL", "load"):  # shared memory would be counted once for each backend
                self.resident.setdefault(name, []).append(sum(one.memory_info().rss for one in ones) / MEGABYTE)

    async def watch(self, every: float) -> None:
        """Look at the memory until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(every)

    def memory(self) -> dict[str, dict[str, float]]:
        """Megabytes: the mean of the third, and of the last quarter of the looks, and by how much the last is more."""
        found: dict[str, dict[str, float]] = {}
        for name, looks in self.resident.items():
            quarter = max(1, len(looks) // 4)
            third, last = (
                sum(part) / len(part) for part in (looks[-2 * quarter : -quarter] or looks, looks[-quarter:])
            )
            found[name] = {"third": round(third, 1), "last": round(last, 1), "growth": round(last / third - 1, 3)}
        return found


def _worked(process: psutil.Process) -> float:
    times = process.cpu_times()
    worked = times.user + times.system
    if process.name() == "postgres":
        # backends that have ended are counted by their parent
        worked += times.children_user + times.children_system
        for one in process.children():
            try:
                own = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            worked += own.user + own.system
    return float(worked)
