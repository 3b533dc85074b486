"""Rows of `transactions`."""

from consumer.decode.accounts import account_of, key_of, muxed_of, signer, source_of
from consumer.decode.applied import AppliedLedger, AppliedTransaction
from consumer.decode.changes import gained
from consumer.decode.text import readable
from consumer.tables import Row
from schemas.xdr.readers import (
    Memo,
    MemoType,
    MuxedAccount,
    PreconditionsV2,
    SorobanTransactionData,
    SorobanTransactionMetaExtV1,
    TimeBounds,
    Transaction,
    TransactionMetaV3,
    TransactionMetaV4,
    TransactionResultCode,
    TransactionV0,
)

_NO_MEMO = ("none", None, None)
_NO_PRECONDITIONS = (None,) * 8
_NO_RESOURCES = (None,) * 8


def transaction_rows(applied: AppliedLedger) -> list[Row]:
    """One row for each transaction, in application order."""
    return [_row(applied.sequence, each) for each in applied.transactions]


def _row(sequence: int, applied: AppliedTransaction) -> Row:
    transaction, fee_bump = applied.transaction, applied.fee_bump
    source = source_of(transaction)
    payer = source if fee_bump is None else fee_bump.fee_source
    inner = applied.inner_result
    return (
        applied.id,
        sequence,
        applied.application_order,
        applied.hash,
        applied.inner_hash,
        account_of(source),
        muxed_of(source),
        transaction.seq_num,
        account_of(payer),
        muxed_of(payer),
        transaction.fee if fee_bump is None else fee_bump.fee,
        None if fee_bump is None else transaction.fee,
        applied.result.fee_charged,
        applied.successful,
        TransactionResultCode.names[applied.result.result.code],
        None if inner is None else TransactionResultCode.names[inner.result.code],
        len(transaction.operations),
        *_memo(transaction.memo),
        *_preconditions(transaction),
        *_resources(transaction, applied, payer),
    )


def _memo(memo: Memo) -> tuple[str, str | None, bytes | None]:
    match memo.type, memo.value:
        case MemoType.MEMO_TEXT, bytes(text):
            return "text", readable(text), text
        case MemoType.MEMO_ID, number:
            return "id", str(number), None
        case MemoType.MEMO_HASH, bytes(digest):
            return "hash", digest.hex(), None
        case MemoType.MEMO_RETURN, bytes(digest):
            return "return", digest.hex(), None
        case _:
            return _NO_MEMO


def _preconditions(transaction: Transaction | TransactionV0) -> tuple[object, ...]:
    """Time and ledger bounds, sequence number, its age and its gap in ledgers, extra signers (CAP-21)."""
    conditions = transaction.time_bounds if isinstance(transaction, TransactionV0) else transaction.cond.value
    if conditions is None:
        return _NO_PRECONDITIONS
    if isinstance(conditions, TimeBounds):
        return (conditions.min_time, conditions.max_time, *_NO_PRECONDITIONS[2:])
    return _preconditions_v2(conditions)


def _preconditions_v2(conditions: PreconditionsV2) -> tuple[object, ...]:
    times, ledgers = conditions.time_bounds, conditions.ledger_bounds
    return (
        None if times is None else times.min_time,
        None if times is None else times.max_time,
        None if ledgers is None else ledgers.min_ledger,
        None if ledgers is None else ledgers.max_ledger,
        conditions.min_seq_num,
        conditions.min_seq_age,
        conditions.min_seq_ledger_gap,
        [signer(each) for each in conditions.extra_signers] or None,
    )


def _resources(
    transaction: Transaction | TransactionV0, applied: AppliedTransaction, payer: MuxedAccount
) -> tuple[object, ...]:
    """What a Soroban transaction asked for, and what of the fee for it was charged and given back."""
    if isinstance(transaction, TransactionV0) or not isinstance(transaction.ext.value, SorobanTransactionData):
        return _NO_RESOURCES
    data = transaction.ext.value
    charged = _charged(applied)
    refund = gained(key_of(payer), applied.changes_after + applied.refund_changes)
    return (
        data.resources.instructions,
        data.resources.disk_read_bytes,
        data.resources.write_bytes,
        data.resource_fee,
        None if charged is None else charged.total_non_refundable_resource_fee_charged,
        None if charged is None else charged.total_refundable_resource_fee_charged,
        None if charged is None else charged.rent_fee_charged,
        refund,
    )


def _charged(applied: AppliedTransaction) -> SorobanTransactionMetaExtV1 | None:
    if isinstance(applied.meta, TransactionMetaV3 | TransactionMetaV4) and applied.meta.soroban_meta is not None:
        return applied.meta.soroban_meta.ext.value
    return None
