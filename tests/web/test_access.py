"""Who may do what, on every route there is."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRouter

from tests.web.running import OTHER, PROJECT, Running, running
from web.access import TABLE, Permission, Role
from web.app import create_app, declared
from web.guard import Public

#: What the paths name; nothing of it exists but the projects, so whoever is let in is told 404 or 422.
NAMES = {"project": PROJECT, "agent_id": "anna", "centre": "demo"}


def address(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: NAMES.get(found[1], "nothing"), path)


async def test_every_route_declares_one_permission_of_the_table(web: Running) -> None:
    found = declared(web.app)
    assert len(found) > 60
    assert {guard.permission for guard in found.values()} <= {*TABLE, Permission.PUBLIC}
    assert {path for (_, path), guard in found.items() if not path.startswith("/api/")} == {
        path for (_, path), guard in found.items() if isinstance(guard, Public) and path != "/api/session"
    }


async def test_a_route_without_a_declaration_stops_the_application_from_starting(web: Running) -> None:
    open_door = APIRouter()
    open_door.add_api_route("/api/open", lambda: "anything")
    app = FastAPI()
    app.include_router(open_door)
    with pytest.raises(TypeError, match="/api/open: a route declares exactly one permission"):
        declared(app)
    assert create_app(web.doors)


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_gets_exactly_what_the_table_says(role: Role) -> None:
    async with running() as web:
        client = await web.client(f"the-{role}", {"*": [role]}, "anna" if role is Role.AGENT else "")
        for (method, path), guard in declared(web.app).items():
            if path == "/api/stream" or isinstance(guard, Public) or path == "/api/session":
                continue
            answer = await client.request(method, address(path), json=None if method == "GET" else {})
            allowed = role in TABLE[guard.permission]
            refused = answer.status_code == 403 and answer.json()["code"] == "forbidden"
            assert refused is not allowed, f"{role} {method} {path}: {answer.status_code} {answer.text}"


async def test_nobody_gets_anything_but_what_is_public(web: Running) -> None:
    client = web.anybody()
    for (method, path), guard in declared(web.app).items():
        if not isinstance(guard, Public):
            answer = await client.request(method, address(path))
            assert answer.status_code == 401, f"{method} {path}"
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_role_in_one_project_opens_no_other(web: Running) -> None:
    client = await web.client("sue", {PROJECT: ["supervisor", "administrator"]})
    assert (await client.get(f"/api/projects/{PROJECT}/tickets")).status_code == 200
    for path in (f"/api/projects/{OTHER}/tickets", "/api/accounts", "/api/events", "/api/centres/demo"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path


async def test_another_projects_ticket_does_not_exist_under_ones_own(web: Running) -> None:
    came = await web.mail(project=OTHER)
    ticket, customer = came.result["ticket_id"], came.result["customer_id"]
    client = await web.client("sue", {PROJECT: ["supervisor", "administrator"]})
    base = f"/api/projects/{PROJECT}"
    for method, path, body in (
        ("GET", f"{base}/tickets/{ticket}", None),
        ("GET", f"{base}/customers/{customer}", None),
        ("GET", f"{base}/interactions/{came.result['interaction_id']}", None),
        ("POST", f"{base}/tickets/{ticket}/resolve", {}),
        ("POST", f"{base}/customers/{customer}/facts", {"name": "vip", "value": "yes"}),
        ("POST", f"{base}/customers/{customer}/erase", {}),
        ("POST", f"{base}/interactions/{came.result['interaction_id']}/notes", {"text": "mine"}),
    ):
        answer = await client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), f"{method} {path}: {answer.text}"
    assert await web.head() == came.position


async def test_a_project_of_another_pool_does_not_exist(web: Running) -> None:
    client = await web.client("sue", {"*": ["manager"]})
    for project in ("nowhere", "*"):
        assert (await client.get(f"/api/projects/{project}/tickets")).status_code == 404


async def test_an_agent_acts_as_nobody_else(web: Running) -> None:
    anna = await web.agent("anna")
    answer = await anna.post("/api/agents/boris/sign-in")
    assert answer.status_code == 403
    assert "your own agent" in answer.json()["detail"]


async def test_a_token_has_only_the_roles_it_was_limited_to(web: Running) -> None:
    account = await web.account("max", {"*": ["manager", "analyst"]})
    _, secret = await web.accounts.issue_token(account.account_id, "events", ["analyst"], web.clock(), None)
    client = web.anybody({"Authorization": f"Bearer {secret}"})
    assert (await client.get("/api/events")).status_code == 200
    assert (await client.post(f"/api/projects/{PROJECT}/callbacks", json={"number": "+48221234567"})).status_code == 403


async def test_an_analyst_sees_what_happened_and_nobodys_words(web: Running) -> None:
    came = await web.mail()
    client = await web.client("ann", {"*": ["analyst"]})
    answer = await client.get(f"/api/projects/{PROJECT}/events", params={"type": "interaction.message_received.v1"})
    (event,) = answer.json()["items"]
    assert set(event["sealed"]) == {"sender", "sender_name", "subject", "text", "external_id"}
    assert "wrong" not in answer.text
    assert "ada" not in answer.text.lower()
    assert "sealed:" not in answer.text
    board = await client.get(f"/api/projects/{PROJECT}/tickets", params={"min_position": came.position})
    assert [item["subject"] for item in board.json()["items"]] == [""]
