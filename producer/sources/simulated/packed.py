"""Parts of an XDR tree that are packed already."""

from typing import TypeVar, cast

from xdrlib3 import Packer

Kind = TypeVar("Kind")


class _Packed:
    __slots__ = ("_xdr",)

    def __init__(self, xdr: bytes) -> None:
        self._xdr = xdr

    def pack(self, packer: Packer) -> None:
        packer.pack_fopaque(len(self._xdr), self._xdr)


def packed(_kind: type[Kind], xdr: bytes) -> Kind:
    """A stand-in for an SDK object of that kind, good for packing only.

    The same entry, envelope or result stands in several places of a ledger, and is hashed besides: packing it
    once makes a large ledger about twice as fast.
    """
    return cast("Kind", _Packed(xdr))
