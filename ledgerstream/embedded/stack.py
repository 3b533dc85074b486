"""Both servers under one data directory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledgerstream.embedded import file_lock, jars, wheels
from ledgerstream.embedded.errors import DataFolderUnusable
from ledgerstream.embedded.folders import make_data_dir
from ledgerstream.embedded.kafka import KafkaServer
from ledgerstream.embedded.postgres import PostgresServer
from ledgerstream.embedded.system_user import database_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

# Longer than both servers together may take to start.
LOCK_TIMEOUT_SECONDS = 150


@dataclass(frozen=True)
class Addresses:
    """Where the servers listen."""

    kafka: str
    """For `bootstrap.servers`: `127.0.0.1:port`."""
    database_url: str
    """For psycopg and psql: `postgresql://…`."""


class Stack:
    """A real Apache Kafka and a real PostgreSQL, in the background, with all their data under `data_dir`.

    They outlive the process that started them. Any process may ask for them, start and stop them by making a
    `Stack` of the same folder; the folder itself holds all there is to know. All errors are EmbeddedStackErrors.
    """

    def __init__(self, data_dir: Path) -> None:
        # As the servers' command lines name it, by which they are recognised.
        self.data_dir = data_dir.expanduser().resolve()
        self.kafka = KafkaServer(self.data_dir / "kafka")
        self.postgres = PostgresServer(self.data_dir / "postgres")

    def running(self) -> Addresses | None:
        """Where the servers listen, if the processes of both are alive now, or None."""
        kafka, database_url = self.kafka.running(), self.postgres.running()
        if kafka is None or database_url is None:
            return None
        return Addresses(kafka, database_url)

    def up(self, progress: Callable[[str], None] = lambda _line: None) -> Addresses:
        """Start what is not running, and return when both answer.

        After an error, one of them may be running: `down` stops whatever does, another `up` starts the rest.

        Args:
            progress: Is given a line of text now and then, for a human to read, by any thread.

        Raises:
            LocalExtraMissing: The wheels are not installed.
            DataFolderUnusable: Something in `data_dir` can't be made or written.
            DataFolderUnreachable: This is root, and `data_dir` is closed to PostgreSQL's user.
            SystemUserMissing: This is root, and there is no such user.
            DownloadFailed: The first start could not fetch the jars.
            JarsDiffer: The jars are not those of the lock file.
            StackBusy: Another process starts or stops this stack, or downloads, and does not get on.
            ServerDidNotStart: One of them died, or has not answered in time.
        """
        wheels.require_all()
        try:
            make_data_dir(self.data_dir, database_user())
            # Before the lock: a slow line must not look like a start that hangs.
            jars.fetch_if_missing(progress)
            with self._lock():
                return self._start_both(progress)
        except OSError as error:
            raise DataFolderUnusable(self.data_dir, error) from error

    def down(self) -> None:
        """Stop what is running; the data stays.

        Raises:
            StackBusy: Another process starts or stops this stack, and does not get on.
            ServerDidNotStop: One of them outlived SIGKILL.
        """
        if not self.data_dir.exists():
            return
        with self._lock(), ThreadPoolExecutor() as pool:
            stops = [pool.submit(self.kafka.stop), pool.submit(self.postgres.stop)]
        for stop in stops:
            stop.result()

    def _lock(self) -> AbstractContextManager[None]:
        return file_lock.held(self.data_dir / "stack.lock", LOCK_TIMEOUT_SECONDS)

    def _start_both(self, progress: Callable[[str], None]) -> Addresses:
        pool = ThreadPoolExecutor()
        kafka = pool.submit(self.kafka.start, progress)
        postgres = pool.submit(self.postgres.start, progress)
        try:
            wait([kafka, postgres])
        finally:
            pool.shutdown()  # also when a signal ends the wait: a server that is just starting could not be stopped
        return Addresses(kafka.result(), postgres.result())
