"""The new words of a reply, as the mail programs of customers really quote the old ones."""
# ruff: noqa: E501 - each as its program writes it

from __future__ import annotations

import pytest

from channels.email.parse import parse
from channels.email.quotes import reply_of

TEXTS = {
    "Gmail en": "On Mon, Mar 3, 2025 at 10:12 AM Anna <a@b.example> wrote:\n\n> old",
    "Gmail fr": "Le lun. 3 mars 2025 à 10:12, Anna <a@b.example> a écrit :\n\n> old",
    "Gmail fr, space that does not break": "Le lun. 3 mars 2025 à 10:12, Anna <a@b.example> a écrit\u00a0:\n\n> old",
    "Gmail pl": "pon., 3 mar 2025 o 10:12 Anna <a@b.example> napisał(a):\n\n> old",
    "Gmail ru": "пн, 3 мар. 2025 г. в 10:12, Анна <a@b.example>:\n\n> old",
    "Gmail de": "Am Mo., 3. März 2025 um 10:12 Uhr schrieb Anna <a@b.example>:\n\n> old",
    "Apple en": "On 3 Mar 2025, at 10:12, Anna <a@b.example> wrote:\n\n> old",
    "Apple en, quoted introduction": "> On 3 Mar 2025, at 10:12, Anna <a@b.example> wrote:\n> \n> old",
    "Apple fr": "Le 3 mars 2025 à 10:12, Anna <a@b.example> a écrit :\n\n> old",
    "Apple pl": "Wiadomość napisana przez Anna <a@b.example> w dniu 3 mar 2025, o godz. 10:12:\n\n> old",
    "Apple ru": "3 марта 2025 г., в 10:12, Анна <a@b.example> написал(а):\n\n> old",
    "Apple de": "Am 03.03.2025 um 10:12 schrieb Anna <a@b.example>:\n\n> old",
    "Yandex": '03.03.2025, 10:12, "Анна" <a@b.example>:\n> old',
    "Yandex, round brackets": "03.03.2025, 10:12, Анна (a@b.example):\n> old",
    "Yandex, labels": '----------------\nКому: Анна (a@b.example);\nТема: x;\n03.03.2025, 10:12, "Анна" <a@b.example>:\n> old',
    "Yandex, not marked": '03.03.2025, 10:12, "Anna" <a@b.example>:\nold\nmore',
    "Mail.ru": ">Понедельник, 3 марта 2025, 10:12 +03:00 от Анна <a@b.example>:\n> \n>old",
    "Mail.ru, no brackets": "Понедельник, 3 марта 2025 г., 10:12 +03:00 от Анна a@b.example:\n\nold",
    "GMX de": 'Gesendet: Montag, 3. März 2025 um 10:12 Uhr\nVon: "Anna" <a@b.example>\nAn: b@c.example\nBetreff: x\n\nold',
    "GMX en": 'Sent: Monday, March 03, 2025 at 10:12 AM\nFrom: "Anna" <a@b.example>\nTo: b@c.example\nSubject: x\n\nold',
    "GMX on a telephone": "Am 03.03.25, 10:12, Anna <a@b.example> schrieb:\nold",
    "Outlook en": "From: Anna <a@b.example>\nSent: Monday, March 3, 2025 10:12 AM\nTo: B <b@c.example>\nSubject: x\n\nold",
    "Outlook de": "Von: Anna <a@b.example>\nGesendet: Montag, 3. März 2025 10:12\nAn: B\nBetreff: x\n\nold",
    "Outlook de, old": "-----Ursprüngliche Nachricht-----\nVon: Anna\nGesendet: Montag\nAn: B\nBetreff: x\n\nold",
    "Outlook fr": "De : Anna <a@b.example>\nEnvoyé : lundi 3 mars 2025 10:12\nÀ : B\nObjet : x\n\nold",
    "Outlook fr, old": "-----Message d’origine-----\nDe : Anna\nold",
    "Outlook pl": "Od: Anna\nWysłano: poniedziałek, 3 marca 2025 10:12\nDo: B\nTemat: x\n\nold",
    "Outlook pl, new": "Od: Anna <a@b.example>\nData: poniedziałek, 3 marca 2025 10:12\nDo: B\nDW: C\nTemat: x\n\nold",
    "Outlook ru": "От: Анна\nОтправлено: 3 марта 2025 г. 10:12\nКому: B\nТема: x\n\nold",
    "Outlook, bold labels": "*From:* Anna\n*Sent:* Monday\n*To:* B\n*Subject:* x\n\nold",
    "Outlook en, telephone": "Get Outlook for iOS<https://aka.ms/o>\n____________________\nFrom: A\nSent: x\nTo: B\nSubject: x\n\nold",
    "Outlook de, telephone": "Gesendet von Outlook für iOS<https://aka.ms/o>\n____________________\nVon: A\nGesendet: x\nAn: B\n\nold",
    "Outlook pl, telephone": "Pobierz program Outlook dla systemu iOS<https://aka.ms/o>\n____________________\nOd: A\nWysłane: x\nDo: B\n\nold",
    "Outlook ru, telephone": "Получить Outlook для iOS<https://aka.ms/o>\n____________________\nОт: А\nОтправлено: x\nКому: B\n\nold",
    "Onet": "Dnia 3 marca 2025 10:12 a@b.example napisał(a):\nold",
    "Interia": 'Od: "Anna" <a@b.example>\nDo: b@c.example;\nWysłane: 10:12 Poniedziałek 2025-03-03\nTemat: x\n\nold',
    "Orange": '> Message du 03/03/25 10:12\n> De : "Anna" <a@b.example>\n> A : b@c.example\n> Objet : x\n> \n> old',
    "La Poste": 'De : "Anna" <a@b.example>\nA : b@c.example\nEnvoyé: lundi 3 Mars 2025 10:12\nObjet : x\n\nold',
    "Yahoo en": "    On Monday, March 3, 2025 at 10:12:00 AM GMT+1, Anna <a@b.example> wrote:  \n \n old",
    "Thunderbird pl": "W dniu 03.03.2025 o 10:12, Anna pisze:\n> old",
    "Thunderbird ru": "03.03.2025 10:12, Анна пишет:\n> old",
    "Samsung ru": "-------- Оригинал сообщения --------\nОт: Анна\nold",
    "Samsung pl": "-------- Oryginalna wiadomość --------\nOd: Anna\nold",
    "Proton": "Sent with Proton Mail secure email.\n\nOn Monday, March 3rd, 2025 at 10:12 AM, Anna <a@b.example> wrote:\n\n> old",
    "iPhone de": "Von meinem iPhone gesendet\n\n> Am 03.03.2025 um 10:12 schrieb Anna <a@b.example>:\n> \n> \ufeffold",
}
HTML = {
    "Gmail": '<div dir="ltr">New.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
    "On Mon, Mar 3, 2025 at 10:12\u202fAM Anna &lt;<a href='mailto:a@b.example'>a@b.example</a>&gt; wrote:<br></div>"
    '<blockquote class="gmail_quote" style="margin:0px"><div>old</div></blockquote></div>',
    "Outlook": '<html><body><div class="WordSection1"><p class="MsoNormal">New.<o:p></o:p></p><p><o:p>&nbsp;</o:p></p>'
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Von:</b> Anna &lt;a@b.example&gt;"
    " <br><b>Gesendet:</b> Montag, 3. März 2025 10:12<br><b>An:</b> B<br><b>Betreff:</b> x</p></div><p>old</p></div>",
    "Outlook.com": '<div dir="ltr">New.</div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr">'
    "<font><b>De :</b> Anna &lt;a@b.example&gt;<br><b>Envoyé :</b> lundi 3 mars 2025 10:12<br><b>À :</b> B<br>"
    "<b>Objet :</b> x</font></div><div>old</div>",
    "Apple": '<div>New.<br><div><br><blockquote type="cite"><div>Le 3 mars 2025 à 10:12, Anna &lt;a@b.example&gt; a écrit :'
    "</div><br><div>old</div></blockquote></div></div>",
    "Yandex": '<div>New.</div><div> </div><div>03.03.2025, 10:12, "Анна" &lt;a@b.example&gt;:</div><blockquote><p>old</p>'
    "</blockquote>",
    "GMX": '<div style="font-family: Verdana"><div>New.</div><div>&nbsp;<div name="quote" style="margin:10px">'
    '<div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 3. März 2025 um 10:12 Uhr<br/><b>Von:</b>&nbsp;&quot;'
    "Anna&quot; &lt;a@b.example&gt;<br/><b>An:</b>&nbsp;b@c.example<br/><b>Betreff:</b>&nbsp;x</div><div>old</div></div></div>"
    "</div>",
}


@pytest.mark.parametrize("program", TEXTS)
def test_only_the_new_words_of_a_text_are_left(program: str) -> None:
    assert reply_of(f"New.\n\n{TEXTS[program]}\n") == "New."


@pytest.mark.parametrize("program", HTML)
def test_only_the_new_words_of_an_html_mail_are_left(program: str) -> None:
    raw = b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n" + HTML[program].encode()
    assert parse(raw).reply == "New."


@pytest.mark.parametrize(
    "text",
    [
        "Sent: yesterday\nby post, I mean",
        "Data: nie pamiętam\nproszę o kontakt",
        "----------\nAnna\nTo: be decided",
        "Call me at 10:30 (a@b.example is my wife's) please:\n12",
        "Ответ от 10:30:\nготово",
    ],
)
def test_words_that_only_look_like_an_introduction_are_kept(text: str) -> None:
    assert reply_of(text) == text


@pytest.mark.parametrize(
    "hostile", ["x от " * 80 + ":\n", "(a@" * 100 + " 10:10:\n", " от a@" * 60 + "10:10 b:\n", "-" * 10 + "\nTo:\n"]
)
def test_a_text_made_to_be_slow_is_read(hostile: str) -> None:
    assert reply_of(hostile * 3_000)
