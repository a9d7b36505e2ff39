"""What was asked for under an older configuration meets a newer one."""

from __future__ import annotations

import asyncio

import pytest

from domain.belonging import Referred
from domain.centre.configuration import ConfigureProject
from domain.customer.contact import contact
from domain.execute import Origin
from domain.intake import ReceiveMessage
from infra.demo.setting_up import read_documents
from infra.process import running_node
from infra.stores import open_stores
from tests.faults.life import Life
from tests.faults.writing import bring, letter

pytestmark = pytest.mark.timeout(120)
PATIENCE = 30.0


async def test_a_mail_due_from_a_mailbox_that_is_gone_is_given_up_with_the_reason_and_others_go_out(life: Life):
    settings = life.centre.settings
    async with open_stores(settings) as stores:
        sender = contact(stores.fingerprints, "parcels", "email", "ada@example.org")
        origin = Origin(project="parcels", pool="main", actor="test", confined=True)
        arrived = ReceiveMessage(
            project="parcels", entry="help", via="email", sender=sender, sender_name="Ada", subject="Invoice",
            text="The amount is wrong.", external_id="<1@example.org>", fingerprint="", refers=Referred(),
        )  # fmt: skip
        await stores.executor.execute(arrived, origin)
    project = next(one for one in read_documents().projects if one.project == "parcels")
    renamed = project.model_copy(
        update={
            "mailboxes": {f"new_{name}": box for name, box in project.mailboxes.items()},
            "status": project.status and project.status.model_copy(update={"sender": f"new_{project.status.sender}"}),
        }
    )
    async with open_stores(settings) as stores:
        revision = len(await stores.log.read_stream("project-parcels"))
        origin = Origin(project="parcels", pool=project.pool, actor="test")
        await stores.executor.execute(ConfigureProject(document=renamed, expected_revision=revision), origin)
    async with running_node(settings) as node:
        failed = await until(node.stores.log, "delivery.failed.v1")
        assert "no longer has the mailbox" in str(node.stores.opener(failed))
        assert await bring(life, letter(2)) == 250
        await until(node.stores.log, "delivery.delivered.v1")


async def until(log, wire: str):
    """The first event of this type, waited for."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await log.read(0, 1, types=[wire])
            if found:
                return found[0].event
            await asyncio.sleep(0.1)
