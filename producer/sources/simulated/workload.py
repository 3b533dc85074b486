"""Which transactions come to the simulated network.

A new kind of transaction is one function that takes the `Scene` and the sender and gives operations, and its weight
in `_KINDS`.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.keys import Keyring
from producer.sources.simulated.operations import Address, CreateAccount, Operation, Payment
from producer.sources.simulated.state import MINIMUM_BALANCE, AccountEntry, LedgerScope
from producer.sources.simulated.transactions import NO_MEMO, Draft

_LUMEN = 10_000_000
_FIRST_BALANCE = 10_000 * _LUMEN
_WEALTH = 100 * _LUMEN  # what a sender has to spare, so that it can pay any number of fees in one ledger

_FEWEST_ACCOUNTS = 50
_MOST_ACCOUNTS = 20_000  # keys and entries are kept in memory: then the population stops growing
_MOST_OPERATIONS = 100  # of a transaction: the network's own limit

_PAYMENT_BYTES = 580  # of a successful payment in a LedgerCloseMeta, without the recipient's two entries
_FULL_TRANSACTION_BYTES = 80_000

_EMPTY_SHARE = 1 / 16
_FEE_BUMP_SHARE = 1 / 16
_MEMO_SHARE = 1 / 2
_MUXED_SHARE = 1 / 12


class Scene:
    """One ledger's cast, while its transactions are thought up."""

    def __init__(
        self,
        chance: random.Random,
        keyring: Keyring,
        state: LedgerScope,
        accounts: Sequence[bytes],
        busy: set[bytes],
    ) -> None:
        self.chance = chance
        self._keyring = keyring
        self._state = state
        self._accounts = accounts
        self._busy = busy

    def sender(self) -> AccountEntry:
        """An account that can pay and has sent nothing in this ledger yet; the root when none is found soon."""
        for _ in range(min(8, len(self._accounts))):
            account = self._state.account(self.chance.choice(self._accounts))
            if account.available >= _WEALTH and account.public_key not in self._busy:
                self._busy.add(account.public_key)
                return account
        return self._state.account(self._keyring.root)

    def other_account(self, sender: AccountEntry) -> bytes:
        while (account := self.chance.choice(self._accounts)) == sender.public_key:
            pass
        return account

    def recipient(self, sender: AccountEntry) -> Address:
        return self.address(self.other_account(sender))

    def address(self, account: bytes) -> Address:
        """Sometimes of somebody who shares that account."""
        muxed = self.chance.random() < _MUXED_SHARE
        return Address(account, self.chance.getrandbits(64) if muxed else None)

    def new_account(self) -> bytes:
        return self._keyring.new_account()

    def amount(self) -> int:
        """From a stroop to a hundred lumens, small ones as likely as large ones."""
        return self.chance.randrange(1, 10 ** self.chance.randrange(1, 10))

    def has_room(self) -> bool:
        return len(self._accounts) < _MOST_ACCOUNTS

    def memo(self) -> stellar_xdr.Memo:
        if self.chance.random() >= _MEMO_SHARE:
            return NO_MEMO
        return self.chance.choice(_MEMOS)(self.chance)


def _text_memo(chance: random.Random) -> stellar_xdr.Memo:
    text = f"invoice {chance.randrange(10**6)} – thanks"
    return stellar_xdr.Memo(stellar_xdr.MemoType.MEMO_TEXT, text=text.encode())


def _id_memo(chance: random.Random) -> stellar_xdr.Memo:
    return stellar_xdr.Memo(stellar_xdr.MemoType.MEMO_ID, id=stellar_xdr.Uint64(chance.getrandbits(64)))


def _hash_memo(chance: random.Random) -> stellar_xdr.Memo:
    return stellar_xdr.Memo(stellar_xdr.MemoType.MEMO_HASH, hash=stellar_xdr.Hash(chance.randbytes(32)))


def _return_memo(chance: random.Random) -> stellar_xdr.Memo:
    return stellar_xdr.Memo(stellar_xdr.MemoType.MEMO_RETURN, ret_hash=stellar_xdr.Hash(chance.randbytes(32)))


_MEMOS = (_text_memo, _id_memo, _hash_memo, _return_memo)


def _one_payment(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [Payment(scene.recipient(sender), scene.amount())]


def _several_payments(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [Payment(scene.recipient(sender), scene.amount()) for _ in range(scene.chance.randrange(2, 6))]


def _new_accounts(scene: Scene, sender: AccountEntry) -> list[Operation]:
    if not scene.has_room():
        return _several_payments(scene, sender)
    return [
        CreateAccount(scene.new_account(), MINIMUM_BALANCE + scene.amount())
        for _ in range(scene.chance.randrange(1, 4))
    ]


def _underfunded_payment(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [Payment(scene.recipient(sender), 2 * sender.balance)]


def _payment_to_nobody(scene: Scene, _sender: AccountEntry) -> list[Operation]:
    return [Payment(Address(scene.new_account()), scene.amount())]


def _account_that_exists(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [CreateAccount(scene.other_account(sender), MINIMUM_BALANCE)]


def _account_below_the_reserve(scene: Scene, _sender: AccountEntry) -> list[Operation]:
    return [CreateAccount(scene.new_account(), MINIMUM_BALANCE - 1)]


def _failure_among_payments(scene: Scene, sender: AccountEntry) -> list[Operation]:
    return [
        *_one_payment(scene, sender),
        *_payment_to_nobody(scene, sender),
        *_several_payments(scene, sender),
    ]


_KINDS: dict[Callable[[Scene, AccountEntry], list[Operation]], int] = {
    _one_payment: 50,
    _several_payments: 20,
    _new_accounts: 10,
    _underfunded_payment: 5,
    _payment_to_nobody: 5,
    _account_that_exists: 3,
    _account_below_the_reserve: 2,
    _failure_among_payments: 5,
}


class Workload:
    """Drafts for one ledger after the other, by chance that the seed decides.

    The ledgers must be the same with every Python that we support, and Python promises that of `random()` alone.
    The other methods used here have kept their sequences since 3.9; a pinned hash in the tests would notice.
    """

    def __init__(self, seed: int, keyring: Keyring, transactions_per_ledger: int, ledger_bytes: int) -> None:
        self._chance = random.Random(f"workload {seed}")  # noqa: S311 - no secret, and it must be repeatable
        self._keyring = keyring
        self._mean = transactions_per_ledger
        self._first_accounts = max(
            _FEWEST_ACCOUNTS, 4 * transactions_per_ledger, 2 * ledger_bytes // _FULL_TRANSACTION_BYTES
        )

    def opening(self) -> list[Draft]:
        """The first ledger's: the root account, which holds all lumens, funds the first accounts."""
        operations = [CreateAccount(self._keyring.new_account(), _FIRST_BALANCE) for _ in range(self._first_accounts)]
        return self._in_transactions(self._keyring.root, operations)

    def usual(self, state: LedgerScope, accounts: Sequence[bytes]) -> list[Draft]:
        """Any later ledger's."""
        scene = Scene(self._chance, self._keyring, state, accounts, set())
        return [self._draft(scene) for _ in range(self._count())]

    def _count(self) -> int:
        if self._mean == 0 or self._chance.random() < _EMPTY_SHARE:
            return 0
        return self._chance.randrange(1, 2 * self._mean + 1)

    def _draft(self, scene: Scene) -> Draft:
        sender = scene.sender()
        (kind,) = self._chance.choices(list(_KINDS), list(_KINDS.values()))
        return Draft(
            source=scene.address(sender.public_key),
            operations=kind(scene, sender),
            memo=scene.memo(),
            fee_source=self._fee_source(scene, sender),
        )

    def _fee_source(self, scene: Scene, sender: AccountEntry) -> Address | None:
        if self._chance.random() >= _FEE_BUMP_SHARE:
            return None
        payer = scene.sender().public_key
        return None if payer == sender.public_key else scene.address(payer)

    def padding(
        self,
        state: LedgerScope,
        accounts: Sequence[bytes],
        recipients: Sequence[AccountEntry],
        busy: set[bytes],
        missing_bytes: int,
    ) -> list[Draft]:
        """Payments that make a ledger larger by at least about `missing_bytes`, in few, full transactions."""
        scene = Scene(self._chance, self._keyring, state, accounts, busy)
        drafts: list[Draft] = []
        while missing_bytes > 0:
            sender = scene.sender()
            chosen = list(self._recipients(recipients, sender, missing_bytes))
            missing_bytes -= sum(_bytes_of_payment(recipient) for recipient in chosen)
            payments = [Payment(Address(it.public_key), self._chance.randrange(1, 1000)) for it in chosen]
            drafts += self._in_transactions(sender.public_key, payments)
        return drafts

    def _recipients(
        self, recipients: Sequence[AccountEntry], sender: AccountEntry, missing_bytes: int
    ) -> Iterator[AccountEntry]:
        for _ in range(_MOST_OPERATIONS):
            if missing_bytes <= 0:
                return
            while (recipient := self._chance.choice(recipients)).public_key == sender.public_key:
                pass
            missing_bytes -= _bytes_of_payment(recipient)
            yield recipient

    def _in_transactions(self, source: bytes, operations: Sequence[Operation]) -> list[Draft]:
        return [
            Draft(Address(source), operations[first : first + _MOST_OPERATIONS])
            for first in range(0, len(operations), _MOST_OPERATIONS)
        ]


def _bytes_of_payment(recipient: AccountEntry) -> int:
    return _PAYMENT_BYTES + 2 * len(recipient.xdr)
