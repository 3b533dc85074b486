"""Transactions about accounts and lumens."""

from producer.sources.simulated.entries import MINIMUM_BALANCE, AccountEntry
from producer.sources.simulated.operations.accounts import (
    AccountMerge,
    BumpSequence,
    CreateAccount,
    ManageData,
    SetOptions,
)
from producer.sources.simulated.operations.operation import Address, Operation
from producer.sources.simulated.operations.payments import Payment
from producer.sources.simulated.workload.scene import Scene

_HOME_DOMAINS = (b"example.com", b"stellar.example", b"")
_MOST_SIGNERS = 3


def one_payment(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [Payment(scene.recipient(sender), scene.amount())]


def several_payments(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [Payment(scene.recipient(sender), scene.amount()) for _ in range(scene.chance.randrange(2, 6))]


def payments_of_two(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """The second has a source of its own, which may not be able to pay."""
    other = scene.other_account(sender)
    if not scene.can_act(other):
        return several_payments(scene, sender)
    back = Payment(scene.address(sender.public_key), scene.amount())
    return [*one_payment(scene, sender), scene.by(other, sender, back)]


def new_accounts(scene: Scene, sender: AccountEntry) -> list[Operation]:
    if not scene.has_room():
        return several_payments(scene, sender)
    return [
        CreateAccount(scene.new_account(), MINIMUM_BALANCE + scene.amount())
        for _ in range(scene.chance.randrange(1, 4))
    ]


def underfunded_payment(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [Payment(scene.recipient(sender), 2 * sender.balance)]


def payment_to_nobody(scene: Scene, _sender: AccountEntry) -> list[Operation]:
    return [Payment(Address(scene.new_account()), scene.amount())]


def account_that_exists(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [CreateAccount(scene.other_account(sender), MINIMUM_BALANCE)]


def account_below_the_reserve(scene: Scene, _sender: AccountEntry) -> list[Operation]:
    return [CreateAccount(scene.new_account(), MINIMUM_BALANCE - 1)]


def failure_among_payments(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [
        *one_payment(scene, sender),
        *payment_to_nobody(scene, sender),
        *several_payments(scene, sender),
    ]


def options(scene: Scene, sender: AccountEntry) -> list[Operation]:
    if scene.chance.random() < 1 / 2 or len(sender.signers) >= _MOST_SIGNERS:
        return [SetOptions(home_domain=scene.chance.choice(_HOME_DOMAINS))]
    return [SetOptions(signer=scene.other_account(sender))]


def note(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """A new one; or another value for one that is there, or its end."""
    value = scene.chance.randbytes(scene.chance.randrange(1, 65))
    mine = [entry.name for entry in scene.notes if entry.account == sender.public_key]
    if not mine:
        return [ManageData(f"note {scene.chance.randrange(10)}".encode(), value)]
    return [ManageData(scene.chance.choice(mine), value if scene.chance.random() < 1 / 2 else None)]


def end_of_no_note(_scene: Scene, _sender: AccountEntry) -> list[Operation]:
    return [ManageData(b"a name that nobody uses", None)]


def higher_sequence_number(scene: Scene, sender: AccountEntry) -> list[Operation]:
    if scene.is_root(sender):  # which may send another transaction in this ledger
        return one_payment(scene, sender)
    return [BumpSequence(sender.sequence_number + scene.chance.randrange(1, 1000))]


def end_of_an_account(scene: Scene, sender: AccountEntry) -> list[Operation]:
    if not scene.leave(sender):
        return one_payment(scene, sender)
    return [AccountMerge(scene.recipient(sender))]
