"""The network whose ledgers are published: simulated, into a lake that grows by a ledger at every beat."""

import json
import struct
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import zstandard
from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import PASSPHRASES

PACE_SECONDS = 0.25
TRANSACTIONS = 3
FIRST = 2
_LARGEST_SEQUENCE = 2**32 - 1
_FILES_IN_PARTITION = 64_000


@dataclass(frozen=True, slots=True)
class Closed:
    """What the network itself knows of a ledger. The transactions are counted by stellar-sdk, not by us."""

    hash: bytes
    transactions: int


class Network:
    """Closes ledgers in a thread of its own, from `start` to `stop`; nothing that is broken here ever holds it up."""

    def __init__(self, folder: Path, seed: int, history: int) -> None:
        """With the ledgers up to `history` closed already."""
        self.folder = folder
        self.closed: dict[int, Closed] = {}
        self.newest = FIRST - 1
        self._simulated = SimulatedNetwork(seed=seed, transactions_per_ledger=TRANSACTIONS)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="network")
        folder.mkdir()
        self._write_manifest()
        while self._simulated.sequence < history:
            self._close_ledger()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            self._close_ledger()
            due += PACE_SECONDS

    def _close_ledger(self) -> None:
        """Each as an object of its own, as Galexie writes at the tip: a reader sees all of it or nothing."""
        content = self._simulated.close_ledger()
        ledger = Ledger.from_xdr(content)
        path = self._path_of(ledger.sequence)
        draft = path.with_suffix(".draft")
        batch = struct.pack(">III", ledger.sequence, ledger.sequence, 1) + content
        draft.write_bytes(zstandard.ZstdCompressor().compress(batch))
        self.closed[ledger.sequence] = Closed(ledger.hash, transactions_in(content))
        draft.replace(path)
        self.newest = ledger.sequence

    def _path_of(self, sequence: int) -> Path:
        first = sequence - sequence % _FILES_IN_PARTITION
        last = first + _FILES_IN_PARTITION - 1
        folder = self.folder / f"{_LARGEST_SEQUENCE - first:08X}--{first}-{last}"
        folder.mkdir(exist_ok=True)
        return folder / f"{_LARGEST_SEQUENCE - sequence:08X}--{sequence}.xdr.zst"

    def _write_manifest(self) -> None:
        manifest = {
            "networkPassphrase": PASSPHRASES["simulated"],
            "version": "1.0",
            "compression": "zstd",
            "ledgersPerBatch": 1,
            "batchesPerPartition": _FILES_IN_PARTITION,
        }
        (self.folder / ".config.json").write_text(json.dumps(manifest), encoding="utf-8")


def transactions_in(content: bytes) -> int:
    meta = stellar_xdr.LedgerCloseMeta.from_xdr_bytes(content)
    inner = meta.v2 or meta.v1 or meta.v0
    assert inner is not None
    return len(inner.tx_processing)
