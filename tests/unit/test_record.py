"""The contract on the wire: what is written is read, and everything else is refused by name."""

import io
import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import fastavro
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from schemas import record as record_module
from schemas.errors import (
    HeaderDisagrees,
    KeyDisagrees,
    LedgerMalformed,
    LedgerRefused,
    LedgerTooLarge,
    NotFramed,
    RecordMalformed,
    RecordRefused,
    TrailingBytes,
    UnknownCodec,
    UnknownFingerprint,
    WrongLength,
)
from schemas.ledger import MAXIMUM_LEDGER_BYTES, MAXIMUM_MESSAGE_BYTES, Ledger
from schemas.network import Network
from schemas.record import (
    MAXIMUM_RECORD_BYTES,
    NONE,
    SCHEMA,
    ZSTD,
    LedgerRecord,
    decode,
    encode,
    fingerprint_of,
    headers_of,
    key_of,
)

FRAME_BYTES = 10


@pytest.fixture(params=[ZSTD, NONE])
def codec(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def written(ledger: Ledger, network: Network, **fields: Any) -> bytes:
    """A value whose Avro fields are forged."""
    body = io.BytesIO()
    honest = record_module._fields(ledger, network, ZSTD)
    fastavro.schemaless_writer(body, fastavro.parse_schema(SCHEMA), {**honest, **fields})
    return encode(ledger, network)[:FRAME_BYTES] + body.getvalue()


def test_what_is_written_is_read(ledgers: list[Ledger], network: Network, codec: str) -> None:
    """Every ledger comes back as it was, with each codec."""
    for ledger in ledgers:
        record = decode(key_of(ledger.sequence), encode(ledger, network, codec))
        assert record.ledger() == ledger
        assert record.network_id == network.id
        assert record.codec == codec
        assert record.uncompressed_length == len(ledger.xdr)


def test_the_frame_is_avro_single_object(ledgers: list[Ledger], network: Network) -> None:
    """Marker C3 01, then the little-endian CRC-64-AVRO of the schema (Avro specification, single-object encoding)."""
    value = encode(ledgers[0], network)
    assert value[:2] == b"\xc3\x01"
    assert value[2:10] == fingerprint_of(SCHEMA)
    assert fingerprint_of({"type": "null"}) == (0x63DD24E7CC258F8A).to_bytes(8, "little")


def test_key_and_headers(ledgers: list[Ledger], network: Network) -> None:
    """A router finds sequence, network, hash and time without decoding."""
    ledger = ledgers[3]
    assert key_of(ledger.sequence) == b"5"
    assert dict(headers_of(ledger, network)) == {
        "network": b"simulated",
        "network-id": network.id.hex().encode(),
        "sequence": b"5",
        "hash": ledger.hash.hex().encode(),
        "closed-at": ledger.closed_at.isoformat().encode(),
        "protocol-version": str(ledger.protocol_version).encode(),
    }


@pytest.mark.parametrize("value", [None, b"", b"\xc3", b"\xc3\x01" + bytes(7), b"{}" * 20, b"\xc3\x02" + bytes(50)])
def test_what_is_not_framed(value: bytes | None) -> None:
    """Nothing, too little and something else are no single-objects."""
    with pytest.raises(NotFramed):
        decode(b"5", value)


def test_an_unknown_fingerprint(ledgers: list[Ledger], network: Network) -> None:
    """A schema that is not known here is refused, naming its fingerprint."""
    value = bytearray(encode(ledgers[0], network))
    value[5] ^= 1
    with pytest.raises(UnknownFingerprint, match=value[2:10].hex()):
        decode(b"2", bytes(value))


def test_trailing_bytes(ledgers: list[Ledger], network: Network) -> None:
    """Nothing may follow the record."""
    with pytest.raises(TrailingBytes, match="3 bytes"):
        decode(b"2", encode(ledgers[0], network) + b"abc")


def test_a_record_that_is_cut(ledgers: list[Ledger], network: Network) -> None:
    """A value that was cut anywhere is refused."""
    value = encode(ledgers[1], network)
    for length in range(FRAME_BYTES, len(value), 7):
        with pytest.raises(RecordMalformed):
            decode(b"3", value[:length])


@pytest.mark.parametrize(
    "fields",
    [{"sequence": 0}, {"sequence": -1}, {"sequence": 2**32}, {"uncompressed_length": -1}, {"closed_at": 2**62}],
)
def test_fields_out_of_range(fields: dict[str, Any], ledgers: list[Ledger], network: Network) -> None:
    """A sequence that no ledger has, a negative length and a time that is no date are refused."""
    with pytest.raises(RecordRefused):
        decode(b"2", written(ledgers[0], network, **fields))


@pytest.mark.parametrize("key", [None, b"", b"3", b"02", b"two"])
def test_a_key_that_disagrees(key: bytes | None, ledgers: list[Ledger], network: Network) -> None:
    """The key is the sequence, in decimal, and nothing else."""
    with pytest.raises(KeyDisagrees):
        decode(key, encode(ledgers[0], network))


def forged(ledger: Ledger, network: Network, **fields: Any) -> LedgerRecord:
    return replace(decode(key_of(ledger.sequence), encode(ledger, network)), **fields)


def test_a_stated_length_beyond_the_maximum(ledgers: list[Ledger], network: Network) -> None:
    """The stated length is checked before anything is decompressed."""
    with pytest.raises(LedgerTooLarge):
        forged(ledgers[0], network, uncompressed_length=MAXIMUM_LEDGER_BYTES + 1).ledger()


def test_a_wrong_length(ledgers: list[Ledger], network: Network, codec: str) -> None:
    """One byte more or less than stated is refused."""
    record = decode(b"2", encode(ledgers[0], network, codec))
    for wrong in (0, record.uncompressed_length - 1, record.uncompressed_length + 1):
        with pytest.raises(WrongLength):
            replace(record, uncompressed_length=wrong).ledger()


def bombs() -> list[tuple[str, bytes]]:
    """A hundred million zeros in a few bytes, with an honest, a small and no stated length."""
    size = 100_000_000
    honest = zstandard.ZstdCompressor().compress(bytes(size))
    silent = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(size))
    two = zstandard.ZstdCompressor().compress(b"x" * 100) + honest
    return [("honest", honest), ("silent", silent), ("two frames", two), ("no frame", b"x" * 100), ("empty", b"")]


@pytest.mark.parametrize(("name", "payload"), bombs(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_decompression_bomb(name: str, payload: bytes, ledgers: list[Ledger], network: Network) -> None:
    """What would grow beyond the stated length is refused before it grows."""
    record = forged(ledgers[0], network, payload=payload, uncompressed_length=100)
    tracemalloc.start()
    try:
        with pytest.raises(LedgerRefused):
            record.ledger()
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_frame_that_lies_about_its_length(ledgers: list[Ledger], network: Network) -> None:
    """A frame whose header states less than its blocks hold is refused."""
    honest = bytearray(zstandard.ZstdCompressor(write_checksum=False).compress(bytes(100_000)))
    stated = honest.index((100_000 - 0).to_bytes(4, "little"))
    honest[stated : stated + 4] = (90_000).to_bytes(4, "little")
    with pytest.raises(WrongLength):
        forged(ledgers[0], network, payload=bytes(honest), uncompressed_length=90_000).ledger()


def test_an_unknown_codec(ledgers: list[Ledger], network: Network) -> None:
    """A codec that is not known here is refused when the ledger is wanted."""
    with pytest.raises(UnknownCodec, match="lz77"):
        forged(ledgers[0], network, codec="lz77").ledger()


@pytest.mark.parametrize("field", ["sequence", "hash", "previous_hash", "closed_at", "protocol_version"])
def test_an_envelope_that_disagrees_with_the_header(field: str, ledgers: list[Ledger], network: Network) -> None:
    """What the record says of a ledger is compared with the ledger's own header."""
    other = {
        "sequence": 77,
        "hash": bytes(32),
        "previous_hash": bytes(32),
        "closed_at": datetime(2020, 1, 1, tzinfo=UTC),
        "protocol_version": 1,
    }
    with pytest.raises(HeaderDisagrees, match=field):
        forged(ledgers[0], network, **{field: other[field]}).ledger()


def test_a_ledger_that_does_not_compress(ledgers: list[Ledger], network: Network, codec: str) -> None:
    """A ledger is refused by name when its record would not fit into a message, and only then."""
    noise = Random(1).randbytes(MAXIMUM_MESSAGE_BYTES)
    fits = replace(ledgers[0], xdr=noise[: MAXIMUM_RECORD_BYTES - 2000])
    assert len(encode(fits, network, codec)) + 100_000 < MAXIMUM_MESSAGE_BYTES
    with pytest.raises(LedgerTooLarge, match=f"ledger {ledgers[0].sequence} of {len(noise)} bytes"):
        encode(replace(ledgers[0], xdr=noise), network, codec)


def test_a_ledger_longer_than_a_message(ledgers: list[Ledger], network: Network) -> None:
    """It is carried when it compresses into one."""
    long = replace(ledgers[0], xdr=ledgers[0].xdr + bytes(2 * MAXIMUM_MESSAGE_BYTES))
    record = decode(key_of(long.sequence), encode(long, network))
    assert record.ledger() == long


def test_a_changed_header(ledgers: list[Ledger]) -> None:
    """A header that is not the one that was hashed is refused, whichever byte changed."""
    xdr = ledgers[0].xdr
    for position in range(48, 400, 5):
        changed = bytearray(xdr)
        changed[position] ^= 1
        with pytest.raises((HeaderDisagrees, LedgerMalformed)):
            Ledger.from_xdr(bytes(changed))


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_by_name(value: bytes) -> None:
    """No byte string does anything but raise a named error."""
    with pytest.raises(RecordRefused):
        decode(b"5", value)
    with pytest.raises(RecordRefused):
        decode(b"5", b"\xc3\x01" + fingerprint_of(SCHEMA) + value)
    with pytest.raises(LedgerRefused):
        Ledger.from_xdr(value)


PUBLISHED = Path(__file__).parent.parent / "data" / "published"


def published_versions() -> list[Path]:
    return sorted(PUBLISHED.iterdir())


@pytest.mark.parametrize("version", published_versions(), ids=lambda path: path.name)
def test_every_published_version_is_read(version: Path, ledgers: list[Ledger], network: Network) -> None:
    """A message that a released version wrote is read by today's code."""
    record = decode(b"5", (version / "ledger-5.bin").read_bytes())
    assert record.sequence == 5
    assert record.network_id == network.id
    assert record.ledger().xdr == (version / "ledger-5.xdr").read_bytes()


def test_no_two_versions_share_a_fingerprint() -> None:
    """Each published schema has its own fingerprint, and today's is among the published ones."""
    schemas = [json.loads((version / "ledger.avsc").read_text()) for version in published_versions()]
    fingerprints = [fingerprint_of(schema) for schema in schemas]
    assert len(set(fingerprints)) == len(fingerprints)
    assert fingerprint_of(SCHEMA) in fingerprints, "publish the new schema: add its version to tests/data/published"
