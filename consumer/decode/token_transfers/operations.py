"""Movements as operations, their results and the changes that they made tell them, where there are no events.

The same movements in the same order as the events that stellar-core emits for classic operations (CAP-67).
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from consumer.decode import changes
from consumer.decode.accounts import account_of, key_of, source_of
from consumer.decode.applied import AppliedTransaction
from consumer.decode.assets import Assets, xdr_of
from consumer.decode.strkeys import account, claimable_balance, liquidity_pool
from consumer.decode.text import readable
from consumer.decode.token_transfers.movement import UNMUXED, Movement, Muxed, burned, classic, clawed_back, minted
from schemas.errors import LedgerMalformed
from schemas.xdr.readers import (
    AccountMergeResult,
    AllowTrustOp,
    Asset,
    ClaimableBalanceEntry,
    ClaimAtom,
    ClaimClaimableBalanceOp,
    ClaimLiquidityAtom,
    ClaimOfferAtom,
    ClaimOfferAtomV0,
    ClawbackClaimableBalanceOp,
    ClawbackOp,
    CreateAccountOp,
    CreateClaimableBalanceOp,
    CreateClaimableBalanceResult,
    EnvelopeType,
    InflationResult,
    LedgerEntryChange,
    LiquidityPoolDepositOp,
    LiquidityPoolWithdrawOp,
    ManageBuyOfferResult,
    ManageOfferSuccessResult,
    ManageSellOfferResult,
    Memo,
    MemoType,
    MuxedAccount,
    MuxedAccountMed25519,
    OperationType,
    PathPaymentStrictReceiveOp,
    PathPaymentStrictReceiveResult,
    PathPaymentStrictReceiveResultSuccess,
    PathPaymentStrictSendOp,
    PathPaymentStrictSendResult,
    PathPaymentStrictSendResultSuccess,
    PaymentOp,
    SetTrustLineFlagsOp,
)

_CONSERVES_LUMENS = 8
"""The first protocol in which a merge can't make lumens out of nothing, or destroy them."""


class _At(NamedTuple):
    """An operation of a transaction that succeeded, counted from 0."""

    assets: Assets
    transaction: AppliedTransaction
    place: int
    source: MuxedAccount

    @property
    def changes(self) -> list[LedgerEntryChange]:
        return self.transaction.operation_changes(self.place)


def movements_of(assets: Assets, transaction: AppliedTransaction, index: int, protocol: int) -> list[Movement]:
    """What an operation moved; the transaction succeeded."""
    operation, results = transaction.operations[index], transaction.operation_results
    derive = _DERIVED.get(operation.body.type)
    if derive is None and protocol >= _CONSERVES_LUMENS:
        return []
    source = operation.source_account or source_of(transaction.transaction)
    at = _At(assets, transaction, index, source)
    found: list[Movement] = []
    if derive is not None:
        result = results[index].value if results is not None else None
        if result is None:
            raise LedgerMalformed(f"operation {index + 1} of transaction {transaction.hash.hex()} has no result")
        found = list(derive(at, operation.body.value, result.value))
    if protocol < _CONSERVES_LUMENS and operation.body.type != OperationType.INFLATION:
        return _reconciled(at, found)
    return found


def _reconciled(at: _At, found: list[Movement]) -> list[Movement]:
    """With the lumens that came out of nothing, or went there, minted to the source or burned by it (CAP-67)."""
    amount = changes.gained_by_all(at.changes)
    if amount > 0:
        return [minted(at.assets.native, account_of(at.source), amount), *found]
    if amount < 0:
        return [*found, burned(at.assets.native, account_of(at.source), -amount)]
    return found


def _muxed(receiver: MuxedAccount, memo: Memo) -> Muxed:
    """What tells the receivers behind an account apart: its own id, else the memo."""
    if isinstance(receiver.value, MuxedAccountMed25519):
        return str(receiver.value.id), "id"
    return _memo(memo)


def _memo(memo: Memo) -> Muxed:
    match memo.type, memo.value:
        case MemoType.MEMO_ID, number:
            return str(number), "id"
        case MemoType.MEMO_TEXT, bytes(text):
            return readable(text), "text"
        case ((MemoType.MEMO_HASH | MemoType.MEMO_RETURN), bytes(digest)):
            return digest.hex(), "hash"
        case _:
            return UNMUXED


def _paid(at: _At, asset: Asset, destination: MuxedAccount, amount: int) -> Movement:
    muxed = _muxed(destination, at.transaction.transaction.memo)
    return classic(at.assets.of(asset), account_of(at.source), account_of(destination), amount, muxed)


def _create_account(at: _At, body: CreateAccountOp, _: object) -> Iterator[Movement]:
    receiver, muxed = account(body.destination), _memo(at.transaction.transaction.memo)
    yield classic(at.assets.native, account_of(at.source), receiver, body.starting_balance, muxed)


def _account_merge(at: _At, body: MuxedAccount, result: AccountMergeResult) -> Iterator[Movement]:
    if result.value is not None:
        yield _paid(at, Asset(0, None), body, result.value)


def _payment(at: _At, body: PaymentOp, _: object) -> Iterator[Movement]:
    yield _paid(at, body.asset, body.destination, body.amount)


def _path_payment(
    at: _At,
    body: PathPaymentStrictReceiveOp | PathPaymentStrictSendOp,
    result: PathPaymentStrictReceiveResult | PathPaymentStrictSendResult,
) -> Iterator[Movement]:
    success = result.value
    assert isinstance(success, PathPaymentStrictReceiveResultSuccess | PathPaymentStrictSendResultSuccess)
    yield from _trades(at, success.offers)
    yield _paid(at, body.dest_asset, body.destination, success.last.amount)


def _offer(at: _At, _: object, result: ManageSellOfferResult | ManageBuyOfferResult) -> Iterator[Movement]:
    assert isinstance(result.value, ManageOfferSuccessResult)
    yield from _trades(at, result.value.offers_claimed)


def _trades(at: _At, atoms: list[ClaimAtom]) -> Iterator[Movement]:
    """Two for each offer or pool: what the operation's source gave, and what it got."""
    source = account_of(at.source)
    for atom in atoms:
        trade = atom.value
        seller = _seller(trade)
        yield classic(at.assets.of(trade.asset_bought), source, seller, trade.amount_bought)
        yield classic(at.assets.of(trade.asset_sold), seller, source, trade.amount_sold)


def _seller(trade: ClaimOfferAtomV0 | ClaimOfferAtom | ClaimLiquidityAtom) -> str:
    match trade:
        case ClaimOfferAtom():
            return account(trade.seller_id)
        case ClaimLiquidityAtom():
            return liquidity_pool(trade.liquidity_pool_id)
        case ClaimOfferAtomV0():
            return account(trade.seller_ed25519)


def _create_claimable_balance(
    at: _At, body: CreateClaimableBalanceOp, result: CreateClaimableBalanceResult
) -> Iterator[Movement]:
    assert result.value is not None
    yield classic(at.assets.of(body.asset), account_of(at.source), _balance(result.value), body.amount)


def _claim_claimable_balance(at: _At, body: ClaimClaimableBalanceOp, _: object) -> Iterator[Movement]:
    entry = _entry(at, body.balance_id)
    muxed = _muxed(at.source, at.transaction.transaction.memo)
    yield classic(at.assets.of(entry.asset), _balance(body.balance_id), account_of(at.source), entry.amount, muxed)


def _clawback(at: _At, body: ClawbackOp, _: object) -> Iterator[Movement]:
    yield clawed_back(at.assets.of(body.asset), account_of(body.from_), body.amount)


def _clawback_claimable_balance(at: _At, body: ClawbackClaimableBalanceOp, _: object) -> Iterator[Movement]:
    entry = _entry(at, body.balance_id)
    yield clawed_back(at.assets.of(entry.asset), _balance(body.balance_id), entry.amount)


def _entry(at: _At, balance_id: bytes) -> ClaimableBalanceEntry:
    entry = changes.claimable_balance(balance_id, at.changes)
    if entry is None:
        raise LedgerMalformed(
            f"operation {at.place + 1} of transaction {at.transaction.hash.hex()} does not show its claimable balance"
        )
    return entry


def _balance(balance_id: bytes) -> str:
    return claimable_balance(b"\0" + balance_id)


def _pool_deposit(at: _At, _body: LiquidityPoolDepositOp, _: object) -> Iterator[Movement]:
    source = account_of(at.source)
    for pool in changes.pool_changes(at.changes):
        address = liquidity_pool(pool.pool_id)
        yield classic(at.assets.of(pool.asset_a), source, address, pool.change_a)
        yield classic(at.assets.of(pool.asset_b), source, address, pool.change_b)


def _pool_withdraw(at: _At, _body: LiquidityPoolWithdrawOp, _: object) -> Iterator[Movement]:
    receiver, muxed = account_of(at.source), _muxed(at.source, at.transaction.transaction.memo)
    for pool in changes.pool_changes(at.changes):
        address = liquidity_pool(pool.pool_id)
        yield classic(at.assets.of(pool.asset_a), address, receiver, -pool.change_a, muxed)
        yield classic(at.assets.of(pool.asset_b), address, receiver, -pool.change_b, muxed)


def _revocation(at: _At, body: AllowTrustOp | SetTrustLineFlagsOp, _: object) -> Iterator[Movement]:
    """What a trustor held in pools goes to claimable balances of its own, and is burned where it is the issuer."""
    trustor = account(body.trustor)
    for pool in changes.pool_changes(at.changes):
        address = liquidity_pool(pool.pool_id)
        for asset, amount in ((pool.asset_a, -pool.change_a), (pool.asset_b, -pool.change_b)):
            named = at.assets.of(asset)
            if amount and named.issuer == trustor:
                yield burned(named, address, amount)
            elif amount:
                yield classic(named, address, _balance(_revocation_id(at, pool.pool_id, asset)), amount)


def _revocation_id(at: _At, pool_id: bytes, asset: Asset) -> bytes:
    """Of the claimable balance that a pool's asset goes to (CAP-38)."""
    transaction = at.transaction.transaction
    preimage = (
        EnvelopeType.ENVELOPE_TYPE_POOL_REVOKE_OP_ID.to_bytes(4, "big"),
        bytes(4),  # the type of the account's key
        key_of(source_of(transaction)),
        transaction.seq_num.to_bytes(8, "big"),
        at.place.to_bytes(4, "big"),
        pool_id,
        xdr_of(asset),
    )
    return sha256(b"".join(preimage)).digest()


def _inflation(at: _At, _: object, result: InflationResult) -> Iterator[Movement]:
    for payout in result.value or ():
        yield minted(at.assets.native, account(payout.destination), payout.amount)


_DERIVED: dict[int, Callable[[_At, Any, Any], Iterable[Movement]]] = {
    OperationType.CREATE_ACCOUNT: _create_account,
    OperationType.PAYMENT: _payment,
    OperationType.PATH_PAYMENT_STRICT_RECEIVE: _path_payment,
    OperationType.PATH_PAYMENT_STRICT_SEND: _path_payment,
    OperationType.MANAGE_SELL_OFFER: _offer,
    OperationType.MANAGE_BUY_OFFER: _offer,
    OperationType.CREATE_PASSIVE_SELL_OFFER: _offer,
    OperationType.ALLOW_TRUST: _revocation,
    OperationType.SET_TRUST_LINE_FLAGS: _revocation,
    OperationType.ACCOUNT_MERGE: _account_merge,
    OperationType.INFLATION: _inflation,
    OperationType.CREATE_CLAIMABLE_BALANCE: _create_claimable_balance,
    OperationType.CLAIM_CLAIMABLE_BALANCE: _claim_claimable_balance,
    OperationType.CLAWBACK: _clawback,
    OperationType.CLAWBACK_CLAIMABLE_BALANCE: _clawback_claimable_balance,
    OperationType.LIQUIDITY_POOL_DEPOSIT: _pool_deposit,
    OperationType.LIQUIDITY_POOL_WITHDRAW: _pool_withdraw,
}
