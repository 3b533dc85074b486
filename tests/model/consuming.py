"""What happens to consumers: they run to the end or for good, crash, and take over from each other."""

import signal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model.beside import (
    HEIR_SECONDS,
    KILLED,
    LEASE_SECONDS,
    NAMES,
    begins,
    counted,
    counts,
    crashes,
    names,
    paces,
    sequences,
)
from tests.model.forks import Crash, Forked
from tests.model.model import (
    DONE,
    LOCKED,
    LOST,
    NOT_THROUGH,
    Expected,
    Given,
    Subscriber,
    World,
    require,
)
from tests.model.observed import Place
from tests.model.producing import Producing
from tests.model.stage import CONSUMED, FIRST, LAST
from tests.support.crashing import CONSUMER


class Consuming(Producing):
    """Rules of consumers; `running` are those that follow the topic."""

    @initialize(first=st.integers(FIRST, 8), history=st.integers(4, 20), count=st.integers(1, 8))
    def a_topic_and_a_subscriber(self, first: int, history: int, count: int) -> None:
        """What lies below the subscriber's first ledger is in the topic, for backfill."""
        self.produced(first, first + history + count - 1)
        self.consumed("one", first + history)

    # A consumer that ends where the topic does.

    def consuming(self, name: str, first: Given, *, crash: Crash | None = None) -> tuple[Forked, Expected]:
        expected = self.world.consuming(self.world.subscribers.get(name), first)
        return self.start(*self.consume(name, first), "--last", "end", crash=crash), expected

    def consume(self, name: str, first: Given) -> tuple[object, ...]:
        self.touched.add(name)
        return ("consume", "--subscriber", self.schema(name), *CONSUMED, "--first", first)

    def consumed(self, name: str, first: Given, *, crash: Crash | None = None) -> None:
        self.has_consumed(name, *self.consuming(name, first, crash=crash))

    def has_consumed(self, name: str, running: Forked, expected: Expected, stopped: int = NOT_THROUGH) -> None:
        if self.as_expected(running, expected.code, stopped):
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

    @rule(name=names, first=begins, count=st.integers(0, 8), crash=crashes(CONSUMER, most=12))
    @counted
    def a_consumer_crashes(self, name: str, first: Given, count: int, crash: Crash) -> None:
        """With something to do, mostly."""
        if name not in self.running:
            if count and self.world.topic:
                self.produced(None, self.next_last(count))
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
            self.has_consumed(name, running, expected, stopped=DONE)
        elif running.reaches(lambda: self.has_got_there(name, expected)):
            self.waits(running)
            self.has_committed(name, expected)
        else:
            del self.running[name]
            self.has_died(name, running, expected)

    def waits(self, running: Forked) -> None:
        """For more, though what it had may have been all: it would be missed only when it is stopped."""
        require(running.crash or running.code() is None, f"{running} has ended:\n{running.text()[-3000:]}")

    def has_got_there(self, name: str, expected: Expected) -> bool:
        place = self.stage.database.place(self.schema(name)) or Place()
        subscriber = self.world.subscribers.get(name) or Subscriber()
        goal = expected.ledgers[-1] if expected.ledgers else subscriber.latest
        return place.live_first is not None and place.latest == goal

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
        self.ends(holder, LOST if way == "stopped" else KILLED)

    @precondition(lambda self: self.world.topic is not None)
    @rule(anew=sequences, count=st.integers(0, 12), beneath=st.sampled_from([False, False, True]))
    @counted
    def the_topic_is_made_again(self, anew: int, count: int, beneath: bool) -> None:
        """Deleted, and published from another ledger on, or not at all; perhaps beneath a live that follows it."""
        self.delete_topic(beneath=bool(count) and beneath)
        if count:
            self.produced(anew, min(LAST, anew + count))

    @precondition(lambda self: self.world.topic and len(self.world.topic) > 1)
    @rule(lost=st.integers(1, 12), pace=paces, beneath=st.booleans())
    @counted
    def the_end_is_lost(self, lost: int, pace: str, beneath: bool) -> None:
        """The broker has older data: the same ledgers from the same first on, but fewer, at other offsets maybe.

        Who stands above the new end waits there until what was lost is published again.
        """
        first, last = self.world.without_its_end(lost)
        self.delete_topic(beneath=beneath)
        self.produced(first, last, pace)

    @precondition(lambda self: self.world.topic and self.world.last < LAST)
    @rule(name=names, count=counts)
    @counted
    def another_chain_follows(self, name: str, count: int) -> None:
        """No producer of ours goes on with it, or goes on after it; who meets it commits nothing of it.

        Then an operator publishes the topic again, without it.
        """
        expected = self.world.meeting_another_chain(self.world.subscribers.get(name))
        if expected is None:
            return
        first, last, next_last = self.world.first, self.world.last, self.next_last(count)
        assert last is not None
        for other in [each for each in self.running if each != name]:
            self.stop(other, signal.SIGTERM)
        self.refused(next_last, self.stage.foreign)
        foreign = [self.stage.reference.foreign[each] for each in range(last + 1, next_last + 1)]
        self.stage.kafka.append(self.topic, foreign, committed=True)
        self.refused(next_last + 1, self.stage.ledgers)
        if name in self.running:
            running, _ = self.running.pop(name)
            self.has_consumed(name, running, expected, stopped=DONE)
        else:
            running, _ = self.consuming(name, "earliest")
            self.has_consumed(name, running, expected)
        self.delete_topic(beneath=False)
        self.produced(first, last)

    def delete_topic(self, *, beneath: bool) -> None:
        """Perhaps beneath a live that follows it."""
        for name in [] if beneath else list(self.running):
            self.stop(name, signal.SIGTERM)
        self.topic_touched = True
        self.stage.kafka.delete(self.topic)
        self.world.topic = None
