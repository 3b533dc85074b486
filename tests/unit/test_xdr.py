"""The readers say what stellar-sdk says of every type, and refuse what the network would refuse."""

import contextlib
import gc
import random
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stellar_sdk import xdr as stellar_xdr

from schemas.errors import XdrMalformed
from schemas.xdr import decode, decode_at, layout, readers
from schemas.xdr.emitter import OPEN
from schemas.xdr.generate import READERS, generated
from tests.support.real_ledgers import real_ledgers
from tests.support.xdr import LAYOUT, TYPES, Builder, same

ROUNDS = 12


def reader_of(name: str) -> Callable[[bytes, int], tuple[Any, int]]:
    reader: Callable[[bytes, int], tuple[Any, int]] = getattr(readers, f"read_{name}")
    return reader


def skipper_of(name: str) -> Callable[[bytes, int], int]:
    skipper: Callable[[bytes, int], int] = getattr(readers, f"skip_{name}")
    return skipper


def test_the_readers_are_generated() -> None:
    """They are what the command gives from the stellar-sdk that is locked."""
    assert READERS.read_text(encoding="utf-8") == generated()


SKIPPED = [name for name in TYPES.with_readers if name in TYPES.skipped]


def test_every_type_has_a_reader() -> None:
    """All types of a ledger are there."""
    assert len(LAYOUT) >= 358
    assert set(TYPES.with_readers) == {name.removeprefix("read_") for name in vars(readers) if name.startswith("read_")}


@pytest.mark.parametrize("name", TYPES.with_readers)
def test_a_type_as_stellar_sdk_reads_it(name: str) -> None:
    """Random values, field by field; what is skipped ends where it would have been read; its own bytes are kept."""
    for seed in range(ROUNDS):
        theirs = Builder(seed).named(name)
        xdr = theirs.to_xdr_bytes()
        ours, end = reader_of(name)(b"...." + xdr + b"....", 4)
        assert end == len(xdr) + 4
        if name in SKIPPED:
            assert skipper_of(name)(b"...." + xdr, 4) == end
        assert same(name, theirs, ours), theirs
        assert getattr(ours, "xdr", xdr) == xdr


@pytest.mark.parametrize("name", TYPES.with_readers)
def test_a_type_that_is_cut_off_or_damaged(name: str) -> None:
    """One named error at every length but the right one; of a flipped bit, what stellar-sdk says, or that error."""
    chance = random.Random(name)
    xdr = max((Builder(seed).named(name).to_xdr_bytes() for seed in range(ROUNDS)), key=len)
    for length in {0, len(xdr) // 2, len(xdr) - 4, len(xdr) - 1, len(xdr) + 4} - {len(xdr), -4, -1}:
        damaged = (xdr + bytes(4))[: max(length, 0)]
        with pytest.raises(XdrMalformed):
            decode(reader_of(name), damaged)
    for _ in range(ROUNDS):
        assert_agree(name, flipped(xdr, chance))


def flipped(xdr: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(xdr)
    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def assert_agree(name: str, xdr: bytes) -> None:
    """What we accept, stellar-sdk accepts as the same value; what we alone refuse is not as the network writes it.

    What is refused where it is read is refused where it is skipped.
    """
    try:
        ours = decode(reader_of(name), xdr)
    except XdrMalformed:
        ours = None
    if name in SKIPPED:
        assert skips(name, xdr) == (ours is not None)
    try:
        theirs = getattr(stellar_xdr, name).from_xdr_bytes(xdr)
    except (ValueError, EOFError, TypeError) as error:
        theirs, refused = None, str(error)
    if theirs is None:
        assert ours is None or any(f"is not a valid {each}" in refused for each in OPEN)
    elif ours is None:
        assert theirs.to_xdr_bytes() != xdr
    else:
        assert same(name, theirs, ours)


def skips(name: str, xdr: bytes) -> bool:
    try:
        decode(lambda buf, p: (None, skipper_of(name)(buf, p)), xdr)
    except XdrMalformed:
        return False
    return True


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Half of stellar-sdk's time is the collector's, which finds nothing."""
    gc.disable()
    yield
    gc.enable()


def test_real_ledgers_as_stellar_sdk_reads_them(no_collector: None, ledgers_folder: Path) -> None:
    """Every field of every real ledger, of all protocol versions and networks."""
    number = 0
    for _, ledger in real_ledgers(ledgers_folder):
        theirs = stellar_xdr.LedgerCloseMeta.from_xdr_bytes(ledger.xdr)
        assert same("LedgerCloseMeta", theirs, decode(readers.read_LedgerCloseMeta, ledger.xdr)), ledger.sequence
        number += 1
    assert number > 80


def test_real_ledgers_with_a_flipped_bit(ledgers_folder: Path) -> None:
    """Nothing but the named error comes out of a damaged ledger."""
    chance = random.Random(0)
    refused = 0
    for _, ledger in real_ledgers(ledgers_folder):
        for _ in range(3):
            try:
                decode(readers.read_LedgerCloseMeta, flipped(ledger.xdr, chance))
            except XdrMalformed:
                refused += 1
    assert refused > 10


_CALL = bytes.fromhex("00000000 00000001") + bytes(40)
_SIGNED = bytes.fromhex("00000001") + bytes(32) + bytes.fromhex("00000001")
NESTED = {
    # what opens a level of a type, and what is in the innermost
    "SCVal": (bytes.fromhex("00000010 00000001 00000001"), bytes.fromhex("00000001")),
    "ClaimPredicate": (bytes.fromhex("00000003 00000001"), bytes(4)),
    "SCPQuorumSet": (bytes.fromhex("00000001 00000000 00000001"), bytes(12)),
    "SorobanDelegateSignature": (_SIGNED + bytes.fromhex("00000001"), _SIGNED + bytes(4)),
    "SorobanAuthorizedInvocation": (_CALL + bytes.fromhex("00000001"), _CALL + bytes(4)),
}


def nested(name: str, levels: int) -> bytes:
    opening, innermost = NESTED[name]
    return opening * levels + innermost


def test_every_recursive_type_is_tested_for_depth() -> None:
    """A type that can hold itself has its case here."""
    assert set(TYPES.heads) == set(NESTED)


@pytest.mark.parametrize("name", NESTED)
def test_depth(name: str) -> None:
    """As deep as stellar-sdk goes, and a named error beyond, however deep, also in what is skipped."""
    deepest = next(levels for levels in range(600, 0, -1) if sdk_reads(name, nested(name, levels)))
    assert deepest > 100
    decode(reader_of(name), nested(name, deepest))
    for levels in (readers.DEEPEST, 10_000, 1_000_000):
        with pytest.raises(XdrMalformed):
            decode(reader_of(name), nested(name, levels))
    if name in SKIPPED:
        assert skips(name, nested(name, deepest))
        assert not skips(name, nested(name, 1_000_000))


def test_depth_upon_depth() -> None:
    """A type as deep as it may be inside another that is: the interpreter's own limit is that named error too."""
    opening, _ = NESTED["SorobanDelegateSignature"]
    deep = opening * 500 + _SIGNED[:-4] + nested("SCVal", 500) + bytes(4)
    with pytest.raises(XdrMalformed):
        decode(reader_of("SorobanDelegateSignature"), deep)


def test_a_value_that_ends_past_the_bytes() -> None:
    """A slice past the end is short without an error of its own; it is refused where only a part is decoded, too."""
    whole = stellar_xdr.Memo(stellar_xdr.MemoType.MEMO_TEXT, text=b"12345678").to_xdr_bytes()
    assert decode_at(readers.read_Memo, whole + b"rest", 0) == (readers.Memo(1, b"12345678"), len(whole))
    with pytest.raises(XdrMalformed):
        decode_at(readers.read_Memo, whole[:-4], 0)


def sdk_reads(name: str, xdr: bytes) -> bool:
    try:
        getattr(stellar_xdr, name).from_xdr_bytes(xdr)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", TYPES.with_readers)
def test_a_hostile_length_takes_no_memory(name: str) -> None:
    """Whatever stands where a length is expected, no more is kept than there are bytes."""
    for filling in (b"\0\0\0\1", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"):
        for length in (4, 8, 44, 400):
            tracemalloc.start()
            with contextlib.suppress(XdrMalformed):
                decode(reader_of(name), (filling * 100)[:length])
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < 300_000


@pytest.mark.parametrize(
    ("name", "xdr"),
    [
        ("Memo", "00000001 00000001 61000001"),  # padding
        ("Memo", "00000001 0000001d" + 29 * "61" + 3 * "00"),  # longer than 28
        ("Memo", "00000005"),  # no such memo
        ("Operation", "00000002"),  # neither there nor not
        ("SCVal", "00000000 00000002"),  # neither true nor false
        ("PathPaymentStrictSendOp", "00000000 0000000000000000" + 36 * "00" + "00000000 0000000000000000 00000006"),
    ],
)
def test_what_the_network_would_refuse(name: str, xdr: str) -> None:
    """Padding, maxima, discriminants and booleans are checked, in what is read and in what is skipped."""
    damaged = bytes.fromhex(xdr) + bytes(100)
    with pytest.raises(XdrMalformed):
        reader_of(name)(damaged, 0)
    if name in SKIPPED:
        with pytest.raises(XdrMalformed):
            skipper_of(name)(damaged, 0)


@pytest.mark.parametrize(
    ("name", "xdr"),
    [
        ("SCVal", "00000002 00000001 00000063"),  # an error of the virtual machine, with the code 99
        ("LedgerKey", "00000006 00000001" + 32 * "00" + "00000001 00000007"),  # of a durability 7
        ("LedgerKey", "00000008 00000063"),
    ],
)
def test_what_the_network_may_have_let_in(name: str, xdr: str) -> None:
    """Numbers without a name, where a sender wrote them and nothing depends on them, must not stop anybody."""
    decode(reader_of(name), bytes.fromhex(xdr))
    assert skips(name, bytes.fromhex(xdr))


class Strange:
    """Unpacks in a way of its own."""

    def __init__(self) -> None: ...

    @classmethod
    def unpack(cls, unpacker: Any) -> "Strange":
        while unpacker.unpack_uint():
            pass
        return cls()


def test_a_shape_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stellar-sdk that unpacks otherwise fails the generator, which names the type."""
    monkeypatch.setattr(stellar_xdr, "LedgerCloseMetaV0", Strange)
    with pytest.raises(layout.UnknownShape, match="LedgerCloseMetaV0"):
        layout.layout_of("LedgerCloseMeta")
