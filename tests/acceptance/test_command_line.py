"""The command line as its users meet it: real ledgers by the README's commands, refusals, health, signals."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from confluent_kafka import Producer
from psycopg.conninfo import make_conninfo

from consumer.database import Connection
from ledgerstream.embedded import Addresses
from schemas.ledger import Ledger
from schemas.network import Network
from tests.support.processes import CommandLine, Ended, Running, one_line
from tests.support.secrets import check_shown
from tests.support.topics import append_ledgers, make_topic


@pytest.fixture
def filled(kafka: dict[str, str], topic: str, ledgers: list[Ledger], network: Network) -> str:
    """The test's topic, with ledgers 2 to 11."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:10], network)
    return topic


def wait_for_latest(database: Connection, subscriber: str, sequence: int, timeout_seconds: float = 30) -> None:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if database.execute("select to_regclass(%s)", (f"{subscriber}.live",)).fetchone() != (None,):
            row = database.execute(f"select latest from {subscriber}.live".encode()).fetchone()
            if row is not None and isinstance(row[0], int) and row[0] >= sequence:
                return
        time.sleep(0.05)
    pytest.fail(f"{subscriber} did not reach ledger {sequence}")


def wait_for_line(running: Running, event: str) -> None:
    assert running.process.stderr is not None
    for line in running.process.stderr:
        check_shown(line, "a line of its log")
        if event in line:
            return
    pytest.fail(f"the command ended without {event!r}")


@pytest.mark.parametrize(
    ("source", "url", "network_options", "expected"),
    [
        ("lake", "lake-pubnet", ["--network", "pubnet"], (63092982, 63092991, 2650)),
        ("lake", "lake-testnet", ["--network", "testnet"], (997, 999, None)),
        ("stream", "dense/load-test-ledgers-v26.xdr.zstd", ["--passphrase", "load test network"], (10048, 10077, 7740)),
    ],
)
def test_real_ledgers(
    source: str,
    url: str,
    network_options: list[str],
    expected: tuple[int, int, int | None],
    ledgers_folder: Path,
    command_line: CommandLine,
    database: Connection,
    subscriber: str,
) -> None:
    """Two commands put real ledgers into Postgres; counts, hashes and chain match, and again does no harm."""
    del command_line.environment["LEDGERSTREAM_NETWORK"]
    produce = ["produce", "--source", source, "--url", str(ledgers_folder / url), *network_options, "--last", "end"]
    consume = ["consume", "--subscriber", subscriber, *network_options, "--first", "earliest", "--last", "end"]
    for _ in range(2):
        for arguments in (produce, consume):
            ended = command_line.run(*arguments)
            assert ended.code == 0, ended.lines
    first, last, transactions = expected
    row = database.execute(
        f"""
        select min(sequence), max(sequence), count(*), sum(successful_transactions + failed_transactions),
               (select count(*) from {subscriber}.transactions),
               count(*) filter (where previous_hash <> before)
          from (select *, lag(hash) over (order by sequence) as before from {subscriber}.ledgers) chained
        """.encode()
    ).fetchone()
    assert row is not None
    assert row[:3] == (first, last, last - first + 1)
    assert row[3] == row[4]
    assert row[4] == transactions or transactions is None
    assert row[5] == 0


def test_two_consumers(filled: str, command_line: CommandLine, database: Connection, subscriber: str) -> None:
    """One works, the other says so and ends with a code of its own."""
    first = command_line.start("consume", "--subscriber", subscriber)
    wait_for_latest(database, subscriber, 11)
    second = command_line.run("consume", "--subscriber", subscriber)
    assert (second.code, second.error) == (20, "SubscriberLocked"), second.lines
    assert subscriber in second.reason
    first.signal(signal.SIGTERM)
    assert first.wait().code == 0


def test_a_backfill_is_of_its_subscribers_network(filled: str, command_line: CommandLine, subscriber: str) -> None:
    """What gaps and verify advise works as it stands: the network need not be named again."""
    consumed = command_line.run("consume", "--subscriber", subscriber, "--first", "6", "--last", "8")
    assert consumed.code == 0, consumed.lines
    del command_line.environment["LEDGERSTREAM_NETWORK"]
    command_line.environment["LEDGERSTREAM_TOPIC"] = filled
    backfilled = command_line.run("backfill", "--subscriber", subscriber, "--first", "2")
    assert backfilled.code == 0, backfilled.lines
    assert command_line.run("gaps", "--subscriber", subscriber, "--first", "2").code == 0


def test_two_producers(command_line: CommandLine, database: Connection, subscriber: str) -> None:
    """The second producer fences the first, which says why it ends; every ledger is there once."""
    consumer = command_line.start("consume", "--subscriber", subscriber)
    produce = ["produce", "--source", "simulated", "--pace", "0.1"]
    first = command_line.start(*produce)
    wait_for_latest(database, subscriber, 6)
    second = command_line.start(*produce)
    ended = first.wait()
    assert (ended.code, ended.error) == (21, "Fenced"), ended.lines
    row = database.execute(f"select latest from {subscriber}.live".encode()).fetchone()
    assert row is not None
    assert isinstance(row[0], int)
    wait_for_latest(database, subscriber, row[0] + 10)
    for running in (second, consumer):
        running.signal(signal.SIGTERM)
        assert running.wait().code == 0


def status(command_line: CommandLine, *arguments: str) -> tuple[Ended, dict[str, object]]:
    ended = command_line.run("status", "--json", *arguments)
    [only] = json.loads(ended.out)["subscribers"]
    return ended, only


def test_status(filled: str, command_line: CommandLine, database: Connection, subscriber: str) -> None:
    """Cursors, holder, topic and lag; healthy while the consumer works, not when it is stopped or gone."""
    of_one = ("--subscriber", subscriber, "--check", "--max-lag", "30")
    consumer = command_line.start("consume", "--subscriber", subscriber, "--first", "4")
    wait_for_latest(database, subscriber, 11)

    ended, found = status(command_line, *of_one)
    assert ended.code == 0, ended.lines
    state, topic = found["subscriber"], found["topic"]
    assert isinstance(state, dict)
    assert isinstance(topic, dict)
    assert [state[name] for name in ("live_first", "oldest", "latest", "epoch")] == [4, 4, 11, 1]
    assert state["holder"]["silent_seconds"] < 3
    assert [topic[name] for name in ("name", "first", "last")] == [filled, 2, 11]
    assert topic["held_by_open_transaction"] is False
    assert (found["lag_ledgers"], found["lag_seconds"]) == (0, 0.0)
    assert f"subscriber {subscriber}" in command_line.run("status").out
    ended, _ = status(command_line, *of_one, "--max-age", "60")
    assert (ended.code, ended.error) == (4, "Unhealthy")
    assert f"topic {filled}: its newest ledger, 11, was closed " in ended.reason

    consumer.signal(signal.SIGSTOP)
    time.sleep(11)
    ended, _ = status(command_line, *of_one)
    assert (ended.code, ended.error) == (4, "Unhealthy")
    assert "silent" in ended.reason

    consumer.kill()
    time.sleep(2)
    ended, _ = status(command_line, *of_one)
    assert ended.code == 4
    assert "no consumer is running" in ended.reason


def test_status_of_a_topic_that_nobody_fills(command_line: CommandLine, subscriber: str) -> None:
    """A consumer that waits for its first ledger is well; a topic that has none at all is too old for any age."""
    consumer = command_line.start("consume", "--subscriber", subscriber)
    wait_for_line(consumer, "waiting for the topic")
    ended, _ = status(command_line, "--subscriber", subscriber, "--check")
    assert ended.code == 0, ended.lines
    ended, _ = status(command_line, "--subscriber", subscriber, "--check", "--max-age", "60")
    assert (ended.code, ended.error) == (4, "Unhealthy")
    assert "holds no ledger: is its producer running?" in ended.reason
    consumer.signal(signal.SIGTERM)
    assert consumer.wait().code == 0


def test_status_without_a_broker(filled: str, command_line: CommandLine, subscriber: str) -> None:
    """What the database says is shown all the same: when a broker is away, it is wanted most."""
    consumed = command_line.run("consume", "--subscriber", subscriber, "--last", "end")
    assert consumed.code == 0, consumed.lines
    away = ("--subscriber", subscriber, "--kafka", "127.0.0.1:1", "--answer-timeout", "1")
    ended, found = status(command_line, *away)
    assert (ended.code, ended.error) == (11, "BrokerUnreachable")
    state = found["subscriber"]
    assert isinstance(state, dict)
    assert (state["latest"], found["topic"]) == (11, None)
    shown = command_line.run("status", *away).out
    assert "cursor   2–11" in shown
    assert "topic    unknown: no broker answers" in shown


def test_status_shows_how_far_behind(
    filled: str,
    kafka: dict[str, str],
    command_line: CommandLine,
    subscriber: str,
    ledgers: list[Ledger],
    network: Network,
) -> None:
    """A subscriber that is behind, and an end of the topic that an open transaction holds, are shown."""
    assert command_line.run("consume", "--subscriber", subscriber, "--last", "end").code == 0
    append_ledgers(kafka, filled, ledgers[10:20], network)
    producer = Producer({**kafka, "transactional.id": f"open-{filled}"})
    producer.init_transactions(20)
    producer.begin_transaction()
    producer.produce(filled, key=b"22", value=b"whatever")
    producer.flush(10)
    ended, found = status(command_line, "--subscriber", subscriber, "--check", "--max-lag", "30")
    producer.abort_transaction(10)
    assert ended.code == 4
    assert found["lag_ledgers"] == 10
    assert found["lag_seconds"] == 50.0
    assert isinstance(found["topic"], dict)
    assert found["topic"]["held_by_open_transaction"] is True
    assert "50 s (10 ledgers) behind" in ended.reason


def test_reset(filled: str, command_line: CommandLine, database: Connection, subscriber: str) -> None:
    """Reset drops a subscriber that nobody works for, after asking; then it can begin elsewhere."""
    assert command_line.run("consume", "--subscriber", subscriber, "--last", "end").code == 0
    assert command_line.run("consume", "--subscriber", subscriber, "--first", "5", "--last", "end").code == 31
    assert command_line.run("reset", "--subscriber", subscriber).code != 0, "it did not ask"
    assert command_line.run("reset", "--subscriber", subscriber, "--yes").code == 0
    assert command_line.run("reset", "--subscriber", subscriber, "--yes").code == 31
    assert command_line.run("consume", "--subscriber", subscriber, "--first", "5", "--last", "end").code == 0


def test_a_hole_names_what_to_do(
    filled: str,
    kafka: dict[str, str],
    command_line: CommandLine,
    subscriber: str,
    ledgers: list[Ledger],
    network: Network,
) -> None:
    """A topic with a hole ends the consumer with a code that calls a person, and the remedy works."""
    append_ledgers(kafka, filled, ledgers[12:15], network)
    ended = command_line.run("consume", "--subscriber", subscriber)
    assert (ended.code, ended.error) == (30, "LedgerMissing")
    assert "ledgerstream produce --first 12 --last 13 --segment" in ended.reason
    remedy = ("--first", "12", "--last", "13", "--segment")
    assert command_line.run("produce", "--source", "simulated", *remedy).code == 0
    assert command_line.run("consume", "--subscriber", subscriber, "--last", "16").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["produce", "--first", "9", "--last", "3"], 2, "--first 9 is above --last 3"),
        (["produce", "--first", "soon"], 2, "--first"),
        (["produce", "--network", "mynet"], 2, "--passphrase"),
        (["produce", "--network", "mynet", "--passphrase", "mine"], 2, "--url"),
        (["produce", "--source", "simulated", "--last", "end"], 12, "--last N"),
        (["consume", "--subscriber", "No"], 2, "lower-case"),
        (["consume", "--subscriber", "x", "--last", "end"], 33, "ledgerstream produce"),
        (["produce", "--kafka-option", "nonsense"], 2, "NAME=VALUE"),
        (["produce", "--source", "simulated", "--kafka-option", "nonsense.key=1"], 2, "nonsense.key"),
        (["consume", "--subscriber", "refused", "--kafka-option", "fetch.max.bytes=1"], 2, "fetch.max.bytes"),
    ],
)
def test_what_is_refused(arguments: list[str], code: int, words: str, command_line: CommandLine) -> None:
    """What can't be done is said in one line, with what to do and an exit code of its own."""
    ended = command_line.run(*arguments)
    assert ended.code == code, ended.lines
    assert words in ended.reason
    assert len([line for line in ended.lines if line.get("event") == "ended"]) == 1
    assert "Traceback" not in str(ended.lines)


def test_servers_that_are_away(command_line: CommandLine, addresses: Addresses, subscriber: str) -> None:
    """A database or a broker that does not answer is waited for, for a bounded time."""
    command_line.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "2"
    away = "127.0.0.1:1"
    ended = command_line.run("consume", "--database-url", f"postgresql://{away}/x", timeout_seconds=20)
    assert (ended.code, ended.error) == (10, "DatabaseUnreachable")
    for arguments in (["consume", "--subscriber", subscriber], ["produce", "--source", "simulated"]):
        ended = command_line.run(*arguments, "--kafka", away, timeout_seconds=20)
        assert (ended.code, ended.error) == (11, "BrokerUnreachable")


@pytest.mark.parametrize(("bound", "code"), [([], 0), (["--last", "9"], 3)])
def test_sigterm_while_waiting(bound: list[str], code: int, command_line: CommandLine, subscriber: str) -> None:
    """A consumer that waits, for a broker or for a topic, ends within seconds when it is asked to."""
    no_broker = command_line.start("consume", "--subscriber", f"{subscriber}_a", "--kafka", "127.0.0.1:1", *bound)
    no_topic = command_line.start("consume", "--subscriber", f"{subscriber}_b", *bound)
    wait_for_line(no_broker, "waiting for the broker")
    wait_for_line(no_topic, "waiting for the topic")
    for running in (no_broker, no_topic):
        began = time.monotonic()
        running.signal(signal.SIGTERM)
        assert running.wait(10).code == code
        assert time.monotonic() - began < 5


def test_nothing_is_known(command_line: CommandLine, tmp_path: Path) -> None:
    """Without addresses and without an embedded stack, the message says how to get either."""
    for name in ("LEDGERSTREAM_KAFKA", "LEDGERSTREAM_DATABASE_URL"):
        del command_line.environment[name]
    command_line.environment["LEDGERSTREAM_DATA_DIR"] = str(tmp_path)
    ended = command_line.run("status")
    assert ended.code == 2
    assert "ledgerstream up" in ended.reason
    assert "LEDGERSTREAM_DATABASE_URL" in ended.reason


def test_a_plain_role(
    filled: str, plain_role: str, command_line: CommandLine, database: Connection, database_url: str, subscriber: str
) -> None:
    """A role with CREATE on the database is enough; it sees its own subscribers, and not those of others."""
    assert command_line.run("consume", "--subscriber", f"{subscriber}_other", "--last", "11").code == 0
    command_line.environment["LEDGERSTREAM_DATABASE_URL"] = make_conninfo(database_url, user=plain_role)
    consumer = command_line.start("consume", "--subscriber", subscriber)
    wait_for_latest(database, subscriber, 11)
    ended = command_line.run("status", "--check")
    assert ended.code == 0, ended.lines
    assert f"subscriber {subscriber} " in ended.out
    assert f"{subscriber}_other" not in ended.out
    consumer.signal(signal.SIGTERM)
    assert consumer.wait().code == 0
    assert command_line.run("reset", "--subscriber", subscriber, "--yes").code == 0


def test_a_role_without_rights(
    filled: str, plain_role: str, command_line: CommandLine, database: Connection, database_url: str, subscriber: str
) -> None:
    """What a role lacks is said in one line."""
    database.execute(f"revoke create on database {database.info.dbname} from {plain_role}".encode())
    command_line.environment["LEDGERSTREAM_DATABASE_URL"] = make_conninfo(database_url, user=plain_role)
    ended = command_line.run("consume", "--subscriber", subscriber)
    assert (ended.code, ended.error) == (31, "NoRights"), ended.lines
    assert "needs CREATE on the database" in one_line(ended)


def test_an_alive_file(
    filled: str, command_line: CommandLine, database: Connection, subscriber: str, tmp_path: Path
) -> None:
    """Working, idle or standing by: a file that is touched every second tells that the process turns."""
    files = [tmp_path / name for name in ("producer", "consumer", "standby")]
    for file in files:
        file.touch()
        os.utime(file, (0, 0))
    consume = ("consume", "--subscriber", subscriber, "--alive-file")
    running = [command_line.start(*consume, str(files[1]))]
    wait_for_latest(database, subscriber, 11)
    running.append(command_line.start(*consume, str(files[2]), "--standby"))
    running.append(command_line.start("produce", "--source", "simulated", "--pace", "9", "--alive-file", str(files[0])))
    for _ in range(2):
        time.sleep(4)
        ages = [time.time() - file.stat().st_mtime for file in files]
        assert max(ages) < 2, ages
    running[0].signal(signal.SIGSTOP)
    time.sleep(3)
    assert time.time() - files[1].stat().st_mtime > 2


def test_an_old_alive_file(command_line: CommandLine, tmp_path: Path) -> None:
    """That of an earlier process does not speak for one that has not come to its loop."""
    alive = tmp_path / "alive"
    alive.touch()
    away = ("--kafka", "127.0.0.1:1", "--answer-timeout", "1")
    ended = command_line.run("produce", "--source", "simulated", "--alive-file", str(alive), *away)
    assert ended.code == 11
    assert not alive.exists()


def test_an_alive_file_that_cannot_be_written(command_line: CommandLine, tmp_path: Path) -> None:
    """Where it can't be, the process says so at once."""
    ended = command_line.run("consume", "--alive-file", str(tmp_path / "nowhere" / "alive"))
    assert (ended.code, ended.error) == (2, "ConfigurationError")
    assert "alive" in ended.reason


def test_a_simulation_of_a_real_network_is_refused(command_line: CommandLine) -> None:
    """The tail of a real network's topic would be looked for among simulated ledgers, millions of them."""
    ended = command_line.run("produce", "--source", "simulated", "--network", "pubnet")
    assert (ended.code, ended.error) == (2, "ConfigurationError")


def test_a_reset_that_nobody_agrees_to(command_line: CommandLine, subscriber: str) -> None:
    """Without a terminal and without --yes nothing is dropped, and the command says how."""
    assert command_line.run("consume", "--subscriber", subscriber, "--last", "end").code == 33
    ended = command_line.run("reset", "--subscriber", subscriber)
    assert ended.code == 3
    assert "--yes" in ended.reason
