"""The data lake as a source, over local folders and a plain HTTP server."""

import functools
import hashlib
import http.server
import itertools
import json
import shutil
import socket
import struct
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard
from stellar_sdk import xdr as stellar_xdr

from producer.errors import LedgerAbsent, NetworkDiffers, SourceError, SourceMalformed, SourceUnreachable
from producer.sources.lake import LakeSource, Layout, ahead, batch, default_lake
from producer.sources.lake.batch import LedgerObject
from producer.sources.lake.layout import LedgerFile, layout_seen_in
from schemas.ledger import Ledger
from schemas.network import Network, network_of

if TYPE_CHECKING:
    from producer.sources import LedgerSource

PUBNET = network_of("pubnet", None)
TESTNET = network_of("testnet", None)
OURS = Network("ours", "a network of this test")


def zeros() -> stellar_xdr.Hash:
    return stellar_xdr.Hash(bytes(32))


def header_of(sequence: int, previous_hash: bytes) -> stellar_xdr.LedgerHeader:
    return stellar_xdr.LedgerHeader(
        ledger_version=stellar_xdr.Uint32(19),
        previous_ledger_hash=stellar_xdr.Hash(previous_hash),
        scp_value=stellar_xdr.StellarValue(
            tx_set_hash=zeros(),
            close_time=stellar_xdr.TimePoint(stellar_xdr.Uint64(1_700_000_000 + sequence)),
            upgrades=[],
            ext=stellar_xdr.StellarValueExt(stellar_xdr.StellarValueType.STELLAR_VALUE_BASIC),
        ),
        tx_set_result_hash=zeros(),
        bucket_list_hash=zeros(),
        ledger_seq=stellar_xdr.Uint32(sequence),
        total_coins=stellar_xdr.Int64(0),
        fee_pool=stellar_xdr.Int64(0),
        inflation_seq=stellar_xdr.Uint32(0),
        id_pool=stellar_xdr.Uint64(0),
        base_fee=stellar_xdr.Uint32(100),
        base_reserve=stellar_xdr.Uint32(5_000_000),
        max_tx_set_size=stellar_xdr.Uint32(100),
        skip_list=[zeros()] * 4,
        ext=stellar_xdr.LedgerHeaderExt(0),
    )


def empty_ledger(sequence: int, previous_hash: bytes) -> tuple[bytes, bytes]:
    """The XDR of a `LedgerCloseMeta` without transactions, and its hash."""
    header = header_of(sequence, previous_hash)
    ledger_hash = hashlib.sha256(header.to_xdr_bytes()).digest()
    meta = stellar_xdr.LedgerCloseMetaV0(
        ledger_header=stellar_xdr.LedgerHeaderHistoryEntry(
            stellar_xdr.Hash(ledger_hash), header, stellar_xdr.LedgerHeaderHistoryEntryExt(0)
        ),
        tx_set=stellar_xdr.TransactionSet(stellar_xdr.Hash(previous_hash), []),
        tx_processing=[],
        upgrades_processing=[],
        scp_info=[],
    )
    return stellar_xdr.LedgerCloseMeta(v=0, v0=meta).to_xdr_bytes(), ledger_hash


@functools.cache
def chain(last: int) -> dict[int, bytes]:
    """Ledgers 2 to `last` of a network where nothing happens."""
    ledgers, previous_hash = {}, bytes(32)
    for sequence in range(2, last + 1):
        ledgers[sequence], previous_hash = empty_ledger(sequence, previous_hash)
    return ledgers


def object_of(xdrs: list[bytes], first: int, last: int, *, states_length: bool = True) -> bytes:
    content = struct.pack(">III", first, last, len(xdrs)) + b"".join(xdrs)
    return zstandard.ZstdCompressor(write_content_size=states_length).compress(content)


class Lake:
    """A small lake in a folder. Galexie's layout: everything about keys is said anew here, not imported."""

    def __init__(self, folder: Path, per_file: int = 1, per_partition: int = 64_000, suffix: str = "zst") -> None:
        self.folder, self.per_file, self.per_partition, self.suffix = folder, per_file, per_partition, suffix
        folder.mkdir()

    def write_manifest(self, passphrase: str = OURS.passphrase, changed: dict[str, object] | None = None) -> "Lake":
        fields = {
            "networkPassphrase": passphrase,
            "version": "1.0",
            "compression": "zstd",
            "ledgersPerBatch": self.per_file,
            "batchesPerPartition": self.per_partition,
        }
        (self.folder / ".config.json").write_text(json.dumps(fields | (changed or {})))
        return self

    def path_of(self, first: int) -> Path:
        name = f"{0xFFFFFFFF - first:08X}--{first}"
        if self.per_file > 1:
            name += f"-{first + self.per_file - 1}"
        folder = self.folder
        if self.per_partition > 1:
            size = self.per_file * self.per_partition
            start = first - first % size
            folder /= f"{0xFFFFFFFF - start:08X}--{start}-{start + size - 1}"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.xdr.{self.suffix}"

    def fill(self, first: int, last: int) -> "Lake":
        """All files from the one that holds `first` to the one that holds `last`."""
        for start in range(first - first % self.per_file, last + 1, self.per_file):
            self.path_of(start).write_bytes(self.content_of(start))
        return self

    def content_of(self, start: int, *, states_length: bool = True) -> bytes:
        end = start + self.per_file - 1
        held = [chain(100)[sequence] for sequence in range(max(start, 2), end + 1)]
        return object_of(held, max(start, 2), end, states_length=states_length)

    def source(self, **options: object) -> LakeSource:
        defaults: dict[str, object] = {"network": OURS, "wait_seconds": 0.02}
        return LakeSource(str(self.folder), **(defaults | options))  # type: ignore[arg-type]


def arrived(ledgers: Iterable[Ledger | None]) -> list[Ledger]:
    return [ledger for ledger in ledgers if ledger is not None]


def sequences(ledgers: Iterable[Ledger | None]) -> list[int]:
    return [ledger.sequence for ledger in arrived(ledgers)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake").write_manifest()


# The layout


@pytest.mark.parametrize(
    ("layout", "sequence", "key"),
    [
        (Layout(2, 8), 19, "FFFFFFEF--16-31/FFFFFFED--18-19.xdr"),
        (Layout(2, 8), 2, "FFFFFFFF--0-15/FFFFFFFD--2-3.xdr"),
        (Layout(1, 64_000), 63_092_991, "FC3E15FF--63040000-63103999/FC3D4700--63092991.xdr"),
        (Layout(1, 1), 2, "FFFFFFFD--2.xdr"),
        (Layout(64, 1), 2, "FFFFFFFF--0-63.xdr"),
    ],
)
def test_keys_are_those_of_sep_54(layout: Layout, sequence: int, key: str) -> None:
    """A ledger's key is the one of SEP-54's examples and of Galexie, in every kind of layout."""
    assert layout.file_of(sequence).key == key
    assert layout.file_at(key + ".zst") == layout.file_at(key + ".zstd") == layout.file_of(sequence)


@pytest.mark.parametrize("layout", [Layout(2, 8), Layout(1, 64_000), Layout(64, 10)])
def test_a_key_tells_the_layout(layout: Layout) -> None:
    """The layout of a lake without a manifest can be read off any of its keys."""
    assert layout_seen_in(layout.file_of(1_000_000).key + ".zstd") == layout


@pytest.mark.parametrize(
    "key",
    [
        "README.md",
        "FFFFFFFD--2.xdr.zst",  # of another layout
        "FFFFFFFF--0-15/FFFFFFFD--2-3.xdr.zst.tmp",
        "FFFFFFFF--0-15/FFFFFFFC--2-3.xdr.zst",  # the hexadecimal is not the sequence's
        "FFFFFFFF--0-15/FFFFFFEB--20-21.xdr.zst",  # in the wrong partition
    ],
)
def test_foreign_keys_are_no_ledger_files(key: str) -> None:
    """What is not exactly a key of this layout is not taken for a ledger file."""
    assert Layout(2, 8).file_at(key) is None


# Reading


def test_lake_source_is_a_ledger_source(lake: Lake) -> None:
    """The class is what the producer expects of a source, and has no end of its own."""
    source: LedgerSource = lake.source()  # which mypy checks
    assert source.ends is False


def test_pubnet_lake_gives_its_ten_ledgers(ledgers_folder: Path) -> None:
    """A real Galexie lake of pubnet gives its ledgers in order, each naming the hash of the one before."""
    source = LakeSource(str(ledgers_folder / "lake-pubnet"), network=PUBNET)
    assert (source.earliest(), source.latest()) == (63_092_982, 63_092_991)
    ledgers = arrived(source.ledgers(None, 63_092_991))
    assert [ledger.sequence for ledger in ledgers] == list(range(63_092_982, 63_092_992))
    assert [ledger.previous_hash for ledger in ledgers[1:]] == [ledger.hash for ledger in ledgers[:-1]]


def test_testnet_lake_gives_its_three_ledgers(ledgers_folder: Path) -> None:
    """A real Galexie lake of testnet, named by a file URL, gives its ledgers from the middle on."""
    source = LakeSource((ledgers_folder / "lake-testnet").resolve().as_uri(), network=TESTNET)
    assert sequences(source.ledgers(998, 999)) == [998, 999]


def test_real_ledgers_are_found_in_one_file(ledgers_folder: Path, tmp_path: Path) -> None:
    """Real ledgers with transactions, three of them in a file, are taken apart at the right bytes."""
    single = arrived(LakeSource(str(ledgers_folder / "lake-testnet"), network=TESTNET).ledgers(997, 999))
    lake = Lake(tmp_path / "lake", per_file=3).write_manifest(TESTNET.passphrase)
    for first, held in ((996, [single[0], single[0], single[1]]), (999, [single[2]] * 3)):
        # Files are always full: the places of ledgers that we don't have are taken by others, and passed over.
        lake.path_of(first).write_bytes(object_of([ledger.xdr for ledger in held], first, first + 2))
    assert arrived(lake.source(network=TESTNET).ledgers(997, 999)) == single


@pytest.mark.parametrize("suffix", ["zst", "zstd"])
@pytest.mark.parametrize("manifest", [True, False])
@pytest.mark.parametrize(("per_file", "per_partition"), [(1, 4), (4, 2), (4, 1), (1, 1), (3, 5)])
def test_every_layout_is_read(tmp_path: Path, per_file: int, per_partition: int, suffix: str, manifest: bool) -> None:
    """Any layout is read, over files and partitions, from within a file to within one, with or without a manifest."""
    lake = Lake(tmp_path / "lake", per_file, per_partition, suffix).fill(2, 23)
    if manifest:
        lake.write_manifest()
    source = lake.source()
    assert (source.earliest(), source.latest()) == (2, 23)
    assert sequences(source.ledgers(5, 18)) == list(range(5, 19))
    assert [ledger.xdr for ledger in arrived(source.ledgers(None, 9))] == [chain(100)[n] for n in range(2, 10)]


def test_frames_without_a_stated_length_are_read(lake: Lake) -> None:
    """A frame as Galexie streams it, which does not say how long its content is, is read."""
    lake.path_of(5).write_bytes(lake.content_of(5, states_length=False))
    assert sequences(lake.source().ledgers(5, 5)) == [5]


def test_an_empty_range_is_empty(lake: Lake) -> None:
    """When the last ledger lies before the first, there is none."""
    assert arrived(lake.fill(2, 5).source().ledgers(4, 3)) == []


def test_foreign_files_are_passed_over(lake: Lake) -> None:
    """Other files and folders in a lake change neither its lowest nor its newest ledger."""
    lake.fill(7, 9)
    for name in ("README.md", "00000000--x.xdr.zst", "FFFFFFFF--0-63999/00.tmp", "AA--1-2/FFFFFFFA--5.xdr.zst"):
        path = lake.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("not ours")
    source = lake.source()
    assert (source.earliest(), source.latest()) == (7, 9)


def test_an_empty_partition_is_passed_over(tmp_path: Path) -> None:
    """Partitions that hold no ledger are neither the lowest nor the newest."""
    lake = Lake(tmp_path / "lake", 1, 4).write_manifest().fill(8, 13)
    lake.path_of(4)
    lake.path_of(20)
    assert (lake.source().earliest(), lake.source().latest()) == (8, 13)


def test_the_lowest_is_found_in_a_partition_of_many_pages(tmp_path: Path) -> None:
    """The lowest ledger is found whether it lies on the last page of its partition or before."""
    lake = Lake(tmp_path / "lake", 1, 64_000).write_manifest()
    lake.path_of(5000).touch()
    assert lake.source().earliest() == 5000
    lake.path_of(70).touch()
    assert lake.source().earliest() == 70


def test_one_ledger_is_looked_up(tmp_path: Path) -> None:
    """A single ledger is given out of its file, None where the lake has no such file, and again when asked again."""
    source = Lake(tmp_path / "lake", 4, 2).write_manifest().fill(4, 11).source()
    found = source.ledger(6)
    assert found is not None
    assert found.xdr == chain(100)[6]
    assert source.ledger(6) is found
    assert [ledger.sequence for ledger in (source.ledger(5), source.ledger(7)) if ledger] == [5, 7]
    assert (source.ledger(1), source.ledger(12)) == (None, None)


def test_a_ledger_looked_up_is_read_anew(lake: Lake) -> None:
    """A look-up sees that a ledger was replaced by another one of the same sequence, as a network's reset does."""
    source = lake.fill(5, 5).source()
    before = source.ledger(5)
    xdr, other_hash = empty_ledger(5, bytes(31) + b"x")
    lake.path_of(5).write_bytes(object_of([xdr], 5, 5))
    after = source.ledger(5)
    assert before is not None
    assert after is not None
    assert after.hash == other_hash != before.hash


def test_a_relative_path_is_a_lake(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder can be named relative to the current one."""
    monkeypatch.chdir(lake.fill(2, 3).folder.parent)
    assert LakeSource("lake", network=OURS).latest() == 3


# The end of a lake, and holes


def test_the_end_of_a_lake_is_waited_at(lake: Lake) -> None:
    """At the lake's end None comes at least every half second, and the next ledger when its file appears."""
    ledgers = lake.fill(2, 3).source(wait_seconds=0.6).ledgers(3, None)
    assert next(filter(None, ledgers)).sequence == 3
    moments = [time.monotonic()]
    while moments[-1] < moments[0] + 1.2:
        assert next(ledgers) is None
        moments.append(time.monotonic())
    assert max(after - before for before, after in itertools.pairwise(moments)) < 0.5
    lake.fill(4, 4)
    assert next(filter(None, ledgers)).sequence == 4
    assert time.monotonic() < moments[-1] + 1


def test_a_lake_that_is_still_empty_is_waited_for(lake: Lake) -> None:
    """A lake with a manifest alone has no lowest ledger yet, and begins with whatever comes first."""
    source = lake.source()
    assert (source.earliest(), source.latest()) == (None, None)
    ledgers = source.ledgers(None, None)
    assert next(ledgers) is None
    lake.fill(8, 8)
    assert next(filter(None, ledgers)).sequence == 8


def test_a_hole_is_named(lake: Lake) -> None:
    """A ledger that is absent while later ones are there ends the source: key, range and remedy are named."""
    ledgers = lake.fill(2, 4).fill(6, 9).source().ledgers(2, None)
    with pytest.raises(LedgerAbsent) as refused:
        arrived(ledgers)
    assert all(part in str(refused.value) for part in ("ledger 5 ", "FFFFFFFA--5.xdr.zst", "up to 9", "--start 5"))


def test_the_ledgers_before_a_hole_are_given(lake: Lake) -> None:
    """Everything up to the hole comes first."""
    ledgers = filter(None, lake.fill(2, 4).fill(6, 9).source().ledgers(2, None))
    assert [next(ledgers).sequence for _ in range(3)] == [2, 3, 4]


def test_a_first_below_the_lake_is_refused_at_once(lake: Lake) -> None:
    """A first ledger below the lake's lowest is refused with the range, without ten waits."""
    began = time.monotonic()
    with pytest.raises(LedgerAbsent, match=r"ledger 4 .* from 7 on"):
        arrived(lake.fill(7, 9).source(wait_seconds=5).ledgers(4, None))
    assert time.monotonic() - began < 2


def test_no_lake_holds_the_genesis(lake: Lake) -> None:
    """Ledger 1 was never closed: asking for it is refused, and says with which ledger to begin."""
    with pytest.raises(LedgerAbsent, match="begin with 2"):
        arrived(lake.fill(2, 3).source().ledgers(1, 3))


def test_a_suffix_that_changes_on_the_way_is_found(lake: Lake) -> None:
    """A lake whose older files end in .zstd and whose newer ones in .zst is read through."""
    lake.suffix = "zstd"
    lake.fill(2, 4)
    lake.suffix = "zst"
    lake.fill(5, 6)
    assert sequences(lake.source().ledgers(2, 6)) == [2, 3, 4, 5, 6]


def window_after(layout: Layout, present: range, size: int) -> list[list[int]]:
    """Which objects are asked for at each step, when those in `present` are there with that size."""
    asked: list[int] = []

    def fetch(file: LedgerFile) -> LedgerObject | None:
        asked.append(file.first)
        return LedgerObject(file, "", bytes(size)) if file.first in present else None

    steps = []
    with ThreadPoolExecutor(1) as pool:
        window = ahead.Ahead(pool, fetch, layout, 8, 100)
        following = present.start
        for _ in range(len(present) + 3):
            found = window.take(layout.file_of(following)).result()
            pool.submit(int).result()  # everything that was asked for has its answer
            if found:
                window.came(found)
                following += 1
            else:
                window.missed()
            steps.append(list(asked))
            asked.clear()
    return steps


def test_only_the_next_object_is_asked_for_at_the_end() -> None:
    """Far from the end up to eight objects are on their way; at the end one is asked for again and again."""
    steps = window_after(Layout(1, 1), range(10, 40), 100)
    assert steps[0] == [10]
    assert steps[1] == [11, 12]
    assert max(ledger for step in steps for ledger in step) <= 47
    assert steps[-2:] == [[40], [40]]


def test_nothing_beyond_the_last_is_asked_for() -> None:
    """Objects beyond the last ledger that is wanted are not asked for."""
    steps = window_after(Layout(1, 1), range(95, 101), 100)
    assert max(ledger for step in steps[:6] for ledger in step) == 100


def test_large_objects_are_not_hoarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in memory is bounded in bytes, too."""
    monkeypatch.setattr(ahead, "AHEAD_BYTES", 250)
    assert all(len(step) <= 2 for step in window_after(Layout(1, 1), range(10, 30), 100))


# What is wrong with a lake


def test_the_lake_of_another_network_is_refused(ledgers_folder: Path) -> None:
    """A lake whose manifest names another network is refused, and both names are given."""
    source = LakeSource(str(ledgers_folder / "lake-pubnet"), network=TESTNET)
    with pytest.raises(NetworkDiffers, match=r"pubnet .*not of testnet"):
        source.earliest()
    with pytest.raises(NetworkDiffers):
        arrived(source.ledgers(63_092_982, None))


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"networkPassphrase": "x", "compression": "zstd", "ledgersPerBatch": "many"}'],
)
def test_a_malformed_manifest_is_named(lake: Lake, content: bytes) -> None:
    """A manifest that is none is refused by its name."""
    (lake.folder / ".config.json").write_bytes(content)
    with pytest.raises(SourceMalformed, match=r"\.config\.json is no manifest"):
        lake.source().earliest()


@pytest.mark.parametrize("changed", [{"compression": "lz4"}, {"ledgersPerBatch": 0}, {"batchesPerPartition": -1}])
def test_an_unknown_kind_of_lake_is_refused(lake: Lake, changed: dict[str, object]) -> None:
    """Another compression or an impossible layout is refused."""
    lake.write_manifest(changed=changed)
    with pytest.raises(SourceMalformed, match="can't be read here"):
        lake.source().earliest()


def test_a_folder_that_is_no_lake_is_refused(tmp_path: Path) -> None:
    """A folder with neither manifest nor ledger is a mistake in the URL, not a lake that is still empty."""
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SourceError, match="check the URL"):
        arrived(LakeSource(str(tmp_path), network=OURS).ledgers(2, None))


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("no/such/folder", {}, "no folder .*no/such/folder"),
        ("file:///no/such/folder", {}, "can't be opened"),
        ("ftp://example.org/lake", {}, "can't be opened"),
        ("s3://bucket/lake", {"regoin": "us-east-2"}, "regoin"),
        ("s3://bucket/lake", {"timeout": "soon"}, "soon"),
        ("https://user:secret@example.org/lake?token=secret", {"region": "x"}, "https://example.org/lake can't"),
    ],
)
def test_a_url_or_option_that_makes_no_sense_is_named(url: str, options: dict[str, str], said: str) -> None:
    """A lake that can't be opened is refused before anything is asked, without showing secrets."""
    with pytest.raises(SourceError, match=said) as refused:
        LakeSource(url, network=OURS, storage_options=options)
    assert "secret" not in str(refused.value)


def test_a_local_folder_takes_no_options(lake: Lake) -> None:
    """Options that would have no effect are refused."""
    with pytest.raises(SourceError, match="skip_signature"):
        lake.source(storage_options={"skip_signature": "true"})


@pytest.mark.parametrize("option", ["allow_http", "AWS_ALLOW_HTTP", "timeout"])
def test_client_options_are_told_from_store_options(option: str) -> None:
    """Options of the HTTP client go through as well, under the names that obstore has for them."""
    LakeSource("s3://bucket/lake", network=OURS, storage_options={option: "5s" if option == "timeout" else "true"})


@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_a_corrupt_object_is_named(lake: Lake, content: bytes | None) -> None:
    """An object that is cut off or is no zstd frame is named, with its ledger, after a few readings."""
    lake.fill(2, 4)
    lake.path_of(4).write_bytes(lake.content_of(4)[:-20] if content is None else content)
    with pytest.raises(SourceMalformed, match=r"ledger 4 .*FFFFFFFB--4\.xdr\.zst is not a whole zstd frame"):
        arrived(lake.source().ledgers(2, None))


def test_a_half_written_object_is_read_when_it_is_whole(lake: Lake) -> None:
    """A file that somebody is still writing is read again, and then right."""
    whole = lake.content_of(3)
    lake.fill(2, 2).path_of(3).write_bytes(whole[: len(whole) // 2])
    ledgers = filter(None, lake.source(wait_seconds=0.2).ledgers(2, None))
    assert next(ledgers).sequence == 2
    writer = threading.Timer(0.15, lambda: lake.path_of(3).write_bytes(whole))
    writer.start()
    assert next(ledgers).sequence == 3
    writer.join()


@pytest.mark.parametrize(
    ("first", "last", "held", "said"),
    [
        (4, 6, [4, 5, 6], r"should hold ledgers 4–7, but says that it holds 4–6"),
        (8, 11, [8, 9, 10, 11], r"should hold ledgers 4–7, but says that it holds 8–11"),
        (4, 7, [4, 5, 6], r"holds ledgers 4–7, but 3 of them"),
        (4, 7, [4, 5, 7, 6], r"holds ledger 7 in the place of 6"),
    ],
)
def test_a_batch_that_is_not_what_its_key_says_is_refused(
    tmp_path: Path, first: int, last: int, held: list[int], said: str
) -> None:
    """Key, batch and ledgers must agree; the message names the object and both numbers."""
    lake = Lake(tmp_path / "lake", 4, 2).write_manifest()
    lake.path_of(4).write_bytes(object_of([chain(100)[sequence] for sequence in held], first, last))
    with pytest.raises(SourceMalformed, match=rf"FFFFFFFB--4-7\.xdr\.zst.*{said}"):
        arrived(lake.source().ledgers(4, 7))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda xdrs: [*xdrs[:3], xdrs[3] + b"\0\0\0\0"], "4 bytes follow the last ledger"),
        (lambda xdrs: [xdrs[0], b"\xff" * len(xdrs[1]), *xdrs[2:]], "no LedgerCloseMeta at byte"),
        (lambda xdrs: [xdrs[0][:-4], *xdrs[1:]], "no LedgerCloseMeta"),
    ],
)
def test_a_batch_that_does_not_parse_is_refused(
    tmp_path: Path, changed: Callable[[list[bytes]], list[bytes]], said: str
) -> None:
    """Bytes that are too many or no ledger are found while a batch is taken apart."""
    lake = Lake(tmp_path / "lake", 4, 2).write_manifest()
    lake.path_of(4).write_bytes(object_of(changed([chain(100)[sequence] for sequence in range(4, 8)]), 4, 7))
    with pytest.raises(SourceMalformed, match=said):
        arrived(lake.source().ledgers(4, 7))


@pytest.mark.parametrize("states_length", [True, False])
def test_an_object_that_decompresses_without_end_is_refused(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, states_length: bool
) -> None:
    """Decompression is bounded, whether the frame states its length or not."""
    monkeypatch.setattr(batch, "MAXIMUM_LEDGER_BYTES", 10_000)
    lake.path_of(4).write_bytes(object_of([bytes(20_000)], 4, 4, states_length=states_length))
    with pytest.raises(SourceMalformed, match="at most 10012"):
        arrived(lake.source().ledgers(4, 4))


def test_an_object_that_is_too_large_is_not_downloaded(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object larger than its ledgers can be is refused by its size."""
    monkeypatch.setattr(batch, "MAXIMUM_LEDGER_BYTES", 100)
    lake.path_of(4).write_bytes(bytes(1000))
    with pytest.raises(SourceMalformed, match="has 1000 bytes"):
        arrived(lake.source().ledgers(4, 4))


# Plain HTTP


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def web(lake: Lake) -> Iterator[str]:
    """The lake's folder behind a plain web server; its URL."""
    handler = functools.partial(Quiet, directory=str(lake.folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_http_gives_ledgers_but_no_listing(lake: Lake, web: str) -> None:
    """Over plain HTTP ledgers are read from a named first one; the lowest can't be known, and --first is named."""
    lake.fill(2, 5)
    source = LakeSource(web, network=OURS)
    assert sequences(source.ledgers(3, 5)) == [3, 4, 5]
    assert source.latest() is None
    with pytest.raises(SourceError, match="--first"):
        source.earliest()


def test_http_without_a_manifest_needs_a_layout(lake: Lake, web: str) -> None:
    """Without manifest and listing the layout can't be known, unless it is given."""
    lake.fill(2, 5)
    (lake.folder / ".config.json").unlink()
    with pytest.raises(SourceError, match="no manifest"):
        arrived(LakeSource(web, network=OURS).ledgers(2, 5))
    assert sequences(LakeSource(web, network=OURS, layout=Layout(1, 64_000)).ledgers(2, 3)) == [2, 3]


def test_a_hole_is_found_over_http(lake: Lake, web: str) -> None:
    """Where nothing can be listed, the file after the absent one shows that there is a hole."""
    lake.fill(2, 3).fill(5, 6)
    with pytest.raises(LedgerAbsent, match=r"ledger 4 .*FFFFFFFB--4\.xdr\.zst"):
        arrived(LakeSource(web, network=OURS, wait_seconds=0.02).ledgers(2, None))


def test_a_server_that_goes_away_is_unreachable(lake: Lake, web: str) -> None:
    """A server that no longer answers is tried for a bounded time, in which None keeps coming."""
    lake.fill(2, 5)
    closed_port = web.rpartition(":")[0] + ":9"
    began = time.monotonic()
    given = LakeSource(closed_port, network=OURS, patience_seconds=1).ledgers(2, 5)
    assert [next(given), next(given)] == [None, None]
    with pytest.raises(SourceUnreachable, match="check URL"):
        arrived(given)
    assert time.monotonic() - began < 5


def test_a_server_that_never_answers_is_unreachable() -> None:
    """A server that accepts connections and says nothing is given up after the time-out and the retries."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        source = LakeSource(url, network=OURS, storage_options={"timeout": "300ms"}, patience_seconds=0.5)
        began = time.monotonic()
        with pytest.raises(SourceUnreachable, match=r"reading \.config\.json"):
            source.ledger(5)
        assert time.monotonic() - began < 3


# The public lakes


def test_pubnet_and_testnet_have_a_public_lake() -> None:
    """The two public networks have a default URL with its options, others have none."""
    assert default_lake(PUBNET) == (
        "s3://aws-public-blockchain/v1.1/stellar/ledgers/pubnet",
        {"region": "us-east-2", "skip_signature": "true"},
    )
    found = default_lake(TESTNET)
    assert found is not None
    assert found[0].endswith("/ledgers/testnet")
    assert default_lake(network_of("futurenet", None)) is None
    assert default_lake(Network("pubnet", "another passphrase")) is None


def test_the_public_lakes_options_are_accepted() -> None:
    """The default URL and options open without any connection."""
    for network in (PUBNET, TESTNET):
        url, options = default_lake(network) or ("", {})
        LakeSource(url, network=network, storage_options=options).close()


def test_closing_is_immediate(lake: Lake) -> None:
    """A source that waits at its lake's end is closed at once."""
    source = lake.fill(2, 2).source(wait_seconds=30)
    ledgers = source.ledgers(3, None)
    assert next(ledgers) is None
    began = time.monotonic()
    assert isinstance(ledgers, Generator)
    ledgers.close()
    source.close()
    shutil.rmtree(lake.folder)
    assert time.monotonic() - began < 0.5
