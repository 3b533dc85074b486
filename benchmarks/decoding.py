"""What a ledger costs a consumer, part by part: from its bytes to values, to rows, and from Kafka to the commit.

    python -m benchmarks.decoding

Everything happens in this one process, so that the parts can be told apart; `benchmarks.pipeline` measures the real
commands. stellar-sdk decodes the same ledgers in the same run, as it comes and with the collector switched off: look
at the ratios, the machine's noise is in both. Ledgers are simulated and, with LEDGERSTREAM_LEDGERS, pubnet's and the
dense ones of a load test. Servers as in `benchmarks.pipeline`.
"""

import gc
import json
import os
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from stellar_sdk import xdr as stellar_xdr

from benchmarks.commands import PATIENCE_SECONDS, Place
from benchmarks.pipeline import benchmark_place, machine
from benchmarks.report import Percentiles, Spread
from consumer.decode import collector_paused, rows_from, rows_of
from consumer.decode.applied import applied_ledger
from consumer.reader import TopicReader
from consumer.reset import reset
from consumer.store import Store
from consumer.tables import CHOICE, Row
from consumer.tables import Table as RowTable
from ledgerstream.logs import set_up_logs
from producer.publisher import Publisher
from producer.sources.lake import LakeSource
from producer.sources.simulated import SimulatedNetwork
from producer.sources.stream import StreamSource
from producer.topics import ensure_topic
from schemas.ledger import Ledger
from schemas.network import Network, network_of
from schemas.xdr import decode
from schemas.xdr.readers import read_LedgerCloseMeta

_SDK = "decode, stellar-sdk"
_SDK_WITHOUT_COLLECTOR = "decode, stellar-sdk, collector off"
_READERS = "decode, readers"
_EVERYTHING = "decode, readers, every change of an entry, proofs"
_ROWS = "bytes to rows, tables by default"
_TRANSFERS = "bytes to rows, token_transfers alone"
_COMMITTED = "Kafka record to commit"
_WIDTH = 132

Seconds = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Sample:
    """Consecutive ledgers of one network."""

    name: str
    network: Network
    ledgers: list[Ledger]


def main(
    *,
    repetitions: Annotated[int, typer.Option(min=1, help="Of everything.")] = 5,
    simulated: Annotated[int, typer.Option(min=2, help="Simulated ledgers of 1 MB.")] = 6,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure decoding, rows and commits, part by part."""
    set_up_logs("error", "auto")
    samples = [*_real(), _simulated(simulated)]
    with benchmark_place() as place:
        told = machine(place)
        results = {sample.name: _measured(place, sample, repetitions) for sample in samples}
    if as_json:
        print(json.dumps({"machine": told, "samples": {name: _as_json(each) for name, each in results.items()}}))
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    console.print(told)
    console.print(_table(samples, results, repetitions))


def _simulated(number: int) -> Sample:
    network = SimulatedNetwork(ledger_bytes=1_000_000)
    network.close_ledger()  # only makes accounts
    ledgers = [Ledger.from_xdr(network.close_ledger()) for _ in range(number)]
    return Sample("simulated 1 MB", network_of("simulated", None), ledgers)


def _real() -> Iterator[Sample]:
    folder = Path(os.environ.get("LEDGERSTREAM_LEDGERS", ""))
    if not (folder / "lake-pubnet").is_dir():
        return
    pubnet, load_test = network_of("pubnet", None), network_of(None, "load test network")
    with closing(LakeSource(str(folder / "lake-pubnet"), network=pubnet)) as lake:
        yield Sample("pubnet", pubnet, [each for each in lake.ledgers(lake.earliest(), lake.latest()) if each])
    with closing(StreamSource(str(next(folder.glob("dense/*"))))) as dense:
        yield Sample("dense", load_test, [each for each in dense.ledgers(None, None) if each])


def _measured(place: Place, sample: Sample, repetitions: int) -> Seconds:
    """Seconds of each ledger, by part."""
    seconds: Seconds = defaultdict(list)
    _decode(sample, defaultdict(list))  # fills caches, as a consumer that runs has them
    for _ in range(repetitions):
        _decode(sample, seconds)
    _commit(place, sample, repetitions, seconds)
    return seconds


def _decode(sample: Sample, seconds: Seconds) -> None:
    network_id = sample.network.id
    for ledger in sample.ledgers:
        _time(seconds, _SDK, stellar_xdr.LedgerCloseMeta.from_xdr_bytes, ledger.xdr)
        with _without_collector():
            _time(seconds, _SDK_WITHOUT_COLLECTOR, stellar_xdr.LedgerCloseMeta.from_xdr_bytes, ledger.xdr)
        _time(seconds, _READERS, decode, read_LedgerCloseMeta, ledger.xdr)
        _time(seconds, _EVERYTHING, _read_everything, ledger, network_id)
        _time(seconds, _ROWS, rows_of, ledger, network_id, _BY_DEFAULT)
        _time(seconds, _TRANSFERS, rows_of, ledger, network_id, ["token_transfers"])


def _read_everything(ledger: Ledger, network_id: bytes) -> None:
    """The readers leave the changes of ledger entries to those who ask for them; stellar-sdk does not."""
    for each in applied_ledger(ledger, network_id).transactions:
        _ = each.fee_changes, each.changes_before, each.changes_after, each.refund_changes
        for index in range(len(each.operations)):
            each.operation_changes(index)


_BY_DEFAULT = [table.name for table in CHOICE if table.by_default]


@contextmanager
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _time(seconds: Seconds, part: str, work: Callable[..., object], *arguments: object) -> None:
    began = time.perf_counter()
    work(*arguments)
    seconds[part].append(time.perf_counter() - began)


def _commit(place: Place, sample: Sample, repetitions: int, seconds: Seconds) -> None:
    topic = f"benchmark.{uuid.uuid4().hex[:12]}"
    ensure_topic(place.kafka, topic, replication_factor=-1, timeout_seconds=PATIENCE_SECONDS)
    with closing(Publisher(place.kafka, topic, sample.network)) as publisher:
        publisher.open(PATIENCE_SECONDS)
        for ledger in sample.ledgers:
            publisher.publish(ledger)
            publisher.commit()
    for number in range(repetitions + 1):
        subscriber = f"benchmark_{uuid.uuid4().hex[:12]}"
        # Before the first repetition the server is cold.
        _follow(place, sample, topic, subscriber, seconds if number else defaultdict(list))
        reset(place.addresses.database_url, subscriber, timeout_seconds=PATIENCE_SECONDS)


class _TimedStore(Store):
    """Knows how long it took to copy the last ledger's rows."""

    copied_seconds = 0.0

    def _copy(self, table: RowTable, rows: list[Row]) -> None:
        began = time.perf_counter()
        super()._copy(table, rows)
        self.copied_seconds += time.perf_counter() - began


def _follow(place: Place, sample: Sample, topic: str, subscriber: str, seconds: Seconds) -> None:
    """The consumer's own loop, with a clock between its parts."""
    first, last = sample.ledgers[0].sequence, sample.ledgers[-1].sequence
    store = _TimedStore.open(place.addresses.database_url, subscriber, sample.network, timeout_seconds=PATIENCE_SECONDS)
    reader = TopicReader(place.kafka, topic, sample.network, subscriber, timeout_seconds=PATIENCE_SECONDS)
    with closing(store), closing(reader):
        store.begin_at(first)
        entries = reader.follow(first)
        for sequence in range(first, last + 1):
            began = time.perf_counter()
            entry = next(each for each in entries if each is not None)
            fetched = time.perf_counter()
            ledger = entry.record.ledger()
            unpacked = time.perf_counter()
            with collector_paused():
                applied = applied_ledger(ledger, sample.network.id)
                decoded = time.perf_counter()
                rows = rows_from(applied, store.tables)
            made = time.perf_counter()
            store.copied_seconds = 0.0
            store.write(rows)
            written = time.perf_counter()
            for part, spent in (
                ("– fetch", fetched - began),
                ("– decompress, check", unpacked - fetched),
                ("– decode, prove", decoded - unpacked),
                ("– rows", made - decoded),
                ("– COPY", store.copied_seconds),
                ("– cursor, notification, COMMIT", written - made - store.copied_seconds),
                (_COMMITTED, written - began),
            ):
                if sequence > first:  # for which the reader has to find the place, and the store to make partitions
                    seconds[part].append(spent)


def _table(samples: list[Sample], results: dict[str, Seconds], repetitions: int) -> Table:
    table = Table(title=f"Milliseconds a ledger, p50 / p99 / max; {repetitions} repetitions", title_justify="left")
    table.add_column("")
    for sample in samples:
        table.add_column(sample.name, justify="right")
    table.add_row("ledgers", *(str(len(each.ledgers)) for each in samples))
    kilobytes = (sum(len(it.xdr) for it in each.ledgers) / len(each.ledgers) / 1000 for each in samples)
    table.add_row("a ledger's XDR, kB", *(f"{each:.0f}" for each in kilobytes))
    table.add_row("rows a ledger", *(f"{_rows(each):.0f}" for each in samples))
    for part in next(iter(results.values())):
        table.add_row(part, *(str(Percentiles.of(results[each.name][part])) for each in samples))
    table.add_section()
    for theirs in (_SDK, _SDK_WITHOUT_COLLECTOR):
        ratios = (_ratio(results[each.name], theirs) for each in samples)
        table.add_row(f"{theirs} / readers, every change, proofs", *map(str, ratios))
    return table


def _rows(sample: Sample) -> float:
    filled = (rows_of(each, sample.network.id, _BY_DEFAULT).rows.values() for each in sample.ledgers)
    return sum(sum(map(len, each)) for each in filled) / len(sample.ledgers)


def _ratio(seconds: Seconds, theirs: str) -> Spread:
    """Ledger by ledger, so that the machine's noise is in both."""
    return Spread.of(one / other for one, other in zip(seconds[theirs], seconds[_EVERYTHING], strict=True))


def _as_json(seconds: Seconds) -> dict[str, object]:
    parts: dict[str, object] = {part: vars_of(Percentiles.of(each)) for part, each in seconds.items()}
    return {"milliseconds": parts, "ratios": {each: vars_of(_ratio(seconds, each)) for each in (_SDK,)}}


def vars_of(figure: Percentiles | Spread) -> dict[str, float]:
    return {name: getattr(figure, name) for name in figure.__slots__}


if __name__ == "__main__":
    typer.run(main)
