"""What is wrong with a centre, seen from one of its machines, and how to mend it. Nothing is changed by looking."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import psycopg

from domain.ports import LogUnavailable
from infra.accounts.database import Database
from infra.configured import Configured
from infra.descriptors import raise_limit
from infra.log.rows import Filter
from infra.log.stored import StoredLog
from infra.operations.finding import Finding, Findings
from infra.operations.neighbours import kafka, mail_out, providers
from infra.operations.schemas import due
from infra.rows.opened import open_rows
from infra.rows.port import position_in
from infra.settings import Settings
from infra.stores import Stores, open_accounts, open_stores
from projections.catalogue import PROJECTIONS

#: Bytes of free disk space below which a warning is given, and a fault.
LITTLE, TOO_LITTLE = 5_000_000_000, 500_000_000
#: Descriptors below which a web process has room for few desks.
FEW_DESCRIPTORS = 4_096
#: Seconds between this machine's clock and the database's that are still nobody's business.
SKEW = 2.0
#: Positions a read model may be behind before it is worth telling.
BEHIND = 1_000
OLDEST_POSTGRES = 14


async def examine(settings: Settings) -> Findings:
    """Every check in order; one whose ground is missing is left out after the finding that says so."""
    for finding in _schemas(settings):
        yield finding
    try:
        async with open_stores(settings, write=False) as stores:
            async for finding in _of_stores(settings, stores):
                yield finding
    except LogUnavailable as fault:
        yield Finding("log and keys", "fault", str(fault), "start the database, or mend TRUNKLINE_DATABASE_URL")
    for check in (_disk, _descriptors, _addresses, _certificates):
        for finding in check(settings):
            yield finding
    for reached in (mail_out, providers, kafka):
        async for finding in reached(settings):
            yield finding


def _schemas(settings: Settings) -> Iterator[Finding]:
    try:
        left = due(settings)
    except LogUnavailable as fault:
        yield Finding("tables", "fault", str(fault), "start the database, or mend its address")
        return
    for one in left:
        yield Finding("tables", "fault" if "version" in one.what else "warning", f"{one.store}: {one.what}", one.by)
    if not left:
        yield Finding("tables", "ok", "as this software wants them")


async def _of_stores(settings: Settings, stores: Stores) -> Findings:
    head = await stores.log.head()
    yield Finding("log", "ok", f"answers, head at {head}")
    yield Finding("keys", "ok", "answer, and were begun with this master key")
    if not settings.embedded:
        async for finding in _postgres(settings):
            yield finding
    async for finding in _rows(settings, stores.log, head):
        yield finding
    async for finding in _accounts(settings):
        yield finding
    async for finding in _documents(settings, stores):
        yield finding


async def _postgres(settings: Settings) -> Findings:
    """What PostgreSQL is set to, as far as it matters for not losing anything."""
    async with await psycopg.AsyncConnection.connect(settings.log_url, autocommit=True) as connection:

        async def show(name: str) -> str:
            row = await (await connection.execute("SELECT current_setting(%s)", [name])).fetchone()
            return str(row[0]) if row else ""

        if connection.info.server_version < OLDEST_POSTGRES * 10_000:
            what = f"PostgreSQL {connection.info.server_version // 10_000} is too old"
            yield Finding("database", "fault", what, f"upgrade it to {OLDEST_POSTGRES} or newer")
        for name in ("fsync", "full_page_writes"):
            if await show(name) != "on":
                what = f"{name} is off: what was acknowledged is lost when the machine loses power"
                yield Finding("database", "fault", what, f"ALTER SYSTEM SET {name} = on, and reload")
        if await show("synchronous_commit") == "off":
            what = "synchronous_commit is off: the last moments before a crash are lost"
            yield Finding("database", "fault", what, "ALTER SYSTEM SET synchronous_commit = on, and reload")
        row = await (await connection.execute("SELECT clock_timestamp(), count(*) FROM pg_stat_activity")).fetchone()
        assert row is not None
        seconds = abs((datetime.now(UTC) - row[0]).total_seconds())
        if seconds > SKEW:
            what = f"this machine's clock is {seconds:.1f} s off the database's"
            yield Finding("clock", "warning", what, "run an NTP client on both")
        most = int(await show("max_connections"))
        free = most - int(row[1])
        if free < most / 5:
            what = f"{row[1]} of {most} connections are in use"
            yield Finding(
                "database", "warning", what, "raise max_connections; a process of Trunkline takes twelve to twenty"
            )
        yield Finding(
            "database", "ok", f"PostgreSQL {connection.info.server_version // 10_000}, {free} connections free"
        )


async def _rows(settings: Settings, log: StoredLog, head: int) -> Findings:
    try:
        rows = await asyncio.to_thread(open_rows, settings.rows_location)
    except LogUnavailable as fault:
        yield Finding("read models", "fault", str(fault), "start their database, or mend TRUNKLINE_ROWS_URL")
        return
    try:
        late = False
        for name in PROJECTIONS:
            positions = await asyncio.to_thread(rows.positions, name)
            behind = max([await _lacking(log, pool, positions, head) for pool in await log.pools()], default=0)
            if behind > BEHIND:
                late = True
                mend = "start a process of the role projections, or look into its log"
                yield Finding("read models", "warning", f"{name} is {behind} positions behind", mend)
        if not late:
            yield Finding("read models", "ok", "at the head of the log")
    finally:
        rows.close()


async def _lacking(log: StoredLog, pool: str, positions: Mapping[str, int], head: int) -> int:
    """How many positions before the head the first event of the pool is that the rows lack; 0 where they lack none."""
    first = await log.rows(position_in(positions, pool), 1, Filter(pool=pool))
    return head + 1 - first[0].position if first else 0


async def _accounts(settings: Settings) -> Findings:
    if not settings.embedded and not settings.accounts_location.startswith(("postgresql:", "postgres:")):
        what = "accounts lie in a file of this machine, the log in PostgreSQL: processes elsewhere know nobody"
        yield Finding("accounts", "warning", what, "set TRUNKLINE_ACCOUNTS_URL to a database that all of them reach")
    try:
        database: Database = await open_accounts(settings.accounts_location)
    except LogUnavailable as fault:
        yield Finding("accounts", "fault", str(fault), "start their database, or mend TRUNKLINE_ACCOUNTS_URL")
        return
    try:
        rows = await database.run(
            "SELECT count(*) FROM accounts WHERE disabled = 0 AND grants LIKE :wanted", {"wanted": "%administrator%"}
        )
        if not int(rows[0][0]):
            yield Finding("accounts", "warning", "nobody is an administrator", "trunkline account add --help")
        else:
            yield Finding("accounts", "ok", "answer, and somebody is an administrator")
    finally:
        await database.close()


async def _documents(settings: Settings, stores: Stores) -> Findings:
    configured = Configured(stores.log)
    await configured.catch_up()
    if not configured.centres or not configured.projects:
        yield Finding("documents", "warning", "no centre or no project is configured", "trunkline apply FILE…")
    for name, project in configured.projects.items():
        for webhook in project.webhooks:
            if f"{name}/{webhook}" not in settings.webhooks:
                what = f"{name}/{webhook} has no secret and tells nobody"
                yield Finding("webhooks", "fault", what, "set TRUNKLINE_WEBHOOKS; docs/webhooks.md says how")
        for number in project.numbers.values():
            if number.provider and number.provider not in settings.twilio:
                what = f"project {name}: no account of the provider {number.provider!r}"
                yield Finding("provider", "fault", what, "set TRUNKLINE_TWILIO")
            elif number.provider and settings.twilio[number.provider].api_key is None:
                for finding in _in_the_browser(configured, project.pool, number.provider):
                    yield finding
    yield Finding("documents", "ok", f"{len(configured.centres)} centres, {len(configured.projects)} projects")


def _in_the_browser(configured: Configured, pool: str, account: str) -> Iterator[Finding]:
    """Whether calls that the account carries are to ring in browsers, though it has no key to let one register."""
    agents = (one for centre in configured.centres.values() if centre.pool == pool for one in centre.agents.values())
    count = sum(agent.telephone is None for agent in agents)
    if count:
        what = f"{count} agents have no telephone, and calls of the account {account!r} cannot ring in their browsers"
        mend = "give the account an api_key and its api_secret in TRUNKLINE_TWILIO, or the agents a telephone"
        yield Finding("telephones", "warning", what, mend)


def _disk(settings: Settings) -> Iterator[Finding]:
    for name, folder in (("data", settings.data), ("attachments", settings.blobs_folder)):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK):
            yield Finding(name, "fault", f"{folder} cannot be written to", "give it to the user of this process")
            continue
        free = shutil.disk_usage(folder).free
        if free < LITTLE:
            what = f"{free / 1e9:.1f} GB are free where {folder} lies"
            severity = "fault" if free < TOO_LITTLE else "warning"
            yield Finding(name, severity, what, "make room; `trunkline growth` says how fast it fills")
        else:
            yield Finding(name, "ok", f"{free / 1e9:.0f} GB free")


def _descriptors(settings: Settings) -> Iterator[Finding]:
    allowed = raise_limit()
    what = f"{allowed} files and connections at once"
    if allowed < FEW_DESCRIPTORS:
        yield Finding(
            "descriptors",
            "warning",
            f"only {what}: each desk takes one",
            "raise the hard limit: LimitNOFILE=, ulimit -Hn",
        )
    else:
        yield Finding("descriptors", "ok", what)


def _addresses(settings: Settings) -> Iterator[Finding]:
    """Whether each address can be taken; one that is taken may be a running centre, which is as it should be."""
    wanted = (
        ("TRUNKLINE_HTTP_PORT", settings.http_host, settings.http_port),
        ("TRUNKLINE_SMTP_IN_PORT", settings.smtp_in_host, settings.smtp_in_port),
        ("TRUNKLINE_OPERATIONS_PORT", settings.operations_host, settings.operations_port),
    )
    for setting, host, port in wanted:
        if not host or not port:
            continue
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as fault:
                what = f"{host}:{port} cannot be taken: {fault.strerror}"
                yield Finding(setting, "warning", what, f"fine where a centre runs here; else set {setting}")
            else:
                yield Finding(setting, "ok", f"{host}:{port} is free")


def _certificates(settings: Settings) -> Iterator[Finding]:
    for path in (settings.smtp_in_certificate, settings.smtp_in_private_key):
        if path is not None and not os.access(path, os.R_OK):
            yield Finding("mail in", "fault", f"{path} cannot be read", "give it to the user of this process")
    url = urlsplit(settings.base_url)
    if url.scheme == "http" and settings.http_host not in ("127.0.0.1", "::1", "localhost"):
        what = f"people reach {settings.base_url} without TLS: passwords go in the clear"
        yield Finding(
            "web", "warning", what, "put a proxy with TLS in front, and set TRUNKLINE_PUBLIC_URL to https://…"
        )
