"""Call flows: what a caller hears, is asked and is led to, as named steps of `project.yaml`.

A step does one thing and names the steps that may come after it. What is said stands in every language of the flow;
a recording may be heard in its place. `domain.centre.flow_faults` checks that every name leads somewhere and that
every way comes to an end.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from domain.centre.routing import Document, Language, Name, Tier, Title
from domain.sentence import say

#: A step that is named by another.
StepName = Annotated[Name, Field(description="one of this flow's `steps`")]
Key = Annotated[str, Field(pattern=r"^[0-9*#]$", description="a key of the telephone, as in 1")]
Words = Annotated[str, Field(min_length=1, max_length=1000, description="what is said")]
Phrase = Annotated[str, Field(min_length=1, max_length=60, description="words that a caller may say")]
Url = Annotated[
    str,
    Field(
        pattern=r"^https?://[^\s]+$", max_length=500, description="where the sound is, as in https://example.com/a.mp3"
    ),
]
#: Keys of a customer number without groups, so that no pattern can take long: a caller's keys decide the input.
DigitPattern = Annotated[
    str,
    Field(
        pattern=r"^[0-9\[\]\-{},?|]+$", max_length=60, description="a regular expression of digits, as in [0-9]{6,8}"
    ),
]
OutsideAddress = Annotated[
    str,
    Field(
        pattern=r"^(\+[1-9][0-9]{6,14}|sips?:[^\s@]+@[^\s@]+)$",
        max_length=200,
        description="a number (E.164) or SIP address outside the centre, as in +48221234567",
    ),
]
Retries = Annotated[int, Field(ge=0, le=5, description="times that it is asked again")]
Patience = Annotated[int, Field(ge=1, le=60, description="seconds without an answer before it is asked again")]


class Recording(Document):
    """A sound by language: music, or words that somebody spoke."""

    title: Title
    sounds: dict[Language, Url] = Field(min_length=1, description="by language; the flow's first where one is missing")


class Spoken(Document):
    """Something that the caller hears."""

    say: dict[Language, Words] = Field(min_length=1, description="by language, in every one of the flow's `languages`")
    play: Name | None = Field(default=None, description="one of `recordings`, heard in place of what `say` says")


class Asked(Spoken):
    """Something that the caller hears and answers by key (or words)."""

    retries: Retries = 2
    timeout: Patience = 6


class Greet(Spoken):
    """The welcome: heard once in a call, even where the caller comes back to it."""

    then: StepName


class Say(Spoken):
    """Something to say on the way."""

    then: StepName


class OpeningHours(Document):
    """Goes one way while it is open, another while it is closed."""

    hours: Name = Field(description="one of the project's `hours`")
    open: StepName
    closed: StepName


class Menu(Asked):
    """A choice, by key or by words. Who does not choose goes on to `otherwise` after the last repetition."""

    keys: dict[Key, StepName] = Field(min_length=1, description="the step by key")
    phrases: dict[Name, dict[Language, tuple[Phrase, ...]]] = Field(
        default={}, description="words by step and language that stand for its key"
    )
    otherwise: StepName


class Ask(Asked):
    """Asks for the customer number, closed with #. It is looked up, and the caller recognised by it."""

    pattern: DigitPattern = "[0-9]{4,12}"
    known: StepName
    unknown: StepName
    none: StepName = Field(description="one of this flow's `steps`, for who keys nothing that fits")


class LanguageChoice(Asked):
    """Asks for the language; each sentence is said in its own. Who does not choose keeps the number's."""

    keys: dict[Key, Language] = Field(min_length=1, description="the language by key")
    then: StepName


class Consent(Asked):
    """Asks whether the call may be recorded. Silence is no consent."""

    key: Key = "1"
    then: StepName


class Waiting(Document):
    """Puts the caller into a queue, where they wait for an agent."""

    queue: Name = Field(description="one of the project's `queues`")
    priority: Tier | None = Field(default=None, description="in place of the queue's own")
    say: dict[Language, Words] = Field(default={}, description="said on entering, by language")
    music: Name | None = Field(default=None, description="one of `recordings`; silence without")
    announce: bool = Field(default=True, description="say the place in line and the estimated wait, as they change")
    callback: StepName | None = Field(
        default=None, description="a `callback_offer` step, for who would rather be called back"
    )
    callback_key: Key = Field(default="1", description="the key for that, as in 1")
    voicemail: StepName | None = Field(default=None, description="a `voicemail` step, where the queue says so")
    record: Literal["never", "with_consent", "always"] = Field(
        default="never", description="whether the conversation is recorded; `always`: say so before"
    )


class Voicemail(Spoken):
    """Takes a message, which becomes work of a queue with its recording."""

    queue: Name = Field(description="one of the project's `queues`")
    longest: int = Field(default=180, ge=5, le=600, description="seconds")
    then: StepName | None = Field(default=None, description="one of this flow's `steps`; the call ends without")


class CallbackOffer(Asked):
    """Offers to call back, at the number that calls or at one that the caller keys."""

    key: Key = "1"
    ask_number: bool = Field(
        default=False, description="let the caller key another number; always where it is withheld"
    )
    declined: StepName
    accepted: StepName | None = Field(default=None, description="one of this flow's `steps`; the call ends without")


class Transfer(Document):
    """Connects the caller to somebody outside the centre."""

    to: OutsideAddress
    say: dict[Language, Words] = Field(default={}, description="said before, by language")
    ring: int = Field(default=30, ge=5, le=120, description="seconds it rings")
    otherwise: StepName = Field(description="one of this flow's `steps`, when nobody answers")


class MessageTaking(Spoken):
    """Tele-secretariat: takes a message for somebody, to be written down and passed on by a queue's agents."""

    recipient: Title = Field(description="whom the message is for")
    deliver_to: str | None = Field(
        default=None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        max_length=254,
        description="their e-mail address, where each message goes with its sound; agents pass it on without",
    )
    queue: Name = Field(description="one of the project's `queues`")
    longest: int = Field(default=300, ge=5, le=600, description="seconds")
    then: StepName | None = Field(default=None, description="one of this flow's `steps`; the call ends without")


class HangUp(Document):
    """Ends the call."""

    say: dict[Language, Words] = Field(default={}, description="said before, by language")


#: What a step may do: the key in YAML and the field of `FlowStep`.
KINDS: Final = (
    "greet", "say", "hours", "menu", "ask", "language", "consent", "queue", "voicemail", "callback_offer", "transfer",
    "message_taking", "hang_up",
)  # fmt: skip
Does = (
    Greet | Say | OpeningHours | Menu | Ask | LanguageChoice | Consent | Waiting | Voicemail | CallbackOffer | Transfer
    | MessageTaking | HangUp
)  # fmt: skip


class FlowStep(Document):
    """One step; exactly one of these."""

    greet: Greet | None = None
    say: Say | None = None
    hours: OpeningHours | None = None
    menu: Menu | None = None
    ask: Ask | None = None
    language: LanguageChoice | None = None
    consent: Consent | None = None
    queue: Waiting | None = None
    voicemail: Voicemail | None = None
    callback_offer: CallbackOffer | None = None
    transfer: Transfer | None = None
    message_taking: MessageTaking | None = None
    hang_up: HangUp | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> FlowStep:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            said = say("this_one_has_none", "this one has none")
            if given:
                said = say("this_one_has", "this one has {kinds}", kinds=" + ".join(given))
            raise ValueError(
                say(
                    "a_step_does_one_thing_of",
                    "a step does one thing of {kinds}; {said}",
                    kinds=", ".join(KINDS),
                    said=said,
                )
            )
        return self

    @property
    def kind(self) -> str:
        """Which of `KINDS` it does."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def does(self) -> Does:
        """What it does."""
        return getattr(self, self.kind)


class Flow(Document):
    """A call flow: steps by name, beginning with `start`."""

    title: Title
    start: StepName
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1, description="in which everything is said")
    recordings: dict[Name, Recording] = Field(default={}, description="sounds, by name")
    steps: dict[Name, FlowStep] = Field(min_length=1, max_length=200)

    def sound(self, recording: str, language: str) -> str | None:
        """The address of a recording in this language, or in the flow's first; None where there is neither."""
        sounds = self.recordings[recording].sounds if recording in self.recordings else {}
        return next((sounds[one] for one in (language, *self.languages) if one in sounds), None)  # type: ignore[index]


def exits(step: FlowStep) -> list[tuple[str, str]]:
    """The steps that may come next, each with the key (as in `keys.1`) that names it, in the document's order."""
    does, found = step.does, list[tuple[str, str]]()
    for field in (
        "then",
        "open",
        "closed",
        "known",
        "unknown",
        "none",
        "callback",
        "voicemail",
        "accepted",
        "declined",
    ):
        target = getattr(does, field, None)
        if isinstance(target, str):
            found.append((field, target))
    if isinstance(does, Menu):
        found.extend((f"keys.{key}", target) for key, target in does.keys.items())
    if isinstance(does, Menu | Transfer):
        found.append(("otherwise", does.otherwise))
    return found


def by_itself(step: FlowStep) -> list[str]:
    """The steps that follow although the caller does nothing at all, not even leave."""
    does = step.does
    match does:
        case Greet() | Say() | LanguageChoice() | Consent():
            return [does.then]
        case OpeningHours():
            return [does.open, does.closed]
        case Menu() | Transfer():
            return [does.otherwise]
        case Ask():
            return [does.none]
        case CallbackOffer():
            return [does.declined]
        case Voicemail() | MessageTaking():
            return [does.then] if does.then else []
        case _:
            return []


def may_end(step: FlowStep) -> bool:
    """Whether the call can come to its end at this step: an agent, a message, a promise, a goodbye."""
    does = step.does
    if isinstance(does, Voicemail | MessageTaking):
        return does.then is None
    if isinstance(does, CallbackOffer):
        return does.accepted is None
    return isinstance(does, Waiting | Transfer | HangUp)
