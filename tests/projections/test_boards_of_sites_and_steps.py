"""What waiting, steps and sites that are down change on the boards, the timeline and the figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.agent.events import AgentRegistered, AgentRetired, AgentSignedOut, LanguagesStated, ProfileAssigned
from domain.centre.documents import Profile
from domain.centre.outage import SiteCameBack, SiteWentDown
from domain.event import Event
from domain.interaction.events import (
    AgentConnected,
    CallbackOffered,
    DeflectionSent,
    DispositionGiven,
    InteractionInterrupted,
    OfferAccepted,
    PriorityRaised,
    RequirementsRelaxed,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
    WrapUpStarted,
)
from projections.queries import (
    agent,
    queue_lengths,
    service_levels,
    sites_down,
    ticket,
    timeline,
    waiting_work,
    work_of,
)
from tests.projections.given import AT, POOL, PROJECT, given
from tests.projections.test_boards import offered, on_duty, queued, reserved, work
from tests.projections.test_customer_history import contact, customer, opened

VOICEMAIL = SentToVoicemail(interaction_id="i1", leg="1", step=2, waited=90)
EXPIRED = WorkExpired(interaction_id="i1", leg="1", reason="nobody took it in time")


def relaxed(**more: Any) -> Event:
    fields: dict[str, Any] = {
        "interaction_id": "i1",
        "leg": "1",
        "step": 1,
        "waited": 60,
        "skills": {},
        "also": ("billing",),
        "rings": 2,
        "sites": (),
        "language_required": False,
    }
    return RequirementsRelaxed(**(fields | more))


def test_the_wait_is_shown_by_site() -> None:
    here = queued("i1", site="paris")
    there = queued("i2", site="lyon", arrived_at=AT + timedelta(seconds=30))
    later = queued("i3", site="lyon", not_before=AT + timedelta(hours=1))
    with given(here, there, later, queued("i4", "billing")) as read:
        lengths = {q.queue: q for q in queue_lengths(read, PROJECT, AT + timedelta(minutes=2))}
        shown = {s.site: (s.waiting, s.scheduled, s.oldest) for s in lengths["help"].sites}
        assert shown == {"paris": (1, 0, AT), "lyon": (1, 1, AT + timedelta(seconds=30))}
        assert (lengths["help"].waiting, lengths["help"].scheduled) == (2, 1)
        assert [(s.site, s.waiting) for s in lengths["billing"].sites] == [("", 1)]


def test_a_site_that_has_nothing_left_to_wait_is_still_listed() -> None:
    with given(queued(site="paris"), offered(), work(OfferAccepted)) as read:
        (length,) = queue_lengths(read, PROJECT, AT)
        assert [(s.site, s.waiting, s.oldest) for s in length.sites] == [("paris", 0, None)]


def test_waiting_work_shows_what_its_steps_have_changed() -> None:
    asked = queued(sites=("paris",), language_required=True, expires_at=AT + timedelta(hours=1))
    with given(
        asked, relaxed(), (90, PriorityRaised(interaction_id="i1", leg="1", step=2, waited=90, priority=1))
    ) as r:
        (item,) = waiting_work(r, PROJECT, "help").items
        assert (item.skills, item.also, item.rings, item.sites) == ({}, ("billing",), 2, ())
        assert (item.language_required, item.priority, item.steps) == (False, 1, (1, 2))
        assert (item.arrived_at, item.expires_at) == (AT, AT + timedelta(hours=1))


def test_steps_that_only_tell_the_customer_something_are_shown_as_taken() -> None:
    told = {"interaction_id": "i1", "leg": "1", "waited": 30}
    steps = [CallbackOffered(step=1, **told), DeflectionSent(step=2, delivery_id="d", **told)]
    with given(queued(), *steps) as read:
        assert waiting_work(read, PROJECT, "help").items[0].steps == (1, 2)


def test_waiting_work_shows_what_wait_the_customer_was_told_last() -> None:
    def told(seconds: int) -> Event:
        return WaitAnnounced(interaction_id="i1", leg="1", seconds=seconds, place=1, method="queue_length")

    with given(queued(), (5, told(120)), (65, told(80))) as read:
        (item,) = waiting_work(read, PROJECT, "help").items
        assert (item.announced, item.announced_at) == (80, AT + timedelta(seconds=65))


def test_who_went_to_voicemail_and_whose_time_was_out_wait_no_longer() -> None:
    for gone in (VOICEMAIL, EXPIRED):
        with given(queued(), gone) as read:
            assert waiting_work(read, PROJECT, "help").items == ()
            (figure,) = service_levels(read, PROJECT, AT, AT + timedelta(hours=1))
            assert (figure.offered, figure.answered, figure.flowed_out, figure.cancelled) == (1, 0, 1, 0)


def test_a_ticket_is_in_nobodys_hands_once_its_contact_was_interrupted_or_waits_no_longer() -> None:
    before = [customer(), contact(ticket_id="t1"), opened()]
    in_hand = [queued(), offered(), work(OfferAccepted), work(AgentConnected)]
    with given(*before, *in_hand, work(InteractionInterrupted, reason="power cut")) as read:
        assert ticket(read, "t1").agent_id == ""  # type: ignore[union-attr]
    with given(*before, queued(), VOICEMAIL) as read:
        assert ticket(read, "t1").queue == ""  # type: ignore[union-attr]


def test_the_timeline_tells_of_interruption_voicemail_and_expiry() -> None:
    def what(*events: Event) -> list[str]:
        with given(customer(), contact(ticket_id=""), *events) as read:
            return [entry.what for entry in timeline(read, PROJECT, "c1").items][: len(events)]

    assert what(work(InteractionInterrupted, reason="power cut")) == ["interrupted"]
    offer = CallbackOffered(interaction_id="i1", leg="1", step=1, waited=60)
    assert what(offer, VOICEMAIL) == ["sent_to_voicemail", "callback_offered"]
    assert what(EXPIRED) == ["expired"]


def test_the_agent_board_shows_languages_and_whether_the_site_is_down() -> None:
    spoken = LanguagesStated(agent_id="anna", languages=("fr", "pl"))
    down = SiteWentDown(site="paris", reason="power cut", by="account:1")
    with given(*on_duty(), spoken, (60, down), (61, AgentSignedOut(agent_id="anna"))) as read:
        seen = agent(read, "anna")
        assert seen is not None
        assert (seen.languages, seen.site_down, seen.presence) == (("fr", "pl"), True, "signed_out")
        (site,) = sites_down(read, POOL)
        assert (site.site, site.reason, site.since) == ("paris", "power cut", AT + timedelta(seconds=60))
        assert sites_down(read, "elsewhere") == ()
    with given(*on_duty(), down, SiteCameBack(site="paris", by="account:1")) as read:
        assert not agent(read, "anna").site_down  # type: ignore[union-attr]
        assert sites_down(read, POOL) == ()


def test_a_disposition_that_was_given_shows_while_the_wrap_up_goes_on() -> None:
    wrapping = work(WrapUpStarted, ends_at=AT + timedelta(minutes=2), default_disposition="not_stated")
    held = [*on_duty(), offered(), reserved(), work(OfferAccepted), work(AgentConnected), wrapping]
    with given(*held, work(DispositionGiven, disposition="answered")) as read:
        (item,) = work_of(read, "anna")
        assert (item.status, item.disposition, item.until) == ("wrap_up", "answered", AT + timedelta(minutes=2))


def test_who_was_retired_and_is_registered_again_has_the_profile_of_before() -> None:
    gone = (AgentSignedOut(agent_id="anna"), AgentRetired(agent_id="anna"))
    with given(*on_duty(), *gone) as read:
        assert agent(read, "anna").presence == "retired"  # type: ignore[union-attr]
    with given(*on_duty()) as read:
        before = agent(read, "anna")
    with given(*on_duty(), *gone, AgentRegistered(agent_id="anna", name="Anna", site="riga")) as read:
        again = agent(read, "anna")
    assert before is not None
    assert again is not None
    assert (again.presence, again.site) == ("signed_out", "riga")
    assert (again.profile, again.capacity, again.channels) == (before.profile, before.capacity, before.channels)


def test_a_call_has_room_beside_the_letters_it_interrupts_and_a_letter_has_none_beside_them() -> None:
    profile = Profile.model_validate(
        {
            "capacity": 2,
            "channels": {"email": {"concurrency": 3}, "voice": {"concurrency": 1, "units": 2, "interrupts": ["email"]}},
            "queues": {f"{PROJECT}/help": {}},
        }
    )
    assigned = ProfileAssigned(agent_id="anna", profile_name="mixed", profile=profile)
    letters = [reserved(number) for number in ("w1", "w2")]
    with given(*on_duty(), assigned, *letters) as read:
        seen = agent(read, "anna")
    assert seen is not None
    assert {channel: room.free for channel, room in seen.channels.items()} == {"email": 0, "voice": 1}
