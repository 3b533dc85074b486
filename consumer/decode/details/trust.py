"""Details of operations on trust lines: by those who trust, and by the issuers whom they trust."""

from consumer.decode.accounts import account_of
from consumer.decode.details.accounts import account_details
from consumer.decode.details.assets import TYPES, asset_code, asset_details, pool_id
from consumer.decode.details.flags import (
    AUTHORIZED,
    AUTHORIZED_TO_MAINTAIN_LIABILITIES,
    CLAWBACK_ENABLED,
    TRUST_LINE,
    flag_details,
)
from consumer.decode.details.numbers import amount
from consumer.decode.details.operation import AppliedOperation, Details
from consumer.decode.strkeys import account
from schemas.xdr.readers import (
    AllowTrustOp,
    Asset,
    ChangeTrustAsset,
    ChangeTrustOp,
    ClawbackOp,
    LiquidityPoolConstantProductParameters,
    SetTrustLineFlagsOp,
)


def change_trust(operation: AppliedOperation, body: ChangeTrustOp) -> Details:
    return {
        **_line(body.line),
        **account_details("trustor", operation.source),
        "limit": amount(body.limit),
    }


def _line(line: ChangeTrustAsset) -> Details:
    """An asset, whose issuer is trusted, or the shares of a liquidity pool."""
    if isinstance(line.value, LiquidityPoolConstantProductParameters):
        return {"asset_type": "liquidity_pool_shares", "liquidity_pool_id": pool_id(line.value).hex()}
    asset = asset_details(Asset(line.type, line.value))
    return asset if line.value is None else asset | {"trustee": asset["asset_issuer"]}


def allow_trust(operation: AppliedOperation, body: AllowTrustOp) -> Details:
    """The asset is the source's own; what is not authorized besides is left out."""
    details: Details = {
        "asset_type": TYPES[body.asset.type],
        "asset_code": asset_code(body.asset.value),
        "asset_issuer": account_of(operation.source),
        **account_details("trustee", operation.source),
        "trustor": account(body.trustor),
        "authorize": bool(body.authorize & AUTHORIZED),
    }
    if body.authorize & AUTHORIZED_TO_MAINTAIN_LIABILITIES:
        details["authorize_to_maintain_liabilities"] = True
    if body.authorize & CLAWBACK_ENABLED:
        details["clawback_enabled"] = True
    return details


def set_trust_line_flags(_: AppliedOperation, body: SetTrustLineFlagsOp) -> Details:
    return {
        "trustor": account(body.trustor),
        **asset_details(body.asset),
        **flag_details("set", body.set_flags, TRUST_LINE),
        **flag_details("clear", body.clear_flags, TRUST_LINE),
    }


def clawback(_: AppliedOperation, body: ClawbackOp) -> Details:
    return {**asset_details(body.asset), **account_details("from", body.from_), "amount": amount(body.amount)}
