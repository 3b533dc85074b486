"""A ledger as a message on the topic: framing, Avro record and compression."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import fastavro
import zstandard
from fastavro.schema import fingerprint, to_parsing_canonical_form

from schemas.errors import (
    HeaderDisagrees,
    KeyDisagrees,
    LedgerTooLarge,
    NotFramed,
    RecordMalformed,
    TrailingBytes,
    UnknownCodec,
    UnknownFingerprint,
    WrongLength,
)
from schemas.ledger import MAXIMUM_LEDGER_BYTES, MAXIMUM_MESSAGE_BYTES, Ledger
from schemas.network import Network

SCHEMA: dict[str, Any] = json.loads(files("schemas").joinpath("ledger.avsc").read_text(encoding="utf-8"))
"""The schema that is written; every version that was ever published stays readable."""

ZSTD = "zstd"
NONE = "none"

MAXIMUM_RECORD_BYTES = MAXIMUM_MESSAGE_BYTES - 1024 * 1024
"""Of a message's value: key, headers and the batch around it need room, too."""

_ZSTD_LEVEL = 3  # 6 to 8 times smaller in 1 to 3 ms; higher levels cost much more than they gain
_LARGEST_SEQUENCE = 2**31 - 1  # what a total order id (SEP-35) has room for
_MARKER = b"\xc3\x01"
_FRAME_BYTES = len(_MARKER) + 8


def fingerprint_of(schema: dict[str, Any]) -> bytes:
    """CRC-64-AVRO of the schema's canonical form, 8 bytes, little-endian (Avro specification)."""
    return bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))


_WRITTEN = fastavro.parse_schema(SCHEMA)
_WRITTEN_FINGERPRINT = fingerprint_of(SCHEMA)
_READABLE = {_WRITTEN_FINGERPRINT: _WRITTEN}


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """The envelope of one ledger, as it was on the wire. `payload` is the XDR, compressed as `codec` says."""

    sequence: int
    hash: bytes
    previous_hash: bytes
    closed_at: datetime
    protocol_version: int
    network_id: bytes
    codec: str
    uncompressed_length: int
    payload: bytes

    def ledger(self) -> Ledger:
        """The ledger inside, proved to be the one that the envelope names.

        Raises:
            LedgerRefused: one of its kinds; the message names the ledger.
        """
        ledger = Ledger.from_xdr(self._decompress())
        for name in ("sequence", "hash", "previous_hash", "closed_at", "protocol_version"):
            stated, actual = getattr(self, name), getattr(ledger, name)
            if stated != actual:
                raise HeaderDisagrees(
                    f"the record of ledger {self.sequence} says {name} {_shown(stated)}, "
                    f"its header says {_shown(actual)}"
                )
        return ledger

    def _decompress(self) -> bytes:
        if self.uncompressed_length > MAXIMUM_LEDGER_BYTES:
            raise LedgerTooLarge(
                f"ledger {self.sequence} states {self.uncompressed_length} bytes; "
                f"at most {MAXIMUM_LEDGER_BYTES} are allowed"
            )
        xdr = self._decompressed_by_codec()
        if len(xdr) != self.uncompressed_length:
            raise WrongLength(
                f"ledger {self.sequence} has {len(xdr)} bytes, its record says {self.uncompressed_length}"
            )
        return xdr

    def _decompressed_by_codec(self) -> bytes:
        if self.codec == NONE:
            return self.payload
        if self.codec != ZSTD:
            raise UnknownCodec(f"ledger {self.sequence} is compressed with {self.codec!r}")
        try:
            # The frame's own length bounds what zstd allocates: compare it first.
            if zstandard.frame_content_size(self.payload) != self.uncompressed_length:
                raise WrongLength(
                    f"the zstd frame of ledger {self.sequence} does not hold {self.uncompressed_length} bytes"
                )
            return zstandard.ZstdDecompressor().decompress(self.payload, allow_extra_data=False)
        except zstandard.ZstdError as error:
            raise WrongLength(f"ledger {self.sequence} does not decompress: {error}") from error


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def encode(ledger: Ledger, network: Network, codec: str = ZSTD) -> bytes:
    """The value of the ledger's message.

    Raises:
        LedgerTooLarge: it is longer than `MAXIMUM_RECORD_BYTES`, however it is compressed.
    """
    out = io.BytesIO()
    out.write(_frame(_WRITTEN_FINGERPRINT))
    fastavro.schemaless_writer(out, _WRITTEN, _fields(ledger, network, codec))
    value = out.getvalue()
    if len(value) > MAXIMUM_RECORD_BYTES:
        raise LedgerTooLarge(
            f"ledger {ledger.sequence} of {len(ledger.xdr)} bytes is {len(value)} bytes on the topic; at most "
            f"{MAXIMUM_RECORD_BYTES} are allowed"
        )
    return value


def _fields(ledger: Ledger, network: Network, codec: str) -> dict[str, Any]:
    return {
        "sequence": ledger.sequence,
        "hash": ledger.hash,
        "previous_hash": ledger.previous_hash,
        "closed_at": ledger.closed_at,
        "protocol_version": ledger.protocol_version,
        "network_id": network.id,
        "codec": codec,
        "uncompressed_length": len(ledger.xdr),
        "xdr": _compress(ledger.xdr, codec),
    }


def _compress(xdr: bytes, codec: str) -> bytes:
    if codec == NONE:
        return xdr
    if codec == ZSTD:
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(xdr)
    raise UnknownCodec(f"no codec is called {codec!r}")


def decode(key: bytes | None, value: bytes | None) -> LedgerRecord:
    """The envelope in a message. The ledger inside is neither decompressed nor checked.

    Raises:
        RecordRefused: one of its kinds.
    """
    fingerprint_found, body = _unframe(value)
    schema = _READABLE.get(fingerprint_found)
    if schema is None:
        raise UnknownFingerprint(f"the Avro schema {fingerprint_found.hex()} is not known here")
    stream = io.BytesIO(body)
    record = _checked(_read_avro(stream, schema))
    if stream.tell() != len(body):
        raise TrailingBytes(f"{len(body) - stream.tell()} bytes follow the record of ledger {record.sequence}")
    if key != key_of(record.sequence):
        raise KeyDisagrees(f"the record of ledger {record.sequence} has the key {key!r}")
    return record


def key_of(sequence: int) -> bytes:
    """The key of a ledger's message: its sequence in decimal."""
    return str(sequence).encode()


def headers_of(ledger: Ledger, network: Network) -> list[tuple[str, str | bytes | None]]:
    """What a router needs to know without decoding the value. All values are UTF-8 text."""
    return [
        ("network", network.name.encode()),
        ("network-id", network.id.hex().encode()),
        ("sequence", key_of(ledger.sequence)),
        ("hash", ledger.hash.hex().encode()),
        ("closed-at", ledger.closed_at.isoformat().encode()),
        ("protocol-version", str(ledger.protocol_version).encode()),
    ]


# The seam for another framing (Confluent's, with a Schema Registry): these two functions.


def _frame(schema_fingerprint: bytes) -> bytes:
    return _MARKER + schema_fingerprint


def _unframe(value: bytes | None) -> tuple[bytes, bytes]:
    if value is None or len(value) < _FRAME_BYTES or not value.startswith(_MARKER):
        raise NotFramed(f"not an Avro single-object: {'no value' if not value else value[:10].hex()}")
    return value[len(_MARKER) : _FRAME_BYTES], value[_FRAME_BYTES:]


def _read_avro(stream: io.BytesIO, schema: Any) -> dict[str, Any]:  # noqa: ANN401 - fastavro's own parsed form
    try:
        return fastavro.schemaless_reader(stream, schema, None)  # type: ignore[return-value]
    except MemoryError:
        raise
    except Exception as error:  # fastavro documents no set of errors for malformed input
        raise RecordMalformed(f"the Avro record does not decode: {error!r}") from error


def _checked(fields: dict[str, Any]) -> LedgerRecord:
    sequence, length, closed_at = fields["sequence"], fields["uncompressed_length"], fields["closed_at"]
    if not 0 < sequence <= _LARGEST_SEQUENCE:
        raise RecordMalformed(f"{sequence} is not the sequence of a ledger")
    if length < 0:
        raise RecordMalformed(f"the record of ledger {sequence} states a length of {length} bytes")
    if not isinstance(closed_at, datetime):
        raise RecordMalformed(f"the record of ledger {sequence} has no valid close time")
    payload = fields.pop("xdr")
    return LedgerRecord(**fields | {"closed_at": closed_at.astimezone(UTC)}, payload=payload)
