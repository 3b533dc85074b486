"""The subscriber's schema in Postgres: one session that holds the lock, and writes each ledger with its cursor."""

import re
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any, Self, cast

import psycopg
import structlog
from psycopg import sql
from psycopg.adapt import Buffer, Dumper
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg.types.string import BytesBinaryDumper

from consumer.database import Connection, Patience, connect
from consumer.errors import (
    CursorTaken,
    NoSuchSubscriber,
    NotASubscriber,
    OtherDataModel,
    OtherNetwork,
    OtherTables,
    RowsDisagree,
)
from consumer.lock import Standby, SubscriberLock, standby_name
from consumer.migrations import create_tables, is_ours, migrate
from consumer.partitions import Partitions
from consumer.tables import DATA_MODEL, LEDGERS, PARTITION_LEDGERS, TABLES, LedgerRows, Row, Table
from schemas.network import Network

_BEAT_SECONDS = 1.0

_SET_SCHEMA = "select set_config('search_path', quote_ident(%s), false)"
_NEVER_ASYNCHRONOUS = """
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'
"""
_SUBSCRIBER = "select network, network_id, data_model, tables, partition_ledgers from subscriber"
_RECORD_SUBSCRIBER = """
    insert into subscriber (network, network_id, data_model, tables, partition_ledgers) values (%s, %s, %s, %s, %s)
"""
_RECORD_CURSORS = "with live as (insert into live default values) insert into backfill default values"
_RAISE_EPOCH = "update live set epoch = epoch + 1 returning epoch, live_first, latest"
_BEGIN_AT = "update live set live_first = %s where live_first is null and epoch = %s"
_BEGIN_BACKFILL_AT = "update backfill set oldest = %s"
_BEYOND = "select sequence from ledgers where sequence >= %s order by sequence limit 1"
_HASH = "select hash from ledgers where sequence = %s"
_ADVANCE = """
    update live set latest = %(sequence)s
     where coalesce(latest + 1, live_first) = %(sequence)s and epoch = %(epoch)s
"""
_NOTIFY = "select pg_notify(%s, %s)"
_BEAT = "select 1"
_RESET_BEGUN = "update {}.subscriber set data_model = 0"  # no start goes on with half of the tables
_PARTITIONS = """
    select relname from pg_class join pg_inherits on inhrelid = oid
     where relnamespace = to_regnamespace(quote_ident(%s)) and relkind = 'r' order by relname
"""
_DROP_TABLES = "drop table {} cascade"
_DROP = "drop schema {} cascade"
_DROPPED_AT_ONCE = 50  # a table takes locks for its indexes too, and a server has a few thousand

log = structlog.get_logger(__name__)


def channel(schema: str) -> str:
    """Where listeners hear of each ledger: LISTEN to it, the payload is the sequence."""
    return f"ledgerstream_{schema}"


def checked_name(subscriber: str) -> str:
    """The subscriber's name, which is its schema's.

    Raises:
        NotASubscriber: it can't be the name of a schema of ours.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", subscriber) or subscriber.startswith("pg_") or subscriber == "public":
        raise NotASubscriber(
            f"{subscriber!r} can't name a subscriber: lower-case letters, digits and _, 48 at most, beginning with a "
            "letter, and neither public nor pg_…"
        )
    return subscriber


class _JsonbDumper(Dumper):
    """Of JSON that is bytes already: Postgres wants a version before them, and has one."""

    format = Format.BINARY
    oid = types["jsonb"].oid

    def dump(self, obj: bytes) -> Buffer:
        return b"\x01" + obj


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What a subscriber is, as its first start recorded it."""

    tables: tuple[Table, ...]
    partition_ledgers: int


@dataclass(slots=True)
class Cursor:
    """Where the subscriber stands. `latest_hash` is the hash of the ledger before the one that comes next."""

    live_first: int | None
    latest: int | None
    latest_hash: bytes | None

    @property
    def next(self) -> int | None:
        """The ledger that is to be committed next; None before the first start was resolved."""
        return self.live_first if self.latest is None else self.latest + 1


class Store:
    """The one session: `open` takes the lock, raises the epoch and reads the cursor, in this order.

    It is never opened again within a process. When it is lost, lock and writes are lost together.
    """

    def __init__(self, connection: Connection, schema: str, *, timeout_seconds: float, notify: bool = True) -> None:
        self.schema = schema
        self._notifies = notify
        self.cursor = Cursor(None, None, None)
        self.epoch = 0
        self._connection = connection
        self._patience = Patience(connection, timeout_seconds)
        self._tables: tuple[Table, ...] = ()
        self._partitions = Partitions(connection, self._tables, PARTITION_LEDGERS)
        self._last_word = time.monotonic()
        connection.adapters.register_dumper(None, _JsonbDumper)
        connection.adapters.register_dumper(None, BytesBinaryDumper)  # psycopg's own choice for bytea is not in C

    @classmethod
    def open(
        cls,
        url: str,
        schema: str,
        network: Network,
        *,
        tables: Collection[str] | None = None,
        timeout_seconds: float,
        notify: bool = True,
        session_pooling: bool = False,
        standby: Standby | None = None,
    ) -> Self:
        """Wait for the database, lock, bring the schema forward, raise the epoch, read the cursor.

        `tables` names those to fill beside `ledgers`, for ever; None stands for what is recorded, at the first start
        for the default. With `standby`, wait for the lock as long as it takes. No answer of the database's is waited
        for for longer than `timeout_seconds`, here and later.

        Raises:
            DatabaseUnreachable: no session in time.
            PoolerBetween: the session is a pooler's, and `session_pooling` does not vouch for it.
            SubscriberLocked: another consumer works for this subscriber.
            SubscriberUnusable: one of its kinds.
            DatabaseLost: the session is gone.
        """
        checked_name(schema)
        name = f"ledgerstream {schema}" if standby is None else standby_name(schema)
        connection = connect(url, application_name=name, timeout_seconds=timeout_seconds)
        store = cls(connection, schema, timeout_seconds=timeout_seconds, notify=notify)
        try:
            store._start(network, _chosen(tables), standby, session_pooling=session_pooling)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that it fills, in the order in which a ledger's rows are written."""
        return tuple(table.name for table in self._tables)

    def _start(
        self, network: Network, chosen: tuple[Table, ...] | None, standby: Standby | None, *, session_pooling: bool
    ) -> None:
        lock = SubscriberLock(self._connection, self.schema, self._patience)
        lock.check_session(pooled=session_pooling)
        with self._patience():
            self._set_up_session()
            if standby is not None:
                self._compare_if_there(network, chosen)  # one that could not take over must say so now, not then
        if standby is None:
            lock.take()
        else:
            lock.take_over(standby)
        with self._patience():
            self._compare_if_there(network, chosen)  # before a migration could stumble over it, or change it
            migrate(self._connection, self.schema)
            recorded = self._recorded_subscriber(network, chosen)
            self._tables = recorded.tables
            self._partitions = Partitions(self._connection, recorded.tables, recorded.partition_ledgers)
            self._raise_epoch()

    def _set_up_session(self) -> None:
        self._connection.execute(_SET_SCHEMA, (self.schema,))
        self._connection.execute(_NEVER_ASYNCHRONOUS)
        if self._connection.info.parameter_status("server_encoding") != "UTF8":
            raise NotASubscriber("the database's encoding is not UTF8, and memos are any text: use another database")

    def _recorded_subscriber(self, network: Network, chosen: tuple[Table, ...] | None) -> _Recorded:
        """What the subscriber is: recorded at its first start, with its tables made, compared afterwards."""
        with self._connection.transaction():
            recorded = self._compare_subscriber(network, chosen)
            if recorded is None:
                recorded = _Recorded(chosen or _default_tables(), PARTITION_LEDGERS)
                create_tables(self._connection, recorded.tables)
                names = [table.name for table in recorded.tables]
                mine = (network.name, network.id, DATA_MODEL, names, recorded.partition_ledgers)
                self._connection.execute(_RECORD_SUBSCRIBER, mine)
                self._connection.execute(_RECORD_CURSORS)
        return recorded

    def _compare_if_there(self, network: Network, chosen: tuple[Table, ...] | None) -> None:
        if is_ours(self._connection, self.schema):
            self._compare_subscriber(network, chosen)

    def _compare_subscriber(self, network: Network, chosen: tuple[Table, ...] | None) -> _Recorded | None:
        """See that the subscriber is what is wanted; None before it is recorded."""
        row = cast("tuple[Any, ...] | None", self._connection.execute(_SUBSCRIBER).fetchone())
        if row is None:
            return None
        recorded_name, network_id, data_model, names, width = row
        if network_id != network.id:
            raise OtherNetwork(
                f"subscriber {self.schema} is of {recorded_name}, not of {network.name}: choose another "
                "--subscriber, or the right --network"
            )
        if data_model == 0:
            raise OtherDataModel(f"the reset of subscriber {self.schema} did not end: {self._begin_again}")
        if data_model != DATA_MODEL:
            raise OtherDataModel(
                f"subscriber {self.schema} was filled with version {data_model} of the data model, this is version "
                f"{DATA_MODEL}: {self._begin_again}"
            )
        recorded = _Recorded(_tables_named(names), width)
        if chosen is not None and chosen != recorded.tables:
            raise OtherTables(
                f"subscriber {self.schema} fills {_listed(recorded.tables)}; --tables asks for {_listed(chosen)}: "
                f"leave --tables out to go on, or {self._begin_again}"
            )
        return recorded

    @property
    def _begin_again(self) -> str:
        return f"ledgerstream reset --subscriber {self.schema}, then consume again from the topic"

    def _raise_epoch(self) -> None:
        row = self._connection.execute(_RAISE_EPOCH).fetchone()
        assert row is not None
        epoch, live_first, latest = row
        assert isinstance(epoch, int)
        assert live_first is None or isinstance(live_first, int)
        assert latest is None or isinstance(latest, int)
        self.epoch = epoch
        self.cursor = Cursor(live_first, latest, None)
        if self.cursor.next is not None:
            self.cursor.latest_hash = self.hash_of(self.cursor.next - 1)
            self._check_rows(self.cursor.next)
        log.info("cursor read", subscriber=self.schema, epoch=epoch, live_first=live_first, latest=latest)

    def _check_rows(self, next_sequence: int) -> None:
        """The cursor's own ledger is there, and none beyond it: the chain goes on from what is really held."""
        beyond = self._value(_BEYOND, next_sequence)
        if beyond is not None or (self.cursor.latest is not None and self.cursor.latest_hash is None):
            found = f"ledger {beyond} is there" if beyond is not None else f"ledger {self.cursor.latest} is not there"
            raise RowsDisagree(
                f"the cursor of subscriber {self.schema} is at {self.cursor.latest}, but {found}: somebody changed the "
                "tables or the cursor by hand; mend them, or ledgerstream reset and consume again"
            )

    def begin_at(self, live_first: int) -> None:
        """Record where live begins, once, before its first ledger.

        Raises:
            CursorTaken: it is recorded already, or the epoch is over.
        """
        with self._patience(), self._connection.transaction():
            if self._connection.execute(_BEGIN_AT, (live_first, self.epoch)).rowcount != 1:
                raise CursorTaken(f"the first ledger of subscriber {self.schema} was recorded by somebody else")
            self._connection.execute(_BEGIN_BACKFILL_AT, (live_first,))
        self.cursor = Cursor(live_first, None, self.hash_of(live_first - 1))
        log.info("live begins", subscriber=self.schema, ledger=live_first)

    def hash_of(self, sequence: int) -> bytes | None:
        """The hash of a committed ledger; None where there is none."""
        with self._patience():
            value = self._value(_HASH, sequence)
        assert value is None or isinstance(value, bytes)
        return value

    def write(self, rows: LedgerRows) -> None:
        """Commit one ledger's rows and its cursor, all or nothing.

        Raises:
            CursorTaken: the ledger is not the cursor's next, or the epoch is over; nothing is written.
            RowsDisagree: rows of the ledger are there, without it; nothing is written.
            DatabaseLost: the session is gone; whether the ledger was committed, the next start reads under the lock.
            PartitionsBlocked: the ledger's partition can't be attached.
        """
        with self._patience():
            self._partitions.make(rows.sequence)
        with self._patience():
            try:
                self._write_all(rows)
            except psycopg.errors.UniqueViolation as error:
                raise self._repeated(rows.sequence, error) from error
        self.cursor = Cursor(self.cursor.live_first, rows.sequence, rows.hash)
        self._last_word = time.monotonic()

    def _repeated(self, sequence: int, error: psycopg.errors.UniqueViolation) -> CursorTaken | RowsDisagree:
        """The ledger's own row comes first: when that one is new, what else is there is no ledger's."""
        if error.diag.table_name == LEDGERS.name:
            return CursorTaken(
                f"ledger {sequence} is in subscriber {self.schema} already, though its cursor is below: somebody else "
                f"wrote it; nothing was written ({error.diag.message_detail})"
            )
        return RowsDisagree(
            f"a row of ledger {sequence} is in {error.diag.table_name} of subscriber {self.schema} already, though the "
            f"ledger is not ({error.diag.message_detail}): if nobody changed the table by hand, this is a fault of "
            "ledgerstream; nothing was written"
        )

    def _write_all(self, rows: LedgerRows) -> None:
        with self._connection.transaction():
            for table in self._tables:
                self._copy(table, rows.rows[table.name])
                self._patience.renew()
            self._advance(rows.sequence)
            if self._notifies:
                self._notify(rows.sequence)

    def _copy(self, table: Table, rows: list[Row]) -> None:
        if not rows:
            return
        with self._connection.cursor() as cursor, cursor.copy(_copy_statement(table)) as copy:
            copy.set_types(table.types)
            for row in rows:
                copy.write_row(row)

    def _advance(self, sequence: int) -> None:
        """Compare-and-set, the last thing that is written: the cursor is never ahead of its data."""
        if self._connection.execute(_ADVANCE, {"sequence": sequence, "epoch": self.epoch}).rowcount != 1:
            raise CursorTaken(
                f"ledger {sequence} is not the next of subscriber {self.schema} in epoch {self.epoch}: another "
                "consumer took over; nothing was written"
            )

    def _notify(self, sequence: int) -> None:
        """Just before COMMIT: it takes a lock of the whole server until then."""
        self._connection.execute(_NOTIFY, (channel(self.schema), str(sequence)))

    def beat(self) -> None:
        """Show life between ledgers, and notice that the session is gone.

        Raises:
            DatabaseLost: it is gone.
        """
        if time.monotonic() - self._last_word >= _BEAT_SECONDS:
            with self._patience():
                self._connection.execute(_BEAT)
            self._last_word = time.monotonic()

    def _value(self, statement: str, *parameters: object) -> object:
        row = self._connection.execute(statement.encode(), parameters).fetchone()
        return None if row is None else row[0]

    def drop(self, *, session_pooling: bool) -> None:
        """Take the lock and drop the schema: its partitions first, a few at a time."""
        lock = SubscriberLock(self._connection, self.schema, self._patience)
        lock.check_session(pooled=session_pooling)
        lock.take()
        with self._patience():
            if not is_ours(self._connection, self.schema):
                raise NoSuchSubscriber(f"there is no subscriber {self.schema} in this database")
        self._connection.add_notice_handler(self._tell_what_else)
        with self._patience():
            self._connection.execute(sql.SQL(_RESET_BEGUN).format(sql.Identifier(self.schema)))
            partitions = [str(name) for (name,) in self._connection.execute(_PARTITIONS, (self.schema,))]
        for first in range(0, len(partitions), _DROPPED_AT_ONCE):
            names = [sql.Identifier(self.schema, name) for name in partitions[first : first + _DROPPED_AT_ONCE]]
            with self._patience():
                self._connection.execute(sql.SQL(_DROP_TABLES).format(sql.SQL(", ").join(names)))
        with self._patience():
            self._connection.execute(sql.SQL(_DROP).format(sql.Identifier(self.schema)))
        log.info("subscriber dropped", subscriber=self.schema)

    def _tell_what_else(self, notice: psycopg.errors.Diagnostic) -> None:
        """Views of others that depend on the schema go with it. Of several the names are in the detail, of one not."""
        named = (notice.message_detail or notice.message_primary or "").splitlines()
        others = [each.removeprefix("drop cascades to ") for each in named if f" {self.schema}." not in each]
        if others:
            log.warning("dropped with it", what=others)

    def close(self) -> None:
        self._connection.close()
        self._patience.close()


@cache
def _copy_statement(table: Table) -> bytes:
    statement = sql.SQL("copy {} ({}) from stdin (format binary)")
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return statement.format(sql.Identifier(table.name), columns).as_bytes(None)


def _tables_named(names: Collection[str]) -> tuple[Table, ...]:
    found = tuple(table for table in TABLES if table.name in names)
    assert len(found) == len(set(names)), f"a table of {names} is unknown"
    return found


def _chosen(names: Collection[str] | None) -> tuple[Table, ...] | None:
    return None if names is None else _tables_named({LEDGERS.name, *names})


def _default_tables() -> tuple[Table, ...]:
    return tuple(table for table in TABLES if table.by_default)


def _listed(tables: tuple[Table, ...]) -> str:
    return ", ".join(table.name for table in tables)


def reset(url: str, schema: str, *, timeout_seconds: float, session_pooling: bool = False) -> None:
    """Drop a subscriber, under its lock: schema, cursors and all.

    Raises:
        DatabaseUnreachable: no session in time.
        NoSuchSubscriber: there is none of this name.
        SubscriberLocked: a consumer works for it.
        PoolerBetween: the session is a pooler's, and `session_pooling` does not vouch for it.
    """
    checked_name(schema)
    connection = connect(url, application_name=f"ledgerstream reset {schema}", timeout_seconds=timeout_seconds)
    with closing(Store(connection, schema, timeout_seconds=timeout_seconds)) as store:
        store.drop(session_pooling=session_pooling)
