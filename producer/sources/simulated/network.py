"""The simulated network: closes one ledger after the other."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import meta
from producer.sources.simulated.application import Application
from producer.sources.simulated.contract_entries import ContractCodeEntry, ContractDataEntry
from producer.sources.simulated.entries import BASE_RESERVE, AccountEntry
from producer.sources.simulated.events import AssetEvents
from producer.sources.simulated.keys import Keyring
from producer.sources.simulated.state import LedgerScope
from producer.sources.simulated.transactions import (
    Draft,
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
    written, and the keys of those that are gone.

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
        self._events = AssetEvents(passphrase)
        self._keyring = Keyring(seed, passphrase)
        self._signer = Signer(self._keyring, self._network_id)
        self._workload = Workload(seed, self._keyring, self._network_id, transactions_per_ledger, self._ledger_bytes)
        self._begin()

    def _begin(self) -> None:
        self._accounts: list[bytes] = []
        self._state = LedgerScope()
        self._state.put(
            AccountEntry(public_key=self._keyring.root, balance=TOTAL_COINS, sequence_number=0, last_modified=GENESIS)
        )
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
        found = [after.find_account(key) for key in self._accounts or after.created_accounts()]
        recipients = [account for account in found if account is not None]
        busy = {signer for draft in drafts for signer in (draft.payer, *draft.signers)}
        return self._workload.padding(self._state, self._accounts, recipients, busy, missing_bytes)

    def _commit(self, closed: _Closed) -> None:
        for gone in closed.scope.removed_accounts():
            self._accounts.remove(gone)
        self._accounts += closed.scope.created_accounts()
        closed.scope.commit()
        self._fee_pool = closed.fee_pool
        self._bucket_list_hash = closed.bucket_list_hash
        self._previous_hash = hashlib.sha256(closed.header).digest()
        self.sequence += 1

    def _closed_with(self, drafts: list[Draft]) -> _Closed:
        phases = in_set_order(self._signer.sign_all(drafts, self._state))
        set_xdr = meta.transaction_set(self._previous_hash, phases)
        set_hash = hashlib.sha256(set_xdr).digest()
        application = Application(self._state, self.sequence + 1, _close_time(self.sequence + 1), self._events)
        applied = application.apply(in_application_order(phases, set_hash))
        bucket_list_hash = _bucket_list_hash(self._bucket_list_hash, application.scope)
        fee_pool = self._fee_pool + sum(transaction.fee_charged for transaction in applied)
        header = meta.ledger_header(
            sequence=self.sequence + 1,
            previous_hash=self._previous_hash,
            value=self._signed_value(set_hash),
            results_hash=meta.result_set_hash(applied),
            bucket_list_hash=bucket_list_hash,
            totals=meta.Totals(TOTAL_COINS, fee_pool),
            base_reserve=BASE_RESERVE,
            last_id=application.scope.last_id,
        )
        xdr = meta.ledger_close_meta(header, set_xdr, applied, _contract_bytes(application.scope))
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
    for xdr in scope.written():
        digest.update(xdr)
    return digest.digest()


def _contract_bytes(scope: LedgerScope) -> int:
    data, code = scope.all_of(ContractDataEntry), scope.all_of(ContractCodeEntry)
    return sum(len(entry.xdr) for entry in data) + sum(len(entry.xdr) for entry in code)
