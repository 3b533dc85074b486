"""Each fault: how it strikes, how it is healed, whom it concerns, and for how long it may keep them from committing."""

import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import psutil  # type: ignore[import-untyped]
import psycopg

from ledgerstream.embedded.errors import ServerDidNotStart
from tests.chaos.schedule import Kind, Strike
from tests.chaos.system import (
    ANSWER_SECONDS,
    HUNG_SECONDS,
    LATE,
    LEASE_SECONDS,
    MAIN,
    RESTART_SECONDS,
    SECOND,
    SLOW_RESTART_SECONDS,
    System,
)
from tests.chaos.watch import BACKFILL
from tests.support.proxy import Proxy

TRANSACTION_SECONDS = 10.0
"""What the producer gives a transaction to be taken; a client gives a connection as long to answer."""
START_SECONDS = 20.0
"""For Python, its imports, a session, and the place in the topic, when all start at once on two busy cores."""
SERVER_START_SECONDS = 15.0
"""For a broker or a database to answer again, after a crash, on a machine that is busy."""
NOTICE_SECONDS = 6.0
"""For what is only looked at now and then: time-outs, locks, the end of a process."""
BEAT_SECONDS = 3.0
"""Between two commits when nothing is wrong: a producer looks into its lake every second."""
FLUSH_SECONDS = 2.0
"""Of a worker's ledgers."""

_AN_HOUR = 3600
_FIND_SECONDS = 12.0
_SERVER_PATIENCE_SECONDS = 60.0
_NOTHING_FREE = 1
_SLOW_BYTES_PER_SECOND, _SLOW_LATENCY_SECONDS = 30_000.0, 0.05

_TAKEN_OVER_AFTER = LEASE_SECONDS + 2 + START_SECONDS / 2 + BEAT_SECONDS
STARTED_AGAIN = RESTART_SECONDS + START_SECONDS + BEAT_SECONDS
PUBLISHED_AGAIN = TRANSACTION_SECONDS + NOTICE_SECONDS + STARTED_AGAIN
EVERYBODY = (MAIN, SECOND, LATE, BACKFILL)
CONCERNED = {
    "producer": (MAIN, SECOND, LATE),
    "main_a": (MAIN,),
    "main_b": (MAIN,),
    "second": (SECOND,),
    "late": (LATE,),
    "backfill": (BACKFILL,),
    "worker": (BACKFILL,),
}
PROCESSES = tuple(CONCERNED)
COMMANDS = tuple(name for name in PROCESSES if name != "worker")
BROKER, BROKER_LINE, DATABASE, DATABASE_LINE = "broker", "line to the broker", "database", "line to the database"


class NotThere(Exception):
    """There was nothing to strike."""


class NotHere(Exception):
    """This machine does not allow it."""


T = TypeVar("T")
Strikes = Callable[[System, str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """`strikes` is entered when it strikes and left when it is healed.

    `bound_seconds` is how long, from the strike on, those concerned may stand still, the fault's own time included;
    `bound_is` says so in words. Backfill, whose workers start after it, may take `STARTED_AGAIN` more.
    """

    kind: Kind
    strikes: Strikes
    bound_is: str
    after_seconds: float

    def concerns(self, target: str) -> tuple[str, ...]:
        return CONCERNED.get(target, EVERYBODY)

    def bound_seconds(self, strike: Strike, line: str, *, stood_by: bool = False) -> float:
        """Of the line's stand-still; `stood_by`: at the strike somebody waited to take over."""
        if stood_by and self.kind.name == "SIGSTOP" and line == MAIN:
            return _TAKEN_OVER_AFTER
        more = STARTED_AGAIN + FLUSH_SECONDS if line == BACKFILL else 0.0
        return strike.seconds + self.after_seconds + more


@contextmanager
def _killed(system: System, target: str) -> Iterator[None]:
    _send(system, target, signal.SIGKILL)
    yield


@contextmanager
def _asked_to_end(system: System, target: str) -> Iterator[None]:
    _send(system, target, signal.SIGTERM)
    yield


@contextmanager
def _stopped(system: System, target: str) -> Iterator[None]:
    wake = _send(system, target, signal.SIGSTOP)
    try:
        yield
    finally:
        wake()


def _send(system: System, target: str, number: signal.Signals) -> Callable[[], None]:
    """Send a signal to a process under test; what wakes that one up again."""
    if target == "worker":
        worker = _found(lambda: next(iter(system.backfill.workers()), None))
        worker.send_signal(number)
        return lambda: _wake(worker)
    command = system.named(target)
    process = _found(command.running)
    command.signal(number)
    return lambda: _wake(process)


def _wake(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGCONT)


def _found(look: Callable[[], T | None]) -> T:
    """What may be between two lives just now."""
    deadline = time.monotonic() + _FIND_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise NotThere
        time.sleep(0.05)
    return found


@contextmanager
def _with_a_rival(system: System, _target: str) -> Iterator[None]:
    """A second producer, under a supervisor of its own: the two fence each other."""
    system.rival.start()
    try:
        yield
    finally:
        system.rival.leave()


@contextmanager
def _without_memory(system: System, target: str) -> Iterator[None]:
    """The process gets not one page more than it has."""
    command = system.named(target)
    process = _found(command.running)
    command.shorten_memory()
    _, most = resource.prlimit(process.pid, resource.RLIMIT_AS)
    resource.prlimit(process.pid, resource.RLIMIT_AS, (_NOTHING_FREE, most))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_AS, (most, most))


@contextmanager
def _with_a_moved_clock(system: System, target: str) -> Iterator[None]:
    """An hour ahead, and back again."""
    if not system.clocks_can_move:
        raise NotHere("no C compiler")
    clock = system.named(target).clock
    clock.jump_to(_AN_HOUR)
    try:
        yield
    finally:
        clock.jump_to(0)


@contextmanager
def _broker_away(system: System, _target: str) -> Iterator[None]:
    system.servers.stack.kafka.kill()
    try:
        yield
    finally:
        _started(system.servers.stack.kafka.start)


@contextmanager
def _database_away(system: System, _target: str) -> Iterator[None]:
    system.servers.stack.postgres.kill()
    try:
        yield
    finally:
        _started(system.servers.stack.postgres.start)


def _started(start: Callable[[], str]) -> None:
    """As a service manager does: again, when a full disk, say, has ended the start."""
    deadline = time.monotonic() + _SERVER_PATIENCE_SECONDS
    while True:
        try:
            start()
        except ServerDidNotStart:
            if time.monotonic() > deadline:
                raise
            time.sleep(RESTART_SECONDS)
        else:
            return


@contextmanager
def _sessions_ended(system: System, _target: str) -> Iterator[None]:
    ours = "application_name like 'ledgerstream %' or application_name like 'standby %'"
    end = f"select pg_terminate_backend(pid) from pg_stat_activity where {ours}".encode()
    try:
        with psycopg.connect(system.servers.direct.database_url, autocommit=True, connect_timeout=5) as database:
            ended = database.execute(end).rowcount
    except psycopg.OperationalError as error:
        raise NotThere("the database was not there") from error
    if not ended:
        raise NotThere
    yield


@contextmanager
def _answer_to_commit_lost(system: System, _target: str) -> Iterator[None]:
    """Of whoever commits next."""
    line = system.servers.database
    try:
        if not line.lose_answer_to(b"commit\0").wait(_FIND_SECONDS):
            raise NotThere
        yield
    finally:
        line.heal()


@contextmanager
def _disk_full(system: System, _target: str) -> Iterator[None]:
    if system.disk is None:
        raise NotHere("nothing can be mounted")
    system.disk.fill()
    try:
        yield
    finally:
        system.disk.clear()


def _line_to(target: str, break_it: Callable[[Proxy], None]) -> Strikes:
    @contextmanager
    def strikes(system: System, _target: str) -> Iterator[None]:
        line = system.servers.broker if target == BROKER_LINE else system.servers.database
        break_it(line)
        try:
            yield
        finally:
            line.heal()

    return strikes


def _slow(line: Proxy) -> None:
    line.slow(bytes_per_second=_SLOW_BYTES_PER_SECOND, latency_seconds=_SLOW_LATENCY_SECONDS)


_RESTART = f"a restart, {STARTED_AGAIN:g} s"
_SILENCE = f"--answer-timeout {ANSWER_SECONDS:g} s, noticed within {NOTICE_SECONDS:g} s, {_RESTART}"
_PUBLISHING = f"a transaction {TRANSACTION_SECONDS:g} s, noticed within {NOTICE_SECONDS:g} s, {_RESTART}"
_SLOW_RESTART_AFTER = SLOW_RESTART_SECONDS + START_SECONDS + BEAT_SECONDS
_SILENCE_AFTER = ANSWER_SECONDS + NOTICE_SECONDS + STARTED_AGAIN

FAULTS: Mapping[str, Fault] = {
    fault.kind.name: fault
    for fault in (
        Fault(Kind("SIGKILL", PROCESSES), _killed, _RESTART, STARTED_AGAIN),
        Fault(Kind("SIGTERM", PROCESSES), _asked_to_end, f"4 s of grace, {_RESTART}", 4 + STARTED_AGAIN),
        Fault(
            Kind("SIGSTOP", PROCESSES, 6, 14),
            _stopped,
            f"its own time, a slow restart, {_SLOW_RESTART_AFTER:g} s; with a standby there, whatever its own time, "
            f"{_TAKEN_OVER_AFTER:g} s: the lease + 2 s, finding the place, a beat",
            _SLOW_RESTART_AFTER,
        ),
        Fault(
            Kind("a second producer", ("topic",), 6, 14),
            _with_a_rival,
            f"its own time, a slow restart, {_SLOW_RESTART_AFTER:g} s",
            _SLOW_RESTART_AFTER,
        ),
        Fault(
            Kind("little memory", COMMANDS, 4, 8),
            _without_memory,
            f"its own time, an alive file that grows {HUNG_SECONDS:g} s old, {_RESTART}",
            HUNG_SECONDS + STARTED_AGAIN,
        ),
        Fault(
            Kind("clock an hour ahead", COMMANDS, 3, 8), _with_a_moved_clock, f"its own time, {_RESTART}", STARTED_AGAIN
        ),
        Fault(
            Kind("broker killed", (BROKER,), 0, 8),
            _broker_away,
            f"its own time, the broker's start {SERVER_START_SECONDS:g} s, {_PUBLISHING}",
            SERVER_START_SECONDS + PUBLISHED_AGAIN,
        ),
        Fault(Kind("broker: cut", (BROKER_LINE,)), _line_to(BROKER_LINE, Proxy.cut), _PUBLISHING, PUBLISHED_AGAIN),
        Fault(
            Kind("broker: half open", (BROKER_LINE,)),
            _line_to(BROKER_LINE, Proxy.half_open),
            _PUBLISHING,
            PUBLISHED_AGAIN,
        ),
        Fault(
            Kind("broker: black hole", (BROKER_LINE,), 2, 14),
            _line_to(BROKER_LINE, Proxy.black_hole),
            f"its own time, {_PUBLISHING}",
            PUBLISHED_AGAIN,
        ),
        Fault(
            Kind("broker: slow", (BROKER_LINE,), 4, 10),
            _line_to(BROKER_LINE, _slow),
            f"its own time, {_PUBLISHING}",
            PUBLISHED_AGAIN,
        ),
        Fault(
            Kind("database killed", (DATABASE,), 0, 6),
            _database_away,
            f"its own time, the database's start {SERVER_START_SECONDS:g} s, {_RESTART}",
            SERVER_START_SECONDS + STARTED_AGAIN,
        ),
        Fault(Kind("database: sessions ended", (DATABASE,)), _sessions_ended, _RESTART, STARTED_AGAIN),
        Fault(Kind("database: cut", (DATABASE_LINE,)), _line_to(DATABASE_LINE, Proxy.cut), _RESTART, STARTED_AGAIN),
        Fault(
            Kind("database: half open", (DATABASE_LINE,)),
            _line_to(DATABASE_LINE, Proxy.half_open),
            _SILENCE,
            _SILENCE_AFTER,
        ),
        Fault(
            Kind("database: black hole", (DATABASE_LINE,), 2, 12),
            _line_to(DATABASE_LINE, Proxy.black_hole),
            f"its own time, {_SILENCE}",
            _SILENCE_AFTER,
        ),
        Fault(
            Kind("database: slow", (DATABASE_LINE,), 4, 10),
            _line_to(DATABASE_LINE, _slow),
            f"its own time, {_SILENCE}",
            _SILENCE_AFTER,
        ),
        Fault(Kind("answer to COMMIT lost", (DATABASE_LINE,)), _answer_to_commit_lost, _RESTART, STARTED_AGAIN),
        Fault(Kind("disk full", (DATABASE,), 2, 8), _disk_full, f"its own time, {_RESTART}", STARTED_AGAIN),
    )
}
