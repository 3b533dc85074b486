"""Watches from outside, on connections that nothing breaks: who moves, what is half there, how much memory is used."""

import threading
import time
import traceback
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Self

import psutil  # type: ignore[import-untyped]
import psycopg

from tests.chaos.network import Closed
from tests.chaos.system import LATE, MAIN, SUBSCRIBERS, System

BACKFILL = "backfill"
LINES = (*SUBSCRIBERS, BACKFILL)

_LOOK_SECONDS = 0.1
_BEGIN_SECONDS = 120.0
_CLOSE_LEDGERS = 12
_AUDIT_SECONDS = 2.0
_MEMORY_SECONDS = 2.0
_GROWN_UP_SECONDS = 5.0
_AUDITED_LEDGERS = 30
_MEGABYTE = 1024 * 1024

Database = psycopg.Connection[tuple[object, ...]]

_LATEST = "select latest from {}.live"
_FILLED = "select count(*) from {0}.ledgers where sequence < (select live_first from {0}.live)"
_BEING_RESET = (psycopg.errors.UndefinedTable, psycopg.errors.LockNotAvailable, psycopg.errors.InvalidSchemaName)
_WORKING = "select pid from pg_stat_activity where application_name = %s order by pid"


@dataclass(slots=True)
class Line:
    """When it moved, and to where; times ascend, and so do values until it begins again."""

    times: list[float] = field(default_factory=list)
    values: list[int] = field(default_factory=list)

    def saw(self, value: int | None, at: float) -> None:
        if value is not None and (not self.values or value != self.values[-1]):
            self.times.append(at)
            self.values.append(value)

    def reached(self, value: int, after: float) -> float | None:
        """When it first stood at so much, or more, at that time or later."""
        index = max(0, bisect_right(self.times, after) - 1)
        for moved_at, reached in zip(self.times[index:], self.values[index:], strict=True):
            if reached >= value:
                return max(moved_at, after)
        return None

    def longest_silence(self, first: float, last: float) -> tuple[float, float]:
        """The longest time between these two in which it did not move: from when to when."""
        points = [first, *(at for at in self.times if first < at < last), last]
        return max(pairwise(points), key=lambda span: span[1] - span[0])


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes of one kind of process: the median of each quarter of the run, and the most."""

    quarters: tuple[float, ...]
    highest: float

    @classmethod
    def of(cls, seen: list[float]) -> Self:
        """Of what was seen, in its order."""
        parts = [seen[len(seen) * part // 4 : len(seen) * (part + 1) // 4] for part in range(4)]
        return cls(tuple(median(part) for part in parts if part), max(seen))


class Watch:
    """Looks all the time, from `start` to `stop`. `torn` are faults of the data that anybody could have read."""

    def __init__(self, system: System) -> None:
        self.lines = {name: Line() for name in LINES}
        self.torn: list[str] = []
        self.audits = 0
        self._system = system
        self._memory: defaultdict[str, list[float]] = defaultdict(list)
        self._at_work: list[object] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def wait_for_all(self) -> None:
        """Until every subscriber is close to the network's newest ledger."""
        deadline = time.monotonic() + _BEGIN_SECONDS
        while not all(self._is_close(self.lines[name]) for name in SUBSCRIBERS):
            if self._system.failed.wait(_LOOK_SECONDS):
                return
            if time.monotonic() > deadline:
                self._system.fail(f"not every subscriber began and caught up in {_BEGIN_SECONDS:g} s")

    def _is_close(self, line: Line) -> bool:
        return bool(line.values) and line.values[-1] >= self._system.network.newest - _CLOSE_LEDGERS

    def memory(self) -> dict[str, Memory]:
        return {kind: Memory.of(seen) for kind, seen in sorted(self._memory.items())}

    def _run(self) -> None:
        try:
            self._watch()
        except Exception:  # noqa: BLE001 - of a thread nobody else would hear
            self._system.fail(f"the watch itself went wrong: {traceback.format_exc()}")

    def _watch(self) -> None:
        next_audit = next_memory = time.monotonic()
        while not self._stopping.is_set():
            with suppress(psycopg.OperationalError), self._session() as database:
                while not self._stopping.wait(_LOOK_SECONDS):
                    self._look(database)
                    if time.monotonic() >= next_audit:
                        next_audit = time.monotonic() + _AUDIT_SECONDS
                        self._audit(database)
                    if time.monotonic() >= next_memory:
                        next_memory = time.monotonic() + _MEMORY_SECONDS
                        self._weigh()
            self._stopping.wait(_LOOK_SECONDS)

    def _session(self) -> Database:
        url = self._system.servers.direct.database_url
        session = psycopg.connect(url, autocommit=True, connect_timeout=2, application_name="watch")
        session.execute("set lock_timeout = '100ms'")  # somebody's lock on one subscriber must not hide the others
        return session

    def _look(self, database: Database) -> None:
        for name in SUBSCRIBERS:
            self.lines[name].saw(_number(database, _LATEST.format(name)), time.monotonic())
        self.lines[BACKFILL].saw(_number(database, _FILLED.format(LATE)), time.monotonic())

    def _audit(self, database: Database) -> None:
        for subscriber in SUBSCRIBERS:
            try:
                found = list(faults_of_the_newest(database, subscriber, self._system.network.closed))
            except _BEING_RESET:
                continue
            self.audits += 1
            self._tell(found)
        self._count_at_work(database)

    def _count_at_work(self, database: Database) -> None:
        """A standby has a name of its own until it has the lock. One that is being ended may be there for a moment."""
        working = [pid for (pid,) in database.execute(_WORKING, (f"ledgerstream {MAIN}",))]
        if len(working) > 1 and working == self._at_work:
            self._tell([f"two consumers work for {MAIN} at the same time: sessions {working}"])
        self._at_work = working

    def _tell(self, found: list[str]) -> None:
        self.torn += found
        for each in found:
            self._system.fail(f"seen while it ran: {each}")

    def _weigh(self) -> None:
        for kind, process in self._kinds():
            with suppress(psutil.Error):
                if time.time() - process.create_time() > _GROWN_UP_SECONDS:
                    self._memory[kind].append(process.memory_info().rss / _MEGABYTE)
        database = self._system.servers.stack.postgres.pid()
        if database is not None:
            with suppress(psutil.Error):  # one of its processes has ended meanwhile
                self._memory["Postgres, all its processes"].append(_together(psutil.Process(database)))

    def _kinds(self) -> Iterator[tuple[str, psutil.Process]]:
        system = self._system
        named = {"main_a": "consumer with a standby", "main_b": "consumer with a standby", "second": "consumer"}
        for each in (*system.live, system.late, system.backfill):
            if (process := each.running()) is not None:
                yield named.get(each.name, {"late": "consumer"}.get(each.name, each.name)), process
        for worker in system.backfill.workers():
            yield "worker of backfill", worker
        broker = system.servers.stack.kafka.pid()
        if broker is not None:
            with suppress(psutil.NoSuchProcess):
                yield "Kafka", psutil.Process(broker)


def _together(server: psutil.Process) -> float:
    """Of a server's processes, in MB, what they share counted once, where the system tells."""
    found = [each.memory_full_info() for each in (server, *server.children(recursive=True))]
    return float(sum(getattr(each, "pss", each.uss) for each in found)) / _MEGABYTE


def _number(database: Database, statement: str) -> int | None:
    try:
        row = database.execute(statement.encode()).fetchone()
    except _BEING_RESET:
        return None
    return None if row is None or row[0] is None else int(str(row[0]))


def faults_of_the_newest(database: Database, subscriber: str, closed: Mapping[int, Closed]) -> Iterator[str]:
    """Of the newest ledgers, as a reader sees them in one snapshot: the cursor, what is up to it, and its rows."""
    with database.transaction():
        database.execute("set transaction isolation level repeatable read")
        row = database.execute(f"select latest, live_first from {subscriber}.live".encode()).fetchone()
        latest, live_first = row or (None, None)
        if not isinstance(latest, int) or not isinstance(live_first, int):
            return  # it has not begun
        first = max(live_first, latest - _AUDITED_LEDGERS)
        held = dict(_pairs(database, f"select sequence, hash from {subscriber}.ledgers where sequence >= {first}"))
        counted = dict(
            _pairs(
                database,
                f"select id >> 32, count(*) from {subscriber}.transactions where id >= {first << 32} group by 1",
            )
        )
    for sequence in sorted({*range(first, latest + 1), *held, *counted}):
        if sequence > latest:
            yield f"{subscriber}: rows of ledger {sequence}, though the cursor is at {latest}"
        elif sequence not in held:
            yield f"{subscriber}: the cursor is at {latest}, and ledger {sequence} is not there"
        elif held[sequence] != closed[sequence].hash:
            yield f"{subscriber}: ledger {sequence} is another one than the network's"
        elif counted.get(sequence, 0) != closed[sequence].transactions:
            yield f"{subscriber}: ledger {sequence} has {counted.get(sequence, 0)} transactions, not all of its own"


def _pairs(database: Database, statement: str) -> Iterator[tuple[int, object]]:
    for key, value in database.execute(statement.encode()):
        assert isinstance(key, int)
        yield key, value
