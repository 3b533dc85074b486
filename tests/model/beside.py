"""The machine's ground: the model beside the system, commands that are run in both, and what a crash leaves of them."""

import functools
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from tests.model.forks import Crash, Forked
from tests.model.model import (
    NOT_THROUGH,
    WIDTH,
    Given,
    World,
    require,
)
from tests.model.stage import FIRST, LAST, Stage
from tests.support.processes import Ended

KILLED = -signal.SIGKILL
LEASE_SECONDS = 2.0
NAMES = ["one", "two"]
HEIR_SECONDS = LEASE_SECONDS + 2 + 10
"""The bound of the README for a takeover, and what a busy machine adds."""

A = TypeVar("A", bound=Callable[..., Any])


MOSTLY_KILLED = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)


def crashes(
    points: dict[str, Any], *, most: int, ways: Sequence[signal.Signals] = MOSTLY_KILLED
) -> st.SearchStrategy[Crash]:
    """A point, a number of times within reach, and a way to end there."""
    signals = st.sampled_from(ways)
    return st.builds(
        lambda point, times, number: Crash(point, 1 if points[point].once else times, int(number)),
        st.sampled_from(sorted(points)),
        st.integers(1, most),
        signals,
    )


AT_ONCE = "0"
"""A pace: all in one transaction. At any other each ledger has one of its own."""

names = st.sampled_from(NAMES)
counts = st.integers(1, 7)
paces = st.sampled_from([AT_ONCE, "0.01"])
sequences = st.integers(FIRST, LAST)
workers = st.integers(1, 2)
begins = st.one_of(st.just("earliest"), st.just("earliest"), st.just("latest"), st.integers(FIRST, 20))


RULES: list[str] = []


def counted(function: A) -> A:
    """Count the rule, and write down what it was called with: what a run did is told when it fails."""
    RULES.append(function.__name__)

    @functools.wraps(function)
    def wrapped(self: "Beside", *arguments: Any, **named: Any) -> Any:
        self.told.append(f"{function.__name__}({', '.join(f'{key}={value!r}' for key, value in named.items())})")
        self.ran[function.__name__] += 1
        return function(self, *arguments, **named)

    return wrapped  # type: ignore[return-value]


class Beside(RuleBasedStateMachine):
    """The model and the system, in step."""

    stage: ClassVar[Stage]
    ran: ClassVar[Counter[str]]
    ended: ClassVar[Counter[tuple[str, int]]]

    @classmethod
    def on(cls, stage: Stage) -> type[Self]:
        """The machine on a stage: one that counts for itself."""
        return type("OnStage", (cls,), {"stage": stage, "ran": Counter(), "ended": Counter()})

    @classmethod
    def what_ran(cls) -> list[str]:
        """How often each rule ran, never too, and how often each command ended with which code."""
        ended = (f"{times:6} {command} ended with {code}" for (command, code), times in sorted(cls.ended.items()))
        return [*(f"{cls.ran[name]:6} {name}" for name in RULES), *ended]

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.told: list[str] = []
        self.running: dict[str, tuple[Forked, Given]] = {}
        self.touched: set[str] = set()
        self.exact: set[str] = set()
        """Whose `oldest` must be all that it can be."""
        self.oldest: dict[str, int | None] = {}
        """As it was when a rule touched the subscriber last: nothing else moves it."""
        self.topic_touched = True
        self.topic = f"model_{uuid.uuid4().hex[:10]}"
        self.stage.forks.environment["LEDGERSTREAM_TOPIC"] = self.topic

    def schema(self, name: str) -> str:
        return f"{self.topic}_{name}"

    # What is started, and how it is waited for.

    def start(self, *arguments: object, crash: Crash | None = None) -> Forked:
        self.told.append(f"    {' '.join(map(str, arguments))}{f' with {crash}' if crash else ''}")
        return self.stage.forks.start(*map(str, arguments), crash=crash)

    def wait(self, running: Forked) -> Ended:
        ended = running.wait()
        self.ended[running.arguments[0], ended.code] += 1
        self.told.append(
            f"    = after {time.monotonic() - running.began:.2f} s {ended.code} {ended.error}: {ended.reason[:200]}"
        )
        return ended

    def ends(self, running: Forked, *codes: int) -> int:
        ended = self.wait(running)
        require(ended.code in codes, f"{running} ended with {ended.code}, not {codes}:\n{running.text()[-3000:]}")
        return ended.code

    def as_expected(self, running: Forked, code: int, stopped: int = NOT_THROUGH) -> bool:
        """Whether it has done all that it should; False when the signal that was meant for it came first.

        `stopped` is the code with which it ends when it is asked to.
        """
        crash = running.crash
        if crash is None or crash.signal == signal.SIGSTOP:
            self.ends(running, code)
            return True
        cut_short = stopped if crash.signal == signal.SIGTERM else KILLED
        return self.ends(running, code, cut_short) == code

    def quiet(self, name: str, working: int = 0) -> None:
        """Wait until the server has noticed that sessions of this subscriber are gone."""
        self.until(lambda: len(self.stage.database.sessions(self.schema(name))) <= working, "a session is left")

    def in_small_cells(self, name: str) -> None:
        if self.stage.database.in_cells_of(self.schema(name), WIDTH):
            self.world.subscribers[name].width = WIDTH

    def until(self, holds: Callable[[], bool], claim: str, seconds: float = 30) -> None:
        waited = 0.0
        while not holds():
            require(waited < seconds, f"{claim}, after {seconds} s")
            self.stage.forks.hear(0.02)
            waited += 0.02
