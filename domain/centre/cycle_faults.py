"""Work that would be sent round in circles: overflows, closed queues, channels that interrupt one another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.faults import Fault, Path, Subject, unknown, warning
from domain.channel import channel_names
from domain.sentence import say


def cycles(edges: Mapping[str, Collection[str]]) -> Iterator[list[str]]:
    """Cycles of a directed graph, at least one of each tangle, each from the node by which it was entered.

    Depth first (R. Tarjan 1972), without recursion: a chain may be as long as there are queues.
    """
    done: set[str] = set()
    for root in edges:
        trail: dict[str, Iterator[str]] = {} if root in done else {root: iter(edges[root])}
        while trail:
            last = next(reversed(trail))
            onward = next((node for node in trail[last] if node in edges and node not in done), None)
            if onward is None:
                del trail[last]
                done.add(last)
            elif onward in trail:
                nodes = list(trail)
                yield nodes[nodes.index(onward) :]
            else:
                trail[onward] = iter(edges[onward])


def check_cycles(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    """Overflows, and closed queues, that lead back to where they began."""
    overflows = {name: [queue.overflow.queue] for name, queue in p.queues.items() if queue.overflow is not None}
    for cycle in cycles(overflows):
        path: Path = ("queues", cycle[0], "overflow", "queue")
        what = (
            say("an_overflow_leads_to_its_own", "an overflow leads to its own queue")
            if len(cycle) == 1
            else say("overflows_go_in_a_circle", "overflows go in a circle: {circle}", circle=_round(cycle))
        )
        yield Fault(
            subject=subject,
            path=path,
            what=what,
            mend=say("let_one_of_them_end_elsewhere", "let one of them end elsewhere, or remove it"),
        )
    closings = {name: [queue.closed.queue] for name, queue in p.queues.items() if queue.closed.queue is not None}
    for cycle in cycles(closings):
        path = ("queues", cycle[0], "closed", "queue")
        what = say(
            "closed_queues_send_in_a_circle",
            "closed queues send in a circle: {circle}; with all of them closed it would never end",
            circle=_round(cycle),
        )
        if len(cycle) == 1:
            what = say("a_closed_queue_sends_to_itself", "a closed queue sends to itself")
        mend = say(
            "let_one_of_them_wait_then_wait",
            "let one of them wait (`then: wait`), or send to a queue outside the circle",
        )
        yield Fault(subject=subject, path=path, what=what, mend=mend)


def check_interrupts(subject: Subject, c: CentreDocument) -> Iterator[Fault]:
    """Channels named in `interrupts`: unknown ones, ones the profile does not take, and circles."""
    for name, profile in c.profiles.items():
        here = ("profiles", name, "channels")
        for channel, use in profile.channels.items():
            for number, other in enumerate(use.interrupts):
                path = (*here, channel, "interrupts", number)
                yield from unknown("channel", other, channel_names(), subject, path, None)
                if other in channel_names() and other not in profile.channels:
                    what = say(
                        "interrupts_what_is_not_taken",
                        "{channel} interrupts {other}, which this profile does not take: it changes nothing",
                        channel=channel,
                        other=other,
                    )
                    mend = say(
                        "remove_it_or_add_concurrency", "remove it, or add `{other}: {{concurrency: 1}}`", other=other
                    )
                    yield warning(subject, path, what, mend, (subject, here))
        for cycle in cycles({channel: use.interrupts for channel, use in profile.channels.items()}):
            what = say(
                "channels_interrupt_one_another",
                "channels interrupt one another in a circle: {circle}",
                circle=_round(cycle),
            )
            if len(cycle) == 1:
                what = say("channel_interrupts_itself", "{channel} interrupts itself", channel=cycle[0])
            mend = say(
                "let_the_more_urgent_one_interrupt", "let the more urgent one interrupt the other, and not the reverse"
            )
            yield Fault(subject=subject, path=(*here, cycle[0], "interrupts"), what=what, mend=mend)


def _round(cycle: list[str]) -> str:
    return " → ".join([*cycle, cycle[0]])
