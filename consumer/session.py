"""A session with the database on behalf of one subscriber: what the schema is, and how rows get into its tables."""

import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.adapt import Buffer, Dumper
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg.types.string import BytesBinaryDumper

from consumer.database import Connection, Patience
from consumer.errors import NameRefused, NotASubscriber, OtherDataModel, OtherNetwork, OtherTables, RowsDisagree
from consumer.migrations import is_ours
from consumer.partitions import Partitions
from consumer.tables import DATA_MODEL, PARTITION_LEDGERS, TABLES, Row, Table
from schemas.network import Network

_BEAT_SECONDS = 1.0

_SET_SCHEMA = "select set_config('search_path', quote_ident(%s), false)"
_NEVER_ASYNCHRONOUS = """
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'
"""
_SUBSCRIBER = "select network, network_id, data_model, tables, partition_ledgers from subscriber"
HASH = "select hash from ledgers where sequence = %s"
_BEAT = "select 1"
_MY_PID = "select pg_backend_pid()"


def checked_name(subscriber: str) -> str:
    """The subscriber's name, which is its schema's.

    Raises:
        NameRefused: it can't be the name of a schema of ours.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", subscriber) or subscriber.startswith("pg_") or subscriber == "public":
        raise NameRefused(
            f"--subscriber {subscriber!r}: lower-case letters, digits and _, 48 at most, beginning with a letter, and "
            "neither public nor pg_…, can name one"
        )
    return subscriber


class _JsonbDumper(Dumper):
    """Of JSON that is bytes already: Postgres wants a version before them, and has one."""

    format = Format.BINARY
    oid = types["jsonb"].oid

    def dump(self, obj: bytes) -> Buffer:
        return b"\x01" + obj


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a subscriber is, as its first start recorded it."""

    tables: tuple[Table, ...]
    partition_ledgers: int


class Session:
    """One session, which is never opened again within a process: when it is lost, so are the locks that it holds."""

    def __init__(self, connection: Connection, schema: str, *, timeout_seconds: float) -> None:
        self.schema = schema
        self._connection = connection
        self._patience = Patience(connection, timeout_seconds)
        self._tables: tuple[Table, ...] = ()
        self._partitions = Partitions(connection, self._tables, PARTITION_LEDGERS)
        self._last_word = time.monotonic()
        connection.adapters.register_dumper(None, _JsonbDumper)
        connection.adapters.register_dumper(None, BytesBinaryDumper)  # psycopg's own choice for bytea is not in C

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that it fills, in the order in which a ledger's rows are written."""
        return tuple(table.name for table in self._tables)

    def process_id(self) -> int:
        """Of the server's process that works for this session: behind a pooler only the server itself knows."""
        with self._patience():
            value = self._value(_MY_PID)
        assert isinstance(value, int)
        return value

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """The connection, for a question; no answer is waited for without a bound."""
        with self._patience():
            yield self._connection

    def _set_up(self) -> None:
        """Find everything in the subscriber's schema, and commit nothing asynchronously unless it is asked for.

        Raises:
            NotASubscriber: the database can't hold any.
        """
        self._connection.execute(_SET_SCHEMA, (self.schema,))
        self._connection.execute(_NEVER_ASYNCHRONOUS)
        if self._connection.info.parameter_status("server_encoding") != "UTF8":
            raise NotASubscriber("the database's encoding is not UTF8, and memos are any text: use another database")

    def _use(self, recorded: Recorded) -> None:
        """Fill the tables that the subscriber fills."""
        self._tables = recorded.tables
        self._partitions = Partitions(self._connection, recorded.tables, recorded.partition_ledgers)

    def _compare_if_there(self, network: Network, chosen: tuple[Table, ...] | None) -> None:
        if is_ours(self._connection, self.schema):
            self._compare(network, chosen)

    def _compare(self, network: Network, chosen: tuple[Table, ...] | None) -> Recorded | None:
        """See that the subscriber is what is wanted; None before it is recorded.

        Raises:
            OtherNetwork: it holds another network's ledgers.
            OtherDataModel: another version of the data model filled it.
            OtherTables: it fills others than those that were chosen.
        """
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
        recorded = Recorded(tables_named(names), width)
        if chosen is not None and chosen != recorded.tables:
            raise OtherTables(
                f"subscriber {self.schema} fills {_listed(recorded.tables)}; --tables asks for {_listed(chosen)}: "
                f"leave --tables out to go on, or {self._begin_again}"
            )
        return recorded

    @property
    def _begin_again(self) -> str:
        return f"ledgerstream reset --subscriber {self.schema}, then consume again from the topic"

    def hash_of(self, sequence: int) -> bytes | None:
        """The hash of a committed ledger; None where there is none."""
        with self._patience():
            value = self._value(HASH, sequence)
        assert value is None or isinstance(value, bytes)
        return value

    def _copy(self, table: Table, rows: list[Row]) -> None:
        """Have rows of a table written, within a transaction of the caller's."""
        if not rows:
            return
        with self._connection.cursor() as cursor, cursor.copy(_copy_statement(table)) as copy:
            copy.set_types(table.types)
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def _stray_rows_named(self) -> Iterator[None]:
        """The ledger's own row comes first: when that one is new, what else is there is no ledger's."""
        try:
            yield
        except psycopg.errors.UniqueViolation as error:
            raise RowsDisagree(
                f"a row is in {error.diag.table_name} of subscriber {self.schema} already, though its ledger is not "
                f"({error.diag.message_detail}): if nobody changed the table by hand, this is a fault of ledgerstream; "
                "nothing was written"
            ) from error

    def _said_something(self) -> None:
        """The server has heard of us just now."""
        self._last_word = time.monotonic()

    def beat(self) -> None:
        """Show life between ledgers, and notice that the session is gone.

        Raises:
            DatabaseLost: it is gone.
        """
        if time.monotonic() - self._last_word >= _BEAT_SECONDS:
            with self._patience():
                self._connection.execute(_BEAT)
            self._said_something()

    def _value(self, statement: str, *parameters: object) -> object:
        """The first column of the first row; None where there is no row."""
        row = self._connection.execute(statement.encode(), parameters).fetchone()
        return None if row is None else row[0]

    def close(self) -> None:
        self._connection.close()
        self._patience.close()


@cache
def _copy_statement(table: Table) -> bytes:
    statement = sql.SQL("copy {} ({}) from stdin (format binary)")
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return statement.format(sql.Identifier(table.name), columns).as_bytes(None)


def tables_named(names: Collection[str]) -> tuple[Table, ...]:
    found = tuple(table for table in TABLES if table.name in names)
    assert len(found) == len(set(names)), f"a table of {names} is unknown"
    return found


def _listed(tables: tuple[Table, ...]) -> str:
    return ", ".join(table.name for table in tables)
