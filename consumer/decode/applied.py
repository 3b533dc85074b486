"""A ledger's transactions in the order in which they were applied, each with its envelope, result and metadata.

A transaction set is sorted by hash, results by application: an envelope finds its result by its own hash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import TypeVar

from consumer.decode.proof import Body, check_results, check_set, envelopes_of, hash_of, transaction_hash
from schemas.errors import LedgerMalformed
from schemas.ledger import Ledger
from schemas.xdr import decode
from schemas.xdr.readers import (
    ContractEvent,
    DecoratedSignature,
    EnvelopeType,
    FeeBumpTransaction,
    FeeBumpTransactionEnvelope,
    InnerTransactionResult,
    InnerTransactionResultPair,
    LedgerEntryChange,
    LedgerHeader,
    Operation,
    OperationMeta,
    OperationMetaV2,
    OperationResult,
    Transaction,
    TransactionEnvelope,
    TransactionEvent,
    TransactionMetaV1,
    TransactionMetaV2,
    TransactionMetaV3,
    TransactionMetaV4,
    TransactionResult,
    TransactionResultCode,
    TransactionResultMeta,
    TransactionResultMetaV1,
    TransactionV0,
    TransactionV0Envelope,
    TransactionV1Envelope,
    UpgradeEntryMeta,
    read_LedgerCloseMeta,
    read_LedgerEntryChanges,
)

Made = TypeVar("Made")

_Meta = list[OperationMeta] | TransactionMetaV1 | TransactionMetaV2 | TransactionMetaV3 | TransactionMetaV4

_NO_CHANGES = 4  # bytes: the length of an empty array


def toid(ledger_sequence: int, application_order: int = 0, operation_order: int = 0) -> int:
    """The total order id of a ledger, a transaction (from 1) or an operation (from 1) in it (SEP-35)."""
    return ledger_sequence << 32 | application_order << 12 | operation_order


@dataclass
class AppliedTransaction:
    """One transaction; `application_order` is from 1, `id` the TOID.

    `transaction`, `hash`, and `signatures` are the envelope's: of a fee bump, `transaction` is the inner one and
    `inner_hash` its hash.
    """

    id: int
    hash: bytes
    inner_hash: bytes | None
    envelope: TransactionV0Envelope | TransactionV1Envelope
    fee_bump: FeeBumpTransaction | None
    fee_bump_signatures: list[DecoratedSignature]
    result: TransactionResult
    meta: _Meta
    _fee_changes: bytes
    _refund_changes: bytes

    @property
    def application_order(self) -> int:
        return self.id >> 12 & 0xFFFFF

    @property
    def transaction(self) -> Transaction | TransactionV0:
        return self.envelope.tx

    @property
    def operations(self) -> list[Operation]:
        return self.envelope.tx.operations

    @property
    def successful(self) -> bool:
        return self.result.result.code in (
            TransactionResultCode.txSUCCESS,
            TransactionResultCode.txFEE_BUMP_INNER_SUCCESS,
        )

    @property
    def inner_result(self) -> InnerTransactionResult | None:
        """Of a fee bump."""
        value = self.result.result.value
        return value.result if isinstance(value, InnerTransactionResultPair) else None

    @property
    def operation_results(self) -> list[OperationResult] | None:
        """One for each operation; None when the transaction failed before its operations."""
        value = self.result.result.value
        if isinstance(value, InnerTransactionResultPair):
            value = value.result.result.value
        return value or None

    @cached_property
    def fee_changes(self) -> list[LedgerEntryChange]:
        """What taking the fees of the whole set changed, before its first transaction was applied."""
        return changes_in(self._fee_changes)

    @cached_property
    def changes_before(self) -> list[LedgerEntryChange]:
        """What the transaction itself changed before its operations: its sequence number and one-time signers."""
        if isinstance(self.meta, list):
            return []
        return changes_in(
            self.meta.tx_changes if isinstance(self.meta, TransactionMetaV1) else self.meta.tx_changes_before
        )

    def operation_changes(self, index: int) -> list[LedgerEntryChange]:
        """What one operation changed, counted from 0; nothing where the transaction failed."""
        metas = self._operation_metas
        return changes_in(metas[index].changes) if index < len(metas) else []

    @property
    def _operation_metas(self) -> Sequence[OperationMeta | OperationMetaV2]:
        """One for each operation of a successful transaction; none of one that failed."""
        return self.meta if isinstance(self.meta, list) else self.meta.operations

    @cached_property
    def changes_after(self) -> list[LedgerEntryChange]:
        """What it changed after its operations: refunds of Soroban fees, up to protocol 22."""
        return [] if isinstance(self.meta, list | TransactionMetaV1) else changes_in(self.meta.tx_changes_after)

    @cached_property
    def refund_changes(self) -> list[LedgerEntryChange]:
        """What giving back Soroban fees changed, after the last transaction, from protocol 23 on."""
        return changes_in(self._refund_changes)

    @property
    def transaction_events(self) -> list[TransactionEvent]:
        """Fees, from TransactionMetaV4 on."""
        return self.meta.events if isinstance(self.meta, TransactionMetaV4) else []

    def events_of(self, index: int) -> list[ContractEvent]:
        """The contract events of one operation, counted from 0."""
        if isinstance(self.meta, TransactionMetaV4):
            return self.meta.operations[index].events if index < len(self.meta.operations) else []
        if isinstance(self.meta, TransactionMetaV3) and self.meta.soroban_meta is not None:
            return self.meta.soroban_meta.events  # of the one operation that a Soroban transaction has
        return []


def changes_in(xdr: bytes) -> list[LedgerEntryChange]:
    """Ledger entry changes, which are read when they are asked for: most never are."""
    return decode(read_LedgerEntryChanges, xdr) if len(xdr) > _NO_CHANGES else []


@dataclass
class AppliedLedger:
    """A decoded ledger, for those who make rows of it."""

    ledger: Ledger
    network_id: bytes
    header: LedgerHeader
    transactions: list[AppliedTransaction]
    upgrades: list[UpgradeEntryMeta]

    @property
    def sequence(self) -> int:
        return self.ledger.sequence

    @property
    def closed_at(self) -> datetime:
        return self.ledger.closed_at

    @cached_property
    def has_unified_events(self) -> bool:
        """Whether classic operations have their events (CAP-67): the node was told to emit them, fees among them."""
        return any(each.transaction_events for each in self.transactions)


def once(make: Callable[[AppliedLedger], Made]) -> Callable[[AppliedLedger], Made]:
    """A function of a ledger whose value is kept with the ledger, for all the tables that need it."""
    name = f"{make.__module__}.{make.__name__}"

    @wraps(make)
    def made_once(applied: AppliedLedger) -> Made:
        kept: dict[str, Made] = vars(applied)
        if name not in kept:
            kept[name] = make(applied)
        return kept[name]

    return made_once


def applied_ledger(ledger: Ledger, network_id: bytes) -> AppliedLedger:
    """Decode a ledger, and prove what its header proves: transactions and results.

    Raises:
        LedgerMalformed: it does not decode, or something in it is not what the header says.
    """
    body: Body = decode(read_LedgerCloseMeta, ledger.xdr).value
    header = body.ledger_header.header
    check_set(body, ledger)
    check_results(body, ledger)
    envelopes = {transaction_hash(each, network_id): each for each in envelopes_of(body)}
    processed: Sequence[TransactionResultMeta | TransactionResultMetaV1] = body.tx_processing
    transactions = [
        _applied(toid(ledger.sequence, order), each, envelopes, network_id)
        for order, each in enumerate(processed, start=1)
    ]
    return AppliedLedger(ledger, network_id, header, transactions, body.upgrades_processing)


def _applied(
    transaction_id: int,
    processed: TransactionResultMeta | TransactionResultMetaV1,
    envelopes: dict[bytes, TransactionEnvelope],
    network_id: bytes,
) -> AppliedTransaction:
    pair = processed.result
    envelope = envelopes.get(pair.transaction_hash)
    if envelope is None:
        raise LedgerMalformed(
            f"transaction {pair.transaction_hash.hex()} has a result and is not in its ledger's set: the ledger is "
            "another network's, or damaged"
        )
    inner, bump = _parts(envelope)
    return AppliedTransaction(
        id=transaction_id,
        hash=pair.transaction_hash,
        inner_hash=None if bump is None else hash_of(EnvelopeType.ENVELOPE_TYPE_TX, inner.tx.xdr, network_id),
        envelope=inner,
        fee_bump=None if bump is None else bump.tx,
        fee_bump_signatures=[] if bump is None else bump.signatures,
        result=pair.result,
        meta=processed.tx_apply_processing.value,
        _fee_changes=processed.fee_processing,
        _refund_changes=(
            processed.post_tx_apply_fee_processing if isinstance(processed, TransactionResultMetaV1) else b""
        ),
    )


def _parts(
    envelope: TransactionEnvelope,
) -> tuple[TransactionV0Envelope | TransactionV1Envelope, FeeBumpTransactionEnvelope | None]:
    if isinstance(envelope.value, FeeBumpTransactionEnvelope):
        return envelope.value.tx.inner_tx, envelope.value
    return envelope.value, None
