"""What is missing: held to the naive answer, on a real table."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumer import gaps
from consumer.database import Connection, connect
from consumer.gaps import missing
from schemas.ranges import Range

SCHEMA = "test_gaps"
HIGHEST = 60


@pytest.fixture(scope="module")
def table(database_url: str) -> Iterator[Connection]:
    """A table of ledgers that has nothing but their sequences."""
    with connect(database_url, application_name="test", timeout_seconds=10) as connection:
        connection.execute(f"drop schema if exists {SCHEMA} cascade; create schema {SCHEMA}".encode())
        connection.execute(f"create table {SCHEMA}.ledgers (sequence bigint primary key)".encode())
        yield connection
        connection.execute(f"drop schema {SCHEMA} cascade".encode())


def hold(table: Connection, sequences: set[int]) -> None:
    with table.transaction():
        table.execute(f"truncate {SCHEMA}.ledgers".encode())
        table.execute(f"insert into {SCHEMA}.ledgers select unnest(%s::bigint[])".encode(), (sorted(sequences),))


def naive(held: set[int], wanted: Range) -> list[Range]:
    """Ledger by ledger."""
    found: list[Range] = []
    for sequence in range(wanted.first, wanted.last + 1):
        if sequence in held:
            continue
        if found and found[-1].last == sequence - 1:
            found[-1] = Range(found[-1].first, sequence)
        else:
            found.append(Range(sequence, sequence))
    return found


bounds = st.tuples(st.integers(1, HIGHEST), st.integers(1, HIGHEST)).map(lambda pair: Range(min(pair), max(pair)))


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(held=st.sets(st.integers(1, HIGHEST)), wanted=bounds, piece=st.integers(1, HIGHEST))
def test_missing_is_what_a_naive_look_finds(table: Connection, held: set[int], wanted: Range, piece: int) -> None:
    """Whatever is held, wanted, and cut into pieces: nothing is lost, nothing doubled, each range as long as it can."""
    hold(table, held)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gaps, "_PIECE", piece)
        assert missing(table, SCHEMA, wanted) == naive(held, wanted)


def test_far_beyond_what_is_held(table: Connection) -> None:
    """A range that reaches far beyond what is held takes no more answers than one that does not."""
    hold(table, {10, 11, 13})
    answers: list[None] = []
    found = missing(table, SCHEMA, Range(1, 10**10 - 1), answered=lambda: answers.append(None))
    assert found == [Range(1, 9), Range(12, 12), Range(14, 10**10 - 1)]
    assert len(answers) <= 2


def test_nothing_is_held(table: Connection) -> None:
    """Of an empty table everything is missing, and of a full one nothing."""
    hold(table, set())
    assert missing(table, SCHEMA, Range(3, 9)) == [Range(3, 9)]
    hold(table, set(range(3, 10)))
    assert missing(table, SCHEMA, Range(3, 9)) == []


def test_one_snapshot(table: Connection, database: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many answers it takes, it is what was missing at one moment."""
    monkeypatch.setattr(gaps, "_PIECE", 5)
    hold(table, {1, 20})

    def meanwhile() -> None:
        database.execute(f"insert into {SCHEMA}.ledgers values (18) on conflict do nothing".encode())

    assert missing(table, SCHEMA, Range(1, 20), answered=meanwhile) == [Range(2, 19)]
