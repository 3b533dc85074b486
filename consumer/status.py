"""What the database says about its subscribers: cursors, epoch, and who holds the lock. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from psycopg import sql

from consumer.database import DROPPED, Connection
from consumer.lock import Holder, holder_of, standby_name
from consumer.migrations import is_ours

# Those that our role may read: others of the same database are none of its business.
_SUBSCRIBERS = """
    select nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relname = 'subscriber' and relkind = 'r'
       and has_schema_privilege(pg_namespace.oid, 'usage') and has_table_privilege(pg_class.oid, 'select')
     order by nspname
"""
_STATE = """
    select network, network_id, live_first, latest, epoch,
           case when latest is not null or oldest < live_first then oldest end,
           (select closed_at from {schema}.ledgers where sequence = latest), tables
      from {schema}.subscriber, {schema}.live, {schema}.backfill
"""
_STANDBYS = "select coalesce(host(client_addr), 'local') from pg_stat_activity where application_name = %s order by 1"


@dataclass(frozen=True, slots=True)
class SubscriberState:
    """One subscriber, as the database has it. `standbys`: the addresses of those that wait for its lock."""

    name: str
    network: str
    network_id: bytes
    tables: list[str]
    live_first: int | None
    oldest: int | None
    latest: int | None
    latest_closed_at: datetime | None
    epoch: int
    holder: Holder | None
    standbys: list[str]


def subscribers(connection: Connection) -> list[str]:
    """The names of all subscribers in this database."""
    candidates = [str(name) for (name,) in connection.execute(_SUBSCRIBERS).fetchall()]
    return [name for name in candidates if is_ours(connection, name)]


def subscriber_state(connection: Connection, name: str) -> SubscriberState | None:
    """One subscriber; None when its consumer has not recorded it yet, or it is dropped at this moment."""
    statement = sql.SQL(_STATE).format(schema=sql.Identifier(name))
    try:
        row = cast("tuple[Any, ...] | None", connection.execute(statement).fetchone())
    except DROPPED:
        return None
    if row is None:
        return None
    network, network_id, live_first, latest, epoch, oldest, closed_at, tables = row
    return SubscriberState(
        name=name,
        network=network,
        network_id=network_id,
        tables=tables,
        live_first=live_first,
        oldest=oldest,
        latest=latest,
        latest_closed_at=closed_at,
        epoch=epoch,
        holder=holder_of(connection, name),
        standbys=[str(address) for (address,) in connection.execute(_STANDBYS, (standby_name(name),))],
    )
