"""The commands that work on the log that the settings name, opened for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from infra.cli.check import Opened, make_apply
from infra.cli.number_inventory import make_list
from infra.cli.numbers import numbers_app
from infra.load_settings import load_settings
from infra.stores import open_stores


@asynccontextmanager
async def opened() -> AsyncGenerator[Opened]:
    async with open_stores(load_settings()) as stores:
        yield Opened(executor=stores.executor, log=stores.log, notice=stores.secrets.notice)


apply = make_apply(opened)
numbers_app.command("list")(make_list(opened))
