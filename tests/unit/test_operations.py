"""Operations and who takes part in them: against two other programs' output, and against examples made by hand."""

import base64
import json
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import stellar_sdk
from stellar_sdk import Asset, ClaimPredicate, MuxedAccount, Price, StrKey, scval
from stellar_sdk import xdr as stellar_xdr
from stellar_sdk.operation.allow_trust import TrustLineEntryFlag as Authorized
from stellar_sdk.operation.revoke_sponsorship import RevokeSponsorship
from stellar_sdk.operation.set_options import AuthorizationFlag as Flag

from consumer.decode.applied import AppliedLedger, AppliedTransaction, applied_ledger, toid
from consumer.decode.details import DETAILS, details_of
from consumer.decode.details.numbers import amount, price
from consumer.decode.details.operation import AppliedOperation, operations_of
from consumer.decode.details.predicates import predicate, timestamp
from consumer.decode.operation_accounts import operation_account_rows
from consumer.decode.operations import operation_rows
from consumer.decode.participants import participants_of
from consumer.decode.strkeys import account
from consumer.decode.transaction_accounts import transaction_account_rows
from consumer.tables import OPERATION_ACCOUNTS, OPERATIONS, TRANSACTION_ACCOUNTS
from schemas.errors import LedgerMalformed, XdrMalformed
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.xdr import decode, readers
from schemas.xdr.readers import OperationType
from tests.support.differences import STELLAR_ETL_OPERATIONS, WALLET_BACKEND_OPERATIONS, Difference
from tests.support.real_ledgers import PUBNET, decompressed, lake_ledgers, named, oracle, real_ledgers
from tests.support.xdr import Builder

Json = dict[str, Any]


def rows_of_operations(ledgers: list[AppliedLedger]) -> list[Json]:
    """By column, `details` read."""
    rows = [named(OPERATIONS, row) for ledger in ledgers for row in operation_rows(ledger)]
    return [row | {"details": json.loads(row["details"])} for row in rows]


def listed(differences: list[Difference], table: str) -> dict[str, int | None]:
    return {each.field: each.rows for each in differences if each.table == table}


# Against stellar-etl


@pytest.fixture(scope="module")
def protocol_13(ledgers_folder: Path) -> list[AppliedLedger]:
    paths = sorted(ledgers_folder.glob("single/pubnet-308*.zst"))
    return [applied_ledger(Ledger.from_xdr(decompressed(path)), PUBNET.id) for path in paths]


def same_name(ours: str | None, theirs: str) -> bool:
    """PAYMENT_SUCCESS is the network's spelling, PaymentResultCodePaymentSuccess Go's."""
    return (ours or "").replace("_", "").lower() == re.sub(".*ResultCode", "", theirs).lower()


def without_asset_ids(theirs: Json, _: Json) -> Json:
    return {name: value for name, value in theirs.items() if not name.endswith("asset_id")}


def exact(*names: str) -> Callable[[Json, Json], Json]:
    """A float becomes our string, if it is the float that this string is."""

    def translated(theirs: Json, ours: Json) -> Json:
        return {
            name: ours[name] if name in names and not isinstance(value, str) and float(ours[name]) == value else value
            for name, value in theirs.items()
        }

    return translated


def offer_id_as_string(theirs: Json, _: Json) -> Json:
    return {name: str(value) if name == "offer_id" else value for name, value in theirs.items()}


ETL_TRANSLATIONS: dict[str, Callable[[Json, Json], Json]] = {
    "details.*asset_id": without_asset_ids,
    "details.amount, limit, starting_balance, source_amount, source_max": exact(
        "amount", "limit", "starting_balance", "source_amount", "source_max"
    ),
    "details.price": exact("price"),
    "details.offer_id": offer_id_as_string,
}


def test_operations_as_stellar_etl_has_them(protocol_13: list[AppliedLedger], ledgers_folder: Path) -> None:
    """Each of 1,077 operations is what SDF's exporter says, field by field, but for what is listed as different."""
    ours = {row["id"]: row for row in rows_of_operations(protocol_13)}
    theirs = oracle(ledgers_folder / "oracles/stellar-etl/operations.ndjson.gz")
    assert len(ours) == len(theirs) == 1077
    different: Counter[str] = Counter()
    for each in theirs:
        row = ours[each["id"]]
        for column, field in {"transaction_id": "transaction_id", "ledger_sequence": "ledger_sequence"}.items():
            assert row[column] == each[field]
        assert (row["type"], row["source_account"]) == (each["type_string"], each["source_account"])
        assert same_name(row["result_code"], each["operation_result_code"])
        assert same_name(row["trace_code"], each["operation_trace_code"])
        details = each["details"]
        for field, translate in ETL_TRANSLATIONS.items():
            translated = translate(details, row["details"])
            different[field] += translated != details
            details = translated
        assert row["details"] == details
    assert dict(different) == listed(STELLAR_ETL_OPERATIONS, "operations")


# Against wallet-backend


@pytest.fixture(scope="module")
def pubnet(ledgers_folder: Path) -> list[AppliedLedger]:
    return [applied_ledger(ledger, PUBNET.id) for ledger in lake_ledgers(ledgers_folder, PUBNET)]


HORIZON_CODES = {
    "MANAGE_BUY_OFFER_NOT_FOUND": "op_offer_not_found",
    "MANAGE_SELL_OFFER_NOT_FOUND": "op_offer_not_found",
    "PATH_PAYMENT_STRICT_RECEIVE_OVER_SENDMAX": "op_over_source_max",
    "PATH_PAYMENT_STRICT_SEND_UNDER_DESTMIN": "op_under_dest_min",
    "INVOKE_HOST_FUNCTION_TRAPPED": "function_trapped",
}
"""Codes that wallet-backend, as Horizon's transactions, does not name as the network does."""


def test_operations_as_wallet_backend_has_them(pubnet: list[AppliedLedger], ledgers_folder: Path) -> None:
    """Type, bytes, code and outcome of each of 7,032 operations are those that another program gives."""
    ours = {row["id"]: row for row in rows_of_operations(pubnet)}
    xdrs = {
        each.id: each.operation.xdr for ledger in pubnet for operations in operations_of(ledger) for each in operations
    }
    theirs = oracle(ledgers_folder / "oracles/wallet-backend/operations.ndjson.gz")
    assert len(ours) == len(xdrs) == len(theirs) == 7032
    different: Counter[str] = Counter()
    for each in theirs:
        row = ours[each["id"]]
        assert row["type"] == each["operation_type"].lower()
        assert xdrs[row["id"]] == base64.b64decode(each["operation_xdr"])
        assert row["result_code"] == "opINNER"
        plain = "op_" + row["trace_code"].removeprefix(f"{each['operation_type']}_").lower()
        code = HORIZON_CODES.get(row["trace_code"], plain)
        assert code == each["result_code"]
        assert each["successful"] == row["trace_code"].endswith("_SUCCESS")
        different["result_code"] += code != plain
        different["successful"] += each["successful"] != row["transaction_successful"]
    assert dict(different) == listed(WALLET_BACKEND_OPERATIONS, "operations")


def by_id(rows: Sequence[tuple[Any, ...]]) -> dict[int, set[str]]:
    accounts = defaultdict(set)
    for id_, account_id in rows:
        accounts[id_].add(account_id)
    return accounts


def only_theirs(ours: dict[int, set[str]], theirs: dict[int, set[str]], changed: dict[int, set[str]]) -> Counter[str]:
    """What they have besides, by its reason; that we have nothing besides, nor twice, is asserted."""
    assert set(ours) == set(theirs)
    reasons: Counter[str] = Counter()
    for id_, accounts in theirs.items():
        assert ours[id_] <= accounts
        for more in accounts - ours[id_]:
            reasons["contract" if more.startswith("C") else "state change"] += 1
            assert more.startswith("C") or more in changed[id_]
    return reasons


def test_participants_as_wallet_backend_has_them(pubnet: list[AppliedLedger], ledgers_folder: Path) -> None:
    """All accounts that we link, and no others, are linked there; it links contracts and state changes besides."""
    changes = oracle(ledgers_folder / "oracles/wallet-backend/state_changes.ndjson.gz")
    for table, rows_of_ledger, name, keys in (
        (OPERATION_ACCOUNTS, operation_account_rows, "operations_accounts", ("operation_id", "operation_id")),
        (TRANSACTION_ACCOUNTS, transaction_account_rows, "transactions_accounts", ("tx_to_id", "to_id")),
    ):
        rows = [row for ledger in pubnet for row in rows_of_ledger(ledger)]
        assert len(rows) == len(set(rows))
        assert rows == sorted(rows), "rows are not in the order of ids and accounts"
        theirs = oracle(ledgers_folder / f"oracles/wallet-backend/{name}.ndjson.gz")
        reasons = only_theirs(
            by_id(rows),
            by_id([(each[keys[0]], each["account_id"]) for each in theirs]),
            by_id([(each[keys[1]], each["account_id"]) for each in changes]),
        )
        assert dict(reasons) == listed(WALLET_BACKEND_OPERATIONS, table.name)


def test_invoked_contracts_take_part_in_wallet_backend_only(pubnet: list[AppliedLedger], ledgers_folder: Path) -> None:
    """What it links besides is the contract that `parameters` names first, where an invocation succeeded."""
    theirs = by_id(
        [
            (each["operation_id"], each["account_id"])
            for each in oracle(ledgers_folder / "oracles/wallet-backend/operations_accounts.ndjson.gz")
        ]
    )
    invocations = 0
    for row in rows_of_operations(pubnet):
        linked = {each for each in theirs[row["id"]] if each.startswith("C")}
        if row["type"] != "invoke_host_function" or not row["transaction_successful"]:
            assert not linked
            continue
        invocations += 1
        value = stellar_xdr.SCVal.from_xdr(row["details"]["parameters"][0]["value"])
        assert scval.from_address(value).address in linked
    assert invocations == 126


# On every real ledger


def test_every_real_ledger_has_its_rows(ledgers_folder: Path) -> None:
    """Of protocols 0 to 28, in any form of metadata: a row for each operation, its source among who takes part."""
    types = set()
    for network, ledger in real_ledgers(ledgers_folder):
        applied = applied_ledger(ledger, network.id)
        rows = rows_of_operations([applied])
        assert [row["id"] for row in rows] == [
            toid(ledger.sequence, transaction.application_order, order)
            for transaction in applied.transactions
            for order, _ in enumerate(transaction.operations, start=1)
        ]
        accounts = by_id(operation_account_rows(applied))
        assert all(row["source_account"] in accounts[row["id"]] for row in rows)
        of_transactions = by_id(transaction_account_rows(applied))
        assert all(accounts[row["id"]] <= of_transactions[row["transaction_id"]] for row in rows)
        assert rows_agree(rows)
        types |= {row["type"] for row in rows}
    assert len(types) == 19


def rows_agree(rows: list[Json]) -> bool:
    return all(
        row["result_code"] == "opINNER" and row["trace_code"].endswith("_SUCCESS")
        for row in rows
        if row["transaction_successful"]
    )


def created_sponsors(operation: AppliedOperation) -> set[str]:
    """Who sponsors the entries that an operation created, by its changes."""
    extensions = [
        each.value.ext.value
        for each in operation.changes
        if each.type == readers.LedgerEntryChangeType.LEDGER_ENTRY_CREATED
        and isinstance(each.value, readers.LedgerEntry)
    ]
    return {account(each.sponsoring_id) for each in extensions if each is not None and each.sponsoring_id is not None}


def test_what_is_not_read_is_not_needed(ledgers_folder: Path) -> None:
    """Sponsors are those of the changes, most of which are not read; taking fees changed only who pays them."""
    entries = signers = 0
    for network, ledger in real_ledgers(ledgers_folder):
        applied = applied_ledger(ledger, network.id)
        for operations in operations_of(applied):
            for operation in operations:
                details = details_of(operation)
                if "signer_key" in details:
                    signers += "sponsor" in details
                    continue
                sponsors = created_sponsors(operation)
                entries += len(sponsors)
                assert sponsors == ({details["sponsor"]} if "sponsor" in details else set())
        accounts = by_id(transaction_account_rows(applied))
        for transaction in applied.transactions:
            for change in transaction.fee_changes:
                assert isinstance(change.value, readers.LedgerEntry)
                assert isinstance(change.value.data.value, readers.AccountEntry)
                assert account(change.value.data.value.account_id) in accounts[transaction.id]
    assert (entries, signers) == (1015, 1)


# Examples made by hand

ALICE, BOB, CAROL, ISSUER = (StrKey.encode_ed25519_public_key(bytes([n]) * 32) for n in range(1, 5))
ALICE_MUXED = MuxedAccount(ALICE, 1234)
CONTRACT = StrKey.encode_contract(bytes([9]) * 32)
USD, EURTEST, XLM = Asset("USD", ISSUER), Asset("EURTEST", ISSUER), Asset.native()
POOL = stellar_sdk.LiquidityPoolAsset(XLM, USD)
BALANCE_ID = "00000000" + "ab" * 32
PASSPHRASE = "by hand"
NETWORK_ID = stellar_sdk.Network(PASSPHRASE).network_id()
SUCCESS, FAILED = readers.TransactionResultCode.txSUCCESS, readers.TransactionResultCode.txFAILED

USD_DETAILS = {"asset_type": "credit_alphanum4", "asset_code": "USD", "asset_issuer": ISSUER}


@dataclass
class Outcome:
    """Of a transaction: the changes of each operation, the events of the first, the results of all."""

    changes: Sequence[Sequence[stellar_xdr.LedgerEntryChange]] = ()
    events: Sequence[stellar_xdr.ContractEvent] = ()
    results: list[readers.OperationResult] | None = None
    successful: bool = True


def applied_by_hand(
    operations: Sequence[stellar_sdk.Operation | stellar_xdr.Operation], outcome: Outcome
) -> AppliedTransaction:
    """A transaction of Alice's in ledger 7, third of it."""
    transaction = stellar_sdk.Transaction(ALICE, 1, 100, []).to_xdr_object()
    transaction.operations = [
        each if isinstance(each, stellar_xdr.Operation) else each.to_xdr_object() for each in operations
    ]
    changes = [list(each) for each in outcome.changes] or [[] for _ in operations]
    metas = [
        stellar_xdr.OperationMetaV2(
            stellar_xdr.ExtensionPoint(0),
            stellar_xdr.LedgerEntryChanges(of_operation),
            list(outcome.events) if number == 0 else [],
        )
        for number, of_operation in enumerate(changes)
    ]
    nothing = stellar_xdr.LedgerEntryChanges([])
    meta = stellar_xdr.TransactionMetaV4(stellar_xdr.ExtensionPoint(0), nothing, metas, nothing, None, [], [])
    return AppliedTransaction(
        id=toid(7, 3),
        hash=bytes(32),
        inner_hash=None,
        envelope=readers.TransactionV1Envelope(decode(readers.read_Transaction, transaction.to_xdr_bytes()), []),
        fee_bump=None,
        fee_bump_signatures=[],
        result=readers.TransactionResult(
            100, readers.TransactionResultResult(SUCCESS if outcome.successful else FAILED, outcome.results)
        ),
        meta=decode(readers.read_TransactionMetaV4, meta.to_xdr_bytes()),
        _fee_changes=b"",
        _refund_changes=b"",
    )


@pytest.fixture(scope="module")
def by_hand(ledgers: list[Ledger], network: Network) -> Callable[..., AppliedLedger]:
    """A ledger with one transaction, made of operations."""
    real = applied_ledger(ledgers[0], network.id)

    def ledger(
        *operations: stellar_sdk.Operation | stellar_xdr.Operation, outcome: Outcome | None = None
    ) -> AppliedLedger:
        transaction = applied_by_hand(operations, outcome or Outcome())
        return replace(real, network_id=NETWORK_ID, transactions=[transaction])

    return ledger


def last_details(ledger: AppliedLedger) -> Json:
    """Of its last operation."""
    details: Json = rows_of_operations([ledger])[-1]["details"]
    return details


def entry(
    data: stellar_xdr.LedgerEntryData, change: stellar_xdr.LedgerEntryChangeType, sponsor: str | None = None
) -> stellar_xdr.LedgerEntryChange:
    """A change that gives an entry."""
    extension = stellar_xdr.LedgerEntryExt(0)
    if sponsor is not None:
        descriptor = stellar_xdr.SponsorshipDescriptor(stellar_sdk.Keypair.from_public_key(sponsor).xdr_account_id())
        v1 = stellar_xdr.LedgerEntryExtensionV1(descriptor, stellar_xdr.LedgerEntryExtensionV1Ext(0))
        extension = stellar_xdr.LedgerEntryExt(1, v1=v1)
    whole = stellar_xdr.LedgerEntry(stellar_xdr.Uint32(7), data, extension)
    if change == CREATED:
        return stellar_xdr.LedgerEntryChange(change, created=whole)
    if change == UPDATED:
        return stellar_xdr.LedgerEntryChange(change, updated=whole)
    return stellar_xdr.LedgerEntryChange(change, state=whole)


STATE = stellar_xdr.LedgerEntryChangeType.LEDGER_ENTRY_STATE
CREATED = stellar_xdr.LedgerEntryChangeType.LEDGER_ENTRY_CREATED
UPDATED = stellar_xdr.LedgerEntryChangeType.LEDGER_ENTRY_UPDATED


def price_details(fraction: str, n: int, d: int, prefix: str = "") -> Json:
    return {f"{prefix}price": fraction, f"{prefix}price_r": {"n": n, "d": d}}


def allow_trust(authorize: Authorized) -> stellar_sdk.AllowTrust:
    """Old, and in the ledger for good."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return stellar_sdk.AllowTrust(BOB, "USD", authorize, source=ISSUER)


def host_function(function: stellar_xdr.HostFunction) -> stellar_sdk.InvokeHostFunction:
    return stellar_sdk.InvokeHostFunction(function, auth=[])


def invocation(name: str, *args: stellar_xdr.SCVal) -> stellar_sdk.InvokeHostFunction:
    address = stellar_sdk.Address(CONTRACT).to_xdr_sc_address()
    called = stellar_xdr.InvokeContractArgs(address, stellar_xdr.SCSymbol(name.encode()), list(args))
    kind = stellar_xdr.HostFunctionType.HOST_FUNCTION_TYPE_INVOKE_CONTRACT
    return host_function(stellar_xdr.HostFunction(kind, invoke_contract=called))


def preimage_of_address(address: str, salt: int) -> stellar_xdr.ContractIDPreimage:
    return stellar_xdr.ContractIDPreimage(
        stellar_xdr.ContractIDPreimageType.CONTRACT_ID_PREIMAGE_FROM_ADDRESS,
        from_address=stellar_xdr.ContractIDPreimageFromAddress(
            stellar_sdk.Address(address).to_xdr_sc_address(), stellar_xdr.Uint256(salt.to_bytes(32, "big"))
        ),
    )


def preimage_of_asset(asset: Asset) -> stellar_xdr.ContractIDPreimage:
    kind = stellar_xdr.ContractIDPreimageType.CONTRACT_ID_PREIMAGE_FROM_ASSET
    return stellar_xdr.ContractIDPreimage(kind, from_asset=asset.to_xdr_object())


ASSET_CONTRACT = stellar_xdr.ContractExecutable(stellar_xdr.ContractExecutableType.CONTRACT_EXECUTABLE_STELLAR_ASSET)
WASM_CONTRACT = stellar_xdr.ContractExecutable(
    stellar_xdr.ContractExecutableType.CONTRACT_EXECUTABLE_WASM, wasm_hash=stellar_xdr.Hash(bytes(32))
)
PARAMETER = scval.to_uint32(7)

SIGNED_PAYLOAD = stellar_sdk.SignedPayloadSigner(BOB, b"\1\2\3\4\5")

EXAMPLES: list[tuple[stellar_sdk.Operation, Json]] = [
    (
        stellar_sdk.CreateAccount(BOB, "2.5", source=ALICE_MUXED),
        {
            "funder": ALICE,
            "funder_muxed": ALICE_MUXED.account_muxed,
            "funder_muxed_id": "1234",
            "account": BOB,
            "starting_balance": "2.5000000",
        },
    ),
    (
        stellar_sdk.Payment(MuxedAccount(BOB, 2**64 - 1), EURTEST, "922337203685.4775807"),
        {
            "from": ALICE,
            "to": BOB,
            "to_muxed": MuxedAccount(BOB, 2**64 - 1).account_muxed,
            "to_muxed_id": "18446744073709551615",
            "asset_type": "credit_alphanum12",
            "asset_code": "EURTEST",
            "asset_issuer": ISSUER,
            "amount": "922337203685.4775807",
        },
    ),
    (
        stellar_sdk.PathPaymentStrictReceive(BOB, XLM, "10", USD, "3", [EURTEST]),
        {
            "from": ALICE,
            "to": BOB,
            **USD_DETAILS,
            "source_asset_type": "native",
            "amount": "3.0000000",
            "source_amount": "0.0000000",
            "source_max": "10.0000000",
            "path": [{"asset_type": "credit_alphanum12", "asset_code": "EURTEST", "asset_issuer": ISSUER}],
        },
    ),
    (
        stellar_sdk.PathPaymentStrictSend(BOB, USD, "3", XLM, "0.0000001", []),
        {
            "from": ALICE,
            "to": BOB,
            "asset_type": "native",
            "source_asset_type": "credit_alphanum4",
            "source_asset_code": "USD",
            "source_asset_issuer": ISSUER,
            "amount": "0.0000000",
            "source_amount": "3.0000000",
            "destination_min": "0.0000001",
            "path": [],
        },
    ),
    (
        stellar_sdk.ManageSellOffer(USD, XLM, "5", Price(1, 3), offer_id=2**63 - 1),
        {
            "offer_id": "9223372036854775807",
            "amount": "5.0000000",
            **price_details("0.3333333", 1, 3),
            "buying_asset_type": "native",
            **{f"selling_{name}": value for name, value in USD_DETAILS.items()},
        },
    ),
    (
        stellar_sdk.ManageBuyOffer(XLM, USD, "5", Price(2, 3)),
        {
            "offer_id": "0",
            "amount": "5.0000000",
            **price_details("0.6666667", 2, 3),
            **{f"buying_{name}": value for name, value in USD_DETAILS.items()},
            "selling_asset_type": "native",
        },
    ),
    (
        stellar_sdk.CreatePassiveSellOffer(USD, XLM, "5", Price(7, 1)),
        {
            "amount": "5.0000000",
            **price_details("7.0000000", 7, 1),
            "buying_asset_type": "native",
            **{f"selling_{name}": value for name, value in USD_DETAILS.items()},
        },
    ),
    (
        stellar_sdk.SetOptions(
            inflation_dest=BOB,
            clear_flags=Flag.AUTHORIZATION_REQUIRED | Flag.AUTHORIZATION_CLAWBACK_ENABLED,
            set_flags=Flag.AUTHORIZATION_REVOCABLE | Flag.AUTHORIZATION_IMMUTABLE,
            master_weight=0,
            low_threshold=1,
            med_threshold=2,
            high_threshold=255,
            signer=stellar_sdk.Signer(stellar_sdk.SignerKey.ed25519_signed_payload(SIGNED_PAYLOAD), 3),
            home_domain="example.org",
        ),
        {
            "inflation_dest": BOB,
            "clear_flags": [1, 8],
            "clear_flags_s": ["auth_required", "auth_clawback_enabled"],
            "set_flags": [2, 4],
            "set_flags_s": ["auth_revocable", "auth_immutable"],
            "master_key_weight": 0,
            "low_threshold": 1,
            "med_threshold": 2,
            "high_threshold": 255,
            "signer_key": stellar_sdk.SignerKey.ed25519_signed_payload(SIGNED_PAYLOAD).encoded_signer_key,
            "signer_weight": 3,
            "home_domain": "example.org",
        },
    ),
    (
        stellar_sdk.SetOptions(signer=stellar_sdk.Signer(stellar_sdk.SignerKey.sha256_hash(bytes(32)), 0)),
        {"signer_key": StrKey.encode_sha256_hash(bytes(32)), "signer_weight": 0},
    ),
    (
        stellar_sdk.SetOptions(signer=stellar_sdk.Signer(stellar_sdk.SignerKey.pre_auth_tx(bytes(32)), 255)),
        {"signer_key": StrKey.encode_pre_auth_tx(bytes(32)), "signer_weight": 255},
    ),
    (stellar_sdk.SetOptions(), {}),
    (
        stellar_sdk.ChangeTrust(USD, "0"),
        {**USD_DETAILS, "trustee": ISSUER, "trustor": ALICE, "limit": "0.0000000"},
    ),
    (
        stellar_sdk.ChangeTrust(POOL, "1"),
        {
            "asset_type": "liquidity_pool_shares",
            "liquidity_pool_id": POOL.liquidity_pool_id,
            "trustor": ALICE,
            "limit": "1.0000000",
        },
    ),
    (
        allow_trust(Authorized.AUTHORIZED_FLAG),
        {**USD_DETAILS, "trustee": ISSUER, "trustor": BOB, "authorize": True},
    ),
    (
        allow_trust(Authorized.AUTHORIZED_TO_MAINTAIN_LIABILITIES_FLAG),
        {
            **USD_DETAILS,
            "trustee": ISSUER,
            "trustor": BOB,
            "authorize": False,
            "authorize_to_maintain_liabilities": True,
        },
    ),
    (
        stellar_sdk.AccountMerge(BOB, source=ALICE_MUXED),
        {
            "account": ALICE,
            "account_muxed": ALICE_MUXED.account_muxed,
            "account_muxed_id": "1234",
            "into": BOB,
        },
    ),
    (stellar_sdk.Inflation(), {}),
    (stellar_sdk.ManageData("name", b"\0\xff"), {"name": "name", "value": "AP8="}),
    (stellar_sdk.ManageData("name", None), {"name": "name", "value": None}),
    (stellar_sdk.BumpSequence(2**63 - 1), {"bump_to": "9223372036854775807"}),
    (
        stellar_sdk.CreateClaimableBalance(
            USD,
            "1",
            [
                stellar_sdk.Claimant(BOB),
                stellar_sdk.Claimant(
                    CAROL,
                    ClaimPredicate.predicate_and(
                        ClaimPredicate.predicate_not(ClaimPredicate.predicate_before_relative_time(60)),
                        ClaimPredicate.predicate_or(
                            ClaimPredicate.predicate_before_absolute_time(1_600_000_000),
                            ClaimPredicate.predicate_unconditional(),
                        ),
                    ),
                ),
            ],
        ),
        {
            "asset": f"USD:{ISSUER}",
            "amount": "1.0000000",
            "claimants": [
                {"destination": BOB, "predicate": {"unconditional": True}},
                {
                    "destination": CAROL,
                    "predicate": {
                        "and": [
                            {"not": {"rel_before": "60"}},
                            {
                                "or": [
                                    {"abs_before": "2020-09-13T12:26:40Z", "abs_before_epoch": "1600000000"},
                                    {"unconditional": True},
                                ]
                            },
                        ]
                    },
                },
            ],
            "sponsor": ALICE,
        },
    ),
    (
        stellar_sdk.ClaimClaimableBalance(BALANCE_ID, source=ALICE_MUXED),
        {
            "balance_id": BALANCE_ID,
            "claimant": ALICE,
            "claimant_muxed": ALICE_MUXED.account_muxed,
            "claimant_muxed_id": "1234",
        },
    ),
    (stellar_sdk.BeginSponsoringFutureReserves(BOB), {"sponsored_id": BOB}),
    (stellar_sdk.EndSponsoringFutureReserves(BOB), {}),
    (RevokeSponsorship.revoke_account_sponsorship(BOB), {"account_id": BOB}),
    (
        RevokeSponsorship.revoke_trustline_sponsorship(BOB, USD),
        {"trustline_account_id": BOB, "trustline_asset": f"USD:{ISSUER}"},
    ),
    (
        RevokeSponsorship.revoke_trustline_sponsorship(BOB, stellar_sdk.LiquidityPoolId(POOL.liquidity_pool_id)),
        {"trustline_account_id": BOB, "trustline_liquidity_pool_id": POOL.liquidity_pool_id},
    ),
    (RevokeSponsorship.revoke_offer_sponsorship(BOB, 77), {"offer_id": "77"}),
    (RevokeSponsorship.revoke_data_sponsorship(BOB, "name"), {"data_account_id": BOB, "data_name": "name"}),
    (RevokeSponsorship.revoke_claimable_balance_sponsorship(BALANCE_ID), {"claimable_balance_id": BALANCE_ID}),
    (
        RevokeSponsorship.revoke_liquidity_pool_sponsorship(POOL.liquidity_pool_id),
        {"liquidity_pool_id": POOL.liquidity_pool_id},
    ),
    (
        RevokeSponsorship.revoke_signer_sponsorship(BOB, stellar_sdk.SignerKey.ed25519_public_key(CAROL)),
        {"signer_account_id": BOB, "signer_key": CAROL},
    ),
    (stellar_sdk.Clawback(USD, BOB, "1"), {**USD_DETAILS, "from": BOB, "amount": "1.0000000"}),
    (stellar_sdk.ClawbackClaimableBalance(BALANCE_ID), {"balance_id": BALANCE_ID}),
    (
        stellar_sdk.SetTrustLineFlags(
            BOB,
            USD,
            clear_flags=stellar_sdk.TrustLineFlags.AUTHORIZED_FLAG
            | stellar_sdk.TrustLineFlags.TRUSTLINE_CLAWBACK_ENABLED_FLAG,
            set_flags=stellar_sdk.TrustLineFlags.AUTHORIZED_TO_MAINTAIN_LIABILITIES_FLAG,
        ),
        {
            "trustor": BOB,
            **USD_DETAILS,
            "clear_flags": [1, 4],
            "clear_flags_s": ["authorized", "clawback_enabled"],
            "set_flags": [2],
            "set_flags_s": ["authorized_to_maintain_liabilites"],
        },
    ),
    (
        invocation("deposit", PARAMETER),
        {
            "function": "HostFunctionTypeHostFunctionTypeInvokeContract",
            "type": "invoke_contract",
            "parameters": [
                {"type": "Address", "value": scval.to_address(CONTRACT).to_xdr()},
                {"type": "Sym", "value": scval.to_symbol("deposit").to_xdr()},
                {"type": "U32", "value": PARAMETER.to_xdr()},
            ],
            "asset_balance_changes": [],
        },
    ),
    (
        host_function(
            stellar_xdr.HostFunction(
                stellar_xdr.HostFunctionType.HOST_FUNCTION_TYPE_CREATE_CONTRACT,
                create_contract=stellar_xdr.CreateContractArgs(preimage_of_asset(USD), ASSET_CONTRACT),
            )
        ),
        {
            "function": "HostFunctionTypeHostFunctionTypeCreateContract",
            "type": "create_contract",
            "from": "asset",
            "asset": f"USD:{ISSUER}",
        },
    ),
    (
        host_function(
            stellar_xdr.HostFunction(
                stellar_xdr.HostFunctionType.HOST_FUNCTION_TYPE_CREATE_CONTRACT_V2,
                create_contract_v2=stellar_xdr.CreateContractArgsV2(
                    preimage_of_address(BOB, 2**255 + 1), WASM_CONTRACT, [PARAMETER]
                ),
            )
        ),
        {
            "function": "HostFunctionTypeHostFunctionTypeCreateContractV2",
            "type": "create_contract_v2",
            "from": "address",
            "address": BOB,
            "salt": str(2**255 + 1),
            "parameters": [{"type": "U32", "value": PARAMETER.to_xdr()}],
            "asset_balance_changes": [],
        },
    ),
    (
        host_function(
            stellar_xdr.HostFunction(
                stellar_xdr.HostFunctionType.HOST_FUNCTION_TYPE_UPLOAD_CONTRACT_WASM, wasm=b"\0asm"
            )
        ),
        {"function": "HostFunctionTypeHostFunctionTypeUploadContractWasm", "type": "upload_wasm"},
    ),
    (stellar_sdk.ExtendFootprintTTL(1000), {"extend_to": 1000}),
    (stellar_sdk.RestoreFootprint(), {}),
]

ByHand = Callable[..., AppliedLedger]


@pytest.mark.parametrize(("operation", "expected"), EXAMPLES, ids=[type(each).__name__ for each, _ in EXAMPLES])
def test_details_by_hand(operation: stellar_sdk.Operation, expected: Json, by_hand: ByHand) -> None:
    """What each type of operation says, alone in a transaction that succeeded."""
    [row] = rows_of_operations([by_hand(operation)])
    assert row["details"] == expected
    assert (row["id"], row["transaction_id"], row["application_order"]) == (toid(7, 3, 1), toid(7, 3), 1)


@pytest.mark.parametrize("kind", OperationType.names)
def test_every_type_has_details(kind: int) -> None:
    """No type of operation is without details, and but for two on pools, whose details are of changes, an example."""
    assert kind in DETAILS
    shown = {int(each.to_xdr_object().body.type) for each, _ in EXAMPLES}
    assert kind in shown | {OperationType.LIQUIDITY_POOL_DEPOSIT, OperationType.LIQUIDITY_POOL_WITHDRAW}


def test_all_that_an_issuer_allows(by_hand: ByHand) -> None:
    """Each of the flags of a trust line."""
    operation = allow_trust(Authorized.AUTHORIZED_FLAG).to_xdr_object()
    assert operation.body.allow_trust_op is not None
    operation.body.allow_trust_op.authorize = stellar_xdr.Uint32(1 | 2 | 4)
    details = last_details(by_hand(operation))
    flags = ("authorize", "authorize_to_maintain_liabilities", "clawback_enabled")
    assert all(details[flag] is True for flag in flags)


# Details of outcomes


def pool_entry(reserve_a: int, reserve_b: int, shares: int) -> stellar_xdr.LedgerEntryData:
    parameters = POOL.to_change_trust_asset_xdr_object().liquidity_pool
    assert parameters is not None
    assert parameters.constant_product is not None
    pool = stellar_xdr.LiquidityPoolEntryConstantProduct(
        parameters.constant_product,
        stellar_xdr.Int64(reserve_a),
        stellar_xdr.Int64(reserve_b),
        stellar_xdr.Int64(shares),
        stellar_xdr.Int64(1),
    )
    kind = stellar_xdr.LiquidityPoolType.LIQUIDITY_POOL_CONSTANT_PRODUCT
    return stellar_xdr.LedgerEntryData(
        stellar_xdr.LedgerEntryType.LIQUIDITY_POOL,
        liquidity_pool=stellar_xdr.LiquidityPoolEntry(
            stellar_xdr.PoolID(stellar_xdr.Hash(bytes.fromhex(POOL.liquidity_pool_id))),
            stellar_xdr.LiquidityPoolEntryBody(kind, pool),
        ),
    )


DEPOSIT = stellar_sdk.LiquidityPoolDeposit(POOL.liquidity_pool_id, "10", "20", Price(1, 2), Price(2, 1))
WITHDRAWAL = stellar_sdk.LiquidityPoolWithdraw(POOL.liquidity_pool_id, "3", "1", "2")
MORE_AND_LESS = (pool_entry(100, 200, 10), pool_entry(60, 120, 6))
A, B = {"asset": "native"}, {"asset": f"USD:{ISSUER}"}


def pool_changes(before: stellar_xdr.LedgerEntryData, after: stellar_xdr.LedgerEntryData) -> Outcome:
    return Outcome(changes=[[entry(before, STATE), entry(after, UPDATED)]])


def test_liquidity_pool_deposit(by_hand: ByHand) -> None:
    """Assets, deposited amounts and shares are those of the pool's change."""
    more, less = MORE_AND_LESS
    assert last_details(by_hand(DEPOSIT, outcome=pool_changes(less, more))) == {
        "liquidity_pool_id": POOL.liquidity_pool_id,
        "reserves_max": [A | {"amount": "10.0000000"}, B | {"amount": "20.0000000"}],
        **price_details("0.5000000", 1, 2, "min_"),
        **price_details("2.0000000", 2, 1, "max_"),
        "reserves_deposited": [A | {"amount": "0.0000040"}, B | {"amount": "0.0000080"}],
        "shares_received": "0.0000004",
    }


def test_liquidity_pool_withdrawal(by_hand: ByHand) -> None:
    """Received amounts are what the pool's reserves lost."""
    more, less = MORE_AND_LESS
    assert last_details(by_hand(WITHDRAWAL, outcome=pool_changes(more, less))) == {
        "liquidity_pool_id": POOL.liquidity_pool_id,
        "reserves_min": [A | {"amount": "1.0000000"}, B | {"amount": "2.0000000"}],
        "shares": "3.0000000",
        "reserves_received": [A | {"amount": "0.0000040"}, B | {"amount": "0.0000080"}],
    }


def test_liquidity_pools_of_failed_transactions(by_hand: ByHand) -> None:
    """Assets are not known then, what was moved is nothing."""
    deposit = last_details(by_hand(DEPOSIT, outcome=Outcome(successful=False)))
    assert deposit["reserves_max"] == [{"amount": "10.0000000"}, {"amount": "20.0000000"}]
    assert deposit["reserves_deposited"] == [{"amount": "0.0000000"}] * 2
    assert deposit["shares_received"] == "0.0000000"
    withdrawal = last_details(by_hand(WITHDRAWAL, outcome=Outcome(successful=False)))
    assert withdrawal["reserves_received"] == [{"amount": "0.0000000"}] * 2


def test_pool_without_its_change(by_hand: ByHand) -> None:
    """Metadata that lacks a successful operation's own pool is damaged."""
    with pytest.raises(LedgerMalformed, match=f"operation {toid(7, 3, 1)} succeeded"):
        operation_rows(by_hand(DEPOSIT))


def path_payment_result(kind: int, *bought: tuple[str, int]) -> list[readers.OperationResult]:
    """Offers that took some of these assets, each so much; 5 arrived."""
    codes = {"USD": b"USD\0", "EUR": b"EUR\0"}
    offers = [
        readers.ClaimAtom(
            1,
            readers.ClaimOfferAtom(
                bytes(32),
                1,
                readers.Asset(0, None),
                1,
                readers.Asset(1, readers.AlphaNum4(codes[code], bytes(32))),
                taken,
            ),
        )
        for code, taken in bought
    ]
    last = readers.SimplePaymentResult(bytes(32), readers.Asset(0, None), 5)
    if kind == OperationType.PATH_PAYMENT_STRICT_SEND:
        sent = readers.PathPaymentStrictSendResult(0, readers.PathPaymentStrictSendResultSuccess(offers, last))
        return [readers.OperationResult(0, readers.OperationResultTr(kind, sent))]
    received = readers.PathPaymentStrictReceiveResult(0, readers.PathPaymentStrictReceiveResultSuccess(offers, last))
    return [readers.OperationResult(0, readers.OperationResultTr(kind, received))]


RECEIVE = stellar_sdk.PathPaymentStrictReceive(BOB, USD, "10", XLM, "3", [])
SEND = stellar_sdk.PathPaymentStrictSend(BOB, USD, "10", XLM, "3", [])


def test_amounts_of_path_payments(by_hand: ByHand) -> None:
    """What was sent is what the offers took of the first asset; what was received stands in the result."""
    kind = OperationType.PATH_PAYMENT_STRICT_RECEIVE
    results = path_payment_result(kind, ("USD", 30), ("USD", 4), ("EUR", 500), ("USD", 6000))
    assert last_details(by_hand(RECEIVE, outcome=Outcome(results=results)))["source_amount"] == "0.0000034"
    direct = path_payment_result(kind)
    assert last_details(by_hand(RECEIVE, outcome=Outcome(results=direct)))["source_amount"] == "0.0000005"
    sent = path_payment_result(OperationType.PATH_PAYMENT_STRICT_SEND, ("USD", 30))
    assert last_details(by_hand(SEND, outcome=Outcome(results=sent)))["amount"] == "0.0000005"
    failed = Outcome(results=results, successful=False)
    assert last_details(by_hand(RECEIVE, outcome=failed))["source_amount"] == "0.0000000"


def test_codes(by_hand: ByHand) -> None:
    """An operation that ran has its own code, one that could not only the outer; none before operations were run."""
    ran = path_payment_result(OperationType.PATH_PAYMENT_STRICT_RECEIVE)
    [row] = rows_of_operations([by_hand(RECEIVE, outcome=Outcome(results=ran))])
    assert (row["result_code"], row["trace_code"]) == ("opINNER", "PATH_PAYMENT_STRICT_RECEIVE_SUCCESS")
    refused = [readers.OperationResult(readers.OperationResultCode.opBAD_AUTH, None)]
    [row] = rows_of_operations([by_hand(RECEIVE, outcome=Outcome(results=refused, successful=False))])
    assert (row["result_code"], row["trace_code"]) == ("opBAD_AUTH", None)
    [row] = rows_of_operations([by_hand(RECEIVE, outcome=Outcome(successful=False))])
    assert (row["result_code"], row["trace_code"], row["transaction_successful"]) == (None, None, False)


def data_entry(owner: str) -> stellar_xdr.LedgerEntryData:
    return stellar_xdr.LedgerEntryData(
        stellar_xdr.LedgerEntryType.DATA,
        data=stellar_xdr.DataEntry(
            stellar_sdk.Keypair.from_public_key(owner).xdr_account_id(),
            stellar_xdr.String64(b"name"),
            stellar_xdr.DataValue(b""),
            stellar_xdr.DataEntryExt(0),
        ),
    )


def account_entry(owner: str, signer: stellar_sdk.SignerKey, sponsor: str | None) -> stellar_xdr.LedgerEntryData:
    """An account with one signer, which somebody sponsors."""
    sponsor_id = None if sponsor is None else stellar_sdk.Keypair.from_public_key(sponsor).xdr_account_id()
    nothing = stellar_xdr.Int64(0)
    v2 = stellar_xdr.AccountEntryExtensionV2(
        stellar_xdr.Uint32(1),
        stellar_xdr.Uint32(0),
        [stellar_xdr.SponsorshipDescriptor(sponsor_id)],
        stellar_xdr.AccountEntryExtensionV2Ext(0),
    )
    v1 = stellar_xdr.AccountEntryExtensionV1(
        stellar_xdr.Liabilities(nothing, nothing), stellar_xdr.AccountEntryExtensionV1Ext(2, v2)
    )
    whole = stellar_xdr.AccountEntry(
        stellar_sdk.Keypair.from_public_key(owner).xdr_account_id(),
        nothing,
        stellar_xdr.SequenceNumber(nothing),
        stellar_xdr.Uint32(1),
        None,
        stellar_xdr.Uint32(0),
        stellar_xdr.String32(b""),
        stellar_xdr.Thresholds(bytes(4)),
        [stellar_sdk.Signer(signer, 1).to_xdr_object()],
        stellar_xdr.AccountEntryExt(1, v1),
    )
    return stellar_xdr.LedgerEntryData(stellar_xdr.LedgerEntryType.ACCOUNT, account=whole)


BEGIN = stellar_sdk.BeginSponsoringFutureReserves(BOB, source=MuxedAccount(CAROL, 5))
END = stellar_sdk.EndSponsoringFutureReserves(source=BOB)


def participants(ledger: AppliedLedger) -> list[set[str]]:
    """Of each operation."""
    [of_operations] = participants_of(ledger)
    return [set(map(account, keys)) for keys in of_operations]


def test_sponsored_entry(by_hand: ByHand) -> None:
    """Who sponsors what an operation created is said there, and takes part; who began, where it ends."""
    outcome = Outcome(changes=[[], [entry(data_entry(BOB), CREATED, sponsor=CAROL)], []])
    ledger = by_hand(BEGIN, stellar_sdk.ManageData("name", b"", source=BOB), END, outcome=outcome)
    _, created, ended = (row["details"] for row in rows_of_operations([ledger]))
    assert created["sponsor"] == CAROL
    assert ended == {
        "begin_sponsor": CAROL,
        "begin_sponsor_muxed": MuxedAccount(CAROL, 5).account_muxed,
        "begin_sponsor_muxed_id": "5",
    }
    assert participants(ledger) == [{CAROL, BOB}, {CAROL, BOB}, {CAROL, BOB}]
    assert [row[1] for row in transaction_account_rows(ledger)] == sorted([ALICE, BOB, CAROL])
    failed = by_hand(BEGIN, END, outcome=Outcome(successful=False))
    assert last_details(failed) == {}
    assert participants(failed) == [{CAROL, BOB}, {BOB}]


def test_sponsor_who_began_last(by_hand: ByHand) -> None:
    """Of two who sponsor the same account one after the other, each ends what was begun before."""
    again = stellar_sdk.BeginSponsoringFutureReserves(BOB, source=ALICE)
    ledger = by_hand(BEGIN, END, again, END)
    details = [row["details"] for row in rows_of_operations([ledger])]
    assert [details[1]["begin_sponsor"], details[3]["begin_sponsor"]] == [CAROL, ALICE]
    assert participants(ledger)[1::2] == [{BOB, CAROL}, {BOB, ALICE}]


def test_changes_of_failed_transactions(by_hand: ByHand) -> None:
    """They came to nothing: who is in them sponsors nothing and takes part in nothing."""
    changes = [[entry(data_entry(BOB), CREATED, sponsor=CAROL)]]
    ledger = by_hand(invocation("do"), outcome=Outcome(changes=changes, successful=False))
    assert participants(ledger) == [{ALICE}]


def test_sponsored_signer(by_hand: ByHand) -> None:
    """A signer's sponsor is said, when it is new."""
    key = stellar_sdk.SignerKey.sha256_hash(bytes(32))
    setting = stellar_sdk.SetOptions(signer=stellar_sdk.Signer(key, 1), source=BOB)
    now = entry(account_entry(BOB, key, CAROL), UPDATED)
    for before, sponsor in ((ALICE, CAROL), (None, CAROL), (CAROL, None)):
        changes = [[], [entry(account_entry(BOB, key, before), STATE), now], []]
        ledger = by_hand(BEGIN, setting, END, outcome=Outcome(changes=changes))
        assert rows_of_operations([ledger])[1]["details"].get("sponsor") == sponsor


def test_sponsor_of_what_a_revocation_creates(by_hand: ByHand) -> None:
    """Shares of a pool become claimable balances, when their holder is no longer authorized: somebody sponsors them."""
    balance = stellar_xdr.LedgerEntryData(
        stellar_xdr.LedgerEntryType.CLAIMABLE_BALANCE,
        claimable_balance=stellar_xdr.ClaimableBalanceEntry(
            stellar_xdr.ClaimableBalanceID.from_xdr_bytes(bytes.fromhex(BALANCE_ID)),
            [],
            USD.to_xdr_object(),
            stellar_xdr.Int64(1),
            stellar_xdr.ClaimableBalanceEntryExt(0),
        ),
    )
    outcome = Outcome(changes=[[entry(balance, CREATED, sponsor=BOB)]])
    revocation = stellar_sdk.SetTrustLineFlags(BOB, USD, clear_flags=stellar_sdk.TrustLineFlags.AUTHORIZED_FLAG)
    assert last_details(by_hand(revocation, outcome=outcome))["sponsor"] == BOB


NAMED = [
    (stellar_sdk.CreateAccount(BOB, "1"), {BOB}),
    (stellar_sdk.Payment(MuxedAccount(BOB, 1), XLM, "1"), {BOB}),
    (RECEIVE, {BOB}),
    (SEND, {BOB}),
    (allow_trust(Authorized.UNAUTHORIZED_FLAG), {BOB}),
    (stellar_sdk.SetTrustLineFlags(BOB, USD), {BOB}),
    (stellar_sdk.AccountMerge(MuxedAccount(BOB, 1)), {BOB}),
    (
        stellar_sdk.CreateClaimableBalance(XLM, "1", [stellar_sdk.Claimant(BOB), stellar_sdk.Claimant(CAROL)]),
        {BOB, CAROL},
    ),
    (stellar_sdk.Clawback(USD, MuxedAccount(BOB, 1), "1"), {BOB}),
    (RevokeSponsorship.revoke_account_sponsorship(BOB), {BOB}),
    (RevokeSponsorship.revoke_trustline_sponsorship(BOB, USD), {BOB}),
    (RevokeSponsorship.revoke_offer_sponsorship(BOB, 77), {BOB}),
    (RevokeSponsorship.revoke_data_sponsorship(BOB, "name"), {BOB}),
    (RevokeSponsorship.revoke_claimable_balance_sponsorship(BALANCE_ID), set()),
    (RevokeSponsorship.revoke_signer_sponsorship(BOB, stellar_sdk.SignerKey.ed25519_public_key(CAROL)), {BOB}),
    (stellar_sdk.SetOptions(inflation_dest=BOB), set()),
    (stellar_sdk.ChangeTrust(USD), set()),
    (stellar_sdk.ClaimClaimableBalance(BALANCE_ID), set()),
    (stellar_sdk.ManageSellOffer(USD, XLM, "5", Price(1, 3)), set()),
]


@pytest.mark.parametrize(("operation", "others"), NAMED, ids=[type(each).__name__ for each, _ in NAMED])
def test_participants_by_hand(operation: stellar_sdk.Operation, others: set[str], by_hand: ByHand) -> None:
    """Who takes part besides the source, and in the transaction."""
    ledger = by_hand(operation)
    expected = others | {ISSUER if isinstance(operation, stellar_sdk.AllowTrust) else ALICE}
    assert participants(ledger) == [expected]
    assert operation_account_rows(ledger) == [(toid(7, 3, 1), each) for each in sorted(expected)]
    assert transaction_account_rows(ledger) == [(toid(7, 3), each) for each in sorted(expected | {ALICE})]


# Events of Stellar assets


def asset_event(
    topics: Sequence[stellar_xdr.SCVal], data: stellar_xdr.SCVal, emitted_by: str | None = None
) -> stellar_xdr.ContractEvent:
    """An event of USD's contract, or of another."""
    contract = emitted_by or USD.contract_id(PASSPHRASE)
    return stellar_xdr.ContractEvent(
        stellar_xdr.ExtensionPoint(0),
        stellar_xdr.ContractID(stellar_xdr.Hash(StrKey.decode_contract(contract))),
        stellar_xdr.ContractEventType.CONTRACT,
        stellar_xdr.ContractEventBody(0, stellar_xdr.ContractEventV0(list(topics), data)),
    )


NAME = scval.to_string(f"USD:{ISSUER}")
HUNDRED = scval.to_int128(100)
USD_CHANGE = {**USD_DETAILS, "amount": "0.0000100"}


def topics(kind: str, *addresses: str, name: stellar_xdr.SCVal = NAME) -> list[stellar_xdr.SCVal]:
    return [scval.to_symbol(kind), *map(scval.to_address, addresses), name]


def to_muxed(amount_moved: stellar_xdr.SCVal, to_muxed_id: stellar_xdr.SCVal) -> stellar_xdr.SCVal:
    return scval.to_map({scval.to_symbol("amount"): amount_moved, scval.to_symbol("to_muxed_id"): to_muxed_id})


ASSET_EVENTS = [
    (
        "transfer",
        asset_event(topics("transfer", BOB, CONTRACT), HUNDRED),
        [{"type": "transfer", **USD_CHANGE, "from": BOB, "to": CONTRACT}],
        {BOB},
    ),
    (
        "transfer to a multiplexed account",
        asset_event(topics("transfer", CONTRACT, CAROL), to_muxed(HUNDRED, scval.to_uint64(2**64 - 1))),
        [
            {
                "type": "transfer",
                **USD_CHANGE,
                "from": CONTRACT,
                "to": CAROL,
                "destination_muxed_id": "18446744073709551615",
            }
        ],
        {CAROL},
    ),
    (
        "mint",
        asset_event(topics("mint", BOB), HUNDRED),
        [{"type": "mint", **USD_CHANGE, "to": BOB}],
        {BOB},
    ),
    (
        "mint by an administrator, as up to protocol 22",
        asset_event(topics("mint", ISSUER, BOB), HUNDRED),
        [{"type": "mint", **USD_CHANGE, "to": BOB}],
        {BOB},
    ),
    (
        "clawback",
        asset_event(topics("clawback", ISSUER, BOB), HUNDRED),
        [{"type": "clawback", **USD_CHANGE, "from": BOB}],
        {BOB},
    ),
    (
        "burn",
        asset_event(topics("burn", BOB), scval.to_int128(2**127 - 1)),
        [
            {
                "type": "burn",
                **USD_DETAILS,
                "amount": "17014118346046923173168730371588.4105727",
                "from": BOB,
            }
        ],
        {BOB},
    ),
    (
        "lumens",
        asset_event(topics("burn", BOB, name=scval.to_string("native")), HUNDRED, XLM.contract_id(PASSPHRASE)),
        [{"type": "burn", "asset_type": "native", "amount": "0.0000100", "from": BOB}],
        {BOB},
    ),
    ("another contract that says so", asset_event(topics("transfer", BOB, CAROL), HUNDRED, CONTRACT), [], set()),
    ("no asset", asset_event(topics("transfer", BOB, CAROL, name=PARAMETER), HUNDRED), [], set()),
    ("no address", asset_event([scval.to_symbol("mint"), PARAMETER, NAME], HUNDRED), [], set()),
    ("no amount", asset_event(topics("mint", BOB), PARAMETER), [], set()),
    ("too few topics", asset_event(topics("transfer", BOB), HUNDRED), [], set()),
    ("another event", asset_event(topics("approve", BOB, CAROL), HUNDRED), [], set()),
    ("no topics", asset_event([], HUNDRED), [], set()),
]


@pytest.mark.parametrize(
    ("event", "expected", "accounts"), [each[1:] for each in ASSET_EVENTS], ids=[each[0] for each in ASSET_EVENTS]
)
def test_balance_changes_of_stellar_assets(
    event: stellar_xdr.ContractEvent, expected: list[Json], accounts: set[str], by_hand: ByHand
) -> None:
    """What an asset's own contract says of balances is told, and the accounts take part; others are not believed."""
    ledger = by_hand(invocation("do"), outcome=Outcome(events=[event]))
    assert last_details(ledger)["asset_balance_changes"] == expected
    assert participants(ledger) == [{ALICE} | accounts]


def test_owners_of_what_a_contract_changed(by_hand: ByHand) -> None:
    """Owners of entries that an invocation changed take part in it."""
    changes = [[entry(data_entry(BOB), STATE), entry(data_entry(BOB), UPDATED), entry(pool_entry(1, 1, 1), CREATED)]]
    assert participants(by_hand(invocation("do"), outcome=Outcome(changes=changes))) == [{ALICE, BOB}]


# Numbers, times, and text of any kind


def test_numbers() -> None:
    """Seven places, exact; prices rounded half away from zero."""
    assert [amount(each) for each in (0, 1, -1, 10_000_000, -(2**63))] == [
        "0.0000000",
        "0.0000001",
        "-0.0000001",
        "1.0000000",
        "-922337203685.4775808",
    ]
    prices = {(1, 20_000_000): "0.0000001", (1, 20_000_001): "0.0000000", (2**31 - 1, 1): "2147483647.0000000"}
    prices |= {(-1, 3): "-0.3333333", (1, -3): "-0.3333333", (-2, -3): "0.6666667"}
    for (n, d), expected in prices.items():
        assert price(readers.Price(n, d)) == expected
    assert price(readers.Price(1, 0)) is None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_709_210_096, "2024-02-29T12:34:56Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (253_402_300_800, "+10000-01-01T00:00:00Z"),
        (2**63 - 1, "+292277026596-12-04T15:30:07Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (-62_167_219_201, "-0001-12-31T23:59:59Z"),
    ],
)
def test_times_of_predicates(seconds: int, expected: str) -> None:
    """All that 64 bits of seconds hold is a time."""
    assert timestamp(seconds) == expected


def with_name(name: bytes) -> stellar_xdr.Operation:
    operation = stellar_sdk.ManageData("name", b"").to_xdr_object()
    assert operation.body.manage_data_op is not None
    operation.body.manage_data_op.data_name = stellar_xdr.String64(name)
    return operation


def with_domain(domain: bytes) -> stellar_xdr.Operation:
    operation = stellar_sdk.SetOptions(home_domain="d").to_xdr_object()
    assert operation.body.set_options_op is not None
    operation.body.set_options_op.home_domain = stellar_xdr.String32(domain)
    return operation


def of_data(name: bytes) -> stellar_xdr.Operation:
    operation: stellar_xdr.Operation = RevokeSponsorship.revoke_data_sponsorship(BOB, "name").to_xdr_object()
    revoked = operation.body.revoke_sponsorship_op
    assert revoked is not None
    assert revoked.ledger_key is not None
    assert revoked.ledger_key.data is not None
    revoked.ledger_key.data.data_name = stellar_xdr.String64(name)
    return operation


HOSTILE = {
    b"\0": "\ufffd",
    b"a\0b": "a\ufffdb",
    b"\xff\xfe": "\ufffd\ufffd",
    b"\xed\xa0\x80": "\ufffd\ufffd\ufffd",  # a surrogate
    b"\xc3": "\ufffd",
}
HARMLESS = [b"", b"name", "naïve ☂ \U0001f4b8".encode(), b'"\\\x01\x1f\x7f</script>\r\n', "\ufffd".encode()]


@pytest.mark.parametrize(
    ("make", "name"),
    [(with_name, "name"), (with_domain, "home_domain"), (of_data, "data_name")],
    ids=["asset name", "home domain", "data name"],
)
def test_hostile_text(make: Callable[[bytes], stellar_xdr.Operation], name: str, by_hand: ByHand) -> None:
    """Postgres takes it; what is no text is told by its bytes too."""
    for raw, text in HOSTILE.items():
        [row] = operation_rows(by_hand(make(raw)))
        details = json.loads(str(row[-1], "utf-8")) if isinstance(row[-1], bytes) else {}
        assert b"\\u0000" not in bytes(str(row[-1]), "utf-8")
        assert (details[name], base64.b64decode(details[f"{name}_bytes"])) == (text, raw)
    for raw in HARMLESS:
        details = last_details(by_hand(make(raw)))
        assert details[name] == raw.decode()
        assert f"{name}_bytes" not in details


def test_hostile_asset_code(by_hand: ByHand) -> None:
    """A code that no valid asset has is escaped, as it is in names of assets elsewhere."""
    operation = stellar_sdk.Payment(BOB, USD, "1").to_xdr_object()
    assert operation.body.payment_op is not None
    assert operation.body.payment_op.asset.alpha_num4 is not None
    operation.body.payment_op.asset.alpha_num4.asset_code = stellar_xdr.AssetCode4(b"\0\xffA\0")
    assert last_details(by_hand(operation))["asset_code"] == r"\0\xffA"


def test_operations_of_any_kind(by_hand: ByHand) -> None:
    """Whatever XDR allows in an operation has a row that is JSON without NUL, and somebody who takes part."""
    seen = set()
    for seed in range(3000):
        operation = Builder(seed).named("Operation")
        ledger = by_hand(operation, outcome=Outcome(successful=False))
        [row] = rows_of_operations([ledger])
        assert "\0" not in json.dumps(row, ensure_ascii=False)
        assert row["source_account"] in participants(ledger)[0]
        seen.add(row["type"])
    assert seen == {name.lower() for name in OperationType.names.values()}


def test_deepest_predicate() -> None:
    """A predicate as deep as the reader lets through is JSON all the same, and a deeper one is refused."""
    unconditional, nested_in = bytes(4), bytes.fromhex("0000000100000001")  # AND, of one
    deepest = decode(readers.read_ClaimPredicate, nested_in * (readers.DEEPEST - 1) + unconditional)
    text = bytes(predicate(deepest)).decode()
    assert text.startswith('{"and":[{"and":[')
    assert text.count("and") == readers.DEEPEST - 1
    with pytest.raises(XdrMalformed):
        decode(readers.read_ClaimPredicate, nested_in * readers.DEEPEST + unconditional)
