"""What a transaction can do. Each operation knows its place in an envelope and its effect on the ledger."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.events import NativeEvents, recipient_id_of
from producer.sources.simulated.state import MINIMUM_BALANCE, AccountEntry, LedgerScope, account_id


class Address(NamedTuple):
    """An account, and who is meant of those who share it: G…, or M… with the id."""

    public_key: bytes
    muxed_id: int | None = None

    def to_xdr(self) -> stellar_xdr.MuxedAccount:
        key = stellar_xdr.Uint256(self.public_key)
        if self.muxed_id is None:
            return stellar_xdr.MuxedAccount(stellar_xdr.CryptoKeyType.KEY_TYPE_ED25519, ed25519=key)
        return stellar_xdr.MuxedAccount(
            stellar_xdr.CryptoKeyType.KEY_TYPE_MUXED_ED25519,
            med25519=stellar_xdr.MuxedAccountMed25519(id=stellar_xdr.Uint64(self.muxed_id), ed25519=key),
        )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where an operation is applied."""

    ledger: int
    source: bytes
    memo: stellar_xdr.Memo
    native: NativeEvents


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation."""

    succeeded: bool
    result: stellar_xdr.OperationResultTr
    events: list[stellar_xdr.ContractEvent] = field(default_factory=list)


class Operation(Protocol):
    """One operation of a transaction; its source is the transaction's."""

    def body(self) -> stellar_xdr.OperationBody:
        """As it stands in the envelope."""

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        """Its effect. `scope` is dropped when it did not succeed."""


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """A new account, funded by the source."""

    destination: bytes
    starting_balance: int

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.CREATE_ACCOUNT,
            create_account_op=stellar_xdr.CreateAccountOp(
                account_id(self.destination), stellar_xdr.Int64(self.starting_balance)
            ),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        codes = stellar_xdr.CreateAccountResultCode
        if scope.find_account(self.destination) is not None:
            return self._failed(codes.CREATE_ACCOUNT_ALREADY_EXIST)
        if self.starting_balance < MINIMUM_BALANCE:
            return self._failed(codes.CREATE_ACCOUNT_LOW_RESERVE)
        source = scope.account(here.source)
        if source.available < self.starting_balance:
            return self._failed(codes.CREATE_ACCOUNT_UNDERFUNDED)
        scope.put(source.with_more(-self.starting_balance, here.ledger))
        scope.put(self._account(here.ledger))
        return Outcome(
            succeeded=True,
            result=self._result(codes.CREATE_ACCOUNT_SUCCESS),
            events=[here.native.transfer(here.source, self.destination, self.starting_balance, None)],
        )

    def _account(self, ledger: int) -> AccountEntry:
        # The number begins so high that no transaction of an earlier account with this key can be replayed.
        return AccountEntry(self.destination, self.starting_balance, sequence_number=ledger << 32, last_modified=ledger)

    def _failed(self, code: stellar_xdr.CreateAccountResultCode) -> Outcome:
        return Outcome(succeeded=False, result=self._result(code))

    def _result(self, code: stellar_xdr.CreateAccountResultCode) -> stellar_xdr.OperationResultTr:
        return stellar_xdr.OperationResultTr(
            stellar_xdr.OperationType.CREATE_ACCOUNT,
            create_account_result=stellar_xdr.CreateAccountResult(code),
        )


@dataclass(frozen=True, slots=True)
class Payment:
    """Lumens from the source to another account."""

    destination: Address
    amount: int

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.PAYMENT,
            payment_op=stellar_xdr.PaymentOp(
                destination=self.destination.to_xdr(),
                asset=stellar_xdr.Asset(stellar_xdr.AssetType.ASSET_TYPE_NATIVE),
                amount=stellar_xdr.Int64(self.amount),
            ),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        codes = stellar_xdr.PaymentResultCode
        assert self.destination.public_key != here.source  # the network treats it specially; nobody here does it
        destination = scope.find_account(self.destination.public_key)
        if destination is None:
            return self._failed(codes.PAYMENT_NO_DESTINATION)
        source = scope.account(here.source)
        if source.available < self.amount:
            return self._failed(codes.PAYMENT_UNDERFUNDED)
        scope.put(source.with_more(-self.amount, here.ledger))
        scope.put(destination.with_more(self.amount, here.ledger))
        return Outcome(succeeded=True, result=self._result(codes.PAYMENT_SUCCESS), events=[self._transfer(here)])

    def _transfer(self, here: Circumstances) -> stellar_xdr.ContractEvent:
        recipient, muxed_id = self.destination
        return here.native.transfer(here.source, recipient, self.amount, recipient_id_of(muxed_id, here.memo))

    def _failed(self, code: stellar_xdr.PaymentResultCode) -> Outcome:
        return Outcome(succeeded=False, result=self._result(code))

    def _result(self, code: stellar_xdr.PaymentResultCode) -> stellar_xdr.OperationResultTr:
        return stellar_xdr.OperationResultTr(
            stellar_xdr.OperationType.PAYMENT, payment_result=stellar_xdr.PaymentResult(code)
        )
