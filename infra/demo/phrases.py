"""What simulated people write, in the four languages. `{order}` is a number that tells matters apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language. `quoting` introduces what is quoted, as mail programs of that language write it; `spoken` is what
    an agent says on the telephone, one after the other."""

    names: tuple[str, ...]
    domain: str
    charset: str
    matters: tuple[tuple[str, str], ...]
    further: tuple[str, ...]
    unsettled: str
    greeting: str
    signature: str
    quoting: str
    away: tuple[str, str]
    answers: tuple[str, ...]
    questions: tuple[str, ...]
    spoken: tuple[str, ...]
    praise: tuple[str, ...]
    callback: str


ENGLISH = Phrases(
    names=("Anna Björk", "Siân O'Neill", "Zoë Fairbairn", "Tom Whitlock", "Renée Müller-Lüdenscheidt", "Ngozi Adeyemi"),
    domain="mail.example",
    charset="utf-8",
    matters=(
        (
            "Where is my parcel {order}? 📦",
            "Hello,\n\nI ordered on Monday and the parcel {order} has not come. Where is it?",
        ),
        (
            "Invoice {order} is wrong",
            "Good morning,\n\nthe invoice {order} says 120, we agreed on 102. Please correct it.",
        ),
        ("Cannot sign in", "Hi,\n\nsince the update I cannot sign in with my customer number {order}. What can I do?"),
        (
            "Cancel my order {order}",
            "Hello,\n\nplease cancel the order {order}, I have found what I was looking for in my attic.",
        ),
        (
            "Naïve question about tariff {order}",
            "Hi there,\n\nis the tariff {order} the one with calls to Åland included? 🙂",
        ),
    ),
    further=("The number on the box is {order}.", "I have looked again: it is the {order}, please check."),
    unsettled="I am sorry, but this is not settled: {order} is still the same.",
    greeting="Kind regards",
    signature="Sent with a steam engine",
    quoting="On {date}, {name} <{address}> wrote:",
    away=("Out of office: I am away", "I am out of the office until Monday and will answer then."),
    answers=(
        "Thank you for writing. I have looked into it and set it right; you need do nothing more.",
        "I am sorry for the trouble. It is on its way now and should be with you tomorrow.",
    ),
    questions=("Could you tell us the number on the back of the box?", "Which of your orders is this about?"),
    spoken=(
        "Good day, what can I do for you?",
        "I see it here: it is on its way and with you tomorrow.",
        "Gladly. Is there anything else?",
    ),
    praise=("Quick and kind, thank you! 🎉", "Took a while, but solved."),
    callback="Please call me about my order {order}.",
)

FRENCH = Phrases(
    names=("Éloïse Brûlé", "François Lefèvre", "Maëlys Garçon", "Noël Châtelain", "Anaïs Dupré"),
    domain="courriel.example",
    charset="iso-8859-15",
    matters=(
        (
            "Colis {order} non reçu",
            "Bonjour,\n\nje n'ai pas reçu le colis {order} que j'ai commandé pour Noël. Où est-il ?",
        ),
        (
            "Facture {order} : erreur",
            "Bonjour,\n\nla facture {order} n'est pas la mienne. Merci de vérifier dans vos dossiers.",
        ),
        ("Mot de passe oublié", "Bonjour,\n\nje ne peux pas me connecter avec le numéro {order}. Que dois-je faire ?"),
        (
            "Résiliation du contrat {order}",
            "Madame, Monsieur,\n\nje vous prie de résilier le contrat {order} à la fin du mois.",
        ),
    ),
    further=("Le numéro sur la boîte est {order}.", "J'ai vérifié : c'est bien le {order}, merci."),
    unsettled="Ce n'est pas réglé : le {order} est toujours dans le même état.",
    greeting="Cordialement",
    signature="Envoyé de mon minitel",
    quoting="Le {date}, {name} <{address}> a écrit :",
    away=("Réponse automatique : absence", "Je suis absent du bureau jusqu'à lundi et vous répondrai à mon retour."),
    answers=(
        "Merci pour votre message. J'ai vérifié votre dossier et tout est corrigé.",
        "Je suis désolé pour ce désagrément. Votre colis est parti ce matin et arrive demain.",
    ),
    questions=("Pouvez-vous nous donner le numéro au dos de la boîte ?", "De quelle commande s'agit-il ?"),
    spoken=(
        "Bonjour, que puis-je faire pour vous ?",
        "Je le vois ici : il est en route et arrivera demain.",
        "Avec plaisir. Puis-je faire autre chose ?",
    ),
    praise=("Très aimable, merci beaucoup !", "Un peu long, mais c'est réglé."),
    callback="Merci de me rappeler au sujet de la commande {order}.",
)

POLISH = Phrases(
    names=("Łucja Żółkiewska", "Grzegorz Brzęczyszczykiewicz", "Małgorzata Świątek", "Paweł Gąsior", "Kamil Wójcik"),
    domain="poczta.example",
    charset="iso-8859-2",
    matters=(
        (
            "Gdzie jest paczka {order}?",
            "Dzień dobry,\n\nnie dostałem jeszcze paczki {order}. Proszę o informację, gdzie ona jest.",
        ),
        ("Błąd na fakturze {order}", "Dzień dobry,\n\nna fakturze {order} jest błędna kwota. Proszę o korektę."),
        (
            "Nie mogę się zalogować",
            "Dzień dobry,\n\nod wczoraj nie mogę się zalogować, mój numer to {order}. Proszę o pomoc.",
        ),
        (
            "Pytanie o taryfę {order}",
            "Dzień dobry,\n\nczy w taryfie {order} są już rozmowy do Łodzi? Proszę o odpowiedź.",
        ),
    ),
    further=("Numer na pudełku to {order}.", "Sprawdziłem jeszcze raz, to jest {order}, proszę o sprawdzenie."),
    unsettled="Niestety sprawa nie jest załatwiona, {order} wygląda tak samo jak przedtem.",
    greeting="Z poważaniem",
    signature="Wysłane z mojej maszyny do pisania",
    quoting="W dniu {date} {name} <{address}> napisał(a):",
    away=("Automatyczna odpowiedź: nieobecność", "Jestem poza biurem do poniedziałku, odpowiem po powrocie."),
    answers=(
        "Dziękujemy za wiadomość. Sprawdziłem i wszystko jest już poprawione.",
        "Przepraszamy za kłopot. Paczka jest w drodze i będzie u Państwa jutro.",
    ),
    questions=("Czy może Pan(i) podać numer z tyłu pudełka?", "Którego zamówienia to dotyczy?"),
    spoken=(
        "Dzień dobry, w czym mogę pomóc?",
        "Widzę to tutaj: jest w drodze i dotrze jutro.",
        "Proszę bardzo. Czy coś jeszcze?",
    ),
    praise=("Szybko i miło, dziękuję!", "Trochę to trwało, ale załatwione."),
    callback="Proszę o telefon w sprawie zamówienia {order}.",
)

RUSSIAN = Phrases(
    names=("Алёна Щукина", "Пётр Ёлкин", "Наталья Цветаева", "Ефим Шишкин"),
    domain="pochta.example",
    charset="koi8-r",
    matters=(
        ("Где моя посылка {order}?", "Здравствуйте!\n\nЯ не получил посылку {order}. Скажите, пожалуйста, где она?"),
        ("Ошибка в счёте {order}", "Здравствуйте!\n\nВ счёте {order} не та сумма. Прошу вас это исправить, спасибо."),
        ("Не могу войти", "Здравствуйте!\n\nЯ не могу войти под моим номером {order}. Что мне делать? Спасибо."),
        ("Вопрос о тарифе {order}", "Добрый день!\n\nВходят ли в тариф {order} звонки в Тверь? Пожалуйста, ответьте."),
    ),
    further=("Номер на коробке — {order}.", "Я проверил ещё раз: это {order}, посмотрите, пожалуйста."),
    unsettled="К сожалению, это не решено: с {order} всё как было.",
    greeting="С уважением",
    signature="Отправлено с моего телеграфа",
    quoting="{date}, {name} <{address}> пишет:",
    away=("Автоответ: нет на месте", "Меня нет на месте до понедельника, я отвечу, когда вернусь."),
    answers=(
        "Спасибо за письмо. Я проверил: всё исправлено, от вас ничего не нужно.",
        "Извините за неудобство. Посылка уже в пути и будет у вас завтра.",
    ),
    questions=("Назовите, пожалуйста, номер на обратной стороне коробки.", "О каком заказе идёт речь?"),
    spoken=(
        "Здравствуйте, чем могу помочь?",
        "Вижу: всё в пути и будет у вас завтра.",
        "Пожалуйста. Что-нибудь ещё?",
    ),
    praise=("Быстро и вежливо, спасибо!", "Долго, но решено."),
    callback="Перезвоните мне, пожалуйста, по заказу {order}.",
)

LANGUAGES: Mapping[str, Phrases] = {"en": ENGLISH, "fr": FRENCH, "pl": POLISH, "ru": RUSSIAN}

#: What agents say about it among themselves.
NOTES = ("Third contact this month, be kind.", "Depot confirmed by telephone.", "Refund approved by the shift lead.")
REASONS_TO_DECLINE = ("on a difficult case", "not my product", "need a minute")
