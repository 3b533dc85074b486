"""Classic assets by the contract that each has, deployed or not (CAP-46-06), and by name (SEP-11)."""

from base64 import b32decode
from binascii import Error as NotBase32
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from consumer.decode.scval import escaped
from consumer.decode.strkeys import account, contract
from schemas.xdr.readers import Asset, AssetType, ContractIDPreimageType, EnvelopeType, PublicKeyType, SCValType

_MOST = 20_000
"""Entries of a cache, about 10 MB; then it begins anew."""

_FOUR, _TWELVE = 4, 12
"""Bytes of an asset's code in XDR, short and long."""
_TYPES = {
    0: AssetType.ASSET_TYPE_NATIVE,
    _FOUR: AssetType.ASSET_TYPE_CREDIT_ALPHANUM4,
    _TWELVE: AssetType.ASSET_TYPE_CREDIT_ALPHANUM12,
}
_KEY = 32
_LONGEST_TOPIC = 80
"""Bytes of a topic with a code of 12 and an issuer."""
_STRING = SCValType.SCV_STRING.to_bytes(4, "big")


class ClassicAsset(NamedTuple):
    """`name` is `native` or `CODE:ISSUER`, `issuer` G…, None for lumens, `contract` C…."""

    name: str
    issuer: str | None
    contract: str


class Assets:
    """The assets of one network: a contract's id depends on it."""

    def __init__(self, network_id: bytes) -> None:
        self._preimage = b"".join(
            part.to_bytes(4, "big") if isinstance(part, int) else part
            for part in (
                EnvelopeType.ENVELOPE_TYPE_CONTRACT_ID,
                network_id,
                ContractIDPreimageType.CONTRACT_ID_PREIMAGE_FROM_ASSET,
            )
        )
        self._known: dict[bytes, ClassicAsset] = {}
        self._claims: dict[bytes, ClassicAsset | None] = {}
        self.native = self._asset(b"")

    def of(self, asset: Asset) -> ClassicAsset:
        """The asset that an operation, a result or an entry names."""
        value = asset.value
        if value is None:
            return self.native
        return self._asset(value.asset_code + value.issuer)

    def claimed(self, contract_id: bytes, topic: bytes) -> ClassicAsset | None:
        """The asset that an event's topic names, if the contract that emitted it is that asset's; else None."""
        if len(topic) > _LONGEST_TOPIC:
            return None
        claim = contract_id + topic
        try:
            return self._claims[claim]
        except KeyError:
            pass
        if len(self._claims) >= _MOST:
            self._claims.clear()
        asset = self._named(topic)
        found = asset if asset is not None and asset.contract == contract(contract_id) else None
        self._claims[claim] = found
        return found

    def _asset(self, code_and_issuer: bytes) -> ClassicAsset:
        """An asset of its code, padded to 4 or 12 bytes, and its issuer's key; of nothing: lumens."""
        try:
            return self._known[code_and_issuer]
        except KeyError:
            pass
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[code_and_issuer] = asset = self._made(code_and_issuer[:-32], code_and_issuer[-32:])
        return asset

    def _made(self, code: bytes, issuer: bytes) -> ClassicAsset:
        address = contract(sha256(self._preimage + _xdr(code, issuer)).digest())
        if not code:
            return ClassicAsset("native", None, address)
        return ClassicAsset(f"{escaped(code.rstrip(bytes(1)))}:{account(issuer)}", account(issuer), address)

    def _named(self, topic: bytes) -> ClassicAsset | None:
        """The asset of a string such as `USDC:G…`, as the value of a contract that a topic is."""
        if not topic.startswith(_STRING):
            return None
        code, _, issuer = topic[8 : 8 + int.from_bytes(topic[4:8], "big")].partition(b":")
        if not issuer:
            return self.native if code == b"native" else None
        key = _key_of(issuer)
        if key is None or not code or len(code) > _TWELVE:
            return None
        return self._asset(code.ljust(_FOUR if len(code) <= _FOUR else _TWELVE, b"\0") + key)


def xdr_of(asset: Asset) -> bytes:
    return _xdr(b"", b"") if asset.value is None else _xdr(asset.value.asset_code, asset.value.issuer)


def _xdr(code: bytes, issuer: bytes) -> bytes:
    kind = _TYPES[len(code)].to_bytes(4, "big")
    return kind + code + PublicKeyType.PUBLIC_KEY_TYPE_ED25519.to_bytes(4, "big") + issuer if code else kind


def _key_of(strkey: bytes) -> bytes | None:
    """The key of a G…; None of anything else."""
    try:
        key = b32decode(strkey)[1:-2]
    except NotBase32:
        return None
    return key if len(key) == _KEY and account(key).encode() == strkey else None


@lru_cache(maxsize=4)
def assets_of(network_id: bytes) -> Assets:
    """The same for each ledger of a network, with what it has found."""
    return Assets(network_id)
