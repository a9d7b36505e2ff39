"""The documents that rule a centre, edited at the desk: checked, told what they change, applied, kept."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Locator, expect

from domain.centre.configuration import ConfigureProject, ProjectConfigured
from tests.desk.browsing import Person
from tests.desk.floor import leading
from tests.domain.documents import project
from tests.web.running import PROJECT, Running


async def editor(somebody: Person) -> Locator:
    await somebody.page.get_by_role("combobox").select_option("Project: Hotline")
    field = somebody.page.get_by_role("textbox", name="The document, as YAML")
    await expect(field).to_have_value(re.compile("title: Hotline\n"))
    return field


async def change(field: Locator, old: str, new: str) -> None:
    await field.fill((await field.input_value()).replace(old, new))


async def test_a_document_is_changed_checked_and_applied_and_the_history_says_so(
    web: Running, chromium: Browser
) -> None:
    max_ = await leading(web, chromium, "policy", "manager")
    field = await editor(max_)
    await change(field, "target: 3600", "target: soon")
    await max_.page.get_by_role("button", name="Check").press("Enter")
    await max_.sees("1 fault")
    await max_.sees("queues.billing.target")
    await max_.page.get_by_role("button", name="Line ").press("Enter")
    chosen = await field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen.strip() == "target: soon"
    await expect(max_.page.get_by_role("button", name="Apply")).to_be_disabled()
    await change(field, "target: soon", "target: 600")
    await max_.page.get_by_role("button", name="Check").press("Enter")
    await max_.sees("queue billing: target 3600 s → 600 s")
    await max_.page.get_by_role("button", name="Apply").press("Enter")
    await max_.is_told("Applied as revision 2.")
    history = max_.page.get_by_role("region", name="History").get_by_role("listitem")
    await expect(history.first).to_contain_text("Revision 2")
    await expect(history.first).to_contain_text("by sue")
    await expect(history.first).to_contain_text("queue billing: target 3600 s → 600 s")
    applied = [one.event for one in await web.doors.log.read(types=[ProjectConfigured.wire]) if one.project == PROJECT]
    assert applied[-1].document["queues"]["billing"]["target"] == 600  # type: ignore[attr-defined]
    await max_.page.get_by_role("button", name="Open revision 1 in the editor").press("Enter")
    await expect(field).to_have_value(re.compile("target: 3600"))
    await max_.page.get_by_role("button", name="Check").press("Enter")
    await max_.sees("queue billing: target 600 s → 3600 s")
    await max_.page.evaluate("localStorage.setItem('trunkline.locale', '\"fr\"')")
    await max_.page.reload()
    field = max_.page.get_by_role("textbox", name="Le document, en YAML")
    await expect(field).to_have_value(re.compile("target: 3600"))
    await change(field, "target: 3600", "target: soon")
    await max_.page.get_by_role("button", name="Vérifier").press("Enter")
    await max_.sees("il faut un nombre entier de 1 à")
    await change(field, "target: soon", "target: 900")
    await max_.page.get_by_role("button", name="Vérifier").press("Enter")
    await max_.sees("file billing : target 600 s → 900 s")
    assert max_.complaints == []


async def test_what_is_not_applied_survives_a_reload_and_what_others_applied_meanwhile_is_told(
    web: Running, chromium: Browser
) -> None:
    max_ = await leading(web, chromium, "policy", "manager")
    field = await editor(max_)
    await change(field, "title: Hotline\n", "title: Hotline by night\n")
    await max_.page.reload()
    await expect(field).to_have_value(re.compile("title: Hotline by night"))
    await web.execute(ConfigureProject(document=project(title="Hotline by day"), expected_revision=1))
    await max_.sees("Revision 2 was applied meanwhile")
    await max_.page.get_by_role("button", name="Check").press("Enter")
    await max_.sees("title: Hotline by day → Hotline by night")
    await max_.page.get_by_role("button", name="Discard my changes").press("Enter")
    await expect(field).to_have_value(re.compile("title: Hotline by day"))
    assert max_.complaints == []


async def test_an_alert_rule_is_added_changed_and_removed_by_a_form(web: Running, chromium: Browser) -> None:
    max_ = await leading(web, chromium, "policy", "manager")
    await editor(max_)
    rules = max_.page.get_by_role("region", name="Alert rules")
    await rules.get_by_role("button", name="Add a rule").press("Enter")
    form = max_.page.get_by_role("dialog", name="Add a rule")
    await form.get_by_label("Name").fill("poor_service")
    await form.get_by_label("Figure").select_option("service_level")
    await form.get_by_label("Raised when it is").select_option("below")
    await form.get_by_label("Threshold, in percent").fill("70")
    await form.get_by_label("Over when past").fill("75")
    await form.get_by_label("Told by mail").fill("the floor")
    assert await max_.faults() == []
    await form.get_by_role("button", name="Apply").press("Enter")
    await expect(max_.page.locator(".toast.bad")).to_contain_text("alerts.poor_service.mail")
    await form.get_by_label("Told by mail").fill("floor@example.com, max@example.com")
    await form.get_by_role("button", name="Apply").press("Enter")
    await max_.is_told("Applied.")
    await expect(rules).to_contain_text("poor service Service level below 70 %, for 1:00")
    applied = [one.event for one in await web.doors.log.read(types=[ProjectConfigured.wire]) if one.project == PROJECT]
    rule = applied[-1].document["alerts"]["poor_service"]  # type: ignore[attr-defined]
    assert (rule["below"], rule["clear"], rule["mail"]) == (0.7, 0.75, ["floor@example.com", "max@example.com"])
    await rules.get_by_role("button", name="Change the rule poor service").press("Enter")
    form = max_.page.get_by_role("dialog", name="Change the rule poor service")
    await expect(form.get_by_label("Threshold, in percent")).to_have_value("70")
    await form.get_by_label("Lasting, in seconds").fill("120")
    await form.get_by_role("button", name="Apply").press("Enter")
    await expect(rules).to_contain_text("for 2:00")
    await rules.get_by_role("button", name="Remove the rule poor service").press("Enter")
    await max_.is_told("Removed.")
    await max_.sees("No rules yet")
    assert max_.complaints == []


async def test_a_supervisor_has_no_page_of_documents(web: Running, chromium: Browser) -> None:
    sue = await leading(web, chromium, "policy")
    await expect(sue.page.get_by_role("link", name="Floor")).to_be_visible()
    await expect(sue.page.get_by_role("link", name="Policy")).to_have_count(0)
    await expect(sue.page.get_by_role("textbox", name="The document, as YAML")).to_have_count(0)
