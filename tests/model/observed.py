"""What the real system holds, looked at with SQL and a Kafka client: nothing here is the product's."""

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

_PATIENCE_SECONDS = 30.0

TABLES = {"transactions": "id", "operations": "id", "token_transfers": "transaction_id"}
"""Those that the model's subscribers fill beside `ledgers`, and the column that begins with the ledger's sequence."""

_ROWS = " union all ".join(
    [
        "select sequence, 'ledgers ' || each::text as line from {0}.ledgers each",
        *(f"select {key} >> 32, '{name} ' || each::text from {{0}}.{name} each" for name, key in TABLES.items()),
    ]
)
_FINGERPRINTS = f"select sequence, md5(string_agg(line, E'\n' order by line)) from ({_ROWS}) as lines group by sequence"
_CURSORS = "select live_first, latest, oldest, epoch, batch_ledgers from {0}.live, {0}.backfill, {0}.subscriber"
_PLACE = "select live_first, latest, oldest, array(select sequence from {0}.ledgers) from {0}.live, {0}.backfill"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subscriber stands, and which ledgers are there."""

    live_first: int | None = None
    latest: int | None = None
    oldest: int | None = None
    there: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`rows` is a fingerprint of all rows of each ledger of which there is any; `hashes` those in `ledgers`."""

    live_first: int | None = None
    latest: int | None = None
    oldest: int | None = None
    epoch: int = 0
    width: int = 0
    hashes: dict[int, str] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One that readers of the topic see, in their order."""

    offset: int
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]

    @property
    def sequence(self) -> int:
        return int(self.key)

    @property
    def hash(self) -> str:
        return dict(self.headers)["hash"].decode()


class Database:
    """Looks at subscribers, and changes what no command changes."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, application_name="model")

    def exists(self, name: str) -> bool:
        return self._all("select 1 where to_regclass(%s) is not null", f"{name}.subscriber") != []

    def subscriber(self, name: str) -> Subscriber | None:
        """All of it; None when there is none. One that was not recorded yet is empty."""
        if not self.exists(name):
            return None
        cursors = self._all(_CURSORS.format(name))
        if not cursors:
            return Subscriber()
        live_first, latest, oldest, epoch, width = cursors[0]
        hashes = dict(self._all(f"select sequence, encode(hash, 'hex') from {name}.ledgers"))
        rows = dict(self._all(_FINGERPRINTS.format(name)))
        return Subscriber(live_first, latest, oldest, epoch, width, hashes, rows)

    def place(self, name: str) -> Place | None:
        """By one question; None when there is no such subscriber. One that was not recorded yet is nowhere."""
        try:
            rows = self._all(_PLACE.format(name))
        except psycopg.errors.UndefinedTable:
            return None
        if not rows:
            return Place()
        live_first, latest, oldest, there = rows[0]
        return Place(live_first, latest, oldest, frozenset(there))

    def sessions(self, name: str) -> list[str]:
        """What the sessions that work for a subscriber call themselves."""
        statement = "select application_name from pg_stat_activity where application_name ~ %s order by 1"
        return [called for (called,) in self._all(statement, f" {name}$")]

    def in_cells_of(self, name: str, width: int) -> bool:
        """Have backfill work in small cells; False where there is no subscriber yet."""
        if not self.exists(name):
            return False
        return self._connection.execute(f"update {name}.subscriber set batch_ledgers = {width}".encode()).rowcount == 1

    def drop(self, name: str) -> None:
        self._connection.execute(f"drop schema if exists {name} cascade".encode())

    def _all(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement.encode(), parameters or None).fetchall()

    def close(self) -> None:
        self._connection.close()


class Kafka:
    """Reads topics, and does to them what operators, brokers and other programs do."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = dict(settings)
        self._admin = AdminClient({**settings, "log_level": "0"})

    def names(self, prefix: str) -> set[str]:
        """The topics of this name, or of one that begins with it and a dot."""
        found = self._admin.list_topics(timeout=20).topics
        return {name for name in found if name == prefix or name.startswith(f"{prefix}.")}

    def read(self, topic: str) -> list[Record]:
        """All that is committed, from the topic's first record to its end."""
        with closing(self._reader()) as reader:
            reader.assign([TopicPartition(topic, 0, self._low(reader, topic))])
            return list(_to_the_end(reader))

    def _reader(self) -> Consumer:
        return Consumer(
            {
                **self._settings,
                "group.id": f"model-{uuid.uuid4().hex}",
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 5,
            }
        )

    def _low(self, reader: Consumer, topic: str) -> int:
        bounds = reader.get_watermark_offsets(TopicPartition(topic, 0), timeout=20, cached=False)
        assert bounds is not None
        return bounds[0]

    def append(self, topic: str, records: list[Record], *, committed: bool) -> None:
        """In a transaction of somebody else's."""
        producer = Producer({**self._settings, "transactional.id": f"model-{uuid.uuid4().hex}"})
        producer.init_transactions(20)
        producer.begin_transaction()
        for each in records:
            producer.produce(topic, key=each.key, value=each.value, headers=list(each.headers), partition=0)
        producer.flush(20)
        if committed:
            producer.commit_transaction(20)
        else:
            producer.abort_transaction(20)

    def cut_head(self, topic: str, offset: int) -> None:
        """Delete the records below an offset."""
        [cut] = self._admin.delete_records([TopicPartition(topic, 0, offset)]).values()
        cut.result()

    def delete(self, *topics: str) -> None:
        """Delete topics, and wait until they are gone."""
        for deleted in self._admin.delete_topics(list(topics)).values() if topics else ():
            deleted.result()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while set(topics) & set(self._admin.list_topics(timeout=20).topics):
            assert time.monotonic() < deadline, f"{topics} are not gone"
            time.sleep(0.05)

    def store_offset(self, group: str, topic: str, offset: int) -> None:
        """As if a consumer of that group had committed it."""
        with closing(Consumer({**self._settings, "group.id": group})) as consumer:
            consumer.commit(offsets=[TopicPartition(topic, 0, offset)], asynchronous=False)

    def lose_offsets(self, group: str) -> None:
        """All that the group has stored, if there is any."""
        try:
            self._admin.delete_consumer_groups([group])[group].result()
        except KafkaException as exception:
            if exception.args[0].code() not in (KafkaError.GROUP_ID_NOT_FOUND, KafkaError.NON_EMPTY_GROUP):
                raise


def _to_the_end(reader: Consumer) -> Iterator[Record]:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        message = reader.poll(0.5)
        assert time.monotonic() < deadline, "the topic can't be read to its end"
        if message is None:
            continue
        error = message.error()
        if error is None:
            yield _record(message)
        elif error.code() == KafkaError._PARTITION_EOF:
            return
        elif not error.retriable() and error.code() != KafkaError._TRANSPORT:
            raise KafkaException(error)


def _record(message: Message) -> Record:
    offset, key, value = message.offset(), message.key(), message.value()
    assert offset is not None
    assert isinstance(key, bytes)
    assert isinstance(value, bytes)
    return Record(offset, key, value, cast("list[tuple[str, bytes]]", message.headers() or []))


@dataclass(frozen=True, slots=True)
class Reference:
    """What every ledger is, as one calm producer and one calm consumer left it.

    `foreign` are those of another network that calls itself as this one does.
    """

    hashes: dict[int, str]
    rows: dict[int, str]
    records: dict[int, Record]
    foreign: dict[int, Record]


@contextmanager
def watching(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
