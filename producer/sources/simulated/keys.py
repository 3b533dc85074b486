"""Who signs on the simulated network."""

import hashlib

from stellar_sdk import Keypair


class Keyring:
    """The keys of the network's accounts and of its one validator.

    The root account's key follows from the passphrase, as in stellar-core; all others follow from the seed.
    """

    def __init__(self, seed: int, passphrase: str) -> None:
        self._seed = seed
        self._next_account = 0
        self._keypairs: dict[bytes, Keypair] = {}
        self.root = self._add(Keypair.from_raw_ed25519_seed(hashlib.sha256(passphrase.encode()).digest()))
        self.validator = self._add(self._derived("validator"))

    def new_account(self) -> bytes:
        """The public key of an account that does not exist yet."""
        self._next_account += 1
        return self._add(self._derived(f"account {self._next_account}"))

    def of(self, public_key: bytes) -> Keypair:
        return self._keypairs[public_key]

    def _add(self, keypair: Keypair) -> bytes:
        public_key = keypair.raw_public_key()
        self._keypairs[public_key] = keypair
        return public_key

    def _derived(self, role: str) -> Keypair:
        secret = hashlib.sha256(f"ledgerstream simulated network {self._seed} {role}".encode()).digest()
        return Keypair.from_raw_ed25519_seed(secret)
