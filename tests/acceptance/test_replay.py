"""A subscriber that is rebuilt: live at the topic's end at once, and history below it, in one command."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from consumer.database import Connection
from consumer.digest import digest
from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import Network
from tests.support.processes import CommandLine, Ended, Running
from tests.support.topics import append_ledgers, make_topic

FIRST, TIP = 2, 200
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Rebuilding:
    """A topic that holds ledgers 2 to 200, and a subscriber that is rebuilt from it."""

    commands: CommandLine
    database: Connection
    subscriber: str

    def produce(self, last: int, *arguments: str) -> None:
        ended = self.commands.run("produce", "--source", "simulated", "--last", str(last), *arguments)
        assert ended.code == 0, ended.lines

    def command(self, first: int = FIRST) -> tuple[str, ...]:
        return ("replay", "--subscriber", self.subscriber, "--first", str(first), "--workers", "2")

    def start(self, first: int = FIRST) -> Running:
        return self.commands.start(*self.command(first))

    def value(self, column: str, table: str) -> int | None:
        there = self.database.execute("select to_regclass(%s)", (f"{self.subscriber}.{table}",)).fetchone()
        if there is None or there[0] is None:
            return None
        row = self.database.execute(f"select {column} from {self.subscriber}.{table}".encode()).fetchone()
        return None if row is None or row[0] is None else int(str(row[0]))

    def latest(self) -> int:
        return self.value("latest", "live") or 0

    def oldest(self) -> int:
        return self.value("oldest", "backfill") or 2**31

    def live_first(self) -> int | None:
        return self.value("live_first", "live")

    def reaches(self, running: Running, enough: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not enough():
            if running.process.poll() is not None:
                pytest.fail(f"it ended: {running.wait().lines[-5:]}")
            assert time.monotonic() < deadline, (self.oldest(), self.latest())
            time.sleep(0.05)

    def filled(self) -> bool:
        """Whether all of history is there, and backfill has ended."""
        name = f"ledgerstream fill {self.subscriber}"
        still = self.database.execute("select 1 from pg_stat_activity where application_name = %s", (name,)).fetchone()
        return self.oldest() == FIRST and still is None

    def digest(self) -> str:
        return digest(self.database, self.subscriber, cursors=False)

    def calm_digest(self, last: int) -> str:
        """What a consumer holds that committed one ledger after the other."""
        calm = f"{self.subscriber}_calm"
        ended = self.commands.run("consume", "--subscriber", calm, "--first", str(FIRST), "--last", str(last))
        assert ended.code == 0, ended.lines
        return digest(self.database, calm, cursors=False)


def stopped(running: Running) -> Ended:
    running.signal(signal.SIGTERM)
    began = time.monotonic()
    ended = running.wait()
    assert time.monotonic() - began < 5
    return ended


@pytest.fixture
def rebuilding(command_line: CommandLine, kafka: dict[str, str], database: Connection, subscriber: str) -> Rebuilding:
    rebuilt = Rebuilding(command_line, database, subscriber)
    rebuilt.produce(TIP)
    return rebuilt


def test_replay(rebuilding: Rebuilding) -> None:
    """Live begins after the topic's end and commits what comes, history is filled below it; then it can be stopped."""
    running = rebuilding.start()
    rebuilding.reaches(running, lambda: rebuilding.live_first() == TIP + 1)
    rebuilding.produce(TIP + 10, "--pace", "0.1")
    rebuilding.reaches(running, lambda: rebuilding.filled() and rebuilding.latest() == TIP + 10)
    rebuilding.produce(TIP + 15)
    rebuilding.reaches(running, lambda: rebuilding.latest() == TIP + 15)
    ended = stopped(running)
    assert ended.code == 0, ended.lines
    assert any(line.get("event") == "filled" for line in ended.lines)
    assert rebuilding.digest() == rebuilding.calm_digest(TIP + 15)
    assert rebuilding.commands.run("gaps", "--subscriber", rebuilding.subscriber).code == 0


@pytest.mark.parametrize("point", ["batch handed out", "word heard"])
def test_a_killed_replay(point: str, rebuilding: Rebuilding) -> None:
    """The same command goes on with both, from where live began at the first start."""
    killed = rebuilding.commands.run_to(point, *rebuilding.command(), times=3)
    assert killed.code == KILLED, killed.lines
    rebuilding.produce(TIP + 5)
    running = rebuilding.start()
    rebuilding.reaches(running, lambda: rebuilding.filled() and rebuilding.latest() == TIP + 5)
    assert rebuilding.live_first() == TIP + 1
    assert stopped(running).code == 0
    assert rebuilding.digest() == rebuilding.calm_digest(TIP + 5)


def test_a_replay_that_is_killed_by_live(rebuilding: Rebuilding) -> None:
    """Killed between a live ledger's rows and its cursor, with a history half there: nothing is half-written."""
    running = rebuilding.commands.start_to("cursor moved", *rebuilding.command(), times=3, number=signal.SIGKILL)
    rebuilding.reaches(running, lambda: rebuilding.live_first() is not None)
    rebuilding.produce(TIP + 5)
    assert running.wait().code == KILLED
    again = rebuilding.start()
    rebuilding.reaches(again, lambda: rebuilding.filled() and rebuilding.latest() == TIP + 5)
    assert stopped(again).code == 0
    assert rebuilding.digest() == rebuilding.calm_digest(TIP + 5)


def test_a_replay_stopped_before_it_is_through(rebuilding: Rebuilding) -> None:
    """Then its code is that of what is not through, and it says what is missing; the same command goes on."""
    ended = rebuilding.commands.run_to("batch handed out", *rebuilding.command(), times=2, number=signal.SIGTERM)
    assert ended.code == 3, ended.lines
    assert "the same command goes on" in ended.reason
    running = rebuilding.start()
    rebuilding.reaches(running, rebuilding.filled)
    assert stopped(running).code == 0


def test_a_reset_subscriber_is_rebuilt(rebuilding: Rebuilding) -> None:
    """After a reset live begins at the end that the topic has then."""
    calm = rebuilding.calm_digest(TIP)
    consume = ("consume", "--subscriber", rebuilding.subscriber, "--last", "20")
    assert rebuilding.commands.run(*consume).code == 0
    assert rebuilding.commands.run("reset", "--subscriber", rebuilding.subscriber, "--yes").code == 0
    running = rebuilding.start()
    rebuilding.reaches(running, rebuilding.filled)
    assert rebuilding.live_first() == TIP + 1
    assert stopped(running).code == 0
    assert rebuilding.digest() == calm


def test_a_subscriber_that_began_elsewhere(rebuilding: Rebuilding) -> None:
    """It keeps its own beginning: live catches up from there, and history is what lies below."""
    consume = ("consume", "--subscriber", rebuilding.subscriber, "--first", "100", "--last", "110")
    assert rebuilding.commands.run(*consume).code == 0
    running = rebuilding.start()
    rebuilding.reaches(running, lambda: rebuilding.filled() and rebuilding.latest() == TIP)
    assert rebuilding.live_first() == 100
    assert stopped(running).code == 0
    assert rebuilding.digest() == rebuilding.calm_digest(TIP)


def test_a_replay_without_history(rebuilding: Rebuilding) -> None:
    """Nothing lies between its first ledger and live's: it is live alone."""
    running = rebuilding.start(TIP + 50)
    rebuilding.reaches(running, lambda: rebuilding.live_first() == TIP + 1)
    rebuilding.produce(TIP + 3)
    rebuilding.reaches(running, lambda: rebuilding.latest() == TIP + 3)
    assert stopped(running).code == 0


def test_history_that_no_topic_holds(
    kafka: dict[str, str],
    topic: str,
    command_line: CommandLine,
    database: Connection,
    subscriber: str,
    ledgers: list[Ledger],
    network: Network,
) -> None:
    """All else is filled; then it ends, live too, with the command that publishes what is missing."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[10:20], network)
    rebuilding = Rebuilding(command_line, database, subscriber)
    ended = rebuilding.start().wait()
    assert (ended.code, ended.error) == (5, "BackfillIncomplete"), ended.lines
    assert "ledgerstream produce --first 2 --last 11 --segment" in ended.reason
    assert rebuilding.oldest() == 12
    produced = command_line.run("produce", "--source", "simulated", "--first", "2", "--last", "11", "--segment")
    assert produced.code == 0
    running = rebuilding.start()
    rebuilding.reaches(running, rebuilding.filled)
    assert stopped(running).code == 0


def test_live_that_fails(rebuilding: Rebuilding, kafka: dict[str, str], topic: str, network: Network) -> None:
    """What ends live ends the command, with live's reason; what was filled stays, and the workers end."""
    running = rebuilding.start()
    rebuilding.reaches(running, lambda: rebuilding.live_first() is not None)
    rebuilding.produce(TIP + 1)
    other = SimulatedNetwork(transactions_per_ledger=4, seed=1)
    foreign = [Ledger.from_xdr(other.close_ledger()) for _ in range(FIRST, TIP + 3)][-1]
    assert foreign.sequence == TIP + 2
    append_ledgers(kafka, topic, [foreign], network)
    ended = running.wait()
    assert (ended.code, ended.error) == (30, "ChainBroken"), ended.lines
