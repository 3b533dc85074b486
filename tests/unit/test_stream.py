"""The stream of framed ledgers as a source: files, named pipes and standard input."""

import contextlib
import itertools
import os
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

from producer.errors import LedgerAbsent, SourceError, SourceMalformed
from producer.sources import stream
from producer.sources.stream import StreamSource
from schemas.ledger import Ledger

if TYPE_CHECKING:
    from producer.sources import LedgerSource

LAST_FRAGMENT = 1 << 31


def framed(ledgers: Iterable[Ledger]) -> bytes:
    """As stellar-core writes them: every ledger behind one mark."""
    return b"".join(struct.pack(">I", LAST_FRAGMENT | len(ledger.xdr)) + ledger.xdr for ledger in ledgers)


def arrived(ledgers: Iterable[Ledger | None]) -> list[Ledger]:
    return [ledger for ledger in ledgers if ledger is not None]


def sequences(ledgers: Iterable[Ledger | None]) -> list[int]:
    return [ledger.sequence for ledger in arrived(ledgers)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "meta.xdr"


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "meta.pipe")
    return tmp_path / "meta.pipe"


@contextmanager
def standard_input() -> Iterator[int]:
    """Standard input is a pipe meanwhile; the end to write to."""
    saved = os.dup(0)
    reading, writing = os.pipe()
    os.dup2(reading, 0)
    os.close(reading)
    try:
        yield writing
    finally:
        os.dup2(saved, 0)
        os.close(saved)


# Files


def test_stream_source_is_a_ledger_source(path: Path) -> None:
    """The class is what the producer expects of a source, and ends by itself."""
    source: LedgerSource = StreamSource(str(path))  # which mypy checks
    assert source.ends is True


def test_dense_stream_gives_its_thirty_ledgers(ledgers_folder: Path) -> None:
    """A real stream, compressed, gives its ledgers in order, each naming the hash of the one before, and ends."""
    source = StreamSource(str(ledgers_folder / "dense" / "load-test-ledgers-v26.xdr.zstd"))
    assert (source.earliest(), source.latest()) == (10_048, None)
    ledgers = arrived(source.ledgers(None, None))
    assert [ledger.sequence for ledger in ledgers] == list(range(10_048, 10_078))
    assert [ledger.previous_hash for ledger in ledgers[1:]] == [ledger.hash for ledger in ledgers[:-1]]
    assert source.ledger(10_060) == ledgers[12]


def test_a_range_is_given_out_of_a_file(path: Path, ledgers: list[Ledger]) -> None:
    """Ledgers before the first are passed over, and nothing is given after the last."""
    path.write_bytes(framed(ledgers))
    assert arrived(StreamSource(str(path)).ledgers(10, 20)) == ledgers[8:19]
    assert arrived(StreamSource(str(path)).ledgers(20, 10)) == []


def test_a_file_that_ends_before_the_last_ends(path: Path, ledgers: list[Ledger]) -> None:
    """The end of the file is the end of the ledgers, whatever was asked for."""
    path.write_bytes(framed(ledgers[:5]))
    assert arrived(StreamSource(str(path)).ledgers(None, 1000)) == ledgers[:5]


def test_an_empty_stream_is_an_error(path: Path) -> None:
    """Nothing at all is no success: whatever was to write the stream has failed."""
    path.touch()
    with pytest.raises(SourceMalformed, match="holds no ledger"):
        arrived(StreamSource(str(path)).ledgers(None, None))


def test_a_stream_that_begins_above_the_last(path: Path, ledgers: list[Ledger]) -> None:
    """A ledger above the last one asked for is not given out."""
    path.write_bytes(framed(ledgers[3:]))
    with pytest.raises(LedgerAbsent, match="above the last one"):
        arrived(StreamSource(str(path)).ledgers(None, ledgers[0].sequence))


def test_a_trickle_does_not_silence_the_source(path: Path, ledgers: list[Ledger]) -> None:
    """While a ledger arrives byte by byte, the caller still gets its turn."""
    os.mkfifo(path)
    stop = threading.Event()

    def trickle() -> None:
        with path.open("wb", buffering=0) as pipe, contextlib.suppress(BrokenPipeError):
            for byte in framed(ledgers[:1]):
                if stop.is_set():
                    return
                pipe.write(bytes([byte]))
                time.sleep(0.05)

    writer = threading.Thread(target=trickle)
    writer.start()
    stream = StreamSource(str(path)).ledgers(None, None)
    try:
        began = time.monotonic()
        assert [next(stream) for _ in range(5)] == [None] * 5
        assert time.monotonic() - began < 5
    finally:
        stream.close()  # type: ignore[attr-defined]
        stop.set()
        writer.join()


@pytest.mark.parametrize("frames", [1, 3])
def test_compression_is_seen_in_the_content(path: Path, ledgers: list[Ledger], frames: int) -> None:
    """A zstd stream is decompressed whatever the file is called, in one frame or in several."""
    content = framed(ledgers)
    size = -(-len(content) // frames)
    parts = [content[begin : begin + size] for begin in range(0, len(content), size)]
    path.write_bytes(b"".join(map(zstandard.ZstdCompressor().compress, parts)))
    assert arrived(StreamSource(str(path)).ledgers(None, None)) == ledgers


def test_fragments_are_put_together(path: Path, ledgers: list[Ledger]) -> None:
    """A record in several fragments is one ledger."""
    xdr = ledgers[0].xdr
    parts = [xdr[:10], xdr[10:500], xdr[500:]]
    marks = [len(parts[0]), len(parts[1]), LAST_FRAGMENT | len(parts[2])]
    path.write_bytes(b"".join(struct.pack(">I", mark) + part for mark, part in zip(marks, parts, strict=True)))
    assert arrived(StreamSource(str(path)).ledgers(None, None)) == ledgers[:1]


def test_repeated_ledgers_are_passed_over(path: Path, ledgers: list[Ledger]) -> None:
    """Ledgers that stellar-core writes again, after a restart or a catch-up, are given once."""
    path.write_bytes(framed([*ledgers[:6], ledgers[5], *ledgers[2:9]]))
    assert arrived(StreamSource(str(path)).ledgers(None, None)) == ledgers[:9]


def test_one_ledger_is_looked_up(path: Path, ledgers: list[Ledger]) -> None:
    """A file is searched for a ledger, and searched again only when the file has changed."""
    path.write_bytes(framed(ledgers[:8]))
    source = StreamSource(str(path))
    found = source.ledger(5)
    assert found == ledgers[3]
    assert source.ledger(5) is found
    assert source.ledger(30) is None
    path.write_bytes(framed(ledgers[4:9]))
    assert source.ledger(5) is None


# What is wrong with a stream


def test_a_stream_that_begins_later_is_refused(path: Path, ledgers: list[Ledger]) -> None:
    """A stream that begins above the first ledger asked for says where it begins."""
    path.write_bytes(framed(ledgers[5:]))
    with pytest.raises(LedgerAbsent, match=r"ledger 4 is not in .*begins at 7"):
        arrived(StreamSource(str(path)).ledgers(4, None))


def test_a_hole_in_a_stream_is_named(path: Path, ledgers: list[Ledger]) -> None:
    """A ledger that is left out ends the source, after everything before it was given."""
    path.write_bytes(framed([*ledgers[:3], *ledgers[5:]]))
    given = StreamSource(str(path)).ledgers(None, None)
    assert [next(given), next(given), next(given)] == ledgers[:3]
    with pytest.raises(LedgerAbsent, match=r"after ledger 4 comes 7.*5–6"):
        next(given)


@pytest.mark.parametrize("missing", [1, 500])
def test_an_end_in_mid_record_is_named(path: Path, ledgers: list[Ledger], missing: int) -> None:
    """A stream that is cut off says at which byte, and after which ledger."""
    path.write_bytes(framed(ledgers[:3])[:-missing])
    with pytest.raises(SourceMalformed, match=rf"begins at byte {len(framed(ledgers[:2]))}, after ledger 3"):
        arrived(StreamSource(str(path)).ledgers(None, None))


def test_an_end_in_mid_mark_is_named(path: Path, ledgers: list[Ledger]) -> None:
    """Not even the mark of a record may be cut off."""
    path.write_bytes(framed(ledgers[:1]) + b"\x80\0")
    with pytest.raises(SourceMalformed, match="after ledger 2"):
        arrived(StreamSource(str(path)).ledgers(None, None))


def test_a_compressed_stream_that_is_cut_off_is_named(path: Path, ledgers: list[Ledger]) -> None:
    """A zstd stream without its end is no end, even where the last record is whole."""
    compressor = zstandard.ZstdCompressor().compressobj()
    whole = compressor.compress(framed(ledgers[:3])) + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    path.write_bytes(whole)
    with pytest.raises(SourceMalformed, match=r"cut off .*after ledger 4"):
        arrived(StreamSource(str(path)).ledgers(None, None))


def test_corrupt_compression_is_named(path: Path, ledgers: list[Ledger]) -> None:
    """Damage within a zstd stream is named."""
    content = zstandard.ZstdCompressor(write_checksum=True).compress(framed(ledgers[:3]))
    path.write_bytes(content[:-4] + bytes(4))
    with pytest.raises(SourceMalformed, match="does not decompress"):
        arrived(StreamSource(str(path)).ledgers(None, None))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"some text that is no stream", "no stream of ledgers"),
        (bytes(100), "no stream of ledgers"),
        (struct.pack(">I", LAST_FRAGMENT | 40) + bytes(40), "not a LedgerCloseMeta"),
        (struct.pack(">I", LAST_FRAGMENT | (1 << 30)), "announces 1073741824 bytes"),
    ],
)
def test_what_is_no_stream_is_refused(path: Path, content: bytes, said: str) -> None:
    """A file of something else is refused at its first record, before anything large is read."""
    path.write_bytes(content)
    with pytest.raises(SourceMalformed, match=f"{said}.*begins at byte 0, before any ledger"):
        arrived(StreamSource(str(path)).ledgers(None, None))


def test_fragments_are_bounded_together(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fragments that add up to more than a ledger can be are refused."""
    monkeypatch.setattr(stream, "MAXIMUM_LEDGER_BYTES", 100)
    path.write_bytes((struct.pack(">I", 60) + bytes(60)) * 2)
    with pytest.raises(SourceMalformed, match="announces 120 bytes"):
        arrived(StreamSource(str(path)).ledgers(None, None))


def test_a_path_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    """A file that does not exist, or a folder, is refused by its name."""
    with pytest.raises(SourceError, match=r"absent\.xdr can't be read: No such file"):
        StreamSource(str(tmp_path / "absent.xdr")).earliest()
    with pytest.raises(SourceError, match="Is a directory"):
        arrived(StreamSource(str(tmp_path)).ledgers(None, None))


# Pipes


def write_slowly(pipe: Path, ledgers: list[Ledger], pause_seconds: float) -> None:
    """Opens late, pauses in the middle of a record, and closes."""
    time.sleep(pause_seconds)
    content = framed(ledgers)
    with pipe.open("wb", buffering=0) as out:
        out.write(content[:1000])
        time.sleep(pause_seconds)
        out.write(content[1000:])


def test_a_named_pipe_is_waited_for(pipe: Path, ledgers: list[Ledger]) -> None:
    """A pipe gives None while nobody writes, also in mid-record, its ledgers as they come, and ends with its writer."""
    writer = threading.Thread(target=write_slowly, args=(pipe, ledgers, 0.7))
    writer.start()
    moments, given = [time.monotonic()], []
    for ledger in StreamSource(str(pipe)).ledgers(None, None):
        given.append(ledger)
        moments.append(time.monotonic())
    writer.join()
    assert arrived(given) == ledgers
    assert given[0] is None
    assert max(after - before for before, after in itertools.pairwise(moments)) < 0.5


def test_nothing_is_known_of_a_pipe_before_it_is_read(pipe: Path) -> None:
    """A pipe is neither opened nor read to learn where it begins, or to look up a ledger."""
    source = StreamSource(str(pipe))
    assert (source.earliest(), source.latest(), source.ledger(5)) == (None, None, None)


def test_standard_input_is_read_to_its_end(ledgers: list[Ledger]) -> None:
    """`-` is standard input."""
    with standard_input() as writing:
        given = StreamSource("-").ledgers(None, None)
        assert next(given) is None
        os.write(writing, framed(ledgers[:2]))
        os.close(writing)
        assert arrived(given) == ledgers[:2]
        assert StreamSource("-").earliest() is None


def test_nothing_is_awaited_after_the_last(ledgers: list[Ledger]) -> None:
    """The last ledger ends the source while the pipe is still open."""
    with standard_input() as writing:
        os.write(writing, framed(ledgers[:3]))
        began = time.monotonic()
        assert sequences(StreamSource("-").ledgers(2, 3)) == [2, 3]
        assert time.monotonic() - began < 0.2
        os.close(writing)
