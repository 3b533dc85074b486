"""A closed ledger: its raw `LedgerCloseMeta` and what its header says.

Only the head of the XDR is read (see Stellar-ledger.x, `LedgerCloseMeta`): the rest is the consumer's.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.errors import HeaderDisagrees, LedgerMalformed, LedgerTooLarge, XdrMalformed
from schemas.xdr import decode_at
from schemas.xdr.readers import LedgerHeader, read_LedgerCloseMetaExt, read_LedgerHeaderHistoryEntry

MAXIMUM_LEDGER_BYTES = 128 * 1024 * 1024
"""Of XDR: what a process has to have memory for. The network's limits on contracts can make 14 MB of a ledger; what
classic operations do has no limit in bytes."""

MAXIMUM_MESSAGE_BYTES = 32 * 1024 * 1024
"""Of a Kafka message: the limit of clients and of the topic."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One closed ledger. Hashes are 32 bytes, `closed_at` is in UTC, `xdr` is the whole `LedgerCloseMeta`."""

    sequence: int
    hash: bytes
    previous_hash: bytes
    closed_at: datetime
    protocol_version: int
    xdr: bytes

    @classmethod
    def from_xdr(cls, xdr: bytes) -> "Ledger":
        """Read the head of a `LedgerCloseMeta`.

        Raises:
            LedgerTooLarge: `xdr` is longer than `MAXIMUM_LEDGER_BYTES`.
            LedgerMalformed: `xdr` does not begin as a `LedgerCloseMeta` does.
            HeaderDisagrees: the hash beside the header is not the header's SHA-256.
        """
        if len(xdr) > MAXIMUM_LEDGER_BYTES:
            raise LedgerTooLarge(f"a ledger of {len(xdr)} bytes; at most {MAXIMUM_LEDGER_BYTES} are allowed")
        header, stated_hash = _read_head(xdr)
        computed_hash = hashlib.sha256(header.xdr).digest()
        if stated_hash != computed_hash:
            raise HeaderDisagrees(
                f"ledger {header.ledger_seq} states the hash {stated_hash.hex()}, "
                f"but the SHA-256 of its header is {computed_hash.hex()}"
            )
        return cls(
            sequence=header.ledger_seq,
            hash=computed_hash,
            previous_hash=header.previous_ledger_hash,
            closed_at=_closed_at(header.scp_value.close_time),
            protocol_version=header.ledger_version,
            xdr=xdr,
        )


def _read_head(xdr: bytes) -> tuple[LedgerHeader, bytes]:
    """The header, and the hash stated beside it."""
    try:
        first = 4
        if xdr[:4] != bytes(4):  # V1 and V2 begin with an extension, V0 does not
            _, first = decode_at(read_LedgerCloseMetaExt, xdr, first)
        entry, _ = decode_at(read_LedgerHeaderHistoryEntry, xdr, first)
    except XdrMalformed as error:
        raise LedgerMalformed(f"not a LedgerCloseMeta: {error}") from error
    return entry.header, entry.hash


def _closed_at(close_time_seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(close_time_seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise LedgerMalformed(f"a close time of {close_time_seconds} seconds is no date") from error
