"""The consumer's loop: the next ledger from the topic into the subscriber's schema, each in one transaction."""

import time
from collections.abc import Callable

import structlog

from consumer.decode.entry import decoded
from consumer.errors import ChainBroken, LedgerMissing, OtherFirst, OtherLedgers
from consumer.following import follow
from consumer.reader import TopicReader
from consumer.store import Store
from consumer.topics import Topics
from schemas.errors import TopicAbsent
from schemas.log import Entry
from schemas.network import Network
from schemas.record import LedgerRecord

EARLIEST = "earliest"
LATEST = "latest"
END = "end"

_WAIT_SECONDS = 1.0
_LAST_OFFSETS = 32

log = structlog.get_logger(__name__)


def consume(
    store: Store,
    reader: TopicReader,
    topics: Topics,
    network: Network,
    *,
    first: int | str,
    last: int | str | None,
    stop: Callable[[], bool],
) -> bool:
    """Commit ledgers from the cursor on (at the first start: from `first`) to `last`; whether all of it is there.

    They come from the live topic, which `reader` reads; those that it does not hold from the segments among `topics`.
    `first` is a sequence, `earliest` or `latest` of the topic; `last` a sequence, `end` (what the topic holds now) or
    None (for ever). False when `stop` came before `last`; an unbounded run is through whenever it is stopped.

    Raises:
        ConsumerError: one of its kinds.
        ContractError: the topic or the broker can't be used.
    """
    if not _topic_there(store, reader, last, stop):
        return last is None
    bound = _resolve_last(reader, last)
    if not _begun(store, reader, first, bound, stop):
        return last is None
    assert store.cursor.next is not None
    for entry in follow(reader, topics, store.cursor.next):
        if _reached(store, bound):
            return True
        if stop():
            return last is None
        if entry is None:
            store.beat()
        else:
            _process(store, reader, network, entry)
            if _reached(store, bound):
                return True
    raise AssertionError("the topic never ends")  # pragma: no cover


def _topic_there(store: Store, reader: TopicReader, last: int | str | None, stop: Callable[[], bool]) -> bool:
    """Wait for the broker, and for a topic that is still to be made; False when stopped."""
    told = False
    while not (there := reader.topic_exists()):
        if there is False:
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


def _resolve_last(reader: TopicReader, last: int | str | None) -> int | None:
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


def _reached(store: Store, bound: int | None) -> bool:
    return bound is not None and store.cursor.latest is not None and store.cursor.latest >= bound


def _begun(store: Store, reader: TopicReader, first: int | str, bound: int | None, stop: Callable[[], bool]) -> bool:
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
    if first == LATEST:
        return reader.latest()
    assert isinstance(first, int)
    return first


def _process(store: Store, reader: TopicReader, network: Network, entry: Entry) -> None:
    if entry.record.sequence != store.cursor.next:
        _compare(store, reader, entry)
        return
    _check_chain(store, reader, entry)
    rows = decoded(entry, network, store.tables)
    store.write(rows)
    reader.store_hint(entry)
    log.info("committed", ledger=rows.sequence, closed_at=entry.record.closed_at.isoformat())


def _compare(store: Store, reader: TopicReader, entry: Entry) -> None:
    """A ledger up to the cursor is there already: another hash is worth a person's look, not a stop."""
    record, stored = entry.record, store.hash_of(entry.record.sequence)
    if stored is not None and stored != record.hash:
        log.error(
            "the topic has another ledger than the database",
            ledger=record.sequence,
            offset=entry.offset,
            topic_hash=record.hash.hex(),
            database_hash=stored.hex(),
        )
        _check_history(store, reader)


def _check_history(store: Store, reader: TopicReader) -> None:
    """A topic of a network that was reset ends below the cursor, and what comes next in it would take years to come.

    One ledger of ours among the last ones is enough to be the right topic; beyond the cursor the chain decides.
    """
    if (record := _another_ledger(store, reader.newest(_LAST_OFFSETS))) is not None:
        raise OtherLedgers(
            f"topic {reader.topic} ends with ledger {record.sequence} with the hash {record.hash.hex()}, which is not "
            f"that of subscriber {store.schema}: one of them is of another network, or of one before its reset. Name "
            "the right --topic or --subscriber; after a reset of the network, a new topic and ledgerstream reset "
            f"--subscriber {store.schema}"
        )


def _another_ledger(store: Store, entries: list[Entry]) -> LedgerRecord | None:
    """The last of these ledgers, if the database holds other ones in the place of all that it holds of them."""
    held = [(entry.record, store.hash_of(entry.record.sequence)) for entry in entries]
    if any(stored == record.hash or record.sequence >= (store.cursor.next or 0) for record, stored in held):
        return None
    return next((record for record, stored in reversed(held) if stored is not None), None)


def _check_chain(store: Store, reader: TopicReader, entry: Entry) -> None:
    record, before = entry.record, store.cursor.latest_hash
    if before is None or record.previous_hash == before:
        return
    remedy = f"Drop it (ledgerstream topics --drop {entry.topic}) and publish the right ledgers as this segment"
    if entry.topic == reader.topic:
        remedy = (
            "Name the right --topic or --subscriber; after a reset of the network: ledgerstream reset --subscriber "
            f"{store.schema}"
        )
    raise ChainBroken(
        f"ledger {record.sequence} at offset {entry.offset} of topic {entry.topic} names "
        f"{record.previous_hash.hex()} as the hash of ledger {record.sequence - 1}, the database holds "
        f"{before.hex()}: one of them is of another network, or of one before its reset. {remedy}"
    )
