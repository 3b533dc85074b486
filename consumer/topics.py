"""The ledgers of one network wherever they lie: in the live topic, and in the segments beside it."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import structlog

from consumer.errors import LedgerMissing
from consumer.reader import ALL_READ, AT_ONCE, TopicReader, Way
from schemas.errors import PositionLost, TopicAbsent
from schemas.log import Entry, LedgerLog
from schemas.network import Network
from schemas.ranges import Range
from schemas.topic import range_of

Vain = dict[tuple[int, str, Sequence[Way]], Range | None]
"""Where a ledger was looked for in vain, and what seemed to be missing there."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LedgerTopic:
    """A topic's range; `held_by_open_transaction`: a producer has published beyond the end that readers see."""

    name: str
    segment: bool = False
    first: int | None = None
    last: int | None = None
    last_closed_at: datetime | None = None
    held_by_open_transaction: bool = False
    exists: bool = True


class TopicEnds:
    """Looks at the ends of topics, by two clients for however many topics."""

    def __init__(
        self,
        kafka: Mapping[str, str],
        topic: str,
        network_id: bytes,
        timeout_seconds: float,
        *,
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self._topic = topic
        self._timeout_seconds = timeout_seconds
        self._committed = LedgerLog(kafka, topic, network_id, scout=True, waiting=waiting)
        self._everything = LedgerLog(kafka, topic, network_id, scout=True, committed_only=False, waiting=waiting)

    def of(self, name: str) -> LedgerTopic:
        """The range of a topic, and whether an open transaction hides more.

        Raises:
            BrokerUnreachable: no answer in time.
        """
        segment = range_of(name, self._topic) is not None
        try:
            return self._look(name, segment)
        except TopicAbsent:
            return LedgerTopic(name, segment, exists=False)

    def _look(self, name: str, segment: bool) -> LedgerTopic:
        committed = self._committed.on(name)
        _, stable = committed.bounds(self._timeout_seconds)
        _, high = self._everything.on(name).bounds(self._timeout_seconds)
        ends = committed.ends(self._timeout_seconds)
        if ends is None:
            return LedgerTopic(name, segment, held_by_open_transaction=stable < high)
        first, last = (entry.record for entry in ends)
        return LedgerTopic(name, segment, first.sequence, last.sequence, last.closed_at, stable < high)

    def close(self) -> None:
        self._committed.close()
        self._everything.close()


def segments_among(names: Iterable[str], topic: str) -> list[str]:
    """The segments of a live topic, by the ledgers that they are for."""
    segments = [(ledgers, name) for name in names if (ledgers := range_of(name, topic)) is not None]
    return [name for _, name in sorted(segments)]


class Topics:
    """The live topic of a network and its segments, as one store of ledgers. Clients are made when they are needed.

    One range is read at a time: `read` ends the reading before. `waiting` is called about every second while something
    is looked for.
    """

    def __init__(
        self,
        kafka: Mapping[str, str],
        topic: str,
        network: Network,
        *,
        timeout_seconds: float,
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self.topic = topic
        self._kafka = kafka
        self._network = network
        self._timeout_seconds = timeout_seconds
        self._waiting = waiting
        self._readers: dict[str, TopicReader] = {}
        self._held: dict[str, Range] = {}  # as it stood when it was looked at last, live first
        self._reading: Generator[Entry | None, None, None] | None = None

    @cached_property
    def _live(self) -> TopicReader:
        """The clients of all the readers are its own."""
        return TopicReader(
            self._kafka, self.topic, self._network, None, timeout_seconds=self._timeout_seconds, waiting=self._waiting
        )

    def all(self) -> list[LedgerTopic]:
        """What each topic holds: the live one, whether there is one or not, then its segments.

        Raises:
            BrokerUnreachable: no answer in time.
        """
        looking = TopicEnds(self._kafka, self.topic, self._network.id, self._timeout_seconds, waiting=self._waiting)
        with closing(looking) as ends:
            found = [ends.of(name) for name in (self.topic, *self._segments())]
        return [each for each in found if each.exists or not each.segment]

    def _segments(self) -> list[str]:
        return segments_among(self._live.topics(), self.topic)

    def read(self, wanted: Range) -> Iterator[Entry | None]:
        """The entry of each ledger of `wanted`, in order, each once; None for "nothing yet, take your turn".

        A topic is believed to hold what lies between its ends; what is not there after all comes from another one.

        Raises:
            LedgerMissing: no topic holds the next ledger; `missing` is all that is missing with it.
            BrokerUnreachable: no answer for longer than the time-out.
        """
        return self._begin(wanted, segments_only=False)

    def read_segments(self, wanted: Range) -> Iterator[Entry | None]:
        """The same from segments alone, for whoever follows the live topic; it ends where none goes on."""
        return self._begin(wanted, segments_only=True)

    def _begin(self, wanted: Range, *, segments_only: bool) -> Iterator[Entry | None]:
        self._end_reading()
        self._reading = self._read(wanted, segments_only=segments_only)
        return self._reading

    def _read(self, wanted: Range, *, segments_only: bool) -> Generator[Entry | None, None, None]:
        first, vain = wanted.first, Vain()
        try:
            while first <= wanted.last:
                holder = self._holder(first, vain, segments_only=segments_only)
                if holder is None and segments_only:
                    return
                if holder is None:
                    raise self._missing(Range(first, wanted.last), vain)
                for entry in self._read_one_topic(Range(first, wanted.last), *holder, vain):
                    first = first if entry is None else entry.record.sequence + 1
                    yield entry
        finally:
            self._live.rest()

    def _read_one_topic(self, wanted: Range, name: str, ways: Sequence[Way], vain: Vain) -> Iterator[Entry | None]:
        """What one topic has of `wanted`, from its first ledger on; where it was looked for in vain is noted."""
        reader, first, last = self._reader(name), wanted.first, min(self._held[name].last, wanted.last)
        try:
            for entry in reader.follow(first, last, ways=ways):
                if entry is None or entry.record.sequence == first:
                    first += entry is not None
                    yield entry
        except (LedgerMissing, PositionLost, TopicAbsent) as error:
            log.warning("a ledger is not where it seemed to be", topic=name, ledger=first, reason=str(error))
            tried = ways if first == wanted.first else AT_ONCE
            vain[first, name, tried] = error.missing if isinstance(error, LedgerMissing) else None
            self._held.pop(name, None)

    def _holder(self, sequence: int, vain: Vain, *, segments_only: bool) -> tuple[str, Sequence[Way]] | None:
        """The topic that holds the ledger, and how to look for it there."""
        found = self._known_holder(sequence, vain, segments_only=segments_only)
        if found is None:
            self._look(Range(sequence, sequence))
            found = self._known_holder(sequence, vain, segments_only=segments_only)
        return found

    def _known_holder(self, sequence: int, vain: Vain, *, segments_only: bool) -> tuple[str, Sequence[Way]] | None:
        unwanted = self.topic if segments_only else None
        holders = [name for name, held in self._held.items() if sequence in held and name != unwanted]
        choices = ((name, ways) for ways in (AT_ONCE, ALL_READ) for name in holders)
        return next((choice for choice in choices if (sequence, *choice) not in vain), None)

    def lacking(self, wanted: Range) -> Range:
        """What no topic holds of `wanted`, from its first ledger on to where one begins or `wanted` ends."""
        self._look(wanted)
        begins = [held.first for held in self._held.values() if held.first > wanted.first]
        return Range(wanted.first, min([*begins, wanted.last + 1]) - 1)

    def _look(self, wanted: Range) -> None:
        """Read the ends of all topics that may hold something of `wanted`; of others, know what was known."""
        segments = self._segments()
        self._readers = {name: self._reader(name) for name in (self.topic, *segments)}
        known, self._held = self._held, {}
        for name in self._readers:
            meant = range_of(name, self.topic)
            concerned = meant is None or meant.clipped(wanted) is not None
            held = self._held_by(name) if concerned else known.get(name)
            if held is not None:
                self._held[name] = held

    def _reader(self, name: str) -> TopicReader:
        return self._readers.get(name) or self._live.on(name)

    def _held_by(self, name: str) -> Range | None:
        try:
            return self._reader(name).held()
        except (PositionLost, TopicAbsent):  # it loses its head faster than it can be read, or is gone
            return None

    def _missing(self, wanted: Range, vain: Vain) -> LedgerMissing:
        goes_on = [gap.last for (first, *_), gap in vain.items() if gap is not None and first == wanted.first]
        missing = self.lacking(Range(wanted.first, min([*goes_on, wanted.last])))
        live = self._held.get(self.topic)
        return LedgerMissing(
            f"{missing} can't be found: topic {self.topic} holds {live or 'nothing'}, and {remedy(missing)}", missing
        )

    def _end_reading(self) -> None:
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def close(self) -> None:
        """Let go of the clients; another reading makes new ones."""
        self._end_reading()
        self._readers.clear()
        if "_live" in self.__dict__:
            self._live.close()
            del self._live


def remedy(missing: Range) -> str:
    """What a person does about ledgers that the live topic does not have."""
    return (
        f"no segment of it has {missing}. Publish {'it' if len(missing) == 1 else 'them'} with: "
        f"ledgerstream produce --first {missing.first} --last {missing.last} --segment"
    )
