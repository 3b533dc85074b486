"""What goes away and comes back: servers, their data, and processes that are held meanwhile."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from consumer.database import Connection
from ledgerstream.embedded import Addresses, Stack, broker_config, kafka
from ledgerstream.embedded.wheels import WHEELS
from tests.support.crashing import CONSUMER, PRODUCER
from tests.support.processes import CommandLine, Ended, Running

START_SECONDS = 30.0
"""For Python, the imports and a first answer, on a machine that is busy."""


@contextmanager
def own_stack(more_properties: str = "") -> Iterator[Stack]:
    """Servers of a test's own, to be killed: never those that the environment names.

    `more_properties` are added to what the broker is told.
    """
    for wheel in WHEELS.values():
        pytest.importorskip(wheel)
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as folder, pytest.MonkeyPatch.context() as patch:
        Path(folder).chmod(0o755)
        told = broker_config.broker_properties
        patch.setattr(kafka, "broker_properties", lambda *given: f"{told(*given)}\n{more_properties}\n")
        stack = Stack(Path(folder))
        stack.up()
        try:
            yield stack
        finally:
            stack.down()


def commands_on(addresses: Addresses, topic: str) -> CommandLine:
    """The command line on these servers, with a simulated network whose ledgers every topic can hold again."""
    return CommandLine(
        {
            "LEDGERSTREAM_KAFKA": addresses.kafka,
            "LEDGERSTREAM_DATABASE_URL": addresses.database_url,
            "LEDGERSTREAM_SOURCE": "simulated",
            "LEDGERSTREAM_NETWORK": "simulated",
            "LEDGERSTREAM_TOPIC": topic,
            "LEDGERSTREAM_SIMULATED_TRANSACTIONS": "4",
            "LEDGERSTREAM_SIMULATED_PACE": "0",
        }
    )


def settings_of(stack: Stack) -> dict[str, str]:
    """Of a Kafka client."""
    return {"bootstrap.servers": stack.up().kafka}


def fill(commands: CommandLine, last: int, *arguments: str) -> None:
    """Have the topic hold the ledgers up to `last`."""
    done(commands.start("produce", "--pace", "0", "--last", str(last), *arguments))


def done(running: Running, within_seconds: float = START_SECONDS) -> None:
    ended = running.wait(within_seconds)
    assert ended.code == 0, ended.lines


def ends(running: Running, code: int, error: str, within_seconds: float, *words: str) -> Ended:
    """The command ends in time, with this code and error, and its message has these words."""
    ended = running.wait(within_seconds)
    assert (ended.code, ended.error) == (code, error), ended.lines
    for each in words:
        assert each in ended.reason
    return ended


def stopped_by_sigterm(running: Running, code: int = 0, within_seconds: float = 6) -> None:
    """It runs still, and ends within seconds when it is asked to."""
    assert running.process.poll() is None, running.wait().lines
    running.signal(signal.SIGTERM)
    ended = running.wait(within_seconds)
    assert ended.code == code, ended.lines


def hold_at(commands: CommandLine, point: str, *arguments: str, times: int = 3) -> Running:
    """Start a command that will stand still at the named crash point, until it gets SIGCONT."""
    reached = 1 if {**CONSUMER, **PRODUCER}[point].once else times
    return commands.start_to(point, *arguments, times=reached, number=signal.SIGSTOP)


def stop_in_open_transaction(
    commands: CommandLine, *arguments: str, ledgers: int, number: signal.Signals = signal.SIGSTOP
) -> Running:
    """Start a producer that gets the signal when its so-manieth ledger is in the topic, and not committed.

    At a pace each ledger has a transaction of its own.
    """
    return commands.start_to("ledger delivered", *arguments, "--pace", "0.3", times=ledgers, number=number)


def hold(running: Running) -> None:
    running.signal(signal.SIGSTOP)
    wait_for_hold(running)


def wait_for_hold(running: Running) -> None:
    """Wait until it stands still: after SIGSTOP a process may run on for a moment."""
    looked_for = os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT
    deadline = time.monotonic() + START_SECONDS
    while (found := os.waitid(os.P_PID, running.process.pid, looked_for)) is None:
        assert time.monotonic() < deadline, f"{running.command} did not get there"
        time.sleep(0.02)
    assert found.si_code == os.CLD_STOPPED, running.wait().lines


def go_on(running: Running) -> None:
    running.signal(signal.SIGCONT)


def latest(database: Connection, subscriber: str) -> object:
    row = database.execute(f"select latest from {subscriber}.live".encode()).fetchone()
    return row and row[0]


@contextmanager
def held_up(database: Connection, subscriber: str) -> Iterator[None]:
    """No ledger of the subscriber can be committed meanwhile: somebody else's session has a lock on its rows."""
    with database.transaction():
        database.execute(f"lock table {subscriber}.transactions in share mode".encode())
        yield


def wait_until_held_up(database: Connection, subscriber: str) -> None:
    """The consumer is in the middle of a ledger, and waits."""
    waiting = "select count(*) from pg_locks where not granted and relation = %s::regclass"
    deadline = time.monotonic() + START_SECONDS
    while database.execute(waiting, (f"{subscriber}.transactions",)).fetchone() == (0,):
        assert time.monotonic() < deadline, f"{subscriber} did not get to its next ledger"
        time.sleep(0.05)


def cut_head(kafka_settings: dict[str, str], topic: str, offset: int) -> None:
    """Delete the topic's records below the offset; -1 for all."""
    admin = AdminClient(dict(kafka_settings))
    [cut] = admin.delete_records([TopicPartition(topic, 0, offset)]).values()
    cut.result()


@contextmanager
def end_to_be_lost(stack: Stack) -> Iterator[None]:
    """What the broker takes meanwhile is lost afterwards: it is killed, and started on the data from before."""
    data = stack.data_dir / "kafka" / "data"
    before = data.with_name("data.before")
    stack.kafka.stop()
    shutil.copytree(data, before)
    stack.up()
    yield
    stack.kafka.kill()
    shutil.rmtree(data)
    before.rename(data)
    stack.up()


def bound_topic(kafka_settings: dict[str, str], topic: str, settings: dict[str, str]) -> None:
    """Change settings of a topic that is there."""
    admin = AdminClient(dict(kafka_settings))
    resource = ConfigResource(ResourceType.TOPIC, topic)
    for name, value in settings.items():
        resource.add_incremental_config(ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET))
    [changed] = admin.incremental_alter_configs([resource]).values()
    changed.result()
