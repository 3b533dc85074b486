"""Rows of `transactions`."""

from stellar_sdk import StrKey
from stellar_sdk import xdr as stellar_xdr

from consumer.decode.applied import AppliedTransaction
from consumer.tables import Row

_MemoType = stellar_xdr.MemoType


def toid(ledger_sequence: int, application_order: int) -> int:
    """The transaction's total order id (SEP-35)."""
    return ledger_sequence << 32 | application_order << 12


def transaction_row(ledger_sequence: int, applied: AppliedTransaction) -> Row:
    account, muxed = _source(applied.transaction)
    memo_type, memo, memo_bytes = _memo(applied.transaction.memo)
    return (
        toid(ledger_sequence, applied.application_order),
        ledger_sequence,
        applied.application_order,
        applied.hash,
        account,
        muxed,
        account if applied.fee_bump is None else _account(applied.fee_bump.fee_source)[0],
        applied.result.fee_charged.int64,
        applied.successful,
        applied.result.result.code.name,
        len(applied.transaction.operations),
        applied.fee_bump is not None,
        memo_type,
        memo,
        memo_bytes,
    )


def _source(transaction: stellar_xdr.Transaction | stellar_xdr.TransactionV0) -> tuple[str, str | None]:
    if isinstance(transaction, stellar_xdr.TransactionV0):
        return StrKey.encode_ed25519_public_key(transaction.source_account_ed25519.uint256), None
    return _account(transaction.source_account)


def _account(account: stellar_xdr.MuxedAccount) -> tuple[str, str | None]:
    """Its G… and, where it is multiplexed, its M… (SEP-23)."""
    if account.med25519 is None:
        assert account.ed25519 is not None
        return StrKey.encode_ed25519_public_key(account.ed25519.uint256), None
    key, identifier = account.med25519.ed25519.uint256, account.med25519.id.uint64
    muxed = StrKey.encode_med25519_public_key(key + identifier.to_bytes(8, "big"))
    return StrKey.encode_ed25519_public_key(key), muxed


def _memo(memo: stellar_xdr.Memo) -> tuple[str, str | None, bytes | None]:
    match memo.type:
        case _MemoType.MEMO_TEXT:
            assert memo.text is not None
            return "text", memo.text.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}"), memo.text
        case _MemoType.MEMO_ID:
            assert memo.id is not None
            return "id", str(memo.id.uint64), None
        case _MemoType.MEMO_HASH:
            assert memo.hash is not None
            return "hash", memo.hash.hash.hex(), None
        case _MemoType.MEMO_RETURN:
            assert memo.ret_hash is not None
            return "return", memo.ret_hash.hash.hex(), None
        case _:
            return "none", None, None
