"""History to fill, and a clock beside those who fill it."""

import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import active_children
from typing import Self

from benchmarks.commands import PATIENCE_SECONDS, Place, peak_bytes_of
from consumer.backfill.run import Plan
from consumer.backfill.worker import Task
from consumer.reset import reset
from consumer.store import Store
from ledgerstream.logs import set_up_logs
from producer.publisher import Publisher
from producer.topics import ensure_topic
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.ranges import Range


@dataclass(frozen=True, slots=True)
class History:
    """Ledgers of a topic, the tables that they go into, and the width of a cell if it is not the usual one."""

    name: str
    network: Network
    topic: str
    wanted: Range
    tables: frozenset[str]
    batch_ledgers: int | None = None


def published(place: Place, name: str, network: Network, ledgers: Iterable[Ledger], tables: frozenset[str]) -> History:
    """The ledgers, in a topic of their own."""
    topic, sequences = f"benchmark.{uuid.uuid4().hex[:12]}", []
    ensure_topic(place.kafka, topic, replication_factor=-1, timeout_seconds=PATIENCE_SECONDS)
    with closing(Publisher(place.kafka, topic, network)) as publisher:
        publisher.open(PATIENCE_SECONDS)
        for ledger in ledgers:
            publisher.publish(ledger)
            sequences.append(ledger.sequence)
        publisher.commit()
    return History(name, network, topic, Range(sequences[0], sequences[-1]), tables)


@contextmanager
def subscriber_of(place: Place, history: History) -> Iterator[str]:
    """One that begins above all of it; it is dropped at the end."""
    name = f"benchmark_{uuid.uuid4().hex[:12]}"
    url = place.addresses.database_url
    with closing(
        Store.open(url, name, history.network, tables=history.tables, timeout_seconds=PATIENCE_SECONDS)
    ) as store:
        store.begin_at(history.wanted.last + 1)
    if history.batch_ledgers is not None:
        place.connection.execute(f"update {name}.subscriber set batch_ledgers = {history.batch_ledgers}".encode())
    yield name
    reset(url, name, timeout_seconds=PATIENCE_SECONDS)


def plan_of(place: Place, history: History, subscriber: str, workers: int) -> Plan:
    """To fill all of it."""
    task = Task(
        place.addresses.database_url,
        subscriber,
        place.kafka,
        history.topic,
        history.network,
        PATIENCE_SECONDS,
        nice=10,
        initialise=_quiet,
    )
    return Plan(task, history.wanted.first, history.wanted.last, workers, lease_seconds=30)


def _quiet() -> None:
    set_up_logs("warning", "auto")


class Clock:
    """Hears how many ledgers are there, and when; and looks at the memory of those who fill."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, int]] = []
        self.peak_bytes: int | None = None
        """Of the largest worker; None where it can't be known."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None: ...

    def advance(self, ledgers: int) -> None:
        if ledgers:
            self.heard.append((time.perf_counter(), ledgers))
        peaks = [peak for child in active_children() if (peak := peak_bytes_of(child.pid)) is not None]
        self.peak_bytes = max([*peaks, self.peak_bytes or 0]) or None

    @property
    def ledgers_per_second(self) -> float:
        """From the first flush on: what came with it had been begun before."""
        ledgers = sum(count for _, count in islice(self.heard, 1, None))
        return ledgers / (self.heard[-1][0] - self.heard[0][0])
