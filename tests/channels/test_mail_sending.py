"""Mails leave as fast as they can be sent, however far the to-do list is behind the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from channels.email.identity import Identity
from channels.email.ports import Deferred, Outcome, Sent
from domain.delivery.events import DeliveryDeferred, NotificationDelivered, NotificationRequested
from domain.event import Recorded
from infra.blobs import FolderBlobs
from infra.configured import Configured
from infra.mail.going_along import GoingAlong
from infra.mail.sending import AT_ONCE, Due, Sending
from infra.mail.worked import KEPT, MOST, Worked
from tests.web.running import POOL, PROJECT, Running, running

NOW = datetime.fromisoformat("2026-03-01T12:00:00+00:00")


@dataclass
class Server:
    """A mail server that takes what comes, and a to-do list that has stood still since `listed` was written."""

    listed: list[Due]
    outcome: Outcome = field(default_factory=lambda: Sent("250 taken"))
    taken: list[str] = field(default_factory=list[str])
    asked_for: int = 0

    async def send(self, mail: bytes, envelope_from: str, to: Sequence[str]) -> Outcome:
        self.taken += to
        return self.outcome

    async def close(self) -> None: ...

    async def due(self, now: datetime, limit: int) -> Sequence[Due]:
        self.asked_for = limit
        return self.listed[:limit]

    async def lately(self, customer_id: str, now: datetime) -> Sequence[datetime]:
        return []

    def sending(self, web: Running, folder: Path) -> Sending:
        doors = web.doors
        blobs = FolderBlobs(folder, web.keyring)
        return Sending(
            log=doors.log, executor=doors.executor, opener=doors.opener, configured=Configured(doors.log),
            identity=Identity("hotline.example", (b"a secret of the centre",)), links=doors.links, sender=self,
            going_along=GoingAlong(blobs, blobs), todo=self.due, lately=self.lately, clock=doors.clock,
        )  # fmt: skip


async def asked(web: Running, count: int) -> list[Recorded]:
    for number in range(count):
        await web.mail(f"customer{number}@example.org", external_id=f"<{number}@example.org>")
    found = await web.doors.log.read(types=[NotificationRequested.wire])
    assert len(found) == count
    return list(found)


def listed(found: Sequence[Recorded]) -> list[Due]:
    return [Due(one.stream.removeprefix("delivery-"), PROJECT, POOL, one.occurred_at) for one in found]


async def test_what_is_done_and_still_listed_keeps_nothing_from_being_sent(tmp_path: Path) -> None:
    async with running() as web:
        server = Server(listed(await asked(web, 3 * AT_ONCE)))
        sending = server.sending(web, tmp_path)
        sent = [await sending.send_due() for _ in range(4)]
        assert sent == [AT_ONCE, AT_ONCE, AT_ONCE, 0]
        assert len(server.taken) == len(set(server.taken)) == 3 * AT_ONCE
        assert len(await web.doors.log.read(types=[NotificationDelivered.wire])) == 3 * AT_ONCE


async def test_what_another_sender_has_done_is_passed_over_once_and_not_asked_about_again(tmp_path: Path) -> None:
    async with running() as web:
        server = Server(listed(await asked(web, 2 * AT_ONCE)))
        await server.sending(web, tmp_path).send_due()
        other = server.sending(web, tmp_path)
        assert [await other.send_due() for _ in range(3)] == [0, AT_ONCE, 0]
        assert len(server.taken) == len(set(server.taken)) == 2 * AT_ONCE


async def test_what_was_put_off_is_tried_again_when_the_list_has_it_due_anew(tmp_path: Path) -> None:
    async with running() as web:
        server = Server(listed(await asked(web, 1)), Deferred(451, "later"))
        sending = server.sending(web, tmp_path)
        assert [await sending.send_due() for _ in range(2)] == [1, 0]
        (deferred,) = await web.doors.log.read(types=[DeliveryDeferred.wire])
        assert isinstance(deferred.event, DeliveryDeferred)
        assert deferred.event.retry_at is not None
        web.clock.ahead = timedelta(hours=1)
        server.listed = [server.listed[0]._replace(due_at=deferred.event.retry_at)]
        assert await sending.send_due() == 1


def test_what_is_no_longer_listed_is_forgotten_and_so_is_what_was_done_long_ago() -> None:
    one, other = (Due(name, PROJECT, POOL, NOW) for name in "ab")
    worked = Worked()
    worked.add(one, NOW)
    worked.add(other, NOW)
    assert worked.new([one], NOW) == []
    assert worked.count == 1
    assert worked.new([one, other], NOW) == [other]
    assert worked.new([one], NOW + KEPT) == [one]


def test_a_clock_that_is_set_back_keeps_nothing_from_being_tried() -> None:
    worked, one = Worked(), Due("a", PROJECT, POOL, NOW)
    worked.add(one, NOW)
    assert worked.new([one], NOW - timedelta(hours=1)) == [one]


def test_only_so_many_are_remembered() -> None:
    worked = Worked()
    for number in range(2 * MOST):
        worked.add(Due(str(number), PROJECT, POOL, NOW), NOW)
    assert worked.count == MOST
