"""Stellar networks by name, and what identifies them on the wire."""

import hashlib
from dataclasses import dataclass

from schemas.errors import UnknownNetwork

PASSPHRASES = {
    "pubnet": "Public Global Stellar Network ; September 2015",
    "testnet": "Test SDF Network ; September 2015",
    "futurenet": "Test SDF Future Network ; October 2022",
    "simulated": "ledgerstream simulated network",
}


@dataclass(frozen=True, slots=True)
class Network:
    """One Stellar network: its passphrase is its identity, its name is ours."""

    name: str
    passphrase: str

    @property
    def id(self) -> bytes:
        """SHA-256 of the passphrase, 32 bytes: what transactions are signed for."""
        return hashlib.sha256(self.passphrase.encode()).digest()

    @property
    def topic(self) -> str:
        """The topic that carries this network's ledgers unless another is named."""
        return f"stellar.{self.name}.ledgers"


def network_of(name: str | None, passphrase: str | None) -> Network:
    """The network that a name, a passphrase or both describe.

    A passphrase without a name that is nobody's known one is named after the first 8 hex digits of its id.

    Raises:
        UnknownNetwork: neither is given, the name is unknown and has no passphrase, or it has another one.
    """
    if passphrase is None:
        if name not in PASSPHRASES:
            known = ", ".join(PASSPHRASES)
            raise UnknownNetwork(f"no network is called {name!r} (known: {known}): add --passphrase")
        return Network(name, PASSPHRASES[name])
    if PASSPHRASES.get(name or "", passphrase) != passphrase:
        raise UnknownNetwork(f"{name} has another passphrase: leave --passphrase out, or choose another --network name")
    return Network(name or _name_of(passphrase), passphrase)


def _name_of(passphrase: str) -> str:
    for name, known in PASSPHRASES.items():
        if passphrase == known:
            return name
    return Network("", passphrase).id.hex()[:8]
