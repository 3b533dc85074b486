"""The head of a LedgerCloseMeta, on every real ledger: meta V0, V1 and V2, protocols 0 to 28."""

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from stellar_sdk import xdr as stellar_xdr

from consumer.decode import rows_of
from schemas.errors import UnknownNetwork
from schemas.network import network_of
from schemas.xdr import decode
from schemas.xdr.readers import read_LedgerCloseMeta
from tests.support.real_ledgers import PASSPHRASE_OF_PROTOCOLS, real_ledgers


def test_heads_of_real_ledgers(ledgers_folder: Path) -> None:
    """What the head says is what the whole ledger says, for each of them."""
    seen = set()
    for _, ledger in real_ledgers(ledgers_folder):
        meta = decode(read_LedgerCloseMeta, ledger.xdr)
        entry = meta.value.ledger_header
        header = stellar_xdr.LedgerHeader.from_xdr_bytes(entry.header.xdr)
        assert ledger.hash == entry.hash == hashlib.sha256(header.to_xdr_bytes()).digest()
        assert ledger.sequence == header.ledger_seq.uint32
        assert ledger.previous_hash == header.previous_ledger_hash.hash
        assert ledger.protocol_version == header.ledger_version.uint32
        assert ledger.closed_at.timestamp() == header.scp_value.close_time.time_point.uint64
        seen.add((meta.v, ledger.protocol_version))
    assert {version for version, _ in seen} == {0, 1, 2}
    assert {protocol for _, protocol in seen} == {*range(0, 29, 2), 13, 19, 21}


def test_real_chains(ledgers_folder: Path) -> None:
    """Consecutive ledgers of the lakes and of the stream name each other's hashes."""
    links = [
        (before.hash, after.previous_hash)
        for (network, before), (_, after) in pairwise(real_ledgers(ledgers_folder))
        if after.sequence == before.sequence + 1 and network.name != network_of(None, PASSPHRASE_OF_PROTOCOLS).name
    ]
    assert len(links) == 9 + 2 + 29 + 4
    assert all(stated == named for stated, named in links)


def test_rows_of_real_ledgers(ledgers_folder: Path) -> None:
    """Every real ledger decodes to rows: each result finds its envelope by the network's own hash."""
    for network, ledger in real_ledgers(ledgers_folder):
        rows = rows_of(ledger, network.id).rows
        [ledger_row] = rows["ledgers"]
        assert ledger_row[5] + ledger_row[6] == len(rows["transactions"])  # type: ignore[operator]


@pytest.mark.parametrize("name", ["pubnet", "testnet", "futurenet", "simulated"])
def test_networks_have_names(name: str) -> None:
    """A known passphrase finds its name again, and the name its topic."""
    network = network_of(name, None)
    assert network_of(None, network.passphrase) == network
    assert network.topic == f"stellar.{name}.ledgers"


def test_networks_without_a_name() -> None:
    """A passphrase of one's own is enough; a name of one's own is not."""
    assert network_of(None, "load test network").topic == "stellar.027abb9f.ledgers"
    assert network_of("load", "load test network").topic == "stellar.load.ledgers"
    with pytest.raises(UnknownNetwork, match="--passphrase"):
        network_of("load", None)
