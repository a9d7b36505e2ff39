"""`trunkline account`: who can sign in. The first administrator is made here, everybody else on the API too."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from domain.audit import AccountCreated, AccountEvent, PasswordSet, RecordAccount, RolesAssigned, TokenIssued
from domain.execute import Executor, Origin
from domain.ports import Clock
from infra.accounts.store import AccountStore
from infra.load_settings import load_settings
from infra.stores import new_id, open_accounts, open_stores
from web.access import EVERYWHERE, Grants, read_grants, write_grants
from web.accounts import Account, AccountExists, WeakPassword

T = TypeVar("T")
#: Exit code: what was asked for is not possible.
REFUSED = 1

account_app = typer.Typer(help="Accounts: who can sign in, as what.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The name to sign in with.")]
Role = Annotated[
    list[str],
    typer.Option(
        "--role", help="A role, or PROJECT=ROLE for one project only. Repeat for several.", show_default=False
    ),
]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@dataclass(frozen=True, slots=True)
class _Open:
    accounts: AccountStore
    executor: Executor
    now: Clock

    async def audit(self, event: AccountEvent, pool: str) -> None:
        origin = Origin(project="", pool=pool, actor="system:command-line")
        await self.executor.execute(RecordAccount(event=event), origin)


@asynccontextmanager
async def _opened() -> AsyncGenerator[_Open]:
    settings = load_settings()
    database = await open_accounts(settings.accounts_location)
    try:
        async with open_stores(settings) as stores:
            yield _Open(AccountStore(database), stores.executor, stores.clock)
    finally:
        await database.close()


def _run(work: Callable[[_Open], Awaitable[T]]) -> T:
    async def run() -> T:
        async with _opened() as opened:
            return await work(opened)

    try:
        return asyncio.run(run())
    except (AccountExists, WeakPassword, ValueError) as fault:
        _refuse(str(fault))


def _refuse(reason: str) -> NoReturn:
    Console(stderr=True).print(f"[red]{reason}[/red]", highlight=False)
    raise typer.Exit(REFUSED)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def grants_of(roles: list[str]) -> dict[str, list[str]]:
    """`agent` and `acme=supervisor` as grants: a role without a project counts for the whole pool."""
    grants: dict[str, list[str]] = {}
    for written in roles:
        project, separator, role = written.rpartition("=")
        grants.setdefault(project if separator else EVERYWHERE, []).append(role)
    return grants


async def _find(opened: _Open, name: str) -> Account:
    found = await opened.accounts.find(name)
    if found is None:
        raise ValueError(f"there is no account {name!r}; `trunkline account list` shows those there are")
    return found


@account_app.command("add")
def add(
    name: Name,
    role: Role,
    pool: Annotated[str, typer.Option(help="The pool of agents and projects that the account belongs to.")],
    agent: Annotated[str, typer.Option(help="The agent that this account may act as.")] = "",
    password_stdin: Stdin = False,
) -> None:
    """Create an account; asks for its password."""
    grants = read_grants_or_refuse(role)
    password = _password(password_stdin)
    account = Account(new_id(), name.strip().lower(), pool, agent, grants)

    async def work(opened: _Open) -> None:
        await opened.accounts.add(account, password, opened.now())
        event = AccountCreated(account_id=account.account_id, agent_id=agent, roles=write_grants(grants))
        await opened.audit(event, pool)

    _run(work)
    typer.echo(f"created {account.name} ({account.account_id})")


def read_grants_or_refuse(role: list[str]) -> Grants:
    """Grants of the command line's words; a role that does not exist ends the command."""
    try:
        return read_grants(grants_of(role))
    except ValueError as fault:
        _refuse(str(fault))


@account_app.command("list")
def show(
    pool: Annotated[str, typer.Option(help="Whose accounts.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show the accounts of a pool."""
    found = _run(lambda opened: opened.accounts.list(pool))
    if as_json:
        for account in found:
            roles = write_grants(account.grants)
            line = {"account_id": account.account_id, "name": account.name, "agent": account.agent_id, "roles": roles}
            typer.echo(json.dumps(line | {"disabled": account.disabled}))
        return
    table = Table("name", "agent", "roles", "state")
    for account in found:
        roles = "; ".join(f"{project}: {', '.join(held)}" for project, held in write_grants(account.grants).items())
        table.add_row(account.name, account.agent_id, roles, "disabled" if account.disabled else "")
    Console().print(table)


@account_app.command("password")
def password(name: Name, password_stdin: Stdin = False) -> None:
    """Set a new password; ends the account's sessions."""
    secret = _password(password_stdin)

    async def work(opened: _Open) -> None:
        account = await _find(opened, name)
        await opened.accounts.set_password(account.account_id, secret)
        await opened.audit(PasswordSet(account_id=account.account_id), account.pool)

    _run(work)
    typer.echo("the password is set")


@account_app.command("roles")
def roles(name: Name, role: Role) -> None:
    """Replace the roles of an account."""
    grants = read_grants_or_refuse(role)

    async def work(opened: _Open) -> None:
        account = await _find(opened, name)
        await opened.accounts.set_grants(account.account_id, grants)
        event = RolesAssigned(account_id=account.account_id, roles=write_grants(grants))
        await opened.audit(event, account.pool)

    _run(work)
    typer.echo("the roles are set")


@account_app.command("token")
def token(
    name: Name,
    label: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    role: Annotated[list[str] | None, typer.Option("--role", help="Only these of the account's roles.")] = None,
) -> None:
    """Issue an API token and print it, this once."""

    async def work(opened: _Open) -> str:
        account = await _find(opened, name)
        held = {str(one) for granted in account.grants.values() for one in granted}
        if missing := sorted(set(role or ()) - held):
            raise ValueError(f"{account.name} does not have the role {missing[0]}")
        only = tuple(role or ())
        now = opened.now()
        token_id, secret = await opened.accounts.issue_token(account.account_id, label, only, now, None)
        event = TokenIssued(account_id=account.account_id, token_id=token_id, roles=only, expires_at=None)
        await opened.audit(event, account.pool)
        return secret

    typer.echo(_run(work))
