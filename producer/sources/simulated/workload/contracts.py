"""Transactions that call the token's contract, once it is there."""

import hashlib

from producer.sources.simulated.contract_entries import ContractId
from producer.sources.simulated.entries import AccountEntry
from producer.sources.simulated.operations.contracts import CallToken, CreateToken, UploadCode
from producer.sources.simulated.operations.operation import Operation
from producer.sources.simulated.token_contract import TokenBalance
from producer.sources.simulated.workload.accounts import one_payment
from producer.sources.simulated.workload.scene import Scene

_MOST_HOLDERS = 300
_VAULT = ContractId(hashlib.sha256(b"a contract that holds tokens").digest())


def mint(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """Up to more than 64 bits can say."""
    amount = scene.chance.randrange(1, 10 ** scene.chance.randrange(1, 24))
    call = CallToken(scene.token, "mint", amount, recipient=_account(scene, sender))
    return _missing(scene, sender) or [scene.call_by(scene.token.admin, sender, call)]


def transfer(scene: Scene, sender: AccountEntry) -> list[Operation]:
    balance = _balance(scene, sender)
    if balance is None:
        return mint(scene, sender)
    return [_transferred(scene, balance, scene.part_of(balance.amount), _account(scene, sender))]


def transfer_to_a_shared_account(scene: Scene, sender: AccountEntry) -> list[Operation]:
    balance = _balance(scene, sender)
    if balance is None:
        return mint(scene, sender)
    amount, muxed_id = scene.part_of(balance.amount), scene.chance.getrandbits(64)
    return [_transferred(scene, balance, amount, _account(scene, sender), muxed_id)]


def transfer_to_a_contract(scene: Scene, sender: AccountEntry) -> list[Operation]:
    balance = _balance(scene, sender)
    if balance is None:
        return mint(scene, sender)
    return [_transferred(scene, balance, scene.part_of(balance.amount), _VAULT)]


def transfer_of_too_much(scene: Scene, sender: AccountEntry) -> list[Operation]:
    balance = _balance(scene, sender)
    if balance is None:
        return mint(scene, sender)
    return [_transferred(scene, balance, balance.amount + 1, _account(scene, sender))]


def burn(scene: Scene, sender: AccountEntry) -> list[Operation]:
    balance = _balance(scene, sender)
    if balance is None:
        return mint(scene, sender)
    return [CallToken(scene.token, "burn", scene.part_of(balance.amount), sender=sender.public_key)]


def clawback(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """The administrator takes from whoever pays for it."""
    balance = _balance(scene, sender)
    if balance is None:
        return mint(scene, sender)
    call = CallToken(scene.token, "clawback", scene.part_of(balance.amount), sender=sender.public_key)
    return [scene.call_by(scene.token.admin, sender, call)]


def _missing(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """What has to come before any call: the contract's code, and the contract."""
    if scene.is_root(sender):  # which may send several transactions in a ledger: not so with contracts
        return one_payment(scene, sender)
    if not scene.token_is_uploaded:
        return [UploadCode()]
    if not scene.token_exists:
        return [scene.call_by(scene.token.admin, sender, CreateToken(scene.token))]
    return []


def _balance(scene: Scene, sender: AccountEntry) -> TokenBalance | None:
    if scene.is_root(sender):
        return None
    return next((it for it in scene.token_balances if it.holder == sender.public_key and it.amount), None)


def _transferred(
    scene: Scene, balance: TokenBalance, amount: int, recipient: bytes, muxed_id: int | None = None
) -> Operation:
    return CallToken(scene.token, "transfer", amount, balance.holder, recipient, muxed_id)


def _account(scene: Scene, sender: AccountEntry) -> bytes:
    """Somebody new, as long as there are not many."""
    holders = [it.holder for it in scene.token_balances if it.holder not in (sender.public_key, _VAULT)]
    if len(holders) < _MOST_HOLDERS and (not holders or scene.chance.random() < 1 / 2):
        return scene.other_account(sender)
    return scene.chance.choice(holders)
