"""The one writer of a topic: ledgers in transactions, each following the last one that is there."""

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import structlog
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from producer.errors import ChainBroken, Fenced, OtherNetwork, PublishFailed, TopicNewer, WouldSkip
from schemas.clients import Complaints, forbidden, make_client
from schemas.errors import BrokerUnreachable, ForeignNetwork, TopicForbidden, UnknownFingerprint
from schemas.ledger import MAXIMUM_MESSAGE_BYTES, Ledger
from schemas.log import LedgerLog, Refused
from schemas.network import Network
from schemas.record import encode, headers_of, key_of
from schemas.topic import PARTITION

TRANSACTION_TIMEOUT_SECONDS = 10
"""Readers stand still for at most this long, plus the broker's sweep, when a producer dies and none follows it."""

_OPEN_SECONDS = 2.0
_WINDOW_BYTES = 256 * 1024  # on their way at a time: what a slow line can take within the transaction's time-out
_OPEN_BYTES = 8 * 1024 * 1024
_BUFFER_KILOBYTES = 2 * MAXIMUM_MESSAGE_BYTES // 1024
_FENCED = frozenset({KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.PRODUCER_FENCED})
_ABORT_SECONDS = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tail:
    """The last ledger that the topic holds, and the offset where it stands."""

    sequence: int
    hash: bytes
    offset: int


class Publisher:
    """Appends ledgers to a topic, `tail.sequence + 1` and nothing else.

    Opened once; after any error it is of no use any more, and neither is the process: start-up is the recovery.
    """

    def __init__(self, kafka: Mapping[str, str], topic: str, network: Network) -> None:
        self.topic = topic
        self.tail: Tail | None = None
        self._kafka = kafka
        self._network = network
        self._complaints = Complaints()
        self._producer = make_client(Producer, {**_configuration(kafka, topic), "error_cb": self._complaints.hear})
        self._transaction: _Transaction | None = None
        self._highest_offset = -1
        self._bytes_on_their_way = 0
        self._failure: KafkaException | PublishFailed | None = None

    def open(self, timeout_seconds: float) -> Tail | None:
        """Fence the predecessor, then read where it got to. In this order: what it had open is aborted by then.

        Raises:
            BrokerUnreachable: no answer in time.
            TopicForbidden: this user may not write there.
            OtherNetwork: the topic holds another network's ledgers.
            TopicNewer: the topic ends with what a newer version wrote.
        """
        try:
            self._producer.init_transactions(timeout_seconds)
        except KafkaException as exception:
            if (refused := forbidden(exception.args[0], self.topic)) is not None:
                raise refused from exception
            self._producer.poll(0)
            raise BrokerUnreachable(
                f"the broker gave no transactions for topic {self.topic} in {timeout_seconds:g} s: "
                f"{self._complaints.reason(exception.args[0])}"
            ) from exception
        self._end_what_hangs(timeout_seconds)
        self.tail = self.look(timeout_seconds)
        # A broker that loses the topic's end from now on would take the next ledger at a lower offset.
        self._highest_offset = -1 if self.tail is None else self.tail.offset
        return self.tail

    def _end_what_hangs(self, timeout_seconds: float) -> None:
        """Abort what a predecessor had open, if its coordinator did not.

        Seen with Kafka 4.4: a transaction that times out while the broker is down counts as aborted when the broker
        is up again, but the topic never gets the marker that says so. What it holds would be committed with our next
        transaction, and is out of sight until then: not in the tail. A marker of ours, of the same producer id, ends
        it as aborted.
        """
        if self._all_is_decided(timeout_seconds):
            return
        log.warning("a transaction hangs in the topic: it is aborted", topic=self.topic)
        try:
            self._producer.begin_transaction()
            self._send(b"aborted")  # a marker needs a record, and one that has arrived
            self._deliver()
            self._producer.abort_transaction(timeout_seconds)
        except KafkaException as exception:
            raise self._named(exception.args[0]) from exception
        deadline = time.monotonic() + TRANSACTION_TIMEOUT_SECONDS
        while not self._all_is_decided(timeout_seconds):
            if time.monotonic() > deadline:
                raise PublishFailed(
                    f"topic {self.topic} ends with an open transaction of another producer than this one's "
                    "predecessors: wait until it is over, or end it (kafka-transactions.sh --find-hanging, --abort)"
                )
            time.sleep(0.1)

    def _all_is_decided(self, timeout_seconds: float) -> bool:
        """Whether nothing stands in the topic that is neither committed nor aborted."""
        ends = []
        for committed_only in (True, False):
            with closing(self._reader(committed_only=committed_only)) as reader:
                ends.append(reader.bounds(timeout_seconds)[1])
        return ends[0] >= ends[1]

    def look(self, timeout_seconds: float) -> Tail | None:
        """The tail as any reader sees it: without `open`, another producer may be adding to it.

        Raises:
            As `open` does.
        """
        with closing(self._reader()) as reader:
            entry = reader.last(timeout_seconds)
            low, _ = reader.bounds(timeout_seconds)
            self._check_rest(reader, low if entry is None else entry.offset + 1, timeout_seconds)
        return None if entry is None else Tail(entry.record.sequence, entry.record.hash, entry.offset)

    def _check_rest(self, reader: LedgerLog, first: int, timeout_seconds: float) -> None:
        """What follows our last ledger may be garbage, but neither another network's nor a newer version's."""
        for item in reader.read(first, timeout_seconds):
            if not isinstance(item, Refused):
                continue
            if isinstance(item.reason, ForeignNetwork):
                raise OtherNetwork(
                    f"topic {self.topic} holds {item.reason}, not of {self._network.name}: publish to a topic of its "
                    "own with --topic, or name the right network"
                )
            if isinstance(item.reason, UnknownFingerprint):
                raise TopicNewer(
                    f"topic {self.topic} ends with a record that this version can't read ({item.reason}): "
                    "go on with the version of ledgerstream that wrote it, or a newer one"
                )

    def first(self, timeout_seconds: float) -> int | None:
        """The first ledger that the topic holds; None in an empty one."""
        with closing(self._reader()) as reader:
            entry = reader.first_from(reader.bounds(timeout_seconds)[0], timeout_seconds)
        return None if entry is None else entry.record.sequence

    def hash_of(self, sequence: int) -> bytes | None:
        """The hash of a ledger that the topic holds; None when it does not, or not where it should be."""
        with closing(self._reader()) as reader:
            entry = reader.find(sequence, TRANSACTION_TIMEOUT_SECONDS)
        return None if entry is None else entry.record.hash

    def _reader(self, *, committed_only: bool = True) -> LedgerLog:
        return LedgerLog(
            self._kafka, self.topic, self._network.id, scout=True, made=True, committed_only=committed_only
        )

    def publish(self, ledger: Ledger) -> None:
        """Append one ledger; it is visible to readers after `commit`, which large or old transactions do here.

        Raises:
            WouldSkip: the ledger is not the topic's last + 1.
            ChainBroken: the ledger does not name the hash of the topic's last.
            Fenced: another producer took over.
            PublishFailed: any other error; the next start reads what is there.
        """
        self._check_follows(ledger)
        value = encode(ledger, self._network)
        try:
            transaction = self._begun()
            self._hand_over(ledger, value)
            self._await_delivery(but_for_bytes=_WINDOW_BYTES)
        except KafkaException as exception:
            raise self._named(exception.args[0]) from exception
        transaction.sequence, transaction.bytes = ledger.sequence, transaction.bytes + len(value)
        transaction.ledgers += 1
        self.tail = Tail(ledger.sequence, ledger.hash, self._highest_offset)
        if transaction.full():
            self.commit()

    def _check_follows(self, ledger: Ledger) -> None:
        if self.tail is None:
            return
        if ledger.sequence != self.tail.sequence + 1:
            raise WouldSkip(
                f"ledger {ledger.sequence} does not follow ledger {self.tail.sequence}, the last of {self.topic}"
            )
        if ledger.previous_hash != self.tail.hash:
            raise ChainBroken(
                f"ledger {ledger.sequence} names {ledger.previous_hash.hex()} as the hash of ledger "
                f"{self.tail.sequence}, but topic {self.topic} holds {self.tail.hash.hex()}: the source is another "
                "network, or one that was reset: publish to a new topic with --topic"
            )

    def _begun(self) -> "_Transaction":
        if self._transaction is None:
            self._producer.begin_transaction()
            self._transaction = _Transaction(time.monotonic())
        return self._transaction

    def _hand_over(self, ledger: Ledger, value: bytes) -> None:
        self._send(
            value,
            key=key_of(ledger.sequence),
            headers=headers_of(ledger, self._network),
            timestamp=int(ledger.closed_at.timestamp() * 1000),
        )

    def _send(self, value: bytes, **rest: Any) -> None:  # noqa: ANN401 - the rest of a record
        self._bytes_on_their_way += len(value)
        self._producer.produce(self.topic, value=value, partition=PARTITION, on_delivery=self._delivered, **rest)

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        offset = message.offset()
        self._bytes_on_their_way -= len(message.value() or b"")
        if error is not None:
            self._failure = KafkaException(error)
        elif offset is None or offset <= self._highest_offset:
            self._failure = PublishFailed(
                f"topic {self.topic} answered offset {offset} after {self._highest_offset}: it was made again, or its "
                "broker lost its end; start again to go on at what it holds now"
            )
        else:
            self._highest_offset = offset

    def commit(self) -> None:
        """Make what was published visible; nothing to do without an open transaction.

        Raises:
            Fenced: another producer took over.
            PublishFailed: any other error.
        """
        if self._transaction is None:
            return
        try:
            self._deliver()
            self._producer.commit_transaction(TRANSACTION_TIMEOUT_SECONDS)
        except KafkaException as exception:
            raise self._named(exception.args[0]) from exception
        log.info("published", ledger=self._transaction.sequence, ledgers=self._transaction.ledgers)
        self._transaction = None

    def _deliver(self) -> None:
        self._await_delivery(but_for_bytes=0)

    def _await_delivery(self, *, but_for_bytes: int) -> None:
        """Have the transaction's ledgers acknowledged, each at an offset above the one before, but for so many bytes.

        By `poll`: `flush` of this library ends in a SystemError when the producer is fenced meanwhile, `poll` in the
        KafkaException that says so.
        """
        deadline = time.monotonic() + TRANSACTION_TIMEOUT_SECONDS
        self._producer.poll(0)
        while self._bytes_on_their_way > but_for_bytes and self._failure is None:
            self._producer.poll(0.1)
            if time.monotonic() > deadline:
                reason = f"it took no ledger for {TRANSACTION_TIMEOUT_SECONDS} s"
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT, reason))
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Abort what is open. Best effort: the next producer's start does it otherwise."""
        if self._transaction is None:
            return
        try:
            self._producer.abort_transaction(1)
        except KafkaException as exception:
            log.debug("the open transaction is left to the next producer", reason=exception.args[0].str())
        self._transaction = None

    def _named(self, error: KafkaError) -> Fenced | PublishFailed | TopicForbidden:
        if self._fenced(error):
            return Fenced(
                f"another producer of topic {self.topic} took over, this one stood still for longer than "
                f"{TRANSACTION_TIMEOUT_SECONDS} s, or the broker lost data: run one producer a topic"
            )
        if (refused := forbidden(error, self.topic)) is not None:
            return refused
        return PublishFailed(f"publishing to {self.topic} failed: {error.str()}")

    def _fenced(self, error: KafkaError) -> bool:
        """Whether this producer was fenced, also when `error` does not say so: the answer to an abort does.

        A client that has failed for good says why to one caller only. And Kafka 4.4, while it fences a producer,
        answers that one's commit by an unknown error, and its abort, too: until it is through with it.
        """
        self._transaction = None  # asked to abort here, and not again
        deadline = time.monotonic() + _ABORT_SECONDS
        while error.code() not in _FENCED:
            if (remaining := deadline - time.monotonic()) <= 0:
                return False
            try:
                self._producer.abort_transaction(remaining)
            except KafkaException as exception:
                error = exception.args[0]
                time.sleep(0.05)
            else:
                return False
        return True


@dataclass(slots=True)
class _Transaction:
    """What is open, so that it stays small and short."""

    begun_at: float
    sequence: int = 0
    ledgers: int = 0
    bytes: int = 0

    def full(self) -> bool:
        return self.bytes >= _OPEN_BYTES or time.monotonic() - self.begun_at >= _OPEN_SECONDS


def _configuration(kafka: Mapping[str, str], topic: str) -> dict[str, str | int]:
    return {
        "queue.buffering.max.kbytes": _BUFFER_KILOBYTES,
        "linger.ms": 0,
        "socket.keepalive.enable": "true",
        "reconnect.backoff.max.ms": 1000,
        **kafka,
        # Derived from the topic alone: whoever produces to it next fences whoever did. No option can change it.
        "transactional.id": f"ledgerstream-{topic}",
        "transaction.timeout.ms": TRANSACTION_TIMEOUT_SECONDS * 1000,
        # Checked against the size before compression, whoever compresses.
        "message.max.bytes": MAXIMUM_MESSAGE_BYTES,
        # Ledgers are compressed inside their records.
        "compression.type": "none",
    }
