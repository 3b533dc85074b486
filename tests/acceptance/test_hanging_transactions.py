"""A transaction that nobody ends any more: neither its producer, nor the broker."""

import signal
import time
from contextlib import closing

import pytest
from confluent_kafka import Producer

from ledgerstream.embedded import Stack
from producer import publisher as publisher_module
from producer.errors import PublishFailed
from producer.publisher import TRANSACTION_TIMEOUT_SECONDS, Publisher
from schemas.ledger import Ledger
from schemas.log import Entry, LedgerLog
from schemas.network import Network
from tests.acceptance.test_kills import published
from tests.support.faults import commands_on, done, settings_of, stop_in_open_transaction
from tests.support.topics import append_ledgers, make_topic

TOPICS = 4
LAST = 21


def test_a_transaction_that_times_out_while_the_broker_is_away(
    stack: Stack, topic: str, network: Network, ledgers: list[Ledger]
) -> None:
    """Brokers were seen to count it as aborted without telling the topic; no ledger is there twice all the same."""
    commands = commands_on(stack.up(), topic)
    topics = [f"{topic}.{number}" for number in range(TOPICS)]
    for each in topics:
        killed = stop_in_open_transaction(commands, "produce", "--topic", each, ledgers=3, number=signal.SIGKILL)
        killed.wait()
    stack.kafka.kill()
    time.sleep(TRANSACTION_TIMEOUT_SECONDS)
    stack.up()
    time.sleep(3)  # for the coordinator to look
    for producer in [commands.start("produce", "--topic", each, "--last", str(LAST)) for each in topics]:
        done(producer)
    expected = [ledger.hash for ledger in ledgers[: LAST - 1]]
    assert [published(settings_of(stack), each, network) for each in topics] == [expected] * TOPICS


def test_a_transaction_of_somebody_else(
    stack: Stack, topic: str, network: Network, ledgers: list[Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may yet be committed before our next ledger is waited for, and then named: the tail is not known."""
    monkeypatch.setattr(publisher_module, "TRANSACTION_TIMEOUT_SECONDS", 2)
    kafka = settings_of(stack)
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:3], network)
    somebody = Producer({**kafka, "transactional.id": f"somebody-{topic}"})
    somebody.init_transactions(20)
    somebody.begin_transaction()
    somebody.produce(topic, value=b"something")
    somebody.flush(10)
    with closing(Publisher(kafka, topic, network)) as publisher, pytest.raises(PublishFailed, match="find-hanging"):
        publisher.open(20)
    somebody.commit_transaction(10)
    with closing(Publisher(kafka, topic, network)) as publisher:
        tail = publisher.open(20)
        assert tail is not None
        assert tail.sequence == 4
        publisher.publish(ledgers[3])
        publisher.commit()
    assert published_ledgers(kafka, topic, network) == [ledger.hash for ledger in ledgers[:4]]


def published_ledgers(kafka: dict[str, str], topic: str, network: Network) -> list[bytes]:
    """Past what somebody else put between them."""
    with closing(LedgerLog(kafka, topic, network.id)) as log:
        return [item.record.hash for item in log.read(0, 10) if isinstance(item, Entry)]
