"""A ledger topic as a log to read: entries by offset, its ends, and the last ledger that it holds.

Positions are always the next offset to read. Transaction markers take offsets too: between two ledgers there may
be any number of offsets without one.
"""

import copy
import functools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.clients import Complaints, forbidden, make_client
from schemas.errors import (
    BrokerUnreachable,
    ForeignNetwork,
    PositionLost,
    RecordRefused,
    TopicAbsent,
    TopicSplit,
    TopicUnusable,
)
from schemas.ledger import MAXIMUM_MESSAGE_BYTES
from schemas.record import LedgerRecord, decode
from schemas.topic import PARTITION

_LOST = frozenset({KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE})
# What passes by itself while a broker restarts or a leader changes: `KafkaError.retriable` knows few of them.
_PASSING = frozenset(
    {
        KafkaError._TRANSPORT,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._DESTROY_BROKER,  # the client has found another broker in its place
        KafkaError._TIMED_OUT,
        KafkaError._TIMED_OUT_QUEUE,
        KafkaError._RESOLVE,
        KafkaError._WAIT_COORD,
        KafkaError._WAIT_CACHE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.REPLICA_NOT_AVAILABLE,
        KafkaError.BROKER_NOT_AVAILABLE,
        KafkaError.OFFSET_NOT_AVAILABLE,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.NETWORK_EXCEPTION,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError.UNKNOWN_LEADER_EPOCH,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        # Said of a topic that is there by a client that has lost its brokers: only metadata tell.
        KafkaError._UNKNOWN_TOPIC,
        KafkaError._UNKNOWN_PARTITION,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
    }
)
_CLOSE_SECONDS = 2.0
_TRIES = 3  # to read the ends of a topic that loses its head meanwhile
_TURN_SECONDS = 1.0
_KNOWN_EVERYWHERE_SECONDS = 10.0
_ASK_AGAIN_SECONDS = 0.1
_MEGABYTES_32 = str(MAXIMUM_MESSAGE_BYTES)
# Of one answer, so that it comes through a slow line in time; a ledger that is larger comes whole, and alone.
_FETCH_BYTES = str(256 * 1024)

_CLIENT_CONFIG = {
    # The broker answers a fetch at the end after this long: it bounds what an end-of-topic event costs.
    "fetch.wait.max.ms": "100",
    "fetch.max.bytes": _MEGABYTES_32,
    "receive.message.max.bytes": str(2 * MAXIMUM_MESSAGE_BYTES),
    # Of ledgers fetched ahead, in kB: one of the largest fits.
    "queued.max.messages.kbytes": str(MAXIMUM_MESSAGE_BYTES // 1024),
    # A full queue is looked at again this soon (1 s by default, which would show as latency).
    "fetch.queue.backoff.ms": "20",
    "reconnect.backoff.max.ms": "1000",
    # An answer that takes longer is asked for again, on another connection: this one may be dead.
    "socket.timeout.ms": "10000",
    "socket.keepalive.enable": "true",
}
"""What an operator may set otherwise."""

_PROTECTED_CONFIG = {
    "enable.auto.commit": "false",
    "enable.auto.offset.store": "false",
    # A position that is gone is ours to find again, never the client's to guess.
    "auto.offset.reset": "error",
    # The end of the topic is an event, never a poll that timed out.
    "enable.partition.eof": "true",
}
"""What the reading below relies on."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A valid record of the log, and where it stands."""

    offset: int
    record: LedgerRecord
    topic: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A record of the log that is not a valid envelope, or is another network's."""

    offset: int
    reason: RecordRefused


class End(Enum):
    """The end of the topic, as the broker told it."""

    OF_TOPIC = "end of topic"


END: Final = End.OF_TOPIC


class _Clients:
    """What asks the brokers: shared by all the logs that were made of one another."""

    def __init__(self, kafka: Mapping[str, str], settings: Mapping[str, str]) -> None:
        self._kafka = kafka
        self.complaints = Complaints()
        self.consumer = make_client(Consumer, {**settings, "error_cb": self.complaints.hear})

    def reason(self, error: KafkaError) -> str:
        """Why a request failed."""
        if not self.consumer.assignment():  # else it would be given a ledger
            self.consumer.poll(0)
        return self.complaints.reason(error)

    @functools.cached_property
    def admin(self) -> AdminClient:
        return make_client(AdminClient, self._kafka)


class LedgerLog:
    """One ledger topic, read committed.

    `scout=True` fetches single batches, for jumping about; otherwise many, for reading on. `made=True` says that the
    topic is there, perhaps since a moment ago: a broker that has not heard of it yet is asked again. `waiting` is
    called about every second while a method waits, so that whoever reads can show life.
    """

    def __init__(
        self,
        kafka: Mapping[str, str],
        topic: str,
        network_id: bytes,
        *,
        group: str = "ledgerstream",
        scout: bool = False,
        committed_only: bool = True,
        made: bool = False,
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self.topic = topic
        self._made = made
        self._waiting = waiting
        self._network_id = network_id
        mine = {
            # Positions are the reader's own; a group only stores offsets for lag tools.
            "group.id": group,
            "isolation.level": "read_committed" if committed_only else "read_uncommitted",
            "fetch.message.max.bytes": "1" if scout else _FETCH_BYTES,
        }
        if scout:  # which asks at the end of topics, and then for something else: that waits for the fetch
            mine["fetch.wait.max.ms"] = "5"
        self._clients = _Clients(kafka, {**_CLIENT_CONFIG, **kafka, **_PROTECTED_CONFIG, **mine})
        self._consumer = self._clients.consumer

    def on(self, topic: str) -> "LedgerLog":
        """Another topic, by the same clients: only one of the two is read at a time, and they close together."""
        other = copy.copy(self)
        other.topic = topic
        return other

    def topics(self, timeout_seconds: float) -> list[str]:
        """The names of all topics: none is asked for by its name, which might make it.

        Raises:
            BrokerUnreachable: no answer in time.
        """
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                return sorted(self._consumer.list_topics(timeout=min(_TURN_SECONDS, timeout_seconds)).topics)
            except KafkaException as exception:
                if time.monotonic() > deadline:
                    raise BrokerUnreachable(
                        f"no broker told its topics in {timeout_seconds:g} s: {self._clients.reason(exception.args[0])}"
                    ) from exception
                self._waiting()

    def bounds(self, timeout_seconds: float) -> tuple[int, int]:
        """The lowest offset, and the one that the next committed record will have or exceed.

        Raises:
            TopicAbsent: there is no such topic.
            TopicForbidden: it is none of this user's.
            BrokerUnreachable: no answer in time.
        """
        began = time.monotonic()
        while True:
            try:
                return self._bounds(min(_TURN_SECONDS, timeout_seconds))
            except BrokerUnreachable:
                if time.monotonic() - began > timeout_seconds:
                    raise
            except TopicAbsent:
                if not self._made or time.monotonic() - began > min(timeout_seconds, _KNOWN_EVERYWHERE_SECONDS):
                    raise
                time.sleep(_ASK_AGAIN_SECONDS)
            self._waiting()

    def _bounds(self, timeout_seconds: float) -> tuple[int, int]:
        try:
            bounds = self._consumer.get_watermark_offsets(
                TopicPartition(self.topic, PARTITION), timeout=timeout_seconds, cached=False
            )
        except KafkaException as exception:
            self._check_exists(timeout_seconds)
            raise self._named(exception.args[0]) from exception
        if bounds is None:
            raise BrokerUnreachable(f"no broker answered about topic {self.topic} in {timeout_seconds:g} s")
        return bounds

    def _check_exists(self, timeout_seconds: float) -> None:
        """Ask the brokers themselves: a client that has lost them says "unknown" of any topic."""
        try:
            known = self._consumer.list_topics(self.topic, timeout=timeout_seconds).topics[self.topic]
        except KafkaException as exception:
            raise BrokerUnreachable(
                f"no broker answered about topic {self.topic}: {self._clients.reason(exception.args[0])}"
            ) from exception
        if known.error is None:
            return
        if known.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise TopicAbsent(f"there is no topic {self.topic}")
        if (refused := forbidden(known.error, self.topic)) is not None:
            raise refused

    def identity(self, timeout_seconds: float) -> str | None:
        """What the brokers call this topic among all that ever had its name; None when it can't be had now.

        Raises:
            TopicSplit: it has several partitions.
        """
        collection = TopicCollection([self.topic])
        asked = self._clients.admin.describe_topics(collection, request_timeout=timeout_seconds)[self.topic]
        try:
            described = asked.result(2 * timeout_seconds)
        except (KafkaException, TimeoutError):
            return None
        if len(described.partitions) > 1:
            raise TopicSplit(
                f"topic {self.topic} has {len(described.partitions)} partitions; a ledger topic has one, so that its "
                "ledgers have one order: ledgerstream produce makes it right, under another name or after it is deleted"
            )
        return str(described.topic_id)

    def seek(self, offset: int) -> None:
        """Read on from `offset`."""
        self._consumer.assign([TopicPartition(self.topic, PARTITION, offset)])

    def rest(self) -> None:
        """Read nothing ahead any more; an error of the position that it had comes up in no later reading."""
        self._consumer.unassign()

    def poll(self, timeout_seconds: float) -> Entry | Refused | End | None:
        """What comes next; None when nothing came in time.

        Raises:
            PositionLost: the position is not in the topic.
            TopicUnusable: another error that the client will not mend by itself.
        """
        message = self._consumer.poll(timeout_seconds)
        if message is None:
            return None
        error = message.error()
        if error is None:
            return self._entry(message)
        if error.code() == KafkaError._PARTITION_EOF:
            return END
        if error.retriable() or error.code() in _PASSING:
            return None
        raise self._named(error)

    def _entry(self, message: Message) -> Entry | Refused:
        offset = message.offset()
        assert offset is not None
        try:
            record = decode(_bytes(message.key()), _bytes(message.value()))
            if record.network_id != self._network_id:
                raise ForeignNetwork(f"ledger {record.sequence} of the network {record.network_id.hex()}")
        except RecordRefused as refusal:
            return Refused(offset, refusal)
        return Entry(offset, record, self.topic)

    def read(self, first: int, timeout_seconds: float) -> Iterator[Entry | Refused]:
        """The entries from the offset `first` to the end that the topic has when it is reached.

        Raises:
            BrokerUnreachable: nothing came for `timeout_seconds`.
        """
        self.seek(first)
        deadline = time.monotonic() + timeout_seconds
        try:
            while (item := self.poll(0.1)) is not END:
                self._waiting()
                if item is not None:
                    deadline = time.monotonic() + timeout_seconds
                    yield item
                elif time.monotonic() > deadline:
                    raise BrokerUnreachable(
                        f"nothing came from topic {self.topic} at offset {first} in {timeout_seconds:g} s"
                    )
        finally:
            self.rest()

    def first_from(self, offset: int, timeout_seconds: float) -> Entry | None:
        """The first valid entry at or after `offset`; None when there is none up to the end."""
        return next((item for item in self.read(offset, timeout_seconds) if isinstance(item, Entry)), None)

    def find(self, sequence: int, timeout_seconds: float) -> Entry | None:
        """The entry of a ledger, by halving: right as long as sequences ascend. None when it is not there."""
        low, high = self.bounds(timeout_seconds)
        while low < high:
            middle = (low + high) // 2
            entry = self.first_from(middle, timeout_seconds)
            if entry is None or entry.record.sequence > sequence:
                high = middle
            elif entry.record.sequence < sequence:
                low = entry.offset + 1
            else:
                return entry
        return None

    def last(self, timeout_seconds: float) -> Entry | None:
        """The last valid entry, or None: looked for backwards, past aborted records and what is not valid."""
        low, high = self.bounds(timeout_seconds)
        last, stride, first = None, 2, high
        while last is None and first > low:
            first = max(low, high - stride)
            for item in self.read(first, timeout_seconds):
                last = item if isinstance(item, Entry) else last
            stride *= 4
        return last

    def ends(self, timeout_seconds: float) -> tuple[Entry, Entry] | None:
        """The first and the last valid entry; None when there is none.

        Raises:
            TopicAbsent: there is no such topic.
            BrokerUnreachable: no answer in time.
            PositionLost: the topic loses its head faster than it can be read.
        """
        for _ in range(_TRIES - 1):
            try:
                return self._ends(timeout_seconds)
            except PositionLost:
                continue
        return self._ends(timeout_seconds)

    def _ends(self, timeout_seconds: float) -> tuple[Entry, Entry] | None:
        low, _ = self.bounds(timeout_seconds)
        first = self.first_from(low, timeout_seconds)
        last = first and self.last(timeout_seconds)
        return (first, last) if first and last else None

    def committed(self, timeout_seconds: float) -> int | None:
        """The offset that the group stored, as advice; None when there is none or it can't be had."""
        try:
            [stored] = self._consumer.committed(
                [TopicPartition(self.topic, PARTITION)], timeout=min(timeout_seconds, 2 * _TURN_SECONDS)
            )
        except KafkaException:
            return None
        return stored.offset if stored.offset >= 0 and stored.error is None else None

    def commit(self, offset: int) -> None:
        """Store `offset` with the group, without waiting: it is advice."""
        try:
            self._consumer.commit(offsets=[TopicPartition(self.topic, PARTITION, offset)], asynchronous=True)
        except KafkaException:
            return  # the next one will be stored, or searching costs a little

    def close(self) -> None:
        """Let go of the client, which would wait without bound for a broker that is gone to store an offset."""
        closing = threading.Thread(target=self._consumer.close, daemon=True)
        closing.start()
        closing.join(_CLOSE_SECONDS)

    def _named(self, error: KafkaError) -> TopicUnusable:
        if error.code() in _LOST:
            return PositionLost(f"the position is not in topic {self.topic}: {error.str()}")
        if error.retriable() or error.code() in _PASSING:
            return BrokerUnreachable(
                f"no broker answered about topic {self.topic}: {self._clients.complaints.reason(error)}"
            )
        if (refused := forbidden(error, self.topic)) is not None:
            return refused
        return TopicUnusable(f"topic {self.topic} can't be read: {error.str()}")


def _bytes(part: str | bytes | None) -> bytes | None:
    return part.encode() if isinstance(part, str) else part
