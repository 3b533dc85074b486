"""What is measured: throughput and memory of the two commands, and the latency from publish to commit."""

import random
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from benchmarks.commands import PATIENCE_SECONDS, Command, LiveConsumer, Place
from producer.publisher import Publisher
from producer.topics import ensure_topic
from schemas.ledger import Ledger
from schemas.network import Network

_PAUSE_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class Workload:
    """Ledgers that are there before anything is measured, in memory and, framed, in a file."""

    name: str
    network: Network
    ledgers: list[Ledger]
    latency_ledgers: list[Ledger]
    stream: Path

    @property
    def megabytes_per_ledger(self) -> float:
        """Of XDR, on average."""
        return sum(len(ledger.xdr) for ledger in self.ledgers) / len(self.ledgers) / 1e6


@dataclass(frozen=True, slots=True)
class Pass:
    """Ledgers that went through one process."""

    startup_seconds: float
    ledgers_per_second: float
    megabytes_per_second: float
    peak_bytes: int | None


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one ledger: what `publish` and `commit` took, then the way to the notification of its commit in Postgres."""

    producer_seconds: float
    consumer_seconds: float

    @property
    def seconds(self) -> float:
        return self.producer_seconds + self.consumer_seconds


@dataclass(frozen=True, slots=True)
class Repetition:
    """Everything that one repetition says about one workload."""

    produced: Pass
    consumed: Pass
    latencies: list[Latency]


def measure(place: Place, workload: Workload) -> Repetition:
    """One repetition, on new topics and for new subscribers."""
    topic = _new_topic(place)
    produced = _produce(place, workload, topic)
    consumed = _consume(place, workload, topic)
    return Repetition(produced, consumed, _latencies(place, workload))


def _new_topic(place: Place) -> str:
    topic = f"benchmark.{uuid.uuid4().hex[:12]}"
    ensure_topic(place.kafka, topic, replication_factor=-1, timeout_seconds=PATIENCE_SECONDS)
    return topic


def _produce(place: Place, workload: Workload, topic: str) -> Pass:
    """From the moment when the command has opened its topic to the commit of the last ledger, by its own log."""
    arguments = ("produce", "--source", "stream", "--url", str(workload.stream), "--last", "end")
    command = Command(place, workload.network, topic, *arguments)
    try:
        command.finish()
    finally:
        command.kill()
    [began_at], ended_at = command.times_of("producing"), command.times_of("published")[-1]
    return _passed(workload.ledgers, began_at - command.started_at, ended_at - began_at, command.peak_bytes())


def _consume(place: Place, workload: Workload, topic: str) -> Pass:
    """From the commit of the first ledger, which ends the start-up, to that of the last."""
    first, *others = workload.ledgers
    with LiveConsumer.running(place, workload.network, topic) as consumer:
        started_at = time.perf_counter()
        began_at, ended_at = (consumer.wait_for(ledger.sequence) for ledger in (first, others[-1]))
        peak_bytes = consumer.command.peak_bytes()
    return _passed(others, began_at - started_at, ended_at - began_at, peak_bytes)


def _passed(ledgers: list[Ledger], startup_seconds: float, seconds: float, peak_bytes: int | None) -> Pass:
    megabytes = sum(len(ledger.xdr) for ledger in ledgers) / 1e6
    return Pass(startup_seconds, len(ledgers) / seconds, megabytes / seconds, peak_bytes)


def _latencies(place: Place, workload: Workload) -> list[Latency]:
    """At the tip: each ledger is published when the one before is committed and everything is quiet again."""
    first, *others = workload.latency_ledgers
    topic = _new_topic(place)
    publisher = Publisher(place.kafka, topic, workload.network)
    publisher.open(PATIENCE_SECONDS)
    _publish(publisher, first)
    with LiveConsumer.running(place, workload.network, topic) as consumer:
        consumer.wait_for(first.sequence)
        latencies = [latency(publisher, consumer, ledger) for ledger in others]
    publisher.close()
    return latencies


def latency(
    publisher: Publisher, consumer: LiveConsumer, ledger: Ledger, pause_seconds: float = _PAUSE_SECONDS
) -> Latency:
    """Of a ledger that is published now, to a consumer that has committed the one before."""
    # Of varying length, so as not to keep step with the consumer's fetches.
    time.sleep(pause_seconds * random.uniform(0.5, 1.5))
    began_at = time.perf_counter()
    _publish(publisher, ledger)
    published_at = time.perf_counter()
    return Latency(published_at - began_at, consumer.wait_for(ledger.sequence) - published_at)


def _publish(publisher: Publisher, ledger: Ledger) -> None:
    publisher.publish(ledger)
    publisher.commit()
