"""A text that came in becomes what happened: a command of the customer's, a callback, a message on a ticket.

`accept` returns only when all of it is stored. Each text is taken once by its id at the provider, so that a webhook
which comes twice, late or anew changes nothing. What a text commands is done first and the text kept as a message that
wants no answer; after a crash between the two the provider's next try does what is left.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from channels.numbers.reading import read
from channels.numbers.written import Telephone, Withheld
from channels.sms.called_party import country_of
from channels.sms.keywords import BadKeyword, Declared, Keyword, declare, keyword
from channels.sms.ports import TextFault, TextSender
from channels.twilio.moments import IncomingMessage, Medium
from channels.twilio.opting_out import answers_by_itself
from domain.belonging import Referred
from domain.callback import RequestCallback
from domain.centre.numbers import Texts
from domain.customer.contact import callback_key, contact, within
from domain.customer.decide import Contact, RecogniseCustomer
from domain.execute import Done, Executor, Origin
from domain.intake import ReceiveMessage
from domain.interaction.events import Attachment
from domain.ports import Blobs, Clock, Fingerprints
from domain.rejection import Rejection
from domain.texts import TakeKeyword
from infra.texts.accounts import TextAccount
from infra.texts.lines import Line, Lines
from infra.texts.storming import Storming

_log = logging.getLogger("trunkline.texts.receiving")
_ACTOR = "system:texts"
#: Whoever writes without a number that could be answered: a name, a short code, a number withheld.
NOBODY: Final = "anonymous"
#: Seconds for all pictures of a text together; the provider waits for our answer meanwhile, and not for long.
PICTURES: Final = 8.0
_SUBJECT: Final = 80
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]{1,64}/[\w.+-]{1,64}", re.ASCII)


class NotOurs(Exception):
    """No number of ours takes texts there."""


class NotTaken(Exception):
    """More than can be a person's: nothing is acknowledged, and the provider keeps it."""


class _Writer(NamedTuple):
    """Who wrote. `source`: what the number of their texts is bounded for; `unanswerable`: why nobody can be answered
    there, empty for a telephone.
    """

    contact: Contact
    conversation: str
    source: str
    unanswerable: str


class _Pictures(NamedTuple):
    attachments: tuple[Attachment, ...] = ()
    faults: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """Turns arriving texts into commands."""

    executor: Executor
    lines: Lines
    fingerprints: Fingerprints
    blobs: Blobs
    clock: Clock
    storming: Storming = field(default_factory=Storming)

    async def accept(self, account: TextAccount, text: IncomingMessage) -> None:
        """Store a text for good. Raises `NotOurs`, `NotTaken`, and whatever keeps it from being stored."""
        line = await self._line(account, text)
        writer, origin = self._writer(line, text), line.origin(_ACTOR)
        words = f"{text.body}{len(text.media) or ''}"
        judged = await self.storming.judge(writer.source, text.once, words, self.clock())
        if judged.what == "refused":
            raise NotTaken(judged.why)
        commanded = "" if writer.unanswerable else await self._commanded(line, writer.contact, text, origin)
        automatic = writer.unanswerable or judged.why or commanded
        pictures = _Pictures()
        if text.media and judged.what == "taken":
            pictures = await self._pictures(account.texts, line, writer.contact, text.media, origin)
        command = ReceiveMessage(
            project=line.project.project,
            entry=line.name,
            via="sms",
            sender=writer.contact,
            sender_name="",
            subject=_subject(text.body),
            text=text.body,
            external_id=text.message,
            fingerprint=writer.conversation,
            refers=Referred(fingerprints=(writer.conversation,)),
            automatic=automatic,
            attachments=pictures.attachments,
            faults=pictures.faults,
        )
        done = await self.executor.execute(command, origin, once=text.once)
        if done.replayed and pictures.owner:
            # what was pulled once more belongs to no message: that one has its own from the first time
            for one in pictures.attachments:
                await self.blobs.remove(pictures.owner, one.reference)

    async def _line(self, account: TextAccount, text: IncomingMessage) -> Line:
        """The number that was written to. What is refused is refused for good: by the very latest documents."""
        await self.lines.configured.keep_up()
        line = self.lines.at(account.name, text.to)
        if line is None:
            await self.lines.configured.catch_up()
            line = self.lines.at(account.name, text.to)
        if line is None:
            raise NotOurs("a text came to a number that no project has, or that takes none")
        return line

    def _writer(self, line: Line, text: IncomingMessage) -> _Writer:
        """A name or a short code is a customer by itself; who withholds theirs is another one with each text."""
        written, project = read(text.sender, country_of(line.number.number)), line.project.project

        def key(kind: str, name: str) -> str:
            return within(self.fingerprints, project, kind, f"{line.number.number}/{name}")

        if isinstance(written, Telephone):
            of = contact(self.fingerprints, project, "phone", written.e164)
            conversation = key("conversation", written.e164)
            return _Writer(of, conversation, conversation, "")
        source = f"{NOBODY}/{text.sender.casefold()}"
        name = f"{NOBODY}/{text.message}" if isinstance(written, Withheld) else source
        nobody = Contact(kind="phone", address=NOBODY, fingerprint=within(self.fingerprints, project, "phone", name))
        unanswerable = "who wrote has no number that could be answered"
        return _Writer(nobody, key("conversation", name), key("conversation", source), unanswerable)

    async def _commanded(self, line: Line, sender: Contact, text: IncomingMessage, origin: Origin) -> str:
        """Do what the text commands; why it wants no answer, empty where it is a message."""
        found = _keyword(line, text)
        if found is None:
            return ""
        if found.kind == "callback":
            done = await self._callback(line, sender, origin, f"{text.once}:callback")
        else:
            answered = answers_by_itself(text)
            command = TakeKeyword(
                project=line.project.project, entry=line.name, sender=sender, kind=found.kind, answered=answered
            )
            taken = await self.executor.execute(command, origin, once=f"{text.once}:keyword")
            done = _heeded(found.kind, taken)
        return f"keyword: {found.kind}" if done else ""

    async def _callback(self, line: Line, sender: Contact, origin: Origin, once: str) -> bool:
        """Whether a callback is on record now; where the project offers none, the text is a message like any other."""
        rules = line.project.callbacks
        if rules is None:
            return False
        command = RequestCallback(
            project=line.project.project,
            number=sender,
            key=callback_key(self.fingerprints, line.project.project, rules.queue, sender.address),
            name="",
            about="",
            due_at=None,
            entry=line.name,
            language=line.number.language,
            confirm=line.name,
        )
        try:
            await self.executor.execute(command, origin, once=once)
        except Rejection as rejection:
            _log.info("a callback asked for by text is not registered: %s", rejection.code)
            return rejection.code == "already_requested"
        return True

    async def _pictures(
        self, texts: TextSender, line: Line, sender: Contact, media: tuple[Medium, ...], origin: Origin
    ) -> _Pictures:
        """What came along, as far as the provider hands it over in time; what it does not is named on the message."""
        recognise = RecogniseCustomer(contact=sender, name="", language=line.number.language)
        owner = (await self.executor.execute(recognise, origin)).result["customer_id"]
        pulled = await asyncio.gather(*(_pulled(texts, one) for one in media))
        attachments: list[Attachment] = []
        faults: list[str] = []
        for number, (medium, content) in enumerate(zip(media, pulled, strict=True), start=1):
            if isinstance(content, str):
                faults.append(f"attachment {number}: {content}")
                continue
            reference = await self.blobs.put(owner, content)
            kind = medium.content_type if _MEDIA_TYPE.fullmatch(medium.content_type) else "application/octet-stream"
            attachments.append(Attachment(reference=reference, media_type=kind, size=len(content)))
        return _Pictures(tuple(attachments), tuple(faults), owner)


async def _pulled(texts: TextSender, medium: Medium) -> bytes | str:
    """The bytes, or why there are none."""
    try:
        async with asyncio.timeout(PICTURES):
            return await texts.picture(medium.url)
    except TimeoutError:
        return "the provider did not hand it over in time"
    except TextFault as fault:
        return f"the provider did not hand it over: {fault.reason}"


def _keyword(line: Line, text: IncomingMessage) -> Keyword | None:
    if text.media:
        return None
    return keyword(text.body, line.number.language, declared(line.texts))


def _heeded(kind: str, taken: Done) -> bool:
    """Whether the text was a command, also when it is handed to us again and only the streams of its first time are
    told: a START that was one has been answered; any other is a message, which somebody reads.
    """
    if taken.replayed:
        return kind != "start" or "delivery_id" in taken.result
    return taken.result["taken"] == "yes"


def declared(texts: Texts) -> Declared:
    """The number's own words. What `check` would have refused counts as no word at all."""
    return _declared(tuple((kind, words) for kind, words in texts.keywords.items()))


@lru_cache(maxsize=1000)
def _declared(words: tuple[tuple[str, tuple[str, ...]], ...]) -> Declared:
    try:
        return declare(dict(words))  # type: ignore[arg-type]
    except BadKeyword as fault:
        _log.warning("the keywords of a number are not heard: %s", fault)
        return Declared()


def _subject(body: str) -> str:
    """The first words, by which people find the matter in their lists."""
    line = " ".join(body.split())
    return line if len(line) <= _SUBJECT else f"{line[: _SUBJECT - 1].rstrip()}…"
