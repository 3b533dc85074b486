"""The order book: which offers are taken, at whose expense prices are rounded, and what remains of them."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import NamedTuple

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import holdings
from producer.sources.simulated.assets import Asset
from producer.sources.simulated.entries import MOST, OfferEntry
from producer.sources.simulated.operations.operation import Circumstances
from producer.sources.simulated.state import LedgerScope, account_id

Price = tuple[int, int]

_TOLERANCE = 100  # a trade between offers may miss the price by one in a hundred, through rounding


class Rounding(Enum):
    """Two offers share the loss; a path payment leaves it all to the payer."""

    NORMAL = auto()
    STRICT_SEND = auto()
    STRICT_RECEIVE = auto()


class Trade(NamedTuple):
    """What the offer gave and what was paid for it, and whether there is more of the offer."""

    given: int
    paid: int
    stays: bool


class Limits(NamedTuple):
    """At most: what the offer gives, what the taker wants, what the taker pays, what the offer's seller accepts."""

    offered: int
    wanted: int = MOST
    payable: int = MOST
    acceptable: int = MOST


def trade(price: Price, limits: Limits, rounding: Rounding = Rounding.NORMAL) -> Trade:
    """As protocol 10 and later ones trade: whoever's offer is larger stays and never gets the worse price."""
    numerator, denominator = price
    offer_value = min(limits.offered * numerator, limits.acceptable * denominator)
    taker_value = min(limits.payable * denominator, limits.wanted * numerator)
    stays = offer_value > taker_value
    if stays and rounding is Rounding.STRICT_SEND:
        return Trade(taker_value // numerator, min(limits.payable, limits.acceptable), stays)
    if stays and (numerator > denominator or rounding is Rounding.STRICT_RECEIVE):
        given = taker_value // numerator
        paid = _rounded_up(given * numerator, denominator)
    elif stays:
        paid = taker_value // denominator
        given = paid * denominator // numerator
    elif numerator > denominator:
        given = offer_value // numerator
        paid = given * numerator // denominator
    else:
        paid = offer_value // denominator
        given = _rounded_up(paid * denominator, numerator)
    if rounding is Rounding.NORMAL and not _is_fair(price, given, paid):
        return Trade(0, 0, stays)
    return Trade(given, paid, stays)


def _rounded_up(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)


def _is_fair(price: Price, given: int, paid: int) -> bool:
    due, got = given * price[0], paid * price[1]
    return given > 0 and paid > 0 and abs(due - got) * _TOLERANCE <= due


def adjusted(price: Price, offered: int, acceptable: int) -> int:
    """What an offer can sell of an amount: none of it where rounding would hurt too much."""
    return trade(price, Limits(offered, acceptable=acceptable)).given


def count_on(scope: LedgerScope, offer: OfferEntry, ledger: int, sign: int = 1) -> None:
    """Set aside what the offer sells, and room for what it buys; with -1, no longer."""
    full = trade(offer.price, Limits(offer.amount))
    holdings.add_liabilities(scope, offer.seller, offer.selling, ledger, selling=sign * full.given)
    holdings.add_liabilities(scope, offer.seller, offer.buying, ledger, buying=sign * full.paid)


@dataclass
class Conversion:
    """What was sent and received for it, and the offers that were taken. `failure` as result codes name it."""

    sent: int = 0
    received: int = 0
    atoms: list[stellar_xdr.ClaimAtom] = field(default_factory=list)
    events: list[stellar_xdr.ContractEvent] = field(default_factory=list)
    offer_stays: bool = False
    failure: str | None = None


def convert(
    scope: LedgerScope,
    here: Circumstances,
    pair: tuple[Asset, Asset],
    payable: int,
    wanted: int,
    rounding: Rounding,
    worst_price: Price | None = None,
) -> Conversion:
    """Take offers, the best first, for what is sent and received; the source's own holdings are left alone.

    `offer_stays` says that it ended well within an offer, and not for want of a further one.
    """
    done = Conversion()
    while done.sent < payable and done.received < wanted and not done.offer_stays:
        offer = _best(scope, pair)
        if offer is None or (worst_price is not None and _is_dearer(offer.price, worst_price)):
            break
        if offer.seller == here.source:
            done.failure = "CROSS_SELF" if worst_price is not None else "OFFER_CROSS_SELF"
            break
        taken = _take(scope, offer, wanted - done.received, payable - done.sent, rounding, here.ledger)
        done.sent += taken.paid
        done.received += taken.given
        done.offer_stays = taken.stays
        done.atoms.append(_atom(offer, taken))
        done.events += [
            here.events.moved(offer.buying, here.source, offer.seller, taken.paid),
            here.events.moved(offer.selling, offer.seller, here.source, taken.given),
        ]
    return done


def _best(scope: LedgerScope, pair: tuple[Asset, Asset]) -> OfferEntry | None:
    sent, received = pair
    offers = [it for it in scope.all_of(OfferEntry) if it.selling == received and it.buying == sent]
    return min(offers, key=lambda it: (it.price[0] / it.price[1], it.offer_id), default=None)


def _is_dearer(price: Price, worst: Price) -> bool:
    return price[0] * worst[1] > worst[0] * price[1]


def _take(scope: LedgerScope, offer: OfferEntry, wanted: int, payable: int, rounding: Rounding, ledger: int) -> Trade:
    count_on(scope, offer, ledger, -1)
    offered = min(offer.amount, holdings.available(scope, offer.seller, offer.selling))
    acceptable = holdings.room(scope, offer.seller, offer.buying)
    taken = trade(offer.price, Limits(offered, wanted, payable, acceptable), rounding)
    holdings.add(scope, offer.seller, offer.selling, -taken.given, ledger)
    holdings.add(scope, offer.seller, offer.buying, taken.paid, ledger)
    rest = adjusted(offer.price, offered - taken.given, acceptable - taken.paid) if taken.stays else 0
    if rest:
        smaller = replace(offer, amount=rest, last_modified=ledger)
        scope.put(smaller)
        count_on(scope, smaller, ledger)
    else:
        holdings.free_reserve(scope, offer, offer.seller, ledger)
        scope.remove(offer)
    return taken


def _atom(offer: OfferEntry, taken: Trade) -> stellar_xdr.ClaimAtom:
    claimed = stellar_xdr.ClaimOfferAtom(
        seller_id=account_id(offer.seller),
        offer_id=stellar_xdr.Int64(offer.offer_id),
        asset_sold=offer.selling.to_xdr(),
        amount_sold=stellar_xdr.Int64(taken.given),
        asset_bought=offer.buying.to_xdr(),
        amount_bought=stellar_xdr.Int64(taken.paid),
    )
    return stellar_xdr.ClaimAtom(stellar_xdr.ClaimAtomType.CLAIM_ATOM_TYPE_ORDER_BOOK, order_book=claimed)
