"""Token transfers as rows: against other programs, against the ledgers' own balances, and by hand."""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar_sdk import Asset as SdkAsset
from stellar_sdk import StrKey
from stellar_sdk import xdr as stellar_xdr

from consumer.decode import strkeys
from consumer.decode.accounts import account_of, source_of
from consumer.decode.applied import AppliedLedger, AppliedTransaction, applied_ledger
from consumer.decode.assets import Assets, assets_of
from consumer.decode.scval import address_of
from consumer.decode.token_transfers import events, token_transfer_rows
from consumer.decode.token_transfers.events import fee_of, movement_of
from consumer.decode.token_transfers.movement import Movement
from consumer.decode.token_transfers.operations import movements_of
from consumer.tables import TOKEN_TRANSFERS, Row
from schemas.errors import LedgerMalformed
from schemas.ledger import Ledger
from schemas.network import Network
from schemas.xdr import decode, readers
from schemas.xdr.readers import LedgerEntryChange, LedgerEntryChangeType, OperationType
from tests.support.differences import STELLAR_ETL_TRANSFERS, WALLET_BACKEND_TRANSFERS
from tests.support.real_ledgers import PUBNET, decompressed, lake_ledgers, named, oracle, real_ledgers
from tests.support.xdr import Builder
from tests.unit.test_contract_events import Json, event

Balances = dict[tuple[str, str], int]
"""By holder and contract."""

CREATED, UPDATED, REMOVED, STATE = (
    LedgerEntryChangeType.LEDGER_ENTRY_CREATED,
    LedgerEntryChangeType.LEDGER_ENTRY_UPDATED,
    LedgerEntryChangeType.LEDGER_ENTRY_REMOVED,
    LedgerEntryChangeType.LEDGER_ENTRY_STATE,
)


def rows_of(applied: AppliedLedger) -> list[dict[str, Any]]:
    return [named(TOKEN_TRANSFERS, row) for row in token_transfer_rows(applied)]


def as_if_untold(applied: AppliedLedger) -> AppliedLedger:
    """The same ledger, of a node that emits no events for classic operations."""
    untold = replace(applied)
    untold.has_unified_events = False
    return untold


# Other programs.


def test_as_stellar_etl_has_them(ledgers_folder: Path) -> None:
    """All of what SDF's exporter says of the protocol 13 ledgers, told and derived; the fields it has, we have."""
    theirs = oracle(ledgers_folder / "oracles/stellar-etl/token_transfers.ndjson.gz")
    apart = {difference.field for difference in STELLAR_ETL_TRANSFERS}
    same = {
        "contract_id": "contract",
        "event_topic": "type",
        "from": "from_address",
        "to": "to_address",
        "to_muxed_id": "to_muxed_id",
        "operation_id": "operation_id",
        "transaction_id": "transaction_id",
        "ledger_sequence": "ledger_sequence",
    }
    assert apart | set(same) | {"amount_raw", "closed_at", "asset"} == set(theirs[0])
    for view in (lambda applied: applied, as_if_untold):
        ours: Counter[tuple[object, ...]] = Counter()
        for path in sorted(ledgers_folder.glob("single/pubnet-308*.zst")):
            for row in rows_of(view(applied_ledger(Ledger.from_xdr(decompressed(path)), PUBNET.id))):
                values = (row[column] for column in same.values())
                ours[*values, str(row["amount"]), f"{row['closed_at']:%Y-%m-%dT%H:%M:%SZ}", row["asset"]] += 1
        assert ours.total() == len(theirs) == 345
        assert ours == Counter(
            (*(each[field] for field in same), each["amount_raw"], each["closed_at"], each["asset"].split(":", 1)[-1])
            for each in theirs
        )


def test_as_wallet_backend_has_them(ledgers_folder: Path) -> None:
    """All balance changes that another program sees in the pubnet ledgers are what our rows say, and no others."""
    [untracked] = [each for each in WALLET_BACKEND_TRANSFERS if each.field == "token_id"]
    unfilled = {each.field for each in WALLET_BACKEND_TRANSFERS if each.rows is None}
    theirs = [
        each
        for each in oracle(ledgers_folder / "oracles/wallet-backend/state_changes.ndjson.gz")
        if each["state_change_category"] == "BALANCE"
    ]
    assert all(each[field] is None for each in theirs for field in unfilled)
    ours: Counter[tuple[object, ...]] = Counter()
    tokens = 0
    for ledger in lake_ledgers(ledgers_folder, PUBNET):
        rows = rows_of(applied_ledger(ledger, PUBNET.id))
        ours.update(balance_changes(row for row in rows if row["asset"] is not None))
        tokens += sum(row["asset"] is None for row in rows)
    assert tokens == untracked.rows
    assert ours.total() == len(theirs) == 8119
    assert ours == Counter(
        (
            each["to_id"],
            each["operation_id"],
            each["account_id"],
            each["token_id"],
            each["state_change_reason"],
            int(each["amount"]),
        )
        for each in theirs
    )


def balance_changes(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """As wallet-backend writes them: of accounts and contracts; a transaction's fees in one."""
    fees: Counter[tuple[int, str, str]] = Counter()
    for row in rows:
        of, token = (row["transaction_id"], row["operation_id"]), row["contract"]
        sender, receiver, amount = row["from_address"], row["to_address"], row["amount"]
        if row["type"] == "fee":
            fees[row["transaction_id"], sender, token] += amount
            continue
        if row["type"] != "transfer":
            issuer = row["asset"].split(":")[1]
            yield (*of, issuer, token, "MINT" if row["type"] == "mint" else "BURN", amount)
        if sender is not None and sender[0] not in "BL":
            yield (*of, sender, token, "DEBIT", amount)
        if receiver is not None and receiver[0] not in "BL":
            yield (*of, receiver, token, "CREDIT", amount)
    for (transaction_id, payer, token), amount in fees.items():
        yield (transaction_id, 0, payer, token, "DEBIT" if amount > 0 else "CREDIT", abs(amount))


# The two ways to the same rows.


def test_derived_is_told(ledgers_folder: Path) -> None:
    """What operations, results and changes tell is row by row what events tell, in each ledger that has them."""
    ledgers, movements = 0, Counter[str]()
    for network, ledger in real_ledgers(ledgers_folder):
        applied = applied_ledger(ledger, network.id)
        if applied.has_unified_events:
            told = token_transfer_rows(applied)
            assert token_transfer_rows(as_if_untold(applied)) == told
            ledgers += 1
            movements.update(kinds_of_operations(applied, told))
    assert ledgers == 37
    assert movements.total() > 4_000
    assert set(movements) == {
        "CREATE_ACCOUNT",
        "PAYMENT",
        "PATH_PAYMENT_STRICT_RECEIVE",
        "PATH_PAYMENT_STRICT_SEND",
        "MANAGE_SELL_OFFER",
        "MANAGE_BUY_OFFER",
        "ACCOUNT_MERGE",
        "CREATE_CLAIMABLE_BALANCE",
        "CLAIM_CLAIMABLE_BALANCE",
        "CLAWBACK",
    }, "what is missing here is tested by hand below"


def kinds_of_operations(applied: AppliedLedger, rows: list[Row]) -> Iterator[str]:
    """The type of the classic operation that each row is of."""
    kinds = {
        transaction.id + index: OperationType.names[operation.body.type]
        for transaction in applied.transactions
        for index, operation in enumerate(transaction.operations, start=1)
    }
    for row in rows:
        kind = kinds.get(named(TOKEN_TRANSFERS, row)["operation_id"])
        if kind not in (None, "INVOKE_HOST_FUNCTION"):
            yield kind


def test_ledgers_with_and_without_events(ledgers_folder: Path) -> None:
    """stellar-core's own test ledgers give the same rows, whether the node emitted events or not."""
    by_name: dict[str, list[Row]] = {}
    names = [path.name for path in sorted(ledgers_folder.glob("protocols/*.zst"))]
    read = [(net, ledger) for net, ledger in real_ledgers(ledgers_folder) if net.passphrase.startswith("(V)")]
    for name, (network, ledger) in zip(names, read, strict=True):
        by_name[name] = token_transfer_rows(applied_ledger(ledger, network.id))
    pairs = [(name, name.replace("-enable-classic-events", "")) for name in by_name if "-enable-classic-events" in name]
    assert len(pairs) == 20
    for told, untold in pairs:
        assert without_time(by_name[told]) == without_time(by_name[untold])
        assert by_name[told]


def without_time(rows: list[Row]) -> list[Row]:
    return [(*row[:3], *row[4:]) for row in rows]


# The ledgers' own balances.


def test_movements_are_the_changes_of_balances(ledgers_folder: Path) -> None:
    """In each transaction, of each asset and each holder: accounts, contracts, claimable balances and pools."""
    transactions = holders = 0
    for network, ledger in real_ledgers(ledgers_folder):
        applied = applied_ledger(ledger, network.id)
        rows = rows_of(applied)
        contracts = {row["contract"] for row in rows if row["asset"] is not None}
        moved: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            moved[row["transaction_id"]].append(row)
        for transaction in applied.transactions:
            expected = balances_changed(assets_of(network.id), contracts, all_changes(transaction))
            assert balances_moved(moved[transaction.id]) == expected, transaction.hash.hex()
            transactions, holders = transactions + 1, holders + len(expected)
    assert transactions > 11_000
    assert holders > 17_000


def all_changes(transaction: AppliedTransaction) -> Iterator[LedgerEntryChange]:
    yield from transaction.fee_changes
    yield from transaction.changes_before
    for index in range(len(transaction.operations)):
        yield from transaction.operation_changes(index)
    yield from transaction.changes_after
    yield from transaction.refund_changes


def balances_moved(rows: Iterable[dict[str, Any]]) -> Balances:
    """What the rows add to balances, and take from them."""
    net: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["asset"] is None:
            continue
        if row["from_address"] is not None:
            net[row["from_address"], row["contract"]] -= row["amount"]
        if row["to_address"] is not None:
            net[row["to_address"], row["contract"]] += row["amount"]
    return {key: amount for key, amount in net.items() if amount}


def balances_changed(assets: Assets, contracts: set[str], changes: Iterable[LedgerEntryChange]) -> Balances:
    """What the entries say: each as it was counts against itself as it came to be."""
    signs = {STATE: -1, CREATED: 1, UPDATED: 1}
    net: Counter[tuple[str, str]] = Counter()
    for change in changes:
        if change.type in signs:
            assert isinstance(change.value, readers.LedgerEntry)
            for holder, contract, balance in balances(assets, contracts, change.value.data.value):
                net[holder, contract] += signs[change.type] * balance
    return {key: amount for key, amount in net.items() if amount}


def balances(assets: Assets, contracts: set[str], entry: object) -> Iterator[tuple[str, str, int]]:
    match entry:
        case readers.AccountEntry():
            yield strkeys.account(entry.account_id), assets.native.contract, entry.balance
        case readers.TrustLineEntry(asset=readers.TrustLineAsset(value=readers.AlphaNum4() | readers.AlphaNum12())):
            asset: Any = entry.asset
            yield strkeys.account(entry.account_id), assets.of(asset).contract, entry.balance
        case readers.ClaimableBalanceEntry():
            holder = strkeys.claimable_balance(b"\0" + entry.balance_id)
            yield holder, assets.of(entry.asset).contract, entry.amount
        case readers.LiquidityPoolEntry(body=pool):
            holder = strkeys.liquidity_pool(entry.liquidity_pool_id)
            yield holder, assets.of(pool.params.asset_a).contract, pool.reserve_a
            yield holder, assets.of(pool.params.asset_b).contract, pool.reserve_b
        case readers.ContractDataEntry() if address_of(entry.contract) in contracts:
            yield from balance_of_contract(entry)


def balance_of_contract(entry: readers.ContractDataEntry) -> Iterator[tuple[str, str, int]]:
    """What an asset's contract keeps for another contract: the key is [Balance, address], the value a map."""
    key: Any = decode(readers.read_SCVal, entry.key).value
    if isinstance(key, list) and key[0].value == b"Balance":
        value: Any = decode(readers.read_SCVal, entry.val).value
        amount = value[0].val.value
        assert value[0].key.value == b"amount"
        yield address_of(key[1].value), address_of(entry.contract), amount.hi << 64 | amount.lo


def test_fees_are_what_the_fee_pool_gained(ledgers_folder: Path) -> None:
    """From one ledger to the next, refunds and fees of transactions that failed included."""
    compared = 0
    applied = (applied_ledger(ledger, network.id) for network, ledger in real_ledgers(ledgers_folder))
    for before, after in pairwise(applied):
        if before.ledger.hash == after.ledger.previous_hash:
            fees = sum(row["amount"] for row in rows_of(after) if row["type"] == "fee")
            assert after.header.fee_pool - before.header.fee_pool == fees
            compared += 1
    assert compared == 44


# By hand: events.

A, B, ISSUER = (StrKey.encode_ed25519_public_key(bytes([number]) * 32) for number in (1, 2, 3))
M = StrKey.encode_med25519_public_key(bytes([2]) * 32 + (77).to_bytes(8, "big"))
C = StrKey.encode_contract(bytes([4]) * 32)
L = StrKey.encode_liquidity_pool(bytes([5]) * 32)
B_ID = hashlib.sha256(b"balance").digest()
BALANCE = StrKey.encode_claimable_balance(b"\0" + B_ID)
USD, LONG = SdkAsset("USD", ISSUER), SdkAsset("LONGCODE", ISSUER)
ASSETS = assets_of(PUBNET.id)


def contract_of(asset: SdkAsset) -> str:
    return asset.contract_id(PUBNET.passphrase)


def name_of(asset: SdkAsset) -> str:
    return "native" if asset.issuer is None else f"{asset.code}:{asset.issuer}"


def address(strkey: str) -> dict[str, Any]:
    return {"address": strkey}


def told(name: str, *topics: Json, data: Json | None = None, contract: str = C) -> Movement | None:
    """The movement of an event of this contract."""
    raw = StrKey.decode_contract(contract)
    return movement_of(event({"symbol": name}, *topics, data=data or {"i128": "5"}, contract=raw), ASSETS)


def with_id(value: Json | None, *more: tuple[str, Json], key: Json | None = None) -> Json:
    """Data of a map: -7 of the token, and what tells receivers apart, under the key that SEP-41 gives it."""
    fields: list[tuple[Json, Json]] = [({"symbol": "amount"}, {"i128": "-7"})]
    fields += [({"symbol": name}, val) for name, val in more]
    if value is not None:
        fields.append((key or {"symbol": "to_muxed_id"}, value))
    return {"map": [{"key": key, "val": val} for key, val in fields]}


@pytest.mark.parametrize(
    ("name", "topics", "expected"),
    [
        ("transfer", [A, B], ("transfer", A, B)),
        ("transfer", [A, B, C], ("transfer", A, B)),
        ("transfer", [A, A], ("transfer", A, A)),
        ("transfer", [L, BALANCE], ("transfer", L, BALANCE)),
        ("mint", [B], ("mint", None, B)),
        ("mint", [A, B], ("mint", None, B)),
        ("clawback", [B], ("clawback", B, None)),
        ("clawback", [A, B], ("clawback", B, None)),
        ("burn", [B], ("burn", B, None)),
        ("burn", [B, A], ("burn", B, None)),
    ],
)
def test_events_of_tokens(name: str, topics: list[str], expected: tuple[str, str | None, str | None]) -> None:
    """SEP-41's, of a contract that is no asset's; the holder stands behind an administrator, if there is one."""
    kind, sender, receiver = expected
    assert told(name, *map(address, topics)) == Movement(kind, C, None, sender, receiver, None, None, 5)


@pytest.mark.parametrize(
    ("name", "topics", "data"),
    [
        ("transfer", [], None),
        ("transfer", [address(A)], None),
        ("transfer", [address(A), {"string": B}], None),
        ("transfer", [{"symbol": "from"}, address(B)], None),
        ("mint", [], None),
        ("mint", [{"u32": 1}, address(B)], None),
        ("burn", [{"bytes": "00"}], None),
        ("clawback", ["void"], None),
        ("fee", [address(A)], None),
        ("Transfer", [address(A), address(B)], None),
        ("approve", [address(A), address(B)], None),
        ("transfer", [address(A), address(B)], "void"),
        ("transfer", [address(A), address(B)], {"u128": "5"}),
        ("transfer", [address(A), address(B)], {"u64": "5"}),
        ("transfer", [address(A), address(B)], {"vec": [{"i128": "5"}]}),
        ("transfer", [address(A), address(B)], {"map": []}),
        ("transfer", [address(A), address(B)], with_id("void", key={"u32": 1})),
        ("transfer", [address(A), address(B)], {"map": [{"key": {"symbol": "amount"}, "val": {"u64": "5"}}]}),
        ("transfer", [address(A), address(B)], {"map": [{"key": {"string": "amount"}, "val": {"i128": "5"}}]}),
    ],
)
def test_events_that_are_no_movements(name: str, topics: list[Json], data: Json | None) -> None:
    """Events that do not fit SEP-41 are neither rows nor errors."""
    assert told(name, *topics, data=data) is None


def test_events_that_no_contract_emitted() -> None:
    """Without a contract, of the network's own kind, without topics, named by a string: none is a movement."""
    parties = address(A), address(B)
    amount: Json = {"i128": "5"}
    for each in (
        event({"symbol": "transfer"}, *parties, data=amount, contract=None),
        event({"symbol": "transfer"}, *parties, data=amount, kind=readers.ContractEventType.SYSTEM),
        event({"string": "transfer"}, *parties, data=amount),
        event(data=amount),
    ):
        assert movement_of(each, ASSETS) is None


@given(st.integers(min_value=0))
def test_events_of_any_kind(seed: int) -> None:
    """Whatever stands in an event, it is a movement of that type between addresses, or none."""
    build = Builder(seed)
    kind = random.Random(seed).choice(["transfer", "mint", "burn", "clawback"])
    topics = [build.named("SCVal") for _ in range(seed % 5)]
    amount = [stellar_xdr.SCVal.from_json_dict({"i128": "5"}), build.named("SCVal")][seed % 2]
    body = stellar_xdr.ContractEventV0([stellar_xdr.SCVal.from_json_dict({"symbol": kind}), *topics], amount)
    made = event(contract=bytes(32))
    made.body = decode(readers.read_ContractEventV0, body.to_xdr_bytes())
    movement = movement_of(made, ASSETS)
    if movement is not None:
        assert movement.type == kind
        assert (movement.from_address or movement.to_address or "")[0] in "GCBL"


@pytest.mark.parametrize(
    ("data", "receiver", "expected"),
    [
        (with_id({"u64": "18446744073709551615"}), B, ("18446744073709551615", "id")),
        (with_id({"string": "caf\\xc3\\xa9"}), B, ("café", "text")),
        (with_id({"string": "\\0 \\xff"}), B, ("� �", "text")),
        (with_id({"bytes": "ab" * 32}), B, ("ab" * 32, "hash")),
        (with_id("void"), B, (None, None)),
        (with_id(None), B, (None, None)),
        (with_id({"u64": "1"}, ("note", {"string": "unknown"})), B, ("1", "id")),
        (with_id(None), M, ("77", "id")),
        (with_id({"u64": "1"}), M, ("1", "id")),
    ],
)
def test_receivers_that_are_told_apart(data: Json, receiver: str, expected: tuple[str | None, str | None]) -> None:
    """By the id, text or hash of the data, else by that of the address; the address itself is G…; a burn has none."""
    assert told("transfer", address(A), address(receiver), data=data) == Movement(
        "transfer", C, None, A, B, *expected, -7
    )
    assert told("mint", address(receiver), data=data) == Movement("mint", C, None, None, B, *expected, -7)
    assert told("burn", address(receiver), data=data) == Movement("burn", C, None, B, None, None, None, -7)


def test_receivers_that_are_told_apart_by_nothing_known() -> None:
    """An id that is neither number, text nor bytes is not SEP-41's."""
    assert told("transfer", address(A), address(B), data=with_id({"u32": 1})) is None


@pytest.mark.parametrize("amount", [0, 1, -1, 2**63, 2**64, 2**127 - 1, -(2**127)])
def test_amounts(amount: int) -> None:
    """128 bits, with their sign, exactly."""
    movement = told("burn", address(A), data={"i128": str(amount)})
    assert movement is not None
    assert movement.amount == amount


@pytest.mark.parametrize("asset", [SdkAsset.native(), USD, LONG], ids=name_of)
def test_events_of_assets(asset: SdkAsset) -> None:
    """The contract's id proves which asset it is, and which network's."""
    contract, name = contract_of(asset), name_of(asset)
    claim: Json = {"string": name}
    assert told("transfer", address(A), address(B), claim, contract=contract) == Movement(
        "transfer", contract, name, A, B, None, None, 5
    )
    assert told("transfer", address(A), address(B), claim) == Movement("transfer", C, None, A, B, None, None, 5)
    other = contract_of(SdkAsset("EUR", ISSUER))
    assert told("mint", address(B), claim, contract=other) == Movement("mint", other, None, None, B, None, None, 5)
    elsewhere = asset.contract_id("another network")
    assert told("burn", address(B), claim, contract=elsewhere) == Movement(
        "burn", elsewhere, None, B, None, None, None, 5
    )


@pytest.mark.parametrize(
    "claim",
    [
        "native:",
        f":{ISSUER}",
        "USD",
        "USD:",
        f"USD:{ISSUER[:-1]}",
        f"USD:{ISSUER[:-1]}A",
        f"USD:{ISSUER.lower()}",
        f"USD:{C}",
        f"THIRTEENCHARS:{ISSUER}",
        f"USD:{ISSUER}:",
        "USD:" + "G" * 200,
        "\\xff\\0",
    ],
)
def test_claims_that_name_no_asset(claim: str) -> None:
    """They make no asset, and no error."""
    movement = told("burn", address(A), {"string": claim}, contract=contract_of(USD))
    assert movement == Movement("burn", contract_of(USD), None, A, None, None, None, 5)


def test_events_of_assets_up_to_protocol_22() -> None:
    """A transfer from the issuer is a mint, one to the issuer a burn, between both a transfer."""
    contract, claim = contract_of(USD), {"string": name_of(USD)}
    parties = {
        (ISSUER, B): Movement("mint", contract, name_of(USD), None, B, None, None, 5),
        (A, ISSUER): Movement("burn", contract, name_of(USD), A, None, None, None, 5),
        (ISSUER, ISSUER): Movement("transfer", contract, name_of(USD), ISSUER, ISSUER, None, None, 5),
    }
    for (sender, receiver), expected in parties.items():
        assert told("transfer", address(sender), address(receiver), claim, contract=contract) == expected
    minted = Movement("mint", contract, name_of(USD), None, B, None, None, 5)
    assert told("mint", address(ISSUER), address(B), claim, contract=contract) == minted
    clawed_back = Movement("clawback", contract, name_of(USD), B, None, None, None, 5)
    assert told("clawback", address(ISSUER), address(B), claim, contract=contract) == clawed_back


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of assets and addresses without end fills no memory, and changes no row."""
    monkeypatch.setattr("consumer.decode.assets._MOST", 3)
    monkeypatch.setattr("consumer.decode.token_transfers.events._MOST", 3)
    monkeypatch.setattr(events, "_address", (addresses := events._Addresses()).__getitem__)
    assets = Assets(PUBNET.id)
    for _ in range(2):
        for number in range(20):
            asset = SdkAsset(f"A{number}", StrKey.encode_ed25519_public_key(bytes([number]) * 32))
            raw = StrKey.decode_contract(contract_of(asset))
            topics = address(str(asset.issuer)), {"string": name_of(asset)}
            movement = movement_of(event({"symbol": "burn"}, *topics, data={"i128": "5"}, contract=raw), assets)
            assert movement == moved("burn", asset, asset.issuer, None, 5)
            assert assets.claimed(raw, bytes.fromhex("0000000e00000100") + bytes(256)) is None
            assert max(len(assets._known), len(assets._claims), len(addresses)) <= 3
    assert max(map(len, assets._claims)) < 128


def test_events_of_fees() -> None:
    """Of the contract of lumens alone; one that is given back is negative."""
    native = contract_of(SdkAsset.native())
    raw = StrKey.decode_contract(native)
    fee: Json = {"symbol": "fee"}
    charged = fee_of(event(fee, address(A), data={"i128": "100"}, contract=raw), ASSETS)
    assert charged == Movement("fee", native, "native", A, None, None, None, 100)
    refunded = fee_of(event(fee, address(M), data={"i128": "-3"}, contract=raw), ASSETS)
    assert refunded == Movement("fee", native, "native", B, None, None, None, -3)
    for each in (
        event(fee, address(A), data={"i128": "100"}),
        event(fee, address(A), data={"i128": "100"}, contract=None),
        event(fee, data={"i128": "100"}, contract=raw),
        event(fee, {"u32": 1}, data={"i128": "100"}, contract=raw),
        event(fee, address(A), data={"u64": "100"}, contract=raw),
        event({"symbol": "tip"}, address(A), data={"i128": "100"}, contract=raw),
        event(data={"i128": "100"}, contract=raw),
    ):
        assert fee_of(each, ASSETS) is None


# By hand: operations.

Derive = Callable[..., list[Movement]]


@pytest.fixture
def derive(ledgers: list[Ledger], network: Network) -> Derive:
    """What an operation moved, in the JSON of stellar-sdk: its body, its result, the changes that it made."""
    donor = next(each for ledger in ledgers for each in applied_ledger(ledger, network.id).transactions)

    def derived(
        body: Json, result: Json, *changes: Json, source: str = A, memo: Json = "none", protocol: int = 26
    ) -> list[Movement]:
        operation = read("Operation", {"source_account": source, "body": body})
        made = replace(
            donor,
            envelope=readers.TransactionV1Envelope(transaction(operation, memo), []),
            result=succeeded(read("OperationResultTr", result)),
            meta=[readers.OperationMeta(to_xdr("LedgerEntryChanges", changes))],
        )
        return movements_of(ASSETS, made, 0, protocol)

    return derived


def to_xdr(name: str, json: object) -> bytes:
    xdr: bytes = getattr(stellar_xdr, name).from_json_dict(json).to_xdr_bytes()
    return xdr


def read(name: str, json: object) -> Any:
    return decode(getattr(readers, f"read_{name}"), to_xdr(name, json))


def transaction(operation: readers.Operation, memo: Json) -> readers.Transaction:
    source = readers.MuxedAccount(0, bytes([9]) * 32)
    conditions, no_extension = readers.Preconditions(0, None), readers.TransactionExt(0, None)
    return readers.Transaction(source, 100, 7, conditions, read("Memo", memo), [operation], no_extension, b"")


def succeeded(result: readers.OperationResultTr) -> readers.TransactionResult:
    return readers.TransactionResult(100, readers.TransactionResultResult(0, [readers.OperationResult(0, result)]))


def xdr_json(asset: SdkAsset) -> Json:
    xdr: Any = asset.to_xdr_object()
    json: Json = xdr.to_json_dict()
    return json


def moved(kind: str, asset: SdkAsset, sender: str | None, receiver: str | None, amount: int, *muxed: str) -> Movement:
    muxed_id, muxed_id_type = muxed or (None, None)
    return Movement(kind, contract_of(asset), name_of(asset), sender, receiver, muxed_id, muxed_id_type, amount)


def entry(data: Json) -> Json:
    return {"last_modified_ledger_seq": 1, "data": data, "ext": "v0"}


def account(strkey: str, balance: int) -> Json:
    return entry(
        {
            "account": {
                "account_id": strkey,
                "balance": str(balance),
                "seq_num": "1",
                "num_sub_entries": 0,
                "inflation_dest": None,
                "flags": 0,
                "home_domain": "",
                "thresholds": "01000000",
                "signers": [],
                "ext": "v0",
            }
        }
    )


def claimable(asset: SdkAsset, amount: int, of: str = BALANCE) -> Json:
    return entry(
        {
            "claimable_balance": {
                "balance_id": of,
                "claimants": [],
                "asset": xdr_json(asset),
                "amount": str(amount),
                "ext": "v0",
            }
        }
    )


def pool(reserve_a: int, reserve_b: int, asset_a: SdkAsset = USD, asset_b: SdkAsset = LONG, of: str = L) -> Json:
    parameters = {"asset_a": xdr_json(asset_a), "asset_b": xdr_json(asset_b), "fee": 30}
    body = {
        "params": parameters,
        "reserve_a": str(reserve_a),
        "reserve_b": str(reserve_b),
        "total_pool_shares": "1",
        "pool_shares_trust_line_count": "1",
    }
    return entry({"liquidity_pool": {"liquidity_pool_id": of, "body": {"liquidity_pool_constant_product": body}}})


MEMOS = [
    ("none", ()),
    ({"id": "12"}, ("12", "id")),
    ({"text": "caf\\xc3\\xa9 \\0"}, ("café �", "text")),
    ({"hash": "cd" * 32}, ("cd" * 32, "hash")),
    ({"return": "ef" * 32}, ("ef" * 32, "hash")),
]


@pytest.mark.parametrize(("memo", "muxed"), MEMOS)
def test_payments(derive: Derive, memo: Json, muxed: tuple[str, str]) -> None:
    """The memo tells receivers apart where the account does not do it itself; who burns has no receiver."""

    def pay(asset: SdkAsset, to: str, source: str = A) -> list[Movement]:
        body = {"payment": {"destination": to, "asset": xdr_json(asset), "amount": "5"}}
        return derive(body, {"payment": "success"}, source=source, memo=memo)

    for asset in (SdkAsset.native(), USD, LONG):
        assert pay(asset, B) == [moved("transfer", asset, A, B, 5, *muxed)]
        assert pay(asset, M) == [moved("transfer", asset, A, B, 5, "77", "id")]
        assert pay(asset, A, source=M) == [moved("transfer", asset, B, A, 5, *muxed)]
    assert pay(USD, B, source=ISSUER) == [moved("mint", USD, None, B, 5, *muxed)]
    assert pay(USD, M, source=ISSUER) == [moved("mint", USD, None, B, 5, "77", "id")]
    assert pay(USD, ISSUER) == [moved("burn", USD, A, None, 5)]
    assert pay(USD, ISSUER, source=ISSUER) == [moved("transfer", USD, ISSUER, ISSUER, 5, *muxed)]


@pytest.mark.parametrize(("memo", "muxed"), MEMOS)
def test_accounts_that_begin_and_end(derive: Derive, memo: Json, muxed: tuple[str, str]) -> None:
    """Lumens go to the account that is created, of none too, and to the one that another is merged into."""
    native = SdkAsset.native()
    for amount in (0, 5):
        body = {"create_account": {"destination": B, "starting_balance": str(amount)}}
        created = derive(body, {"create_account": "success"}, memo=memo)
        assert created == [moved("transfer", native, A, B, amount, *muxed)]
        merged = derive({"account_merge": M}, {"account_merge": {"success": str(amount)}}, memo=memo)
        assert merged == [moved("transfer", native, A, B, amount, "77", "id")]


def atom(seller: Json, sold: tuple[SdkAsset, int], bought: tuple[SdkAsset, int]) -> dict[str, Any]:
    assert isinstance(seller, dict)
    return {
        **seller,
        "asset_sold": xdr_json(sold[0]),
        "amount_sold": str(sold[1]),
        "asset_bought": xdr_json(bought[0]),
        "amount_bought": str(bought[1]),
    }


NATIVE = SdkAsset.native()
ATOMS = [
    {"v0": atom({"seller_ed25519": "02" * 32, "offer_id": "1"}, (USD, 1), (NATIVE, 2))},
    {"order_book": atom({"seller_id": ISSUER, "offer_id": "2"}, (USD, 3), (LONG, 4))},
    {"liquidity_pool": atom({"liquidity_pool_id": L}, (NATIVE, 0), (USD, 5))},
]
TRADES = [
    moved("transfer", NATIVE, A, B, 2),
    moved("transfer", USD, B, A, 1),
    moved("burn", LONG, A, None, 4),
    moved("mint", USD, None, A, 3),
    moved("transfer", USD, A, L, 5),
    moved("transfer", NATIVE, L, A, 0),
]


@pytest.mark.parametrize("kind", ["manage_sell_offer", "create_passive_sell_offer", "manage_buy_offer"])
def test_trades_of_offers(derive: Derive, kind: str) -> None:
    """Two for each offer or pool, of each form that a result ever had; a memo tells nobody apart."""
    body: dict[str, Any] = {"selling": xdr_json(USD), "buying": "native", "price": {"n": 1, "d": 1}}
    body["buy_amount" if kind == "manage_buy_offer" else "amount"] = "1"
    if kind != "create_passive_sell_offer":
        body["offer_id"] = "0"
    for atoms, expected in ((ATOMS, TRADES), ([], [])):
        result = {kind: {"success": {"offers_claimed": atoms, "offer": "deleted"}}}
        assert derive({kind: body}, result, memo={"id": "12"}) == expected


@pytest.mark.parametrize("kind", ["path_payment_strict_receive", "path_payment_strict_send"])
def test_path_payments(derive: Derive, kind: str) -> None:
    """The trades on the way, then what the destination got, which alone a memo tells apart."""
    ways = {
        "path_payment_strict_receive": ("send_max", "dest_amount"),
        "path_payment_strict_send": ("send_amount", "dest_min"),
    }
    body: dict[str, Any] = {"send_asset": "native", "destination": B, "dest_asset": xdr_json(USD), "path": []}
    body |= dict.fromkeys(ways[kind], "9")
    last = {"destination": B, "asset": xdr_json(USD), "amount": "9"}
    result: Json = {kind: {"success": {"offers": ATOMS, "last": last}}}
    expected = [*TRADES, moved("transfer", USD, A, B, 9, "12", "id")]
    assert derive({kind: body}, result, memo={"id": "12"}) == expected


def test_claimable_balances(derive: Derive) -> None:
    """They are created, claimed and clawed back; issuers mint into them, and burn what they claim."""
    create: Json = {"create_claimable_balance": {"asset": xdr_json(USD), "amount": "5", "claimants": []}}
    created: Json = {"create_claimable_balance": {"success": BALANCE}}
    assert derive(create, created, memo={"id": "12"}) == [moved("transfer", USD, A, BALANCE, 5)]
    assert derive(create, created, source=ISSUER) == [moved("mint", USD, None, BALANCE, 5)]
    other = StrKey.encode_claimable_balance(bytes(33))
    gone = (
        {"state": claimable(LONG, 8, other)},
        {"state": claimable(USD, 5)},
        {"removed": {"claimable_balance": {"balance_id": BALANCE}}},
    )
    claim: Json = {"claim_claimable_balance": {"balance_id": BALANCE}}
    claimed: Json = {"claim_claimable_balance": "success"}
    assert derive(claim, claimed, *gone, memo={"id": "12"}) == [moved("transfer", USD, BALANCE, A, 5, "12", "id")]
    assert derive(claim, claimed, *gone, source=M) == [moved("transfer", USD, BALANCE, B, 5, "77", "id")]
    assert derive(claim, claimed, *gone, source=ISSUER, memo={"id": "1"}) == [moved("burn", USD, BALANCE, None, 5)]
    back: Json = {"clawback_claimable_balance": {"balance_id": BALANCE}}
    taken: Json = {"clawback_claimable_balance": "success"}
    assert derive(back, taken, *gone, source=ISSUER) == [moved("clawback", USD, BALANCE, None, 5)]
    with pytest.raises(LedgerMalformed, match="does not show its claimable balance"):
        derive(claim, claimed)


def test_clawbacks(derive: Derive) -> None:
    """From an account, multiplexed or not."""
    for source, named_so in ((B, B), (M, B)):
        body = {"clawback": {"asset": xdr_json(USD), "from_": source, "amount": "5"}}
        assert derive(body, {"clawback": "success"}, source=ISSUER) == [moved("clawback", USD, named_so, None, 5)]


def test_deposits_and_withdrawals(derive: Derive) -> None:
    """Both assets of the pool, nothing of one too; a memo tells apart who withdraws."""
    deposit: Json = {
        "liquidity_pool_deposit": {
            "liquidity_pool_id": L,
            "max_amount_a": "9",
            "max_amount_b": "9",
            "min_price": {"n": 1, "d": 1},
            "max_price": {"n": 1, "d": 1},
        }
    }
    into = ({"state": pool(10, 20)}, {"updated": pool(13, 24)})
    done: Json = {"liquidity_pool_deposit": "success"}
    both = [moved("transfer", USD, A, L, 3), moved("transfer", LONG, A, L, 4)]
    assert derive(deposit, done, *into, memo={"id": "12"}) == both
    assert derive(deposit, done, *into, source=ISSUER) == [
        moved("mint", USD, None, L, 3),
        moved("mint", LONG, None, L, 4),
    ]
    withdraw: Json = {
        "liquidity_pool_withdraw": {"liquidity_pool_id": L, "amount": "1", "min_amount_a": "0", "min_amount_b": "0"}
    }
    done = {"liquidity_pool_withdraw": "success"}
    out = ({"state": pool(10, 20, NATIVE, USD)}, {"updated": pool(10, 16, NATIVE, USD)})
    expected = [moved("transfer", NATIVE, L, A, 0, "12", "id"), moved("transfer", USD, L, A, 4, "12", "id")]
    assert derive(withdraw, done, *out, memo={"id": "12"}) == expected
    to_issuer = [moved("transfer", NATIVE, L, ISSUER, 0), moved("burn", USD, L, None, 4)]
    assert derive(withdraw, done, *out, source=ISSUER) == to_issuer


def revoked_id(of: str, asset: SdkAsset) -> str:
    """The claimable balance that core makes for a pool's asset (CAP-38), of the transaction that tests have."""
    preimage = stellar_xdr.HashIDPreimage(
        stellar_xdr.EnvelopeType.ENVELOPE_TYPE_POOL_REVOKE_OP_ID,
        revoke_id=stellar_xdr.HashIDPreimageRevokeID.from_json_dict(
            {
                "source_account": StrKey.encode_ed25519_public_key(bytes([9]) * 32),
                "seq_num": "7",
                "op_num": 0,
                "liquidity_pool_id": of,
                "asset": xdr_json(asset),
            }
        ),
    )
    return StrKey.encode_claimable_balance(b"\0" + hashlib.sha256(preimage.to_xdr_bytes()).digest())


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ({"allow_trust": {"trustor": B, "asset": {"credit_alphanum4": "USD"}, "authorize": 0}}, "allow_trust"),
        (
            {"set_trust_line_flags": {"trustor": B, "asset": xdr_json(USD), "clear_flags": 1, "set_flags": 0}},
            "set_trust_line_flags",
        ),
    ],
)
def test_revocations(derive: Derive, body: Json, result: str) -> None:
    """What the trustor had in pools goes to claimable balances, pool by pool; what it issued itself is burned."""
    other = StrKey.encode_liquidity_pool(bytes([4]) * 32)
    own = SdkAsset("OWN", B)
    changes = (
        {"state": pool(10, 20)},
        {"updated": pool(4, 19)},
        {"state": pool(10, 20, NATIVE, own, other)},
        {"removed": {"liquidity_pool": {"liquidity_pool_id": other}}},
    )
    assert derive(body, {result: "success"}, *changes, source=ISSUER, memo={"id": "12"}) == [
        moved("transfer", NATIVE, other, revoked_id(other, NATIVE), 10),
        moved("burn", own, other, None, 20),
        moved("transfer", USD, L, revoked_id(L, USD), 6),
        moved("transfer", LONG, L, revoked_id(L, LONG), 1),
    ]
    empty = ({"state": pool(0, 0, NATIVE, own)}, {"updated": pool(0, 0, NATIVE, own)})
    assert derive(body, {result: "success"}, *empty, source=ISSUER) == []
    assert derive(body, {result: "success"}, source=ISSUER) == []


def test_inflation(derive: Derive) -> None:
    """Each winner's lumens are minted, in every protocol: they come from nowhere as they ought to."""
    payouts = [{"destination": B, "amount": "3"}, {"destination": A, "amount": "4"}]
    result: Json = {"inflation": {"success": payouts}}
    changes = ({"state": account(B, 1)}, {"updated": account(B, 4)})
    for protocol in (7, 11):
        assert derive("inflation", result, *changes, memo={"id": "1"}, protocol=protocol) == [
            moved("mint", NATIVE, None, B, 3),
            moved("mint", NATIVE, None, A, 4),
        ]


def test_operations_that_move_nothing(derive: Derive) -> None:
    assert derive({"bump_sequence": {"bump_to": "9"}}, {"bump_sequence": "success"}) == []
    assert derive({"bump_sequence": {"bump_to": "9"}}, {"bump_sequence": "success"}, protocol=7) == []


@pytest.mark.parametrize("protocol", [7, 8])
def test_lumens_out_of_nothing(derive: Derive, protocol: int) -> None:
    """Before protocol 8 a merge could make lumens, and destroy them: the source mints first, or burns last."""
    body: Json = {"account_merge": B}
    result: Json = {"account_merge": {"success": "10"}}
    transfer = moved("transfer", NATIVE, A, B, 10)
    gone = {"removed": {"account": {"account_id": A}}}
    for had, lost in ((10, 0), (4, -6), (15, 5)):
        changes = ({"state": account(A, had)}, gone, {"state": account(B, 1)}, {"updated": account(B, 11)})
        reconciled = {
            0: [transfer],
            -6: [moved("mint", NATIVE, None, A, 6), transfer],
            5: [transfer, moved("burn", NATIVE, A, None, 5)],
        }
        expected = reconciled[lost] if protocol == 7 else [transfer]
        assert derive(body, result, *changes, protocol=protocol) == expected


# By hand: transactions.


@pytest.fixture
def applied(ledgers: list[Ledger], network: Network) -> list[AppliedLedger]:
    """The simulated network's, of nodes that emit no events for classic operations."""
    return [as_if_untold(applied_ledger(ledger, network.id)) for ledger in ledgers]


def test_fees_of_the_simulated_network(applied: list[AppliedLedger]) -> None:
    """The fee is a transaction's first row, what is given back its last; one that failed has no others."""
    failed = bumped = refunded = 0
    for ledger in applied:
        rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in rows_of(ledger):
            rows[row["transaction_id"]].append(row)
        for each in ledger.transactions:
            fees = [row for row in rows[each.id] if row["type"] == "fee"]
            payer = source_of(each.transaction) if each.fee_bump is None else each.fee_bump.fee_source
            assert {row["from_address"] for row in fees} == {account_of(payer)}
            assert sum(row["amount"] for row in fees) == each.result.fee_charged
            assert fees == rows[each.id][:1] + rows[each.id][1:][-1:][: len(fees) - 1]
            assert all((row["operation_id"], row["asset"], row["to_address"]) == (None, "native", None) for row in fees)
            assert all(row["closed_at"] == ledger.closed_at for row in fees)
            assert [row["position"] for row in rows[each.id]] == list(range(len(rows[each.id])))
            assert each.successful or fees == rows[each.id]
            failed += not each.successful
            bumped += each.fee_bump is not None
            refunded += len(fees) > 1
    assert failed
    assert bumped
    assert refunded


@pytest.mark.parametrize(("protocol", "upgrades", "expected"), [(7, 0, True), (8, 1, True), (8, 0, False)])
def test_the_ledger_of_an_upgrade(
    applied: list[AppliedLedger], protocol: int, upgrades: int, *, expected: bool
) -> None:
    """Its transactions were applied by the rules of the protocol before the one that its header names."""
    ledger = next(each for each in applied if any(transaction.successful for transaction in each.transactions))
    [made, *_] = [each for each in ledger.transactions if each.successful]
    payer = account_of(source_of(made.transaction))
    changes = ({"state": account(payer, 1)}, {"updated": account(payer, 9)})
    lumens = readers.OperationMeta(to_xdr("LedgerEntryChanges", changes))
    upgrade = readers.UpgradeEntryMeta(readers.LedgerUpgrade(1, protocol), bytes(4))
    altered = replace(
        replace_transaction(ledger, replace(made, meta=[lumens] * len(made.operations))),
        ledger=replace(ledger.ledger, protocol_version=protocol),
        upgrades=[upgrade] * upgrades,
    )
    assert any(row["type"] == "mint" and row["asset"] == "native" for row in rows_of(as_if_untold(altered))) is expected


def test_a_fee_of_nothing(applied: list[AppliedLedger]) -> None:
    """No row says that nothing was charged."""
    ledger = next(each for each in applied if each.transactions)
    [paid, *_] = [each for each in ledger.transactions if not each.refund_changes]
    free = replace(paid, result=readers.TransactionResult(0, paid.result.result))
    assert rows_of(replace_transaction(ledger, paid))[0]["type"] == "fee"
    assert [row for row in rows_of(replace_transaction(ledger, free)) if row["type"] == "fee"] == []


def replace_transaction(ledger: AppliedLedger, transaction: AppliedTransaction) -> AppliedLedger:
    return as_if_untold(replace(ledger, transactions=[transaction]))
