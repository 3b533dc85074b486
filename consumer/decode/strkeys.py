"""Addresses as people write them (SEP-23), each encoded once: the same few hundred stand in every ledger."""

from base64 import b32encode
from binascii import crc_hqx

_MOST = 100_000
"""Entries of a cache, about 20 MB; then it begins anew."""


class _Strkeys(dict[bytes, str]):
    """From raw key to strkey."""

    def __init__(self, version: int) -> None:
        super().__init__()
        self._version = bytes([version << 3])

    def __missing__(self, key: bytes) -> str:
        if len(self) >= _MOST:
            self.clear()
        body = self._version + key
        checksum = crc_hqx(body, 0).to_bytes(2, "little")
        self[key] = strkey = b32encode(body + checksum).decode().rstrip("=")
        return strkey


account = _Strkeys(6).__getitem__
"""G… of 32 bytes."""
contract = _Strkeys(2).__getitem__
"""C… of 32 bytes."""
muxed_account = _Strkeys(12).__getitem__
"""M… of 40 bytes: the key, then the id."""
claimable_balance = _Strkeys(1).__getitem__
"""B… of 33 bytes: the type, 0, then the id."""
liquidity_pool = _Strkeys(11).__getitem__
"""L… of 32 bytes."""
pre_authorized_transaction = _Strkeys(19).__getitem__
"""T… of 32 bytes."""
hash_x = _Strkeys(23).__getitem__
"""X… of 32 bytes."""
signed_payload = _Strkeys(15).__getitem__
"""P… of the key, the payload's length, the payload and its padding."""
