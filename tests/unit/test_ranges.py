"""Ranges of ledgers and the grid of batches: nothing is lost, nothing doubled."""

from hypothesis import given
from hypothesis import strategies as st

from consumer.backfill.grid import batches
from schemas.ranges import Range, ledgers_in, without

HIGHEST = 200

ranges = st.builds(
    lambda first, length: Range(first, first + length), st.integers(1, HIGHEST), st.integers(0, HIGHEST // 4)
)
sets = st.frozensets(st.integers(1, HIGHEST))


def runs_of(sequences: frozenset[int]) -> list[Range]:
    """A set of ledgers as its maximal runs, the slow and certain way."""
    runs: list[Range] = []
    for sequence in sorted(sequences):
        if runs and runs[-1].last == sequence - 1:
            runs[-1] = Range(runs[-1].first, sequence)
        else:
            runs.append(Range(sequence, sequence))
    return runs


def in_all(found: list[Range]) -> list[int]:
    return [sequence for each in found for sequence in range(each.first, each.last + 1)]


@given(sets, st.integers(1, 70))
def test_batches_hold_what_is_missing_once(missing: frozenset[int], width: int) -> None:
    """Every missing ledger is in one batch, which is its cell's; cells come once each, the newest first."""
    found = list(batches(runs_of(missing), width))
    assert sorted(in_all([part for each in found for part in each.parts])) == sorted(missing)
    assert [each.cell for each in found] == sorted({each.cell for each in found}, reverse=True)
    for each in found:
        assert {sequence // width for sequence in in_all(list(each.parts))} == {each.cell}
        assert len(each) == len(in_all(list(each.parts)))


def test_the_last_ledger_of_a_request_is_in_a_batch() -> None:
    """1–65 in cells of 64, where a peer's splitter loses ledger 65."""
    found = list(batches([Range(1, 65)], 64))
    assert [each.parts for each in found] == [(Range(64, 65),), (Range(1, 63),)]


@given(sets, st.lists(ranges, max_size=8))
def test_without(sequences: frozenset[int], others: list[Range]) -> None:
    """What is taken away is gone, and nothing else, however the others overlap."""
    left = without(runs_of(sequences), others)
    assert in_all(left) == sorted(sequences - set(in_all(others)))
    assert ledgers_in(left) == len(in_all(left))


@given(ranges, ranges)
def test_clipped(one: Range, other: Range) -> None:
    """What two ranges have in common, or None."""
    common = set(in_all([one])) & set(in_all([other]))
    clipped = one.clipped(other)
    assert (set(in_all([clipped])) if clipped else set()) == common
    assert all(sequence in one for sequence in common)


@given(ranges)
def test_text(one: Range) -> None:
    """What is written is read again."""
    assert Range.parse(one.as_text) == one
