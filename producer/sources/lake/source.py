"""A Galexie data lake as a source of ledgers."""

import time
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import TypeVar

import structlog

from producer.errors import LedgerAbsent, SourceMalformed
from producer.sources.lake.ahead import Ahead
from producer.sources.lake.batch import LedgerObject, ledgers_in
from producer.sources.lake.contents import Contents
from producer.sources.lake.layout import FIRST_LEDGER, Layout, LedgerFile
from producer.sources.lake.store import Store
from schemas.ledger import Ledger
from schemas.network import PASSPHRASES, Network

TICK_SECONDS = 0.25
"""The caller hears at least this often that nothing came."""

_PUBLIC_LAKES = ("pubnet", "testnet")
_PUBLIC_LAKE_URL = "s3://aws-public-blockchain/v1.1/stellar/ledgers/{}"
_PUBLIC_LAKE_OPTIONS = {"region": "us-east-2", "skip_signature": "true"}

_LOOK_FOR_A_HOLE_EVERY = 10  # misses: a listing is slower and dearer than the question for one object
_READS_OF_MALFORMED = 4  # whoever writes into a local folder may not be through with the file

log = structlog.get_logger(__name__)
T = TypeVar("T")
Waiting = Generator[None, None, T]
"""Yields None while it waits for what it returns."""


def default_lake(network: Network) -> tuple[str, dict[str, str]] | None:
    """URL and options of the network's public lake; None for a network that has none."""
    for name in _PUBLIC_LAKES:
        if network.passphrase == PASSPHRASES[name]:
            return _PUBLIC_LAKE_URL.format(name), dict(_PUBLIC_LAKE_OPTIONS)
    return None


class LakeSource:
    """The ledgers of one data lake: a `LedgerSource`. Nothing is asked of the store before the first question.

    `url` is anything that obstore opens, or the path of a folder; `storage_options` go to obstore as they are.
    `layout` is for lakes that have no manifest and can't be listed: every other lake tells its own.
    An unreachable store is tried for `patience_seconds`, and at the lake's end every `wait_seconds`.
    """

    ends: bool = False

    def __init__(
        self,
        url: str,
        *,
        network: Network,
        storage_options: Mapping[str, str] | None = None,
        prefetch: int = 8,
        wait_seconds: float = 1.0,
        patience_seconds: float = 30.0,
        layout: Layout | None = None,
    ) -> None:
        self._contents = Contents(Store(url, storage_options or {}, patience_seconds), network, layout)
        self._prefetch = prefetch
        self._wait_seconds = wait_seconds
        self._pool = ThreadPoolExecutor(max(1, prefetch), thread_name_prefix="lake")
        self._looked_up: tuple[bytes, Ledger] | None = None

    def earliest(self) -> int | None:
        return self._contents.earliest()

    def latest(self) -> int | None:
        return self._contents.latest()

    def ledgers(self, first: int | None, last: int | None) -> Iterator[Ledger | None]:
        layout = yield from self._answer(self._pool.submit(lambda: self._contents.layout))
        wanted = (yield from self._lowest_to_come()) if first is None else first
        if wanted < FIRST_LEDGER:
            raise LedgerAbsent(f"no lake holds ledger {wanted}: begin with {FIRST_LEDGER}, the first that was closed")
        ahead = Ahead(self._pool, self._contents.fetch, layout, self._prefetch, last)
        with closing(ahead):
            while last is None or wanted <= last:
                file = layout.file_of(wanted)
                for ledger in self._from_file(file, wanted, ahead):
                    yield ledger
                    if ledger and ledger.sequence == last:  # in mid-file: the rest need not even be parsed
                        return
                wanted = file.last + 1

    def ledger(self, sequence: int) -> Ledger | None:
        if sequence < FIRST_LEDGER:
            return None
        found = self._contents.fetch(self._contents.layout.file_of(sequence))
        if found is None:
            return None
        # The producer asks for the same one every few seconds, and a file of many ledgers is slow to parse.
        if self._looked_up is None or (self._looked_up[0], self._looked_up[1].sequence) != (found.content, sequence):
            self._looked_up = found.content, next(filter(None, ledgers_in(found, sequence)))
        return self._looked_up[1]

    def close(self) -> None:
        """Returns at once. The process can exit when the requests under way have ended: their time is bounded."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _lowest_to_come(self) -> Waiting[int]:
        while True:
            earliest = yield from self._answer(self._pool.submit(self._contents.earliest))
            if earliest is not None:
                return earliest
            yield from self._pause()

    def _from_file(self, file: LedgerFile, wanted: int, ahead: Ahead) -> Iterator[Ledger | None]:
        """The file's ledgers from `wanted` on; None while it isn't there, or can't be read yet."""
        for read in range(1, _READS_OF_MALFORMED + 1):
            found = yield from self._arrival(file, wanted, ahead)
            try:
                for ledger in ledgers_in(found, wanted):
                    wanted = ledger.sequence + 1 if ledger else wanted
                    yield ledger
            except SourceMalformed as error:
                if read == _READS_OF_MALFORMED:
                    raise SourceMalformed(f"ledger {wanted} can't be read: {error}") from error
                log.warning("the object can't be read yet", ledger=wanted, problem=str(error))
            else:
                return
            ahead.missed()
            yield from self._pause()

    def _arrival(self, file: LedgerFile, wanted: int, ahead: Ahead) -> Waiting[LedgerObject]:
        misses = 0
        while True:
            found = yield from self._answer(ahead.take(file))
            if found:
                ahead.came(found)
                return found
            ahead.missed()
            misses += 1
            # At the start also at once: the first ledger asked for may lie below the lake's lowest.
            if misses % _LOOK_FOR_A_HOLE_EVERY == 0 or (misses == 1 and not ahead.any_came):
                yield from self._answer(self._pool.submit(self._contents.refuse_hole, file, wanted))
            yield from self._pause()

    def _answer(self, future: Future[T]) -> Waiting[T]:
        while not wait([future], TICK_SECONDS).done:
            yield None
        return future.result()

    def _pause(self) -> Waiting[None]:
        end = time.monotonic() + self._wait_seconds
        while (remaining := end - time.monotonic()) > 0:
            time.sleep(min(TICK_SECONDS, remaining))
            yield None
