"""Details of operations on claimable balances."""

from consumer.decode.details.accounts import account_details
from consumer.decode.details.assets import canonical
from consumer.decode.details.ledger_keys import claimable_balance_id
from consumer.decode.details.numbers import amount
from consumer.decode.details.operation import AppliedOperation, Details
from consumer.decode.details.predicates import predicate
from consumer.decode.strkeys import account
from schemas.xdr.readers import ClaimClaimableBalanceOp, ClawbackClaimableBalanceOp, CreateClaimableBalanceOp


def create_claimable_balance(_: AppliedOperation, body: CreateClaimableBalanceOp) -> Details:
    return {
        "asset": canonical(body.asset.value),
        "amount": amount(body.amount),
        "claimants": [
            {"destination": account(each.destination), "predicate": predicate(each.predicate)}
            for each in body.claimants
        ],
    }


def claim_claimable_balance(operation: AppliedOperation, body: ClaimClaimableBalanceOp) -> Details:
    return {"balance_id": claimable_balance_id(body.balance_id), **account_details("claimant", operation.source)}


def clawback_claimable_balance(_: AppliedOperation, body: ClawbackClaimableBalanceOp) -> Details:
    return {"balance_id": claimable_balance_id(body.balance_id)}
