"""Movements as events tell them: SEP-41 tokens, classic assets (CAP-46-06, CAP-67), fees.

Up to protocol 22 a mint and a clawback name an administrator before the holder, and contracts of that time still do:
with two addresses the second is the holder's. An asset's contract then called mints and burns by an issuer transfers.
"""

from collections.abc import Callable
from typing import cast

from consumer.decode.assets import Assets
from consumer.decode.scval import address_of, integer_of
from consumer.decode.strkeys import account, contract
from consumer.decode.text import readable
from consumer.decode.token_transfers.movement import UNMUXED, Movement, Muxed, classic, fee
from schemas.xdr import decode
from schemas.xdr.readers import (
    ContractEvent,
    ContractEventType,
    Int128Parts,
    MuxedEd25519Account,
    SCAddress,
    SCMapEntry,
    SCVal,
    SCValType,
    read_SCVal,
)

_MOST = 50_000
"""Entries of the cache, about 15 MB; then it begins anew."""

_ADDRESS = SCValType.SCV_ADDRESS.to_bytes(4, "big")
_I128 = SCValType.SCV_I128.to_bytes(4, "big")
_MAP = SCValType.SCV_MAP.to_bytes(4, "big")

_Address = tuple[str, Muxed]
"""Of a multiplexed account, G… and the id apart (CAP-67)."""
_Parties = tuple[str | None, str | None, Muxed]
"""From whom, to whom."""
_WITH_TWO_ADDRESSES = 3
"""Topics, the name first."""


def movement_of(event: ContractEvent, assets: Assets) -> Movement | None:
    """None of an event that tells of none: of another name, or not as SEP-41 has it."""
    topics = event.body.topics
    kind, parties_of = _KINDS.get(topics[0], _OTHER) if topics else _OTHER
    if parties_of is None or event.contract_id is None or event.type != ContractEventType.CONTRACT:
        return None
    parties, moved = parties_of(topics), _moved(event.body.data)
    if parties is None or moved is None:
        return None
    sender, receiver, muxed = parties
    amount, told = moved
    if receiver is None:
        muxed = UNMUXED
    elif told[0] is not None:
        muxed = told
    asset = assets.claimed(event.contract_id, topics[-1])
    if asset is None:
        return Movement(kind, contract(event.contract_id), None, sender, receiver, *muxed, amount)
    if sender is not None and receiver is not None:
        return classic(asset, sender, receiver, amount, muxed)
    return Movement(kind, asset.contract, asset.name, sender, receiver, *muxed, amount)


def fee_of(event: ContractEvent, assets: Assets) -> Movement | None:
    """The fee that a transaction's own event tells of; None of one that tells of something else."""
    topics = event.body.topics
    if topics[:1] != [_FEE] or event.contract_id is None or contract(event.contract_id) != assets.native.contract:
        return None
    payer, moved = _address(topics[1]) if len(topics) > 1 else None, _moved(event.body.data)
    return None if payer is None or moved is None else fee(assets.native, payer[0], moved[0])


class _Addresses(dict[bytes, _Address | None]):
    """From a topic to its address; None when it is none."""

    def __missing__(self, topic: bytes) -> _Address | None:
        if not topic.startswith(_ADDRESS):
            return None
        if len(self) >= _MOST:
            self.clear()
        address = decode(read_SCVal, topic).value
        assert isinstance(address, SCAddress)
        self[topic] = found = _apart(address)
        return found


def _apart(address: SCAddress) -> _Address:
    value = address.value
    if isinstance(value, MuxedEd25519Account):
        return account(value.ed25519), (str(value.id), "id")
    return address_of(address), UNMUXED


_address = _Addresses().__getitem__


def _moved(data: bytes) -> tuple[int, Muxed] | None:
    """The amount, and what tells receivers apart: an i128, or a map of both."""
    if data.startswith(_I128):
        return int.from_bytes(data[4:], "big", signed=True), UNMUXED
    if data.startswith(_MAP):
        return _of_map(cast("list[SCMapEntry] | None", decode(read_SCVal, data).value) or [])
    return None


def _of_map(entries: list[SCMapEntry]) -> tuple[int, Muxed] | None:
    fields = {each.key.value: each.val for each in entries if each.key.type == SCValType.SCV_SYMBOL}
    amount = fields.get(b"amount")
    muxed = _muxed(fields.get(b"to_muxed_id"))
    if len(fields) < len(entries) or amount is None or muxed is None or not isinstance(amount.value, Int128Parts):
        return None
    return integer_of(amount.value), muxed


def _muxed(value: SCVal | None) -> Muxed | None:
    """None when it is nothing that tells receivers apart."""
    if value is None:
        return UNMUXED
    match value.type, value.value:
        case SCValType.SCV_VOID, _:
            return UNMUXED
        case SCValType.SCV_U64, number:
            return str(number), "id"
        case SCValType.SCV_STRING, bytes(text):
            return readable(text), "text"
        case SCValType.SCV_BYTES, bytes(digest):
            return digest.hex(), "hash"
        case _:
            return None


def _sender_and_receiver(topics: list[bytes]) -> _Parties | None:
    if len(topics) < _WITH_TWO_ADDRESSES:
        return None
    sender, receiver = _address(topics[1]), _address(topics[2])
    return None if sender is None or receiver is None else (sender[0], *receiver)


def _receiver(topics: list[bytes]) -> _Parties | None:
    holder = _holder(topics)
    return None if holder is None else (None, *holder)


def _sender(topics: list[bytes]) -> _Parties | None:
    holder = _holder(topics)
    return None if holder is None else (holder[0], None, UNMUXED)


def _burner(topics: list[bytes]) -> _Parties | None:
    return _sender(topics[:2])


def _holder(topics: list[bytes]) -> _Address | None:
    first = _address(topics[1]) if len(topics) > 1 else None
    second = _address(topics[2]) if len(topics) >= _WITH_TWO_ADDRESSES else None
    return first if first is None or second is None else second


def _symbol(text: str) -> bytes:
    return (
        SCValType.SCV_SYMBOL.to_bytes(4, "big") + len(text).to_bytes(4, "big") + text.encode() + bytes(-len(text) % 4)
    )


_FEE = _symbol("fee")
_KINDS: dict[bytes, tuple[str, Callable[[list[bytes]], _Parties | None] | None]] = {
    _symbol("transfer"): ("transfer", _sender_and_receiver),
    _symbol("mint"): ("mint", _receiver),
    _symbol("burn"): ("burn", _burner),
    _symbol("clawback"): ("clawback", _sender),
}
_OTHER = ("", None)
