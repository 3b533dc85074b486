"""Who pays the reserve of whose ledger entries (CAP-33)."""

from consumer.decode.accounts import key_of, signer, source_of
from consumer.decode.details.accounts import account_details
from consumer.decode.details.ledger_keys import ledger_key_details
from consumer.decode.details.operation import AppliedOperation, Details
from consumer.decode.strkeys import account
from schemas.xdr.readers import (
    AccountEntry,
    AccountEntryExtensionV1,
    AccountEntryExtensionV2,
    BeginSponsoringFutureReservesOp,
    LedgerEntry,
    LedgerEntryChangeType,
    LedgerKey,
    MuxedAccount,
    OperationType,
    RevokeSponsorshipOp,
    SetOptionsOp,
)

_CREATED = LedgerEntryChangeType.LEDGER_ENTRY_CREATED
_REVOCATIONS = (OperationType.ALLOW_TRUST, OperationType.SET_TRUST_LINE_FLAGS)


def begin_sponsoring_future_reserves(_: AppliedOperation, body: BeginSponsoringFutureReservesOp) -> Details:
    return {"sponsored_id": account(body.sponsored_id)}


def end_sponsoring_future_reserves(operation: AppliedOperation, _: None) -> Details:
    """Who began it, unless the transaction failed."""
    sponsor = beginning_sponsor(operation)
    return {} if sponsor is None else account_details("begin_sponsor", sponsor)


def revoke_sponsorship(_: AppliedOperation, body: RevokeSponsorshipOp) -> Details:
    """What is no longer sponsored, or by another: an entry, or one signer of an account."""
    if isinstance(body.value, LedgerKey):
        return ledger_key_details(body.value)
    return {"signer_account_id": account(body.value.account_id), "signer_key": signer(body.value.signer_key)}


def beginning_sponsor(operation: AppliedOperation) -> MuxedAccount | None:
    """The source of the last operation before this one that began to sponsor this one's source.

    None, when the transaction failed: what is nested in what is then not certain.
    """
    if not operation.successful:
        return None
    sponsored = key_of(operation.source)
    for before in reversed(operation.transaction.operations[: operation.index]):
        body = before.body.value
        if isinstance(body, BeginSponsoringFutureReservesOp) and body.sponsored_id == sponsored:
            return before.source_account or source_of(operation.transaction.transaction)
    return None


def sponsor(operation: AppliedOperation) -> bytes | None:
    """The key of the account that sponsors what the operation created: an entry, or the signer that it set.

    Where no operation begins to sponsor, only claimable balances are sponsored, by the source of what creates them:
    of an issuer's revocation, which creates them of a pool's shares, that is found in the changes alone.
    """
    if not operation.successful:
        return None
    body = operation.operation.body
    if operation.sponsored:
        return _sponsor_of_signer(operation, body.value) or _sponsor_of_entry(operation)
    if body.type == OperationType.CREATE_CLAIMABLE_BALANCE:
        return key_of(operation.source)
    return _sponsor_of_entry(operation) if body.type in _REVOCATIONS else None


def _sponsor_of_entry(operation: AppliedOperation) -> bytes | None:
    for change in operation.changes:
        if change.type == _CREATED and isinstance(change.value, LedgerEntry):
            extension = change.value.ext.value
            if extension is not None and extension.sponsoring_id is not None:
                return extension.sponsoring_id
    return None


def _sponsor_of_signer(operation: AppliedOperation, body: object) -> bytes | None:
    """Who sponsors the signer that the operation sets, if that was another, or nobody, before."""
    if not isinstance(body, SetOptionsOp) or body.signer is None:
        return None
    key, before = signer(body.signer.key), None
    for change in operation.changes:
        if not isinstance(change.value, LedgerEntry) or not isinstance(change.value.data.value, AccountEntry):
            continue
        found = _signer_sponsors(change.value.data.value).get(key)
        if change.type == LedgerEntryChangeType.LEDGER_ENTRY_STATE:
            before = found
        elif found is not None and found != before:
            return found
    return None


def _signer_sponsors(entry: AccountEntry) -> dict[str, bytes]:
    """The sponsors of an account's signers, for those that have one."""
    extension = entry.ext.value
    inner = extension.ext.value if isinstance(extension, AccountEntryExtensionV1) else None
    if not isinstance(inner, AccountEntryExtensionV2):
        return {}
    pairs = zip(entry.signers, inner.signer_sponsoring_i_ds, strict=True)
    return {signer(each.key): sponsored_by for each, sponsored_by in pairs if sponsored_by is not None}
