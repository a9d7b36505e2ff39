"""A projection whose rows tell what was lost, what came twice, and in which order."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from domain.event import Recorded
from domain.ports import Rows
from infra.log.stored import StoredLog
from infra.rows.port import RowStore, RowsUnavailable
from projections.schema import Column, Projection, Table
from tests.cluster.events import Counted

#: One row for each event: how often it came, and as the how-manieth of its pool.
SEEN = Table(
    "cluster_seen",
    (Column("pool"), Column("position", "integer"), Column("times", "integer"), Column("place", "integer")),
    key=("pool", "position"),
)
#: One row for each pool: how many came.
COUNTS = Table("cluster_counts", (Column("pool"), Column("count", "integer")), key=("pool",), read_back=True)
TALLY = Projection("cluster_tally", 1, (SEEN, COUNTS))


@TALLY.on(Counted)
def _counted(recorded: Recorded, event: Counted, rows: Rows) -> None:
    before = rows.get("cluster_seen", (recorded.pool, recorded.position))
    count = (rows.get("cluster_counts", (recorded.pool,)) or {"count": 0})["count"] + 1
    times = 1 if before is None else before["times"] + 1
    rows.put("cluster_counts", {"pool": recorded.pool, "count": count})
    seen = {"pool": recorded.pool, "position": recorded.position, "times": times, "place": count}
    rows.put("cluster_seen", seen)


def seen(store: RowStore) -> list[dict[str, Any]]:
    """Every row, by pool and position; none before anybody has made the tables."""
    with suppress(RowsUnavailable), store.reading() as reader:
        pools = [row["pool"] for row in reader.scan(COUNTS.name, {}, ("pool",))]
        return [dict(row) for pool in pools for row in reader.find(SEEN.name, pool=pool)]
    return []


async def expected(log: StoredLog) -> list[dict[str, Any]]:
    """What there must be: every event of every pool once, in order."""
    places: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for event in await log.read(0, 100_000):
        places[event.pool] = place = places.get(event.pool, 0) + 1
        rows.append({"pool": event.pool, "position": event.position, "times": 1, "place": place})
    return sorted(rows, key=lambda row: (row["pool"], row["position"]))
