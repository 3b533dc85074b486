"""A broker and a database that restart or stay away, under a producer and a consumer that work.

Consumers are idle, held up by a lock in mid-ledger, or stopped at a named point of their loop while it happens.
"""

import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

import psycopg
import pytest

from consumer.database import Connection, connect
from ledgerstream.embedded import Stack
from schemas.ledger import Ledger
from schemas.network import Network
from tests.acceptance.test_command_line import wait_for_latest, wait_for_line
from tests.acceptance.test_kills import assert_whole, entries, published
from tests.support.consuming import digest_of, digest_of_calm_run
from tests.support.faults import (
    commands_on,
    done,
    ends,
    fill,
    go_on,
    held_up,
    hold,
    hold_at,
    settings_of,
    stop_in_open_transaction,
    stopped_by_sigterm,
    wait_for_hold,
    wait_until_held_up,
)
from tests.support.processes import CommandLine, Running

LAST = 21
TO_THE_END = ("--last", str(LAST))
LOOP = ("rows half copied", "listeners told", "ledger committed")
PRODUCER_LOOP = ("predecessor fenced", "transaction begun", "ledger handed over")
BOUND_SECONDS = 3.0
# A time-out is looked at when a wait of the client's own is over, and the process has to start and to end.
BOUND_AND_SLACK_SECONDS = BOUND_SECONDS + 9


@pytest.fixture(scope="module")
def calm_digest(stack: Stack, network: Network) -> str:
    """What a consumer that nobody disturbs has of ledgers 2 to 21."""
    addresses = stack.up()
    fill(commands_on(addresses, "calm"), LAST)
    return digest_of_calm_run(settings_of(stack), addresses.database_url, network, "calm")


@pytest.fixture
def commands(stack: Stack, topic: str) -> Iterator[CommandLine]:
    commands = commands_on(stack.up(), topic)
    commands.environment |= {"LEDGERSTREAM_SIMULATED_PACE": "0.1", "LEDGERSTREAM_ANSWER_TIMEOUT": "40"}
    yield commands
    commands.end_all()


def test_a_broker_that_restarts(
    stack: Stack, commands: CommandLine, own_database: Connection, subscriber: str, calm_digest: str
) -> None:
    """Wherever a consumer stands, it waits for a broker that was killed and comes back, and goes on by itself."""
    fill(commands, 11)
    running = hold_consumers(commands, subscriber, "epoch raised", "ledger found", *LOOP, bound=TO_THE_END)
    idle, waiting, *asleep = (f"{subscriber}_{name}" for name in ("idle", "waiting", "asleep1", "asleep2", "asleep3"))
    at_end = {name: commands.start("consume", *TO_THE_END, "--subscriber", name) for name in (idle, waiting, *asleep)}
    for name in at_end:
        wait_for_latest(own_database, name, 11)
    for name in asleep:  # such a one finds its connections and its broker replaced, all at once
        hold(at_end[name])
    running |= at_end
    with held_up(own_database, waiting):
        fill(commands, 12)
        wait_until_held_up(own_database, waiting)
        stack.kafka.kill()
    time.sleep(1)
    stack.up()
    fill(commands, LAST)
    for consumer in running.values():
        go_on(consumer)
        done(consumer)
    everyone_has_it_all(stack, [*running], calm_digest)


def test_producers_whose_broker_restarts(
    stack: Stack, commands: CommandLine, network: Network, topic: str, ledgers: list[Ledger]
) -> None:
    """Each goes on or ends with the broker's code; what is published is whole, and the next start completes it."""
    idle = commands.start("produce", "--pace", "5", "--topic", f"{topic}.idle")
    held = hold_producers(commands, topic)
    wait_for_line(idle, "published")
    stack.kafka.kill()
    stack.up()
    for producer in held.values():
        go_on(producer)
    for producer in held.values():
        ended = producer.wait(16)
        # Fenced: it stood still for longer than a transaction may last, on a slow machine.
        assert (ended.code, ended.error) in {(0, ""), (11, "PublishFailed"), (21, "Fenced")}, ended.lines
    wait_for_line(idle, "published")
    stopped_by_sigterm(idle)
    all_is_published(stack, commands, [*held, f"{topic}.idle"], network, ledgers)


def test_a_broker_that_stays_away(
    stack: Stack, commands: CommandLine, own_database: Connection, subscriber: str, calm_digest: str
) -> None:
    """Producer and consumer end with the broker's code, each within its bound, and go on when it is there again."""
    fill(commands, 11)
    bound = ("--answer-timeout", f"{BOUND_SECONDS:g}")
    running = {
        name: commands.start("consume", *bound, "--subscriber", name) for name in (subscriber, f"{subscriber}_i")
    }
    for name in running:
        wait_for_latest(own_database, name, 11)
    with held_up(own_database, subscriber):
        producer = commands.start("produce", *bound, "--pace", "0.5")
        wait_until_held_up(own_database, subscriber)
        wait_for_latest(own_database, f"{subscriber}_i", 13)
        stack.kafka.kill()
    for consumer in running.values():
        ends(consumer, 11, "BrokerUnreachable", BOUND_AND_SLACK_SECONDS)
    ends(producer, 11, "PublishFailed", 15)
    assert at_least_the_ledger_in_hand(own_database, subscriber)
    stack.up()
    fill(commands, LAST)
    everyone_gets_to_the_end(stack, commands, [*running], calm_digest)


def at_least_the_ledger_in_hand(database: Connection, subscriber: str) -> bool:
    """Neither a lock nor the broker's absence undoes what the consumer had already fetched."""
    return database.execute(f"select latest > 11 from {subscriber}.live".encode()).fetchone() == (True,)


def test_producers_whose_broker_stays_away(
    stack: Stack, commands: CommandLine, network: Network, topic: str, ledgers: list[Ledger]
) -> None:
    """Each ends with the broker's code about 10 seconds after its last ledger, or when asked to; none is lost."""
    commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = f"{BOUND_SECONDS:g}"
    held = hold_producers(commands, topic)
    stopped = stop_in_open_transaction(commands, "produce", "--topic", f"{topic}.stopped", ledgers=2)
    wait_for_hold(stopped)
    stack.kafka.kill()
    for producer in (*held.values(), stopped):
        go_on(producer)
    time.sleep(1)
    stopped_by_sigterm(stopped)
    for producer in held.values():
        ended = producer.wait(15)
        assert (ended.code, ended.error) in {(11, "PublishFailed"), (11, "BrokerUnreachable")}, ended.lines
    stack.up()
    all_is_published(stack, commands, [*held, f"{topic}.stopped"], network, ledgers)


def test_a_database_that_restarts(stack: Stack, commands: CommandLine, subscriber: str, calm_digest: str) -> None:
    """Wherever the consumer stands, it ends with the database's code, having left whole ledgers; no producer notices.

    The next starts wait for it and go on at their cursors.
    """
    fill(commands, 11)
    stopped = hold_consumers(commands, subscriber, "lock taken", *LOOP)
    idle, waiting = f"{subscriber}_idle", f"{subscriber}_waiting"
    running = {name: commands.start("consume", "--subscriber", name) for name in (idle, waiting)}
    producer = kill_database_in_mid_ledger(stack, commands, idle, waiting)
    for consumer in (*running.values(), *stopped.values()):
        go_on(consumer)
        ends(consumer, 10, "DatabaseLost", 6)
    done(producer)
    again = commands.start("consume", "--subscriber", idle, *TO_THE_END)
    wait_for_line(again, "waiting for the database")
    stack.up()
    done(again)
    everyone_gets_to_the_end(stack, commands, [*stopped, *running], calm_digest)


def kill_database_in_mid_ledger(stack: Stack, commands: CommandLine, idle: str, waiting: str) -> Running:
    """While one consumer is idle and the other one waits in mid-ledger; the producer that works meanwhile."""
    with suppress(psycopg.OperationalError), session(stack) as database:
        for name in (idle, waiting):
            wait_for_latest(database, name, 11)
        with held_up(database, waiting):
            producer = commands.start("produce", *TO_THE_END)
            wait_until_held_up(database, waiting)
            stack.postgres.kill()
    return producer


def session(stack: Stack) -> Connection:
    return connect(stack.up().database_url, application_name="test", timeout_seconds=10)


def test_both_go_away(stack: Stack, commands: CommandLine, subscriber: str, calm_digest: str) -> None:
    """The consumer ends with the database's code, the producer with the broker's; the next starts wait for both."""
    running, producer = at_work(stack, commands, subscriber)
    stack.kafka.kill()
    stack.postgres.kill()
    for consumer in running.values():
        go_on(consumer)
        ends(consumer, 10, "DatabaseLost", 6)
    starts_without_anything(commands, subscriber)
    ends(producer, 11, "PublishFailed", 15)
    again = [commands.start("consume", "--subscriber", name, *TO_THE_END) for name in running]
    again.append(commands.start("produce", *TO_THE_END))
    stack.up()
    for each in again:
        done(each)
    everyone_has_it_all(stack, [*running], calm_digest)


def at_work(stack: Stack, commands: CommandLine, subscriber: str) -> tuple[dict[str, Running], Running]:
    """Consumers that are idle or stand still in mid-ledger, and a producer that is about to publish."""
    fill(commands, 11)
    running = hold_consumers(commands, subscriber, *LOOP[:2])
    running[subscriber] = commands.start("consume", "--subscriber", subscriber)
    producer = commands.start("produce", "--pace", "0.5")
    with session(stack) as database:
        wait_for_latest(database, subscriber, 13)
    return running, producer


def starts_without_anything(commands: CommandLine, subscriber: str) -> None:
    """They end within their bound, by what each waits for first, or sooner when they are asked to."""
    patient = commands.start("consume", "--subscriber", subscriber, "--last", "5")
    bound = ("--answer-timeout", f"{BOUND_SECONDS:g}")
    needing = (["consume"], ["status"], ["reset", "--subscriber", subscriber, "--yes"])
    producer = commands.start("produce", *bound)
    for command in [commands.start(*arguments, *bound) for arguments in needing]:
        ends(command, 10, "DatabaseUnreachable", BOUND_AND_SLACK_SECONDS, "no session", f"{BOUND_SECONDS:g} s")
    ends(producer, 11, "BrokerUnreachable", BOUND_AND_SLACK_SECONDS, f"{BOUND_SECONDS:g} s")
    stopped_by_sigterm(patient, code=3)


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


def hold_consumers(
    commands: CommandLine, subscriber: str, *points: str, bound: tuple[str, ...] = ()
) -> dict[str, Running]:
    """Consumers that stand still, each at a point of its own, by subscriber."""
    names = {f"{subscriber}_{i}": point for i, point in enumerate(points)}
    held = {name: hold_at(commands, point, "consume", *bound, "--subscriber", name) for name, point in names.items()}
    for consumer in held.values():
        wait_for_hold(consumer)
    return held


def everyone_gets_to_the_end(stack: Stack, commands: CommandLine, subscribers: list[str], calm_digest: str) -> None:
    """What is there is whole, and the next starts end with what a calm run has."""
    with session(stack) as database:
        for name in subscribers:
            if database.execute("select to_regclass(%s)", (f"{name}.live",)).fetchone() != (None,):
                assert_whole(database, name)
    for consumer in [commands.start("consume", "--subscriber", name, *TO_THE_END) for name in subscribers]:
        done(consumer)
    everyone_has_it_all(stack, subscribers, calm_digest)


def everyone_has_it_all(stack: Stack, subscribers: list[str], calm_digest: str) -> None:
    assert {digest_of(stack.up().database_url, name) for name in subscribers} == {calm_digest}


def hold_producers(commands: CommandLine, topic: str) -> dict[str, Running]:
    """Producers that stand still, each at a step of its own of their loop, by topic."""
    topics = {f"{topic}.{i}": point for i, point in enumerate(PRODUCER_LOOP)}
    held = {name: hold_at(commands, point, "produce", *TO_THE_END, "--topic", name) for name, point in topics.items()}
    delivered = ("produce", *TO_THE_END, "--topic", f"{topic}.delivered")
    held[f"{topic}.delivered"] = stop_in_open_transaction(commands, *delivered, ledgers=3)
    for producer in held.values():
        wait_for_hold(producer)
    return held


def all_is_published(
    stack: Stack, commands: CommandLine, topics: Iterable[str], network: Network, ledgers: list[Ledger]
) -> None:
    """The next producers end with each ledger once."""
    for producer in [commands.start("produce", "--pace", "0", *TO_THE_END, "--topic", name) for name in topics]:
        done(producer)
    for name in topics:
        found = [(each.offset, each.record.sequence) for each in entries(settings_of(stack), name, network)]
        assert published(settings_of(stack), name, network) == [each.hash for each in ledgers[: LAST - 1]], found
