"""What the demo still waits for at its end, and what it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.delivery.state import AttemptDelivery, RecordDeferred
from infra.demo.watching import Watching
from infra.log.opening import KeyOpener
from tests.domain.commands import mail
from tests.domain.test_execute import ORIGIN, Centre
from tests.domain.world import START, configure


@pytest.mark.parametrize(("code", "left"), [("held", 0), ("451", 1)])
async def test_a_mail_held_back_for_an_hour_is_not_waited_for_and_one_that_failed_for_now_is(code, left):
    centre, at = Centre(), START + timedelta(hours=1)
    executor, watching = centre.executor(), Watching(KeyOpener(centre.keyring))
    for command in (*configure(), mail()):
        await executor.execute(command, ORIGIN)
    await watching.read(centre.log)
    (delivery,) = [one.removeprefix("delivery-") for one in watching.left(START) if one.startswith("delivery-")]
    begun = await executor.execute(AttemptDelivery(delivery_id=delivery, patience=300), ORIGIN)
    told = RecordDeferred(
        delivery_id=delivery, attempt_id=begun.result["attempt_id"], code=code, reason="one too many", retry_at=at
    )
    await executor.execute(told, ORIGIN)
    await watching.read(centre.log)

    def deliveries_left(now):
        return sum(one.startswith("delivery-") for one in watching.left(now))

    assert deliveries_left(START) == left
    assert deliveries_left(at) == 1
