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
    Routing,
    Site,
    Skill,
    Status,
    Step,
    WrapUp,
)
from domain.centre.numbers import Number, Texts
from domain.centre.routing import OfferOnChannel, Overflow

POOL = "pool"
PROJECT = "shop"
#: Where customers text to.
LINE = "+48221112233"

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
            channels={
                "email": ChannelUse(concurrency=2, units=1),
                "callback": ChannelUse(concurrency=1, units=3),
                "sms": ChannelUse(concurrency=2, units=1),
            },
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
        "main": Mailbox(address="help@shop.example", title="Shop", department="support", site="paris"),
        "bills": Mailbox(
            address="bills@shop.example", title="Bills", department="billing", automatic_mail="queue", site="warsaw"
        ),
    },
    callbacks=Callbacks(queue="calls", horizon=86_400),
    status=Status(sender="main", texts=("opened", "resolved")),
    numbers={"line": Number(number=LINE, title="Line", texts=Texts(department="support", interval=0.5))},
)


def _with_queues(**queues: Queue) -> ProjectDocument:
    callbacks = Callbacks(queue="calls", horizon=86_400, expires=1_200)
    return HOTLINE.model_copy(update={"queues": queues, "callbacks": callbacks})


_LETTERS = {**CENTRE.profiles["letters"].queues, "shop/support": QueueUse(ring=2, priority=2)}
_INTERRUPTING = ChannelUse(concurrency=1, units=4, interrupts=("email",))

#: What the centre may be changed to while customers wait: every order of work, rings, work that interrupts other work,
#: and somebody who is no longer there.
CENTRES = (
    CENTRE,
    CENTRE.model_copy(update={"routing": Routing(policy="strict_priority")}),
    CENTRE.model_copy(
        update={
            "routing": Routing(policy="fixed_queue_ratio", shares={"shop/billing": 3}),
            "profiles": {
                **CENTRE.profiles,
                "letters": CENTRE.profiles["letters"].model_copy(update={"queues": _LETTERS}),
            },
        }
    ),
    CENTRE.model_copy(
        update={
            "routing": Routing(policy="gcmu"),
            "profiles": {
                **CENTRE.profiles,
                "mixed": CENTRE.profiles["mixed"].model_copy(
                    update={
                        "channels": {
                            "email": ChannelUse(concurrency=3),
                            "callback": _INTERRUPTING,
                            "sms": ChannelUse(concurrency=1),
                        }
                    }
                ),
            },
        }
    ),
    CENTRE.model_copy(
        update={
            "routing": Routing(policy="fifo"),
            "agents": {name: agent for name, agent in CENTRE.agents.items() if name != "cem"},
        }
    ),
)

#: What the project may be changed to: strategies, steps, sites, preferred agents, silence, overflow, expiry.
HOTLINES = (
    HOTLINE,
    _with_queues(
        support=Queue(
            title="Support",
            strategy="most_spare",
            preferred=60,
            silence=40,
            sites="own",
            offer=Offer(timeout=20, misses=2),
            steps=(Step(after=30, open_rings=2), Step(after=90, add_sites=("any",), priority=2)),
        ),
        billing=Queue(
            title="Billing",
            priority=3,
            skills={"billing": 2},
            strategy="least_skilled",
            steps=(Step(after=45, lower={"billing": 1}), Step(after=200, drop=("billing",))),
            overflow=Overflow(waiting=3, queue="support"),
            wrap_up=WrapUp(mode="fixed", limit=15),
        ),
        calls=Queue(title="Calls", strategy="round_robin", offer=Offer(timeout=15, misses=1)),
    ),
    _with_queues(
        support=Queue(
            title="Support",
            strategy="least_occupied",
            sites="own_first",
            silence=90,
            offer=Offer(timeout=20, ring_width=2, channels={"email": OfferOnChannel(misses=3, again="never")}),
            steps=(Step(after=300, add_queue="billing"),),
        ),
        billing=Queue(title="Billing", skills={"billing": 1}, strategy="most_skilled"),
        calls=Queue(title="Calls", strategy="most_spare_share", offer=Offer(timeout=15, misses=2)),
    ),
)
