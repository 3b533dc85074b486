"""How fast history is filled: ledgers a second with one and two workers, alone and beside live, and what live feels.

    python -m benchmarks.backfill

Workers are the real processes, and live is the real command, on the servers that LEDGERSTREAM_KAFKA and
LEDGERSTREAM_DATABASE_URL name, else on an embedded stack of the benchmark's own. A rate is that from the first flush
to the last: start-up is apart. The pubnet ledgers that there are, in the folder that LEDGERSTREAM_LEDGERS names, are
closed again under later sequences until there are enough of them.

Live's latency is that of ledgers published one a transaction to a consumer at the tip, from just before `publish` to
the arrival of the notification that the ledger's commit sends, while the same subscriber's history is filled.

The cases take turns within each repetition, so that the noise of the machine is shared; look at ratios first.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.commands import PATIENCE_SECONDS, LiveConsumer, Place
from benchmarks.continued import continued
from benchmarks.filling import Clock, History, plan_of, published, subscriber_of
from benchmarks.measurements import latency
from benchmarks.pipeline import WIDTH, benchmark_place, machine, pubnet_ledgers
from benchmarks.shares import shares
from consumer.backfill.run import backfill
from consumer.tables import CHOICE
from ledgerstream.logs import set_up_logs
from producer.publisher import Publisher
from producer.sources.simulated import SimulatedNetwork
from producer.sources.simulated.network import LARGEST_LEDGER_BYTES
from schemas.ledger import Ledger
from schemas.network import network_of

ALL = frozenset(table.name for table in CHOICE)
TRANSFERS = frozenset({"transactions", "operations", "operation_accounts", "token_transfers"})
WORKERS = (1, 2)
PAUSE_SECONDS = 0.2
"""Between two ledgers of live, on average."""

console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


@dataclass(frozen=True)
class Case:
    """History to fill; and ledgers that live has not seen yet, where live runs beside it."""

    history: History
    to_come: Iterator[Ledger] | None = None
    alone: dict[int, list[Clock]] = field(default_factory=lambda: {workers: [] for workers in WORKERS})
    beside_live: dict[int, list[Clock]] = field(default_factory=lambda: {workers: [] for workers in WORKERS})
    latencies: dict[int, list[float]] = field(default_factory=lambda: {workers: [] for workers in (0, *WORKERS)})
    """Seconds, by the number of workers beside live."""


def main(
    *,
    repetitions: Annotated[int, typer.Option(min=1, help="Of everything.")] = 3,
    simulated: Annotated[int, typer.Option(min=130, help="Simulated ledgers of 10 transactions.")] = 3000,
    largest: Annotated[int, typer.Option(min=8, help="Simulated ledgers of 14 MB.")] = 8,
    pubnet: Annotated[int, typer.Option(min=130, help="Pubnet ledgers.")] = 260,
    live: Annotated[int, typer.Option(min=2, help="Ledgers of live, for each latency.")] = 20,
) -> None:
    """Measure backfill on simulated and, with LEDGERSTREAM_LEDGERS, on pubnet ledgers."""
    set_up_logs("error", "auto")
    with benchmark_place() as place:
        console.print(machine(place))
        cases = [*_simulated(place, simulated), *_largest(place, largest), *_pubnet(place, pubnet)]
        for _ in range(repetitions):
            for case in cases:
                for workers in WORKERS:
                    case.alone[workers].append(_filled(place, case.history, workers))
                if case.to_come is not None:
                    for workers in (0, *WORKERS):
                        _measure_live(place, case, workers, live)
        _print(cases)
        for case in cases:
            _print_shares(case.history, shares(place, case.history))


def _simulated(place: Place, count: int) -> Iterator[Case]:
    closing_on = _closed_by(SimulatedNetwork(transactions_per_ledger=10))
    network = network_of("simulated", None)
    yield Case(published(place, "simulated, all tables", network, islice(closing_on, count), ALL), closing_on)


def _largest(place: Place, count: int) -> Iterator[Case]:
    """In cells of four and in one: the memory of a worker is not to depend on it."""
    closing_on = _closed_by(SimulatedNetwork(ledger_bytes=LARGEST_LEDGER_BYTES))
    network = network_of("simulated", None)
    history = published(place, "14 MB ledgers, cells of 4", network, islice(closing_on, count), ALL)
    yield Case(replace(history, batch_ledgers=4))
    yield Case(replace(history, name="14 MB ledgers, cells of 64"))


def _pubnet(place: Place, count: int) -> Iterator[Case]:
    if real := pubnet_ledgers():
        closing_on = continued(real)
        history = published(place, "pubnet, all tables", network_of("pubnet", None), islice(closing_on, count), ALL)
        yield Case(history, closing_on)
        yield Case(replace(history, name="pubnet, transfers", tables=TRANSFERS))


def _closed_by(network: SimulatedNetwork) -> Iterator[Ledger]:
    while True:
        yield Ledger.from_xdr(network.close_ledger())


def _filled(place: Place, history: History, workers: int) -> Clock:
    clock = Clock()
    with subscriber_of(place, history) as subscriber:
        backfill(plan_of(place, history, subscriber, workers), stop=lambda: False, shown=lambda _missing: clock)
    return clock


def _measure_live(place: Place, case: Case, workers: int, ledgers: int) -> None:
    """Live at the tip of the topic, and its history filled beside it from the first flush to the last latency."""
    assert case.to_come is not None
    history, clock = case.history, Clock()
    first, *others = islice(case.to_come, ledgers + 1)
    begin = ("--first", str(first.sequence), "--tables", ",".join(history.tables))
    with (
        closing(Publisher(place.kafka, history.topic, history.network)) as publisher,
        LiveConsumer.running(place, history.network, history.topic, *begin) as consumer,
        ThreadPoolExecutor(max_workers=1) as thread,
    ):
        publisher.open(PATIENCE_SECONDS)
        latency(publisher, consumer, first)
        done = False
        plan = plan_of(place, history, consumer.subscriber, workers)
        filling = thread.submit(backfill, plan, stop=lambda: done, shown=lambda _missing: clock) if workers else None
        while filling is not None and not clock.heard and not filling.done():
            time.sleep(0.01)
        for ledger in others:
            seconds = latency(publisher, consumer, ledger, PAUSE_SECONDS).seconds
            if filling is None or not filling.done():
                case.latencies[workers].append(seconds)
        done = True
        if filling is not None:
            filling.result()
            case.beside_live[workers].append(clock)


def _print(cases: list[Case]) -> None:
    rates = Table(
        "history", "ledgers", "one worker", "two", "ratio", "beside live: one", "two", "peak of a worker", box=None
    )
    for case in cases:
        rates.add_row(
            case.history.name,
            str(len(case.history.wanted)),
            *_rates(case.alone),
            *_rates(case.beside_live)[:2],
            _peak(case),
        )
    console.print(rates)
    latencies = Table("live's latency, p50 / p99", "idle", "beside one worker", "beside two", "of each", box=None)
    for case in cases:
        if case.to_come is not None:
            counts = "/".join(str(len(seconds)) for seconds in case.latencies.values())
            latencies.add_row(case.history.name, *(_percentiles(each) for each in case.latencies.values()), counts)
    console.print(latencies)


def _rates(clocks: dict[int, list[Clock]]) -> tuple[str, str, str]:
    """Medians, in ledgers a second, and the median of the ratios."""
    one, two = ([clock.ledgers_per_second for clock in clocks[workers]] for workers in WORKERS)
    if not one:
        return "–", "–", "–"
    ratio = statistics.median(b / a for a, b in zip(one, two, strict=True))
    return f"{statistics.median(one):.1f}/s", f"{statistics.median(two):.1f}/s", f"{ratio:.2f}"


def _peak(case: Case) -> str:
    peaks = [clock.peak_bytes for clocks in case.alone.values() for clock in clocks if clock.peak_bytes is not None]
    return f"{max(peaks) / 1e6:.0f} MB" if peaks else "–"


def _percentiles(seconds: list[float]) -> str:
    if not seconds:
        return "–"
    ordered = sorted(seconds)
    return f"{1000 * statistics.median(ordered):.0f} / {1000 * ordered[int(0.99 * (len(ordered) - 1))]:.0f} ms"


def _print_shares(history: History, parts: dict[str, float]) -> None:
    whole = sum(parts.values())
    console.print(f"\n{history.name}: one worker, {len(history.wanted) / whole:.1f} ledgers/s")
    for name, seconds in sorted(parts.items(), key=lambda part: -part[1]):
        console.print(
            f"  {name:32} {100 * seconds / whole:5.1f} %  {1000 * seconds / len(history.wanted):7.2f} ms a ledger"
        )


if __name__ == "__main__":
    typer.run(main)
