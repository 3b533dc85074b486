"""Where fuzzing begins: ledgers of the simulated network, and the real ones that LEDGERSTREAM_LEDGERS names.

`python -m tests.fuzz.seeds TARGET FOLDER BYTES` writes those that are no longer than BYTES, once.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import zstandard

from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import network_of
from schemas.record import encode
from tests.support.real_ledgers import real_ledgers


def ledgers() -> Iterator[Ledger]:
    """The seeds, as ledgers."""
    simulated = SimulatedNetwork(transactions_per_ledger=4)
    yield from (Ledger.from_xdr(simulated.close_ledger()) for _ in range(60))
    if "LEDGERSTREAM_LEDGERS" in os.environ:
        yield from (ledger for _, ledger in real_ledgers(Path(os.environ["LEDGERSTREAM_LEDGERS"])))


def seed(target: str, ledger: Ledger) -> bytes:
    """A ledger as the target takes it."""
    if target == "record":
        return encode(ledger, network_of("simulated", None))
    if target == "payload":
        return zstandard.ZstdCompressor(level=3).compress(ledger.xdr)
    if target == "lake":
        head = ledger.sequence.to_bytes(4, "big") * 2 + (1).to_bytes(4, "big")
        return zstandard.ZstdCompressor(level=3).compress(head + ledger.xdr)
    return ledger.xdr


def main() -> None:
    """Fill a folder that is not there yet."""
    target, place, longest_bytes = sys.argv[1:]
    folder = Path(place)
    if folder.exists():
        return
    folder.mkdir(parents=True)
    for number, ledger in enumerate(ledgers()):
        if len(data := seed(target, ledger)) <= int(longest_bytes):
            (folder / f"seed-{number}").write_bytes(data)


if __name__ == "__main__":
    main()
