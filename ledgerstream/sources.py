"""The source that the options describe."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from ledgerstream.errors import ConfigurationError
from producer.sources import LedgerSource
from producer.sources.lake import LakeSource, default_lake
from producer.sources.stream import StreamSource
from schemas.network import PASSPHRASES, Network


class SourceKind(StrEnum):
    """Where ledgers come from."""

    LAKE = "lake"
    STREAM = "stream"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a simulated network is like; its pace in seconds from ledger to ledger."""

    seed: int
    pace_seconds: float
    transactions_per_ledger: int
    ledger_bytes: int | None


def source_of(
    kind: SourceKind, network: Network, url: str | None, storage_options: dict[str, str], simulation: Simulation
) -> LedgerSource:
    """The source of this kind, from what of the rest it needs; a stream without a URL is standard input.

    Raises:
        ConfigurationError: a lake without a URL, of a network that has no public lake; a simulation of a real network.
    """
    match kind:
        case SourceKind.LAKE:
            return _lake(url, storage_options, network)
        case SourceKind.STREAM:
            return StreamSource(url or "-")
        case SourceKind.SIMULATED:
            # With stellar-sdk it takes as long to load as all the rest, and no other command or source needs it.
            from producer.sources.simulated import SimulatedSource  # noqa: PLC0415

            _check_own(network)
            return SimulatedSource(passphrase=network.passphrase, **asdict(simulation))


def _check_own(network: Network) -> None:
    """A simulated network in a real one's topic: its tail would be looked for among ledgers that never end."""
    if network.name in PASSPHRASES and network.name != "simulated":
        raise ConfigurationError(
            f"the simulated source makes ledgers of a network of its own, not of {network.name}: leave --network out, "
            "or name another source"
        )


def _lake(url: str | None, storage_options: dict[str, str], network: Network) -> LedgerSource:
    if url is None:
        default = default_lake(network)
        if default is None:
            raise ConfigurationError(f"network {network.name} has no public data lake: name one with --url")
        url, storage_options = default[0], {**default[1], **storage_options}
    return LakeSource(url, network=network, storage_options=storage_options)
