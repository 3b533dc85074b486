"""One ledger's transactions applied to what the ledger holds."""

from dataclasses import replace

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import meta
from producer.sources.simulated.events import AssetEvents
from producer.sources.simulated.operations.operation import Charges, Circumstances, Operation, Outcome
from producer.sources.simulated.state import LedgerScope
from producer.sources.simulated.transactions import SignedTransaction


class Application:
    """As the network does it: all fees first, then one transaction after the other, then all refunds."""

    def __init__(self, state: LedgerScope, ledger: int, close_time: int, events: AssetEvents) -> None:
        self.scope = LedgerScope(state)
        self._ledger = ledger
        self._close_time = close_time
        self._events = events

    def apply(self, transactions: list[SignedTransaction]) -> list[meta.AppliedTransaction]:
        fee_changes = [self._charge(transaction) for transaction in transactions]
        applied = [self._apply(*both) for both in zip(transactions, fee_changes, strict=True)]
        return [self._refund(*both) for both in zip(transactions, applied, strict=True)]

    def _charge(self, transaction: SignedTransaction) -> stellar_xdr.LedgerEntryChanges:
        scope = LedgerScope(self.scope)
        payer = scope.account(transaction.draft.payer)
        assert payer.available >= transaction.draft.fee
        scope.put(payer.with_more(-transaction.draft.fee, self._ledger))
        return _committed(scope)

    def _refund(self, transaction: SignedTransaction, applied: meta.AppliedTransaction) -> meta.AppliedTransaction:
        if not applied.refund:
            return applied
        scope = LedgerScope(self.scope)
        scope.put(scope.account(transaction.draft.payer).with_more(applied.refund, self._ledger))
        return replace(applied, refund_changes=_committed(scope))

    def _apply(
        self, transaction: SignedTransaction, fee_changes: stellar_xdr.LedgerEntryChanges
    ) -> meta.AppliedTransaction:
        changes_before = self._use_sequence_number(transaction)
        scope = LedgerScope(self.scope)
        outcomes, operations = self._apply_operations(transaction, scope)
        succeeded = all(outcome.succeeded for outcome in outcomes)
        if succeeded:
            scope.commit()
        refund = _refund_of(transaction, outcomes[0].charges)
        fee_charged = transaction.draft.fee - refund
        results = [outcome.result for outcome in outcomes]
        return meta.AppliedTransaction(
            result=meta.result_pair(transaction, results, fee_charged, succeeded=succeeded),
            fee_charged=fee_charged,
            fee_changes=fee_changes,
            changes_before=changes_before,
            operations=operations if succeeded else [],
            events=self._fee_events(transaction, refund),
            charges=outcomes[0].charges,
            refund=refund,
        )

    def _fee_events(self, transaction: SignedTransaction, refund: int) -> list[stellar_xdr.TransactionEvent]:
        payer = transaction.draft.payer
        charged = [self._events.fee(payer, transaction.draft.fee)]
        return [*charged, self._events.refund(payer, refund)] if refund else charged

    def _use_sequence_number(self, transaction: SignedTransaction) -> stellar_xdr.LedgerEntryChanges:
        """A fee bump's payer is written too, unchanged."""
        changes = []
        if transaction.draft.fee_source is not None:
            scope = LedgerScope(self.scope)
            scope.put(scope.account(transaction.draft.payer))
            changes += _committed(scope).ledger_entry_changes
        scope = LedgerScope(self.scope)
        source = scope.account(transaction.source)
        assert source.sequence_number + 1 == transaction.sequence_number
        scope.put(source.with_sequence_number(transaction.sequence_number, self._ledger, self._close_time))
        changes += _committed(scope).ledger_entry_changes
        return stellar_xdr.LedgerEntryChanges(changes)

    def _apply_operations(
        self, transaction: SignedTransaction, scope: LedgerScope
    ) -> tuple[list[Outcome], list[stellar_xdr.OperationMetaV2]]:
        """All of them, even after one that failed: each gets its result."""
        here = Circumstances(
            ledger=self._ledger,
            close_time=self._close_time,
            events=self._events,
            memo=transaction.draft.memo,
            transaction_source=transaction.source,
            sequence_number=transaction.sequence_number,
            source=transaction.source,
            muxed_id=transaction.draft.source.muxed_id,
        )
        outcomes, metas = [], []
        for position, operation in enumerate(transaction.draft.operations):
            here.position = position
            outcome, changes = _apply_operation(operation, LedgerScope(scope), here)
            outcomes.append(outcome)
            metas.append(meta.operation_meta(changes, outcome.events))
        assert not here.sponsors  # or the transaction would fail
        return outcomes, metas


def _refund_of(transaction: SignedTransaction, charges: Charges | None) -> int:
    call = transaction.draft.call
    if call is None or charges is None:
        return 0
    return call.resource_fee - charges.non_refundable - charges.refundable


def _apply_operation(
    operation: Operation, scope: LedgerScope, here: Circumstances
) -> tuple[Outcome, stellar_xdr.LedgerEntryChanges]:
    outcome = operation.apply(scope, here)
    if not outcome.succeeded:
        return outcome, stellar_xdr.LedgerEntryChanges([])
    return outcome, _committed(scope)


def _committed(scope: LedgerScope) -> stellar_xdr.LedgerEntryChanges:
    changes = scope.changes()
    scope.commit()
    return changes
