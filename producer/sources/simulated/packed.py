"""Parts of an XDR tree that are packed already."""

import struct
from typing import TypeVar, cast

from xdrlib3 import Packer

Kind = TypeVar("Kind")


class _Packed:
    __slots__ = ("_xdr",)

    def __init__(self, xdr: bytes) -> None:
        self._xdr = xdr

    def pack(self, packer: Packer) -> None:
        packer.pack_fopaque(len(self._xdr), self._xdr)

    def to_xdr_bytes(self) -> bytes:
        return self._xdr


def packed(_kind: type[Kind], xdr: bytes) -> Kind:
    """A stand-in for an SDK object of that kind, good for packing only.

    The same entry, envelope or result stands in several places of a ledger, and is hashed besides: packing it
    once makes a large ledger about twice as fast.
    """
    return cast("Kind", _Packed(xdr))


def packed_account(public_key: bytes) -> bytes:
    """An `AccountID`."""
    return _ED25519 + public_key


def packed_string(text: bytes) -> bytes:
    """Any string or opaque of variable length."""
    return struct.pack(">I", len(text)) + text + bytes(-len(text) % 4)


_ED25519 = struct.pack(">I", 0)
