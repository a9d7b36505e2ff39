"""Twilio's REST API as we use it: every call bounded, every fault named, records in and out of small dataclasses.

The library's own client makes the requests (`channels.twilio.transport` carries them), so paths, parameter names and
authentication are Twilio's. Its resources are not typed; they end here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

from twilio.rest import Client  # pyright: ignore[reportMissingTypeStubs]

from channels.twilio.breaker import Breaker
from channels.twilio.parameters import RECORDING_EVENTS, call_callback, given, made_since
from channels.twilio.records import Call, Conference, IncomingNumber, Message, Participant, Recording
from channels.twilio.transport import Account, Bounds, Transport

#: How far back a list is read, in records.
_FURTHEST: Final = 200


class TwilioRest:
    """Requests on behalf of one account.

    Every method raises `Refused` (4xx), `NotThere` (404), `Unavailable` (certainly not done, worth another try later)
    or, for what changes something, `UnknownOutcome`.
    """

    def __init__(self, account: Account, bounds: Bounds | None = None, breaker: Breaker | None = None) -> None:
        self.account_sid = account.sid
        self._transport = Transport(account, bounds, breaker)
        client: Any = Client(account.sid, account.token, http_client=self._transport, environment={})
        self._api: Any = client.api.v2010.account

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._transport.close()

    def away(self) -> float:
        """Seconds for which nothing is asked, since Twilio did not answer lately; 0: it can be asked."""
        return self._transport.away()

    # texts

    async def send_message(
        self,
        to: str,
        body: str,
        *,
        sender: str | None = None,
        messaging_service: str | None = None,
        media: Sequence[str] = (),
        status_callback: str | None = None,
        validity: int | None = None,
    ) -> Message:
        """Send a text. `validity`: seconds after which Twilio gives up sending it."""
        return Message.of(
            await self._api.messages.create_async(
                to=to,
                **given(
                    body=body or None, from_=sender, messaging_service_sid=messaging_service,
                    media_url=list(media) or None, status_callback=status_callback, validity_period=validity,
                ),
            )
        )  # fmt: skip

    async def fetch_message(self, sid: str) -> Message:
        return Message.of(await self._api.messages(sid).fetch_async())

    async def list_messages(
        self, *, to: str | None = None, sender: str | None = None, since: datetime | None = None, limit: int = _FURTHEST
    ) -> list[Message]:
        """The newest messages first.

        Filtered by when they were made, not by DateSent: a message still queued has no such date yet, and it is the one
        that an attempt of unknown outcome looks for.
        """
        found = await self._api.messages.list_async(limit=limit, **given(to=to, from_=sender))
        return made_since([Message.of(one) for one in found], since)

    async def picture(self, path: str) -> bytes:
        """What came along with a text; `path` is that of its Media resource, which redirects to the bytes."""
        return await self._transport.media(path)

    # calls

    async def create_call(
        self,
        to: str,
        caller: str,
        *,
        url: str | None = None,
        twiml: str | None = None,
        status_callback: str | None = None,
        ring: int | None = None,
        longest: int | None = None,
        detect_machine: bool = False,
        send_digits: str | None = None,
    ) -> Call:
        """Call somebody. `ring` and `longest` in seconds: how long to let it ring, how long it may last."""
        return Call.of(
            await self._api.calls.create_async(
                to=to,
                from_=caller,
                **given(
                    url=url, twiml=twiml, timeout=ring, time_limit=longest, send_digits=send_digits,
                    machine_detection="Enable" if detect_machine else None, **call_callback(status_callback),
                ),
            )
        )  # fmt: skip

    async def fetch_call(self, sid: str) -> Call:
        return Call.of(await self._api.calls(sid).fetch_async())

    async def redirect_call(self, sid: str, *, url: str | None = None, twiml: str | None = None) -> Call:
        """Take a call in progress off what it does and let it do what `url` or `twiml` says."""
        return Call.of(await self._api.calls(sid).update_async(**given(url=url, twiml=twiml)))

    async def end_call(self, sid: str, *, if_ringing: bool = False) -> Call:
        """Hang up. `if_ringing`: only if nobody answered yet."""
        return Call.of(await self._api.calls(sid).update_async(status="canceled" if if_ringing else "completed"))

    async def list_calls(
        self,
        *,
        to: str | None = None,
        caller: str | None = None,
        status: str | None = None,
        parent: str | None = None,
        since: datetime | None = None,
        limit: int = _FURTHEST,
    ) -> list[Call]:
        """The newest calls first; like messages, by when they were made: a queued call has no start time yet."""
        found = await self._api.calls.list_async(
            limit=limit, **given(to=to, from_=caller, status=status, parent_call_sid=parent)
        )
        return made_since([Call.of(one) for one in found], since)

    # conferences

    async def list_conferences(
        self, *, name: str | None = None, status: str | None = None, limit: int = _FURTHEST
    ) -> list[Conference]:
        found = await self._api.conferences.list_async(limit=limit, **given(friendly_name=name, status=status))
        return [Conference.of(one) for one in found]

    async def fetch_conference(self, sid: str) -> Conference:
        return Conference.of(await self._api.conferences(sid).fetch_async())

    async def end_conference(self, sid: str) -> Conference:
        return Conference.of(await self._api.conferences(sid).update_async(status="completed"))

    async def announce(self, sid: str, url: str) -> Conference:
        """Let everybody in the conference hear the document at `url`."""
        return Conference.of(await self._api.conferences(sid).update_async(announce_url=url))

    # participants

    async def add_participant(
        self,
        conference: str,
        to: str,
        caller: str,
        *,
        label: str | None = None,
        status_callback: str | None = None,
        conference_callback: str | None = None,
        ring: int | None = None,
        muted: bool = False,
        coach: str | None = None,
        ends_conference: bool = False,
        starts_conference: bool = True,
        wait_url: str | None = None,
    ) -> Participant:
        """Call `to` into the conference of this name (made if there is none) or identifier.

        `coach`: the leg that alone hears the new one. `ring` in seconds, at least 5.
        """
        events = ["start", "end", "join", "leave", "mute", "hold"] if conference_callback else None
        return Participant.of(
            await self._api.conferences(conference).participants.create_async(
                from_=caller,
                to=to,
                start_conference_on_enter=starts_conference,
                end_conference_on_exit=ends_conference,
                beep="false",
                **given(
                    label=label, timeout=ring, wait_url=wait_url, muted=muted or None,
                    coaching=True if coach else None, call_sid_to_coach=coach,
                    conference_status_callback=conference_callback, conference_status_callback_event=events,
                    **call_callback(status_callback),
                ),
            )
        )  # fmt: skip

    async def list_participants(self, conference: str, *, limit: int = _FURTHEST) -> list[Participant]:
        found = await self._api.conferences(conference).participants.list_async(limit=limit)
        return [Participant.of(one) for one in found]

    async def fetch_participant(self, conference: str, call: str) -> Participant:
        """`call`: the leg's identifier or its label."""
        return Participant.of(await self._api.conferences(conference).participants(call).fetch_async())

    async def update_participant(
        self,
        conference: str,
        call: str,
        *,
        hold: bool | None = None,
        hold_url: str | None = None,
        muted: bool | None = None,
        coach: str | None = None,
        coaching: bool | None = None,
        ends_conference: bool | None = None,
    ) -> Participant:
        changes = given(
            hold=hold, hold_url=hold_url, hold_method="POST" if hold_url else None, muted=muted,
            call_sid_to_coach=coach, coaching=True if coach else coaching,
            end_conference_on_exit=ends_conference,
        )  # fmt: skip
        return Participant.of(await self._api.conferences(conference).participants(call).update_async(**changes))

    async def remove_participant(self, conference: str, call: str) -> None:
        """Take a leg out of the conference; it goes on with what its own document says next, else it ends."""
        await self._api.conferences(conference).participants(call).delete_async()

    # recordings

    async def start_recording(self, call: str, *, status_callback: str | None = None) -> Recording:
        """Record a call in progress, each party on a track of its own."""
        events = RECORDING_EVENTS if status_callback else None
        return Recording.of(
            await self._api.calls(call).recordings.create_async(
                recording_channels="dual",
                **given(recording_status_callback=status_callback, recording_status_callback_event=events),
            )
        )

    async def pause_recording(self, call: str, sid: str) -> Recording:
        """Stop taking down what is said; the pause leaves no gap in the recording."""
        recording = self._api.calls(call).recordings(sid)
        return Recording.of(await recording.update_async(status="paused", pause_behavior="skip"))

    async def resume_recording(self, call: str, sid: str) -> Recording:
        return Recording.of(await self._api.calls(call).recordings(sid).update_async(status="in-progress"))

    async def stop_recording(self, call: str, sid: str) -> Recording:
        return Recording.of(await self._api.calls(call).recordings(sid).update_async(status="stopped"))

    async def fetch_recording(self, sid: str) -> Recording:
        return Recording.of(await self._api.recordings(sid).fetch_async())

    async def list_recordings(
        self, *, call: str | None = None, conference: str | None = None, limit: int = _FURTHEST
    ) -> list[Recording]:
        found = await self._api.recordings.list_async(limit=limit, **given(call_sid=call, conference_sid=conference))
        return [Recording.of(one) for one in found]

    async def recording_media(self, sid: str) -> bytes:
        """The recording as a WAV file; `NotThere` while it is not complete."""
        return await self._transport.media(f"/2010-04-01/Accounts/{self.account_sid}/Recordings/{sid}.wav")

    async def delete_recording(self, sid: str) -> None:
        await self._api.recordings(sid).delete_async()

    # numbers

    async def list_numbers(self, *, number: str | None = None, limit: int = 1000) -> list[IncomingNumber]:
        found = await self._api.incoming_phone_numbers.list_async(limit=limit, **given(phone_number=number))
        return [IncomingNumber.of(one) for one in found]

    async def update_number(
        self,
        sid: str,
        *,
        voice_url: str | None = None,
        sms_url: str | None = None,
        status_callback: str | None = None,
        voice_fallback_url: str | None = None,
        sms_fallback_url: str | None = None,
    ) -> IncomingNumber:
        """Tell Twilio where a number's calls and texts go. What is None stays as it is."""
        changes = given(
            voice_url=voice_url, sms_url=sms_url, status_callback=status_callback,
            voice_fallback_url=voice_fallback_url, sms_fallback_url=sms_fallback_url,
        )  # fmt: skip
        return IncomingNumber.of(await self._api.incoming_phone_numbers(sid).update_async(**changes))
