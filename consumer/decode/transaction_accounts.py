"""Rows of `transaction_accounts`."""

from consumer.decode.applied import AppliedLedger
from consumer.decode.participants import participants_of, transaction_participants
from consumer.decode.strkeys import account
from consumer.tables import Row


def transaction_account_rows(applied: AppliedLedger) -> list[Row]:
    """One row for each account that takes part in a transaction, in the order of transactions and accounts.

    Those are its source, who pays its fee, and all that take part in one of its operations. Accounts that only its
    operations' changes name, as owners of offers that were taken, are not among them: Horizon reads those changes from
    the oldest form of metadata alone, which no network writes any more.
    """
    return [
        (transaction.id, participant)
        for transaction, of_operations in zip(applied.transactions, participants_of(applied), strict=True)
        for participant in sorted(map(account, transaction_participants(transaction, of_operations)))
    ]
