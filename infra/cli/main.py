"""`trunkline`: the command line, put together from its parts."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import typer
from rich.console import Console
from rich.text import Text

from domain.ports import LogUnavailable, UnreadableEvent
from domain.rejection import Rejection
from infra.cli.accounts import account_app
from infra.cli.agent import agent
from infra.cli.backup import backup, restore
from infra.cli.bench import bench
from infra.cli.check import Opened, check, make_apply
from infra.cli.demo import demo
from infra.cli.doctor import doctor
from infra.cli.email import email_app
from infra.cli.erase import erase
from infra.cli.explain import explain
from infra.cli.growth import growth
from infra.cli.log import log_app
from infra.cli.measures import measures
from infra.cli.migrate import migrate
from infra.cli.number_inventory import make_list
from infra.cli.numbers import numbers_app
from infra.cli.projections import rebuild
from infra.cli.retention import retention
from infra.cli.serve import serve
from infra.cli.simulate import simulate
from infra.cli.site import site_app
from infra.cli.sms import sms_app
from infra.cli.staffing import staffing
from infra.cli.twilio_emulator import twilio_emulator
from infra.cli.webhooks import webhooks_app
from infra.keys.cipher import WrongMasterKey
from infra.load_settings import BadSettings, load_settings
from infra.secrets import open_secrets
from infra.stores import open_stores

#: Exit code: the settings, the log or a store cannot be used.
UNUSABLE = 3

app = typer.Typer(
    help="Trunkline: an event-sourced contact centre.", no_args_is_help=True, pretty_exceptions_enable=False
)


class _FromSettings:
    """Where log and keys are, read from the settings by the commands that want to know."""

    @property
    def log_url(self) -> str:
        return load_settings().log_url

    @property
    def keyring_url(self) -> str:
        return load_settings().keyring_url

    @property
    def master_key(self) -> bytes:
        return open_secrets(load_settings()).master_key


@app.callback()
def root(context: typer.Context) -> None:
    """Trunkline: an event-sourced contact centre."""
    context.obj = _FromSettings()


@asynccontextmanager
async def _opened() -> AsyncGenerator[Opened]:
    async with open_stores(load_settings()) as stores:
        yield Opened(executor=stores.executor, log=stores.log, notice=stores.secrets.notice)


app.add_typer(log_app, name="log")
app.add_typer(email_app, name="email")
app.add_typer(sms_app, name="sms")
numbers_app.command("list")(make_list(_opened))
app.add_typer(numbers_app, name="numbers")
app.add_typer(account_app, name="account")
app.add_typer(site_app, name="site")
app.add_typer(webhooks_app, name="webhooks")
app.command()(demo)
app.command()(serve)
app.command()(check)
app.command("apply")(make_apply(_opened))
app.command()(erase)
app.command()(rebuild)
app.command()(explain)
app.command()(agent)
app.command()(simulate)
app.command()(bench)
app.command()(staffing)
app.command()(measures)
app.command()(twilio_emulator)
for operation in (doctor, migrate, backup, restore, retention, growth):
    app.command()(operation)


def main() -> None:
    """Run the command line. What a person can mend ends with a sentence, never with a stack trace."""
    try:
        app()
    except (BadSettings, LogUnavailable, UnreadableEvent, WrongMasterKey, Rejection, OSError) as fault:
        Console(stderr=True).print(Text(str(fault), style="red"), highlight=False, soft_wrap=True)
        sys.exit(UNUSABLE)


if __name__ == "__main__":
    main()
