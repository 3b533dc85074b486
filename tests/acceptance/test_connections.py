"""Connections that are cut, silent, half open or slow, under consumers and producers that work or wait.

Each goes on by itself, or ends in time with the code that says why; the next start ends where a calm one does.
"""

import random
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

import pytest

from consumer.database import Connection, connect
from ledgerstream.embedded.process import wait_until
from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import Network
from tests.acceptance.test_command_line import wait_for_latest, wait_for_line
from tests.acceptance.test_kills import assert_whole, published
from tests.support.consuming import digest_of, digest_of_calm_run
from tests.support.processes import CommandLine, Ended, Running
from tests.support.proxied_stack import ProxiedStack, proxied_stack, through
from tests.support.proxy import Proxy
from tests.support.topics import append, append_ledgers, make_topic

ANSWER_SECONDS = 4
GRACE_SECONDS = 3
"""For a beat, which comes every second, and for a process to end."""
TRANSACTION_SECONDS = 10
"""The bound of a producer's transaction, to be delivered, and again to be committed."""
TRANSACTIONS, FEW = 200, 4
FIRST, MIDDLE, LAST = 2, 4, 7
TO_THE_END = ("--last", str(LAST))
DATABASE_BYTES_PER_SECOND = 800_000
"""A ledger takes about a second."""
SLOW_DATABASE_BYTES_PER_SECOND = 200_000
"""The first ledger takes longer than an answer may take, none of its tables does."""
BROKER_BYTES_PER_SECOND = 150_000
"""A fetch of the topic takes a few seconds."""
CONNECTION_SECONDS = 10
"""After this long without an answer a consumer's client makes another connection."""
LOOK_SECONDS = 5
"""After this long a consumer that hears nothing asks whether the broker is there."""
BACKLOG_BYTES, BACKLOG_LEDGERS = 1_600_000, 22
BACKLOG_BYTES_PER_SECOND = 130_000
BACKLOG_SECONDS = BACKLOG_BYTES / BACKLOG_BYTES_PER_SECOND
"""Longer than any time-out of a client's or a transaction's: 10 s."""

LOSSES: dict[str, Callable[[Proxy], None]] = {
    "cut": Proxy.cut,
    "black hole": Proxy.black_hole,
    "half open": Proxy.half_open,
}


@pytest.fixture(scope="module")
def servers() -> Iterator[ProxiedStack]:
    with proxied_stack() as servers:
        yield servers


@pytest.fixture(autouse=True)
def healed(servers: ProxiedStack) -> Iterator[None]:
    yield
    servers.broker.heal()
    servers.database.heal()


@pytest.fixture(scope="module")
def direct_kafka(servers: ProxiedStack) -> dict[str, str]:
    return {"bootstrap.servers": servers.direct.kafka}


@pytest.fixture(scope="module")
def direct_database(servers: ProxiedStack) -> Iterator[Connection]:
    with connect(servers.direct.database_url, application_name="test", timeout_seconds=10) as connection:
        connection.execute("set idle_session_timeout = 0")
        yield connection


@pytest.fixture(scope="module")
def busy_ledgers() -> list[Ledger]:
    """Ledgers 2 to 7, most of them of 50 kB and more, in the topic and in the database."""
    return simulated(TRANSACTIONS, LAST - FIRST + 1)


@pytest.fixture(scope="module")
def full_topic(direct_kafka: dict[str, str], busy_ledgers: list[Ledger], network: Network) -> str:
    """Ledgers 2 to 7, for every test."""
    return filled(direct_kafka, busy_ledgers, network)


@pytest.fixture
def half_topic(direct_kafka: dict[str, str], busy_ledgers: list[Ledger], network: Network) -> str:
    """Ledgers 2 to 4, so that a consumer waits for more."""
    return filled(direct_kafka, busy_ledgers[: MIDDLE - FIRST + 1], network)


@pytest.fixture(scope="module")
def calm_digest(servers: ProxiedStack, direct_kafka: dict[str, str], network: Network, full_topic: str) -> str:
    return digest_of_calm_run(direct_kafka, servers.direct.database_url, network, full_topic)


@pytest.fixture
def commands(servers: ProxiedStack, full_topic: str) -> Iterator[CommandLine]:
    """The command line, through the proxies."""
    commands = CommandLine(
        {
            "LEDGERSTREAM_KAFKA": servers.proxied.kafka,
            "LEDGERSTREAM_DATABASE_URL": servers.proxied.database_url,
            "LEDGERSTREAM_NETWORK": "simulated",
            "LEDGERSTREAM_TOPIC": full_topic,
            "LEDGERSTREAM_SOURCE": "simulated",
            "LEDGERSTREAM_SIMULATED_TRANSACTIONS": str(TRANSACTIONS),
            "LEDGERSTREAM_SIMULATED_PACE": "0",
            "LEDGERSTREAM_ANSWER_TIMEOUT": str(ANSWER_SECONDS),
        }
    )
    yield commands
    commands.end_all()


def simulated(transactions: int, count: int) -> list[Ledger]:
    """The ledgers that a producer with so many transactions publishes."""
    network = SimulatedNetwork(transactions_per_ledger=transactions)
    return [Ledger.from_xdr(network.close_ledger()) for _ in range(count)]


def filled(kafka: dict[str, str], ledgers: list[Ledger], network: Network) -> str:
    topic = f"test.{uuid.uuid4().hex[:12]}"
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers, network)
    return topic


@pytest.mark.parametrize("kind", LOSSES)
def test_the_database_is_lost(
    kind: str,
    servers: ProxiedStack,
    commands: CommandLine,
    direct_database: Connection,
    half_topic: str,
    subscriber: str,
    calm_digest: str,
) -> None:
    """A consumer that waits and one in mid-ledger end in time with the database's code, and write no half of it."""
    waiting, working = f"{subscriber}_a", f"{subscriber}_b"
    waits = commands.start("consume", "--subscriber", waiting, "--topic", half_topic)
    wait_for_latest(direct_database, waiting, MIDDLE)
    servers.database.slow(bytes_per_second=DATABASE_BYTES_PER_SECOND)
    works = commands.start("consume", "--subscriber", working)
    wait_for_mid_ledger(direct_database, working)
    LOSSES[kind](servers.database)
    for running in (waits, works):
        assert_database_lost(kind, running.wait(ANSWER_SECONDS + GRACE_SECONDS))
    for each in (waiting, working):
        assert_whole(direct_database, each)

    servers.database.heal()

    assert_consumed(commands, servers, [waiting, working], calm_digest)


def assert_database_lost(kind: str, ended: Ended) -> None:
    assert (ended.code, ended.error) == (10, "DatabaseLost"), ended.lines
    said = "the session with the database failed" if kind == "cut" else f"did not answer in {ANSWER_SECONDS} s"
    assert said in ended.reason


def wait_for_mid_ledger(database: Connection, subscriber: str) -> None:
    """Until rows of a ledger that is not the first are on their way."""
    wait_for_latest(database, subscriber, FIRST)
    copying = "select from pg_stat_activity where application_name = %s and query like %s and state = 'active'"
    parameters = (f"ledgerstream {subscriber}", 'copy "%')
    assert wait_until(lambda: database.execute(copying.encode(), parameters).rowcount == 1, 10)


def assert_consumed(commands: CommandLine, servers: ProxiedStack, subscribers: list[str], calm_digest: str) -> None:
    """The next start of each goes on at the cursor, to the end."""
    starts = [commands.start("consume", "--subscriber", each, *TO_THE_END) for each in subscribers]
    for subscriber, running in zip(subscribers, starts, strict=True):
        ended = running.wait(30)
        assert ended.code == 0, ended.lines
        assert digest_of(servers.direct.database_url, subscriber) == calm_digest


def test_the_answer_to_commit_is_lost(
    servers: ProxiedStack,
    commands: CommandLine,
    direct_kafka: dict[str, str],
    direct_database: Connection,
    half_topic: str,
    busy_ledgers: list[Ledger],
    network: Network,
    subscriber: str,
    calm_digest: str,
) -> None:
    """A ledger that the server committed, while the consumer never heard of it, is not committed again."""
    consumer = commands.start("consume", "--subscriber", subscriber, "--topic", half_topic)
    wait_for_latest(direct_database, subscriber, MIDDLE)
    loss = servers.database.lose_answer_to(b"commit\0")
    append_ledgers(direct_kafka, half_topic, busy_ledgers[MIDDLE - FIRST + 1 :], network)
    assert loss.wait(10)
    ended = consumer.wait(GRACE_SECONDS)
    assert_database_lost("cut", ended)
    assert [line["ledger"] for line in ended.lines if line.get("event") == "committed"][-1] == MIDDLE
    latest = direct_database.execute(f"select latest from {subscriber}.live".encode()).fetchone()
    assert latest == (MIDDLE + 1,)
    assert_whole(direct_database, subscriber)
    assert_consumed(commands, servers, [subscriber], calm_digest)


def test_the_database_is_slow(
    servers: ProxiedStack, commands: CommandLine, direct_database: Connection, subscriber: str, calm_digest: str
) -> None:
    """On a slow and long line a ledger takes longer than an answer may take: that is no loss."""
    servers.database.slow(bytes_per_second=SLOW_DATABASE_BYTES_PER_SECOND, latency_seconds=0.02)
    ended = commands.start("consume", "--subscriber", subscriber, "--last", str(FIRST)).wait(30)
    assert ended.code == 0, ended.lines
    [begun] = [line for line in ended.lines if line.get("event") == "live begins"]
    [committed] = [line for line in ended.lines if line.get("event") == "committed"]
    took = datetime.fromisoformat(committed["timestamp"]) - datetime.fromisoformat(begun["timestamp"])
    assert took.total_seconds() > ANSWER_SECONDS
    servers.database.heal()
    assert_consumed(commands, servers, [subscriber], calm_digest)


def test_the_database_falls_silent_at_the_start(servers: ProxiedStack, commands: CommandLine, subscriber: str) -> None:
    """A start that gets no answer, whichever it waits for, ends in time with the database's code."""
    with ExitStack() as stack:
        starts = []
        for passed_bytes in (0, 150, 700, 1400, 2500):
            database = stack.enter_context(Proxy(servers.database.target))
            database.slow(latency_seconds=0.02)
            url = through(database, servers.direct.database_url)
            subscriber += "_"
            starts.append(commands.start("consume", "--subscriber", subscriber, "--database-url", url))
            wait_for_passed(database, to_server_bytes=passed_bytes)
            database.black_hole()
        for running in starts:
            ended = running.wait(ANSWER_SECONDS + GRACE_SECONDS)
            assert ended.code == 10, ended.lines


def wait_for_passed(proxy: Proxy, *, to_server_bytes: int = 0, to_client_bytes: int = 0) -> None:
    """Until a client has connected, and so much more has passed."""
    to_server_bytes += proxy.bytes_to_server
    to_client_bytes += proxy.bytes_to_client

    def passed() -> bool:
        enough = proxy.bytes_to_server >= to_server_bytes and proxy.bytes_to_client >= to_client_bytes
        return enough and proxy.open_connections > 0

    assert wait_until(passed, 20)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Two that wait, for the topic's or the network's next ledger, and two that have ledgers on their way."""

    consumers: tuple[Running, Running]
    producers: tuple[Running, Running]
    topics: tuple[str, str]
    """Of the producers."""
    subscribers: tuple[str, str]
    """Of the consumers."""


@pytest.fixture
def crowd(
    servers: ProxiedStack, commands: CommandLine, direct_database: Connection, half_topic: str, subscriber: str
) -> Crowd:
    topics, subscribers = (f"{half_topic}.a", f"{half_topic}.b"), (f"{subscriber}_a", f"{subscriber}_b")
    waiting = (
        commands.start("consume", "--topic", half_topic, "--subscriber", subscribers[0], *TO_THE_END),
        commands.start("produce", "--topic", topics[0], "--pace", "1", "--transactions", str(FEW)),
    )
    producer = commands.start("produce", "--topic", topics[1], "--pace", "0.3")
    wait_for_latest(direct_database, subscribers[0], MIDDLE)
    for running in (waiting[1], producer):
        wait_for_line(running, "published")
    servers.broker.slow(bytes_per_second=BROKER_BYTES_PER_SECOND)
    consumer = commands.start("consume", "--subscriber", subscribers[1], *TO_THE_END)
    wait_for_line(consumer, "found_by")
    wait_for_passed(servers.broker, to_client_bytes=40_000)
    return Crowd((waiting[0], consumer), (waiting[1], producer), topics, subscribers)


def test_broker_connections_are_cut(
    crowd: Crowd,
    servers: ProxiedStack,
    commands: CommandLine,
    direct_kafka: dict[str, str],
    half_topic: str,
    busy_ledgers: list[Ledger],
    network: Network,
    calm_digest: str,
) -> None:
    """Producers and consumers connect again and go on by themselves, as if nothing had been."""
    servers.broker.cut()
    servers.broker.heal()
    append_ledgers(direct_kafka, half_topic, busy_ledgers[MIDDLE - FIRST + 1 :], network)
    for running in crowd.consumers:
        ended = running.wait(20)
        assert ended.code == 0, ended.lines
    for topic in crowd.topics:
        wait_for_more(direct_kafka, topic, network)
    for running in crowd.producers:
        running.signal(signal.SIGTERM)
    for running in crowd.producers:
        assert running.wait(10).code == 0
    assert_all_there(crowd, servers, commands, calm_digest, network)


def wait_for_more(kafka: dict[str, str], topic: str, network: Network) -> None:
    held = len(published(kafka, topic, network))
    assert wait_until(lambda: len(published(kafka, topic, network)) > held, 15)


def test_the_broker_is_silent(
    crowd: Crowd, servers: ProxiedStack, commands: CommandLine, network: Network, calm_digest: str
) -> None:
    """Producers and consumers end with the broker's code, each within its bound; the next starts go on."""
    servers.broker.black_hole()
    began = time.monotonic()
    for running in crowd.consumers:
        assert running.wait(began + LOOK_SECONDS + ANSWER_SECONDS + GRACE_SECONDS - time.monotonic()).code == 11
    assert_given_up(crowd.producers, began)
    servers.broker.heal()
    assert_all_there(crowd, servers, commands, calm_digest, network)


def assert_given_up(producers: tuple[Running, Running], began: float) -> None:
    for running in producers:
        ended = running.wait(began + TRANSACTION_SECONDS + 2 * GRACE_SECONDS - time.monotonic())
        assert (ended.code, ended.error) in {(11, "PublishFailed"), (21, "Fenced")}, ended.lines


@pytest.fixture
def patience(commands: CommandLine) -> None:
    """Longer than a client waits on a connection before it makes another."""
    commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = str(3 * CONNECTION_SECONDS)


def test_broker_connections_are_half_open(
    patience: None,
    crowd: Crowd,
    servers: ProxiedStack,
    commands: CommandLine,
    direct_kafka: dict[str, str],
    half_topic: str,
    busy_ledgers: list[Ledger],
    network: Network,
    calm_digest: str,
) -> None:
    """Consumers go on by themselves on new connections, producers end within the bound of their transaction."""
    servers.broker.half_open()
    began = time.monotonic()
    append_ledgers(direct_kafka, half_topic, busy_ledgers[MIDDLE - FIRST + 1 :], network)
    assert_given_up(crowd.producers, began)
    for running in crowd.consumers:
        ended = running.wait(began + 3 * CONNECTION_SECONDS - time.monotonic())
        assert ended.code == 0, ended.lines
    servers.broker.heal()
    assert_all_there(crowd, servers, commands, calm_digest, network)


def assert_all_there(
    crowd: Crowd, servers: ProxiedStack, commands: CommandLine, calm_digest: str, network: Network
) -> None:
    """After another start, the topics hold their ledgers, each once, and one more; and so do the subscribers."""
    kafka = {"bootstrap.servers": servers.direct.kafka}
    starts, expected = [], []
    for topic, transactions in zip(crowd.topics, (FEW, TRANSACTIONS), strict=True):
        ledgers = simulated(transactions, len(published(kafka, topic, network)) + 1)
        last = str(ledgers[-1].sequence)
        starts.append(commands.start("produce", "--topic", topic, "--transactions", str(transactions), "--last", last))
        expected.append([each.hash for each in ledgers])
    assert_consumed(commands, servers, list(crowd.subscribers), calm_digest)
    for running in starts:
        ended = running.wait(30)
        assert ended.code == 0, ended.lines
    assert [published(kafka, topic, network) for topic in crowd.topics] == expected


def test_a_backlog_is_read_on_a_slow_line(
    servers: ProxiedStack,
    commands: CommandLine,
    direct_kafka: dict[str, str],
    half_topic: str,
    busy_ledgers: list[Ledger],
    network: Network,
    subscriber: str,
    calm_digest: str,
) -> None:
    """A backlog that takes a consumer longer than any time-out still comes through; then it waits, as on any line."""
    consume = ("consume", "--topic", half_topic, "--subscriber", subscriber)
    assert commands.run(*consume, "--last", str(MIDDLE)).code == 0
    # Records that are passed over: a long way that costs nothing but the line.
    append(direct_kafka, half_topic, [(b"long", random.randbytes(BACKLOG_BYTES // 32)) for _ in range(32)])
    append_ledgers(direct_kafka, half_topic, busy_ledgers[MIDDLE - FIRST + 1 : -1], network)
    servers.broker.slow(bytes_per_second=BACKLOG_BYTES_PER_SECOND)
    consumer = commands.start(*consume, *TO_THE_END)
    with connect(servers.direct.database_url, application_name="test", timeout_seconds=10) as database:
        wait_for_latest(database, subscriber, LAST - 1, 2 * BACKLOG_SECONDS)
    append_ledgers(direct_kafka, half_topic, busy_ledgers[-1:], network)
    ended = consumer.wait(10)
    assert ended.code == 0, ended.lines
    assert digest_of(servers.direct.database_url, subscriber) == calm_digest


def test_a_line_that_is_too_slow(
    servers: ProxiedStack,
    commands: CommandLine,
    direct_kafka: dict[str, str],
    direct_database: Connection,
    half_topic: str,
    busy_ledgers: list[Ledger],
    network: Network,
    subscriber: str,
    calm_digest: str,
) -> None:
    """When the broker's small answers come through, and no ledger does, a consumer does not wait for ever."""
    consume = ("consume", "--topic", half_topic, "--subscriber", subscriber, *TO_THE_END)
    consumer = commands.start(*consume)
    wait_for_latest(direct_database, subscriber, MIDDLE)
    time.sleep(LOOK_SECONDS + 1)  # it has seen where the topic ends
    servers.broker.slow(bytes_per_second=1000)
    append_ledgers(direct_kafka, half_topic, busy_ledgers[MIDDLE - FIRST + 1 :], network)
    ended = consumer.wait(2 * LOOK_SECONDS + ANSWER_SECONDS + 2 * GRACE_SECONDS)
    assert (ended.code, ended.error) == (11, "BrokerUnreachable"), ended.lines
    assert "has come through for 4 s" in ended.reason
    servers.broker.heal()
    assert commands.run(*consume).code == 0
    assert digest_of(servers.direct.database_url, subscriber) == calm_digest


def test_a_backlog_is_published_on_a_slow_line(
    servers: ProxiedStack, commands: CommandLine, direct_kafka: dict[str, str], topic: str, network: Network
) -> None:
    """A backlog that takes a producer longer than a transaction may take is published in several."""
    expected = simulated(TRANSACTIONS, BACKLOG_LEDGERS)
    servers.broker.slow(bytes_per_second=BACKLOG_BYTES_PER_SECOND)
    ended = commands.run(
        "produce", "--topic", topic, "--last", str(expected[-1].sequence), timeout_seconds=3 * BACKLOG_SECONDS
    )
    assert ended.code == 0, ended.lines
    assert published(direct_kafka, topic, network) == [each.hash for each in expected]
