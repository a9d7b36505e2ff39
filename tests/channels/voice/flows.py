"""Projects with call flows, for tests: one made by hand, and any that can be made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from channels.voice.meaning import Facts
from domain.centre.documents import ProjectDocument
from domain.centre.flow_faults import check_flows
from domain.centre.flows import Flow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
LINE = "+48221234567"

STEPS: dict[str, Any] = {
    "welcome": {"greet": {"say": {"en": "Welcome", "pl": "Witamy"}, "then": "office"}},
    "office": {"hours": {"hours": "office", "open": "tongue", "closed": "message"}},
    "tongue": {
        "language": {"say": {"pl": "Po polsku dwa"}, "keys": {"2": "pl"}, "retries": 0, "then": "who"},
    },
    "who": {
        "ask": {
            "say": {"en": "Your number", "pl": "Numer"},
            "pattern": "[0-9]{6}",
            "retries": 1,
            "known": "choose",
            "unknown": "sorry",
            "none": "choose",
        }
    },
    "sorry": {"say": {"say": {"en": "Not known", "pl": "Nieznany"}, "then": "choose"}},
    "choose": {
        "menu": {
            "say": {"en": "Orders 1, office 9, again star", "pl": "Zamówienia 1"},
            "keys": {"1": "consent", "9": "outside", "*": "welcome"},
            "phrases": {"consent": {"en": ["order", "buy"]}},
            "otherwise": "consent",
        }
    },
    "consent": {"consent": {"say": {"en": "Recorded? 1", "pl": "Nagrywać? 1"}, "then": "wait"}},
    "wait": {
        "queue": {
            "queue": "orders",
            "say": {"en": "Please hold", "pl": "Proszę czekać"},
            "music": "music",
            "callback": "back",
            "voicemail": "message",
            "record": "with_consent",
        }
    },
    "back": {"callback_offer": {"say": {"en": "Back? 1", "pl": "Oddzwonić? 1"}, "declined": "wait"}},
    "outside": {"transfer": {"to": "+48585551234", "otherwise": "message"}},
    "message": {"voicemail": {"say": {"en": "Speak", "pl": "Mów"}, "queue": "orders", "then": "bye"}},
    "bye": {"hang_up": {"say": {"en": "Goodbye", "pl": "Pa"}}},
}


def project(steps: dict[str, Any] = STEPS, start: str = "welcome", **queue: Any) -> ProjectDocument:
    """A project with one number and the flow of these steps."""
    return ProjectDocument.model_validate(
        {
            "schema_version": 1,
            "project": "hotline",
            "title": "Hotline",
            "pool": "main",
            "departments": {"orders": {"title": "Orders", "queue": "orders"}},
            "queues": {"orders": {"title": "Orders", **queue}},
            "hours": {"office": {"weekly": {"mon": ["08:00-16:00"]}}},
            "callbacks": {"queue": "orders"},
            "numbers": {"main": {"number": LINE, "title": "Main", "flow": "hello", "lines": 2}},
            "flows": {
                "hello": {
                    "title": "Hello",
                    "start": start,
                    "languages": ["en", "pl"],
                    "recordings": {"music": {"title": "Music", "sounds": {"en": "https://example.com/a.mp3"}}},
                    "steps": steps,
                }
            },
        }
    )


def facts(of: ProjectDocument, now: datetime = NOON, *, caller_known: bool = True) -> Facts:
    return Facts(of, now, LINE, caller_known)


NAMES = [f"s{n}" for n in range(6)]
_name = st.sampled_from(NAMES)
_key = st.sampled_from("0123456789*#")
_say = st.just({"en": "Words", "pl": "Słowa"})
_asked: dict[str, Any] = {
    "say": _say,
    "retries": st.integers(0, 2),
    "timeout": st.integers(1, 9),
}


def _step(kind: str, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({kind: st.fixed_dictionaries(fields)})


_STEP = st.one_of(
    _step("greet", say=_say, then=_name),
    _step("say", say=_say, then=_name),
    _step("hours", hours=st.just("office"), open=_name, closed=_name),
    _step("menu", **_asked, keys=st.dictionaries(_key, _name, min_size=1, max_size=3), otherwise=_name),
    _step("ask", **_asked, pattern=st.just("[0-9]{3}"), known=_name, unknown=_name, none=_name),
    _step("language", **_asked, keys=st.dictionaries(_key, st.sampled_from(["en", "pl"]), min_size=1), then=_name),
    _step("consent", **_asked, key=_key, then=_name),
    _step("queue", queue=st.just("orders"), record=st.sampled_from(["never", "with_consent", "always"])),
    _step("callback_offer", **_asked, key=_key, ask_number=st.booleans(), declined=_name),
    _step("voicemail", say=_say, queue=st.just("orders"), then=st.none() | _name),
    _step("message_taking", say=_say, recipient=st.just("Anna"), queue=st.just("orders"), then=st.none() | _name),
    _step("transfer", to=st.just("+48585551234"), otherwise=_name),
    _step("hang_up"),
)
#: Any flow that the schema lets through, its faults included.
ANY = st.fixed_dictionaries(dict.fromkeys(NAMES, _STEP)).map(lambda steps: project(steps, "s0"))


def in_order(of: ProjectDocument) -> bool:
    return not [fault for fault in check_flows([], [of]) if fault.severity == "fault"]


def flow_of(of: ProjectDocument) -> Flow:
    return of.flows["hello"]
