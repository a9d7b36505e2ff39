"""The people of a centre: what they can do, until when, and who can sign in."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import Browser, expect

from domain.agent.events import SkillGranted
from tests.desk.browsing import person
from tests.desk.floor import leading
from tests.web.running import Running


async def test_a_manager_changes_a_skill_and_until_when_it_is_certified(web: Running, chromium: Browser) -> None:
    max_ = await leading(web, chromium, "staff", "manager")
    row = max_.page.get_by_role("row", name="Boris")
    await expect(row).to_contain_text("none")
    await row.get_by_role("button", name="Change the skills of Boris").press("Enter")
    await max_.page.get_by_label("French: level, 1 to 10").fill("7")
    ends = (web.clock() + timedelta(days=20)).date()
    await max_.page.get_by_label("French: certified until").fill(ends.isoformat())
    await max_.page.get_by_role("button", name="Save").press("Enter")
    await max_.is_told("Saved.")
    await expect(row).to_contain_text("French 7")
    granted = [one.event for one in await web.doors.log.read(types=[SkillGranted.wire])]
    assert ("boris", "french", 7) in [(one.agent_id, one.skill, one.level) for one in granted]  # type: ignore[attr-defined]
    soon = max_.page.get_by_role("region", name="Certifications that end soon").get_by_role("row").nth(1)
    await expect(soon).to_contain_text("Boris")
    await expect(soon).to_contain_text("ends soon")
    await expect(max_.page.get_by_text("Accounts")).to_have_count(0)
    assert max_.complaints == []


async def test_an_administrator_makes_an_account_changes_its_roles_and_disables_it(
    web: Running, chromium: Browser
) -> None:
    ann = await leading(web, chromium, "staff", "administrator")
    await ann.page.get_by_role("button", name="New account").press("Enter")
    dialog = ann.page.get_by_role("dialog", name="New account")
    await dialog.get_by_label("Name").fill("greta")
    await dialog.get_by_label("Password").fill("correct horse battery")
    await dialog.get_by_role("group", name="Hotline").get_by_label("Supervisor").check()
    await dialog.get_by_role("button", name="Create").press("Enter")
    await ann.is_told("Created.")
    row = ann.page.get_by_role("row", name="greta")
    await expect(row).to_contain_text("Supervisor Hotline")
    await row.get_by_role("button", name="What to do about greta").press("Enter")
    await ann.page.get_by_role("menuitem", name="Change roles").press("Enter")
    roles = ann.page.get_by_role("dialog", name="Roles of greta")
    await roles.get_by_role("group", name="Every project").get_by_label("Manager").check()
    await roles.get_by_role("button", name="Save").press("Enter")
    await expect(row).to_contain_text("Manager Every project")
    greta = await person(web, chromium)
    await greta.open("policy")
    await greta.sign_in("greta")
    await expect(greta.page.get_by_role("heading", name="Policy")).to_be_visible()
    await row.get_by_role("button", name="What to do about greta").press("Enter")
    await ann.page.get_by_role("menuitem", name="Disable").press("Enter")
    await expect(row).to_contain_text("disabled")
    await greta.page.get_by_role("link", name="Team").press("Enter")
    await greta.sees("Your session has ended.")
    assert ann.complaints == []
