"""The producer against a real broker: one writer, one contiguous run, and a topic that keeps it."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer

from producer import publisher as publisher_module
from producer import watch as watch_module
from producer.errors import (
    ChainBroken,
    Fenced,
    LedgerAbsent,
    NetworkReset,
    OtherNetwork,
    PublishFailed,
    TopicMisconfigured,
    TopicNewer,
    WouldSkip,
)
from producer.produce import produce
from producer.publisher import Publisher, Tail
from producer.sources.simulated import SimulatedSource
from producer.topics import ensure_topic
from producer.watch import ResetWatch
from schemas.errors import BrokerUnreachable, TopicAbsent
from schemas.ledger import Ledger
from schemas.log import Entry, LedgerLog
from schemas.network import Network, network_of
from schemas.record import encode
from schemas.topic import TOPIC_CONFIG
from tests.support.topics import (
    append,
    append_and_abort,
    append_ledgers,
    delete_topic,
    make_topic,
    message_of,
    partitions_of,
    topic_configuration,
)

Open = Callable[[], Publisher]


@pytest.fixture
def opened(kafka: dict[str, str], topic: str, network: Network) -> Iterator[Open]:
    """Open a publisher on the test's topic."""
    started: list[Publisher] = []

    def start() -> Publisher:
        ensure_topic(kafka, topic, replication_factor=-1, timeout_seconds=20)
        publisher = Publisher(kafka, topic, network)
        started.append(publisher)
        publisher.open(20)
        return publisher

    yield start
    for publisher in started:
        publisher.close()


def sequences(kafka: dict[str, str], topic: str, network: Network) -> list[int]:
    log = LedgerLog(kafka, topic, network.id)
    try:
        return [item.record.sequence for item in log.read(0, 20) if isinstance(item, Entry)]
    finally:
        log.close()


def run(kafka: dict[str, str], topic: str, network: Network, source: SimulatedSource, **options: object) -> bool:
    ensure_topic(kafka, topic, replication_factor=-1, timeout_seconds=20)
    publisher = Publisher(kafka, topic, network)
    watch = ResetWatch(source, topic, network.name, publisher.hash_of)
    wanted: dict[str, object] = {"first": "earliest", "last": None, "stop": lambda: False, **options}
    try:
        return produce(source, publisher, watch, timeout_seconds=20, **wanted)  # type: ignore[arg-type]
    finally:
        publisher.close()


def test_a_topic_that_was_just_made(kafka: dict[str, str], topic: str, network: Network) -> None:
    """A broker that has not heard of it yet is asked again; who only looks around is told at once."""
    with closing(LedgerLog(kafka, topic, network.id)) as log, pytest.raises(TopicAbsent):
        log.bounds(20)
    with closing(Publisher(kafka, topic, network)) as publisher, ThreadPoolExecutor(max_workers=1) as elsewhere:
        looking = elsewhere.submit(publisher.look, 20)
        time.sleep(1)
        make_topic(kafka, topic)
        assert looking.result() is None


def test_only_what_follows(
    opened: Open, ledgers: list[Ledger], kafka: dict[str, str], topic: str, network: Network
) -> None:
    """A ledger that skips, repeats or does not name the last one's hash is refused, and nothing of it is there."""
    publisher = opened()
    publisher.publish(ledgers[0])
    publisher.publish(ledgers[1])
    publisher.commit()
    with pytest.raises(WouldSkip):
        publisher.publish(ledgers[3])
    with pytest.raises(WouldSkip):
        publisher.publish(ledgers[1])
    forged = replace(ledgers[2], previous_hash=bytes(32))
    with pytest.raises(ChainBroken) as caught:
        publisher.publish(forged)
    assert ledgers[1].hash.hex() in str(caught.value)
    publisher.publish(ledgers[2])
    publisher.commit()
    assert sequences(kafka, topic, network) == [2, 3, 4]


def test_the_second_producer_fences_the_first(
    opened: Open, ledgers: list[Ledger], kafka: dict[str, str], topic: str, network: Network
) -> None:
    """The one that starts later goes on; what the first had open is aborted, and the first says why it ends."""
    first = opened()
    first.publish(ledgers[0])
    first.commit()
    first.publish(ledgers[1])
    second = opened()
    assert second.tail is not None
    assert (second.tail.sequence, second.tail.hash) == (2, ledgers[0].hash)
    with pytest.raises(Fenced, match="one producer a topic"):
        first.commit()
    second.publish(ledgers[1])
    second.commit()
    assert sequences(kafka, topic, network) == [2, 3]


def test_the_tail_is_read_after_fencing(
    opened: Open,
    ledgers: list[Ledger],
    kafka: dict[str, str],
    topic: str,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the predecessor commits in the last moment before it is fenced is seen: nothing is published twice."""
    first = opened()
    first.publish(ledgers[0])
    original = Producer.init_transactions

    class LastMoment(Producer):
        def init_transactions(self, *arguments: float) -> None:
            first.commit()
            original(self, *arguments)

    monkeypatch.setattr(publisher_module, "Producer", LastMoment)
    second = opened()
    assert second.tail is not None
    assert (second.tail.sequence, second.tail.hash) == (2, ledgers[0].hash)


@pytest.mark.parametrize("records", [1, 3, 40])
def test_the_tail_past_aborted_records_and_garbage(
    records: int, opened: Open, ledgers: list[Ledger], kafka: dict[str, str], topic: str, network: Network
) -> None:
    """The last valid ledger is found behind any number of aborted records and of records that are no ledgers."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:3], network)
    append_and_abort(kafka, topic, [message_of(ledger, network) for ledger in ledgers[3 : 3 + records]])
    append(kafka, topic, [(b"garbage", b"garbage")] * records)
    assert opened().tail == Tail(4, ledgers[2].hash, 4)


def test_a_topic_of_another_network_is_refused(
    opened: Open, ledgers: list[Ledger], kafka: dict[str, str], topic: str, network: Network
) -> None:
    """A topic that another network's ledgers fill is not written to."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:3], network_of("testnet", None))
    with pytest.raises(OtherNetwork, match="--topic"):
        opened()


def test_a_topic_of_a_newer_version_is_refused(
    opened: Open, ledgers: list[Ledger], kafka: dict[str, str], topic: str, network: Network
) -> None:
    """What can't be read at the topic's end may be ledgers: nothing is published after it."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:2], network)
    value = bytearray(encode(ledgers[2], network))
    value[3] ^= 1
    append(kafka, topic, [(b"4", bytes(value))])
    with pytest.raises(TopicNewer):
        opened()


def test_options_do_not_touch_what_keeps_one_writer(kafka: dict[str, str], topic: str, network: Network) -> None:
    """No client option can give a topic two writers."""
    settings = publisher_module._configuration({**kafka, "transactional.id": "mine", "linger.ms": "7"}, topic)
    assert settings["transactional.id"] == f"ledgerstream-{topic}"
    assert settings["linger.ms"] == "7"


def test_a_producer_fenced_while_it_publishes(
    opened: Open, ledgers: list[Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever call of the library hears of it first, waiting for deliveries too, the error is the named one."""
    monkeypatch.setattr(publisher_module, "_WINDOW_BYTES", 0)
    first = opened()
    first.publish(ledgers[0])
    opened()
    with pytest.raises(Fenced, match="one producer a topic"):
        deque(map(first.publish, ledgers[1:]), maxlen=0)


def test_a_producer_that_was_fenced_meanwhile(opened: Open, ledgers: list[Ledger]) -> None:
    """The library has heard of it before it is asked for more: the error is the named one still."""
    first = opened()
    first.publish(ledgers[0])
    opened()
    first._send(b"refused")
    time.sleep(2)  # for the answer, which nobody polls for
    with pytest.raises(Fenced, match="one producer a topic"):
        first.publish(ledgers[1])


class AnsweredUnknown(Producer):
    """What Kafka 4.4 answers a commit that it gets while it fences who commits: its own state refuses that."""

    def commit_transaction(self, *_: object) -> None:
        raise KafkaException(KafkaError(KafkaError.UNKNOWN))


@pytest.fixture
def answered_unknown(opened: Open, ledgers: list[Ledger], monkeypatch: pytest.MonkeyPatch) -> Publisher:
    with monkeypatch.context() as patched:
        patched.setattr(publisher_module, "Producer", AnsweredUnknown)
        publisher = opened()
    publisher.publish(ledgers[0])
    return publisher


def test_a_commit_that_fails_while_another_producer_takes_over(opened: Open, answered_unknown: Publisher) -> None:
    """The broker names no reason: it does when it is asked to abort."""
    opened()
    with pytest.raises(Fenced, match="one producer a topic"):
        answered_unknown.commit()


def test_a_commit_that_fails(opened: Open, answered_unknown: Publisher) -> None:
    """What nobody fences is aborted at once, under the broker's own words."""
    with pytest.raises(PublishFailed, match="Unknown broker error"):
        answered_unknown.commit()
    assert opened().tail is None


def test_a_topic_that_was_made_again_is_noticed(
    opened: Open, ledgers: list[Ledger], kafka: dict[str, str], topic: str
) -> None:
    """Offsets that do not ascend end the producer before it publishes a hole."""
    publisher = opened()
    for ledger in ledgers[:5]:
        publisher.publish(ledger)
        publisher.commit()
    delete_topic(kafka, topic)
    make_topic(kafka, topic)
    publisher.publish(ledgers[5])
    with pytest.raises((PublishFailed, Fenced)):
        publisher.commit()


def test_a_topic_that_loses_its_end_before_the_first_ledger(
    opened: Open, ledgers: list[Ledger], kafka: dict[str, str], topic: str, network: Network
) -> None:
    """The first delivery must lie above the tail that was read: else the topic is another by now."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:10], network)
    publisher = opened()
    delete_topic(kafka, topic)
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:3], network)
    publisher.publish(ledgers[10])
    with pytest.raises((PublishFailed, Fenced)):
        publisher.commit()
    assert 12 not in sequences(kafka, topic, network)


def test_the_topic_is_made_as_it_must_be(kafka: dict[str, str], topic: str, network: Network, opened: Open) -> None:
    """One partition, no retention by time, no compaction, room for the largest ledger."""
    opened()
    found = topic_configuration(kafka, topic)
    assert {name: found[name] for name in TOPIC_CONFIG} == TOPIC_CONFIG
    assert partitions_of(kafka, topic) == 1


@pytest.mark.parametrize(
    "config",
    [
        {"cleanup.policy": "compact"},
        {"retention.ms": "86400000"},
        {"max.message.bytes": "1000000"},
        {"message.timestamp.type": "LogAppendTime"},
    ],
)
def test_a_topic_that_would_lose_ledgers_is_refused(config: dict[str, str], kafka: dict[str, str], topic: str) -> None:
    """The message names the setting and the command that mends it."""
    make_topic(kafka, topic, config={**TOPIC_CONFIG, **config})
    with pytest.raises(TopicMisconfigured, match=next(iter(config))):
        ensure_topic(kafka, topic, replication_factor=-1, timeout_seconds=20)


def test_a_topic_with_two_partitions_is_refused(kafka: dict[str, str], topic: str) -> None:
    """Two partitions have no common order."""
    make_topic(kafka, topic, partitions=2)
    with pytest.raises(TopicMisconfigured, match="2 partitions"):
        ensure_topic(kafka, topic, replication_factor=-1, timeout_seconds=20)


def test_no_broker_is_a_bounded_wait(topic: str) -> None:
    """Without a broker the start ends after its time-out."""
    with pytest.raises(BrokerUnreachable):
        ensure_topic({"bootstrap.servers": "127.0.0.1:1"}, topic, replication_factor=-1, timeout_seconds=1)


def test_ranges(kafka: dict[str, str], topic: str, network: Network) -> None:
    """An empty topic begins at --first; one that holds ledgers goes on at its end, and a hole is refused."""
    assert run(kafka, topic, network, SimulatedSource(), first=5, last=9)
    assert run(kafka, topic, network, SimulatedSource(), first=5, last=7), "it is there already"
    assert run(kafka, topic, network, SimulatedSource(), first="earliest", last=12)
    with pytest.raises(WouldSkip, match=r"begins.* at ledger 5: ledger 2 can't"):
        run(kafka, topic, network, SimulatedSource(), first=2, last=15)
    with pytest.raises(WouldSkip, match="ledger 4 can't"):
        run(kafka, topic, network, SimulatedSource(), last=4)
    with pytest.raises(WouldSkip, match="13–19"):
        run(kafka, topic, network, SimulatedSource(), first=20, last=25)
    with pytest.raises(LedgerAbsent, match="before the last one asked for, 99"):
        run(kafka, topic, network, _Ending(newest=15), last=99)
    assert sequences(kafka, topic, network) == list(range(5, 16))


class _Ending(SimulatedSource):
    """A source that ends, as a file does, instead of waiting."""

    def ledgers(self, first: int | None, last: int | None) -> Iterator[Ledger | None]:
        for ledger in super().ledgers(first, last):
            if ledger is None:
                return
            yield ledger


def test_a_source_that_ends(kafka: dict[str, str], topic: str, network: Network) -> None:
    """A source whose end nobody asked for has failed: the exit code must not be zero."""
    with pytest.raises(LedgerAbsent, match="no end was asked for"):
        run(kafka, topic, network, _Ending(newest=5))
    ending = _Ending(newest=7)
    ending.ends = True
    assert run(kafka, topic, network, ending, last="end")


class _Broken(SimulatedSource):
    """A source in which the ledger after `newest` is not what it should be."""

    def __init__(self, newest: int, broken: Ledger | Exception) -> None:
        super().__init__(transactions_per_ledger=4)
        self._newest, self._broken = newest, broken

    def ledgers(self, first: int | None, last: int | None) -> Iterator[Ledger | None]:
        assert last is None
        yield from super().ledgers(first, self._newest)
        if isinstance(self._broken, Exception):
            raise self._broken
        yield self._broken


def test_what_comes_before_an_error_is_published(
    kafka: dict[str, str], topic: str, network: Network, ledgers: list[Ledger]
) -> None:
    """What a source can't give takes nothing with it that it gave: the next start would come no further."""
    with pytest.raises(LedgerAbsent):
        run(kafka, topic, network, _Broken(6, LedgerAbsent("ledger 7 is not there")))
    assert sequences(kafka, topic, network) == [2, 3, 4, 5, 6]
    with pytest.raises(ChainBroken):
        run(kafka, topic, network, _Broken(9, replace(ledgers[8], previous_hash=bytes(32))))
    assert sequences(kafka, topic, network) == [2, 3, 4, 5, 6, 7, 8, 9]


def test_a_source_that_is_only_late_is_no_reset(
    kafka: dict[str, str], topic: str, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that is behind the topic, but gains, is waited for."""
    clock = [0.0]
    monkeypatch.setattr("producer.watch.time.monotonic", lambda: clock[0])
    source = SimulatedSource(newest=2)
    watch = ResetWatch(source, topic, network.name, lambda _: None)
    for newest in range(2, 40):
        monkeypatch.setattr(source, "latest", lambda newest=newest: newest)
        clock[0] += 30
        watch.look(Tail(41, bytes(32), 0))
    clock[0] += 30
    watch.look(Tail(41, bytes(32), 0))
    clock[0] += 30
    with pytest.raises(NetworkReset):
        watch.look(Tail(41, bytes(32), 0))


def test_a_reset_network_is_noticed_at_the_start(kafka: dict[str, str], topic: str, network: Network) -> None:
    """The source has another ledger in the place of the topic's last: the message names both and the remedy."""
    assert run(kafka, topic, network, SimulatedSource(seed=0), last=9)
    with pytest.raises(NetworkReset, match=r"ledger 9 .*--topic.*reset"):
        run(kafka, topic, network, SimulatedSource(seed=1), last=20)


def test_a_reset_network_is_noticed_while_waiting(
    kafka: dict[str, str], topic: str, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source whose newest ledger stays below all of the topic's is an error after a while, not a wait for ever."""
    monkeypatch.setattr(watch_module, "LOOK_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(watch_module, "BEHIND_SECONDS", 1.0)
    assert run(kafka, topic, network, SimulatedSource(), first=6, last=9)
    with pytest.raises(NetworkReset, match=r"newest has been 5"):
        run(kafka, topic, network, SimulatedSource(newest=5))


@pytest.mark.parametrize("last", [None, "end"])
def test_a_reset_network_that_is_behind_the_topic(
    kafka: dict[str, str], topic: str, network: Network, last: str | None
) -> None:
    """It is compared where it ends: "all that the source has is in the topic" would be said of another history."""
    assert run(kafka, topic, network, SimulatedSource(), last=30)
    with pytest.raises(NetworkReset, match=r"ledger 5 .*--topic.*reset"):
        run(kafka, topic, network, SimulatedSource(seed=1, newest=5), last=last)
    assert run(kafka, topic, network, SimulatedSource(newest=5), last="end"), "the same network, only behind"


def test_a_source_that_stands_still_behind_the_topic(
    kafka: dict[str, str], topic: str, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as the topic holds its newest ledger, it is waited for."""
    monkeypatch.setattr(watch_module, "LOOK_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(watch_module, "BEHIND_SECONDS", 0.5)
    assert run(kafka, topic, network, SimulatedSource(), last=9)
    until = time.monotonic() + 3
    assert run(kafka, topic, network, SimulatedSource(newest=5), stop=lambda: time.monotonic() > until)
