"""A digest over everything that a subscriber's ledgers filled: equal digests, equal data, byte for byte."""

from hashlib import sha256
from typing import LiteralString, cast

from psycopg import sql

from consumer.database import Connection
from consumer.tables import TABLES

_TABLES = "select tables from {schema}.subscriber"
_CURSOR = "select live_first, latest, oldest from {schema}.live, {schema}.backfill"


def digest(connection: Connection, schema: str, *, cursors: bool = True) -> str:
    """SHA-256 over all data tables, each in the order of its key, and the cursors, in hex; epoch and hints aside.

    Without `cursors` it is that of the ledgers alone, whether live or backfill has committed them.
    """
    total = sha256()
    [names] = cast("tuple[list[str]]", _asked(connection, _TABLES, schema))
    for table in (table for table in TABLES if table.name in names):
        total.update(table.name.encode())
        statement = sql.SQL("copy (select {} from {} order by {}) to stdout").format(
            sql.SQL(", ").join(map(sql.Identifier, table.columns)),
            sql.Identifier(schema, table.name),
            sql.SQL(", ").join(map(sql.Identifier, table.key)),
        )
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for block in copy:
                total.update(block)
    if cursors:
        total.update(repr(_asked(connection, _CURSOR, schema)).encode())
    return total.hexdigest()


def _asked(connection: Connection, statement: LiteralString, schema: str) -> tuple[object, ...] | None:
    return connection.execute(sql.SQL(statement).format(schema=sql.Identifier(schema))).fetchone()
