"""Tables and the append function of the PostgreSQL log.

The function does in one round trip what a transaction of many statements would: take the table's EXCLUSIVE
lock, check what each append read, number and store the events, remember `once` keys, notify. The lock is what
makes the order of positions the order of visibility: nobody gets a position before the last holder's
events are visible to all. (eventsourcing's own database function omits the lock and loses events for
subscribers.) Inside the function each statement sees what was committed before it got the lock, because
the isolation level is READ COMMITTED; writers set it on their connections.
"""

from __future__ import annotations

from psycopg.sql import SQL, Composed, Identifier

#: Raised when tables or function change; a process refuses a database of a newer version.
SCHEMA_VERSION = 1

_EVENTS = """
CREATE TABLE IF NOT EXISTS {events} (
    originator_id text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL,
    topic text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    pool text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_enabled = true,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
)"""

_BY_POSITION = "CREATE UNIQUE INDEX IF NOT EXISTS {by_position} ON {events} (notification_id)"
_BY_POOL = "CREATE INDEX IF NOT EXISTS {by_pool} ON {events} (pool, notification_id)"
_BY_TOPIC = "CREATE INDEX IF NOT EXISTS {by_topic} ON {events} (topic, notification_id)"

_ONCE = """
CREATE TABLE IF NOT EXISTS {once} (
    key text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    versions text NOT NULL
)"""

_SEGMENTS = """
CREATE TABLE IF NOT EXISTS {segments} (
    number bigint PRIMARY KEY,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL,
    events bigint NOT NULL,
    digest text NOT NULL
)"""

_VERSION = "CREATE TABLE IF NOT EXISTS {version} (version integer PRIMARY KEY)"

# Made for the lone append, which pays for every statement: a loop of index lookups instead of one joined query
# (its plan is right whatever the statistics say of a table that was just empty), no set-returning result, and
# a plain INSERT where there is one event. Array parameters are expanded once, so subscripts are cheap.
_APPEND = """
CREATE OR REPLACE FUNCTION {append}(
    asserted_streams text[], expected_versions bigint[], stream_pools text[],
    once_keys text[], once_offsets bigint[], once_versions text[],
    streams text[], versions bigint[], topics text[], states bytea[], pools text[],
    told_time timestamptz, OUT base bigint, OUT trouble text
)
LANGUAGE plpgsql AS $body$
#variable_conflict use_variable
DECLARE
    latest record;
    ends jsonb;
    seen jsonb;
    recorded timestamptz;
    count integer := cardinality(streams);
BEGIN
    LOCK TABLE {events} IN EXCLUSIVE MODE;
    IF cardinality(once_keys) > 0 THEN
        SELECT jsonb_object_agg(o.key, jsonb_build_array(o.position, o.versions))
          INTO seen FROM {once} o WHERE o.key = ANY (once_keys);
    END IF;
    FOR i IN 1 .. cardinality(asserted_streams) LOOP
        SELECT e.originator_version AS version, e.pool AS pool INTO latest FROM {events} e
         WHERE e.originator_id = asserted_streams[i] ORDER BY e.originator_version DESC LIMIT 1;
        IF coalesce(latest.version, 0) <> expected_versions[i] OR latest.pool <> stream_pools[i] THEN
            ends := coalesce(ends, '{{}}'::jsonb) || jsonb_build_object(
                asserted_streams[i], jsonb_build_array(coalesce(latest.version, 0), latest.pool));
        END IF;
    END LOOP;
    SELECT e.notification_id, e.recorded_at INTO base, recorded FROM {events} e
     ORDER BY e.notification_id DESC LIMIT 1;
    base := coalesce(base, 0);
    IF ends IS NOT NULL OR seen IS NOT NULL THEN
        trouble := jsonb_build_object('ends', ends, 'seen', seen)::text;
        RETURN;
    END IF;
    -- greatest() passes over NULL: recorded_at never decreases, whatever the clock does.
    recorded := greatest(recorded, coalesce(told_time, clock_timestamp()));
    IF count = 1 THEN
        INSERT INTO {events} (
            originator_id, originator_version, topic, state, notification_id, pool, recorded_at)
        VALUES (streams[1], versions[1], topics[1], states[1], base + 1, pools[1], recorded);
    ELSIF count > 1 THEN
        INSERT INTO {events} (
            originator_id, originator_version, topic, state, notification_id, pool, recorded_at)
        SELECT e.stream, e.version, e.topic, e.state, base + e.number, e.pool, recorded
          FROM unnest(streams, versions, topics, states, pools)
          WITH ORDINALITY AS e (stream, version, topic, state, pool, number);
    END IF;
    IF count > 0 THEN
        PERFORM pg_notify({channel}, (base + count)::text);
    END IF;
    IF cardinality(once_keys) > 0 THEN
        INSERT INTO {once} (key, position, versions)
        SELECT o.key, base + o.offset_, o.versions
          FROM unnest(once_keys, once_offsets, once_versions) AS o (key, offset_, versions);
    END IF;
END
$body$"""


class Names:
    """The identifiers of one log in one schema of a database."""

    def __init__(self, schema: str = "public", table: str = "stored_events") -> None:
        self.events = Identifier(schema, table)
        self.once = Identifier(schema, f"{table}_once")
        self.segments = Identifier(schema, f"{table}_segments")
        self.version = Identifier(schema, f"{table}_schema")
        self.append = Identifier(schema, f"{table}_append_v{SCHEMA_VERSION}")
        self.by_position = Identifier(f"{table}_notification_id_idx")
        self.by_pool = Identifier(f"{table}_pool_idx")
        self.by_topic = Identifier(f"{table}_topic_idx")
        self.channel = table

    def fill(self, text: str) -> Composed:
        return SQL(text).format(channel=self.channel, **{k: v for k, v in vars(self).items() if k != "channel"})  # type: ignore[arg-type]  # texts of this module


def create_statements(names: Names) -> list[Composed]:
    texts = (_EVENTS, _BY_POSITION, _BY_POOL, _BY_TOPIC, _ONCE, _SEGMENTS, _VERSION, _APPEND)
    return [names.fill(text) for text in texts]
