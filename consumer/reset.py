"""Drops a subscriber: schema, ledgers, cursors and all, under its lock."""

from contextlib import closing, suppress

import psycopg
import structlog
from psycopg import sql

from consumer.database import connect
from consumer.errors import NoSuchSubscriber
from consumer.lock import SubscriberLock
from consumer.migrations import is_ours
from consumer.session import Session, checked_name

_BEGUN = "update {}.subscriber set data_model = 0"  # no start goes on with half of the tables
_NO_MORE_FLUSHES = "update {}.backfill set generation = generation + 1"
_PARTITIONS = """
    select relname from pg_class join pg_inherits on inhrelid = oid
     where relnamespace = to_regnamespace(quote_ident(%s)) and relkind = 'r' order by relname
"""
# What is dropped piece by piece is out of every reader's sight before: none sees part of a ledger.
_IN_SIGHT = """
    select relname from pg_class
     where relnamespace = to_regnamespace(quote_ident(%s)) and relkind = 'p' and not starts_with(relname, %s)
"""
_HIDE = "alter table {} rename to {}"
_HIDDEN = "dropped_"
# The first lock of a flush too: one that is under way ends before anything is locked that it still needs.
_LEDGERS_FIRST = "lock table {} in access exclusive mode"
_DROP_TABLES = "drop table {} cascade"
_DROP_SCHEMA = "drop schema {} cascade"
_DROPPED_AT_ONCE = 50  # a table takes locks for its indexes too, and a server has a few thousand

log = structlog.get_logger(__name__)


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
    with closing(_Dropping(connection, schema, timeout_seconds=timeout_seconds)) as session:
        session.drop(session_pooling=session_pooling)


class _Dropping(Session):
    """The session that drops it."""

    def drop(self, *, session_pooling: bool) -> None:
        """Take the lock, hide the tables, and drop them: partitions first, a few at a time."""
        lock = SubscriberLock(self._connection, self.schema, self._patience)
        lock.check_session(pooled=session_pooling)
        lock.take()
        with self._patience():
            if not is_ours(self._connection, self.schema):
                raise NoSuchSubscriber(f"there is no subscriber {self.schema} in this database")
        self._connection.add_notice_handler(self._tell_what_else)
        with self._patience():
            self._connection.execute(sql.SQL(_BEGUN).format(sql.Identifier(self.schema)))
            with suppress(psycopg.errors.UndefinedColumn):  # a schema from before there was any backfill
                self._connection.execute(sql.SQL(_NO_MORE_FLUSHES).format(sql.Identifier(self.schema)))
            partitions = [str(name) for (name,) in self._connection.execute(_PARTITIONS, (self.schema,))]
            in_sight = [str(name) for (name,) in self._connection.execute(_IN_SIGHT, (self.schema, _HIDDEN))]
        if in_sight:
            self._run(*(self._hiding(name) for name in in_sight))
        for first in range(0, len(partitions), _DROPPED_AT_ONCE):
            names = [sql.Identifier(self.schema, name) for name in partitions[first : first + _DROPPED_AT_ONCE]]
            self._run(sql.SQL(_DROP_TABLES).format(sql.SQL(", ").join(names)))
        self._run(sql.SQL(_DROP_SCHEMA).format(sql.Identifier(self.schema)))
        log.info("subscriber dropped", subscriber=self.schema)

    def _hiding(self, table: str) -> sql.Composed:
        return sql.SQL(_HIDE).format(sql.Identifier(self.schema, table), sql.Identifier(_HIDDEN + table))

    def _run(self, *statements: sql.Composed) -> None:
        """In one transaction that no flush can come between."""
        with self._patience(), self._connection.transaction():
            self._connection.execute(sql.SQL(_LEDGERS_FIRST).format(sql.Identifier(self.schema, "ledgers")))
            for each in statements:
                self._connection.execute(each)

    def _tell_what_else(self, notice: psycopg.errors.Diagnostic) -> None:
        """Views of others that depend on the schema go with it. Of several the names are in the detail, of one not."""
        named = (notice.message_detail or notice.message_primary or "").splitlines()
        others = [each.removeprefix("drop cascades to ") for each in named if f" {self.schema}." not in each]
        if others:
            log.warning("dropped with it", what=others)
