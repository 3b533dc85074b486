"""Contract events as rows: every event of the metadata, its values as stellar-sdk writes them."""

import itertools
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stellar_sdk import StrKey
from stellar_sdk import xdr as stellar_xdr

from consumer.decode import scval
from consumer.decode.applied import AppliedLedger, applied_ledger
from consumer.decode.contract_events import contract_event_rows
from consumer.decode.scval import json_of, json_of_data
from consumer.tables import CONTRACT_EVENTS
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.xdr import decode
from schemas.xdr.readers import (
    ContractEvent,
    ContractEventType,
    OperationMetaV2,
    SorobanTransactionMeta,
    SorobanTransactionMetaExt,
    TransactionEvent,
    TransactionMetaV3,
    TransactionMetaV4,
    read_ContractEvent,
)
from tests.support.real_ledgers import real_ledgers
from tests.support.xdr import Builder

COLUMNS = tuple(CONTRACT_EVENTS.columns)
KINDS = list(stellar_xdr.SCValType)
NONE = bytes(4)
"""No changes of ledger entries."""
STAGES = ("before_all_txs", "after_tx", "after_all_txs")


def events_of_meta(meta: object) -> Iterator[tuple[str | None, int | None, bytes]]:
    """Stage or operation, counted from 1, and bytes of each event, in the order in which they happened."""
    if isinstance(meta, TransactionMetaV3) and meta.soroban_meta is not None:
        yield from ((None, 1, event.xdr) for event in meta.soroban_meta.events)
    if not isinstance(meta, TransactionMetaV4):
        return
    yield from ((STAGES[each.stage], None, each.event.xdr) for each in meta.events if each.stage == 0)
    for number, operation in enumerate(meta.operations, start=1):
        yield from ((None, number, event.xdr) for event in operation.events)
    for later in (1, 2):
        yield from ((STAGES[each.stage], None, each.event.xdr) for each in meta.events if each.stage == later)


def test_events_of_real_ledgers(ledgers_folder: Path) -> None:
    """Each event of the metadata, once, where it happened, with contract, name, topics, data and bytes."""
    number = 0
    for network, ledger in real_ledgers(ledgers_folder):
        applied = applied_ledger(ledger, network.id)
        rows = iter(contract_event_rows(applied))
        for order, transaction in enumerate(applied.transactions, start=1):
            transaction_id = ledger.sequence << 32 | order << 12
            for position, (stage, operation, xdr) in enumerate(events_of_meta(transaction.meta)):
                row = dict(zip(COLUMNS, next(rows), strict=True))
                assert row["transaction_id"] == transaction_id
                assert row["ledger_sequence"] == ledger.sequence
                assert row["position"] == position
                assert row["stage"] == stage
                assert row["operation_id"] == (None if operation is None else transaction_id + operation)
                assert row["xdr"] == xdr
                assert_says(row, xdr)
                number += 1
        assert list(rows) == []
    assert number > 44_000


def assert_says(row: dict[str, object], xdr: bytes) -> None:
    event: Any = stellar_xdr.ContractEvent.from_xdr_bytes(xdr)
    topics, data = row["topics"], row["data"]
    assert isinstance(topics, bytes)
    assert isinstance(data, bytes)
    assert json.loads(topics) == [topic.to_json_dict() for topic in event.body.v0.topics]
    assert json.loads(data) == event.body.v0.data.to_json_dict()
    assert topics == json.dumps(json.loads(topics), separators=(",", ":")).encode(), "compact, in UTF-8"
    assert row["type"] == event.type.name.lower()
    contract = event.contract_id
    assert row["contract"] == (None if contract is None else StrKey.encode_contract(contract.contract_id.hash))
    first = json.loads(topics)[0]
    assert row["name"] == (first.get("symbol", first.get("string")) if isinstance(first, dict) else None)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_values_of_every_kind(kind: stellar_xdr.SCValType) -> None:
    """Random values of each kind, with others inside, as stellar-sdk writes them, kept or not."""
    found = 0
    for seed in itertools.count():
        value = Builder(seed).named("SCVal")
        if value.type == kind and not says_null(value):
            assert_same(value)
            found += 1
        if found == 20:
            return


@given(st.integers(min_value=0))
def test_values(seed: int) -> None:
    """Any value at all is as stellar-sdk writes it."""
    value = Builder(seed).named("SCVal")
    assume(not says_null(value))
    assert_same(value)


def says_null(value: stellar_xdr.SCVal) -> bool:
    """Whether a vector or a map in it is absent: stellar-sdk does not write it, and no contract can make it."""
    return any(text in json_of_data(value.to_xdr_bytes()) for text in (b'"vec":null', b'"map":null'))


def test_absent_vectors_and_maps() -> None:
    """What XDR can say, although no contract can, is null, as SEP-51 has it of all that is optional."""
    assert json_of(struct.pack(">iI", stellar_xdr.SCValType.SCV_VEC, 0)) == b'{"vec":null}'
    assert json_of(struct.pack(">iI", stellar_xdr.SCValType.SCV_MAP, 0)) == b'{"map":null}'


def assert_same(value: Any) -> None:
    expected = json.dumps(value.to_json_dict(), separators=(",", ":")).encode()
    assert json_of(value.to_xdr_bytes()) == expected
    assert json_of_data(value.to_xdr_bytes()) == expected


@given(st.binary(max_size=200))
@example(b'nul \0, tab \t, \n, \r, quote ", slash \\, \x7f, caf\xc3\xa9, \xff')
@example(b"\\u0000")
@example(b"plain\n")
def test_text_of_any_bytes(text: bytes) -> None:
    """No NUL and nothing but ASCII, whatever the bytes are; the bytes can be had back."""
    value = stellar_xdr.SCVal(stellar_xdr.SCValType.SCV_STRING, str=stellar_xdr.SCString(text))
    json_text = json_of(value.to_xdr_bytes())
    assert_same(value)
    assert b"\\u" not in json_text.replace(b"\\\\", b"")
    assert json_text.isascii()
    assert stellar_xdr.SCVal.from_json_dict(json.loads(json_text)) == value


def test_numbers_at_their_limits() -> None:
    """No digit is lost."""
    for value in (0, 1, -1, 2**63, -(2**63), 2**64 - 1, 2**127 - 1, -(2**127)):
        xdr = struct.pack(">i", stellar_xdr.SCValType.SCV_I128) + value.to_bytes(16, "big", signed=True)
        assert json_of(xdr) == json_of_data(xdr) == b'{"i128":"%d"}' % value


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values without end, and values without bounds, fill no memory, and are written the same."""
    monkeypatch.setattr(scval, "_MOST", 3)
    kept = scval._Json()
    for length in (*range(20), 1_000):
        xdr = stellar_xdr.SCVal.from_json_dict({"string": "n" * length}).to_xdr_bytes()
        assert kept[xdr] == b'{"string":"%b"}' % (b"n" * length)
        assert len(kept) <= 3
        assert (xdr in kept) is (length < 100)


@pytest.mark.parametrize("kind", [stellar_xdr.SCValType.SCV_VEC, stellar_xdr.SCValType.SCV_MAP])
def test_the_deepest_value(kind: stellar_xdr.SCValType) -> None:
    """A value as deep as XDR lets it be is written."""
    void = struct.pack(">i", stellar_xdr.SCValType.SCV_VOID)
    opening = struct.pack(">iII", kind, 1, 1) + (void if kind == stellar_xdr.SCValType.SCV_MAP else b"")
    before, after = {
        stellar_xdr.SCValType.SCV_VEC: (b'{"vec":[', b"]}"),
        stellar_xdr.SCValType.SCV_MAP: (b'{"map":[{"key":"void","val":', b"}]}"),
    }[kind]
    assert json_of_data(opening * 511 + void) == before * 511 + b'"void"' + after * 511


Json = str | dict[str, Any]


def event(
    *topics: Json,
    data: Json = "void",
    kind: int = ContractEventType.CONTRACT,
    contract: bytes | None = bytes(32),
) -> ContractEvent:
    """With topics and data in the JSON of stellar-sdk."""
    values = [stellar_xdr.SCVal.from_json_dict(topic) for topic in topics]
    built = stellar_xdr.ContractEvent(
        ext=stellar_xdr.ExtensionPoint(0),
        contract_id=None if contract is None else stellar_xdr.ContractID(stellar_xdr.Hash(contract)),
        type=stellar_xdr.ContractEventType(kind),
        body=stellar_xdr.ContractEventBody(
            0, stellar_xdr.ContractEventV0(values, stellar_xdr.SCVal.from_json_dict(data))
        ),
    )
    return decode(read_ContractEvent, built.to_xdr_bytes())


Meta = TransactionMetaV3 | TransactionMetaV4
Applied = Callable[..., AppliedLedger]


@pytest.fixture
def applied_with(ledgers: list[Ledger], network: Network) -> Applied:
    """A ledger of one transaction with this metadata."""

    def made(meta: Meta, operations: int = 1, *, successful: bool = True) -> AppliedLedger:
        for ledger in ledgers:
            applied = applied_ledger(ledger, network.id)
            for transaction in applied.transactions:
                if transaction.successful is successful:
                    transaction.operations[:] = transaction.operations[:1] * operations
                    return replace(applied, transactions=[replace(transaction, id=4096, meta=meta)])
        raise AssertionError

    return made


def named(applied: AppliedLedger, *columns: str) -> list[tuple[object, ...]]:
    return [
        tuple(dict(zip(COLUMNS, row, strict=True))[column] for column in columns)
        for row in contract_event_rows(applied)
    ]


def test_order_within_a_transaction(applied_with: Applied) -> None:
    """Before all transactions, the operations, after the transaction, after all; each counted once."""
    fee, early, one, two, late, last = (
        event({"symbol": name}) for name in ("fee", "early", "one", "two", "late", "last")
    )
    meta = TransactionMetaV4(
        NONE,
        [OperationMetaV2(NONE, [one, one]), OperationMetaV2(NONE, []), OperationMetaV2(NONE, [two])],
        NONE,
        None,
        [TransactionEvent(2, last), TransactionEvent(0, fee), TransactionEvent(1, late), TransactionEvent(0, early)],
        [],
    )
    assert named(applied_with(meta, 3), "position", "stage", "operation_id", "name") == [
        (0, "before_all_txs", None, "fee"),
        (1, "before_all_txs", None, "early"),
        (2, None, 4097, "one"),
        (3, None, 4097, "one"),
        (4, None, 4099, "two"),
        (5, "after_tx", None, "late"),
        (6, "after_all_txs", None, "last"),
    ]


def test_names(applied_with: Applied) -> None:
    """A symbol or a string of up to 128 bytes, escaped as in the topics; else there is none."""
    topics: list[list[Json]] = [
        [{"symbol": "transfer"}],
        [{"string": "DeFindexVault"}, {"symbol": "deposit"}],
        [{"string": "caf\\xc3\\xa9 \\0"}],
        [{"string": "n" * 128}],
        [{"string": "n" * 129}],
        [{"string": ""}],
        [{"u32": 7}, {"symbol": "transfer"}],
        ["void"],
        [],
    ]
    meta = TransactionMetaV4(NONE, [OperationMetaV2(NONE, [event(*each) for each in topics])], NONE, None, [], [])
    assert [name for (name,) in named(applied_with(meta), "name")] == [
        "transfer",
        "DeFindexVault",
        "caf\\xc3\\xa9 \\0",
        "n" * 128,
        None,
        "",
        None,
        None,
        None,
    ]


def test_kinds_of_events(applied_with: Applied) -> None:
    """Those of contracts and of the network itself, which has no contract; diagnostic ones are no rows."""
    kinds = (ContractEventType.SYSTEM, ContractEventType.DIAGNOSTIC, ContractEventType.CONTRACT)
    events = [event("void", kind=kind, contract=None) for kind in kinds]
    meta = TransactionMetaV4(NONE, [OperationMetaV2(NONE, events)], NONE, None, [], [])
    applied = applied_with(meta)
    assert named(applied, "position", "type", "contract") == [(0, "system", None), (1, "contract", None)]


@pytest.mark.parametrize("successful", [True, False])
def test_events_before_they_were_by_operation(applied_with: Applied, *, successful: bool) -> None:
    """Up to protocol 22 they stand beside the operations: they are the one operation's that Soroban allows."""
    soroban = SorobanTransactionMeta(
        SorobanTransactionMetaExt(0, None), [event({"symbol": "a"}), event({"symbol": "b"})], bytes(8), []
    )
    applied = applied_with(TransactionMetaV3(NONE, [], NONE, soroban), successful=successful)
    assert named(applied, "position", "operation_id", "stage", "name") == [(0, 4097, None, "a"), (1, 4097, None, "b")]
    without = applied_with(TransactionMetaV3(NONE, [], NONE, None), 2)
    assert contract_event_rows(without) == []
