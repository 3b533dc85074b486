"""The whole path before your eyes: ledgers run through, the consumer is killed in mid-ledger, nothing is lost.

Every process is the real command line, every server the real one. The database itself is asked at the end: is every
ledger there once, is the chain unbroken, and is all of it equal to what a consumer that nobody killed has written?
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from consumer.database import Connection, connect
from consumer.digest import digest
from consumer.status import subscribers
from consumer.tables import CHOICE
from ledgerstream.embedded import Addresses, Stack
from ledgerstream.errors import DemoFailed
from ledgerstream.shutdown import Shutdown

_FIRST = 2  # a network's ledger 1 is never published
_LAST = 61
_KILL_FROM = 20
_WAIT_SECONDS = 60.0

_WAITS_IN_MID_LEDGER = """
    select true from pg_stat_activity
     where application_name = %s and wait_event_type = 'Lock' and xact_start is not null
"""
_PROOF = """
    select count(*), min(sequence), max(sequence),
           count(*) filter (where previous_hash is distinct from before and before is not null)
      from (select *, lag(hash) over (order by sequence) as before from {schema}.ledgers) chained
"""

console = Console(stderr=True, highlight=False, soft_wrap=True)


def run_demo(shutdown: Shutdown, *, kafka: str | None, database_url: str | None, follow: bool) -> None:
    """Run it, on servers of its own unless both addresses are given.

    Raises:
        DemoFailed: the result is not what it should be.
        EmbeddedStackError: the servers can't be started here.
    """
    with _addresses(shutdown, kafka, database_url) as addresses:
        demo = _Demo(addresses)
        try:
            demo.run(follow=follow)
        finally:
            demo.end()


@contextmanager
def _addresses(shutdown: Shutdown, kafka: str | None, database_url: str | None) -> Iterator[Addresses]:
    if kafka is not None and database_url is not None:
        yield Addresses(kafka, database_url)
        return
    with tempfile.TemporaryDirectory(prefix="ledgerstream-demo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # Postgres, started by root, runs as a user of its own
        stack = Stack(Path(folder))
        shutdown.clean_up_with(lambda: _end(stack))
        _say("starting a real Apache Kafka and a real PostgreSQL in a folder of their own …")
        try:
            addresses = stack.up(progress=_say)
            _say(f"Kafka at {addresses.kafka}, Postgres at {addresses.database_url}")
            yield addresses
        finally:
            _end(stack)
            _say("Kafka and Postgres are stopped, and their folder is gone")


def _end(stack: Stack) -> None:
    """At once: nobody needs what they hold."""
    stack.kafka.kill()
    stack.postgres.kill()


class _Demo:
    """One run: names of its own, so that it can run again on servers that stay."""

    def __init__(self, addresses: Addresses) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._addresses = addresses
        stamp = str(int(time.time()))
        self._topic = f"stellar.simulated.demo-{stamp}"
        self._killed, self._calm = f"demo_{stamp}_killed", f"demo_{stamp}_calm"

    def run(self, *, follow: bool) -> None:
        _step("1", f"a simulated Stellar network closes ledgers {_FIRST}–{_LAST}; a producer publishes them")
        producer = self._start(
            "produce", "--source", "simulated", "--pace", "0.05", *(() if follow else ("--last", str(_LAST)))
        )
        _step("2", "a consumer commits each one with its cursor, in one transaction")
        consumer = self._consume(self._killed)
        with self._connection() as connection:
            self._wait_for_cursor(connection, self._killed, _KILL_FROM)
            _step("3", "the consumer is held up in the middle of a ledger, and killed there (SIGKILL)")
            self._kill_in_mid_ledger(connection, consumer)
            _step("4", "it is started again, and goes on at the cursor + 1")
            self._finish(self._consume(self._killed, "--last", str(_LAST)))
            _step("5", "a second subscriber reads the same topic, undisturbed")
            self._finish(self._consume(self._calm, "--last", str(_LAST)))
            _step("6", "the database is asked: every ledger once, the chain unbroken, both the same?")
            self._prove(connection)
        if follow:
            self._follow(producer)
        else:
            self._finish(producer)
        _say("[green]every ledger once, whatever crashed[/green]")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "LEDGERSTREAM_KAFKA": self._addresses.kafka,
            "LEDGERSTREAM_DATABASE_URL": self._addresses.database_url,
            "LEDGERSTREAM_NETWORK": "simulated",
            "LEDGERSTREAM_TOPIC": self._topic,
        }
        command = [sys.executable, "-m", "ledgerstream", "--log-level", "warning", "--log-format", "human", *arguments]
        process = subprocess.Popen(command, env=environment)
        self._processes.append(process)
        return process

    def end(self) -> None:
        """Kill what still runs: it has shown that this does no harm."""
        for process in self._processes:
            process.kill()
            process.wait()

    def _consume(self, subscriber: str, *arguments: str) -> subprocess.Popen[bytes]:
        return self._start("consume", "--subscriber", subscriber, "--tables", "all", *arguments)

    def _connection(self) -> Connection:
        return connect(self._addresses.database_url, application_name="ledgerstream demo", timeout_seconds=10)

    def _wait_for_cursor(self, connection: Connection, name: str, latest: int) -> None:
        _until(lambda: (self._latest(connection, name) or 0) >= latest, f"{name} to reach ledger {latest}")
        _say(f"   the cursor is at ledger {self._latest(connection, name)}")

    def _latest(self, connection: Connection, name: str) -> int | None:
        if name not in subscribers(connection):
            return None
        row = connection.execute(f"select latest from {name}.live".encode()).fetchone()
        return row[0] if row and isinstance(row[0], int) else None

    def _kill_in_mid_ledger(self, connection: Connection, consumer: subprocess.Popen[bytes]) -> None:
        """A lock on `transactions` stops the consumer's COPY when the ledger's own row is already written."""
        with self._connection() as holder, holder.transaction():
            holder.execute(f"lock table {self._killed}.transactions in share mode".encode())
            name = f"ledgerstream {self._killed}"
            _until(lambda: connection.execute(_WAITS_IN_MID_LEDGER, (name,)).fetchone(), "a ledger to be in the middle")
            latest = self._latest(connection, self._killed)
            consumer.kill()
            consumer.wait()
            assert latest is not None
            _say(f"   killed while it wrote ledger {latest + 1}, half of its rows already sent")
        rows = self._value(connection, f"select count(*) from {self._killed}.ledgers where sequence > {latest}")
        _say(f"   the cursor is still at {latest}; rows beyond it that anyone can see: {rows}")
        if rows != 0:
            _fail(f"{rows} rows of a half-written ledger are visible")

    def _finish(self, process: subprocess.Popen[bytes]) -> None:
        try:
            code = process.wait(_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            _fail(f"{' '.join(map(str, process.args))} did not end")  # type: ignore[arg-type]
        if code != 0:
            _fail(f"a command ended with exit code {code}; its last line says why")

    def _prove(self, connection: Connection) -> None:
        counts = connection.execute(_PROOF.format(schema=self._killed).encode()).fetchone()
        _say(f"   ledgers, first, last, broken links: {counts}")
        if counts != (_LAST - _FIRST + 1, _FIRST, _LAST, 0):
            _fail(f"a ledger is lost, doubled or half there: {counts}")
        for table in CHOICE:
            self._prove_table(connection, table.name)
        digests = digest(connection, self._killed), digest(connection, self._calm)
        _say(f"   digest of the killed one    {digests[0]}")
        _say(f"   digest of the undisturbed   {digests[1]}")
        if digests[0] != digests[1]:
            _fail("the two subscribers differ")

    def _prove_table(self, connection: Connection, table: str) -> None:
        """As many rows as the ledgers say, and some."""
        rows = self._value(connection, f"select count(*) from {self._killed}.{table}")
        told = self._value(connection, f"select sum({table}_rows) from {self._killed}.ledgers")
        _say(f"   {table}: {rows} rows")
        if rows != told or not rows:
            _fail(f"{table} holds {rows} rows, by the ledgers' own count {told}")

    def _value(self, connection: Connection, statement: str) -> object:
        row = connection.execute(statement.encode()).fetchone()
        return row and row[0]

    def _follow(self, producer: subprocess.Popen[bytes]) -> None:
        _step("7", "ledgers go on; Ctrl-C ends the demo. Look at them in another terminal:")
        _say(f"   psql '{self._addresses.database_url}' -c 'table {self._killed}.ledgers'")
        self._consume(self._killed)
        producer.wait()


def _until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            _fail(f"waited {_WAIT_SECONDS:g} s in vain for {what}")
        time.sleep(0.02)


def _step(number: str, text: str) -> None:
    console.print(f"[bold]{number}  {text}[/bold]")


def _say(text: str) -> None:
    console.print(text)


def _fail(reason: str) -> NoReturn:
    raise DemoFailed(reason)
