"""The network's one token contract (SEP-41): its code, its address and what it remembers.

Nobody runs the code: `operations.contracts` does what such a contract would do.
"""

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import events
from producer.sources.simulated.contract_entries import ContractCodeEntry, ContractDataEntry, ContractId
from producer.sources.simulated.packed import packed

_SECTION = b"\x0bledgerstream" + b"a token whose functions the simulated network knows by heart"
CODE = b"\0asm\x01\0\0\0" + bytes([0, len(_SECTION)]) + _SECTION
CODE_HASH = hashlib.sha256(CODE).digest()

_SALT = bytes(32)
_KINDS = stellar_xdr.SCValType


@dataclass(frozen=True, kw_only=True)
class TokenBalance(ContractDataEntry):
    """What the contract remembers of a holder, an account's key or a `ContractId`."""

    holder: bytes
    amount: int


class Token(NamedTuple):
    """A token that `admin` made."""

    admin: bytes
    contract: ContractId

    @property
    def preimage(self) -> stellar_xdr.ContractIDPreimage:
        return _preimage(self.admin)

    @property
    def address(self) -> stellar_xdr.SCAddress:
        return packed(stellar_xdr.SCAddress, self.contract.to_xdr())

    def instance(self, ledger: int) -> ContractDataEntry:
        """As the constructor leaves it."""
        return ContractDataEntry(
            contract=self.contract, name=_INSTANCE, value=_instance_of(self.admin), last_modified=ledger
        )

    def balance(self, holder: bytes, amount: int = 0, ledger: int = 0) -> TokenBalance:
        return TokenBalance(
            holder=holder,
            amount=amount,
            contract=self.contract,
            name=_balance_name(holder),
            value=events.number_128(amount).to_xdr_bytes(),
            last_modified=ledger,
        )


def token_of(network_id: bytes, admin: bytes) -> Token:
    preimage = stellar_xdr.HashIDPreimage(
        stellar_xdr.EnvelopeType.ENVELOPE_TYPE_CONTRACT_ID,
        contract_id=stellar_xdr.HashIDPreimageContractID(stellar_xdr.Hash(network_id), _preimage(admin)),
    )
    return Token(admin, ContractId(hashlib.sha256(preimage.to_xdr_bytes()).digest()))


def _preimage(admin: bytes) -> stellar_xdr.ContractIDPreimage:
    """What the contract's address follows from."""
    return stellar_xdr.ContractIDPreimage(
        stellar_xdr.ContractIDPreimageType.CONTRACT_ID_PREIMAGE_FROM_ADDRESS,
        from_address=stellar_xdr.ContractIDPreimageFromAddress(
            address=_account_address(admin), salt=stellar_xdr.Uint256(_SALT)
        ),
    )


def _account_address(public_key: bytes) -> stellar_xdr.SCAddress:
    return packed(stellar_xdr.SCAddress, events.address(public_key).to_xdr_bytes()[4:])


def executable() -> stellar_xdr.ContractExecutable:
    kind = stellar_xdr.ContractExecutableType.CONTRACT_EXECUTABLE_WASM
    return stellar_xdr.ContractExecutable(kind, wasm_hash=stellar_xdr.Hash(CODE_HASH))


def code_entry(ledger: int) -> ContractCodeEntry:
    return ContractCodeEntry(code=CODE, last_modified=ledger)


def holder_address(holder: bytes, muxed_id: int | None = None) -> stellar_xdr.SCVal:
    """Of a `ContractId` or an account's key, which may be shared."""
    if isinstance(holder, ContractId):
        return events.address_value(packed(stellar_xdr.SCAddress, holder.to_xdr()))
    if muxed_id is None:
        return events.address(holder)
    muxed = stellar_xdr.MuxedEd25519Account(stellar_xdr.Uint64(muxed_id), stellar_xdr.Uint256(holder))
    kind = stellar_xdr.SCAddressType.SC_ADDRESS_TYPE_MUXED_ACCOUNT
    return events.address_value(stellar_xdr.SCAddress(kind, muxed_account=muxed))


@lru_cache(maxsize=50_000)
def _balance_name(holder: bytes) -> bytes:
    return _vector(events.symbol("Balance"), holder_address(holder)).to_xdr_bytes()


@cache
def _instance_of(admin: bytes) -> bytes:
    storage = stellar_xdr.SCMap(
        [
            stellar_xdr.SCMapEntry(events.symbol("METADATA"), _metadata()),
            stellar_xdr.SCMapEntry(_vector(events.symbol("Admin")), events.address(admin)),
        ]
    )
    instance = stellar_xdr.SCContractInstance(executable(), storage)
    return stellar_xdr.SCVal(_KINDS.SCV_CONTRACT_INSTANCE, instance=instance).to_xdr_bytes()


def _vector(*values: stellar_xdr.SCVal) -> stellar_xdr.SCVal:
    return stellar_xdr.SCVal(_KINDS.SCV_VEC, vec=stellar_xdr.SCVec(list(values)))


def _metadata() -> stellar_xdr.SCVal:
    values = {
        "decimal": stellar_xdr.SCVal(_KINDS.SCV_U32, u32=stellar_xdr.Uint32(18)),
        "name": events.string("Simulated Token"),
        "symbol": events.string("SIM"),
    }
    return events.map_value(values)


_INSTANCE = stellar_xdr.SCVal(_KINDS.SCV_LEDGER_KEY_CONTRACT_INSTANCE).to_xdr_bytes()
