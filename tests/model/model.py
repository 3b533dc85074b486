"""The model: what the system must hold after each command, in plain sets of sequences. It shares no code with it.

Nothing here looks at the system. Where a crash leaves a range of outcomes, `adopt…` is told what happened, and refuses
what may not happen.
"""

from dataclasses import dataclass, field
from typing import Literal

DONE, USAGE, NOT_THROUGH, GAPS, LOST = 0, 2, 3, 5, 10
LOCKED, TAKEN_OVER, STREAM, SUBSCRIBER, NETWORK, TOPIC = 20, 21, 30, 31, 32, 33
"""Exit codes, as the README has them."""

WIDTH = 8
"""Of a cell of backfill's grid, once the test has set it."""

FIRST_WIDTH = 64
"""Of a subscriber's that was just made."""

Ledgers = frozenset[int]
Given = int | Literal["earliest", "latest", "next"]


class Disagreement(AssertionError):
    """The system did what it may not do."""


def require(holds: object, claim: str) -> None:
    if not holds:
        raise Disagreement(claim)


@dataclass
class Subscriber:
    """What is there, and where live began and is. Before it has begun, `live_first` is None."""

    live_first: int | None = None
    latest: int | None = None
    there: Ledgers = frozenset()
    width: int = FIRST_WIDTH

    @property
    def next(self) -> int | None:
        return self.live_first if self.latest is None else self.latest + 1

    @property
    def oldest(self) -> int | None:
        """The lowest ledger from which all is there up to live's own."""
        lowest = self.live_first
        while lowest is not None and lowest - 1 in self.there:
            lowest -= 1
        return lowest

    def commit(self, ledgers: list[int]) -> None:
        if ledgers:
            self.there |= set(ledgers)
            self.latest = ledgers[-1]

    def gaps(self) -> tuple[int, list[tuple[int, int]]]:
        """The code of `gaps`, and what it lists."""
        if self.live_first is None or not self.there:
            return SUBSCRIBER, []
        missing = set(range(min(self.there), (self.latest or max(self.there)) + 1)) - self.there
        return (GAPS if missing else DONE), runs(missing)


@dataclass
class Expected:
    """How a command ends, and what it has committed or published by then, in this order."""

    code: int
    ledgers: list[int] = field(default_factory=list)
    live_first: int | None = None
    """Where a subscriber that had not begun has begun."""


@dataclass
class World:
    """The topic (None: absent), its segments by what they are for, and the subscribers that there are."""

    topic: Ledgers | None = None
    segments: dict[tuple[int, int], Ledgers] = field(default_factory=dict)
    subscribers: dict[str, Subscriber] = field(default_factory=dict)

    @property
    def first(self) -> int | None:
        return min(self.topic, default=None) if self.topic else None

    @property
    def last(self) -> int | None:
        return max(self.topic, default=None) if self.topic else None

    @property
    def in_segments(self) -> Ledgers:
        return frozenset().union(*self.segments.values())

    @property
    def anywhere(self) -> Ledgers:
        return self.in_segments | (self.topic or frozenset())

    def without_its_end(self, lost: int) -> tuple[int, int]:
        """From where to where the topic holds ledgers when it has lost its last ones, and not all."""
        assert self.topic
        return min(self.topic), max(min(self.topic), max(self.topic) - lost)

    # A producer.

    def producing(self, held: Ledgers | None, first: int | None, last: int) -> Expected:
        """`produce --last`, perhaps with `--first`, to a topic that holds these."""
        if not held:
            begins = 2 if first is None else first
            asked = last if first is None else first
            return Expected(STREAM) if begins > asked else Expected(DONE, list(range(begins, last + 1)))
        if first is not None and first > max(held) + 1:
            return Expected(STREAM)
        if min(held) > (last if first is None else first):
            return Expected(STREAM)
        return Expected(DONE, list(range(max(held) + 1, last + 1)))

    # A consumer.

    def consuming(self, subscriber: Subscriber | None, first: Given) -> Expected:
        """`consume --last end`: who has all that the topic holds, or has read further than it goes now, is through."""
        if self.topic is None:
            return Expected(TOPIC)
        if not self.topic:
            return Expected(STREAM)
        return self._from(subscriber or Subscriber(), first, bound=max(self.topic))

    def following(self, subscriber: Subscriber | None, first: Given) -> Expected | None:
        """`consume` without an end, until it waits (its code is DONE then, once it is stopped) or ends.

        It waits beyond the topic's end, whether what it needs was published there once or is still to come.
        None where it depends on when it looked at the segments: beyond the end of the live topic.
        """
        assert self.topic is not None
        expected = self._from(subscriber or Subscriber(), first, bound=None)
        stands = (expected.ledgers or [((subscriber and subscriber.next) or expected.live_first or 0) - 1])[-1]
        beyond = expected.code == DONE and stands + 1 in self.in_segments
        return None if beyond else expected

    def meeting_another_chain(self, subscriber: Subscriber | None) -> Expected | None:
        """`consume --first earliest` when the topic goes on with ledgers of another chain: none of them is committed.

        None for who does not meet them: it ends before, or has read further than this.
        """
        expected = self.consuming(subscriber, "earliest")
        last = expected.ledgers[-1] if expected.ledgers else subscriber and subscriber.latest
        meets = expected.code == DONE and last == self.last
        return Expected(STREAM, expected.ledgers, expected.live_first) if meets else None

    def _from(self, subscriber: Subscriber, first: Given, *, bound: int | None) -> Expected:
        assert self.topic is not None
        if subscriber.live_first is None:
            begins = self._begins(first)
            if begins is None:
                return Expected(DONE)
            if bound is not None and bound < begins:
                return Expected(SUBSCRIBER)
            return self._on(begins, bound, live_first=begins)
        if isinstance(first, int) and first != subscriber.live_first:
            return Expected(SUBSCRIBER)
        if bound is not None and bound < subscriber.live_first:
            return Expected(SUBSCRIBER)
        assert subscriber.next is not None
        return self._on(subscriber.next, bound, live_first=None)

    def _begins(self, first: Given) -> int | None:
        if isinstance(first, int):
            return first
        if not self.topic:
            return None
        return {"earliest": min(self.topic), "latest": max(self.topic), "next": max(self.topic) + 1}[first]

    def _on(self, sequence: int, bound: int | None, *, live_first: int | None) -> Expected:
        """Ledger by ledger: from the live topic, or a segment where the live topic goes on without it."""
        assert self.topic is not None
        last = max(self.topic, default=0)
        ledgers: list[int] = []
        while sequence <= (last if bound is None else bound):
            if sequence not in self.anywhere:
                return Expected(STREAM, ledgers, live_first)
            ledgers.append(sequence)
            sequence += 1
        return Expected(DONE, ledgers, live_first)

    # A backfill.

    def filling(self, subscriber: Subscriber | None, first: int, last: int | None) -> Expected:
        """`backfill --first`, perhaps with `--last`; its ledgers are in no order."""
        if last is not None and first > last:
            return Expected(USAGE)
        if subscriber is None or subscriber.live_first is None:
            return Expected(SUBSCRIBER)
        last = subscriber.live_first - 1 if last is None else last
        if max(first, last) >= subscriber.live_first:
            return Expected(SUBSCRIBER)
        missing = set(range(first, last + 1)) - subscriber.there
        return Expected(GAPS if missing - self.anywhere else DONE, sorted(missing & self.anywhere))

    # A crash.

    def adopt_published(self, before: Ledgers, expected: Expected, seen: Ledgers) -> Ledgers:
        """A producer that was killed has published the first ones of what it would have, and nothing else."""
        return before | prefix(expected.ledgers, seen - before, "published")

    def adopt_committed(self, subscriber: Subscriber, expected: Expected, seen: "Subscriber") -> None:
        """A consumer that was killed has committed the first ones of what it would have, and its cursor with them."""
        if subscriber.live_first is None:
            require(seen.live_first in (None, expected.live_first), f"live began at {seen.live_first}")
            subscriber.live_first = seen.live_first
        require(seen.live_first == subscriber.live_first, f"live_first is {seen.live_first}")
        new = seen.there - subscriber.there
        subscriber.commit(sorted(prefix(expected.ledgers, new, "committed")))
        require(seen.latest == subscriber.latest, f"latest is {seen.latest} where {subscriber.latest} was committed")

    def adopt_filled(self, subscriber: Subscriber, expected: Expected, seen: Ledgers) -> None:
        """A backfill that was killed has filled, of each cell, the first ones of what it would have."""
        filled = seen - subscriber.there
        require(filled <= set(expected.ledgers), f"{sorted(filled - set(expected.ledgers))} were filled: by whom?")
        for cell in {sequence // subscriber.width for sequence in expected.ledgers}:
            wanted = [each for each in expected.ledgers if each // subscriber.width == cell]
            prefix(wanted, filled & set(wanted), f"filled in cell {cell}")
        subscriber.there |= filled


def prefix(wanted: list[int], done: Ledgers, how: str) -> Ledgers:
    """What was done is the first of what was wanted."""
    require(set(wanted[: len(done)]) == done, f"{sorted(done)} were {how}, which are not the first of {wanted}")
    return done


def runs(sequences: set[int]) -> list[tuple[int, int]]:
    """As ranges."""
    firsts = sorted(each for each in sequences if each - 1 not in sequences)
    lasts = sorted(each for each in sequences if each + 1 not in sequences)
    return list(zip(firsts, lasts, strict=True))
