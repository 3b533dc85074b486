"""What a lake holds at the moment: its layout, its lowest and newest ledger, and its objects."""

from collections.abc import Iterator

import structlog

from producer.errors import LedgerAbsent, NetworkDiffers, SourceError
from producer.sources.lake.batch import LedgerObject, limit_bytes
from producer.sources.lake.layout import (
    MANIFEST_KEY,
    SUFFIXES,
    Layout,
    LedgerFile,
    layout_seen_in,
    read_manifest,
)
from producer.sources.lake.store import Store
from schemas.network import Network, network_of

_MANIFEST_LIMIT_BYTES = 64 * 1024

log = structlog.get_logger(__name__)


class Contents:
    """Every method asks the store, and none waits for what isn't there. They may run in several threads."""

    def __init__(self, store: Store, network: Network, named_layout: Layout | None) -> None:
        self._store = store
        self._network = network
        self._named_layout = named_layout
        self._known_layout: Layout | None = None
        self._known_suffix: str | None = None

    @property
    def layout(self) -> Layout:
        """How the lake's keys are made; read once.

        Raises:
            NetworkDiffers: the lake says that it is another network's.
            SourceError: the manifest is missing or malformed, and nothing else tells the layout.
        """
        if self._known_layout is None:
            self._known_layout = self._layout_of_manifest() or self._layout_without_manifest()
        return self._known_layout

    def fetch(self, file: LedgerFile) -> LedgerObject | None:
        """The file as it is now, None when it isn't there."""
        # A lake has one suffix: ask for the other only until a file was seen.
        for suffix in [self._known_suffix] if self._known_suffix else SUFFIXES:
            content = self._store.get(file.key + suffix, limit_bytes(file))
            if content is not None:
                self._known_suffix = suffix
                return LedgerObject(file, f"{self._store.name}/{file.key}{suffix}", content)
        return None

    def earliest(self) -> int | None:
        if not self._store.lists:
            raise SourceError(
                f"{self._store.name} is plain HTTP, which can't be listed: name the first ledger with --first"
            )
        oldest = next(filter(None, map(self._oldest_in, reversed(self._folders()))), None)
        return oldest.first_held if oldest else None

    def latest(self) -> int | None:
        if not self._store.lists:
            return None
        newest = next((file for folder in self._folders() for file in self._files_in(folder)), None)
        return newest.last if newest else None

    def refuse_hole(self, file: LedgerFile, wanted: int) -> None:
        """Whoever waits for a file that stays absent asks this from time to time.

        Raises:
            LedgerAbsent: later files are there, so that this one will not come by itself.
        """
        later = self._newest_after(file)
        if later is None:
            return
        self._known_suffix = None  # perhaps the lake's later half was written with the other one
        if self.fetch(file) is None:  # asked again: it may have come between the last look and the listing
            raise LedgerAbsent(
                f"ledger {wanted} is not in the lake: {self._store.name}/{file.key}{SUFFIXES[0]} is absent, "
                f"but ledgers up to {later} are there{self._beginning()}. Let Galexie fill the hole (scan-and-fill "
                f"--start {file.first_held} --end {file.last}), or publish from a source that has it"
            )

    def _layout_of_manifest(self) -> Layout | None:
        content = self._store.get(MANIFEST_KEY, _MANIFEST_LIMIT_BYTES)
        if content is None:
            return None
        manifest = read_manifest(content, f"{self._store.name}/{MANIFEST_KEY}")
        if manifest.network_passphrase != self._network.passphrase:
            theirs = network_of(None, manifest.network_passphrase)
            raise NetworkDiffers(
                f"the lake {self._store.name} holds ledgers of {theirs.name} ({theirs.passphrase!r}), "
                f"not of {self._network.name} ({self._network.passphrase!r}): name the right lake, "
                "or the right network with --network"
            )
        return manifest.layout

    def _layout_without_manifest(self) -> Layout:
        """Galexie wrote no manifest before its version 23.0, and its own readers then want to be told the layout."""
        layout = self._named_layout or self._layout_of_some_key()
        log.warning(
            "the lake has no manifest: its network can't be checked",
            lake=self._store.name,
            ledgers_per_file=layout.ledgers_per_file,
            files_per_partition=layout.files_per_partition,
        )
        return layout

    def _layout_of_some_key(self) -> Layout:
        if not self._store.lists:
            raise SourceError(
                f"{self._store.name} has no manifest ({MANIFEST_KEY}), and plain HTTP can't be listed to see its "
                "layout: check the URL, put a manifest there (SEP-54), or name a URL that can be listed"
            )
        layout = next(filter(None, map(layout_seen_in, self._store.keys(None))), None)
        if layout is None:
            raise SourceError(
                f"{self._store.name} is no data lake: it has neither a manifest ({MANIFEST_KEY}) "
                "nor a ledger file (SEP-54); check the URL"
            )
        return layout

    def _folders(self) -> list[str | None]:
        """The partitions, newest first; only None, which is the lake itself, where it has none."""
        if not self.layout.partitioned:
            return [None]
        return [folder for folder in self._store.folders() if self.layout.partition_first(folder) is not None]

    def _files_in(self, folder: str | None, begin: str | None = None) -> Iterator[LedgerFile]:
        """Ledger files, newest first, as far as the caller goes on."""
        return filter(None, map(self.layout.file_at, self._store.keys(folder, begin)))

    def _oldest_in(self, folder: str | None) -> LedgerFile | None:
        partition_first = self.layout.partition_first(folder) if folder else 0
        assert partition_first is not None
        # The oldest is the last that is listed: look at the last page alone before listing all of 64,000 files.
        for begin in (self.layout.last_page_begins(partition_first), None):
            files = list(self._files_in(folder, begin))
            if files:
                return files[-1]
        return None

    def _newest_after(self, file: LedgerFile) -> int | None:
        """The newest ledger beyond the file, None when it would be the newest itself."""
        if self._store.lists:
            latest = self.latest()
            return latest if latest is not None and latest > file.last else None
        following = self.layout.file_after(file)
        there = any(self._store.exists(following.key + suffix) for suffix in SUFFIXES)
        return following.last if there else None

    def _beginning(self) -> str:
        earliest = self.earliest() if self._store.lists else None
        return "" if earliest is None else f", from {earliest} on"
