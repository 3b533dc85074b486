"""The unified events of assets (CAP-67): what a classic transaction says about all that it moves."""

from functools import cache, lru_cache

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.assets import NATIVE, Asset
from producer.sources.simulated.entries import BalanceId
from producer.sources.simulated.packed import packed
from producer.sources.simulated.state import account_id

_WORD = 2**64


class AssetEvents:
    """Events of the assets' contracts on one network. A holder is an account's public key, or a `BalanceId`."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self._contracts: dict[Asset, bytes] = {}

    def fee(self, payer: bytes, stroops: int) -> stellar_xdr.TransactionEvent:
        return self._fee(stellar_xdr.TransactionEventStage.TRANSACTION_EVENT_STAGE_BEFORE_ALL_TXS, payer, stroops)

    def refund(self, payer: bytes, stroops: int) -> stellar_xdr.TransactionEvent:
        return self._fee(stellar_xdr.TransactionEventStage.TRANSACTION_EVENT_STAGE_AFTER_ALL_TXS, payer, -stroops)

    def _fee(
        self, stage: stellar_xdr.TransactionEventStage, payer: bytes, stroops: int
    ) -> stellar_xdr.TransactionEvent:
        event = self._event(NATIVE, [symbol("fee"), address(payer)], number_128(stroops))
        return stellar_xdr.TransactionEvent(stage=stage, event=event)

    def moved(
        self, asset: Asset, sender: bytes, recipient: bytes, amount: int, recipient_id: stellar_xdr.SCVal | None = None
    ) -> stellar_xdr.ContractEvent:
        """A transfer; where the issuer sends, a mint; where it receives, a burn.

        `recipient_id` tells apart those who share the recipient's account.
        """
        name = _asset_name(asset)
        if recipient == asset.issuer and sender != asset.issuer:
            return self._event(asset, [symbol("burn"), address(sender), name], number_128(amount))
        data = amount_and_recipient(amount, recipient_id)
        if sender == asset.issuer and recipient != asset.issuer:
            return self._event(asset, [symbol("mint"), address(recipient), name], data)
        return self._event(asset, [symbol("transfer"), address(sender), address(recipient), name], data)

    def _event(
        self, asset: Asset, topics: list[stellar_xdr.SCVal], data: stellar_xdr.SCVal
    ) -> stellar_xdr.ContractEvent:
        contract = self._contracts.get(asset)
        if contract is None:
            contract = self._contracts[asset] = asset.contract(self._passphrase)
        return contract_event(contract, topics, data)


def contract_event(
    contract: bytes, topics: list[stellar_xdr.SCVal], data: stellar_xdr.SCVal
) -> stellar_xdr.ContractEvent:
    return stellar_xdr.ContractEvent(
        ext=stellar_xdr.ExtensionPoint(0),
        contract_id=packed(stellar_xdr.ContractID, contract),
        type=stellar_xdr.ContractEventType.CONTRACT,
        body=stellar_xdr.ContractEventBody(0, v0=stellar_xdr.ContractEventV0(topics, data)),
    )


def recipient_id_of(muxed_id: int | None, memo: stellar_xdr.Memo) -> stellar_xdr.SCVal | None:
    """The id inside an M… address; for a G… address, the transaction's memo."""
    if muxed_id is not None:
        return number_64(muxed_id)
    kinds = stellar_xdr.MemoType
    if memo.type is kinds.MEMO_TEXT:
        assert memo.text is not None
        return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_STRING, str=stellar_xdr.SCString(memo.text))
    if memo.type is kinds.MEMO_ID:
        assert memo.id is not None
        return number_64(memo.id.uint64)
    digest = memo.hash or memo.ret_hash
    return None if digest is None else bytes_value(digest.hash)


def amount_and_recipient(amount: int, recipient_id: stellar_xdr.SCVal | None) -> stellar_xdr.SCVal:
    if recipient_id is None:
        return number_128(amount)
    return map_value({"amount": number_128(amount), "to_muxed_id": recipient_id})


def number_64(number: int) -> stellar_xdr.SCVal:
    return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_U64, u64=stellar_xdr.Uint64(number))


def number_128(number: int) -> stellar_xdr.SCVal:
    high, low = divmod(number, _WORD)
    parts = stellar_xdr.Int128Parts(hi=stellar_xdr.Int64(high), lo=stellar_xdr.Uint64(low))
    return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_I128, i128=parts)


def bytes_value(value: bytes) -> stellar_xdr.SCVal:
    return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_BYTES, bytes=stellar_xdr.SCBytes(value))


@lru_cache(maxsize=50_000)  # the same accounts come again and again; more than there are at a time
def address(holder: bytes) -> stellar_xdr.SCVal:
    kinds = stellar_xdr.SCAddressType
    if isinstance(holder, BalanceId):
        return address_value(
            stellar_xdr.SCAddress(
                kinds.SC_ADDRESS_TYPE_CLAIMABLE_BALANCE,
                claimable_balance_id=packed(stellar_xdr.ClaimableBalanceID, holder),
            )
        )
    return address_value(stellar_xdr.SCAddress(kinds.SC_ADDRESS_TYPE_ACCOUNT, account_id=account_id(holder)))


def address_value(its: stellar_xdr.SCAddress) -> stellar_xdr.SCVal:
    return _packed_value(stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_ADDRESS, address=its))


@cache
def symbol(name: str) -> stellar_xdr.SCVal:
    its = stellar_xdr.SCSymbol(name.encode())
    return _packed_value(stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_SYMBOL, sym=its))


@cache
def _asset_name(asset: Asset) -> stellar_xdr.SCVal:
    return string(asset.name)


def string(text: str) -> stellar_xdr.SCVal:
    return _packed_value(stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_STRING, str=stellar_xdr.SCString(text.encode())))


def map_value(values: dict[str, stellar_xdr.SCVal]) -> stellar_xdr.SCVal:
    entries = [stellar_xdr.SCMapEntry(symbol(name), value) for name, value in values.items()]
    return stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_MAP, map=stellar_xdr.SCMap(entries))


def _packed_value(value: stellar_xdr.SCVal) -> stellar_xdr.SCVal:
    return packed(stellar_xdr.SCVal, value.to_xdr_bytes())
