"""Live goes through segments where the live topic lacks its next ledgers, by the same checks, and comes back."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from confluent_kafka import Consumer, TopicPartition
from structlog.testing import capture_logs

from consumer.database import Connection
from consumer.errors import ChainBroken, LedgerMissing, LedgerUndecodable
from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.ranges import Range
from schemas.record import encode, key_of
from schemas.topic import segment_of
from tests.support.consuming import digest_of, digest_of_calm_run, run_consumer
from tests.support.faults import cut_head, latest
from tests.support.topics import append, append_ledgers, make_topic

FIRST, LAST = 2, 41

Lay = Callable[..., str]
Publish = Callable[[int, int], None]
Consume = Callable[..., bool]


@pytest.fixture(scope="module")
def calm_digest(kafka: dict[str, str], database_url: str, network: Network, ledgers: list[Ledger]) -> str:
    """What ledgers 2 to 41, each once, leave in the database."""
    make_topic(kafka, "test.following.calm")
    append_ledgers(kafka, "test.following.calm", ledgers, network)
    return digest_of_calm_run(kafka, database_url, network, "test.following.calm")


@pytest.fixture
def lay(kafka: dict[str, str], topic: str, network: Network, ledgers: list[Ledger]) -> Lay:
    """Lay ledgers `first` to `last` into a segment of the test's topic, by default one of just that range."""

    def lay(first: int, last: int, *, named: Range | None = None, of: list[Ledger] = ledgers) -> str:
        segment = segment_of(topic, named or Range(first, last))
        make_topic(kafka, segment)
        append_ledgers(kafka, segment, of[first - FIRST : last - FIRST + 1], network)
        return segment

    return lay


@pytest.fixture
def publish(kafka: dict[str, str], topic: str, network: Network, ledgers: list[Ledger]) -> Publish:
    """Append ledgers to the live topic."""
    make_topic(kafka, topic)
    return lambda first, last: append_ledgers(kafka, topic, ledgers[first - FIRST : last - FIRST + 1], network)


@pytest.fixture
def consume(kafka: dict[str, str], database_url: str, network: Network, topic: str, subscriber: str) -> Consume:
    return lambda **options: run_consumer(kafka, database_url, network, topic, subscriber, **options)


def fork() -> list[Ledger]:
    """The ledgers of a network that has the same name and another history."""
    other = SimulatedNetwork(seed=1, transactions_per_ledger=4)
    return [Ledger.from_xdr(other.close_ledger()) for _ in range(LAST - FIRST + 1)]


def stored_offset(kafka: dict[str, str], topic: str, subscriber: str) -> int:
    consumer = Consumer({**kafka, "group.id": f"ledgerstream-{subscriber}"})
    [stored] = consumer.committed([TopicPartition(topic, 0)], timeout=10)
    consumer.close()
    return int(stored.offset)


def test_a_live_topic_that_begins_above_the_cursor(
    publish: Publish,
    lay: Lay,
    consume: Consume,
    kafka: dict[str, str],
    database_url: str,
    topic: str,
    subscriber: str,
    calm_digest: str,
) -> None:
    """What was cut off there comes from a segment; the stored offset stays one of the live topic."""
    publish(2, 20)
    assert consume(last=9)
    before = stored_offset(kafka, topic, subscriber)
    cut_head(kafka, topic, 28)  # ledgers 2 to 15
    segment = lay(9, 18)
    with capture_logs() as logs:
        assert consume(last=14)
    assert "reading from the start" not in [line.get("found_by") for line in logs]
    assert stored_offset(kafka, topic, subscriber) == before
    assert stored_offset(kafka, segment, subscriber) < 0
    publish(21, 41)
    assert consume()
    assert stored_offset(kafka, topic, subscriber) > before
    assert digest_of(database_url, subscriber) == calm_digest


def test_a_hole_is_filled_from_two_segments(
    publish: Publish,
    lay: Lay,
    consume: Consume,
    database_url: str,
    subscriber: str,
    calm_digest: str,
) -> None:
    """Live stops at the hole, goes through segments that are there then, and returns to the live topic."""
    publish(2, 10)
    publish(21, 30)
    publish(35, 41)
    with pytest.raises(LedgerMissing, match=r"ledgers 11–20 .*goes on with 21 .*--first 11 --last 20 --segment") as one:
        consume()
    assert one.value.missing == Range(11, 20)
    lay(11, 15)
    with pytest.raises(LedgerMissing, match=r"--first 16 --last 20 --segment") as other:
        consume()
    assert other.value.missing == Range(16, 20)
    lay(14, 22)
    lay(31, 34)
    with capture_logs() as logs:
        assert consume()
    assert "reading from the start" not in [line.get("found_by") for line in logs], "all of the live topic was read"
    assert digest_of(database_url, subscriber) == calm_digest


def test_a_segment_that_begins_later(
    publish: Publish,
    lay: Lay,
    consume: Consume,
) -> None:
    """What is to be published ends where a segment begins."""
    publish(2, 10)
    publish(31, 41)
    lay(15, 30)
    with pytest.raises(LedgerMissing, match=r"no segment of it has ledgers 11–14\. .*--first 11 --last 14 --segment"):
        consume()


def test_a_first_ledger_below_the_live_topic(
    publish: Publish,
    lay: Lay,
    consume: Consume,
    database_url: str,
    subscriber: str,
    calm_digest: str,
) -> None:
    """A new subscriber may begin in a segment."""
    publish(20, 41)
    lay(2, 19)
    assert consume(first=2)
    assert digest_of(database_url, subscriber) == calm_digest


def test_a_segment_that_is_half_there_stops_live(
    publish: Publish,
    lay: Lay,
    consume: Consume,
    kafka: dict[str, str],
    network: Network,
    ledgers: list[Ledger],
    database: Connection,
    database_url: str,
    subscriber: str,
    calm_digest: str,
) -> None:
    """What it has is committed, the rest is missing; when its producer has gone on, so does live."""
    publish(2, 10)
    publish(21, 41)
    segment = lay(11, 14, named=Range(11, 20))
    with pytest.raises(LedgerMissing, match=r"--first 15 --last 20 --segment"):
        consume()
    assert latest(database, subscriber) == 14
    append_ledgers(kafka, segment, ledgers[15 - FIRST : 21 - FIRST], network)
    assert consume()
    assert digest_of(database_url, subscriber) == calm_digest


def test_a_foreign_chain_in_a_segment(
    publish: Publish,
    lay: Lay,
    consume: Consume,
    database: Connection,
    subscriber: str,
    ledgers: list[Ledger],
) -> None:
    """It stops live with both hashes and the segment's name; nothing of it is written."""
    publish(2, 10)
    publish(21, 41)
    foreign = fork()
    segment = lay(11, 20, of=foreign)
    with pytest.raises(ChainBroken, match=f"topics --drop {segment}") as caught:
        consume()
    assert foreign[10 - FIRST].hash.hex() in str(caught.value)
    assert ledgers[10 - FIRST].hash.hex() in str(caught.value)
    assert latest(database, subscriber) == 10


def test_an_undecodable_ledger_in_a_segment(
    publish: Publish,
    lay: Lay,
    consume: Consume,
    kafka: dict[str, str],
    network: Network,
    ledgers: list[Ledger],
    database: Connection,
    subscriber: str,
) -> None:
    """It is named with the segment where it stands."""
    publish(2, 10)
    publish(21, 41)
    segment = lay(11, 12, named=Range(11, 20))
    ledger = ledgers[13 - FIRST]
    append(kafka, segment, [(key_of(13), encode(replace(ledger, xdr=ledger.xdr[:-40]), network))])
    with pytest.raises(LedgerUndecodable, match=f"ledger 13 at offset 4 of topic {segment}"):
        consume()
    assert latest(database, subscriber) == 12


def test_life_is_shown_on_the_way(
    publish: Publish,
    lay: Lay,
    consume: Consume,
) -> None:
    """A consumer that waits at the end of the live topic, after a segment, still listens to who stops it."""
    publish(2, 10)
    publish(21, 41)
    lay(11, 20)
    stop = threading.Event()
    result: list[bool] = []
    thread = threading.Thread(target=lambda: result.append(consume(last=None, stop=stop.is_set)))
    thread.start()
    thread.join(5)
    stop.set()
    thread.join(5)
    assert result == [True]
