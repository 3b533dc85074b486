"""Follows the live topic, and goes through segments where the live topic does not hold the next ledger."""

from collections.abc import Iterator

import structlog

from consumer.errors import LedgerMissing
from consumer.reader import ALL_READ, AT_ONCE, TopicReader
from consumer.topics import Topics, remedy
from schemas.log import Entry
from schemas.ranges import Range

log = structlog.get_logger(__name__)


def follow(reader: TopicReader, topics: Topics, first: int) -> Iterator[Entry | None]:
    """The entry of ledger `first`, then of each next one, for ever; None for "nothing yet".

    From the live topic; else from a segment; else from wherever in the live topic it may stand, before it is called
    missing. Ledgers below the next one come too, whenever the live topic has them again.

    Raises:
        LedgerMissing: no topic has the next ledger, and the live topic goes on without it.
        TopicAbsent: the live topic is gone.
        BrokerUnreachable: no answer for longer than the time-out.
    """
    ways = AT_ONCE
    while True:
        began, missing = first, Range(first, first)
        try:
            for entry in reader.follow(first, ways=ways):
                first = _next(first, entry)
                yield entry
        except LedgerMissing as error:
            if ways is ALL_READ and first == began and error.missing is not None:
                raise _explained(error, error.missing, topics) from error
            missing = error.missing or Range(first, first)
        log.warning("the next ledger is not where it should be in the live topic", topic=reader.topic, ledger=first)
        reader.rest()
        yield None
        for entry in topics.read_segments(missing):
            first = _next(first, entry)
            yield entry
        topics.close()
        ways = ALL_READ if first == missing.first else AT_ONCE


def _next(wanted: int, entry: Entry | None) -> int:
    return wanted + 1 if entry is not None and entry.record.sequence == wanted else wanted


def _explained(error: LedgerMissing, missing: Range, topics: Topics) -> LedgerMissing:
    lacking = topics.lacking(missing)
    return LedgerMissing(f"{error}; {remedy(lacking)}", lacking)
