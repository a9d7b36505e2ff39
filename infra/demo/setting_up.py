"""Before the doors open: settings on loopback, documents, accounts."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from domain.audit import AccountCreated, AccountEvent, PasswordSet, RecordAccount, TokenIssued
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.numbers import Number
from domain.execute import Origin
from infra.apply_documents import apply_documents, revisions
from infra.documents import check_files
from infra.load_settings import BadSettings
from infra.node import Node
from infra.settings import LOOPBACK, Settings
from infra.stores import new_id
from web.access import EVERYWHERE, Grants, Role, write_grants
from web.accounts import Account

DOCUMENTS = Path(__file__).parents[2] / "examples" / "three_sites"
#: The agent that nobody simulates.
GUEST = "guest"
#: Mails to people who are not simulated (to you) are kept in this Maildir of the data folder.
YOUR_MAIL = "your-mail"
MAIL_DOMAIN = "trunkline.example"
ACTOR = "system:demo"
_WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "inlet",
    "juniper",
    "kelp",
    "larch",
    "maple",
    "north",
    "olive",
    "pebble",
    "quartz",
    "reed",
    "slate",
    "thistle",
    "umber",
    "violet",
    "willow",
    "yarrow",
    "zephyr",
]
Model = TypeVar("Model", bound=BaseModel)


def settings_for(data: Path, customers_port: int, http_port: int, smtp_port: int) -> Settings:
    """Settings of a centre on loopback with everything in `data`, whatever the environment says of a real one."""
    return Settings(
        data=data,
        database_url=None,
        database_password=None,
        rows_url=None,
        keys_url=None,
        accounts_url=None,
        blobs=None,
        master_key=None,
        secret=None,
        public_url="",
        http_host=LOOPBACK,
        http_port=http_port,
        smtp_out_host=LOOPBACK,
        smtp_out_port=customers_port,
        smtp_out_tls="none",
        smtp_out_username="",
        smtp_out_password=None,
        smtp_in_host=LOOPBACK,
        smtp_in_port=smtp_port,
        smtp_in_certificate=None,
        smtp_in_private_key=None,
        mail_domain=MAIL_DOMAIN,
        imap=(),
        twilio={},
    )


def port_or_any(wanted: int) -> int:
    """The wanted port where it is free, else 0 for any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError:
            return 0
    return wanted


@dataclass(frozen=True, slots=True)
class Documents:
    centre: CentreDocument
    projects: tuple[ProjectDocument, ...]


def read_documents(folder: Path = DOCUMENTS, speed: float = 1.0) -> Documents:
    """The documents of a folder; every time in them that people wait for is divided by `speed`, at least a second.

    Raises `BadSettings` for documents that do not hold.
    """
    checked = check_files([folder])
    if checked.exit_code or len(checked.centres) != 1 or not checked.projects:
        faults = [f"{fault.file}:{fault.line}: {fault.what}" for fault in checked.faults]
        raise BadSettings(faults or [f"{folder}: the demo needs one centre and its projects there"])
    projects = tuple(_quickened_project(project, speed) for project in checked.projects)
    return Documents(_quickened_centre(checked.centres[0], speed), projects)


def _quickened_project(project: ProjectDocument, speed: float) -> ProjectDocument:
    queues = {
        name: _with(
            queue,
            target=_sooner(queue.target, speed),
            steps=tuple(_with(step, after=_sooner(step.after, speed)) for step in queue.steps),
            announce=None if queue.announce is None else _sooner(queue.announce, speed),
            preferred=round(queue.preferred / speed),
            silence=None if queue.silence is None else _sooner(queue.silence, speed),
            offer=_with(queue.offer, timeout=_sooner(queue.offer.timeout, speed)),
            wrap_up=_with(queue.wrap_up, limit=_sooner(queue.wrap_up.limit, speed)),
        )
        for name, queue in project.queues.items()
    }
    numbers = {name: _quickened_number(number, speed) for name, number in project.numbers.items()}
    back = project.callbacks
    callbacks = None if back is None else _with(back, retry=_sooner(back.retry, speed))
    return _with(project, queues=queues, numbers=numbers, callbacks=callbacks)


def _quickened_number(number: Number, speed: float) -> Number:
    texts = number.texts
    if texts is None:
        return number
    return _with(number, texts=_with(texts, interval=max(0.01, round(texts.interval / speed, 3))))


def _quickened_centre(centre: CentreDocument, speed: float) -> CentreDocument:
    profiles = {
        name: _with(
            profile,
            queues={queue: _with(use, delay=round(use.delay / speed)) for queue, use in profile.queues.items()},
        )
        for name, profile in centre.profiles.items()
    }
    return _with(centre, profiles=profiles)


def _with(model: Model, **changed: object) -> Model:
    return model.model_copy(update=changed)


def _sooner(seconds: int, speed: float) -> int:
    return max(1, round(seconds / speed))


async def configure(node: Node, documents: Documents) -> None:
    """Put the documents on record, on top of whatever the data folder knew."""
    centres, projects = [documents.centre], list(documents.projects)
    known = await revisions(node.stores.log, centres, projects)
    origin = Origin(project="", pool=documents.centre.pool, actor=ACTOR)
    await apply_documents(node.stores.executor, centres, projects, origin, expected=known)
    await node.configured.catch_up()


@dataclass(frozen=True, slots=True)
class LogIn:
    """Somebody who can sign in. `token` is there for those whom the demo drives itself."""

    name: str
    role: str
    password: str = field(repr=False)
    token: str = field(default="", repr=False)


async def make_accounts(node: Node, documents: Documents) -> list[LogIn]:
    """One account per role, one per agent. Passwords are new in every run and work on this machine only."""
    made: list[LogIn] = []
    pool, first = documents.centre.pool, documents.projects[0].project
    for role in (Role.SUPERVISOR, Role.MANAGER, Role.ANALYST, Role.ADMINISTRATOR, Role.CLIENT):
        project = first if role is Role.CLIENT else EVERYWHERE
        account = Account(new_id(), str(role), pool, "", {project: frozenset({role})})
        made.append(await _account(node, account, str(role), _password()))
    together = _password()
    grants: Grants = {EVERYWHERE: frozenset({Role.AGENT})}
    for agent_id in documents.centre.agents:
        password = _password() if agent_id == GUEST else together
        account = Account(new_id(), agent_id, pool, agent_id, grants)
        made.append(await _account(node, account, "agent", password))
    return made


async def _account(node: Node, account: Account, role: str, password: str) -> LogIn:
    now = node.stores.clock()
    known = await node.accounts.find(account.name)
    if known is None:
        await node.accounts.add(account, password, now)
        roles = write_grants(account.grants)
        await _record(
            node, account, AccountCreated(account_id=account.account_id, agent_id=account.agent_id, roles=roles)
        )
    else:
        account = known
        await node.accounts.set_password(known.account_id, password)
        await _record(node, known, PasswordSet(account_id=known.account_id))
    token_id, token = await node.accounts.issue_token(account.account_id, "demo", (), now, None)
    await _record(
        node, account, TokenIssued(account_id=account.account_id, token_id=token_id, roles=(), expires_at=None)
    )
    return LogIn(account.name, role, password, token)


async def _record(node: Node, account: Account, event: AccountEvent) -> None:
    origin = Origin(project="", pool=account.pool, actor=ACTOR)
    await node.stores.executor.execute(RecordAccount(event=event), origin)


def _password() -> str:
    """Three words and a number: to be typed by hand, on loopback, for as long as the demo runs."""
    words: Sequence[str] = [secrets.choice(_WORDS) for _ in range(3)]
    return "-".join((*words, str(secrets.randbelow(9_000) + 1_000)))
