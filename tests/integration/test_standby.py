"""The lock alone: who may watch and end its holder, what a probe costs, and what is no session of one's own."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from consumer import database as database_module
from consumer.database import SERVER_NOTICES_SECONDS, Connection, Patience, connect
from consumer.errors import DatabaseLost
from consumer.lock import Standby, SubscriberLock, Watch, holder_of, lock_key

LEASE_SECONDS = 0.8


@pytest.fixture
def roles(database: Connection) -> Iterator[tuple[str, str]]:
    """Two plain roles that know nothing of each other."""
    names = (f"one_{uuid.uuid4().hex[:8]}", f"two_{uuid.uuid4().hex[:8]}")
    for name in names:
        database.execute(f"create role {name} login".encode())
    yield names
    for name in names:
        database.execute(f"drop role {name}".encode())


def url_of(database_url: str, role: str) -> str:
    return make_conninfo(database_url, user=role)


@contextmanager
def session(url: str) -> Iterator[tuple[Connection, SubscriberLock]]:
    with (
        connect(url, application_name="test", timeout_seconds=10) as connection,
        closing(Patience(connection, 20)) as patience,
    ):
        yield connection, SubscriberLock(connection, "test", patience)


@contextmanager
def held(url: str, subscriber: str) -> Iterator[Connection]:
    """The lock in a session that says nothing more."""
    with session(url) as (connection, _):
        assert connection.execute("select pg_try_advisory_lock(%s)", (lock_key(subscriber),)).fetchone() == (True,)
        yield connection


class Waiting:
    """A standby in a thread of its own, which stops at its next probe when it is told to."""

    def __init__(self, url: str, subscriber: str) -> None:
        self._url, self._subscriber = url, subscriber
        self._give_up = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.taken = False

    def _run(self) -> None:
        with (
            connect(self._url, application_name="test", timeout_seconds=10) as connection,
            closing(Patience(connection, 20)) as patience,
        ):
            try:
                SubscriberLock(connection, self._subscriber, patience).take_over(Standby(LEASE_SECONDS, self._probed))
                self.taken = True
            except InterruptedError:
                pass

    def _probed(self) -> None:
        if self._give_up.is_set():
            raise InterruptedError

    def for_seconds(self, seconds: float) -> bool:
        """Whether it has the lock after so long."""
        self._thread.start()
        self._thread.join(seconds)
        self._give_up.set()
        self._thread.join()
        return self.taken


def test_one_role(database_url: str, subscriber: str, roles: tuple[str, str]) -> None:
    """A standby of the holder's own role, without any right, ends a silent holder within its bound."""
    url = url_of(database_url, roles[0])
    with held(url, subscriber) as holder:
        assert Waiting(url, subscriber).for_seconds(LEASE_SECONDS + 2)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")


def test_another_role(database_url: str, subscriber: str, roles: tuple[str, str]) -> None:
    """Without rights over the holder's role, the standby waits, and says what for, how long, and what would help."""
    with held(url_of(database_url, roles[0]), subscriber), capture_logs() as lines:
        assert not Waiting(url_of(database_url, roles[1]), subscriber).for_seconds(LEASE_SECONDS + 2)
    [warning] = [line["reason"] for line in lines if line["log_level"] == "warning"]
    assert f"role {roles[0]}" in warning
    assert f"grant pg_signal_backend and pg_read_all_stats to {roles[1]}" in warning
    assert "60 s" in warning


def test_another_role_with_rights(
    database: Connection, database_url: str, subscriber: str, roles: tuple[str, str]
) -> None:
    """What the message says to grant is enough."""
    database.execute(f"grant pg_signal_backend, pg_read_all_stats to {roles[1]}".encode())
    with held(url_of(database_url, roles[0]), subscriber):
        assert Waiting(url_of(database_url, roles[1]), subscriber).for_seconds(LEASE_SECONDS + 2)


def test_a_holder_that_may_be_seen_but_not_ended(
    database: Connection, database_url: str, subscriber: str, roles: tuple[str, str]
) -> None:
    """To see is not to be allowed to end: the same message, once the attempt was refused."""
    database.execute(f"grant pg_read_all_stats to {roles[1]}".encode())
    with held(url_of(database_url, roles[0]), subscriber), capture_logs() as lines:
        assert not Waiting(url_of(database_url, roles[1]), subscriber).for_seconds(LEASE_SECONDS + 2)
    [warning] = [line["reason"] for line in lines if line["log_level"] == "warning"]
    assert "may not watch or end" in warning


@pytest.mark.parametrize("setting", ["idle_session_timeout", "idle_in_transaction_session_timeout"])
def test_the_servers_time_outs(setting: str, database: Connection) -> None:
    """They are what the message says."""
    assert database.execute(
        "select current_setting(%s)::interval = %s", (setting, timedelta(seconds=60))
    ).fetchone() == (True,)
    assert SERVER_NOTICES_SECONDS == 60


def test_the_server_is_the_second_line(
    database_url: str, subscriber: str, roles: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent holder that the standby may not end is ended by the server's own time-out."""
    monkeypatch.setitem(database_module._SETTINGS, "idle_session_timeout", "2s")
    with held(url_of(database_url, roles[0]), subscriber):
        assert Waiting(url_of(database_url, roles[1]), subscriber).for_seconds(5)


def test_a_holder_that_says_something(database_url: str, subscriber: str) -> None:
    """A word now and then keeps the lock, whatever it is."""
    with held(database_url, subscriber) as holder:
        waiting = Waiting(database_url, subscriber)
        talking = threading.Event()

        def talk() -> None:
            while not talking.wait(LEASE_SECONDS / 4):
                holder.execute("select 1")

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            assert not waiting.for_seconds(3 * LEASE_SECONDS)
        finally:
            talking.set()
            thread.join()


def test_the_holder_may_have_moved_since(database: Connection, database_url: str, subscriber: str) -> None:
    """What is ended is the session that was seen, silent since it was seen, and no other."""
    with held(database_url, subscriber) as holder, session(database_url) as (_, lock):
        seen = holder_of(database, subscriber)
        assert seen is not None
        holder.execute("select 1")
        lock._end(seen, Watch())
        holder.execute("select 1")


def test_an_answer_that_does_not_come(database_url: str) -> None:
    """A statement that the server does not answer is given up, and the session with it."""
    with (
        connect(database_url, application_name="test", timeout_seconds=10) as connection,
        closing(Patience(connection, 1)) as patience,
    ):
        with patience():
            connection.execute("select 1")
        with pytest.raises(DatabaseLost, match="did not answer in 1 s"), patience():
            connection.execute("select pg_sleep(30)")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
