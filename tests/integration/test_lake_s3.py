"""The data lake as a source, over the S3 protocol: moto's server, which refuses what S3 would refuse."""

import json
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import zstandard
from moto.server import ThreadedMotoServer

from producer.errors import LedgerAbsent, SourceError, SourceUnreachable
from producer.sources.lake import LakeSource, default_lake
from schemas.ledger import Ledger
from schemas.network import network_of

PUBNET = network_of("pubnet", None)
FOLDER = "v1.1/stellar/ledgers/pubnet"
MANIFEST = {
    "networkPassphrase": PUBNET.passphrase,
    "version": "1.0",
    "compression": "zstd",
    "ledgersPerBatch": 1,
    "batchesPerPartition": 64000,
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def s3(endpoint: str) -> Any:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-2", **keys)


@pytest.fixture
def bucket(s3: Any) -> Iterator[str]:
    """The bucket's name is that of the public lake: the URL under test is the default one."""
    name = "aws-public-blockchain"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    yield name
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=name)
    for page in list(pages):
        if page["KeyCount"]:
            s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": entry["Key"]} for entry in page["Contents"]]})
    s3.delete_bucket(Bucket=name)


class PublicLake:
    """Ledger files, in the place where the public lake has them."""

    def __init__(self, s3: Any, bucket: str, endpoint: str, files: dict[str, bytes]) -> None:
        self._s3, self._bucket, self._endpoint, self._files = s3, bucket, endpoint, files

    def fill(self, first: int, last: int, acl: str = "public-read") -> None:
        self.put(".config.json", json.dumps(MANIFEST).encode(), acl)
        for key, content in self._files.items():
            if first <= int(key.rpartition("--")[2].partition(".")[0]) <= last:
                self.put(key, content, acl)

    def put(self, key: str, content: bytes, acl: str = "public-read") -> None:
        self._s3.put_object(Bucket=self._bucket, Key=f"{FOLDER}/{key}", Body=content, ACL=acl)

    def source(self, url: str | None = None, **options: str) -> LakeSource:
        """With the default URL and options, but for what is named."""
        default_url, default_options = default_lake(PUBNET) or ("", {})
        return LakeSource(
            url or default_url,
            network=PUBNET,
            storage_options=default_options | {"endpoint": self._endpoint} | options,
            wait_seconds=0.05,
            patience_seconds=1.0,
        )


@pytest.fixture
def lake(s3: Any, bucket: str, endpoint: str, ledgers: list[Ledger]) -> PublicLake:
    """A lake that may hold ledgers 2 to 41, said to be those of pubnet."""
    return PublicLake(s3, bucket, endpoint, {key_of(ledger.sequence): content_of(ledger) for ledger in ledgers})


@pytest.fixture
def pubnet_lake(s3: Any, bucket: str, endpoint: str, ledgers_folder: Path) -> PublicLake:
    """A lake with the real ones."""
    folder = ledgers_folder / "lake-pubnet"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("*/*.zst")}
    return PublicLake(s3, bucket, endpoint, files)


def key_of(sequence: int) -> str:
    return f"FFFFFFFF--0-63999/{0xFFFFFFFF - sequence:08X}--{sequence}.xdr.zst"


def content_of(ledger: Ledger) -> bytes:
    return zstandard.compress(struct.pack(">III", ledger.sequence, ledger.sequence, 1) + ledger.xdr)


def arrived(ledgers: Iterator[Ledger | None]) -> list[Ledger]:
    return [ledger for ledger in ledgers if ledger is not None]


def test_the_public_lake_is_read_unsigned(pubnet_lake: PublicLake) -> None:
    """The default URL and options list and read the public lake without any credentials."""
    pubnet_lake.fill(63_092_982, 63_092_991)
    source = pubnet_lake.source()
    assert (source.earliest(), source.latest()) == (63_092_982, 63_092_991)
    ledgers = arrived(source.ledgers(None, 63_092_991))
    assert [ledger.sequence for ledger in ledgers] == list(range(63_092_982, 63_092_992))
    assert [ledger.previous_hash for ledger in ledgers[1:]] == [ledger.hash for ledger in ledgers[:-1]]


def test_the_end_of_the_lake_is_waited_at(lake: PublicLake) -> None:
    """The next ledger is given when its object appears."""
    lake.fill(2, 4)
    ledgers = lake.source().ledgers(4, None)
    assert next(filter(None, ledgers)).sequence == 4
    assert next(ledgers) is None
    lake.fill(5, 5)
    assert next(filter(None, ledgers)).sequence == 5


def test_a_hole_is_named(lake: PublicLake) -> None:
    """A missing object before later ones is named with its ledger."""
    lake.fill(2, 4)
    lake.fill(6, 9)
    with pytest.raises(LedgerAbsent, match=r"ledger 5 .*FFFFFFFF--0-63999/FFFFFFFA--5\.xdr\.zst.* up to 9 "):
        arrived(lake.source().ledgers(2, None))


def test_long_listings_are_followed(lake: PublicLake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lowest ledger lies beyond a listing's first page, in the lowest of several partitions."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "20")  # a page; S3's own has 1000
    lake.fill(2, 41)
    lake.put("FFFF05FF--64000-127999/FFFF05FF--64000.xdr.zst", b"")
    assert (lake.source().earliest(), lake.source().latest()) == (2, 64_000)


def test_credentials_are_passed_through(lake: PublicLake) -> None:
    """A private lake is read with the credentials among the storage options."""
    lake.fill(2, 3, acl="private")
    signed = {"skip_signature": "false", "access_key_id": "key", "secret_access_key": "secret"}
    assert lake.source(**signed).latest() == 3
    assert len(arrived(lake.source(**signed).ledgers(2, 3))) == 2


def test_a_private_lake_says_so(lake: PublicLake) -> None:
    """Denied access names URL and object, and speaks of credentials."""
    lake.fill(2, 3, acl="private")
    with pytest.raises(SourceError, match=rf"{FOLDER}: reading \.config\.json: access is denied.*skip_signature=true"):
        arrived(lake.source().ledgers(2, None))


def test_a_bucket_that_does_not_exist_is_no_lake_to_wait_for(lake: PublicLake) -> None:
    """A mistaken bucket is refused, though S3 says "not found" as of an object that is still to come."""
    for ask in (LakeSource.earliest, LakeSource.latest, lambda source: source.ledger(5)):
        with pytest.raises(SourceError, match=r"s3://no-such-bucket/lake.*no such bucket"):
            ask(lake.source(url="s3://no-such-bucket/lake"))


def test_a_folder_without_a_lake_is_refused(lake: PublicLake) -> None:
    """A mistaken folder is refused."""
    lake.fill(2, 2)
    with pytest.raises(SourceError, match="check the URL"):
        arrived(lake.source(url="s3://aws-public-blockchain/v1.1/stellar/ledgers/pubnt").ledgers(None, None))


def test_an_endpoint_that_is_not_there_is_unreachable(lake: PublicLake) -> None:
    """Where nobody listens the source ends after its patience, and gives None meanwhile."""
    began = time.monotonic()
    given = lake.source(endpoint="http://127.0.0.1:9").ledgers(2, None)
    assert next(given) is None
    with pytest.raises(SourceUnreachable, match=r"s3://aws-public-blockchain/.*check URL, endpoint"):
        arrived(given)
    assert time.monotonic() - began < 8


def test_http_to_the_same_objects_can_not_list(lake: PublicLake, endpoint: str, bucket: str) -> None:
    """The same lake by its plain HTTP address is read from a named first ledger."""
    lake.fill(2, 4)
    source = LakeSource(f"{endpoint}/{bucket}/{FOLDER}", network=PUBNET)
    assert len(arrived(source.ledgers(3, 4))) == 2
    with pytest.raises(SourceError, match="--first"):
        source.earliest()
