"""What strikes when: a pure function of the seed."""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass

STORM_EVERY = 2
"""Of so many episodes one is a storm, in which faults meet; the others are single strikes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: whom it can strike, and for how long."""

    name: str
    targets: tuple[str, ...]
    shortest_seconds: float = 0.0
    longest_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault: it strikes so long after its episode began, and is healed after `seconds`."""

    after_seconds: float
    kind: str
    target: str
    seconds: float

    @property
    def until_seconds(self) -> float:
        return self.after_seconds + self.seconds


@dataclass(frozen=True, slots=True)
class Episode:
    """What strikes together. It begins `pause_seconds` after everybody has recovered from the one before."""

    pause_seconds: float
    strikes: tuple[Strike, ...]

    @property
    def is_storm(self) -> bool:
        return len(self.strikes) > 1

    @property
    def seconds(self) -> float:
        return max(strike.until_seconds for strike in self.strikes)


def episodes(seed: int, kinds: Collection[Kind]) -> Iterator[Episode]:
    """For ever; who runs longer sees more of the same.

    Each kind comes once before any comes again. In a storm, none strikes a target that another holds.
    """
    chance = random.Random(seed)
    bag = _drawn(chance, tuple(kinds))
    number = 0
    while True:
        number += 1
        count = chance.randint(3, 6) if number % STORM_EVERY == 0 else 1
        pause_seconds = round(chance.uniform(1, 4), 1)
        yield Episode(pause_seconds, tuple(_strikes(chance, [next(bag) for _ in range(count)])))


def _drawn(chance: random.Random, kinds: tuple[Kind, ...]) -> Iterator[Kind]:
    while True:
        yield from chance.sample(kinds, len(kinds))


def _strikes(chance: random.Random, kinds: list[Kind]) -> Iterator[Strike]:
    after_seconds, held_until = 0.0, dict[str, float]()
    for kind in kinds:
        target = chance.choice(kind.targets)
        seconds = round(chance.uniform(kind.shortest_seconds, kind.longest_seconds), 1)
        begins = round(max(after_seconds, held_until.get(target, 0.0)), 1)
        yield Strike(begins, kind.name, target, seconds)
        held_until[target] = begins + seconds + 1
        after_seconds = begins + chance.uniform(0.5, 5)
