"""Every concept of the domain, imported so that its events, folds, deciders and upcasters are registered."""

from __future__ import annotations

from domain import alert, audit, callback, conversation, intake, outcome, reservation, script, staff, texts
from domain.agent import decide as agent
from domain.centre import configuration, evacuating
from domain.customer import decide as customer
from domain.delivery import handed_over
from domain.delivery import state as delivery
from domain.follow_up import decide as follow_up
from domain.interaction import (
    calling,
    calling_out,
    escalation,
    leaving,
    offers,
    outside,
    reassigning,
    recording,
    replying,
    talking,
    work,
)
from domain.ticket import decide as ticket
from domain.ticket import upcasting as ticket_upcasting
from domain.voice import callbacks, calls, dial, messages, recordings

LOADED = (
    alert,
    agent,
    audit,
    callback,
    callbacks,
    calling,
    calling_out,
    calls,
    configuration,
    conversation,
    customer,
    delivery,
    dial,
    escalation,
    evacuating,
    handed_over,
    follow_up,
    intake,
    leaving,
    messages,
    offers,
    outcome,
    outside,
    reassigning,
    recording,
    recordings,
    replying,
    reservation,
    script,
    staff,
    talking,
    texts,
    ticket,
    ticket_upcasting,
    work,
)
