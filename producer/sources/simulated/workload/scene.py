"""What a ledger's transactions are made of, while they are thought up."""

import random
from collections.abc import Sequence
from functools import cached_property

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.assets import NATIVE, Asset
from producer.sources.simulated.contract_entries import ContractCodeEntry
from producer.sources.simulated.entries import (
    AccountEntry,
    ClaimableBalanceEntry,
    DataEntry,
    OfferEntry,
    TrustLineEntry,
)
from producer.sources.simulated.keys import Keyring
from producer.sources.simulated.operations.contracts import HostFunction
from producer.sources.simulated.operations.operation import Address, By, Operation
from producer.sources.simulated.state import LedgerScope
from producer.sources.simulated.token_contract import Token, TokenBalance, token_of
from producer.sources.simulated.transactions import NO_MEMO

LUMEN = 10_000_000

_WEALTH = 100 * LUMEN  # what a sender has to spare, so that it can pay any number of fees in one ledger
_MOST_ACCOUNTS = 20_000  # keys and entries are kept in memory: then the population stops growing
_MOST_TRUST_LINES = 400  # they are looked through often
_TRIES = 8

_MEMO_SHARE = 1 / 2
_MUXED_SHARE = 1 / 12

_CODES_OF_ISSUERS = (("COIN", "TIMBERPLANKS"), ("GOLD", "GRAINOFWHEAT"))


class Scene:
    """One ledger's cast. The first accounts that there are issue assets, and never leave."""

    def __init__(
        self,
        chance: random.Random,
        keyring: Keyring,
        network_id: bytes,
        state: LedgerScope,
        accounts: Sequence[bytes],
        busy: set[bytes],
    ) -> None:
        self.chance = chance
        self._keyring = keyring
        self._network_id = network_id
        self._state = state
        self._accounts = accounts
        self._busy = busy
        self._acting: set[bytes] = set()
        self._leaving: set[bytes] = set()

    # Accounts.

    def sender(self) -> AccountEntry:
        """An account that can pay and has sent nothing in this ledger yet; the root when none is found soon."""
        return self._sender_among(self._accounts) or self._state.account(self._keyring.root)

    def sender_among(self, accounts: Sequence[bytes]) -> AccountEntry:
        """One of these accounts; another one when none can pay."""
        return self._sender_among(accounts) or self.sender()

    def _sender_among(self, accounts: Sequence[bytes]) -> AccountEntry | None:
        for _ in range(min(_TRIES, len(accounts))):
            account = self._state.find_account(self.chance.choice(accounts))
            if account is not None and account.available >= _WEALTH and account.public_key not in self._busy:
                self._busy.add(account.public_key)
                return account
        return None

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

    def has_room(self) -> bool:
        return len(self._accounts) < _MOST_ACCOUNTS

    def is_root(self, account: AccountEntry) -> bool:
        return account.public_key == self._keyring.root

    def by(self, account: bytes, sender: AccountEntry, operation: Operation) -> Operation:
        """Done by that account in the sender's transaction. It must be there when the transaction is applied."""
        return self._by(self.address(account), sender, operation)

    def call_by(self, account: bytes, sender: AccountEntry, call: HostFunction) -> Operation:
        """The same for a contract's call, which allows no M… address."""
        return self._by(Address(account), sender, call)

    def _by(self, address: Address, sender: AccountEntry, operation: Operation) -> Operation:
        account = address.public_key
        if account == sender.public_key:
            return operation
        assert account not in self._leaving
        self._acting.add(account)
        return By(address, operation)

    def can_act(self, account: bytes) -> bool:
        return account not in self._leaving

    def leave(self, account: AccountEntry) -> bool:
        """Whether the account, a sender, can go: from now on nobody asks anything of it."""
        needed = self.is_root(account) or account.public_key in self.issuers or account.public_key in self._acting
        if needed or account.sponsor is not None:
            return False
        self._leaving.add(account.public_key)
        return True

    # Amounts and memos.

    def amount(self) -> int:
        """From a stroop to a hundred lumens, small ones as likely as large ones."""
        return self.chance.randrange(1, 10 ** self.chance.randrange(1, 10))

    def part_of(self, amount: int) -> int:
        """At least one, and not much of it."""
        return self.chance.randrange(1, 2 + amount // 8)

    def memo(self) -> stellar_xdr.Memo:
        if self.chance.random() >= _MEMO_SHARE:
            return NO_MEMO
        return self.chance.choice(_MEMOS)(self.chance)

    # Assets. A sender of a certain kind is somebody else where there is none: each kind of transaction has to see.

    @property
    def issuers(self) -> Sequence[bytes]:
        return self._accounts[: len(_CODES_OF_ISSUERS)]

    @cached_property
    def assets(self) -> list[Asset]:
        pairs = zip(self.issuers, _CODES_OF_ISSUERS, strict=True)
        return [Asset(code, issuer) for issuer, codes in pairs for code in codes]

    @cached_property
    def trust_lines(self) -> list[TrustLineEntry]:
        return self._state.all_of(TrustLineEntry)

    def has_room_for_trust(self) -> bool:
        return len(self.trust_lines) < _MOST_TRUST_LINES

    def trust_line(self, account: bytes, asset: Asset) -> TrustLineEntry | None:
        return self._state.find_trust_line(account, asset)

    def trust_lines_of(self, account: AccountEntry) -> list[TrustLineEntry]:
        lines = [self._state.find_trust_line(account.public_key, asset) for asset in self.assets]
        return [line for line in lines if line is not None]

    def holder(self) -> AccountEntry:
        """A sender with some credit."""
        return self.sender_among([line.account for line in self.trust_lines if line.available])

    def other_holder(self, asset: Asset, sender: AccountEntry) -> bytes | None:
        """Anybody else who can hold the asset."""
        lines = [it.account for it in self.trust_lines if it.asset == asset and it.account != sender.public_key]
        return self.chance.choice(lines) if lines else None

    # Offers.

    @cached_property
    def offers(self) -> list[OfferEntry]:
        return self._state.all_of(OfferEntry)

    def offers_of(self, account: AccountEntry) -> list[OfferEntry]:
        return [offer for offer in self.offers if offer.seller == account.public_key]

    def seller(self) -> AccountEntry:
        return self.sender_among([offer.seller for offer in self.offers])

    def best_offer(self, asset: Asset | None = None, *, sells_lumens: bool) -> OfferEntry | None:
        """For that asset, or one that chance decides."""
        offers = [
            offer
            for offer in self.offers
            if (offer.selling == NATIVE) == sells_lumens and asset in {None, offer.selling, offer.buying}
        ]
        if not offers:
            return None
        pair = self.chance.choice(offers)
        same = [it for it in offers if (it.selling, it.buying) == (pair.selling, pair.buying)]
        return min(same, key=lambda it: (it.price[0] / it.price[1], it.offer_id))

    # Claimable balances.

    @cached_property
    def balances(self) -> list[ClaimableBalanceEntry]:
        return self._state.all_of(ClaimableBalanceEntry)

    def claimant(self) -> AccountEntry:
        return self.sender_among([account for balance in self.balances for account in balance.claimants])

    # Notes.

    @cached_property
    def notes(self) -> list[DataEntry]:
        return self._state.all_of(DataEntry)

    def writer(self) -> AccountEntry:
        return self.sender_among([note.account for note in self.notes])

    # Sponsorships.

    @cached_property
    def sponsored_lines(self) -> list[TrustLineEntry]:
        return [line for line in self.trust_lines if line.sponsor is not None]

    def sponsor(self) -> AccountEntry:
        return self.sender_among([line.sponsor for line in self.sponsored_lines if line.sponsor is not None])

    # The token.

    @cached_property
    def token(self) -> Token:
        return token_of(self._network_id, self.issuers[0])

    @property
    def token_is_uploaded(self) -> bool:
        return bool(self._state.all_of(ContractCodeEntry))

    @property
    def token_exists(self) -> bool:
        return self._state.get(self.token.instance(0).key) is not None

    @cached_property
    def token_balances(self) -> list[TokenBalance]:
        return self._state.all_of(TokenBalance)

    def token_holder(self) -> AccountEntry:
        return self.sender_among([balance.holder for balance in self.token_balances if balance.amount])


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
