"""The new part of a reply, for the mail programs and languages our customers use."""

from __future__ import annotations

import pytest

from channels.email.quotes import reply_of

OLD = "\n\n> old line\n> another\n"


@pytest.mark.parametrize(
    "introduction",
    [
        "On Mon, 3 Mar 2025 at 10:12, Anna <a@b.example> wrote:",
        "On Mon, 3 Mar 2025 at 10:12, Anna Very Long Name\n<a@b.example> wrote:",
        "Le lun. 3 mars 2025 à 10:12, Anna <a@b.example> a écrit :",
        "W dniu 3.03.2025 o 10:12, Anna pisze:",
        "pon., 3 mar 2025 o 10:12 Anna <a@b.example> napisał(a):",
        "Dnia 3 marca 2025 10:12 Anna <a@b.example> napisał(a):",
        "3 марта 2025 г., в 10:12, Анна <a@b.example> написал(а):",
        "пн, 3 мар. 2025 г. в 10:12, Анна <a@b.example>:",
        "Понедельник, 3 марта 2025, 10:12 +03:00 от Анна <a@b.example>:",
        "Am 03.03.2025 um 10:12 schrieb Anna:",
        "El lun, 3 mar 2025 a las 10:12, Anna (<a@b.example>) escribió:",
        "Il giorno lun 3 mar 2025 alle ore 10:12 Anna <a@b.example> ha scritto:",
        "Op ma 3 mrt 2025 om 10:12 schreef Anna <a@b.example>:",
    ],
)
def test_what_a_mail_program_quotes_is_left_out(introduction: str) -> None:
    assert reply_of(f"New words.\n\n{introduction}{OLD}") == "New words."


@pytest.mark.parametrize(
    "block",
    [
        "-----Original Message-----\nFrom: A\nSent: today\nold",
        "________________________________\nFrom: A <a@b.example>\nSent: Monday\nTo: B\nSubject: x\n\nold",
        "De : A\nEnvoyé : lundi\nÀ : B\nObjet : x\n\nold",
        "Od: A\nWysłano: dziś\nDo: B\nTemat: x\n\nold",
        "От: А\nОтправлено: сегодня\nКому: Б\nТема: х\n\nold",
        "-------- Treść przekazanej wiadomości --------\nTemat: x\nold",
        "-------- Пересылаемое сообщение --------\nold",
    ],
)
def test_an_old_mail_copied_below_is_left_out(block: str) -> None:
    assert reply_of(f"New words.\n\n{block}\n") == "New words."


def test_answers_between_quotations_are_kept() -> None:
    text = "On 3 Mar 2025 10:12 Anna wrote:\n> first?\nYes.\n\n> second?\nNo.\n"
    assert reply_of(text) == "Yes.\n\nNo."


def test_the_signature_behind_two_dashes_is_left_out() -> None:
    assert reply_of("Words.\n\n-- \nAnna\nCompany") == "Words."


@pytest.mark.parametrize(
    "mark", ["Sent from my iPhone", "Envoyé de mon iPhone", "Wysłane z iPhone'a", "Отправлено с iPhone"]
)
def test_the_advertisement_of_a_telephone_is_left_out(mark: str) -> None:
    assert reply_of(f"Words.\n\n{mark}") == "Words."


@pytest.mark.parametrize(
    "text",
    [
        "He wrote:\nnothing in 2025",
        "- first item\n- second item",
        "Thanks,\nit works",
        "From: the heart\nI thank you",
        "To: do\nlist",
        "Sent from my iPhone",
        "> only a quotation",
        "My number is 12:\n34",
    ],
)
def test_a_persons_own_words_are_never_cut(text: str) -> None:
    assert reply_of(text) == text


def test_a_forward_without_a_comment_is_kept_whole() -> None:
    text = "---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: today\nSubject: x\nTo: B\n\nold"
    assert reply_of(text) == text
