"""What an operation's events say of assets whose balances its contracts changed (CAP-46-06, CAP-67)."""

from collections.abc import Iterator
from dataclasses import dataclass

from consumer.decode.assets import assets_of
from consumer.decode.details.operation import AppliedOperation
from consumer.decode.scval import integer_of
from schemas.xdr import decode
from schemas.xdr.readers import (
    ContractEvent,
    ContractEventType,
    Int128Parts,
    SCAddress,
    SCMapEntry,
    SCVal,
    SCValType,
    read_SCVal,
)


@dataclass(frozen=True, slots=True)
class StellarAssetEvent:
    """`asset` is `native` or `CODE:ISSUER`; the id is that of a multiplexed recipient."""

    type: str
    asset: str
    amount: int
    from_: SCAddress | None = None
    to: SCAddress | None = None
    to_muxed_id: int | None = None


def _symbol(text: bytes) -> bytes:
    return SCValType.SCV_SYMBOL.to_bytes(4, "big") + len(text).to_bytes(4, "big") + text + bytes(-len(text) % 4)


_TYPES = {_symbol(name.encode()): name for name in ("transfer", "mint", "clawback", "burn")}
_TOPICS = {"transfer": (4,), "mint": (3, 4), "clawback": (3, 4), "burn": (3,)}
"""Up to protocol 22 an administrator stands before the one to whom is minted, or from whom is clawed back."""


def stellar_asset_events(operation: AppliedOperation) -> Iterator[StellarAssetEvent]:
    """Those of contracts that are an asset's own; what another contract says of an asset is left out."""
    assets = assets_of(operation.network_id)
    for event in operation.transaction.events_of(operation.index):
        topics = event.body.topics
        kind = _TYPES.get(topics[0]) if topics else None
        if kind is None or event.contract_id is None or event.type != ContractEventType.CONTRACT:
            continue
        asset = assets.claimed(event.contract_id, topics[-1])
        if asset is not None and len(topics) in _TOPICS[kind]:
            yield from _event(kind, asset.name, event)


def _event(kind: str, asset: str, event: ContractEvent) -> Iterator[StellarAssetEvent]:
    """The event; nothing, if it is not of the form that an asset's contract gives to it."""
    topics = event.body.topics
    moved, muxed_id = _moved(decode(read_SCVal, event.body.data))
    one = _address(topics[-2])
    if moved is None or one is None:
        return
    if kind == "transfer":
        sender = _address(topics[1])
        if sender is not None:
            yield StellarAssetEvent(kind, asset, moved, sender, one, muxed_id)
    elif kind == "mint":
        yield StellarAssetEvent(kind, asset, moved, None, one, muxed_id)
    else:
        yield StellarAssetEvent(kind, asset, moved, one)


def _address(topic: bytes) -> SCAddress | None:
    value = decode(read_SCVal, topic).value
    return value if isinstance(value, SCAddress) else None


def _moved(data: SCVal) -> tuple[int | None, int | None]:
    """The amount, and the id of a multiplexed recipient, for whom both stand in a map."""
    if isinstance(data.value, Int128Parts):
        return integer_of(data.value), None
    if data.type != SCValType.SCV_MAP or not isinstance(data.value, list):
        return None, None
    fields = {each.key.value: each.val for each in data.value if isinstance(each, SCMapEntry) and _is_symbol(each.key)}
    amount, muxed_id = fields.get(b"amount"), fields.get(b"to_muxed_id")
    if amount is None or not isinstance(amount.value, Int128Parts):
        return None, None
    return integer_of(amount.value), _unsigned_64(muxed_id)


def _unsigned_64(value: SCVal | None) -> int | None:
    if value is None or value.type != SCValType.SCV_U64 or not isinstance(value.value, int):
        return None
    return value.value


def _is_symbol(key: SCVal) -> bool:
    return key.type == SCValType.SCV_SYMBOL
