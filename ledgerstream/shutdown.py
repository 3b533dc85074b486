"""SIGTERM and Ctrl-C: a loop that runs finishes the ledger in hand; anything that only waits ends at once.

So does a process whose wall clock is set back: librdkafka waits by it, and a second becomes an hour.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Self

import structlog

from ledgerstream.errors import ConfigurationError, Interrupted
from ledgerstream.exit_codes import ExitCode

_PATIENCE_SECONDS = 4
"""For the ledger in hand. What still waits then, for a lock or a server, is given up: its transaction is nobody's."""

_TOUCH_SECONDS = 1.0

_LOOK_SECONDS = 1.0
_SET_BACK_SECONDS = 5.0
"""By so much longer everything may wait at most, and does no harm."""

log = structlog.get_logger(__name__)


class Shutdown:
    """Whether the process was asked to stop. One that is `bounded` has not done what it was started for by then.

    Loops ask at every turn. That is their sign of life, too: `alive_file` is touched.
    """

    def __init__(self, *, bounded: bool, alive_file: Path | None = None) -> None:
        self.requested = False
        self._code = ExitCode.NOT_THROUGH if bounded else ExitCode.DONE
        self._at_once = True
        self._ending: BaseException | None = None
        self._last_resort: Callable[[], None] = lambda: None
        self._alive_file = alive_file
        self._next_touch = 0.0
        if alive_file is not None:
            _write(alive_file.touch)
            _write(alive_file.unlink)  # not before there is a loop to tell of
        # Written to by the interpreter itself when a signal comes: the main thread may be deep in a library that
        # lets no handler run.
        self._heard, self._bell = socket.socketpair()
        self._bell.setblocking(False)
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)
        threading.Thread(target=self._run_out_of_patience, daemon=True).start()
        threading.Thread(target=self._watch_the_clock, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
        """A library may have turned the end into an error of its own: confluent-kafka makes a TypeError of it."""
        if self._ending is not None and error is not None and error is not self._ending:
            raise self._ending from error

    def defer(self) -> None:
        """From now on only `requested` changes, and the loop decides when to stop."""
        self._at_once = False

    def clean_up_with(self, last_resort: Callable[[], None]) -> None:
        """What to do before everything is given up: no `finally` is reached then."""
        self._last_resort = last_resort

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if not self._at_once:
            return
        if self._code is ExitCode.DONE:
            self._ending = SystemExit(0)
        else:
            self._ending = Interrupted(f"stopped by {signal.Signals(number).name}: what was asked for is not done")
        raise self._ending

    def _run_out_of_patience(self) -> None:
        self._heard.recv(1)
        time.sleep(_PATIENCE_SECONDS)
        sys.stderr.write(
            f"ledgerstream: stopped, but something still waits after {_PATIENCE_SECONDS} s: it is given up, what is "
            "not committed is rolled back\n"
        )
        sys.stderr.flush()
        self._last_resort()
        os._exit(self._code)

    def _watch_the_clock(self) -> None:
        """Both clocks go on while the process is stopped; of a suspended host the wall clock goes ahead."""
        ahead = _seconds_ahead()
        while (set_back := ahead - (now := _seconds_ahead())) < _SET_BACK_SECONDS:
            ahead = now
            time.sleep(_LOOK_SECONDS)
        log.error(
            "ended",
            reason=f"the wall clock was set back by {set_back:.0f} s, and the Kafka client waits by it: another start "
            "waits right; what is not committed is rolled back",
            error="ClockSetBack",
            exit_code=int(ExitCode.BROKER),
        )
        self._last_resort()
        os._exit(ExitCode.BROKER)

    def __call__(self) -> bool:
        if self._alive_file is not None and time.monotonic() >= self._next_touch:
            self._next_touch = time.monotonic() + _TOUCH_SECONDS
            _write(self._alive_file.touch)
        return self.requested


def _seconds_ahead() -> float:
    """The wall clock of the one that is never set."""
    return time.time() - time.monotonic()


def _write(change: Callable[[], None]) -> None:
    try:
        change()
    except OSError as error:
        raise ConfigurationError(f"the alive file can't be written: {error}") from error
