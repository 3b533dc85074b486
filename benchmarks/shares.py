"""Where a worker's time goes."""

import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import closing

from benchmarks.commands import PATIENCE_SECONDS, Place
from benchmarks.filling import History, plan_of, subscriber_of
from consumer.backfill.grid import batches
from consumer.backfill.store import BatchStore
from consumer.backfill.worker import Task, fill
from consumer.decode.entry import decoded
from consumer.tables import LedgerRows, Row, Table
from consumer.topics import Topics


class _TimedStore(BatchStore):
    """Knows how long its parts took."""

    seconds: dict[str, float]

    def _copy(self, table: Table, rows: list[Row]) -> None:
        began = time.perf_counter()
        super()._copy(table, rows)
        self.seconds["COPY"] += time.perf_counter() - began

    def flush(self, ledgers: Sequence[LedgerRows], *, final: bool) -> int:
        began, copied = time.perf_counter(), self.seconds["COPY"]
        written = super().flush(ledgers, final=final)
        self.seconds["commit and the rest of a flush"] += time.perf_counter() - began - (self.seconds["COPY"] - copied)
        return written


def shares(place: Place, history: History) -> dict[str, float]:
    """One worker's loop in this process, with a clock between its parts."""
    with subscriber_of(place, history) as subscriber:
        task = plan_of(place, history, subscriber, 1).task
        store = _TimedStore.open(task.database_url, subscriber, history.network, timeout_seconds=PATIENCE_SECONDS)
        topics = Topics(task.kafka, task.topic, history.network, timeout_seconds=PATIENCE_SECONDS)
        store.seconds = defaultdict(float)
        with closing(store), closing(topics):
            topics.all()
            began = time.perf_counter()
            for batch in batches([history.wanted], store.batch_ledgers):
                fill(store, topics, history.network, batch, stop=lambda: False, flushed=lambda _ledgers: None)
            whole = time.perf_counter() - began
            decoding = _decoding_seconds(task, store.tables, history)
    parts = {**store.seconds, "decompress, decode, rows": decoding}
    return {**parts, "Kafka and the rest": whole - sum(parts.values())}


def _decoding_seconds(task: Task, tables: Collection[str], history: History) -> float:
    """The same ledgers, decoded again from entries that are at hand."""
    spent = 0.0
    with closing(Topics(task.kafka, task.topic, history.network, timeout_seconds=PATIENCE_SECONDS)) as topics:
        for entry in topics.read(history.wanted):
            if entry is not None:
                began = time.perf_counter()
                decoded(entry, history.network, tables)
                spent += time.perf_counter() - began
    return spent
