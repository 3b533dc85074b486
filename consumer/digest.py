"""A digest over everything that a subscriber's ledgers filled: equal digests, equal data, byte for byte."""

from hashlib import sha256

from psycopg import sql

from consumer.database import Connection
from consumer.tables import TABLES

_CURSOR = "select live_first, latest, oldest from {schema}.live, {schema}.backfill"


def digest(connection: Connection, schema: str) -> str:
    """SHA-256 over all data tables and the cursors, in hex; epoch and hints aside."""
    total = sha256()
    for table in TABLES:
        statement = sql.SQL("copy (select {} from {} order by {}) to stdout").format(
            sql.SQL(", ").join(map(sql.Identifier, table.column_names)),
            sql.Identifier(schema, table.name),
            sql.Identifier(table.column_names[0]),
        )
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for block in copy:
                total.update(block)
    total.update(repr(connection.execute(sql.SQL(_CURSOR).format(schema=sql.Identifier(schema))).fetchone()).encode())
    return total.hexdigest()
