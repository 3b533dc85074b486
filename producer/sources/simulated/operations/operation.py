"""What every operation is: its place in an envelope and its effect on the ledger."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.assets import Asset
from producer.sources.simulated.events import AssetEvents, recipient_id_of
from producer.sources.simulated.state import LedgerScope


class Address(NamedTuple):
    """An account, and who is meant of those who share it: G…, or M… with the id."""

    public_key: bytes
    muxed_id: int | None = None

    def to_xdr(self) -> stellar_xdr.MuxedAccount:
        key = stellar_xdr.Uint256(self.public_key)
        if self.muxed_id is None:
            return stellar_xdr.MuxedAccount(stellar_xdr.CryptoKeyType.KEY_TYPE_ED25519, ed25519=key)
        return stellar_xdr.MuxedAccount(
            stellar_xdr.CryptoKeyType.KEY_TYPE_MUXED_ED25519,
            med25519=stellar_xdr.MuxedAccountMed25519(id=stellar_xdr.Uint64(self.muxed_id), ed25519=key),
        )


@dataclass(slots=True)
class Circumstances:
    """Where an operation is applied: its ledger, its transaction, its place in there and its source.

    `muxed_id` says who acts of those who share the source. The `position` goes from operation to operation; `sponsors`
    says who pays the reserves for whom at the moment, and operations change that.
    """

    ledger: int
    close_time: int
    events: AssetEvents
    memo: stellar_xdr.Memo
    transaction_source: bytes
    sequence_number: int
    source: bytes
    muxed_id: int | None = None
    position: int = 0
    sponsors: dict[bytes, bytes] = field(default_factory=dict)

    def moved(self, asset: Asset, sender: bytes, to: "Address", amount: int) -> stellar_xdr.ContractEvent:
        """The event of a movement whose recipient the memo or an M… address may tell more closely."""
        recipient_id = recipient_id_of(to.muxed_id, self.memo)
        return self.events.moved(asset, sender, to.public_key, amount, recipient_id)


@dataclass(frozen=True, slots=True)
class Charges:
    """Of the resource fee of a Soroban transaction: what is used up. The rent is a part of what is refundable."""

    non_refundable: int
    refundable: int = 0
    rent: int = 0
    return_value: stellar_xdr.SCVal | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation. `charges` are those of a contract's call."""

    succeeded: bool
    result: stellar_xdr.OperationResultTr
    events: list[stellar_xdr.ContractEvent] = field(default_factory=list)
    charges: Charges | None = None


class Operation(Protocol):
    """One operation of a transaction."""

    def body(self) -> stellar_xdr.OperationBody:
        """As it stands in the envelope."""

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        """Its effect. `scope` is dropped when it did not succeed."""


@dataclass(frozen=True, slots=True)
class By:
    """An operation whose source is not the transaction's."""

    account: Address
    operation: Operation

    def body(self) -> stellar_xdr.OperationBody:
        return self.operation.body()

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        public_key, muxed_id = self.account
        return self.operation.apply(scope, replace(here, source=public_key, muxed_id=muxed_id))


def account_of(operation: Operation) -> Address | None:
    """The operation's own source."""
    return operation.account if isinstance(operation, By) else None
