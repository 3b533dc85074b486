"""What a ledger's header proves: which transactions were in its set, and what their results are.

The network hashes neither changes nor events: they are as good as their source.
"""

from collections.abc import Iterator
from hashlib import sha256

from schemas.errors import LedgerMalformed
from schemas.ledger import Ledger
from schemas.xdr.readers import (
    EnvelopeType,
    LedgerCloseMetaV0,
    LedgerCloseMetaV1,
    LedgerCloseMetaV2,
    StellarValueType,
    TransactionEnvelope,
    TransactionPhase,
    TransactionSet,
)

Body = LedgerCloseMetaV0 | LedgerCloseMetaV1 | LedgerCloseMetaV2


def check_set(body: Body, ledger: Ledger) -> None:
    """The transaction set is the one that the header names.

    Raises:
        LedgerMalformed: it is another one.
    """
    value = body.ledger_header.header.scp_value
    if value.ext.v == StellarValueType.STELLAR_VALUE_EMPTY_TX_SET:
        # The validators agreed to close the ledger without the set that was proposed (CAP-83): it names none.
        if value.tx_set_hash != bytes(32) or any(envelopes_of(body)):
            raise LedgerMalformed(
                f"ledger {ledger.sequence}: its header says that it has no transactions, and some are there"
            )
        return
    _check("transaction set", _set_hash(body), value.tx_set_hash, ledger)


def _set_hash(body: Body) -> bytes:
    if isinstance(body.tx_set, TransactionSet):
        # As it was before sets were generalized: no length, and the transactions without their number.
        return sha256(b"".join([body.tx_set.previous_ledger_hash, *(each.xdr for each in body.tx_set.txs)])).digest()
    return sha256(b"\0\0\0\1" + body.tx_set.xdr).digest()


def check_results(body: Body, ledger: Ledger) -> None:
    """The results are those that the header names: with their hashes, of which transactions, and in which order.

    Raises:
        LedgerMalformed: they are others.
    """
    results = sha256(len(body.tx_processing).to_bytes(4, "big"))
    for each in body.tx_processing:
        results.update(each.result.xdr)
    _check("results", results.digest(), body.ledger_header.header.tx_set_result_hash, ledger)


def _check(what: str, computed: bytes, stated: bytes, ledger: Ledger) -> None:
    if computed != stated:
        raise LedgerMalformed(
            f"ledger {ledger.sequence}: its {what} hash to {computed.hex()}, its header says {stated.hex()}"
        )


def envelopes_of(body: Body) -> Iterator[TransactionEnvelope]:
    if isinstance(body.tx_set, TransactionSet):
        yield from body.tx_set.txs
        return
    for phase in body.tx_set.phases:
        yield from _envelopes_of_phase(phase)


def _envelopes_of_phase(phase: TransactionPhase) -> Iterator[TransactionEnvelope]:
    if isinstance(phase.value, list):
        for component in phase.value:
            yield from component.txs
        return
    for stage in phase.value.execution_stages:
        for cluster in stage:
            yield from cluster


def transaction_hash(envelope: TransactionEnvelope, network_id: bytes) -> bytes:
    signed = envelope.value.tx.xdr
    if envelope.type == EnvelopeType.ENVELOPE_TYPE_TX_V0:
        # The old form names its source by the bare key: the type of a key before it makes it the present form.
        return hash_of(EnvelopeType.ENVELOPE_TYPE_TX, bytes(4) + signed, network_id)
    return hash_of(envelope.type, signed, network_id)


def hash_of(envelope_type: int, transaction: bytes, network_id: bytes) -> bytes:
    """SHA-256 of what is signed: network id, type, transaction (Stellar-transaction.x, TransactionSignaturePayload)."""
    return sha256(network_id + envelope_type.to_bytes(4, "big") + transaction).digest()
