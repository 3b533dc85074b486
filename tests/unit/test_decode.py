"""Rows against what other programs, written by others, say of the same ledgers."""

import base64
import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from stellar_sdk import StrKey
from stellar_sdk import xdr as stellar_xdr

from consumer import decode
from consumer.decode import rows_of, strkeys
from consumer.decode.applied import AppliedLedger, applied_ledger, toid
from consumer.decode.ledger_entry_changes import ledger_entry_change_rows
from consumer.decode.transactions import transaction_rows
from consumer.tables import LEDGERS, TRANSACTION_SIGNATURES, TRANSACTIONS, Row, Table
from schemas.errors import LedgerMalformed
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.xdr.readers import (
    InnerTransactionResultPair,
    LedgerBounds,
    Preconditions,
    PreconditionsV2,
    SignerKey,
    SignerKeyEd25519SignedPayload,
    TimeBounds,
    Transaction,
    TransactionMetaV4,
)
from tests.support.differences import STELLAR_ETL_LEDGERS, STELLAR_ETL_TRANSACTIONS, Difference
from tests.support.real_ledgers import PUBNET, decompressed, lake_ledgers, named, oracle, real_ledgers


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
    unlike = fields_of(STELLAR_ETL_LEDGERS)
    for each in theirs:
        row = ours[each["sequence"]]
        told = {
            "id": toid(row["sequence"]),
            "ledger_hash": row["hash"].hex(),
            "previous_ledger_hash": row["previous_hash"].hex(),
            "closed_at": row["closed_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "operation_count": row["operations"],
            "successful_transaction_count": row["successful_transactions"],
            "failed_transaction_count": row["failed_transactions"],
            "max_tx_set_size": row["max_transaction_set_size"],
            "tx_set_operation_count": str(row["operations_rows"]),
            **{
                name: row[name]
                for name in ("sequence", "total_coins", "fee_pool", "base_fee", "base_reserve", "protocol_version")
            },
        }
        assert set(each) - set(told) == unlike
        assert told == {name: value for name, value in each.items() if name in told}


def fields_of(differences: list[Difference]) -> set[str]:
    return {each.field for each in differences}


def test_transactions_as_stellar_etl_has_them(ledgers_folder: Path) -> None:
    """All transactions of the protocol 13 ledgers are those of SDF's own exporter, in order and content."""
    ours = {row["id"]: row for row in rows_of_protocol_13(ledgers_folder, TRANSACTIONS)}
    theirs = oracle(ledgers_folder / "oracles/stellar-etl/transactions.ndjson.gz")
    assert len(ours) == len(theirs) == 341
    unlike = fields_of(STELLAR_ETL_TRANSACTIONS)
    for each in theirs:
        told = as_stellar_etl_tells(ours[each["id"]])
        assert set(each) - set(told) == unlike
        assert told == {name: value for name, value in each.items() if name in told}


def as_stellar_etl_tells(row: dict[str, Any]) -> dict[str, Any]:
    """A row of ours in the exporter's words."""
    code = row["result_code"].removeprefix("tx").title().replace("_", "")
    return {
        "id": row["id"],
        "ledger_sequence": row["ledger_sequence"],
        "transaction_hash": row["hash"].hex(),
        "account": row["source_account"],
        "account_sequence": row["account_sequence"],
        "max_fee": row["max_fee"],
        "fee_charged": row["fee_charged"],
        "successful": row["successful"],
        "transaction_result_code": f"TransactionResultCodeTx{code}",
        "operation_count": row["operation_count"],
        "memo_type": f"MemoTypeMemo{row['memo_type'].title()}",
        "memo": row["memo"] or "",
        "time_bounds": "" if row["min_time"] is None else f"[{row['min_time']},{row['max_time'] or ''})",
        "ledger_bounds": "" if row["min_ledger"] is None else f"[{row['min_ledger']},{row['max_ledger']})",
        "min_account_sequence": row["min_account_sequence"],
        "min_account_sequence_age": row["min_account_sequence_age"],
        "min_account_sequence_ledger_gap": row["min_account_sequence_ledger_gap"],
        "extra_signers": row["extra_signers"],
        # Null where a transaction has no Soroban part, their 0.
        "soroban_resources_instructions": row["soroban_instructions"] or 0,
        "soroban_resources_disk_read_bytes": row["soroban_disk_read_bytes"] or 0,
        "soroban_resources_write_bytes": row["soroban_write_bytes"] or 0,
        "resource_fee": row["resource_fee"] or 0,
        "resource_fee_refund": row["resource_fee_refund"] or 0,
        "non_refundable_resource_fee_charged": row["non_refundable_resource_fee_charged"] or 0,
        "refundable_resource_fee_charged": row["refundable_resource_fee_charged"] or 0,
        "rent_fee_charged": row["rent_fee_charged"] or 0,
    }


def test_signatures_as_stellar_etl_has_them(ledgers_folder: Path) -> None:
    """The exporter writes a signature as if it were an account: the same bytes."""
    ours: dict[int, list[bytes]] = {}
    for row in rows_of_protocol_13(ledgers_folder, TRANSACTION_SIGNATURES):
        assert not row["fee_bump"]
        ours.setdefault(row["transaction_id"], []).append(row["signature"])
    for each in oracle(ledgers_folder / "oracles/stellar-etl/transactions.ndjson.gz"):
        theirs = [base64.b32decode(text + "=" * (-len(text) % 8))[1:-2] for text in each["tx_signers"]]
        assert ours[each["id"]] == theirs


def test_transactions_as_wallet_backend_has_them(ledgers_folder: Path) -> None:
    """All transactions of the pubnet ledgers have the ids, hashes, fees and outcomes that another program gives."""
    ours: dict[str, dict[str, Any]] = {}
    closed_at = {}
    for ledger in lake_ledgers(ledgers_folder, PUBNET):
        rows = transaction_rows(applied_ledger(ledger, PUBNET.id))
        ours |= {row["hash"].hex(): row for row in (named(TRANSACTIONS, each) for each in rows)}
        closed_at[ledger.sequence] = ledger.closed_at
    theirs = oracle(ledgers_folder / "oracles/wallet-backend/transactions.ndjson.gz")
    assert len(ours) == len(theirs) == 2650
    for each in theirs:
        row = ours[each["hash"]]
        assert row["id"] == each["to_id"]
        assert row["fee_charged"] == each["fee_charged"]
        assert same_code(row["result_code"], each["result_code"])
        assert row["ledger_sequence"] == each["ledger_number"]
        assert (row["inner_hash"] is not None) == each["is_fee_bump"]
        assert closed_at[row["ledger_sequence"]] == datetime.fromisoformat(each["ledger_created_at"])


def test_inner_hashes_of_real_fee_bumps(ledgers_folder: Path) -> None:
    """The hash of the inner transaction is the one that its result names, where it got so far."""
    compared = 0
    for network, ledger in real_ledgers(ledgers_folder):
        for each in applied_ledger(ledger, network.id).transactions:
            assert (each.inner_hash is None) == (each.fee_bump is None)
            inner = each.result.result.value
            if isinstance(inner, InnerTransactionResultPair):
                assert inner.transaction_hash == each.inner_hash
                compared += 1
    assert compared > 50


def test_soroban_fees_of_real_transactions(ledgers_folder: Path) -> None:
    """What was charged for resources is what was offered, less what was given back; the rest went for inclusion."""
    number = refunded = 0
    for network, ledger in real_ledgers(ledgers_folder):
        for each in transaction_rows(applied_ledger(ledger, network.id)):
            row = named(TRANSACTIONS, each)
            if row["resource_fee"] is not None and row["non_refundable_resource_fee_charged"]:
                charged = row["non_refundable_resource_fee_charged"] + row["refundable_resource_fee_charged"]
                assert row["resource_fee"] - row["resource_fee_refund"] == charged
                assert row["rent_fee_charged"] <= row["refundable_resource_fee_charged"]
                number += 1
                refunded += row["resource_fee_refund"] > 0
    assert number == 257  # nodes state what was charged only when they are told to
    assert refunded > 200


@pytest.fixture
def full(ledgers: list[Ledger], network: Network) -> AppliedLedger:
    """A ledger of several transactions, decoded."""
    return next(it for it in (applied_ledger(each, network.id) for each in ledgers) if len(it.transactions) > 4)


def test_changes_by_upgrades(full: AppliedLedger) -> None:
    """What an upgrade of the network changed is the ledger's own, behind its transactions'."""
    meta = stellar_xdr.LedgerCloseMeta.from_xdr_bytes(full.ledger.xdr)
    assert meta.v2 is not None
    changes = meta.v2.tx_processing[0].fee_processing
    upgrade = stellar_xdr.LedgerUpgrade(
        stellar_xdr.LedgerUpgradeType.LEDGER_UPGRADE_BASE_FEE, new_base_fee=stellar_xdr.Uint32(200)
    )
    meta.v2.upgrades_processing = [stellar_xdr.UpgradeEntryMeta(upgrade, changes)] * 2
    upgraded = applied_ledger(replace(full.ledger, xdr=meta.to_xdr_bytes()), full.network_id)
    before, rows = ledger_entry_change_rows(full), ledger_entry_change_rows(upgraded)
    expected = [each.to_xdr_bytes() for each in changes.ledger_entry_changes] * 2
    assert rows[: len(before)] == before
    assert [(row[0], row[1], row[4], row[-1]) for row in rows[len(before) :]] == [
        (toid(full.sequence), position, "upgrade", xdr) for position, xdr in enumerate(expected)
    ]


def test_changes_of_real_ledgers(ledgers_folder: Path) -> None:
    """Every change of a ledger entry is there once, with the bytes that stellar-sdk reads as the same."""
    for ledger in islice(lake_ledgers(ledgers_folder, PUBNET), 1):
        rows = ledger_entry_change_rows(applied_ledger(ledger, PUBNET.id))
        changes = list(changes_of(stellar_xdr.LedgerCloseMeta.from_xdr_bytes(ledger.xdr)))
        assert [row[-1] for row in rows] == [change.to_xdr_bytes() for change in changes]
        assert len({row[:2] for row in rows}) == len(rows) > 1000
        assert {row[4] for row in rows} >= {"fee", "before", "operation", "refund"}
        assert {row[5] for row in rows} >= {"created", "updated", "removed", "state"}


def changes_of(meta: stellar_xdr.LedgerCloseMeta) -> Iterator[stellar_xdr.LedgerEntryChange]:
    assert meta.v2 is not None
    for each in meta.v2.tx_processing:
        inner = each.tx_apply_processing.v4
        assert inner is not None
        yield from each.fee_processing.ledger_entry_changes
        yield from inner.tx_changes_before.ledger_entry_changes
        for operation in inner.operations:
            yield from operation.changes.ledger_entry_changes
        yield from inner.tx_changes_after.ledger_entry_changes
        yield from each.post_tx_apply_fee_processing.ledger_entry_changes
    for upgrade in meta.v2.upgrades_processing:
        yield from upgrade.changes.ledger_entry_changes


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


def forged_sets(meta: stellar_xdr.LedgerCloseMeta) -> Iterator[stellar_xdr.LedgerCloseMeta]:
    """The same header and results around other signatures, and another base fee."""
    assert meta.v2 is not None
    honest = meta.v2.tx_set
    for forge in (_forge_signature, _forge_base_fee):
        meta.v2.tx_set = copy.deepcopy(honest)
        forge(meta.v2.tx_set)
        yield meta
    meta.v2.tx_set = honest


def _forge_signature(forged: stellar_xdr.GeneralizedTransactionSet) -> None:
    component = _first_component(forged)
    envelope = component.txs[0].v1 or component.txs[0].fee_bump
    assert envelope is not None
    envelope.signatures[0].hint.signature_hint = b"None"


def _forge_base_fee(forged: stellar_xdr.GeneralizedTransactionSet) -> None:
    _first_component(forged).base_fee = stellar_xdr.Int64(123_456)


def _first_component(
    forged: stellar_xdr.GeneralizedTransactionSet,
) -> stellar_xdr.TxSetComponentTxsMaybeDiscountedFee:
    assert forged.v1_tx_set is not None
    [component] = forged.v1_tx_set.phases[0].v0_components or []
    assert component.txs_maybe_discounted_fee is not None
    return component.txs_maybe_discounted_fee


def test_transactions_that_the_header_does_not_prove(ledgers: list[Ledger], network: Network) -> None:
    """Signatures and the set's fee are no part of a transaction's hash: the set's proves them."""
    ledger = next(each for each in ledgers if len(transaction_rows(applied_ledger(each, network.id))) > 2)
    for forged in forged_sets(stellar_xdr.LedgerCloseMeta.from_xdr_bytes(ledger.xdr)):
        with pytest.raises(LedgerMalformed, match="its transaction set hash to"):
            rows_of(replace(ledger, xdr=forged.to_xdr_bytes()), network.id)


def closed_empty(ledger: Ledger) -> Ledger:
    """The same ledger as it would be if its validators had agreed to leave its transaction set out (CAP-83)."""
    meta = stellar_xdr.LedgerCloseMeta.from_xdr_bytes(ledger.xdr)
    assert meta.v2 is not None
    entry = meta.v2.ledger_header
    value = entry.header.scp_value
    assert value.ext.lc_value_signature is not None
    value.ext = stellar_xdr.StellarValueExt(
        stellar_xdr.StellarValueType.STELLAR_VALUE_EMPTY_TX_SET,
        proposed_value=stellar_xdr.StellarValueProposedValue(
            value.tx_set_hash,
            entry.header.previous_ledger_hash,
            entry.header.ledger_version,
            value.ext.lc_value_signature,
        ),
    )
    value.tx_set_hash = stellar_xdr.Hash(bytes(32))
    entry.hash = stellar_xdr.Hash(sha256(entry.header.to_xdr_bytes()).digest())
    return Ledger.from_xdr(meta.to_xdr_bytes())


def test_a_ledger_closed_without_its_transaction_set(ledgers: list[Ledger], network: Network) -> None:
    """Its header names no set, and then there must be no transactions."""
    empty = next(each for each in ledgers if not applied_ledger(each, network.id).transactions)
    full = next(each for each in ledgers if applied_ledger(each, network.id).transactions)
    assert applied_ledger(closed_empty(empty), network.id).transactions == []
    with pytest.raises(LedgerMalformed, match="says that it has no transactions"):
        applied_ledger(closed_empty(full), network.id)


def test_a_ledger_of_another_network(ledgers: list[Ledger]) -> None:
    """Transaction hashes tell networks apart."""
    ledger = next(each for each in ledgers if len(each.xdr) > 5_000)
    with pytest.raises(LedgerMalformed, match="another network's"):
        rows_of(ledger, PUBNET.id)


def test_results_that_the_header_does_not_prove(ledgers: list[Ledger], network: Network) -> None:
    """What the network hashes is proved: no transaction can be left out, doubled, changed or moved."""
    ledger = next(each for each in ledgers if len(rows_of(each, network.id).rows[TRANSACTIONS.name]) > 2)
    for forged in forged_results(stellar_xdr.LedgerCloseMeta.from_xdr_bytes(ledger.xdr)):
        with pytest.raises(LedgerMalformed, match="its results hash to"):
            rows_of(replace(ledger, xdr=forged.to_xdr_bytes()), network.id)


def test_metadata_that_does_not_fit(ledgers: list[Ledger], network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong while rows are made, the ledger is named, and the error is that of a malformed one."""

    def broken(_: AppliedLedger) -> list[Row]:
        raise IndexError("no such operation")

    monkeypatch.setitem(decode._ROWS_OF, TRANSACTIONS, broken)
    with pytest.raises(LedgerMalformed, match=f"ledger {ledgers[0].sequence} does not make rows: IndexError"):
        rows_of(ledgers[0], network.id)


def test_toid() -> None:
    """SEP-35: 32 bits of ledger, 20 of transaction, 12 of operation."""
    assert toid(30822015, 1) == 132379546421825536
    assert toid(1) == 1 << 32
    assert toid(30822015, 1, 2) == 132379546421825538


SIGNERS = [
    (SignerKey(0, bytes(32)), StrKey.encode_ed25519_public_key(bytes(32))),
    (SignerKey(1, b"1" * 32), StrKey.encode_pre_auth_tx(b"1" * 32)),
    (SignerKey(2, b"2" * 32), StrKey.encode_sha256_hash(b"2" * 32)),
    (
        SignerKey(3, SignerKeyEd25519SignedPayload(b"3" * 32, b"paid")),
        StrKey.encode_ed25519_signed_payload(b"3" * 32 + b"\0\0\0\4paid"),
    ),
    (
        SignerKey(3, SignerKeyEd25519SignedPayload(b"3" * 32, b"padded")),
        StrKey.encode_ed25519_signed_payload(b"3" * 32 + b"\0\0\0\6padded\0\0"),
    ),
]
PRECONDITIONS = (
    "min_time",
    "max_time",
    "min_ledger",
    "max_ledger",
    "min_account_sequence",
    "min_account_sequence_age",
    "min_account_sequence_ledger_gap",
    "extra_signers",
)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (Preconditions(0, None), (None,) * 8),
        (Preconditions(1, TimeBounds(3, 2**64 - 1)), (3, 2**64 - 1, *(None,) * 6)),
        (Preconditions(2, PreconditionsV2(None, None, None, 0, 0, [])), (None, None, None, None, None, 0, 0, None)),
        (
            Preconditions(
                2, PreconditionsV2(TimeBounds(1, 2), LedgerBounds(3, 2**32 - 1), 2**63 - 1, 2**64 - 1, 6, [])
            ),
            (1, 2, 3, 2**32 - 1, 2**63 - 1, 2**64 - 1, 6, None),
        ),
        (
            Preconditions(2, PreconditionsV2(None, LedgerBounds(0, 9), 7, 8, 9, [key for key, _ in SIGNERS])),
            (None, None, 0, 9, 7, 8, 9, [strkey for _, strkey in SIGNERS]),
        ),
    ],
)
def test_preconditions(conditions: Preconditions, expected: tuple[object, ...], full: AppliedLedger) -> None:
    """When a transaction may be applied, as it says itself: each bound in its place (CAP-21)."""
    transaction = full.transactions[0].transaction
    assert isinstance(transaction, Transaction)
    transaction.cond = conditions
    row = named(TRANSACTIONS, transaction_rows(full)[0])
    assert tuple(row[name] for name in PRECONDITIONS) == expected


def test_fees_that_were_offered(ledgers: list[Ledger], network: Network) -> None:
    """Of a fee bump the outer fee is the most that may be charged, the inner one stands beside it."""
    bumps = 0
    for ledger in ledgers:
        applied = applied_ledger(ledger, network.id)
        for each, values in zip(applied.transactions, transaction_rows(applied), strict=True):
            row = named(TRANSACTIONS, values)
            if each.fee_bump is None:
                assert (row["max_fee"], row["inner_max_fee"]) == (each.transaction.fee, None)
            else:
                assert (row["max_fee"], row["inner_max_fee"]) == (each.fee_bump.fee, each.transaction.fee)
                assert row["max_fee"] > row["inner_max_fee"]
                bumps += 1
    assert bumps


def test_a_transaction_without_a_fee_has_no_event(full: AppliedLedger) -> None:
    """Whether a node tells of classic operations is known by any of a ledger's transactions."""
    meta = full.transactions[0].meta
    assert isinstance(meta, TransactionMetaV4)
    meta.events.clear()
    assert full.has_unified_events


def test_strkeys(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are stellar-sdk's, and no more of them are kept than the bound says, whatever comes."""
    monkeypatch.setattr(strkeys, "_MOST", 10)
    kinds = {
        6: (b"", StrKey.encode_ed25519_public_key),
        2: (b"", StrKey.encode_contract),
        12: (bytes(8), StrKey.encode_med25519_public_key),
        1: (b"\0", StrKey.encode_claimable_balance),
        11: (b"", StrKey.encode_liquidity_pool),
    }
    for version, (before, encoded) in kinds.items():
        ours = strkeys._Strkeys(version)
        for number in range(0, 7_500, 300):
            key = before + number.to_bytes(32, "little")
            assert ours[key] == ours[key] == encoded(key)
            assert len(ours) <= 10


def test_rows_of_the_simulated_network(ledgers: list[Ledger], network: Network) -> None:
    """Fee bumps, muxed accounts, every kind of memo and failures are there, and their rows say so."""
    rows = [
        named(TRANSACTIONS, row) for ledger in ledgers for row in rows_of(ledger, network.id).rows[TRANSACTIONS.name]
    ]
    assert {row["memo_type"] for row in rows} == {"none", "text", "id", "hash", "return"}
    assert {row["successful"] for row in rows} == {True, False}
    assert any(row["inner_hash"] and row["fee_account"] != row["source_account"] for row in rows)
    assert any((row["source_account_muxed"] or "").startswith("M") for row in rows)
    assert all(row["id"] == toid(row["ledger_sequence"], row["application_order"]) for row in rows)
    assert any(not rows_of(ledger, network.id).rows[TRANSACTIONS.name] for ledger in ledgers), "no ledger is empty"
