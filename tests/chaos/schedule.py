"""What strikes when: a pure function of the seed."""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import takewhile

SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 3.0, 8.0
"""From one strike to the next: short enough that faults meet, as most of them take longer than that."""

CALM_BEFORE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: whom it can strike, and for how long."""

    name: str
    targets: tuple[str, ...]
    shortest_seconds: float = 0.0
    longest_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault of the schedule; `at_seconds` counts from the beginning of the run, `seconds` until it is healed."""

    at_seconds: float
    kind: str
    target: str
    seconds: float

    @property
    def until_seconds(self) -> float:
        return self.at_seconds + self.seconds


def schedule(seed: int, kinds: Collection[Kind], seconds: float) -> list[Strike]:
    """The strikes of a run, all healed within so many seconds. A longer run of the same seed begins like this one.

    Each kind comes once before any comes again, and none strikes a target that another still holds.
    """
    return list(takewhile(lambda strike: strike.until_seconds <= seconds, _endless(random.Random(seed), tuple(kinds))))


def _endless(chance: random.Random, kinds: tuple[Kind, ...]) -> Iterator[Strike]:
    at, held_until = CALM_BEFORE_SECONDS, dict[str, float]()
    while True:
        for kind in chance.sample(kinds, len(kinds)):
            target = chance.choice(kind.targets)
            seconds = round(chance.uniform(kind.shortest_seconds, kind.longest_seconds), 1)
            begins = max(at, held_until.get(target, 0.0))
            yield Strike(round(begins, 1), kind.name, target, seconds)
            held_until[target] = begins + seconds + SHORTEST_PAUSE_SECONDS
            at = begins + chance.uniform(SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
