"""SIGTERM ends every command within 5 s, whatever it waits for."""

import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from consumer.database import Connection
from ledgerstream.embedded import Stack
from tests.acceptance.test_command_line import wait_for_latest, wait_for_line
from tests.support.faults import fill
from tests.support.processes import CommandLine, Running
from tests.support.waiting import wait_until

SECONDS = 5
TERMINATED = -signal.SIGTERM


@contextmanager
def stopped(*pids: int | None) -> Iterator[None]:
    """Servers that are there and say nothing: no connection is refused, none is closed."""
    processes = []
    try:
        for pid in pids:
            with suppress(psutil.NoSuchProcess):  # a session that was just ending
                process = psutil.Process(pid)
                process.suspend()
                processes.append(process)
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):  # a session that its client has ended meanwhile
                process.resume()


def wait_until_it_hears(running: Running) -> None:
    """The interpreter and all imports come first, for as long as a busy machine takes: a signal just ends it then."""
    status = Path(f"/proc/{running.process.pid}/status")
    deadline = time.monotonic() + 30
    while status.exists() and not _caught(status) & 1 << signal.SIGTERM - 1:
        assert time.monotonic() < deadline, "it does not come to handle SIGTERM"
        time.sleep(0.05)


def _caught(status: Path) -> int:
    [line] = [line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("SigCgt:")]
    return int(line.split()[1], 16)


def assert_ends(running: Running, *codes: int) -> None:
    began = time.monotonic()
    running.signal(signal.SIGTERM)
    ended = running.wait(3 * SECONDS)
    assert time.monotonic() - began < SECONDS, ended.lines
    assert ended.code in codes, ended.lines


@pytest.mark.parametrize(
    "arguments",
    [
        ("produce",),
        ("produce", "--last", "9"),
        ("consume", "--subscriber", "nobody_a"),
        ("consume", "--subscriber", "nobody_b", "--last", "9"),
        ("status",),
    ],
    ids=" ".join,
)
def test_a_broker_that_says_nothing(arguments: tuple[str, ...], stack: Stack, commands: CommandLine) -> None:
    """A command that starts while the broker is silent waits in libraries that hear no signal."""
    fill(commands, 3)
    assert commands.run("consume", "--subscriber", "somebody", "--first", "2", "--last", "3").code in (0, 31)
    with stopped(stack.kafka.pid()):
        running = commands.start(*arguments)
        if arguments != ("status",):  # which leaves SIGTERM as it is
            wait_until_it_hears(running)
        time.sleep(3)
        assert_ends(running, 3 if "--last" in arguments else TERMINATED if arguments == ("status",) else 0)


def test_a_broker_that_falls_silent(
    stack: Stack, commands: CommandLine, own_database: Connection, subscriber: str
) -> None:
    """The same, for a producer in a transaction and a consumer that reads."""
    consumer = commands.start("consume", "--subscriber", subscriber)
    producer = commands.start("produce", "--pace", "0.05")
    wait_for_latest(own_database, subscriber, 5)
    with stopped(stack.kafka.pid()):
        time.sleep(3)
        assert_ends(producer, 0)
        assert_ends(consumer, 0)


@pytest.mark.parametrize("command", ["consume", "status", "reset"])
def test_a_database_that_says_nothing(command: str, stack: Stack, commands: CommandLine, subscriber: str) -> None:
    """A session that is opened, or asked, and gets no answer."""
    named = {"consume": ("--subscriber", subscriber), "status": (), "reset": ("--subscriber", subscriber, "--yes")}
    postmaster = psutil.Process(stack.postgres.pid())
    with stopped(postmaster.pid, *(child.pid for child in postmaster.children())):
        running = commands.start(command, *named[command])
        if command == "consume":  # the others leave SIGTERM as it is
            wait_until_it_hears(running)
        time.sleep(2)
        assert_ends(running, 0 if command == "consume" else TERMINATED)


def test_a_database_that_falls_silent(
    stack: Stack, commands: CommandLine, own_database: Connection, subscriber: str
) -> None:
    """A consumer whose session gets no answer, and a standby's."""
    fill(commands, 5)
    consumer = commands.start("consume", "--subscriber", subscriber)
    wait_for_latest(own_database, subscriber, 5)
    standby = commands.start("consume", "--subscriber", subscriber, "--standby")
    wait_for_line(standby, "standing by")
    with stopped(*(child.pid for child in psutil.Process(stack.postgres.pid()).children())):
        time.sleep(2)
        assert_ends(standby, 0)
        assert_ends(consumer, 0)


@pytest.mark.parametrize(("bounded", "code"), [(False, 0), (True, 3)])
def test_a_library_that_makes_an_error_of_it(bounded: bool, code: int, commands: CommandLine) -> None:
    """A client that is just being made turns the end into a TypeError; the command ends as it was asked to."""
    program = f"""
import os, signal
from ledgerstream import cli, shutdown
def library():
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except BaseException as ending:
        raise TypeError from ending
def app():
    with shutdown.Shutdown(bounded={bounded}):
        library()
cli.app = app
cli.main()
"""
    ended = commands.run_program(program)
    assert ended.code == code, ended.lines


def test_a_lake_that_says_nothing(commands: CommandLine) -> None:
    """A producer whose source accepts its connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/lake"
        options = ("--first", "5", "--storage-option", "allow_http=true")
        running = commands.start("produce", "--source", "lake", "--url", url, *options)
        wait_until_it_hears(running)
        time.sleep(3)
        assert_ends(running, 0)


def test_a_pipe_that_says_nothing(commands: CommandLine, tmp_path: Path) -> None:
    """A producer whose stream is open and does not go on."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    running = commands.start("produce", "--source", "stream", "--url", str(pipe))
    writer = os.open(pipe, os.O_RDWR)
    wait_until_it_hears(running)
    time.sleep(3)
    assert_ends(running, 0)
    os.close(writer)


def test_servers_that_start(commands: CommandLine) -> None:
    """`up` ends in the middle of starting; what it began can be finished or stopped."""
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as folder:
        Path(folder).chmod(0o755)
        running = commands.start("up", "--data-dir", folder)
        time.sleep(1.5)
        assert_ends(running, TERMINATED)
        assert commands.run("up", "--data-dir", folder).code == 0
        assert commands.run("down", "--data-dir", folder).code == 0


@pytest.mark.parametrize(("after_seconds", "follow"), [(0, []), (0.5, []), (9, []), (9, ["--follow"])])
def test_the_demo(after_seconds: float, follow: list[str], commands: CommandLine) -> None:
    """The demo takes its servers and its processes with it."""
    for name in ("LEDGERSTREAM_KAFKA", "LEDGERSTREAM_DATABASE_URL"):
        del commands.environment[name]
    before = theirs()
    running = commands.start("demo", *follow)
    deadline = time.monotonic() + 30
    while not theirs() - before:
        assert time.monotonic() < deadline, "it starts nothing"
        time.sleep(0.05)
    time.sleep(after_seconds)
    assert_ends(running, 0 if follow else 3)
    wait_until(lambda: theirs() <= before, seconds=5)  # what was killed is there for a moment


def theirs() -> set[int]:
    """Processes of a demo: servers that work in its folder, commands that write to its topic."""
    found = set()
    for process in psutil.process_iter(["cmdline", "environ"]):
        words = " ".join(process.info["cmdline"] or ())
        environment = process.info["environ"] or {}
        if "ledgerstream-demo-" in words or ".demo-" in environment.get("LEDGERSTREAM_TOPIC", ""):
            found.add(process.pid)
    return found
