"""One operation with all that its details are made of: its transaction, its result, what it changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from consumer.decode.accounts import source_of
from consumer.decode.applied import AppliedLedger, AppliedTransaction, once
from schemas.xdr.readers import LedgerEntryChange, MuxedAccount, Operation, OperationResult, OperationType

_BEGIN = OperationType.BEGIN_SPONSORING_FUTURE_RESERVES

Details = dict[str, object]
"""What an operation says, in Horizon's words; JSON but for its encoding."""


@dataclass(slots=True)
class AppliedOperation:
    """An operation of a transaction: `id` is its TOID, `index` counts from 0, `source` is its own or the transaction's.

    `result` is None when the transaction failed before its operations; `sponsored` is whether any operation of the
    transaction begins to sponsor reserves.
    """

    id: int
    network_id: bytes
    transaction: AppliedTransaction
    index: int
    operation: Operation
    source: MuxedAccount
    successful: bool
    result: OperationResult | None
    sponsored: bool

    @property
    def changes(self) -> list[LedgerEntryChange]:
        """Of ledger entries; none when the transaction failed. To be asked for only where needed: it is read anew."""
        return self.transaction.operation_changes(self.index) if self.successful else []


@once
def operations_of(applied: AppliedLedger) -> list[list[AppliedOperation]]:
    """Those of each transaction, in order."""
    return [list(_operations(applied.network_id, transaction)) for transaction in applied.transactions]


def _operations(network_id: bytes, transaction: AppliedTransaction) -> Iterator[AppliedOperation]:
    operations, results = transaction.operations, transaction.operation_results
    source, successful = source_of(transaction.transaction), transaction.successful
    sponsored = _BEGIN in {each.body.type for each in operations}
    for index, operation in enumerate(operations):
        yield AppliedOperation(
            transaction.id + index + 1,
            network_id,
            transaction,
            index,
            operation,
            operation.source_account or source,
            successful,
            None if results is None else results[index],
            sponsored,
        )
