"""Details of operations on offers."""

from consumer.decode.details.assets import asset_details
from consumer.decode.details.numbers import amount, price, ratio
from consumer.decode.details.operation import AppliedOperation, Details
from schemas.xdr.readers import Asset, CreatePassiveSellOfferOp, ManageBuyOfferOp, ManageSellOfferOp, Price


def manage_sell_offer(_: AppliedOperation, body: ManageSellOfferOp) -> Details:
    return {"offer_id": str(body.offer_id), **_offer(body.selling, body.buying, body.amount, body.price)}


def manage_buy_offer(_: AppliedOperation, body: ManageBuyOfferOp) -> Details:
    """Its amount is that of the bought asset."""
    return {"offer_id": str(body.offer_id), **_offer(body.selling, body.buying, body.buy_amount, body.price)}


def create_passive_sell_offer(_: AppliedOperation, body: CreatePassiveSellOfferOp) -> Details:
    return _offer(body.selling, body.buying, body.amount, body.price)


def _offer(selling: Asset, buying: Asset, offered: int, at: Price) -> Details:
    return {
        "amount": amount(offered),
        "price": price(at),
        "price_r": ratio(at),
        **asset_details(buying, "buying_"),
        **asset_details(selling, "selling_"),
    }
