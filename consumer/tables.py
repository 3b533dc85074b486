"""The tables that a ledger fills, as the store writes them: names, columns, types. The DDL is in `sql/migrations`."""

from dataclasses import dataclass

DATA_MODEL = 1
"""Raised whenever the same ledger would give other rows: a subscriber keeps the one that it began with."""

PARTITION_LEDGERS = 100_000
"""Ledgers in a partition: about six days at 5 s a ledger, some 30 million transactions of pubnet."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns in the order of a row's values, with their Postgres types (binary COPY converts nothing)."""

    name: str
    columns: tuple[tuple[str, str], ...]
    partitioned: bool

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(type_name for _, type_name in self.columns)


LEDGERS = Table(
    "ledgers",
    (
        ("sequence", "int8"),
        ("hash", "bytea"),
        ("previous_hash", "bytea"),
        ("closed_at", "timestamptz"),
        ("protocol_version", "int4"),
        ("successful_transactions", "int4"),
        ("failed_transactions", "int4"),
        ("operations", "int4"),
        ("total_coins", "int8"),
        ("fee_pool", "int8"),
        ("base_fee", "int8"),
        ("base_reserve", "int8"),
        ("bytes", "int4"),
    ),
    partitioned=False,
)

TRANSACTIONS = Table(
    "transactions",
    (
        ("id", "int8"),
        ("ledger_sequence", "int8"),
        ("application_order", "int4"),
        ("hash", "bytea"),
        ("source_account", "text"),
        ("source_account_muxed", "text"),
        ("fee_account", "text"),
        ("fee_charged", "int8"),
        ("successful", "bool"),
        ("result_code", "text"),
        ("operation_count", "int4"),
        ("fee_bump", "bool"),
        ("memo_type", "text"),
        ("memo", "text"),
        ("memo_bytes", "bytea"),
    ),
    partitioned=True,
)

TABLES = (LEDGERS, TRANSACTIONS)
"""In the order in which a ledger's rows are written: its own row first."""


Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class LedgerRows:
    """All rows of one ledger, by table. The store knows no more about a ledger than this."""

    sequence: int
    hash: bytes
    rows: dict[str, list[Row]]
