"""The source that the options describe."""

from enum import StrEnum

from ledgerstream.errors import ConfigurationError
from producer.sources import LedgerSource
from producer.sources.lake import LakeSource, default_lake
from producer.sources.simulated import SimulatedSource
from producer.sources.stream import StreamSource
from schemas.network import Network


class SourceKind(StrEnum):
    """Where ledgers come from."""

    LAKE = "lake"
    STREAM = "stream"
    SIMULATED = "simulated"


def lake(url: str | None, storage_options: dict[str, str], network: Network) -> LedgerSource:
    """A Galexie data lake; without a URL the network's public one.

    Raises:
        ConfigurationError: no URL, and the network has no public lake.
    """
    if url is None:
        default = default_lake(network)
        if default is None:
            raise ConfigurationError(f"network {network.name} has no public data lake: name one with --url")
        url, storage_options = default[0], {**default[1], **storage_options}
    return LakeSource(url, network=network, storage_options=storage_options)


def stream(url: str | None) -> LedgerSource:
    """Framed XDR from a file, a pipe, or standard input ('-', the default)."""
    return StreamSource(url or "-")


def simulated(
    network: Network, *, seed: int, pace_seconds: float, transactions_per_ledger: int, ledger_bytes: int | None
) -> LedgerSource:
    """A small network of our own."""
    return SimulatedSource(
        seed=seed,
        passphrase=network.passphrase,
        pace_seconds=pace_seconds,
        transactions_per_ledger=transactions_per_ledger,
        ledger_bytes=ledger_bytes,
    )
