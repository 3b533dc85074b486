"""What is fuzzed still takes what it is given: see `tests.fuzz`."""

import random
from itertools import islice

import pytest

from consumer.decode import applied
from tests.fuzz.seeds import ledgers, seed
from tests.fuzz.targets import TARGETS

CHANGES = 40


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_takes_whatever_comes(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeds as they are, cut, and with a byte changed: each is read, or refused by name."""
    for check in ("check_set", "check_results"):
        monkeypatch.setattr(
            applied, check, getattr(applied, check)
        )  # a target lets them pass: not for longer than here
    chance = random.Random(target)
    take = TARGETS[target]
    for ledger in islice(ledgers(), 3):
        data = seed(target, ledger)
        take(data)
        take(data + b"\0")
        for place in (chance.randrange(len(data)) for _ in range(CHANGES)):
            take(data[:place])
            take(data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :])
