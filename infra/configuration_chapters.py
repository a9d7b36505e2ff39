"""Chapters of `docs/configuration.md` on how work finds an agent. Each YAML part belongs to one of the documents and
is checked by a test, put into a small centre."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Chapter(NamedTuple):
    """`part_of`: which document the YAML is a part of."""

    title: str
    text: str
    part_of: Literal["centre", "project"] = "project"
    yaml: str = ""


CHAPTERS = (
    Chapter(
        "Which item comes next",
        "Somebody becomes free: of all the work they may have, in every channel and queue, the pool's *policy* says "
        "which comes first, below the priorities of their own profile. `aged_priority`, the default, adds to each "
        "wait a head start by priority, so that nothing waits for ever: it is overtaken only by what has a head start "
        "larger than its own longer wait. `strict_priority` lets less urgent work starve, and `check` names which.",
        "centre",
        "routing:\n  policy: aged_priority\n  head_starts: {1: 60, 2: 45, 3: 40}   # minutes by priority\n",
    ),
    Chapter(
        "Capacity and interruption",
        "A profile has a capacity in units; each item of a channel takes some of it while it is offered, worked or "
        "wrapped up, and at most `concurrency` items of a channel at once. With `interrupts` a call comes although "
        "letters fill the agent: their work rests, and its units do not count against the call. The reverse is not "
        "so, and channels that interrupt one another in a circle are a fault.",
        "centre",
        "profiles:\n  mixed:\n    capacity: 4\n    channels:\n      email: {concurrency: 4}\n"
        "      callback: {concurrency: 1, units: 4, interrupts: [email]}\n    queues:\n      hotline/billing: {}\n",
    ),
    Chapter(
        "Which agent",
        "Of those who may have an item, first the agent who had the matter last (for `preferred` seconds it is kept "
        "for them alone, as long as they are ready), then the lower ring, then (`sites: own_first`) the contact's own "
        "site, then the queue's `strategy`, then who has been idle longest. `most_spare` counts free units, "
        "`most_spare_share` free units as a share of the capacity; `least_skilled` keeps generalists free.",
        "project",
        "queues:\n  billing: {title: Billing, strategy: least_skilled, preferred: 300, skills: {french: 1}}\n",
    ),
    Chapter(
        "Steps: what changes with waiting",
        "Each step says what changes once an item has waited so many seconds since its arrival (open hours alone "
        "count): a lower level, a skill dropped, further queues, rings or sites, any language, a higher priority, an "
        "offer to call back, a text, voicemail. A step that relaxes something fires as soon as somebody who is signed "
        "in could take the item then; each one that fires is an event. `check` tells a step that changes nothing "
        "against what holds by then, and one that nobody on the payroll could ever satisfy.",
        "project",
        "queues:\n  billing:\n    title: Billing\n    skills: {french: 3}\n    steps:\n"
        "      - {after: 60, lower: {french: 2}}\n      - {after: 180, drop: [french], priority: 3}\n"
        "      - {after: 600, offer_callback: true}\n",
    ),
    Chapter(
        "Rings, delays and overflow",
        "Three ways to let others help out. A *ring* belongs to a profile's use of a queue and is asked once the "
        "queue's `rings` or a step opens it. A *delay* lets one profile see only what has waited so long. An "
        "*overflow* lets agents of another queue take further items while so many wait; it moves nobody's place.",
        "project",
        "queues:\n  billing: {title: Billing, overflow: {waiting: 20, queue: spare}}\n  spare: {title: Spare}\n",
    ),
    Chapter(
        "Sites and languages",
        "A mailbox (or a number) may belong to a site. `sites: own_first` prefers agents there, `sites: own` keeps the "
        "work there until a step adds others; while a site is down its work goes to all others at once. `language: "
        "required` asks for an agent who speaks the customer's language; who names no `languages` speaks all.",
        "project",
        "queues:\n  billing:\n    title: Billing\n    sites: own\n    language: required\n    steps:\n"
        "      - {after: 120, add_sites: [any]}\n      - {after: 300, any_language: true}\n",
    ),
    Chapter(
        "Opening hours",
        "Named `hours` hold a time zone, spans by weekday (several a day; `24:00` is the day's end, a night stands in "
        "two days) and spans by date, which count instead of the weekday's: a half-day, a day that is closed. "
        "`holidays` closes public holidays of a country or a part of it (ISO 3166: `PL`, `DE-BE`): checking and "
        "applying put those of this year and the next three among the `days`, so that the event holds every date; "
        "apply the document again within that time. Where a clock is put forward over a time, it means the change; "
        "where it is put back, the first of the two. A queue that is closed offers nothing; `closed` says what "
        "becomes of a contact that comes then: it waits, goes to another queue, or (calls) leaves or hears a message.",
        "project",
        "hours:\n  office:\n    time_zone: Europe/Warsaw\n    weekly:\n      mon: [08:00-12:00, 13:00-17:00]\n"
        "      fri: [08:00-14:00]\n    holidays: PL\n    days: {2026-12-31: [08:00-12:00]}\n"
        "queues:\n  billing: {title: Billing, hours: office, closed: {then: queue, queue: night}}\n"
        "  night: {title: Night}\n",
    ),
    Chapter(
        "Offers, silence and wrap-up",
        "An offer rings `timeout` seconds at `ring_width` agents at once; the first to accept has it. Who misses "
        "`misses` in a row is not responding. `again` says whether who declined or missed an item is asked for it once "
        "more after all others, or never. Work whose customer has had no reply for `silence` seconds is queued again.",
        "project",
        "queues:\n  billing:\n    title: Billing\n    silence: 900\n"
        "    offer: {timeout: 20, ring_width: 2, misses: 2, channels: {callback: {timeout: 10, misses: 1}}}\n"
        "    wrap_up: {mode: mandatory, limit: 60}\n",
    ),
    Chapter(
        "Service levels",
        "Definitions of good service, as many as you like, over the same log and its past: the share answered within "
        "so many seconds, and how who left, who left early and who went on to voicemail or a callback counts. By "
        "default only open hours count.",
        "project",
        "service_levels:\n  quick: {title: Within twenty seconds, within: 20, goal: 0.8, short_abandon: 5}\n"
        "  by_the_clock: {title: Within a day, within: 86400, clock: all_hours, abandoned: excluded}\n",
    ),
    Chapter(
        "Changing it while it runs",
        "`trunkline apply` of a changed document is an event like any other: the next decision follows it, and who "
        "waits keeps their place. `--dry-run` says in words what would change, for each queue from what to what, and "
        "`trunkline check NEW --compared-with OLD` says so of two versions in files. `examples/three_sites_evening` is "
        "`examples/three_sites` by other rules.",
    ),
)
