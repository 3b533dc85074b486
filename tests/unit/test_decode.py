"""Rows against what other programs, written by others, say of the same ledgers."""

import copy
import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from stellar_sdk import xdr as stellar_xdr

from consumer.decode import rows_of
from consumer.decode.transactions import toid
from consumer.tables import LEDGERS, TRANSACTIONS, Row, Table
from producer.sources.lake import LakeSource
from schemas.errors import LedgerMalformed
from schemas.ledger import Ledger
from schemas.network import Network, network_of
from tests.unit.test_ledger import decompressed

PUBNET = network_of("pubnet", None)


def oracle(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def named(table: Table, row: Row) -> dict[str, Any]:
    return dict(zip(table.column_names, row, strict=True))


def same_code(ours: str, theirs: str) -> bool:
    """txFEE_BUMP_INNER_FAILED is the network's spelling, TransactionResultCodeTxFeeBumpInnerFailed Go's."""
    return ours.replace("_", "").lower() == theirs.removeprefix("TransactionResultCode").lower()


def rows_of_protocol_13(folder: Path, table: Table) -> list[dict[str, Any]]:
    ledgers = [Ledger.from_xdr(decompressed(path)) for path in sorted(folder.glob("single/pubnet-308*.zst"))]
    return [named(table, row) for ledger in ledgers for row in rows_of(ledger, PUBNET.id).rows[table.name]]


def test_ledgers_as_stellar_etl_has_them(ledgers_folder: Path) -> None:
    """Ledger headers and counts are those of SDF's own exporter."""
    ours = {row["sequence"]: row for row in rows_of_protocol_13(ledgers_folder, LEDGERS)}
    theirs = oracle(ledgers_folder / "oracles/stellar-etl/ledgers.ndjson.gz")
    assert len(theirs) == 5
    for each in theirs:
        row = ours[each["sequence"]]
        assert row["hash"].hex() == each["ledger_hash"]
        assert row["previous_hash"].hex() == each["previous_ledger_hash"]
        assert row["closed_at"] == datetime.fromisoformat(each["closed_at"])
        assert row["operations"] == each["operation_count"]
        assert (row["successful_transactions"], row["failed_transactions"]) == (
            each["successful_transaction_count"],
            each["failed_transaction_count"],
        )
        assert [row[name] for name in ("total_coins", "fee_pool", "base_fee", "base_reserve", "protocol_version")] == [
            each[name] for name in ("total_coins", "fee_pool", "base_fee", "base_reserve", "protocol_version")
        ]


def test_transactions_as_stellar_etl_has_them(ledgers_folder: Path) -> None:
    """All transactions of the protocol 13 ledgers are those of SDF's own exporter, in order and content."""
    ours = {row["id"]: row for row in rows_of_protocol_13(ledgers_folder, TRANSACTIONS)}
    theirs = oracle(ledgers_folder / "oracles/stellar-etl/transactions.ndjson.gz")
    assert len(ours) == len(theirs) == 341
    for each in theirs:
        row = ours[each["id"]]
        assert row["hash"].hex() == each["transaction_hash"]
        assert row["ledger_sequence"] == each["ledger_sequence"]
        assert row["source_account"] == each["account"]
        assert row["fee_charged"] == each["fee_charged"]
        assert row["successful"] == each["successful"]
        assert row["operation_count"] == each["operation_count"]
        assert row["result_code"].lower() == each["transaction_result_code"].lower().replace(
            "transactionresultcode", ""
        )
        assert row["memo_type"] == each["memo_type"].removeprefix("MemoTypeMemo").lower()


def test_transactions_as_wallet_backend_has_them(ledgers_folder: Path) -> None:
    """All transactions of the pubnet ledgers have the ids, hashes, fees and outcomes that another program gives."""
    lake = LakeSource(str(ledgers_folder / "lake-pubnet"), network=PUBNET)
    ours: dict[str, dict[str, Any]] = {}
    for ledger in lake.ledgers(lake.earliest(), lake.latest()):
        if ledger is not None:
            rows = rows_of(ledger, PUBNET.id).rows[TRANSACTIONS.name]
            ours |= {row["hash"].hex(): row for row in (named(TRANSACTIONS, each) for each in rows)}
    theirs = oracle(ledgers_folder / "oracles/wallet-backend/transactions.ndjson.gz")
    assert len(ours) == len(theirs) == 2650
    for each in theirs:
        row = ours[each["hash"]]
        assert row["id"] == each["to_id"]
        assert row["fee_charged"] == each["fee_charged"]
        assert same_code(row["result_code"], each["result_code"])
        assert row["ledger_sequence"] == each["ledger_number"]


def forged_results(meta: stellar_xdr.LedgerCloseMeta) -> Iterator[stellar_xdr.LedgerCloseMeta]:
    """The same header around other results: one dropped, one doubled, one changed, none, another order."""
    assert meta.v2 is not None
    honest = meta.v2.tx_processing
    changed = copy.deepcopy(honest)
    changed[0].result.result.fee_charged = stellar_xdr.Int64(999_999_999)
    for forged in (honest[:-1], [*honest, honest[0]], changed, [], honest[::-1]):
        meta.v2.tx_processing = forged
        yield meta
    meta.v2.tx_processing = honest


def test_results_that_the_header_does_not_prove(ledgers: list[Ledger], network: Network) -> None:
    """What the network hashes is proved: no transaction can be left out, doubled, changed or moved."""
    ledger = next(each for each in ledgers if len(rows_of(each, network.id).rows[TRANSACTIONS.name]) > 2)
    for forged in forged_results(stellar_xdr.LedgerCloseMeta.from_xdr_bytes(ledger.xdr)):
        with pytest.raises(LedgerMalformed, match="its results hash to"):
            rows_of(replace(ledger, xdr=forged.to_xdr_bytes()), network.id)


def test_toid() -> None:
    """SEP-35: 32 bits of ledger, 20 of transaction, 12 of operation."""
    assert toid(30822015, 1) == 132379546421825536
    assert toid(1, 0) == 1 << 32


def test_rows_of_the_simulated_network(ledgers: list[Ledger], network: Network) -> None:
    """Fee bumps, muxed accounts, every kind of memo and failures are there, and their rows say so."""
    rows = [
        named(TRANSACTIONS, row) for ledger in ledgers for row in rows_of(ledger, network.id).rows[TRANSACTIONS.name]
    ]
    assert {row["memo_type"] for row in rows} == {"none", "text", "id", "hash", "return"}
    assert {row["successful"] for row in rows} == {True, False}
    assert any(row["fee_bump"] and row["fee_account"] != row["source_account"] for row in rows)
    assert any((row["source_account_muxed"] or "").startswith("M") for row in rows)
    assert all(row["id"] == toid(row["ledger_sequence"], row["application_order"]) for row in rows)
    assert any(not rows_of(ledger, network.id).rows[TRANSACTIONS.name] for ledger in ledgers), "no ledger is empty"
