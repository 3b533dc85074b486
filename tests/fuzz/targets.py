"""What is fuzzed: each takes bytes that anybody may have written, and may only refuse them by name.

An error that is not named, a value that no table takes, a hang or too much memory ends the fuzzer, which keeps the
bytes. What is found belongs in the unit tests.
"""

import json
from collections.abc import Callable
from dataclasses import replace

from consumer.decode import applied, rows_of
from consumer.tables import CHOICE, LEDGERS, LedgerRows
from producer.errors import SourceMalformed
from producer.sources.lake.batch import LedgerObject, ledgers_in
from producer.sources.lake.layout import LedgerFile
from producer.sources.simulated import SimulatedNetwork
from schemas.errors import LedgerMalformed, LedgerRefused, RecordRefused, XdrMalformed
from schemas.ledger import Ledger
from schemas.network import network_of
from schemas.record import decode as decode_record
from schemas.record import encode, key_of
from schemas.xdr import decode
from schemas.xdr.readers import read_LedgerCloseMeta, read_SCVal, read_TransactionEnvelope

Target = Callable[[bytes], None]

NETWORK = network_of("simulated", None)
FIRST = Ledger.from_xdr(SimulatedNetwork().close_ledger())
RECORD = decode_record(key_of(FIRST.sequence), encode(FIRST, NETWORK))

_BITS = {"int4": 31, "int8": 63}


def record(data: bytes) -> None:
    """A message's value: frame, Avro, zstd, and the head of the ledger."""
    try:
        decode_record(key_of(FIRST.sequence), data).ledger()
    except (RecordRefused, LedgerRefused):
        return


def payload(data: bytes) -> None:
    """The payload of a record that is right otherwise."""
    for length in (RECORD.uncompressed_length, len(data), 1 << 20):
        try:
            replace(RECORD, payload=data, uncompressed_length=length).ledger()
        except LedgerRefused:
            continue


def readers(data: bytes) -> None:
    """XDR: a whole ledger, a contract's value, which nests, and an envelope."""
    for read in (read_LedgerCloseMeta, read_SCVal, read_TransactionEnvelope):
        try:
            decode(read, data)
        except XdrMalformed:
            continue


def rows(data: bytes) -> None:
    """The rows of a ledger, none of which is proved: nothing proves metadata, and the rest is let pass here."""
    vars(applied).update(check_set=_let_pass, check_results=_let_pass)
    try:
        header = decode(read_LedgerCloseMeta, data).value.ledger_header.header
        _check(rows_of(replace(FIRST, sequence=header.ledger_seq, xdr=data), NETWORK.id))
    except LedgerMalformed:
        return


def _let_pass(*_body_and_ledger: object) -> None: ...


def _check(found: LedgerRows) -> None:
    """Every value is one that its column takes."""
    for table in (LEDGERS, *CHOICE):
        for row in found.rows[table.name]:
            for (column, kind), value in zip(table.columns.items(), row, strict=True):
                assert value is None or _fits(kind, value), f"{table.name}.{column} does not take {value!r}"


def _fits(kind: str, value: object) -> bool:
    if kind in _BITS:
        return isinstance(value, int) and -(1 << _BITS[kind]) <= value < 1 << _BITS[kind]
    if kind == "text":
        return isinstance(value, str) and "\0" not in value and bool(value.encode() or True)
    if kind == "jsonb":
        return isinstance(value, bytes) and "\0" not in _strings_of(value)
    return True


def _strings_of(text: bytes) -> str:
    """All strings in it, one after the other."""
    found: list[str] = []

    def collect(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for name, each in value.items():
                found.append(name)
                collect(each)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    collect(json.loads(text))
    return "".join(found).encode().decode()


def lake(data: bytes) -> None:
    """An object of a data lake: of one ledger, and of several."""
    for first, last in ((2, 2), (2, 9)):
        try:
            list(ledgers_in(LedgerObject(LedgerFile(first, last, "fuzzed"), "fuzzed", data), first))
        except SourceMalformed:
            continue


TARGETS: dict[str, Target] = {each.__name__: each for each in (record, payload, readers, rows, lake)}
