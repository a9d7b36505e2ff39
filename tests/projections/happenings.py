"""What may happen in a centre next, and how often it is tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from domain.agent.commands import BecomeNotReady, BecomeReady, SignIn, SignOut
from domain.customer.decide import (
    EraseCustomer,
    IdentifyCustomer,
    LinkContactPoint,
    RecordFact,
    RegisterCustomer,
    SetConsent,
)
from domain.delivery.handed_over import RecordAccepted
from domain.delivery.state import AttemptDelivery, RecordBounce, RecordDeferred, RecordDelivered, RecordRefused
from domain.interaction.finishing import CompleteWork, CompleteWrapUp
from domain.interaction.leaving import CancelCallback
from domain.interaction.offers import AcceptOffer, DeclineOffer
from domain.interaction.work import AddNote, Reply, TransferInteraction
from domain.rejection import Rejection
from domain.ticket.decide import (
    AwaitCustomer,
    CloseTicket,
    HandOverTicket,
    ReopenTicket,
    ResolveTicket,
)
from tests.projections import acts
from tests.projections.histories import AGENTS, DEPARTMENTS, NAMES, PROJECT, TEXTS, Centre

Action = Callable[[Centre], Awaitable[Any]]


ACTIONS: dict[str, tuple[int, Action]] = {
    "mail": (8, lambda c: c.mail()),
    "mail from a known address": (4, lambda c: c.mail(c.contact(known=True))),
    "mail on a ticket": (5, acts.mail_again),
    "automatic mail": (1, acts.automatic),
    "callback": (3, acts.callback),
    "message": (2, acts.message),
    "cancel callback": (1, acts.simply(lambda c: CancelCallback(interaction_id=c.pick(c.ids.interactions)))),
    "plan a follow-up": (4, acts.simply(acts.plan)),
    "replan a follow-up": (1, acts.simply(acts.replan)),
    "served": (6, acts.served),
    "act on an outcome": (3, acts.simply(acts.act)),
    "alert": (3, acts.turn_alert),
    "sign in": (3, acts.simply(lambda c: SignIn(agent_id=c.dice.choice(AGENTS)))),
    "ready": (6, acts.simply(lambda c: BecomeReady(agent_id=c.dice.choice(AGENTS)))),
    "not ready": (1, acts.simply(lambda c: BecomeNotReady(agent_id=c.dice.choice(AGENTS), reason="lunch"))),
    "sign out": (1, acts.simply(lambda c: SignOut(agent_id=c.dice.choice(AGENTS)))),
    "offer": (14, acts.make_offer),
    "accept": (
        10,
        acts.on_offer(
            lambda c, o: AcceptOffer(interaction_id=o.interaction_id, leg=o.leg, work_id=o.work_id, agent_id=o.agent_id)
        ),
    ),
    "decline": (
        2,
        acts.on_offer(
            lambda c, o: DeclineOffer(
                interaction_id=o.interaction_id, leg=o.leg, work_id=o.work_id, agent_id=o.agent_id, reason="busy"
            )
        ),
    ),
    "time passes": (3, acts.late),
    "reply": (6, acts.in_hand(lambda c, w: Reply(project=PROJECT, text=c.dice.choice(TEXTS), **w))),
    "note": (
        3,
        acts.simply(
            lambda c: AddNote(
                interaction_id=c.pick(c.ids.interactions), author=c.dice.choice(AGENTS), text=c.dice.choice(TEXTS)
            )
        ),
    ),
    "transfer": (
        2,
        acts.in_hand(
            lambda c, w: TransferInteraction(project=PROJECT, department=c.dice.choice(DEPARTMENTS), note="see", **w)
        ),
    ),
    "complete": (
        8,
        acts.in_hand(
            lambda c, w: CompleteWork(
                project=PROJECT, ticket=c.dice.choice(("resolve", "await_customer", "leave")), **w
            )
        ),
    ),
    "wrap up": (4, acts.in_hand(lambda c, w: CompleteWrapUp(project=PROJECT, disposition="answered", **w))),
    "hand over": (
        2,
        acts.simply(
            lambda c: HandOverTicket(
                project=PROJECT, ticket_id=c.pick(c.ids.tickets), department=c.dice.choice(DEPARTMENTS), by="bob"
            )
        ),
    ),
    "await": (1, acts.simply(lambda c: AwaitCustomer(ticket_id=c.pick(c.ids.tickets), by="bob"))),
    "resolve": (
        1,
        acts.simply(lambda c: ResolveTicket(project=PROJECT, ticket_id=c.pick(c.ids.tickets), agent_id="bob")),
    ),
    "reopen": (
        1,
        acts.simply(lambda c: ReopenTicket(project=PROJECT, ticket_id=c.pick(c.ids.tickets), reason="again")),
    ),
    "close": (1, acts.simply(lambda c: CloseTicket(ticket_id=c.pick(c.ids.tickets), reason="done"))),
    "rate": (3, acts.simply(acts.rate)),
    "attempt": (8, acts.simply(lambda c: AttemptDelivery(delivery_id=c.pick(c.ids.deliveries), patience=60))),
    "accepted": (
        4,
        acts.attempted(
            lambda c, d, a: RecordAccepted(delivery_id=d, attempt_id=a, reference="SM1", segments=1, patience=9)
        ),
    ),
    "delivered": (7, acts.attempted(lambda c, d, a: RecordDelivered(delivery_id=d, attempt_id=a))),
    "deferred": (
        2,
        acts.attempted(
            lambda c, d, a: RecordDeferred(
                delivery_id=d,
                attempt_id=a,
                code="451",
                reason="later",
                retry_at=c.dice.choice((None, c.now + timedelta(minutes=5))),
            )
        ),
    ),
    "refused": (
        1,
        acts.attempted(lambda c, d, a: RecordRefused(delivery_id=d, attempt_id=a, code="550", reason="no such user")),
    ),
    "bounce": (
        1,
        acts.simply(
            lambda c: RecordBounce(
                delivery_id=c.pick(c.ids.deliveries), status="5.1.1", permanent=True, reason="unknown"
            )
        ),
    ),
    "register": (
        1,
        acts.simply(
            lambda c: RegisterCustomer(
                customer_id=c.new_id(), name=c.dice.choice(NAMES), language="pl", contacts=(c.contact(), c.contact())
            )
        ),
    ),
    "identify": (2, acts.simply(lambda c: IdentifyCustomer(customer_id=c.pick(c.ids.customers), name="Jan Nowak"))),
    "link": (1, acts.simply(lambda c: LinkContactPoint(customer_id=c.pick(c.ids.customers), contact=c.contact()))),
    "fact": (
        2,
        acts.simply(
            lambda c: RecordFact(
                customer_id=c.pick(c.ids.customers), name="household", value=c.dice.choice(TEXTS), source="agent"
            )
        ),
    ),
    "consent": (
        1,
        acts.simply(
            lambda c: SetConsent(
                customer_id=c.pick(c.ids.customers), purpose="news", given=c.dice.choice((True, False))
            )
        ),
    ),
    "merge": (2, acts.simply(acts.merge)),
    "unmerge": (1, acts.simply(acts.unmerge)),
    "erase": (1, acts.simply(lambda c: EraseCustomer(customer_id=c.pick(c.ids.customers)))),
}
_WEIGHED = ([action for _, action in ACTIONS.values()], [weight for weight, _ in ACTIONS.values()])


async def happen(c: Centre, times: int) -> Centre:
    """Let so many things be tried; what is not possible is rejected, as in life."""
    for _ in range(times):
        action = c.dice.choices(*_WEIGHED)[0]
        try:
            await action(c)
        except Rejection:
            c.rejected += 1
    return c


async def lived(seed: int, times: int = 400) -> Centre:
    """A configured centre in which much has happened."""
    return await happen(await Centre(seed).configure(), times)
