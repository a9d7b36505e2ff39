"""The desk as it is served: small, compressed, kept for ever, and allowed to load nothing from elsewhere."""

from __future__ import annotations

import gzip
import re

import pytest

from channels.twilio.signalling import sources
from tests.conftest import unavailable
from tests.web.running import PROJECT, Running
from web.pages.desk import BUNDLE

#: Bytes over the wire for the first page, without softphone and charts (the bar: 250 KB).
MOST = 250_000


@pytest.fixture(autouse=True)
def built() -> None:
    if not (BUNDLE / "index.html").is_file():
        unavailable("the desk has not been built: run `make install`")


async def test_every_place_of_the_desk_is_the_one_page_under_a_strict_policy(web: Running) -> None:
    client = web.anybody()
    for path in ("/desk", "/desk/", "/desk/work/0199", "/desk/anything/else"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"(src|href)=\"(https?:)?//|<script>| style=", answer.text)


async def test_the_page_may_reach_a_telephone_provider_only_where_browsers_are_telephones(web: Running) -> None:
    client = web.anybody()
    without = (await client.get("/desk")).headers["content-security-policy"]
    assert "connect-src 'self';" in without
    assert "media-src 'self'" in without.split("; "), "recordings, and nothing that a browser picks up"
    web.doors.telephone_sources = sources("https://api.twilio.com", "frankfurt")
    opened = (await client.get("/desk")).headers["content-security-policy"].split("; ")
    assert "connect-src 'self' wss://voice-js.frankfurt.twilio.com" in opened
    assert set(opened) - set(without.split("; ")) == {
        "connect-src 'self' wss://voice-js.frankfurt.twilio.com", "media-src 'self' mediastream:"
    }  # fmt: skip
    assert (await client.get("/t/nothing")).headers["content-security-policy"].count("connect-src 'self';") == 1


async def test_assets_are_named_by_content_and_kept_for_ever(web: Running) -> None:
    client = web.anybody()
    page = (await client.get("/desk")).text
    (script,) = re.findall(r'src="(/desk/assets/[^"]+\.js)"', page)
    plain = await client.get(script, headers={"Accept-Encoding": "identity"})
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    for taken, encoding in (("gzip, br", "br"), ("gzip;q=1.0, br;q=0", "gzip")):
        packed = await client.get(script, headers={"Accept-Encoding": taken})
        assert (packed.headers["content-encoding"], packed.headers["vary"]) == (encoding, "Accept-Encoding")
        if encoding == "gzip":
            assert packed.text == plain.text


async def test_what_is_no_file_of_the_bundle_is_not_found(web: Running) -> None:
    client = web.anybody()
    for name in ("nothing.js", "..%2F..%2Fpages.css", ".built", "x/y.js", "index.html"):
        answer = await client.get(f"/desk/assets/{name}")
        assert answer.status_code == 404, name


def test_the_whole_desk_is_smaller_than_the_bar_for_its_first_page() -> None:
    packed = {path.name: path.stat().st_size for path in BUNDLE.rglob("*.gz")}
    softphone = [name for name in packed if name.startswith("softphone-")]
    assert len(softphone) == 1, "the provider's library is a file of its own, which only who needs it loads"
    assert packed.pop(softphone[0]) > 20_000
    assert "softphone" not in (BUNDLE / "index.html").read_text("utf-8")
    assert 10_000 < sum(packed.values()) < MOST, packed
    for path in BUNDLE.rglob("*.gz"):
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()


async def test_a_desk_is_told_its_projects_people_and_choices(web: Running) -> None:
    agent = await web.agent()
    told = (await agent.get("/api/desk")).json()
    assert told["agents"]["anna"] == "Anna"
    (project,) = [one for one in told["projects"] if one["name"] == PROJECT]
    assert {"name": "billing", "title": "Billing"} in project["departments"]
    assert {"name": "ringing", "title": "Ringing", "wrap_up": "optional"} in project["queues"]
    assert "answered" in project["dispositions"]
    only_other = await web.client("olga", {"otherline": ["agent"]}, "boris")
    assert [one["name"] for one in (await only_other.get("/api/desk")).json()["projects"]] == ["otherline"]
