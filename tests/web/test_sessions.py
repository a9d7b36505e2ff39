"""Signing in by a browser: the cookie, the token against cross-site requests, throttling, and what goes on record."""

from __future__ import annotations

from datetime import timedelta

from infra.accounts.database import SqliteDatabase
from infra.accounts.store import AccountStore
from tests.web.running import PASSWORD, PASSWORDS, PROJECT, Client, Running, running
from web.guard import CSRF_HEADER


async def sign_in(web: Running, name: str = "sue") -> tuple[Client, str]:
    client = web.anybody()
    answer = await client.post("/api/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client, answer.json()["csrf"]


async def test_a_session_reads_by_its_cookie_and_writes_with_its_token(web: Running) -> None:
    await web.account("sue", {"*": ["supervisor"]})
    client, csrf = await sign_in(web)
    me = (await client.get("/api/session")).json()
    assert (me["name"], me["roles"], me["csrf"]) == ("sue", {"*": ["supervisor"]}, csrf)
    assert {"supervise", "declare_outage"} <= set(me["may"]["*"])
    assert "configure" not in me["may"]["*"]
    path, body = f"/api/projects/{PROJECT}/callbacks", {"number": "+48221234567"}
    for headers in ({}, {CSRF_HEADER: "0" * 40}, {CSRF_HEADER: csrf, "Sec-Fetch-Site": "cross-site"}):
        answer = await client.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), headers
    assert (await client.post(path, json=body, headers={CSRF_HEADER: csrf})).status_code == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_bound_to_the_host() -> None:
    async with running(url="https://desk.example.org") as web:
        await web.account("sue", {"*": ["supervisor"]})
        client = web.anybody()
        answer = await client.post("/api/session", json={"name": "sue", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-trunkline=")
        for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert attribute in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_signing_out_ends_the_session_at_once(web: Running) -> None:
    await web.account("sue", {"*": ["supervisor"]})
    client, csrf = await sign_in(web)
    secret = client.cookies["trunkline"]
    assert (await client.delete("/api/session", headers={CSRF_HEADER: csrf})).status_code == 204
    again = web.anybody({"Cookie": f"trunkline={secret}"})
    assert (await again.get("/api/session")).status_code == 401


async def test_a_session_ends_by_itself(web: Running) -> None:
    await web.account("sue", {"*": ["supervisor"]})
    client, _ = await sign_in(web)
    web.clock.ahead = timedelta(seconds=web.doors.settings.session_seconds + 1)
    assert (await client.get("/api/session")).status_code == 401


async def test_a_wrong_password_and_an_unknown_name_are_told_alike(web: Running) -> None:
    await web.account("sue", {"*": ["supervisor"]})
    client = web.anybody()
    answers = [
        (await client.post("/api/session", json={"name": name, "password": "not the right one"})).json()
        for name in ("sue", "nobody")
    ]
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "wrong_credentials"


async def test_after_too_many_failures_even_the_right_password_waits_and_it_is_on_record(web: Running) -> None:
    account = await web.account("sue", {"*": ["supervisor"]})
    client = web.anybody()
    for _ in range(6):
        answer = await client.post("/api/session", json={"name": "sue", "password": "wrong password"})
        assert answer.status_code == 401
    answer = await client.post("/api/session", json={"name": "sue", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_often")
    assert int(answer.headers["retry-after"]) > 0
    (event,) = await web.doors.log.read(types=["account.sign_ins_blocked.v1"])
    assert event.stream == f"account-{account.account_id}"


async def test_a_new_password_ends_every_session_and_the_old_one_works_no_more(web: Running) -> None:
    await web.account("sue", {"*": ["supervisor"]})
    client, csrf = await sign_in(web)
    body = {"current": PASSWORD, "password": "another long password"}
    assert (await client.put("/api/session/password", json=body, headers={CSRF_HEADER: csrf})).status_code == 204
    assert (await client.get("/api/session")).status_code == 401
    fresh = web.anybody()
    assert (await fresh.post("/api/session", json={"name": "sue", "password": PASSWORD})).status_code == 401
    body = {"name": "sue", "password": "another long password"}
    assert (await fresh.post("/api/session", json=body)).status_code == 200


async def test_a_token_is_shown_once_works_and_stops_when_revoked(web: Running) -> None:
    await web.account("sue", {"*": ["supervisor", "analyst"]})
    client, csrf = await sign_in(web)
    body = {"label": "export", "roles": ["analyst"]}
    issued = (await client.post("/api/tokens", json=body, headers={CSRF_HEADER: csrf})).json()
    listed = await client.get("/api/tokens")
    assert [t["token_id"] for t in listed.json()["items"]] == [issued["token_id"]]
    assert issued["token"] not in listed.text
    program = web.anybody({"Authorization": f"Bearer {issued['token']}"})
    assert (await program.get("/api/events")).status_code == 200
    more = await program.post("/api/tokens", json={"label": "more"})
    assert (more.status_code, more.json()["code"]) == (403, "sign_in_needed")
    await client.delete(f"/api/tokens/{issued['token_id']}", headers={CSRF_HEADER: csrf})
    assert (await program.get("/api/events")).status_code == 401


async def test_a_role_that_one_does_not_hold_cannot_be_put_into_a_token(web: Running) -> None:
    await web.account("sue", {"*": ["analyst"]})
    client, csrf = await sign_in(web)
    body = {"label": "x", "roles": ["administrator"]}
    answer = await client.post("/api/tokens", json=body, headers={CSRF_HEADER: csrf})
    assert (answer.status_code, answer.json()["code"]) == (422, "role_not_held")


async def test_an_administrator_makes_accounts_changes_roles_and_disables_them_on_record(web: Running) -> None:
    root = await web.client("root", {"*": ["administrator"]})
    body = {"name": "Sue", "password": PASSWORD, "roles": {PROJECT: ["supervisor"]}}
    made = await root.post("/api/accounts", json=body)
    assert made.status_code == 201, made.text
    account_id = made.json()["account_id"]
    assert (await root.post("/api/accounts", json=body)).json()["code"] == "account_exists"
    sue, _ = await sign_in(web)
    assert (await sue.get("/api/accounts")).status_code == 403
    roles = {"roles": {"*": ["administrator"]}}
    assert (await root.put(f"/api/accounts/{account_id}/roles", json=roles)).status_code == 200
    assert (await sue.get("/api/accounts")).status_code == 200
    assert (await root.post(f"/api/accounts/{account_id}/disable")).json()["disabled"] is True
    assert (await sue.get("/api/session")).status_code == 401
    recorded = await web.doors.log.read(streams=[f"account-{account_id}"])
    assert [one.event.wire for one in recorded] == [
        "account.created.v1",
        "account.roles_assigned.v1",
        "account.disabled.v1",
    ]


async def test_an_administrator_cannot_lock_themselves_out(web: Running) -> None:
    root = await web.client("root", {"*": ["administrator"]})
    own = (await root.get("/api/session")).json()["account_id"]
    answers = [
        await root.put(f"/api/accounts/{own}/roles", json={"roles": {"*": ["analyst"]}}),
        await root.post(f"/api/accounts/{own}/disable"),
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "last_key")] * 2


async def test_weak_passwords_are_refused_with_what_is_needed(web: Running) -> None:
    root = await web.client("root", {"*": ["administrator"]})
    for password in ("short", "aaaaaaaaaaaaaaaa", "a" * 201):
        body = {"name": "tom", "password": password, "roles": {}}
        answer = await root.post("/api/accounts", json=body)
        assert answer.status_code == 422, password
        assert password not in answer.text


async def test_no_secret_is_stored_as_it_is(tmp_path: object) -> None:
    path = tmp_path / "accounts.sqlite"  # type: ignore[operator]
    database = SqliteDatabase(path)
    store = AccountStore(database, PASSWORDS)
    async with running() as web:
        account = await web.account("sue", {"*": ["supervisor"]})
        await store.add(account, PASSWORD, web.clock())
        session = await store.open_session(account.account_id, web.clock(), web.clock() + timedelta(hours=1))
        _, token = await store.issue_token(account.account_id, "x", (), web.clock(), None)
        assert (await store.session(session, web.clock())) is not None
        assert (await store.token(token, web.clock())) is not None
    await database.close()
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"argon2id" in stored
    for secret in (PASSWORD, session, token):
        assert secret.encode() not in stored


async def test_a_session_says_what_its_roles_open_in_each_project_and_in_the_pool(web: Running) -> None:
    sue = await web.client("sue", {PROJECT: ["supervisor"]})
    may = (await sue.get("/api/session")).json()["may"]
    assert "supervise" in may[PROJECT]
    assert "supervise" not in may["*"]
    assert {"stream", "messages", "force_presence"} <= set(may["*"]), "what is about oneself needs no role for the pool"
