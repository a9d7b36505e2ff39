"""From a figure that goes bad to a mail in an inbox and a signed webhook at a receiver, each once."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from channels.email.ports import Arrived
from channels.email.smtp_in import SmtpIntake
from channels.email.smtp_out import SmtpSender, SmtpServer
from channels.webhooks.addresses import networks
from channels.webhooks.posting import Poster
from domain.centre.configuration import ConfigureProject
from domain.interaction.offers import AcceptOffer
from infra.alerting.telling import Telling
from infra.alerting.watching import Watching
from infra.configured import Configured
from infra.rows.memory import MemoryRows
from tests.domain.documents import project
from tests.web.running import PROJECT, Running, next_event, running, until


@dataclass
class Hook:
    """A receiver of webhooks: answers as told, keeps what it got."""

    answers: list[int] = field(default_factory=list[int])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if ": " in line)}
        self.got.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.answers.pop(0) if self.answers else 204
        writer.write(f"HTTP/1.1 {status} told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def receiver() -> AsyncIterator[Hook]:
    hook = Hook()
    server = await asyncio.start_server(hook.serve, "127.0.0.1", 0)
    hook.port = server.sockets[0].getsockname()[1]
    async with server:
        yield hook


@dataclass
class Floor:
    """A centre whose figures are watched by hand, look by look."""

    web: Running
    watching: Watching
    telling: Telling
    mails: list[Arrived]
    waiting: str = ""

    async def look(self) -> None:
        """One look at figures and notices, with rows that have come to the log's end."""
        await self.caught_up()
        await self.watching.look()
        await self.caught_up()
        await self.telling.look()
        await self.caught_up()

    async def take_it(self) -> None:
        """An agent takes what waits."""
        await self.web.agent("anna")
        waiting = self.waiting
        work_id = await self.web.offer(waiting)
        await self.web.execute(AcceptOffer(interaction_id=waiting, leg="1", work_id=work_id, agent_id="anna"))

    async def caught_up(self) -> None:
        await self.watching.configured.catch_up()
        for pool in ("main",):
            assert await self.web.projecting.reached(
                ("alerts", "queue_board", "figures"), pool, await self.web.head(), 20
            )

    async def wires(self) -> list[str]:
        recorded = await self.web.doors.log.read_stream(f"alert-{PROJECT}.long_wait")
        return [one.event.wire.split(".")[1] for one in recorded]


@asynccontextmanager
async def floor(**rule: Any) -> AsyncIterator[Floor]:
    async with running() as web:
        mails: list[Arrived] = []

        async def accept(arrived: Arrived) -> None:
            mails.append(arrived)

        intake = SmtpIntake(accept, lambda _: True, hostname="boss.example")
        port = await intake.start("127.0.0.1", 0)
        web.closing.push_async_callback(intake.stop)
        mailer = SmtpSender(SmtpServer("127.0.0.1", port, tls="none"), connections=1)
        web.closing.push_async_callback(mailer.close)
        watching, telling = parts(web, mailer)
        values = {"metric": "longest_wait", "above": 120, "clear": 60, "lasting": 30}
        document = project(alerts={"long_wait": values | rule})
        await web.execute(ConfigureProject(document=document, expected_revision=1))
        yield Floor(web, watching, telling, mails)


def parts(web: Running, mailer: SmtpSender, inside: tuple[str, ...] = ("127.0.0.0/8",)) -> tuple[Watching, Telling]:
    """`inside`: networks of our own that the operator lets webhooks lead to."""
    doors = web.doors
    poster = Poster(networks(inside))
    web.closing.push_async_callback(poster.close)
    watching = Watching(
        executor=doors.executor, ask=doors.queries.ask, configured=Configured(doors.log), clock=web.clock
    )
    telling = Telling(
        executor=doors.executor,
        ask=doors.queries.ask,
        clock=web.clock,
        mailer=mailer,
        sender="alerts@hotline.example",
        poster=poster,
        secret=doors.webhook_secret,
        base_url=web.url,
    )
    return watching, telling


async def too_long(here: Floor) -> None:
    """Somebody has waited longer than the threshold for longer than the rule asks."""
    here.waiting = (await here.web.mail()).result["interaction_id"]
    here.web.clock.ahead += timedelta(seconds=121)
    await here.look()
    here.web.clock.ahead += timedelta(seconds=30)
    await here.look()


async def test_a_wait_that_is_too_long_is_told_by_mail_and_webhook_once_each_and_so_is_its_end() -> None:
    async with receiver() as hook, floor(mail=["boss@boss.example"], webhook=f"http://127.0.0.1:{hook.port}/h") as here:
        await too_long(here)
        await here.look()
        assert await here.wires() == ["raised", *["notice_attempted", "notice_sent"] * 2]
        (mail,) = here.mails
        letter = email.message_from_bytes(mail.content)
        assert letter["Subject"] == "[Hotline] ALERT: long wait"
        assert letter["Auto-Submitted"] == "auto-generated"
        ((headers, body),) = hook.got
        told_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signed = Webhook(here.web.doors.webhook_secret(PROJECT)).sign(headers["webhook-id"], told_at, body.decode())
        assert headers["webhook-signature"] == signed
        assert b'"type":"alert.raised"' in body
        assert letter["Message-ID"].startswith("<alert-")
        here.web.clock.ahead += timedelta(hours=1)
        await here.take_it()
        await here.look()
        here.web.clock.ahead += timedelta(seconds=30)
        await here.look()
        assert (await here.wires())[5:] == ["cleared", *["notice_attempted", "notice_sent"] * 2]
        assert email.message_from_bytes(here.mails[1].content)["Subject"] == "[Hotline] over: long wait"
        assert b'"type":"alert.cleared"' in hook.got[1][1]


async def test_a_receiver_that_fails_is_tried_again_under_the_same_id_and_one_that_is_gone_is_not() -> None:
    async with receiver() as hook, floor(webhook=f"http://127.0.0.1:{hook.port}/h") as here:
        hook.answers = [500, 410]
        await too_long(here)
        await here.look()
        assert len(hook.got) == 1, "not before its time"
        here.web.clock.ahead += timedelta(seconds=31)
        await here.look()
        here.web.clock.ahead += timedelta(hours=1)
        await here.look()
        assert hook.got[0][0]["webhook-id"] == hook.got[1][0]["webhook-id"]
        assert (await here.wires())[-1] == "notice_failed"
        assert len(hook.got) == 2


async def test_a_webhook_that_leads_inside_is_never_talked_to_unless_the_operator_says_so() -> None:
    async with receiver() as hook, floor(webhook=f"http://127.0.0.1:{hook.port}/h") as here:
        _, here.telling = parts(here.web, SmtpSender(SmtpServer("127.0.0.1", 9, tls="none")), inside=())
        await too_long(here)
        assert await here.wires() == ["raised", "notice_attempted", "notice_failed"]
        here.web.clock.ahead += timedelta(hours=1)
        await here.look()
        assert (await here.wires())[-1] == "notice_failed", "it is given up at once"
        assert hook.got == []


async def test_two_processes_that_watch_raise_one_alert_and_tell_once() -> None:
    async with receiver() as hook, floor(webhook=f"http://127.0.0.1:{hook.port}/h", lasting=0) as here:
        await here.web.mail()
        here.web.clock.ahead += timedelta(seconds=121)
        await here.caught_up()
        others = [parts(here.web, SmtpSender(SmtpServer("127.0.0.1", 9, tls="none"))) for _ in range(3)]
        for watching, _ in others:
            await watching.configured.catch_up()
        await asyncio.gather(here.watching.look(), *(watching.look() for watching, _ in others))
        await here.caught_up()
        await asyncio.gather(here.telling.look(), *(telling.look() for _, telling in others))
        assert (await here.wires()).count("raised") == 1
        assert len(hook.got) == 1


async def test_a_process_that_begins_later_clears_what_another_has_raised() -> None:
    async with floor() as here:
        await too_long(here)
        later, _ = parts(here.web, SmtpSender(SmtpServer("127.0.0.1", 9, tls="none")))
        document = project()
        await here.web.execute(ConfigureProject(document=document, expected_revision=2))
        await later.configured.catch_up()
        await here.caught_up()
        await later.look()
        assert await here.wires() == ["raised", "cleared"]


async def test_watching_waits_for_rows_that_have_not_come_to_a_projects_first_document_yet() -> None:
    async def ask(query: Any, *args: Any) -> Any:
        with MemoryRows().reading() as read:
            return query(read, *args)

    async with floor() as here:
        behind, _ = parts(here.web, SmtpSender(SmtpServer("127.0.0.1", 9, tls="none")))
        behind.ask = ask
        await behind.configured.catch_up()
        assert [list(one.alerts) for one in behind.configured.projects.values() if one.alerts] == [["long_wait"]]
        assert await behind.look() == 0


async def test_a_supervisors_screen_hears_of_an_alert_and_can_list_it() -> None:
    async with floor() as here:
        sue = await here.web.client("sue", {PROJECT: ["supervisor"]})
        async with sue.listen() as events:
            await next_event(events, "hello")
            await too_long(here)
            while (told := (await next_event(events))["data"])["type"] != "alert.raised.v1":
                pass
        assert told["data"]["alert"] == "long_wait"
        listed = (await sue.get(f"/api/projects/{PROJECT}/alerts")).json()["items"]
        assert [(one["alert"], one["status"], one["threshold"]) for one in listed] == [("long_wait", "raised", 120)]


async def test_an_alert_is_acknowledged_by_a_supervisor_alone_and_says_who_sees_to_it() -> None:
    async with floor() as here:
        await too_long(here)
        path = f"/api/projects/{PROJECT}/alerts"
        boris = await here.web.client("boris", {"*": ["agent"]}, "boris")
        assert (await boris.post(f"{path}/long_wait/acknowledge")).status_code == 403
        sue = await here.web.client("sue", {PROJECT: ["supervisor"]})
        done = await sue.post(f"{path}/long_wait/acknowledge")
        assert done.status_code == 200, done.text
        (listed,) = (await sue.get(path, params={"min_position": done.json()["position"]})).json()["items"]
        assert listed["acknowledged_by"].startswith("account:")
        assert listed["acknowledged_at"]
        assert (await sue.post(f"{path}/nothing/acknowledge")).status_code == 404


async def test_a_mail_server_that_is_away_costs_nothing_but_time_and_after_the_last_try_it_is_given_up() -> None:
    async with floor(mail=["boss@boss.example"]) as here:
        sending = here.telling.mailer
        here.telling.mailer = SmtpSender(SmtpServer("127.0.0.1", 9, tls="none"))
        await too_long(here)
        here.telling.mailer = sending
        assert here.mails == []
        here.web.clock.ahead += timedelta(seconds=60)
        await here.look()
        await until(lambda: here.mails)
        assert (await here.wires())[-1] == "notice_sent"


@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_the_webhook_secret_is_for_those_who_configure(role: str) -> None:
    async with running() as web:
        one = await web.client("one", {"*": [role]}, "anna" if role == "agent" else "")
        path = f"/api/projects/{PROJECT}/alerts/webhook-secret"
        assert (await one.get(path)).status_code == 403
        max_ = await web.client("max", {"*": ["manager"]})
        assert (await max_.get(path)).json()["secret"].startswith("whsec_")
