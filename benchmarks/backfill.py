"""How fast history is filled: ledgers a second with one and two workers, and where a worker's time goes.

    python -m benchmarks.backfill

Workers are the real processes, on the servers that LEDGERSTREAM_KAFKA and LEDGERSTREAM_DATABASE_URL name, else on an
embedded stack of the benchmark's own. A rate is that from the first flush to the last: start-up is apart. The pubnet
ledgers that there are, in the folder that LEDGERSTREAM_LEDGERS names, are closed again under later sequences until
there are enough of them. The cases take turns within each repetition; look at ratios first.
"""

import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Self

import typer
from rich.console import Console

from benchmarks.commands import PATIENCE_SECONDS, Place
from benchmarks.continued import continued
from benchmarks.pipeline import benchmark_place, machine, pubnet_ledgers
from consumer.backfill.grid import batches
from consumer.backfill.run import Plan, backfill
from consumer.backfill.store import BatchStore
from consumer.backfill.worker import Task, fill
from consumer.decode.entry import decoded
from consumer.reset import reset
from consumer.store import Store
from consumer.tables import CHOICE, LedgerRows, Row, Table
from consumer.topics import Topics
from ledgerstream.logs import set_up_logs
from producer.publisher import Publisher
from producer.sources.simulated import SimulatedNetwork
from producer.topics import ensure_topic
from schemas.ledger import Ledger
from schemas.network import Network, network_of
from schemas.ranges import Range

ALL = frozenset(table.name for table in CHOICE)
TRANSFERS = frozenset({"transactions", "operations", "operation_accounts", "token_transfers"})

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Case:
    """What is filled: ledgers of a topic, into these tables."""

    name: str
    network: Network
    topic: str
    wanted: Range
    tables: frozenset[str]
    rates: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Ledgers a second, by the number of workers."""


class Clock:
    """Hears how many ledgers are there, and when."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None: ...

    def advance(self, ledgers: int) -> None:
        if ledgers:
            self.heard.append((time.perf_counter(), ledgers))

    def rate(self) -> float:
        """From the first flush on: what came with it had been begun before."""
        ledgers = sum(count for _, count in self.heard[1:])
        return ledgers / (self.heard[-1][0] - self.heard[0][0])


def main(
    *,
    repetitions: Annotated[int, typer.Option(min=1, help="Of everything.")] = 3,
    simulated: Annotated[int, typer.Option(min=130, help="Simulated ledgers of 10 transactions.")] = 1500,
    pubnet: Annotated[int, typer.Option(min=130, help="Pubnet ledgers.")] = 260,
) -> None:
    """Measure backfill on simulated and, with LEDGERSTREAM_LEDGERS, on pubnet ledgers."""
    set_up_logs("warning", "auto")
    with benchmark_place() as place:
        console.print(machine(place))
        cases = [*_simulated(place, simulated), *_pubnet(place, pubnet)]
        for _ in range(repetitions):
            for case in cases:
                for workers in (1, 2):
                    case.rates[workers].append(_rate(place, case, workers))
        for case in cases:
            _print_rates(case)
        for case in cases:
            _print_shares(case, _shares(place, case))


def _simulated(place: Place, count: int) -> Iterator[Case]:
    network = network_of("simulated", None)
    simulated = SimulatedNetwork(transactions_per_ledger=10)
    ledgers = [Ledger.from_xdr(simulated.close_ledger()) for _ in range(count)]
    yield _published(place, "simulated, all tables", network, ledgers, ALL)


def _pubnet(place: Place, count: int) -> Iterator[Case]:
    real = pubnet_ledgers()
    if real:
        case = _published(place, "pubnet, all tables", network_of("pubnet", None), continued(real, count), ALL)
        yield case
        yield Case("pubnet, transfers", case.network, case.topic, case.wanted, TRANSFERS)


def _published(
    place: Place, name: str, network: Network, ledgers: Iterator[Ledger] | Sequence[Ledger], tables: frozenset[str]
) -> Case:
    topic, sequences = f"benchmark.{uuid.uuid4().hex[:12]}", []
    ensure_topic(place.kafka, topic, replication_factor=1, timeout_seconds=PATIENCE_SECONDS)
    with closing(Publisher(place.kafka, topic, network)) as publisher:
        publisher.open(PATIENCE_SECONDS)
        for ledger in ledgers:
            publisher.publish(ledger)
            sequences.append(ledger.sequence)
        publisher.commit()
    return Case(name, network, topic, Range(sequences[0], sequences[-1]), tables)


@contextmanager
def _subscriber(place: Place, case: Case) -> Iterator[str]:
    """One that begins above all of the topic."""
    name = f"benchmark_{uuid.uuid4().hex[:12]}"
    url = place.addresses.database_url
    with closing(Store.open(url, name, case.network, tables=case.tables, timeout_seconds=PATIENCE_SECONDS)) as store:
        store.begin_at(case.wanted.last + 1)
    yield name
    reset(url, name, timeout_seconds=PATIENCE_SECONDS)


def _task(place: Place, case: Case, subscriber: str) -> Task:
    return Task(
        place.addresses.database_url,
        subscriber,
        place.kafka,
        case.topic,
        case.network,
        PATIENCE_SECONDS,
        initialise=_quiet,
    )


def _quiet() -> None:
    set_up_logs("warning", "auto")


def _rate(place: Place, case: Case, workers: int) -> float:
    clock = Clock()
    with _subscriber(place, case) as subscriber:
        plan = Plan(_task(place, case, subscriber), case.wanted.first, None, workers, lease_seconds=30)
        backfill(plan, stop=lambda: False, shown=lambda _total: clock)
    return clock.rate()


def _print_rates(case: Case) -> None:
    one, two = (statistics.median(case.rates[workers]) for workers in (1, 2))
    ratio = statistics.median(b / a for a, b in zip(case.rates[1], case.rates[2], strict=True))
    console.print(f"{case.name:24} {one:8.1f} ledgers/s with one worker, {two:8.1f} with two, ratio {ratio:.2f}")


class _TimedStore(BatchStore):
    """Knows how long its parts took."""

    seconds: dict[str, float]

    def _copy(self, table: Table, rows: list[Row]) -> None:
        began = time.perf_counter()
        super()._copy(table, rows)
        self.seconds["COPY"] += time.perf_counter() - began

    def flush(self, ledgers: Sequence[LedgerRows], *, final: bool) -> int:
        began, copied = time.perf_counter(), self.seconds["COPY"]
        written = super().flush(ledgers, final=final)
        self.seconds["commit and the rest of a flush"] += time.perf_counter() - began - (self.seconds["COPY"] - copied)
        return written


def _shares(place: Place, case: Case) -> dict[str, float]:
    """One worker's loop in this process, with a clock between its parts."""
    with _subscriber(place, case) as subscriber:
        task = _task(place, case, subscriber)
        store = _TimedStore.open(task.database_url, subscriber, case.network, timeout_seconds=PATIENCE_SECONDS)
        topics = Topics(task.kafka, task.topic, case.network, timeout_seconds=PATIENCE_SECONDS)
        store.seconds = defaultdict(float)
        with closing(store), closing(topics):
            topics.all()
            began = time.perf_counter()
            for batch in batches([case.wanted], store.batch_ledgers):
                fill(store, topics, case.network, batch, stop=lambda: False, flushed=lambda _ledgers: None)
            whole = time.perf_counter() - began
            decoding = _decoding_seconds(task, store.tables, case)
    parts = {**store.seconds, "decompress, decode, rows": decoding}
    return {**parts, "Kafka and the rest": whole - sum(parts.values())}


def _decoding_seconds(task: Task, tables: Collection[str], case: Case) -> float:
    """The same ledgers, decoded again from entries that are at hand."""
    spent = 0.0
    with closing(Topics(task.kafka, task.topic, case.network, timeout_seconds=PATIENCE_SECONDS)) as topics:
        for entry in topics.read(case.wanted):
            if entry is not None:
                began = time.perf_counter()
                decoded(entry, case.network, tables)
                spent += time.perf_counter() - began
    return spent


def _print_shares(case: Case, parts: dict[str, float]) -> None:
    whole = sum(parts.values())
    console.print(f"\n{case.name}: one worker, {len(case.wanted) / whole:.1f} ledgers/s")
    for name, seconds in sorted(parts.items(), key=lambda part: -part[1]):
        console.print(
            f"  {name:32} {100 * seconds / whole:5.1f} %  {1000 * seconds / len(case.wanted):7.2f} ms a ledger"
        )


if __name__ == "__main__":
    typer.run(main)
