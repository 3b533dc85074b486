"""Stellar's XDR, decoded: `decode(read_LedgerCloseMeta, xdr)`."""

import struct
from collections.abc import Callable
from typing import TypeVar

from schemas.errors import XdrMalformed

Value = TypeVar("Value")


def decode(read: Callable[[bytes, int], tuple[Value, int]], xdr: bytes) -> Value:
    """The value that all of these bytes are.

    Raises:
        XdrMalformed: they are no such value, or more or less than one.
    """
    try:
        value, end = read(xdr, 0)
    except (struct.error, RecursionError) as error:
        raise XdrMalformed(f"{len(xdr)} bytes end in the middle, or are too deep: {error}") from error
    if end != len(xdr):
        raise XdrMalformed(f"{len(xdr)} bytes where {end} were expected")
    return value
