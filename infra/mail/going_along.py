"""What goes along with a mail: the files of a reply, or the sound of a message that is passed on."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from channels.email.compose import Enclosed
from domain.delivery.events import NotificationRequested
from domain.enclosing import NamedFile, from_event
from domain.ports import Blobs, RecordingStore
from infra.sealing_blobs import DamagedBlob

_log = logging.getLogger("trunkline.mail.sending")
#: Bytes of a message's sound that a mail may bear: most servers take some 10 MB, and base64 adds a third.
MOST_SOUND = 7_000_000


class FileGone(ValueError):
    """A reply cannot go out as it was written: one of its files is no longer there."""


@dataclass(frozen=True, slots=True)
class GoingAlong:
    """Finds what goes along. A delivery names it once for all, so that every attempt sends the same."""

    blobs: Blobs
    recordings: RecordingStore

    async def __call__(self, request: NotificationRequested) -> tuple[Enclosed, ...]:
        """`request` is opened. Raises `FileGone`, `DamagedBlob`, and whatever keeps a store from being read."""
        if request.kind == "message_taken":
            return await self._sound(request)
        return tuple([await self._file(one) for one in from_event(request.files, request.file_names)])

    async def _file(self, named: NamedFile) -> Enclosed:
        content = await self.blobs.get(named.file.owner, named.file.reference)
        if content is None or not named.name:
            raise FileGone("a file of this reply is gone: it was kept too long, or its customer has been erased")
        return Enclosed(named.name, named.file.media_type, content)

    async def _sound(self, request: NotificationRequested) -> tuple[Enclosed, ...]:
        """Where a mail can bear it; the words go out without it too."""
        try:
            sound = await self.recordings.get(request.customer_id, request.params["reference"])
        except DamagedBlob as fault:
            _log.error("the sound of a message cannot be sent along: %s", fault)
            return ()
        if sound is None or len(sound) > MOST_SOUND:
            return ()
        return (Enclosed("message.wav", request.params["media_type"], sound),)
