"""What a row of `token_transfers` says of one movement, whatever it was read from."""

from typing import NamedTuple

from consumer.decode.assets import ClassicAsset

Muxed = tuple[str | None, str | None]
"""`to_muxed_id` and its type, id, text or hash: both, or neither."""

UNMUXED: Muxed = (None, None)


class Movement(NamedTuple):
    """The columns that are a movement's own, in the order of the table."""

    type: str
    contract: str
    asset: str | None
    from_address: str | None
    to_address: str | None
    to_muxed_id: str | None
    to_muxed_id_type: str | None
    amount: int


def classic(asset: ClassicAsset, sender: str, receiver: str, amount: int, muxed: Muxed = UNMUXED) -> Movement:
    """A movement of a classic asset: from its issuer it is a mint, to its issuer a burn.

    Between accounts that are both the issuer it is a transfer (CAP-67).
    """
    issuer = asset.issuer
    if issuer is not None and sender != receiver:
        if sender == issuer:
            return minted(asset, receiver, amount, muxed)
        if receiver == issuer:
            return burned(asset, sender, amount)
    return Movement("transfer", asset.contract, asset.name, sender, receiver, *muxed, amount)


def minted(asset: ClassicAsset, receiver: str, amount: int, muxed: Muxed = UNMUXED) -> Movement:
    return Movement("mint", asset.contract, asset.name, None, receiver, *muxed, amount)


def burned(asset: ClassicAsset, sender: str, amount: int) -> Movement:
    return Movement("burn", asset.contract, asset.name, sender, None, None, None, amount)


def clawed_back(asset: ClassicAsset, sender: str, amount: int) -> Movement:
    return Movement("clawback", asset.contract, asset.name, sender, None, None, None, amount)


def fee(native: ClassicAsset, payer: str, amount: int) -> Movement:
    """Charged, or given back when it is negative."""
    return Movement("fee", native.contract, native.name, payer, None, None, None, amount)
