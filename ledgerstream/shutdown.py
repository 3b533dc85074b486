"""SIGTERM and Ctrl-C: a loop that runs finishes the ledger in hand; anything that only waits ends at once."""

import os
import signal
import sys
from types import FrameType

from ledgerstream.errors import Interrupted
from ledgerstream.exit_codes import ExitCode

_PATIENCE_SECONDS = 4
"""For the ledger in hand. What still waits then, for a lock or a server, is given up: its transaction is nobody's."""


class Shutdown:
    """Whether the process was asked to stop. One that is `bounded` has not done what it was started for by then."""

    def __init__(self, *, bounded: bool) -> None:
        self.requested = False
        self._code = ExitCode.NOT_THROUGH if bounded else ExitCode.DONE
        self._at_once = True
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def defer(self) -> None:
        """From now on only `requested` changes, and the loop decides when to stop."""
        self._at_once = False

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if not self._at_once:
            self._be_patient()
        elif self._code is ExitCode.DONE:
            raise SystemExit(0)
        else:
            raise Interrupted(f"stopped by {signal.Signals(number).name} before the work began; nothing was done")

    def _be_patient(self) -> None:
        if hasattr(signal, "SIGALRM"):
            signal.signal(signal.SIGALRM, self._give_up)
            signal.alarm(_PATIENCE_SECONDS)

    def _give_up(self, _number: int, _frame: FrameType | None) -> None:
        sys.stderr.write(
            f"ledgerstream: stopped, but something still waits after {_PATIENCE_SECONDS} s: what is not committed is "
            "rolled back\n"
        )
        sys.stderr.flush()
        os._exit(self._code)

    def __call__(self) -> bool:
        return self.requested
