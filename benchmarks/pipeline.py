"""How fast ledgers go through the whole path: publish-to-commit latency, ledgers per second, and peak memory.

    python -m benchmarks.pipeline

Producer and consumer are the real commands in processes of their own, on the servers that LEDGERSTREAM_KAFKA and
LEDGERSTREAM_DATABASE_URL name, else on an embedded stack of the benchmark's own. Subscribers are dropped again;
on servers that stay, the topics `benchmark.…` stay too.

Produce is timed from the opened topic to the commit of the last ledger; consume from the commit of the first ledger to
that of the last; start-up is apart. Latency is that of ledgers published one a transaction to a consumer at the tip:
from just before `publish` to the arrival of the notification that the ledger's commit sends. The producer's part ends
when `commit` returns, the consumer's part is the rest.

The workloads take turns within each repetition, so that the noise of the machine is shared; look at ratios first.
"""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.commands import PATIENCE_SECONDS, Place
from benchmarks.measurements import Repetition, Workload, measure
from benchmarks.report import Report
from consumer.database import connect
from ledgerstream.embedded import Addresses, Stack
from ledgerstream.embedded.jars import KAFKA_VERSION
from ledgerstream.logs import set_up_logs
from producer.sources.lake import LakeSource
from producer.sources.simulated import SimulatedNetwork
from producer.sources.simulated.network import LARGEST_LEDGER_BYTES
from producer.sources.simulated.stream import write_record
from schemas.ledger import Ledger
from schemas.network import Network, network_of

_LARGE_LEDGER_BYTES = 1_000_000
_WARM_UP_LEDGERS = 20
WIDTH = 132  # where there is no terminal, whose width would be taken

_progress = Console(stderr=True, highlight=False, soft_wrap=True)


def main(
    *,
    repetitions: Annotated[int, typer.Option(min=1, help="Of everything.")] = 3,
    small: Annotated[int, typer.Option(min=2, help="Simulated ledgers of 10 transactions, for throughput.")] = 200,
    small_latency: Annotated[int, typer.Option(min=2, help="The same, for latency.")] = 100,
    large: Annotated[int, typer.Option(min=2, help="Simulated ledgers of 1 MB, for throughput.")] = 6,
    large_latency: Annotated[int, typer.Option(min=2, help="The same, for latency.")] = 6,
    largest: Annotated[int, typer.Option(min=2, help="Simulated ledgers of 14 MB, for both.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure latency, throughput and memory on simulated and, with LEDGERSTREAM_LEDGERS, on pubnet ledgers."""
    set_up_logs("warning", "auto")
    with benchmark_place() as place:
        _progress.print("preparing ledgers …")
        workloads = [
            _simulated(place.folder, "simulated", None, small, small_latency),
            _simulated(place.folder, "simulated 1 MB", _LARGE_LEDGER_BYTES, large, large_latency),
            _simulated(place.folder, "simulated 14 MB", LARGEST_LEDGER_BYTES, largest, largest),
            *_pubnet(place.folder),
        ]
        report = Report(machine(place), workloads, _measure_all(place, workloads, repetitions))
    if as_json:
        print(json.dumps(report.as_json()))
    else:
        report.print(Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH))


def _measure_all(place: Place, workloads: list[Workload], repetitions: int) -> dict[str, list[Repetition]]:
    _progress.print("warming the servers up …")
    measure(place, _simulated(place.folder, "warm-up", None, _WARM_UP_LEDGERS, _WARM_UP_LEDGERS))
    results: dict[str, list[Repetition]] = {workload.name: [] for workload in workloads}
    for number in range(1, repetitions + 1):
        for workload in workloads:
            _progress.print(f"repetition {number} of {repetitions}: {workload.name}")
            results[workload.name].append(measure(place, workload))
    return results


@contextmanager
def benchmark_place() -> Iterator[Place]:
    """The servers, a session, and a folder that goes with them."""
    with (
        tempfile.TemporaryDirectory(prefix="ledgerstream-benchmark-") as folder,
        _addresses(Path(folder)) as addresses,
        connect(
            addresses.database_url, application_name="ledgerstream benchmark", timeout_seconds=PATIENCE_SECONDS
        ) as connection,
    ):
        connection.execute("set idle_session_timeout = 0")
        yield Place(addresses, connection, Path(folder))


def _named_servers() -> Addresses | None:
    kafka, database_url = os.environ.get("LEDGERSTREAM_KAFKA"), os.environ.get("LEDGERSTREAM_DATABASE_URL")
    return Addresses(kafka, database_url) if kafka and database_url else None


@contextmanager
def _addresses(folder: Path) -> Iterator[Addresses]:
    named = _named_servers()
    if named is not None:
        yield named
        return
    folder.chmod(0o755)  # Postgres, started by root, runs as a user of its own
    stack = Stack(folder / "stack")
    try:
        yield stack.up(progress=_progress.print)
    finally:
        stack.down()


def _simulated(folder: Path, name: str, ledger_bytes: int | None, ledgers: int, latency_ledgers: int) -> Workload:
    network = SimulatedNetwork(ledger_bytes=ledger_bytes)
    # One file for both: the ledgers for latency are the first of those for throughput.
    closed = [Ledger.from_xdr(network.close_ledger()) for _ in range(max(ledgers, latency_ledgers))]
    return _workload(folder, name, network_of("simulated", None), closed[:ledgers], closed[:latency_ledgers])


def _pubnet(folder: Path) -> list[Workload]:
    ledgers = pubnet_ledgers()
    return [_workload(folder, "pubnet", network_of("pubnet", None), ledgers, ledgers)] if ledgers else []


def pubnet_ledgers() -> list[Ledger]:
    """Those in the folder that LEDGERSTREAM_LEDGERS names, ascending; none without it."""
    ledgers_folder = os.environ.get("LEDGERSTREAM_LEDGERS")
    if ledgers_folder is None or not (Path(ledgers_folder) / "lake-pubnet").is_dir():
        _progress.print("pubnet ledgers are left out: LEDGERSTREAM_LEDGERS names no folder that has a lake-pubnet")
        return []
    source = LakeSource(str(Path(ledgers_folder) / "lake-pubnet"), network=network_of("pubnet", None))
    with closing(source):
        return [ledger for ledger in source.ledgers(source.earliest(), source.latest()) if ledger is not None]


def _workload(
    folder: Path, name: str, network: Network, ledgers: list[Ledger], latency_ledgers: list[Ledger]
) -> Workload:
    stream = folder / f"{name.replace(' ', '-')}.xdr"
    with stream.open("wb") as file:
        for ledger in ledgers:
            write_record(file, ledger.xdr)
    return Workload(name, network, ledgers, latency_ledgers, stream)


def machine(place: Place) -> str:
    """What the figures were measured on."""
    row = place.connection.execute("select current_setting('server_version')").fetchone()
    assert row is not None
    # A broker does not tell its version.
    kafka = "Kafka as named" if _named_servers() else f"Kafka {KAFKA_VERSION} (embedded)"
    load = f"load before the run {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {load}, {python}, {kafka}, PostgreSQL {row[0]}"


if __name__ == "__main__":
    typer.run(main)
