"""A wall clock that is set while a process waits: librdkafka waits by it."""

import time
from pathlib import Path

import pytest

from consumer.database import Connection
from tests.acceptance.test_command_line import wait_for_latest, wait_for_line
from tests.support.faults import ends
from tests.support.processes import CommandLine
from tests.support.wall_clock import Clock, clock_library

_AN_HOUR = 3600


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    library = clock_library(tmp_path)
    if library is None:
        pytest.skip("no C compiler")
    return Clock(library, tmp_path / "clock")


@pytest.mark.parametrize("command", ["produce", "consume"])
def test_a_clock_that_is_set_back(
    command: str, clock: Clock, command_line: CommandLine, database: Connection, subscriber: str
) -> None:
    """Set ahead, it works on; set back, a wait of a second would take an hour: the process ends, and says why."""
    simulated = ("produce", "--source", "simulated")
    assert command_line.run(*simulated, "--last", "5").code == 0
    command_line.environment |= clock.environment
    if command == "produce":
        running = command_line.start(*simulated, "--pace", "0.5")
        wait_for_line(running, "producing")
    else:
        running = command_line.start("consume", "--subscriber", subscriber)
        wait_for_latest(database, subscriber, 5)
    clock.jump_to(_AN_HOUR)
    time.sleep(3)
    if command == "produce":
        assert command_line.run("consume", "--subscriber", subscriber, "--first", "2", "--last", "20").code == 0
    else:
        assert command_line.run(*simulated, "--last", "6").code == 0
        wait_for_latest(database, subscriber, 6)
    clock.jump_to(0)
    ends(running, 11, "ClockSetBack", 6, "set back by 3600 s")
