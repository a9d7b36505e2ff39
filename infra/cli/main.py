"""`trunkline`: the command line, put together from its parts."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

#: Exit code: the settings, the log or a store cannot be used.
UNUSABLE = 3

#: Where each command is. It is imported when it is asked for: all of them together take seconds.
COMMANDS = {
    "log": "infra.cli.log:log_app",
    "email": "infra.cli.email:email_app",
    "sms": "infra.cli.sms:sms_app",
    "numbers": "infra.cli.opened:numbers_app",
    "account": "infra.cli.accounts:account_app",
    "site": "infra.cli.site:site_app",
    "webhooks": "infra.cli.webhooks:webhooks_app",
    "demo": "infra.cli.demo:demo",
    "serve": "infra.cli.serve:serve",
    "check": "infra.cli.check:check",
    "apply": "infra.cli.opened:apply",
    "erase": "infra.cli.erase:erase",
    "rebuild": "infra.cli.projections:rebuild",
    "explain": "infra.cli.explain:explain",
    "agent": "infra.cli.agent:agent",
    "simulate": "infra.cli.simulate:simulate",
    "bench": "infra.cli.bench:bench",
    "staffing": "infra.cli.staffing:staffing",
    "measures": "infra.cli.measures:measures",
    "twilio-emulator": "infra.cli.twilio_emulator:twilio_emulator",
    "doctor": "infra.cli.doctor:doctor",
    "migrate": "infra.cli.migrate:migrate",
    "backup": "infra.cli.backup:backup",
    "restore": "infra.cli.backup:restore",
    "retention": "infra.cli.retention:retention",
    "growth": "infra.cli.growth:growth",
}


class Parts(TyperGroup):
    """The commands by name, each made when it is wanted."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.commands and cmd_name in COMMANDS:
            self.commands[cmd_name] = _made(cmd_name)
        return self.commands.get(cmd_name)


def _made(name: str) -> Any:
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(module), attribute)
    # two commands at least: a Typer of one would be that command itself
    group = typer.Typer(callback=lambda: None)
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=name)
    else:
        group.command(name)(found)
    made: Any = get_command(group)
    return made.commands[name]


app = typer.Typer(
    cls=Parts,
    help="Trunkline: an event-sourced contact centre.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class _FromSettings:
    """Where log and keys are, read from the settings by the commands that want to know."""

    @property
    def log_url(self) -> str:
        from infra.load_settings import load_settings

        return load_settings().log_url

    @property
    def keyring_url(self) -> str:
        from infra.load_settings import load_settings

        return load_settings().keyring_url

    @property
    def master_key(self) -> bytes:
        from infra.load_settings import load_settings
        from infra.secrets import open_secrets

        return open_secrets(load_settings()).master_key


@app.callback()
def root(context: typer.Context) -> None:
    """Trunkline: an event-sourced contact centre."""
    context.obj = _FromSettings()


def main() -> None:
    """Run the command line. What a person can mend ends with a sentence, never with a stack trace."""
    try:
        app()
    except Exception as fault:
        if not _mendable(fault):
            raise
        from rich.console import Console
        from rich.text import Text

        Console(stderr=True).print(Text(str(fault), style="red"), highlight=False, soft_wrap=True)
        sys.exit(UNUSABLE)


def _mendable(fault: Exception) -> bool:
    """Whether it says what is wrong in words for a person."""
    from domain.ports import LogUnavailable, UnreadableEvent
    from domain.rejection import Rejection
    from infra.keys.cipher import WrongMasterKey
    from infra.load_settings import BadSettings

    return isinstance(fault, BadSettings | LogUnavailable | UnreadableEvent | WrongMasterKey | Rejection | OSError)


if __name__ == "__main__":
    main()
