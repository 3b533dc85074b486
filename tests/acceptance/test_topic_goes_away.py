"""A topic that is deleted, made again, cut at its head or its end, or held by the open transaction of a dead producer.

What the README's table says happens, in bounded time; what the message says to do, done literally, heals it; and what
is in the database then is what a run that nobody disturbed leaves there.
"""

import json
import re
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from consumer.database import Connection, connect
from ledgerstream.embedded import Stack
from schemas.ledger import Ledger
from schemas.log import LedgerLog
from schemas.network import Network
from tests.acceptance.test_command_line import wait_for_latest
from tests.acceptance.test_kills import entries, published
from tests.support.consuming import digest_of, digest_of_calm_run
from tests.support.faults import (
    bound_topic,
    commands_on,
    cut_head,
    done,
    end_to_be_lost,
    ends,
    fill,
    go_on,
    hold,
    hold_at,
    latest,
    own_stack,
    settings_of,
    stop_in_open_transaction,
    stopped_by_sigterm,
    wait_for_hold,
)
from tests.support.processes import CommandLine, Ended, Running
from tests.support.topics import append, append_ledgers, delete_topic, make_topic, message_of

SWEEP_SECONDS = 0.5
SWEPT_EAGERLY = "log.retention.check.interval.ms=500\nlog.initial.task.delay.ms=500"
CURSOR, LAST = 11, 21
TO_THE_END = ("--last", str(LAST))
# A topic is called gone after two looks, 5 s apart.
GONE_SECONDS = 15.0
# A ledger that nobody takes is given up after 10 s.
GIVEN_UP_SECONDS = 16.0
# To start, to read the topic and to end.
MISSING_SECONDS = 10.0
# A transaction's time-out and the broker's sweep; and what the last look of the test takes.
HELD_SECONDS = 10 + 1 + 2


@dataclass(frozen=True, slots=True)
class Scene:
    """What a test works with; its topic begins with ledgers 2 to 11."""

    kafka: dict[str, str]
    database: Connection
    database_url: str
    commands: CommandLine
    topic: str
    subscriber: str
    network: Network
    ledgers: list[Ledger]

    def consumer(self, suffix: str = "") -> Running:
        """One that has all that there is, and is to end with ledger 21."""
        name = self.subscriber + suffix
        consumer = self.commands.start("consume", "--subscriber", name, *TO_THE_END)
        wait_for_latest(self.database, name, CURSOR)
        time.sleep(0.3)  # until it has read the topic's very end too
        return consumer

    def again(self) -> Running:
        return self.commands.start("consume", "--subscriber", self.subscriber, *TO_THE_END)

    def digest(self, suffix: str = "") -> str:
        return digest_of(self.database_url, self.subscriber + suffix)

    def log(self) -> LedgerLog:
        return LedgerLog(self.kafka, self.topic, self.network.id)

    def bounds(self) -> tuple[int, int]:
        with closing(self.log()) as log:
            return log.bounds(10)

    def first(self) -> int:
        """The first ledger that is left."""
        with closing(self.log()) as log:
            entry = log.first_from(log.bounds(10)[0], 10)
        assert entry is not None
        return entry.record.sequence

    def offset_of(self, sequence: int) -> int:
        held = {entry.record.sequence: entry.offset for entry in entries(self.kafka, self.topic, self.network)}
        return held[sequence]

    def status(self) -> dict[str, Any]:
        """What the topic's part of it says."""
        ended = self.commands.run("status", "--json", "--subscriber", self.subscriber)
        topic: dict[str, Any] = json.loads(ended.out)["subscribers"][0]["topic"]
        return topic


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Servers of this module's own, whose broker looks often for what retention lets go of."""
    with own_stack(SWEPT_EAGERLY) as stack:
        yield stack


@pytest.fixture(scope="module")
def calm_digest(stack: Stack, network: Network) -> str:
    """What a consumer that nobody disturbs has of ledgers 2 to 21."""
    addresses = stack.up()
    fill(commands_on(addresses, "calm"), LAST)
    return digest_of_calm_run(settings_of(stack), addresses.database_url, network, "calm")


@pytest.fixture
def empty_scene(stack: Stack, topic: str, subscriber: str, network: Network, ledgers: list[Ledger]) -> Iterator[Scene]:
    """Before there is a topic."""
    url = stack.up().database_url
    commands = commands_on(stack.up(), topic)
    commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "20"
    with connect(url, application_name="test", timeout_seconds=10) as database:
        yield Scene(settings_of(stack), database, url, commands, topic, subscriber, network, ledgers)
        commands.end_all()


@pytest.fixture
def scene(empty_scene: Scene) -> Scene:
    fill(empty_scene.commands, CURSOR)
    return empty_scene


def remedy(ended: Ended) -> list[str]:
    """The arguments of `produce` in the message, word by word."""
    found = re.search(r"ledgerstream (produce --first \d+( --last \d+ --segment)?)", ended.reason)
    assert found is not None, ended.reason
    return shlex.split(found[1])


def test_a_deleted_topic(scene: Scene, calm_digest: str) -> None:
    """A producer at work and an idle consumer both end; what the consumer says to do makes the topic again."""
    idle = scene.consumer()
    producer = scene.commands.start("produce", "--pace", "0.5")
    wait_for_latest(scene.database, scene.subscriber, CURSOR + 1)
    delete_topic(scene.kafka, scene.topic)
    gone = ends(idle, 33, "TopicAbsent", GONE_SECONDS, scene.topic)
    ends(producer, 11, "PublishFailed", GIVEN_UP_SECONDS, scene.topic)
    started = ends(scene.again(), 33, "TopicAbsent", MISSING_SECONDS, scene.topic)
    assert remedy(started) == remedy(gone)
    assert not scene.status()["exists"]
    assert f"{scene.topic}: absent" in scene.commands.run("status").out

    done(scene.commands.start(*remedy(gone), *TO_THE_END))
    done(scene.again())
    assert scene.digest() == calm_digest


def test_a_topic_made_again_at_once(scene: Scene, calm_digest: str) -> None:
    """With the same ledgers in it, consumers go on by themselves: an idle one, and one that is behind."""
    behind = hold_at(
        scene.commands, "ledger committed", "consume", "--subscriber", f"{scene.subscriber}_behind", *TO_THE_END
    )
    idle = scene.consumer()
    wait_for_hold(behind)
    delete_topic(scene.kafka, scene.topic)
    fill(scene.commands, LAST)
    go_on(behind)
    for consumer in (idle, behind):
        done(consumer, GONE_SECONDS)
    assert {scene.digest(), scene.digest("_behind")} == {calm_digest}


def test_a_topic_made_again_as_long_as_it_was(empty_scene: Scene, calm_digest: str) -> None:
    """An offset that fits the new topic by chance is no reason to wait at its end for what stands before it."""
    scene = empty_scene
    make_topic(scene.kafka, scene.topic)
    append_ledgers(scene.kafka, scene.topic, scene.ledgers[:9], scene.network)
    fill(scene.commands, CURSOR + 1)
    before = scene.bounds()
    consumer = scene.consumer()
    wait_for_latest(scene.database, scene.subscriber, CURSOR + 1)
    hold(consumer)
    delete_topic(scene.kafka, scene.topic)
    fill(scene.commands, LAST)
    assert scene.bounds() == before
    go_on(consumer)
    done(consumer, GONE_SECONDS)
    assert scene.digest() == calm_digest


def made_again_above(scene: Scene) -> None:
    delete_topic(scene.kafka, scene.topic)
    fill(scene.commands, LAST, "--first", "15")


def cut_by_hand(scene: Scene) -> None:
    fill(scene.commands, LAST)
    cut_head(scene.kafka, scene.topic, scene.offset_of(15))


def cut_by_retention(scene: Scene) -> None:
    """From now on each ledger is a segment of its own, and only some are kept."""
    bound_topic(scene.kafka, scene.topic, {"retention.bytes": "12000", "segment.ms": "1"})
    _, end = scene.bounds()
    append_ledgers(scene.kafka, scene.topic, scene.ledgers[CURSOR - 1 : LAST - 1], scene.network)
    deadline = time.monotonic() + 15
    kept, since = scene.bounds()[0], time.monotonic()
    while kept <= end or time.monotonic() - since < 2 * SWEEP_SECONDS:  # it may take the broker several sweeps
        assert time.monotonic() < deadline, f"the broker keeps {scene.bounds()}"
        time.sleep(0.1)
        if (first := scene.bounds()[0]) != kept:
            kept, since = first, time.monotonic()


@pytest.mark.parametrize("cut", [made_again_above, cut_by_hand, cut_by_retention])
def test_the_next_ledger_is_gone(cut: Callable[[Scene], None], scene: Scene, calm_digest: str) -> None:
    """Consumers that run or start say what is missing; with it in a segment, as they say, all is well."""
    running = scene.consumer()
    hold(running)  # or it might be faster
    cut(scene)
    go_on(running)
    ended = ends(running, 30, "LedgerMissing", MISSING_SECONDS, scene.topic)
    first = scene.first()
    assert f"ledgers 12–{first - 1} " in ended.reason
    assert f"goes on with {first} and holds {first}–{LAST}" in ended.reason
    assert ends(scene.again(), 30, "LedgerMissing", MISSING_SECONDS).reason == ended.reason

    done(scene.commands.start(*remedy(ended)))
    done(scene.again())
    assert scene.digest() == calm_digest


def test_a_head_that_nobody_needs(scene: Scene, calm_digest: str) -> None:
    """What is cut off below the cursor disturbs neither consumer nor producer, even when it is all that there is."""
    consumer = scene.consumer()
    producer = scene.commands.start("produce", "--pace", "1", *TO_THE_END)
    for sequence in (CURSOR + 1, CURSOR + 4):
        wait_for_latest(scene.database, scene.subscriber, sequence)
        cut_head(scene.kafka, scene.topic, -1)
    for running in (producer, consumer):
        done(running)
    assert scene.digest() == calm_digest
    newcomer = scene.commands.start("consume", "--subscriber", f"{scene.subscriber}_new", "--last", "end")
    done(newcomer)
    assert latest(scene.database, f"{scene.subscriber}_new") == LAST


def test_a_topic_that_lost_its_end(stack: Stack, scene: Scene, calm_digest: str) -> None:
    """The producer at work notices and ends; when the next one has published what was lost, all consumers go on."""
    behind = hold_at(
        scene.commands, "ledger committed", "consume", "--subscriber", f"{scene.subscriber}_b", *TO_THE_END
    )
    wait_for_hold(behind)
    with end_to_be_lost(stack):
        fill(scene.commands, CURSOR + 4)
        beyond = scene.consumer("_beyond")
        wait_for_latest(scene.database, f"{scene.subscriber}_beyond", CURSOR + 4)
        hold(beyond)
        idle = scene.consumer()
        producer = scene.commands.start("produce", "--pace", "0.6")
        wait_for_latest(scene.database, scene.subscriber, CURSOR + 6)
    for consumer in (behind, beyond):
        go_on(consumer)
    ended = producer.wait(GIVEN_UP_SECONDS)
    assert (ended.code, ended.error) in {(11, "PublishFailed"), (21, "Fenced")}, ended.lines
    fill(scene.commands, LAST)
    for consumer in (behind, beyond, idle):
        done(consumer, GONE_SECONDS)
    assert {scene.digest(), scene.digest("_b"), scene.digest("_beyond")} == {calm_digest}
    hashes = published(scene.kafka, scene.topic, scene.network)
    assert hashes == [each.hash for each in scene.ledgers[: LAST - 1]]


def kill_in_open_transaction(scene: Scene) -> None:
    """A producer that dies when its ledger is in the topic and not committed."""
    killed = stop_in_open_transaction(scene.commands, "produce", *TO_THE_END, ledgers=1, number=signal.SIGKILL).wait()
    assert killed.code == -signal.SIGKILL, killed.lines


def test_an_open_transaction_and_the_next_producer(scene: Scene, calm_digest: str) -> None:
    """The next producer ends what the dead one left open, and readers go on at once."""
    consumer = scene.consumer()
    kill_in_open_transaction(scene)
    began = time.monotonic()
    fill(scene.commands, LAST)
    done(consumer)
    assert time.monotonic() - began < 6
    assert not scene.status()["held_by_open_transaction"]
    assert scene.digest() == calm_digest


def test_an_open_transaction_and_no_next_producer(scene: Scene) -> None:
    """What stands behind it is held for the time-out and the broker's sweep at most; status says so meanwhile."""
    consumer = scene.consumer()
    kill_in_open_transaction(scene)
    began = time.monotonic()
    next_one = message_of(scene.ledgers[CURSOR - 1], scene.network)
    append(scene.kafka, scene.topic, [next_one], in_transaction=False)
    assert scene.status()["held_by_open_transaction"]
    assert "(held by an open transaction)" in scene.commands.run("status").out
    assert latest(scene.database, scene.subscriber) == CURSOR
    wait_for_latest(scene.database, scene.subscriber, CURSOR + 1, HELD_SECONDS)
    assert time.monotonic() - began < HELD_SECONDS
    assert not scene.status()["held_by_open_transaction"]
    assert "held by" not in scene.commands.run("status").out
    stopped_by_sigterm(consumer, code=3)
