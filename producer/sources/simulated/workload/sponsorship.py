"""Transactions in which one account pays another's reserves."""

from producer.sources.simulated.entries import AccountEntry
from producer.sources.simulated.operations.accounts import CreateAccount, ManageData
from producer.sources.simulated.operations.operation import Operation
from producer.sources.simulated.operations.sponsorship import (
    BeginSponsoringFutureReserves,
    EndSponsoringFutureReserves,
    RevokeSponsorship,
)
from producer.sources.simulated.workload.accounts import new_accounts, one_payment
from producer.sources.simulated.workload.credit import new_trust_line
from producer.sources.simulated.workload.scene import Scene


def sponsored_account(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """It needs no lumens of its own, and gets an entry, too."""
    if not scene.has_room():
        return new_accounts(scene, sender)
    account = scene.new_account()
    balance = scene.amount() if scene.chance.random() < 1 / 2 else 0
    return [
        BeginSponsoringFutureReserves(account),
        CreateAccount(account, balance),
        scene.by(account, sender, _entry(scene, sender, account)),
        scene.by(account, sender, EndSponsoringFutureReserves()),
    ]


def sponsored_entry(scene: Scene, sender: AccountEntry) -> list[Operation]:
    account = scene.other_account(sender)
    if not scene.can_act(account):
        return one_payment(scene, sender)
    return [
        BeginSponsoringFutureReserves(account),
        scene.by(account, sender, _entry(scene, sender, account)),
        scene.by(account, sender, EndSponsoringFutureReserves()),
    ]


def _entry(scene: Scene, sender: AccountEntry, account: bytes) -> Operation:
    """A trust line; or a note, where there is one already or where there are many."""
    asset = scene.chance.choice(scene.assets)
    known = scene.trust_line(account, asset) is not None or account == asset.issuer
    if known or not scene.has_room_for_trust():
        return ManageData(b"sponsored", sender.public_key)
    return new_trust_line(scene, asset)


def end_of_a_sponsorship(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """It fails where the account can't pay."""
    lines = [line for line in scene.sponsored_lines if line.sponsor == sender.public_key]
    if not lines:
        return one_payment(scene, sender)
    line = scene.chance.choice(lines)
    return [RevokeSponsorship(line.account, line.asset)]
