"""The queries of a chaos run find every ledger that is lost, doubled or half-written; they share none of ours."""

from collections.abc import Callable, Iterator
from dataclasses import astuple

import psycopg
import pytest

from schemas.ledger import Ledger
from schemas.network import Network
from tests.chaos.counting import count_now, count_records, count_rows
from tests.chaos.network import Closed, transactions_in
from tests.chaos.watch import Database, faults_of_the_newest
from tests.support.consuming import run_consumer
from tests.support.topics import append_ledgers, make_topic

LAST = 21
BUSY = 7
"""A ledger with transactions."""


@pytest.fixture
def closed(ledgers: list[Ledger]) -> dict[int, Closed]:
    """What the network knows of ledgers 2 to 21."""
    return {each.sequence: Closed(each.hash, transactions_in(each.xdr)) for each in ledgers[: LAST - 1]}


@pytest.fixture
def filled(
    kafka: dict[str, str], database_url: str, topic: str, subscriber: str, ledgers: list[Ledger], network: Network
) -> str:
    """A subscriber that holds them all."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[: LAST - 1], network)
    assert run_consumer(kafka, database_url, network, topic, subscriber)
    return subscriber


@pytest.fixture
def session(database_url: str) -> Iterator[Database]:
    with psycopg.connect(database_url, autocommit=True) as session:
        yield session


def counted(session: Database, subscriber: str, closed: dict[int, Closed]) -> tuple[int, ...]:
    return astuple(count_rows(session, subscriber, closed))


LAST_OF_7 = "id = (select max(id) from {0}.transactions where id >> 32 = 7)"
ONE_OF_8 = "(select hash from {0}.transactions where id >> 32 = 8 limit 1)"
FIRST_OF_7 = "ctid = (select min(ctid) from {0}.token_transfers where transaction_id >> 32 = 7)"
DAMAGE: dict[str, tuple[str, tuple[int, int, int]]] = {
    "nothing": ("select 1", (0, 0, 0)),
    "a ledger that is not there": ("delete from {}.ledgers where sequence = 9", (1, 0, 1)),
    "another ledger in its place": ("update {}.ledgers set hash = '\\x00' where sequence = 9", (1, 1, 0)),
    "a ledger too many": ("update {}.ledgers set sequence = 99 where sequence = 9", (1, 1, 2)),
    "a transaction less": (f"delete from {{0}}.transactions where {LAST_OF_7}", (0, 0, 1)),
    "a transfer less": (f"delete from {{0}}.token_transfers where {FIRST_OF_7}", (0, 0, 1)),
    "a transaction in two ledgers": (f"update {{0}}.transactions set hash = {ONE_OF_8} where {LAST_OF_7}", (0, 2, 0)),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_counted(kind: str, filled: str, session: Database, closed: dict[int, Closed]) -> None:
    """Each kind of damage is counted, by ledgers; what is whole is not."""
    damage, expected = DAMAGE[kind]
    session.execute(damage.format(filled).encode())
    assert counted(session, filled, closed) == expected
    if kind != "a ledger too many":  # it lies beyond the cursor, where live may be at work
        assert astuple(count_now(session, filled, closed)) == expected


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("update {}.live set latest = latest - 1", "rows of ledger 21, though the cursor is at 20"),
        ("delete from {}.ledgers where sequence = 15", "ledger 15 is not there"),
        ("delete from {}.transactions where id >> 32 = 7", "not all of its own"),
        ("update {}.ledgers set hash = '\\x00' where sequence = 15", "another one than the network's"),
    ],
)
def test_a_reader_sees_what_is_half_there(
    damage: str, said: str, filled: str, session: Database, closed: dict[int, Closed]
) -> None:
    """While it runs, one snapshot shows a cursor ahead of its data, data ahead of the cursor, and what is missing."""
    assert list(faults_of_the_newest(session, filled, closed)) == []
    session.execute(damage.format(filled).encode())
    assert any(said in each for each in faults_of_the_newest(session, filled, closed))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda ledgers: ledgers, (0, 0)),
        (lambda ledgers: ledgers[:-1], (1, 0)),
        (lambda ledgers: [*ledgers, ledgers[-1]], (0, 1)),
        (lambda ledgers: [*ledgers[:5], *ledgers[6:]], (1, 0)),
    ],
    ids=["whole", "no end", "one twice", "a hole"],
)
def test_the_topic_is_counted(
    change: Callable[[list[Ledger]], list[Ledger]],
    expected: tuple[int, int],
    kafka: dict[str, str],
    topic: str,
    ledgers: list[Ledger],
    network: Network,
    closed: dict[int, Closed],
) -> None:
    """Ledgers that the topic lacks, and those that it has twice."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, change(ledgers[: LAST - 1]), network)
    counts = count_records(kafka, topic, closed)
    assert (counts.lost, counts.doubled) == expected
