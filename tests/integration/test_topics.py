"""The ledgers of a network from whichever topic holds them: the live one and its segments, whatever is wrong there."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from consumer.errors import LedgerMissing
from consumer.topics import Topics
from schemas.ledger import Ledger
from schemas.log import Entry, LedgerLog
from schemas.network import Network, network_of
from schemas.ranges import Range
from schemas.topic import range_of, segment_of
from tests.support.faults import cut_head
from tests.support.topics import append, append_and_abort, append_ledgers, delete_topic, make_topic, message_of

Lay = Callable[..., str]


@pytest.fixture
def topics(kafka: dict[str, str], topic: str, network: Network) -> Iterator[Topics]:
    """The test's topics, as a reader of them sees them."""
    with closing(Topics(kafka, topic, network, timeout_seconds=15)) as found:
        yield found


@pytest.fixture
def lay(kafka: dict[str, str], topic: str, network: Network, ledgers: list[Ledger]) -> Lay:
    """Lay ledgers `first` to `last` into the live topic, or into a segment of its own that is for `named`."""

    def lay(first: int, last: int, *, live: bool = False, named: Range | None = None) -> str:
        name = topic if live else segment_of(topic, named or Range(first, last))
        make_topic(kafka, name)
        append_ledgers(kafka, name, ledgers[first - 2 : last - 1], network)
        return name

    return lay


def read(topics: Topics, first: int, last: int) -> list[int]:
    """The sequences that are read."""
    return [entry.record.sequence for entry in topics.read(Range(first, last)) if entry is not None]


def expected(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


def test_the_live_topic_alone(topics: Topics, lay: Lay, ledgers: list[Ledger]) -> None:
    """Any range of it is read whole, one ledger or all, upwards or downwards, and each entry is the ledger's."""
    lay(2, 41, live=True)
    assert read(topics, 2, 41) == expected(2, 41)
    for first in range(38, 1, -4):
        assert read(topics, first, first + 3) == expected(first, first + 3)
    for sequence in (2, 41, 17):
        assert read(topics, sequence, sequence) == [sequence]
    entries = [entry for entry in topics.read(Range(7, 9)) if entry is not None]
    assert [entry.record.hash for entry in entries] == [ledger.hash for ledger in ledgers[5:8]]


def test_segments_alone(topics: Topics, lay: Lay) -> None:
    """Without a live topic, segments that touch and that overlap are read as one."""
    lay(2, 10)
    lay(11, 20)
    lay(15, 30)
    lay(31, 31)
    with capture_logs() as logs:
        assert read(topics, 2, 31) == expected(2, 31)
    assert "a ledger is not where it seemed to be" not in [line["event"] for line in logs]
    assert read(topics, 31, 31) == [31]
    assert read(topics, 19, 22) == expected(19, 22)


def test_live_and_segments(topics: Topics, lay: Lay) -> None:
    """A range that lies in segments and in the live topic is read from all of them."""
    lay(2, 9)
    lay(10, 20)
    lay(18, 41, live=True)
    assert read(topics, 3, 40) == expected(3, 40)


def test_segments_that_lie_apart(topics: Topics, lay: Lay) -> None:
    """What lies between them is missing, to the ledger; what lies before it was read."""
    lay(2, 10)
    lay(21, 30)
    lay(35, 41, live=True)
    found: list[int] = []
    message = r"ledgers 11–20 .*: ledgerstream produce --first 11 --last 20 --segment"
    with pytest.raises(LedgerMissing, match=message):
        found.extend(entry.record.sequence for entry in topics.read(Range(5, 40)) if entry is not None)
    assert found == expected(5, 10)
    with pytest.raises(LedgerMissing, match="--first 31 --last 34 --segment"):
        read(topics, 25, 36)
    with pytest.raises(LedgerMissing, match=r"ledger 42 can't be found.*--first 42 --last 42 --segment"):
        read(topics, 40, 42)


def test_nothing_at_all(topics: Topics, lay: Lay) -> None:
    """Without any topic, or with empty ones alone, all of it is missing, and no topic is made by asking."""
    with pytest.raises(LedgerMissing, match=r"holds nothing.*--first 5 --last 9 --segment"):
        read(topics, 5, 9)
    assert [(each.name, each.exists) for each in topics.all()] == [(topics.topic, False)]
    lay(5, 4, named=Range(5, 9))
    lay(5, 4, live=True)
    with pytest.raises(LedgerMissing, match=r"holds nothing.*--first 5 --last 9 --segment"):
        read(topics, 5, 9)


def test_a_segment_that_is_half_there(
    topics: Topics, lay: Lay, kafka: dict[str, str], network: Network, ledgers: list[Ledger]
) -> None:
    """What its producer has not published yet is missing; once it is there, it is found."""
    segment = lay(2, 10, named=Range(2, 20))
    with pytest.raises(LedgerMissing) as caught:
        read(topics, 2, 20)
    assert caught.value.missing == Range(11, 20)
    append_ledgers(kafka, segment, ledgers[9:19], network)
    assert read(topics, 2, 20) == expected(2, 20)


def test_a_live_topic_that_grows(
    topics: Topics, lay: Lay, kafka: dict[str, str], network: Network, ledgers: list[Ledger]
) -> None:
    """Its ends are read again when nothing that is known holds the next ledger."""
    live = lay(2, 10, live=True)
    assert read(topics, 2, 10) == expected(2, 10)
    append_ledgers(kafka, live, ledgers[9:19], network)
    assert read(topics, 8, 20) == expected(8, 20)


def after(topics: Topics, wanted: Range, count: int, happens: Callable[[], object]) -> list[int]:
    """The sequences that are read when something happens after so many of them."""
    found: list[int] = []
    for entry in topics.read(wanted):
        if entry is not None:
            found.append(entry.record.sequence)
            if len(found) == count:
                happens()
    return found


def test_a_segment_is_deleted_while_it_is_read(topics: Topics, lay: Lay, kafka: dict[str, str]) -> None:
    """Another one goes on where it was; without another, what is missing is named, in bounded time."""
    doomed = lay(2, 30)
    lay(2, 40, live=True)
    topics._held = {doomed: Range(2, 30)}
    assert after(topics, Range(2, 40), 1, lambda: delete_topic(kafka, doomed)) == expected(2, 40)
    assert doomed not in [each.name for each in topics.all()]
    delete_topic(kafka, topics.topic)
    with pytest.raises(LedgerMissing, match="--first 7 --last 9 --segment"):
        read(topics, 7, 9)


def test_a_deleted_segment_is_missed(
    kafka: dict[str, str], topic: str, network: Network, lay: Lay, ledgers: list[Ledger]
) -> None:
    """A reading of what nothing else holds ends with what is missing, though nothing tells the client."""
    doomed = lay(2, 20)
    fat = [(b"x", b"y" * 1_000_000)] * 40  # more than is read ahead
    append(kafka, doomed, fat, in_transaction=False)
    append_ledgers(kafka, doomed, ledgers[19:30], network)
    with closing(Topics(kafka, topic, network, timeout_seconds=12)) as topics:
        with pytest.raises(LedgerMissing) as caught:
            after(topics, Range(2, 31), 1, lambda: delete_topic(kafka, doomed))
        assert caught.value.missing is not None
        assert caught.value.missing.last == 31


def test_a_segment_that_lost_its_head(topics: Topics, lay: Lay, kafka: dict[str, str]) -> None:
    """What was cut off comes from another topic, or is missing; what is left is read."""
    cut = lay(2, 20)
    assert read(topics, 2, 20) == expected(2, 20)
    cut_head(kafka, cut, 16)  # ledgers 2 to 9
    with pytest.raises(LedgerMissing, match="--first 5 --last 9 --segment"):
        read(topics, 5, 20)
    assert read(topics, 10, 20) == expected(10, 20)
    lay(2, 12)
    assert read(topics, 5, 20) == expected(5, 20)


def test_a_segment_that_is_made_again_shorter(
    topics: Topics, lay: Lay, kafka: dict[str, str], network: Network, ledgers: list[Ledger]
) -> None:
    """What was known of it is not believed: what it lost is missing, what it has is read."""
    segment = lay(2, 30)
    assert read(topics, 2, 30) == expected(2, 30)
    delete_topic(kafka, segment)
    make_topic(kafka, segment)
    append_ledgers(kafka, segment, ledgers[8:18], network)
    with pytest.raises(LedgerMissing) as caught:
        read(topics, 12, 30)
    assert caught.value.missing == Range(20, 30)
    assert read(topics, 12, 19) == expected(12, 19)


def test_a_hole_is_filled_from_a_segment(
    topics: Topics, lay: Lay, kafka: dict[str, str], network: Network, ledgers: list[Ledger]
) -> None:
    """A topic that does not hold what its ends promise is passed over for those ledgers, and read again after them."""
    live = lay(2, 10, live=True)
    append_ledgers(kafka, live, ledgers[14:30], network)
    with pytest.raises(LedgerMissing, match="--first 11 --last 15 --segment"):
        read(topics, 2, 31)
    lay(11, 12)
    with pytest.raises(LedgerMissing, match="--first 13 --last 15 --segment"):
        read(topics, 2, 31)
    lay(13, 16)
    with capture_logs() as logs:
        assert read(topics, 2, 31) == expected(2, 31)
    assert {line["found_by"] for line in logs if line["event"] == "reading"} == {"search"}


def test_a_topic_out_of_order(
    topics: Topics, lay: Lay, kafka: dict[str, str], network: Network, ledgers: list[Ledger]
) -> None:
    """All of a topic is read before what its ends promise is called missing; nothing comes twice."""
    live = lay(2, 30, live=True)
    append_ledgers(kafka, live, ledgers[2:9] + ledgers[:1] + ledgers[29:40], network)
    assert read(topics, 2, 41) == expected(2, 41)
    assert read(topics, 15, 35) == expected(15, 35)


def test_a_ledger_that_a_search_misses(
    topics: Topics, lay: Lay, kafka: dict[str, str], network: Network, ledgers: list[Ledger]
) -> None:
    """What stands behind later ledgers is found by reading all of the topic, when no other topic holds it."""
    live = lay(2, 5, live=True)
    append_ledgers(kafka, live, ledgers[28:34] + ledgers[4:28] + ledgers[34:40], network)
    with capture_logs() as logs:
        assert read(topics, 7, 9) == expected(7, 9)
    assert [line["found_by"] for line in logs if line["event"] == "reading"][-1] == "reading from the start"
    lay(7, 9)
    with capture_logs() as logs:
        assert read(topics, 7, 9) == expected(7, 9)
    assert "reading from the start" not in [line.get("found_by") for line in logs]


def test_a_place_is_found_by_few_reads(topics: Topics, lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen of a topic says where in it the next range begins: a read or two, not a search."""
    lay(2, 41, live=True)
    assert read(topics, 20, 20) == [20]
    reads: list[int] = []
    first_from = LedgerLog.first_from

    def counted(log: LedgerLog, offset: int, timeout_seconds: float) -> Entry | None:
        reads.append(offset)
        return first_from(log, offset, timeout_seconds)

    monkeypatch.setattr(LedgerLog, "first_from", counted)
    wanted = [38, 30, 22, 14, 6, 41, 2, 17, 33, 9]
    assert [read(topics, each, each) for each in wanted] == [[each] for each in wanted]
    assert len(reads) <= 1.5 * len(wanted)


def test_what_is_no_ledger_of_ours(
    topics: Topics, lay: Lay, kafka: dict[str, str], network: Network, ledgers: list[Ledger]
) -> None:
    """Garbage, aborted records and ledgers of another network, within a topic or alone in one, are passed over."""
    other = network_of("testnet", None)
    segment = lay(2, 9, named=Range(2, 20))
    for first in range(8, 19, 5):
        append(kafka, segment, [(None, None), (b"7", b"\xc3\x01"), message_of(ledgers[first], other)])
        append_and_abort(kafka, segment, [message_of(ledgers[first], network)])
        append_ledgers(kafka, segment, ledgers[first : first + 5], network)
        append(kafka, segment, [(b"x", b"y")], in_transaction=False)
    foreign = segment_of(topics.topic, Range(30, 41))
    make_topic(kafka, foreign)
    append_ledgers(kafka, foreign, ledgers[28:40], other)
    lay(33, 36)
    assert read(topics, 2, 24) == expected(2, 24)
    assert read(topics, 33, 36) == expected(33, 36)
    with pytest.raises(LedgerMissing, match="--first 30 --last 32 --segment"):
        read(topics, 30, 41)


def test_a_reading_that_is_given_up(topics: Topics, lay: Lay) -> None:
    """The next one begins anew, wherever the one before was, and however many there were."""
    lay(2, 20)
    lay(15, 41, live=True)
    for first in (2, 30, 14, 3, 22):
        given_up = topics.read(Range(first, 41))
        assert [entry.record.sequence for entry in itertools.islice(filter(None, given_up), 2)] == [first, first + 1]
    assert read(topics, 2, 41) == expected(2, 41)
    assert list(given_up) == []


def test_all(topics: Topics, lay: Lay, kafka: dict[str, str], network: Network, ledgers: list[Ledger]) -> None:
    """Live topic and segments are told with what they hold, and nothing else that the broker has."""
    live = lay(20, 41, live=True)
    first, second = lay(2, 9, named=Range(2, 10)), lay(11, 10, named=Range(11, 19))
    for stranger in (f"{live}.x", f"{live}.9-3", f"{live}.03-4", f"{live}x.3-4", f"other-{uuid.uuid4().hex}.3-4"):
        make_topic(kafka, stranger)
    found = topics.all()
    assert [(each.name, each.segment, each.first, each.last) for each in found] == [
        (live, False, 20, 41),
        (first, True, 2, 9),
        (second, True, None, None),
    ]
    assert found[0].last_closed_at == ledgers[39].closed_at
    assert found[1].last_closed_at == ledgers[7].closed_at < ledgers[39].closed_at - timedelta(seconds=1)
    assert not any(each.held_by_open_transaction for each in found)


def test_names_of_segments() -> None:
    """A segment's name carries the live topic's and its range; no other name does."""
    assert segment_of("stellar.pubnet.ledgers", Range(100, 120)) == "stellar.pubnet.ledgers.100-120"
    assert range_of("stellar.pubnet.ledgers.100-120", "stellar.pubnet.ledgers") == Range(100, 120)
    for other in (
        "stellar.pubnet.ledgers",
        "stellar.pubnet.ledgers.120-100",
        "stellar.pubnet.ledgers.0-5",
        "stellar.pubnet.ledgers.01-5",
        "stellar.pubnet.ledgers.1-5.6-7",
        "stellar.pubnet.ledgersx1-5",
        "stellar.testnet.ledgers.100-120",
    ):
        assert range_of(other, "stellar.pubnet.ledgers") is None
