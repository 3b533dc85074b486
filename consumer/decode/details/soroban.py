"""Details of operations on contracts."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any

from consumer.decode.details.assets import canonical, named_asset_details
from consumer.decode.details.numbers import amount
from consumer.decode.details.operation import AppliedOperation, Details
from consumer.decode.details.stellar_asset_events import StellarAssetEvent, stellar_asset_events
from consumer.decode.scval import address_of
from schemas.xdr.readers import (
    ContractIDPreimage,
    ContractIDPreimageFromAddress,
    CreateContractArgs,
    CreateContractArgsV2,
    ExtendFootprintTTLOp,
    HostFunctionType,
    InvokeContractArgs,
    InvokeHostFunctionOp,
    MuxedEd25519Account,
    RestoreFootprintOp,
    SCAddress,
    SCAddressType,
    SCValType,
)

_FUNCTIONS = {
    HostFunctionType.HOST_FUNCTION_TYPE_INVOKE_CONTRACT: "HostFunctionTypeHostFunctionTypeInvokeContract",
    HostFunctionType.HOST_FUNCTION_TYPE_CREATE_CONTRACT: "HostFunctionTypeHostFunctionTypeCreateContract",
    HostFunctionType.HOST_FUNCTION_TYPE_UPLOAD_CONTRACT_WASM: "HostFunctionTypeHostFunctionTypeUploadContractWasm",
    HostFunctionType.HOST_FUNCTION_TYPE_CREATE_CONTRACT_V2: "HostFunctionTypeHostFunctionTypeCreateContractV2",
}
"""Horizon's names are those that Go gives to the network's."""

_TYPE_NAMES = {
    SCValType.SCV_BOOL: "B",
    SCValType.SCV_VOID: "",
    SCValType.SCV_ERROR: "Error",
    SCValType.SCV_U32: "U32",
    SCValType.SCV_I32: "I32",
    SCValType.SCV_U64: "U64",
    SCValType.SCV_I64: "I64",
    SCValType.SCV_TIMEPOINT: "Timepoint",
    SCValType.SCV_DURATION: "Duration",
    SCValType.SCV_U128: "U128",
    SCValType.SCV_I128: "I128",
    SCValType.SCV_U256: "U256",
    SCValType.SCV_I256: "I256",
    SCValType.SCV_BYTES: "Bytes",
    SCValType.SCV_STRING: "Str",
    SCValType.SCV_SYMBOL: "Sym",
    SCValType.SCV_VEC: "Vec",
    SCValType.SCV_MAP: "Map",
    SCValType.SCV_ADDRESS: "Address",
    SCValType.SCV_CONTRACT_INSTANCE: "Instance",
    SCValType.SCV_LEDGER_KEY_CONTRACT_INSTANCE: "",
    SCValType.SCV_LEDGER_KEY_NONCE: "NonceKey",
    SCValType.SCV_EXECUTABLE_TAG: "ExecutableTag",
}
"""A value's type in Horizon is the name of its field in Go."""

_TYPES = {kind.to_bytes(4, "big"): name for kind, name in _TYPE_NAMES.items()}


_TYPED_KEYS = (SCAddressType.SC_ADDRESS_TYPE_ACCOUNT, SCAddressType.SC_ADDRESS_TYPE_CLAIMABLE_BALANCE)
"""Addresses in which a type, always 0, stands before the key."""


def invoke_host_function(operation: AppliedOperation, body: InvokeHostFunctionOp) -> Details:
    function = body.host_function
    return {"function": _FUNCTIONS[function.type], **_HOST_FUNCTIONS[function.type](operation, function.value)}


def extend_footprint_ttl(_: AppliedOperation, body: ExtendFootprintTTLOp) -> Details:
    return {"extend_to": body.extend_to}


def restore_footprint(_: AppliedOperation, __: RestoreFootprintOp) -> Details:
    return {}


def _invoke_contract(operation: AppliedOperation, args: InvokeContractArgs) -> Details:
    """The contract's address and the function's name are the first two parameters."""
    contract = SCValType.SCV_ADDRESS.to_bytes(4, "big") + _address_xdr(args.contract_address)
    name = SCValType.SCV_SYMBOL.to_bytes(4, "big") + _string_xdr(args.function_name)
    return {
        "type": "invoke_contract",
        "parameters": _parameters((contract, name, *args.args)),
        "asset_balance_changes": _balance_changes(operation),
    }


def _create_contract(_: AppliedOperation, args: CreateContractArgs) -> Details:
    return {"type": "create_contract", **_preimage(args.contract_id_preimage)}


def _create_contract_v2(operation: AppliedOperation, args: CreateContractArgsV2) -> Details:
    """The parameters are the constructor's."""
    return {
        "type": "create_contract_v2",
        **_preimage(args.contract_id_preimage),
        "parameters": _parameters(args.constructor_args),
        "asset_balance_changes": _balance_changes(operation),
    }


def _upload_wasm(_: AppliedOperation, __: bytes) -> Details:
    return {"type": "upload_wasm"}


def _preimage(preimage: ContractIDPreimage) -> Details:
    """What the contract's address is made of: its deployer's address and a salt, a number of 256 bits, or an asset."""
    made_of = preimage.value
    if isinstance(made_of, ContractIDPreimageFromAddress):
        return {
            "from": "address",
            "address": address_of(made_of.address),
            "salt": str(int.from_bytes(made_of.salt, "big")),
        }
    return {"from": "asset", "asset": canonical(made_of.value)}


def _parameters(values: Iterable[bytes]) -> list[Details]:
    return [{"type": _TYPES[value[:4]], "value": b64encode(value).decode()} for value in values]


def _address_xdr(address: SCAddress) -> bytes:
    kind, value = address.type.to_bytes(4, "big"), address.value
    if isinstance(value, MuxedEd25519Account):
        return kind + value.id.to_bytes(8, "big") + value.ed25519
    return kind + (bytes(4) if address.type in _TYPED_KEYS else b"") + value


def _string_xdr(text: bytes) -> bytes:
    return len(text).to_bytes(4, "big") + text + bytes(-len(text) % 4)


def _balance_changes(operation: AppliedOperation) -> list[Details]:
    return [_balance_change(each) for each in stellar_asset_events(operation)]


def _balance_change(event: StellarAssetEvent) -> Details:
    change: Details = {"type": event.type, **named_asset_details(event.asset), "amount": amount(event.amount)}
    if event.from_ is not None:
        change["from"] = address_of(event.from_)
    if event.to is not None:
        change["to"] = address_of(event.to)
    if event.to_muxed_id is not None:
        change["destination_muxed_id"] = str(event.to_muxed_id)
    return change


_HOST_FUNCTIONS: dict[int, Callable[[AppliedOperation, Any], Details]] = {
    HostFunctionType.HOST_FUNCTION_TYPE_INVOKE_CONTRACT: _invoke_contract,
    HostFunctionType.HOST_FUNCTION_TYPE_CREATE_CONTRACT: _create_contract,
    HostFunctionType.HOST_FUNCTION_TYPE_UPLOAD_CONTRACT_WASM: _upload_wasm,
    HostFunctionType.HOST_FUNCTION_TYPE_CREATE_CONTRACT_V2: _create_contract_v2,
}
