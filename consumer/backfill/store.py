"""A worker's session: it claims cells, and commits flushes of several whole ledgers each.

Three things keep the ledgers right, whoever else fills them at the same time. The primary key of `ledgers`: a ledger's
other rows are written in the transaction that inserted its own. The row of `backfill`, which every flush locks last:
flushes that touch each other are compared in the order in which they commit, and `oldest` is computed from what the
one before has committed. The generation in it: what began before a reset does not end after it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from typing import Any, LiteralString, Self, cast

import structlog
from psycopg import sql

from consumer.database import DROPPED, connect
from consumer.errors import ChainBroken, NoSuchSubscriber, NotStarted, SubscriberReset
from consumer.gaps import missing
from consumer.lock import SubscriberLock
from consumer.migrations import check_current, is_ours
from consumer.session import Session, checked_name
from consumer.tables import LEDGERS, LedgerRows
from schemas.network import Network
from schemas.ranges import Range

_ASYNCHRONOUS = "select set_config('synchronous_commit', 'off', false)"
_SYNCHRONOUS = "select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'"
_WHERE_IT_STANDS = "select live_first, generation, batch_ledgers from live, backfill, subscriber"
_CLAIM = "select pg_try_advisory_lock(%s)"
_RELEASE = "select pg_advisory_unlock(%s)"
_INSERT = "insert into ledgers ({columns}) values {rows} on conflict do nothing returning sequence"
_STANDS_AT = "select generation, oldest from backfill"
_LOCK = f"{_STANDS_AT} for update"
_NEIGHBOURS = "select sequence, hash, previous_hash from ledgers where sequence between %s and %s order by sequence"
# Block by block, as long as a block is whole, but not through all of a long history, for the row is locked and the
# lease runs; then what of the next one is there without a gap.
_WALK = """
    with recursive blocks (oldest) as (
        select %(oldest)s::bigint
        union all
        select oldest - %(block)s from blocks
         where oldest > %(oldest)s - %(block)s * %(blocks)s::bigint
           and (select count(*) from ledgers
                 where sequence >= blocks.oldest - %(block)s and sequence < blocks.oldest) = %(block)s
    ), whole as (select min(oldest) as oldest from blocks)
    select coalesce(min(sequence), (select oldest from whole))
      from (select sequence, row_number() over (order by sequence desc) as nth
              from ledgers
             where sequence < (select oldest from whole) and sequence >= (select oldest - %(block)s from whole)) next
     where sequence = (select oldest from whole) - nth
"""
_BLOCK = 256
_BLOCKS = 1024
"""At once: some 0.2 s, for what a batch finds below it that others have filled before."""
_MOVE = "update backfill set oldest = %s"

log = structlog.get_logger(__name__)


def session_name(schema: str) -> str:
    """What a worker's session calls itself."""
    return f"ledgerstream backfill {schema}"


def claim_key(schema: str, cell: int) -> int:
    """The key of the advisory lock on a cell; a signed 64-bit integer."""
    return int.from_bytes(sha256(f"ledgerstream cell {schema} {cell}".encode()).digest()[:8], "big", signed=True)


class BatchStore(Session):
    """Writes batches. Its claims die with its session, and nothing else is left of it."""

    live_first: int
    generation: int
    batch_ledgers: int

    @classmethod
    def open(
        cls,
        url: str,
        schema: str,
        network: Network,
        *,
        timeout_seconds: float,
        session_pooling: bool = False,
        name: str | None = None,
        generation: int | None = None,
    ) -> Self:
        """Wait for the database, and see that the subscriber is one, of this network, and has begun.

        `generation` is that of the session for which this one works: what was planned before a reset is of no use
        after it, where live may begin elsewhere.

        Raises:
            SubscriberReset: the subscriber is of another generation.
            DatabaseUnreachable: no session in time.
            PoolerBetween: the session is a pooler's, and `session_pooling` does not vouch for it.
            SubscriberUnusable: one of its kinds.
            DatabaseLost: the session is gone.
        """
        checked_name(schema)
        connection = connect(url, application_name=name or session_name(schema), timeout_seconds=timeout_seconds)
        store = cls(connection, schema, timeout_seconds=timeout_seconds)
        try:
            store._start(network, generation, session_pooling=session_pooling)
        except BaseException:
            store.close()
            raise
        return store

    def _start(self, network: Network, generation: int | None, *, session_pooling: bool) -> None:
        SubscriberLock(self._connection, self.schema, self._patience).check_session(pooled=session_pooling)
        with self._patience(), self._in_schema():
            self._set_up()
            if not is_ours(self._connection, self.schema):
                raise NoSuchSubscriber(f"there is no subscriber {self.schema} in this database")
            check_current(self._connection, self.schema)
            recorded = self._compare(network, None)
            row = cast("tuple[Any, ...] | None", self._connection.execute(_WHERE_IT_STANDS).fetchone())
            if recorded is None or row is None or row[0] is None:
                raise NotStarted(
                    f"subscriber {self.schema} has not begun yet, so nothing lies below its first ledger: ledgerstream "
                    f"consume --subscriber {self.schema} begins it"
                )
            self._use(recorded)
            self.live_first, self.generation, self.batch_ledgers = row
            if generation not in (None, self.generation):
                raise self._reset()
            # A crash may lose the last flushes, whole ones: the next run finds them missing. `make_durable` ends that.
            self._connection.execute(_ASYNCHRONOUS)

    def claim(self, cell: int) -> bool:
        """Have the cell to ourselves until `release`, or until the session is gone; False when another has it."""
        with self._patience():
            return self._value(_CLAIM, claim_key(self.schema, cell)) is True

    def release(self, cell: int) -> None:
        with self._patience():
            self._value(_RELEASE, claim_key(self.schema, cell))

    def missing(self, wanted: Range) -> list[Range]:
        """What of these ledgers is not there, exactly."""
        with self._patience(), self._in_schema():
            return missing(self._connection, self.schema, wanted, answered=self._patience.renew)

    def flush(self, ledgers: Sequence[LedgerRows], *, final: bool) -> int:
        """Commit these ledgers, ascending, all or nothing; how many of them were not there yet.

        With `final`, for the last one of a batch, `oldest` moves down as far as everything is there.

        Raises:
            ChainBroken: they are not of the chain that is there; nothing is written.
            SubscriberReset: the subscriber is not the one that this session began with; nothing is written.
            RowsDisagree: rows of a ledger are there, without it; nothing is written.
            DatabaseLost: the session is gone; what was committed, gap detection tells.
            PartitionsBlocked: a partition can't be attached.
        """
        with self._in_schema():
            with self._patience():
                self._oldest(_STANDS_AT)  # before anything is made in a schema of another generation
            for sequence in {each.sequence for each in (*ledgers[:1], *ledgers[-1:])}:
                with self._patience():
                    self._partitions.make(sequence)
            with self._patience(), self._stray_rows_named():
                written = self._write_all(ledgers, final=final)
        self._said_something()
        return written

    def _write_all(self, ledgers: Sequence[LedgerRows], *, final: bool) -> int:
        with self._connection.transaction():
            ours = self._insert(ledgers)
            self._copy_rest(ours)
            oldest = self._lock_row()
            self._check_chain(ledgers)
            if final:
                self._move_oldest(oldest)
        return len(ours)

    def _insert(self, ledgers: Sequence[LedgerRows]) -> list[LedgerRows]:
        """Those whose row was not there yet: ours to write. One that another session is writing is waited for."""
        if not ledgers:
            return []
        values = [value for each in ledgers for value in each.rows[LEDGERS.name][0]]
        inserted = {sequence for (sequence,) in self._connection.execute(_insert_of(len(ledgers)), values)}
        return [each for each in ledgers if each.sequence in inserted]

    def _copy_rest(self, ledgers: Sequence[LedgerRows]) -> None:
        for table in self._tables:
            if table is not LEDGERS:
                self._copy(table, [row for each in ledgers for row in each.rows[table.name]])
                self._patience.renew()

    def _lock_row(self) -> int:
        """The last lock that a flush takes, held until its commit; `oldest` as it stands then."""
        return self._oldest(_LOCK)

    def _oldest(self, statement: LiteralString) -> int:
        """As it stands in our generation."""
        row = cast("tuple[int, int] | None", self._connection.execute(statement).fetchone())
        if row is None or row[0] != self.generation:
            raise self._reset()
        return row[1]

    def _check_chain(self, ledgers: Sequence[LedgerRows]) -> None:
        """Of all that is there now from the ledger below the first to the one above the last."""
        if not ledgers:
            return
        hashes = {each.sequence: each.hash for each in ledgers}
        neighbours = self._connection.execute(_NEIGHBOURS, (ledgers[0].sequence - 1, ledgers[-1].sequence + 1))
        before: tuple[int, bytes] | None = None
        for sequence, its_hash, previous_hash in cast("Iterator[tuple[int, bytes, bytes]]", neighbours):
            if hashes.get(sequence, its_hash) != its_hash:
                raise self._broken(sequence, hashes[sequence], its_hash)
            if before is not None and before[0] == sequence - 1 and before[1] != previous_hash:
                raise self._broken(sequence - 1, previous_hash, before[1])
            before = sequence, its_hash

    def _broken(self, sequence: int, named: bytes, held: bytes) -> ChainBroken:
        return ChainBroken(
            f"ledger {sequence} has the hash {named.hex()} on one side and {held.hex()} on the other: what is in the "
            f"topics and what subscriber {self.schema} holds are not one chain. Nothing was written; ledgerstream "
            "topics lists the topics, and one of another network, or of one before its reset, must go"
        )

    def _move_oldest(self, oldest: int) -> None:
        """In a statement of its own after the lock: on a snapshot that has all that was committed before."""
        lowest = self._walked(oldest)
        if lowest != oldest:
            self._connection.execute(_MOVE, (lowest,))

    def _walked(self, oldest: int) -> int:
        walk = {"oldest": oldest, "block": _BLOCK, "blocks": _BLOCKS}
        row = self._connection.execute(_WALK, walk).fetchone()
        assert row is not None
        return cast("int", row[0])

    def make_durable(self) -> int:
        """Commit synchronously, and with it all that was committed before; `oldest`, as far down as it can be.

        Raises:
            SubscriberReset: the subscriber is not the one that this session began with.
            DatabaseLost: the session is gone, and with it perhaps what was committed last.
        """
        before, oldest = self._move_durably()
        while oldest != before:
            before, oldest = self._move_durably()
        return oldest

    def _move_durably(self) -> tuple[int, int]:
        """Where `oldest` was, and is."""
        with self._patience(), self._in_schema(), self._connection.transaction():
            self._connection.execute(_SYNCHRONOUS)
            before = self._lock_row()
            oldest = self._walked(before)
            self._connection.execute(_MOVE, (oldest,))  # also to where it is: a commit that writes nothing waits not
        return before, oldest

    @contextmanager
    def _in_schema(self) -> Iterator[None]:
        try:
            yield
        except DROPPED as error:
            raise self._reset() from error

    def _reset(self) -> SubscriberReset:
        return SubscriberReset(
            f"subscriber {self.schema} was reset while it was filled: nothing more was written; once ledgerstream "
            "consume has begun it anew, the same command fills it"
        )


@cache
def _insert_of(ledgers: int) -> bytes:
    columns = sql.SQL(", ").join(map(sql.Identifier, LEDGERS.columns))
    row = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(LEDGERS.columns)))
    return sql.SQL(_INSERT).format(columns=columns, rows=sql.SQL(", ").join([row] * ledgers)).as_bytes(None)
