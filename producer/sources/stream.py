"""Ledgers as stellar-core writes them: framed XDR, from a file, a pipe or standard input.

Each `LedgerCloseMeta` lies behind a record mark of RFC 5531: four bytes, whose high bit says "the last fragment of
this record" and whose rest is the fragment's length.
"""

import os
import select
import stat
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

import zstandard

from producer.errors import LedgerAbsent, SourceError, SourceMalformed, SourceMisnamed
from schemas.errors import LedgerRefused
from schemas.ledger import MAXIMUM_LEDGER_BYTES, Ledger

STANDARD_INPUT = "-"

_STANDARD_INPUT_DESCRIPTOR = 0
_TICK_SECONDS = 0.25
_READ_BYTES = 256 * 1024
_MARK_BYTES = 4
_LAST_FRAGMENT = 0x8000_0000
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"  # a record mark of 683 MB: no stream of ledgers begins so
_COMPRESSED_STEP_BYTES = 4 * 1024  # zstd makes at most 32 KiB of a byte: a step gives at most 128 MiB


class StreamSource:
    """The ledgers of one stream: a `LedgerSource` that ends where the stream does.

    `path` is a file, a named pipe or `-`, compressed with zstd or not. A file can be read any number of times, a
    pipe and standard input once.
    """

    ends: bool = True

    def __init__(self, path: str) -> None:
        self._path = path
        self._name = "standard input" if path == STANDARD_INPUT else path
        self._looked_up: tuple[tuple[int, int, int], Ledger] | None = None

    def earliest(self) -> int | None:
        if not self._is_file():
            return None
        with closing(self._read()) as ledgers:
            return next((ledger.sequence for ledger in ledgers if ledger), None)

    def latest(self) -> int | None:
        self._is_file()  # it can't be known; what can't be read, though, is told
        return None

    def ledgers(self, first: int | None, last: int | None) -> Iterator[Ledger | None]:
        wanted = first
        if first is not None and last is not None and first > last:
            return
        with closing(self._read()) as ledgers:
            for ledger in ledgers:
                if ledger is None or (wanted is not None and ledger.sequence < wanted):
                    # Before the first, or repeated: stellar-core writes ledgers again after a restart or catch-up.
                    yield None
                    continue
                if wanted is not None and ledger.sequence > wanted:
                    raise self._absent(wanted, ledger.sequence, begins_there=wanted == first)
                if last is not None and ledger.sequence > last:
                    raise LedgerAbsent(f"{self._name} begins at ledger {ledger.sequence}, above the last one, {last}")
                yield ledger
                if ledger.sequence == last:  # without reading on: a pipe would block
                    return
                wanted = ledger.sequence + 1

    def ledger(self, sequence: int) -> Ledger | None:
        if not self._is_file():
            return None
        # The producer asks for the same one every few seconds: read the file again only if it is another now.
        version = self._version()
        if self._looked_up is None or (self._looked_up[0], self._looked_up[1].sequence) != (version, sequence):
            with closing(self._read()) as ledgers:
                found = next((ledger for ledger in ledgers if ledger and ledger.sequence == sequence), None)
            if found is None:
                return None
            self._looked_up = version, found
        return self._looked_up[1]

    def close(self) -> None:
        """Nothing is held beyond a reading."""

    def _read(self) -> Generator[Ledger | None, None, None]:
        """Every ledger of the stream as it lies there; None while nothing arrives."""
        with self._opened() as descriptor:
            yield from _Reading(self._name).ledgers(self._chunks(descriptor))

    @contextmanager
    def _opened(self) -> Iterator[int]:
        if self._path == STANDARD_INPUT:
            yield _STANDARD_INPUT_DESCRIPTOR
            return
        with self._errors_named():
            # Without blocking: a named pipe opens at once, whether somebody writes into it yet or not.
            descriptor = os.open(self._path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _chunks(self, descriptor: int) -> Iterator[bytes | None]:
        """What arrives, None when nothing did for a moment."""
        mode = os.fstat(descriptor).st_mode
        awaits_writer = stat.S_ISFIFO(mode) and self._path != STANDARD_INPUT
        while True:
            # A file is always ready, and not every system lets one ask.
            if not stat.S_ISREG(mode) and not select.select([descriptor], [], [], _TICK_SECONDS)[0]:
                yield None
                continue
            with self._errors_named():
                chunk = os.read(descriptor, _READ_BYTES)
            if chunk:
                awaits_writer = False
                yield chunk
            elif awaits_writer:  # macOS says "end" of a named pipe that nobody has opened for writing yet
                time.sleep(_TICK_SECONDS)
                yield None
            else:
                return

    def _is_file(self) -> bool:
        if self._path == STANDARD_INPUT:
            return False
        with self._errors_named():
            return stat.S_ISREG(Path(self._path).stat().st_mode)

    def _version(self) -> tuple[int, int, int]:
        with self._errors_named():
            status = Path(self._path).stat()
        return status.st_ino, status.st_size, status.st_mtime_ns

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
            raise SourceMisnamed(f"{self._name} can't be read: {error.strerror}; check the path") from error
        except OSError as error:
            raise SourceError(f"{self._name} can't be read: {error.strerror}") from error

    def _absent(self, wanted: int, found: int, *, begins_there: bool) -> LedgerAbsent:
        if begins_there:
            return LedgerAbsent(
                f"ledger {wanted} is not in {self._name}, which begins at {found}: publish the ledgers before it from "
                f"another source, or name --first {found} for a topic that is still empty"
            )
        return LedgerAbsent(
            f"{self._name} has a hole: after ledger {wanted - 1} comes {found}. "
            f"Publish ledgers {wanted}–{found - 1} from another source"
        )


class _Reading:
    """One pass over a stream: knows where it is, to say so when something is wrong."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._offset = 0  # of the next record's mark; of the stream before compression
        self._after: int | None = None
        self._buffer = bytearray()
        self._record = bytearray()  # fragments so far
        self._record_bytes = 0  # the same with their marks

    def ledgers(self, chunks: Iterator[bytes | None]) -> Iterator[Ledger | None]:
        spoke_at = time.monotonic()
        for chunk in self._decompressed(chunks):
            self._buffer += chunk or b""
            while (record := self._next_record()) is not None:
                yield self._ledger(record)
                spoke_at = time.monotonic()
            # A slow writer's bytes arrive all the time, and its next ledger not for long.
            if chunk is None or time.monotonic() - spoke_at > _TICK_SECONDS:
                yield None
                spoke_at = time.monotonic()
        if self._after is None and not self._buffer and not self._record:
            raise SourceMalformed(f"{self._name} holds no ledger: is what writes it all right?")
        if self._buffer or self._record:
            raise self._malformed("it ends in the middle of the record")

    def _next_record(self) -> bytes | None:
        """The next record when all of it is in the buffer."""
        while (fragment := self._next_fragment()) is not None:
            content, is_last = fragment
            self._record += content
            self._record_bytes += _MARK_BYTES + len(content)
            if is_last:
                record = bytes(self._record)
                self._record.clear()
                return record
        return None

    def _next_fragment(self) -> tuple[bytes, bool] | None:
        if len(self._buffer) < _MARK_BYTES:
            return None
        mark = int.from_bytes(self._buffer[:_MARK_BYTES])
        length, is_last = mark & ~_LAST_FRAGMENT, bool(mark & _LAST_FRAGMENT)
        self._check_length(length)
        end = _MARK_BYTES + length
        if len(self._buffer) < end:
            return None
        content = bytes(self._buffer[_MARK_BYTES:end])
        del self._buffer[:end]
        return content, is_last

    def _check_length(self, length: int) -> None:
        if not 0 < length <= MAXIMUM_LEDGER_BYTES - len(self._record):
            raise self._malformed(
                f"a mark announces {len(self._record) + length} bytes (a ledger has 1 to {MAXIMUM_LEDGER_BYTES}), so "
                "this is no stream of ledgers, or damaged, in the record"
            )

    def _ledger(self, record: bytes) -> Ledger:
        try:
            ledger = Ledger.from_xdr(record)
        except LedgerRefused as error:
            raise self._malformed(f"{error}; in the record") from error
        self._offset += self._record_bytes
        self._record_bytes = 0
        self._after = ledger.sequence
        return ledger

    def _decompressed(self, chunks: Iterator[bytes | None]) -> Iterator[bytes | None]:
        """The stream itself, which may lie in a zstd frame."""
        begin = b""
        for chunk in chunks:
            if chunk is None:
                yield None
                continue
            begin += chunk
            if len(begin) >= len(_ZSTD_MAGIC):
                break
        whole = chain([begin], chunks)
        yield from self._without_zstd(whole) if begin.startswith(_ZSTD_MAGIC) else whole

    def _without_zstd(self, chunks: Iterator[bytes | None]) -> Iterator[bytes | None]:
        frame = zstandard.ZstdDecompressor().decompressobj()
        for step in _in_steps(chunks):
            if step is None:
                yield None
            rest = step
            while rest:
                if frame.eof:  # frames may follow each other
                    frame = zstandard.ZstdDecompressor().decompressobj()
                try:
                    yield frame.decompress(rest)
                except zstandard.ZstdError as error:
                    raise self._malformed(f"it does not decompress ({error}) in the record") from error
                rest = frame.unused_data
        if not frame.eof:
            raise self._malformed("the compressed stream is cut off in the record")

    def _malformed(self, what: str) -> SourceMalformed:
        after = "before any ledger" if self._after is None else f"after ledger {self._after}"
        return SourceMalformed(f"{self._name}: {what} that begins at byte {self._offset}, {after}")


def _in_steps(chunks: Iterator[bytes | None]) -> Iterator[bytes | None]:
    for chunk in chunks:
        if chunk is None:
            yield None
        else:
            for begin in range(0, len(chunk), _COMPRESSED_STEP_BYTES):
                yield chunk[begin : begin + _COMPRESSED_STEP_BYTES]
