"""Status mails: every kind in every language, complete, escaped, and right in number."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir

from channels.email import notices
from channels.email.catalogue import LANGUAGES, SOURCE, closest_language, read_catalogue
from channels.email.notices import PARAMETERS, BadParameters, Kind, render_notification

URL = "https://hotline.example/t/abc"
WARSAW = ZoneInfo("Europe/Warsaw")
TICKET: dict[str, Any] = {
    "project": "Kwiaty & Co",
    "ticket": "T-42",
    "ticket_url": URL,
    "subject": "No line",
    "name": "Anna",
}
PARAMS: dict[Kind, dict[str, Any]] = {
    "ticket_opened": TICKET | {"answer_within_hours": 5},
    "ticket_handed_over": TICKET | {"department": "Billing"},
    "ticket_resolved": TICKET
    | {
        "rating_url_agent": URL + "/agent?x=1",
        "rating_url_company": URL + "/company",
        "reopen_days": 22,
        "agent": "Jan",
    },
    "ticket_reopened": TICKET,
    "callback_registered": {
        "project": "Kwiaty & Co",
        "phone": "+48 22 123 45 67",
        "due": datetime(2025, 3, 3, 9, 0, tzinfo=WARSAW),
        "until": datetime(2025, 3, 3, 17, 30, tzinfo=WARSAW),
        "attempts": 3,
        "manage_url": URL,
    },
    "callback_tried": {
        "project": "Kwiaty & Co",
        "name": "Anna",
        "due": datetime(2025, 3, 3, 9, 0, tzinfo=WARSAW),
        "manage_url": URL,
    },
    "callback_expired": {"tries": 3, "project": "Kwiaty & Co", "name": "Anna"},
    "message_taken": {
        "project": "Kwiaty & Co",
        "recipient": "Anna Nowak",
        "phone": "+48 22 123 45 67",
        "seconds": 42,
        "attached": True,
    },
    "reply": TICKET | {"text": "Dear Anna,\n\nthe line works again.\nGood-bye", "agent": "Jan"},
}
EACH = [(kind, language) for kind in PARAMS for language in LANGUAGES]
HOSTILE = "<script>alert(1)</script>\r\nBcc: x@y.example\n{{ 7*7 }} %(ticket)s & \"q\" 'p'"


def _messages() -> set[str | tuple[str, ...]]:
    """Everything the templates say, as gettext finds it."""
    templates = Path(notices.__file__).parent / "templates"
    options = {"**.j2": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "silent": "false"}}
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(str(templates), [("**.j2", "jinja2")], options, keywords=keywords)
    return {message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found}


def test_there_are_parameters_and_an_example_for_each_kind() -> None:
    assert set(get_args(Kind)) == set(PARAMETERS) == set(PARAMS)


def test_the_languages_are_those_we_promise() -> None:
    assert set(LANGUAGES) == {"en", "fr", "pl", "ru"}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != SOURCE])
def test_a_catalogue_translates_everything_the_templates_say_and_nothing_else(language: str) -> None:
    catalogue = read_catalogue(language)
    assert {message.id for message in catalogue if message.id} == _messages()
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), f"{language}: {message.id!r} is not translated"
        assert not message.fuzzy, f"{language}: {message.id!r} is fuzzy"
        if message.id:
            assert len(forms) == (catalogue.num_plurals if message.pluralizable else 1)
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            names = {name for one in ids for name in re.findall(r"%\((\w+)\)s", one)}
            for form in forms:
                assert set(re.findall(r"%\((\w+)\)s", form)) == names, f"{language}: {form!r}"


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_notification_says_what_it_must_in_text_and_html(kind: Kind, language: str) -> None:
    subject, text, html = render_notification(kind, language, PARAMS[kind])
    assert subject
    assert f'lang="{language}"' in html
    without_ticket = {
        "callback_registered": ["+48 22 123 45 67"],
        "callback_tried": [URL],
        "callback_expired": [],
        "message_taken": ["Anna Nowak", "+48 22 123 45 67", "42"],
    }
    for said in ("Kwiaty & Co", *without_ticket.get(kind, ["T-42", URL])):
        assert said in text
        assert said.replace("&", "&amp;") in html
    for rest in ("%(", "{{", "{%", "None", "Undefined"):
        assert rest not in subject + text + html.replace("100%", "")
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 78
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<(img|script|link|iframe)\b", html)


@pytest.mark.parametrize("kind", PARAMS)
def test_each_language_says_it_in_its_own_words(kind: Kind) -> None:
    assert len({render_notification(kind, language, PARAMS[kind]).text for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_hostile_words_are_only_ever_words(kind: Kind, language: str) -> None:
    fields = PARAMETERS[kind].model_fields
    hostile = {name: HOSTILE for name in PARAMS[kind] if fields[name].annotation is str and "url" not in name}
    assert len(hostile) >= 2
    subject, _, html = render_notification(kind, language, PARAMS[kind] | hostile)
    assert "\n" not in subject
    assert "\r" not in subject
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "49" not in html.replace("#", "")[html.index("<h1") :]
    body = html[html.index("<body") :]
    assert set(re.findall(r"<([a-z0-9]+)", body)) <= {
        "body",
        "div",
        "table",
        "tbody",
        "tr",
        "td",
        "h1",
        "h2",
        "p",
        "a",
        "br",
    }


def test_rating_links_carry_the_choice_and_keep_the_rest_of_the_address() -> None:
    html = render_notification("ticket_resolved", "en", PARAMS["ticket_resolved"]).html
    for score in range(1, 6):
        assert f'href="{URL}/agent?x=1&amp;score={score}"' in html
        assert f'href="{URL}/company?score={score}"' in html


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("en", 1, "within 1 day and"),
        ("en", 2, "within 2 days"),
        ("fr", 1, "sous 1 jour "),
        ("fr", 2, "sous 2 jours"),
        ("pl", 1, "w ciągu 1 dnia"),
        ("pl", 22, "w ciągu 22 dni"),
        ("ru", 1, "в течение 1 дня"),
        ("ru", 2, "в течение 2 дней"),
        ("ru", 11, "в течение 11 дней"),
        ("ru", 21, "в течение 21 дня"),
    ],
)
def test_days_stand_in_the_right_number(language: str, number: int, expected: str) -> None:
    text = render_notification("ticket_resolved", language, PARAMS["ticket_resolved"] | {"reopen_days": number}).text
    assert expected in " ".join(text.split())


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("pl", 1, "zadzwonić 1 raz."),
        ("pl", 2, "zadzwonić 2 razy"),
        ("pl", 5, "zadzwonić 5 razy"),
        ("ru", 1, "дозвониться 1 раз."),
        ("ru", 3, "дозвониться 3 раза"),
        ("ru", 5, "дозвониться 5 раз."),
        ("ru", 22, "дозвониться 22 раза"),
    ],
)
def test_attempts_stand_in_the_right_number(language: str, number: int, expected: str) -> None:
    text = render_notification(
        "callback_registered", language, PARAMS["callback_registered"] | {"attempts": number}
    ).text
    assert expected in " ".join(text.split())


def test_times_are_said_in_the_customers_zone_and_language() -> None:
    polish = render_notification("callback_registered", "pl", PARAMS["callback_registered"]).text
    assert "poniedziałek, 3 marca, 09:00" in " ".join(polish.split())


def test_a_mail_that_answers_keeps_the_subject_it_answers() -> None:
    params = PARAMS["ticket_opened"] | {"thread_subject": "RE: My phone"}
    assert render_notification("ticket_opened", "ru", params).subject == "Re: My phone"


def test_an_answer_that_is_a_file_alone_says_where_it_is() -> None:
    _, text, html = render_notification("reply", "fr", TICKET | {"text": "", "attached": True, "agent": "Jan"})
    said = "Vous trouverez notre réponse dans ce qui est joint à ce message."
    assert said in text
    assert said in html
    with pytest.raises(ValueError, match="something attached"):
        render_notification("reply", "fr", TICKET | {"text": ""})


def test_an_agents_words_keep_their_paragraphs_and_lines() -> None:
    _, text, html = render_notification("reply", "en", PARAMS["reply"])
    assert "Dear Anna,\n\nthe line works again.\nGood-bye\n" in text
    assert "the line works again.<br>Good-bye</p>" in html


@pytest.mark.parametrize(
    ("tag", "language"),
    [("pl-PL", "pl"), ("PL_pl", "pl"), ("fr", "fr"), ("de", "en"), ("", "en"), (None, "en"), ("../../x", "en")],
)
def test_the_nearest_language_we_have_is_taken(tag: str | None, language: str) -> None:
    assert closest_language(tag) == language


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ticket_url": "javascript:alert(1)"}, "ticket_url: Value error, must be a full http or https address"),
        ({"ticket_url": "https://x.example/ onmouseover=1"}, "ticket_url"),
        ({"answer_within_hours": -1}, "answer_within_hours: Input should be greater than or equal to 0"),
        ({"answer_in": 3}, "answer_in: Extra inputs are not permitted"),
    ],
)
def test_an_impossible_parameter_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadParameters, match=re.escape(said)):
        render_notification("ticket_opened", "en", PARAMS["ticket_opened"] | change)


def test_a_missing_parameter_and_an_unknown_kind_are_named() -> None:
    with pytest.raises(BadParameters, match="ticket: Field required"):
        render_notification("ticket_opened", "en", {"project": "x", "ticket_url": URL})
    unknown: Any = "ticket_lost"
    with pytest.raises(BadParameters, match="no notification is called 'ticket_lost'; there are: ticket_opened"):
        render_notification(unknown, "en", {})
