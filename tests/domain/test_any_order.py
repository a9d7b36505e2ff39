"""Any commands in any order: what must hold always holds, and every stream folds."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.agent.commands import BecomeNotReady, BecomeReady, LoseConnection, SignIn, SignOut
from domain.agent.state import Agent
from domain.belonging import Referred
from domain.customer.decide import EraseCustomer, MergeCustomers, UnmergeCustomers
from domain.customer.state import Customer
from domain.decide import Command
from domain.delivery.handed_over import RecordAccepted, WithholdDelivery
from domain.delivery.state import AttemptDelivery, RecordBounce, RecordDeferred, RecordDelivered, RecordRefused
from domain.interaction.leaving import CancelCallback
from domain.interaction.state import Interaction
from domain.interaction.work import Reply, TimeOutWrapUp
from domain.reservation import Reservation
from domain.states import fold
from domain.stream import category_of, identity_of
from domain.ticket.decide import AwaitCustomer, CloseTicket, HandOverTicket, RateService, ReopenTicket, ResolveTicket
from tests.domain.commands import PROJECT, Work, callback, mail, offer
from tests.domain.texting import sms, texting, word
from tests.domain.world import World, configured

AGENTS = st.sampled_from(["anna", "boris", "clara"])
PEOPLE = st.sampled_from(["ada@example.org", "bob@example.org", "cid@example.org"])
DEPARTMENTS = st.sampled_from(["billing", "technical", "sales"])
#: Which of the known ones: the newest most of the time, so that something happens to it.
WHICH = st.integers(0, 5)


class AnyOrder(RuleBasedStateMachine):
    """Every rule may be refused; none may raise anything but a rejection."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World = texting(configured())
        self.works: list[Work] = []
        self.seen: dict[str, list[str]] = {"interaction": [], "ticket": [], "delivery": [], "customer": []}
        self.mails = 0

    def does(self, command: Command) -> None:
        then = self.world.when(command)
        if then.outcome is None:
            return
        for stream in then.outcome.events:
            category = category_of(stream)
            if category in self.seen and identity_of(stream) not in self.seen[category]:
                self.seen[category].append(identity_of(stream))
        for event in then.events:
            if event.wire == "interaction.offered.v1":
                where = {n: getattr(event, n) for n in ("interaction_id", "work_id", "agent_id", "leg")}
                self.works.append(Work(**where))

    def known(self, category: str, which: int) -> str:
        known = self.seen[category]
        return known[-1 - which % len(known)] if known else "none"

    def work(self, which: int) -> Work:
        """An offer or work in hand, rarely one that is over."""
        alive = [w for w in self.works if w.work_id in self.world.of("agent", w.agent_id).work]
        some = (alive or self.works) if which else self.works
        return some[-1 - which % len(some)] if some else Work("none", "none", "anna")

    def waiting(self, which: int) -> tuple[str, str]:
        """A leg that waits, rarely one that does not."""
        legs = [(i, name, leg.status) for i in self.seen["interaction"] for name, leg in self.legs(i).items()]
        some = [leg for leg in legs if leg[2] == "waiting" or not which] or [("none", "1", "")]
        return some[-1 - which % len(some)][:2]

    def legs(self, interaction: str) -> dict:
        return self.world.of("interaction", interaction).legs

    @initialize(mails=st.integers(0, 4))
    def a_morning(self, mails: int) -> None:
        for number in range(mails):
            self.a_mail_comes("ada@example.org", ("help", "sales", "tech")[number % 3], "")
        for agent in ("anna", "boris", "clara"):
            self.an_agent_comes(agent)

    @rule(sender=PEOPLE, entry=st.sampled_from(["help", "tech", "sales"]), automatic=st.sampled_from(["", "", "list"]))
    def a_mail_comes(self, sender: str, entry: str, automatic: str) -> None:
        self.mails += 1
        self.does(mail(sender, entry=entry, automatic=automatic, id=f"m{self.mails}"))

    @rule(sender=PEOPLE, which=WHICH, how=st.sampled_from(["token", "delivery", "references"]), robot=st.booleans())
    def a_mail_refers_to_another(self, sender: str, which: int, how: str, robot: bool) -> None:
        refers = {
            "token": Referred(ticket_id=self.known("ticket", which)),
            "delivery": Referred(delivery_ids=(self.known("delivery", which),)),
            "references": Referred(fingerprints=(f"message:m{max(1, self.mails - which)}",)),
        }[how]
        self.mails += 1
        self.does(mail(sender, refers=refers, automatic="auto-replied" if robot else "", id=f"m{self.mails}"))

    @rule(number=st.integers(1, 2), entry=st.sampled_from(["main", "tech"]), robot=st.booleans())
    def a_text_comes(self, number: int, entry: str, robot: bool) -> None:
        self.does(sms(sender=f"+4800000000{number}", entry=entry, automatic="repeats itself" if robot else ""))

    @rule(number=st.integers(1, 2), kind=st.sampled_from(["stop", "start", "help"]))
    def a_text_commands(self, number: int, kind: str) -> None:
        self.does(word(kind, f"+4800000000{number}"))

    @rule(number=st.integers(1, 2), delay=st.sampled_from([0, 20, 600]))
    def a_callback_is_asked_for(self, number: int, delay: int) -> None:
        self.does(callback(f"+4800000000{number}", self.world.now + timedelta(seconds=delay)))

    @rule(which=WHICH)
    def a_callback_is_cancelled(self, which: int) -> None:
        self.does(CancelCallback(interaction_id=self.known("interaction", which)))

    @rule(agent=AGENTS)
    def an_agent_comes(self, agent: str) -> None:
        self.does(SignIn(agent_id=agent))
        self.does(BecomeReady(agent_id=agent))

    @rule(agent=AGENTS, how=st.sampled_from(["lunch", "lost", "out"]))
    def an_agent_leaves(self, agent: str, how: str) -> None:
        lunch, lost = BecomeNotReady(agent_id=agent, reason="lunch"), LoseConnection(agent_id=agent)
        self.does({"lunch": lunch, "lost": lost, "out": SignOut(agent_id=agent)}[how])

    @rule(which=WHICH, agents=st.lists(AGENTS, min_size=1, max_size=3, unique=True))
    def work_is_offered(self, which: int, agents: list[str]) -> None:
        interaction, leg = self.waiting(which)
        for agent in agents:
            self.does(offer(interaction, agent, leg))

    @rule(which=WHICH, agents=st.lists(AGENTS, min_size=1, max_size=3, unique=True))
    def work_is_offered_and_accepted(self, which: int, agents: list[str]) -> None:
        self.work_is_offered(which, agents)
        if self.works:
            self.does(self.works[-1].accept())

    @rule(which=WHICH, answer=st.sampled_from(["accept", "decline", "time_out"]))
    def an_offer_is_answered(self, which: int, answer: str) -> None:
        self.does(getattr(self.work(which), answer)())

    @rule(which=WHICH, ticket=st.sampled_from(["resolve", "await_customer", "leave"]), said=st.booleans())
    def contact_ends(self, which: int, ticket: str, said: bool) -> None:
        self.does(self.work(which).complete(ticket=ticket, disposition="answered" if said else ""))

    @rule(which=WHICH, timed_out=st.booleans())
    def wrap_up_ends(self, which: int, timed_out: bool) -> None:
        work = self.work(which)
        fire = TimeOutWrapUp(interaction_id=work.interaction_id, leg=work.leg)
        self.does(fire if timed_out else work.wrap_up())

    @rule(which=WHICH, department=DEPARTMENTS)
    def work_is_transferred(self, which: int, department: str) -> None:
        self.does(self.work(which).transfer(department))

    @rule(which=WHICH)
    def an_agent_replies(self, which: int) -> None:
        self.does(self.work(which).reply())

    @rule(which=WHICH, by=st.sampled_from(["sms", "email"]))
    def an_agent_replies_by_the_way_they_choose(self, which: int, by: Literal["sms", "email"]) -> None:
        self.does(Reply(**self.work(which).mine, text="Dear Ada", by=by))

    @rule(which=WHICH, department=DEPARTMENTS, what=st.integers(0, 5))
    def something_becomes_of_a_ticket(self, which: int, department: str, what: int) -> None:
        ticket = self.known("ticket", which)
        own = {"project": PROJECT, "ticket_id": ticket}
        commands: list[Command] = [
            HandOverTicket(**own, department=department, by="anna"),
            AwaitCustomer(ticket_id=ticket, by="anna"),
            ResolveTicket(**own, agent_id="anna"),
            ReopenTicket(**own, reason="again"),
            CloseTicket(ticket_id=ticket, reason="time"),
            RateService(ticket_id=ticket, agent_score=5, company_score=None),
        ]
        self.does(commands[what])

    @rule(which=WHICH, what=st.integers(0, 7))
    def something_becomes_of_a_delivery(self, which: int, what: int) -> None:
        delivery = self.known("delivery", which)
        later = self.world.now + timedelta(seconds=30)
        own = {"delivery_id": delivery, "attempt_id": self.world.of("delivery", delivery).attempt_id}
        commands: list[Command] = [
            AttemptDelivery(delivery_id=delivery, patience=60),
            RecordDelivered(**own),
            RecordDeferred(**own, code="451", reason="busy", retry_at=self.world.now),
            RecordRefused(**own, code="550", reason="no"),
            RecordBounce(delivery_id=delivery, status="5.1.1", permanent=True, reason="no"),
            RecordAccepted(**own, reference="SM1", segments=1, patience=30),
            WithholdDelivery(delivery_id=delivery, code="quiet_hours", reason="night", until=later),
            WithholdDelivery(delivery_id=delivery, code="consent", reason="wants none", until=None),
        ]
        self.does(commands[what])

    @rule(which=WHICH, other=WHICH, what=st.integers(0, 3))
    def something_becomes_of_a_customer(self, which: int, other: int, what: int) -> None:
        one, two = self.known("customer", which), self.known("customer", other)
        if what == 0:
            self.does(EraseCustomer(customer_id=one))
        elif what == 1:
            merged = [(c.merged_into, c.customer_id) for c in self.all(Customer) if c.merged_into] or [(one, two)]
            survivor, other_one = merged[which % len(merged)]
            self.does(UnmergeCustomers(customer_id=survivor, merged_id=other_one))
        else:
            self.does(MergeCustomers(customer_id=one, merged_id=two))

    @rule(seconds=st.sampled_from([1, 30, 120, 3600]))
    def time_goes_by(self, seconds: int) -> None:
        self.world.wait(seconds=seconds)

    @invariant()
    def who_holds_work_and_whose_work_is_held_agree(self) -> None:
        """From the interactions' side as from the agents' (the checker looks after every event)."""
        held = {(a.agent_id, w) for a in self.all(Agent) for w in a.work}
        given = {
            (o.agent_id, w) for i in self.all(Interaction) for leg in i.legs.values() for w, o in leg.offers.items()
        }
        busy = {"accepted", "connected", "wrap_up"}
        given |= {
            (leg.agent_id, leg.work_id) for i in self.all(Interaction) for leg in i.legs.values() if leg.status in busy
        }
        given |= {
            (who.agent_id, party)
            for i in self.all(Interaction)
            for leg in i.legs.values()
            for party, who in leg.call.parties.items()
            if who.kind == "agent"
        }
        assert held == given

    @invariant()
    def nothing_is_left_behind_a_closed_interaction(self) -> None:
        closed = {i.interaction_id for i in self.all(Interaction) if i.status == "closed"}
        assert not [h for a in self.all(Agent) for h in a.work.values() if h.interaction_id in closed]
        assert not [r for r in self.all(Reservation) if r.kind == "callback" and r.holder in closed]

    @invariant()
    def an_address_belongs_to_a_customer_who_knows_it(self) -> None:
        for name, state in self.world.states.items():
            if isinstance(state, Reservation) and state.kind in ("email", "phone") and state.holder:
                customer = self.world.of("customer", state.holder)
                assert customer.status == "registered"
                assert identity_of(name) in {c.fingerprint for c in customer.contacts}

    @invariant()
    def merged_customers_point_at_each_other(self) -> None:
        for customer in self.all(Customer):
            if customer.merged_into:
                assert customer.customer_id in self.world.of("customer", customer.merged_into).merged

    def all(self, kind: type) -> list:
        return [state for state in self.world.states.values() if isinstance(state, kind)]

    def teardown(self) -> None:
        for stream, events in self.world.history.items():
            assert fold(stream, events) == self.world.states[stream]


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=60,
    stateful_step_count=80,
    deadline=None,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
