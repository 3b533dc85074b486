"""A worker's session: flushes beside each other, in every order, on foreign ground, and what `oldest` says of them."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace

import psycopg
import pytest

from consumer.backfill.run import Plan, backfill
from consumer.backfill.store import BatchStore, claim_key
from consumer.backfill.worker import Task
from consumer.database import Connection
from consumer.decode import rows_of
from consumer.errors import (
    BackfillIncomplete,
    ChainBroken,
    NoSuchSubscriber,
    NotASubscriber,
    NotStarted,
    OtherNetwork,
    RowsDisagree,
    SubscriberReset,
)
from consumer.reset import reset
from consumer.store import Store
from consumer.tables import LEDGERS, LedgerRows, Row, Table
from ledgerstream.progress import Progress
from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import Network, network_of
from schemas.ranges import Range

LIVE_FIRST = 22
WIDTH = 5

Opened = Callable[[], BatchStore]


@pytest.fixture(scope="module")
def all_rows(ledgers: list[Ledger], network: Network) -> dict[int, LedgerRows]:
    """The rows of ledgers 2 to 41, by sequence."""
    return {each.sequence: rows_of(each, network.id) for each in ledgers}


@pytest.fixture(scope="module")
def foreign_rows(network: Network) -> dict[int, LedgerRows]:
    """Those of another chain."""
    simulated = SimulatedNetwork(transactions_per_ledger=4, seed=1)
    found = [Ledger.from_xdr(simulated.close_ledger()) for _ in range(40)]
    return {each.sequence: rows_of(each, network.id) for each in found}


@pytest.fixture
def live(database_url: str, subscriber: str, network: Network) -> Iterator[Store]:
    """A subscriber that begins at ledger 22, in cells of five."""
    with closing(
        Store.open(
            database_url, subscriber, network, tables={"ledger_entry_changes", "transactions"}, timeout_seconds=10
        )
    ) as store:
        store.begin_at(LIVE_FIRST)
        store._connection.execute("update subscriber set batch_ledgers = %s", (WIDTH,))
        yield store


@pytest.fixture
def opened(database_url: str, live: Store, network: Network) -> Iterator[Opened]:
    """Opens workers' sessions, as many as one wants."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            closing(BatchStore.open(database_url, live.schema, network, timeout_seconds=10))
        )


def rows(all_rows: dict[int, LedgerRows], first: int, last: int) -> list[LedgerRows]:
    return [all_rows[sequence] for sequence in range(first, last + 1)]


def there(database: Connection, schema: str) -> list[int]:
    found = database.execute(f"select sequence from {schema}.ledgers order by sequence".encode()).fetchall()
    return [int(str(sequence)) for (sequence,) in found]


def oldest(database: Connection, schema: str) -> int:
    row = database.execute(f"select oldest from {schema}.backfill".encode()).fetchone()
    assert row is not None
    return int(str(row[0]))


def oldest_by_the_data(database: Connection, schema: str) -> int:
    """The slow and certain way."""
    sequences = set(there(database, schema))
    return next(sequence for sequence in range(LIVE_FIRST, 0, -1) if sequence - 1 not in sequences)


def count(database: Connection, schema: str, table: str) -> int:
    row = database.execute(f"select count(*) from {schema}.{table}".encode()).fetchone()
    assert row is not None
    return int(str(row[0]))


def rows_told(database: Connection, schema: str, table: str) -> int:
    row = database.execute(f"select coalesce(sum({table}_rows), 0) from {schema}.ledgers".encode()).fetchone()
    assert row is not None
    return int(str(row[0]))


def test_a_flush_commits_whole_ledgers(opened: Opened, database: Connection, all_rows: dict[int, LedgerRows]) -> None:
    """Its ledgers and all of their rows are there; `oldest` waits for the final one."""
    store = opened()
    assert store.flush(rows(all_rows, 17, 19), final=False) == 3
    assert oldest(database, store.schema) == LIVE_FIRST
    assert store.flush(rows(all_rows, 20, 21), final=True) == 2
    assert there(database, store.schema) == [17, 18, 19, 20, 21]
    assert oldest(database, store.schema) == 17
    assert count(database, store.schema, "transactions") == rows_told(database, store.schema, "transactions") > 0


def test_a_flush_across_partitions(
    opened: Opened, live: Store, database: Connection, all_rows: dict[int, LedgerRows]
) -> None:
    """A cell need not end where a partition does: those of its first and of its last ledger are made."""
    database.execute(f"update {live.schema}.subscriber set partition_ledgers = 8".encode())
    store = opened()
    assert store.flush(rows(all_rows, 9, 20), final=True) == 12
    partitions = "select count(*) from pg_inherits where inhparent = to_regclass(%s)"
    assert store._value(partitions, f"{live.schema}.transactions") == 3  # the next one is made ahead


def test_an_open_flush_is_invisible(
    opened: Opened, database: Connection, all_rows: dict[int, LedgerRows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a flush is seen before its commit, and nothing is left of one that fails at its end."""
    store = opened()
    seen: list[tuple[list[int], int]] = []

    def fail(_oldest: int) -> None:
        seen.append((there(database, store.schema), oldest(database, store.schema)))
        raise RuntimeError("at the very end")

    monkeypatch.setattr(store, "_move_oldest", fail)
    with pytest.raises(RuntimeError):
        store.flush(rows(all_rows, 17, 21), final=True)
    assert seen == [([], LIVE_FIRST)]
    assert there(database, store.schema) == []
    assert count(database, store.schema, "transactions") == 0


def test_what_is_there_is_not_written_again(
    opened: Opened, database: Connection, all_rows: dict[int, LedgerRows]
) -> None:
    """A flush over ledgers of which some are there writes the others, and all of their rows once."""
    store, other = opened(), opened()
    store.flush(rows(all_rows, 12, 14), final=False)
    assert other.flush(rows(all_rows, 10, 16), final=True) == 4
    assert store.flush(rows(all_rows, 10, 16), final=True) == 0
    assert there(database, store.schema) == list(range(10, 17))
    for table in ("transactions", "ledger_entry_changes"):
        assert count(database, store.schema, table) == rows_told(database, store.schema, table) > 0


def test_two_flushes_of_the_same_ledgers_at_once(
    opened: Opened, database: Connection, all_rows: dict[int, LedgerRows]
) -> None:
    """One waits for the other at the first ledger that both have, and writes what is left."""
    one, other = opened(), opened()
    entered, go_on = threading.Event(), threading.Event()
    lock_row = one._lock_row

    def slowly() -> int:
        entered.set()
        assert go_on.wait(20)
        return lock_row()

    one._lock_row = slowly  # type: ignore[method-assign]
    written: dict[str, int] = {}
    first = threading.Thread(target=lambda: written.update(one=one.flush(rows(all_rows, 10, 14), final=True)))
    second = threading.Thread(target=lambda: written.update(other=other.flush(rows(all_rows, 12, 21), final=True)))
    first.start()
    assert entered.wait(20)
    second.start()
    second.join(0.5)
    assert second.is_alive()
    go_on.set()
    first.join(20)
    second.join(20)
    assert written == {"one": 5, "other": 7}
    assert oldest(database, one.schema) == 10 == oldest_by_the_data(database, one.schema)
    assert count(database, one.schema, "transactions") == rows_told(database, one.schema, "transactions")


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_batches_finish_in_every_order(
    order: tuple[int, ...], opened: Opened, database: Connection, all_rows: dict[int, LedgerRows]
) -> None:
    """After each batch `oldest` is what the data say: it stays, moves, or jumps over batches that finished before."""
    store = opened()
    for batch in order:
        first = 2 + batch * WIDTH
        store.flush(rows(all_rows, first, first + 2), final=False)
        store.flush(rows(all_rows, first + 3, first + 4), final=True)
        assert oldest(database, store.schema) == oldest_by_the_data(database, store.schema)
    assert oldest(database, store.schema) == 2


def test_two_batches_finish_at_the_same_moment(
    opened: Opened, database: Connection, all_rows: dict[int, LedgerRows]
) -> None:
    """The one that waits for the row of `oldest` sees what the other has committed meanwhile, and goes on below it."""
    upper, lower = opened(), opened()
    entered, go_on = threading.Event(), threading.Event()
    move = upper._move_oldest

    def slowly(oldest: int) -> None:
        entered.set()
        assert go_on.wait(20)
        move(oldest)

    upper._move_oldest = slowly  # type: ignore[method-assign]
    first = threading.Thread(target=upper.flush, args=(rows(all_rows, 17, 21),), kwargs={"final": True})
    second = threading.Thread(target=lower.flush, args=(rows(all_rows, 12, 16),), kwargs={"final": True})
    first.start()
    assert entered.wait(20)
    second.start()
    second.join(0.5)
    assert second.is_alive()
    go_on.set()
    first.join(20)
    second.join(20)
    assert oldest(database, upper.schema) == 12


def test_oldest_walks_over_many_cells(opened: Opened, database: Connection, live: Store) -> None:
    """Down to the ledger, wherever the first gap lies: at a block's edge, beside it, far below, or nowhere."""
    store = opened()
    columns = ", ".join(LEDGERS.columns)
    values = ", ".join(
        "'x'" if type_ == "bytea" else "now()" if type_ == "timestamptz" else "1" for type_ in LEDGERS.types[1:]
    )
    insert = f"""
        insert into {live.schema}.ledgers ({columns})
        select s, {values} from generate_series(1, 1000) s where s <> %s
    """
    for gap in (0, 1, 743, 744, 745, 999, 488, 1000):
        database.execute(f"truncate {live.schema}.ledgers".encode())
        database.execute(insert.encode(), (gap,))
        assert store._walked(1001) == gap + 1


def test_oldest_walks_in_stages(
    opened: Opened, database: Connection, all_rows: dict[int, LedgerRows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much others have filled below a batch, its last flush is short; what is left is walked at the end."""
    monkeypatch.setattr("consumer.backfill.store._BLOCK", 2)
    monkeypatch.setattr("consumer.backfill.store._BLOCKS", 2)
    store = opened()
    store.flush(rows(all_rows, 2, 16), final=True)
    store.flush(rows(all_rows, 17, 21), final=True)
    assert oldest(database, store.schema) == 16
    assert store.make_durable() == 2 == oldest(database, store.schema)


def test_a_seam_that_does_not_fit(
    opened: Opened, database: Connection, all_rows: dict[int, LedgerRows], foreign_rows: dict[int, LedgerRows]
) -> None:
    """Ledgers of another chain are refused beside what is there: above it, below it, around it and in its place."""
    store = opened()
    store.flush(rows(all_rows, 10, 14), final=True)
    for first, last in ((15, 16), (8, 9), (9, 15), (12, 13)):
        with pytest.raises(ChainBroken, match="not one chain"):
            store.flush(rows(foreign_rows, first, last), final=True)
    torn = [*rows(all_rows, 2, 3), *rows(foreign_rows, 4, 5)]
    with pytest.raises(ChainBroken, match="ledger 3"):
        store.flush(torn, final=True)
    assert there(database, store.schema) == list(range(10, 15))


def test_a_seam_whose_other_side_is_on_its_way(
    opened: Opened, database: Connection, all_rows: dict[int, LedgerRows], foreign_rows: dict[int, LedgerRows]
) -> None:
    """Of two flushes that touch and do not fit, both under way at once, one is refused."""
    one, other = opened(), opened()
    at_the_end, go_on = threading.Event(), threading.Event()
    check = one._check_chain

    def slowly(ledgers: list[LedgerRows]) -> None:
        check(ledgers)
        at_the_end.set()
        assert go_on.wait(20)

    one._check_chain = slowly  # type: ignore[method-assign,assignment]
    refused: list[ChainBroken] = []

    def refuse() -> None:
        with pytest.raises(ChainBroken) as raised:
            other.flush(rows(foreign_rows, 15, 16), final=True)
        refused.append(raised.value)

    first = threading.Thread(target=one.flush, args=(rows(all_rows, 10, 14),), kwargs={"final": True})
    second = threading.Thread(target=refuse)
    first.start()
    assert at_the_end.wait(20)
    second.start()
    second.join(0.5)
    go_on.set()
    first.join(20)
    second.join(20)
    assert refused
    assert there(database, one.schema) == list(range(10, 15))


def test_live_begins_while_backfill_ends(
    opened: Opened,
    database: Connection,
    live: Store,
    all_rows: dict[int, LedgerRows],
    foreign_rows: dict[int, LedgerRows],
) -> None:
    """Live's very first ledger waits for a flush that ends below it, and is refused if it does not fit."""
    backfill = opened()
    at_the_end, go_on = threading.Event(), threading.Event()
    move = backfill._move_oldest

    def slowly(oldest: int) -> None:
        at_the_end.set()
        assert go_on.wait(20)
        move(oldest)

    backfill._move_oldest = slowly  # type: ignore[method-assign]
    refused: list[ChainBroken] = []

    def refuse() -> None:
        with pytest.raises(ChainBroken) as raised:
            live.write(foreign_rows[LIVE_FIRST])
        refused.append(raised.value)

    first = threading.Thread(target=backfill.flush, args=(rows(all_rows, 20, 21),), kwargs={"final": True})
    second = threading.Thread(target=refuse)
    first.start()
    assert at_the_end.wait(20)
    second.start()
    second.join(0.5)
    go_on.set()
    first.join(20)
    second.join(20)
    assert refused
    assert there(database, backfill.schema) == [20, 21]
    live.write(all_rows[LIVE_FIRST])
    assert there(database, backfill.schema) == [20, 21, 22]


def test_live_never_waits_for_backfill(live: Store, database: Connection, all_rows: dict[int, LedgerRows]) -> None:
    """Once it has begun, live goes on while backfill's row is locked."""
    live.write(all_rows[22])
    with database.transaction():
        database.execute(f"select from {live.schema}.backfill for update".encode())
        live.write(all_rows[23])
        live.write(all_rows[24])
    assert live.cursor.latest == 24


def test_a_reset_between_two_flushes(
    opened: Opened,
    database: Connection,
    database_url: str,
    live: Store,
    network: Network,
    all_rows: dict[int, LedgerRows],
) -> None:
    """What began before a reset writes nothing after it: without the schema, nor into a new one of its name."""
    store, late, prepared = opened(), opened(), opened()
    store.flush(rows(all_rows, 10, 11), final=False)
    prepared.flush(rows(all_rows, 14, 15), final=False)
    live.close()
    reset(database_url, store.schema, timeout_seconds=20)
    with pytest.raises(SubscriberReset, match="was reset"):
        store.flush(rows(all_rows, 12, 13), final=True)
    with pytest.raises(SubscriberReset):
        store.missing(Range(2, 5))
    with closing(
        Store.open(
            database_url, store.schema, network, tables={"ledger_entry_changes", "transactions"}, timeout_seconds=10
        )
    ) as anew:
        anew.begin_at(LIVE_FIRST)
    for each in (prepared, late):
        with pytest.raises(SubscriberReset):
            each.flush(rows(all_rows, 12, 13), final=True)
    assert there(database, store.schema) == []


def test_a_reset_within_a_flush(
    opened: Opened, database_url: str, live: Store, all_rows: dict[int, LedgerRows]
) -> None:
    """It waits for the flush, which ends without having written, and neither is the end of the other's session."""
    store = opened()
    store.flush(rows(all_rows, 20, 21), final=False)
    live.close()
    half_copied, go_on = threading.Event(), threading.Event()
    copy = store._copy

    def slowly(table: Table, its_rows: list[Row]) -> None:
        if table.name == "ledger_entry_changes":
            half_copied.set()
            assert go_on.wait(20)
        copy(table, its_rows)

    store._copy = slowly  # type: ignore[method-assign,assignment]
    ended: list[Exception | None] = []

    def end(run: Callable[[], object]) -> None:
        try:
            run()
        except Exception as error:  # noqa: BLE001 - to be looked at
            ended.append(error)
        else:
            ended.append(None)

    flush = threading.Thread(target=end, args=(lambda: store.flush(rows(all_rows, 12, 15), final=True),))
    drop = threading.Thread(target=end, args=(lambda: reset(database_url, store.schema, timeout_seconds=20),))
    flush.start()
    assert half_copied.wait(20)
    drop.start()
    drop.join(0.5)
    assert drop.is_alive()
    go_on.set()
    flush.join(20)
    drop.join(20)
    assert [type(each) for each in ended] == [SubscriberReset, type(None)], ended


def test_a_session_for_one_from_before_a_reset(
    database_url: str, database: Connection, live: Store, network: Network
) -> None:
    """One that opens late, for a run that began in another generation, is refused."""
    with closing(BatchStore.open(database_url, live.schema, network, timeout_seconds=10)) as store:
        began = store.generation
    BatchStore.open(database_url, live.schema, network, timeout_seconds=10, generation=began).close()
    database.execute(f"update {live.schema}.backfill set generation = generation + 1".encode())
    with pytest.raises(SubscriberReset):
        BatchStore.open(database_url, live.schema, network, timeout_seconds=10, generation=began)


def test_a_reset_under_way(opened: Opened, database: Connection, live: Store, all_rows: dict[int, LedgerRows]) -> None:
    """A reset that is still dropping has ended all flushes: its first step raises the generation."""
    store = opened()
    database.execute(f"update {live.schema}.backfill set generation = generation + 1".encode())
    with pytest.raises(SubscriberReset):
        store.flush(rows(all_rows, 10, 11), final=True)
    with pytest.raises(SubscriberReset):
        store.make_durable()
    assert there(database, store.schema) == []


def test_stray_rows(opened: Opened, database: Connection, all_rows: dict[int, LedgerRows]) -> None:
    """Rows without their ledger are named, not merged."""
    store = opened()
    store.flush(rows(all_rows, 10, 14), final=True)
    database.execute(f"delete from {store.schema}.ledgers where sequence = 12".encode())
    with pytest.raises(RowsDisagree, match="already, though its ledger is not"):
        store.flush(rows(all_rows, 12, 12), final=True)


def test_a_flush_that_fails_moves_nothing(
    opened: Opened, database: Connection, all_rows: dict[int, LedgerRows]
) -> None:
    """`oldest` is committed with the flush: one that can't be written leaves it where it was."""
    store = opened()
    before = oldest(database, store.schema)
    store.flush(rows(all_rows, before - 5, before - 1), final=True)
    database.execute(f"truncate {store.schema}.ledgers".encode())  # what else they have is in the way
    database.execute(f"update {store.schema}.backfill set oldest = {before}".encode())
    with pytest.raises(RowsDisagree):
        store.flush(rows(all_rows, before - 5, before - 1), final=True)
    assert oldest(database, store.schema) == before


def test_a_claim_is_the_sessions(opened: Opened, database: Connection) -> None:
    """One session has it, until it lets go or is gone."""
    one, other = opened(), opened()
    assert one.claim(3)
    assert not other.claim(3)
    assert other.claim(4)
    one.release(3)
    assert other.claim(3)
    other.close()
    for _ in range(100):
        if one.claim(3):
            return
        threading.Event().wait(0.05)
    pytest.fail("the claim outlived its session")


def test_claims_of_two_subscribers_differ() -> None:
    """So do those of two cells."""
    assert len({claim_key(schema, cell) for schema in ("one", "other") for cell in range(50)}) == 100


def test_what_can_not_be_filled(database_url: str, subscriber: str, network: Network, database: Connection) -> None:
    """A subscriber that there is not, one that has not begun, one of another network or version: each by name."""

    def refused(kind: type[Exception], message: str, of: Network = network) -> None:
        with pytest.raises(kind, match=message):
            BatchStore.open(database_url, subscriber, of, timeout_seconds=10)

    refused(NoSuchSubscriber, "no subscriber")
    with closing(Store.open(database_url, subscriber, network, timeout_seconds=10)) as store:
        refused(NotStarted, "has not begun")
        store.begin_at(5)
        refused(OtherNetwork, "not of other", network_of("other", "another network"))
        BatchStore.open(database_url, subscriber, network, timeout_seconds=10).close()
        database.execute(f"insert into {subscriber}.migrations values (99, 'newer')".encode())
        refused(NotASubscriber, "migration 99")


def test_durability(opened: Opened, database: Connection, all_rows: dict[int, LedgerRows]) -> None:
    """Flushes are asynchronous, and what makes them durable is not: it writes, though nothing changes."""
    store = opened()
    assert store._value("show synchronous_commit") == "off"
    store.flush(rows(all_rows, 20, 21), final=True)
    before = flushed_to(database)
    assert store.make_durable() == 20
    assert flushed_to(database) > before
    assert store._value("show synchronous_commit") == "off"


def test_what_others_commit_at_the_very_end(
    opened: Opened,
    all_rows: dict[int, LedgerRows],
    database_url: str,
    kafka: dict[str, str],
    topic: str,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What another run fills after all was made durable is not reported as filled: a crash may take it away."""
    other = opened()
    made_durable = BatchStore.make_durable

    def and_then_another_run_ends(store: BatchStore) -> int:
        oldest = made_durable(store)
        other.flush(rows(all_rows, 2, 21), final=True)
        return oldest

    monkeypatch.setattr(BatchStore, "make_durable", and_then_another_run_ends)
    task = Task(database_url, other.schema, kafka, topic, network, 20)
    with pytest.raises(BackfillIncomplete, match="ledgers 2–21"):
        backfill(Plan(task, 2, None, 1, 10), stop=lambda: False, shown=lambda total: Progress(total, "filling"))
    assert backfill(Plan(task, 2, None, 1, 10), stop=lambda: True, shown=lambda total: Progress(total, "filling")), (
        "all of it is there, though it was asked to stop"
    )


def flushed_to(database: Connection) -> int:
    row = database.execute("select pg_current_wal_flush_lsn() - '0/0'::pg_lsn").fetchone()
    assert row is not None
    return int(str(row[0]))


def test_a_truth_that_another_layer_would_mask(
    opened: Opened, all_rows: dict[int, LedgerRows], database: Connection
) -> None:
    """The primary key alone keeps a ledger from being doubled, without any claim."""
    store = opened()
    store.flush(rows(all_rows, 10, 12), final=True)
    twice = replace(all_rows[11])
    assert store.flush([twice], final=False) == 0
    with pytest.raises(psycopg.errors.UniqueViolation), database.transaction():
        database.execute(f"insert into {store.schema}.ledgers select * from {store.schema}.ledgers limit 1".encode())
