"""The scopes in which the simulated network's ledger changes."""

from collections.abc import Iterator
from typing import TypeVar

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.assets import Asset
from producer.sources.simulated.entries import AccountEntry, LedgerEntry, LedgerKey, TrustLineEntry
from producer.sources.simulated.packed import packed, packed_account

Kind = TypeVar("Kind", bound=LedgerEntry)


def account_id(public_key: bytes) -> stellar_xdr.AccountID:
    return packed(stellar_xdr.AccountID, packed_account(public_key))


class LedgerScope:
    """Entries as seen from inside a ledger, a transaction or an operation.

    Reads fall through to the scope below; what is written stays here until `commit`, and is gone when the scope
    is dropped. The lowest scope is the ledger's state itself.
    """

    def __init__(self, below: "LedgerScope | None" = None) -> None:
        self._below = below
        self._written: dict[LedgerKey, LedgerEntry | None] = {}
        # By type besides, for those of which all are asked for: never accounts, of which there are many.
        self._listed: dict[stellar_xdr.LedgerEntryType, dict[LedgerKey, LedgerEntry | None]] = {}
        self.last_id: int = 0 if below is None else below.last_id
        """Of the ids that offers get."""

    def get(self, key: LedgerKey) -> LedgerEntry | None:
        if key in self._written:
            return self._written[key]
        return None if self._below is None else self._below.get(key)

    def find(self, kind: type[Kind], identity: bytes) -> Kind | None:
        """The entry with that identity."""
        entry = self.get((kind.TYPE, identity))
        assert entry is None or isinstance(entry, kind)
        return entry

    def find_account(self, public_key: bytes) -> AccountEntry | None:
        return self.find(AccountEntry, packed_account(public_key))

    def account(self, public_key: bytes) -> AccountEntry:
        """One that is known to exist."""
        entry = self.find_account(public_key)
        assert entry is not None
        return entry

    def find_trust_line(self, account: bytes, asset: Asset) -> TrustLineEntry | None:
        return self.find(TrustLineEntry, packed_account(account) + asset.xdr)

    def all_of(self, kind: type[Kind]) -> list[Kind]:
        """Every entry of a kind, but for accounts, in an order that follows from the ledgers."""
        found = self.listed(kind.TYPE)
        return [entry for entry in found.values() if isinstance(entry, kind)]

    def listed(self, kind: stellar_xdr.LedgerEntryType) -> dict[LedgerKey, LedgerEntry | None]:
        """The same with their keys; those that are gone have None."""
        listed = self._listed.get(kind, {})
        return listed if self._below is None else {**self._below.listed(kind), **listed}

    def put(self, entry: LedgerEntry) -> None:
        self.write(entry.key, entry)

    def remove(self, entry: LedgerEntry) -> None:
        self.write(entry.key, None)

    def write(self, key: LedgerKey, entry: LedgerEntry | None) -> None:
        """None where the entry goes."""
        kind = key[0]
        if kind is not stellar_xdr.LedgerEntryType.ACCOUNT:
            _set(self._listed.setdefault(kind, {}), key, entry, forget=self._below is None)
        _set(self._written, key, entry, forget=self._below is None)

    def commit(self) -> None:
        assert self._below is not None
        for key, entry in self._written.items():
            self._below.write(key, entry)
        self._below.last_id = self.last_id

    def written(self) -> Iterator[bytes]:
        """What this scope left behind of all that it wrote: entries, and the keys of those that are gone."""
        for (kind, identity), entry in self._written.items():
            yield entry.xdr if entry is not None else kind.to_xdr_bytes() + identity

    def created_accounts(self) -> list[bytes]:
        return [
            entry.public_key
            for key, entry in self._written.items()
            if isinstance(entry, AccountEntry) and self._before(key) is None
        ]

    def removed_accounts(self) -> list[bytes]:
        gone = [self._before(key) for key, entry in self._written.items() if entry is None]
        return [entry.public_key for entry in gone if isinstance(entry, AccountEntry)]

    def changes(self) -> stellar_xdr.LedgerEntryChanges:
        """What this scope changed, as the meta tells it."""
        changes: list[stellar_xdr.LedgerEntryChange] = []
        for key, entry in self._written.items():
            changes += _change(self._before(key), entry)
        return stellar_xdr.LedgerEntryChanges(changes)

    def _before(self, key: LedgerKey) -> LedgerEntry | None:
        return None if self._below is None else self._below.get(key)


def _set(
    entries: dict[LedgerKey, LedgerEntry | None], key: LedgerKey, entry: LedgerEntry | None, *, forget: bool
) -> None:
    if entry is None and forget:
        entries.pop(key, None)
    else:
        entries[key] = entry


def _change(before: LedgerEntry | None, after: LedgerEntry | None) -> list[stellar_xdr.LedgerEntryChange]:
    kinds = stellar_xdr.LedgerEntryChangeType
    if before is None:
        if after is None:
            return []  # it came and went
        return [stellar_xdr.LedgerEntryChange(kinds.LEDGER_ENTRY_CREATED, created=_packed_entry(after))]
    state = stellar_xdr.LedgerEntryChange(kinds.LEDGER_ENTRY_STATE, state=_packed_entry(before))
    if after is None:
        key = packed(stellar_xdr.LedgerKey, before.key_xdr)
        return [state, stellar_xdr.LedgerEntryChange(kinds.LEDGER_ENTRY_REMOVED, removed=key)]
    return [state, stellar_xdr.LedgerEntryChange(kinds.LEDGER_ENTRY_UPDATED, updated=_packed_entry(after))]


def _packed_entry(entry: LedgerEntry) -> stellar_xdr.LedgerEntry:
    return packed(stellar_xdr.LedgerEntry, entry.xdr)
