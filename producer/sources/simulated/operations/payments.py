"""Payments, straight and along offers."""

from dataclasses import dataclass, replace
from itertools import pairwise

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import holdings
from producer.sources.simulated.assets import NATIVE, Asset
from producer.sources.simulated.entries import MOST
from producer.sources.simulated.operations.operation import Address, Circumstances, Outcome
from producer.sources.simulated.state import LedgerScope, account_id
from producer.sources.simulated.trading import Conversion, Rounding, convert


@dataclass(frozen=True, slots=True)
class Payment:
    """From the source to another account."""

    destination: Address
    amount: int
    asset: Asset = NATIVE

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.PAYMENT,
            payment_op=stellar_xdr.PaymentOp(
                destination=self.destination.to_xdr(),
                asset=self.asset.to_xdr(),
                amount=stellar_xdr.Int64(self.amount),
            ),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        failure = _failure_to_receive(scope, self.destination.public_key, self.asset, self.amount)
        if failure is None:
            assert self.destination.public_key != here.source  # the network treats it specially; nobody here does it
            failure = _failure_to_send(scope, here.source, self.asset, self.amount)
        if failure is not None:
            return Outcome(succeeded=False, result=self._result(failure))
        holdings.add(scope, here.source, self.asset, -self.amount, here.ledger)
        holdings.add(scope, self.destination.public_key, self.asset, self.amount, here.ledger)
        return Outcome(
            succeeded=True,
            result=self._result("SUCCESS"),
            events=[here.moved(self.asset, here.source, self.destination, self.amount)],
        )

    def _result(self, code: str) -> stellar_xdr.OperationResultTr:
        result = stellar_xdr.PaymentResult(stellar_xdr.PaymentResultCode[f"PAYMENT_{code}"])
        return stellar_xdr.OperationResultTr(stellar_xdr.OperationType.PAYMENT, payment_result=result)


def _failure_to_receive(scope: LedgerScope, account: bytes, asset: Asset, amount: int) -> str | None:
    """Named as the result codes of all payments are."""
    if scope.find_account(account) is None:
        return "NO_DESTINATION"
    if not holdings.can_hold(scope, account, asset):
        return "NO_TRUST"
    return "LINE_FULL" if holdings.room(scope, account, asset) < amount else None


def _failure_to_send(scope: LedgerScope, account: bytes, asset: Asset, amount: int) -> str | None:
    if not holdings.can_hold(scope, account, asset):
        return "SRC_NO_TRUST"
    return "UNDERFUNDED" if holdings.available(scope, account, asset) < amount else None


@dataclass(frozen=True, slots=True)
class _PathPayment:
    """What both path payments have in common. `path` is what lies between both assets."""

    send_asset: Asset
    send_amount: int
    destination: Address
    destination_asset: Asset
    destination_amount: int
    path: tuple[Asset, ...] = ()

    @property
    def _hops(self) -> list[tuple[Asset, Asset]]:
        return list(pairwise((self.send_asset, *self.path, self.destination_asset)))

    def _take(self, scope: LedgerScope, here: Circumstances, amount: int) -> str | None:
        failure = _failure_to_send(scope, here.source, self.send_asset, amount)
        if failure is None:
            holdings.add(scope, here.source, self.send_asset, -amount, here.ledger)
        return failure

    def _give(self, scope: LedgerScope, here: Circumstances, amount: int) -> str | None:
        destination = self.destination.public_key
        failure = _failure_to_receive(scope, destination, self.destination_asset, amount)
        if failure is None:
            holdings.add(scope, destination, self.destination_asset, amount, here.ledger)
        return failure

    def _events(
        self, here: Circumstances, conversions: list[Conversion], amount: int
    ) -> list[stellar_xdr.ContractEvent]:
        trades = [event for conversion in conversions for event in conversion.events]
        return [*trades, here.moved(self.destination_asset, here.source, self.destination, amount)]

    def _payment(self, amount: int) -> stellar_xdr.SimplePaymentResult:
        return stellar_xdr.SimplePaymentResult(
            account_id(self.destination.public_key), self.destination_asset.to_xdr(), stellar_xdr.Int64(amount)
        )


@dataclass(frozen=True, slots=True)
class PathPaymentStrictSend(_PathPayment):
    """Sends exactly `send_amount`, if at least `destination_amount` arrives."""

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.PATH_PAYMENT_STRICT_SEND,
            path_payment_strict_send_op=stellar_xdr.PathPaymentStrictSendOp(
                send_asset=self.send_asset.to_xdr(),
                send_amount=stellar_xdr.Int64(self.send_amount),
                destination=self.destination.to_xdr(),
                dest_asset=self.destination_asset.to_xdr(),
                dest_min=stellar_xdr.Int64(self.destination_amount),
                path=[asset.to_xdr() for asset in self.path],
            ),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        if scope.find_account(self.destination.public_key) is None:
            return self._failed("NO_DESTINATION")
        failure = self._take(scope, here, self.send_amount)
        if failure is not None:
            return self._failed(failure)
        amount, conversions = self.send_amount, []
        for pair in self._hops:
            conversion = convert(scope, here, pair, amount, MOST, Rounding.STRICT_SEND)
            if conversion.failure or conversion.sent < amount:
                return self._failed(conversion.failure or "TOO_FEW_OFFERS")
            conversions.append(conversion)
            amount = conversion.received
        if amount < self.destination_amount:
            return self._failed("UNDER_DESTMIN")
        failure = self._give(scope, here, amount)
        if failure is not None:
            return self._failed(failure)
        return self._succeeded(here, conversions, amount)

    def _succeeded(self, here: Circumstances, conversions: list[Conversion], amount: int) -> Outcome:
        atoms = [atom for conversion in conversions for atom in conversion.atoms]
        success = stellar_xdr.PathPaymentStrictSendResultSuccess(atoms, self._payment(amount))
        outcome = self._failed("SUCCESS", success)
        return replace(outcome, succeeded=True, events=self._events(here, conversions, amount))

    def _failed(self, code: str, success: stellar_xdr.PathPaymentStrictSendResultSuccess | None = None) -> Outcome:
        kind = stellar_xdr.OperationType.PATH_PAYMENT_STRICT_SEND
        number = stellar_xdr.PathPaymentStrictSendResultCode[f"PATH_PAYMENT_STRICT_SEND_{code}"]
        result = stellar_xdr.PathPaymentStrictSendResult(number, success=success)
        return Outcome(
            succeeded=False, result=stellar_xdr.OperationResultTr(kind, path_payment_strict_send_result=result)
        )


@dataclass(frozen=True, slots=True)
class PathPaymentStrictReceive(_PathPayment):
    """Lets exactly `destination_amount` arrive, if it costs at most `send_amount`."""

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.PATH_PAYMENT_STRICT_RECEIVE,
            path_payment_strict_receive_op=stellar_xdr.PathPaymentStrictReceiveOp(
                send_asset=self.send_asset.to_xdr(),
                send_max=stellar_xdr.Int64(self.send_amount),
                destination=self.destination.to_xdr(),
                dest_asset=self.destination_asset.to_xdr(),
                dest_amount=stellar_xdr.Int64(self.destination_amount),
                path=[asset.to_xdr() for asset in self.path],
            ),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        failure = self._give(scope, here, self.destination_amount)
        if failure is not None:
            return self._failed(failure)
        amount, conversions = self.destination_amount, list[Conversion]()
        for pair in reversed(self._hops):
            conversion = convert(scope, here, pair, MOST, amount, Rounding.STRICT_RECEIVE)
            if conversion.failure or conversion.received < amount:
                return self._failed(conversion.failure or "TOO_FEW_OFFERS")
            conversions.insert(0, conversion)
            amount = conversion.sent
        if amount > self.send_amount:
            return self._failed("OVER_SENDMAX")
        failure = self._take(scope, here, amount)
        if failure is not None:
            return self._failed(failure)
        return self._succeeded(here, conversions)

    def _succeeded(self, here: Circumstances, conversions: list[Conversion]) -> Outcome:
        atoms = [atom for conversion in conversions for atom in conversion.atoms]
        success = stellar_xdr.PathPaymentStrictReceiveResultSuccess(atoms, self._payment(self.destination_amount))
        outcome = self._failed("SUCCESS", success)
        return replace(outcome, succeeded=True, events=self._events(here, conversions, self.destination_amount))

    def _failed(self, code: str, success: stellar_xdr.PathPaymentStrictReceiveResultSuccess | None = None) -> Outcome:
        kind = stellar_xdr.OperationType.PATH_PAYMENT_STRICT_RECEIVE
        number = stellar_xdr.PathPaymentStrictReceiveResultCode[f"PATH_PAYMENT_STRICT_RECEIVE_{code}"]
        result = stellar_xdr.PathPaymentStrictReceiveResult(number, success=success)
        return Outcome(
            succeeded=False, result=stellar_xdr.OperationResultTr(kind, path_payment_strict_receive_result=result)
        )
