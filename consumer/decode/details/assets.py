"""Assets and liquidity pools in an operation's details."""

from hashlib import sha256

from consumer.decode.details.operation import Details
from consumer.decode.scval import escaped
from consumer.decode.strkeys import account
from schemas.xdr.readers import (
    AlphaNum4,
    AlphaNum12,
    Asset,
    AssetType,
    LiquidityPoolConstantProductParameters,
    LiquidityPoolType,
)

_MOST = 20_000
"""Entries of a cache, about 8 MB; then it begins anew."""

_SHORT, _LONG = 4, 12
"""Bytes of an asset's code."""

TYPES = {
    AssetType.ASSET_TYPE_NATIVE: "native",
    AssetType.ASSET_TYPE_CREDIT_ALPHANUM4: "credit_alphanum4",
    AssetType.ASSET_TYPE_CREDIT_ALPHANUM12: "credit_alphanum12",
}
_TYPES_BY_LENGTH = {
    _SHORT: TYPES[AssetType.ASSET_TYPE_CREDIT_ALPHANUM4],
    _LONG: TYPES[AssetType.ASSET_TYPE_CREDIT_ALPHANUM12],
}


class _Issued(dict[bytes, tuple[str, str, str]]):
    """From an asset's code, padded to 4 or 12 bytes, and its issuer's key to type, code and G…."""

    def __missing__(self, code_and_issuer: bytes) -> tuple[str, str, str]:
        if len(self) >= _MOST:
            self.clear()
        code, issuer = code_and_issuer[:-32], code_and_issuer[-32:]
        self[code_and_issuer] = named = (_TYPES_BY_LENGTH[len(code)], asset_code(code), account(issuer))
        return named


_issued = _Issued().__getitem__


def asset_code(code: bytes) -> str:
    """Without the NULs that fill it up; what is no letter or digit, which no valid asset has, escaped (SEP-11)."""
    return escaped(code.rstrip(b"\0"))


def asset_details(asset: Asset, prefix: str = "") -> Details:
    """`asset_type`, and of all but the native asset `asset_code` and `asset_issuer`, each behind the prefix."""
    value = asset.value
    if value is None:
        return {f"{prefix}asset_type": "native"}
    kind, code, issuer = _issued(value.asset_code + value.issuer)
    return {f"{prefix}asset_type": kind, f"{prefix}asset_code": code, f"{prefix}asset_issuer": issuer}


def canonical(issued: AlphaNum4 | AlphaNum12 | None) -> str:
    """`native` or `CODE:ISSUER` (SEP-11)."""
    if issued is None:
        return "native"
    _, code, issuer = _issued(issued.asset_code + issued.issuer)
    return f"{code}:{issuer}"


def named_asset_details(name: str) -> Details:
    """Those of an asset of which the canonical name is known."""
    code, _, issuer = name.partition(":")
    if not issuer:
        return {"asset_type": "native"}
    kind = _TYPES_BY_LENGTH[_SHORT if len(code) <= _SHORT else _LONG]
    return {"asset_type": kind, "asset_code": code, "asset_issuer": issuer}


def pool_id(parameters: LiquidityPoolConstantProductParameters) -> bytes:
    """The hash of what the pool is of (CAP-38)."""
    kind = LiquidityPoolType.LIQUIDITY_POOL_CONSTANT_PRODUCT.to_bytes(4, "big")
    fee = parameters.fee.to_bytes(4, "big", signed=True)
    return sha256(kind + asset_xdr(parameters.asset_a) + asset_xdr(parameters.asset_b) + fee).digest()


def asset_xdr(asset: Asset) -> bytes:
    """The asset's own bytes; an issuer's key is of type 0."""
    kind, issued = asset.type.to_bytes(4, "big"), asset.value
    return kind if issued is None else kind + issued.asset_code + bytes(4) + issued.issuer
