"""What is wrong with what was read: pure functions, which know nothing of a database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from consumer.tables import Row, Table
from consumer.verify.findings import Finding, Kind
from consumer.verify.held import Cursors, Held
from schemas.ranges import Range

_SHOWN = 120


def runs(sequences: Iterable[int]) -> list[Range]:
    """Ascending sequences as maximal ranges."""
    grouped = groupby(enumerate(sequences), key=lambda pair: pair[1] - pair[0])
    members = [[sequence for _, sequence in group] for _, group in grouped]
    return [Range(each[0], each[-1]) for each in members]


class Adjoining:
    """Makes one range of those that adjoin, as they come, ascending: one over many chunks is one finding."""

    def __init__(self) -> None:
        self._open: Range | None = None

    def add(self, range_: Range) -> list[Range]:
        """What ends before this one."""
        if self._open is not None and self._open.last + 1 == range_.first:
            self._open = Range(self._open.first, range_.last)
            return []
        ended, self._open = self.end(), range_
        return ended

    def end(self, *, unless_at: int | None = None) -> list[Range]:
        """What is open, unless it may go on after this ledger."""
        if self._open is None or self._open.last == unless_at:
            return []
        ended, self._open = self._open, None
        return [ended]


def absent(wanted: Range, there: Iterable[int]) -> list[Range]:
    """What of a range is not among these sequences."""
    held = set(there)
    return runs(sequence for sequence in range(wanted.first, wanted.last + 1) if sequence not in held)


def broken_chain(subscriber: str, before: tuple[int, bytes] | None, held: Iterable[Held]) -> Iterator[Finding]:
    """Ledgers that do not name the hash of the ledger before them, where that one is there."""
    links = [
        *([] if before is None else [(*before, b"")]),
        *((each.sequence, each.hash, each.previous_hash) for each in held),
    ]
    for (lower, hash_, _), (sequence, _, previous_hash) in pairwise(links):
        if lower == sequence - 1 and previous_hash != hash_:
            yield Finding(
                Range(sequence, sequence),
                f"it names {previous_hash.hex()} as the hash of ledger {lower}, whose row says {hash_.hex()}",
                f"ledgerstream verify --subscriber {subscriber} --deep --first {lower} --last {sequence} tells which "
                "of them was changed",
            )


def other_counts(
    subscriber: str, table: Table, counted: Mapping[int, int | None], rows: Mapping[int, int]
) -> Iterator[Finding]:
    """Ledgers that have more or fewer rows than they say, and rows whose ledger is not there."""
    for sequence in sorted(counted.keys() | rows.keys()):
        said, there = counted.get(sequence), rows.get(sequence, 0)
        if sequence not in counted:
            yield Finding(
                Range(sequence, sequence),
                f"{table.name} has {there} of its rows, but ledgers has not the ledger",
                f"delete from {subscriber}.{table.name} where {table.partitioned_by} >> 32 = {sequence}",
            )
        elif said != there:
            yield Finding(
                Range(sequence, sequence),
                f"{table.name} has {there} of its rows, {table.name}_rows in ledgers says {said}",
                f"ledgerstream verify --subscriber {subscriber} --deep --first {sequence} --last {sequence} says which",
            )


def wrong_cursors(subscriber: str, cursors: Cursors) -> Iterator[Finding]:
    """What the cursors say of the ledgers at their ends."""
    if cursors.live_first is None:
        if cursors.highest is not None:
            yield _cursor(cursors.highest, "it is there, though live_first is not known yet", _again(subscriber))
        return
    yield from _wrong_latest(subscriber, cursors, cursors.live_first)
    yield from _wrong_oldest(subscriber, cursors, cursors.live_first)


def _wrong_latest(subscriber: str, cursors: Cursors, live_first: int) -> Iterator[Finding]:
    end = live_first - 1 if cursors.latest is None else cursors.latest
    if cursors.latest is not None and not cursors.latest_there:
        what = f"latest says that it is the newest one, but the highest ledger that is there is {cursors.highest}"
        yield _cursor(cursors.latest, what, _again(subscriber))
    if cursors.highest is not None and cursors.highest > end:
        said = f"nothing from {live_first} on is" if cursors.latest is None else f"{end} is the newest one"
        yield _cursor(cursors.highest, f"it is there, but latest says that {said}", _again(subscriber))


def _wrong_oldest(subscriber: str, cursors: Cursors, live_first: int) -> Iterator[Finding]:
    oldest, set_it = cursors.oldest, f"set oldest in {subscriber}.backfill, while no backfill runs"
    if oldest is None or oldest > live_first:
        what = f"oldest is {oldest}, above live_first"
        yield _cursor(live_first, what, f"{set_it}, to {live_first}, or lower")
        return
    if oldest < live_first and not cursors.oldest_there:
        what = f"oldest says that every ledger from here up to {live_first - 1} is there, but this one is not"
        yield _cursor(oldest, what, f"{set_it}, to where the last gap ends that ledgerstream gaps shows")
    if cursors.below_oldest_there:
        what = f"it is there, but oldest says {oldest}: too high"
        yield _cursor(oldest - 1, what, f"{set_it}, to where the last gap ends that ledgerstream gaps shows")


def _cursor(sequence: int, what: str, remedy: str) -> Finding:
    return Finding(Range(sequence, sequence), what, remedy)


def _again(subscriber: str) -> str:
    return f"mend it by hand, or ledgerstream reset --subscriber {subscriber} and consume again"


def gap_findings(subscriber: str, cursors: Cursors, gap: Range) -> Iterator[Finding]:
    """A gap, cut where what the cursors say of it changes, and what fills it in."""
    claimed, live_first = cursors.claimed, cursors.live_first
    ends = [] if claimed is None else [claimed.first, claimed.last + 1]
    for part in _cut(gap, ends if live_first is None else [*ends, live_first]):
        remedy = _what_fills(subscriber, cursors, part)
        if claimed is not None and part.first in claimed:
            yield Finding(part, "missing, though the cursors say that they are there", remedy)
        else:
            yield Finding(part, "missing", remedy, Kind.GAP)


def _cut(whole: Range, before: Iterable[int]) -> list[Range]:
    """A range in parts, cut before each of these ledgers."""
    firsts = sorted({whole.first, *(each for each in before if each in whole)})
    return [Range(first, after - 1) for first, after in pairwise([*firsts, whole.last + 1])]


def _what_fills(subscriber: str, cursors: Cursors, gap: Range) -> str:
    if cursors.live_first is None or gap.first < cursors.live_first:
        return f"ledgerstream backfill --subscriber {subscriber} --first {gap.first} --last {gap.last} fills them in"
    if gap.first > (cursors.latest or 0):
        return f"ledgerstream consume --subscriber {subscriber} goes on to them"
    return f"live never leaves any out: ledgerstream reset --subscriber {subscriber} and consume again"


def not_compared(subscriber: str, lacking: Range) -> Finding:
    """Ledgers that are there, and that no topic has (any more)."""
    ends = f"--first {lacking.first} --last {lacking.last}"
    return Finding(
        lacking,
        "not compared, because no topic has what they were made of",
        f"ledgerstream produce {ends} --segment publishes them again, then ledgerstream verify --subscriber "
        f"{subscriber} --deep {ends}",
        Kind.NOT_COMPARED,
    )


def other_rows(
    subscriber: str, sequence: int, table: Table, expected: Sequence[Row], there: Sequence[Row]
) -> Finding | None:
    """How a table's rows of a ledger differ from those that the ledger gives, told by the first that does."""
    wanted, found = _by_key(table, expected), _by_key(table, there)
    different = [key for key in sorted(wanted.keys() | found.keys()) if wanted.get(key) != found.get(key)]
    if not different:
        return None
    more = f", and {len(different) - 1} more rows differ" if len(different) > 1 else ""
    return Finding(
        Range(sequence, sequence),
        f"{table.name}: {_difference(table, different[0], wanted, found)}{more}",
        f"the topic's ledger says so: {_again(subscriber)}",
    )


def _by_key(table: Table, rows: Iterable[Row]) -> dict[tuple[str, ...], Row]:
    """By the key, as text: keys are sorted, whatever their types."""
    places = [list(table.columns).index(name) for name in table.key]
    return {tuple(_sortable(row[place]) for place in places): row for row in rows}


def _sortable(value: object) -> str:
    return f"{value:020}" if isinstance(value, int) else str(value)


def _difference(
    table: Table, key: tuple[str, ...], wanted: Mapping[tuple[str, ...], Row], found: Mapping[tuple[str, ...], Row]
) -> str:
    named = ", ".join(f"{name} {value.lstrip('0') or '0'}" for name, value in zip(table.key, key, strict=True))
    if key not in found:
        return f"the row of {named} is missing"
    if key not in wanted:
        return f"the row of {named} is one too many"
    columns = zip(table.columns, wanted[key], found[key], strict=True)
    column, right, wrong = next(each for each in columns if each[1] != each[2])
    return f"in the row of {named}, {column} is {_shown(wrong)} instead of {_shown(right)}"


def _shown(value: object) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
