"""The simulated network: closes one ledger after the other."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import meta
from producer.sources.simulated.events import NativeEvents
from producer.sources.simulated.keys import Keyring
from producer.sources.simulated.operations import Circumstances, Operation, Outcome
from producer.sources.simulated.state import BASE_RESERVE, AccountEntry, LedgerScope
from producer.sources.simulated.transactions import (
    Draft,
    SignedTransaction,
    Signer,
    in_application_order,
    in_set_order,
)
from producer.sources.simulated.workload import Workload
from schemas.network import PASSPHRASES

GENESIS = 1
TOTAL_COINS = 10**18
LARGEST_LEDGER_BYTES = 14 * 1024 * 1024

_GENESIS_CLOSE_TIME = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
_CLOSE_INTERVAL_SECONDS = 5


@dataclass(frozen=True, slots=True)
class _Closed:
    """A ledger that could be the next: nothing of it holds until `scope` is committed."""

    xdr: bytes
    header: bytes
    bucket_list_hash: bytes
    fee_pool: int
    scope: LedgerScope


class SimulatedNetwork:
    """A network with one validator, from its genesis on.

    Its ledgers follow from the arguments alone: the same arguments, the same bytes. Ledger 1, the genesis, is not
    published, as on every network; another seed gives other ledgers from 2 on.

    There is no bucket list: the header's `bucket_list_hash` is a running SHA-256 over all entries that were ever
    written.

    Args:
        seed: decides the keys of all accounts but the root, and every transaction.
        passphrase: the network's identity; the root account's key follows from it.
        transactions_per_ledger: the mean; it varies from none to twice as many. Ledger 2 only makes accounts.
        ledger_bytes: every ledger gets further payments until its XDR has at least so many bytes.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        passphrase: str = PASSPHRASES["simulated"],
        transactions_per_ledger: int = 10,
        ledger_bytes: int | None = None,
    ) -> None:
        self._ledger_bytes = ledger_bytes or 0
        if transactions_per_ledger < 0:
            raise ValueError(f"{transactions_per_ledger} transactions per ledger: at least 0")
        if not 0 <= self._ledger_bytes <= LARGEST_LEDGER_BYTES:
            raise ValueError(f"a simulated ledger of {ledger_bytes} bytes: at most {LARGEST_LEDGER_BYTES}")
        self._network_id = hashlib.sha256(passphrase.encode()).digest()
        self._native = NativeEvents(passphrase)
        self._keyring = Keyring(seed, passphrase)
        self._signer = Signer(self._keyring, self._network_id)
        self._workload = Workload(seed, self._keyring, transactions_per_ledger, self._ledger_bytes)
        self._begin()

    def _begin(self) -> None:
        self._accounts: list[bytes] = []
        self._state = LedgerScope()
        self._state.put(AccountEntry(self._keyring.root, TOTAL_COINS, sequence_number=0, last_modified=GENESIS))
        self._fee_pool = 0
        self._bucket_list_hash = _bucket_list_hash(bytes(32), self._state)
        self._previous_hash = hashlib.sha256(self._genesis_header()).digest()
        self.sequence = GENESIS
        """Of the ledger that was closed last."""

    def _genesis_header(self) -> bytes:
        return meta.ledger_header(
            sequence=GENESIS,
            previous_hash=bytes(32),
            value=meta.genesis_value(_GENESIS_CLOSE_TIME),
            results_hash=bytes(32),
            bucket_list_hash=self._bucket_list_hash,
            totals=meta.Totals(TOTAL_COINS, fee_pool=0),
            base_reserve=BASE_RESERVE,
        )

    def close_ledger(self) -> bytes:
        """The XDR `LedgerCloseMeta` of the next ledger."""
        drafts = self._drafts()
        closed = self._closed_with(drafts)
        # How large a ledger is shows when it is closed; twice is nearly always enough.
        while (missing_bytes := self._ledger_bytes - len(closed.xdr)) > 0:
            drafts += self._padding(drafts, closed.scope, missing_bytes)
            closed = self._closed_with(drafts)
        self._commit(closed)
        return closed.xdr

    def _drafts(self) -> list[Draft]:
        if self.sequence == GENESIS:
            return self._workload.opening()
        return self._workload.usual(self._state, self._accounts)

    def _padding(self, drafts: list[Draft], after: LedgerScope, missing_bytes: int) -> list[Draft]:
        # An account that is made in this ledger is no safe recipient, but where the root makes and pays them all.
        recipients = [after.account(key) for key in self._accounts or after.created_accounts()]
        busy = {draft.source.public_key for draft in drafts}
        return self._workload.padding(self._state, self._accounts, recipients, busy, missing_bytes)

    def _commit(self, closed: _Closed) -> None:
        self._accounts += closed.scope.created_accounts()
        closed.scope.commit()
        self._fee_pool = closed.fee_pool
        self._bucket_list_hash = closed.bucket_list_hash
        self._previous_hash = hashlib.sha256(closed.header).digest()
        self.sequence += 1

    def _closed_with(self, drafts: list[Draft]) -> _Closed:
        transactions = in_set_order(self._signer.sign_all(drafts, self._state))
        set_xdr = meta.transaction_set(self._previous_hash, transactions)
        set_hash = hashlib.sha256(set_xdr).digest()
        application = _Application(self._state, self.sequence + 1, _close_time(self.sequence + 1), self._native)
        applied = application.apply(in_application_order(transactions, set_hash))
        bucket_list_hash = _bucket_list_hash(self._bucket_list_hash, application.scope)
        fee_pool = self._fee_pool + sum(transaction.draft.fee for transaction in transactions)
        header = meta.ledger_header(
            sequence=self.sequence + 1,
            previous_hash=self._previous_hash,
            value=self._signed_value(set_hash),
            results_hash=meta.result_set_hash(applied),
            bucket_list_hash=bucket_list_hash,
            totals=meta.Totals(TOTAL_COINS, fee_pool),
            base_reserve=BASE_RESERVE,
        )
        xdr = meta.ledger_close_meta(header, set_xdr, applied)
        return _Closed(xdr, header, bucket_list_hash, fee_pool, application.scope)

    def _signed_value(self, set_hash: bytes) -> stellar_xdr.StellarValue:
        close_time = _close_time(self.sequence + 1)
        kind = stellar_xdr.EnvelopeType.ENVELOPE_TYPE_SCPVALUE.to_xdr_bytes()
        payload = self._network_id + kind + set_hash + close_time.to_bytes(8)
        validator = self._keyring.validator
        return meta.stellar_value(set_hash, close_time, validator, self._keyring.of(validator).sign(payload))


def _close_time(sequence: int) -> int:
    return _GENESIS_CLOSE_TIME + _CLOSE_INTERVAL_SECONDS * (sequence - GENESIS)


def _bucket_list_hash(previous: bytes, scope: LedgerScope) -> bytes:
    digest = hashlib.sha256(previous)
    for entry in scope.written():
        digest.update(entry.xdr)
    return digest.digest()


class _Application:
    """Applies one ledger's transactions, as the network does: all fees first, then one after the other."""

    def __init__(self, state: LedgerScope, ledger: int, close_time: int, native: NativeEvents) -> None:
        self.scope = LedgerScope(state)
        self._ledger = ledger
        self._close_time = close_time
        self._native = native

    def apply(self, transactions: list[SignedTransaction]) -> list[meta.AppliedTransaction]:
        fee_changes = [self._charge(transaction) for transaction in transactions]
        return [self._apply(*both) for both in zip(transactions, fee_changes, strict=True)]

    def _charge(self, transaction: SignedTransaction) -> stellar_xdr.LedgerEntryChanges:
        scope = LedgerScope(self.scope)
        payer = scope.account(transaction.draft.payer)
        assert payer.available >= transaction.draft.fee
        scope.put(payer.with_more(-transaction.draft.fee, self._ledger))
        return _committed(scope)

    def _apply(
        self, transaction: SignedTransaction, fee_changes: stellar_xdr.LedgerEntryChanges
    ) -> meta.AppliedTransaction:
        changes_before = self._use_sequence_number(transaction)
        scope = LedgerScope(self.scope)
        outcomes, operations = self._apply_operations(transaction, scope)
        succeeded = all(outcome.succeeded for outcome in outcomes)
        if succeeded:
            scope.commit()
        results = [outcome.result for outcome in outcomes]
        return meta.AppliedTransaction(
            result=meta.result_pair(transaction, results, succeeded=succeeded),
            fee_changes=fee_changes,
            changes_before=changes_before,
            operations=operations if succeeded else [],
            events=[self._native.fee(transaction.draft.payer, transaction.draft.fee)],
        )

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
        here = Circumstances(self._ledger, transaction.source, transaction.draft.memo, self._native)
        outcomes, metas = [], []
        for operation in transaction.draft.operations:
            outcome, changes = _apply_operation(operation, LedgerScope(scope), here)
            outcomes.append(outcome)
            metas.append(meta.operation_meta(changes, outcome.events))
        return outcomes, metas


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
