"""The transactions of a ledger in the order in which they were applied, each with its envelope and its result.

A transaction set is sorted by hash, results by application: an envelope finds its result by its own hash.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from stellar_sdk import xdr as stellar_xdr

_Envelope = stellar_xdr.TransactionEnvelope
_Transaction = stellar_xdr.Transaction | stellar_xdr.TransactionV0
_EnvelopeType = stellar_xdr.EnvelopeType


@dataclass(frozen=True, slots=True)
class AppliedTransaction:
    """One transaction: `application_order` from 1; `transaction` is the inner one of a fee bump."""

    application_order: int
    hash: bytes
    transaction: _Transaction
    fee_bump: stellar_xdr.FeeBumpTransaction | None
    result: stellar_xdr.TransactionResult

    @property
    def successful(self) -> bool:
        return self.result.result.code in (
            stellar_xdr.TransactionResultCode.txSUCCESS,
            stellar_xdr.TransactionResultCode.txFEE_BUMP_INNER_SUCCESS,
        )


def applied_transactions(meta: stellar_xdr.LedgerCloseMeta, network_id: bytes) -> list[AppliedTransaction]:
    """Every transaction of the ledger, in application order.

    Raises:
        KeyError: a result has no envelope in the transaction set: the ledger is another network's, or damaged.
        ValueError: the results are not those that the header commits to.
    """
    envelopes = {_hash(envelope, network_id): envelope for envelope in _envelopes(meta)}
    results: list[stellar_xdr.TransactionResultPair] = [each.result for each in body_of(meta).tx_processing]
    _check_results(meta, results)
    return [_applied(order, result, envelopes) for order, result in enumerate(results, start=1)]


def _check_results(meta: stellar_xdr.LedgerCloseMeta, results: list[stellar_xdr.TransactionResultPair]) -> None:
    """The header proves the results, and with their hashes which transactions there are, and in which order."""
    computed = sha256(stellar_xdr.TransactionResultSet(results).to_xdr_bytes()).digest()
    stated = body_of(meta).ledger_header.header.tx_set_result_hash.hash
    if computed != stated:
        raise ValueError(f"its results hash to {computed.hex()}, its header says {stated.hex()}")


def body_of(
    meta: stellar_xdr.LedgerCloseMeta,
) -> stellar_xdr.LedgerCloseMetaV0 | stellar_xdr.LedgerCloseMetaV1 | stellar_xdr.LedgerCloseMetaV2:
    """The one arm of the union that is there."""
    body = meta.v0 or meta.v1 or meta.v2
    assert body is not None, f"LedgerCloseMeta V{meta.v} has no body"
    return body


def _applied(
    order: int, pair: stellar_xdr.TransactionResultPair, envelopes: dict[bytes, _Envelope]
) -> AppliedTransaction:
    transaction_hash = pair.transaction_hash.hash
    transaction, fee_bump = _parts(envelopes[transaction_hash])
    return AppliedTransaction(order, transaction_hash, transaction, fee_bump, pair.result)


def _parts(envelope: _Envelope) -> tuple[_Transaction, stellar_xdr.FeeBumpTransaction | None]:
    if envelope.v0 is not None:
        return envelope.v0.tx, None
    if envelope.v1 is not None:
        return envelope.v1.tx, None
    assert envelope.fee_bump is not None
    fee_bump = envelope.fee_bump.tx
    assert fee_bump.inner_tx.v1 is not None
    return fee_bump.inner_tx.v1.tx, fee_bump


def _envelopes(meta: stellar_xdr.LedgerCloseMeta) -> Iterator[_Envelope]:
    if meta.v0 is not None:
        yield from meta.v0.tx_set.txs
        return
    body = meta.v1 or meta.v2
    assert body is not None
    assert body.tx_set.v1_tx_set is not None
    for phase in body.tx_set.v1_tx_set.phases:
        yield from _envelopes_of_phase(phase)


def _envelopes_of_phase(phase: stellar_xdr.TransactionPhase) -> Iterator[_Envelope]:
    for component in phase.v0_components or ():
        assert component.txs_maybe_discounted_fee is not None
        yield from component.txs_maybe_discounted_fee.txs
    if phase.parallel_txs_component is not None:
        for stage in phase.parallel_txs_component.execution_stages:
            for cluster in stage.parallel_tx_execution_stage:
                yield from cluster.dependent_tx_cluster


def _hash(envelope: _Envelope, network_id: bytes) -> bytes:
    """SHA-256 of what is signed: network id, type, transaction (Stellar-transaction.x, TransactionSignaturePayload)."""
    if envelope.fee_bump is not None:
        kind, signed = _EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP, envelope.fee_bump.tx.to_xdr_bytes()
    elif envelope.v1 is not None:
        kind, signed = _EnvelopeType.ENVELOPE_TYPE_TX, envelope.v1.tx.to_xdr_bytes()
    else:
        assert envelope.v0 is not None
        # The old form names its source by the bare key: the type of a key before it makes it the present form.
        kind = _EnvelopeType.ENVELOPE_TYPE_TX
        signed = bytes(4) + envelope.v0.tx.to_xdr_bytes()
    return sha256(network_id + kind.to_xdr_bytes() + signed).digest()
