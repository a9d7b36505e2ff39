"""The centre that the simulation runs: small enough to be crowded, odd enough to meet every rule."""

from __future__ import annotations

from domain.centre.documents import (
    AgentEntry,
    Callbacks,
    CentreDocument,
    ChannelUse,
    Department,
    Mailbox,
    Offer,
    Profile,
    ProjectDocument,
    Queue,
    QueueUse,
    Site,
    Skill,
    Status,
    WrapUp,
)

POOL = "pool"
PROJECT = "shop"

CENTRE = CentreDocument(
    schema_version=1,
    centre="centre",
    title="Simulated centre",
    pool=POOL,
    sites={"paris": Site(title="Paris"), "warsaw": Site(title="Warsaw")},
    skills={"billing": Skill(title="Billing")},
    profiles={
        "mixed": Profile(
            capacity=4,
            channels={"email": ChannelUse(concurrency=2, units=1), "callback": ChannelUse(concurrency=1, units=3)},
            queues={"shop/support": QueueUse(), "shop/billing": QueueUse(), "shop/calls": QueueUse()},
        ),
        "letters": Profile(
            capacity=2,
            channels={"email": ChannelUse(concurrency=2)},
            queues={"shop/support": QueueUse(), "shop/billing": QueueUse(delay=30)},
        ),
    },
    agents={
        "anna": AgentEntry(name="Anna", site="paris", profile="mixed", skills={"billing": 3}),
        "bela": AgentEntry(name="Béla", site="warsaw", profile="mixed"),
        "cem": AgentEntry(name="Cem", site="warsaw", profile="letters", skills={"billing": 1}),
    },
)

HOTLINE = ProjectDocument(
    schema_version=1,
    project=PROJECT,
    title="Shop",
    pool=POOL,
    departments={
        "support": Department(title="Support", queue="support"),
        "billing": Department(title="Billing", queue="billing"),
    },
    queues={
        "support": Queue(title="Support", offer=Offer(timeout=20, ring_width=2, misses=2)),
        "billing": Queue(
            title="Billing", priority=2, skills={"billing": 1}, wrap_up=WrapUp(mode="mandatory", limit=30)
        ),
        "calls": Queue(title="Calls", wrap_up=WrapUp(mode="optional"), offer=Offer(timeout=15, misses=1)),
    },
    mailboxes={
        "main": Mailbox(address="help@shop.example", title="Shop", department="support"),
        "bills": Mailbox(address="bills@shop.example", title="Bills", department="billing", automatic_mail="queue"),
    },
    callbacks=Callbacks(queue="calls", horizon=86_400),
    status=Status(sender="main"),
)
