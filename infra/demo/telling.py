"""What a run tells: one JSON object for scripts, an introduction and a live line for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, get_args

from infra.demo.ledger import Outcome
from infra.demo.setting_up import GUEST, YOUR_MAIL
from infra.demo.watching import METHOD

if TYPE_CHECKING:
    from infra.demo.running import Run


def report(run: Run, checked: dict[str, list[str]]) -> dict[str, Any]:
    """Everything that a run was, JSON-ready. Times in seconds."""
    broken = [f"{name}: {fault}" for name, faults in checked.items() for fault in faults]
    total = run.simulated + run.drained
    counts = counted(run)
    events = sum(run.watching.counts[wire] for wire in run.watching.counts if wire.count(".") == 2)
    return {
        "seconds": round(run.simulated, 1),
        "drain_seconds": round(run.drained, 1),
        "seed": run.pace.seed,
        "speed": run.pace.speed,
        "customers": run.customers,
        "agents": len(run.agents),
        "counts": counts,
        "service_level": {
            "method": METHOD,
            "share": _rounded(run.watching.figures.share),
            "queues": {
                name: {
                    "target_seconds": one.target,
                    "offered": one.offered,
                    "answered": one.answered,
                    "in_time": one.in_time,
                    "abandoned": one.abandoned,
                    "flowed_out": one.flowed_out,
                    "cancelled": one.cancelled,
                    "share": _rounded(one.share),
                    "average_speed_of_answer": _rounded(one.waited / one.answered if one.answered else None),
                }
                for name, one in sorted(run.watching.figures.queues.items())
            },
        },
        "average_speed_of_answer": _rounded(run.watching.figures.mean_wait),
        "incidents": run.incidents.told if run.incidents is not None else [],
        "wait_by_site": run.watching.by_site.shown(),
        "throughput": {
            "interactions_per_minute": _rounded(60 * counts["interactions"] / total if total else None),
            "mails_per_minute": _rounded(60 * run.ledger.mails / total if total else None),
            "events_per_second": _rounded(events / total if total else None),
        },
        "seen_by_customers": {
            "mails_taken_by_the_centre": sum(one.times for one in run.ledger.posted),
            "mails_arrived": len(run.ledger.arrived),
            "ratings_thanked_for": len(run.ledger.ratings),
            "calls_made": len(run.ledger.calls),
            **{f"calls_{name}": sum(one.outcome == name for one in run.ledger.calls) for name in get_args(Outcome)},
            "texts_written": len(run.ledger.texts),
            **{name.replace(" ", "_"): times for name, times in sorted(run.ledger.seen.items())},
        },
        "invariants": {"checked": list(checked), "broken": broken},
    }


def counted(run: Run) -> dict[str, int]:
    """Counts, from the log's events of this run."""
    counts: Counter[str] = run.watching.counts
    return {
        "mails_received": counts["received by email"],
        "messages_on_pages": counts["received by page"],
        "chat_messages": counts["received by chat"],
        "calls_in": counts["call.started.v1"],
        "calls_answered": counts["answered by voice"],
        "calls_abandoned": counts["abandoned by voice"],
        "calls_refused_as_busy": counts["line.call_refused.v1"],
        "calls_back": counts["answered by callback"],
        "voicemails": counts["call.message_left.v1"],
        "recordings": counts["interaction.recording_stored.v1"],
        "texts_in": counts["received by sms"],
        "texts_out": counts["delivered by sms"],
        "texts_not_delivered": counts["failed by sms"],
        "texts_stopped": counts["customer.consent_withdrawn.v1"],
        "interactions": counts["interaction.started.v1"],
        "tickets_opened": counts["ticket.opened.v1"],
        "tickets_handed_over": counts["ticket.handed_over.v1"],
        "tickets_resolved": counts["ticket.resolved.v1"],
        "tickets_reopened": counts["ticket.reopened.v1"],
        "tickets_rated": counts["ticket.service_rated.v2"],
        "callbacks": counts["interaction.callback_requested.v1"],
        "offers": counts["interaction.offered.v1"],
        "offers_accepted": counts["interaction.offer_accepted.v1"],
        "offers_declined": counts["interaction.offer_declined.v1"],
        "offers_timed_out": counts["interaction.offer_timed_out.v1"],
        "offers_rescinded": counts["interaction.offer_rescinded.v1"],
        "transfers": counts["interaction.transferred.v1"],
        "replies": counts["interaction.message_sent.v1"],
        "notes": counts["interaction.note_added.v1"],
        "wrap_ups": counts["interaction.wrap_up_completed.v1"],
        "mails_sent": counts["delivered by email"],
        "mails_refused": counts["failed by email"],
        "mails_bounced": counts["bounced by email"],
        "auto_replies_filed": counts["automatic mails filed"],
        "duplicates_ignored": sum(one.times - 1 for one in run.ledger.posted),
        "events": sum(times for name, times in counts.items() if name.count(".") == 2),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def line(run: Run) -> str:
    """How it stands, in one line."""
    counts, watching = counted(run), run.watching
    waiting, in_hand = watching.waiting_and_in_hand()
    share = watching.figures.share
    parts = [
        f"{run.elapsed:5.0f} s",
        f"mails {counts['mails_received']} in, {counts['mails_sent']} out",
        f"tickets {counts['tickets_opened']} opened",
        f"{counts['tickets_resolved']} resolved",
        f"{counts['tickets_rated']} rated",
        f"{counts['callbacks']} callbacks",
        f"{counts['chat_messages']} chat lines",
        f"calls {counts['calls_in']} in, {counts['calls_answered']} answered",
        f"texts {counts['texts_in']} in, {counts['texts_out']} out",
        f"{waiting} waiting, {in_hand} in hand",
        f"{share:.0%} in time" if share is not None else "",
        f"{len(watching.broken)} invariants broken",
    ]
    return " · ".join(part for part in parts if part)


def introduction(run: Run) -> str:
    """Where to look and how to take part, in rich's markup."""
    node, mailboxes = run.node, [box.address for p in run.documents.projects for box in p.mailboxes.values()]
    guest = next(one for one in run.log_ins if one.name == GUEST)
    agents = [one for one in run.log_ins if one.role == "agent" and one.name != GUEST]
    log_ins = "\n".join(f"    {one.name:<14} {one.password}" for one in run.log_ins if one.role != "agent")
    forms = "\n".join(f"    {node.base_url}/callback/{p.project}" for p in run.documents.projects)
    numbers = " and ".join(one.number for p in run.documents.projects for one in p.numbers.values())
    chats = [f"/chat/{p.project}/{name}" for p in run.documents.projects for name in p.conversations]
    forms += "".join(f"\n    {node.base_url}{one}" for one in chats)
    return f"""
[bold]{run.documents.centre.title}[/bold]: {len(agents)} simulated agents, about {run.pace.customers:g} customers \
a minute, speed {run.pace.speed:g}. Everything here is real but the people.

  [bold]Begin here: {run.start_url}[/bold]
    one click signs you in; the day and its speed, what was sent, every event as it happens

  [bold]Look[/bold]
    {node.base_url}/desk        the desk: agents, the floor
    {node.base_url}/docs        the API, to try out in the browser
{forms}        the customers' forms and chat
    {run.telephones.url}        telephones: call and text {numbers}, or watch yours (client:{GUEST})
    trunkline log --log 'sqlite://{run.data}/log.sqlite' tail --follow        every event as it happens

  [bold]Sign in[/bold] (passwords of this run; this machine only)
    {guest.name:<14} {guest.password}        [bold]you[/bold]: an agent whom nobody simulates
{log_ins}
    {len(agents)} agents      {agents[0].password}        {", ".join(one.name for one in agents)}

  [bold]Take part[/bold]
    trunkline agent --url {node.base_url} --name {guest.name} --password {guest.password}        answer customers
    swaks --server 127.0.0.1:{node.smtp_in_port} --from you@home.example --to {mailboxes[0]} --body 'Hello!'
    python3 -c "import smtplib; smtplib.SMTP('127.0.0.1', {node.smtp_in_port}).sendmail('you@home.example', \
'{mailboxes[0]}', 'From: you@home.example\\nSubject: Hello\\n\\nIs anybody there?')"
    what is written to you arrives in {run.data / YOUR_MAIL}/new

  Ctrl-C ends it.
"""
