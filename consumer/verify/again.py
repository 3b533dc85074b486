"""Ledgers read again from the topics, and every row compared with what they give."""

from collections.abc import Callable, Iterator
from typing import Protocol

from consumer.decode import rows_of
from consumer.errors import LedgerMissing
from consumer.tables import LedgerRows, Row, Table
from consumer.verify.comparison import Adjoining, not_compared, other_rows
from consumer.verify.findings import Finding, Findings, Kind
from consumer.verify.held import Cursors
from consumer.verify.snapshots import Snapshots
from schemas.errors import LedgerRefused
from schemas.log import Entry
from schemas.ranges import Range


class LedgersAgain(Protocol):
    """Ledgers, wherever they lie."""

    def read(self, wanted: Range) -> Iterator[Entry | None]:
        """Each ledger of a range once, in order; None for "nothing yet".

        Raises:
            LedgerMissing: no topic has the next one.
        """


class Again:
    """Compares ledgers that are there with the topics'. `stop` is asked at every turn."""

    def __init__(
        self, snapshots: Snapshots, cursors: Cursors, topics: LedgersAgain, findings: Findings, stop: Callable[[], bool]
    ) -> None:
        self._snapshots = snapshots
        self._cursors = cursors
        self._topics = topics
        self._findings = findings
        self._stop = stop
        self._lacking = Adjoining()

    def compare(self, wanted: Range) -> bool:
        """Compare a run of ledgers; False when stopped before its end. What no topic has is told, and passed over."""
        first = wanted.first
        while first <= wanted.last:
            try:
                for entry in self._topics.read(Range(first, wanted.last)):
                    if self._stop():
                        return False
                    if entry is None:
                        self._snapshots.beat()
                    else:
                        self._compare(entry)
                        first = entry.record.sequence + 1
            except LedgerMissing as error:
                first = self._pass_over(Range(first, wanted.last), error)
        return True

    def _pass_over(self, next_: Range, error: LedgerMissing) -> int:
        """Note what is not compared, at least the ledger that was wanted next; the one after it."""
        lacking = error.missing or Range(next_.first, next_.first)
        self._findings.add(self._tell(self._lacking.add(lacking)))
        return lacking.last + 1

    def end(self) -> None:
        """Tell what is still to be told."""
        self._findings.add(self._tell(self._lacking.end()))

    def _tell(self, lacking: list[Range]) -> list[Finding]:
        return [not_compared(self._snapshots.subscriber, each) for each in lacking]

    def _compare(self, entry: Entry) -> None:
        sequence = entry.record.sequence
        try:
            rows = rows_of(entry.record.ledger(), self._cursors.network_id, self._names())
        except LedgerRefused as error:
            what = f"not compared: its record at offset {entry.offset} of the topic can't be decoded ({error})"
            remedy = "a newer version of ledgerstream may know it, or it must be published again"
            self._findings.add([Finding(Range(sequence, sequence), what, remedy, Kind.NOT_COMPARED)])
            return
        self._findings.add(differences(self._snapshots, self._cursors, rows))

    def _names(self) -> list[str]:
        return [table.name for table in self._cursors.tables]


def differences(snapshots: Snapshots, cursors: Cursors, rows: LedgerRows) -> list[Finding]:
    """How the database's rows of a ledger differ from these, a finding a table. In one snapshot."""
    found = []
    with snapshots.one():
        for table in cursors.tables:
            expected = _as_read(snapshots, table, rows.rows[table.name])
            keys = {row[list(table.columns).index(table.key[0])] for row in expected}
            there = snapshots.rows_of_ledger(table, rows.sequence, keys)
            found.append(other_rows(snapshots.subscriber, rows.sequence, table, expected, there))
    return [finding for finding in found if finding is not None]


def _as_read(snapshots: Snapshots, table: Table, rows: list[Row]) -> list[Row]:
    """The rows as the database gives them back: it writes JSON in a way of its own."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    for place, kind in enumerate(table.types):
        if kind == "jsonb" and columns:
            columns[place] = list(snapshots.normalised([_text(value) for value in columns[place]]))
    return list(zip(*columns, strict=True))


def _text(json: object) -> str | None:
    return json.decode() if isinstance(json, bytes) else None
