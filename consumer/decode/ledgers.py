"""Rows of `ledgers`."""

from collections.abc import Mapping

from consumer.decode.applied import AppliedLedger
from consumer.tables import CHOICE, Row


def ledger_row(applied: AppliedLedger, rows: Mapping[str, list[Row]]) -> Row:
    """One row; `rows` are the ledger's in the other tables, which it counts."""
    ledger, header = applied.ledger, applied.header
    successful = [each for each in applied.transactions if each.successful]
    return (
        ledger.sequence,
        ledger.hash,
        ledger.previous_hash,
        ledger.closed_at,
        ledger.protocol_version,
        len(successful),
        len(applied.transactions) - len(successful),
        sum(len(each.operations) for each in successful),
        header.total_coins,
        header.fee_pool,
        header.base_fee,
        header.base_reserve,
        header.max_tx_set_size,
        len(ledger.xdr),
        *(len(rows[table.name]) if table.name in rows else None for table in CHOICE),
    )
