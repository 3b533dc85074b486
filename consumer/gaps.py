"""What is missing, exactly: derived from the committed `ledgers` rows, never from a cursor."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from psycopg import sql

from consumer.database import Connection
from schemas.ranges import Range

_PIECE = 5_000_000
"""Ledgers that one statement looks at: some 2 s of work (a million: 0.2 to 0.7 s), whatever the history's length."""

_ONE_SNAPSHOT = "set transaction isolation level repeatable read, read only"
_ENDS = "select min(sequence), max(sequence) from {ledgers}"
# In the order of the primary key, so that nothing is sorted or kept, however many ledgers there are.
_FIRST_THERE = "select min(sequence) from {ledgers} where sequence between %(first)s and %(last)s"
_AFTER_EACH = """
    select sequence + 1, next - 1
      from (select sequence, lead(sequence, 1, %(last)s + 1) over (order by sequence) as next
              from {ledgers} where sequence between %(first)s and %(last)s) neighbours
     where next > sequence + 1
     order by sequence
"""


def missing(
    connection: Connection, schema: str, wanted: Range, *, answered: Callable[[], None] = lambda: None
) -> list[Range]:
    """The ledgers of `wanted` that the subscriber does not hold, as maximal ranges, ascending, in one snapshot.

    `answered` is called after each of the database's answers: a long history takes several.
    """
    found: list[Range] = []
    with connection.transaction():
        connection.execute(_ONE_SNAPSHOT)
        for piece in _there_and_beyond(connection, schema, wanted):
            for gap in _missing_of(connection, schema, piece):
                _append(found, gap)
            answered()
    return found


def ends(connection: Connection, schema: str) -> tuple[int, int] | None:
    """The lowest and the highest ledger that are there; None when none is."""
    statement = sql.SQL(_ENDS).format(ledgers=sql.Identifier(schema, "ledgers"))
    lowest, highest = cast("tuple[Any, ...]", connection.execute(statement).fetchone())
    return None if lowest is None else (lowest, highest)


def _there_and_beyond(connection: Connection, schema: str, wanted: Range) -> Iterator[Range]:
    """`wanted` in pieces that a statement can bear; what lies below all ledgers, or above, is no work."""
    there = ends(connection, schema)
    held = None if there is None else wanted.clipped(Range(*there))
    first = wanted.first
    while held is not None and first <= held.last:
        last = max(first, held.first) + _PIECE - 1
        yield Range(first, min(last, wanted.last))
        first = last + 1
    if first <= wanted.last:
        yield Range(first, wanted.last)


def _missing_of(connection: Connection, schema: str, piece: Range) -> list[Range]:
    ledgers = sql.Identifier(schema, "ledgers")
    bounds = {"first": piece.first, "last": piece.last}
    row = cast("tuple[Any, ...]", connection.execute(sql.SQL(_FIRST_THERE).format(ledgers=ledgers), bounds).fetchone())
    if row[0] is None:
        return [piece]
    found = [Range(piece.first, row[0] - 1)] if row[0] > piece.first else []
    rows = cast(
        "list[tuple[int, int]]", connection.execute(sql.SQL(_AFTER_EACH).format(ledgers=ledgers), bounds).fetchall()
    )
    return found + [Range(first, last) for first, last in rows]


def _append(found: list[Range], gap: Range) -> None:
    """A gap that begins where the last one ends is the same one, cut where a piece ends."""
    if found and found[-1].last + 1 == gap.first:
        found[-1] = Range(found[-1].first, gap.last)
    else:
        found.append(gap)
