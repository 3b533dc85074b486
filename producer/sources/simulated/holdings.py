"""What accounts hold of any asset, and the reserves that their entries cost."""

from dataclasses import replace
from typing import TypeVar

from producer.sources.simulated.assets import Asset
from producer.sources.simulated.entries import (
    BASE_RESERVE,
    MOST,
    AccountEntry,
    ClaimableBalanceEntry,
    LedgerEntry,
    TrustLineEntry,
)
from producer.sources.simulated.state import LedgerScope

Kind = TypeVar("Kind", bound=LedgerEntry)


def can_hold(scope: LedgerScope, account: bytes, asset: Asset) -> bool:
    return asset.is_native or asset.issuer == account or scope.find_trust_line(account, asset) is not None


def available(scope: LedgerScope, account: bytes, asset: Asset) -> int:
    """What an account that can hold it can spend of it; an issuer has no end of it."""
    return MOST if asset.issuer == account else max(0, _entry(scope, account, asset).available)


def room(scope: LedgerScope, account: bytes, asset: Asset) -> int:
    """What an account that can hold it can get of it."""
    if asset.issuer == account:
        return MOST
    entry = _entry(scope, account, asset)
    return entry.room if isinstance(entry, TrustLineEntry) else MOST - entry.balance - entry.buying


def add(scope: LedgerScope, account: bytes, asset: Asset, amount: int, ledger: int) -> None:
    """An amount that is known to fit; negative when it is spent."""
    if asset.issuer != account:
        scope.put(_entry(scope, account, asset).with_more(amount, ledger))


def add_liabilities(
    scope: LedgerScope, account: bytes, asset: Asset, ledger: int, *, buying: int = 0, selling: int = 0
) -> None:
    """More, or with negative numbers less, that offers of the account may bring and cost."""
    if asset.issuer != account:
        scope.put(_entry(scope, account, asset).with_liabilities(buying, selling, ledger))


def _entry(scope: LedgerScope, account: bytes, asset: Asset) -> AccountEntry | TrustLineEntry:
    if asset.is_native:
        return scope.account(account)
    line = scope.find_trust_line(account, asset)
    assert line is not None
    return line


def with_reserve(
    scope: LedgerScope, entry: Kind, owner: AccountEntry, sponsor: bytes | None, ledger: int
) -> Kind | None:
    """The new entry, once its reserves are counted; None where nobody can afford them.

    `owner` is written too, as given but for the counts.
    """
    count = entry.reserves
    sub_entries = 0 if isinstance(entry, AccountEntry | ClaimableBalanceEntry) else count
    if sponsor is None:
        scope.put(owner.with_entries(ledger, sub_entries=sub_entries, sponsored=0, sponsoring=0))
        return entry if owner.available >= count * BASE_RESERVE else None
    sponsored = 0 if isinstance(entry, ClaimableBalanceEntry) else count
    scope.put(owner.with_entries(ledger, sub_entries=sub_entries, sponsored=sponsored, sponsoring=0))
    payer = scope.account(sponsor)
    scope.put(payer.with_entries(ledger, sub_entries=0, sponsored=0, sponsoring=count))
    return replace(entry, sponsor=sponsor, extended=True) if payer.available >= count * BASE_RESERVE else None


def free_reserve(scope: LedgerScope, entry: LedgerEntry, owner: bytes | None, ledger: int) -> None:
    """When the entry goes. A claimable balance has no owner, just a sponsor."""
    count = entry.reserves
    if owner is not None:
        sponsored = count if entry.sponsor is not None else 0
        account = scope.account(owner)
        scope.put(account.with_entries(ledger, sub_entries=-count, sponsored=-sponsored, sponsoring=0))
    if entry.sponsor is not None:
        payer = scope.account(entry.sponsor)
        scope.put(payer.with_entries(ledger, sub_entries=0, sponsored=0, sponsoring=-count))
