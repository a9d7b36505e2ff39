"""`trunkline check`: each fault with its line, what is wrong, and what could stand there."""

from __future__ import annotations

import pytest

from infra.documents import Finding
from tests.configuration.conftest import CENTRE, PROJECT, Check

BOTH = f"{CENTRE}---\n{PROJECT}"


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, [(f.line, f.path, f.what) for f in findings]
    return findings[0]


def test_documents_that_are_in_order_have_no_findings_in_one_file_or_several(check: Check) -> None:
    for checked in (check(BOTH), check(CENTRE, PROJECT), check(PROJECT, CENTRE)):
        assert (checked.findings, checked.exit_code) == ([], 0)
        assert [c.centre for c in checked.centres] == ["demo"]
        assert [p.project for p in checked.projects] == ["hotline"]


def test_a_centre_or_a_project_may_be_checked_alone(check: Check) -> None:
    assert check(CENTRE).findings == []
    assert check(PROJECT).findings == []


#: What is replaced by what; where the fault is, what it says, and what it offers instead.
MISTAKES = [
    ("site: paris", "site: pari", "agents.anna.site", "there is no site 'pari'", "did you mean 'paris'"),
    ("profile: standard", "profile: x", "agents.anna.profile", "no profile 'x'", "'standard'"),
    ("skills: {french: 3}", "skills: {frensh: 3}", "agents.anna.skills.frensh", "no skill 'frensh'", "'french'"),
    ("skills: {french: 3}", "skills: {french: 11}", "agents.anna.skills.french", "from 1 to 10", "`french: 3`"),
    ("skills: {french: 3}", "skills: {french: true}", "agents.anna.skills.french", "this is true", "`french: 3`"),
    ("Europe/Paris", "Europe/Pariss", "sites.paris.time_zone", "no time zone", "did you mean 'Europe/Paris'"),
    ("hotline/billing: {}", "hotline/biling: {}", "profiles.standard.queues.hotline/biling", "no queue", "billing'"),
    ("hotline/billing: {}", "billing: {}", "profiles.standard.queues.billing", "project/queue", "hotline/billing"),
    ("email: {conc", "fax: {concurrency: 1}, email: {conc", "profiles.standard.channels.fax", "channel", "email"),
    (
        "concurrency: 2",
        "concurrency: 2, units: 4",
        "profiles.standard.channels.email.units",
        "has 3 in all",
        "units: 3",
    ),
    ("capacity: 3", "capacity: '3'", "profiles.standard.capacity", "this is the text '3'", "`capacity: 4`"),
    ("capacity: 3", "capacity:", "profiles.standard.capacity", "this is nothing", "`capacity: 4`"),
    ("capacity: 3", "capacitty: 3", "profiles.standard.capacitty", "no key 'capacitty'", "did you mean 'capacity'"),
    ("queue: billing}\nqueues", "queue: bill}\nqueues", "departments.billing.queue", "no queue 'bill'", "'billing'"),
    ("department: billing", "department: x", "mailboxes.help.department", "no department 'x'", "'billing'"),
    ("sender: help", "sender: helb", "status.sender", "no mailbox 'helb'", "did you mean 'help'"),
    ("callbacks: {queue: billing}", "callbacks: {queue: b}", "callbacks.queue", "no queue 'b'", "'billing'"),
    ("skills: {french: 2}", "skills: {polish: 2}", "queues.billing.skills.polish", "no skill 'polish'", "'french'"),
    ("pool: main\ndep", "pool: mian\ndep", "pool", "no centre here has the pool 'mian'", "did you mean 'main'"),
    ("help@example.com", "help", "mailboxes.help.address", "an e-mail address", "`address: help@example.com`"),
    ("skills: {french: 2}", "offer: {timeout: 30s}", "queues.billing.offer.timeout", "the text '30s'", "`timeout: 30`"),
    (
        "skills: {french: 2}",
        "wrap_up: {mode: must}",
        "queues.billing.wrap_up.mode",
        "none, optional, mandatory",
        "none",
    ),
    (
        "skills: {french: 2}",
        "wrap_up: {default_disposition: sold}",
        "queues.billing.wrap_up.default_disposition",
        "no disposition 'sold'",
        "answered",
    ),
    ("title: Hotline\n", "title: Hotline\nlanguage: de\n", "language", "one of en, fr, pl, ru", "`language: en`"),
    ("centre: demo", "centre: Demo Centre", "centre", "lower-case letters", "`centre: demo`"),
    ("  french: {t", "  French: {title: F}\n  french: {t", "skills.French", "lower-case letters", "`french:`"),
    ("schema_version: 1\ncentre", "schema_version: 2\ncentre", "schema_version", "must be 1", "`schema_version: 1`"),
    ("title: Demo\n", "", "title", "`title` is missing", "add `title: Customer service`"),
    (
        "schema_version: 1\ncentre: demo",
        "schema_version: 1\ncenter: demo",
        "",
        "neither `centre:` nor",
        "`centre: demo`",
    ),
]


@pytest.mark.parametrize(("old", "new", "path", "what", "mend"), MISTAKES, ids=[m[1].strip() or m[0] for m in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_what_could_stand_there(
    check: Check, old: str, new: str, path: str, what: str, mend: str
) -> None:
    assert old in BOTH
    checked = check(BOTH.replace(old, new, 1))
    fault = next(f for f in checked.faults if f"{f.line}:{f.column} {f.path}".endswith(path))
    assert what in fault.what
    assert mend in fault.mend
    assert checked.exit_code == 1
    # the line shown is the one with the mistake, or the one under which something is missing
    assert new.split("\n")[0] in fault.text or "missing" in fault.what or "\n" in new or not fault.path


@pytest.mark.parametrize(("old", "new", "path", "what", "mend"), MISTAKES, ids=[m[1].strip() or m[0] for m in MISTAKES])
def test_one_mistake_is_told_once_without_what_merely_follows_from_it(
    check: Check, old: str, new: str, path: str, what: str, mend: str
) -> None:
    checked = check(BOTH.replace(old, new, 1))
    followers = [f for f in checked.faults if what not in f.what]
    # a misspelt required key is missing under its right name too; a wrong pool parts a profile from its queue
    assert all("is missing" in f.what or "is of the pool" in f.what for f in followers), [f.what for f in followers]
    assert len(followers) <= 1


def test_all_mistakes_are_told_at_once_in_order_of_their_lines(check: Check) -> None:
    text = BOTH
    for old, new in (("site: paris", "site: x"), ("capacity: 3", "capacity: 0"), ("sender: help", "sender: y")):
        text = text.replace(old, new)
    checked = check(text.replace("title: Paris", "tytle: Paris"))
    assert [f.path for f in checked.faults] == [
        "sites.paris.title",
        "sites.paris.tytle",
        "profiles.standard.capacity",
        "agents.anna.site",
        "status.sender",
    ]
    assert checked.centres == [], "faulty documents are not handed on"


def test_line_and_column_point_at_the_value(check: Check) -> None:
    fault = only(check(BOTH.replace("site: paris", "site: pari")).findings)
    assert fault.text[fault.column - 1 :].startswith("pari")
    assert BOTH.replace("site: paris", "site: pari").splitlines()[fault.line - 1] == fault.text


def test_a_mistake_in_one_file_is_named_with_that_file(check: Check) -> None:
    fault = only(check(CENTRE, PROJECT.replace("queue: billing}", "queue: x}", 1)).findings)
    assert fault.file.endswith("1.yaml")
    assert (fault.line, fault.text.strip()) == (6, "billing: {title: Billing, queue: x}")


def test_a_mailbox_address_leads_to_one_mailbox_in_whatever_case_and_project(check: Check) -> None:
    other = PROJECT.replace("hotline", "second").replace("help@example.com", "HELP@example.com")
    centre = CENTRE.replace("{hotline/billing: {}}", "{hotline/billing: {}, second/billing: {}}")
    fault = only(check(centre, PROJECT, other).findings)
    assert (fault.path, "'hotline/help' already" in fault.what) == ("mailboxes.help.address", True)
    alias = PROJECT.replace("title: Help,", "title: Help, aliases: [a@x.org, a@x.org],")
    assert only(check(CENTRE, alias).findings).path == "mailboxes.help.aliases.1"


def test_an_agent_works_in_one_pool(check: Check) -> None:
    other = CENTRE.replace("centre: demo", "centre: other").replace("pool: main", "pool: second")
    fault = only(check(CENTRE, other).faults)
    assert (fault.path, "stands in two documents" in fault.what) == ("agents.anna", True)


def test_a_project_stands_in_one_document(check: Check) -> None:
    paths = [f.path for f in check(CENTRE, PROJECT, PROJECT).faults]
    assert "project" in paths


#: Things that can be applied but are hardly meant.
WARNINGS = [
    ("status: {sender: help}\n", "", "status", "no status mails"),
    ("skills: {french: 2}", "skills: {french: 4}", "queues.billing.skills.french", "wait for ever"),
    ("queues:\n", "queues:\n  idle: {title: Idle}\n", "queues.idle", "nothing leads to the queue"),
    ("queues:\n", "queues:\n  idle: {title: Idle}\n", "queues.idle", "no profile serves the queue 'hotline/idle'"),
    (", callback: {concurrency: 1}", "", "callbacks.queue", "no profile there takes it"),
    ("profile: standard", "profile: other", "profiles.standard", "no agent works by the profile"),
]


@pytest.mark.parametrize(("old", "new", "path", "what"), WARNINGS, ids=[w[3] for w in WARNINGS])
def test_what_is_hardly_meant_is_a_warning_and_keeps_nobody_from_applying(
    check: Check, old: str, new: str, path: str, what: str
) -> None:
    text = BOTH.replace(old, new, 1)
    if "profile: other" in new:
        more = "  other: {capacity: 1, channels: {email: {concurrency: 1}}, queues: {hotline/billing: {}}}\nagents:"
        text = text.replace("agents:", more, 1)
    checked = check(text)
    assert [f.severity for f in checked.findings if f.path == path and what in f.what] == ["warning"]
    assert checked.exit_code == 0
    assert checked.centres


def test_skills_that_no_single_head_has_are_told(check: Check) -> None:
    centre = CENTRE.replace("french: {title: French}", "french: {title: F}\n  polish: {title: P}").replace(
        "agents:\n", "agents:\n  jan: {name: Jan, site: paris, profile: standard, skills: {polish: 5}}\n"
    )
    warning = only(check(centre, PROJECT.replace("{french: 2}", "{french: 2, polish: 2}")).findings)
    assert "no single agent of this queue has all of french 2, polish 2" in warning.what


TEXTS = 'numbers: {main: {number: "+48221112233", title: Main, texts: {department: billing%s}}}\n'


@pytest.mark.parametrize(
    ("words", "path", "what"),
    [
        (", keywords: {callback: [STOP]}", "numbers.main.texts.keywords", "stops messages"),
        (", keywords: {help: [INFO], callback: [info]}", "numbers.main.texts.keywords", "declared for 'help' and for"),
        (", keywords: {callback: ['!']}", "numbers.main.texts.keywords", "holds no letter or digit"),
        (", keywords: {stopp: [HALT]}", "numbers.main.texts.keywords.stopp", "stopp"),
        (", interval: 0", "numbers.main.texts.interval", "0.01"),
        (", departement: x", "numbers.main.texts.departement", "no key 'departement'"),
    ],
)
def test_what_is_wrong_with_a_numbers_texts_is_said(check: Check, words: str, path: str, what: str) -> None:
    found = only(check(f"{BOTH}{TEXTS % words}").findings)
    assert (found.path, found.severity) == (path, "fault")
    assert what in found.what + found.mend


def test_a_number_that_takes_neither_calls_nor_texts_is_a_fault(check: Check) -> None:
    found = only(check(f'{BOTH}numbers: {{main: {{number: "+48221112233", title: Main}}}}\n').findings)
    assert (found.path, found.severity) == ("numbers.main", "fault")
    assert "`texts:`" in found.mend


def test_words_for_a_callback_that_nobody_makes_are_warned_of(check: Check) -> None:
    without = BOTH.replace("callbacks: {queue: billing}\n", "")
    found = only(check(f"{without}{TEXTS % ', keywords: {callback: [RING]}'}").findings)
    assert (found.path, found.severity) == ("numbers.main.texts.keywords.callback", "warning")
