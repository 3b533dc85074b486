"""What a worker does with a batch, in this process: each claim that another layer would mask in a whole run."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from multiprocessing import Pipe

import pytest

from consumer.backfill import worker
from consumer.backfill.grid import Batch
from consumer.backfill.store import BatchStore
from consumer.backfill.worker import Failed, Filled, Stopped, Task, Word, fill
from consumer.database import Connection, connect
from consumer.store import Store
from consumer.tables import LedgerRows
from consumer.topics import Topics
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.ranges import Range
from tests.support.topics import append_ledgers, make_topic

LIVE_FIRST = 22
CELL = 3
BATCH = Batch(CELL, (Range(12, 21),))

Opened = Callable[[], BatchStore]
Lay = Callable[[int, int], Topics]


@pytest.fixture
def opened(database_url: str, subscriber: str, network: Network) -> Iterator[Opened]:
    """Opens workers' sessions, for a subscriber that begins at ledger 22."""
    with closing(Store.open(database_url, subscriber, network, tables={"transactions"}, timeout_seconds=10)) as store:
        store.begin_at(LIVE_FIRST)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            closing(BatchStore.open(database_url, subscriber, network, timeout_seconds=10))
        )


@pytest.fixture
def lay(kafka: dict[str, str], topic: str, network: Network, ledgers: list[Ledger]) -> Iterator[Lay]:
    """Makes a topic of the ledgers from one to another."""
    with closing(Topics(kafka, topic, network, timeout_seconds=15)) as topics:

        def lay(first: int, last: int) -> Topics:
            make_topic(kafka, topic)
            append_ledgers(kafka, topic, ledgers[first - 2 : last - 1], network)
            return topics

        yield lay


def filled(store: BatchStore, topics: Topics, network: Network) -> list[int]:
    """How many ledgers each flush has written."""
    flushes: list[int] = []
    fill(store, topics, network, BATCH, stop=lambda: False, flushed=flushes.append)
    return flushes


def outcome(store: BatchStore, topics: Topics, network: Network, *, stop: Callable[[], bool] = lambda: False) -> Word:
    """What a worker tells of a batch."""
    _, pipe = Pipe()
    return worker._outcome(Task("", store.schema, {}, "", network, 10), store, topics, BATCH, stop, pipe)


def test_only_what_is_missing_is_read(opened: Opened, lay: Lay, network: Network) -> None:
    """What somebody has filled since the batch was cut is asked of no topic."""
    store, topics = opened(), lay(2, 21)
    assert filled(store, topics, network) == [10]
    with closing(Topics({"bootstrap.servers": "127.0.0.1:1"}, "nowhere", network, timeout_seconds=1)) as nowhere:
        assert filled(store, nowhere, network) == [0]


def test_the_claim_is_held_while_it_is_filled(opened: Opened, lay: Lay, network: Network) -> None:
    """No other session has the cell before all of the batch is there, and any has it then."""
    store, other, topics = opened(), opened(), lay(2, 21)
    claimed: list[bool] = []

    def claim() -> bool:
        claimed.append(other.claim(CELL))
        return False

    assert isinstance(outcome(store, topics, network, stop=claim), Filled)
    assert set(claimed) == {False}
    assert other.claim(CELL)


def test_a_batch_that_fails_is_let_go(opened: Opened, lay: Lay, network: Network) -> None:
    """Another run may try it while this one goes on with others."""
    store, other, topics = opened(), opened(), lay(2, 16)
    assert isinstance(outcome(store, topics, network), Failed)
    assert other.claim(CELL)


def test_a_stop_within_a_batch(opened: Opened, lay: Lay, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends at the next ledger; what was flushed is there, the rest is not."""
    store, topics = opened(), lay(2, 21)
    monkeypatch.setattr(worker, "FLUSH_BYTES", 1)
    flushes: list[int] = []
    with pytest.raises(Stopped):
        fill(store, topics, network, BATCH, stop=lambda: len(flushes) == 3, flushed=flushes.append)
    assert flushes == [1, 1, 1]
    assert store.missing(BATCH.parts[0]) == [Range(15, 21)]


def test_a_stop_between_batches(opened: Opened) -> None:
    """A worker that was asked to stop takes no other batch."""
    parent, pipe = Pipe()
    parent.send(BATCH)
    assert list(worker._batches(pipe, opened(), lambda: True)) == []


@pytest.mark.parametrize(
    ("settings", "flushes"),
    [({}, [10]), ({"FLUSH_BYTES": 1}, [1] * 10), ({"FLUSH_SECONDS": 0.0}, [1] * 10)],
    ids=["neither", "many bytes", "old"],
)
def test_a_flush_is_bounded(
    settings: dict[str, float],
    flushes: list[int],
    opened: Opened,
    lay: Lay,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By its bytes, and by the age of its first ledger; what is flushed is forgotten."""
    store, topics = opened(), lay(2, 21)
    monkeypatch.setattr(worker, "FLUSH_SECONDS", 60.0)
    for name, value in settings.items():
        monkeypatch.setattr(worker, name, value)
    sizes: list[int] = []
    flush = store.flush

    def measured(ledgers: Sequence[LedgerRows], *, final: bool) -> int:
        sizes.append(len(ledgers))
        return flush(ledgers, final=final)

    monkeypatch.setattr(store, "flush", measured)
    assert filled(store, topics, network) == flushes == sizes
    assert store.missing(BATCH.parts[0]) == []


def test_a_flush_tells_no_listener(opened: Opened, lay: Lay, network: Network, database_url: str) -> None:
    """Only live notifies: a listener hears of the stream, in order, and a full queue stops no backfill."""
    store, topics = opened(), lay(2, 21)
    with connect(database_url, application_name="test", timeout_seconds=10) as listener:
        listener.execute(f"listen ledgerstream_{store.schema}".encode())
        filled(store, topics, network)
        store.make_durable()
        assert list(listener.notifies(timeout=0.5)) == []


def test_the_last_flush_moves_oldest(opened: Opened, lay: Lay, network: Network, database: Connection) -> None:
    """Also one that has nothing to write, because somebody else has filled the batch."""
    store, topics = opened(), lay(2, 21)
    oldest = f"select oldest from {store.schema}.backfill".encode()
    filled(store, topics, network)
    assert database.execute(oldest).fetchone() == (12,)
    database.execute(f"update {store.schema}.backfill set oldest = {LIVE_FIRST}".encode())
    assert filled(store, topics, network) == [0]
    assert database.execute(oldest).fetchone() == (12,)


def test_a_worker_shows_life(opened: Opened, lay: Lay, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every ledger of a batch, and while it waits for one: else it would be taken for one that stands still."""
    store, topics = opened(), lay(2, 21)
    beats: list[None] = []
    monkeypatch.setattr(store, "beat", lambda: beats.append(None))
    filled(store, topics, network)
    assert len(beats) >= len(BATCH)
    parent, pipe = Pipe()
    before = len(beats)
    list(worker._batches(pipe, store, iter((False, False, True)).__next__))
    parent.close()
    assert len(beats) == before + 2
