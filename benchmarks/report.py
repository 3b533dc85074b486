"""The figures: medians and ranges over the repetitions, percentiles over all ledgers, ratios within a repetition."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.measurements import Latency, Repetition, Workload


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure of every repetition."""

    median: float
    minimum: float
    maximum: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        ordered = sorted(values)
        return cls(median(ordered), ordered[0], ordered[-1])

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(self.minimum)}–{_short(self.maximum)})"


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of the latencies of all ledgers of all repetitions, in milliseconds."""

    p50: float
    p99: float
    maximum: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Percentiles":
        ordered = sorted(each * 1000 for each in seconds)
        return cls(_percentile(ordered, 50), _percentile(ordered, 99), ordered[-1])

    def __str__(self) -> str:
        return f"{_short(self.p50)} / {_short(self.p99)} / {_short(self.maximum)}"


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The nearest rank: a latency that occurred."""
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def _short(value: float) -> str:
    """Three digits that count."""
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}" if value else "0"


FIGURES: dict[str, Callable[[Repetition], float]] = {
    "produce, ledgers/s": lambda it: it.produced.ledgers_per_second,
    "produce, MB/s": lambda it: it.produced.megabytes_per_second,
    "consume, ledgers/s": lambda it: it.consumed.ledgers_per_second,
    "consume, MB/s": lambda it: it.consumed.megabytes_per_second,
    "produce / consume, ledgers/s": lambda it: it.produced.ledgers_per_second / it.consumed.ledgers_per_second,
    "produce, start-up, s": lambda it: it.produced.startup_seconds,
    "consume, start-up to first commit, s": lambda it: it.consumed.startup_seconds,
    "latency, p50 of a repetition, ms": lambda it: median(each.seconds for each in it.latencies) * 1000,
}

MEMORY: dict[str, Callable[[Repetition], int | None]] = {
    "produce, peak memory, MB": lambda it: it.produced.peak_bytes,
    "consume, peak memory, MB": lambda it: it.consumed.peak_bytes,
}

LATENCIES: dict[str, Callable[[Latency], float]] = {
    "publish to commit, ms": lambda it: it.seconds,
    "– producer's part, ms": lambda it: it.producer_seconds,
    "– consumer's part, ms": lambda it: it.consumer_seconds,
}

COMPARED = ("produce, MB/s", "consume, MB/s", "latency, p50 of a repetition, ms")


class Report:
    """What was measured, in two forms. `results` has the repetitions of each workload, in the order they ran."""

    def __init__(self, machine: str, workloads: list[Workload], results: dict[str, list[Repetition]]) -> None:
        self._machine = machine
        self._workloads = workloads
        self._results = results
        self._names = [workload.name for workload in workloads]

    def spread(self, name: str, figure: str) -> Spread:
        return Spread.of(map(FIGURES[figure], self._results[name]))

    def peak_megabytes(self, name: str, figure: str) -> float | None:
        """The highest of all repetitions: a peak is what must fit."""
        known = [peak for it in self._results[name] if (peak := MEMORY[figure](it)) is not None]
        return max(known) / 1e6 if known else None

    def percentiles(self, name: str, part: str) -> Percentiles:
        return Percentiles.of(LATENCIES[part](each) for each in self._all_latencies(name))

    def _all_latencies(self, name: str) -> list[Latency]:
        return [latency for it in self._results[name] for latency in it.latencies]

    def ratio(self, one: str, other: str, figure: str) -> Spread:
        """Of two workloads that ran side by side: the noise of the machine is in both."""
        pairs = zip(self._results[one], self._results[other], strict=True)
        return Spread.of(FIGURES[figure](ours) / FIGURES[figure](theirs) for ours, theirs in pairs)

    def print(self, console: Console) -> None:
        console.print(self._machine)
        console.print(self._figures())
        if len(self._workloads) > 1:
            console.print(self._ratios())

    def _figures(self) -> Table:
        repetitions = len(next(iter(self._results.values())))
        table = Table(title=f"Repetitions: {repetitions}; median (min–max)", title_justify="left")
        table.add_column("")
        for name in self._names:
            table.add_column(name, justify="right")
        table.add_row("a ledger's XDR, kB", *(_short(it.megabytes_per_ledger * 1000) for it in self._workloads))
        table.add_row("ledgers in a repetition", *(str(len(it.ledgers)) for it in self._workloads))
        for figure in FIGURES:
            table.add_row(figure, *(str(self.spread(name, figure)) for name in self._names))
        for figure in MEMORY:
            table.add_row(figure, *(_or_dash(self.peak_megabytes(name, figure)) for name in self._names))
        table.add_section()
        self._add_latencies(table)
        return table

    def _add_latencies(self, table: Table) -> None:
        table.add_row("latencies: p50 / p99 / max of", *(str(len(self._all_latencies(name))) for name in self._names))
        for part in LATENCIES:
            table.add_row(part, *(str(self.percentiles(name, part)) for name in self._names))
        if any(len(self._all_latencies(name)) < 100 for name in self._names):
            table.caption = "Of fewer than 100 latencies, p99 is the maximum."

    def _ratios(self) -> Table:
        table = Table(title="Ratios within a repetition: median (min–max)", title_justify="left")
        for title in ("", *COMPARED):
            table.add_column(title, justify="right" if title else "left")
        for other, one in combinations(self._names, 2):
            table.add_row(f"{one} / {other}", *(str(self.ratio(one, other, figure)) for figure in COMPARED))
        return table

    def as_json(self) -> dict[str, object]:
        """Everything that the tables show, and every repetition."""
        return {
            "machine": self._machine,
            "workloads": {workload.name: self._workload_as_json(workload) for workload in self._workloads},
            "ratios": [
                {"of": one, "to": other, "figure": figure} | asdict(self.ratio(one, other, figure))
                for other, one in combinations(self._names, 2)
                for figure in COMPARED
            ],
        }

    def _workload_as_json(self, workload: Workload) -> dict[str, object]:
        name = workload.name
        return {
            "ledgers": len(workload.ledgers),
            "megabytes_per_ledger": workload.megabytes_per_ledger,
            "figures": {figure: asdict(self.spread(name, figure)) for figure in FIGURES},
            "memory": {figure: self.peak_megabytes(name, figure) for figure in MEMORY},
            "latencies": {part: asdict(self.percentiles(name, part)) for part in LATENCIES},
            "repetitions": [asdict(it) for it in self._results[name]],
        }


def _or_dash(value: float | None) -> str:
    return "–" if value is None else _short(value)
