"""The consumer's loop: the next ledger from the topic into the subscriber's schema, each in one transaction."""

from collections.abc import Callable

import structlog

from consumer.beginning import END, begun, resolve_last, topic_there
from consumer.decode.entry import decoded
from consumer.errors import ChainBroken, OtherLedgers
from consumer.following import follow
from consumer.reader import TopicReader
from consumer.store import Store
from consumer.topics import Topics
from schemas.log import Entry
from schemas.network import Network
from schemas.record import LedgerRecord

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
    `first` is a sequence, or of the topic `earliest`, `latest` or `next`, the one after the latest; `last` a sequence,
    `end` (what the topic holds now) or None (for ever). False when `stop` came before `last`; an unbounded run is
    through whenever it is stopped.

    Raises:
        ConsumerError: one of its kinds.
        ContractError: the topic or the broker can't be used.
    """
    if not topic_there(store, reader, last, stop):
        return last is None
    bound = resolve_last(reader, last)
    if last == END and _reached(store, bound):
        _check_history(store, reader)  # an end that is there already may be another network's
    if not begun(store, reader, first, bound, stop):
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


def _reached(store: Store, bound: int | None) -> bool:
    return bound is not None and store.cursor.latest is not None and store.cursor.latest >= bound


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
