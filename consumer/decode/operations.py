"""Rows of `operations`."""

from msgspec.json import Encoder

from consumer.decode.accounts import account_of, muxed_of
from consumer.decode.applied import AppliedLedger
from consumer.decode.details import details_of
from consumer.decode.details.operation import AppliedOperation, operations_of
from consumer.tables import Row
from schemas.xdr import readers
from schemas.xdr.readers import OperationResult, OperationResultCode, OperationType

_json = Encoder().encode

_TYPES = {number: name.lower() for number, name in OperationType.names.items()}
"""Horizon's names are the network's in small letters."""

_TRACE_CODES = {
    OperationType.CREATE_ACCOUNT: readers.CreateAccountResultCode.names,
    OperationType.PAYMENT: readers.PaymentResultCode.names,
    OperationType.PATH_PAYMENT_STRICT_RECEIVE: readers.PathPaymentStrictReceiveResultCode.names,
    OperationType.MANAGE_SELL_OFFER: readers.ManageSellOfferResultCode.names,
    OperationType.CREATE_PASSIVE_SELL_OFFER: readers.ManageSellOfferResultCode.names,
    OperationType.SET_OPTIONS: readers.SetOptionsResultCode.names,
    OperationType.CHANGE_TRUST: readers.ChangeTrustResultCode.names,
    OperationType.ALLOW_TRUST: readers.AllowTrustResultCode.names,
    OperationType.ACCOUNT_MERGE: readers.AccountMergeResultCode.names,
    OperationType.INFLATION: readers.InflationResultCode.names,
    OperationType.MANAGE_DATA: readers.ManageDataResultCode.names,
    OperationType.BUMP_SEQUENCE: readers.BumpSequenceResultCode.names,
    OperationType.MANAGE_BUY_OFFER: readers.ManageBuyOfferResultCode.names,
    OperationType.PATH_PAYMENT_STRICT_SEND: readers.PathPaymentStrictSendResultCode.names,
    OperationType.CREATE_CLAIMABLE_BALANCE: readers.CreateClaimableBalanceResultCode.names,
    OperationType.CLAIM_CLAIMABLE_BALANCE: readers.ClaimClaimableBalanceResultCode.names,
    OperationType.BEGIN_SPONSORING_FUTURE_RESERVES: readers.BeginSponsoringFutureReservesResultCode.names,
    OperationType.END_SPONSORING_FUTURE_RESERVES: readers.EndSponsoringFutureReservesResultCode.names,
    OperationType.REVOKE_SPONSORSHIP: readers.RevokeSponsorshipResultCode.names,
    OperationType.CLAWBACK: readers.ClawbackResultCode.names,
    OperationType.CLAWBACK_CLAIMABLE_BALANCE: readers.ClawbackClaimableBalanceResultCode.names,
    OperationType.SET_TRUST_LINE_FLAGS: readers.SetTrustLineFlagsResultCode.names,
    OperationType.LIQUIDITY_POOL_DEPOSIT: readers.LiquidityPoolDepositResultCode.names,
    OperationType.LIQUIDITY_POOL_WITHDRAW: readers.LiquidityPoolWithdrawResultCode.names,
    OperationType.INVOKE_HOST_FUNCTION: readers.InvokeHostFunctionResultCode.names,
    OperationType.EXTEND_FOOTPRINT_TTL: readers.ExtendFootprintTTLResultCode.names,
    OperationType.RESTORE_FOOTPRINT: readers.RestoreFootprintResultCode.names,
}


def operation_rows(applied: AppliedLedger) -> list[Row]:
    """One row for each operation of every transaction, failed ones too, in the order of application."""
    return [_row(applied.sequence, each) for operations in operations_of(applied) for each in operations]


def _row(sequence: int, operation: AppliedOperation) -> Row:
    return (
        operation.id,
        sequence,
        operation.transaction.id,
        operation.index + 1,
        _TYPES[operation.operation.body.type],
        account_of(operation.source),
        muxed_of(operation.source),
        operation.successful,
        *_codes(operation.result),
        _json(details_of(operation)),
    )


def _codes(result: OperationResult | None) -> tuple[str | None, str | None]:
    """Why the operation did not run, if it did not; else what came of it."""
    if result is None:
        return None, None
    code = OperationResultCode.names[result.code]
    ran = result.value
    return code, None if ran is None else _TRACE_CODES[ran.type][ran.value.code]
