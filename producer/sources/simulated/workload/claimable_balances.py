"""Transactions about claimable balances."""

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.assets import NATIVE
from producer.sources.simulated.entries import AccountEntry
from producer.sources.simulated.operations.claimable_balances import (
    ClaimClaimableBalance,
    CreateClaimableBalance,
    always,
    before,
    both,
    either,
    not_,
    within,
)
from producer.sources.simulated.operations.operation import Operation
from producer.sources.simulated.workload.accounts import one_payment
from producer.sources.simulated.workload.credit import credit_of
from producer.sources.simulated.workload.scene import Scene

_MOST_BALANCES = 60
_LONG_AGO = 1_600_000_000
_WEEK_SECONDS = 7 * 24 * 60 * 60


def new_claimable_balance(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """For somebody at any time, and sometimes for somebody else under conditions."""
    if len(scene.balances) >= _MOST_BALANCES:
        return claim(scene, sender)
    line = credit_of(scene, sender)
    asset, amount = (NATIVE, scene.amount()) if line is None else (line.asset, scene.part_of(line.available))
    first = scene.other_account(sender) if line is None else scene.other_holder(asset, sender) or asset.issuer
    second = scene.other_account(sender)
    claimants = [(first, always())]
    if second != first and scene.chance.random() < 2 / 3:
        claimants.append((second, _conditions(scene)))
    return [CreateClaimableBalance(asset, amount, tuple(claimants))]


def _conditions(scene: Scene) -> stellar_xdr.ClaimPredicate:
    """Nested: within some days, or after a time that has come, and not before another."""
    days = within(scene.chance.randrange(60, _WEEK_SECONDS))
    later = not_(before(_LONG_AGO + scene.chance.randrange(_WEEK_SECONDS)))
    return both(either(days, later), not_(before(_LONG_AGO)))


def claim(scene: Scene, sender: AccountEntry) -> list[Operation]:
    mine = [balance for balance in scene.balances if sender.public_key in balance.claimants]
    if not mine:
        return one_payment(scene, sender)
    return [ClaimClaimableBalance(scene.chance.choice(mine).balance_id)]


def vain_claim(scene: Scene, sender: AccountEntry) -> list[Operation]:
    others = [balance for balance in scene.balances if sender.public_key not in balance.claimants]
    if not others:
        return new_claimable_balance(scene, sender)
    return [ClaimClaimableBalance(scene.chance.choice(others).balance_id)]
