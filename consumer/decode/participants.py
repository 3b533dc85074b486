"""Accounts that take part in an operation or a transaction, as Horizon defines them.

Of an operation: its source; whom it names as destination, trustor, claimant or sponsored account, as the one from
whom is clawed back, or as the owner of what is no longer sponsored; who began the sponsorship that it ends; who
sponsors what it created. Of an invocation of a contract also the owners of accounts, trust lines, offers and data that
it changed, and senders and recipients in events of Stellar assets' own contracts.

Only G…: contracts take part in nothing here, nor do issuers, signers, or owners of offers that were taken.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from consumer.decode.accounts import key_of, source_of
from consumer.decode.applied import AppliedLedger, AppliedTransaction, once
from consumer.decode.details.operation import AppliedOperation, operations_of
from consumer.decode.details.sponsorship import beginning_sponsor, sponsor
from consumer.decode.details.stellar_asset_events import stellar_asset_events
from schemas.xdr.readers import (
    AllowTrustOp,
    BeginSponsoringFutureReservesOp,
    ClawbackOp,
    CreateAccountOp,
    CreateClaimableBalanceOp,
    InvokeHostFunctionOp,
    LedgerEntry,
    LedgerEntryChange,
    LedgerEntryType,
    LedgerKey,
    MuxedAccount,
    OperationType,
    PathPaymentStrictReceiveOp,
    PathPaymentStrictSendOp,
    PaymentOp,
    RevokeSponsorshipOp,
    SCAddress,
    SCAddressType,
    SetTrustLineFlagsOp,
)


@once
def participants_of(applied: AppliedLedger) -> list[list[set[bytes]]]:
    """Of each transaction, of each of its operations: the keys of those that take part in it."""
    return [list(map(_participants, operations)) for operations in operations_of(applied)]


def _participants(operation: AppliedOperation) -> set[bytes]:
    body = operation.operation.body
    keys = {key_of(operation.source)}
    named = _NAMED.get(body.type)
    if named is not None:
        keys.update(named(operation, body.value))
    sponsored_by = sponsor(operation)
    if sponsored_by is not None:
        keys.add(sponsored_by)
    return keys


def transaction_participants(transaction: AppliedTransaction, of_operations: list[set[bytes]]) -> set[bytes]:
    """The keys of its source, of who pays its fee, and of those of its operations.

    Horizon adds the accounts that taking the fee changed: that is who pays it, and no other.
    """
    keys = {key_of(source_of(transaction.transaction))}
    if transaction.fee_bump is not None:
        keys.add(key_of(transaction.fee_bump.fee_source))
    return keys.union(*of_operations)


def _destination(
    _: AppliedOperation, body: PaymentOp | PathPaymentStrictReceiveOp | PathPaymentStrictSendOp
) -> tuple[bytes, ...]:
    return (key_of(body.destination),)


def _created(_: AppliedOperation, body: CreateAccountOp) -> tuple[bytes, ...]:
    return (body.destination,)


def _merged_into(_: AppliedOperation, body: MuxedAccount) -> tuple[bytes, ...]:
    return (key_of(body),)


def _trustor(_: AppliedOperation, body: AllowTrustOp | SetTrustLineFlagsOp) -> tuple[bytes, ...]:
    return (body.trustor,)


def _clawed_back_from(_: AppliedOperation, body: ClawbackOp) -> tuple[bytes, ...]:
    return (key_of(body.from_),)


def _claimants(_: AppliedOperation, body: CreateClaimableBalanceOp) -> Iterator[bytes]:
    return (each.destination for each in body.claimants)


def _sponsored(_: AppliedOperation, body: BeginSponsoringFutureReservesOp) -> tuple[bytes, ...]:
    return (body.sponsored_id,)


def _began(operation: AppliedOperation, _: None) -> tuple[bytes, ...]:
    sponsored_by = beginning_sponsor(operation)
    return () if sponsored_by is None else (key_of(sponsored_by),)


def _no_longer_sponsored(_: AppliedOperation, body: RevokeSponsorshipOp) -> tuple[bytes, ...]:
    if isinstance(body.value, LedgerKey):
        owner = _OWNERS.get(body.value.type)
        return () if owner is None else (owner(body.value.value),)
    return (body.value.account_id,)


def _invoked(operation: AppliedOperation, _: InvokeHostFunctionOp) -> Iterator[bytes]:
    for change in operation.changes:
        yield from _owners(change)
    for event in stellar_asset_events(operation):
        yield from _accounts(event.from_)
        yield from _accounts(event.to)


def _owners(change: LedgerEntryChange) -> Iterator[bytes]:
    changed = change.value.data if isinstance(change.value, LedgerEntry) else change.value
    owner = _OWNERS.get(changed.type)
    if owner is not None:
        yield owner(changed.value)


def _accounts(address: SCAddress | None) -> Iterator[bytes]:
    if (
        address is not None
        and address.type == SCAddressType.SC_ADDRESS_TYPE_ACCOUNT
        and isinstance(address.value, bytes)
    ):
        yield address.value


_OWNERS: dict[int, Callable[[Any], bytes]] = {
    LedgerEntryType.ACCOUNT: lambda entry: entry.account_id,
    LedgerEntryType.TRUSTLINE: lambda entry: entry.account_id,
    LedgerEntryType.OFFER: lambda entry: entry.seller_id,
    LedgerEntryType.DATA: lambda entry: entry.account_id,
}
"""Of an entry, or of its key: both name the owner alike."""

_NAMED: dict[int, Callable[[AppliedOperation, Any], Iterable[bytes]]] = {
    OperationType.CREATE_ACCOUNT: _created,
    OperationType.PAYMENT: _destination,
    OperationType.PATH_PAYMENT_STRICT_RECEIVE: _destination,
    OperationType.PATH_PAYMENT_STRICT_SEND: _destination,
    OperationType.ALLOW_TRUST: _trustor,
    OperationType.SET_TRUST_LINE_FLAGS: _trustor,
    OperationType.ACCOUNT_MERGE: _merged_into,
    OperationType.CREATE_CLAIMABLE_BALANCE: _claimants,
    OperationType.BEGIN_SPONSORING_FUTURE_RESERVES: _sponsored,
    OperationType.END_SPONSORING_FUTURE_RESERVES: _began,
    OperationType.REVOKE_SPONSORSHIP: _no_longer_sponsored,
    OperationType.CLAWBACK: _clawed_back_from,
    OperationType.INVOKE_HOST_FUNCTION: _invoked,
}
"""Whom an operation names besides its source; of the other types Horizon has nobody else."""
