"""Finds the next ledger in the topic and reads on from there. Offsets are advice: what they say is read and checked.

Three ways, each costlier and surer than the one before: the offset that the group stored, a search over offsets
(sequences ascend, whatever lies between them), and reading all of the topic.
"""

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import TypeVar

import structlog

from consumer.errors import LedgerMissing
from consumer.lookout import Lookout
from consumer.places import Places
from schemas.errors import PositionLost
from schemas.log import END, Entry, LedgerLog, Refused
from schemas.network import Network
from schemas.ranges import Range

_POLL_SECONDS = 0.2
_TRIES = 3  # to read at a place that the topic loses meanwhile
_HINT_BEHIND = 64  # ledgers: reading them again is cheaper than searching
_NEAR = 4  # ledgers: reading on from there is cheaper than searching further
_GUESSES = 4  # in a row, before the search halves what is left: it ends, however the ledgers lie

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Way(Enum):
    """How the position was found."""

    HINT = "the stored offset"
    SEARCH = "search"
    START = "reading from the start"


AT_ONCE: Sequence[Way] = (Way.HINT, Way.SEARCH)
"""How a ledger is found in a topic that is what it should be."""

ALL_READ: Sequence[Way] = (Way.START,)
"""How it is found in any topic that has it: to be tried before it is called missing."""


class TopicReader:
    """One subscriber's view of the topic: the ledgers that it needs, in order, each with its offset.

    Without a subscriber there is no stored offset to begin at. `waiting` is called about every second while something
    is looked for.
    """

    def __init__(
        self,
        kafka: Mapping[str, str],
        topic: str,
        network: Network,
        subscriber: str | None,
        *,
        timeout_seconds: float,
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._subscriber = subscriber
        group = "ledgerstream" if subscriber is None else f"ledgerstream-{subscriber}"
        log_of_topic = LedgerLog(kafka, topic, network.id, group=group, waiting=waiting)
        self._turn_to(topic, log_of_topic, LedgerLog(kafka, topic, network.id, scout=True, waiting=waiting))

    def on(self, topic: str) -> "TopicReader":
        """A reader of another topic, by the same clients: only one of the two follows its topic at a time."""
        other = copy.copy(self)
        other._turn_to(topic, self._log.on(topic), self._scout.on(topic))  # noqa: SLF001 - one of us
        return other

    def _turn_to(self, topic: str, log_of_topic: LedgerLog, scout: LedgerLog) -> None:
        self.topic = topic
        self.passed_over: Counter[str] = Counter()
        self._log = log_of_topic
        self._scout = scout
        self._lookout = Lookout(scout, self._timeout_seconds)
        self._places = Places()
        self._introduced = False  # to its topic: a client that has never asked about one finds it within a second
        self._untried: list[Way] = []
        self._wanted = 0
        self._last: int | None = None  # of a following that ends
        self._at_wanted = False  # the ledger before the wanted one was read here: the end is the end
        self._beyond: int | None = None  # the lowest ledger above the wanted one, where it should have been
        self._reading_all = False  # from the topic's start, for the wanted ledger

    def topic_exists(self) -> bool | None:
        """Ask once; None when no broker answers now.

        Raises:
            BrokerUnreachable: none has answered for longer than the time-out.
        """
        return self._lookout.topic_exists()

    def topics(self) -> list[str]:
        """The names of all topics that the broker has."""
        return self._scout.topics(self._timeout_seconds)

    def earliest(self) -> int | None:
        """The first ledger of the topic; None while there is none."""
        return self._retried(self._earliest)

    def held(self) -> Range | None:
        """From the topic's first ledger to its last, as they stand at its ends; None while there is none."""
        ends = self._scout.ends(self._timeout_seconds)
        if ends is None:
            return None
        for entry in ends:
            self._places.remember(entry.record.sequence, entry.offset)
        first, last = sorted(entry.record.sequence for entry in ends)
        return Range(first, last)

    def _earliest(self) -> int | None:
        self.passed_over.clear()
        low, _ = self._scout.bounds(self._timeout_seconds)
        for item in self._scout.read(low, self._timeout_seconds):
            if isinstance(item, Entry):
                return item.record.sequence
            self.passed_over[type(item.reason).__name__] += 1
        return None

    def latest(self) -> int | None:
        """The last ledger of the topic; None while there is none."""
        entry = self._retried(lambda: self._scout.last(self._timeout_seconds))
        return None if entry is None else entry.record.sequence

    def newest(self, offsets_before: int) -> list[Entry]:
        """The last entry of the topic, after those that stand at most so many offsets before it."""
        return self._retried(lambda: self._newest(offsets_before))

    def _newest(self, offsets_before: int) -> list[Entry]:
        last = self._scout.last(self._timeout_seconds)
        if last is None:
            return []
        low, _ = self._scout.bounds(self._timeout_seconds)
        items = self._scout.read(max(low, last.offset - offsets_before), self._timeout_seconds)
        return [item for item in items if isinstance(item, Entry)]

    def _retried(self, read: Callable[[], T]) -> T:
        """The topic may lose its head between the look at its bounds and the reading."""
        for _ in range(_TRIES - 1):
            try:
                return read()
            except PositionLost as error:
                log.info("the topic's bounds have moved", topic=self.topic, reason=str(error))
        return read()

    def what_was_passed_over(self) -> str:
        """For a message: how many records were no ledgers of this network, by kind."""
        return ", ".join(f"{count} × {kind}" for kind, count in sorted(self.passed_over.items())) or "nothing"

    def follow(self, first: int, last: int | None = None, *, ways: Sequence[Way] = AT_ONCE) -> Iterator[Entry | None]:
        """The entry of ledger `first`, then of each next one, for ever or to `last`; None for "nothing yet".

        Ledgers below the next one are yielded too, whenever the topic has them again: the caller compares. The first
        is looked for in these `ways`; whenever a later one does not come, it is searched.

        Raises:
            LedgerMissing: the next ledger was not found: the topic goes on without it, or ends before `last`.
            TopicAbsent: the topic is gone.
            BrokerUnreachable: no answer for longer than the time-out.
        """
        self._last = last
        self._want(first)
        self._untried = list(ways)
        self._search()
        while last is None or self._wanted <= last:
            yield self._next()

    def rest(self) -> None:
        """Read nothing ahead any more."""
        self._log.rest()

    def _want(self, sequence: int) -> None:
        self._wanted = sequence
        self._untried = [Way.SEARCH]
        self._beyond = None
        self._reading_all = False

    def _next(self) -> Entry | None:
        """One step: an entry for the caller, or None after anything else."""
        try:
            item = self._log.poll(_POLL_SECONDS)
        except PositionLost as error:
            log.warning("position lost", ledger=self._wanted, reason=str(error))
            self._search_on()
            return None
        if item is not None:
            self._lookout.heard(at_end=item is END)
        if isinstance(item, Entry):
            return self._sorted(item)
        if isinstance(item, Refused):
            self._pass_over(item)
        elif item is END:
            self._end_reached()
        elif self._lookout.look(self._wanted):
            log.warning("the topic was made again", topic=self.topic, ledger=self._wanted)
            self._places.forget()
            self._want(self._wanted)
            self._search()
        return None

    def _sorted(self, entry: Entry) -> Entry | None:
        sequence = entry.record.sequence
        if sequence > self._wanted:
            self._gone_past(sequence)
            return None
        self._at_wanted = self._at_wanted or sequence >= self._wanted - 1
        if sequence == self._wanted:
            self._want(sequence + 1)
        return entry

    def _gone_past(self, sequence: int) -> None:
        self._beyond = sequence if self._beyond is None else min(self._beyond, sequence)
        if not self._reading_all:
            self._search_on()

    def _end_reached(self) -> None:
        """All that there is was read: of the whole topic, or from a place that was right."""
        bounded = self._last is not None
        if self._reading_all and (bounded or self._beyond is not None):
            raise self._missing()
        if bounded:
            self._end_before_last()
        elif not self._at_wanted and not self._reading_all:
            self._search_on()

    def _end_before_last(self) -> None:
        """What ended here may have moved: as long as the topic's end lies further on, the ledger is looked for."""
        held = self.held()
        if held is None or held.last < self._wanted:
            raise self._missing()
        self._search_on()

    def _pass_over(self, refused: Refused) -> None:
        self.passed_over[type(refused.reason).__name__] += 1
        log.warning("record passed over", topic=self.topic, offset=refused.offset, reason=str(refused.reason))

    def _search_on(self) -> None:
        if not self._untried:
            raise self._missing()
        self._search()

    def _search(self) -> None:
        """Go to where the next untried way says that the wanted ledger is."""
        self._retried(self._search_once)

    def _search_once(self) -> None:
        self._lookout.remember_topic()
        if not self._introduced:
            self._log.bounds(self._timeout_seconds)
            self._introduced = True
        low, high = self._scout.bounds(self._timeout_seconds)
        while self._untried:
            way = self._untried[0]
            offset = self._found(way, low, high)
            del self._untried[0]
            if offset is not None:
                tell = log.info if self._last is None else log.debug
                tell("reading", topic=self.topic, ledger=self._wanted, offset=offset, found_by=way.value)
                self._at_wanted = False
                self._reading_all = way is Way.START
                self._log.seek(offset)
                self._lookout.heard(at_end=False)
                return

    def _found(self, way: Way, low: int, high: int) -> int | None:
        match way:
            case Way.HINT:
                return self._verified_hint(low, high)
            case Way.SEARCH:
                return self._searched(low, high)
            case Way.START:
                return low

    def _verified_hint(self, low: int, high: int) -> int | None:
        """The stored offset is the one after the cursor's ledger, if it still means anything."""
        hint = None if self._subscriber is None else self._log.committed(self._timeout_seconds)
        if hint is None or not low < hint <= high:
            return None
        entry = self._scout.first_from(hint - 1, self._timeout_seconds)
        if entry is None or not self._wanted - _HINT_BEHIND <= entry.record.sequence <= self._wanted:
            return None
        return entry.offset

    def _searched(self, low: int, high: int) -> int:
        """Where a ledger stands that is the wanted one or a little below, if they ascend; else where it would be."""
        guesses = 0
        while low < high:
            guess = self._places.guess(self._wanted - _NEAR // 2)
            halving = guess is None or guesses >= _GUESSES
            guesses = 0 if halving else guesses + 1
            middle = (low + high) // 2 if guess is None or halving else min(max(low, guess), high - 1)
            entry = self._scout.first_from(middle, self._timeout_seconds)
            if entry is None:
                high = middle
                continue
            self._places.remember(entry.record.sequence, entry.offset)
            if entry.record.sequence > self._wanted:
                high = middle
            elif entry.record.sequence < self._wanted - _NEAR:
                low = entry.offset + 1
            else:
                return entry.offset
        return low

    def _missing(self) -> LedgerMissing:
        missing = None if self._beyond is None else Range(self._wanted, self._beyond - 1)
        return LedgerMissing(self._what_is_missing(self._beyond), missing)

    def _what_is_missing(self, beyond: int | None) -> str:
        if beyond is None:
            return f"ledger {self._wanted} can't be found in topic {self.topic}, which changed while it was searched"
        missing = f"ledger {self._wanted}" if beyond == self._wanted + 1 else f"ledgers {self._wanted}–{beyond - 1}"
        passed_over = self.what_was_passed_over()
        return (
            f"{missing} can't be found in topic {self.topic}, which goes on with {beyond} and holds "
            f"{self.earliest()}–{self.latest()}; passed over on the way: {passed_over}"
        )

    def store_hint(self, entry: Entry) -> None:
        """Tell lag tools, and the next start, how far this subscriber is, if the entry is one of this topic."""
        if entry.topic == self.topic:
            self._log.commit(entry.offset + 1)

    def close(self) -> None:
        self._log.close()
        self._scout.close()
