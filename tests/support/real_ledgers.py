"""Real ledgers, and what other programs say of some of them, where `LEDGERSTREAM_LEDGERS` says."""

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

from consumer.tables import Row, Table
from producer.sources.lake import LakeSource
from producer.sources.stream import StreamSource
from schemas.ledger import Ledger
from schemas.network import Network, network_of

PUBNET = network_of("pubnet", None)
PASSPHRASE_OF_PROTOCOLS = "(V) (;,,;) (V)"


def decompressed(path: Path) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(path.read_bytes())) as reader:
        return reader.read()


def real_ledgers(folder: Path) -> Iterator[tuple[Network, Ledger]]:
    """Every real ledger that there is, with its network."""
    for path in sorted(folder.glob("single/*.zst")):
        yield PUBNET, Ledger.from_xdr(decompressed(path))
    for path in sorted(folder.glob("protocols/*.zst")):
        yield network_of(None, PASSPHRASE_OF_PROTOCOLS), Ledger.from_xdr(decompressed(path))
    for network in (PUBNET, network_of("testnet", None)):
        yield from ((network, ledger) for ledger in lake_ledgers(folder, network))
    for ledger in StreamSource(str(next(folder.glob("dense/*")))).ledgers(None, None):
        if ledger is not None:
            yield network_of(None, "load test network"), ledger


def lake_ledgers(folder: Path, network: Network) -> Iterator[Ledger]:
    """Those of a network's lake."""
    lake = LakeSource(str(folder / f"lake-{network.name}"), network=network)
    yield from (ledger for ledger in lake.ledgers(lake.earliest(), lake.latest()) if ledger is not None)


def sampled_ledgers(folder: Path) -> Iterator[tuple[Network, Ledger]]:
    """All of them but most of the thirty dense ones, which take long to decode and are all alike."""
    for network, ledger in real_ledgers(folder):
        if network.passphrase != "load test network" or ledger.sequence % 10 == 0:
            yield network, ledger


def oracle(path: Path) -> list[dict[str, Any]]:
    """Another program's rows."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def named(table: Table, row: Row) -> dict[str, Any]:
    """A row of ours, by column."""
    return dict(zip(table.columns, row, strict=True))
