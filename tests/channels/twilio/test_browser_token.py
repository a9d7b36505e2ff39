"""The token of an agent's browser: what it allows, to whom and for how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.jwt.access_token import AccessToken

from channels.twilio.browser_token import ApiKey, browser_identity, browser_token
from tests.channels.twilio.centre import SID

KEY = ApiKey("SK" + "a" * 32, "a secret that is long enough for HMAC-SHA256")


def test_a_browser_may_be_called_as_itself_and_make_no_calls() -> None:
    read = AccessToken.from_jwt(browser_token(SID, KEY, "anna", seconds=600), key=KEY.secret)
    payload = read.payload
    assert payload["grants"] == {"identity": "anna", "voice": {"incoming": {"allow": True}}}
    assert (payload["iss"], payload["sub"]) == (KEY.sid, SID)
    assert payload["exp"] - payload["nbf"] == 600


@pytest.mark.parametrize("identity", ["", "anna@example.org", "a b", "x" * 122, "żaneta"])
def test_an_identity_that_could_not_be_rung_is_refused(identity: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        browser_token(SID, KEY, identity)


@pytest.mark.parametrize("seconds", [0, 59, 86_401])
def test_a_token_is_valid_for_a_minute_to_a_day(seconds: int) -> None:
    with pytest.raises(ValueError, match="60 to 86400"):
        browser_token(SID, KEY, "anna", seconds=seconds)


@pytest.mark.parametrize(("sid", "secret"), [("AC" + "a" * 32, "x"), ("SK1", "x"), ("SK" + "a" * 32, "")])
def test_a_key_that_is_none_is_refused(sid: str, secret: str) -> None:
    with pytest.raises(ValueError, match="API key"):
        ApiKey(sid, secret)


def test_a_key_does_not_show_its_secret() -> None:
    assert KEY.secret not in repr(KEY)


@given(st.text(min_size=1, max_size=15), st.text(min_size=1, max_size=15))
def test_different_agents_have_different_identities_that_can_be_rung(one: str, other: str) -> None:
    browser_token(SID, KEY, browser_identity(one))
    assert (browser_identity(one) == browser_identity(other)) == (one == other)
