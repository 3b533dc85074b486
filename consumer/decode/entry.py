"""An entry of a topic to rows: what is not the ledger that it says stops whoever reads it."""

from collections.abc import Collection

from consumer.decode import rows_of
from consumer.errors import LedgerUndecodable
from consumer.tables import LedgerRows
from schemas.errors import LedgerRefused
from schemas.log import Entry
from schemas.network import Network


def decoded(entry: Entry, network: Network, tables: Collection[str]) -> LedgerRows:
    """The rows of its ledger.

    Raises:
        LedgerUndecodable: it is not what its record says, or can't be decoded.
    """
    try:
        return rows_of(entry.record.ledger(), network.id, tables)
    except LedgerRefused as error:
        raise LedgerUndecodable(
            f"ledger {entry.record.sequence} at offset {entry.offset} of topic {entry.topic} can't be decoded: "
            f"{error}. Nothing was skipped; a newer version of ledgerstream may know it, or the topic must be "
            "published again"
        ) from error
