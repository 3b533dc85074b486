"""Rows of `token_transfers`: every movement of a token, classic or of a contract, and every fee.

From events where the node emitted them for classic operations too (CAP-67); else classic operations are read from
what they were, their results and the changes that they made, with the same rows as outcome. A transaction's are in
the order in which they happened: its fee, what its operations moved, what of the fee was given back.
"""

from collections.abc import Iterator

from consumer.decode.accounts import key_of, source_of
from consumer.decode.applied import AppliedLedger, AppliedTransaction
from consumer.decode.assets import Assets, assets_of
from consumer.decode.changes import gained
from consumer.decode.strkeys import account
from consumer.decode.token_transfers import operations
from consumer.decode.token_transfers.events import fee_of, movement_of
from consumer.decode.token_transfers.movement import Movement, fee
from consumer.tables import Row
from schemas.xdr.readers import LedgerUpgradeType, OperationType, Transaction, TransactionEventStage

_BEFORE = TransactionEventStage.TRANSACTION_EVENT_STAGE_BEFORE_ALL_TXS


def token_transfer_rows(applied: AppliedLedger) -> list[Row]:
    """One row for each movement; of a transaction that failed, its fee alone."""
    assets, told = assets_of(applied.network_id), applied.has_unified_events
    sequence, closed_at, protocol = applied.sequence, applied.closed_at, _protocol(applied)
    rows: list[Row] = []
    for transaction in applied.transactions:
        first = len(rows)
        charged, refunded = _fees_told(assets, transaction) if told else _fees_derived(assets, transaction)
        for each in charged:
            rows.append((transaction.id, len(rows) - first, sequence, closed_at, None, *each))
        for operation_id, each in _moved(assets, transaction, protocol, told=told):
            rows.append((transaction.id, len(rows) - first, sequence, closed_at, operation_id, *each))
        for each in refunded:
            rows.append((transaction.id, len(rows) - first, sequence, closed_at, None, *each))
    return rows


def _protocol(applied: AppliedLedger) -> int:
    """Of the transactions: one that a ledger is upgraded to holds after them, but is in its header already."""
    upgraded = any(each.upgrade.type == LedgerUpgradeType.LEDGER_UPGRADE_VERSION for each in applied.upgrades)
    return applied.ledger.protocol_version - upgraded


def _moved(
    assets: Assets, transaction: AppliedTransaction, protocol: int, *, told: bool
) -> Iterator[tuple[int, Movement]]:
    """What each operation moved, with the operation's id."""
    if not transaction.successful:
        return
    for index, operation in enumerate(transaction.operations):
        if told or operation.body.type == OperationType.INVOKE_HOST_FUNCTION:
            for event in transaction.events_of(index):
                movement = movement_of(event, assets)
                if movement is not None:
                    yield transaction.id + index + 1, movement
        else:
            for movement in operations.movements_of(assets, transaction, index, protocol):
                yield transaction.id + index + 1, movement


def _fees_told(assets: Assets, transaction: AppliedTransaction) -> tuple[list[Movement], list[Movement]]:
    charged: list[Movement] = []
    refunded: list[Movement] = []
    for each in transaction.transaction_events:
        movement = fee_of(each.event, assets)
        if movement is not None:
            (charged if each.stage == _BEFORE else refunded).append(movement)
    return charged, refunded


def _fees_derived(assets: Assets, transaction: AppliedTransaction) -> tuple[list[Movement], list[Movement]]:
    """What the payer lost before all transactions, and got back of it: in Soroban, what its balance says."""
    inner, fee_bump = transaction.transaction, transaction.fee_bump
    payer = key_of(source_of(inner) if fee_bump is None else fee_bump.fee_source)
    if isinstance(inner, Transaction) and inner.ext.value is not None:
        charged = -gained(payer, transaction.fee_changes)
        refunded = gained(payer, transaction.changes_after) + gained(payer, transaction.refund_changes)
    else:
        charged, refunded = transaction.result.fee_charged, 0
    native, address = assets.native, account(payer)
    return [fee(native, address, charged)] if charged else [], [fee(native, address, -refunded)] if refunded else []
