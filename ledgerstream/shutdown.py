"""SIGTERM and Ctrl-C: a loop that runs finishes the ledger in hand; anything that only waits ends at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ledgerstream.errors import Interrupted


class Shutdown:
    """Whether the process was asked to stop. One that is `bounded` has not done what it was started for by then."""

    def __init__(self, *, bounded: bool) -> None:
        self.requested = False
        self._bounded = bounded
        self._at_once = True
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if self._at_once and self._bounded:
            raise Interrupted(f"stopped by {signal.Signals(number).name} before the work began; nothing was done")
        if self._at_once:
            raise SystemExit(0)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Within, only `requested` changes, and the loop decides when to stop."""
        self._at_once = False
        try:
            yield
        finally:
            self._at_once = True

    def __call__(self) -> bool:
        return self.requested
