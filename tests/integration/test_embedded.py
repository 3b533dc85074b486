"""The embedded stack with its real servers: what happens to them, and that `up` then simply works again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from ledgerstream.embedded import Addresses, PostgresServer, Stack, file_lock, ports, postgres, process
from ledgerstream.embedded.errors import DataFolderUnreachable, ServerDidNotStart
from ledgerstream.embedded.folders import make_data_dir
from ledgerstream.embedded.system_user import database_user

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPIC = "kept"
ONLY_AS_ROOT = pytest.mark.skipif(database_user() is None, reason="PostgreSQL runs as this very user")

UP = "import sys, pathlib; from ledgerstream.embedded import Stack; print(Stack(pathlib.Path(sys.argv[1])).up())"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own, which lies below one that is closed to PostgreSQL's system user."""
    folder = Path(tempfile.mkdtemp(prefix="ledgerstream-test-"))
    yield folder
    Stack(folder).down()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def data() -> Iterator[Stack]:
    """One stack for the tests of this file, with a record and a row in it."""
    folder = Path(tempfile.mkdtemp(prefix="ledgerstream-test-"))
    stack = Stack(folder)
    try:
        keep_something(stack.up())
        yield stack
    finally:
        stack.down()
        shutil.rmtree(folder)


@pytest.fixture
def stack(data: Stack) -> Stack:
    """The same, up whatever the test before did to it."""
    data.up()
    return data


def keep_something(addresses: Addresses) -> None:
    client = AdminClient({"bootstrap.servers": addresses.kafka})
    client.create_topics([NewTopic(TOPIC, 1, 1)])[TOPIC].result(10)
    producer = Producer({"bootstrap.servers": addresses.kafka, "transactional.id": "keeper"})
    producer.init_transactions(10)
    producer.begin_transaction()
    producer.produce(TOPIC, b"a record")
    producer.commit_transaction(10)
    with psycopg.connect(addresses.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'a row' AS content")


def kept(addresses: Addresses) -> tuple[bytes | None, str]:
    """The record and the row that keep_something wrote."""
    with psycopg.connect(addresses.database_url) as connection:
        row = connection.execute("SELECT content FROM kept").fetchone()
    assert row is not None
    return first_record(addresses.kafka), row[0]


def first_record(kafka: str) -> bytes | None:
    with closing(Consumer({"bootstrap.servers": kafka, "group.id": "reader", "enable.auto.commit": False})) as consumer:
        consumer.assign([TopicPartition(TOPIC, 0, OFFSET_BEGINNING)])
        messages = consumer.consume(1, timeout=10)
    assert messages
    assert messages[0].error() is None
    return messages[0].value()


KEPT = (b"a record", "a row")


def pids(stack: Stack) -> tuple[int, int]:
    kafka, database = stack.kafka.pid(), stack.postgres.pid()
    assert kafka is not None
    assert database is not None
    return kafka, database


def processes_of(folder: Path) -> list[str]:
    """The command lines of all processes that name the folder or work in it."""
    return [
        f"{found.pid} {found.info['cmdline']}"
        for found in psutil.process_iter(["cmdline", "cwd"])
        if str(folder) in " ".join([*(found.info["cmdline"] or ()), found.info["cwd"] or ""])
    ]


def kill_hard(*killed: int) -> None:
    for pid in killed:
        os.kill(pid, signal.SIGKILL)


def test_up_twice_changes_nothing(stack: Stack) -> None:
    """A second `up` answers the same addresses, and starts nothing."""
    addresses, before = stack.running(), pids(stack)
    assert stack.up() == addresses
    assert pids(stack) == before
    assert Stack(stack.data_dir).running() == addresses


def test_down_then_up_keeps_the_data(stack: Stack) -> None:
    """A record and a row survive `down`, and the addresses stay."""
    addresses = stack.running()
    stack.down()
    assert stack.running() is None
    assert stack.up() == addresses
    assert kept(stack.up()) == KEPT


def test_down_leaves_no_process(stack: Stack) -> None:
    """After `down` no process names the data folder or works in it; a second `down` is nothing."""
    assert len(processes_of(stack.data_dir)) > 2
    stack.down()
    assert processes_of(stack.data_dir) == []
    stack.down()


def test_crash_of_both_heals(stack: Stack) -> None:
    """`up` right after SIGKILL of both servers brings them back where they were, with their data."""
    addresses = stack.running()
    kill_hard(*pids(stack))
    assert stack.up() == addresses
    assert kept(stack.up()) == KEPT


def test_each_server_comes_back_where_it_was(stack: Stack) -> None:
    """A server killed by itself is missed, and its own `start` brings it back at the same address."""
    addresses = stack.running()
    assert addresses is not None
    stack.kafka.kill()
    assert stack.running() is None
    assert stack.postgres.running() == addresses.database_url
    assert stack.kafka.start() == addresses.kafka
    stack.postgres.kill()
    assert stack.running() is None
    assert stack.postgres.start() == addresses.database_url
    assert kept(addresses) == KEPT


def test_session_that_outlives_a_killed_server_is_ended(stack: Stack) -> None:
    """A long query notices late that its server is gone, and would keep the next one from starting."""
    url = stack.up().database_url

    def compute() -> None:
        with psycopg.connect(url) as connection, pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT count(*) FROM generate_series(1, 10000000000) WHERE random() < 0")

    computing = threading.Thread(target=compute)
    computing.start()
    with psycopg.connect(url, autocommit=True) as connection:
        active = "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%generate%%' AND pid <> %s"
        pid = connection.info.backend_pid
        assert process.wait_until(lambda: connection.execute(active, [pid]).rowcount == 1, 10)
    kill_hard(pids(stack)[1])
    assert kept(stack.up()) == KEPT
    computing.join(10)
    assert not computing.is_alive()


@pytest.fixture
def foreigner() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else's: of PostgreSQL's own user, so that PostgreSQL takes it for one of its own."""
    user = database_user()
    with subprocess.Popen(["sleep", "100"], user=None if user is None else user.user_id) as foreigner:
        yield foreigner
        foreigner.kill()


def test_recycled_pids_are_not_taken_for_servers(stack: Stack, foreigner: subprocess.Popen[bytes]) -> None:
    """Stale pid files that name somebody else's process: it is no server, is not harmed, and `up` works."""
    _, database = pids(stack)
    stack.kafka.kill()
    kill_hard(database)
    assert process.wait_until(lambda: not process.is_alive(database), 5)
    socket_lock = stack.data_dir / "postgres" / "data" / ".s.PGSQL.5432.lock"
    for stale in (stack.kafka._pid_file, stack.postgres._pid_file, socket_lock):
        lines = stale.read_text().splitlines(keepends=True)
        stale.write_text("".join([f"{foreigner.pid}\n", *lines[1:]]))
    assert stack.running() is None
    stack.down()
    assert kept(stack.up()) == KEPT
    assert foreigner.poll() is None


def test_taken_ports_are_replaced(stack: Stack) -> None:
    """A port that somebody else has by now: the broker moves, with its data, and keeps the new port."""
    before = stack.up().kafka
    stack.down()
    with socket.create_server((ports.LOOPBACK, int(before.rsplit(":")[-1]))):
        addresses = stack.up()
        assert addresses.kafka != before
        assert kept(addresses) == KEPT
    assert addresses.kafka in [f"{ports.LOOPBACK}:{port}" for port in ports.read_ports(stack.kafka._ports_file, 2)]


def test_forgotten_broker_is_ended(stack: Stack) -> None:
    """A broker whose pid was never written down, because its starter was killed, does not stop the next."""
    forgotten = pids(stack)[0]
    stack.kafka._pid_file.unlink()
    assert stack.running() is None
    assert kept(stack.up()) == KEPT
    assert not process.is_alive(forgotten)


def test_broker_that_dies_shows_its_log(stack: Stack) -> None:
    """The error has the broker's own reason in it; when that is gone, `up` works again."""
    stack.down()
    meta = stack.data_dir / "kafka" / "data" / "meta.properties"
    right = meta.read_text()
    meta.write_text(right.replace("node.id=1", "node.id=2"))
    with pytest.raises(ServerDidNotStart, match=r"Apache Kafka ended while it started(.|\n)*Stored node id 2"):
        stack.up()
    meta.write_text(right)
    assert kept(stack.up()) == KEPT


def test_database_that_dies_shows_its_log(stack: Stack) -> None:
    """The error has the server's own reason in it; when that is gone, `up` works again."""
    stack.down()
    settings = stack.data_dir / "postgres" / "data" / "postgresql.auto.conf"
    right = settings.read_text()
    settings.write_text("shared_buffers = 'nonsense'\n")
    with pytest.raises(ServerDidNotStart, match=r"PostgreSQL ended while it started(.|\n)*nonsense"):
        stack.up()
    settings.write_text(right)
    assert kept(stack.up()) == KEPT


def test_only_the_loopback_is_listened_on(stack: Stack) -> None:
    """No other machine can reach either server."""
    kafka, database = (psutil.Process(pid) for pid in pids(stack))
    listening = [c.laddr.ip for c in kafka.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert {ip.removeprefix("::ffff:") for ip in listening} == {ports.LOOPBACK}
    assert [c for c in database.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []


def test_waiting_up_goes_on_when_the_lock_is_free(stack: Stack) -> None:
    """An `up` that finds another at work waits for it."""
    with file_lock.held(stack.data_dir / "stack.lock", 1):
        waiting = subprocess.Popen([sys.executable, "-c", UP, str(stack.data_dir)], stdout=subprocess.PIPE)
        time.sleep(1)
        assert waiting.poll() is None
    output, _ = waiting.communicate(timeout=30)
    assert output.decode().strip() == str(stack.running())


def test_two_first_ups_at_once_are_one(folder: Path) -> None:
    """Both name the same servers, of which there is one each, in sessions that no terminal's Ctrl-C reaches."""
    command = [sys.executable, "-c", UP, str(folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    answers = {up.communicate(timeout=60)[0].decode().strip() for up in both}
    stack = Stack(folder)
    assert answers == {str(stack.running())}
    assert len(list(process.all_with_marks(stack.kafka._marks))) == 1
    assert os.getsid(0) not in {os.getsid(pid) for pid in pids(stack)}


@pytest.mark.parametrize("seconds", [0.7, 1.4])
def test_first_up_killed_midway_heals(folder: Path, seconds: float) -> None:
    """Wherever SIGKILL meets the first `up`, the next one works."""
    with subprocess.Popen([sys.executable, "-c", UP, str(folder)], stdout=subprocess.DEVNULL) as up:
        time.sleep(seconds)
        up.kill()
    stack = Stack(folder)
    keep_something(stack.up())
    # What still wrote there when `up` came is swept by the next start.
    stack.down()
    assert kept(stack.up()) == KEPT
    assert not list(folder.glob("*/data.new-*"))


def test_deep_data_folder_gets_a_short_socket(folder: Path) -> None:
    """A path too long for a socket: the socket lies elsewhere, and at the same place after a reboot."""
    deep = folder / ("a" * 60) / ("b" * 60)
    make_data_dir(folder, database_user())
    make_data_dir(deep, database_user())
    server = PostgresServer(deep / "postgres")
    try:
        url = server.start()
        server.stop()
        socket_folder = server._socket_folder()
        socket_folder.rmdir()
        assert server.start() == url
        assert str(deep) not in url
        psycopg.connect(url).close()
    finally:
        server.stop()
        shutil.rmtree(server._socket_folder())


@ONLY_AS_ROOT
def test_data_folder_closed_to_the_database_user(folder: Path) -> None:
    """As root, below a folder that PostgreSQL's user cannot enter: said at once, and nothing is started."""
    make_data_dir(folder, database_user())
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    stack = Stack(closed / "data")
    with pytest.raises(DataFolderUnreachable, match=str(closed)):
        stack.up()
    assert stack.kafka.pid() is None


@ONLY_AS_ROOT
def test_programs_in_a_closed_folder_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, with the wheel in root's own home: PostgreSQL's user gets a copy that it can run."""
    monkeypatch.setattr(postgres, "closed_folder", lambda *_: Path("/root"))
    make_data_dir(folder, database_user())
    server = PostgresServer(folder / "postgres")
    with psycopg.connect(server.start()) as connection:
        connection.execute("SELECT 1")
    assert str(folder) in psutil.Process(server.pid()).exe()
