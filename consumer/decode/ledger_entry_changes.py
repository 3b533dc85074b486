"""Rows of `ledger_entry_changes`."""

from collections.abc import Iterator
from itertools import chain

from consumer.decode.applied import AppliedLedger, AppliedTransaction, changes_in, toid
from consumer.tables import Row
from schemas.xdr.readers import LedgerEntry, LedgerEntryChange, LedgerEntryChangeType, LedgerEntryType

_CHANGE = {number: name.removeprefix("LEDGER_ENTRY_").lower() for number, name in LedgerEntryChangeType.names.items()}
_ENTRY_TYPE = {number: name.lower() for number, name in LedgerEntryType.names.items()}

_Changes = tuple[str, int | None, list[LedgerEntryChange]]


def ledger_entry_change_rows(applied: AppliedLedger) -> list[Row]:
    """One row for each change that the metadata holds, in the order of the metadata; upgrades' are the ledger's own."""
    sequence = applied.sequence
    rows = [row for each in applied.transactions for row in _rows(sequence, each.id, _of_transaction(each))]
    upgrades: list[_Changes] = [("upgrade", None, changes_in(each.changes)) for each in applied.upgrades]
    return rows + list(_rows(sequence, toid(sequence), upgrades))


def _of_transaction(applied: AppliedTransaction) -> Iterator[_Changes]:
    yield "fee", None, applied.fee_changes
    yield "before", None, applied.changes_before
    for index in range(len(applied.operations)):
        yield "operation", applied.id | index + 1, applied.operation_changes(index)
    yield "after", None, applied.changes_after
    yield "refund", None, applied.refund_changes


def _rows(sequence: int, transaction_id: int, all_changes: Iterator[_Changes] | list[_Changes]) -> Iterator[Row]:
    changes = chain.from_iterable(
        ((phase, operation_id, change) for change in changes) for phase, operation_id, changes in all_changes
    )
    for position, (phase, operation_id, change) in enumerate(changes):
        value = change.value
        entry_type = value.data.type if isinstance(value, LedgerEntry) else value.type
        yield (
            transaction_id,
            position,
            sequence,
            operation_id,
            phase,
            _CHANGE[change.type],
            _ENTRY_TYPE[entry_type],
            change.xdr,
        )
