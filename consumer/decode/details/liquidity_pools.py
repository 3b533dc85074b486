"""Details of operations on liquidity pools."""

from dataclasses import dataclass

from consumer.decode.details.assets import canonical
from consumer.decode.details.numbers import amount, price, ratio
from consumer.decode.details.operation import AppliedOperation, Details
from schemas.errors import LedgerMalformed
from schemas.xdr.readers import (
    LedgerEntry,
    LedgerEntryChangeType,
    LiquidityPoolDepositOp,
    LiquidityPoolEntry,
    LiquidityPoolWithdrawOp,
)


@dataclass(frozen=True, slots=True)
class _PoolChange:
    """By how much reserves and shares of a pool grew; assets are known of a successful operation only."""

    assets: tuple[str | None, str | None] = (None, None)
    reserves: tuple[int, int] = (0, 0)
    shares: int = 0

    def amounts(self, a: int, b: int) -> list[Details]:
        """Two amounts, each with its asset where that is known."""
        return [
            {"amount": amount(parts)} if asset is None else {"asset": asset, "amount": amount(parts)}
            for asset, parts in zip(self.assets, (a, b), strict=True)
        ]


def liquidity_pool_deposit(operation: AppliedOperation, body: LiquidityPoolDepositOp) -> Details:
    change = _pool_change(operation, body.liquidity_pool_id)
    return {
        "liquidity_pool_id": body.liquidity_pool_id.hex(),
        "reserves_max": change.amounts(body.max_amount_a, body.max_amount_b),
        "min_price": price(body.min_price),
        "min_price_r": ratio(body.min_price),
        "max_price": price(body.max_price),
        "max_price_r": ratio(body.max_price),
        "reserves_deposited": change.amounts(*change.reserves),
        "shares_received": amount(change.shares),
    }


def liquidity_pool_withdraw(operation: AppliedOperation, body: LiquidityPoolWithdrawOp) -> Details:
    change = _pool_change(operation, body.liquidity_pool_id)
    a, b = change.reserves
    return {
        "liquidity_pool_id": body.liquidity_pool_id.hex(),
        "reserves_min": change.amounts(body.min_amount_a, body.min_amount_b),
        "shares": amount(body.amount),
        "reserves_received": change.amounts(-a, -b),
    }


def _pool_change(operation: AppliedOperation, pool: bytes) -> _PoolChange:
    if not operation.successful:
        return _PoolChange()
    before = after = None
    for change in operation.changes:
        entry = change.value.data.value if isinstance(change.value, LedgerEntry) else None
        if isinstance(entry, LiquidityPoolEntry) and entry.liquidity_pool_id == pool:
            if change.type == LedgerEntryChangeType.LEDGER_ENTRY_STATE:
                before = entry.body
            else:
                after = entry.body
    if before is None or after is None:
        raise LedgerMalformed(f"operation {operation.id} succeeded, its metadata has no change of pool {pool.hex()}")
    return _PoolChange(
        (canonical(after.params.asset_a.value), canonical(after.params.asset_b.value)),
        (after.reserve_a - before.reserve_a, after.reserve_b - before.reserve_b),
        after.total_pool_shares - before.total_pool_shares,
    )
