"""The state machine: what may happen to the system, rule by rule, each beside the model that says what then must be.

A rule runs real commands and tells the model. After each step the two are compared, down to every row.
"""

import functools
import json
import signal
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.model.forks import Crash, Forked
from tests.model.model import (
    DONE,
    LOCKED,
    LOST,
    NOT_THROUGH,
    SUBSCRIBER,
    TAKEN_OVER,
    USAGE,
    WIDTH,
    Expected,
    Given,
    Ledgers,
    Subscriber,
    World,
    require,
)
from tests.model.observed import Record
from tests.model.stage import CONSUMED, FIRST, LAST, Stage
from tests.support.crashing import BACKFILL, BACKFILL_PARENT, CONSUMER, PRODUCER
from tests.support.processes import Ended

KILLED = -signal.SIGKILL
LEASE_SECONDS = 2.0
NAMES = ["one", "two"]
HEIR_SECONDS = LEASE_SECONDS + 2 + 10
"""The bound of the README for a takeover, and what a busy machine adds."""

A = TypeVar("A", bound=Callable[..., Any])


def crashes(points: dict[str, Any], *, most: int) -> st.SearchStrategy[Crash]:
    """A point, a number of times within reach, and mostly SIGKILL."""
    signals = st.sampled_from([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
    return st.builds(
        lambda point, times, number: Crash(point, 1 if points[point].once else times, int(number)),
        st.sampled_from(sorted(points)),
        st.integers(1, most),
        signals,
    )


AT_ONCE = "0"
"""A pace: all in one transaction. At any other each ledger has one of its own."""

names = st.sampled_from(NAMES)
counts = st.integers(1, 7)
paces = st.sampled_from([AT_ONCE, "0.01"])
sequences = st.integers(FIRST, LAST)
workers = st.integers(1, 2)
begins = st.one_of(st.just("earliest"), st.just("earliest"), st.just("latest"), st.integers(FIRST, 20))


RULES: list[str] = []


def counted(function: A) -> A:
    """Count the rule, and write down what it was called with: what a run did is told when it fails."""
    RULES.append(function.__name__)

    @functools.wraps(function)
    def wrapped(self: "Together", *arguments: Any, **named: Any) -> Any:
        self.told.append(f"{function.__name__}({', '.join(f'{key}={value!r}' for key, value in named.items())})")
        self.ran[function.__name__] += 1
        return function(self, *arguments, **named)

    return wrapped  # type: ignore[return-value]


class Together(RuleBasedStateMachine):
    """The model and the system, in step."""

    stage: ClassVar[Stage]
    ran: ClassVar[Counter[str]]

    @classmethod
    def on(cls, stage: Stage) -> "type[Together]":
        """The machine on a stage: one that counts for itself."""
        return type("TogetherOnStage", (cls,), {"stage": stage, "ran": Counter()})

    @classmethod
    def what_ran(cls) -> list[str]:
        """Each rule, and how often it ran; never, too."""
        return [f"{cls.ran[name]:6} {name}" for name in RULES]

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.told: list[str] = []
        self.running: dict[str, tuple[Forked, Given]] = {}
        self.touched: set[str] = set()
        self.topic_touched = True
        self.topic = f"model_{uuid.uuid4().hex[:10]}"
        self.stage.forks.environment["LEDGERSTREAM_TOPIC"] = self.topic

    def schema(self, name: str) -> str:
        return f"{self.topic}_{name}"

    # What is started, and how it is waited for.

    def start(self, *arguments: object, crash: Crash | None = None) -> Forked:
        self.told.append(f"    {' '.join(map(str, arguments))}{f' with {crash}' if crash else ''}")
        return self.stage.forks.start(*map(str, arguments), crash=crash)

    def wait(self, running: Forked) -> Ended:
        ended = running.wait()
        self.told.append(
            f"    = after {time.monotonic() - running.began:.2f} s {ended.code} {ended.error}: {ended.reason[:200]}"
        )
        return ended

    def ends(self, running: Forked, *codes: int) -> int:
        ended = self.wait(running)
        require(ended.code in codes, f"{running} ended with {ended.code}, not {codes}:\n{running.text()[-3000:]}")
        return ended.code

    def as_expected(self, running: Forked, code: int) -> bool:
        """Whether it has done all that it should; False when the signal that was meant for it came first."""
        crash = running.crash
        if crash is None:
            self.ends(running, code)
            return True
        cut_short = KILLED if crash.signal == signal.SIGKILL else NOT_THROUGH
        return self.ends(running, code, cut_short) == code

    def quiet(self, name: str, working: int = 0) -> None:
        """Wait until the server has noticed that sessions of this subscriber are gone."""
        self.until(lambda: len(self.stage.database.sessions(self.schema(name))) <= working, "a session is left")

    def until(self, holds: Callable[[], bool], claim: str, seconds: float = 30) -> None:
        waited = 0.0
        while not holds():
            require(waited < seconds, f"{claim}, after {seconds} s")
            self.stage.forks.hear(0.02)
            waited += 0.02

    # A producer.

    @initialize(first=st.integers(FIRST, 8), history=st.integers(4, 20), count=st.integers(1, 8))
    def a_topic_and_a_subscriber(self, first: int, history: int, count: int) -> None:
        """What lies below the subscriber's first ledger is in the topic, for backfill."""
        self.produced(first, first + history + count - 1)
        self.consumed("one", first + history)

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
        if pace == AT_ONCE:
            return ("--source", "stream", "--url", str(self.stage.ledgers))
        return ("--pace", pace)

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

    @precondition(lambda self: self.world.topic is not None)
    @rule(anew=sequences, count=st.integers(0, 12))
    @counted
    def the_topic_is_made_again(self, anew: int, count: int) -> None:
        """Deleted, and published from another ledger on, or not at all."""
        for name in list(self.running):
            self.stop(name, signal.SIGTERM)
        self.topic_touched = True
        self.stage.kafka.delete(self.topic)
        self.world.topic = None
        if count:
            self.produced(anew, min(LAST, anew + count))

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

    # A consumer that ends where the topic does.

    def consuming(self, name: str, first: Given, *, crash: Crash | None = None) -> tuple[Forked, Expected]:
        expected = self.world.consuming(self.world.subscribers.get(name), first)
        return self.start(*self.consume(name, first), "--last", "end", crash=crash), expected

    def consume(self, name: str, first: Given) -> tuple[object, ...]:
        self.touched.add(name)
        return ("consume", "--subscriber", self.schema(name), *CONSUMED, "--first", first)

    def consumed(self, name: str, first: Given, *, crash: Crash | None = None) -> None:
        self.has_consumed(name, *self.consuming(name, first, crash=crash))

    def has_consumed(self, name: str, running: Forked, expected: Expected) -> None:
        if self.as_expected(running, expected.code):
            self.has_committed(name, expected)
        else:
            self.adopt(name, expected)

    def has_committed(self, name: str, expected: Expected) -> None:
        subscriber = self.world.subscribers.setdefault(name, Subscriber())
        subscriber.live_first = subscriber.live_first or expected.live_first
        subscriber.commit(expected.ledgers)

    def adopt(self, name: str, expected: Expected) -> None:
        """Whatever it has committed before it died, if it may be so."""
        self.quiet(name)
        seen = self.stage.database.subscriber(self.schema(name))
        if seen is None:
            require(name not in self.world.subscribers, f"{name} is gone")
            return
        subscriber = self.world.subscribers.setdefault(name, Subscriber())
        told = Subscriber(seen.live_first, seen.latest, frozenset(seen.hashes))
        self.world.adopt_committed(subscriber, expected, told)

    @precondition(lambda self: len(self.running) < len(NAMES))
    @rule(name=names, first=begins)
    @counted
    def consume_to_the_end(self, name: str, first: Given) -> None:
        """From the cursor on, wherever it is; a subscriber that is new begins."""
        if name not in self.running:
            self.consumed(name, self.first_for(name, first))

    def first_for(self, name: str, first: Given) -> Given:
        """Mostly what does not contradict where the subscriber began."""
        subscriber = self.world.subscribers.get(name)
        begun = subscriber is not None and subscriber.live_first is not None
        return "earliest" if begun and isinstance(first, int) and first % 3 else first

    @rule(name=names, first=begins, crash=crashes(CONSUMER, most=12))
    @counted
    def a_consumer_crashes(self, name: str, first: Given, crash: Crash) -> None:
        if name not in self.running:
            self.consumed(name, self.first_for(name, first), crash=crash)

    @precondition(lambda self: self.world.topic is not None)
    @rule(name=names, offset=st.one_of(st.none(), st.integers(0, 150), st.just(10**9)))
    @counted
    def offsets_are_lost_or_moved(self, name: str, offset: int | None) -> None:
        group = f"ledgerstream-{self.schema(name)}"
        if offset is None:
            self.stage.kafka.lose_offsets(group)
        elif name not in self.running:
            self.stage.kafka.store_offset(group, self.topic, offset)

    # Live.

    @precondition(lambda self: self.world.topic and len(self.running) < len(NAMES))
    @rule(name=names, first=begins, crash=st.one_of(st.none(), crashes(CONSUMER, most=10)))
    @counted
    def live_starts(self, name: str, first: Given, crash: Crash | None) -> None:
        if name not in self.running:
            self.start_live(name, self.first_for(name, first), crash)

    def start_live(self, name: str, first: Given, crash: Crash | None) -> None:
        running = self.start(*self.consume(name, first), crash=crash)
        self.running[name] = running, first
        running.says("cursor read")

    def settle(self, name: str) -> None:
        """Have live commit all that it can, or end as it must."""
        running, first = self.running[name]
        self.touched.add(name)
        expected = self.world.following(self.world.subscribers.get(name), first)
        if expected is None:
            self.stop(name, signal.SIGTERM)
        elif expected.code != DONE:
            del self.running[name]
            self.has_consumed(name, running, expected)
        elif running.reaches(lambda: self.has_got_there(name, expected)):
            self.has_committed(name, expected)
        else:
            del self.running[name]
            self.has_died(name, running, expected)

    def has_got_there(self, name: str, expected: Expected) -> bool:
        live_first, latest, _, _ = self.stage.database.stands_at(self.schema(name))
        subscriber = self.world.subscribers.get(name) or Subscriber()
        goal = expected.ledgers[-1] if expected.ledgers else subscriber.latest
        return live_first is not None and latest == goal

    def has_died(self, name: str, running: Forked, expected: Expected) -> None:
        """Only of the signal that was meant for it."""
        crash = running.crash
        require(crash is not None, f"{running} ended:\n{running.text()[-3000:]}")
        self.ends(running, KILLED if crash and crash.signal == signal.SIGKILL else DONE)
        self.adopt(name, expected)

    def stop(self, name: str, number: signal.Signals) -> None:
        """Have live end; what it has committed by then is the first of what it could."""
        running, first = self.running.pop(name)
        self.touched.add(name)
        running.signal(number)
        signalled = KILLED if number == signal.SIGKILL else DONE
        self.ends(running, signalled, *([KILLED, DONE] if running.crash else []))
        subscriber = self.world.subscribers.get(name)
        self.adopt(name, self.world.following(subscriber, first) or self.to_any_end(name, first))

    def to_any_end(self, name: str, first: Given) -> Expected:
        """Beyond the live topic's end, as far as segments go on."""
        subscriber = self.world.subscribers.get(name) or Subscriber()
        expected = World(self.world.anywhere, {}).following(subscriber, first)
        assert expected is not None
        return expected

    @precondition(lambda self: self.running)
    @rule(name=names, number=st.sampled_from([signal.SIGTERM, signal.SIGKILL]), count=st.integers(0, 4))
    @counted
    def live_stops(self, name: str, number: signal.Signals, count: int) -> None:
        """While it waits, or just when ledgers come."""
        if name in self.running:
            if count and self.world.last is not None:
                self.produced(None, self.next_last(count))
            self.stop(name, number)

    @precondition(lambda self: self.running)
    @rule(name=names, command=st.sampled_from(["consume", "replay", "reset"]))
    @counted
    def a_second_instance(self, name: str, command: str) -> None:
        """It is refused as long as the first one works."""
        if name in self.running and self.running[name][0].crash is None:
            more = {"consume": CONSUMED, "replay": (*CONSUMED, "--first", str(FIRST)), "reset": ("--yes",)}[command]
            self.ends(self.start(command, "--subscriber", self.schema(name), *more), LOCKED)

    @precondition(lambda self: self.world.topic and self.world.last < LAST)
    @rule(
        name=names,
        way=st.sampled_from(["stopped", "stopped", "killed"]),
        stop=crashes({name: CONSUMER[name] for name in CONSUMER if not CONSUMER[name].once}, most=3),
        count=counts,
    )
    @counted
    def a_standby_takes_over(self, name: str, way: str, stop: Crash, count: int) -> None:
        """From a holder that was stopped in the middle of a ledger or between two; woken, that one writes nothing."""
        if name in self.running:
            self.stop(name, signal.SIGTERM)
        subscriber = self.world.subscribers.get(name)
        if (expected := self.world.following(subscriber, "earliest")) is None or expected.code != DONE:
            return
        crash = Crash(stop.point, stop.times, int(signal.SIGSTOP)) if way == "stopped" else None
        self.start_live(name, "earliest", crash)
        holder, _ = self.running[name]
        holder.stops(lambda: self.has_got_there(name, expected))
        heir = self.start(*self.consume(name, "earliest"), "--standby", "--lease", LEASE_SECONDS)
        require(heir.says("standing by"), f"{heir} does not stand by:\n{heir.text()}")
        holder.signal(signal.SIGSTOP if way == "stopped" else signal.SIGKILL)
        require(heir.says("cursor read", HEIR_SECONDS), f"{heir} did not take over:\n{heir.text()}")
        self.running[name] = heir, "earliest"
        self.produced(None, self.next_last(count))
        self.settle(name)
        holder.signal(signal.SIGCONT)
        self.ends(holder, *([LOST, TAKEN_OVER] if way == "stopped" else [KILLED]))

    # History.

    def filling(self, name: str, first: int, last: int | None, count: int, crash: Crash | None) -> Forked:
        self.touched.add(name)
        command = ("backfill", "--subscriber", self.schema(name), "--first", first, "--workers", count, "--nice", "0")
        return self.start(*command, *(() if last is None else ("--last", last)), crash=crash)

    def has_filled(self, name: str, running: Forked, expected: Expected) -> None:
        through = self.as_expected(running, expected.code)
        self.quiet(name, working=int(name in self.running))
        subscriber = self.world.subscribers.get(name)
        if expected.code == USAGE or subscriber is None:
            return
        seen = self.stage.database.subscriber(self.schema(name))
        assert seen is not None
        if not through:
            self.world.adopt_filled(subscriber, expected, frozenset(seen.hashes))
        elif expected.ledgers or expected.code == DONE:
            subscriber.there |= set(expected.ledgers)
            require(seen.oldest == subscriber.oldest, f"oldest is {seen.oldest} after a backfill that was through")

    def history_of(self, name: str, first: int, count: int) -> tuple[int, int | None]:
        """Some ledgers below live's first one; sometimes all, sometimes too many."""
        subscriber = self.world.subscribers.get(name)
        if count < 3 or subscriber is None or subscriber.live_first is None:
            return first % 20 + FIRST, None
        return first % 20 + FIRST, first % 20 + FIRST + count

    @rule(name=names, first=sequences, count=st.integers(0, 25), at_once=workers)
    @counted
    def backfill(self, name: str, first: int, count: int, at_once: int) -> None:
        wanted = self.history_of(name, first, count)
        expected = self.world.filling(self.world.subscribers.get(name), *wanted)
        self.has_filled(name, self.filling(name, *wanted, at_once, None), expected)

    @rule(name=names, first=sequences, crash=crashes({**BACKFILL, **BACKFILL_PARENT}, most=6), at_once=workers)
    @counted
    def a_backfill_is_killed(self, name: str, first: int, crash: Crash, at_once: int) -> None:
        """A worker, which is replaced, or the parent, with which all end."""
        wanted = self.history_of(name, first, 0)
        expected = self.world.filling(self.world.subscribers.get(name), *wanted)
        self.has_filled(name, self.filling(name, *wanted, at_once, crash), expected)

    @rule(name=names, first=sequences, other=sequences, count=st.integers(0, 20), at_once=workers)
    @counted
    def two_backfills_at_once(self, name: str, first: int, other: int, count: int, at_once: int) -> None:
        """As if one had come after the other, whichever was first."""
        ranges = [self.history_of(name, first, 0), self.history_of(name, other, count)]
        running = [self.filling(name, *each, at_once, None) for each in ranges]
        expected = [self.world.filling(self.world.subscribers.get(name), *each) for each in ranges]
        for each, ends in zip(running, expected, strict=True):
            self.ends(each, ends.code)
            if subscriber := self.world.subscribers.get(name):
                subscriber.there |= set(ends.ledgers)

    @rule(name=names, first=sequences, count=counts, crash=st.one_of(st.none(), crashes(BACKFILL, most=4)))
    @counted
    def live_and_backfill_at_once(self, name: str, first: int, count: int, crash: Crash | None) -> None:
        """Live goes on while history is filled."""
        subscriber = self.world.subscribers.get(name)
        if subscriber is None or subscriber.live_first is None or not self.world.topic:
            return
        wanted = self.history_of(name, first, 0)
        expected = self.world.filling(subscriber, *wanted)
        filling = self.filling(name, *wanted, 1, crash)
        if name not in self.running and (following := self.world.following(subscriber, "earliest")) is not None:
            self.start_live(name, "earliest", None)
            if following.code == DONE:
                self.produced(None, self.next_last(count))
        self.ends(filling, expected.code, *([NOT_THROUGH] if crash and crash.signal == signal.SIGTERM else []))
        subscriber.there |= set(expected.ledgers)

    @rule(name=names)
    @counted
    def reset(self, name: str) -> None:
        """A subscriber is dropped, and may begin anew elsewhere."""
        if name in self.running:
            self.stop(name, signal.SIGTERM)
        self.touched.add(name)
        self.ends(
            self.start("reset", "--subscriber", self.schema(name), "--yes"), DONE if self.there(name) else SUBSCRIBER
        )
        self.world.subscribers.pop(name, None)

    def there(self, name: str) -> bool:
        return name in self.world.subscribers

    @precondition(lambda self: self.world.topic)
    @rule(name=names, first=st.integers(FIRST, 20), count=st.integers(0, 4))
    @counted
    def replay(self, name: str, first: int, count: int) -> None:
        """Live at once, and what came before beside it; stopped when all is there."""
        if name in self.running:
            self.stop(name, signal.SIGTERM)
        live = self.world.following(self.world.subscribers.get(name), "next")
        if live is None or live.code != DONE:
            return
        self.touched.add(name)
        running = self.start(
            "replay", "--subscriber", self.schema(name), *CONSUMED, "--first", first, "--workers", 1, "--nice", "0"
        )
        running.says("cursor read")
        self.running[name] = running, "next"
        began = self.world.subscribers.get(name) or Subscriber()
        live_first = began.live_first or live.live_first
        assert live_first is not None
        history = (
            self.world.filling(Subscriber(live_first, began.latest, began.there), first, None)
            if first < live_first
            else Expected(DONE)
        )
        if history.code != DONE:
            del self.running[name]
            self.has_replayed_in_part(name, running, live, history)
            return
        running.reaches(lambda: self.has_got_there(name, live))
        self.has_committed(name, live)
        self.produced(None, self.next_last(count))
        self.settle(name)
        subscriber = self.world.subscribers[name]
        subscriber.there |= set(history.ledgers)
        running.reaches(lambda: self.stage.database.stands_at(self.schema(name))[3] >= len(subscriber.there))
        self.until(
            lambda: f"ledgerstream fill {self.schema(name)}" not in self.stage.database.sessions(self.schema(name)),
            "backfill has not ended",
        )
        self.stop(name, signal.SIGTERM)

    def has_replayed_in_part(self, name: str, running: Forked, live: Expected, history: Expected) -> None:
        """Some of history is nowhere: all else is filled, then live ends too, wherever it is by then."""
        self.ends(running, history.code)
        seen = self.stage.database.subscriber(self.schema(name))
        assert seen is not None
        subscriber = self.world.subscribers.setdefault(name, Subscriber())
        told = Subscriber(seen.live_first, seen.latest, frozenset(seen.hashes) - set(history.ledgers))
        self.world.adopt_committed(subscriber, live, told)
        subscriber.there |= set(history.ledgers)

    # What must hold after each step.

    @invariant()
    def live_is_where_it_can_be(self) -> None:
        for name in list(self.running):
            self.settle(name)

    @invariant()
    def the_topics_hold_what_the_model_says(self) -> None:
        if not self.topic_touched:
            return
        self.topic_touched = False
        expected = {f"{self.topic}.{first}-{last}": held for (first, last), held in self.world.segments.items()}
        if self.world.topic is not None:
            expected[self.topic] = self.world.topic
        found = self.stage.kafka.names(self.topic)
        require(found == set(expected), f"there are the topics {found}, not {set(expected)}")
        for name, held in expected.items():
            self.is_one_run(name, held)

    def is_one_run(self, topic: str, held: Ledgers) -> None:
        """Contiguous, ascending but for what comes again, and the network's own."""
        records = self.stage.kafka.read(topic)
        found = [record.sequence for record in records]
        require(set(found) == held, f"{topic} holds {found}, not {sorted(held)}")
        for record in records:
            require(record.hash == self.stage.reference.hashes[record.sequence], f"{record.sequence} is another one")
        firsts = list(dict.fromkeys(found))
        run = list(range(firsts[0], firsts[0] + len(firsts))) if firsts else []
        require(firsts == run, f"{topic} holds {found}")

    @invariant()
    def the_subscribers_are_what_the_model_says(self) -> None:
        for name in sorted(self.touched):
            self.is_whole(name)
        self.touched.clear()

    def is_whole(self, name: str) -> None:
        self.quiet(name, working=int(name in self.running))
        if self.stage.database.in_cells_of(self.schema(name), WIDTH):
            self.world.subscribers[name].width = WIDTH
        seen, model = self.stage.database.subscriber(self.schema(name)), self.world.subscribers.get(name)
        if seen is None or model is None:
            require(seen is None and model is None, f"{name} is {seen}, not {model}")
            return
        reference = self.stage.reference
        require(set(seen.hashes) == model.there, f"{name} holds {sorted(seen.hashes)}, not {sorted(model.there)}")
        require(seen.hashes == {each: reference.hashes[each] for each in model.there}, f"{name} has other ledgers")
        require(seen.rows == {each: reference.rows[each] for each in model.there}, f"{name} has other rows")
        require((seen.live_first, seen.latest) == (model.live_first, model.latest), f"{name} is {seen}, not {model}")
        self.is_oldest(name, seen.oldest, model)
        self.has_gaps(name, model)

    def is_oldest(self, name: str, oldest: int | None, model: Subscriber) -> None:
        """It claims nothing that is not there."""
        if model.live_first is None or model.oldest is None:
            require(oldest is None, f"{name} has oldest {oldest} and has not begun")
        else:
            require(oldest is not None and model.oldest <= oldest <= model.live_first, f"oldest is {oldest}: {model}")

    def has_gaps(self, name: str, model: Subscriber) -> None:
        code, gaps = model.gaps()
        ended = self.stage.forks.run("gaps", "--subscriber", self.schema(name), "--json")
        require(ended.code == code, f"gaps ended with {ended.code}, not {code}: {ended.lines}")
        if ended.out:
            told = [(each["first"], each["last"]) for each in json.loads(ended.out)["gaps"]]
            require(told == gaps, f"{name} lacks {gaps}, gaps says {told}")

    @rule(name=names)
    @counted
    def status_and_verify(self, name: str) -> None:
        """They say what the model says."""
        subscriber = self.world.subscribers.get(name)
        if subscriber is None or subscriber.latest is None:
            return
        ended = self.wait(self.start("status", "--json", "--subscriber", self.schema(name), "--topic", self.topic))
        [told] = json.loads(ended.out)["subscribers"]
        state = told["subscriber"]
        require((state["live_first"], state["latest"]) == (subscriber.live_first, subscriber.latest), str(state))
        require((state["holder"] is not None) == (name in self.running), f"its holder is {state['holder']}")
        require((told["topic"]["first"], told["topic"]["last"]) == (self.world.first, self.world.last), str(told))
        require(told["topic"]["exists"] == (self.world.topic is not None), str(told))
        code, _ = subscriber.gaps()
        self.ends(self.start("verify", "--subscriber", self.schema(name)), code)

    def teardown(self) -> None:
        if isinstance(sys.exc_info()[1], Exception):  # Hypothesis ends an example by what is none
            sys.stderr.write("\n".join(["", "what was done:", *self.told, ""]))
        for running, _ in self.running.values():
            running.kill()
        for name in NAMES:
            self.stage.database.drop(self.schema(name))
        self.stage.kafka.delete(*self.stage.kafka.names(self.topic))
