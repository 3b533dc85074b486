"""An operation's details: what it says, in the words of Horizon, and what of its outcome Horizon tells with it.

Amounts are strings of seven places, 64-bit integers strings, prices both rounded strings and exact fractions. An
optional field that is not set is left out. Where the operation's result or its changes are needed, they are those of a
successful transaction: of a failed one Horizon gives zeros. Text is as `text.text_details` says.
"""

from collections.abc import Callable
from typing import Any

from consumer.decode.details import (
    claimable_balances,
    liquidity_pools,
    offers,
    payments,
    settings,
    soroban,
    sponsorship,
    trust,
)
from consumer.decode.details.operation import AppliedOperation, Details
from consumer.decode.strkeys import account
from schemas.xdr.readers import OperationType


def details_of(operation: AppliedOperation) -> Details:
    """What its type has to say, and `sponsor`, who pays the reserve of what it created."""
    body = operation.operation.body
    details = DETAILS[body.type](operation, body.value)
    sponsor = sponsorship.sponsor(operation)
    if sponsor is not None:
        details["sponsor"] = account(sponsor)
    return details


def _inflation(_: AppliedOperation, __: None) -> Details:
    return {}


DETAILS: dict[int, Callable[[AppliedOperation, Any], Details]] = {
    OperationType.CREATE_ACCOUNT: payments.create_account,
    OperationType.PAYMENT: payments.payment,
    OperationType.PATH_PAYMENT_STRICT_RECEIVE: payments.path_payment_strict_receive,
    OperationType.MANAGE_SELL_OFFER: offers.manage_sell_offer,
    OperationType.CREATE_PASSIVE_SELL_OFFER: offers.create_passive_sell_offer,
    OperationType.SET_OPTIONS: settings.set_options,
    OperationType.CHANGE_TRUST: trust.change_trust,
    OperationType.ALLOW_TRUST: trust.allow_trust,
    OperationType.ACCOUNT_MERGE: payments.account_merge,
    OperationType.INFLATION: _inflation,
    OperationType.MANAGE_DATA: settings.manage_data,
    OperationType.BUMP_SEQUENCE: settings.bump_sequence,
    OperationType.MANAGE_BUY_OFFER: offers.manage_buy_offer,
    OperationType.PATH_PAYMENT_STRICT_SEND: payments.path_payment_strict_send,
    OperationType.CREATE_CLAIMABLE_BALANCE: claimable_balances.create_claimable_balance,
    OperationType.CLAIM_CLAIMABLE_BALANCE: claimable_balances.claim_claimable_balance,
    OperationType.BEGIN_SPONSORING_FUTURE_RESERVES: sponsorship.begin_sponsoring_future_reserves,
    OperationType.END_SPONSORING_FUTURE_RESERVES: sponsorship.end_sponsoring_future_reserves,
    OperationType.REVOKE_SPONSORSHIP: sponsorship.revoke_sponsorship,
    OperationType.CLAWBACK: trust.clawback,
    OperationType.CLAWBACK_CLAIMABLE_BALANCE: claimable_balances.clawback_claimable_balance,
    OperationType.SET_TRUST_LINE_FLAGS: trust.set_trust_line_flags,
    OperationType.LIQUIDITY_POOL_DEPOSIT: liquidity_pools.liquidity_pool_deposit,
    OperationType.LIQUIDITY_POOL_WITHDRAW: liquidity_pools.liquidity_pool_withdraw,
    OperationType.INVOKE_HOST_FUNCTION: soroban.invoke_host_function,
    OperationType.EXTEND_FOOTPRINT_TTL: soroban.extend_footprint_ttl,
    OperationType.RESTORE_FOOTPRINT: soroban.restore_footprint,
}
