"""Ranges of ledgers, each published to a segment of its own beside the live topic."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing

import structlog

from producer.produce import produce
from producer.publisher import Publisher
from producer.sources import LedgerSource
from producer.topics import ensure_topic
from producer.watch import ResetWatch
from schemas.network import Network
from schemas.ranges import Range
from schemas.topic import segment_of

log = structlog.get_logger(__name__)


def produce_segments(
    source: LedgerSource,
    ranges: Iterable[Range],
    kafka: Mapping[str, str],
    topic: str,
    network: Network,
    *,
    replication_factor: int,
    stop: Callable[[], bool],
    timeout_seconds: float,
) -> bool:
    """Publish each range to its segment of the live topic, one after the other; whether all of it is there.

    A segment that is half there goes on where it ends, and one that is whole is left as it is: they can be asked for
    again. False when `stop` came before the end of the last one.

    Raises:
        ProducerError: one of its kinds.
        ContractError: a topic or the broker can't be used.
    """
    for ledgers in ranges:
        if stop():
            return False
        segment = segment_of(topic, ledgers)
        ensure_topic(kafka, segment, replication_factor=replication_factor, timeout_seconds=timeout_seconds)
        with closing(Publisher(kafka, segment, network)) as publisher:
            through = produce(
                source,
                publisher,
                ResetWatch(source, segment, network.name),
                first=ledgers.first,
                last=ledgers.last,
                stop=stop,
                timeout_seconds=timeout_seconds,
            )
        if not through:
            return False
        log.info("the segment is whole", topic=segment, first=ledgers.first, last=ledgers.last)
    return True
