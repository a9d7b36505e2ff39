"""A script beside the work: questions by keyboard, a step back, the version that a contact began with."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from domain.centre.configuration import ConfigureProject
from domain.script import ScriptAnswered
from tests.desk.browsing import person
from tests.desk.screens import accepted
from tests.desk.shift import SCRIPT, with_answers
from tests.domain.documents import project
from tests.web.running import Running


async def test_an_agent_goes_through_a_script_by_keyboard_and_keeps_the_version_it_began_with(
    web: Running, chromium: Browser
) -> None:
    await with_answers(web)
    agent = await web.agent()
    came = (await web.mail()).result
    work_id = await accepted(web, agent, came["interaction_id"])
    anna = await person(web, chromium)
    await anna.open(f"work/{work_id}")
    await anna.sign_in()
    script = anna.page.get_by_role("region", name="Script")
    await script.get_by_text("Is it about the amount or about the address?").wait_for()
    await script.get_by_text("The amount stands in the last line of page one.").wait_for()
    await anna.press("q")
    await expect(script.get_by_role("button", name="The amount")).to_be_focused()
    await anna.press("Enter")
    await expect(script.get_by_role("textbox", name="What the customer said")).to_be_focused()

    newer = SCRIPT | {"steps": {**SCRIPT["steps"], "why": {"say": "Something else entirely?"}}}
    await web.execute(ConfigureProject(document=project(scripts={"invoice": newer}), expected_revision=2))
    await anna.page.keyboard.type("Twelve euros less")
    await script.get_by_text("What should it have been?").wait_for()
    await anna.press("Tab", "Enter")
    await script.get_by_text("The script has come to its end.").wait_for()
    await expect(script.get_by_role("button", name="One step back")).to_be_focused()
    await anna.press("Enter")
    await expect(script.get_by_role("textbox", name="What the customer said")).to_be_focused()
    assert await anna.page.locator(".script").get_by_text("Something else entirely?").count() == 0
    await anna.page.keyboard.type("Ten euros less")
    await anna.press("Tab", "Enter")
    await script.get_by_text("The script has come to its end.").wait_for()

    recorded = await web.doors.log.read(types=[ScriptAnswered.wire])
    answered = [web.doors.opener(one.event) for one in recorded]
    assert [(one.step, one.choice, one.words) for one in answered] == [  # type: ignore[attr-defined]
        ("which", "amount", ""),
        ("why", "", "Twelve euros less"),
        ("why", "", "Ten euros less"),
    ]
    assert anna.complaints == []


async def test_an_answer_given_in_another_window_is_not_asked_for_again(web: Running, chromium: Browser) -> None:
    await with_answers(web)
    agent = await web.agent()
    came = (await web.mail()).result
    work_id = await accepted(web, agent, came["interaction_id"])
    anna = await person(web, chromium)
    await anna.open(f"work/{work_id}")
    await anna.sign_in()
    here = anna.page.get_by_role("region", name="Script")
    await here.get_by_role("button", name="The amount").wait_for()
    other = await anna.context.new_page()
    await other.goto(anna.page.url)
    await other.get_by_role("region", name="Script").get_by_role("button", name="The address").click()
    await other.get_by_text("The script has come to its end.").wait_for()
    await here.get_by_text("The script has come to its end.").wait_for()
