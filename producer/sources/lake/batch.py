"""Ledgers from one object of a lake: a zstd frame around a `LedgerCloseMetaBatch`."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import zstandard

from producer.errors import SourceMalformed
from producer.sources.lake.layout import LedgerFile
from schemas.errors import LedgerRefused, XdrMalformed
from schemas.ledger import MAXIMUM_LEDGER_BYTES, Ledger
from schemas.xdr import decode_at
from schemas.xdr.readers import read_LedgerCloseMeta

_HEAD = struct.Struct(">III")  # the batch's first ledger, its last, and how many follow


@dataclass(frozen=True, slots=True)
class LedgerObject:
    """A ledger file as it came from the store. `name` is its whole URL, for messages."""

    file: LedgerFile
    name: str
    content: bytes


def limit_bytes(file: LedgerFile) -> int:
    """Of an object, compressed or not: more than that holds a ledger that is too large."""
    return _HEAD.size + (file.last - file.first + 1) * MAXIMUM_LEDGER_BYTES


def ledgers_in(found: LedgerObject, first: int) -> Iterator[Ledger | None]:
    """The object's ledgers from `first` on, None for each before it.

    Raises:
        SourceMalformed: it is not the batch that its key promises.
    """
    xdr = _decompress(found)
    sequences = _check_head(xdr, found)
    for sequence, ledger_xdr in zip(sequences, _split(xdr, len(sequences), found), strict=True):
        yield _ledger(ledger_xdr, sequence, found) if sequence >= first else None


def _decompress(found: LedgerObject) -> bytes:
    limit = limit_bytes(found.file)
    try:
        # Galexie streams, so that its frames may not state their length: then `max_output_size` is the bound.
        stated = zstandard.frame_content_size(found.content)
        if stated > limit:
            raise SourceMalformed(f"{found.name} states {stated} bytes, at most {limit} are allowed")
        return zstandard.ZstdDecompressor().decompress(found.content, max_output_size=limit, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise SourceMalformed(f"{found.name} is not a whole zstd frame of at most {limit} bytes: {error}") from error


def _check_head(xdr: bytes, found: LedgerObject) -> range:
    """The sequences that the batch holds: those of its key."""
    if len(xdr) < _HEAD.size:
        raise SourceMalformed(f"{found.name} is no LedgerCloseMetaBatch: {len(xdr)} bytes")
    first, last, count = _HEAD.unpack_from(xdr)
    file = found.file
    if (first, last) != (file.first_held, file.last):
        raise SourceMalformed(
            f"{found.name} should hold ledgers {file.first_held}–{file.last}, but says that it holds {first}–{last}"
        )
    if count != last - first + 1:
        raise SourceMalformed(f"{found.name} says that it holds ledgers {first}–{last}, but {count} of them")
    return range(first, last + 1)


def _split(xdr: bytes, count: int, found: LedgerObject) -> Iterator[bytes]:
    """The bytes of each `LedgerCloseMeta`."""
    if count == 1:
        yield xdr[_HEAD.size :]
        return
    # XDR has no lengths: where a ledger ends is known only once all of it was read.
    end = _HEAD.size
    for place in range(1, count + 1):
        begin = end
        end = _end_of_ledger(xdr, begin, found)
        if place == count and end != len(xdr):
            raise SourceMalformed(f"{found.name}: {len(xdr) - end} bytes follow the last ledger")
        yield xdr[begin:end]


def _end_of_ledger(xdr: bytes, begin: int, found: LedgerObject) -> int:
    try:
        _, end = decode_at(read_LedgerCloseMeta, xdr, begin)
    except XdrMalformed as error:
        raise SourceMalformed(f"{found.name} holds no LedgerCloseMeta at byte {begin}: {error}") from error
    return end


def _ledger(xdr: bytes, sequence: int, found: LedgerObject) -> Ledger:
    try:
        ledger = Ledger.from_xdr(xdr)
    except LedgerRefused as error:
        raise SourceMalformed(f"{found.name}, ledger {sequence}: {error}") from error
    if ledger.sequence != sequence:
        raise SourceMalformed(f"{found.name} holds ledger {ledger.sequence} in the place of {sequence}")
    return ledger
