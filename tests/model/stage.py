"""What all runs of the model share: servers, the server of forks, and what every ledger is."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledgerstream.embedded import Addresses
from producer.sources.simulated import SimulatedNetwork
from tests.model.forks import Forks
from tests.model.observed import TABLES, Database, Kafka, Record, Reference, watching
from tests.support.secrets import password, with_password

FIRST, LAST = 2, 60
"""The ledgers that there are: a simulated network's, the same for every topic."""

_TRANSACTIONS = 2

_FLUSH_BYTES = 20_000
"""Of a backfill: two or three of these ledgers, so that a cell takes several flushes."""

CONSUMED = ("--tables", ",".join(TABLES))


@dataclass(frozen=True)
class Stage:
    """Where the model is played."""

    forks: Forks
    database: Database
    kafka: Kafka
    reference: Reference
    ledgers: Path
    """A file of them, as stellar-core writes it."""
    foreign: Path
    """Another network's, of the same name and passphrase."""


@contextmanager
def stage_on(addresses: Addresses) -> Iterator[Stage]:
    """A stage on these servers, with a reference that was made once."""
    environment = {
        "LEDGERSTREAM_KAFKA": addresses.kafka,
        "LEDGERSTREAM_DATABASE_URL": with_password(addresses.database_url),
        "LEDGERSTREAM_SOURCE": "simulated",
        "LEDGERSTREAM_NETWORK": "simulated",
        "LEDGERSTREAM_SIMULATED_TRANSACTIONS": str(_TRANSACTIONS),
        "LEDGERSTREAM_SIMULATED_PACE": "0",
        "LEDGERSTREAM_ANSWER_TIMEOUT": "20",
        "LEDGERSTREAM_KAFKA_OPTION": f"sasl.password={password()}",
        "MODEL_FLUSH_BYTES": str(_FLUSH_BYTES),
    }
    with tempfile.TemporaryDirectory(prefix="ledgerstream-model-") as folder, watching(addresses.database_url) as base:
        forks = Forks(environment, Path(folder))
        try:
            kafka = Kafka({"bootstrap.servers": addresses.kafka})
            ledgers, foreign = _written(Path(folder) / "ledgers.xdr"), _written(Path(folder) / "foreign.xdr", seed=1)
            yield Stage(forks, base, kafka, _reference(forks, base, kafka, foreign), ledgers, foreign)
        finally:
            forks.close()


def _written(path: Path, seed: int = 0) -> Path:
    network = SimulatedNetwork(seed=seed, transactions_per_ledger=_TRANSACTIONS)
    with path.open("wb") as file:
        for _ in range(FIRST, LAST + 1):
            ledger = network.close_ledger()
            file.write((len(ledger) | 1 << 31).to_bytes(4, "big") + ledger)
    return path


def _reference(forks: Forks, database: Database, kafka: Kafka, foreign: Path) -> Reference:
    """One producer, one consumer, and nobody disturbs them."""
    name = f"calm_{uuid.uuid4().hex[:12]}"
    others = _published(forks, kafka, name, "--source", "stream", "--url", str(foreign))
    records = _published(forks, kafka, name)
    ended = forks.run("consume", "--subscriber", name, *CONSUMED, "--last", "end")
    assert ended.code == 0, ended.lines
    seen = database.subscriber(name)
    assert seen is not None
    assert seen.hashes == {sequence: record.hash for sequence, record in records.items()}
    assert not set(seen.hashes.values()) & {record.hash for record in others.values()}
    database.drop(name)
    kafka.delete(name)
    return Reference(seen.hashes, seen.rows, records, others)


def _published(forks: Forks, kafka: Kafka, topic: str, *source: str) -> dict[int, Record]:
    """All ledgers of a source, as they stand in a topic that is new."""
    kafka.delete(*kafka.names(topic))
    forks.environment["LEDGERSTREAM_TOPIC"] = topic
    ended = forks.run("produce", "--last", str(LAST), *source)
    assert ended.code == 0, ended.lines
    records = {record.sequence: record for record in kafka.read(topic)}
    assert sorted(records) == list(range(FIRST, LAST + 1))
    return records
