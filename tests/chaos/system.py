"""The processes under test, and the supervisor that restarts each that ends, as the README says."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]

from ledgerstream.exit_codes import NEEDS_A_PERSON, ExitCode
from tests.chaos.disk import Disk
from tests.chaos.network import Network
from tests.support.processes import ROOT, CommandLine
from tests.support.proxied_stack import ProxiedStack
from tests.support.wall_clock import Clock, clock_library

ANSWER_SECONDS = 6.0
LEASE_SECONDS = 3.0
RESTART_SECONDS, SLOW_RESTART_SECONDS = 1.0, 3.0
TOPIC = "chaos"
LIVE_FIRST = 1201
"""Where the live topic begins; what lies below is in segments."""
SEGMENTS = ((2, 400), (401, 1200))
MAIN, SECOND, LATE = "main", "second", "late"
SUBSCRIBERS = (MAIN, SECOND, LATE)
MOST_WORKERS = 3

HUNG_SECONDS = 25.0
"""So old grows no alive file here, unless its process hangs: nothing waits longer for an answer, or is stopped."""

_LEAVE_SECONDS = 10.0
_PROBE_SECONDS = 1.0
_SLOWLY = frozenset({ExitCode.LOCKED, ExitCode.TAKEN_OVER})
_ENDS_BY = {
    signal.SIGKILL: frozenset({-signal.SIGKILL}),
    # By the signal itself before it can listen to it, and when it is ending anyway.
    signal.SIGTERM: frozenset({int(ExitCode.DONE), int(ExitCode.NOT_THROUGH), -signal.SIGTERM}),
}
_ENDS_WITHOUT_MEMORY = frozenset({int(ExitCode.UNEXPECTED), -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS})

MAY_END_WITH = {
    "produce": frozenset({ExitCode.BROKER, ExitCode.TAKEN_OVER}),
    # Not TAKEN_OVER: whoever held the lock has lost its session before anybody else could have taken over.
    "consume": frozenset({ExitCode.DATABASE, ExitCode.BROKER, ExitCode.LOCKED}),
    "backfill": frozenset({ExitCode.DATABASE, ExitCode.BROKER, ExitCode.GAPS}),
    # SUBSCRIBER: it is gone, by an earlier reset that did not hear so.
    "reset": frozenset({ExitCode.DATABASE, ExitCode.LOCKED, ExitCode.SUBSCRIBER}),
    "verify": frozenset[ExitCode](),
}
"""What faults may explain, and another start heals."""


class Supervised:
    """One command, started again whenever it ends; a bounded one until it ends with 0.

    `failed` is told what no fault explains: a code that needs a person, an unforeseen one, a signal of nobody's.
    """

    def __init__(
        self,
        name: str,
        command: Callable[[], tuple[str, ...]],
        environment: dict[str, str],
        folder: Path,
        *,
        clock: Clock,
        failed: Callable[[str], None],
        bounded: bool = False,
    ) -> None:
        self.name = name
        self.ended: Counter[int] = Counter()
        self.hung = 0
        self.done = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.clock = clock
        self.log_file = folder / f"{name}.log"
        self._command = command
        self._alive_file = folder / f"{name}.alive"
        self._environment = environment | {"LEDGERSTREAM_ALIVE_FILE": str(self._alive_file)}
        self._failed = failed
        self._bounded = bounded
        self._struck: set[signal.Signals] = set()
        self._short_of_memory = False
        self._started_at = 0.0
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self.done.clear()
        self._leaving.clear()
        self._thread = threading.Thread(target=self._supervise, name=f"supervisor of {self.name}")
        self._thread.start()

    def leave(self) -> None:
        """Ask it to end, wait for that, and start it no more."""
        self._leaving.set()
        if self._thread is None:
            return
        if self.process is not None:
            self.signal(signal.SIGTERM)
        deadline = time.monotonic() + _LEAVE_SECONDS
        while self._thread.is_alive():
            if self.process is not None:
                self.signal(signal.SIGCONT)  # somebody may stop it still
            if time.monotonic() > deadline and self.process is not None:
                self._failed(f"{self.name} did not end in {_LEAVE_SECONDS:g} s after SIGTERM")
                self._struck.add(signal.SIGKILL)
                self.process.kill()
            self._thread.join(0.2)

    def running(self) -> psutil.Process | None:
        """The process, if there is one now."""
        process = self.process
        if process is None or process.returncode is not None:
            return None
        try:
            found = psutil.Process(process.pid)
            return None if found.status() == psutil.STATUS_ZOMBIE else found
        except psutil.Error:
            return None

    def workers(self) -> list[psutil.Process]:
        """Of a backfill: those of its children that fill."""
        parent = self.running()
        try:
            children = parent.children() if parent else []
            return [child for child in children if any("spawn_main" in word for word in child.cmdline())]
        except psutil.Error:
            return []

    def signal(self, number: signal.Signals) -> None:
        process = self.process
        assert process is not None
        self._struck.add(number)
        process.send_signal(number)

    def shorten_memory(self) -> None:
        """From now on its end by want of memory is explained."""
        self._short_of_memory = True

    def _supervise(self) -> None:
        while not self._leaving.is_set():
            self._struck, self._short_of_memory = set(), False
            code = self._run_once()
            self.ended[code] += 1
            if self._leaving.is_set() or self.done.is_set():
                return
            slowly = code in _SLOWLY
            self._leaving.wait(SLOW_RESTART_SECONDS if slowly else RESTART_SECONDS)

    def _run_once(self) -> int:
        self._alive_file.unlink(missing_ok=True)
        self._note("started")
        self._started_at = time.monotonic()
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ledgerstream", *self._command()],
                cwd=ROOT,
                env=self._environment | self.clock.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if self._leaving.is_set():  # asked meanwhile
            self.signal(signal.SIGTERM)
        code = self._end_of(self.process)
        self._note(f"ended with code {code}")
        if self._bounded and code == ExitCode.DONE:
            self.done.set()
        elif code not in self._explained():
            said = _codes_name(code)
            self._failed(f"{self.name} ended with {said}: {last_words(self.log_file)}")
        return code

    def _note(self, what: str) -> None:
        """Among what the process itself says."""
        line = {"supervisor": what, "timestamp": datetime.now(UTC).isoformat()}
        with self.log_file.open("a", encoding="utf-8") as log:
            log.write(f"{json.dumps(line)}\n")

    def _end_of(self, process: subprocess.Popen[bytes]) -> int:
        """Its code. One that shows no sign of life any more is ended, as a probe of its alive file would."""
        while True:
            try:
                return process.wait(_PROBE_SECONDS)
            except subprocess.TimeoutExpired:
                if self._seconds_silent() > HUNG_SECONDS:
                    self._end_hung(process)

    def _end_hung(self, process: subprocess.Popen[bytes]) -> None:
        self.hung += 1
        if not self._short_of_memory:
            self._failed(f"{self.name} hangs: its alive file is older than {HUNG_SECONDS:g} s")
        self._struck.add(signal.SIGKILL)
        process.kill()

    def _seconds_silent(self) -> float:
        """By the alive file, which is there as soon as there is a loop to tell of; without memory there may be none."""
        try:
            return time.time() - self._alive_file.stat().st_mtime
        except FileNotFoundError:
            return time.monotonic() - self._started_at if self._short_of_memory else 0.0

    def _explained(self) -> set[int]:
        by_signals = {code for number in self._struck for code in _ENDS_BY.get(number, ())}
        by_memory = _ENDS_WITHOUT_MEMORY if self._short_of_memory else frozenset()
        return {*MAY_END_WITH[self._command()[0]], *by_signals, *by_memory}


def _codes_name(code: int) -> str:
    if code < 0:
        return f"signal {-code}"
    person = " (needs a person)" if code in NEEDS_A_PERSON else ""
    return f"code {code} {ExitCode(code).name}{person}" if code in set(ExitCode) else f"code {code}"


def last_words(log_file: Path) -> str:
    """The reason that a command gave when it ended, else the end of its log."""
    text = log_file.read_text(encoding="utf-8", errors="replace")[-4000:]
    for line in reversed(text.splitlines()):
        with suppress(ValueError):
            decoded = json.loads(line)
            if isinstance(decoded, dict) and decoded.get("event") == "ended":
                return f"{decoded.get('error')}: {decoded.get('reason')}"
    return " / ".join(text.splitlines()[-3:])


class System:
    """One of each: a producer, a subscriber with a standby, one without, and one that begins late and is filled."""

    def __init__(self, folder: Path, servers: ProxiedStack, network: Network, disk: Disk | None, seed: int) -> None:
        self.folder = folder
        self.servers = servers
        self.network = network
        self.disk = disk
        self.failures: list[str] = []
        self.failed = threading.Event()
        self._chance = random.Random(seed)
        self._clocks = clock_library(folder)
        self._environment = CommandLine(
            {
                "LEDGERSTREAM_KAFKA": servers.proxied.kafka,
                "LEDGERSTREAM_DATABASE_URL": servers.proxied.database_url,
                "LEDGERSTREAM_NETWORK": "simulated",
                "LEDGERSTREAM_TOPIC": TOPIC,
                "LEDGERSTREAM_ANSWER_TIMEOUT": f"{ANSWER_SECONDS:g}",
            }
        ).environment
        lake = ("--source", "lake", "--url", str(network.folder))
        produce = ("produce", *lake, "--first", str(LIVE_FIRST))
        standing_by = ("consume", "--subscriber", MAIN, "--standby", "--lease", f"{LEASE_SECONDS:g}")
        self.producer = self._supervised("producer", lambda: produce)
        self.rival = self._supervised("rival", lambda: produce)
        self.main_a = self._supervised("main_a", lambda: standing_by)
        self.main_b = self._supervised("main_b", lambda: standing_by)
        self.second = self._supervised("second", lambda: ("consume", "--subscriber", SECOND))
        self.late = self._supervised("late", lambda: ("consume", "--subscriber", LATE, "--first", "latest"))
        self.backfill = self._supervised("backfill", self._filling, bounded=True)
        self.segments = [
            self._supervised(f"segment_{first}", _publishing(produce, first, last), bounded=True)
            for first, last in SEGMENTS
        ]

    def _filling(self) -> tuple[str, ...]:
        return self.filling_of(LATE, workers=self._chance.randint(1, MOST_WORKERS))

    def filling_of(self, subscriber: str, *, workers: int) -> tuple[str, ...]:
        lease = ("--lease", f"{LEASE_SECONDS:g}")
        return ("backfill", "--subscriber", subscriber, "--first", "2", "--workers", str(workers), *lease)

    def bounded(self, name: str, *command: str) -> Supervised:
        """One more command, until it is through."""
        return self._supervised(name, lambda: command, bounded=True)

    def _supervised(self, name: str, command: Callable[[], tuple[str, ...]], *, bounded: bool = False) -> Supervised:
        return Supervised(
            name,
            command,
            self._environment,
            self.folder,
            clock=Clock(self._clocks, self.folder / f"{name}.clock"),
            failed=self.fail,
            bounded=bounded,
        )

    @property
    def clocks_can_move(self) -> bool:
        return self._clocks is not None

    @property
    def live(self) -> list[Supervised]:
        """What never ends by itself, but for `late`, which its own history starts and stops."""
        return [self.producer, self.main_a, self.main_b, self.second]

    @property
    def all(self) -> list[Supervised]:
        return [*self.live, self.late, self.backfill, self.rival, *self.segments]

    def named(self, name: str) -> Supervised:
        return next(each for each in self.all if each.name == name)

    def fail(self, what: str) -> None:
        """The run has failed; it ends as soon as it can."""
        self.failures.append(what)
        self.failed.set()

    @contextmanager
    def running(self) -> Iterator[Self]:
        for each in (*self.live, *self.segments):
            each.start()
        try:
            yield self
        finally:
            self.stop()

    def stop(self) -> None:
        """All at once; again does no harm."""
        threads = [threading.Thread(target=each.leave) for each in self.all]
        for each in threads:
            each.start()
        for each in threads:
            each.join()


def _publishing(produce: tuple[str, ...], first: int, last: int) -> Callable[[], tuple[str, ...]]:
    return lambda: (*produce[:-2], "--first", str(first), "--last", str(last), "--segment")
