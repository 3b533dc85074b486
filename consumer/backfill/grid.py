"""The fixed grid of a subscriber's backfills: two runs with different ranges still claim the same cells."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from schemas.ranges import Range, ledgers_in


@dataclass(frozen=True, slots=True)
class Batch:
    """A cell of the grid, and what of it is to be filled, ascending."""

    cell: int
    parts: tuple[Range, ...]

    def __len__(self) -> int:
        return ledgers_in(self.parts)


def batches(missing: Iterable[Range], width: int) -> Iterator[Batch]:
    """The cells in which something is missing, each once, the newest first: `oldest` descends as they are filled.

    `missing` are ranges that do not overlap, in any order; `width` is that of a cell, in ledgers.
    """
    for cell, parts in groupby(_parts(missing, width), key=itemgetter(0)):
        yield Batch(cell, tuple(sorted(part for _, part in parts)))


def _parts(missing: Iterable[Range], width: int) -> Iterator[tuple[int, Range]]:
    for each in sorted(missing, reverse=True):
        for cell in range(each.last // width, each.first // width - 1, -1):
            part = each.clipped(Range(cell * width, (cell + 1) * width - 1))
            assert part is not None
            yield cell, part
