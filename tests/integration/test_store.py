"""The store alone: lock, epoch, compare-and-set, all or nothing."""

import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from consumer import lock as lock_module
from consumer import store as store_module
from consumer.database import Connection, connect
from consumer.decode import rows_of
from consumer.errors import (
    CursorTaken,
    DatabaseLost,
    DatabaseUrlMalformed,
    NoSuchSubscriber,
    NotASubscriber,
    OtherDataModel,
    OtherNetwork,
    RowsDisagree,
    SubscriberLocked,
)
from consumer.lock import lock_key
from consumer.store import Store, channel, checked_name, reset
from consumer.tables import TABLES, LedgerRows
from schemas.ledger import Ledger
from schemas.network import Network, network_of


@pytest.fixture
def rows(ledgers: list[Ledger], network: Network) -> list[LedgerRows]:
    return [rows_of(ledger, network.id) for ledger in ledgers]


@pytest.fixture
def store(database_url: str, subscriber: str, network: Network) -> Iterator[Store]:
    """A store that begins at ledger 2."""
    with closing(opened(database_url, subscriber, network)) as store:
        store.begin_at(2)
        yield store


@pytest.fixture(autouse=True)
def _short_lock_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "_WAIT_SECONDS", 0.3)


def opened(database_url: str, subscriber: str, network: Network) -> Store:
    return Store.open(database_url, subscriber, network, timeout_seconds=10)


def contents(database: Connection, subscriber: str) -> tuple[object, ...] | None:
    return database.execute(
        f"""
        select (select latest from {subscriber}.live), (select count(*) from {subscriber}.ledgers),
               (select count(*) from {subscriber}.transactions)
        """.encode()
    ).fetchone()


def holder_pid(database: Connection, subscriber: str) -> int:
    row = database.execute(
        "select pid from pg_locks where locktype = 'advisory' and classid::bigint << 32 | objid::bigint = %s",
        (lock_key(subscriber),),
    ).fetchone()
    assert row is not None
    assert isinstance(row[0], int)
    return row[0]


def test_a_ledger_and_its_cursor(store: Store, rows: list[LedgerRows], database: Connection) -> None:
    """A written ledger is there with all rows, and the cursor stands on it."""
    for each in rows[:5]:
        store.write(each)
    transactions = sum(len(each.rows["transactions"]) for each in rows[:5])
    assert contents(database, store.schema) == (6, 5, transactions)


def test_all_or_nothing(store: Store, rows: list[LedgerRows], database: Connection) -> None:
    """A ledger whose last row can't be written leaves nothing: no row, no cursor."""
    store.write(rows[0])
    before = contents(database, store.schema)
    broken = LedgerRows(
        rows[1].sequence, rows[1].hash, {**rows[1].rows, "transactions": [(rows[1].sequence << 32, *(None,) * 14)]}
    )
    with pytest.raises(psycopg.errors.NotNullViolation):
        store.write(broken)
    assert contents(database, store.schema) == before
    store.write(rows[1])


def test_no_reader_sees_part_of_a_ledger(store: Store, rows: list[LedgerRows], database_url: str) -> None:
    """Whenever a reader looks, cursor, ledgers and transactions agree."""
    done = threading.Event()
    torn: list[object] = []
    looks = [0]

    def look() -> None:
        with connect(database_url, application_name="test", timeout_seconds=10) as reader:
            while not done.is_set():
                row = reader.execute(
                    f"""
                    select latest, max(sequence), sum(successful_transactions + failed_transactions),
                           (select count(*) from {store.schema}.transactions)
                      from {store.schema}.live, {store.schema}.ledgers group by latest
                    """.encode()
                ).fetchone()
                looks[0] += 1
                if row is not None and (row[0] != row[1] or row[2] != row[3]):
                    torn.append(row)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for each in rows:
            store.write(each)
    finally:
        done.set()
        thread.join()
    assert looks[0] > len(rows) / 4
    assert torn == []


def test_the_lock_is_held_by_the_session_that_writes(
    store: Store, rows: list[LedgerRows], database: Connection
) -> None:
    """When the session that holds the lock ends, so do the writes: they are the same session."""
    store.write(rows[0])
    database.execute("select pg_terminate_backend(%s, 5000)", (holder_pid(database, store.schema),))
    with pytest.raises(DatabaseLost):
        store.write(rows[1])
    assert contents(database, store.schema) == (2, 1, len(rows[0].rows["transactions"]))


def test_a_lost_session_is_noticed_while_idle(
    store: Store, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heartbeat between ledgers finds out that the session is gone; nothing reconnects."""
    monkeypatch.setattr(store_module, "_BEAT_SECONDS", 0)
    store.beat()
    database.execute("select pg_terminate_backend(%s, 5000)", (holder_pid(database, store.schema),))
    with pytest.raises(DatabaseLost):
        store.beat()
    with pytest.raises(DatabaseLost):
        store.beat()


def test_one_works_the_other_says_so(store: Store, database_url: str, network: Network) -> None:
    """While one holds the lock, another is refused, by name."""
    with pytest.raises(SubscriberLocked, match=store.schema):
        opened(database_url, store.schema, network)


def test_a_zombie_writes_nothing(
    store: Store, rows: list[LedgerRows], database: Connection, database_url: str, network: Network
) -> None:
    """With the lock bypassed, the one that was taken over from is stopped by cursor and epoch."""
    bypass_lock(store)
    with closing(opened(database_url, store.schema, network)) as successor:
        successor.write(rows[0])
        before = contents(database, store.schema)
        with pytest.raises(CursorTaken, match="nothing was written"):
            store.write(rows[0])
        assert contents(database, store.schema) == before
        successor.write(rows[1])


def test_the_epoch_alone_stops_a_zombie(
    store: Store, rows: list[LedgerRows], database: Connection, database_url: str, network: Network
) -> None:
    """With the cursor where it left it, the zombie's own next ledger is refused all the same."""
    store.write(rows[0])
    bypass_lock(store)
    with closing(opened(database_url, store.schema, network)) as successor:
        before = contents(database, store.schema)
        with pytest.raises(CursorTaken, match="epoch"):
            store.write(rows[1])
        assert contents(database, store.schema) == before
        successor.write(rows[1])


def test_the_cursor_alone_stops_a_stranger(store: Store, rows: list[LedgerRows], database: Connection) -> None:
    """With the epoch unchanged, a ledger that is not the cursor's next is refused: behind it, or beyond it."""
    store.write(rows[0])
    with pytest.raises(CursorTaken):
        store.write(rows[2])
    database.execute(f"update {store.schema}.live set latest = 20".encode())
    with pytest.raises(CursorTaken):
        store.write(rows[1])
    assert contents(database, store.schema) == (20, 1, len(rows[0].rows["transactions"]))


def test_a_repeated_ledger_is_refused(store: Store, rows: list[LedgerRows], database: Connection) -> None:
    """A ledger that is there already is not merged."""
    store.write(rows[0])
    before = contents(database, store.schema)
    with pytest.raises(CursorTaken):
        store.write(rows[0])
    assert contents(database, store.schema) == before


def test_each_holder_raises_the_epoch(store: Store, database_url: str, network: Network) -> None:
    """A new session has an epoch of its own, and the cursor of the one before."""
    epoch = store.epoch
    store.close()
    with closing(opened(database_url, store.schema, network)) as successor:
        assert successor.epoch == epoch + 1
        assert successor.cursor.next == 2


def test_live_first_is_recorded_once(store: Store) -> None:
    """Where live began is never changed."""
    with pytest.raises(CursorTaken):
        store.begin_at(3)


def test_another_network_is_refused(store: Store, database_url: str) -> None:
    """A subscriber's schema keeps the network that it began with."""
    store.close()
    with pytest.raises(OtherNetwork, match=r"simulated.*pubnet"):
        opened(database_url, store.schema, network_of("pubnet", None))


def test_another_data_model_is_refused(store: Store, database_url: str, network: Network, database: Connection) -> None:
    """Code with another data model refuses, and names the remedy."""
    store.close()
    database.execute(f"update {store.schema}.subscriber set data_model = 0".encode())
    with pytest.raises(OtherDataModel, match="ledgerstream reset"):
        opened(database_url, store.schema, network)


def test_a_foreign_schema_is_refused(
    database: Connection, database_url: str, subscriber: str, network: Network
) -> None:
    """A schema that somebody else made is left alone."""
    database.execute(f"create schema {subscriber}; create table {subscriber}.theirs (id int)".encode())
    with pytest.raises(NotASubscriber, match="theirs"):
        opened(database_url, subscriber, network)


def test_a_newer_schema_is_refused(store: Store, database: Connection, database_url: str, network: Network) -> None:
    """A schema that a newer version made is left alone: migrations go forward only."""
    store.close()
    database.execute(f"insert into {store.schema}.migrations values (9999, 'from the future')".encode())
    with pytest.raises(NotASubscriber, match="9999"):
        opened(database_url, store.schema, network)


@pytest.mark.parametrize("name", ["", "public", "pg_catalog", "History", "a-b", "1st", "a" * 49, 'x"; drop schema y'])
def test_names_that_no_subscriber_has(name: str) -> None:
    """A subscriber's name is a plain schema name."""
    with pytest.raises(NotASubscriber):
        checked_name(name)


def test_partitions_are_made_ahead_and_beside_readers(
    store: Store, rows: list[LedgerRows], database: Connection, database_url: str, network: Network
) -> None:
    """A long SELECT over the partitioned table does not hold live up when the next partition is due."""
    store.close()
    database.execute(f"update {store.schema}.subscriber set partition_ledgers = 10".encode())
    with (
        closing(opened(database_url, store.schema, network)) as successor,
        connect(database_url, application_name="test", timeout_seconds=10) as reader,
        reader.transaction(),
    ):
        for each in rows[:3]:
            successor.write(each)
        reader.execute(f"select count(*) from {store.schema}.transactions".encode())
        for each in rows[3:25]:
            successor.write(each)
        partitions = database.execute(
            "select relname from pg_inherits join pg_class on oid = inhrelid where inhparent = %s::regclass order by 1",
            (f"{store.schema}.transactions",),
        ).fetchall()
    assert [name for (name,) in partitions] == [
        "transactions_0_9",
        "transactions_10_19",
        "transactions_20_29",
        "transactions_30_39",
    ]


def test_listeners_hear_of_each_ledger(store: Store, rows: list[LedgerRows], database: Connection) -> None:
    """A listener is told the sequence when, and only when, the ledger is committed."""
    database.execute(f"listen {channel(store.schema)}".encode())
    store.write(rows[0])
    with pytest.raises(CursorTaken):
        store.write(rows[2])
    store.write(rows[1])
    heard = [notify.payload for notify in database.notifies(timeout=5, stop_after=2)]
    assert heard == ["2", "3"]
    assert list(database.notifies(timeout=0.2)) == []


def test_tables_are_as_the_store_writes_them(store: Store, database: Connection) -> None:
    """Columns and types in the code are those of the database, in its order."""
    for table in TABLES:
        columns = database.execute(
            """
            select attname, typname from pg_attribute join pg_type on pg_type.oid = atttypid
             where attrelid = %s::regclass and attnum > 0 order by attnum
            """,
            (f"{store.schema}.{table.name}",),
        ).fetchall()
        assert tuple(columns) == table.columns


def test_reset(store: Store, database: Connection, database_url: str) -> None:
    """A subscriber is dropped under its lock, whole; a second time there is none."""
    with pytest.raises(SubscriberLocked):
        reset(database_url, store.schema, timeout_seconds=10)
    store.close()
    reset(database_url, store.schema, timeout_seconds=10)
    assert database.execute("select to_regnamespace(%s)", (store.schema,)).fetchone() == (None,)
    with pytest.raises(NoSuchSubscriber):
        reset(database_url, store.schema, timeout_seconds=10)


def test_reset_leaves_others_alone(database: Connection, database_url: str, subscriber: str) -> None:
    """A schema that is not a subscriber's is not dropped, whatever its tables are called."""
    database.execute(
        f"""
        create schema {subscriber};
        create table {subscriber}.subscriber (id int);
        create table {subscriber}.live (id int);
        create table {subscriber}.migrations (id int)
        """.encode()
    )
    with pytest.raises(NoSuchSubscriber):
        reset(database_url, subscriber, timeout_seconds=10)
    assert database.execute("select to_regnamespace(%s)", (subscriber,)).fetchone() != (None,)
    with pytest.raises(NotASubscriber):
        opened(database_url, subscriber, network_of("simulated", None))


@pytest.mark.parametrize(
    "change",
    [
        "delete from {}.ledgers where sequence = 4",
        "update {}.live set latest = 3",
        "update {}.live set latest = 9",
    ],
)
def test_rows_and_cursor_that_disagree(
    change: str, store: Store, rows: list[LedgerRows], database: Connection, database_url: str, network: Network
) -> None:
    """A cursor whose ledger is not there, or that others lie beyond, needs a person, not another start."""
    for each in rows[:3]:
        store.write(each)
    store.close()
    database.execute(change.format(store.schema).encode())
    with pytest.raises(RowsDisagree, match="by hand"):
        opened(database_url, store.schema, network)


def test_a_database_that_takes_no_writes(database_url: str, subscriber: str, network: Network) -> None:
    """A replica is told from a database that is away, and is worth another start: it may be the primary by then."""
    read_only = make_conninfo(database_url, options="-c default_transaction_read_only=on")
    with pytest.raises(DatabaseLost, match="target_session_attrs=read-write"):
        opened(read_only, subscriber, network)


def test_a_url_that_is_none() -> None:
    """What is no URL is told from a database that is away."""
    with pytest.raises(DatabaseUrlMalformed):
        opened("garbage", "history", network_of("simulated", None))


def bypass_lock(store: Store) -> None:
    store._connection.execute("select pg_advisory_unlock(%s)", (lock_key(store.schema),))
