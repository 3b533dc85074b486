"""What the simulated network's ledger holds of contracts."""

import hashlib
import struct
from dataclasses import dataclass

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.entries import LedgerEntry
from producer.sources.simulated.packed import packed_string

_FIRST_LIFE = 2_073_600  # ledgers, four months: on pubnet too. The simulated network lets nothing expire

_uint = struct.Struct(">I").pack


class ContractId(bytes):
    """Of a contract that holds tokens, where the bytes of an account would be its key."""

    __slots__ = ()

    def to_xdr(self) -> bytes:
        """The packed `SCAddress`."""
        return _uint(stellar_xdr.SCAddressType.SC_ADDRESS_TYPE_CONTRACT) + self


@dataclass(frozen=True, kw_only=True)
class ContractDataEntry(LedgerEntry):
    """What a contract remembers for long, a packed `SCVal` under another."""

    TYPE = stellar_xdr.LedgerEntryType.CONTRACT_DATA

    contract: ContractId
    name: bytes
    value: bytes

    @property
    def identity(self) -> bytes:
        return self.contract.to_xdr() + self.name + _uint(stellar_xdr.ContractDataDurability.PERSISTENT)

    @property
    def data(self) -> bytes:
        return _uint(0) + self.identity + self.value


@dataclass(frozen=True, kw_only=True)
class ContractCodeEntry(LedgerEntry):
    """A module without functions, whose cost inputs are all zero."""

    TYPE = stellar_xdr.LedgerEntryType.CONTRACT_CODE

    code: bytes

    @property
    def identity(self) -> bytes:
        return hashlib.sha256(self.code).digest()

    @property
    def data(self) -> bytes:
        return _COST_INPUTS + self.identity + packed_string(self.code)


_COST_INPUTS = _uint(1) + 2 * _uint(0) + 10 * _uint(0)  # V1, two extensions of it, ten numbers


@dataclass(frozen=True, kw_only=True)
class TtlEntry(LedgerEntry):
    """Until when an entry of a contract lives."""

    TYPE = stellar_xdr.LedgerEntryType.TTL

    key_hash: bytes
    live_until: int

    @property
    def identity(self) -> bytes:
        return self.key_hash

    @property
    def data(self) -> bytes:
        return self.key_hash + _uint(self.live_until)


def first_life_of(entry: ContractDataEntry | ContractCodeEntry) -> TtlEntry:
    key_hash = hashlib.sha256(entry.key_xdr).digest()
    ledger = entry.last_modified
    return TtlEntry(key_hash=key_hash, live_until=ledger + _FIRST_LIFE - 1, last_modified=ledger)
