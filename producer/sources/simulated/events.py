"""The unified events of assets (CAP-67): what a classic transaction says about the lumens that it moves."""

from functools import cache, lru_cache

from stellar_sdk import Asset, StrKey
from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.packed import packed
from producer.sources.simulated.state import account_id


class NativeEvents:
    """Events of the native asset's contract on one network."""

    def __init__(self, passphrase: str) -> None:
        contract = StrKey.decode_contract(Asset.native().contract_id(passphrase))
        self._contract_id = packed(stellar_xdr.ContractID, contract)

    def fee(self, payer: bytes, stroops: int) -> stellar_xdr.TransactionEvent:
        return stellar_xdr.TransactionEvent(
            stage=stellar_xdr.TransactionEventStage.TRANSACTION_EVENT_STAGE_BEFORE_ALL_TXS,
            event=self._event([_symbol("fee"), _address(payer)], _amount(stroops)),
        )

    def transfer(
        self, sender: bytes, recipient: bytes, stroops: int, recipient_id: stellar_xdr.SCVal | None
    ) -> stellar_xdr.ContractEvent:
        """`recipient_id` tells apart those who share the recipient's account."""
        topics = [_symbol("transfer"), _address(sender), _address(recipient), _NATIVE]
        if recipient_id is None:
            return self._event(topics, _amount(stroops))
        return self._event(topics, _map({"amount": _amount(stroops), "to_muxed_id": recipient_id}))

    def _event(self, topics: list[stellar_xdr.SCVal], data: stellar_xdr.SCVal) -> stellar_xdr.ContractEvent:
        return stellar_xdr.ContractEvent(
            ext=stellar_xdr.ExtensionPoint(0),
            contract_id=self._contract_id,
            type=stellar_xdr.ContractEventType.CONTRACT,
            body=stellar_xdr.ContractEventBody(0, v0=stellar_xdr.ContractEventV0(topics, data)),
        )


def recipient_id_of(muxed_id: int | None, memo: stellar_xdr.Memo) -> stellar_xdr.SCVal | None:
    """The id inside an M… address; for a G… address, the transaction's memo."""
    if muxed_id is not None:
        return _number(muxed_id)
    kinds = stellar_xdr.MemoType
    if memo.type is kinds.MEMO_TEXT:
        assert memo.text is not None
        return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_STRING, str=stellar_xdr.SCString(memo.text))
    if memo.type is kinds.MEMO_ID:
        assert memo.id is not None
        return _number(memo.id.uint64)
    digest = memo.hash or memo.ret_hash
    return None if digest is None else _bytes(digest.hash)


def _number(number: int) -> stellar_xdr.SCVal:
    return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_U64, u64=stellar_xdr.Uint64(number))


def _bytes(value: bytes) -> stellar_xdr.SCVal:
    return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_BYTES, bytes=stellar_xdr.SCBytes(value))


def _amount(stroops: int) -> stellar_xdr.SCVal:
    parts = stellar_xdr.Int128Parts(hi=stellar_xdr.Int64(0), lo=stellar_xdr.Uint64(stroops))
    return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_I128, i128=parts)


@lru_cache(maxsize=50_000)  # the same accounts come again and again; more than there are at a time
def _address(public_key: bytes) -> stellar_xdr.SCVal:
    address = stellar_xdr.SCAddress(
        stellar_xdr.SCAddressType.SC_ADDRESS_TYPE_ACCOUNT, account_id=account_id(public_key)
    )
    return _packed_value(stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_ADDRESS, address=address))


@cache
def _symbol(name: str) -> stellar_xdr.SCVal:
    symbol = stellar_xdr.SCSymbol(name.encode())
    return _packed_value(stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_SYMBOL, sym=symbol))


def _map(values: dict[str, stellar_xdr.SCVal]) -> stellar_xdr.SCVal:
    entries = [stellar_xdr.SCMapEntry(_symbol(name), value) for name, value in values.items()]
    return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_MAP, map=stellar_xdr.SCMap(entries))


def _packed_value(value: stellar_xdr.SCVal) -> stellar_xdr.SCVal:
    return packed(stellar_xdr.SCVal, value.to_xdr_bytes())


_NATIVE = _packed_value(stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_STRING, str=stellar_xdr.SCString(b"native")))
