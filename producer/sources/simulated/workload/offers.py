"""Transactions about offers, and payments along them.

All pairs have lumens on one side. Credit is sold for more than it is bought for, so that an offer rests until somebody
takes it on purpose.
"""

from producer.sources.simulated.assets import NATIVE
from producer.sources.simulated.entries import AccountEntry, OfferEntry
from producer.sources.simulated.operations.offers import ManageBuyOffer, ManageSellOffer
from producer.sources.simulated.operations.operation import Operation
from producer.sources.simulated.operations.payments import PathPaymentStrictReceive, PathPaymentStrictSend
from producer.sources.simulated.workload.accounts import one_payment
from producer.sources.simulated.workload.credit import credit_of, trust_line
from producer.sources.simulated.workload.scene import LUMEN, Scene

_MOST_OFFERS = 60
_ASKED = ((11, 10), (6, 5), (4, 3), (3, 2), (7, 3))
_BID = ((9, 10), (4, 5), (2, 3), (3, 7))
_SMALLEST = 1000  # stroops, so that rounding leaves a price what it is


def new_offer(scene: Scene, sender: AccountEntry) -> list[Operation]:
    line = credit_of(scene, sender)
    if line is None:
        return trust_line(scene, sender)
    if len(scene.offers) >= _MOST_OFFERS:
        return change_of_an_offer(scene, sender)
    if scene.chance.random() < 1 / 2:
        amount = scene.chance.randrange(LUMEN, 10 * LUMEN)
        return [ManageBuyOffer(NATIVE, line.asset, amount, scene.chance.choice(_BID))]
    amount = _SMALLEST + scene.part_of(line.available)
    return [ManageSellOffer(line.asset, NATIVE, amount, scene.chance.choice(_ASKED))]


def change_of_an_offer(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """Another amount, or its end."""
    offers = scene.offers_of(sender)
    if not offers:
        return one_payment(scene, sender)
    offer = scene.chance.choice(offers)
    amount = 0 if scene.chance.random() < 1 / 3 else _SMALLEST + scene.part_of(4 * offer.amount)
    return [ManageSellOffer(offer.selling, offer.buying, amount, offer.price, offer.offer_id)]


def taking_of_an_offer(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """The best one of its pair; some take more than there is, and the rest rests."""
    line = credit_of(scene, sender)
    if line is None:
        return trust_line(scene, sender)
    offer = scene.best_offer(line.asset, sells_lumens=scene.chance.random() < 1 / 3)
    if offer is None:
        return new_offer(scene, sender)
    amount = _SMALLEST + scene.part_of(offer.amount * scene.chance.choice((4, 10)))
    if offer.buying == NATIVE:
        return [ManageBuyOffer(NATIVE, offer.selling, amount, offer.price)]
    numerator, denominator = offer.price
    return [ManageSellOffer(offer.buying, NATIVE, amount, (denominator, numerator))]


def hopeless_offer(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """Of what the sender does not have."""
    return [ManageBuyOffer(NATIVE, scene.chance.choice(scene.assets), 2 * sender.balance, (1, 1))]


def end_of_no_offer(scene: Scene, _sender: AccountEntry) -> list[Operation]:
    asset = scene.chance.choice(scene.assets)
    return [ManageSellOffer(NATIVE, asset, 0, (1, 1), scene.chance.randrange(10**9, 10**10))]


def strict_send(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """Lumens for somebody's credit; some ask for more than they can get."""
    offer, destination = _offer_and_destination(scene, sender)
    if offer is None or destination is None:
        return new_offer(scene, sender)
    cost = _cost(offer, _SMALLEST + scene.part_of(offer.amount))
    least = 10**6 * cost if scene.chance.random() < 1 / 6 else 1
    return [PathPaymentStrictSend(NATIVE, cost, scene.address(destination), offer.selling, least)]


def strict_receive(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """Credit for somebody, whatever it costs in lumens; some offer too little, some want more than there is."""
    offer, destination = _offer_and_destination(scene, sender)
    if offer is None or destination is None:
        return new_offer(scene, sender)
    luck = scene.chance.random()
    amount = _SMALLEST + (10**13 if luck < 1 / 6 else scene.part_of(offer.amount))
    most = 1 if luck > 5 / 6 else 2 * _cost(offer, amount)
    return [PathPaymentStrictReceive(NATIVE, most, scene.address(destination), offer.selling, amount)]


def payment_over_lumens(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """One asset is sent, another arrives: two offers are taken."""
    line = credit_of(scene, sender)
    bid = None if line is None else scene.best_offer(line.asset, sells_lumens=True)
    asked = [it for it in scene.offers if it.buying == NATIVE and bid is not None and it.selling != bid.buying]
    if line is None or bid is None or not asked:
        return new_offer(scene, sender)
    asset = scene.chance.choice(asked).selling
    destination = scene.other_holder(asset, sender)
    if destination is None:
        return strict_send(scene, sender)
    amount = _SMALLEST + scene.part_of(min(line.available, bid.amount))
    return [PathPaymentStrictSend(line.asset, amount, scene.address(destination), asset, 1, (NATIVE,))]


def _offer_and_destination(scene: Scene, sender: AccountEntry) -> tuple[OfferEntry | None, bytes | None]:
    """Credit for lumens, and somebody who can hold it."""
    offer = scene.best_offer(sells_lumens=False)
    return offer, None if offer is None else scene.other_holder(offer.selling, sender)


def _cost(offer: OfferEntry, amount: int) -> int:
    numerator, denominator = offer.price
    return -(-amount * numerator // denominator)
