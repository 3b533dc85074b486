"""Where a subscriber begins: the topic is there, and its first ledger recorded, before the first is committed."""

import time
from collections.abc import Callable

import structlog

from consumer.errors import LedgerMissing, OtherFirst
from consumer.reader import TopicReader
from consumer.store import Store
from schemas.errors import TopicAbsent

EARLIEST = "earliest"
LATEST = "latest"
NEXT = "next"
END = "end"

_WAIT_SECONDS = 1.0
_LOOKS_UNTIL_ABSENT = 2  # one broker of several may not have heard of it yet

log = structlog.get_logger(__name__)


def topic_there(store: Store, reader: TopicReader, last: int | str | None, stop: Callable[[], bool]) -> bool:
    """Wait for the broker, and for a topic that is still to be made; False when stopped."""
    told = False
    looks_absent = 0
    while not (there := reader.topic_exists()):
        looks_absent = looks_absent + 1 if there is False else 0
        if looks_absent >= _LOOKS_UNTIL_ABSENT:
            _check_may_be_absent(store, reader, last)
        if there is False and not told:
            told = True
            log.info("waiting for the topic to be made", topic=reader.topic)
        if stop():
            return False
        store.beat()
        time.sleep(_WAIT_SECONDS)
    return True


def _check_may_be_absent(store: Store, reader: TopicReader, last: int | str | None) -> None:
    """A topic that was read before, or whose end is asked for, is not waited for."""
    if store.cursor.latest is not None:
        raise TopicAbsent(
            f"there is no topic {reader.topic} (any more); subscriber {store.schema} is at ledger "
            f"{store.cursor.latest}: ledgerstream produce --first {store.cursor.next} makes it again"
        )
    if last == END:
        raise TopicAbsent(_nothing_to_end_at(reader))


def resolve_last(reader: TopicReader, last: int | str | None) -> int | None:
    """The ledger to end at; None for never."""
    if last != END:
        return last if isinstance(last, int) else None
    latest = reader.latest()
    if latest is None:
        reader.earliest()  # counts what is there instead
        raise LedgerMissing(_nothing_to_end_at(reader))
    return latest


def _nothing_to_end_at(reader: TopicReader) -> str:
    return (
        f"topic {reader.topic} holds no ledger of this network, so it has no end yet (passed over: "
        f"{reader.what_was_passed_over()}): ledgerstream produce fills it; is --network or --topic right?"
    )


def begun(store: Store, reader: TopicReader, first: int | str, bound: int | None, stop: Callable[[], bool]) -> bool:
    """See to it that it is recorded where live begins, waiting for a topic that is still empty; False when stopped."""
    if store.cursor.live_first is not None:
        _check_first(store, first, store.cursor.live_first)
        _check_within(store, store.cursor.live_first, bound)
        return True
    told = ""
    while (live_first := _resolved(reader, first)) is None:
        if stop():
            return False
        if (passed_over := reader.what_was_passed_over()) != told:
            told = passed_over
            tell = log.info if passed_over == "nothing" else log.warning
            tell("waiting for the topic's first ledger", topic=reader.topic, passed_over=passed_over)
        store.beat()
        time.sleep(_WAIT_SECONDS)
    _check_within(store, live_first, bound)
    store.begin_at(live_first)
    return True


def _check_within(store: Store, live_first: int, bound: int | None) -> None:
    """A bounded run is through only when all up to its bound is there, and live never goes below its first ledger."""
    if bound is not None and bound < live_first:
        raise OtherFirst(
            f"the last ledger asked for, {bound}, lies below {live_first}, where subscriber {store.schema} begins"
        )


def _check_first(store: Store, first: int | str, live_first: int) -> None:
    if isinstance(first, int) and first != live_first:
        raise OtherFirst(
            f"subscriber {store.schema} began at ledger {live_first}, not at {first}: leave --first out to go on at "
            f"{store.cursor.next}, or reset the subscriber to begin elsewhere"
        )
    log.info("going on at the cursor", subscriber=store.schema, ledger=store.cursor.next, first_ignored=first)


def _resolved(reader: TopicReader, first: int | str) -> int | None:
    if first == EARLIEST:
        return reader.earliest()
    if first in (LATEST, NEXT):
        latest = reader.latest()
        return latest + 1 if latest is not None and first == NEXT else latest
    assert isinstance(first, int)
    return first
