"""How many ledgers were lost, doubled or half-written, by queries that share nothing with the product."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import fastavro
from confluent_kafka import Consumer, KafkaError, TopicPartition

from tests.chaos.network import FIRST, Closed
from tests.chaos.watch import Database
from tests.support.processes import ROOT

_READ_SECONDS = 20.0
_AVRO_HEADER_BYTES = 10
_SCHEMA = fastavro.schema.load_schema(str(ROOT / "schemas" / "ledger.avsc"))
_DIGEST_TABLES = """
    select relname from pg_class
     where relnamespace = to_regnamespace(%s)::oid and relkind in ('r', 'p') and not relispartition
       and relname not in ('subscriber', 'live', 'backfill', 'migrations')
     order by relname
"""
_IDS = "select attname from pg_attribute where attrelid = %s::regclass and attname in ('id', %s, %s)"


@dataclass(frozen=True, slots=True)
class Counts:
    """Of ledgers; all must be 0."""

    lost: int
    doubled: int
    half_written: int

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.lost + other.lost, self.doubled + other.doubled, self.half_written + other.half_written)

    def any(self) -> bool:
        return (self.lost, self.doubled, self.half_written) != (0, 0, 0)

    def __str__(self) -> str:
        return f"{self.lost} ledgers lost, {self.doubled} doubled, {self.half_written} half-written"


def count_now(database: Database, subscriber: str, closed: Mapping[int, Closed]) -> Counts:
    """The same of a subscriber whose history is filled, while its live goes on: in one snapshot, up to its cursor."""
    with database.transaction():
        database.execute("set transaction isolation level repeatable read")
        row = database.execute(f"select latest from {subscriber}.live".encode()).fetchone()
        assert row is not None
        latest = int(str(row[0]))
        return count_rows(database, subscriber, {sequence: closed[sequence] for sequence in range(FIRST, latest + 1)})


def count_rows(database: Database, subscriber: str, closed: Mapping[int, Closed]) -> Counts:
    """Compare all that a subscriber holds with what the network itself knows."""
    held: Counter[tuple[int, bytes]] = Counter()
    for sequence, hash_ in database.execute(f"select sequence, hash from {subscriber}.ledgers".encode()):
        held[int(str(sequence)), bytes(hash_)] += 1  # type: ignore[call-overload]
    expected = {(sequence, ledger.hash) for sequence, ledger in closed.items()}
    doubled = _too_many(held, expected) + len(_with_doubled_transactions(database, subscriber))
    return Counts(len(expected - {*held}), doubled, len(_half_written(database, subscriber, closed)))


def _too_many(held: Counter[tuple[int, bytes]], expected: set[tuple[int, bytes]]) -> int:
    return sum(count - 1 for count in held.values()) + len({*held} - expected)


def _with_doubled_transactions(database: Database, subscriber: str) -> set[int]:
    """Ledgers with a transaction that stands somewhere else, too: its hash is unique in a network."""
    statement = f"""
        select ledger_sequence from {subscriber}.transactions
         where hash in (select hash from {subscriber}.transactions group by hash having count(*) > 1)
    """
    return {int(str(sequence)) for (sequence,) in database.execute(statement.encode())}


def _half_written(database: Database, subscriber: str, closed: Mapping[int, Closed]) -> set[int]:
    """Ledgers with another number of rows than they have, and rows of no ledger.

    Of transactions the network says how many they are, of other tables the ledger's own row.
    """
    transactions = _rows_by_ledger(database, subscriber, "transactions")
    found = {each for each in {*closed, *transactions} if transactions.get(each, 0) != _transactions(closed, each)}
    for (table,) in database.execute(_DIGEST_TABLES, (subscriber,)).fetchall():
        if table == "ledgers":
            continue
        rows = _rows_by_ledger(database, subscriber, str(table))
        statement = f"select sequence, coalesce({table}_rows, 0) from {subscriber}.ledgers"
        said = {int(str(sequence)): int(str(count)) for sequence, count in database.execute(statement.encode())}
        found |= {each for each in {*rows, *said} if rows.get(each, 0) != said.get(each, 0)}
    return found


def _transactions(closed: Mapping[int, Closed], sequence: int) -> int:
    return closed[sequence].transactions if sequence in closed else 0


def _rows_by_ledger(database: Database, subscriber: str, table: str) -> dict[int, int]:
    """By their ids, which begin with the ledger's sequence."""
    columns = {
        str(name)
        for (name,) in database.execute(_IDS, (f"{subscriber}.{table}", "transaction_id", "operation_id")).fetchall()
    }
    by = next(each for each in ("id", "transaction_id", "operation_id") if each in columns)
    statement = f"select {by} >> 32, count(*) from {subscriber}.{table} group by 1"
    return {int(str(sequence)): int(str(count)) for sequence, count in database.execute(statement.encode())}


def count_records(kafka: Mapping[str, str], topic: str, closed: Mapping[int, Closed]) -> Counts:
    """The live topic, as any client reads it, against what the network has closed since it begins."""
    expected = {(sequence, ledger.hash) for sequence, ledger in closed.items()}
    seen = Counter(_records(kafka, topic))
    return Counts(len(expected - {*seen}), _too_many(seen, expected), 0)


def _records(kafka: Mapping[str, str], topic: str) -> Iterator[tuple[int, bytes]]:
    """Sequence and hash, by the schema alone."""
    settings = {"group.id": "chaos", "isolation.level": "read_committed", "enable.partition.eof": True}
    consumer = Consumer({**kafka, **settings, "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0)])
    try:
        while (message := consumer.poll(_READ_SECONDS)) is not None and message.error() is None:
            value = message.value()
            assert isinstance(value, bytes)
            record = fastavro.schemaless_reader(BytesIO(value[_AVRO_HEADER_BYTES:]), _SCHEMA, None)
            assert isinstance(record, dict)
            yield record["sequence"], record["hash"]
    finally:
        consumer.close()
    assert message is not None, f"nothing came from topic {topic} in {_READ_SECONDS:g} s"
    error = message.error()
    assert error is not None
    assert error.code() == KafkaError._PARTITION_EOF, error
