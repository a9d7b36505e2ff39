"""Where agents' browsers signal: Twilio's edges, or what stands in for Twilio."""

from __future__ import annotations

import pytest

from channels.twilio.signalling import EDGES, signalling, sources

TWILIO = "https://api.twilio.com"


def test_a_browser_that_roams_may_end_up_at_any_public_edge() -> None:
    opened = sources(TWILIO, "roaming")
    assert opened[0] == "wss://voice-js.roaming.twilio.com"
    assert [f"wss://voice-js.{edge}.twilio.com" for edge in EDGES] == list(opened[1:])
    assert sources(TWILIO, "dublin") == ("wss://voice-js.dublin.twilio.com",)


@pytest.mark.parametrize("base_url", [TWILIO, "https://api.dublin.ie1.twilio.com"])
def test_twilios_own_signalling_is_found_by_the_sdk(base_url: str) -> None:
    assert signalling(base_url) == ""


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [("http://127.0.0.1:8042", "ws://127.0.0.1:8042"), ("https://twilio.example:8443", "wss://twilio.example:8443")],
)
def test_what_stands_in_for_twilio_is_signalled_to_where_its_api_is(base_url: str, origin: str) -> None:
    assert signalling(base_url) == f"{origin}/signal"
    assert sources(base_url, "roaming") == (origin,)


def test_another_host_whose_name_begins_like_twilio_is_not_twilio() -> None:
    assert signalling("https://api.twilio.com.example") == "wss://api.twilio.com.example/signal"
