"""HTML of strangers: nothing of it runs, reports back or leaves its place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.html import html_to_text, sanitise

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='JAVASCRIPT:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<form action='https://evil.example'><input name=p><button>go</button></form>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<div style=\"background:url('https://evil.example/x.gif')\">x</div>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%'>x</div>",
    "<table background='https://evil.example/x.gif'><tr><td>x</td></tr></table>",
    "<video poster='https://evil.example/x.gif' src='https://evil.example/x.mp4'></video>",
    "<img srcset='https://evil.example/x.gif 1x'>",
    "<img src='//evil.example/x.gif'>",
    "<object data='https://evil.example/x'></object>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]
FORBIDDEN = re.compile(
    r"<(script|iframe|form|input|base|meta|link|style|object|embed|svg|math|video)\b| on[a-z]+=|javascript:|data:text"
    r"| src=\"(?!cid:)|srcset|background|position|poster| action=",
    re.IGNORECASE,
)
TAGS_ONLY = re.compile(r"<[^<>]*>")


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_taken_out(attack: str) -> None:
    cleaned, _ = sanitise(f"<p>before</p>{attack}<p>after</p>")
    assert "before" in cleaned
    assert not [tag for tag in TAGS_ONLY.findall(cleaned) if FORBIDDEN.search(tag)], cleaned


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=10)), max_size=6).map("".join))
def test_no_mixture_of_attacks_gets_through(html: str) -> None:
    cleaned, _ = sanitise(html)
    again, _ = sanitise(cleaned)
    assert not [tag for tag in TAGS_ONLY.findall(cleaned) if FORBIDDEN.search(tag)], cleaned
    assert not [tag for tag in TAGS_ONLY.findall(again) if FORBIDDEN.search(tag)], again


def test_remote_pictures_wait_until_a_reader_asks_for_them() -> None:
    cleaned, _ = sanitise('<img alt="a" src="https://example.org/a.png?x=1&amp;y=2" width="3">')
    assert 'data-remote-src="https://example.org/a.png?x=1&amp;y=2"' in cleaned
    assert " src=" not in cleaned


def test_pictures_of_the_mail_itself_stay() -> None:
    assert sanitise('<img src="cid:logo@x">')[0] == '<img src="cid:logo@x">'


def test_words_that_look_like_our_mark_are_left_alone() -> None:
    text = '<p>&lt;img src="trunkline-blocked:x"&gt;</p>'
    assert "trunkline-blocked:x" in sanitise(text)[0]


def test_links_open_without_telling_where_from() -> None:
    assert 'rel="noopener noreferrer nofollow"' in sanitise('<a href="https://example.org">x</a>')[0]


def test_blocks_become_lines_and_quotations_are_marked() -> None:
    html = "<p>One&nbsp;two</p><div>three<br>four</div><blockquote><p>old</p></blockquote><ul><li>a</li></ul>"
    assert html_to_text(html) == "One two\n\nthree\nfour\n\n> old\n\na"
