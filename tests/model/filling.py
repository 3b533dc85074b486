"""What happens to history: backfills, alone, together and beside live; subscribers that are dropped and rebuilt."""

import signal
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.beside import (
    LEASE_SECONDS,
    counted,
    counts,
    crashes,
    names,
    sequences,
    workers,
)
from tests.model.consuming import Consuming
from tests.model.forks import WITH_ITS_PARENT, Crash, Forked
from tests.model.model import (
    DONE,
    GAPS,
    SUBSCRIBER,
    USAGE,
    Expected,
    Subscriber,
)
from tests.model.observed import Place
from tests.model.producing import from_file
from tests.model.stage import CONSUMED, FIRST
from tests.support.crashing import BACKFILL, BACKFILL_PARENT


class Filling(Consuming):
    """Rules of what lies below live's first ledger."""

    def filling(self, name: str, first: int, last: int | None, count: int, crash: Crash | None) -> Forked:
        self.touched.add(name)
        command = ("backfill", "--subscriber", self.schema(name), "--first", first, "--workers", count, "--nice", "0")
        lease = ("--lease", LEASE_SECONDS) if crash and crash.signal == signal.SIGSTOP else ()
        return self.start(*command, *lease, *(() if last is None else ("--last", last)), crash=crash)

    def has_filled(self, name: str, running: Forked, expected: Expected) -> None:
        through = self.as_expected(running, expected.code)
        self.quiet(name, working=int(name in self.running))
        subscriber = self.world.subscribers.get(name)
        if expected.code == USAGE or subscriber is None:
            return
        if not through:
            self.exact.discard(name)
            seen = self.stage.database.subscriber(self.schema(name))
            assert seen is not None
            self.world.adopt_filled(subscriber, expected, frozenset(seen.hashes))
        elif expected.ledgers or expected.code == DONE:
            subscriber.there |= set(expected.ledgers)
            self.exact.add(name)

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

    def begin_anew(self, name: str) -> None:
        """At the topic's end, so that there is history to fill."""
        if name in self.running:
            self.stop(name, signal.SIGTERM)
        if name in self.world.subscribers:
            self.dropped(name)
        if self.world.topic:
            self.consumed(name, "latest")
            self.in_small_cells(name)

    @rule(
        name=names,
        anew=st.booleans(),
        first=sequences,
        crash=st.one_of(
            crashes(BACKFILL, most=6, ways=(WITH_ITS_PARENT, WITH_ITS_PARENT, signal.SIGKILL, signal.SIGTERM)),
            crashes(BACKFILL_PARENT, most=6),
        ),
        at_once=workers,
    )
    @counted
    def a_backfill_is_killed(self, name: str, anew: bool, first: int, crash: Crash, at_once: int) -> None:
        """A worker, which is replaced, or the parent, with which all end, or a worker and its parent at once."""
        if anew:
            self.begin_anew(name)
        wanted = self.history_of(name, first, 0)
        expected = self.world.filling(self.world.subscribers.get(name), *wanted)
        self.has_filled(name, self.filling(name, *wanted, at_once, crash), expected)

    @precondition(lambda self: self.world.topic)
    @rule(name=names, point=st.sampled_from(sorted(BACKFILL)), first=sequences)
    @counted
    def a_worker_stands_still(self, name: str, point: str, first: int) -> None:
        """For no longer than the lease: another one takes its place."""
        self.begin_anew(name)
        wanted = self.history_of(name, first, 0)
        expected = self.world.filling(self.world.subscribers.get(name), *wanted)
        stop = Crash(point, 1, int(signal.SIGSTOP))
        self.has_filled(name, self.filling(name, *wanted, 1, stop), expected)

    @rule(
        name=names,
        anew=st.booleans(),
        first=sequences,
        other=sequences,
        count=st.integers(0, 20),
        at_once=workers,
        crash=st.one_of(st.none(), crashes(BACKFILL, most=6, ways=(WITH_ITS_PARENT,))),
    )
    @counted
    def two_backfills_at_once(
        self, name: str, anew: bool, first: int, other: int, count: int, at_once: int, crash: Crash | None
    ) -> None:
        """As if one had come after the other, whichever was first; the host of one of them may go away."""
        if anew:
            self.begin_anew(name)
        subscriber = self.world.subscribers.get(name)
        one, another = self.history_of(name, first, 0), self.history_of(name, other, count)
        running = [self.filling(name, *one, at_once, crash), self.filling(name, *another, at_once, None)]
        expected = [self.world.filling(subscriber, *each) for each in (one, another)]
        self.has_filled(name, running[1], expected[1])
        there = subscriber.there if subscriber else set()
        rest = replace(expected[0], ledgers=[each for each in expected[0].ledgers if each not in there])
        self.has_filled(name, running[0], rest)

    @precondition(lambda self: self.world.topic and self.world.first > FIRST)
    @rule(name=names, anew=st.booleans())
    @counted
    def another_chain_precedes(self, name: str, anew: bool) -> None:
        """A segment's ledger does not fit the one above it that is there: it is not filled, and someone drops it."""
        if anew:
            self.begin_anew(name)
        assert self.world.first is not None
        first, subscriber = self.world.first, self.world.subscribers.get(name)
        below = first - 1
        if subscriber is None or below in subscriber.there or (below, below) in self.world.segments:
            return
        expected = self.world.filling(subscriber, first, None)
        if expected.code == DONE:
            self.has_filled(name, self.filling(name, first, None, 1, None), expected)
        if first not in subscriber.there or below in self.world.in_segments:
            return
        foreign = ("--first", below, "--last", below, *from_file(self.stage.foreign))
        self.ends(self.start("produce", "--segment", *foreign), DONE)
        self.has_filled(name, self.filling(name, below, below, 1, None), Expected(GAPS))
        self.ends(self.start("topics", "--drop", f"{self.topic}.{below}-{below}", "--yes"), DONE)

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
        self.ends(filling, expected.code)  # a worker that dies, of whatever, is replaced
        subscriber.there |= set(expected.ledgers)
        if expected.ledgers or expected.code == DONE:
            self.exact.add(name)

    @rule(name=names)
    @counted
    def reset(self, name: str) -> None:
        """A subscriber is dropped, and may begin anew elsewhere."""
        if name in self.running:
            self.stop(name, signal.SIGTERM)
        self.dropped(name)

    def dropped(self, name: str) -> None:
        self.touched.add(name)
        known = name in self.world.subscribers
        self.ends(self.start("reset", "--subscriber", self.schema(name), "--yes"), DONE if known else SUBSCRIBER)
        self.world.subscribers.pop(name, None)

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
        running.reaches(lambda: (self.stage.database.place(self.schema(name)) or Place()).there >= subscriber.there)
        self.until(
            lambda: f"ledgerstream fill {self.schema(name)}" not in self.stage.database.sessions(self.schema(name)),
            "backfill has not ended",
        )
        self.exact.add(name)
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
