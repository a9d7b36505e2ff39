"""What holds for every page: GET changes nothing, links cannot be made up, four languages, nothing from elsewhere."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import TypeGuard

import pytest

import web
from tests.web.pages import link, scanned
from tests.web.running import PROJECT, Running
from web.middleware import HEADERS


async def test_no_visit_of_a_link_scanner_changes_anything(web: Running) -> None:
    ticket_id = (await web.resolved())["ticket_id"]
    client, head = web.anybody(), await web.head()
    await scanned(web, client, link(web, "ticket", ticket_id))
    rating = link(web, "rating", ticket_id)
    for about in ("agent", "company"):
        for score in range(1, 6):
            await scanned(web, client, f"{rating.partition('?')[0]}?about={about}&score={score}")
    await scanned(web, client, f"/callback/{PROJECT}")
    assert await web.head() == head


async def test_links_expire_and_none_can_be_made_up_or_used_for_another_page(web: Running) -> None:
    ticket_id = (await web.resolved())["ticket_id"]
    client, path = web.anybody(), link(web, "ticket", ticket_id)
    token = path.rpartition("/")[2]
    # the last character of a signature has bits that stand for nothing: another one is changed
    other = token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]
    for forged in (token[:-1], other, "x", ticket_id, "x" * 3000):
        answer = await client.get(f"/t/{forged}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8"), forged
    assert (await client.get(f"/r/{token}")).status_code == 404
    web.clock.ahead = timedelta(days=62)
    for method in ("GET", "POST"):
        answer = await client.request(method, path)
        assert answer.status_code == 410
        assert "expired" in answer.text


@pytest.mark.parametrize(
    ("language", "settled"), [("en", "Settled"), ("fr", "Réglé"), ("pl", "Załatwione"), ("ru", "Решено")]
)
async def test_pages_speak_the_tickets_language_and_any_other_that_is_asked_for(
    web: Running, language: str, settled: str
) -> None:
    ids = await web.resolved(language=language)
    client, path = web.anybody({"Accept-Language": "de, fr;q=0.5"}), link(web, "ticket", ids["ticket_id"])
    page = await client.get(path)
    assert f'<html lang="{language}">' in page.text
    assert page.headers["content-language"] == language
    assert settled in page.text
    assert "Add information" in (await client.get(path, params={"lang": "en"})).text


async def test_a_stranger_is_spoken_to_in_the_language_that_the_browser_prefers(web: Running) -> None:
    for accepted, language in (("pl-PL, en;q=0.9", "pl"), ("de, ru;q=0.8, en;q=0.2", "ru"), ("xx;;q=", "en")):
        page = (await web.anybody({"Accept-Language": accepted}).get(f"/callback/{PROJECT}")).text
        assert f'<html lang="{language}">' in page, accepted


async def test_every_page_keeps_its_address_to_itself_and_loads_nothing_from_elsewhere(web: Running) -> None:
    ids = await web.resolved()
    client = web.anybody()
    paths = (
        link(web, "ticket", ids["ticket_id"]),
        link(web, "rating", ids["ticket_id"]),
        f"/callback/{PROJECT}",
        "/t/nothing",
        "/docs",
    )
    for path in paths:
        answer = await client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, f"{path}: {name}"
        assert answer.headers["cache-control"] == "no-store"
        assert '<meta name="robots" content="noindex, nofollow">' in answer.text
        assert not re.search(r'(src|href|action)="(https?:)?//', answer.text), path
        assert not re.search(r'<script(?! src="/static/[a-z]+\.js" defer></script>)', answer.text), path
        assert " style=" not in answer.text


async def test_pages_need_no_cookies_and_set_none(web: Running) -> None:
    ids = await web.resolved()
    client = web.anybody()
    for path in (link(web, "ticket", ids["ticket_id"]), f"/callback/{PROJECT}"):
        assert "set-cookie" not in (await client.get(path)).headers


async def test_the_reference_names_every_operation_with_its_roles(web: Running) -> None:
    client = web.anybody()
    schema = (await client.get("/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    operations = [o for methods in schema["paths"].values() for o in methods.values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    assert all("security" in o and "x-permission" in o for o in operations)
    page = (await client.get("/docs")).text
    for one in operations:
        assert f'id="{one["operationId"]}"' in page
    assert "curl -X POST" in page


def test_no_request_waits_for_a_thread_only_to_be_taken_in() -> None:
    """FastAPI runs a plain function in a thread, for which a busy loop lets a request wait longer than for its work."""
    package = Path(web.__file__).parent
    found: list[str] = []
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        plain = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        given = [call.args[0] for call in ast.walk(tree) if _is_call_of(call, "Depends") and call.args]
        found += [f"{path.name}: {one.id}" for one in given if isinstance(one, ast.Name) and one.id in plain]
    assert found == []


def _is_call_of(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
