"""A standby takes over from a holder that is gone, ended or stopped; what comes back from sleep writes nothing."""

import signal
import time

import psutil  # type: ignore[import-untyped]
import pytest

from consumer.database import Connection
from consumer.lock import holder_of
from schemas.ledger import Ledger
from schemas.network import Network
from tests.acceptance.test_command_line import wait_for_latest, wait_for_line
from tests.acceptance.test_kills import assert_whole
from tests.support.consuming import digest_of, digest_of_calm_run
from tests.support.processes import CommandLine, Running
from tests.support.proxied_stack import target_of, through
from tests.support.proxy import Proxy
from tests.support.topics import append_ledgers, make_topic
from tests.support.waiting import wait_until

LEASE_SECONDS = 2.0
BOUND_SECONDS = LEASE_SECONDS + 2  # as the README states it


@pytest.fixture
def filled(kafka: dict[str, str], topic: str, ledgers: list[Ledger], network: Network) -> str:
    """The test's topic, with ledgers 2 to 11."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:10], network)
    return topic


def stand_by(command_line: CommandLine, subscriber: str, lease_seconds: float = LEASE_SECONDS) -> Running:
    standby = command_line.start("consume", "--subscriber", subscriber, "--standby", "--lease", str(lease_seconds))
    wait_for_line(standby, "standing by")
    return standby


def seconds_until_taken_over(standby: Running) -> float:
    began = time.monotonic()
    wait_for_line(standby, "cursor read")
    return time.monotonic() - began


def epoch(database: Connection, subscriber: str) -> object:
    return database.execute(f"select epoch from {subscriber}.live".encode()).fetchone()


def names_of_sessions(database: Connection, subscriber: str) -> list[object]:
    """What consumers of the subscriber call themselves: an operator sees who works and who waits."""
    rows = database.execute(
        "select application_name from pg_stat_activity where application_name like %s order by 1", (f"%{subscriber}",)
    )
    return [name for (name,) in rows]


def wait_until_stopped(running: Running) -> None:
    wait_until(lambda: psutil.Process(running.process.pid).status() == psutil.STATUS_STOPPED, seconds=60)


def assert_refused_awake(woken: Running, database: Connection, subscriber: str) -> None:
    """It wakes, says why it can't go on and ends; what it had in hand is nowhere."""
    woken.signal(signal.SIGCONT)
    ended = woken.wait(20)
    assert (ended.code, ended.error) == (10, "DatabaseLost"), ended.lines
    assert "session with the database" in ended.reason
    assert_whole(database, subscriber)


def finish(standby: Running) -> None:
    standby.signal(signal.SIGTERM)
    assert standby.wait(10).code == 0


def test_a_holder_that_is_cut_off(
    filled: str,
    kafka: dict[str, str],
    database_url: str,
    command_line: CommandLine,
    database: Connection,
    subscriber: str,
    ledgers: list[Ledger],
    network: Network,
) -> None:
    """A holder that the network cuts off, its connection still open, is taken over from within the bound, and ends."""
    with Proxy(target_of(database_url)) as line:
        through_line = ("--database-url", through(line, database_url), "--answer-timeout", "8")
        holder = command_line.start("consume", "--subscriber", subscriber, *through_line)
        wait_for_latest(database, subscriber, 11)
        standby = stand_by(command_line, subscriber)
        line.black_hole()
        append_ledgers(kafka, filled, ledgers[10:20], network)
        assert seconds_until_taken_over(standby) < BOUND_SECONDS
        wait_for_latest(database, subscriber, 21)
        ended = holder.wait(12)
    assert (ended.code, ended.error) == (10, "DatabaseLost")
    assert "did not answer in 8 s" in ended.reason
    assert digest_of(database_url, subscriber) == digest_of_calm_run(kafka, database_url, network, filled)
    finish(standby)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_holder_that_is_gone(
    number: signal.Signals, filled: str, command_line: CommandLine, database: Connection, subscriber: str
) -> None:
    """The standby takes over at once from a holder that was killed or stopped, whatever the lease."""
    holder = command_line.start("consume", "--subscriber", subscriber)
    wait_for_latest(database, subscriber, 11)
    standby = stand_by(command_line, subscriber, lease_seconds=60)
    holder.signal(number)
    assert seconds_until_taken_over(standby) < 3
    assert epoch(database, subscriber) == (2,)
    assert names_of_sessions(database, subscriber) == [f"ledgerstream {subscriber}"]
    finish(standby)


def test_a_holder_stopped_between_ledgers(
    filled: str,
    kafka: dict[str, str],
    database_url: str,
    command_line: CommandLine,
    database: Connection,
    subscriber: str,
    ledgers: list[Ledger],
    network: Network,
) -> None:
    """A holder that is stopped while idle is taken over from within the bound; awake again, it ends."""
    holder = command_line.start("consume", "--subscriber", subscriber)
    wait_for_latest(database, subscriber, 11)
    standby = stand_by(command_line, subscriber)
    time.sleep(LEASE_SECONDS + 1)
    assert epoch(database, subscriber) == (1,), "an idle holder shows life"
    holder.signal(signal.SIGSTOP)
    assert LEASE_SECONDS - 1 < seconds_until_taken_over(standby) < BOUND_SECONDS
    append_ledgers(kafka, filled, ledgers[10:20], network)
    wait_for_latest(database, subscriber, 21)
    assert_refused_awake(holder, database, subscriber)
    assert digest_of(database_url, subscriber) == digest_of_calm_run(kafka, database_url, network, filled)
    finish(standby)


def test_a_holder_stopped_before_commit(
    filled: str,
    kafka: dict[str, str],
    database_url: str,
    command_line: CommandLine,
    database: Connection,
    subscriber: str,
    network: Network,
) -> None:
    """With rows and cursor written and only COMMIT missing: rolled back, written by the standby, once."""
    holder = command_line.start_to("listeners told", "consume", "--subscriber", subscriber, times=5)
    wait_until_stopped(holder)
    standby = command_line.start(
        "consume", "--subscriber", subscriber, "--standby", "--lease", str(LEASE_SECONDS), "--last", "11"
    )
    assert standby.wait(20).code == 0
    assert_refused_awake(holder, database, subscriber)
    assert digest_of(database_url, subscriber) == digest_of_calm_run(kafka, database_url, network, filled)


def test_a_holder_stopped_in_the_middle_of_a_copy(
    command_line: CommandLine,
    kafka: dict[str, str],
    database_url: str,
    database: Connection,
    subscriber: str,
    topic: str,
    network: Network,
) -> None:
    """No time-out of the server's ends a COPY that waits for its client, and the rest would not fit any buffer."""
    command_line.environment["LEDGERSTREAM_SIMULATED_TRANSACTIONS"] = "3000"
    assert command_line.run("produce", "--source", "simulated", "--last", "3").code == 0
    holder = command_line.start_to("row copied", "consume", "--subscriber", subscriber, times=2000)
    wait_until_stopped(holder)
    wait_until(lambda: in_copy(database, subscriber))
    standby = command_line.start("consume", "--subscriber", subscriber, "--standby", "--lease", "5", "--last", "3")
    assert standby.wait(40).code == 0
    assert_refused_awake(holder, database, subscriber)
    assert digest_of(database_url, subscriber) == digest_of_calm_run(kafka, database_url, network, topic)


def in_copy(database: Connection, subscriber: str) -> bool:
    """The holder's session counts as active, though it does nothing but wait for its client."""
    holder = holder_of(database, subscriber)
    assert holder is not None
    return database.execute(
        "select state, wait_event from pg_stat_activity where pid = %s and query ilike 'copy%%'", (holder.pid,)
    ).fetchone() == ("active", "ClientRead")


def test_an_administrator_ends_the_session(
    filled: str, command_line: CommandLine, database: Connection, subscriber: str
) -> None:
    """The holder says who may have done it and ends; the standby takes over at once."""
    holder = command_line.start("consume", "--subscriber", subscriber)
    wait_for_latest(database, subscriber, 11)
    standby = stand_by(command_line, subscriber, lease_seconds=60)
    session = holder_of(database, subscriber)
    assert session is not None
    database.execute("select pg_terminate_backend(%s)", (session.pid,))
    assert seconds_until_taken_over(standby) < 3
    ended = holder.wait(10)
    assert (ended.code, ended.error) == (10, "DatabaseLost")
    assert "a standby that took over" in ended.reason
    assert "by an administrator" in ended.reason
    finish(standby)


def test_a_holder_that_waits_for_the_database_is_left_alone(
    filled: str,
    kafka: dict[str, str],
    command_line: CommandLine,
    database: Connection,
    subscriber: str,
    ledgers: list[Ledger],
    network: Network,
) -> None:
    """Whoever waits for somebody's lock is not hung: a standby that took over would wait for the same lock."""
    holder = command_line.start("consume", "--subscriber", subscriber)
    wait_for_latest(database, subscriber, 11)
    standby = stand_by(command_line, subscriber)
    with database.transaction():
        database.execute(f"lock table {subscriber}.transactions in share mode".encode())
        append_ledgers(kafka, filled, ledgers[10:11], network)
        time.sleep(LEASE_SECONDS + 3)
    wait_for_latest(database, subscriber, 12)
    assert epoch(database, subscriber) == (1,)
    finish(holder)
    finish(standby)


def test_status_shows_the_standby(
    filled: str, command_line: CommandLine, database: Connection, subscriber: str
) -> None:
    """An operator sees that somebody stands by; a standby ends within seconds when it is asked to."""
    holder = command_line.start("consume", "--subscriber", subscriber)
    wait_for_latest(database, subscriber, 11)
    standby = stand_by(command_line, subscriber)
    assert "standby  from local" in command_line.run("status", "--subscriber", subscriber).out
    began = time.monotonic()
    finish(standby)
    assert time.monotonic() - began < 5
    assert "standby" not in command_line.run("status", "--subscriber", subscriber).out
    finish(holder)


def test_a_standby_that_could_not_take_over(
    filled: str, command_line: CommandLine, database: Connection, subscriber: str
) -> None:
    """One of another network says so when it is started, not when it is needed."""
    holder = command_line.start("consume", "--subscriber", subscriber)
    wait_for_latest(database, subscriber, 11)
    ended = command_line.run("consume", "--subscriber", subscriber, "--standby", "--network", "testnet")
    assert (ended.code, ended.error) == (32, "OtherNetwork")
    finish(holder)
