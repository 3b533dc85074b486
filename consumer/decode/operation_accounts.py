"""Rows of `operation_accounts`."""

from consumer.decode.applied import AppliedLedger
from consumer.decode.participants import participants_of
from consumer.decode.strkeys import account
from consumer.tables import Row


def operation_account_rows(applied: AppliedLedger) -> list[Row]:
    """One row for each account that takes part in an operation, in the order of operations and accounts.

    `consumer.decode.participants` says who does.
    """
    return [
        (transaction.id + order, participant)
        for transaction, of_operations in zip(applied.transactions, participants_of(applied), strict=True)
        for order, keys in enumerate(of_operations, start=1)
        for participant in sorted(map(account, keys))
    ]
