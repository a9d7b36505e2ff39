"""The centre of `bench.desk`: a web process and one of projections on a PostgreSQL of their own, with a full house."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from domain.agent.commands import BecomeReady, SignIn
from domain.belonging import Referred
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.customer.decide import Contact
from domain.decide import Command
from domain.execute import Done, Origin
from domain.intake import ReceiveMessage
from infra.accounts.passwords import Passwords
from infra.accounts.store import AccountStore
from infra.apply_documents import apply_documents
from infra.clock import system_clock
from infra.demo.cluster import Cluster, own_cluster
from infra.node import Node
from infra.process import watching_node
from infra.settings import Settings
from infra.stores import new_id
from web.access import EVERYWHERE, Role
from web.accounts import Account

#: Commands under way at once while the house is filled.
AT_ONCE = 16
_SESSION = timedelta(hours=2)


def documents(agents: int) -> tuple[CentreDocument, ProjectDocument]:
    """One queue that nobody serves by itself: no router runs, what waits goes on waiting."""
    people = {
        f"agent{number}": {"name": f"Agent {number}", "site": "here", "profile": "mail"} for number in range(agents)
    }
    centre: dict[str, Any] = {
        "schema_version": 1, "centre": "bench", "title": "Bench", "pool": "main",
        "sites": {"here": {"title": "Here"}},
        "profiles": {"mail": {"capacity": 9, "channels": {"email": {"concurrency": 9}}, "queues": {"shop/help": {}}}},
        "agents": people,
    }  # fmt: skip
    project: dict[str, Any] = {
        "schema_version": 1, "project": "shop", "title": "Shop", "pool": "main",
        "departments": {"help": {"title": "Help", "queue": "help"}},
        "queues": {"help": {"title": "Help"}},
        "mailboxes": {"info": {"address": "info@shop.example", "title": "Info", "department": "help"}},
    }  # fmt: skip
    return CentreDocument.model_validate(centre), ProjectDocument.model_validate(project)


class NoPasswords(Passwords):
    """Nobody of the bench signs in by password, and hashing hundreds takes half a minute of processor."""

    async def hash(self, password: str) -> str:
        return "none"


@dataclass(slots=True)
class House:
    """A running centre. `tokens` by account name; the agents are signed in and ready."""

    cluster: Cluster
    node: Node
    accounts: AccountStore
    tokens: dict[str, str]

    @property
    def url(self) -> str:
        return self.cluster.member("web").settings.base_url

    def cpu(self) -> float:
        """Processor seconds that the web process has used so far (proc(5): utime and stime)."""
        stat = Path(f"/proc/{self.cluster.member('web').process.pid}/stat").read_text("ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def do(self, command: Command, project: str = "") -> Done:
        return await self.node.stores.executor.execute(command, Origin(project=project, pool="main", actor="bench"))

    async def session(self, name: str) -> str:
        """The cookie of somebody who signed in."""
        account = await self.accounts.find(name)
        assert account is not None, name
        now = system_clock()
        return await self.accounts.open_session(account.account_id, now, now + _SESSION)

    async def let_wait(self, items: int) -> None:
        """Mails of so many customers, none of which anybody takes."""
        await many([self._mail(number) for number in range(items)], lambda mail: self.do(mail, "shop"))

    def _mail(self, number: int) -> ReceiveMessage:
        sender = Contact(kind="email", address=f"customer{number}@mail.example", fingerprint=f"{number:032x}")
        return ReceiveMessage(
            project="shop", entry="info", via="email", sender=sender, sender_name=f"Customer {number}",
            subject=f"Parcel {number}", text="Where is it?", external_id=f"<{number}@mail.example>",
            fingerprint=f"{number + 10**9:032x}", refers=Referred(),
        )  # fmt: skip

    async def settled(self) -> None:
        """Wait until the read models stand at the head of the log."""
        head = await self.node.stores.log.head()
        assert await self.node.reached(("queue_board",), "main", head, 600.0), "the projections do not come along"


async def many(things: list[Any], do: Any) -> None:
    """One after another, `AT_ONCE` side by side."""
    left = iter(things)

    async def work() -> None:
        for one in left:
            await do(one)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


@asynccontextmanager
async def house(folder: Path, agents: int, supervisors: int) -> AsyncGenerator[House]:
    """A centre with so many agents, ready, and so many supervisors."""
    settings = Settings(
        data=folder, smtp_in_host="", smtp_out_port=9, mail_domain="bench.example", log_level="error",
        database_url=None, rows_url=None, keys_url=None, accounts_url=None, master_key=None, kafka_servers="",
    )  # fmt: skip
    async with AsyncExitStack() as closing:
        cluster = await closing.enter_async_context(own_cluster(settings, folder, roles=("web", "projections")))
        node = await closing.enter_async_context(watching_node(cluster.settings))
        accounts = AccountStore(node.database, NoPasswords())
        found = House(cluster, node, accounts, {})
        centre, project = documents(agents)
        await apply_documents(node.stores.executor, [centre], [project], Origin(project="", pool="main", actor="bench"))
        await node.configured.catch_up()
        people = [(one, Role.AGENT, one) for one in centre.agents]
        people += [(f"supervisor{number}", Role.SUPERVISOR, "") for number in range(supervisors)]
        await many(people, lambda one: add_account(found, *one))
        await many(list(centre.agents), lambda one: found.do(SignIn(agent_id=one)))
        await many(list(centre.agents), lambda one: found.do(BecomeReady(agent_id=one)))
        yield found


async def add_account(house: House, name: str, role: Role, agent_id: str) -> None:
    account, now = Account(new_id(), name, "main", agent_id, {EVERYWHERE: frozenset({role})}), system_clock()
    await house.accounts.add(account, "not used in this place", now)
    _, house.tokens[name] = await house.accounts.issue_token(account.account_id, "bench", (), now, None)
