"""Operations on contracts: Soroban's one operation with its host functions, as far as the network's token goes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import events, token_contract
from producer.sources.simulated.contract_entries import ContractCodeEntry, ContractDataEntry, first_life_of
from producer.sources.simulated.operations.operation import By, Charges, Circumstances, Operation, Outcome
from producer.sources.simulated.packed import packed
from producer.sources.simulated.state import LedgerScope
from producer.sources.simulated.token_contract import Token, TokenBalance, holder_address

_FUNCTIONS = stellar_xdr.HostFunctionType

# What it costs, in stroops: about as much as on pubnet.
_BASE_CHARGE = 20_000
_CHARGE_OF_KEY = 2_500
_CHARGE_OF_EVENT = 900
_RENT_OF_BYTE = 60
_REFUNDABLE_BID = 60_000

_INSTRUCTIONS = 1_500_000
_WRITTEN_BYTES = 500  # of an entry, at most


class Footprint(NamedTuple):
    """The packed keys of what a call may read, and of what it may write."""

    read: Sequence[bytes]
    write: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class HostFunction:
    """What all calls have in common; the network rents out what they create."""

    @property
    def footprint(self) -> Footprint:
        raise NotImplementedError

    def host_function(self) -> stellar_xdr.HostFunction:
        raise NotImplementedError

    def authorized(self) -> stellar_xdr.SorobanAuthorizedFunction | None:
        """What the operation's source allows by being that."""
        raise NotImplementedError

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        raise NotImplementedError

    @property
    def non_refundable(self) -> int:
        read, write = self.footprint
        return _BASE_CHARGE + _CHARGE_OF_KEY * (len(read) + len(write))

    @property
    def resource_fee(self) -> int:
        """What the transaction offers."""
        return self.non_refundable + _REFUNDABLE_BID

    def soroban_data(self) -> stellar_xdr.SorobanTransactionData:
        read, write = ([packed(stellar_xdr.LedgerKey, key) for key in keys] for keys in self.footprint)
        resources = stellar_xdr.SorobanResources(
            footprint=stellar_xdr.LedgerFootprint(read, write),
            instructions=stellar_xdr.Uint32(_INSTRUCTIONS),
            disk_read_bytes=stellar_xdr.Uint32(0),  # what contracts keep is in memory since protocol 23
            write_bytes=stellar_xdr.Uint32(_WRITTEN_BYTES * len(write)),
        )
        extension = stellar_xdr.SorobanTransactionDataExt(0)
        return stellar_xdr.SorobanTransactionData(extension, resources, stellar_xdr.Int64(self.resource_fee))

    def body(self) -> stellar_xdr.OperationBody:
        function = self.authorized()
        invoke = stellar_xdr.InvokeHostFunctionOp(self.host_function(), [_by_source(function)] if function else [])
        return stellar_xdr.OperationBody(stellar_xdr.OperationType.INVOKE_HOST_FUNCTION, invoke_host_function_op=invoke)

    def _succeeded(
        self,
        value: stellar_xdr.SCVal,
        created: Sequence[ContractDataEntry | ContractCodeEntry] = (),
        said: Sequence[stellar_xdr.ContractEvent] = (),
    ) -> Outcome:
        preimage = stellar_xdr.InvokeHostFunctionSuccessPreImage(value, list(said))
        digest = stellar_xdr.Hash(hashlib.sha256(preimage.to_xdr_bytes()).digest())
        code = stellar_xdr.InvokeHostFunctionResultCode.INVOKE_HOST_FUNCTION_SUCCESS
        rent = _RENT_OF_BYTE * sum(len(entry.xdr) for entry in created)
        refundable = rent + _CHARGE_OF_EVENT * len(said)
        assert refundable <= _REFUNDABLE_BID
        charges = Charges(self.non_refundable, refundable, rent, value)
        result = _result(stellar_xdr.InvokeHostFunctionResult(code, digest))
        return Outcome(succeeded=True, result=result, events=list(said), charges=charges)

    def _trapped(self) -> Outcome:
        code = stellar_xdr.InvokeHostFunctionResultCode.INVOKE_HOST_FUNCTION_TRAPPED
        result = _result(stellar_xdr.InvokeHostFunctionResult(code))
        return Outcome(succeeded=False, result=result, charges=Charges(self.non_refundable))


def _result(result: stellar_xdr.InvokeHostFunctionResult) -> stellar_xdr.OperationResultTr:
    kind = stellar_xdr.OperationType.INVOKE_HOST_FUNCTION
    return stellar_xdr.OperationResultTr(kind, invoke_host_function_result=result)


def _by_source(function: stellar_xdr.SorobanAuthorizedFunction) -> stellar_xdr.SorobanAuthorizationEntry:
    kind = stellar_xdr.SorobanCredentialsType.SOROBAN_CREDENTIALS_SOURCE_ACCOUNT
    invocation = stellar_xdr.SorobanAuthorizedInvocation(function, sub_invocations=[])
    return stellar_xdr.SorobanAuthorizationEntry(stellar_xdr.SorobanCredentials(kind), invocation)


def call_in(operations: Sequence[Operation]) -> HostFunction | None:
    """The call, where there is one: it is alone in its transaction."""
    first = operations[0]
    operation = first.operation if isinstance(first, By) else first
    return operation if isinstance(operation, HostFunction) else None


def _create(scope: LedgerScope, entry: ContractDataEntry | ContractCodeEntry) -> None:
    scope.put(entry)
    scope.put(first_life_of(entry))


@dataclass(frozen=True, slots=True)
class UploadCode(HostFunction):
    """The token's code, for whoever wants to make a contract of it."""

    @property
    def footprint(self) -> Footprint:
        return Footprint([], [token_contract.code_entry(0).key_xdr])

    def host_function(self) -> stellar_xdr.HostFunction:
        return stellar_xdr.HostFunction(_FUNCTIONS.HOST_FUNCTION_TYPE_UPLOAD_CONTRACT_WASM, wasm=token_contract.CODE)

    def authorized(self) -> None:
        return None

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        entry = token_contract.code_entry(here.ledger)
        created = [] if scope.get(entry.key) else [entry]
        for each in created:
            _create(scope, each)
        return self._succeeded(events.bytes_value(token_contract.CODE_HASH), created)


@dataclass(frozen=True, slots=True)
class CreateToken(HostFunction):
    """The contract; its constructor is called with the administrator."""

    token: Token

    @property
    def footprint(self) -> Footprint:
        return Footprint([token_contract.code_entry(0).key_xdr], [self.token.instance(0).key_xdr])

    def host_function(self) -> stellar_xdr.HostFunction:
        kind = _FUNCTIONS.HOST_FUNCTION_TYPE_CREATE_CONTRACT_V2
        return stellar_xdr.HostFunction(kind, create_contract_v2=self._arguments())

    def authorized(self) -> stellar_xdr.SorobanAuthorizedFunction:
        kinds = stellar_xdr.SorobanAuthorizedFunctionType
        return stellar_xdr.SorobanAuthorizedFunction(
            kinds.SOROBAN_AUTHORIZED_FUNCTION_TYPE_CREATE_CONTRACT_V2_HOST_FN,
            create_contract_v2_host_fn=self._arguments(),
        )

    def _arguments(self) -> stellar_xdr.CreateContractArgsV2:
        return stellar_xdr.CreateContractArgsV2(
            contract_id_preimage=self.token.preimage,
            executable=token_contract.executable(),
            constructor_args=[holder_address(self.token.admin)],
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        instance = self.token.instance(here.ledger)
        if scope.get(token_contract.code_entry(0).key) is None or scope.get(instance.key) is not None:
            return self._trapped()
        _create(scope, instance)
        return self._succeeded(holder_address(self.token.contract), [instance])


@dataclass(frozen=True, slots=True)
class CallToken(HostFunction):
    """The token moves: `transfer`, `mint`, `burn` or `clawback`. Whose it is must be the source, or the administrator.

    `muxed_id` says who is meant of those who share the recipient's account.
    """

    token: Token
    function: str
    amount: int
    sender: bytes | None = None
    recipient: bytes | None = None
    muxed_id: int | None = None

    @property
    def footprint(self) -> Footprint:
        moved = [self.token.balance(it).key_xdr for it in (self.sender, self.recipient) if it is not None]
        return Footprint([self.token.instance(0).key_xdr, token_contract.code_entry(0).key_xdr], moved)

    def host_function(self) -> stellar_xdr.HostFunction:
        kind = _FUNCTIONS.HOST_FUNCTION_TYPE_INVOKE_CONTRACT
        return stellar_xdr.HostFunction(kind, invoke_contract=self._arguments())

    def authorized(self) -> stellar_xdr.SorobanAuthorizedFunction:
        kind = stellar_xdr.SorobanAuthorizedFunctionType.SOROBAN_AUTHORIZED_FUNCTION_TYPE_CONTRACT_FN
        return stellar_xdr.SorobanAuthorizedFunction(kind, contract_fn=self._arguments())

    def _arguments(self) -> stellar_xdr.InvokeContractArgs:
        holders = [] if self.sender is None else [holder_address(self.sender)]
        if self.recipient is not None:
            holders.append(holder_address(self.recipient, self.muxed_id))
        name = stellar_xdr.SCSymbol(self.function.encode())
        return stellar_xdr.InvokeContractArgs(self.token.address, name, [*holders, events.number_128(self.amount)])

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        authority = self.sender if self.function in {"transfer", "burn"} else self.token.admin
        if scope.get(self.token.instance(0).key) is None or here.source != authority:
            return self._trapped()
        if self.sender is not None and not self._take(scope, self.sender, here.ledger):
            return self._trapped()
        created = [] if self.recipient is None else self._give(scope, self.recipient, here.ledger)
        void = stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_VOID)
        return self._succeeded(void, created, [self._event()])

    def _take(self, scope: LedgerScope, holder: bytes, ledger: int) -> bool:
        balance = scope.find(TokenBalance, self.token.balance(holder).identity)
        if balance is None or balance.amount < self.amount:
            return False
        scope.put(self.token.balance(holder, balance.amount - self.amount, ledger))
        return True

    def _give(self, scope: LedgerScope, holder: bytes, ledger: int) -> list[ContractDataEntry]:
        """The recipient's balance, where it is new."""
        balance = scope.find(TokenBalance, self.token.balance(holder).identity)
        if balance is not None:
            scope.put(self.token.balance(holder, balance.amount + self.amount, ledger))
            return []
        created = self.token.balance(holder, self.amount, ledger)
        _create(scope, created)
        return [created]

    def _event(self) -> stellar_xdr.ContractEvent:
        holders = [holder_address(it) for it in (self.sender, self.recipient) if it is not None]
        recipient_id = None if self.muxed_id is None else events.number_64(self.muxed_id)
        data = events.amount_and_recipient(self.amount, recipient_id)
        return events.contract_event(self.token.contract, [events.symbol(self.function), *holders], data)
