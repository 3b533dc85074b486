"""The producer's loop: what the topic does not have yet, from the source, in order."""

from collections.abc import Callable, Iterator

import structlog

from producer.errors import ChainBroken, LedgerAbsent, SourceError, WouldSkip
from producer.publisher import Publisher, Tail
from producer.sources import LedgerSource
from producer.watch import ResetWatch
from schemas.errors import LedgerRefused
from schemas.ledger import Ledger

EARLIEST = "earliest"
LATEST = "latest"
END = "end"

log = structlog.get_logger(__name__)


def produce(
    source: LedgerSource,
    publisher: Publisher,
    watch: ResetWatch,
    *,
    first: int | str,
    last: int | str | None,
    stop: Callable[[], bool],
    timeout_seconds: float,
) -> bool:
    """Publish from the topic's tail on (an empty topic: from `first`) to `last`; whether all of it is there.

    `first` is a sequence, `earliest` or `latest`; `last` a sequence, `end` (what the source has now) or None (for
    ever). False when `stop` came before `last`; an unbounded run is through whenever it is stopped.

    Raises:
        ProducerError: one of its kinds.
        ContractError: the topic or the broker can't be used.
    """
    bound = _resolve_last(source, last)
    watch.look(publisher.look(timeout_seconds))  # who has no business here must not fence who has
    tail = publisher.open(timeout_seconds)
    watch.look(tail)
    next_sequence = _next_sequence(tail, first, source)
    _check_within(publisher, first, next_sequence, bound, timeout_seconds)
    if _reached(tail, bound):
        log.info("nothing to do: the topic is there already", topic=publisher.topic, last=bound)
        return True
    log.info("producing", topic=publisher.topic, ledger=next_sequence, last=last)
    try:
        _publish(source.ledgers(next_sequence, bound), publisher, watch, stop)
    except (SourceError, ChainBroken, LedgerRefused):
        publisher.commit()  # what came before is right, and the next start would come no further
        raise
    return _through(publisher.tail, last, bound, stopped=stop())


def _publish(
    ledgers: Iterator[Ledger | None], publisher: Publisher, watch: ResetWatch, stop: Callable[[], bool]
) -> None:
    for ledger in ledgers:
        if stop():
            break
        if ledger is None:
            publisher.commit()
            watch.look(publisher.tail)
        else:
            publisher.publish(ledger)
    publisher.commit()


def _check_within(
    publisher: Publisher, first: int | str, next_sequence: int | None, bound: int | None, timeout_seconds: float
) -> None:
    """A bounded run is through only when the topic holds all of it: nothing can be put before its first ledger."""
    if bound is None:
        return
    begins = publisher.first(timeout_seconds) or next_sequence
    asked = first if isinstance(first, int) else bound
    if begins is not None and begins > asked:
        raise WouldSkip(
            f"topic {publisher.topic} begins, or would begin, at ledger {begins}: ledger {asked} can't be put before "
            f"it; publish what is missing to a segment: ledgerstream produce --first {asked} --last {begins - 1} "
            "--segment"
        )


def _resolve_last(source: LedgerSource, last: int | str | None) -> int | None:
    if last != END or source.ends:
        return last if isinstance(last, int) else None
    latest = source.latest()
    if latest is None:
        raise SourceError("this source has no end that can be known: name the last ledger with --last N")
    return latest


def _next_sequence(tail: Tail | None, first: int | str, source: LedgerSource) -> int | None:
    if tail is None:
        return _resolve_first(first, source)
    if isinstance(first, int) and first > tail.sequence + 1:
        raise WouldSkip(
            f"--first {first} would leave ledgers {tail.sequence + 1}–{first - 1} out of the topic, which ends at "
            f"{tail.sequence}: leave --first out to go on there, or publish a range to a segment with --first, --last "
            "and --segment"
        )
    return tail.sequence + 1


def _resolve_first(first: int | str, source: LedgerSource) -> int | None:
    if first == EARLIEST:
        return source.earliest()
    if first == LATEST:
        return source.latest()
    assert isinstance(first, int)
    return first


def _reached(tail: Tail | None, bound: int | None) -> bool:
    return bound is not None and tail is not None and tail.sequence >= bound


def _through(tail: Tail | None, last: int | str | None, bound: int | None, *, stopped: bool) -> bool:
    if _reached(tail, bound):
        return True
    if stopped:
        return last is None
    if last == END:  # of a source that has one, and was read to it
        return True
    reached = f"after ledger {tail.sequence}" if tail else "without a ledger"
    asked = f"before the last one asked for, {bound}" if bound else "though no end was asked for (--last end)"
    raise LedgerAbsent(f"the source ended {reached}, {asked}")
