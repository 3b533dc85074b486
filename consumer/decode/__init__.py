"""A ledger's bytes to rows: pure functions, a module for each table."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from stellar_sdk import xdr as stellar_xdr

from consumer.decode.applied import applied_transactions
from consumer.decode.ledgers import ledger_row
from consumer.decode.transactions import transaction_row
from consumer.tables import LEDGERS, TRANSACTIONS, LedgerRows
from schemas.errors import LedgerMalformed
from schemas.ledger import Ledger


def rows_of(ledger: Ledger, network_id: bytes) -> LedgerRows:
    """The rows that a ledger fills, the same for the same bytes, on every machine.

    Raises:
        LedgerMalformed: the bytes are not a LedgerCloseMeta of this network.
    """
    try:
        with _collector_paused():
            return _rows_of(ledger, network_id)
    except MemoryError:
        raise
    except Exception as error:  # the SDK documents no set of errors for malformed input
        raise LedgerMalformed(f"ledger {ledger.sequence} does not decode: {error!r}") from error


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A decoded ledger is a tree of many small objects and no cycle: looking for one only takes time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _rows_of(ledger: Ledger, network_id: bytes) -> LedgerRows:
    meta = stellar_xdr.LedgerCloseMeta.from_xdr_bytes(ledger.xdr)
    transactions = applied_transactions(meta, network_id)
    return LedgerRows(
        sequence=ledger.sequence,
        hash=ledger.hash,
        rows={
            LEDGERS.name: [ledger_row(ledger, meta, transactions)],
            TRANSACTIONS.name: [transaction_row(ledger.sequence, each) for each in transactions],
        },
    )
