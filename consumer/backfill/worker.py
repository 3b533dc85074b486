"""A worker process: the batches that it is handed, one after the other, from the topics into the database."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from types import FrameType

from consumer.backfill.grid import Batch
from consumer.backfill.store import BatchStore
from consumer.decode.entry import decoded
from consumer.errors import ConsumerError, OtherLedgers, PartitionsBlocked, RowsDisagree, StreamUnusable
from consumer.tables import LedgerRows
from consumer.topics import Topics
from schemas.errors import BrokerUnreachable, ContractError, TopicUnusable
from schemas.log import Entry
from schemas.network import Network

FLUSH_BYTES = 8 * 1024 * 1024
"""Of XDR: what a flush may hold, and so a worker's memory, however large its batch is. One ledger may be more."""

FLUSH_SECONDS = 2.0
"""How old the first ledger of a flush may grow: what a crash makes us do again."""

_PARENT_GONE = 1


@dataclass(frozen=True, slots=True)
class Task:
    """What every worker of a run needs to know."""

    database_url: str
    schema: str
    kafka: Mapping[str, str]
    topic: str
    network: Network
    timeout_seconds: float
    session_pooling: bool = False
    nice: int = 0
    initialise: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has its session: the database knows it by this process id."""

    session: int


@dataclass(frozen=True, slots=True)
class Flushed:
    """So many ledgers more are committed."""

    ledgers: int


@dataclass(frozen=True, slots=True)
class Filled:
    """The batch is through: everything that was asked for is there."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody else has claimed the batch."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The batch is not filled; with an error that is not of a batch, the worker ends."""

    error: Exception


def is_of_a_batch(error: Exception) -> bool:
    """Whether it ends a batch alone: the worker can go on with another one."""
    kinds = (StreamUnusable, OtherLedgers, RowsDisagree, PartitionsBlocked, TopicUnusable)
    return isinstance(error, kinds) and not isinstance(error, BrokerUnreachable)


Word = Ready | Flushed | Filled | Taken | Failed


class Stopped(Exception):
    """The worker was asked to stop: what it had not flushed is not written."""


def work(task: Task, generation: int, pipe: Connection) -> None:
    """Take batches from the pipe, until it is closed or SIGTERM comes; tell there how each went.

    They were cut from what the subscriber was in `generation`, and are filled in no other.
    """
    stop = _Stop()
    task.initialise()
    if hasattr(os, "nice"):
        os.nice(task.nice)
    try:
        with closing(_opened(task, generation)) as store, closing(_topics(task, store)) as topics:
            pipe.send(Ready(store.process_id()))
            for batch in _batches(pipe, store, stop):
                pipe.send(_outcome(task, store, topics, batch, stop, pipe))
    except Stopped:
        return
    except (ConsumerError, ContractError) as error:
        pipe.send(Failed(error))


def _opened(task: Task, generation: int) -> BatchStore:
    return BatchStore.open(
        task.database_url,
        task.schema,
        task.network,
        timeout_seconds=task.timeout_seconds,
        session_pooling=task.session_pooling,
        generation=generation,
    )


def _topics(task: Task, store: BatchStore) -> Topics:
    return Topics(task.kafka, task.topic, task.network, timeout_seconds=task.timeout_seconds, waiting=store.beat)


def _batches(pipe: Connection, store: BatchStore, stop: Callable[[], bool]) -> Iterator[Batch]:
    while not stop():
        store.beat()
        if pipe.poll(0.2):
            try:
                yield pipe.recv()
            except EOFError:
                return


def _outcome(
    task: Task, store: BatchStore, topics: Topics, batch: Batch, stop: Callable[[], bool], pipe: Connection
) -> Word:
    if not store.claim(batch.cell):
        return Taken()
    try:
        fill(store, topics, task.network, batch, stop=stop, flushed=lambda ledgers: pipe.send(Flushed(ledgers)))
    except (ConsumerError, ContractError) as error:
        if not is_of_a_batch(error):
            raise
        store.release(batch.cell)
        return Failed(error)
    store.release(batch.cell)
    return Filled()


def fill(
    store: BatchStore,
    topics: Topics,
    network: Network,
    batch: Batch,
    *,
    stop: Callable[[], bool],
    flushed: Callable[[int], None],
) -> None:
    """Fill a claimed batch: what is missing in it now, in flushes, the last of which moves `oldest`.

    Raises:
        Stopped: `stop` came first.
        ConsumerError: one of its kinds.
        TopicUnusable: a topic can't be read.
    """
    flush = _Flush()
    for entry in _missing_entries(store, topics, batch):
        if stop():
            raise Stopped
        store.beat()
        if entry is None:
            continue
        if flush.full():
            flushed(store.flush(flush.taken(), final=False))
        flush.add(decoded(entry, network, store.tables), entry)
    # The newest ledger of a batch is always in this one: `oldest` never stands right above a ledger that is there.
    flushed(store.flush(flush.taken(), final=True))


def _missing_entries(store: BatchStore, topics: Topics, batch: Batch) -> Iterator[Entry | None]:
    for part in batch.parts:
        for each in store.missing(part):
            yield from topics.read(each)


class _Flush:
    """The ledgers that are to be committed next."""

    def __init__(self) -> None:
        self._ledgers: list[LedgerRows] = []
        self._bytes = 0
        self._began = 0.0

    def add(self, rows: LedgerRows, entry: Entry) -> None:
        if not self._ledgers:
            self._began = time.monotonic()
        self._ledgers.append(rows)
        self._bytes += entry.record.uncompressed_length

    def full(self) -> bool:
        """A flush of nothing is never full."""
        if not self._ledgers:
            return False
        return self._bytes >= FLUSH_BYTES or time.monotonic() - self._began >= FLUSH_SECONDS

    def taken(self) -> list[LedgerRows]:
        ledgers, self._ledgers, self._bytes = self._ledgers, [], 0
        return ledgers


class _Stop:
    """Whether the worker was asked to stop. When its parent is gone, it ends at once, whatever it does."""

    def __init__(self) -> None:
        self._asked = False
        signal.signal(signal.SIGTERM, self._ask)
        threading.Thread(target=_end_with_parent, daemon=True).start()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    def __call__(self) -> bool:
        return self._asked


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(_PARENT_GONE)
