"""Partitions are made ahead of need, and attached so that neither readers nor live wait for it.

`CREATE TABLE … PARTITION OF` would take an exclusive lock on the parent, which one long SELECT holds up: a table
like the parent is made first and attached in a short transaction of its own, which gives up quickly and tries again.
All tables' partitions for the same ledgers are made together, in two transactions however many tables there are.
"""

import time
from collections.abc import Collection

import psycopg
import structlog
from psycopg import sql

from consumer.database import Connection
from consumer.errors import PartitionsBlocked
from consumer.tables import Table

_TRIES_WHEN_NEEDED = 20
_LOCK_TIMEOUT = "500ms"

_ATTACHED = """
    select parent.relname
      from pg_inherits
      join pg_class parent on parent.oid = inhparent
      join pg_class partition on partition.oid = inhrelid
     where partition.relnamespace = current_schema()::regnamespace and partition.relname = any(%s)
"""
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('partitions of ' || current_schema(), 0))"
# The parent's comments are enough: a copy for each partition would be half of the work.
_CREATE = "create table if not exists {} (like {} including all excluding comments)"
_GIVE_UP_SOON = "select set_config('lock_timeout', %s, true)"
_ATTACH = "alter table {} attach partition {} for values from ({}) to ({})"

log = structlog.get_logger(__name__)


class Partitions:
    """The partitions of one subscriber's tables, each for `width` ledgers."""

    def __init__(self, connection: Connection, tables: Collection[Table], width: int) -> None:
        self._connection = connection
        self._tables = [table for table in tables if table.partitioned_by is not None]
        self._width = width
        self._there: set[int] = set()

    def make(self, sequence: int) -> None:
        """See to it that the partition of a ledger is there, and the next one soon.

        Raises:
            PartitionsBlocked: the one that is needed now can't be attached.
        """
        cell = sequence // self._width
        self._need(cell)
        if sequence % self._width >= self._width // 2 and cell + 1 not in self._there:
            self._try(cell + 1)

    def _need(self, cell: int) -> None:
        for _ in range(_TRIES_WHEN_NEEDED):
            if cell in self._there or self._try(cell):
                return
            time.sleep(0.1)
        first = cell * self._width
        raise PartitionsBlocked(
            f"the partitions for ledgers from {first} on can't be attached: something holds a lock on the tables "
            "(see pg_locks); end it and start again"
        )

    def _try(self, cell: int) -> bool:
        try:
            if missing := self._missing(cell):
                self._create(missing, cell)
                self._attach(cell)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            log.warning("a partition is not attached yet", first=cell * self._width, reason=str(error).strip())
            return False
        self._there.add(cell)
        return True

    def _missing(self, cell: int) -> list[Table]:
        names = [self._name(table, cell) for table in self._tables]
        attached = {name for (name,) in self._connection.execute(_ATTACHED, (names,))}
        return [table for table in self._tables if table.name not in attached]

    def _name(self, table: Table, cell: int) -> str:
        first = cell * self._width
        return f"{table.name}_{first}_{first + self._width - 1}"

    def _create(self, tables: Collection[Table], cell: int) -> None:
        with self._connection.transaction():
            self._connection.execute(_ONE_AT_A_TIME)
            for table in tables:
                name, parent = sql.Identifier(self._name(table, cell)), sql.Identifier(table.name)
                self._connection.execute(sql.SQL(_CREATE).format(name, parent))

    def _attach(self, cell: int) -> None:
        with self._connection.transaction():
            self._connection.execute(_GIVE_UP_SOON, (_LOCK_TIMEOUT,))
            self._connection.execute(_ONE_AT_A_TIME)
            for table in self._missing(cell):
                self._connection.execute(self._attachment(table, cell))

    def _attachment(self, table: Table, cell: int) -> sql.Composed:
        first = cell * self._width
        return sql.SQL(_ATTACH).format(
            sql.Identifier(table.name),
            sql.Identifier(self._name(table, cell)),
            sql.Literal(_lowest_id(first)),
            sql.Literal(_lowest_id(first + self._width)),
        )


def _lowest_id(sequence: int) -> int:
    """No id of this ledger is below, none of the ledger before is above (SEP-35)."""
    return sequence << 32
