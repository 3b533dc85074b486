"""A subscriber that begins late and is filled from below by backfill, reset when that is done, and begins again."""

import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Self

import psycopg

from tests.chaos.counting import Counts, count_now
from tests.chaos.system import LATE, Supervised, System
from tests.chaos.watch import Database

_LOOK_SECONDS = 0.2
_ADMIRED_SECONDS = 1.0


class History:
    """Its rounds, in a thread; `filled_at` is when each of them was full."""

    def __init__(self, system: System) -> None:
        self.filled_at: list[float] = []
        self.counted = Counts(0, 0, 0)
        self._away = _Spans()
        self._idle = _Spans()
        self._system = system
        self._last_round = threading.Event()
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._run, name="history")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.abandon()

    def finish(self, timeout_seconds: float) -> bool:
        """Have the round in hand filled, and stay there; whether that came in time."""
        self._last_round.set()
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def abandon(self) -> None:
        self._abandoned.set()
        self._thread.join()

    @property
    def rounds(self) -> int:
        return len(self.filled_at)

    def was_away(self, first: float, last: float) -> bool:
        """Whether the subscriber was, at any time between these: it was being reset."""
        return self._away.touch(first, last)

    def had_nothing_to_fill(self, first: float, last: float) -> bool:
        """Whether at any time between these no backfill was wanted."""
        return self._idle.touch(first, last)

    def _run(self) -> None:
        try:
            self._go_round()
        except Exception:  # noqa: BLE001 - of a thread nobody else would hear
            self._system.fail(f"the history itself went wrong: {traceback.format_exc()}")

    def _go_round(self) -> None:
        while not self._abandoned.is_set():
            self._system.late.start()
            self._wait_until_begun()
            self._away.end()
            self._fill()
            if self._last_round.is_set() or self._abandoned.is_set():
                return
            self._abandoned.wait(_ADMIRED_SECONDS)
            self._away.begin()
            self._system.late.leave()
            self._through(self._system.bounded("reset", "reset", "--subscriber", LATE, "--yes"), self._is_gone)

    def _wait_until_begun(self) -> None:
        while not self._abandoned.wait(_LOOK_SECONDS) and not self._holds("latest is not null"):
            pass

    def _fill(self) -> None:
        self._idle.end()
        self._through(self._system.backfill, lambda: False)
        self._idle.begin()
        if self._system.backfill.done.is_set():
            self.filled_at.append(time.monotonic())
            self._count()

    def _count(self) -> None:
        """What is filled is about to be dropped: it is counted first, as soon as there is a database to ask."""
        while not self._abandoned.wait(_LOOK_SECONDS):
            with suppress(psycopg.OperationalError), self._session() as database:
                counts = count_now(database, LATE, self._system.network.closed)
                self.counted += counts
                if counts.any():
                    self._system.fail(f"{LATE}, filled for the {self.rounds}. time: {counts}")
                return

    def _through(self, command: Supervised, over: Callable[[], bool]) -> None:
        command.start()
        while not command.done.wait(_LOOK_SECONDS) and not self._abandoned.is_set() and not over():
            pass
        command.leave()

    def _session(self) -> Database:
        return psycopg.connect(self._system.servers.direct.database_url, autocommit=True, connect_timeout=2)

    def _is_gone(self) -> bool:
        return self._asked("select to_regclass(%s) is null", f"{LATE}.live")

    def _holds(self, condition: str) -> bool:
        return self._asked(f"select count(*) = 1 from {LATE}.live where {condition}")

    def _asked(self, question: str, *parameters: str) -> bool:
        """False, too, when there is nobody to ask."""
        try:
            with self._session() as database:
                return database.execute(question.encode(), parameters).fetchone() == (True,)
        except psycopg.Error:
            return False


class _Spans:
    """Times that follow each other; it begins within one."""

    def __init__(self) -> None:
        self._ended: list[tuple[float, float]] = []
        self._since: float | None = time.monotonic()

    def begin(self) -> None:
        self._since = time.monotonic()

    def end(self) -> None:
        if self._since is not None:
            self._ended.append((self._since, time.monotonic()))
        self._since = None

    def touch(self, first: float, last: float) -> bool:
        open_one = [] if self._since is None else [(self._since, float("inf"))]
        return any(begin < last and end > first for begin, end in (*self._ended, *open_one))
