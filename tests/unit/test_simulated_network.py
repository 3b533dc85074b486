"""The simulated network: every hash, signature, balance and order recomputed from its published bytes alone.

What recomputes them is held against real ledgers of pubnet too, where those are at hand.
"""

import hashlib
import io
import itertools
import struct
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from stellar_sdk import Address, Asset, FeeBumpTransactionEnvelope, Keypair, StrKey, TransactionEnvelope, scval
from stellar_sdk import xdr as stellar_xdr
from stellar_sdk.memo import HashMemo, IdMemo, Memo, NoneMemo, ReturnHashMemo, TextMemo
from stellar_sdk.operation import (
    AccountMerge,
    ClaimClaimableBalance,
    CreateAccount,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)

from producer.errors import LedgerAbsent
from producer.sources import LedgerSource
from producer.sources.simulated import SimulatedNetwork, SimulatedSource, write_stream
from producer.sources.simulated import source as source_module
from schemas.ledger import MAXIMUM_LEDGER_BYTES, Ledger
from schemas.network import PASSPHRASES

PASSPHRASE = PASSPHRASES["simulated"]
TOTAL_COINS = 10**18
BASE_RESERVE = 5_000_000
LEDGER_20 = "3298bf1df76e24f0a7d96e0bfe382d6d8916e3709435441655f1e51ea61a78b2"

Envelope = TransactionEnvelope | FeeBumpTransactionEnvelope
Meta = stellar_xdr.LedgerCloseMetaV2


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def ledgers_of(count: int, *, seed: int = 0, transactions_per_ledger: int = 10) -> list[bytes]:
    network = SimulatedNetwork(seed=seed, transactions_per_ledger=transactions_per_ledger)
    return [network.close_ledger() for _ in range(count)]


@cache
def usual_ledgers() -> list[bytes]:
    return ledgers_of(90)


@cache
def usual_metas() -> list[Meta]:
    return [decoded(xdr) for xdr in usual_ledgers()]


def decoded(xdr: bytes) -> Meta:
    meta = stellar_xdr.LedgerCloseMeta.from_xdr_bytes(xdr).v2
    assert meta is not None
    return meta


# What is recomputed. These functions know the network's rules and nothing of how the simulated one is made.


@dataclass
class Applied:
    """A transaction with its envelope and what came of it."""

    envelope: Envelope
    envelope_xdr: stellar_xdr.TransactionEnvelope
    processing: stellar_xdr.TransactionResultMetaV1

    @property
    def inner(self) -> TransactionEnvelope:
        if isinstance(self.envelope, FeeBumpTransactionEnvelope):
            return self.envelope.transaction.inner_transaction_envelope
        return self.envelope

    @property
    def fee_source(self) -> str:
        if isinstance(self.envelope, FeeBumpTransactionEnvelope):
            return self.envelope.transaction.fee_source.account_id
        return self.envelope.transaction.source.account_id

    @property
    def source(self) -> str:
        return self.inner.transaction.source.account_id

    @property
    def result(self) -> stellar_xdr.TransactionResult:
        return self.processing.result.result

    @property
    def code(self) -> stellar_xdr.TransactionResultCode:
        return self.result.result.code

    @property
    def operation_results(self) -> list[stellar_xdr.OperationResult]:
        inner = self.result.result.inner_result_pair
        results = self.result.result.results if inner is None else inner.result.result.results
        assert results is not None
        return results

    @property
    def meta(self) -> stellar_xdr.TransactionMetaV4:
        meta = self.processing.tx_apply_processing.v4
        assert meta is not None
        return meta


def set_of(meta: Meta) -> stellar_xdr.TransactionSetV1:
    assert meta.tx_set.v1_tx_set is not None
    return meta.tx_set.v1_tx_set


def classic_envelopes(meta: Meta) -> list[stellar_xdr.TransactionEnvelope]:
    components = set_of(meta).phases[0].v0_components
    assert components is not None
    return [
        envelope
        for component in components
        if component.txs_maybe_discounted_fee is not None
        for envelope in component.txs_maybe_discounted_fee.txs
    ]


def soroban_component(meta: Meta) -> stellar_xdr.ParallelTxsComponent:
    component = set_of(meta).phases[1].parallel_txs_component
    assert component is not None
    return component


def soroban_clusters(meta: Meta) -> list[list[stellar_xdr.TransactionEnvelope]]:
    return [
        cluster.dependent_tx_cluster
        for stage in soroban_component(meta).execution_stages
        for cluster in stage.parallel_tx_execution_stage
    ]


def classic_transactions(meta: Meta, passphrase: str) -> list[Applied]:
    return _applied(meta, classic_envelopes(meta), passphrase)


def soroban_transactions(meta: Meta, passphrase: str) -> list[Applied]:
    return _applied(meta, itertools.chain(*soroban_clusters(meta)), passphrase)


def transactions_of(meta: Meta, passphrase: str) -> list[Applied]:
    transactions = classic_transactions(meta, passphrase) + soroban_transactions(meta, passphrase)
    assert len(transactions) == len(meta.tx_processing)
    return transactions


def _applied(meta: Meta, envelopes: Iterable[stellar_xdr.TransactionEnvelope], passphrase: str) -> list[Applied]:
    """In application order. Fails when an envelope's recomputed hash is not in the results."""
    positions = {it.result.transaction_hash.hash: at for at, it in enumerate(meta.tx_processing)}
    found = []
    for envelope_xdr in envelopes:
        envelope = _opened(envelope_xdr, passphrase)
        at = positions[envelope.hash()]
        found.append((at, Applied(envelope, envelope_xdr, meta.tx_processing[at])))
    return [transaction for _, transaction in sorted(found, key=lambda it: it[0])]


def _opened(envelope: stellar_xdr.TransactionEnvelope, passphrase: str) -> Envelope:
    if envelope.type is stellar_xdr.EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP:
        return FeeBumpTransactionEnvelope.from_xdr_object(envelope, passphrase)
    return TransactionEnvelope.from_xdr_object(envelope, passphrase)


def check_hashes(meta: Meta, previous: Meta | None) -> None:
    header = meta.ledger_header.header
    assert meta.ledger_header.hash.hash == sha256(header.to_xdr_bytes())
    assert header.scp_value.tx_set_hash.hash == sha256(meta.tx_set.to_xdr_bytes())
    results = stellar_xdr.TransactionResultSet([it.result for it in meta.tx_processing])
    assert header.tx_set_result_hash.hash == sha256(results.to_xdr_bytes())
    assert set_of(meta).previous_ledger_hash == header.previous_ledger_hash
    if previous is not None:
        assert header.previous_ledger_hash == previous.ledger_header.hash
        assert header.ledger_seq.uint32 == previous.ledger_header.header.ledger_seq.uint32 + 1


def check_validator_signature(meta: Meta, passphrase: str) -> None:
    value = meta.ledger_header.header.scp_value
    signed = value.ext.lc_value_signature
    assert signed is not None
    assert signed.node_id.node_id.ed25519 is not None
    payload = (
        sha256(passphrase.encode())
        + stellar_xdr.EnvelopeType.ENVELOPE_TYPE_SCPVALUE.to_xdr_bytes()
        + value.tx_set_hash.to_xdr_bytes()
        + value.close_time.to_xdr_bytes()
    )
    node = Keypair.from_raw_ed25519_public_key(signed.node_id.node_id.ed25519.uint256)
    node.verify(payload, signed.signature.signature)


def check_orders(meta: Meta, passphrase: str) -> None:
    mask = int.from_bytes(sha256(meta.tx_set.to_xdr_bytes()))
    applied = []
    for envelopes in (classic_envelopes(meta), *soroban_clusters(meta)):
        hashes = [sha256(it.to_xdr_bytes()) for it in envelopes]
        assert hashes == sorted(hashes)
        transactions = _applied(meta, envelopes, passphrase)
        check_rounds(transactions, mask)
        applied += [it.envelope.hash() for it in transactions]
    assert applied == [it.result.transaction_hash.hash for it in meta.tx_processing]


def check_rounds(transactions: list[Applied], mask: int) -> None:
    rounds: Counter[str] = Counter()
    keys = []
    for transaction in transactions:
        rounds[transaction.source] += 1
        digest = int.from_bytes(sha256(transaction.envelope_xdr.to_xdr_bytes()))
        keys.append((rounds[transaction.source], digest ^ mask))
    assert keys == sorted(keys)


def check_fee(transaction: Applied, passphrase: str) -> None:
    """The fee that is taken at first, and what comes back of it, have their events; the result has the difference."""
    processing = transaction.processing
    charged, refund = -balance_gain(processing.fee_processing), balance_gain(processing.post_tx_apply_fee_processing)
    assert transaction.result.fee_charged.int64 == charged - refund
    stages = stellar_xdr.TransactionEventStage
    expected = [(stages.TRANSACTION_EVENT_STAGE_BEFORE_ALL_TXS, charged)]
    if refund:
        expected.append((stages.TRANSACTION_EVENT_STAGE_AFTER_ALL_TXS, -refund))
    assert [(it.stage, topics_and_data(it.event)[1]) for it in transaction.meta.events] == expected
    for event in transaction.meta.events:
        assert contract_of(event.event) == Asset.native().contract_id(passphrase)
        assert topics_and_data(event.event)[0] == ["fee", transaction.fee_source]


def balance_gain(changes: stellar_xdr.LedgerEntryChanges) -> int:
    """Of the one account that is changed."""
    if not changes.ledger_entry_changes:
        return 0
    before, after = [account_of(it) for it in changes.ledger_entry_changes]
    assert before.account_id == after.account_id
    return after.balance.int64 - before.balance.int64


def check_soroban(transaction: Applied, base_fee: int) -> None:
    """What a call's resources cost is what was charged, and its result is the hash of what it returned and said."""
    soroban = transaction.meta.soroban_meta
    assert soroban is not None
    assert soroban.ext.v1 is not None
    fees = soroban.ext.v1
    resource_fee = (
        fees.total_non_refundable_resource_fee_charged.int64 + fees.total_refundable_resource_fee_charged.int64
    )
    bumped = isinstance(transaction.envelope, FeeBumpTransactionEnvelope)
    assert transaction.result.fee_charged.int64 == resource_fee + base_fee * (1 + bumped)
    assert fees.rent_fee_charged.int64 <= fees.total_refundable_resource_fee_charged.int64
    (result,) = transaction.operation_results
    assert result.tr is not None
    assert result.tr.invoke_host_function_result is not None
    success = result.tr.invoke_host_function_result.success
    assert (success is None) == (soroban.return_value is None) == (not transaction.meta.operations)
    if success is not None:
        assert soroban.return_value is not None
        (operation,) = transaction.meta.operations
        preimage = stellar_xdr.InvokeHostFunctionSuccessPreImage(soroban.return_value, operation.events)
        assert success.hash == sha256(preimage.to_xdr_bytes())


def check_lumen_transfers(transaction: Applied, passphrase: str) -> int:
    """How many were checked: of successful native payments, with their M… ids and memos, and new accounts."""
    checked = 0
    operations = transaction.inner.transaction.operations
    for operation, meta in zip(operations, transaction.meta.operations, strict=False):
        expected = expected_transfer(transaction, operation)
        if expected is None:
            continue
        (event,) = meta.events
        assert contract_of(event) == Asset.native().contract_id(passphrase)
        assert topics_and_data(event) == expected
        checked += 1
    return checked


def expected_transfer(transaction: Applied, operation: object) -> tuple[list[object], object] | None:
    if isinstance(operation, CreateAccount):
        recipient, recipient_id = operation.destination, memo_value(transaction.inner.transaction.memo)
        amount = operation.starting_balance
    elif isinstance(operation, Payment) and operation.asset.is_native():
        muxed_id = operation.destination.account_muxed_id
        memo_id = memo_value(transaction.inner.transaction.memo)
        recipient_id = memo_id if muxed_id is None else muxed_id
        recipient, amount = operation.destination.account_id, operation.amount
    else:
        return None
    source = operation.source.account_id if operation.source else transaction.source
    stroops = int(Decimal(amount) * 10**7)
    data = stroops if recipient_id is None else {"amount": stroops, "to_muxed_id": recipient_id}
    return ["transfer", source, recipient, "native"], data


def memo_value(memo: Memo) -> int | str | bytes | None:
    match memo:
        case NoneMemo():
            return None
        case TextMemo():
            return memo.memo_text.decode()
        case IdMemo():
            return memo.memo_id
        case HashMemo():
            return memo.memo_hash
        case ReturnHashMemo():
            return memo.memo_return
    raise AssertionError(memo)


def contract_of(event: stellar_xdr.ContractEvent) -> str:
    assert event.contract_id is not None
    return StrKey.encode_contract(event.contract_id.contract_id.hash)


def topics_and_data(event: stellar_xdr.ContractEvent) -> tuple[list[object], object]:
    assert event.body.v0 is not None
    return [native(topic) for topic in event.body.v0.topics], native(event.body.v0.data)


def native(value: stellar_xdr.SCVal) -> object:
    plain = scval.to_native(value)
    return plain.address if isinstance(plain, Address) else plain


def account_of(change: stellar_xdr.LedgerEntryChange) -> stellar_xdr.AccountEntry:
    entry = change.state or change.updated or change.created
    assert entry is not None
    assert entry.data.account is not None
    return entry.data.account


def check_recipient_ids(transaction: Applied) -> int:
    """Who is meant of those who share an account stands in the last event of a payment, and nowhere else."""
    checked = 0
    for operation, meta in zip(transaction.inner.transaction.operations, transaction.meta.operations, strict=False):
        expected = recipient_id_of(transaction, operation)
        found = [topics_and_data(event) for event in meta.events]
        for position, (topics, data) in enumerate(found, start=1):
            if expected is None or position < len(found) or topics[0] == "burn":
                assert isinstance(data, int)
            else:
                assert isinstance(data, dict)
                assert data["to_muxed_id"] == expected
                checked += 1
    return checked


def recipient_id_of(transaction: Applied, operation: object) -> int | str | bytes | None:
    """The id in an M… address, else the memo."""
    match operation:
        case Payment() | PathPaymentStrictSend() | PathPaymentStrictReceive() | AccountMerge():
            muxed_id = operation.destination.account_muxed_id
        case ClaimClaimableBalance():
            muxed_id = (operation.source or transaction.inner.transaction.source).account_muxed_id
        case CreateAccount():
            muxed_id = None
        case _:
            return None
    return memo_value(transaction.inner.transaction.memo) if muxed_id is None else muxed_id


# Movements: who has how much more of what. A contract's id stands for its asset, an address for the holder.

Movements = Counter[tuple[str, str]]


def check_movements(transaction: Applied, passphrase: str) -> int:
    """The events of each operation add up to what its changes do to balances. How many operations moved something."""
    moved = 0
    for operation in transaction.meta.operations:
        said = said_movements(operation.events)
        assert said == changed_balances(operation.changes, passphrase)
        moved += bool(said)
    return moved


def said_movements(events: list[stellar_xdr.ContractEvent]) -> Movements:
    said: Movements = Counter()
    for event in events:
        (kind, *holders), data = topics_and_data(event)
        if kind == "set_authorized":
            continue
        amount = data["amount"] if isinstance(data, dict) else data
        assert isinstance(amount, int)
        sides = {"transfer": (-1, 1), "mint": (1,), "burn": (-1,), "clawback": (-1,)}[str(kind)]
        for holder, sign in zip(holders, sides, strict=False):
            said[contract_of(event), str(holder)] += sign * amount
    return without_zeros(said)


def changed_balances(changes: stellar_xdr.LedgerEntryChanges, passphrase: str) -> Movements:
    changed: Movements = Counter()
    before: Movements = Counter()
    for change in changes.ledger_entry_changes:
        if change.state is not None:
            before = held_in(change.state, passphrase)
            changed.subtract(before)
        elif entry := change.updated or change.created:
            changed.update(held_in(entry, passphrase))
    return without_zeros(changed)


def without_zeros(movements: Movements) -> Movements:
    return Counter({which: amount for which, amount in movements.items() if amount})


def held_in(entry: stellar_xdr.LedgerEntry, passphrase: str) -> Movements:
    data = entry.data
    if data.account is not None:
        holder = StrKey.encode_ed25519_public_key(_key_of(data.account.account_id))
        return Counter({(contract_id(Asset.native(), passphrase), holder): data.account.balance.int64})
    if data.trust_line is not None and data.trust_line.asset.liquidity_pool_id is None:
        holder = StrKey.encode_ed25519_public_key(_key_of(data.trust_line.account_id))
        asset = Asset.from_xdr_object(data.trust_line.asset)
        return Counter({(contract_id(asset, passphrase), holder): data.trust_line.balance.int64})
    if data.claimable_balance is not None:
        balance = data.claimable_balance
        holder = StrKey.encode_claimable_balance(balance.balance_id.to_xdr_bytes()[3:])
        return Counter({(contract_id(Asset.from_xdr_object(balance.asset), passphrase), holder): balance.amount.int64})
    if data.contract_data is not None and isinstance(held := native(data.contract_data.val), int):
        key = scval.to_native(data.contract_data.key)
        assert isinstance(key, list)
        return Counter({(Address.from_xdr_sc_address(data.contract_data.contract).address, key[1].address): held})
    return Counter()


@cache
def contract_id(asset: Asset, passphrase: str) -> str:
    return asset.contract_id(passphrase)


# The ledger's state, replayed from what the meta says was changed.


def root_entry() -> stellar_xdr.LedgerEntry:
    """The genesis: all coins are the root account's, whose key follows from the passphrase."""
    root = Keypair.from_raw_ed25519_seed(sha256(PASSPHRASE.encode()))
    account = stellar_xdr.AccountEntry(
        account_id=root.xdr_account_id(),
        balance=stellar_xdr.Int64(TOTAL_COINS),
        seq_num=stellar_xdr.SequenceNumber(stellar_xdr.Int64(0)),
        num_sub_entries=stellar_xdr.Uint32(0),
        inflation_dest=None,
        flags=stellar_xdr.Uint32(0),
        home_domain=stellar_xdr.String32(b""),
        thresholds=stellar_xdr.Thresholds(b"\x01\0\0\0"),
        signers=[],
        ext=stellar_xdr.AccountEntryExt(0),
    )
    data = stellar_xdr.LedgerEntryData(stellar_xdr.LedgerEntryType.ACCOUNT, account=account)
    return stellar_xdr.LedgerEntry(stellar_xdr.Uint32(1), data, stellar_xdr.LedgerEntryExt(0))


@dataclass
class Replay:
    """Entries by packed key. Fails when a change does not start from what was there."""

    entries: dict[bytes, stellar_xdr.LedgerEntry] = field(default_factory=lambda: {key_of(root_entry()): root_entry()})
    fee_pool: int = 0
    issued: Counter[str] = field(default_factory=Counter)

    def close(self, meta: Meta) -> None:
        ledger = meta.ledger_header.header.ledger_seq.uint32
        for processing in meta.tx_processing:
            self._apply(processing.fee_processing, ledger)
            self.fee_pool += processing.result.result.fee_charged.int64
        for processing in meta.tx_processing:
            for changes in _changes_of(processing):
                self._apply(changes, ledger)
            self._issue(processing)
        for processing in meta.tx_processing:
            self._apply(processing.post_tx_apply_fee_processing, ledger)

    def _apply(self, changes: stellar_xdr.LedgerEntryChanges, ledger: int) -> None:
        state = None
        for change in changes.ledger_entry_changes:
            if change.state is not None:
                state = key_of(change.state)
                assert change.state == self.entries[state]
            elif change.removed is not None:
                assert change.removed.to_xdr_bytes() == state
                del self.entries[state]
            else:
                self._write(change, state, ledger)

    def _write(self, change: stellar_xdr.LedgerEntryChange, state: bytes | None, ledger: int) -> None:
        entry = change.updated or change.created
        assert entry is not None
        key = key_of(entry)
        assert key == state if change.updated else key not in self.entries
        assert entry.last_modified_ledger_seq.uint32 == ledger
        self.entries[key] = entry

    def _issue(self, processing: stellar_xdr.TransactionResultMetaV1) -> None:
        """By what events say was made and destroyed."""
        meta = processing.tx_apply_processing.v4
        assert meta is not None
        for operation in meta.operations:
            for (contract, _), amount in said_movements(operation.events).items():
                self.issued[contract] += amount

    @property
    def accounts(self) -> list[stellar_xdr.AccountEntry]:
        return [entry.data.account for entry in self.entries.values() if entry.data.account]

    @property
    def held(self) -> Counter[str]:
        """By everybody, of each asset, a contract's id standing for it."""
        held: Counter[str] = Counter()
        for entry in self.entries.values():
            for (contract, _), amount in held_in(entry, PASSPHRASE).items():
                held[contract] += amount
        return held


def key_of(entry: stellar_xdr.LedgerEntry) -> bytes:
    """The packed `LedgerKey`."""
    for kind, fields in KEYS.items():
        its = getattr(entry.data, kind)
        if its is not None:
            parts = [entry.data.type, *(getattr(its, name) for name in fields)]
            return b"".join(part.to_xdr_bytes() for part in parts)
    raise AssertionError(entry)


KEYS = {
    "account": ["account_id"],
    "trust_line": ["account_id", "asset"],
    "offer": ["seller_id", "offer_id"],
    "data": ["account_id", "data_name"],
    "claimable_balance": ["balance_id"],
    "contract_data": ["contract", "key", "durability"],
    "contract_code": ["hash"],
    "ttl": ["key_hash"],
}


@dataclass
class Duties:
    """What an account owes to the network for its entries and offers, by address and, for liabilities, asset."""

    sub_entries: Counter[bytes] = field(default_factory=Counter)
    sponsored: Counter[bytes] = field(default_factory=Counter)
    sponsoring: Counter[bytes] = field(default_factory=Counter)
    buying: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    selling: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)

    def add(self, entry: stellar_xdr.LedgerEntry) -> None:
        data = entry.data
        owner, reserves = None, 1
        if data.account:
            owner, reserves = _key_of(data.account.account_id), 2
            self.sub_entries[owner] += len(data.account.signers)
        elif data.claimable_balance:
            reserves = len(data.claimable_balance.claimants)
        elif its := data.trust_line or data.data:
            owner = _key_of(its.account_id)
        elif data.offer:
            owner = _key_of(data.offer.seller_id)
            self._add_offer(owner, data.offer)
        if owner is not None and not data.account:
            self.sub_entries[owner] += 1
        if entry.ext.v1 is not None and entry.ext.v1.sponsoring_id.sponsorship_descriptor is not None:
            self.sponsoring[_key_of(entry.ext.v1.sponsoring_id.sponsorship_descriptor)] += reserves
            if owner is not None:
                self.sponsored[owner] += reserves

    def _add_offer(self, seller: bytes, offer: stellar_xdr.OfferEntry) -> None:
        numerator, denominator = offer.price.n.int32, offer.price.d.int32
        paid = offer.amount.int64 * numerator // denominator
        sold = offer.amount.int64 if numerator > denominator else -(-paid * denominator // numerator)
        assert sold == offer.amount.int64
        self.selling[seller, offer.selling.to_xdr_bytes()] += sold
        self.buying[seller, offer.buying.to_xdr_bytes()] += paid


def check_duties(entries: Iterable[stellar_xdr.LedgerEntry]) -> None:
    """Counts, reserves and liabilities in accounts and trust lines are what the other entries make of them."""
    entries = list(entries)
    duties = Duties()
    for entry in entries:
        duties.add(entry)
    for entry in entries:
        if entry.data.account:
            check_account(entry.data.account, duties)
        elif line := entry.data.trust_line:
            liabilities = line.ext.v1.liabilities if line.ext.v1 else NO_LIABILITIES
            which = _key_of(line.account_id), line.asset.to_xdr_bytes()
            assert (liabilities.buying.int64, liabilities.selling.int64) == (
                duties.buying[which],
                duties.selling[which],
            )
            assert line.balance.int64 >= liabilities.selling.int64
            assert line.balance.int64 + liabilities.buying.int64 <= line.limit.int64


NO_LIABILITIES = stellar_xdr.Liabilities(stellar_xdr.Int64(0), stellar_xdr.Int64(0))


def check_account(account: stellar_xdr.AccountEntry, duties: Duties) -> None:
    key = _key_of(account.account_id)
    first = account.ext.v1
    second = first.ext.v2 if first else None
    liabilities = first.liabilities if first else NO_LIABILITIES
    sponsored, sponsoring = (second.num_sponsored.uint32, second.num_sponsoring.uint32) if second else (0, 0)
    assert account.num_sub_entries.uint32 == duties.sub_entries[key]
    assert (sponsored, sponsoring) == (duties.sponsored[key], duties.sponsoring[key])
    which = key, Asset.native().to_xdr_object().to_xdr_bytes()
    assert (liabilities.buying.int64, liabilities.selling.int64) == (duties.buying[which], duties.selling[which])
    reserves = 2 + account.num_sub_entries.uint32 + sponsoring - sponsored
    assert account.balance.int64 >= reserves * BASE_RESERVE + liabilities.selling.int64


def _key_of(account_id: stellar_xdr.AccountID) -> bytes:
    assert account_id.account_id.ed25519 is not None
    return account_id.account_id.ed25519.uint256


def _changes_of(processing: stellar_xdr.TransactionResultMetaV1) -> list[stellar_xdr.LedgerEntryChanges]:
    meta = processing.tx_apply_processing.v4
    assert meta is not None
    operations = [operation.changes for operation in meta.operations]
    return [meta.tx_changes_before, *operations, meta.tx_changes_after]


# Claims about the bytes.


def test_every_ledger_decodes_and_encodes_to_the_same_bytes() -> None:
    """Each ledger is a LedgerCloseMeta V2 that stellar-sdk decodes and encodes to the very same bytes."""
    for sequence, xdr in enumerate(usual_ledgers(), start=2):
        meta = stellar_xdr.LedgerCloseMeta.from_xdr_bytes(xdr)
        assert meta.v == 2
        assert meta.to_xdr_bytes() == xdr
        assert Ledger.from_xdr(xdr).sequence == sequence


def test_the_head_is_what_the_contract_reads() -> None:
    """Ledgers form a chain for `schemas.Ledger`, five seconds apart, on protocol 26."""
    for before, after in itertools.pairwise(Ledger.from_xdr(xdr) for xdr in usual_ledgers()):
        assert after.previous_hash == before.hash
        assert (after.closed_at - before.closed_at).total_seconds() == 5
        assert after.protocol_version == 26


def test_the_same_arguments_give_the_same_bytes() -> None:
    """Two networks with the same seed close the same ledgers."""
    assert ledgers_of(30) == usual_ledgers()[:30]


def test_ledger_20_is_pinned() -> None:
    """Ledger 20 of seed 0 has this hash: whoever changes what the network does will notice."""
    assert Ledger.from_xdr(usual_ledgers()[18]).hash.hex() == LEDGER_20


def test_another_seed_is_a_network_that_was_reset() -> None:
    """Another seed shares the genesis with this one and no ledger from 2 on."""
    first, second = ([Ledger.from_xdr(xdr) for xdr in ledgers_of(5, seed=seed)] for seed in (0, 1))
    assert first[0].previous_hash == second[0].previous_hash
    assert all(one.hash != other.hash for one, other in zip(first, second, strict=True))


def test_another_passphrase_is_another_network() -> None:
    """The genesis depends on the passphrase, by the root account."""
    other = SimulatedNetwork(passphrase="another network").close_ledger()
    assert Ledger.from_xdr(other).previous_hash != Ledger.from_xdr(usual_ledgers()[0]).previous_hash


# Claims about hashes, signatures and orders.


def test_hashes_and_chain_are_valid() -> None:
    """Header, transaction set and result set have the hashes that the network would compute; the chain holds."""
    for previous, meta in zip([None, *usual_metas()], usual_metas(), strict=False):
        check_hashes(meta, previous)


def test_signatures_are_valid() -> None:
    """Every transaction is signed by all its sources, every fee bump by its payer, every ledger by the validator."""
    for meta in usual_metas():
        check_validator_signature(meta, PASSPHRASE)
    for transaction in usual_transactions():
        inner = transaction.inner
        sources = [it.source.account_id for it in inner.transaction.operations if it.source]
        _verify(dict.fromkeys([transaction.source, *sources]), inner)
        if transaction.envelope != inner:
            _verify([transaction.fee_source], transaction.envelope)


def _verify(signers: Iterable[str], envelope: Envelope) -> None:
    for signer, signature in zip(signers, envelope.signatures, strict=True):
        assert signature.signature_hint == Keypair.from_public_key(signer).signature_hint()
        Keypair.from_public_key(signer).verify(envelope.hash(), signature.signature)


def test_orders_are_those_of_the_network() -> None:
    """Each phase is sorted by envelope hash; its application is in rounds by account, sorted by hash XOR set hash."""
    for meta in usual_metas():
        check_orders(meta, PASSPHRASE)


def test_application_order_is_not_set_order() -> None:
    """What is applied first is not what stands first in the set: nobody may rely on the one for the other."""
    compared = 0
    for meta in usual_metas():
        in_set = [it.to_xdr() for it in classic_envelopes(meta)]
        if len(in_set) > 4:  # fewer may well stand in the same order by chance
            assert in_set != [it.envelope_xdr.to_xdr() for it in classic_transactions(meta, PASSPHRASE)]
            compared += 1
    assert compared > 50


def test_an_empty_ledger_has_an_empty_set() -> None:
    """A ledger without transactions has a classic phase without components and an empty parallel phase."""
    empty = [meta for meta in usual_metas() if not meta.tx_processing]
    assert empty
    for meta in empty:
        assert set_of(meta).phases[0].v0_components == []
        assert soroban_component(meta).execution_stages == []


# Claims about balances.


def check_books(metas: list[Meta]) -> None:
    replay = Replay()
    native_contract = contract_id(Asset.native(), PASSPHRASE)
    replay.issued[native_contract] = TOTAL_COINS
    for meta in metas:
        replay.close(meta)
        header = meta.ledger_header.header
        assert header.total_coins.int64 == TOTAL_COINS
        assert header.fee_pool.int64 == replay.fee_pool
        held = replay.held
        held[native_contract] += replay.fee_pool
        assert +held == +replay.issued
        check_duties(replay.entries.values())
    contracts = [entry for entry in replay.entries.values() if entry.data.contract_data or entry.data.contract_code]
    assert all(TTL + sha256(key_of(entry)) in replay.entries for entry in contracts)
    assert metas[-1].total_byte_size_of_live_soroban_state.uint64 == sum(len(it.to_xdr_bytes()) for it in contracts)


TTL = stellar_xdr.LedgerEntryType.TTL.to_xdr_bytes()


def test_balances_are_true() -> None:
    """Every change starts from the entry as it was, and after each ledger the books balance.

    Lumens with the fee pool add up to all coins, every other asset to what was issued; sub-entries, sponsorships,
    reserves and what offers count on are those that the entries make.
    """
    check_books(usual_metas())


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**64), transactions_per_ledger=st.integers(0, 25))
def test_balances_are_true_for_any_seed(seed: int, transactions_per_ledger: int) -> None:
    """The books balance whatever the seed."""
    xdrs = ledgers_of(12, seed=seed, transactions_per_ledger=transactions_per_ledger)
    check_books([decoded(xdr) for xdr in xdrs])


def test_sequence_numbers_advance_by_one_also_in_failure() -> None:
    """Each transaction uses the next sequence number of its source, and leaves ledger and time in the account."""
    for meta in usual_metas():
        header = meta.ledger_header.header
        for transaction in transactions_of(meta, PASSPHRASE):
            before, after = [account_of(it) for it in transaction.meta.tx_changes_before.ledger_entry_changes[-2:]]
            number = transaction.inner.transaction.sequence
            assert before.seq_num.sequence_number.int64 + 1 == number
            assert after.seq_num.sequence_number.int64 == number
            assert last_used(after) == (header.ledger_seq, header.scp_value.close_time)


def last_used(account: stellar_xdr.AccountEntry) -> tuple[stellar_xdr.Uint32, stellar_xdr.TimePoint]:
    assert account.ext.v1 is not None
    assert account.ext.v1.ext.v2 is not None
    third = account.ext.v1.ext.v2.ext.v3
    assert third is not None
    return third.seq_ledger, third.seq_time


def test_a_new_account_begins_at_its_ledger() -> None:
    """A created account's sequence number is its ledger's, shifted by 32 bits."""
    for meta in usual_metas():
        for change in _created_accounts(meta):
            number = account_of(change).seq_num.sequence_number.int64
            assert number == meta.ledger_header.header.ledger_seq.uint32 << 32


def _created_accounts(meta: Meta) -> Iterator[stellar_xdr.LedgerEntryChange]:
    for processing in meta.tx_processing:
        for changes in _changes_of(processing):
            yield from (it for it in changes.ledger_entry_changes if it.created and it.created.data.account)


def test_a_failed_transaction_changes_nothing_but_pays() -> None:
    """A failure has a result for each operation, no effect of any, and its fee is charged nevertheless."""
    failed = [it for it in usual_transactions() if not succeeded(it)]
    assert failed
    for transaction in failed:
        assert len(transaction.operation_results) == len(transaction.inner.transaction.operations)
        assert transaction.meta.operations == []
        assert transaction.result.fee_charged.int64 > 0


@cache
def usual_transactions() -> list[Applied]:
    return [it for meta in usual_metas() for it in transactions_of(meta, PASSPHRASE)]


def succeeded(transaction: Applied) -> bool:
    codes = stellar_xdr.TransactionResultCode
    return transaction.code in (codes.txSUCCESS, codes.txFEE_BUMP_INNER_SUCCESS)


def test_events_tell_fees_and_transfers() -> None:
    """Each fee and refund has its event, each payment of lumens its transfer (CAP-67), with M… ids and memos."""
    checked = 0
    for transaction in usual_transactions():
        check_fee(transaction, PASSPHRASE)
        checked += check_lumen_transfers(transaction, PASSPHRASE)
    assert checked > 400


def test_events_tell_who_is_meant_of_many() -> None:
    """Payments, merges, claims and new accounts tell the M… id or else the memo; trades and burns never do."""
    classic = [it for it in usual_transactions() if it.meta.soroban_meta is None]
    assert sum(check_recipient_ids(transaction) for transaction in classic) > 200


def test_events_tell_every_movement() -> None:
    """The events of each operation sum to what it changed: of lumens, credit and tokens, of everybody but issuers."""
    assert sum(check_movements(transaction, PASSPHRASE) for transaction in usual_transactions()) > 600


def test_offers_are_taken_at_their_price() -> None:
    """What was paid for an offer is its price but for rounding, and the offer is among the changes."""
    checked = 0
    for transaction in usual_transactions():
        for result, meta in zip(transaction.operation_results, transaction.meta.operations, strict=False):
            states = [it.state.data.offer for it in meta.changes.ledger_entry_changes if it.state]
            offers = {it.offer_id: it for it in states if it}
            for atom in atoms_of(result):
                price = offers[atom.offer_id].price
                error = atom.amount_sold.int64 * price.n.int32 - atom.amount_bought.int64 * price.d.int32
                assert abs(error) <= max(price.n.int32, price.d.int32)
                checked += 1
    assert checked > 30


def atoms_of(result: stellar_xdr.OperationResult) -> list[stellar_xdr.ClaimOfferAtom]:
    assert result.tr is not None
    managed = result.tr.manage_sell_offer_result or result.tr.manage_buy_offer_result
    paid = result.tr.path_payment_strict_send_result or result.tr.path_payment_strict_receive_result
    atoms: list[stellar_xdr.ClaimAtom] = []
    if managed and managed.success:
        atoms = managed.success.offers_claimed
    elif paid and paid.success:
        atoms = paid.success.offers
    return [atom.order_book for atom in atoms if atom.order_book]


def test_contract_calls_are_paid_and_proved() -> None:
    """A call costs what its meta says, writes only where its footprint allows, and its result is a hash of it."""
    checked = 0
    for meta in usual_metas():
        for transaction in soroban_transactions(meta, PASSPHRASE):
            check_soroban(transaction, base_fee=100)
            data = transaction.inner.transaction.soroban_data
            assert data is not None
            allowed = {key.to_xdr_bytes() for key in data.resources.footprint.read_write}
            allowed |= {TTL + sha256(key) for key in allowed}
            for operation in transaction.meta.operations:
                changes = operation.changes.ledger_entry_changes
                assert {key_of(entry) for it in changes if (entry := it.updated or it.created)} <= allowed
            checked += 1
    assert checked > 40


def test_claimable_balances_have_the_ids_that_the_network_gives() -> None:
    """An id is a hash of the transaction's source, its sequence number and the operation's place."""
    checked = 0
    for transaction in usual_transactions():
        for position, result in enumerate(transaction.operation_results):
            assert result.tr is not None
            created = result.tr.create_claimable_balance_result
            if created is None or created.balance_id is None:
                continue
            assert created.balance_id.v0 is not None
            source = Keypair.from_public_key(transaction.source).xdr_account_id()
            number = struct.pack(">qI", transaction.inner.transaction.sequence, position)
            kind = stellar_xdr.EnvelopeType.ENVELOPE_TYPE_OP_ID
            assert created.balance_id.v0.hash == sha256(kind.to_xdr_bytes() + source.to_xdr_bytes() + number)
            checked += 1
    assert checked > 10


# Claims about variety.


@cache
def early_transactions() -> list[Applied]:
    """Of ledgers 2 to 41: what a demo shows."""
    return [it for meta in usual_metas()[:40] for it in transactions_of(meta, PASSPHRASE)]


SUCCESSES = {
    "ACCOUNT_MERGE",
    "BEGIN_SPONSORING_FUTURE_RESERVES",
    "BUMP_SEQUENCE",
    "CHANGE_TRUST",
    "CLAIM_CLAIMABLE_BALANCE",
    "CREATE_ACCOUNT",
    "CREATE_CLAIMABLE_BALANCE",
    "END_SPONSORING_FUTURE_RESERVES",
    "INVOKE_HOST_FUNCTION",
    "MANAGE_BUY_OFFER",
    "MANAGE_DATA",
    "MANAGE_SELL_OFFER",
    "PATH_PAYMENT_STRICT_RECEIVE",
    "PATH_PAYMENT_STRICT_SEND",
    "PAYMENT",
    "REVOKE_SPONSORSHIP",
    "SET_OPTIONS",
}

FAILURES = {
    "CLAIM_CLAIMABLE_BALANCE_CANNOT_CLAIM",
    "CREATE_ACCOUNT_ALREADY_EXIST",
    "CREATE_ACCOUNT_LOW_RESERVE",
    "INVOKE_HOST_FUNCTION_TRAPPED",
    "MANAGE_SELL_OFFER_NOT_FOUND",
    "PAYMENT_NO_DESTINATION",
    "PAYMENT_NO_TRUST",
    "PAYMENT_UNDERFUNDED",
}


def test_transactions_are_of_many_kinds() -> None:
    """Forty ledgers have every operation that the network knows, failures of many, and fee bumps around both."""
    names = {result_name(result) for it in early_transactions() for result in it.operation_results}
    assert {f"{success}_SUCCESS" for success in SUCCESSES} | FAILURES <= names
    codes = {it.code.name for it in early_transactions()}
    assert codes == {"txSUCCESS", "txFAILED", "txFEE_BUMP_INNER_SUCCESS", "txFEE_BUMP_INNER_FAILED"}
    partly = [it for it in early_transactions() if len({result_name(each) for each in it.operation_results}) > 1]
    assert any(not succeeded(it) for it in partly)


def result_name(result: stellar_xdr.OperationResult) -> str:
    assert result.tr is not None
    (code,) = [each.code.name for name, each in vars(result.tr).items() if name != "type" and each is not None]
    return str(code)


def test_entries_are_of_many_kinds() -> None:
    """Forty ledgers make, change and remove entries of every type but liquidity pools, and some are sponsored."""
    seen = set()
    sponsored = set()
    for transaction in early_transactions():
        for changes in _changes_of(transaction.processing):
            for change in changes.ledger_entry_changes:
                entry = change.created or change.updated
                if entry is not None and entry.ext.v1 is not None:
                    sponsored.add((entry.data.type.name, entry.ext.v1.sponsoring_id.sponsorship_descriptor is None))
                if change.removed is not None:
                    seen.add(("removed", change.removed.type.name))
                elif entry is not None:
                    seen.add(("created" if change.created else "updated", entry.data.type.name))
    changing = {"ACCOUNT", "TRUSTLINE", "OFFER", "DATA"}
    assert {(how, kind) for how in ("created", "updated", "removed") for kind in changing} <= seen
    assert {("created", "CLAIMABLE_BALANCE"), ("removed", "CLAIMABLE_BALANCE")} <= seen
    assert {("created", kind) for kind in ("CONTRACT_DATA", "CONTRACT_CODE", "TTL")} <= seen
    assert ("updated", "CONTRACT_DATA") in seen
    assert {("ACCOUNT", False), ("TRUSTLINE", False), ("TRUSTLINE", True), ("CLAIMABLE_BALANCE", False)} <= sponsored


def test_events_are_of_many_kinds() -> None:
    """Forty ledgers move lumens, credit and tokens in every way, between accounts, claimable balances and contracts."""
    seen = set()
    tokens = set()
    for transaction in early_transactions():
        for operation in transaction.meta.operations:
            for event in operation.events:
                (kind, *holders), data = topics_and_data(event)
                if transaction.meta.soroban_meta is None:
                    asset = str(holders.pop())
                    seen.add((kind, "native" if asset == "native" else len(asset.partition(":")[0])))
                else:
                    tokens.add((kind, isinstance(data, dict)))
                seen |= {(kind, str(holder)[0]) for holder in holders}
    assert {(kind, length) for kind in ("transfer", "mint", "burn") for length in (4, 12)} <= seen
    assert {("transfer", "native"), ("transfer", "G"), ("transfer", "B"), ("transfer", "C")} <= seen
    assert {(kind, False) for kind in ("transfer", "mint", "burn", "clawback")} | {("transfer", True)} <= tokens


def test_claims_have_conditions_of_any_depth() -> None:
    """Claimable balances have one claimant or two; the second one's condition is nested."""
    predicates = [
        [claimant.v0.predicate for claimant in entry.data.claimable_balance.claimants if claimant.v0]
        for transaction in early_transactions()
        for operation in transaction.meta.operations
        for change in operation.changes.ledger_entry_changes
        if (entry := change.created) and entry.data.claimable_balance
    ]
    assert {len(each) for each in predicates} == {1, 2}
    kinds = stellar_xdr.ClaimPredicateType
    assert {each[0].type for each in predicates} == {kinds.CLAIM_PREDICATE_UNCONDITIONAL}
    assert {each[1].type for each in predicates if len(each) > 1} == {kinds.CLAIM_PREDICATE_AND}


def test_offers_are_made_changed_ended_and_taken() -> None:
    """Forty ledgers have offers of every fate; they are taken by offers, and on paths of one hop and of two."""
    effects, takers = set(), Counter[tuple[str, int]]()
    for transaction in early_transactions():
        for result, _ in zip(transaction.operation_results, transaction.meta.operations, strict=False):
            assert result.tr is not None
            managed = result.tr.manage_sell_offer_result or result.tr.manage_buy_offer_result
            if managed and managed.success:
                effects.add(managed.success.offer.effect)
            takers[result.tr.type.name, len({atom.asset_sold.to_xdr() for atom in atoms_of(result)})] += 1
    assert effects == set(stellar_xdr.ManageOfferEffect)
    path_payments = {
        ("PATH_PAYMENT_STRICT_SEND", 1),
        ("PATH_PAYMENT_STRICT_RECEIVE", 1),
        ("PATH_PAYMENT_STRICT_SEND", 2),
    }
    assert {("MANAGE_SELL_OFFER", 1), ("MANAGE_BUY_OFFER", 1)} | path_payments <= set(takers)


def test_memos_and_addresses_are_of_every_kind() -> None:
    """All five memos occur, M… addresses as source, as payer and as destination, and several operations."""
    memos = {type(it.inner.transaction.memo) for it in usual_transactions()}
    assert memos == {NoneMemo, TextMemo, IdMemo, HashMemo, ReturnHashMemo}
    assert any(it.inner.transaction.source.account_muxed_id is not None for it in usual_transactions())
    assert any(len(it.inner.transaction.operations) > 3 for it in usual_transactions())
    payments = [
        operation
        for transaction in usual_transactions()
        for operation in transaction.inner.transaction.operations
        if isinstance(operation, Payment)
    ]
    assert any(it.destination.account_muxed_id is not None for it in payments)


def test_the_number_of_transactions_is_a_mean() -> None:
    """Ledgers hold from none to twice as many transactions, and about so many on average."""
    counts = [len(meta.tx_processing) for meta in usual_metas()[1:]]
    assert min(counts) == 0
    assert max(counts) <= 20
    assert 8 < sum(counts) / len(counts) < 12


def test_no_transactions_at_all() -> None:
    """With none per ledger, ledger 2 makes the accounts and all others are empty."""
    first, *others = [decoded(xdr) for xdr in ledgers_of(4, transactions_per_ledger=0)]
    assert first.tx_processing
    assert not any(meta.tx_processing for meta in others)


# Claims about size.


def test_a_padded_ledger_is_as_large_as_asked() -> None:
    """Every ledger has at least so many bytes, few more, and all that holds for others holds for it."""
    network = SimulatedNetwork(ledger_bytes=200_000)
    xdrs = [network.close_ledger() for _ in range(3)]
    metas = [decoded(xdr) for xdr in xdrs]
    for xdr, previous, meta in zip(xdrs, [None, *metas], metas, strict=False):
        assert 200_000 <= len(xdr) < 220_000
        check_hashes(meta, previous)
        check_orders(meta, PASSPHRASE)
    check_books(metas)


def test_a_ledger_of_14_mb() -> None:
    """The largest ledger that the network may grow to is within what the contract carries."""
    xdr = SimulatedNetwork(ledger_bytes=14 * 1024 * 1024).close_ledger()
    assert 14 * 1024 * 1024 <= len(xdr) < MAXIMUM_LEDGER_BYTES
    assert Ledger.from_xdr(xdr).sequence == 2


def test_a_larger_ledger_is_refused() -> None:
    """More than 14 MB can't be asked for."""
    with pytest.raises(ValueError, match="at most 14680064"):
        SimulatedNetwork(ledger_bytes=14 * 1024 * 1024 + 1)


# The same functions, held against reality.


@pytest.fixture
def pubnet(ledgers_folder: Path) -> list[Meta]:
    """Three consecutive ledgers of pubnet, ascending."""
    return _pubnet_metas(ledgers_folder / "lake-pubnet")


@cache  # they take a second each to decode
def _pubnet_metas(lake: Path) -> list[Meta]:
    files = sorted(lake.glob("*/*.xdr.zst"), reverse=True)[:3]  # a lake's keys descend
    return [_only_ledger(file.read_bytes()) for file in files]


def _only_ledger(compressed: bytes) -> Meta:
    raw = zstandard.ZstdDecompressor().decompressobj().decompress(compressed)
    (meta,) = stellar_xdr.LedgerCloseMetaBatch.from_xdr_bytes(raw).ledger_close_metas
    assert meta.v2 is not None
    return meta.v2


def test_pubnet_has_the_hashes_that_are_computed_here(pubnet: list[Meta]) -> None:
    """Real ledgers pass the same checks of hashes, chain and the validator's signature."""
    assert len(pubnet) == 3
    for previous, meta in zip([None, *pubnet], pubnet, strict=False):
        check_hashes(meta, previous)
        check_validator_signature(meta, PASSPHRASES["pubnet"])


def test_pubnet_has_the_orders_that_are_computed_here(pubnet: list[Meta]) -> None:
    """Real ledgers hold and apply their transactions in the same orders."""
    for meta in pubnet:
        check_orders(meta, PASSPHRASES["pubnet"])


def test_pubnet_has_the_events_that_are_computed_here(pubnet: list[Meta]) -> None:
    """Real fees and transfers of lumens have the same events."""
    checked = 0
    for meta in pubnet:
        for transaction in classic_transactions(meta, PASSPHRASES["pubnet"]):
            check_fee(transaction, PASSPHRASES["pubnet"])
            checked += check_lumen_transfers(transaction, PASSPHRASES["pubnet"])
    assert checked > 10


def test_pubnet_has_the_movements_that_are_computed_here(pubnet: list[Meta]) -> None:
    """Real events of classic transactions without liquidity pools sum to what was changed and tell who is meant."""
    checked = 0
    for meta in pubnet:
        for transaction in classic_transactions(meta, PASSPHRASES["pubnet"]):
            changes = [it for each in transaction.meta.operations for it in each.changes.ledger_entry_changes]
            if not any(change.state and change.state.data.liquidity_pool for change in changes):
                check_recipient_ids(transaction)
                checked += check_movements(transaction, PASSPHRASES["pubnet"])
    assert checked > 50


def test_pubnet_has_the_fees_of_contract_calls_that_are_computed_here(pubnet: list[Meta]) -> None:
    """Real calls' fees, refunds and result hashes pass the same checks."""
    for meta in pubnet:
        base_fee = soroban_component(meta).base_fee
        assert base_fee is not None
        for transaction in soroban_transactions(meta, PASSPHRASES["pubnet"]):
            check_fee(transaction, PASSPHRASES["pubnet"])
            check_soroban(transaction, base_fee.int64)


def test_a_simulated_ledger_has_the_shape_of_a_real_one(pubnet: list[Meta]) -> None:
    """Versions of everything that has one are those of pubnet."""
    assert shape(usual_metas()[1]) == shape(pubnet[0])


def shape(meta: Meta) -> tuple[object, ...]:
    header = meta.ledger_header.header
    return (
        meta.ext,
        header.ledger_version,
        header.ext,
        header.scp_value.ext.v,
        header.base_fee,
        header.base_reserve,
        [phase.v for phase in set_of(meta).phases],
        {(it.ext.v, it.tx_apply_processing.v) for it in meta.tx_processing},
    )


# The source.


def taken(source: LedgerSource, first: int | None, last: int | None) -> list[Ledger]:
    return [ledger for ledger in source.ledgers(first, last) if ledger is not None]


def test_the_source_gives_the_networks_ledgers() -> None:
    """From `first` to `last`, both inclusive; the first that there is, where none is named."""
    source = SimulatedSource()
    assert source.earliest() == 2
    assert source.latest() is None
    assert [it.xdr for it in taken(source, 5, 9)] == usual_ledgers()[3:8]
    assert [it.sequence for it in taken(source, None, 4)] == [2, 3, 4]


def test_the_genesis_is_not_published() -> None:
    """Ledger 1 can't be had."""
    source = SimulatedSource()
    assert source.ledger(1) is None
    with pytest.raises(LedgerAbsent, match="begins with ledger 2"):
        next(iter(source.ledgers(1, 3)))


def test_a_restart_asks_for_one_ledger_and_goes_on_behind_it() -> None:
    """`ledger` gives any ledger, before `ledgers` ran and after, in whatever order."""
    source = SimulatedSource()
    for sequence in (7, 3, 12):
        found = source.ledger(sequence)
        assert found is not None
        assert found.xdr == usual_ledgers()[sequence - 2]
    assert [it.xdr for it in taken(source, 13, 15)] == usual_ledgers()[11:14]
    found = source.ledger(14)
    assert found is not None
    assert found.xdr == usual_ledgers()[12]


def test_recent_ledgers_are_kept_within_a_bound() -> None:
    """No more bytes are remembered than the bound, the oldest forgotten first."""
    size = len(usual_ledgers()[1])
    recent = source_module._RecentLedgers(2 * size)
    recent.add(Ledger.from_xdr(usual_ledgers()[1]))
    assert recent.find(3) is not None
    for xdr in usual_ledgers()[2:40]:
        recent.add(Ledger.from_xdr(xdr))
        assert sum(len(it.xdr) for it in recent._ledgers) <= 2 * size
    assert recent.find(3) is None


def test_nothing_is_closed_beyond_the_newest() -> None:
    """After `newest` the source says "not closed yet", and knows no such ledger."""
    source = SimulatedSource(newest=4)
    assert source.latest() == 4
    answers = list(itertools.islice(source.ledgers(3, None), 4))
    assert [it and it.sequence for it in answers] == [3, 4, None, None]
    assert source.ledger(5) is None
    assert source.ledger(4) is not None


def test_a_stream_beyond_the_newest_waits() -> None:
    """Asked for what lies beyond `newest`, the source waits and does not make it."""
    source = SimulatedSource(newest=4)
    assert list(itertools.islice(source.ledgers(9, None), 3)) == [None, None, None]
    assert source.latest() == 4


def test_a_pace_is_kept() -> None:
    """With a pace, ledgers come that far apart, None in between, and `latest` follows; the bytes stay the same."""
    source = SimulatedSource(pace_seconds=0.12)
    assert source.latest() is None
    started = time.monotonic()
    stream = source.ledgers(4, 5)
    assert next(stream) is None
    assert source.latest() == 3
    assert source.ledger(4) is None
    answers = list(stream)
    assert 0.24 <= time.monotonic() - started < 1
    assert answers.count(None) >= 2
    assert [it.xdr for it in answers if it is not None] == usual_ledgers()[2:4]
    assert source.latest() == 5


def test_a_pace_counts_while_nobody_takes() -> None:
    """A slow caller finds that the network went on: `latest` is ahead of what was taken."""
    source = SimulatedSource(pace_seconds=0.02, newest=6)
    stream = source.ledgers(2, None)
    assert next(stream) is None
    assert source.latest() is None
    time.sleep(0.15)
    assert source.latest() == 6
    assert [ledger.sequence for ledger in itertools.islice(stream, 5) if ledger] == [2, 3, 4, 5, 6]


def test_the_caller_gets_a_turn_while_the_source_catches_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers that are only made again are interrupted by None."""
    monkeypatch.setattr(source_module, "_SILENCE_SECONDS", 0)
    answers = list(SimulatedSource().ledgers(6, 6))
    assert answers[:-1] == [None] * 4
    assert answers[-1] is not None


# The file.


def test_a_stream_is_framed_as_stellar_core_frames_it(tmp_path: Path) -> None:
    """Each ledger stands behind a record mark with the high bit set and its length, in a file or a stream."""
    stream = io.BytesIO()
    write_stream(stream, SimulatedNetwork(), last=11)
    assert unframed(stream.getvalue()) == usual_ledgers()[:10]
    write_stream(tmp_path / "ledgers.xdr", SimulatedNetwork(), last=11)
    assert (tmp_path / "ledgers.xdr").read_bytes() == stream.getvalue()


def unframed(data: bytes) -> list[bytes]:
    ledgers = []
    while data:
        (mark,) = struct.unpack(">I", data[:4])
        assert mark & 0x80000000
        length = mark & 0x7FFFFFFF
        ledgers.append(data[4 : 4 + length])
        data = data[4 + length :]
    return ledgers
