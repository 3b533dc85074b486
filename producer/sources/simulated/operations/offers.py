"""Operations on offers."""

from dataclasses import dataclass, replace

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import holdings
from producer.sources.simulated.assets import Asset
from producer.sources.simulated.entries import MOST, OfferEntry
from producer.sources.simulated.operations.operation import Circumstances, Outcome
from producer.sources.simulated.packed import packed, packed_account
from producer.sources.simulated.state import LedgerScope
from producer.sources.simulated.trading import (
    Conversion,
    Limits,
    Price,
    Rounding,
    Trade,
    adjusted,
    convert,
    count_on,
    trade,
)


@dataclass(frozen=True, slots=True)
class _ManageOffer:
    """What both have in common: an offer that is new where `offer_id` is 0, and goes where `amount` is 0."""

    selling: Asset
    buying: Asset
    amount: int
    price: Price
    offer_id: int = 0

    @property
    def _selling_price(self) -> Price:
        """What one of `selling` costs."""
        raise NotImplementedError

    @property
    def _most_sold(self) -> int:
        return MOST

    @property
    def _most_bought(self) -> int:
        return MOST

    def _result(
        self, code: str, success: stellar_xdr.ManageOfferSuccessResult | None = None
    ) -> stellar_xdr.OperationResultTr:
        raise NotImplementedError

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        if self.amount == 0:
            return self._delete(scope, here)
        failure = self._failure_to_trade(scope, here.source)
        if failure is not None:
            return self._failed(failure)
        return self._place(scope, here)

    def _failed(self, code: str) -> Outcome:
        return Outcome(succeeded=False, result=self._result(code))

    def _failure_to_trade(self, scope: LedgerScope, source: bytes) -> str | None:
        if not holdings.can_hold(scope, source, self.selling):
            return "SELL_NO_TRUST"
        return None if holdings.can_hold(scope, source, self.buying) else "BUY_NO_TRUST"

    def _delete(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        old = self._old_offer(scope, here)
        if old is None:
            return self._failed("NOT_FOUND")
        count_on(scope, old, here.ledger, -1)
        holdings.free_reserve(scope, old, here.source, here.ledger)
        scope.remove(old)
        return self._succeeded(Conversion(), None)

    def _old_offer(self, scope: LedgerScope, here: Circumstances) -> OfferEntry | None:
        return scope.find(OfferEntry, packed_account(here.source) + self.offer_id.to_bytes(8))

    def _place(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        offer = self._changed(scope, here) if self.offer_id else self._new(scope, here)
        if offer is None:
            return self._failed("NOT_FOUND" if self.offer_id else "LOW_RESERVE")
        failure = self._failure_to_afford(scope, here.source)
        if failure is not None:
            return self._failed(failure)
        crossed = self._cross(scope, here)
        if crossed.failure is not None:
            return self._failed(crossed.failure)
        holdings.add(scope, here.source, self.selling, -crossed.sent, here.ledger)
        holdings.add(scope, here.source, self.buying, crossed.received, here.ledger)
        return self._succeeded(crossed, self._rested(scope, here, offer, crossed))

    def _changed(self, scope: LedgerScope, here: Circumstances) -> OfferEntry | None:
        """The offer as it shall be, while the ledger counts on it no longer."""
        old = self._old_offer(scope, here)
        if old is None:
            return None
        count_on(scope, old, here.ledger, -1)
        scope.remove(old)
        return replace(
            old, selling=self.selling, buying=self.buying, price=self._selling_price, last_modified=here.ledger
        )

    def _new(self, scope: LedgerScope, here: Circumstances) -> OfferEntry | None:
        """An offer whose reserve is paid, without an id yet."""
        offer = OfferEntry(
            seller=here.source,
            offer_id=0,
            selling=self.selling,
            buying=self.buying,
            amount=0,
            price=self._selling_price,
            last_modified=here.ledger,
        )
        owner = scope.account(here.source)
        return holdings.with_reserve(scope, offer, owner, here.sponsors.get(here.source), here.ledger)

    @property
    def _full(self) -> Trade:
        """All of it."""
        return trade(self._selling_price, Limits(self._most_sold, acceptable=self._most_bought))

    def _failure_to_afford(self, scope: LedgerScope, source: bytes) -> str | None:
        if holdings.room(scope, source, self.buying) < self._full.paid:
            return "LINE_FULL"
        return "UNDERFUNDED" if holdings.available(scope, source, self.selling) < self._full.given else None

    def _cross(self, scope: LedgerScope, here: Circumstances) -> Conversion:
        numerator, denominator = self._selling_price
        payable = min(self._most_sold, holdings.available(scope, here.source, self.selling))
        wanted = min(self._most_bought, holdings.room(scope, here.source, self.buying))
        pair, worst_price = (self.selling, self.buying), (denominator, numerator)
        return convert(scope, here, pair, payable, wanted, Rounding.NORMAL, worst_price)

    def _rested(
        self, scope: LedgerScope, here: Circumstances, offer: OfferEntry, crossed: Conversion
    ) -> OfferEntry | None:
        """What stays in the book."""
        sellable = min(self._most_sold - crossed.sent, holdings.available(scope, here.source, self.selling))
        buyable = min(self._most_bought - crossed.received, holdings.room(scope, here.source, self.buying))
        rest = 0 if crossed.offer_stays else adjusted(offer.price, sellable, buyable)
        if rest == 0:
            holdings.free_reserve(scope, offer, here.source, here.ledger)
            return None
        if not offer.offer_id:
            scope.last_id += 1
            offer = replace(offer, offer_id=scope.last_id)
        offer = replace(offer, amount=rest)
        scope.put(offer)
        count_on(scope, offer, here.ledger)
        return offer

    def _succeeded(self, crossed: Conversion, rest: OfferEntry | None) -> Outcome:
        effects = stellar_xdr.ManageOfferEffect
        if rest is None:
            effect, offer = effects.MANAGE_OFFER_DELETED, None
        else:
            effect = effects.MANAGE_OFFER_UPDATED if self.offer_id else effects.MANAGE_OFFER_CREATED
            offer = packed(stellar_xdr.OfferEntry, rest.data)
        remains = stellar_xdr.ManageOfferSuccessResultOffer(effect, offer)
        success = stellar_xdr.ManageOfferSuccessResult(crossed.atoms, remains)
        return Outcome(succeeded=True, result=self._result("SUCCESS", success), events=crossed.events)

    @property
    def _price_xdr(self) -> stellar_xdr.Price:
        numerator, denominator = self.price
        return stellar_xdr.Price(stellar_xdr.Int32(numerator), stellar_xdr.Int32(denominator))


@dataclass(frozen=True, slots=True)
class ManageSellOffer(_ManageOffer):
    """Sells `amount`; `price` is what one of `selling` costs."""

    @property
    def _selling_price(self) -> Price:
        return self.price

    @property
    def _most_sold(self) -> int:
        return self.amount

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.MANAGE_SELL_OFFER,
            manage_sell_offer_op=stellar_xdr.ManageSellOfferOp(
                selling=self.selling.to_xdr(),
                buying=self.buying.to_xdr(),
                amount=stellar_xdr.Int64(self.amount),
                price=self._price_xdr,
                offer_id=stellar_xdr.Int64(self.offer_id),
            ),
        )

    def _result(
        self, code: str, success: stellar_xdr.ManageOfferSuccessResult | None = None
    ) -> stellar_xdr.OperationResultTr:
        number = stellar_xdr.ManageSellOfferResultCode[f"MANAGE_SELL_OFFER_{code}"]
        result = stellar_xdr.ManageSellOfferResult(number, success)
        kind = stellar_xdr.OperationType.MANAGE_SELL_OFFER
        return stellar_xdr.OperationResultTr(kind, manage_sell_offer_result=result)


@dataclass(frozen=True, slots=True)
class ManageBuyOffer(_ManageOffer):
    """Buys `amount`; `price` is what one of `buying` costs."""

    @property
    def _selling_price(self) -> Price:
        numerator, denominator = self.price
        return denominator, numerator

    @property
    def _most_bought(self) -> int:
        return self.amount

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.MANAGE_BUY_OFFER,
            manage_buy_offer_op=stellar_xdr.ManageBuyOfferOp(
                selling=self.selling.to_xdr(),
                buying=self.buying.to_xdr(),
                buy_amount=stellar_xdr.Int64(self.amount),
                price=self._price_xdr,
                offer_id=stellar_xdr.Int64(self.offer_id),
            ),
        )

    def _result(
        self, code: str, success: stellar_xdr.ManageOfferSuccessResult | None = None
    ) -> stellar_xdr.OperationResultTr:
        number = stellar_xdr.ManageBuyOfferResultCode[f"MANAGE_BUY_OFFER_{code}"]
        result = stellar_xdr.ManageBuyOfferResult(number, success)
        kind = stellar_xdr.OperationType.MANAGE_BUY_OFFER
        return stellar_xdr.OperationResultTr(kind, manage_buy_offer_result=result)
