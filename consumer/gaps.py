"""What is missing, exactly: derived from the committed `ledgers` rows, never from a cursor."""

from typing import Any, cast

from psycopg import sql

from consumer.database import Connection
from schemas.ranges import Range

# In the order of the primary key, so that nothing is sorted or kept, however many ledgers there are.
_FIRST_THERE = "select min(sequence) from {ledgers} where sequence between %(first)s and %(last)s"
_AFTER_EACH = """
    select sequence + 1, next - 1
      from (select sequence, lead(sequence, 1, %(last)s + 1) over (order by sequence) as next
              from {ledgers} where sequence between %(first)s and %(last)s) neighbours
     where next > sequence + 1
     order by sequence
"""


def missing(connection: Connection, schema: str, wanted: Range) -> list[Range]:
    """The ledgers of `wanted` that the subscriber does not hold, as maximal ranges, ascending."""
    ledgers = sql.Identifier(schema, "ledgers")
    bounds = {"first": wanted.first, "last": wanted.last}
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        row = cast(
            "tuple[Any, ...]", connection.execute(sql.SQL(_FIRST_THERE).format(ledgers=ledgers), bounds).fetchone()
        )
        if row[0] is None:
            return [wanted]
        found = [Range(wanted.first, row[0] - 1)] if row[0] > wanted.first else []
        rows = cast(
            "list[tuple[int, int]]", connection.execute(sql.SQL(_AFTER_EACH).format(ledgers=ledgers), bounds).fetchall()
        )
    return found + [Range(first, last) for first, last in rows]
