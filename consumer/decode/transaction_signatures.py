"""Rows of `transaction_signatures`."""

from collections.abc import Iterator

from consumer.decode.applied import AppliedLedger, AppliedTransaction
from consumer.tables import Row


def transaction_signature_rows(applied: AppliedLedger) -> list[Row]:
    """One row for each signature: those of the (inner) transaction, then a fee bump's own."""
    return [row for each in applied.transactions for row in _rows(each)]


def _rows(applied: AppliedTransaction) -> Iterator[Row]:
    signatures = [(False, each) for each in applied.envelope.signatures]
    signatures += [(True, each) for each in applied.fee_bump_signatures]
    for position, (fee_bump, each) in enumerate(signatures):
        yield applied.id, position, fee_bump, each.hint, each.signature
