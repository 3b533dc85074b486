"""Partitions are made ahead of need, and attached so that neither readers nor live wait for it.

`CREATE TABLE … PARTITION OF` would take an exclusive lock on the parent, which one long SELECT holds up: a table
like the parent is made first and attached in a short transaction of its own, which gives up quickly and tries again.
"""

import time

import psycopg
import structlog
from psycopg import sql

from consumer.database import Connection
from consumer.errors import PartitionsBlocked
from consumer.tables import TABLES, Table

_TRIES_WHEN_NEEDED = 20
_LOCK_TIMEOUT = "500ms"

_ATTACHED = """
    select true from pg_inherits where inhrelid = to_regclass(%s) and inhparent = to_regclass(%s)
"""
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended(current_schema() || '.' || %s, 0))"

log = structlog.get_logger(__name__)


class Partitions:
    """The partitions of one subscriber's tables, each for `width` ledgers."""

    def __init__(self, connection: Connection, width: int) -> None:
        self._connection = connection
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
            for table in TABLES:
                if table.partitioned:
                    self._create(table, cell)
                    self._attach(table, cell)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            log.warning("a partition is not attached yet", first=cell * self._width, reason=str(error).strip())
            return False
        self._there.add(cell)
        return True

    def _name(self, table: Table, cell: int) -> str:
        first = cell * self._width
        return f"{table.name}_{first}_{first + self._width - 1}"

    def _create(self, table: Table, cell: int) -> None:
        statement = sql.SQL("create table if not exists {} (like {} including all)")
        with self._connection.transaction():
            self._connection.execute(_ONE_AT_A_TIME, (table.name,))
            self._connection.execute(
                statement.format(sql.Identifier(self._name(table, cell)), sql.Identifier(table.name))
            )

    def _attach(self, table: Table, cell: int) -> None:
        name = self._name(table, cell)
        first = cell * self._width
        statement = sql.SQL("alter table {} attach partition {} for values from ({}) to ({})").format(
            sql.Identifier(table.name),
            sql.Identifier(name),
            sql.Literal(_lowest_id(first)),
            sql.Literal(_lowest_id(first + self._width)),
        )
        with self._connection.transaction():
            self._connection.execute("select set_config('lock_timeout', %s, true)", (_LOCK_TIMEOUT,))
            self._connection.execute(_ONE_AT_A_TIME, (table.name,))
            if self._connection.execute(_ATTACHED, (name, table.name)).fetchone() is None:
                self._connection.execute(statement)


def _lowest_id(sequence: int) -> int:
    """No id of this ledger is below, none of the ledger before is above (SEP-35)."""
    return sequence << 32
