"""Strikes as the schedule says, and judges who stood still for how long, and whether the bound was kept."""

import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import psutil  # type: ignore[import-untyped]
import psycopg

from tests.chaos.faults import FAULTS, Fault, NotHere, NotThere
from tests.chaos.history import History
from tests.chaos.schedule import Episode, Strike
from tests.chaos.system import LATE, MAIN, SUBSCRIBERS, System
from tests.chaos.watch import BACKFILL, Line, Watch

CATCH_UP_SECONDS = 60.0
"""After the bound of a stand-still: for the ledgers that were closed meanwhile."""

CALM_SECONDS = 10.0
"""Between two ledgers of a subscriber that nothing concerns: others start again and catch up on the same two cores."""

_LOOK_SECONDS = 0.1
_STANDING_BY = "select count(*) > 0 from pg_stat_activity where application_name = %s"


@dataclass(slots=True)
class Struck:
    """What became of a strike. Times are of the monotonic clock.

    `goal` is the next ledger that the network closed when it was healed: who holds that one has recovered.
    """

    strike: Strike
    fault: Fault
    episode: int
    in_storm: bool
    at: float = 0.0
    healed_at: float = 0.0
    goal: int = 0
    stood_by: bool = False
    missed: str = ""
    """Why it did not strike."""

    def bound(self, line: str) -> float:
        return self.fault.bound_seconds(self.strike, line, stood_by=self.stood_by)

    def concerns(self, line: str) -> bool:
        return not self.missed and line in self.fault.concerns(self.strike.target)

    def __str__(self) -> str:
        return f"{self.strike.kind}, {self.strike.target}, {self.strike.seconds:g} s"


@dataclass(frozen=True, slots=True)
class StandStill:
    """The longest one of a line after a strike, and for how long it might last."""

    struck: Struck
    line: str
    seconds: float
    allowed_seconds: float

    @property
    def kept(self) -> bool:
        return self.seconds <= self.allowed_seconds


class Judgement:
    """What the watch saw of what struck."""

    def __init__(self, watch: Watch, history: History) -> None:
        self.all: list[Struck] = []
        self._watch = watch
        self._history = history

    @property
    def struck(self) -> list[Struck]:
        return [each for each in self.all if not each.missed]

    def recoveries(self, strikes: Iterable[Struck]) -> Iterator[tuple[Struck, str, float | None]]:
        """Of each of these and each line that it concerns, when that had recovered; None for not yet."""
        for each in strikes:
            for line in each.fault.concerns(each.strike.target):
                recovered_at = self._recovered_at(each, line)
                if not self._was_away(line, each.at, recovered_at or float("inf")):
                    yield each, line, recovered_at

    def stand_stills(self) -> Iterator[StandStill]:
        """The longest one of each strike and line."""
        for each, line, recovered_at in self.recoveries(self.struck):
            if recovered_at is not None:
                first, last = self._watch.lines[line].longest_silence(each.at, recovered_at)
                yield StandStill(each, line, last - first, self._deadline(each, line, last) - first)

    def calm(self) -> dict[str, float]:
        """Of each subscriber the longest stand-still, in seconds, that no strike on it explains."""
        return {name: max(self._unconcerned(name), default=0.0) for name in SUBSCRIBERS}

    def _unconcerned(self, line: str) -> Iterator[float]:
        strikes = [
            (each.at, self._recovered_at(each, line) or float("inf")) for each in self.struck if each.concerns(line)
        ]
        begun_at = min((each.at for each in self.struck), default=float("inf"))
        for first, last in pairwise(at for at in self._watch.lines[line].times if at >= begun_at):
            concerned = any(at <= last and first <= until for at, until in strikes)
            if not concerned and not self._was_away(line, first, last):
                yield last - first

    def _deadline(self, struck: Struck, line: str, last: float) -> float:
        """When a silence must be over: the bounds count from their strikes, and in a storm the last of them counts."""
        together = [each for each in self.struck if each.episode == struck.episode and each.at < last]
        return max(each.at + each.bound(line) for each in together if each.concerns(line))

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


class Campaign:
    """The schedule against the system; each strike in a thread of its own, so that faults meet."""

    def __init__(
        self, system: System, schedule: Iterator[Episode], judgement: Judgement, say: Callable[[str], None]
    ) -> None:
        self._system = system
        self._schedule = schedule
        self._judgement = judgement
        self._say = say
        self._began = 0.0

    def run(self, seconds: float) -> None:
        """For so long, or until something failed; all is healed, and has recovered, when this returns."""
        self._began = time.monotonic()
        for number, episode in enumerate(self._schedule):
            if self._system.failed.wait(episode.pause_seconds) or time.monotonic() > self._began + seconds:
                return
            self._await_recovery(self._storm(number, episode))

    def _storm(self, number: int, episode: Episode) -> list[Struck]:
        began = time.monotonic()
        all_of_it = [Struck(strike, FAULTS[strike.kind], number, episode.is_storm) for strike in episode.strikes]
        threads: list[threading.Thread] = []
        try:
            for each in all_of_it:
                if self._system.failed.wait(max(0.0, began + each.strike.after_seconds - time.monotonic())):
                    break
                self._judgement.all.append(each)
                threads.append(threading.Thread(target=self._strike, args=(each,), name=each.strike.kind))
                threads[-1].start()
            for thread in threads:
                thread.join()
        finally:
            self._heal_now(threads)
        return [each for each in all_of_it if each.healed_at]

    def _heal_now(self, threads: list[threading.Thread]) -> None:
        """When the run is asked to end in the midst of it: nothing may start a server any more afterwards."""
        if any(thread.is_alive() for thread in threads):
            self._system.failed.set()
        for thread in threads:
            thread.join()

    def _strike(self, each: Struck) -> None:
        each.stood_by = self._somebody_stands_by()
        each.at = time.monotonic()
        try:
            with each.fault.strikes(self._system, each.strike.target):
                self._tell(each, "in a storm" if each.in_storm else "")
                self._system.failed.wait(each.strike.seconds)
        except (NotThere, NotHere, psutil.NoSuchProcess, ProcessLookupError) as error:
            each.missed = str(error) or "there was nothing to strike"
            self._tell(each, each.missed)
            return
        except Exception:  # noqa: BLE001 - of a thread nobody else would hear
            self._system.fail(f"{each} itself went wrong: {traceback.format_exc()}")
        each.healed_at = time.monotonic()
        each.goal = self._system.network.newest + 1

    def _tell(self, each: Struck, more: str) -> None:
        self._say(f"{time.monotonic() - self._began:7.1f} s  {each}  {more}")

    def _somebody_stands_by(self) -> bool:
        try:
            with psycopg.connect(self._system.servers.direct.database_url, connect_timeout=1) as database:
                return database.execute(_STANDING_BY, (f"standby {MAIN}",)).fetchone() == (True,)
        except psycopg.Error:
            return False

    def _await_recovery(self, struck: list[Struck]) -> None:
        """Faults of two episodes never meet: each stand-still has its own to answer for."""
        last = "everybody"
        while left := [(each, line) for each, line, at in self._judgement.recoveries(struck) if at is None]:
            last = " and ".join(sorted({line for _, line in left}))
            late = [
                (each, line) for each, line in left if time.monotonic() > each.at + each.bound(line) + CATCH_UP_SECONDS
            ]
            for each, line in late:
                self._system.fail(
                    f"{line} has not recovered from {each}, within its bound of {each.bound(line):g} s and "
                    f"{CATCH_UP_SECONDS:g} s for what it had missed"
                )
            if self._system.failed.wait(_LOOK_SECONDS):
                return
        self._say(f"{time.monotonic() - self._began:7.1f} s  recovered; the last: {last}")
