"""The simulated network written to a file: what stellar-core writes to its meta pipe."""

import struct
from pathlib import Path
from typing import BinaryIO

from producer.sources.simulated.network import SimulatedNetwork

_LAST_FRAGMENT = 1 << 31  # RFC 5531: the high bit of a record mark; every ledger is one fragment


def write_stream(target: Path | str | BinaryIO, network: SimulatedNetwork, last: int) -> None:
    """Close the network's ledgers up to `last`, each `LedgerCloseMeta` behind its 4-byte record mark."""
    if isinstance(target, Path | str):
        with Path(target).open("wb") as stream:
            _write_ledgers(stream, network, last)
    else:
        _write_ledgers(target, network, last)


def write_record(stream: BinaryIO, xdr: bytes) -> None:
    """One `LedgerCloseMeta` behind its record mark."""
    stream.write(struct.pack(">I", _LAST_FRAGMENT | len(xdr)))
    stream.write(xdr)


def _write_ledgers(stream: BinaryIO, network: SimulatedNetwork, last: int) -> None:
    while network.sequence < last:
        write_record(stream, network.close_ledger())
