"""Keys of ledger entries in an operation's details."""

from collections.abc import Callable
from typing import Any

from consumer.decode.details.assets import canonical
from consumer.decode.details.operation import Details
from consumer.decode.details.text import text_details
from consumer.decode.strkeys import account
from schemas.xdr.readers import (
    LedgerEntryType,
    LedgerKey,
    LedgerKeyAccount,
    LedgerKeyClaimableBalance,
    LedgerKeyData,
    LedgerKeyLiquidityPool,
    LedgerKeyOffer,
    LedgerKeyTrustLine,
)


def ledger_key_details(key: LedgerKey) -> Details:
    """What names the entry; nothing of an entry that nobody can sponsor."""
    named = _KEYS.get(key.type)
    return {} if named is None else named(key.value)


def claimable_balance_id(of: bytes) -> str:
    """In hexadecimal behind its type, 0, as Horizon writes it."""
    return f"00000000{of.hex()}"


def _account(key: LedgerKeyAccount) -> Details:
    return {"account_id": account(key.account_id)}


def _trust_line(key: LedgerKeyTrustLine) -> Details:
    asset = key.asset.value
    owner: Details = {"trustline_account_id": account(key.account_id)}
    if isinstance(asset, bytes):
        return owner | {"trustline_liquidity_pool_id": asset.hex()}
    return owner | {"trustline_asset": canonical(asset)}


def _offer(key: LedgerKeyOffer) -> Details:
    return {"offer_id": str(key.offer_id)}


def _data(key: LedgerKeyData) -> Details:
    return {"data_account_id": account(key.account_id)} | text_details("data_name", key.data_name)


def _claimable_balance(key: LedgerKeyClaimableBalance) -> Details:
    return {"claimable_balance_id": claimable_balance_id(key.balance_id)}


def _liquidity_pool(key: LedgerKeyLiquidityPool) -> Details:
    return {"liquidity_pool_id": key.liquidity_pool_id.hex()}


_KEYS: dict[int, Callable[[Any], Details]] = {
    LedgerEntryType.ACCOUNT: _account,
    LedgerEntryType.TRUSTLINE: _trust_line,
    LedgerEntryType.OFFER: _offer,
    LedgerEntryType.DATA: _data,
    LedgerEntryType.CLAIMABLE_BALANCE: _claimable_balance,
    LedgerEntryType.LIQUIDITY_POOL: _liquidity_pool,
}
