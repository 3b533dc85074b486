"""Our own commands in processes of their own, and what is heard of them from outside."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from consumer.database import Connection
from consumer.reset import reset
from consumer.store import channel
from ledgerstream.embedded import Addresses
from schemas.network import Network

PATIENCE_SECONDS = 60.0

_POLL_SECONDS = 0.02
_LISTEN_SECONDS = 0.5


class BenchmarkFailed(Exception):
    """A command did not do what it was started for; there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything happens: the servers, a session of the benchmark's own, and a folder for files."""

    addresses: Addresses
    connection: Connection
    folder: Path

    @property
    def kafka(self) -> dict[str, str]:
        return {"bootstrap.servers": self.addresses.kafka}


class Command:
    """One command that runs. Its log goes to a file: a pipe that nobody reads would stop it."""

    def __init__(self, place: Place, network: Network, topic: str, *arguments: str) -> None:
        self._log = place.folder / f"{topic}-{arguments[0]}-{uuid.uuid4().hex[:6]}.log"
        self.started_at = time.time()
        self._process = _started(self._log, place, network, topic, arguments)
        self._peak_bytes: int | None = None

    def is_running(self) -> bool:
        return self._process.poll() is None

    def peak_bytes(self) -> int | None:
        """The most memory that was resident so far; None where it can't be known."""
        self._peak_bytes = peak_bytes_of(self._process.pid) or self._peak_bytes  # one that has ended has none
        return self._peak_bytes

    def finish(self) -> None:
        """Wait for its end, watching its memory.

        Raises:
            BenchmarkFailed: it ended with an error, or does not end.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.is_running() and time.monotonic() < deadline:
            self.peak_bytes()
            time.sleep(_POLL_SECONDS)
        if self._process.poll() != 0:
            raise self.failed("did not end well")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self.finish()

    def kill(self) -> None:
        """Whatever went wrong, leave no process behind."""
        self._process.kill()
        self._process.wait()

    def failed(self, what: str) -> BenchmarkFailed:
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return BenchmarkFailed(f"`{self._log.stem}` {what}; its last words: {lines[-1] if lines else 'none'}")

    def times_of(self, event: str) -> list[float]:
        """When the log says that this happened: Unix times."""
        lines = [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]
        return [datetime.fromisoformat(line["timestamp"]).timestamp() for line in lines if line["event"] == event]


def peak_bytes_of(process_id: int | None) -> int | None:
    """The most memory that was resident so far; None of a process that has ended, and elsewhere than on Linux.

    Not `ru_maxrss` of `os.wait4`: between fork and exec the child counts as large as its parent, and keeps that.
    """
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), None)


def _started(
    log: Path, place: Place, network: Network, topic: str, arguments: tuple[str, ...]
) -> subprocess.Popen[bytes]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LEDGERSTREAM_")}
    environment = ours | {
        "LEDGERSTREAM_KAFKA": place.addresses.kafka,
        "LEDGERSTREAM_DATABASE_URL": place.addresses.database_url,
        "LEDGERSTREAM_NETWORK": network.name,
        "LEDGERSTREAM_TOPIC": topic,
        "LEDGERSTREAM_LOG_FORMAT": "json",
    }
    command = [sys.executable, "-m", "ledgerstream", *arguments]
    with log.open("wb") as stderr:
        # In a folder without a `.env` file, which could set more options.
        return subprocess.Popen(command, cwd=place.folder, env=environment, stderr=stderr)


class LiveConsumer:
    """A `consume` that runs, heard by the notification that each commit sends."""

    def __init__(self, place: Place, subscriber: str, command: Command) -> None:
        self.command = command
        self.subscriber = subscriber
        self.heard_at: dict[int, float] = {}
        """By sequence, when its commit was heard of; `time.perf_counter`."""
        self._connection = place.connection

    @classmethod
    @contextmanager
    def running(cls, place: Place, network: Network, topic: str, *arguments: str) -> Iterator[Self]:
        """For a new subscriber, which is dropped at the end."""
        subscriber = f"benchmark_{uuid.uuid4().hex[:12]}"
        place.connection.execute(f"listen {channel(subscriber)}".encode())
        command = Command(place, network, topic, "consume", "--subscriber", subscriber, *arguments)
        try:
            yield cls(place, subscriber, command)
            command.stop()
        finally:
            command.kill()
            place.connection.execute(f"unlisten {channel(subscriber)}".encode())
        reset(place.addresses.database_url, subscriber, timeout_seconds=PATIENCE_SECONDS)

    def wait_for(self, sequence: int) -> float:
        """When the ledger's commit was heard of.

        Raises:
            BenchmarkFailed: the consumer ended, or nothing is heard any more.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sequence not in self.heard_at:
            if not self._listen() and (not self.command.is_running() or time.monotonic() > deadline):
                raise self.command.failed(f"did not commit ledger {sequence}")
        return self.heard_at[sequence]

    def _listen(self) -> bool:
        """Whether anything was heard; returns with the first that is."""
        heard = False
        for notification in self._connection.notifies(timeout=_LISTEN_SECONDS, stop_after=1):
            self.heard_at[int(notification.payload)] = time.perf_counter()
            heard = True
        return heard
