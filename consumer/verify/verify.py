"""Proves a subscriber's ledgers, a chunk after the other: in bounded memory, beside live and backfill, reading only."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from consumer.database import Patience, connect
from consumer.tables import Table
from consumer.verify.again import Again, LedgersAgain
from consumer.verify.comparison import Adjoining, absent, broken_chain, gap_findings, other_counts, runs, wrong_cursors
from consumer.verify.findings import TOLD, Findings
from consumer.verify.held import Cursors, Held, Partition, led_by_something_else
from consumer.verify.snapshots import Snapshots
from schemas.ranges import Range

CHUNK = 500
"""Ledgers in a snapshot: of pubnet some five million rows to count, which takes a few seconds."""

CHUNK_TO_COMPARE = 50
"""Of pubnet, a few seconds of decoding."""

_HIGHEST = 2**31 - 2
"""The ids of what lies above do not fit in a bigint."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What was asked for: None is an open end, where rows beyond all ledgers are looked for, too."""

    first: int | None = None
    last: int | None = None

    @property
    def open(self) -> Range:
        """All ledgers that there can be within them."""
        return Range(self.first or 0, self.last or _HIGHEST)


@contextmanager
def snapshots_of(url: str, subscriber: str, *, timeout_seconds: float) -> Iterator[Snapshots]:
    """A session that reads only.

    Raises:
        DatabaseUnreachable: no session in time.
    """
    name = f"ledgerstream verify {subscriber}"
    with (
        connect(url, application_name=name, timeout_seconds=timeout_seconds) as connection,
        closing(Patience(connection, timeout_seconds)) as patience,
    ):
        yield Snapshots(connection, subscriber, patience)


class Verification:
    """One proof of the ledgers in `span`. `next` is the ledger to go on from: what lies below it is proved or told."""

    def __init__(
        self,
        snapshots: Snapshots,
        cursors: Cursors,
        span: Range,
        bounds: Bounds,
        *,
        tell: Callable[[str], None],
        stop: Callable[[], bool],
        advance: Callable[[int], None],
        topics: LedgersAgain | None = None,
    ) -> None:
        self.findings = Findings(tell)
        self.next = span.first
        self._snapshots = snapshots
        self._cursors = cursors
        self._span = span
        self._bounds = bounds
        self._stop = stop
        self._advance = advance
        self._again = None if topics is None else Again(snapshots, cursors, topics, self.findings, stop)
        self._gaps = Adjoining()
        self._chunk_ledgers = CHUNK if topics is None else CHUNK_TO_COMPARE
        tables = [table for table in cursors.tables if table.partitioned_by is not None]
        self._led_by_ledger = [table for table in tables if not led_by_something_else(table)]
        self._led_by_account = [table for table in tables if led_by_something_else(table)]

    def run(self) -> bool:
        """Whether it went through; False when it was stopped at `next`.

        Raises:
            NoSuchSubscriber: it was reset meanwhile.
            DatabaseLost: the session is gone.
            ContractError: with topics, these can't be read.
        """
        self._check_ends()
        through = all(self._check_cell(cell) for cell in self._cells())
        self._tell(self._gaps.end())
        if self._again is not None:
            self._again.end()
        return through

    def _check_ends(self) -> None:
        """The cursors, and rows beyond all ledgers: their ledgers in the same snapshot, because live goes on."""
        self.findings.add(wrong_cursors(self._snapshots.subscriber, self._cursors))
        for beyond in self._beyond():
            with self._snapshots.one():
                for table in self._led_by_ledger:
                    counted = self._snapshots.counted(table, beyond)
                    rows = self._snapshots.rows(table, beyond, at_most=TOLD + len(counted))
                    self.findings.add(other_counts(self._snapshots.subscriber, table, {}, _without(rows, counted)))

    def _beyond(self) -> Iterator[Range]:
        """What was asked for beyond the ledgers that are there."""
        asked = self._bounds.open
        if asked.first < self._span.first:
            yield Range(asked.first, self._span.first - 1)
        if self._span.last < asked.last:
            yield Range(self._span.last + 1, asked.last)

    def _cells(self) -> list[Range]:
        """The ledgers of each partition, as far as they are asked for: the span's, and others that may have rows."""
        width = self._cursors.partition_ledgers
        numbers = set(range(self._span.first // width, self._span.last // width + 1))
        with self._snapshots.one():
            for table in self._led_by_account:
                numbers |= {each.ledgers.first // width for each in self._snapshots.partitions(table) if each.blocks}
        cells = [
            Range(number * width, (number + 1) * width - 1).clipped(self._bounds.open) for number in sorted(numbers)
        ]
        return [cell for cell in cells if cell is not None]

    def _check_cell(self, cell: Range) -> bool:
        if not all(self._check_by_blocks(table, cell) for table in self._led_by_account):
            return False
        within = cell.clipped(self._span)
        while within is not None:
            if self._stop():
                return False
            chunk = self._check_chunk(within)
            if chunk is None:
                return False
            within = Range(chunk.last + 1, within.last) if chunk.last < within.last else None
        return True

    def _check_by_blocks(self, table: Table, cell: Range) -> bool:
        """The counts of a table whose key leads from accounts: all of a partition is read, in one snapshot."""
        with self._snapshots.one():
            partitions = self._snapshots.partitions(table)
            counted = self._snapshots.counted(table, cell)
            rows: Counter[int] = Counter()
            for partition in partitions:
                if partition.ledgers.clipped(cell) is not None and not self._count_blocks(table, partition, rows):
                    return False
        within = {sequence: count for sequence, count in rows.items() if sequence in cell}
        self.findings.add(other_counts(self._snapshots.subscriber, table, counted, within))
        return True

    def _count_blocks(self, table: Table, partition: Partition, rows: Counter[int]) -> bool:
        for found in self._snapshots.rows_by_blocks(table, partition):
            rows.update(found)
            self._advance(0)
            if self._stop():
                return False
        return True

    def _check_chunk(self, within: Range) -> Range | None:
        """Check the first ledgers of what is left of a cell; None when stopped before the end of them."""
        with self._snapshots.one():
            chunk, held = self._chunk(within)
            before = self._snapshots.hash_of(chunk.first - 1)
            rows = {table.name: self._snapshots.rows(table, chunk) for table in self._led_by_ledger}
        subscriber = self._snapshots.subscriber
        self._see_gaps(chunk, held)
        self.findings.add(broken_chain(subscriber, None if before is None else (chunk.first - 1, before), held))
        for place, table in enumerate(self._led_by_ledger):
            counted = {each.sequence: each.counts[place] for each in held}
            self.findings.add(other_counts(subscriber, table, counted, rows[table.name]))
        if not self._compare(held):
            return None
        self.next = chunk.last + 1
        self._advance(len(chunk))
        return chunk

    def _chunk(self, within: Range) -> tuple[Range, list[Held]]:
        """The next ledgers, or a gap as long as it is: there is nothing in it to count."""
        chunk = Range(within.first, min(within.first + self._chunk_ledgers - 1, within.last))
        held = self._snapshots.ledgers(chunk, self._led_by_ledger)
        if not held:
            end = self._snapshots.next_held(chunk.last)
            chunk = Range(chunk.first, within.last if end is None else min(end - 1, within.last))
        return chunk, held

    def _compare(self, held: list[Held]) -> bool:
        return self._again is None or all(self._again.compare(each) for each in runs(each.sequence for each in held))

    def _see_gaps(self, chunk: Range, held: list[Held]) -> None:
        for gap in absent(chunk, (each.sequence for each in held)):
            self._tell(self._gaps.add(gap))
        self._tell(self._gaps.end(unless_at=chunk.last))

    def _tell(self, gaps: list[Range]) -> None:
        for gap in gaps:
            self.findings.add(gap_findings(self._snapshots.subscriber, self._cursors, gap))


def _without(rows: dict[int, int], there: dict[int, int | None]) -> dict[int, int]:
    return {sequence: count for sequence, count in rows.items() if sequence not in there}
