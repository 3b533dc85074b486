"""Verify proves what is right, and names what is not: every thing that can be wrong is broken here by hand."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from consumer.database import Connection
from consumer.errors import DatabaseLost, NoSuchSubscriber
from consumer.tables import CHOICE, TABLES, Table
from consumer.topics import Topics
from consumer.verify import verify as verify_module
from consumer.verify.findings import TOLD, Findings, Kind
from consumer.verify.held import led_by_something_else
from consumer.verify.verify import Bounds, Verification, snapshots_of
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.ranges import Range
from schemas.topic import segment_of
from tests.support.consuming import run_consumer
from tests.support.topics import append_ledgers, make_topic

FIRST, LIVE_FIRST, LATEST = 2, 22, 41
EVERY_TABLE = [table.name for table in TABLES]

Break = Callable[..., None]


@pytest.fixture(scope="module")
def full_topic(kafka: dict[str, str], ledgers: list[Ledger], network: Network) -> str:
    """Ledgers 2 to 41."""
    topic = f"test.verify-{time.time_ns()}"
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers, network)
    return topic


@pytest.fixture
def filled(kafka: dict[str, str], database_url: str, network: Network, full_topic: str, subscriber: str) -> str:
    """A subscriber with every table, as if live had begun at ledger 22 and backfill had filled what lies below."""
    assert run_consumer(kafka, database_url, network, full_topic, subscriber, tables=EVERY_TABLE)
    return subscriber


@pytest.fixture
def do(database: Connection, filled: str) -> Break:
    """Change the subscriber's tables by hand."""
    database.execute(f"set search_path to {filled}".encode())
    database.execute(f"update live set live_first = {LIVE_FIRST}".encode())

    def execute(statement: str) -> None:
        assert database.execute(statement.encode()).rowcount > 0, statement

    return execute


def compared(database_url: str, subscriber: str, topics: Topics, first: int = FIRST, last: int = LATEST) -> Findings:
    """What verify --deep finds."""
    with snapshots_of(database_url, subscriber, timeout_seconds=10) as snapshots:
        verification = Verification(
            snapshots,
            snapshots.cursors(),
            Range(first, last),
            Bounds(first, last),
            tell=lambda _: None,
            stop=lambda: False,
            advance=lambda _: None,
            topics=topics,
        )
        assert verification.run()
    return verification.findings


def verified(database_url: str, subscriber: str, first: int | None = None, last: int | None = None) -> Findings:
    """What verify finds."""
    with snapshots_of(database_url, subscriber, timeout_seconds=10) as snapshots:
        cursors = snapshots.cursors()
        span = Range(first or FIRST, last or LATEST)
        advanced: list[int] = []
        verification = Verification(
            snapshots,
            cursors,
            span,
            Bounds(first, last),
            tell=lambda _: None,
            stop=lambda: False,
            advance=advanced.append,
        )
        assert verification.run()
    assert sum(advanced) == len(span)
    assert verification.next == span.last + 1
    return verification.findings


def found(findings: Findings) -> list[tuple[Kind, Range]]:
    return [(finding.kind, finding.ledgers) for finding in findings.told]


def one(sequence: int, kind: Kind = Kind.FAULT) -> tuple[Kind, Range]:
    return kind, Range(sequence, sequence)


@pytest.mark.parametrize("chunk", [1, 7, 500])
def test_what_nobody_touched_is_proved(
    database_url: str, filled: str, do: Break, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole, whatever the chunks: nothing is found."""
    monkeypatch.setattr(verify_module, "CHUNK", chunk)
    assert found(verified(database_url, filled)) == []


@pytest.mark.parametrize("chunk", [1, 7, 500])
def test_a_changed_hash(database_url: str, filled: str, do: Break, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is, at the border of chunks and where live began: the ledger after it names another hash."""
    monkeypatch.setattr(verify_module, "CHUNK", chunk)
    for sequence in (FIRST, 7, 8, 9, LIVE_FIRST - 1, LIVE_FIRST, LATEST - 1):
        do(f"update ledgers set hash = hash || 'x' where sequence = {sequence}")
        findings = verified(database_url, filled)
        assert found(findings) == [one(sequence + 1)]
        assert f"hash of ledger {sequence}" in str(findings.told[0])
        do(f"update ledgers set hash = substr(hash, 1, 32) where sequence = {sequence}")


def test_a_changed_hash_below_the_first(database_url: str, filled: str, do: Break) -> None:
    """The first ledger of a range is held to the one below it."""
    do("update ledgers set hash = sha256('another') where sequence = 9")
    assert found(verified(database_url, filled, first=10)) == [one(10)]
    assert found(verified(database_url, filled, first=11)) == []
    assert found(verified(database_url, filled, last=9)) == []


def test_missing_rows(database: Connection, database_url: str, filled: str, do: Break) -> None:
    """A row less in any table is told, with its ledger."""
    for table in CHOICE:
        sequence = some_ledger(database, table)
        which = f"ctid = (select max(ctid) from {table.name} where {of(table, sequence)})"
        do(f"delete from {table.name} where {which} and {of(table, sequence)}")
    assert_each_table_is_told(database, verified(database_url, filled))


def test_rows_too_many(database: Connection, database_url: str, filled: str, do: Break) -> None:
    """A row more in any table is told, with its ledger."""
    for table in CHOICE:
        sequence = some_ledger(database, table)
        add(do, table, sequence, sequence)
    assert_each_table_is_told(database, verified(database_url, filled))


def test_counts_that_are_gone(database: Connection, database_url: str, filled: str, do: Break) -> None:
    """A ledger that does not say how many rows it has is told."""
    ledgers = {table: some_ledger(database, table) for table in CHOICE}
    for table, sequence in ledgers.items():
        do(f"update ledgers set {table.name}_rows = null where sequence = {sequence}")
    findings = verified(database_url, filled)
    assert sorted(found(findings), key=str) == sorted(map(one, ledgers.values()), key=str)


def assert_each_table_is_told(database: Connection, findings: Findings) -> None:
    told = {(str(finding.ledgers), finding.what.split()[0]) for finding in findings.told}
    assert told == {(f"ledger {some_ledger(database, table)}", table.name) for table in CHOICE}
    assert len(findings.told) == len(CHOICE)
    assert findings.faults == len(CHOICE)


def test_rows_without_a_ledger(database: Connection, database_url: str, filled: str, do: Break) -> None:
    """Rows below all ledgers and above them are told, unless a range is asked for that ends before them."""
    outside = [1, 77, 99_999]
    for table in CHOICE:
        for other in outside:
            add(do, table, some_ledger(database, table), other)
    everywhere = verified(database_url, filled)
    told = sorted((finding.ledgers.first, finding.what.split()[0]) for finding in everywhere.told)
    assert told == sorted((other, table.name) for other in outside for table in CHOICE)
    assert all(f"delete from {filled}." in finding.remedy for finding in everywhere.told)
    assert found(verified(database_url, filled, first=FIRST, last=LATEST)) == []
    up_to = verified(database_url, filled, first=FIRST, last=77)
    assert (up_to.faults, up_to.missing) == (len(CHOICE), 77 - LATEST)


def test_rows_in_a_partition_of_their_own(database: Connection, database_url: str, filled: str, do: Break) -> None:
    """Rows far from all ledgers, in a partition that no ledger has, are told."""
    for table in CHOICE:
        database.execute(
            f"create table {table.name}_far partition of {table.name} "
            f"for values from ({500_000 << 32}) to ({600_000 << 32})".encode()
        )
        add(do, table, some_ledger(database, table), 512_345)
    findings = verified(database_url, filled)
    assert found(findings) == [one(512_345)] * len(CHOICE)


def test_rows_of_a_ledger_that_was_deleted(database: Connection, database_url: str, filled: str, do: Break) -> None:
    """A ledger whose own row alone is gone: what is left of it is told, and that the cursors still claim it."""
    sequence = some_ledger(database, *CHOICE)
    do(f"delete from ledgers where sequence = {sequence}")
    findings = verified(database_url, filled)
    assert {one(sequence)} == set(found(findings))
    assert len(findings.told) == len(CHOICE) + 1
    assert "cursors say" in " ".join(map(str, findings.told))


def test_gaps_that_nobody_claims(database_url: str, filled: str, do: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    """What backfill has not filled yet is a gap, one however many chunks it spans, and no fault."""
    monkeypatch.setattr(verify_module, "CHUNK", 3)
    forget(do, "sequence between 6 and 14 or sequence = 17")
    do("update backfill set oldest = 18")
    findings = verified(database_url, filled)
    assert found(findings) == [(Kind.GAP, Range(6, 14)), one(17, Kind.GAP)]
    assert (findings.faults, findings.missing) == (0, 10)
    assert "backfill --subscriber" in str(findings.told[0])


def test_gaps_that_cursors_claim(database_url: str, filled: str, do: Break) -> None:
    """Ledgers that the cursors claim and that are not there are a fault, told apart from what lies below."""
    forget(do, "sequence between 9 and 12 or sequence = 30")
    do("update backfill set oldest = 11")
    findings = verified(database_url, filled)
    assert found(findings) == [
        (Kind.FAULT, Range(11, 11)),  # oldest says that it is there
        (Kind.GAP, Range(9, 10)),
        (Kind.FAULT, Range(11, 12)),
        one(30),
    ]


def test_before_live_has_anything(database_url: str, filled: str, do: Break) -> None:
    """While live has committed nothing, the cursors claim what lies between oldest and live_first."""
    forget(do, f"sequence >= {LIVE_FIRST} or sequence in (5, 12)")
    do("update live set latest = null")
    do("update backfill set oldest = 6")
    findings = verified(database_url, filled, last=25)
    assert found(findings) == [one(5, Kind.GAP), one(12), (Kind.GAP, Range(LIVE_FIRST, 25))]
    assert [finding.remedy.split()[1] for finding in findings.told] == ["backfill", "backfill", "consume"]


def test_a_gap_across_everything(database_url: str, filled: str, do: Break) -> None:
    """One gap is cut where another command fills it in, and where the cursors begin to claim it."""
    forget(do, "sequence between 9 and 30")
    do("update backfill set oldest = 12")
    findings = verified(database_url, filled)
    assert found(findings)[1:] == [
        (Kind.GAP, Range(9, 11)),
        (Kind.FAULT, Range(12, LIVE_FIRST - 1)),
        (Kind.FAULT, Range(LIVE_FIRST, 30)),
    ]
    assert ["backfill" in finding.remedy for finding in findings.told[1:]] == [True, True, False]


def test_ledgers_beyond_what_is_there(database_url: str, filled: str, do: Break) -> None:
    """A range that reaches below and above what is there has gaps at its ends."""
    assert found(verified(database_url, filled, first=1, last=50)) == [one(1, Kind.GAP), (Kind.GAP, Range(42, 50))]


MOVED = [
    ("latest = 40", 41, "latest says that 40 is the newest"),
    ("latest = 45", 45, "highest ledger that is there is 41"),
    ("latest = null", 41, "latest says that nothing from 22 on is"),
    ("oldest = 3", 2, "oldest says 3"),
    ("oldest = 22", 21, "oldest says 22"),
    ("oldest = 1", 1, "but this one is not"),
    ("oldest = 23", 22, "above live_first"),
    ("oldest = null", 22, "oldest is None"),
]


def test_cursors_that_were_moved(database_url: str, filled: str, do: Break) -> None:
    """A cursor that says anything else than the data is told, whether it is too high or too low."""
    for change, ledger, words in MOVED:
        do(f"update {'live' if 'latest' in change else 'backfill'} set {change}")
        findings = verified(database_url, filled)
        assert found(findings)[0] == one(ledger), change
        assert words in str(findings.told[0])
        assert {finding.kind for finding in findings.told} == {Kind.FAULT}
        do(f"update live set latest = {LATEST}")
        do(f"update backfill set oldest = {FIRST}")
    assert found(verified(database_url, filled)) == []


def test_more_than_can_be_told(database_url: str, filled: str, do: Break) -> None:
    """A hundred findings are told, the others counted."""
    do(
        "update ledgers set previous_hash = sha256('another'), operations_rows = -1, contract_events_rows = -1, "
        "transactions_rows = -1"
    )
    lines: list[str] = []
    with snapshots_of(database_url, filled, timeout_seconds=10) as snapshots:
        verification = Verification(
            snapshots,
            snapshots.cursors(),
            Range(FIRST, LATEST),
            Bounds(),
            tell=lines.append,
            stop=lambda: False,
            advance=lambda _: None,
        )
        assert verification.run()
    assert verification.findings.faults == 39 + 3 * 40
    assert len(verification.findings.told) == TOLD
    assert len(lines) == TOLD + 1
    assert "only counted" in lines[-1]


def test_stopped_and_going_on(database_url: str, filled: str, do: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is stopped, what was proved and what is left over are all of it, and the chain holds between them."""
    monkeypatch.setattr(verify_module, "CHUNK", 7)
    do("update ledgers set hash = sha256('another') where sequence in (8, 15, 30)")
    for turns in range(12):
        left = [turns]

        def stop(left: list[int] = left) -> bool:
            left[0] -= 1
            return left[0] < 0

        with snapshots_of(database_url, filled, timeout_seconds=10) as snapshots:
            verification = Verification(
                snapshots,
                snapshots.cursors(),
                Range(FIRST, LATEST),
                Bounds(),
                tell=lambda _: None,
                stop=stop,
                advance=lambda _: None,
            )
            through = verification.run()
        after = [] if through else found(verified(database_url, filled, first=verification.next))
        assert found(verification.findings) + after == [one(9), one(16), one(31)]


def some_ledger(database: Connection, *tables: Table) -> int:
    """A ledger in the middle that has rows in each of these tables."""
    has_rows = " and ".join(["true", *(f"{table.name}_rows > 1" for table in tables)])
    row = database.execute(
        f"select sequence from ledgers where {has_rows} and sequence > 5 order by sequence limit 1".encode()
    ).fetchone()
    assert row is not None
    assert isinstance(row[0], int)
    return row[0]


def of(table: Table, sequence: int) -> str:
    return f"{table.partitioned_by} >> 32 = {sequence}"


def add(do: Break, table: Table, sequence: int, other: int) -> None:
    """A row like one of a ledger's, with a key of its own, in another ledger or the same."""
    moved = f"({table.partitioned_by} & 4095) + 4096000000 + ({other}::bigint << 32)"
    changed = {
        table.partitioned_by: moved,
        "account": "'GZ'",
        "position": "99999",
    }
    values = ", ".join(changed.get(column, column) for column in table.columns)
    do(f"insert into {table.name} select {values} from {table.name} where {of(table, sequence)} limit 1")


def forget(do: Break, which: str) -> None:
    """Delete ledgers with all their rows."""
    for table in CHOICE:
        do(
            f"with gone as (select sequence from ledgers where {which}), nothing as (select 1), "
            f"deleted as (delete from {table.name} where {table.partitioned_by} >> 32 in (select sequence from gone)) "
            "select * from nothing"
        )
    do(f"delete from ledgers where {which}")


def test_tables_that_no_index_leads_into() -> None:
    """Histories of accounts are read by blocks, everything else by its key."""
    assert [table.name for table in CHOICE if led_by_something_else(table)] == [
        "transaction_accounts",
        "operation_accounts",
    ]


@pytest.fixture(scope="module")
def topics(kafka: dict[str, str], network: Network, full_topic: str) -> Iterator[Topics]:
    with closing(Topics(kafka, full_topic, network, timeout_seconds=10)) as topics:
        yield topics


def test_every_row_that_nobody_touched_is_proved(database_url: str, filled: str, do: Break, topics: Topics) -> None:
    """Every table's rows are what the topic's ledgers give."""
    assert found(compared(database_url, filled, topics)) == []


OTHER = {
    "int4": "coalesce({column}, 0) + 1",
    "int8": "coalesce({column}, 0) + 1",
    "numeric": "coalesce({column}, 0) + 1",
    "text": "coalesce({column}, '') || 'x'",
    "bytea": "coalesce({column}, '') || 'x'",
    "bool": "not coalesce({column}, false)",
    "timestamptz": "{column} + interval '1 second'",
    "text[]": "array_append({column}, 'x')",
    "jsonb": """case jsonb_typeof({column}) when 'object' then {column} || '{{"x": 1}}' else '[true]' end""",
}
"""Another value of each type."""


def test_every_column_is_compared(
    database: Connection, database_url: str, filled: str, do: Break, topics: Topics
) -> None:
    """Whatever column of whatever table is changed in one row: that ledger, table and column are told."""
    for table in TABLES:
        sequence = some_ledger(database, *([] if table.partitioned_by is None else [table]))
        which = f"sequence = {sequence}" if table.partitioned_by is None else of(table, sequence)
        of_one = f"{which} and ctid = (select min(ctid) from {table.name} where {which})"
        for column, kind in table.columns.items():
            if column in table.key or column.endswith("_rows"):
                continue
            value = OTHER[kind].format(column=column)
            with saved(database, table, which):
                do(f"update {table.name} set {column} = {value} where {of_one}")
                findings = compared(database_url, filled, topics, sequence, sequence)
            told = [str(finding) for finding in findings.told if f"{table.name}: in the row of" in finding.what]
            assert len(told) == 1, (table.name, column, found(findings))
            assert f", {column} is " in told[0]
            assert {finding.ledgers for finding in findings.told} == {Range(sequence, sequence)}
    assert found(compared(database_url, filled, topics)) == []


@contextmanager
def saved(database: Connection, table: Table, which: str) -> Iterator[None]:
    """Rows are put back as they were."""
    database.execute(f"create temporary table saved as select * from {table.name} where {which}".encode())
    yield
    database.execute(f"delete from {table.name} where {which}".encode())
    database.execute(f"insert into {table.name} select * from saved".encode())
    database.execute(b"drop table saved")


def test_json_that_python_takes_for_the_same(database_url: str, filled: str) -> None:
    """`true` is not 1: JSON is compared as the database writes it, whatever the order of keys."""
    with snapshots_of(database_url, filled, timeout_seconds=10) as snapshots, snapshots.one():
        written = snapshots.normalised(['{"a": true,"b":10000000000000000000001}', '{"b":1, "a":1}', "null", None])
    assert written == ['{"a": true, "b": 10000000000000000000001}', '{"a": 1, "b": 1}', "null", None]


def test_another_row_in_the_place_of_one(
    database: Connection, database_url: str, filled: str, do: Break, topics: Topics
) -> None:
    """A row whose key was changed keeps the count; the comparison tells it, in every table."""
    for table in CHOICE:
        sequence = some_ledger(database, table)
        column = "account" if led_by_something_else(table) else table.key[-1]
        value = "'GZ'" if column == "account" else f"{column} + 1000"
        which = of(table, sequence)
        do(
            f"update {table.name} set {column} = {value} where {which} and "
            f"ctid = (select max(ctid) from {table.name} where {which})"
        )
        findings = compared(database_url, filled, topics, sequence, sequence)
        assert any(finding.what.startswith(f"{table.name}: the row of") for finding in findings.told), table.name


def test_ledgers_that_no_topic_has(
    kafka: dict[str, str],
    database_url: str,
    filled: str,
    do: Break,
    network: Network,
    ledgers: list[Ledger],
    topic: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are told, each run once however many chunks it spans; the rest is compared, from segments too."""
    monkeypatch.setattr(verify_module, "CHUNK_TO_COMPARE", 3)
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, [each for each in ledgers if each.sequence >= 20], network)
    segment = segment_of(topic, Range(4, 8))
    make_topic(kafka, segment)
    append_ledgers(kafka, segment, [each for each in ledgers if 4 <= each.sequence <= 8], network)
    do("update ledgers set fee_pool = fee_pool + 1 where sequence in (4, 6, 12, 30)")
    with closing(Topics(kafka, topic, network, timeout_seconds=10)) as topics:
        findings = compared(database_url, filled, topics)
    lacking = [finding.ledgers for finding in findings.told if finding.kind is Kind.NOT_COMPARED]
    assert lacking == [Range(2, 3), Range(9, 19)]
    assert [each for each in found(findings) if each[0] is Kind.FAULT] == [one(4), one(6), one(30)]
    assert findings.not_compared == 13
    assert "--first 9 --last 19 --segment" in " ".join(map(str, findings.told))


def test_a_ledger_that_does_not_decode(
    kafka: dict[str, str],
    database_url: str,
    filled: str,
    do: Break,
    network: Network,
    ledgers: list[Ledger],
    topic: str,
) -> None:
    """It is told as not compared, and the others are compared."""
    make_topic(kafka, topic)
    cut = [replace(each, xdr=each.xdr[:-40]) if each.sequence == 9 else each for each in ledgers]
    append_ledgers(kafka, topic, cut, network)
    with closing(Topics(kafka, topic, network, timeout_seconds=10)) as topics:
        assert found(compared(database_url, filled, topics)) == [one(9, Kind.NOT_COMPARED)]


def test_beside_a_running_consumer(
    kafka: dict[str, str], database_url: str, network: Network, topic: str, subscriber: str, ledgers: list[Ledger]
) -> None:
    """While live commits one ledger after the other, verify proves what is there, again and again."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:10], network)
    assert run_consumer(kafka, database_url, network, topic, subscriber, tables=EVERY_TABLE)
    stop = threading.Event()
    consumer = threading.Thread(
        target=lambda: run_consumer(kafka, database_url, network, topic, subscriber, last=None, stop=stop.is_set)
    )
    consumer.start()
    lasts = []
    with closing(Topics(kafka, topic, network, timeout_seconds=10)) as topics:
        for ledger in ledgers[10:20]:
            append_ledgers(kafka, topic, [ledger], network)
            with snapshots_of(database_url, subscriber, timeout_seconds=10) as snapshots:
                cursors = snapshots.cursors()
                assert cursors.latest is not None
                lasts.append(cursors.latest)
                verification = Verification(
                    snapshots,
                    cursors,
                    Range(FIRST, cursors.latest),
                    Bounds(),
                    tell=lambda _: None,
                    stop=lambda: False,
                    advance=lambda _: None,
                    topics=topics,
                )
                assert verification.run()
            assert found(verification.findings) == []
    stop.set()
    consumer.join()
    assert lasts[-1] > lasts[0]


@pytest.mark.parametrize("again", [False, True])
def test_a_reset_meanwhile(
    kafka: dict[str, str],
    database: Connection,
    database_url: str,
    network: Network,
    full_topic: str,
    filled: str,
    do: Break,
    again: bool,
) -> None:
    """A subscriber that is reset while it is verified is named, and so is one that was made again."""
    with snapshots_of(database_url, filled, timeout_seconds=10) as snapshots:
        verification = Verification(
            snapshots,
            snapshots.cursors(),
            Range(FIRST, LATEST),
            Bounds(),
            tell=lambda _: None,
            stop=lambda: False,
            advance=lambda _: None,
        )
        database.execute(f"drop schema {filled} cascade".encode())
        if again:
            assert run_consumer(kafka, database_url, network, full_topic, filled, tables=EVERY_TABLE)
        with pytest.raises(NoSuchSubscriber, match="reset meanwhile"):
            verification.run()


def test_nothing_is_written(database: Connection, database_url: str, filled: str, do: Break) -> None:
    """What verify asks within a snapshot could not write if it wanted to."""
    with (
        snapshots_of(database_url, filled, timeout_seconds=10) as snapshots,
        pytest.raises(DatabaseLost, match="read-only"),
        snapshots.one(),
    ):
        snapshots._connection.execute(f"delete from {filled}.ledgers".encode())
