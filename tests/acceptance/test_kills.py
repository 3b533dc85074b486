"""Consumer and producer are killed at every step of their loops: nothing is lost, doubled or half-written."""

import signal
import uuid
from collections.abc import Iterator

import pytest

from consumer.database import Connection
from consumer.digest import digest
from schemas.ledger import Ledger
from schemas.log import Entry, LedgerLog
from schemas.network import Network
from tests.support.consuming import digest_of_calm_run
from tests.support.crashing import CONSUMER, PRODUCER
from tests.support.processes import CommandLine
from tests.support.topics import append_ledgers, make_topic

COUNT = 8
FIRST, LAST = 2, 9
KILLED = -signal.SIGKILL
TO_THE_END = ("--last", str(LAST))


@pytest.fixture(scope="module")
def filled_topic(kafka: dict[str, str], ledgers: list[Ledger], network: Network) -> str:
    """A topic that holds ledgers 2 to 9, for every test of this module."""
    topic = f"test.{uuid.uuid4().hex[:12]}"
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:COUNT], network)
    return topic


@pytest.fixture
def consuming(command_line: CommandLine, filled_topic: str) -> CommandLine:
    command_line.environment["LEDGERSTREAM_TOPIC"] = filled_topic
    return command_line


@pytest.fixture(scope="module")
def clean_digest(kafka: dict[str, str], database_url: str, network: Network, filled_topic: str) -> str:
    """What a consumer that nobody disturbs leaves in the database."""
    return digest_of_calm_run(kafka, database_url, network, filled_topic)


@pytest.mark.parametrize("point", CONSUMER)
def test_consumer_killed(
    point: str, consuming: CommandLine, database: Connection, subscriber: str, clean_digest: str
) -> None:
    """A consumer killed at this point leaves whole ledgers only, and the next one ends where a calm one does."""
    times = 1 if CONSUMER[point].once else 5
    killed = consuming.run_to(point, "consume", "--subscriber", subscriber, *TO_THE_END, times=times)
    assert killed.code == KILLED, killed.lines
    if point not in ("lock taken", "schema migrated"):
        assert_whole(database, subscriber)

    ended = consuming.run("consume", "--subscriber", subscriber, *TO_THE_END)

    assert ended.code == 0, ended.lines
    assert digest(database, subscriber) == clean_digest


def test_consumer_killed_again_and_again(
    consuming: CommandLine, database: Connection, subscriber: str, clean_digest: str
) -> None:
    """A consumer killed in mid-ledger at each start still commits everything once."""
    for point in ("rows half copied", "ledger committed", "cursor moved", "hint stored"):
        assert consuming.run_to(point, "consume", "--subscriber", subscriber).code == KILLED
        assert_whole(database, subscriber)
    assert consuming.run("consume", "--subscriber", subscriber, *TO_THE_END).code == 0
    assert digest(database, subscriber) == clean_digest


@pytest.mark.parametrize("point", ["rows half copied", "cursor moved", "ledger committed"])
def test_sigterm_in_mid_ledger(
    point: str, consuming: CommandLine, database: Connection, subscriber: str, clean_digest: str
) -> None:
    """SIGTERM finishes the ledger in hand; a bounded run says that it is not through, and the next one is."""
    ended = consuming.run_to(point, "consume", "--subscriber", subscriber, *TO_THE_END, times=5, number=signal.SIGTERM)
    assert ended.code == 3, ended.lines
    assert_whole(database, subscriber)
    assert consuming.run("consume", "--subscriber", subscriber, *TO_THE_END).code == 0
    assert digest(database, subscriber) == clean_digest


def test_sigterm_ends_an_unbounded_consumer_with_zero(consuming: CommandLine, subscriber: str) -> None:
    """An unbounded consumer that is asked to stop has done all it was asked to do."""
    ended = consuming.run_to("ledger committed", "consume", "--subscriber", subscriber, times=3, number=signal.SIGTERM)
    assert ended.code == 0, ended.lines


@pytest.mark.parametrize("point", PRODUCER)
def test_producer_killed(
    point: str, command_line: CommandLine, kafka: dict[str, str], topic: str, network: Network, ledgers: list[Ledger]
) -> None:
    """A producer killed at this point leaves whole ledgers only, and the next one appends what is missing, once."""
    times = 1 if PRODUCER[point].once or PRODUCER[point].function in ("commit", "_deliver") else 4
    arguments = ("produce", "--source", "simulated", *TO_THE_END)
    killed = command_line.run_to(point, *arguments, times=times)
    assert killed.code == KILLED, killed.lines

    ended = command_line.run(*arguments)

    assert ended.code == 0, ended.lines
    assert published(kafka, topic, network) == [each.hash for each in ledgers[:COUNT]]


def test_producer_sigterm(
    command_line: CommandLine, kafka: dict[str, str], topic: str, network: Network, ledgers: list[Ledger]
) -> None:
    """SIGTERM leaves nothing half-published: what is there is a whole run, and the next producer goes on after it."""
    ended = command_line.run_to(
        "ledger handed over", "produce", "--source", "simulated", *TO_THE_END, times=4, number=signal.SIGTERM
    )
    assert ended.code == 3, ended.lines
    assert published(kafka, topic, network) == [each.hash for each in ledgers[:4]]
    assert command_line.run("produce", "--source", "simulated", *TO_THE_END).code == 0
    assert published(kafka, topic, network) == [each.hash for each in ledgers[:COUNT]]


def assert_whole(database: Connection, subscriber: str) -> None:
    """Ledgers up to the cursor and none beyond, each with all of its transactions."""
    counts = database.execute(
        f"""
        select count(*) = coalesce(max(sequence) - min(sequence) + 1, 0),
               max(sequence) is not distinct from (select latest from {subscriber}.live),
               coalesce(sum(successful_transactions + failed_transactions), 0)
                 = (select count(*) from {subscriber}.transactions)
          from {subscriber}.ledgers
        """.encode()
    ).fetchone()
    assert counts == (True, True, True)


def published(kafka: dict[str, str], topic: str, network: Network) -> list[bytes]:
    """The hashes of the ledgers that a reader of the topic sees, in its order."""
    return [entry.record.hash for entry in entries(kafka, topic, network)]


def entries(kafka: dict[str, str], topic: str, network: Network) -> Iterator[Entry]:
    log = LedgerLog(kafka, topic, network.id)
    try:
        for item in log.read(0, 10):
            assert isinstance(item, Entry)
            yield item
    finally:
        log.close()
