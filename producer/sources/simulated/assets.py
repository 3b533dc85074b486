"""Lumens and what accounts issue."""

import struct
from functools import cache
from typing import NamedTuple

from stellar_sdk import Asset as SdkAsset
from stellar_sdk import StrKey
from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.packed import packed, packed_account

_SHORT_CODE = 4


class Asset(NamedTuple):
    """What an account issues under a code; without both, lumens."""

    code: str = ""
    issuer: bytes = b""

    @property
    def is_native(self) -> bool:
        return not self.issuer

    @property
    def xdr(self) -> bytes:
        """The packed `Asset`; a `TrustLineAsset` and a `ChangeTrustAsset` look the same."""
        return _asset_xdr(self)

    def to_xdr(self) -> stellar_xdr.Asset:
        return packed(stellar_xdr.Asset, self.xdr)

    @property
    def name(self) -> str:
        """As SEP-11 writes it."""
        return "native" if self.is_native else f"{self.code}:{StrKey.encode_ed25519_public_key(self.issuer)}"

    def contract(self, passphrase: str) -> bytes:
        """The id of the contract that stands for it."""
        issuer = None if self.is_native else StrKey.encode_ed25519_public_key(self.issuer)
        return StrKey.decode_contract(SdkAsset(self.code or "XLM", issuer).contract_id(passphrase))


NATIVE = Asset()


@cache  # there are a few
def _asset_xdr(asset: Asset) -> bytes:
    kinds = stellar_xdr.AssetType
    if asset.is_native:
        return struct.pack(">I", kinds.ASSET_TYPE_NATIVE)
    if len(asset.code) <= _SHORT_CODE:
        head = struct.pack(">I4s", kinds.ASSET_TYPE_CREDIT_ALPHANUM4, asset.code.encode())
    else:
        head = struct.pack(">I12s", kinds.ASSET_TYPE_CREDIT_ALPHANUM12, asset.code.encode())
    return head + packed_account(asset.issuer)
