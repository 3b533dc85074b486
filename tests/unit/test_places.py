"""Where ledgers stood says where others stand."""

from consumer.places import Places


def places(*known: tuple[int, int]) -> Places:
    found = Places()
    for sequence, offset in known:
        found.remember(sequence, offset)
    return found


def test_between_two_places() -> None:
    """A ledger stands on the line through the two that are next to it, not through others."""
    assert places((100, 0), (200, 200), (300, 10_000)).guess(150) == 100
    assert places((100, 0), (200, 200), (300, 10_000)).guess(200) == 200
    assert places((100, 0), (200, 200), (300, 10_200)).guess(250) == 5_200


def test_beyond_all_places() -> None:
    """Beyond them it stands on the line through the two nearest; what is negative is for the caller to bound."""
    assert places((100, 0), (200, 200), (201, 203)).guess(203) == 209
    assert places((100, 50), (101, 52), (200, 5000)).guess(90) == 30
    assert places((100, 50), (101, 52)).guess(2) == -146


def test_too_few_places() -> None:
    """One place says nothing, nor does what was forgotten."""
    assert places().guess(5) is None
    assert places((5, 8)).guess(5) is None
    forgotten = places((5, 8), (7, 12))
    forgotten.forget()
    assert forgotten.guess(6) is None


def test_places_are_bounded() -> None:
    """Those that were seen last are kept, and a ledger that is seen again elsewhere is there."""
    many = places((1, 0), *((sequence, 2 * sequence) for sequence in range(1000, 1064)))
    assert many.guess(500) == 1000, "the first one is forgotten"
    many.remember(1000, 0)
    many.remember(2000, 10)
    assert many.guess(1000) == 0
    assert places((5, 8), (5, 10), (7, 20)).guess(6) == 15
