"""A broker and a database that restart or stay away, under a producer and a consumer that work."""

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumer.database import Connection, connect
from ledgerstream.embedded import Stack
from ledgerstream.embedded.wheels import WHEELS
from tests.acceptance.test_command_line import wait_for_latest
from tests.support.processes import CommandLine


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Servers of this module's own, to be killed: never those that the environment names."""
    for wheel in WHEELS.values():
        pytest.importorskip(wheel)
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder))
        stack.up()
        yield stack
        stack.down()


@pytest.fixture
def commands(stack: Stack, topic: str) -> Iterator[CommandLine]:
    addresses = stack.up()
    commands = CommandLine(
        {
            "LEDGERSTREAM_KAFKA": addresses.kafka,
            "LEDGERSTREAM_DATABASE_URL": addresses.database_url,
            "LEDGERSTREAM_NETWORK": "simulated",
            "LEDGERSTREAM_TOPIC": topic,
            "LEDGERSTREAM_SIMULATED_TRANSACTIONS": "4",
            "LEDGERSTREAM_SIMULATED_PACE": "0.1",
        }
    )
    yield commands
    commands.end_all()


@pytest.fixture
def own_database(stack: Stack) -> Iterator[Connection]:
    with connect(stack.up().database_url, application_name="test", timeout_seconds=10) as connection:
        yield connection


def test_a_broker_that_restarts(stack: Stack, commands: CommandLine, own_database: Connection, subscriber: str) -> None:
    """A consumer waits for a broker that was killed and comes back; the topic was never gone."""
    commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "40"
    consumer = commands.start("consume", "--subscriber", subscriber)
    assert commands.run("produce", "--source", "simulated", "--pace", "0", "--last", "11").code == 0
    wait_for_latest(own_database, subscriber, 11)
    stack.kafka.kill()
    time.sleep(7)
    stack.up()
    assert commands.run("produce", "--source", "simulated", "--pace", "0", "--last", "21").code == 0
    wait_for_latest(own_database, subscriber, 21)
    consumer.signal(signal.SIGTERM)
    assert consumer.wait().code == 0


def test_a_broker_that_stays_away(
    stack: Stack, commands: CommandLine, own_database: Connection, subscriber: str
) -> None:
    """Producer and consumer end with the broker's code, each within its bound, and go on when it is there again."""
    commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "4"
    consumer = commands.start("consume", "--subscriber", subscriber)
    producer = commands.start("produce", "--source", "simulated")
    wait_for_latest(own_database, subscriber, 8)
    stack.kafka.kill()
    for running in (producer, consumer):
        ended = running.wait(30)
        assert ended.code == 11, ended.lines
    stack.up()
    assert commands.run("produce", "--source", "simulated", "--pace", "0", "--last", "30").code == 0
    assert commands.run("consume", "--subscriber", subscriber, "--last", "30").code == 0


def test_a_database_that_restarts(stack: Stack, commands: CommandLine, subscriber: str) -> None:
    """The consumer ends with the database's code; the next start waits for it and goes on at the cursor."""
    assert commands.run("produce", "--source", "simulated", "--pace", "0", "--last", "11").code == 0
    with connect(stack.up().database_url, application_name="test", timeout_seconds=10) as database:
        consumer = commands.start("consume", "--subscriber", subscriber)
        wait_for_latest(database, subscriber, 11)
    stack.postgres.kill()
    assert consumer.wait(20).code == 10
    again = commands.start("consume", "--subscriber", subscriber, "--last", "11")
    time.sleep(2)
    stack.up()
    assert again.wait(30).code == 0


def test_sigterm_while_a_statement_waits(commands: CommandLine, own_database: Connection, subscriber: str) -> None:
    """A consumer that waits for somebody's lock in mid-ledger still ends within seconds, and wrote nothing of it."""
    assert commands.run("produce", "--source", "simulated", "--pace", "0", "--last", "5").code == 0
    consumer = commands.start("consume", "--subscriber", subscriber)
    wait_for_latest(own_database, subscriber, 5)
    with own_database.transaction():
        own_database.execute(f"lock table {subscriber}.transactions in share mode".encode())
        assert commands.run("produce", "--source", "simulated", "--pace", "0", "--last", "6").code == 0
        time.sleep(2)
        began = time.monotonic()
        consumer.signal(signal.SIGTERM)
        assert consumer.wait(10).code == 0
        assert time.monotonic() - began < 6
    assert own_database.execute(f"select max(sequence) from {subscriber}.ledgers".encode()).fetchone() == (5,)
