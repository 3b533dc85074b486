"""The store alone: lock, epoch, compare-and-set, all or nothing."""

import json
import re
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import cast

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from consumer import lock as lock_module
from consumer import reset as reset_module
from consumer import session as session_module
from consumer.database import Connection, connect
from consumer.decode.scval import json_of_data
from consumer.digest import digest
from consumer.errors import (
    CursorTaken,
    DatabaseLost,
    DatabaseUrlMalformed,
    NameRefused,
    NoSuchSubscriber,
    NotASubscriber,
    OtherDataModel,
    OtherNetwork,
    OtherTables,
    RowsDisagree,
    SubscriberLocked,
)
from consumer.lock import Standby, lock_key
from consumer.reset import reset
from consumer.session import checked_name
from consumer.status import subscriber_state
from consumer.store import Store, channel
from consumer.tables import (
    CHOICE,
    CONTRACT_EVENTS,
    LEDGER_ENTRY_CHANGES,
    LEDGERS,
    OPERATION_ACCOUNTS,
    OPERATIONS,
    TABLES,
    TOKEN_TRANSFERS,
    TRANSACTION_ACCOUNTS,
    TRANSACTION_SIGNATURES,
    TRANSACTIONS,
    LedgerRows,
    Row,
    Table,
)
from ledgerstream.gaps import gaps_of
from schemas.network import Network, network_of
from schemas.xdr.readers import DEEPEST
from tests.support.waiting import wait_until

DATA_MODEL_README = (Path(__file__).parent.parent.parent / "consumer/sql/README.md").read_text(encoding="utf-8")
# What the examples of the README ask for.
TRANSACTION_HASH = bytes.fromhex("3389e9f0f1a65f19736cacf544c2e825313e8447f569233bb8db39aa607c8889")
ACCOUNT = "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"
CONTRACT = "CAS3J7GYLGXMF6TDJBBYYSE3HQ6BBSMLNUQ34T6TZMYMW2EVH34XOWMA"
EVERY_TABLE = [table.name for table in TABLES]


def row(table: Table, **values: object) -> Row:
    """A row by the names of its columns; null in those that are not named."""
    assert values.keys() <= table.columns.keys()
    return tuple(values.get(column) for column in table.columns)


def ledger_rows(sequence: int) -> LedgerRows:
    """A ledger's rows in every table, none or up to three transactions: a store knows nothing else of a ledger."""
    orders = range(1, sequence % 4 + 1)
    filled = {
        table.name: [each for order in orders for each in transaction_rows(table, sequence, order)] for table in CHOICE
    }
    ledger = row(
        LEDGERS,
        sequence=sequence,
        hash=hash_of("ledger", sequence),
        previous_hash=hash_of("ledger", sequence - 1),
        closed_at=closed_at(sequence),
        protocol_version=26,
        successful_transactions=len(orders),
        failed_transactions=0,
        operations=2 * len(orders),
        total_coins=2**62,
        fee_pool=0,
        base_fee=100,
        base_reserve=5_000_000,
        max_transaction_set_size=1000,
        bytes=1_000_000,
        **{f"{name}_rows": len(rows) for name, rows in filled.items()},
    )
    return LedgerRows(sequence, hash_of("ledger", sequence), {LEDGERS.name: [ledger], **filled})


def hash_of(*what: object) -> bytes:
    return TRANSACTION_HASH if what == ("transaction", 3, 1) else sha256(repr(what).encode()).digest()


def closed_at(sequence: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=5 * sequence)


def transaction_rows(table: Table, sequence: int, order: int) -> list[Row]:
    """The rows of one transaction: a Soroban one with every precondition, of two operations."""
    transaction_id = sequence << 32 | order << 12
    operation_ids = [transaction_id | 1, transaction_id | 2]
    place = {"transaction_id": transaction_id, "ledger_sequence": sequence}
    match table.name:
        case TRANSACTIONS.name:
            return [transaction_row(sequence, order)]
        case TRANSACTION_SIGNATURES.name:
            signature = {"transaction_id": transaction_id, "hint": b"\0hin", "signature": b"\xff" * 64}
            return [row(table, position=position, fee_bump=bool(position), **signature) for position in range(2)]
        case TRANSACTION_ACCOUNTS.name:
            return [row(table, transaction_id=transaction_id, account=ACCOUNT)]
        case OPERATIONS.name:
            return [
                row(
                    table,
                    id=each,
                    application_order=each & 0xFFF,
                    type="payment",
                    source_account=ACCOUNT,
                    transaction_successful=bool(order % 2),
                    result_code="opINNER",
                    trace_code="PAYMENT_SUCCESS",
                    details='{"to":"Zoë","amount":"9223372036854775807"}'.encode(),
                    **place,
                )
                for each in operation_ids
            ]
        case OPERATION_ACCOUNTS.name:
            return [row(table, operation_id=each, account=ACCOUNT) for each in operation_ids]
        case _:
            return [
                row(table, position=position, operation_id=each, **place, **FURTHER[table.name](sequence))
                for position, each in enumerate([None, *operation_ids])
            ]


FURTHER: dict[str, Callable[[int], dict[str, object]]] = {
    CONTRACT_EVENTS.name: lambda _: {
        "stage": "after_all_txs",
        "type": "contract",
        "contract": CONTRACT,
        "name": "transfer",
        "topics": b'[{"symbol":"transfer"}]',
        "data": b'{"i128":"170141183460469231731687303715884105727"}',
        "xdr": bytes(range(256)),
    },
    TOKEN_TRANSFERS.name: lambda sequence: {
        "closed_at": closed_at(sequence),
        "type": "transfer",
        "contract": CONTRACT,
        "asset": "native",
        "from_address": ACCOUNT,
        "to_address": ACCOUNT,
        "amount": 2**127 - 1,
    },
    LEDGER_ENTRY_CHANGES.name: lambda _: {
        "phase": "operation",
        "change": "updated",
        "entry_type": "account",
        "xdr": b"\0" * 100,
    },
}


def transaction_row(sequence: int, order: int) -> Row:
    return row(
        TRANSACTIONS,
        id=sequence << 32 | order << 12,
        ledger_sequence=sequence,
        application_order=order,
        hash=hash_of("transaction", sequence, order),
        source_account=ACCOUNT,
        account_sequence=2**63 - 1,
        fee_account=ACCOUNT,
        max_fee=200,
        fee_charged=-1,
        successful=True,
        result_code="txSUCCESS",
        operation_count=2,
        memo_type="text",
        memo="Zoë\t\\N",
        memo_bytes="Zoë\t\\N".encode(),
        min_time=0,
        max_time=2**64 - 1,
        extra_signers=['"quoted", \\ and {braced}', "NULL", ""],
    )


@pytest.fixture
def rows() -> list[LedgerRows]:
    """The rows of ledgers 2 to 41."""
    return [ledger_rows(sequence) for sequence in range(2, 42)]


@pytest.fixture
def store(database_url: str, subscriber: str, network: Network) -> Iterator[Store]:
    """A store that fills every table and begins at ledger 2."""
    with closing(opened(database_url, subscriber, network, EVERY_TABLE)) as store:
        store.begin_at(2)
        yield store


@pytest.fixture(autouse=True)
def _short_lock_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "_WAIT_SECONDS", 0.3)


def opened(database_url: str, subscriber: str, network: Network, tables: Collection[str] | None = None) -> Store:
    return Store.open(database_url, subscriber, network, tables=tables, timeout_seconds=10)


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
        rows[1].sequence, rows[1].hash, {**rows[1].rows, TABLES[-1].name: [row(TABLES[-1], transaction_id=3 << 32)]}
    )
    with pytest.raises(psycopg.errors.NotNullViolation):
        store.write(broken)
    assert contents(database, store.schema) == before
    store.write(rows[1])


def test_no_reader_sees_part_of_a_ledger(store: Store, rows: list[LedgerRows], database_url: str) -> None:
    """Whenever a reader looks, cursor, ledgers and the rows that they count agree."""
    done = threading.Event()
    torn: list[object] = []
    looks = [0]

    def look() -> None:
        with connect(database_url, application_name="test", timeout_seconds=10) as reader:
            while not done.is_set():
                row = reader.execute(
                    f"""
                    select latest, max(sequence),
                           sum(transactions_rows), (select count(*) from {store.schema}.transactions),
                           sum(token_transfers_rows), (select count(*) from {store.schema}.token_transfers)
                      from {store.schema}.live, {store.schema}.ledgers group by latest
                    """.encode()
                ).fetchone()
                looks[0] += 1
                if row is not None and (row[0] != row[1] or row[2] != row[3] or row[4] != row[5]):
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
    monkeypatch.setattr(session_module, "_BEAT_SECONDS", 0)
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


def test_a_row_that_is_there_without_its_ledger(store: Store, rows: list[LedgerRows], database: Connection) -> None:
    """A ledger is not written around rows that nobody should have written, and nobody is said to have taken over."""
    store.write(rows[0])
    before = contents(database, store.schema)
    accounts = rows[1].rows[TRANSACTION_ACCOUNTS.name]
    twice = LedgerRows(
        rows[1].sequence, rows[1].hash, {**rows[1].rows, TRANSACTION_ACCOUNTS.name: [*accounts, accounts[0]]}
    )
    with pytest.raises(RowsDisagree, match=r"in transaction_accounts_0_99999 .* already"):
        store.write(twice)
    assert contents(database, store.schema) == before
    store.write(rows[1])


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
    """Code with another data model refuses before it asks for anything that there was not, and names the remedy."""
    store.close()
    database.execute(
        f"""
        update {store.schema}.subscriber set data_model = 1, tables = '{{ledgers,transactions}}';
        alter table {store.schema}.ledgers drop column operations_rows, drop column max_transaction_set_size;
        drop table {store.schema}.operations, {store.schema}.contract_events
        """.encode()
    )
    for tables in (None, ["operations"]):
        with pytest.raises(OtherDataModel, match=r"version 1 of the data model.*ledgerstream reset"):
            opened(database_url, store.schema, network, tables)
    reset(database_url, store.schema, timeout_seconds=10)


def test_only_chosen_tables_are_made(
    database: Connection, database_url: str, subscriber: str, network: Network, rows: list[LedgerRows]
) -> None:
    """A subscriber has the tables that were chosen at its first start, and ledgers; the others are not made."""
    with closing(opened(database_url, subscriber, network, ["token_transfers", "operations"])) as store:
        assert store.tables == ("ledgers", "operations", "token_transfers")
        store.begin_at(2)
        for each in rows[:3]:
            store.write(LedgerRows(each.sequence, each.hash, {name: each.rows[name] for name in store.tables}))
    assert {table.name for table in TABLES if exists(database, f"{subscriber}.{table.name}")} == set(store.tables)
    assert database.execute(f"select count(*) from {subscriber}.operations".encode()).fetchone() == (10,)


def test_the_default_tables(database_url: str, subscriber: str, network: Network) -> None:
    """Without a choice a subscriber fills what everybody wants."""
    with closing(opened(database_url, subscriber, network)) as store:
        assert store.tables == tuple(table.name for table in TABLES if table.by_default)
    with closing(opened(database_url, subscriber, network, store.tables)) as again:
        assert again.tables == store.tables


def test_the_choice_of_tables_is_kept(database_url: str, subscriber: str, network: Network) -> None:
    """Later starts go on with the tables of the first, whether they name them again or none."""
    opened(database_url, subscriber, network, ["operations"]).close()
    for tables in (None, ["operations"], ["ledgers", "operations"]):
        with closing(opened(database_url, subscriber, network, tables)) as store:
            assert store.tables == ("ledgers", "operations")


def test_another_choice_of_tables_is_refused(database_url: str, subscriber: str, network: Network) -> None:
    """Rows of ledgers that are there can't be made up for: the message says what is recorded, asked, and to be done."""
    with closing(opened(database_url, subscriber, network, ["operations"])) as store:
        expected = r"fills ledgers, operations; --tables asks for ledgers, transactions: .*ledgerstream reset"
        with pytest.raises(OtherTables, match=expected):
            Store.open(
                database_url, subscriber, network, tables=["transactions"], timeout_seconds=10, standby=Standby(60)
            )
        store.close()
        with pytest.raises(OtherTables, match=expected):
            opened(database_url, subscriber, network, ["transactions"])


def exists(database: Connection, relation: str) -> bool:
    return database.execute("select to_regclass(%s) is not null", (relation,)).fetchone() == (True,)


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
    with pytest.raises(NameRefused):
        checked_name(name)


def test_partitions_are_made_ahead_and_beside_readers(
    store: Store, rows: list[LedgerRows], database: Connection, database_url: str, network: Network
) -> None:
    """A long SELECT over the partitioned tables does not hold live up when the next partitions are due."""
    store.close()
    database.execute(f"update {store.schema}.subscriber set partition_ledgers = 10".encode())
    with (
        closing(opened(database_url, store.schema, network)) as successor,
        connect(database_url, application_name="test", timeout_seconds=10) as reader,
        reader.transaction(),
    ):
        for each in rows[:3]:
            successor.write(each)
        for table in CHOICE:
            reader.execute(f"select count(*) from {store.schema}.{table.name}".encode())
        for each in rows[3:25]:
            successor.write(each)
        for table in CHOICE:
            assert partitions_of(database, store.schema, table) == [
                f"{table.name}_0_9",
                f"{table.name}_10_19",
                f"{table.name}_20_29",
                f"{table.name}_30_39",
            ]


def partitions_of(database: Connection, subscriber: str, table: Table) -> list[object]:
    found = database.execute(
        "select relname from pg_inherits join pg_class on oid = inhrelid where inhparent = %s::regclass order by 1",
        (f"{subscriber}.{table.name}",),
    )
    return [name for (name,) in found]


def test_partitions_that_are_half_made(store: Store, rows: list[LedgerRows], database: Connection) -> None:
    """What a start before left – tables that are not attached, tables that are – is taken up as it is."""
    database.execute(
        f"""
        create table {store.schema}.operations_0_99999 (like {store.schema}.operations including all);
        create table {store.schema}.token_transfers_0_99999 (like {store.schema}.token_transfers including all);
        alter table {store.schema}.token_transfers attach partition {store.schema}.token_transfers_0_99999
              for values from (0) to ({100_000 << 32})
        """.encode()
    )
    store.write(rows[0])
    for table in CHOICE:
        assert partitions_of(database, store.schema, table) == [f"{table.name}_0_99999"]


def test_a_partition_that_waits_for_a_lock(
    store: Store, rows: list[LedgerRows], database: Connection, database_url: str
) -> None:
    """A lock that keeps one table's partition from being attached delays them all, and holds nobody else up."""
    released = threading.Event()
    with connect(database_url, application_name="test", timeout_seconds=10) as vacuum:

        def hold() -> None:
            with vacuum.transaction():
                vacuum.execute(f"lock table {store.schema}.contract_events in share update exclusive mode".encode())
                held.set()
                released.wait()

        held = threading.Event()
        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        timer = threading.Timer(3.0, released.set)
        timer.start()
        with capture_logs() as lines:
            store.write(rows[0])
        thread.join()
    assert released.is_set()
    assert [line["event"] for line in lines].count("a partition is not attached yet") >= 2, "it waited, locks in hand"
    assert partitions_of(database, store.schema, CONTRACT_EVENTS) == ["contract_events_0_99999"]


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
            select attname, case when typcategory = 'A' then ltrim(typname, '_') || '[]' else typname end
              from pg_attribute join pg_type on pg_type.oid = atttypid
             where attrelid = %s::regclass and attnum > 0 order by attnum
            """,
            (f"{store.schema}.{table.name}",),
        ).fetchall()
        assert columns == list(table.columns.items())


def test_everything_is_described_in_the_database(store: Store, database: Connection) -> None:
    """Every table has a comment, and so has every column but the keys of those that hold one row."""
    silent = database.execute(
        """
        select relname, attname from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0
         where relnamespace = %(schema)s::regnamespace and relkind in ('r', 'p') and not relispartition
           and col_description(attrelid, attnum) is null and attname <> 'only_row'
         union
        select relname, 'the table itself' from pg_class
         where relnamespace = %(schema)s::regnamespace and relkind in ('r', 'p') and not relispartition
           and obj_description(oid, 'pg_class') is null
        """,
        {"schema": store.schema},
    ).fetchall()
    assert {name for name, _ in silent} == {"migrations"}


def test_values_come_back_as_they_were(store: Store, rows: list[LedgerRows], database: Connection) -> None:
    """What is written into every table is read from it, value for value."""
    for each in rows[:3]:
        store.write(each)
    for table in TABLES:
        statement = f"select * from {store.schema}.{table.name} order by {', '.join(table.key)}"
        written = [each for ledger in rows[:3] for each in ledger.rows[table.name]]
        assert written
        assert database.execute(statement.encode()).fetchall() == [
            tuple(
                json.loads(cast("bytes", value)) if kind == "jsonb" else value
                for value, kind in zip(each, table.types, strict=True)
            )
            for each in sorted(written, key=lambda each: key_of(table, each))
        ]


def key_of(table: Table, values: Row) -> list[str | int]:
    by_name = dict(zip(table.columns, values, strict=True))
    return cast("list[str | int]", [by_name[column] for column in table.key])


def test_the_digest_covers_every_row(
    store: Store, rows: list[LedgerRows], database: Connection, database_url: str, network: Network
) -> None:
    """It differs when one row of any table does, and not when rows came in another order."""
    for each in rows[:5]:
        store.write(each)
    whole = digest(database, store.schema)
    for table in TABLES:
        with database.transaction() as transaction:
            name = f"{store.schema}.{table.name}"
            database.execute(f"delete from {name} where ctid = (select min(ctid) from {name})".encode())
            assert digest(database, store.schema) != whole
            raise psycopg.Rollback(transaction)
    other = f"{store.schema}_other"
    with closing(opened(database_url, other, network, EVERY_TABLE)) as backwards:
        backwards.begin_at(2)
        for each in rows[:5]:
            backwards.write(replace(each, rows={name: rows[::-1] for name, rows in each.rows.items()}))
    assert digest(database, other) == whole


@pytest.fixture
def questions() -> list[str]:
    """The examples in the README of the data model."""
    return re.findall(r"^```sql\n(.*?)^```", DATA_MODEL_README, re.MULTILINE | re.DOTALL)


def test_examples_of_the_data_model(
    store: Store, rows: list[LedgerRows], database: Connection, questions: list[str]
) -> None:
    """Each question in the README has an answer, and an index that leads to it."""
    for each in rows:
        store.write(each)
    database.execute(
        "select set_config('search_path', %s, false), set_config('enable_seqscan', 'off', false)", (store.schema,)
    )
    assert len(questions) >= len(TABLES)
    for question in questions:
        answer = database.execute(question.encode()).fetchall()
        assert answer, question
        assert None not in answer[0], question
        plan = "\n".join(str(line) for (line,) in database.execute(f"explain {question}".encode()))
        assert "Seq Scan" not in plan, plan
        assert "Join Filter" not in plan, plan
        assert len(re.findall(r"Index (?:Only )?Scan", plan)) == plan.count("Index Cond"), plan


RELATIONS = "select array_agg(oid) from pg_class where relnamespace = %s::regnamespace"
AWAITED = "select count(*) > 0 from pg_locks where not granted and relation = any(%s)"


def status_of(database_url: str, schema: str) -> object:
    with connect(database_url, application_name="test", timeout_seconds=10) as connection:
        return subscriber_state(connection, schema)


def gaps_of_it(database_url: str, schema: str) -> object:
    with pytest.raises(NoSuchSubscriber, match=schema):
        gaps_of(database_url, schema, first=None, last=None, timeout_seconds=10)
    return None


def test_reset(store: Store, database: Connection, database_url: str) -> None:
    """A subscriber is dropped under its lock, whole; a second time there is none."""
    with pytest.raises(SubscriberLocked):
        reset(database_url, store.schema, timeout_seconds=10)
    store.close()
    reset(database_url, store.schema, timeout_seconds=10)
    assert database.execute("select to_regnamespace(%s)", (store.schema,)).fetchone() == (None,)
    with pytest.raises(NoSuchSubscriber):
        reset(database_url, store.schema, timeout_seconds=10)


def test_the_deepest_value_is_jsonb(database: Connection) -> None:
    """A contract's value may nest as deep as XDR lets it: Postgres takes its JSON, or a contract could stop us."""
    vector, void = bytes.fromhex("000000100000000100000001"), bytes.fromhex("00000001")
    json = json_of_data(vector * (DEEPEST - 1) + void).decode()
    assert json.count("vec") == DEEPEST - 1
    assert database.execute("select jsonb_typeof(%s::jsonb)", (json,)).fetchone() == ("object",)


@pytest.mark.parametrize("views", [1, 2])
def test_reset_tells_what_else_it_drops(views: int, store: Store, database: Connection, database_url: str) -> None:
    """Views of others that depend on the schema go with it, each named; its own tables are no news."""
    names = [f"public.{store.schema}_{number}" for number in range(views)]
    for name in names:
        database.execute(f"create view {name} as select sequence from {store.schema}.ledgers".encode())
    store.close()
    with capture_logs() as lines:
        reset(database_url, store.schema, timeout_seconds=10)
    [told] = [line for line in lines if line["event"] == "dropped with it"]
    assert sorted(told["what"]) == [f"view {name.removeprefix('public.')}" for name in names]


def test_a_reset_that_does_not_end(
    store: Store,
    rows: list[LedgerRows],
    database: Connection,
    database_url: str,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Partitions go first, a few at a time, when no reader sees any of them: what has lost some is not gone on with."""
    monkeypatch.setattr(reset_module, "_DROPPED_AT_ONCE", 2)
    store.write(rows[0])
    [first], [last] = (partitions_of(database, store.schema, table) for table in (CONTRACT_EVENTS, TRANSACTIONS))
    store.close()
    with database.transaction():
        database.execute(f"select from {store.schema}.{last}".encode())
        with pytest.raises(DatabaseLost):
            reset(database_url, store.schema, timeout_seconds=1)
        database.execute("select pg_terminate_backend(%s, 5000)", (holder_pid(database, store.schema),))
    [(left,)] = database.execute(
        "select array_agg(relname::text) from pg_class where relnamespace = %s::regnamespace", (store.schema,)
    )
    assert isinstance(left, list)
    assert last in left
    assert first not in left
    in_sight = {table.name for table in CHOICE} & set(left)
    assert not in_sight, "a reader still sees tables that have lost some of their rows"
    with pytest.raises(OtherDataModel, match=r"did not end: ledgerstream reset"):
        opened(database_url, store.schema, network)
    reset(database_url, store.schema, timeout_seconds=10)
    assert database.execute("select to_regnamespace(%s)", (store.schema,)).fetchone() == (None,)


@pytest.mark.parametrize("look", [status_of, gaps_of_it], ids=["status", "gaps"])
def test_who_looks_while_it_is_dropped(
    look: Callable[[str, str], object], store: Store, database: Connection, database_url: str
) -> None:
    """A subscriber that goes while somebody reads its cursors is not there: that is no error of another kind."""
    relations = database.execute(RELATIONS, (store.schema,)).fetchone()
    assert relations is not None
    with ThreadPoolExecutor(max_workers=1) as elsewhere:
        with database.transaction():
            database.execute(f"drop schema {store.schema} cascade".encode())
            looking = elsewhere.submit(look, database_url, store.schema)
            wait_until(lambda: database.execute(AWAITED, relations).fetchone() == (True,))
        assert looking.result() is None


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
