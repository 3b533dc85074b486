"""A longer run of real ledgers than there is: their transactions and metadata, closed again under later sequences.

What a header says of itself and of its set is written anew, so that the chain and the proofs of what is applied hold;
signatures of validators do not, and nobody looks at them.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import cycle

from stellar_sdk import xdr

from schemas.ledger import Ledger


def continued(ledgers: Sequence[Ledger]) -> Iterator[Ledger]:
    """The ledgers, then the same ones again and again, for ever, as one chain."""
    sequence, previous_hash = ledgers[0].sequence, ledgers[0].previous_hash
    for each in cycle(ledgers):
        ledger = _closed_again(each, sequence, previous_hash)
        yield ledger
        sequence, previous_hash = sequence + 1, ledger.hash


def _closed_again(ledger: Ledger, sequence: int, previous_hash: bytes) -> Ledger:
    meta = xdr.LedgerCloseMeta.from_xdr_bytes(ledger.xdr)
    closed = meta.v1 or meta.v2
    if closed is None or closed.tx_set.v1_tx_set is None:
        raise ValueError(f"ledger {ledger.sequence} is older than generalized transaction sets")
    header = closed.ledger_header.header
    header.ledger_seq.uint32 = sequence
    header.previous_ledger_hash.hash = previous_hash
    closed.tx_set.v1_tx_set.previous_ledger_hash.hash = previous_hash
    header.scp_value.tx_set_hash.hash = sha256(closed.tx_set.to_xdr_bytes()).digest()
    closed.ledger_header.hash.hash = sha256(header.to_xdr_bytes()).digest()
    return Ledger.from_xdr(meta.to_xdr_bytes())
