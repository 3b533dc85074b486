"""Where ledgers stood when they were read: advice on where in the topic to look for another one.

Between two ledgers that are near each other, offsets rise evenly: transactions hold about as many ledgers each.
"""

_KEPT = 64


class Places:
    """The offsets of some ledgers of one topic, those that were seen last."""

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}  # by sequence, the one that was seen last at the end

    def remember(self, sequence: int, offset: int) -> None:
        """It was read there."""
        self._offsets.pop(sequence, None)
        self._offsets[sequence] = offset
        if len(self._offsets) > _KEPT:
            del self._offsets[next(iter(self._offsets))]

    def forget(self) -> None:
        """The topic is another one now, or not what it seemed to be."""
        self._offsets.clear()

    def guess(self, sequence: int) -> int | None:
        """About where the ledger stands: on the line through the two places next to it; None without two."""
        match self._neighbours(sequence):
            case [low, high]:
                rise = self._offsets[high] - self._offsets[low]
                return self._offsets[low] + (sequence - low) * rise // (high - low)
            case _:
                return None

    def _neighbours(self, sequence: int) -> list[int]:
        """One at each side if there is, else the two nearest ones."""
        below = sorted(known for known in self._offsets if known <= sequence)
        above = sorted(known for known in self._offsets if known > sequence)
        return below[-1:] + above[:1] if below and above else below[-2:] or above[:2]
