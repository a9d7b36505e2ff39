"""Callback requests: a customer leaves a number and is called, at once or at a time of their choice.

One open callback per number and queue: a second request says so instead of calling twice. The request keeps
its original arrival; it becomes work when it is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.callback_windows import opening
from domain.centre.configuration import Project, project_of
from domain.centre.documents import Callbacks
from domain.customer.decide import Contact, recognise
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.callback_status import callback_registered
from domain.delivery.request import About, text
from domain.interaction.events import CallbackRequested, InteractionStarted, InteractionTransferred
from domain.interaction.offers import rescind
from domain.interaction.queueing import FIRST_LEG, Arriving, banned, queued
from domain.interaction.state import interaction_of
from domain.rejection import Rejection
from domain.reservation import holder_of, reserve
from domain.states import States
from domain.stream import stream_of

#: A due time this little in the past is "now": clocks differ and forms take time to fill in.
TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCallback(Command):
    """Ask to be called. `key` fingerprints number and queue; `due_at` None means as soon as somebody is there.

    A `due_at` must lie in the opening hours; a window ends at `due_until`. `notify` is an e-mail address that wants to
    be told how it stands, in the `zone` (IANA name) of its customer. It proves nothing and is linked to nobody.
    Who asks by text is told by text that it is on record: `confirm` names the number of ours that they wrote to.
    """

    project: str
    number: Contact
    key: str
    name: str
    about: str
    due_at: datetime | None
    entry: str
    language: str = ""
    confirm: str = ""
    due_until: datetime | None = None
    notify: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCallback(Command):
    """A caller who waits would rather be called back, at once or at `due_at`, and keeps the place in line."""

    project: str
    interaction_id: str
    leg: str
    number: Contact
    key: str
    about: str = ""
    due_at: datetime | None = None


@decides(RequestCallback)
def request_callback(states: States, c: RequestCallback, at: Moment) -> Outcome:
    project = project_of(states, c.project)
    rules = _rules(project)
    due_at = _when_open(project, rules, c, at.now)
    _one_at_a_time(states, c.key)
    language = c.language or project.configured.language
    customer_id, outcome = recognise(states, c.number, c.name, language, at)
    interaction_id = at.new_id()
    started = InteractionStarted(
        interaction_id=interaction_id,
        channel="callback",
        direction="outbound",
        customer_id=customer_id,
        ticket_id="",
        entry=c.entry,
        language=language,
    )
    requested = CallbackRequested(
        interaction_id=interaction_id,
        customer_id=customer_id,
        number=c.number.address,
        about=c.about,
        due_at=due_at,
        queue=rules.queue,
        key=c.key,
        due_until=_until(c.due_until, due_at),
        notify=c.notify or None,
        zone=c.zone,
    )
    new = stream_of("customer", customer_id) in outcome.events
    work = Arriving(
        interaction_id=interaction_id,
        leg=FIRST_LEG,
        channel="callback",
        queue=rules.queue,
        customer_id=customer_id,
        language=language,
        not_before=due_at,
        expires_at=_expiry(rules, due_at),
        excluded=() if new else banned(states, customer_id),
    )
    outcome.add("interaction", interaction_id, started, requested, *queued(states, project, work, at.now))
    outcome.merge(reserve(states, "callback", c.key, interaction_id))
    if c.confirm:
        about = About(customer_id, language, interaction_id=interaction_id)
        outcome.merge(text("callback_registered", c.confirm, about, c.number.address, project, at))
    else:
        customer = Customer() if new else states.of(Customer, "customer", customer_id)
        outcome.merge(callback_registered(requested, customer, c.name, language, project, at))
    outcome.result |= {"interaction_id": interaction_id, "customer_id": customer_id, "due_at": due_at.isoformat()}
    return outcome


@decides(TakeCallback)
def take_callback(states: States, c: TakeCallback, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    leg = interaction.leg(c.leg)
    if leg.status != "waiting" or leg.wanted.channel != "voice":
        raise Rejection("not_possible_now", "only a caller who waits for an agent can ask to be called back instead")
    rules = _rules(project_of(states, c.project))
    due_at = _due(c.due_at, at.now, timedelta(seconds=rules.horizon))
    _one_at_a_time(states, c.key)
    requested = CallbackRequested(
        interaction_id=c.interaction_id,
        customer_id=interaction.customer_id,
        number=c.number.address,
        about=c.about,
        due_at=due_at,
        queue=leg.queue,
        key=c.key,
    )
    left = InteractionTransferred(
        interaction_id=c.interaction_id,
        leg=c.leg,
        to_leg=interaction.next_leg,
        from_agent="",
        queue=leg.queue,
        department="",
    )
    instead = {"leg": left.to_leg, "channel": "callback", "not_before": due_at, "expires_at": _expiry(rules, due_at)}
    waits = leg.wanted.model_copy(update={**instead, "trail": leg.trail, "reason": "transferred"})
    outcome = rescind(interaction, c.leg, "the customer is called back instead")
    outcome.add("interaction", c.interaction_id, requested, left, waits)
    outcome.merge(reserve(states, "callback", c.key, c.interaction_id))
    outcome.result |= {"leg": left.to_leg, "due_at": due_at.isoformat()}
    return outcome


def _rules(project: Project) -> Callbacks:
    rules = project.configured.callbacks
    if rules is None:
        raise Rejection("no_callbacks", "this project takes no callback requests; declare `callbacks` in its document")
    return rules


def _one_at_a_time(states: States, key: str) -> None:
    if holder_of(states, key) is not None:
        raise Rejection("already_requested", "a callback to this number is already on its way")


def _expiry(rules: Callbacks, due_at: datetime) -> datetime | None:
    return None if rules.expires is None else due_at + timedelta(seconds=rules.expires)


def _when_open(project: Project, rules: Callbacks, c: RequestCallback, now: datetime) -> datetime:
    """The wanted time, which must be an open one; the next opening where none is wanted, now if there is none."""
    due_at = _due(c.due_at, now, timedelta(seconds=rules.horizon))
    opens = opening(project, rules.queue, due_at)
    if c.due_at is None:
        return opens or due_at
    if opens != due_at:
        then = f"; it opens at {opens.isoformat(timespec='minutes')}" if opens is not None else ""
        raise Rejection("closed_then", f"nobody is there at that time{then}")
    return due_at


def _until(wanted: datetime | None, due_at: datetime) -> datetime | None:
    if wanted is not None and wanted <= due_at:
        raise Rejection("bad_window", "a window ends after it begins")
    return wanted


def _due(wanted: datetime | None, now: datetime, horizon: timedelta) -> datetime:
    if wanted is None:
        return now
    if wanted.tzinfo is None:
        raise Rejection("no_time_zone", "give the time with its zone, as in 2026-03-01T14:30:00+01:00")
    if wanted < now - TOLERANCE:
        raise Rejection("in_the_past", f"that time has passed; it is {now.isoformat(timespec='minutes')} now")
    if wanted > now + horizon:
        raise Rejection("too_far", f"callbacks can be asked for up to {horizon.days} days ahead")
    return max(wanted, now)
