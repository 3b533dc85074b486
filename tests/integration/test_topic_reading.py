"""What the consumer does with a topic: hostile records, replays, holes, forks, and offsets that lie."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from confluent_kafka import Consumer, TopicPartition
from structlog.testing import capture_logs

from consumer import lookout
from consumer.database import Connection, connect
from consumer.errors import ChainBroken, LedgerMissing, LedgerUndecodable, OtherFirst, OtherLedgers
from consumer.reader import TopicReader
from producer.sources.simulated import SimulatedNetwork
from schemas.errors import BrokerUnreachable, TopicAbsent
from schemas.ledger import Ledger
from schemas.log import Entry, LedgerLog
from schemas.network import Network, network_of
from schemas.record import encode, key_of
from tests.support.consuming import digest_of, digest_of_calm_run, run_consumer
from tests.support.topics import (
    append,
    append_and_abort,
    append_ledgers,
    delete_group,
    delete_topic,
    make_topic,
    message_of,
)

COUNT = 30
FIRST, LAST = 2, 31

Consume = Callable[..., bool]
Fill = Callable[[list[Ledger]], None]


@pytest.fixture(scope="module")
def clean_digest(kafka: dict[str, str], database_url: str, network: Network, ledgers: list[Ledger]) -> str:
    """What ledgers 2 to 31, each once, leave in the database."""
    topic = f"test.clean-{time.time_ns()}"
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:COUNT], network)
    return digest_of_calm_run(kafka, database_url, network, topic)


@pytest.fixture
def fill(kafka: dict[str, str], topic: str, network: Network) -> Fill:
    """Append ledgers to the test's topic."""
    make_topic(kafka, topic)
    return lambda ledgers: append_ledgers(kafka, topic, ledgers, network)


@pytest.fixture
def consume(kafka: dict[str, str], database_url: str, network: Network, topic: str, subscriber: str) -> Consume:
    """Run the consumer over the test's topic, by default to the topic's end."""
    return lambda **options: run_consumer(kafka, database_url, network, topic, subscriber, **options)


def latest(database: Connection, subscriber: str) -> object:
    row = database.execute(f"select latest from {subscriber}.live".encode()).fetchone()
    return row and row[0]


def test_what_is_no_ledger_of_ours_is_passed_over(
    kafka: dict[str, str],
    database_url: str,
    topic: str,
    subscriber: str,
    network: Network,
    ledgers: list[Ledger],
    fill: Fill,
    consume: Consume,
    clean_digest: str,
) -> None:
    """Garbage, empty values, foreign networks and aborted records between ledgers change nothing."""
    garbage = [
        (None, None),
        (b"2", b""),
        (b"", b"\xc3\x01"),
        (b"7", b"\xc3\x01" + bytes(8) + b"x"),
        (b"x" * 99, b"y" * 9999),
    ]
    foreign = [message_of(ledger, network_of("pubnet", None)) for ledger in ledgers[5:8]]
    wrong_key = [(b"999", encode(ledgers[6], network)), (None, encode(ledgers[6], network))]
    for first in range(0, COUNT, 6):
        append(kafka, topic, [*garbage, *foreign, *wrong_key], in_transaction=first % 12 == 0)
        append_and_abort(kafka, topic, [message_of(ledger, network) for ledger in ledgers[first : first + 3]])
        fill(ledgers[first : first + 6])
    append(kafka, topic, garbage)

    with capture_logs() as logs:
        assert consume()

    assert digest_of(database_url, subscriber) == clean_digest
    assert sum(line["event"] == "record passed over" for line in logs) >= 4 * len(garbage + foreign + wrong_key)


def test_ledgers_twice_and_a_replayed_range(
    database_url: str, subscriber: str, ledgers: list[Ledger], fill: Fill, consume: Consume, clean_digest: str
) -> None:
    """What the topic has again is passed over, wherever it stands."""
    fill(ledgers[:10] + ledgers[9:12] + ledgers[3:20] + ledgers[:COUNT] + ledgers[5:25])
    assert consume(last=LAST)
    assert digest_of(database_url, subscriber) == clean_digest


def test_a_replayed_range_is_found_after_a_restart(
    database_url: str, subscriber: str, ledgers: list[Ledger], fill: Fill, consume: Consume, clean_digest: str
) -> None:
    """A topic whose sequences do not ascend misleads the search, not the result."""
    fill(ledgers[:8])
    assert consume()
    fill(ledgers[20:COUNT] + ledgers[:COUNT])
    assert consume(last=LAST)
    assert digest_of(database_url, subscriber) == clean_digest


def test_a_hole_stops(
    database: Connection, subscriber: str, topic: str, ledgers: list[Ledger], fill: Fill, consume: Consume
) -> None:
    """A missing ledger stops the consumer at the one before, naming what is missing and what to do."""
    fill(ledgers[:10] + ledgers[13:20])
    with pytest.raises(LedgerMissing, match=r"ledgers 12–14 .*goes on with 15 .*2–21.*produce .*--first 12"):
        consume()
    assert latest(database, subscriber) == 11


def test_a_hole_is_no_hole_once_it_is_filled(
    database_url: str, subscriber: str, ledgers: list[Ledger], fill: Fill, consume: Consume, clean_digest: str
) -> None:
    """Missing ledgers may stand anywhere in the topic: it is read from the start before one is called missing."""
    fill(ledgers[:10] + ledgers[13:20])
    with pytest.raises(LedgerMissing):
        consume()
    fill(ledgers[8:COUNT])
    assert consume()
    assert digest_of(database_url, subscriber) == clean_digest


def test_a_topic_that_begins_beyond_the_cursor(ledgers: list[Ledger], fill: Fill, consume: Consume) -> None:
    """A first ledger that the topic does not hold any more is missing; nothing begins elsewhere instead."""
    fill(ledgers[10:20])
    with pytest.raises(LedgerMissing, match=r"ledgers 5–11 .*12–21"):
        consume(first=5)


def test_a_broken_chain_stops(
    database: Connection, subscriber: str, ledgers: list[Ledger], fill: Fill, consume: Consume
) -> None:
    """A ledger of another history stops the consumer, which names both hashes."""
    other = fork(15)
    fill(ledgers[:10] + other[10:])
    with pytest.raises(ChainBroken) as caught:
        consume()
    assert other[10].previous_hash.hex() in str(caught.value)
    assert ledgers[9].hash.hex() in str(caught.value)
    assert latest(database, subscriber) == 11


def test_the_chain_holds_over_a_restart(ledgers: list[Ledger], fill: Fill, consume: Consume) -> None:
    """The first ledger after a restart must name the hash of the last one before it, which the database holds."""
    fill(ledgers[:10])
    assert consume()
    fill(fork(15)[10:])
    with pytest.raises(ChainBroken):
        consume()


def test_another_ledger_up_to_the_cursor_is_an_error_line(ledgers: list[Ledger], fill: Fill, consume: Consume) -> None:
    """A replayed ledger with another hash than the database holds is passed over, and shown."""
    fill(ledgers[:10] + fork(5) + ledgers[10:12])
    with capture_logs() as logs:
        assert consume()
    lines = [line for line in logs if line["event"] == "the topic has another ledger than the database"]
    assert [line["ledger"] for line in lines] == [2, 3, 4, 5, 6]
    assert lines[0]["topic_hash"] == fork(1)[0].hash.hex()
    assert lines[0]["database_hash"] == ledgers[0].hash.hex()


def damaged(ledger: Ledger, network: Network) -> Iterator[tuple[str, bytes]]:
    """Valid envelopes around something that is not the ledger that they name."""
    yield "cut short", encode(replace(ledger, xdr=ledger.xdr[:-40]), network)
    yield "trailing", encode(replace(ledger, xdr=ledger.xdr + bytes(4)), network)
    yield "another ledger's time", encode(replace(ledger, closed_at=ledger.closed_at.replace(year=2020)), network)
    yield "no ledger", encode(replace(ledger, xdr=b"no ledger at all"), network)
    flipped = bytearray(ledger.xdr)
    flipped[60] ^= 1
    yield "a header that was changed", encode(replace(ledger, xdr=bytes(flipped)), network)


def test_an_undecodable_ledger_stops(
    kafka: dict[str, str],
    database: Connection,
    database_url: str,
    topic: str,
    network: Network,
    ledgers: list[Ledger],
    fill: Fill,
) -> None:
    """A next ledger that is damaged stops the consumer, naming ledger and offset, with the cursor before it."""
    fill(ledgers[:5])
    append(kafka, topic, [(key_of(7), value) for _, value in damaged(ledgers[5], network)][:1])
    with pytest.raises(LedgerUndecodable, match=r"ledger 7 at offset 10 of topic"):
        run_consumer(kafka, database_url, network, topic, f"und_{time.time_ns()}")

    for name, value in damaged(ledgers[5], network):
        subscriber = f"und_{time.time_ns()}"
        each_topic = f"{topic}-{name.replace(' ', '-').replace(chr(39), '')}"
        make_topic(kafka, each_topic)
        append_ledgers(kafka, each_topic, ledgers[:5], network)
        append(kafka, each_topic, [(key_of(7), value)])
        with pytest.raises(LedgerUndecodable, match="ledger 7"):
            run_consumer(kafka, database_url, network, each_topic, subscriber)
        assert latest(database, subscriber) == 6


def test_offsets_that_lie(
    kafka: dict[str, str],
    database_url: str,
    topic: str,
    subscriber: str,
    ledgers: list[Ledger],
    fill: Fill,
    consume: Consume,
    clean_digest: str,
) -> None:
    """A stored offset that is too far, too near, beyond the end or of another topic costs time, not data."""
    fill(ledgers[:COUNT])
    positions = {5: 0, 8: 1, 11: 59, 14: 60, 17: 10**9, 20: 3, 23: 57, 26: 40}
    for last, offset in positions.items():
        assert consume(last=last)
        store_offset(kafka, topic, subscriber, offset)
    assert consume()
    assert digest_of(database_url, subscriber) == clean_digest


def test_an_offset_that_lies_is_not_used(
    kafka: dict[str, str], topic: str, subscriber: str, ledgers: list[Ledger], fill: Fill, consume: Consume
) -> None:
    """A stored offset is read before it is believed: what is not near the cursor there is searched at once."""
    fill(ledgers[:COUNT])
    assert consume(last=5)
    store_offset(kafka, topic, subscriber, 40)
    with capture_logs() as logs:
        assert consume(last=8)
    assert [line["found_by"] for line in logs if line["event"] == "reading"] == ["search"]


def test_a_good_offset_is_used(topic: str, ledgers: list[Ledger], fill: Fill, consume: Consume) -> None:
    """After a calm stop the next start reads on at the stored offset, without a search."""
    fill(ledgers[:10])
    assert consume()
    fill(ledgers[10:20])
    with capture_logs() as logs:
        assert consume()
    assert [line["found_by"] for line in logs if line["event"] == "reading"] == ["the stored offset"]


def test_offsets_deleted(
    database_url: str,
    subscriber: str,
    ledgers: list[Ledger],
    fill: Fill,
    consume: Consume,
    clean_digest: str,
    kafka: dict[str, str],
) -> None:
    """Without any stored offset the next ledger is found by a search over the topic."""
    fill(ledgers[:COUNT])
    assert consume(last=20)
    delete_group(kafka, f"ledgerstream-{subscriber}")
    with capture_logs() as logs:
        assert consume()
    assert [line["found_by"] for line in logs if line["event"] == "reading"] == ["search"]
    assert digest_of(database_url, subscriber) == clean_digest


def test_the_topic_was_made_again(
    kafka: dict[str, str],
    topic: str,
    network: Network,
    database_url: str,
    subscriber: str,
    ledgers: list[Ledger],
    fill: Fill,
    consume: Consume,
    clean_digest: str,
) -> None:
    """Offsets of a deleted topic mean nothing in its successor; absent, it is waited for and then named."""
    fill(ledgers[:10])
    assert consume()
    delete_topic(kafka, topic)
    with pytest.raises(TopicAbsent, match=r"at ledger 11.*--first 12"):
        consume(last=LAST)
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[8:COUNT], network)
    assert consume()
    assert digest_of(database_url, subscriber) == clean_digest


def test_waiting_for_what_is_not_there_yet(
    kafka: dict[str, str],
    database_url: str,
    topic: str,
    subscriber: str,
    network: Network,
    ledgers: list[Ledger],
    consume: Consume,
    clean_digest: str,
) -> None:
    """On its first start a consumer waits for the topic, for its first ledger, and then for each next one."""
    result: list[bool] = []
    thread = threading.Thread(target=lambda: result.append(consume(last=LAST)))
    thread.start()
    time.sleep(1.0)
    make_topic(kafka, topic)
    time.sleep(0.5)
    append_ledgers(kafka, topic, ledgers[:3], network)
    time.sleep(0.5)
    append_ledgers(kafka, topic, ledgers[3:COUNT], network)
    thread.join(30)
    assert result == [True]
    assert digest_of(database_url, subscriber) == clean_digest


def test_all_of_the_topic_up_to_the_cursor(
    kafka: dict[str, str],
    topic: str,
    network: Network,
    database_url: str,
    subscriber: str,
    ledgers: list[Ledger],
    fill: Fill,
    consume: Consume,
    clean_digest: str,
) -> None:
    """A topic that lost its end is waited for: when it is published again, what is known is passed over."""
    fill(ledgers[:20])
    assert consume()
    delete_topic(kafka, topic)
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:10], network)
    result: list[bool] = []
    thread = threading.Thread(target=lambda: result.append(consume(last=LAST)))
    thread.start()
    time.sleep(1.5)
    append_ledgers(kafka, topic, ledgers[10:COUNT], network)
    thread.join(30)
    assert result == [True]
    assert digest_of(database_url, subscriber) == clean_digest


@pytest.mark.parametrize(("first", "expected"), [("earliest", 4), ("latest", 21), (10, 10)])
def test_the_first_start(
    first: int | str,
    expected: int,
    database: Connection,
    subscriber: str,
    ledgers: list[Ledger],
    fill: Fill,
    consume: Consume,
) -> None:
    """Where live begins is resolved once; afterwards the cursor decides, and another number is an error."""
    fill(ledgers[2:20])
    assert consume(first=first, last=21)
    fill(ledgers[20:22])
    assert consume(first="earliest")
    with capture_logs() as logs:
        assert consume(first="latest")
    assert any(line.get("first_ignored") == "latest" for line in logs)
    with pytest.raises(OtherFirst, match=f"began at ledger {expected}, not at 3"):
        consume(first=3)
    row = database.execute(
        f"select live_first, latest, (select min(sequence) from {subscriber}.ledgers) from {subscriber}.live".encode()
    ).fetchone()
    assert row == (expected, 23, expected)


@pytest.mark.parametrize(("first", "last"), [("earliest", 7), (25, "end")])
def test_a_bound_below_the_first(
    first: int | str, last: int | str, ledgers: list[Ledger], fill: Fill, consume: Consume
) -> None:
    """What a subscriber can never hold is refused, not called done, and nothing is begun."""
    fill(ledgers[10:20])
    with pytest.raises(OtherFirst, match="lies below"):
        consume(first=first, last=last)
    assert consume(first=12)


def test_a_wrong_offset_at_the_end_of_a_disordered_topic(
    kafka: dict[str, str], topic: str, subscriber: str, ledgers: list[Ledger], fill: Fill, consume: Consume
) -> None:
    """An end that follows old ledgers is not believed: the next one may stand before them."""
    fill(ledgers[:19] + ledgers[:9])
    assert consume(last=16)
    store_offset(kafka, topic, subscriber, 55)
    assert consume(last=20)


def test_an_empty_topic_has_no_end(topic: str, fill: Fill, consume: Consume) -> None:
    """`--last end` of nothing is an error, not a success with nothing."""
    with pytest.raises(LedgerMissing, match=topic):
        consume()


def test_only_foreign_records(
    kafka: dict[str, str],
    topic: str,
    database_url: str,
    ledgers: list[Ledger],
    fill: Fill,
    network: Network,
    subscriber: str,
) -> None:
    """A topic of another network gives nothing, and says why for each record."""
    append(kafka, topic, [message_of(ledger, network_of("testnet", None)) for ledger in ledgers[:3]])
    stop = threading.Event()
    threading.Timer(2, stop.set).start()
    with capture_logs() as logs:
        assert run_consumer(kafka, database_url, network, topic, subscriber, first=2, last=None, stop=stop.is_set)
    with connect(database_url, application_name="test", timeout_seconds=5) as database:
        assert latest(database, subscriber) is None
    assert sum(network_of("testnet", None).id.hex() in str(line.get("reason")) for line in logs) >= 3
    with pytest.raises(LedgerMissing, match="3 × ForeignNetwork"):
        run_consumer(kafka, database_url, network, topic, f"{subscriber}_end")


def store_offset(kafka: dict[str, str], topic: str, subscriber: str, offset: int) -> None:
    consumer = Consumer({**kafka, "group.id": f"ledgerstream-{subscriber}"})
    consumer.commit(offsets=[TopicPartition(topic, 0, offset)], asynchronous=False)
    consumer.close()


def fork(count: int) -> list[Ledger]:
    """The first ledgers of a network that has the same name and another history."""
    other = SimulatedNetwork(seed=1, transactions_per_ledger=4)
    return [Ledger.from_xdr(other.close_ledger()) for _ in range(count)]


def test_a_topic_of_another_history_is_refused(
    kafka: dict[str, str],
    database_url: str,
    topic: str,
    subscriber: str,
    network: Network,
    ledgers: list[Ledger],
    fill: Fill,
    consume: Consume,
) -> None:
    """A network that was reset begins at ledger 2 again: its next ledger would be waited for for years."""
    fill(ledgers[:20])
    assert consume()
    reborn = f"{topic}.reborn"
    make_topic(kafka, reborn)
    append_ledgers(kafka, reborn, fork(5), network)
    with pytest.raises(OtherLedgers, match=f"ledger 6 .*{fork(5)[-1].hash.hex()}.*reset"):
        run_consumer(kafka, database_url, network, reborn, subscriber, last=None)


def test_foreign_ledgers_at_the_end_are_no_other_history(ledgers: list[Ledger], fill: Fill, consume: Consume) -> None:
    """What somebody appended is shown, but does not stop a consumer whose own ledgers stand before it."""
    fill(ledgers[:10])
    assert consume()
    fill(fork(3))
    turns = itertools.count()
    with capture_logs() as logs:
        assert consume(last=None, stop=lambda: next(turns) > 20)
    lines = [line for line in logs if line["event"] == "the topic has another ledger than the database"]
    assert [line["ledger"] for line in lines] == [2, 3, 4]


def test_life_is_shown_while_the_topic_is_searched(
    kafka: dict[str, str], topic: str, network: Network, ledgers: list[Ledger], fill: Fill
) -> None:
    """Whoever reads can say something every second or so, also while the broker does not answer."""
    fill(ledgers[:COUNT])
    said: list[float] = []
    with closing(LedgerLog(kafka, topic, network.id, waiting=lambda: said.append(time.monotonic()))) as log:
        assert len(list(log.read(0, 10))) == COUNT
        assert len(said) >= COUNT
    said.clear()
    nowhere = {"bootstrap.servers": "127.0.0.1:1"}
    with closing(LedgerLog(nowhere, topic, network.id, waiting=lambda: said.append(time.monotonic()))) as log:
        began = time.monotonic()
        with pytest.raises(BrokerUnreachable):
            log.bounds(7)
        assert log.committed(60) is None
    turns = [later - earlier for earlier, later in itertools.pairwise([began, *said, time.monotonic()])]
    assert max(turns) < 5, "a standby with the default lease would take over"


def test_an_end_that_moves_without_a_ledger_is_no_stand_still(
    kafka: dict[str, str],
    topic: str,
    network: Network,
    subscriber: str,
    ledgers: list[Ledger],
    fill: Fill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was aborted moves the end of the topic, and nothing of it ever comes."""
    monkeypatch.setattr(lookout, "_LOOK_SECONDS", 0.3)
    fill(ledgers[:5])
    with closing(TopicReader(kafka, topic, network, subscriber, timeout_seconds=1)) as reader:
        entries = reader.follow(2)
        assert [entry.record.sequence for entry in entries_for(entries, 2)] == [2, 3, 4, 5, 6]
        append_and_abort(kafka, topic, [message_of(ledgers[5], network)])
        assert entries_for(entries, 4) == []
        fill(ledgers[5:6])
        assert [entry.record.sequence for entry in entries_for(entries, 2)] == [7]


def entries_for(entries: Iterator[Entry | None], seconds: float) -> list[Entry]:
    """What comes within so many seconds."""
    deadline = time.monotonic() + seconds
    found = [next(entries)]
    while time.monotonic() < deadline:
        found.append(next(entries))
    return [entry for entry in found if entry is not None]
