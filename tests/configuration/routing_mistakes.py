"""A pool that uses all of routing, and what can be wrong with it: one mistake each, a line each."""
# ruff: noqa: E501

from __future__ import annotations

#: Two sites, two rings, three languages of people, hours, an overflow: in order as it stands.
POOL = """\
schema_version: 1
centre: demo
title: Demo
pool: main
sites:
  paris: {title: Paris}
  riga: {title: Riga}
  lyon: {title: Lyon}
skills:
  french: {title: French}
  metal: {title: Metal}
profiles:
  front:
    capacity: 4
    channels:
      voice: {concurrency: 1, units: 2, interrupts: [email]}
      email: {concurrency: 2}
      callback: {concurrency: 1}
    queues:
      hotline/letters: {}
      hotline/calls: {}
      hotline/night: {}
  back:
    capacity: 2
    channels: {email: {concurrency: 1}, callback: {concurrency: 1}}
    queues:
      hotline/letters: {ring: 2}
      hotline/calls: {ring: 2}
  late:
    capacity: 1
    channels: {email: {concurrency: 1}}
    queues: {hotline/night: {}}
agents:
  anna: {name: Anna, site: paris, profile: front, skills: {french: 5, metal: 2}, languages: [en, fr]}
  boris: {name: Boris, site: paris, profile: front, skills: {french: 3}, languages: [en]}
  clara: {name: Clara, site: riga, profile: back, skills: {french: 4}, languages: [en, ru]}
  dora: {name: Dora, site: riga, profile: late, languages: [en]}
routing: {policy: aged_priority}
"""
HOTLINE = """\
schema_version: 1
project: hotline
title: Hotline
pool: main
departments:
  letters: {title: Letters, queue: letters}
  night: {title: Night, queue: night}
queues:
  letters:
    title: Letters
    skills: {french: 5, metal: 1}
    hours: office
    closed: {then: queue, queue: night}
    overflow: {waiting: 20, queue: night}
    steps:
      - {after: 60, lower: {french: 4}, priority: 4}
      - {after: 120, drop: [metal], open_rings: 2}
      - {after: 300, lower: {french: 2}, priority: 2, offer_callback: true}
  calls:
    title: Calls
    sites: own
    language: required
    steps:
      - {after: 60, add_sites: [riga]}
      - {after: 90, open_rings: 2, any_language: true}
  night: {title: Night}
hours:
  office:
    time_zone: Europe/Paris
    weekly: {mon: [08:00-12:00, 13:00-17:00], tue: [08:00-24:00]}
    days: {2026-12-24: [08:00-12:00], 2026-12-25: []}
service_levels:
  quick: {title: Quick, within: 20, queues: [calls], channels: [callback]}
mailboxes:
  help: {address: help@example.com, title: Help, department: letters, site: paris, language: fr}
status: {sender: help}
callbacks: {queue: calls}
"""
BOTH = f"{POOL}---\n{HOTLINE}"

#: What is replaced by what; where it is, how grave, what it says and how it is mended.
MISTAKES: list[tuple[str, str, str, str, str, str]] = [
    # names
    ("add_sites: [riga]", "add_sites: [rega]", "queues.calls.steps.0.add_sites.0", "fault", "no site 'rega'", "'riga'"),
    ("site: paris, language: fr}", "site: pari}", "mailboxes.help.site", "fault", "no site 'pari'", "'paris'"),
    ("[metal], open", "[metall], open", "queues.letters.steps.1.drop.0", "fault", "no skill 'metall'", "'metal'"),
    ("lower: {french: 4}", "lower: {frensh: 4}", "steps.0.lower.frensh", "fault", "does not ask for it", "'french'"),
    ("drop: [metal]", "add_queue: nigth", "queues.letters.steps.1.add_queue", "fault", "no queue 'nigth'", "'night'"),
    ("20, queue: night", "20, queue: nite", "queues.letters.overflow.queue", "fault", "no queue 'nite'", "'night'"),
    ("then: queue, queue: night", "then: queue, queue: x", "letters.closed.queue", "fault", "no queue 'x'", "known: calls, letters, night"),
    ("hours: office", "hours: offices", "queues.letters.hours", "fault", "no opening hours 'offices'", "'office'"),
    ("queues: [calls]", "queues: [cals]", "service_levels.quick.queues.0", "fault", "no queue 'cals'", "'calls'"),
    ("channels: [callback]", "channels: [fax]", "service_levels.quick.channels.0", "fault", "no channel 'fax'", "voice"),
    ("interrupts: [email]", "interrupts: [fax]", "channels.voice.interrupts.0", "fault", "no channel 'fax'", "email"),
    ("{title: Night}", "{title: Night, offer: {channels: {fax: {misses: 1}}}}", "channels.fax", "fault", "'fax'", "sms"),
    ("aged_priority}", "fixed_queue_ratio, shares: {hotline/x: 2}}", "shares.hotline/x", "fault", "no queue", "hotline/"),
    ("languages: [en]", "languages: [de]", "agents.boris.languages.0", "fault", "one of en, fr, pl, ru", "en"),
    # steps that change nothing
    ("lower: {french: 4}", "lower: {french: 5}", "steps.0.lower.french", "fault", "at level 5 by then", "`french: 4` or"),
    ("lower: {french: 2}", "lower: {french: 4}", "steps.2.lower.french", "fault", "lowers nothing", "`french: 3` or less"),
    ("lower: {french: 2}", "drop: [metal]", "queues.letters.steps.2.drop.0", "fault", "earlier step dropped", "'french'"),
    ("drop: [metal], open", "lower: {french: 3}, drop: [french], open", "1.lower.french", "fault", "both lowered", "one"),
    ("priority: 4", "priority: 5", "queues.letters.steps.0.priority", "fault", "no more urgent than 5", "`priority: 4`"),
    ("priority: 2", "priority: 4", "queues.letters.steps.2.priority", "fault", "which holds by then", "`priority: 3`"),
    ("300, lower", "300, open_rings: 2, lower", "steps.2.open_rings", "fault", "up to 2 are open", "`open_rings: 3`"),
    ("drop: [metal]", "add_queue: letters", "steps.1.add_queue", "fault", "waits in this queue from the beginning", "other"),
    ("drop: [metal]", "add_sites: [riga]", "steps.1.add_sites", "fault", "any site may take it", "`sites: own`"),
    ("90, open", "90, add_sites: [riga], open", "calls.steps.1.add_sites.0", "fault", "added before", "remove it"),
    ("[riga]", "[riga, any]", "calls.steps.0.add_sites.0", "fault", "`any` stands for 'riga' too", "add_sites: [any]"),
    ("drop: [metal]", "any_language: true", "steps.1.any_language", "fault", "no language is asked", "language: required"),
    ("callbacks: {queue: calls}\n", "", "steps.2.offer_callback", "fault", "no callback requests", "callbacks: {queue"),
    ("{after: 120,", "{after: 50,", "queues.letters", "fault", "50 s comes after 60 s", ""),
    ("lower: {french: 4}, priority: 4", "", "queues.letters.steps.0", "fault", "this step changes nothing", "priority: 4"),
    # steps that never fire
    (
        "{after: 60, add_sites: [riga]}",
        "{after: 60, voicemail: true}\n      - {after: 70, priority: 1}",
        "queues.calls.steps.1",
        "fault",
        "can never fire: after 60 s the caller is sent to leave a message",
        "before that step",
    ),
    (
        "{title: Night}",
        "{title: Night, steps: [{after: 9, voicemail: true}, {after: 10, message: Sorry}]}",
        "queues.night.steps.1",
        "fault",
        "can never fire: after 9 s the caller",
        "before that step",
    ),
    (
        "{title: Night}",
        "{title: Night, steps: [{after: 9, voicemail: true}, {after: 10, priority: 1}]}",
        "queues.night.steps.1",
        "warning",
        "no caller comes to this step",
        "unless it is meant for written work",
    ),
    (
        "{title: Night}",
        "{title: Night, skills: {metal: 9}, steps: [{after: 9, lower: {metal: 8}}, {after: 20, lower: {metal: 2}}]}",
        "queues.night.steps.0",
        "warning",
        "can never fire: nobody could take the work even then (metal 8 asked for, rings up to 1)",
        "relax more",
    ),
    (
        "{title: Night}",
        "{title: Night, steps: [{after: 9, open_rings: 3}]}",
        "queues.night.steps.0.open_rings",
        "warning",
        "nobody serves this queue in the rings 2 to 3: this opens nothing",
        "hotline/night: {ring: 3}",
    ),
    ("add_sites: [riga]", "add_sites: [lyon]", "calls.steps.0.add_sites.0", "warning", "nobody at 'lyon' serves", "riga"),
    # profiles that can take nothing, or not all they name
    (
        "{email: {concurrency: 1}, callback: {concurrency: 1}}",
        "{email: {concurrency: 1, units: 3}, callback: {concurrency: 1, units: 3}}",
        "profiles.back.channels.email.units",
        "fault",
        "it can take nothing",
        "`capacity: 3` or more",
    ),
    (
        "      hotline/letters: {ring: 2}\n      hotline/calls: {ring: 2}",
        "      hotline/letters: {ring: 3}\n      hotline/calls: {ring: 4}",
        "profiles.back",
        "fault",
        "can take nothing. hotline/letters: its ring 3 is never opened, the last one is 2; hotline/calls: its ring 4",
        "open the ring",
    ),
    ("calls: {ring: 2}", "calls: {ring: 3}", "queues.hotline/calls", "warning", "its ring 3 is never opened", "mend that"),
    (
        "1}, callback: {concurrency: 1}}",
        "1}}",
        "profiles.back.queues.hotline/calls",
        "warning",
        "its work comes by callback, which the profile does not take",
        "remove the queue",
    ),
    ("overflow: {waiting: 20, queue: night}", "overflow: {waiting: 20, queue: calls}", "letters.overflow.queue", "warning", "this adds nobody", "other agents"),
    ("drop: [metal]", "add_queue: calls", "letters.steps.1.add_queue", "warning", "this adds nobody", "other agents"),
    # circles
    ("{title: Night}", "{title: Night, overflow: {waiting: 9, queue: letters}}", "overflow.queue", "fault", "letters → night → letters", "end"),
    ("20, queue: night", "20, queue: letters", "letters.overflow.queue", "fault", "leads to its own queue", "elsewhere"),
    ("{title: Night}", "{title: Night, hours: office, closed: {then: queue, queue: letters}}", "letters.closed.queue", "fault", "send in a circle: letters → night", "then: wait"),
    ("email: {concurrency: 2}", "email: {concurrency: 2, interrupts: [voice]}", "voice.interrupts", "fault", "in a circle: voice → email → voice", "the reverse"),
    ("interrupts: [email]", "interrupts: [voice]", "channels.voice.interrupts", "fault", "voice interrupts itself", "the"),
    ("interrupts: [email]", "interrupts: [sms]", "voice.interrupts.0", "warning", "sms, which this profile does not take", "sms: {c"),
    # policies
    ("aged_priority}", "strict_priority}", "routing.policy", "warning", "priority 4 (hotline/letters); 5 (hotline/letters, hotline/calls", "aged_priority"),
    ("aged_priority}", "strict_priority}", "routing.policy", "warning", "more urgent work, such as priority 2", "steps that"),
    ("aged_priority}", "fifo}", "queues.letters.steps.0.priority", "warning", "under fifo", "aged_priority"),
    ("aged_priority}", "aged_priority, head_starts: {3: 10}}", "head_starts.3", "fault", "priority 4 has a head start of 30 minutes, the more urgent 3 one of 10", "`4: 10` or less"),
    ("aged_priority}", "fifo, head_starts: {1: 60}}", "routing.head_starts", "warning", "changes nothing under", "policy: aged"),
    ("aged_priority}", "aged_priority, shares: {hotline/calls: 2}}", "routing.shares", "warning", "changes nothing", "fixed_"),
    # hours
    ("13:00-17:00]", "11:00-17:00]", "hours.office.weekly.mon.1", "fault", "11:00-17:00 overlaps 08:00-12:00", "`08:00-17:00`"),
    ("[08:00-12:00, 13:00-17:00]", "[13:00-17:00, 08:00-12:00]", "weekly.mon.1", "fault", "which is later", "in their order"),
    ("tue: [08:00-24:00]", "tue: [22:00-06:00]", "weekly.tue.0", "fault", "ends before it begins", "`00:00-06:00` on the next"),
    ("tue: [08:00-24:00]", "tue: [08:00-08:00]", "weekly.tue.0", "fault", "is empty", "00:00-24:00"),
    ("tue: [08:00-24:00]", "tue: [8-24]", "hours.office.weekly.tue.0", "fault", "must be text (local time", "08:00-12:30"),
    ("tue: [08", "tuesday: [08", "hours.office.weekly.tuesday", "fault", "one of mon, tue", "`mon:`"),
    ("2026-12-25: []", "2026-02-29: []", "hours.office.days.2026-02-29", "fault", "does not exist", "2026-12-24"),
    ("2026-12-25: []", "25.12.2026: []", "hours.office.days.25.12.2026", "fault", "a date, as in", "`2026-12-24:`"),
    ("Europe/Paris", "Europe/Pari", "hours.office.time_zone", "fault", "no time zone 'Europe/Pari'", "'Europe/Paris'"),
    ("    weekly:", "    holidays: XX\n    weekly:", "hours.office.holidays", "fault", "known of 'XX'", "by ISO 3166"),
    ("    weekly: {mon: [08:00-12:00, 13:00-17:00], tue: [08:00-24:00]}\n    days: {2026-12-24: [08:00-12:00], 2026-12-25: []}", "    weekly: {mon: []}", "queues.letters.hours", "warning", "never opens", "mon: [08:00"),
    ("hours:\n", "hours:\n  spare: {weekly: {mon: [08:00-09:00]}}\n", "hours.spare", "warning", "no queue keeps", "hours: spare"),
    ("{title: Night}", "{title: Night, closed: {then: voicemail}}", "queues.night.closed", "warning", "never closes", "hours: office"),
    ("{title: Night}", "{title: Night, closed: {queue: calls}}", "queues.night.closed", "fault", "goes with `then: queue`", "closed:"),
    ("{title: Night}", "{title: Night, hours: office, closed: {then: message}}", "night.closed", "fault", "says which", "text"),
    # what changes nothing, or waits for ever
    ("{title: Night}", "{title: Night, handling_by_level: {3: 60}}", "handling_by_level", "warning", "asks for no skill", "skills"),
    ("sites: own\n", "sites: own\n    silence: 60\n", "queues.calls.silence", "warning", "only calls come", "remove it"),
]  # fmt: skip
