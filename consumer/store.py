"""The subscriber's schema in Postgres: one session that holds the lock, and writes each ledger with its cursor."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import psycopg
import structlog

from consumer.database import Connection, connect
from consumer.errors import ChainBroken, CursorTaken, RowsDisagree
from consumer.lock import Standby, SubscriberLock, standby_name
from consumer.migrations import create_tables, migrate
from consumer.session import HASH, Recorded, Session, checked_name, tables_named
from consumer.tables import DATA_MODEL, LEDGERS, PARTITION_LEDGERS, TABLES, LedgerRows, Table
from schemas.network import Network

_RECORD_SUBSCRIBER = """
    insert into subscriber (network, network_id, data_model, tables, partition_ledgers) values (%s, %s, %s, %s, %s)
"""
_RECORD_CURSORS = "with live as (insert into live default values) insert into backfill default values"
_RAISE_EPOCH = "update live set epoch = epoch + 1 returning epoch, live_first, latest"
_BEGIN_AT = "update live set live_first = %s where live_first is null and epoch = %s"
_BEGIN_BACKFILL_AT = "update backfill set oldest = %s"
_BEYOND = "select sequence from ledgers where sequence >= %s order by sequence limit 1"
_ADVANCE = """
    update live set latest = %(sequence)s
     where coalesce(latest + 1, live_first) = %(sequence)s and epoch = %(epoch)s
"""
_AFTER_BACKFILL = "select from backfill for update"
_PREVIOUS_HASH = list(LEDGERS.columns).index("previous_hash")
_NOTIFY = "select pg_notify(%s, %s)"

log = structlog.get_logger(__name__)


def channel(schema: str) -> str:
    """Where listeners hear of each ledger: LISTEN to it, the payload is the sequence."""
    return f"ledgerstream_{schema}"


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


class Store(Session):
    """Live's session: `open` takes the lock, raises the epoch and reads the cursor, in this order.

    When it is lost, lock and writes are lost together.
    """

    def __init__(self, connection: Connection, schema: str, *, timeout_seconds: float, notify: bool = True) -> None:
        super().__init__(connection, schema, timeout_seconds=timeout_seconds)
        self.cursor = Cursor(None, None, None)
        self.epoch = 0
        self._notifies = notify

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

    def _start(
        self, network: Network, chosen: tuple[Table, ...] | None, standby: Standby | None, *, session_pooling: bool
    ) -> None:
        lock = SubscriberLock(self._connection, self.schema, self._patience)
        lock.check_session(pooled=session_pooling)
        with self._patience():
            self._set_up()
            if standby is not None:
                self._compare_if_there(network, chosen)  # one that could not take over must say so now, not then
        if standby is None:
            lock.take()
        else:
            lock.take_over(standby)
        with self._patience():
            self._compare_if_there(network, chosen)  # before a migration could stumble over it, or change it
            migrate(self._connection, self.schema)
            self._use(self._recorded_subscriber(network, chosen))
            self._raise_epoch()

    def _recorded_subscriber(self, network: Network, chosen: tuple[Table, ...] | None) -> Recorded:
        """What the subscriber is: recorded at its first start, with its tables made, compared afterwards."""
        with self._connection.transaction():
            recorded = self._compare(network, chosen)
            if recorded is None:
                recorded = Recorded(chosen or _default_tables(), PARTITION_LEDGERS)
                create_tables(self._connection, recorded.tables)
                names = [table.name for table in recorded.tables]
                mine = (network.name, network.id, DATA_MODEL, names, recorded.partition_ledgers)
                self._connection.execute(_RECORD_SUBSCRIBER, mine)
                self._connection.execute(_RECORD_CURSORS)
        return recorded

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
        with self._patience(), self._stray_rows_named():
            self._write_all(rows)
        self.cursor = Cursor(self.cursor.live_first, rows.sequence, rows.hash)
        self._said_something()

    def _write_all(self, rows: LedgerRows) -> None:
        with self._connection.transaction():
            for table in self._tables:
                self._copy_new(table, rows)
                self._patience.renew()
            if self.cursor.latest is None:
                self._check_seam(rows)
            self._advance(rows.sequence)
            if self._notifies:
                self._notify(rows.sequence)

    def _copy_new(self, table: Table, rows: LedgerRows) -> None:
        try:
            self._copy(table, rows.rows[table.name])
        except psycopg.errors.UniqueViolation as error:
            if table is not LEDGERS:
                raise
            raise CursorTaken(
                f"ledger {rows.sequence} is in subscriber {self.schema} already, though its cursor is below: somebody "
                f"else wrote it; nothing was written ({error.diag.message_detail})"
            ) from error

    def _check_seam(self, rows: LedgerRows) -> None:
        """Once in a subscriber's life live meets backfill: the ledger below its first may be on its way just now."""
        self._connection.execute(_AFTER_BACKFILL)
        before, previous_hash = self._value(HASH, rows.sequence - 1), rows.rows[LEDGERS.name][0][_PREVIOUS_HASH]
        if before not in (None, previous_hash):
            raise ChainBroken(
                f"ledger {rows.sequence} names another ledger than the one before it that subscriber {self.schema} "
                "holds by backfill: one of them is of another network, or of one before its reset; nothing was written"
            )

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


def _chosen(names: Collection[str] | None) -> tuple[Table, ...] | None:
    return None if names is None else tables_named({LEDGERS.name, *names})


def _default_tables() -> tuple[Table, ...]:
    return tuple(table for table in TABLES if table.by_default)
