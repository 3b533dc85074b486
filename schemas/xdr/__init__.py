"""Stellar's XDR, decoded: `decode(read_LedgerCloseMeta, xdr)`."""

import struct
from collections.abc import Callable
from typing import TypeVar

from schemas.errors import XdrMalformed

Value = TypeVar("Value")


def decode(read: Callable[[bytes, int], tuple[Value, int]], xdr: bytes) -> Value:
    """The value that all of these bytes are.

    Raises:
        XdrMalformed: they are no such value, or more than one.
    """
    value, end = decode_at(read, xdr, 0)
    if end != len(xdr):
        raise XdrMalformed(f"{len(xdr)} bytes where {end} were expected")
    return value


def decode_at(read: Callable[[bytes, int], tuple[Value, int]], xdr: bytes, first: int) -> tuple[Value, int]:
    """The value that begins at a position, and the position after it.

    Raises:
        XdrMalformed: there is no such value.
    """
    try:
        value, end = read(xdr, first)
    except (struct.error, RecursionError) as error:
        raise XdrMalformed(f"{len(xdr)} bytes end in the middle of a value, or are too deep: {error}") from error
    if end > len(xdr):
        raise XdrMalformed(f"{len(xdr)} bytes where {end} were expected")
    return value, end
