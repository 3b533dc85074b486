"""What the changes of ledger entries say of balances."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.xdr.readers import (
    AccountEntry,
    Asset,
    ClaimableBalanceEntry,
    LedgerEntry,
    LedgerEntryChange,
    LedgerEntryChangeType,
    LiquidityPoolEntry,
)


class PoolChange(NamedTuple):
    """By how much a pool's reserves changed; negative: they fell."""

    pool_id: bytes
    asset_a: Asset
    change_a: int
    asset_b: Asset
    change_b: int


def gained(account_id: bytes, changes: list[LedgerEntryChange]) -> int:
    """By how many stroops the balance of an account grew; less than 0: fell."""
    total = 0
    for sign, entry in _signed(changes):
        if isinstance(entry, AccountEntry) and entry.account_id == account_id:
            total += sign * entry.balance
    return total


def gained_by_all(changes: list[LedgerEntryChange]) -> int:
    """By how many stroops the balances of all accounts together grew."""
    return sum(sign * entry.balance for sign, entry in _signed(changes) if isinstance(entry, AccountEntry))


def claimable_balance(balance_id: bytes, changes: list[LedgerEntryChange]) -> ClaimableBalanceEntry | None:
    """The claimable balance as it was, or came to be."""
    for _, entry in _signed(changes):
        if isinstance(entry, ClaimableBalanceEntry) and entry.balance_id == balance_id:
            return entry
    return None


def pool_changes(changes: list[LedgerEntryChange]) -> list[PoolChange]:
    """Of each pool that changed, in the order of their ids."""
    found: dict[bytes, PoolChange] = {}
    for sign, entry in _signed(changes):
        if not isinstance(entry, LiquidityPoolEntry):
            continue
        pool = entry.body
        before = found.get(entry.liquidity_pool_id)
        found[entry.liquidity_pool_id] = PoolChange(
            entry.liquidity_pool_id,
            pool.params.asset_a,
            sign * pool.reserve_a + (0 if before is None else before.change_a),
            pool.params.asset_b,
            sign * pool.reserve_b + (0 if before is None else before.change_b),
        )
    return [found[pool_id] for pool_id in sorted(found)]


_SIGNS = {
    LedgerEntryChangeType.LEDGER_ENTRY_STATE: -1,
    LedgerEntryChangeType.LEDGER_ENTRY_CREATED: 1,
    LedgerEntryChangeType.LEDGER_ENTRY_UPDATED: 1,
}
"""An entry before a change counts against the one after it. One that is removed has no after."""


def _signed(changes: list[LedgerEntryChange]) -> Iterator[tuple[int, object]]:
    for change in changes:
        if isinstance(change.value, LedgerEntry) and change.type in _SIGNS:
            yield _SIGNS[change.type], change.value.data.value
