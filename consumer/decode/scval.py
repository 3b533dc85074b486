"""Values of contracts as JSON, in the form of SEP-51 (XDR-JSON): `{"i128":"100"}`, `{"symbol":"transfer"}`.

Text is put together from pieces, not from a tree of Python objects: a value may nest as deep as XDR lets it.
"""

import re
from collections.abc import Callable
from typing import Any

from consumer.decode.strkeys import account, claimable_balance, contract, liquidity_pool, muxed_account
from schemas.xdr import decode
from schemas.xdr.readers import (
    ContractExecutable,
    ContractExecutableExternalRef,
    Int128Parts,
    Int256Parts,
    MuxedEd25519Account,
    SCAddress,
    SCAddressType,
    SCContractInstance,
    SCError,
    SCErrorCode,
    SCErrorType,
    SCMapEntry,
    SCVal,
    SCValType,
    UInt128Parts,
    UInt256Parts,
    read_SCVal,
)

_MOST = 20_000
_LONGEST = 128
"""Entries of the cache, and bytes of a value that it takes in: about 8 MB; then it begins anew."""


class _Json(dict[bytes, bytes]):
    """From a value's XDR to its JSON."""

    def __missing__(self, xdr: bytes) -> bytes:
        json = _text(decode(read_SCVal, xdr)).encode()
        if len(xdr) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[xdr] = json
        return json


json_of = _Json().__getitem__
"""A value's JSON, in UTF-8 (in ASCII, even), of its XDR. For values that come back, such as topics."""


def json_of_data(xdr: bytes) -> bytes:
    """The same, not kept: for values of which hardly two are alike."""
    if xdr.startswith(_I128):
        return b'{"i128":"%d"}' % int.from_bytes(xdr[4:], "big", signed=True)
    return _text(decode(read_SCVal, xdr)).encode()


_I128 = SCValType.SCV_I128.to_bytes(4, "big")
_PLAIN = re.compile(rb"[ !#-\[\]-~]*\Z").match
_PRINTABLE = range(0x20, 0x7F)
_ESCAPES = {0: r"\0", 9: r"\t", 10: r"\n", 13: r"\r", 92: r"\\"}
_ESCAPED = [_ESCAPES.get(byte, chr(byte) if byte in _PRINTABLE else rf"\x{byte:02x}") for byte in range(256)]
_IN_JSON = {byte: text.replace("\\", r"\\").replace('"', r"\"") for byte, text in enumerate(_ESCAPED)}


def escaped(text: bytes) -> str:
    r"""SEP-51's text for bytes of any kind: printable ASCII as it is, `\` doubled, the rest as `\n`, `\0`, `\xc3`.

    It holds no NUL and is UTF-8, whatever the bytes are: Postgres takes it.
    """
    return text.decode() if _PLAIN(text) else "".join([_ESCAPED[byte] for byte in text])


def _string(text: bytes) -> str:
    return f'"{text.decode()}"' if _PLAIN(text) else f'"{text.decode("latin-1").translate(_IN_JSON)}"'


def address_of(address: SCAddress) -> str:
    """G…, C…, M…, B… or L…."""
    return _ADDRESSES[address.type](address.value)


def _muxed_account(value: MuxedEd25519Account) -> str:
    return muxed_account(value.ed25519 + value.id.to_bytes(8, "big"))


def _claimable_balance(balance_id: bytes) -> str:
    return claimable_balance(b"\0" + balance_id)


_ADDRESSES: dict[int, Callable[[Any], str]] = {
    SCAddressType.SC_ADDRESS_TYPE_ACCOUNT: account,
    SCAddressType.SC_ADDRESS_TYPE_CONTRACT: contract,
    SCAddressType.SC_ADDRESS_TYPE_MUXED_ACCOUNT: _muxed_account,
    SCAddressType.SC_ADDRESS_TYPE_CLAIMABLE_BALANCE: _claimable_balance,
    SCAddressType.SC_ADDRESS_TYPE_LIQUIDITY_POOL: liquidity_pool,
}


def integer_of(parts: UInt128Parts | Int128Parts) -> int:
    """The 128-bit number."""
    return parts.hi << 64 | parts.lo


def _integer_256(parts: UInt256Parts | Int256Parts) -> int:
    return parts.hi_hi << 192 | parts.hi_lo << 128 | parts.lo_hi << 64 | parts.lo_lo


# A vector or map in another costs one frame of the interpreter: the deepest that XDR lets through (512) fits its stack.


def _text(value: SCVal) -> str:
    return _TEXTS[value.type](value.value)


def _vec(items: list[SCVal] | None) -> str:
    if items is None:
        return '{"vec":null}'
    texts = []
    for item in items:
        texts.append(_TEXTS[item.type](item.value))  # noqa: PERF401 (a comprehension is a frame of its own)
    return f'{{"vec":[{",".join(texts)}]}}'


def _map(entries: list[SCMapEntry] | None) -> str:
    if entries is None:
        return '{"map":null}'
    texts = []
    for entry in entries:
        key, val = entry.key, entry.val
        texts.append(f'{{"key":{_TEXTS[key.type](key.value)},"val":{_TEXTS[val.type](val.value)}}}')
    return f'{{"map":[{",".join(texts)}]}}'


def _instance(instance: SCContractInstance) -> str:
    storage = _map(instance.storage).removeprefix('{"map":').removesuffix("}")
    return f'{{"contract_instance":{{"executable":{_executable(instance.executable)},"storage":{storage}}}}}'


def _executable(executable: ContractExecutable) -> str:
    match executable.value:
        case bytes(wasm):
            return f'{{"wasm":"{wasm.hex()}"}}'
        case ContractExecutableExternalRef(owner, tag):
            return f'{{"external_ref":{{"executable_owner":"{address_of(owner)}","tag":{_string(tag)}}}}}'
        case _:
            return '"stellar_asset"'


def _error(error: SCError) -> str:
    kind = SCErrorType.names[error.type].removeprefix("SCE_").lower()
    if error.type == SCErrorType.SCE_CONTRACT:
        return f'{{"error":{{"contract":{error.value}}}}}'
    code = SCErrorCode.names.get(error.value, str(error.value))
    return f'{{"error":{{"{kind}":"{code.removeprefix("SCEC_").lower()}"}}}}'


_TEXTS: dict[int, Callable[[Any], str]] = {
    SCValType.SCV_BOOL: lambda value: '{"bool":true}' if value else '{"bool":false}',
    SCValType.SCV_VOID: lambda _: '"void"',
    SCValType.SCV_ERROR: _error,
    SCValType.SCV_U32: lambda value: f'{{"u32":{value}}}',
    SCValType.SCV_I32: lambda value: f'{{"i32":{value}}}',
    SCValType.SCV_U64: lambda value: f'{{"u64":"{value}"}}',
    SCValType.SCV_I64: lambda value: f'{{"i64":"{value}"}}',
    SCValType.SCV_TIMEPOINT: lambda value: f'{{"timepoint":"{value}"}}',
    SCValType.SCV_DURATION: lambda value: f'{{"duration":"{value}"}}',
    SCValType.SCV_U128: lambda value: f'{{"u128":"{integer_of(value)}"}}',
    SCValType.SCV_I128: lambda value: f'{{"i128":"{integer_of(value)}"}}',
    SCValType.SCV_U256: lambda value: f'{{"u256":"{_integer_256(value)}"}}',
    SCValType.SCV_I256: lambda value: f'{{"i256":"{_integer_256(value)}"}}',
    SCValType.SCV_BYTES: lambda value: f'{{"bytes":"{value.hex()}"}}',
    SCValType.SCV_STRING: lambda value: f'{{"string":{_string(value)}}}',
    SCValType.SCV_SYMBOL: lambda value: f'{{"symbol":{_string(value)}}}',
    SCValType.SCV_VEC: _vec,
    SCValType.SCV_MAP: _map,
    SCValType.SCV_ADDRESS: lambda value: f'{{"address":"{address_of(value)}"}}',
    SCValType.SCV_CONTRACT_INSTANCE: _instance,
    SCValType.SCV_LEDGER_KEY_CONTRACT_INSTANCE: lambda _: '"ledger_key_contract_instance"',
    SCValType.SCV_LEDGER_KEY_NONCE: lambda value: f'{{"ledger_key_nonce":{{"nonce":"{value.nonce}"}}}}',
    SCValType.SCV_EXECUTABLE_TAG: lambda value: f'{{"executable_tag":{_string(value)}}}',
}
