"""Where a ledger lies in a data lake: keys and manifest (SEP-54).

Keys begin with the hexadecimal of 0xFFFFFFFF minus a sequence, so that a listing in lexicographic order begins
with the newest.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from producer.errors import SourceMalformed

MANIFEST_KEY = ".config.json"

FIRST_LEDGER = 2
"""The lowest ledger of every network that has metadata: ledger 1 is the genesis, which nobody closed."""

SUFFIXES = (".zst", ".zstd")
"""What Galexie writes, and what it wrote before its version 23.0."""

_LARGEST_SEQUENCE = 2**32 - 1
_PAGE_FILES = 1000  # of a listing: S3 gives no more at a time
_PARTITION = re.compile(r"[0-9A-F]{8}--(\d{1,10})-(\d{1,10})")
_FILE = re.compile(r"[0-9A-F]{8}--(\d{1,10})(?:-(\d{1,10}))?\.xdr")


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """One object of a lake. `key` has no suffix yet: which one a lake uses is known by its objects alone."""

    first: int
    last: int
    key: str

    @property
    def first_held(self) -> int:
        """The first ledger inside: the file that would begin with ledger 0 begins with the network's first."""
        return max(self.first, FIRST_LEDGER)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a lake's keys are made of sequences."""

    ledgers_per_file: int
    files_per_partition: int

    @property
    def partitioned(self) -> bool:
        """Whether files lie in folders; partitions of a single file have none."""
        return self.files_per_partition > 1

    def file_of(self, sequence: int) -> LedgerFile:
        """The file that holds, or will hold, that ledger."""
        first, last = _bounds(sequence, self.ledgers_per_file)
        name = f"{_reversed(first)}--{first}-{last}" if self.ledgers_per_file > 1 else f"{_reversed(first)}--{first}"
        return LedgerFile(first, last, f"{self._folder_of(first)}{name}.xdr")

    def file_after(self, file: LedgerFile) -> LedgerFile:
        return self.file_of(file.last + 1)

    def file_at(self, key: str) -> LedgerFile | None:
        """The file that a listed key names; None for anything else that lies in a lake."""
        stem = _without_suffix(key)
        found = _FILE.fullmatch(stem.rpartition("/")[2])
        if found is None:
            return None
        file = self.file_of(int(found[1]))
        return file if file.key == stem else None

    def partition_first(self, folder: str) -> int | None:
        """The first ledger of the partition that a folder is; None for any other folder."""
        found = _PARTITION.fullmatch(folder)
        if found is None or self._folder_of(int(found[1])) != folder + "/":
            return None
        return int(found[1])

    def last_page_begins(self, partition_first: int) -> str:
        """A key after which the partition's lowest files are listed, at most a page of them."""
        files = min(_PAGE_FILES, self.files_per_partition) if self.partitioned else _PAGE_FILES
        return self.file_of(partition_first + (files - 1) * self.ledgers_per_file).key

    def _folder_of(self, sequence: int) -> str:
        if not self.partitioned:
            return ""
        first, last = _bounds(sequence, self.ledgers_per_file * self.files_per_partition)
        return f"{_reversed(first)}--{first}-{last}/"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a lake says about itself."""

    network_passphrase: str
    layout: Layout


def read_manifest(content: bytes, where: str) -> Manifest:
    """The manifest in `content`. Its version is not compared: SEP-54 says 0.1.0, Galexie writes 1.0.

    Raises:
        SourceMalformed: it is no manifest, or the lake's objects are compressed in another way; names `where`.
    """
    try:
        fields: dict[str, Any] = json.loads(content)
        passphrase, compression = str(fields["networkPassphrase"]), str(fields["compression"])
        layout = Layout(int(fields["ledgersPerBatch"]), int(fields["batchesPerPartition"]))
    except (ValueError, KeyError, TypeError) as error:
        raise SourceMalformed(f"{where} is no manifest of a data lake (SEP-54): {error!r}") from error
    if compression != "zstd" or min(layout.ledgers_per_file, layout.files_per_partition) < 1:
        raise SourceMalformed(f"{where} describes a lake that can't be read here: {fields}")
    return Manifest(passphrase, layout)


def layout_seen_in(key: str) -> Layout | None:
    """The layout of a lake without a manifest, from one of its keys; None when the key is not a ledger file's."""
    folder, _, name = _without_suffix(key).rpartition("/")
    file, partition = _FILE.fullmatch(name), _PARTITION.fullmatch(folder)
    if file is None or (folder and partition is None):
        return None
    ledgers = int(file[2] or file[1]) - int(file[1]) + 1
    partition_ledgers = int(partition[2]) - int(partition[1]) + 1 if partition else ledgers
    if ledgers < 1 or partition_ledgers < 1 or partition_ledgers % ledgers:
        return None
    layout = Layout(ledgers, partition_ledgers // ledgers)
    return layout if layout.file_at(key) else None


def _bounds(sequence: int, size: int) -> tuple[int, int]:
    first = sequence // size * size
    return first, first + size - 1


def _reversed(sequence: int) -> str:
    return f"{_LARGEST_SEQUENCE - sequence:08X}"


def _without_suffix(key: str) -> str:
    stem, dot, suffix = key.rpartition(".")
    return stem if dot + suffix in SUFFIXES else ""
