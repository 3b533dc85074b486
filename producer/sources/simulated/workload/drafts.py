"""One ledger's drafts after the other's, by chance that the seed decides."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from producer.sources.simulated.entries import AccountEntry
from producer.sources.simulated.keys import Keyring
from producer.sources.simulated.operations.accounts import CreateAccount
from producer.sources.simulated.operations.operation import Address, Operation
from producer.sources.simulated.operations.payments import Payment
from producer.sources.simulated.state import LedgerScope
from producer.sources.simulated.transactions import Draft
from producer.sources.simulated.workload.kinds import KINDS, Kind
from producer.sources.simulated.workload.scene import LUMEN, Scene

_FIRST_BALANCE = 10_000 * LUMEN

_FEWEST_ACCOUNTS = 50
_MOST_OPERATIONS = 100  # of a transaction: the network's own limit

_PAYMENT_BYTES = 580  # of a successful payment in a LedgerCloseMeta, without the recipient's two entries
_FULL_TRANSACTION_BYTES = 80_000

_EMPTY_SHARE = 1 / 16
_FEE_BUMP_SHARE = 1 / 16


class Workload:
    """Drafts for one ledger after the other.

    The ledgers must be the same with every Python that we support, and Python promises that of `random()` alone.
    The other methods used here have kept their sequences since 3.9; a pinned hash in the tests would notice.
    """

    def __init__(
        self, seed: int, keyring: Keyring, network_id: bytes, transactions_per_ledger: int, ledger_bytes: int
    ) -> None:
        self._chance = random.Random(f"workload {seed}")  # noqa: S311 - no secret, and it must be repeatable
        self._deck: list[Kind] = []
        self._keyring = keyring
        self._network_id = network_id
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
        scene = self._scene(state, accounts, set())
        return [self._draft(scene) for _ in range(self._count())]

    def _scene(self, state: LedgerScope, accounts: Sequence[bytes], busy: set[bytes]) -> Scene:
        return Scene(self._chance, self._keyring, self._network_id, state, accounts, busy)

    def _count(self) -> int:
        if self._mean == 0 or self._chance.random() < _EMPTY_SHARE:
            return 0
        return self._chance.randrange(1, 2 * self._mean + 1)

    def _draft(self, scene: Scene) -> Draft:
        kind = self._next_kind()
        sender = kind.sender(scene)
        draft = Draft(
            source=Address(sender.public_key),
            operations=kind.operations(scene, sender),
            fee_source=self._fee_source(scene, sender),
        )
        if draft.call is not None:  # who calls a contract gives neither memo nor M… address
            return draft
        return replace(draft, source=scene.address(sender.public_key), memo=scene.memo())

    def _next_kind(self) -> Kind:
        """Like cards of a deck, so that the first ledgers have some of every kind already."""
        if not self._deck:
            deck = [kind for kind in KINDS for _ in range(kind.weight)]
            self._deck = sorted(deck, key=lambda _: self._chance.random())
        return self._deck.pop()

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
        scene = self._scene(state, accounts, busy)
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
