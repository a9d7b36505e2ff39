"""Alerts as a supervisor sees them: raised on whatever page one is, acknowledged, over."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from domain.interaction.offers import AcceptOffer
from tests.desk.browsing import person
from tests.desk.floor import leading, ready, watched
from tests.web.running import Running


async def test_a_supervisor_sees_an_alert_raised_says_so_and_sees_it_cleared(web: Running, chromium: Browser) -> None:
    await watched(web)
    sue = await leading(web, chromium, "settings")
    strip = sue.page.get_by_role("region", name="Alerts")
    await expect(strip).to_be_attached()
    await expect(strip.get_by_role("listitem")).to_have_count(0)
    came = (await web.mail()).result
    await expect(strip.get_by_role("listitem")).to_contain_text("Waiting 1 (above 0)")
    await expect(strip.get_by_role("alert")).to_have_text("Alert: long wait")
    await strip.get_by_role("button", name="I see to it: long wait").press("Enter")
    await expect(strip.get_by_role("listitem")).to_contain_text("sue sees to it")
    elsewhere = await person(web, chromium)
    await web.account("max", {"*": ["manager"]})
    await elsewhere.open()
    await elsewhere.sign_in("max")
    other = elsewhere.page.get_by_role("region", name="Alerts")
    await expect(other.get_by_role("listitem")).to_contain_text("sue sees to it")
    assert await sue.faults() == []
    await ready(web, "anna")
    work_id = await web.offer(came["interaction_id"])
    await web.execute(AcceptOffer(interaction_id=came["interaction_id"], leg="1", work_id=work_id, agent_id="anna"))
    await sue.is_told("Over: long wait")
    await expect(strip.get_by_role("listitem")).to_have_count(0)
    acknowledged = await web.doors.log.read(types=["alert.acknowledged.v1"])
    assert len(acknowledged) == 1
    assert sue.complaints == []
