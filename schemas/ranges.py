"""Runs of ledgers, by their first and last sequence, both inclusive: what a segment's name carries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TEXT = re.compile(r"([1-9][0-9]{0,9})-([1-9][0-9]{0,9})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """The ledgers from `first` to `last`, both inclusive: one at least."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"{self.first} is above {self.last}: no range of ledgers")

    @classmethod
    def parse(cls, text: str) -> "Range":
        """What `as_text` wrote.

        Raises:
            ValueError: it is not `FIRST-LAST`.
        """
        found = _TEXT.fullmatch(text)
        if found is None or int(found[1]) > int(found[2]):
            raise ValueError(f"{text!r} is no range of ledgers: FIRST-LAST is expected")
        return cls(int(found[1]), int(found[2]))

    @property
    def as_text(self) -> str:
        """For programs: `100-120`."""
        return f"{self.first}-{self.last}"

    def __str__(self) -> str:
        return f"ledger {self.first}" if self.first == self.last else f"ledgers {self.first}–{self.last}"

    def __contains__(self, sequence: int) -> bool:
        return self.first <= sequence <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1

    def clipped(self, other: "Range") -> "Range | None":
        """What it has in common with another one."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Range(first, last) if first <= last else None


def ledgers_in(ranges: Iterable[Range]) -> int:
    """How many ledgers ranges that do not overlap hold."""
    return sum(len(each) for each in ranges)


def without(ranges: Iterable[Range], others: Iterable[Range]) -> list[Range]:
    """What of `ranges` is in none of `others`, ascending. `ranges` do not overlap each other, `others` may."""
    left = sorted(ranges)
    for other in others:
        left = [part for each in left for part in _without_one(each, other)]
    return left


def _without_one(each: Range, other: Range) -> list[Range]:
    parts = []
    if each.first < other.first:
        parts.append(Range(each.first, min(each.last, other.first - 1)))
    if each.last > other.last:
        parts.append(Range(max(each.first, other.last + 1), each.last))
    return parts
