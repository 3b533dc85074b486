"""Strikes as the schedule says, and judges afterwards who stood still for how long, and whether the bound was kept."""

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import psycopg

from tests.chaos.faults import BEAT_SECONDS, FAULTS, Fault, NotHere, NotThere
from tests.chaos.history import History
from tests.chaos.schedule import Strike
from tests.chaos.system import LATE, MAIN, System
from tests.chaos.watch import BACKFILL, Line, Watch

_STANDING_BY = "select count(*) > 0 from pg_stat_activity where application_name = %s"


@dataclass(slots=True)
class Struck:
    """What became of a strike. `at` and `healed_at` are of the monotonic clock, 0 before.

    `goal` is the ledger that the network had closed when it was healed: who holds that one has recovered.
    """

    strike: Strike
    fault: Fault
    at: float = 0.0
    healed_at: float = 0.0
    goal: int = 0
    stood_by: bool = False
    missed: str = "the run ended before"
    """Why it did not strike; empty when it did."""

    def bound(self, line: str) -> float:
        return self.fault.bound_seconds(self.strike, line, stood_by=self.stood_by)

    def concerns(self, line: str) -> bool:
        return not self.missed and line in self.fault.concerns(self.strike.target)


@dataclass(frozen=True, slots=True)
class StandStill:
    """The longest one of a line after a strike, and for how long it may last.

    `shared` is one that another fault may make longer than this one alone.
    """

    struck: Struck
    line: str
    seconds: float
    allowed_seconds: float
    shared: bool

    @property
    def kept(self) -> bool:
        return self.seconds <= self.allowed_seconds


class Campaign:
    """The schedule against the system; each strike in a thread of its own, so that faults meet."""

    def __init__(self, system: System, strikes: Sequence[Strike], say: Callable[[str], None]) -> None:
        self.all = [Struck(strike, FAULTS[strike.kind]) for strike in strikes]
        self._system = system
        self._say = say

    def run(self, seconds: float) -> None:
        """For so long, or until something failed; all is healed when this returns."""
        began = time.monotonic()
        threads = []
        for each in self.all:
            if self._system.failed.wait(max(0.0, began + each.strike.at_seconds - time.monotonic())):
                break
            threads.append(threading.Thread(target=self._strike, args=(each,), name=each.strike.kind))
            threads[-1].start()
        self._system.failed.wait(max(0.0, began + seconds - time.monotonic()))
        for thread in threads:
            thread.join()

    def _strike(self, each: Struck) -> None:
        strike = each.strike
        each.stood_by = self._somebody_stands_by()
        each.at = time.monotonic()
        try:
            with each.fault.strikes(self._system, strike.target):
                each.missed = ""
                self._say(f"{strike.at_seconds:7.1f} s  {strike.kind}, {strike.target}, {strike.seconds:g} s")
                self._system.failed.wait(strike.seconds)
        except (NotThere, NotHere) as error:
            each.missed = str(error) or "there was nothing to strike"
            self._say(f"{strike.at_seconds:7.1f} s  {strike.kind}, {strike.target}: {each.missed}")
            return
        except Exception:  # noqa: BLE001 - of a thread nobody else would hear
            self._system.fail(f"{strike.kind} itself went wrong: {traceback.format_exc()}")
        each.healed_at = time.monotonic()
        each.goal = self._system.network.newest

    def _somebody_stands_by(self) -> bool:
        try:
            with psycopg.connect(self._system.servers.direct.database_url, connect_timeout=1) as database:
                return database.execute(_STANDING_BY, (f"standby {MAIN}",)).fetchone() == (True,)
        except psycopg.Error:
            return False


class Judgement:
    """What the watch saw of what struck."""

    def __init__(self, struck: Sequence[Struck], watch: Watch, history: History) -> None:
        self._struck = sorted((each for each in struck if not each.missed), key=lambda each: each.at)
        self._watch = watch
        self._history = history

    def recoveries(self) -> Iterator[tuple[Struck, str, float | None]]:
        """Of each strike and each line that it concerns, when that had recovered; None for never."""
        for each in self._struck:
            for line in each.fault.concerns(each.strike.target):
                recovered_at = self._recovered_at(each, line)
                if not self._was_away(line, each.at, recovered_at or float("inf")):
                    yield each, line, recovered_at

    def stand_stills(self) -> Iterator[StandStill]:
        """The longest one of each strike and line."""
        for each, line, recovered_at in self.recoveries():
            if recovered_at is not None:
                yield self._longest(each, line, recovered_at)

    def _longest(self, each: Struck, line: str, recovered_at: float) -> StandStill:
        first, last = self._watch.lines[line].longest_silence(each.at, recovered_at)
        own = each.at + each.bound(line)
        deadline = self._deadline(line, first)
        return StandStill(each, line, last - first, max(own, deadline) - first, shared=deadline > own)

    def _deadline(self, line: str, silent_since: float) -> float:
        """When a silence must be over: every fault's bound counts from its own strike, whichever ends last."""
        deadline = silent_since + BEAT_SECONDS
        for each in self._struck:
            ends = each.at + each.bound(line)
            if each.concerns(line) and each.at <= deadline and ends > silent_since:
                deadline = max(deadline, ends)
        return deadline

    def _recovered_at(self, each: Struck, line: str) -> float | None:
        watched = self._watch.lines[line]
        if line == BACKFILL:
            return _moved_after(watched, each.healed_at, self._history)
        return watched.reached(each.goal, each.healed_at)

    def _was_away(self, line: str, first: float, last: float) -> bool:
        """Nobody stands still who is being reset, or has nothing to fill."""
        if line == BACKFILL:
            return self._history.had_nothing_to_fill(first, last)
        return line == LATE and self._history.was_away(first, last)


def _moved_after(line: Line, after: float, history: History) -> float | None:
    """Backfill has recovered with the next ledger that it fills, or when all is filled."""
    moves = [at for at in (*line.times, *history.filled_at) if at > after]
    return min(moves, default=None)
