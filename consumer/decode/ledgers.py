"""Rows of `ledgers`."""

from stellar_sdk import xdr as stellar_xdr

from consumer.decode.applied import AppliedTransaction, body_of
from consumer.tables import Row
from schemas.ledger import Ledger


def ledger_row(ledger: Ledger, meta: stellar_xdr.LedgerCloseMeta, transactions: list[AppliedTransaction]) -> Row:
    header = body_of(meta).ledger_header.header
    successful = [each for each in transactions if each.successful]
    return (
        ledger.sequence,
        ledger.hash,
        ledger.previous_hash,
        ledger.closed_at,
        ledger.protocol_version,
        len(successful),
        len(transactions) - len(successful),
        sum(len(each.transaction.operations) for each in successful),
        header.total_coins.int64,
        header.fee_pool.int64,
        header.base_fee.uint32,
        header.base_reserve.uint32,
        len(ledger.xdr),
    )
