"""What the doctor says of telephones: whether the calls of agents without one can ring in their browsers."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from domain.centre.configuration import ConfigureCentre, ConfigureProject
from infra.operations.doctor import examine
from infra.operations.finding import Finding
from infra.settings import Settings, TwilioAccount
from infra.stores import open_stores
from tests.e2e.day import ADMIN, KEY, SECRET, SID, TOKEN, centre, project


def settings(folder: Path, **account: object) -> Settings:
    given = {"account_sid": SID, "auth_token": TOKEN, "base_url": "http://127.0.0.1:9", **account}
    return Settings(data=folder, twilio={"twilio": TwilioAccount.model_validate(given)})


async def telephones(of: Settings) -> list[Finding]:
    return [one async for one in examine(of) if one.about == "telephones"]


async def test_the_doctor_warns_of_browsers_that_are_to_ring_and_have_no_key_to_register_with(tmp_path: Path) -> None:
    async with open_stores(settings(tmp_path)) as stores:
        for command in (
            ConfigureProject(document=project(), expected_revision=0),
            ConfigureCentre(document=centre(), expected_revision=0),
        ):
            await stores.executor.execute(command, ADMIN)
    (warned,) = await telephones(settings(tmp_path))
    assert (warned.severity, warned.what.partition(" ")[0]) == ("warning", "2")
    assert "api_key" in warned.mend
    assert await telephones(settings(tmp_path, api_key=KEY, api_secret=SecretStr(SECRET))) == []
