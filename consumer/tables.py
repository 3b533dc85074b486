"""The tables that a ledger fills: names, columns, types, as the store writes them. Their DDL is in `sql/tables`."""

from collections.abc import Mapping
from dataclasses import dataclass

DATA_MODEL = 2
"""Raised whenever the same ledger would give other rows: a subscriber keeps the one that it began with."""

PARTITION_LEDGERS = 100_000
"""Ledgers in a partition: about six days at 5 s a ledger, some 30 million transactions of pubnet."""

Row = tuple[object, ...]
"""Values in the order of the columns. One of type jsonb is JSON already, in UTF-8."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns in the order of a row's values, with their Postgres types (binary COPY converts nothing).

    `key` is the primary key. A table that grows with the ledgers is partitioned by an id that begins with the
    ledger's sequence (SEP-35); `partitioned_by` is None for `ledgers` alone. `by_default`: filled unless others are
    chosen.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    partitioned_by: str | None
    by_default: bool = True

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(self.columns.values())


TRANSACTIONS = Table(
    "transactions",
    {
        "id": "int8",
        "ledger_sequence": "int8",
        "application_order": "int4",
        "hash": "bytea",
        "inner_hash": "bytea",
        "source_account": "text",
        "source_account_muxed": "text",
        "account_sequence": "int8",
        "fee_account": "text",
        "fee_account_muxed": "text",
        "max_fee": "int8",
        "inner_max_fee": "int8",
        "fee_charged": "int8",
        "successful": "bool",
        "result_code": "text",
        "inner_result_code": "text",
        "operation_count": "int4",
        "memo_type": "text",
        "memo": "text",
        "memo_bytes": "bytea",
        "min_time": "numeric",
        "max_time": "numeric",
        "min_ledger": "int8",
        "max_ledger": "int8",
        "min_account_sequence": "int8",
        "min_account_sequence_age": "numeric",
        "min_account_sequence_ledger_gap": "int8",
        "extra_signers": "text[]",
        "soroban_instructions": "int8",
        "soroban_disk_read_bytes": "int8",
        "soroban_write_bytes": "int8",
        "resource_fee": "int8",
        "non_refundable_resource_fee_charged": "int8",
        "refundable_resource_fee_charged": "int8",
        "rent_fee_charged": "int8",
        "resource_fee_refund": "int8",
    },
    key=("id",),
    partitioned_by="id",
)

TRANSACTION_SIGNATURES = Table(
    "transaction_signatures",
    {
        "transaction_id": "int8",
        "position": "int4",
        "fee_bump": "bool",
        "hint": "bytea",
        "signature": "bytea",
    },
    key=("transaction_id", "position"),
    partitioned_by="transaction_id",
    by_default=False,
)

TRANSACTION_ACCOUNTS = Table(
    "transaction_accounts",
    {"transaction_id": "int8", "account": "text"},
    key=("account", "transaction_id"),
    partitioned_by="transaction_id",
)

OPERATIONS = Table(
    "operations",
    {
        "id": "int8",
        "ledger_sequence": "int8",
        "transaction_id": "int8",
        "application_order": "int4",
        "type": "text",
        "source_account": "text",
        "source_account_muxed": "text",
        "transaction_successful": "bool",
        "result_code": "text",
        "trace_code": "text",
        "details": "jsonb",
    },
    key=("id",),
    partitioned_by="id",
)

OPERATION_ACCOUNTS = Table(
    "operation_accounts",
    {"operation_id": "int8", "account": "text"},
    key=("account", "operation_id"),
    partitioned_by="operation_id",
)

CONTRACT_EVENTS = Table(
    "contract_events",
    {
        "transaction_id": "int8",
        "position": "int4",
        "ledger_sequence": "int8",
        "operation_id": "int8",
        "stage": "text",
        "type": "text",
        "contract": "text",
        "name": "text",
        "topics": "jsonb",
        "data": "jsonb",
        "xdr": "bytea",
    },
    key=("transaction_id", "position"),
    partitioned_by="transaction_id",
)

TOKEN_TRANSFERS = Table(
    "token_transfers",
    {
        "transaction_id": "int8",
        "position": "int4",
        "ledger_sequence": "int8",
        "closed_at": "timestamptz",
        "operation_id": "int8",
        "type": "text",
        "contract": "text",
        "asset": "text",
        "from_address": "text",
        "to_address": "text",
        "to_muxed_id": "text",
        "to_muxed_id_type": "text",
        "amount": "numeric",
    },
    key=("transaction_id", "position"),
    partitioned_by="transaction_id",
)

LEDGER_ENTRY_CHANGES = Table(
    "ledger_entry_changes",
    {
        "transaction_id": "int8",
        "position": "int4",
        "ledger_sequence": "int8",
        "operation_id": "int8",
        "phase": "text",
        "change": "text",
        "entry_type": "text",
        "xdr": "bytea",
    },
    key=("transaction_id", "position"),
    partitioned_by="transaction_id",
    by_default=False,
)

CHOICE = (
    TRANSACTIONS,
    TRANSACTION_SIGNATURES,
    TRANSACTION_ACCOUNTS,
    OPERATIONS,
    OPERATION_ACCOUNTS,
    CONTRACT_EVENTS,
    TOKEN_TRANSFERS,
    LEDGER_ENTRY_CHANGES,
)
"""The tables of which a subscriber fills some."""

LEDGERS = Table(
    "ledgers",
    {
        "sequence": "int8",
        "hash": "bytea",
        "previous_hash": "bytea",
        "closed_at": "timestamptz",
        "protocol_version": "int4",
        "successful_transactions": "int4",
        "failed_transactions": "int4",
        "operations": "int4",
        "total_coins": "int8",
        "fee_pool": "int8",
        "base_fee": "int8",
        "base_reserve": "int8",
        "max_transaction_set_size": "int8",
        "bytes": "int4",
        **{f"{table.name}_rows": "int4" for table in CHOICE},
    },
    key=("sequence",),
    partitioned_by=None,
)
"""Every subscriber fills it. `…_rows` is the number of the ledger's rows in a table; null in one that it has not."""

TABLES = (LEDGERS, *CHOICE)
"""In the order in which a ledger's rows are written: its own row first."""


@dataclass(frozen=True, slots=True)
class LedgerRows:
    """All rows of one ledger, by table. The store knows no more about a ledger than this."""

    sequence: int
    hash: bytes
    rows: Mapping[str, list[Row]]
