"""Details of operations that move what an account holds."""

from consumer.decode.details.accounts import account_details
from consumer.decode.details.assets import asset_details
from consumer.decode.details.numbers import amount
from consumer.decode.details.operation import AppliedOperation, Details
from consumer.decode.strkeys import account
from schemas.xdr.readers import (
    CreateAccountOp,
    MuxedAccount,
    OperationResultTr,
    PathPaymentStrictReceiveOp,
    PathPaymentStrictReceiveResultSuccess,
    PathPaymentStrictSendOp,
    PathPaymentStrictSendResultSuccess,
    PaymentOp,
)

PathPayment = PathPaymentStrictReceiveOp | PathPaymentStrictSendOp
PathPaymentSuccess = PathPaymentStrictReceiveResultSuccess | PathPaymentStrictSendResultSuccess


def create_account(operation: AppliedOperation, body: CreateAccountOp) -> Details:
    return account_details("funder", operation.source) | {
        "account": account(body.destination),
        "starting_balance": amount(body.starting_balance),
    }


def payment(operation: AppliedOperation, body: PaymentOp) -> Details:
    return {
        **account_details("from", operation.source),
        **account_details("to", body.destination),
        **asset_details(body.asset),
        "amount": amount(body.amount),
    }


def path_payment_strict_receive(operation: AppliedOperation, body: PathPaymentStrictReceiveOp) -> Details:
    """`source_amount` is what was sent: zero, when the transaction failed."""
    success = _success(operation)
    return _path_payment(operation, body) | {
        "amount": amount(body.dest_amount),
        "source_amount": amount(0 if success is None else _sent(success)),
        "source_max": amount(body.send_max),
    }


def path_payment_strict_send(operation: AppliedOperation, body: PathPaymentStrictSendOp) -> Details:
    """`amount` is what was received: zero, when the transaction failed."""
    success = _success(operation)
    return _path_payment(operation, body) | {
        "amount": amount(0 if success is None else success.last.amount),
        "source_amount": amount(body.send_amount),
        "destination_min": amount(body.dest_min),
    }


def account_merge(operation: AppliedOperation, body: MuxedAccount) -> Details:
    return account_details("account", operation.source) | account_details("into", body)


def _path_payment(operation: AppliedOperation, body: PathPayment) -> Details:
    return {
        **account_details("from", operation.source),
        **account_details("to", body.destination),
        **asset_details(body.dest_asset),
        **asset_details(body.send_asset, "source_"),
        "path": [asset_details(each) for each in body.path],
    }


def _success(operation: AppliedOperation) -> PathPaymentSuccess | None:
    """What a path payment did: nothing, when its transaction failed afterwards."""
    result = operation.result
    if not operation.successful or result is None or not isinstance(result.value, OperationResultTr):
        return None
    value = result.value.value.value
    return value if isinstance(value, PathPaymentSuccess) else None


def _sent(success: PathPaymentSuccess) -> int:
    """What the first offers took of one asset, the one that was sent; without offers the payment is direct."""
    if not success.offers:
        return success.last.amount
    sent, asset = 0, success.offers[0].value.asset_bought
    for offer in success.offers:
        if offer.value.asset_bought != asset:
            break
        sent += offer.value.amount_bought
    return sent
