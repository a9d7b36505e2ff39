"""What a mail is taken for, and that no two machines can be made to talk to each other for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from channels.email.compose import OutgoingMail, compose, references_after, reply_subject
from channels.email.identity import Foreign, Identity, Own, Token
from channels.email.ingress import (
    AutomaticMail,
    Bounced,
    Classified,
    Envelope,
    ListMail,
    Mailbox,
    Message,
    Unaddressed,
    classify,
    once_key,
)
from channels.email.model import Address, ParsedMail
from channels.email.parse import parse
from channels.email.retry import held_back

MAILS = Path(__file__).parent / "mails"
OURS = Identity("hotline.example", (b"a secret of the centre",))
SUPPORT = Mailbox("support", "support@hotline.example", ("help@hotline.example",), ("inbox.hotline.example",))
SALES = Mailbox("sales", "sales@hotline.example")
NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)


def _classified(raw: bytes, to: str = "support@hotline.example", sender: str | None = "ann@example.org") -> Classified:
    return classify(parse(raw), Envelope(sender, (to,)), (SUPPORT, SALES), OURS)


def _letter(*headers: str) -> bytes:
    return "\r\n".join(["From: Ann <ann@example.org>", "Message-ID: <1@example.org>", *headers, "", "Hello"]).encode()


def _ours(delivery: str, to: str, *, automatic: bool = True, answering: ParsedMail | None = None) -> bytes:
    """A mail as we send it."""
    return compose(
        OutgoingMail(
            sender=Address("support@hotline.example", "Support"),
            to=(Address(to),),
            subject=reply_subject(answering.subject) if answering else "Request T-1",
            text="We have received your request.",
            message_id=OURS.message_id(delivery),
            date=NOON,
            in_reply_to=answering.message_id if answering else "",
            references=references_after(answering.references, answering.message_id) if answering else (),
            automatic=automatic,
        )
    )


@pytest.mark.parametrize(
    "to",
    [
        "support@hotline.example",
        "SUPPORT@Hotline.Example",
        "help@hotline.example",
        "support+anything@hotline.example",
        "<help+x@hotline.example>",
    ],
)
def test_a_persons_mail_to_any_form_of_a_mailbox_is_a_message_for_it(to: str) -> None:
    assert _classified(_letter("Subject: x"), to) == Message(SUPPORT, ())


def test_the_mailbox_is_found_in_the_headers_where_the_envelope_does_not_tell() -> None:
    mail = parse(_letter("To: someone@example.org", "X-Original-To: sales@hotline.example"))
    assert classify(mail, Envelope(None, ()), (SUPPORT, SALES), OURS) == Message(SALES, ())


def test_mail_for_nobody_we_know_is_said_to_be_so() -> None:
    assert _classified(_letter("Subject: x"), "nobody@elsewhere.example") == Unaddressed(("nobody@elsewhere.example",))


def test_an_answer_to_our_mail_continues_the_delivery_it_answers() -> None:
    raw = _letter(f"References: <0@example.org> {OURS.message_id('d1')}")
    assert _classified(raw) == Message(SUPPORT, (Own("d1"), Foreign("<0@example.org>")))


def test_an_answer_without_references_continues_the_ticket_of_its_address() -> None:
    assert _classified(_letter(), OURS.reply_address("support@hotline.example", "t1")) == Message(
        SUPPORT, (Token("t1"),)
    )


def test_a_bounce_names_the_delivery_by_the_address_it_came_to() -> None:
    raw = (MAILS / "bounce_postfix.eml").read_bytes()
    found = _classified(raw, OURS.bounce_address("d7"), "")
    assert isinstance(found, Bounced)
    assert found.delivery_id == "d7"
    assert [(one.address, one.status, one.permanent) for one in found.recipients] == [
        ("nobody@example.org", "5.1.1", True)
    ]


def test_a_bounce_names_the_delivery_by_the_message_id_it_brings_back() -> None:
    for name, fake in (("bounce_postfix", b"<d7.aaaaaaaaaaaaaaaa@"), ("bounce_qmail", b"<d9.aaaaaaaaaaaaaaaa@")):
        raw = (MAILS / f"{name}.eml").read_bytes()
        real = raw.replace(fake + b"hotline.example>", OURS.message_id("d9").encode())
        assert real != raw
        found = _classified(real, "support@hotline.example", "")
        assert isinstance(found, Bounced)
        assert found.delivery_id == "d9"


def test_a_forged_bounce_names_no_delivery() -> None:
    found = _classified((MAILS / "bounce_postfix.eml").read_bytes(), "bounce+d7.aaaaaaaaaaaaaaaa@hotline.example", "")
    assert isinstance(found, Bounced)
    assert found.delivery_id is None


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Auto-Submitted: auto-replied (vacation)", "replied"),
        ("Auto-Submitted: auto-generated", "generated"),
        ("Auto-Submitted: auto-notified; owner-email=a@b", "notified"),
        ("Auto-Submitted: Auto-Replied", "replied"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: auto_reply", "replied"),
        ("X-Autoreply: yes", "replied"),
        ("X-Autorespond: whatever", "replied"),
        ("X-Loop: ann@example.org", "suspected"),
        ("Return-Path: <>", "replied"),
    ],
)
def test_a_machines_mail_is_known_by_its_headers_and_says_which(header: str, kind: str) -> None:
    found = _classified(_letter(header))
    assert isinstance(found, AutomaticMail)
    assert found.sign.kind == kind
    assert header.partition(":")[0] in found.sign.why


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: no",
        "Precedence: first-class",
        "List-Unsubscribe: <mailto:x@example.org>",
        "Subject: Out of office: how do I switch it off?",
        "Subject: Re: Automatic reply: T-1\r\nIn-Reply-To: <x@example.org>",
        "Return-Path: <ann@example.org>",
    ],
)
def test_a_persons_mail_is_not_taken_for_a_machines(header: str) -> None:
    assert isinstance(_classified(_letter(header)), Message)


def test_what_answers_to_our_envelope_sender_is_a_machine() -> None:
    found = _classified(_letter("Subject: I am away"), OURS.bounce_address("d1"))
    assert isinstance(found, AutomaticMail)
    assert "envelope sender" in found.sign.why


def test_a_null_envelope_sender_is_a_machines() -> None:
    assert isinstance(_classified(_letter(), sender=""), AutomaticMail)


def test_our_own_mail_that_comes_back_is_never_a_customers() -> None:
    found = _classified(_ours("d1", "help@hotline.example", automatic=False))
    assert isinstance(found, AutomaticMail)
    assert "came back" in found.sign.why


def test_a_mail_whose_author_is_a_mailbox_of_ours_is_never_a_customers() -> None:
    raw = b"From: Help+x <help+x@hotline.example>\r\nMessage-ID: <1@x>\r\n\r\nHello"
    assert isinstance(_classified(raw), AutomaticMail)


def test_list_mail_is_told_from_customers_mail_that_comes_through_a_list() -> None:
    headers = ("Precedence: list", "List-Post: <mailto:l@example.org>")
    assert isinstance(_classified(_letter("List-Id: X <x.example.org>", *headers)), ListMail)
    assert isinstance(_classified(_letter("List-Id: X <x.example.org>")), ListMail)
    assert _classified(_letter("List-Id: Inbox <inbox.hotline.example>", *headers)) == Message(SUPPORT, ())


def test_two_centres_facing_each_other_stop_after_one_mail_each_way() -> None:
    """Each answers every message of a person with a status mail; theirs is this same software."""
    theirs = Identity("other.example", (b"the secret of the others",))
    their_box = Mailbox("info", "info@other.example")
    raw, sent = _ours("d1", "info@other.example"), 0
    while sent < 10:
        found = classify(parse(raw), Envelope("x@hotline.example", ("info@other.example",)), (their_box,), theirs)
        if not isinstance(found, Message):
            break
        sent += 1
        raw = _ours(f"d{sent + 1}", "info@other.example", answering=parse(raw))
    assert sent == 0


def test_an_auto_responder_that_owns_up_to_nothing_only_ever_continues_one_ticket() -> None:
    """It sets no header that tells, but its answers name our mail, so no second ticket is opened and confirmed."""
    our_mail = parse(_ours("d1", "robot@robot.example"))
    answer = (
        f"From: robot@robot.example\r\nTo: support@hotline.example\r\nSubject: Re: {our_mail.subject}\r\n"
        f"Message-ID: <r1@robot.example>\r\nIn-Reply-To: {our_mail.message_id}\r\n\r\nThank you for your mail."
    )
    assert _classified(answer.encode()) == Message(SUPPORT, (Own("d1"),))


def test_an_auto_responder_that_names_nothing_is_held_back_after_a_few_mails() -> None:
    """It starts a new thread each time: what ends this is the bound on automatic mails to one address."""
    sent: list[datetime] = []
    now = NOON
    for _ in range(1000):
        answer = parse(b"From: robot@robot.example\r\nTo: support@hotline.example\r\nSubject: Thanks\r\n\r\nThank you.")
        found = classify(answer, Envelope("robot@robot.example", ("support@hotline.example",)), (SUPPORT,), OURS)
        assert isinstance(found, Message)
        if held_back(sent, now) is None:
            sent.append(now)
        now += timedelta(seconds=5)
    assert len(sent) <= 2 * 6
    assert "automatic mails to this address within 1 h" in str(held_back(sent, sent[-1]))


def test_the_same_mail_by_two_ways_has_one_key() -> None:
    first = _letter("Subject: x", "Received: from a")
    second = b"Received: from c\r\nDelivered-To: y@hotline.example\r\n" + first + b"\r\n"
    assert once_key("support", parse(first), first) == once_key("support", parse(second), second)


@pytest.mark.parametrize("change", [b"Hello", b"Subject: x", b"ann@example.org"])
def test_a_message_id_used_again_for_other_content_has_another_key(change: bytes) -> None:
    raw = _letter("Subject: x")
    other = raw.replace(change, b"Other" + change)
    assert parse(other).message_id == parse(raw).message_id
    assert once_key("support", parse(raw), raw) != once_key("support", parse(other), other)


def test_one_mail_to_two_mailboxes_has_two_keys_and_none_tells_anything_of_its_author() -> None:
    raw = _letter("Subject: x")
    keys = {once_key(box, parse(raw), raw) for box in ("support", "sales")}
    assert len(keys) == 2
    assert not [key for key in keys if "example.org" in key]


def test_mails_without_a_message_id_are_told_apart_by_their_bytes() -> None:
    one, two = b"From: a@b.example\n\none", b"From: a@b.example\n\ntwo"
    assert once_key("support", parse(one), one) != once_key("support", parse(two), two)
    assert once_key("support", parse(one), one) == once_key("support", parse(one), one)
