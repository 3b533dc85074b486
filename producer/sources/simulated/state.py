"""What the simulated network's ledger holds, and the scopes in which it changes."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.packed import packed

BASE_RESERVE = 5_000_000
MINIMUM_BALANCE = 2 * BASE_RESERVE
"""Of an account without sub-entries or sponsorships, in stroops."""

LedgerKey = tuple[stellar_xdr.LedgerEntryType, bytes]


class LedgerEntry(Protocol):
    """Anything that the ledger holds. Entries never change: they are replaced."""

    @property
    def key(self) -> LedgerKey: ...

    @property
    def xdr(self) -> bytes:
        """The packed `LedgerEntry`."""


@dataclass(frozen=True)
class AccountEntry:
    """An account. `last_used` is ledger and close time of its last own transaction, None before the first."""

    public_key: bytes
    balance: int
    sequence_number: int
    last_modified: int
    last_used: tuple[int, int] | None = None

    @property
    def key(self) -> LedgerKey:
        return stellar_xdr.LedgerEntryType.ACCOUNT, self.public_key

    @property
    def available(self) -> int:
        """What it can spend: the reserve stays."""
        return self.balance - MINIMUM_BALANCE

    def with_more(self, stroops: int, ledger: int) -> "AccountEntry":
        return replace(self, balance=self.balance + stroops, last_modified=ledger)

    def with_sequence_number(self, number: int, ledger: int, close_time: int) -> "AccountEntry":
        return replace(self, sequence_number=number, last_modified=ledger, last_used=(ledger, close_time))

    @cached_property
    def xdr(self) -> bytes:
        """Filled into a form: built from the SDK's objects, this alone took half of a large ledger's time."""
        head = _ACCOUNT_HEAD.pack(self.last_modified, 0, 0, self.public_key, self.balance, self.sequence_number)
        if self.last_used is None:
            return head + _NEVER_USED
        return head + _USED + _LAST_USED.pack(*self.last_used, 0)


# A packed `LedgerEntry` with an account that has no sub-entries, home domain or other signers.
_ACCOUNT_HEAD = struct.Struct(">III32sqq")  # last modified, ACCOUNT, ED25519, key, balance, sequence number
_SETTINGS = struct.pack(">IIII4sI", 0, 0, 0, 0, b"\x01\0\0\0", 0)  # all empty, but the key's weight
_NEVER_USED = _SETTINGS + struct.pack(">II", 0, 0)


# Having used a sequence number brings the extensions V1, V2 and V3, as since protocol 19.
_USED = _SETTINGS + struct.pack(">IqqIIIIII", 1, 0, 0, 2, 0, 0, 0, 3, 0)
_LAST_USED = struct.Struct(">IQI")  # ledger, close time, no extension of the entry


def account_id(public_key: bytes) -> stellar_xdr.AccountID:
    return stellar_xdr.AccountID(
        stellar_xdr.PublicKey(
            stellar_xdr.PublicKeyType.PUBLIC_KEY_TYPE_ED25519, ed25519=stellar_xdr.Uint256(public_key)
        )
    )


class LedgerScope:
    """Entries as seen from inside a ledger, a transaction or an operation.

    Reads fall through to the scope below; what is written stays here until `commit`, and is gone when the scope
    is dropped. The lowest scope is the ledger's state itself.
    """

    def __init__(self, below: "LedgerScope | None" = None) -> None:
        self._below = below
        self._written: dict[LedgerKey, LedgerEntry] = {}

    def get(self, key: LedgerKey) -> LedgerEntry | None:
        if key in self._written:
            return self._written[key]
        return None if self._below is None else self._below.get(key)

    def find_account(self, public_key: bytes) -> AccountEntry | None:
        entry = self.get((stellar_xdr.LedgerEntryType.ACCOUNT, public_key))
        assert entry is None or isinstance(entry, AccountEntry)
        return entry

    def account(self, public_key: bytes) -> AccountEntry:
        """One that is known to exist."""
        entry = self.find_account(public_key)
        assert entry is not None
        return entry

    def put(self, entry: LedgerEntry) -> None:
        self._written[entry.key] = entry

    def commit(self) -> None:
        assert self._below is not None
        for entry in self._written.values():
            self._below.put(entry)

    def written(self) -> Iterator[LedgerEntry]:
        """Every entry that this scope left changed, as it left it."""
        return iter(self._written.values())

    def created_accounts(self) -> list[bytes]:
        return [
            entry.public_key
            for key, entry in self._written.items()
            if isinstance(entry, AccountEntry) and self._before(key) is None
        ]

    def changes(self) -> stellar_xdr.LedgerEntryChanges:
        """What this scope changed, as the meta tells it."""
        changes: list[stellar_xdr.LedgerEntryChange] = []
        for key, entry in self._written.items():
            changes += _change(self._before(key), entry)
        return stellar_xdr.LedgerEntryChanges(changes)

    def _before(self, key: LedgerKey) -> LedgerEntry | None:
        return None if self._below is None else self._below.get(key)


def _change(before: LedgerEntry | None, after: LedgerEntry) -> list[stellar_xdr.LedgerEntryChange]:
    kinds = stellar_xdr.LedgerEntryChangeType
    if before is None:
        return [stellar_xdr.LedgerEntryChange(kinds.LEDGER_ENTRY_CREATED, created=_packed_entry(after))]
    return [
        stellar_xdr.LedgerEntryChange(kinds.LEDGER_ENTRY_STATE, state=_packed_entry(before)),
        stellar_xdr.LedgerEntryChange(kinds.LEDGER_ENTRY_UPDATED, updated=_packed_entry(after)),
    ]


def _packed_entry(entry: LedgerEntry) -> stellar_xdr.LedgerEntry:
    return packed(stellar_xdr.LedgerEntry, entry.xdr)
