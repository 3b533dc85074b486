"""What the simulated network's ledger holds, but for its contracts. Entries never change: they are replaced.

They are packed by hand: built from the SDK's objects, accounts alone took half of a large ledger's time.
"""

import struct
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.assets import Asset
from producer.sources.simulated.packed import packed_account, packed_string

BASE_RESERVE = 5_000_000
MINIMUM_BALANCE = 2 * BASE_RESERVE
"""Of an account without sub-entries or sponsorships, in stroops."""

MOST = 2**63 - 1
"""What a balance can be at most."""

LedgerKey = tuple[stellar_xdr.LedgerEntryType, bytes]

_uint = struct.Struct(">I").pack
_long = struct.Struct(">q").pack
_NONE = _uint(0)


@dataclass(frozen=True, kw_only=True)
class LedgerEntry(ABC):
    """Anything that the ledger holds.

    `sponsor` pays its reserve instead of its owner; `extended` says that somebody once did.
    """

    TYPE: ClassVar[stellar_xdr.LedgerEntryType]
    RESERVES: ClassVar[int] = 1

    last_modified: int
    sponsor: bytes | None = None
    extended: bool = False

    @property
    def key(self) -> LedgerKey:
        return self.TYPE, self.identity

    @property
    def key_xdr(self) -> bytes:
        """The packed `LedgerKey`."""
        return _uint(self.TYPE) + self.identity

    @property
    def reserves(self) -> int:
        """How many base reserves it costs."""
        return self.RESERVES

    @property
    @abstractmethod
    def identity(self) -> bytes:
        """What follows the type in its `LedgerKey`."""

    @property
    @abstractmethod
    def data(self) -> bytes:
        """What follows the type in its `LedgerEntryData`."""

    @cached_property
    def xdr(self) -> bytes:
        """The packed `LedgerEntry`."""
        return _HEAD.pack(self.last_modified, self.TYPE) + self.data + self._extension()

    def _extension(self) -> bytes:
        if self.sponsor is not None:
            return _SPONSORED + packed_account(self.sponsor) + _NONE
        return _NO_LONGER_SPONSORED if self.extended else _NONE


_HEAD = struct.Struct(">II")
_SPONSORED = struct.pack(">II", 1, 1)
_NO_LONGER_SPONSORED = struct.pack(">III", 1, 0, 0)


@dataclass(frozen=True, kw_only=True)
class AccountEntry(LedgerEntry):
    """An account. `last_used` is ledger and close time of its last own transaction, None before the first.

    `buying` and `selling` are the lumens that its offers may bring and cost. An extension that an account was given
    once stays with it: `extensions` says how many there are, if `last_used` does not.
    """

    TYPE = stellar_xdr.LedgerEntryType.ACCOUNT
    RESERVES = 2

    public_key: bytes
    balance: int
    sequence_number: int
    last_used: tuple[int, int] | None = None
    sub_entries: int = 0
    flags: int = 0
    home_domain: bytes = b""
    signers: tuple[bytes, ...] = ()
    buying: int = 0
    selling: int = 0
    sponsored: int = 0
    sponsoring: int = 0
    extensions: int = 0

    @property
    def identity(self) -> bytes:
        return packed_account(self.public_key)

    @property
    def minimum_balance(self) -> int:
        return MINIMUM_BALANCE + (self.sub_entries + self.sponsoring - self.sponsored) * BASE_RESERVE

    @property
    def available(self) -> int:
        """What it can spend: the reserve stays, and what its offers sell."""
        return self.balance - self.minimum_balance - self.selling

    def with_more(self, stroops: int, ledger: int) -> "AccountEntry":
        """By hand: with so many fields, `replace` would be a tenth of a large ledger's time."""
        fields = {**self.__dict__, "balance": self.balance + stroops, "last_modified": ledger}
        fields.pop("xdr", None)  # of this entry, when it was asked for
        entry = object.__new__(AccountEntry)
        entry.__dict__.update(fields)
        return entry

    def with_liabilities(self, buying: int, selling: int, ledger: int) -> "AccountEntry":
        return replace(
            self,
            buying=self.buying + buying,
            selling=self.selling + selling,
            extensions=max(1, self.extensions),
            last_modified=ledger,
        )

    def with_sequence_number(self, number: int, ledger: int, close_time: int) -> "AccountEntry":
        return replace(self, sequence_number=number, last_modified=ledger, last_used=(ledger, close_time))

    def with_entries(self, ledger: int, *, sub_entries: int, sponsored: int, sponsoring: int) -> "AccountEntry":
        """So many more of each."""
        return replace(
            self,
            sub_entries=self.sub_entries + sub_entries,
            sponsored=self.sponsored + sponsored,
            sponsoring=self.sponsoring + sponsoring,
            extensions=max(2 if sponsored or sponsoring else 0, self.extensions),
            last_modified=ledger,
        )

    @property
    def data(self) -> bytes:
        head = _ACCOUNT_HEAD.pack(0, self.public_key, self.balance, self.sequence_number, self.sub_entries, 0)
        return head + self._settings() + self._extensions()

    def _settings(self) -> bytes:
        if not (self.flags or self.home_domain or self.signers):
            return _NO_SETTINGS
        signers = b"".join(packed_account(signer) + _uint(1) for signer in self.signers)
        domain = packed_string(self.home_domain)
        return _uint(self.flags) + domain + _THRESHOLDS + _uint(len(self.signers)) + signers

    def _extensions(self) -> bytes:
        number = 3 if self.last_used else self.extensions
        if number == 0:
            return _NONE
        liabilities = _LIABILITIES.pack(1, self.buying, self.selling)
        if number == 1:
            return liabilities + _NONE
        signers = len(self.signers)
        sponsorships = _SPONSORSHIPS.pack(2, self.sponsored, self.sponsoring, signers) + signers * _NONE
        if self.last_used is None:
            return liabilities + sponsorships + _NONE
        return liabilities + sponsorships + _LAST_USED.pack(3, 0, *self.last_used)


_ACCOUNT_HEAD = struct.Struct(">I32sqqII")  # ED25519, key, balance, sequence number, sub-entries, no inflation
_THRESHOLDS = b"\x01\0\0\0"  # the key's weight is 1, and that is enough
_NO_SETTINGS = _uint(0) + _uint(0) + _THRESHOLDS + _uint(0)
# Having used a sequence number brings the extensions V1, V2 and V3, as since protocol 19.
_LIABILITIES = struct.Struct(">Iqq")
_SPONSORSHIPS = struct.Struct(">IIII")
_LAST_USED = struct.Struct(">IIIQ")  # V3, no extension of it, ledger, close time


@dataclass(frozen=True, kw_only=True)
class TrustLineEntry(LedgerEntry):
    """How much of an asset an account holds, at most `limit`. `liable` says that an offer ever counted on it."""

    TYPE = stellar_xdr.LedgerEntryType.TRUSTLINE

    account: bytes
    asset: Asset
    balance: int
    limit: int
    buying: int = 0
    selling: int = 0
    liable: bool = False

    @property
    def identity(self) -> bytes:
        return packed_account(self.account) + self.asset.xdr

    @property
    def available(self) -> int:
        return self.balance - self.selling

    @property
    def room(self) -> int:
        return self.limit - self.balance - self.buying

    def with_more(self, amount: int, ledger: int) -> "TrustLineEntry":
        return replace(self, balance=self.balance + amount, last_modified=ledger)

    def with_liabilities(self, buying: int, selling: int, ledger: int) -> "TrustLineEntry":
        return replace(
            self, buying=self.buying + buying, selling=self.selling + selling, liable=True, last_modified=ledger
        )

    @property
    def data(self) -> bytes:
        amounts = _TRUST_LINE.pack(self.balance, self.limit, _AUTHORIZED)
        liabilities = _LIABILITIES.pack(1, self.buying, self.selling) if self.liable else b""
        return self.identity + amounts + liabilities + _NONE


_TRUST_LINE = struct.Struct(">qqI")
_AUTHORIZED = 1


@dataclass(frozen=True, kw_only=True)
class OfferEntry(LedgerEntry):
    """Sells an amount; one of it costs numerator / denominator of what it buys."""

    TYPE = stellar_xdr.LedgerEntryType.OFFER

    seller: bytes
    offer_id: int
    selling: Asset
    buying: Asset
    amount: int
    price: tuple[int, int]

    @property
    def identity(self) -> bytes:
        return packed_account(self.seller) + _long(self.offer_id)

    @property
    def data(self) -> bytes:
        tail = _OFFER_TAIL.pack(self.amount, *self.price, 0, 0)  # no flags, no extension
        return self.identity + self.selling.xdr + self.buying.xdr + tail


_OFFER_TAIL = struct.Struct(">qiiII")


@dataclass(frozen=True, kw_only=True)
class DataEntry(LedgerEntry):
    """What an account notes down under a name."""

    TYPE = stellar_xdr.LedgerEntryType.DATA

    account: bytes
    name: bytes
    value: bytes

    @property
    def identity(self) -> bytes:
        return packed_account(self.account) + packed_string(self.name)

    @property
    def data(self) -> bytes:
        return self.identity + packed_string(self.value) + _NONE


class BalanceId(bytes):
    """A packed `ClaimableBalanceID`."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class ClaimableBalanceEntry(LedgerEntry):
    """Waits for one of its claimants; each has a packed `ClaimPredicate`."""

    TYPE = stellar_xdr.LedgerEntryType.CLAIMABLE_BALANCE

    balance_id: BalanceId
    claimants: dict[bytes, bytes] = field(hash=False)
    asset: Asset
    amount: int

    @property
    def reserves(self) -> int:
        return len(self.claimants)

    @property
    def identity(self) -> bytes:
        return self.balance_id

    @property
    def data(self) -> bytes:
        claimants = b"".join(
            _uint(0) + packed_account(account) + predicate for account, predicate in self.claimants.items()
        )
        amount = self.asset.xdr + _long(self.amount)
        return self.balance_id + _uint(len(self.claimants)) + claimants + amount + _NONE
