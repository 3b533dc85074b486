"""What happens to the topics: producers, one after the other or at once, and what operators and brokers do."""

import signal
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.beside import (
    AT_ONCE,
    Beside,
    counted,
    counts,
    crashes,
    names,
    paces,
    sequences,
)
from tests.model.forks import Crash
from tests.model.model import (
    DONE,
    NETWORK,
    TAKEN_OVER,
    Ledgers,
    require,
)
from tests.model.observed import Record
from tests.model.stage import FIRST, LAST
from tests.support.crashing import PRODUCER


def from_file(ledgers: Path) -> tuple[str, ...]:
    """What a producer is told."""
    return ("--source", "stream", "--url", str(ledgers))


class Producing(Beside):
    """Rules of the topic and of its segments."""

    def produced(self, first: int | None, last: int, pace: str = AT_ONCE, crash: Crash | None = None) -> None:
        before = self.world.topic
        expected = self.world.producing(before, first, last)
        given = () if first is None else ("--first", first)
        running = self.start("produce", *given, "--last", last, *self.source(pace), crash=crash)
        self.topic_touched = True
        if self.as_expected(running, expected.code):
            self.world.topic = (before or frozenset()) | set(expected.ledgers)
        elif before is not None or self.topic in self.stage.kafka.names(self.topic):
            self.world.topic = self.world.adopt_published(before or frozenset(), expected, self.seen(self.topic))

    def source(self, pace: str) -> tuple[str, ...]:
        return from_file(self.stage.ledgers) if pace == AT_ONCE else ("--pace", pace)

    def seen(self, topic: str) -> Ledgers:
        return frozenset(record.sequence for record in self.stage.kafka.read(topic))

    def next_last(self, count: int) -> int:
        return min(LAST, (self.world.last or 1) + count)

    @rule(count=counts, pace=paces, anew=sequences)
    @counted
    def publish(self, count: int, pace: str, anew: int) -> None:
        if self.world.topic:
            self.produced(None, self.next_last(count), pace)
        else:
            self.produced(anew, min(LAST, anew + count), pace)

    @rule(last=sequences)
    @counted
    def publish_what_is_there(self, last: int) -> None:
        """Nothing to do, or refused because the topic begins above."""
        if self.world.last is not None:
            self.produced(None, min(last, self.world.last))

    @rule(count=st.integers(3, 8), pace=paces, crash=crashes(PRODUCER, most=6))
    @counted
    def a_producer_crashes(self, count: int, pace: str, crash: Crash) -> None:
        first = None if self.world.topic else FIRST
        self.produced(first, self.next_last(count), pace, crash=crash)

    @precondition(lambda self: self.world.last is not None and self.world.last < LAST - 4)
    @rule(times=st.integers(1, 3), count=st.integers(0, 3))
    @counted
    def a_producer_is_taken_over(self, times: int, count: int) -> None:
        """It stands still with an open transaction; a second one goes on; woken, the first writes nothing."""
        assert self.world.last is not None
        stop = Crash("ledger delivered", times, int(signal.SIGSTOP))
        first = self.start("produce", "--last", self.world.last + 4, "--pace", "0.1", crash=stop)
        self.topic_touched = True
        stopped = first.stops()
        expected = self.world.producing(self.world.topic, None, self.world.last + 4)
        self.world.topic = self.world.adopt_published(self.world.topic or frozenset(), expected, self.seen(self.topic))
        if not stopped:  # busy machines close several ledgers at once, in one transaction
            self.ends(first, DONE)
            return
        self.produced(None, self.next_last(count))
        first.signal(signal.SIGCONT)
        self.ends(first, TAKEN_OVER)

    @precondition(lambda self: bool(self.world.topic))
    @rule(first=sequences, count=counts)
    @counted
    def a_transaction_is_aborted(self, first: int, count: int) -> None:
        self.topic_touched = True
        self.stage.kafka.append(self.topic, self.records(first, first + count), committed=False)

    @precondition(lambda self: bool(self.world.topic))
    @rule(count=counts)
    @counted
    def ledgers_come_again(self, count: int) -> None:
        """The last ones of the topic, in its order, from a producer that is none of ours."""
        assert self.world.last is not None
        assert self.world.first is not None
        self.topic_touched = True
        again = self.records(max(self.world.first, self.world.last - count + 1), self.world.last)
        self.stage.kafka.append(self.topic, again, committed=True)

    def records(self, first: int, last: int) -> list[Record]:
        return [self.stage.reference.records[sequence] for sequence in range(first, min(last, LAST) + 1)]

    def refused(self, last: int, ledgers: Path) -> None:
        """A producer of another network than the topic's: it publishes nothing."""
        before = self.seen(self.topic)
        self.ends(self.start("produce", "--last", last, *from_file(ledgers)), NETWORK)
        require(self.seen(self.topic) == before, f"{self.topic} has grown")

    # The topic.

    @precondition(lambda self: bool(self.world.topic))
    @rule(kept=st.integers(0, 12))
    @counted
    def the_head_is_cut(self, kept: int) -> None:
        """Below a cursor or above it; with nothing kept, the topic is empty afterwards."""
        assert self.world.last is not None
        first = self.world.last - kept + 1
        below = [record.offset for record in self.stage.kafka.read(self.topic) if record.sequence < first]
        if below:
            self.topic_touched = True
            self.stage.kafka.cut_head(self.topic, max(below) + 1)
            self.world.topic = frozenset(each for each in self.world.topic or () if each >= first)

    # Segments.

    def segment(self, first: int, last: int, *, crash: Crash | None = None, pace: str = AT_ONCE) -> None:
        name, key = f"{self.topic}.{first}-{last}", (first, last)
        before = self.world.segments.get(key)
        expected = self.world.producing(before, first, last)
        running = self.start("produce", "--segment", "--first", first, "--last", last, *self.source(pace), crash=crash)
        self.topic_touched = True
        if self.as_expected(running, expected.code):
            self.world.segments[key] = (before or frozenset()) | set(expected.ledgers)
        elif before is not None or name in self.stage.kafka.names(self.topic):
            self.world.segments[key] = self.world.adopt_published(before or frozenset(), expected, self.seen(name))

    @rule(first=sequences, count=counts, name=names, needed=st.booleans())
    @counted
    def a_segment_is_published(self, first: int, count: int, name: str, needed: bool) -> None:
        """Of what a subscriber lacks, or of anything."""
        lacks = self.lacks(name)
        if needed and lacks:
            self.segment(lacks[0], min(lacks[-1], lacks[0] + 20))
        else:
            self.segment(first, min(LAST, first + count))

    def lacks(self, name: str) -> list[int]:
        """What no topic holds of what a subscriber needs next."""
        subscriber = self.world.subscribers.get(name)
        if subscriber is None or subscriber.next is None:
            return []
        first = subscriber.next
        while first in self.world.anywhere:
            first += 1
        above = [each for each in self.world.topic or () if each > first]
        return list(range(first, min(above))) if above else []

    @rule(first=sequences, count=st.integers(3, 10), crash=crashes(PRODUCER, most=6), pace=paces)
    @counted
    def a_segment_is_half_published(self, first: int, count: int, crash: Crash, pace: str) -> None:
        self.segment(first, min(LAST, first + count), crash=crash, pace=pace)

    @precondition(lambda self: self.world.segments)
    @rule(which=st.integers(0, 20))
    @counted
    def a_segment_goes_on(self, which: int) -> None:
        """The same command again publishes the rest, or finds nothing to do."""
        self.segment(*sorted(self.world.segments)[which % len(self.world.segments)])

    @precondition(lambda self: self.world.segments)
    @rule(which=st.integers(0, 20))
    @counted
    def a_segment_is_dropped(self, which: int) -> None:
        key = sorted(self.world.segments)[which % len(self.world.segments)]
        self.ends(self.start("topics", "--drop", f"{self.topic}.{key[0]}-{key[1]}", "--yes"), DONE)
        self.topic_touched = True
        del self.world.segments[key]
