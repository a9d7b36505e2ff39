"""What waiting changes in a run: steps, overflow, announcements and expiry, decided by the product's own deciders.

They are rare beside offers, so each is decided on states made for it alone: the project as configured and the one leg.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.centre.configuration import Project
from domain.customer.state import Customer
from domain.decide import decide
from domain.interaction.escalation import AnnounceWait, ExpireWork, OverflowInteraction, TakeStep
from domain.interaction.events import SentToVoicemail, WorkExpired
from domain.interaction.leg import LEG, evolve_leg
from domain.interaction.state import Interaction
from domain.states import States
from domain.stream import stream_of
from infra.simulate.handling import Handling
from infra.simulate.people import WAITING, Contact
from infra.simulate.stage import PROJECT, Stage

Escalating = TakeStep | OverflowInteraction | AnnounceWait | ExpireWork
#: Customers have no names here.
ANYBODY = "anybody"
#: The types of event that move a leg; others (a text to be delivered) are of no matter to the router.
_OF_A_LEG = frozenset(kind for _, kind in LEG)


class Escalation:
    """Carries out what the router asks for a waiting contact. `flows_out` hears of those whose wait ends by it."""

    def __init__(
        self, stage: Stage, project: Project, handling: Handling, flows_out: Callable[[Contact, str], None]
    ) -> None:
        self._stage, self._project, self._handling, self._flows_out = stage, project, handling, flows_out
        self._ids = 0

    def carry_out(self, command: Escalating, contact: Contact) -> bool:
        """Whether anything came of it."""
        if contact.state != WAITING:
            return False
        leg = contact.waiting_leg()
        interaction = Interaction(
            contact.interaction_id, "open", leg.wanted.channel, customer_id=ANYBODY, legs={"1": leg}
        )
        states = States(
            {
                stream_of("interaction", contact.interaction_id): interaction,
                stream_of("project", PROJECT): self._project,
                stream_of("customer", ANYBODY): Customer(),
            }
        )
        outcome = decide(states, command, now=self._stage.now, new_id=self._new_id)
        events = outcome.events.get(stream_of("interaction", contact.interaction_id), ())
        moving = [event for event in events if type(event) in _OF_A_LEG]
        ended = next((event for event in moving if isinstance(event, SentToVoicemail | WorkExpired)), None)
        if ended is not None:
            self._handling.rescind(contact, "no longer waits")
        for event in moving:
            leg = evolve_leg(leg, event)
            self._stage.say(event, contact.interaction_id)
        contact.leg = leg
        if ended is not None:
            self._flows_out(contact, "voicemail" if isinstance(ended, SentToVoicemail) else "expired")
        return bool(moving)

    def _new_id(self) -> str:
        self._ids += 1
        return f"n{self._ids}"
