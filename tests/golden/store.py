"""Golden files: the stored form of every event version, decoded for ever.

`python -m tests.golden.store` writes the files that are missing and lists their hashes. It never touches one that is
there: what the log once held, it will always hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.event import REGISTRY, Event, Proposed
from infra.keys.cipher import KEY_BYTES
from infra.keys.memory import MemoryKeyring
from infra.log.mapper import EventMapper
from infra.log.registry import know_all_events
from infra.log.sealing import SEPARATOR
from tests.golden.sample import CUSTOMER, MOMENT, PERSONAL, sample

FOLDER = Path(__file__).parent / "events"
LIST = Path(__file__).parent / "SHA256SUMS"

#: Events whose classes are gone: the data as their version stored it, personal fields named apart.
OLD: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "ticket.service_rated.v1": (
        {"ticket_id": "ticket-id-1", "customer_id": CUSTOMER, "agent_id": "anna", "score": 4},
        ("comment",),
    ),
}


def known_events() -> dict[str, type[Event]]:
    """The domain's own, without those that other tests declare."""
    know_all_events()
    return {wire: event for wire, event in REGISTRY.items() if event.__module__.startswith("domain.")}


def golden_keyring(seed: str) -> MemoryKeyring:
    """Has the golden customer's key. `seed` makes the nonces of what it seals: the same file can be made again."""
    drawn = count(1)

    def draw(size: int) -> bytes:
        said = "golden key" if size == KEY_BYTES else f"{seed}/{next(drawn)}"
        return hashlib.sha512(said.encode()).digest()[:size]

    keyring = MemoryKeyring(draw)
    keyring.ensure([CUSTOMER])
    return keyring


def stored(wire: str) -> bytes:
    """The example of an event as the log stores it."""
    mapper = EventMapper(golden_keyring(wire))
    if wire not in OLD:
        return mapper.encode_event(proposed(sample(known_events()[wire]), wire))[1]
    data, personal = OLD[wire]
    stand_in = next(iter(known_events().values()))
    envelope = json.loads(mapper.encode_event(proposed(sample(stand_in), wire))[1])
    for name in personal:
        context = f"{wire}/{name}/{_event_id(wire)}"
        token = golden_keyring(wire).seal(CUSTOMER, json.dumps(PERSONAL, ensure_ascii=False), context)
        data = {**data, name: {"sealed": f"{context}{SEPARATOR}{token}"}}
    return json.dumps({"data": data, "meta": envelope["meta"]}, ensure_ascii=False, separators=(",", ":")).encode()


def proposed(event: Event, wire: str) -> Proposed:
    return Proposed(
        event=event,
        event_id=_event_id(wire),
        project="hotline",
        pool="main",
        actor="agent:anna",
        occurred_at=MOMENT,
        causation_id="0195f2b0-0000-7000-8000-0000000000ca",
        correlation_id="0195f2b0-0000-7000-8000-0000000000c0",
    )


def _event_id(wire: str) -> str:
    return str(UUID(bytes=hashlib.sha256(wire.encode()).digest()[:16], version=5))


def listed() -> dict[str, str]:
    """The hash of every golden file by its name, as it was when the file was made."""
    lines = LIST.read_text().splitlines() if LIST.exists() else []
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    hashes = listed()
    for wire in sorted({*known_events(), *OLD}):
        path = FOLDER / f"{wire}.json"
        if path.name not in hashes and not path.exists():
            content = stored(wire)
            path.write_bytes(content)
            hashes[path.name] = hashlib.sha256(content).hexdigest()
            print(f"added {path.name}")
    LIST.write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())))


if __name__ == "__main__":
    main()
