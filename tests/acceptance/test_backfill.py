"""Backfill, in real processes: killed, stopped, run twice at once, beside live, and over topics that are not whole."""

import json
import os
import signal
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from consumer.backfill.store import session_name
from consumer.database import Connection, connect
from consumer.digest import digest
from ledgerstream.embedded import Stack
from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.ranges import Range
from schemas.topic import segment_of
from tests.support.consuming import run_consumer
from tests.support.crashing import BACKFILL, BACKFILL_PARENT
from tests.support.faults import commands_on, ends, held_up, settings_of, wait_until_held_up
from tests.support.processes import CommandLine, Ended, Running
from tests.support.topics import append, append_ledgers, delete_topic, make_topic, message_of
from tests.support.waiting import wait_until

FIRST, LIVE_FIRST, LAST = 2, 36, 41
WIDTH = 4
KILLED = -signal.SIGKILL
LEASE_SECONDS = 2.0


@pytest.fixture(scope="module")
def filled_topic(kafka: dict[str, str], ledgers: list[Ledger], network: Network) -> str:
    """A topic that holds ledgers 2 to 41, for every test that changes none of it."""
    topic = f"test.{uuid.uuid4().hex[:12]}"
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers, network)
    return topic


@dataclass(frozen=True)
class Filling:
    """A subscriber that began at ledger 36 in a topic, in cells of four, and what fills it from below."""

    commands: CommandLine
    database: Connection
    subscriber: str

    def start(self, *arguments: str, workers: int = 2) -> Running:
        return self.commands.start(*self.command(*arguments, workers=workers))

    def run(self, *arguments: str, workers: int = 2) -> Ended:
        return self.start(*arguments, workers=workers).wait()

    def command(self, *arguments: str, workers: int = 2) -> tuple[str, ...]:
        first = () if "--first" in arguments else ("--first", str(FIRST))
        return ("backfill", "--subscriber", self.subscriber, *first, "--workers", str(workers), *arguments)

    def fills(self, *arguments: str) -> None:
        ended = self.run(*arguments)
        assert ended.code == 0, ended.lines

    def digest(self) -> str:
        return digest(self.database, self.subscriber, cursors=False)

    def oldest(self) -> int:
        return int(str(self.value(f"select oldest from {self.subscriber}.backfill")))

    def value(self, statement: str) -> object:
        row = self.database.execute(statement.encode()).fetchone()
        return row and row[0]

    def missing(self) -> list[int]:
        found = self.database.execute(f"select sequence from {self.subscriber}.ledgers".encode()).fetchall()
        return sorted(set(range(FIRST, LAST + 1)) - {int(str(sequence)) for (sequence,) in found})

    def assert_whole(self) -> None:
        """Each ledger with all of its rows, no row without its ledger, and `oldest` what the data say."""
        transactions = f"select count(*) from {self.subscriber}.transactions"
        assert self.value(transactions) == self.value(
            f"select coalesce(sum(transactions_rows), 0)::bigint from {self.subscriber}.ledgers"
        )
        missing = [sequence for sequence in self.missing() if sequence < LIVE_FIRST]
        assert self.oldest() <= LIVE_FIRST
        assert all(sequence < self.oldest() for sequence in missing)

    def sessions(self) -> int:
        """How many workers the database knows."""
        statement = "select count(*) from pg_stat_activity where application_name = %s"
        row = self.database.execute(statement, (session_name(self.subscriber),)).fetchone()
        assert row is not None
        return int(str(row[0]))


def begun(commands: CommandLine, database: Connection, subscriber: str) -> Filling:
    """Live has committed ledgers 36 to 41."""
    ended = commands.run("consume", "--subscriber", subscriber, "--first", str(LIVE_FIRST), "--last", str(LAST))
    assert ended.code == 0, ended.lines
    return in_small_cells(Filling(commands, database, subscriber))


def in_small_cells(filling: Filling) -> Filling:
    filling.database.execute(f"update {filling.subscriber}.subscriber set batch_ledgers = {WIDTH}".encode())
    return filling


@pytest.fixture
def filling(
    command_line: CommandLine, database: Connection, filled_topic: str, subscriber: str, tmp_path: Path
) -> Filling:
    command_line.environment["LEDGERSTREAM_TOPIC"] = filled_topic
    command_line.environment["CRASHING_ONE_WORKER"] = str(tmp_path / "hit")
    return begun(command_line, database, subscriber)


@pytest.fixture(scope="module")
def clean_digest(kafka: dict[str, str], database_url: str, network: Network, filled_topic: str) -> Iterator[str]:
    """What a consumer that began at ledger 2 holds."""
    subscriber = f"calm_{uuid.uuid4().hex[:12]}"
    assert run_consumer(kafka, database_url, network, filled_topic, subscriber)
    with connect(database_url, application_name="test", timeout_seconds=10) as connection:
        yield digest(connection, subscriber, cursors=False)


def test_backfill(filling: Filling, clean_digest: str) -> None:
    """What lies below live's first ledger is filled, as a consumer from the start would have; again is nothing."""
    ended = filling.run()
    assert ended.code == 0, ended.lines
    assert filling.digest() == clean_digest
    assert filling.oldest() == FIRST
    filling.assert_whole()
    again = filling.run()
    assert again.code == 0
    assert filling.digest() == clean_digest


@pytest.mark.parametrize(
    "ranges", [[(10, 10)], [(33, 35), (30, 32)], [(8, 11)], [(2, 2)], [(20, 24), (24, 29)]], ids=str
)
def test_parts(ranges: list[tuple[int, int]], filling: Filling) -> None:
    """Single ledgers, ranges that touch or overlap, whole cells and parts of them: exactly what was asked for."""
    for first, last in ranges:
        filling.fills("--first", str(first), "--last", str(last))
    asked = {sequence for first, last in ranges for sequence in range(first, last + 1)}
    assert filling.missing() == sorted(set(range(FIRST, LIVE_FIRST)) - asked)
    filling.assert_whole()


def test_no_more_workers_than_batches(filling: Filling) -> None:
    """Of many that are allowed, as many are started as there is work for."""
    running = filling.start("--first", "10", "--last", "13", workers=9)
    seen: set[int] = set()
    while running.process.poll() is None:
        seen.update(running.children())
        time.sleep(0.05)
    assert running.wait().code == 0
    assert len(seen) == 2 + 1, "two cells, and who tracks their resources"


@pytest.mark.parametrize("point", BACKFILL)
def test_a_worker_is_killed(point: str, filling: Filling, clean_digest: str) -> None:
    """Another one takes its place, and the run ends as if nothing had been."""
    ended = filling.commands.run_to(point, *filling.command(workers=1), times=1 if BACKFILL[point].once else 2)
    assert ended.code == 0, ended.lines
    assert any("a worker died" in str(line.get("event")) for line in ended.lines), ended.lines
    assert filling.digest() == clean_digest
    assert filling.oldest() == FIRST


def test_every_worker_dies(filling: Filling) -> None:
    """A batch is given up after three of them, the run after six in a row: nothing is tried for ever."""
    del filling.commands.environment["CRASHING_ONE_WORKER"]
    ended = filling.commands.run_to("cell claimed", *filling.command(workers=1))
    assert (ended.code, ended.error) == (5, "BackfillIncomplete"), ended.lines
    events = [str(line.get("event")) for line in ended.lines]
    assert (events.count("a worker died"), events.count("batch not filled")) == (6, 2)
    assert len(filling.missing()) == LIVE_FIRST - FIRST


def test_a_worker_that_waits_ends_with_its_parent(filling: Filling, database_url: str) -> None:
    """At once, whatever it waits for: here a lock that somebody else holds."""
    waiting = f"""
        select count(*) > 0 from pg_stat_activity
         where application_name = '{session_name(filling.subscriber)}' and wait_event_type = 'Lock'
    """
    with connect(database_url, application_name="test", timeout_seconds=10) as other, other.transaction():
        other.execute(f"select from {filling.subscriber}.backfill for update".encode())
        running = filling.start(workers=1)
        wait_until(lambda: filling.value(waiting) is True)
        running.process.kill()
        wait_until(lambda: filling.sessions() == 0, seconds=5)


@pytest.mark.parametrize("point", BACKFILL_PARENT)
def test_the_parent_is_killed(point: str, filling: Filling, clean_digest: str) -> None:
    """Its workers end at once, what is there is whole, and the same command fills exactly what is missing."""
    ended = filling.commands.run_to(point, *filling.command(), times=1 if BACKFILL_PARENT[point].once else 3)
    assert ended.code == KILLED, ended.lines
    wait_until(lambda: filling.sessions() == 0, seconds=5)
    filling.assert_whole()
    filling.fills()
    assert filling.digest() == clean_digest
    assert filling.oldest() == FIRST


@pytest.mark.parametrize("point", ["word heard", "batch handed out"])
def test_sigterm(point: str, filling: Filling, clean_digest: str) -> None:
    """It says what remains, with the code of what is not through; the same command goes on."""
    began = time.monotonic()
    ended = filling.commands.run_to(point, *filling.command(), times=4, number=signal.SIGTERM)
    assert ended.code == 3, ended.lines
    assert time.monotonic() - began < 30
    assert "the same command goes on" in ended.reason
    assert any("ledgers" in str(line.get("missing")) for line in ended.lines), ended.lines
    filling.assert_whole()
    filling.fills()
    assert filling.digest() == clean_digest


@pytest.mark.parametrize("moment", ["at its start", "at work"])
def test_ctrl_c(moment: str, filling: Filling, clean_digest: str) -> None:
    """All processes of a terminal hear it, workers that are still starting, too: one line says how it ended."""
    running = filling.start()
    wait_until(lambda: len(running.children()) > 1)
    if moment == "at work":
        wait_until(lambda: filling.sessions() > 0)
    for process in [running.process.pid, *running.children()]:
        os.kill(process, signal.SIGINT)
    ended = running.wait()
    assert (ended.code, ended.error) in ((3, "Interrupted"), (0, "")), ended.lines
    assert all("event" in line for line in ended.lines), ended.lines
    filling.fills()
    assert filling.digest() == clean_digest


@pytest.mark.parametrize("point", ["cell claimed", "rows of a table copied", "row locked"])
def test_a_worker_that_stands_still(point: str, filling: Filling, clean_digest: str) -> None:
    """It holds no more than its cell, for no longer than the lease; then its session is ended, and it is replaced."""
    began = time.monotonic()
    running = filling.commands.start_to(point, *filling.command("--lease", str(LEASE_SECONDS), workers=1), times=2)
    ended = running.wait(60)
    assert ended.code == 0, ended.lines
    assert any("silent for longer than the lease" in str(line.get("event")) for line in ended.lines), ended.lines
    assert time.monotonic() - began < LEASE_SECONDS + 30
    assert filling.digest() == clean_digest


def test_a_session_that_somebody_else_ended(filling: Filling, clean_digest: str) -> None:
    """A worker that stands still, and whose session another run has ended, is replaced; it yields as told."""
    niceness = os.getpriority(os.PRIO_PROCESS, 0)
    running = filling.commands.start_to(
        "cell claimed", *filling.command("--lease", str(LEASE_SECONDS), "--nice", "3", workers=1)
    )
    wait_until(lambda: len(children_that_stand_still(running)) == 1)
    assert [os.getpriority(os.PRIO_PROCESS, each) for each in children_that_stand_still(running)] == [niceness + 3]
    ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = '{}'"
    assert filling.value(ended.format(session_name(filling.subscriber))) == 1
    assert running.wait(60).code == 0
    assert filling.digest() == clean_digest


def test_every_session_is_lost(filling: Filling, tmp_path: Path) -> None:
    """That is the database's doing, and no gap; and while its workers wait, the run is alive."""
    alive, ended = tmp_path / "alive", "select pg_terminate_backend(pid) from pg_stat_activity"
    with held_up(filling.database, filling.subscriber):
        running = filling.start("--first", str(LIVE_FIRST - WIDTH), "--alive-file", str(alive), workers=1)
        wait_until_held_up(filling.database, filling.subscriber)
        time.sleep(3)
        assert time.time() - alive.stat().st_mtime < 2
        while running.process.poll() is None:
            filling.value("select pg_stat_clear_snapshot()")  # within a transaction all looks see the first one's
            filling.value(f"{ended} where application_name = '{session_name(filling.subscriber)}'")
            time.sleep(0.1)
    ends(running, 10, "DatabaseLost", 5)


def test_a_worker_that_never_gets_ready(filling: Filling, clean_digest: str) -> None:
    """One that stands still before its parent knows its session is ended too, and replaced."""
    filling.commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "5"
    running = filling.commands.start_to("session opened", *filling.command("--lease", str(LEASE_SECONDS), workers=1))
    ended = running.wait(60)
    assert ended.code == 0, ended.lines
    assert any("does not get ready" in str(line.get("event")) for line in ended.lines), ended.lines
    assert filling.digest() == clean_digest


def test_no_session_is_left_for_a_worker(
    filling: Filling, plain_role: str, database_url: str, subscriber: str, clean_digest: str
) -> None:
    """While the server has no room for it, another one is tried: that does not end the run."""
    commands, other = filling.commands, f"{subscriber}_narrow"
    commands.environment["LEDGERSTREAM_DATABASE_URL"] = url = make_conninfo(database_url, user=plain_role)
    narrow = begun(commands, filling.database, other)
    filling.database.execute(f"alter role {plain_role} connection limit 2".encode())
    commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "1"
    seen: set[int] = set()

    def second_worker() -> bool:
        seen.update(running.children())
        return len(seen) > 2  # who tracks their resources is one, too

    with connect(url, application_name="test", timeout_seconds=10):
        running = narrow.start(workers=1)
        wait_until(second_worker)
    ended = running.wait()
    assert ended.code == 0, ended.lines
    assert any("a worker died" in str(line.get("event")) for line in ended.lines), ended.lines
    assert narrow.digest() == clean_digest


def test_a_worker_of_another_run_stands_still(filling: Filling, clean_digest: str) -> None:
    """A run whose parent and workers are all stopped is ended by the next one; when it wakes up, it writes nothing."""
    stopped = filling.commands.start_to("row locked", *filling.command(workers=1), times=1)
    wait_until(Path(filling.commands.environment["CRASHING_ONE_WORKER"]).exists)
    time.sleep(0.5)
    stopped.signal(signal.SIGSTOP)
    filling.fills("--lease", str(LEASE_SECONDS))
    assert filling.digest() == clean_digest
    stopped.signal(signal.SIGCONT)
    assert stopped.wait(60).code in (0, 10)
    assert filling.digest() == clean_digest
    assert filling.oldest() == FIRST


def test_a_reset_meanwhile(filling: Filling) -> None:
    """A worker that is replaced after a reset does not fill what is now live's, which began elsewhere."""
    running = filling.commands.start_to("cell claimed", *filling.command("--lease", "30", workers=1))
    wait_until(lambda: len(children_that_stand_still(running)) == 1)
    reset = filling.commands.run("reset", "--subscriber", filling.subscriber, "--yes")
    assert reset.code == 0, reset.lines
    filling.commands.run("consume", "--subscriber", filling.subscriber, "--first", "20", "--last", "22")
    os.kill(children_that_stand_still(running)[0], signal.SIGKILL)
    ended = running.wait()
    assert (ended.code, ended.error) == (31, "SubscriberReset"), ended.lines
    assert filling.missing() == [*range(FIRST, 20), *range(23, LAST + 1)]
    live = filling.commands.run("consume", "--subscriber", filling.subscriber, "--last", str(LAST))
    assert live.code == 0, live.lines


@pytest.mark.parametrize("second", [(FIRST, LIVE_FIRST - 1), (10, 25)], ids=["the same range", "overlapping"])
def test_two_at_once(second: tuple[int, int], filling: Filling, clean_digest: str) -> None:
    """Two runs share the work, and both end when all that they were asked for is there."""
    runs = [filling.start(), filling.start("--first", str(second[0]), "--last", str(second[1]))]
    for each in runs:
        ended = each.wait()
        assert ended.code == 0, ended.lines
    assert filling.digest() == clean_digest
    assert filling.oldest() == FIRST


def test_beside_live(
    command_line: CommandLine, kafka: dict[str, str], database: Connection, subscriber: str, topic: str
) -> None:
    """Live goes on while everything below its first ledger is filled, up to the last one."""
    produced = command_line.run("produce", "--source", "simulated", "--last", "60")
    assert produced.code == 0, produced.lines
    producer = command_line.start("produce", "--source", "simulated", "--pace", "0.2", "--last", "90")
    consumer = command_line.start("consume", "--subscriber", subscriber, "--first", "latest", "--last", "90")
    filling = Filling(command_line, database, subscriber)
    began = f"select count(*) from pg_class where oid = to_regclass('{subscriber}.backfill')"
    wait_until(lambda: filling.value(began) == 1)
    wait_until(lambda: filling.value(f"select latest from {subscriber}.live") is not None)
    in_small_cells(filling).fills()
    assert producer.wait().code == 0
    assert consumer.wait().code == 0
    assert (filling.oldest(), filling.value(f"select latest from {subscriber}.live")) == (FIRST, 90)
    assert filling.value(f"select count(*) from {subscriber}.ledgers") == 89


@pytest.fixture
def scattered(
    command_line: CommandLine,
    kafka: dict[str, str],
    database: Connection,
    topic: str,
    subscriber: str,
    ledgers: list[Ledger],
    network: Network,
) -> Filling:
    """A live topic that begins at ledger 30, and segments 2–14 and 20–29: 15–19 are nowhere."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[28:], network)
    for first, last in ((2, 14), (20, 29)):
        publish(kafka, topic, Range(first, last), ledgers, network)
    return begun(command_line, database, subscriber)


def publish(kafka: dict[str, str], topic: str, wanted: Range, ledgers: list[Ledger], network: Network) -> str:
    segment = segment_of(topic, wanted)
    make_topic(kafka, segment)
    append_ledgers(kafka, segment, [each for each in ledgers if each.sequence in wanted], network)
    return segment


def test_what_no_topic_holds(
    scattered: Filling, kafka: dict[str, str], topic: str, ledgers: list[Ledger], network: Network, clean_digest: str
) -> None:
    """The rest is filled; the code says that it is not all, the message which command publishes what is missing."""
    ended = scattered.run()
    assert (ended.code, ended.error) == (5, "BackfillIncomplete"), ended.lines
    assert "ledgers 15–19" in ended.reason
    assert "ledgerstream produce --first 15 --last 19 --segment" in ended.reason
    assert scattered.missing() == [15, 16, 17, 18, 19]
    assert scattered.oldest() == 20
    published = scattered.commands.run("produce", "--source", "simulated", "--first", "15", "--last", "19", "--segment")
    assert published.code == 0, published.lines
    scattered.fills()
    assert scattered.digest() == clean_digest
    assert scattered.oldest() == FIRST


def test_a_segment_for_each_gap(scattered: Filling, clean_digest: str, tmp_path: Path) -> None:
    """What `gaps --ranges` prints, `produce --ranges` publishes; a segment that is half there goes on."""
    scattered.run()
    told = scattered.commands.run("gaps", "--subscriber", scattered.subscriber, "--first", "2", "--ranges")
    assert told.out == "15-19\n"
    ranges = tmp_path / "ranges"
    ranges.write_text(f"# what is missing\n{told.out}\n", encoding="utf-8")
    produce = ("produce", "--source", "simulated", "--ranges", str(ranges))
    killed = scattered.commands.run_to("ledger handed over", *produce, times=3)
    assert killed.code == KILLED, killed.lines
    ended = scattered.commands.run(*produce)
    assert ended.code == 0, ended.lines
    scattered.fills()
    assert scattered.digest() == clean_digest


def test_filling_from_a_foreign_segment(
    scattered: Filling, kafka: dict[str, str], topic: str, network: Network
) -> None:
    """Ledgers of the network's name and passphrase, but of another chain, are not committed beside ours."""
    simulated = SimulatedNetwork(transactions_per_ledger=4, seed=1)
    foreign = [Ledger.from_xdr(simulated.close_ledger()) for _ in range(40)]
    publish(kafka, topic, Range(15, 19), foreign, network)
    ended = scattered.run()
    assert ended.code == 5, ended.lines
    assert "not one chain" in ended.reason
    assert {15, 19} <= set(scattered.missing())
    broken = f"""
        select count(*)
          from (select sequence, previous_hash, lag(hash) over w as before, lag(sequence) over w as previous
                  from {scattered.subscriber}.ledgers window w as (order by sequence)) chained
         where previous = sequence - 1 and before <> previous_hash
    """
    assert scattered.value(broken) == 0


def test_a_ledger_that_can_not_be_decoded(
    scattered: Filling, kafka: dict[str, str], topic: str, ledgers: list[Ledger], network: Network
) -> None:
    """Its batch fails, with the ledger and the reason; all others are filled."""
    segment = segment_of(topic, Range(15, 19))
    make_topic(kafka, segment)
    messages = [message_of(each, network) for each in ledgers if 15 <= each.sequence <= 19]
    broken = (messages[2][0], messages[2][1][:-40] + bytes(40)) if messages[2][1] else messages[2]
    append(kafka, segment, [*messages[:2], broken, *messages[3:]])
    ended = scattered.run()
    assert ended.code == 5, ended.lines
    assert "ledger 17" in ended.reason
    failed = [line for line in ended.lines if line.get("event") == "batch not filled"]
    assert [(line["first"], line["last"]) for line in failed] == [(16, 19)]
    assert scattered.missing() == [16, 17, 18, 19]


def test_a_segment_is_deleted_meanwhile(scattered: Filling, kafka: dict[str, str], topic: str) -> None:
    """What it held is missing, by name, and nothing hangs; the others are filled."""
    stopped = scattered.commands
    stopped.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "5"
    stopped.environment["CRASHING_ONE_WORKER"] = f"/tmp/{topic}.hit"
    running = stopped.start_to("cell claimed", *scattered.command("--lease", "30", workers=1), times=2)
    held = f"""
        select count(*) from pg_locks join pg_stat_activity using (pid)
         where locktype = 'advisory' and application_name = '{session_name(scattered.subscriber)}'
    """
    wait_until(lambda: bool(scattered.value(held)))
    delete_topic(kafka, segment_of(topic, Range(2, 14)))
    running_children(running, signal.SIGCONT)
    ended = running.wait(90)
    assert ended.code == 5, ended.lines
    assert "--segment" in ended.reason
    assert set(scattered.missing()) >= {2, 3, 15}


def running_children(running: Running, number: signal.Signals) -> None:
    for child in running.children():
        os.kill(child, number)


def children_that_stand_still(running: Running) -> list[int]:
    stats = {child: Path(f"/proc/{child}/stat").read_text(encoding="utf-8") for child in running.children()}
    return [child for child, stat in stats.items() if stat.rpartition(")")[2].split()[0] == "T"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--first", "10", "--last", "5"), 2, "above"),
        (("--first", "1"), 2, ""),
        (("--last", str(LIVE_FIRST)), 31, "are live's"),
        (("--first", str(LIVE_FIRST)), 31, "are live's"),
        (("--network", "other", "--passphrase", "another"), 32, "not of other"),
        (("--subscriber", "nobody"), 31, "no subscriber nobody"),
    ],
    ids=str,
)
def test_what_is_refused(arguments: tuple[str, ...], code: int, words: str, filling: Filling) -> None:
    """Each wrong request has its code and a message that names what is wrong."""
    ended = filling.run(*arguments)
    assert ended.code == code, ended.lines
    assert words in ended.reason
    assert filling.missing() == list(range(FIRST, LIVE_FIRST))


def test_the_database_restarts_after_success(
    stack: Stack, commands: CommandLine, topic: str, subscriber: str, network: Network, ledgers: list[Ledger]
) -> None:
    """What was reported as filled is there, though the server was ended at once after it (immediate mode)."""
    kafka = settings_of(stack)
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers, network)
    with connect(stack.up().database_url, application_name="test", timeout_seconds=10) as database:
        # Nothing but the last, synchronous commit makes flushes durable within the test's time.
        database.execute("alter system set wal_writer_delay = '10s'")
        database.execute("select pg_reload_conf()")
        filling = begun(commands, database, subscriber)
        filling.fills()
        before = filling.digest()
        stack.postgres.kill()
    with connect(stack.up().database_url, application_name="test", timeout_seconds=20) as database:
        again = Filling(commands, database, subscriber)
        assert again.missing() == []
        assert again.digest() == before
        assert again.oldest() == FIRST


def test_the_database_restarts_meanwhile(
    stack: Stack,
    commands: CommandLine,
    topic: str,
    subscriber: str,
    network: Network,
    ledgers: list[Ledger],
    tmp_path: Path,
) -> None:
    """The run ends with the database's code, and the same command fills what is missing."""
    kafka = settings_of(stack)
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers, network)
    commands.environment["CRASHING_ONE_WORKER"] = str(tmp_path / "hit")
    with connect(stack.up().database_url, application_name="test", timeout_seconds=10) as database:
        filling = begun(commands, database, subscriber)
        running = commands.start_to("row locked", *filling.command("--lease", "30"), times=2)
        deadline = time.monotonic() + 30
        while not filling.missing() or len(filling.missing()) > LIVE_FIRST - FIRST - WIDTH:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        stack.postgres.kill()
        ended = running.wait(60)
        assert ended.code == 10, ended.lines
    with connect(stack.up().database_url, application_name="test", timeout_seconds=20) as database:
        again = Filling(commands_on(stack.up(), topic), database, subscriber)
        again.assert_whole()
        again.fills()
        assert again.missing() == []
        again.commands.end_all()


def test_gaps_are_json(filling: Filling) -> None:
    """What backfill leaves is what `gaps` says."""
    filling.fills("--first", "10", "--last", "20")
    ended = filling.commands.run("gaps", "--subscriber", filling.subscriber, "--first", "2", "--json")
    assert ended.code == 5
    assert json.loads(ended.out)["gaps"] == [{"first": 2, "last": 9}, {"first": 21, "last": 35}]
