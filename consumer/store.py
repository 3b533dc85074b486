"""The subscriber's schema in Postgres: one session that holds the lock, and writes each ledger with its cursor."""

import re
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Self

import psycopg
import structlog
from psycopg import sql

from consumer.database import Connection, Patience, connect
from consumer.errors import (
    CursorTaken,
    NoSuchSubscriber,
    NotASubscriber,
    OtherDataModel,
    OtherNetwork,
    RowsDisagree,
)
from consumer.lock import Standby, SubscriberLock, standby_name
from consumer.migrations import is_ours, migrate
from consumer.partitions import Partitions
from consumer.tables import DATA_MODEL, PARTITION_LEDGERS, TABLES, LedgerRows, Row, Table
from schemas.network import Network

_BEAT_SECONDS = 1.0
_TABLE_NAMES = [table.name for table in TABLES]

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
_DROP = "drop schema {} cascade"

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
        self._partitions = Partitions(connection, PARTITION_LEDGERS)
        self._last_word = time.monotonic()

    @classmethod
    def open(
        cls,
        url: str,
        schema: str,
        network: Network,
        *,
        timeout_seconds: float,
        notify: bool = True,
        session_pooling: bool = False,
        standby: Standby | None = None,
    ) -> Self:
        """Wait for the database, lock, bring the schema forward, raise the epoch, read the cursor.

        With `standby`, wait for the lock as long as it takes. No answer of the database's is waited for for longer
        than `timeout_seconds`, here and later.

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
            store._start(network, standby, session_pooling=session_pooling)
        except BaseException:
            store.close()
            raise
        return store

    def _start(self, network: Network, standby: Standby | None, *, session_pooling: bool) -> None:
        lock = SubscriberLock(self._connection, self.schema, self._patience)
        lock.check_session(pooled=session_pooling)
        with self._patience():
            self._set_up_session()
            if standby is not None and is_ours(self._connection, self.schema):
                self._compare_subscriber(network)  # one that could not take over must say so now, not then
        if standby is None:
            lock.take()
        else:
            lock.take_over(standby)
        with self._patience():
            migrate(self._connection, self.schema)
            self._partitions = Partitions(self._connection, self._recorded_subscriber(network))
            self._raise_epoch()

    def _set_up_session(self) -> None:
        self._connection.execute(_SET_SCHEMA, (self.schema,))
        self._connection.execute(_NEVER_ASYNCHRONOUS)
        if self._connection.info.parameter_status("server_encoding") != "UTF8":
            raise NotASubscriber("the database's encoding is not UTF8, and memos are any text: use another database")

    def _recorded_subscriber(self, network: Network) -> int:
        """Record what the subscriber is at its first start, compare afterwards; the width of its partitions."""
        with self._connection.transaction():
            width = self._compare_subscriber(network)
            if width is None:
                mine = (network.name, network.id, DATA_MODEL, _TABLE_NAMES, PARTITION_LEDGERS)
                self._connection.execute(_RECORD_SUBSCRIBER, mine)
                self._connection.execute(_RECORD_CURSORS)
        return width or PARTITION_LEDGERS

    def _compare_subscriber(self, network: Network) -> int | None:
        """See that the subscriber is what is wanted; the width of its partitions, None before it is recorded."""
        row = self._connection.execute(_SUBSCRIBER).fetchone()
        if row is None:
            return None
        recorded_name, network_id, data_model, tables, width = row
        if network_id != network.id:
            raise OtherNetwork(
                f"subscriber {self.schema} holds ledgers of {recorded_name}, not of {network.name}: choose another "
                "--subscriber, or the right --network"
            )
        if (data_model, tables) != (DATA_MODEL, _TABLE_NAMES):
            raise OtherDataModel(
                f"subscriber {self.schema} was filled with version {data_model} of the data model, this is version "
                f"{DATA_MODEL}: ledgerstream reset --subscriber {self.schema}, then consume again from the topic"
            )
        assert isinstance(width, int)
        return width

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
            DatabaseLost: the session is gone; whether the ledger was committed, the next start reads under the lock.
            PartitionsBlocked: the ledger's partition can't be attached.
        """
        with self._patience():
            self._partitions.make(rows.sequence)
        with self._patience():
            try:
                self._write_all(rows)
            except psycopg.errors.UniqueViolation as error:
                raise CursorTaken(
                    f"ledger {rows.sequence} is in subscriber {self.schema} already, though its cursor is below: "
                    f"somebody else wrote it; nothing was written ({error.diag.message_detail})"
                ) from error
        self.cursor = Cursor(self.cursor.live_first, rows.sequence, rows.hash)
        self._last_word = time.monotonic()

    def _write_all(self, rows: LedgerRows) -> None:
        with self._connection.transaction():
            for table in TABLES:
                self._copy(table, rows.rows[table.name])
            self._advance(rows.sequence)
            if self._notifies:
                self._notify(rows.sequence)

    def _copy(self, table: Table, rows: list[Row]) -> None:
        statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
            sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.column_names))
        )
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
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
        """Take the lock and drop the schema."""
        lock = SubscriberLock(self._connection, self.schema, self._patience)
        lock.check_session(pooled=session_pooling)
        lock.take()
        with self._patience():
            if not is_ours(self._connection, self.schema):
                raise NoSuchSubscriber(f"there is no subscriber {self.schema} in this database")
        self._connection.add_notice_handler(lambda notice: log.warning("dropped with it", what=notice.message_detail))
        with self._patience():
            self._connection.execute(sql.SQL(_DROP).format(sql.Identifier(self.schema)))
        log.info("subscriber dropped", subscriber=self.schema)

    def close(self) -> None:
        self._connection.close()
        self._patience.close()


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
