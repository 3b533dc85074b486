"""The supervisor of a chaos run restarts what faults explain, and tells of everything else."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledgerstream.embedded.process import wait_until
from tests.chaos import system
from tests.chaos.system import Supervised
from tests.support.processes import CommandLine
from tests.support.wall_clock import Clock

NOWHERE = {"LEDGERSTREAM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x", "LEDGERSTREAM_KAFKA": "127.0.0.1:1"}
WAITS = ("consume", "--network", "simulated", "--answer-timeout", "60")
ENDS_WITH_DATABASE = ("consume", "--network", "simulated", "--answer-timeout", "0.1")
WRONG = ("consume", "--nonsense")

Start = Callable[..., Supervised]


@pytest.fixture
def failures() -> list[str]:
    return []


@pytest.fixture
def start(tmp_path: Path, failures: list[str]) -> Iterator[Start]:
    """Starts a command under a supervisor, and sees it run."""
    started: list[Supervised] = []

    def starts(*command: str) -> Supervised:
        clock = Clock(None, tmp_path / "clock")
        environment = CommandLine(NOWHERE).environment
        started.append(Supervised("x", lambda: command, environment, tmp_path, clock=clock, failed=failures.append))
        started[-1].start()
        assert wait_until(lambda: started[-1].running() is not None, 20)
        return started[-1]

    yield starts
    for each in started:
        each.leave()


def has_ended(supervised: Supervised, times: int = 1) -> bool:
    return wait_until(lambda: supervised.ended.total() >= times, 60)


def test_what_a_fault_explains_is_started_again(start: Start, failures: list[str]) -> None:
    """A code that the README says to restart after, again and again."""
    supervised = start(*ENDS_WITH_DATABASE)
    assert has_ended(supervised, times=2)
    assert set(supervised.ended) == {10}
    assert failures == []


def test_a_code_that_needs_a_person_fails_the_run(start: Start, failures: list[str]) -> None:
    """It is told with what the command said."""
    assert has_ended(start(*WRONG))
    assert "x ended with code 2 USAGE (needs a person)" in failures[0]
    assert "nonsense" in failures[0]


def test_a_signal_of_ours_is_explained(start: Start, failures: list[str]) -> None:
    """What the run itself has killed is started again."""
    supervised = start(*WAITS)
    supervised.signal(signal.SIGKILL)
    assert has_ended(supervised)
    assert wait_until(lambda: supervised.running() is not None, 20)
    assert failures == []


def test_a_signal_of_nobodys_fails_the_run(start: Start, failures: list[str]) -> None:
    """A crash is no fault of the schedule."""
    supervised = start(*WAITS)
    assert supervised.process is not None
    os.kill(supervised.process.pid, signal.SIGSEGV)
    assert has_ended(supervised)
    assert "x ended with signal 11" in failures[0]


@pytest.mark.parametrize("short_of_memory", [False, True])
def test_what_hangs_is_ended(short_of_memory: bool, start: Start, failures: list[str], tmp_path: Path) -> None:
    """By its alive file; only the want of memory explains it."""
    supervised = start(*WAITS)
    if short_of_memory:
        supervised.shorten_memory()
    alive_file, long_ago = tmp_path / "x.alive", time.time() - 60

    def has_ended_with_an_old_file() -> bool:
        alive_file.touch()  # again and again: the command removes that of an earlier one when it starts
        os.utime(alive_file, (long_ago, long_ago))
        return supervised.ended.total() > 0

    assert wait_until(has_ended_with_an_old_file, 60)
    assert supervised.ended == {-signal.SIGKILL: 1}
    assert supervised.hung == 1
    assert failures == ([] if short_of_memory else ["x hangs: its alive file is older than 25 s"])


@pytest.mark.parametrize("short_of_memory", [False, True])
def test_what_hangs_before_it_can_say_anything(
    short_of_memory: bool, start: Start, failures: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without memory a start may come to no loop, and to no alive file: that is ended. Others may take their time."""
    monkeypatch.setattr(system, "HUNG_SECONDS", 3.0)
    supervised = start(*WAITS)
    if short_of_memory:
        supervised.shorten_memory()
    assert wait_until(lambda: supervised.ended.total() > 0, 6) == short_of_memory
    assert not (tmp_path / "x.alive").exists()
    assert supervised.hung == int(short_of_memory)
    assert failures == []
