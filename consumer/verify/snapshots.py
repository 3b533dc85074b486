"""What one snapshot of the database says: cursors, runs of ledgers, and how many rows each has in each table."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, LiteralString, cast

from psycopg import sql

from consumer.database import DROPPED, Connection, Patience
from consumer.errors import NoSuchSubscriber
from consumer.migrations import is_ours
from consumer.status import subscribers
from consumer.tables import LEDGERS, TABLES, Row, Table
from consumer.verify.held import Cursors, Held, Partition, led_by_something_else
from schemas.ranges import Range

_BLOCKS = 8192
"""Of a table, for one statement: 64 MiB, about a million rows."""

_ISOLATION = "set transaction isolation level repeatable read, read only"
_SCHEMA = "select to_regnamespace(quote_ident(%s))::oid"
_CURSORS = """
    select network, network_id, tables, partition_ledgers, live_first, latest, oldest,
           (select min(sequence) from {schema}.ledgers), (select max(sequence) from {schema}.ledgers),
           exists (select from {schema}.ledgers where sequence = latest),
           exists (select from {schema}.ledgers where sequence = oldest),
           exists (select from {schema}.ledgers where sequence = oldest - 1)
      from {schema}.subscriber, {schema}.live, {schema}.backfill
"""
_LEDGERS = "select sequence, hash, previous_hash, {counts} from {ledgers} where sequence between %s and %s order by 1"
_COUNTED = "select sequence, {count} from {ledgers} where sequence between %s and %s"
_HASH = "select hash from {ledgers} where sequence = %s"
_NEXT = "select min(sequence) from {ledgers} where sequence > %s"
_ROWS = "select {id} >> 32, count(*) from {table} where {id} >= %s and {id} < %s group by 1 order by 1 limit %s"
_PARTITIONS = """
    select relname, pg_get_expr(relpartbound, oid), pg_relation_size(oid) / current_setting('block_size')::bigint
      from pg_inherits join pg_class on oid = inhrelid
     where inhparent = to_regclass(%s)
"""
_BOUNDS = re.compile(r"FROM \('(\d+)'\) TO \('(\d+)'\)")
_IN_BLOCKS = """
    select {id} >> 32, count(*) from {partition} where ctid >= %s::text::tid and ctid < %s::text::tid group by 1
"""
_OF_LEDGER = "select {columns} from {table} where {id} >= %s and {id} < %s"
_OF_KEYS = "select {columns} from {table} where {id} >= %s and {id} < %s and {key} = any(%s)"
_NORMALISED = """
    select array(select each::jsonb::text from unnest(%s::text[]) with ordinality as given (each, place) order by place)
"""
_BEAT = "select 1"


class Snapshots:
    """The reading side of a proof: what is asked within `with snapshots.one():` is answered from one snapshot.

    Transactions are read-only; no statement takes longer with the length of the history.
    """

    def __init__(self, connection: Connection, subscriber: str, patience: Patience) -> None:
        self.subscriber = subscriber
        self._connection = connection
        self._patience = patience
        self._schema_oid: object = None

    @contextmanager
    def one(self) -> Iterator[None]:
        """One snapshot.

        Raises:
            NoSuchSubscriber: the subscriber, or one of its tables, is not there any more.
            DatabaseLost: the session is gone.
        """
        try:
            with self._patience(), self._connection.transaction():
                self._connection.execute(_ISOLATION)
                self._see_that_it_is_the_same()
                yield
        except DROPPED as error:
            raise NoSuchSubscriber(
                f"subscriber {self.subscriber} lost a table ({error.diag.message_primary}): was it reset meanwhile?"
            ) from error

    def _see_that_it_is_the_same(self) -> None:
        [(oid,)] = self._all(_SCHEMA, (self.subscriber,))
        if self._schema_oid not in (None, oid):
            raise NoSuchSubscriber(f"subscriber {self.subscriber} was reset meanwhile: start again")
        self._schema_oid = oid

    def cursors(self) -> Cursors:
        """In one snapshot of its own.

        Raises:
            NoSuchSubscriber: there is none of this name.
        """
        with self.one():
            if not is_ours(self._connection, self.subscriber):
                names = ", ".join(subscribers(self._connection)) or "–"
                raise NoSuchSubscriber(f"there is no subscriber {self.subscriber} in this database, only: {names}")
            rows = self._all(sql.SQL(_CURSORS).format(schema=sql.Identifier(self.subscriber)))
        if not rows:
            raise NoSuchSubscriber(f"subscriber {self.subscriber} is being made or reset: try again")
        network, network_id, names, *rest = rows[0]
        return Cursors(network, network_id, tuple(table for table in TABLES if table.name in names), *rest)

    def ledgers(self, wanted: Range, tables: Sequence[Table]) -> list[Held]:
        """The ledgers of a run that are there, ascending."""
        counts = sql.SQL(", ").join(sql.Identifier(f"{table.name}_rows") for table in tables)
        statement = sql.SQL(_LEDGERS).format(counts=counts, ledgers=self._name(LEDGERS.name))
        rows = self._all(statement, (wanted.first, wanted.last))
        return [Held(sequence, hash_, before, tuple(counts)) for sequence, hash_, before, *counts in rows]

    def hash_of(self, sequence: int) -> bytes | None:
        """None where there is no such ledger."""
        rows = self._all(sql.SQL(_HASH).format(ledgers=self._name(LEDGERS.name)), (sequence,))
        return cast("bytes", rows[0][0]) if rows else None

    def next_held(self, sequence: int) -> int | None:
        """The lowest ledger above this one."""
        [(found,)] = self._all(sql.SQL(_NEXT).format(ledgers=self._name(LEDGERS.name)), (sequence,))
        return cast("int | None", found)

    def counted(self, table: Table, wanted: Range) -> dict[int, int | None]:
        """How many rows each ledger that is there says that it has in a table."""
        count = sql.Identifier(f"{table.name}_rows")
        statement = sql.SQL(_COUNTED).format(count=count, ledgers=self._name(LEDGERS.name))
        return dict(self._all(statement, (wanted.first, wanted.last)))

    def rows(self, table: Table, wanted: Range, at_most: int | None = None) -> dict[int, int]:
        """How many rows of each ledger of a run a table has, by the key that leads to them."""
        statement = sql.SQL(_ROWS).format(id=_id(table), table=self._name(table.name))
        return dict(self._all(statement, (wanted.first << 32, (wanted.last + 1) << 32, at_most)))

    def partitions(self, table: Table) -> list[Partition]:
        """Ascending."""
        rows = self._all(_PARTITIONS, (f"{self.subscriber}.{table.name}",))
        found = [Partition(name, _ledgers_of(bounds), blocks) for name, bounds, blocks in rows]
        return sorted(found, key=lambda partition: partition.ledgers)

    def rows_by_blocks(self, table: Table, partition: Partition) -> Iterator[dict[int, int]]:
        """How many rows of each ledger lie in each run of blocks: for a table that no index leads into by ledger.

        Everything is read once, in the order of the disk.
        """
        statement = sql.SQL(_IN_BLOCKS).format(id=_id(table), partition=self._name(partition.name))
        ends = [*range(0, partition.blocks, _BLOCKS), partition.blocks]
        for first, end in pairwise(ends):
            yield dict(self._all(statement, (f"({first},0)", f"({end},0)")))

    def rows_of_ledger(self, table: Table, sequence: int, keys: Collection[object]) -> list[Row]:
        """A ledger's rows in a table, jsonb as text.

        No index leads from a ledger into a table whose key begins with something else: `keys` are what it begins with.
        """
        statement = _OF_KEYS if led_by_something_else(table) else _OF_LEDGER
        composed = sql.SQL(statement).format(
            columns=sql.SQL(", ").join(
                sql.SQL("{}::text" if kind == "jsonb" else "{}").format(sql.Identifier(column))
                for column, kind in table.columns.items()
            ),
            table=self._name(table.name),
            id=_id(table),
            key=sql.Identifier(table.key[0]),
        )
        low, high = (sequence, sequence + 1) if table.partitioned_by is None else (sequence << 32, (sequence + 1) << 32)
        given = (low, high, list(keys)) if led_by_something_else(table) else (low, high)
        return self._all(composed, given)

    def normalised(self, jsons: Sequence[str | None]) -> list[str | None]:
        """JSON as the database writes it."""
        [(found,)] = self._all(_NORMALISED, (list(jsons),))
        return cast("list[str | None]", found)

    def beat(self) -> None:
        """Show life while something else is waited for."""
        with self._patience():
            self._connection.execute(_BEAT)

    def _name(self, table: str) -> sql.Identifier:
        return sql.Identifier(self.subscriber, table)

    def _all(self, statement: LiteralString | sql.Composed, given: Sequence[object] = ()) -> list[Any]:
        """The answer, and patience for the next one."""
        with self._connection.cursor(binary=True) as cursor:
            rows = cursor.execute(statement, given).fetchall()
        self._patience.renew()
        return rows


def _id(table: Table) -> sql.Identifier:
    return sql.Identifier(table.partitioned_by or table.key[0])


def _ledgers_of(bounds: str) -> Range:
    found = _BOUNDS.search(bounds)
    assert found is not None, bounds
    return Range(int(found[1]) >> 32, (int(found[2]) >> 32) - 1)
