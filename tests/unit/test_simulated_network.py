"""The simulated network: every hash, signature, balance and order recomputed from its published bytes alone.

What recomputes them is held against real ledgers of pubnet too, where those are at hand.
"""

import hashlib
import io
import itertools
import struct
import time
from collections import Counter
from collections.abc import Iterator
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
from stellar_sdk.operation import CreateAccount, Payment

from producer.errors import LedgerAbsent
from producer.sources import LedgerSource
from producer.sources.simulated import SimulatedNetwork, SimulatedSource, write_stream
from producer.sources.simulated import source as source_module
from schemas.ledger import MAXIMUM_LEDGER_BYTES, Ledger
from schemas.network import PASSPHRASES

PASSPHRASE = PASSPHRASES["simulated"]
TOTAL_COINS = 10**18
MINIMUM_BALANCE = 10_000_000
LEDGER_20 = "0d3ff00f7e42d2744e53d99fa608ba9af12db80cfcc526249bfce12c8065eb30"

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


def classic_transactions(meta: Meta, passphrase: str) -> list[Applied]:
    """In application order. Fails when an envelope's recomputed hash is not in the results."""
    processings = {it.result.transaction_hash.hash: it for it in meta.tx_processing}
    transactions = []
    for envelope_xdr in classic_envelopes(meta):
        envelope = _opened(envelope_xdr, passphrase)
        transactions.append(Applied(envelope, envelope_xdr, processings[envelope.hash()]))
    positions = {it.result.transaction_hash.hash: at for at, it in enumerate(meta.tx_processing)}
    return sorted(transactions, key=lambda it: positions[it.envelope.hash()])


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
    hashes = [sha256(it.to_xdr_bytes()) for it in classic_envelopes(meta)]
    assert hashes == sorted(hashes)
    mask = int.from_bytes(sha256(meta.tx_set.to_xdr_bytes()))
    rounds: Counter[str] = Counter()
    keys = []
    for transaction in classic_transactions(meta, passphrase):
        rounds[transaction.source] += 1
        digest = int.from_bytes(sha256(transaction.envelope_xdr.to_xdr_bytes()))
        keys.append((rounds[transaction.source], digest ^ mask))
    assert keys == sorted(keys)


def check_fee(transaction: Applied, passphrase: str) -> None:
    charged = transaction.result.fee_charged.int64
    before, after = [account_of(it) for it in transaction.processing.fee_processing.ledger_entry_changes]
    assert before.balance.int64 - after.balance.int64 == charged
    (event,) = transaction.meta.events
    assert event.stage is stellar_xdr.TransactionEventStage.TRANSACTION_EVENT_STAGE_BEFORE_ALL_TXS
    assert contract_of(event.event) == Asset.native().contract_id(passphrase)
    topics, data = topics_and_data(event.event)
    assert topics == ["fee", transaction.fee_source]
    assert data == charged


def check_lumen_transfers(transaction: Applied, passphrase: str) -> int:
    """How many were checked: of successful native payments and new accounts."""
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
        recipient, recipient_id, amount = operation.destination, None, operation.starting_balance
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
    """Accounts by address. Fails when a change does not start from what was there."""

    entries: dict[str, stellar_xdr.LedgerEntry] = field(
        default_factory=lambda: {_address_of(root_entry()): root_entry()}
    )
    fee_pool: int = 0

    def close(self, meta: Meta) -> None:
        ledger = meta.ledger_header.header.ledger_seq.uint32
        for processing in meta.tx_processing:
            self._apply(processing.fee_processing, ledger)
            self.fee_pool += processing.result.result.fee_charged.int64
        for processing in meta.tx_processing:
            for changes in _changes_of(processing):
                self._apply(changes, ledger)

    def _apply(self, changes: stellar_xdr.LedgerEntryChanges, ledger: int) -> None:
        for change in changes.ledger_entry_changes:
            if change.state is not None:
                assert change.state == self.entries[_address_of(change.state)]
                continue
            entry = change.updated or change.created
            assert entry is not None
            assert (change.created is None) == (_address_of(entry) in self.entries)
            assert entry.last_modified_ledger_seq.uint32 == ledger
            self.entries[_address_of(entry)] = entry

    def balances(self) -> list[int]:
        return [entry.data.account.balance.int64 for entry in self.entries.values() if entry.data.account]


def _address_of(entry: stellar_xdr.LedgerEntry) -> str:
    assert entry.data.account is not None
    return StrKey.encode_ed25519_public_key(_key_of(entry.data.account.account_id))


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
    """Every transaction is signed by its source, every fee bump by its payer, every ledger by the validator."""
    for meta in usual_metas():
        check_validator_signature(meta, PASSPHRASE)
        for transaction in classic_transactions(meta, PASSPHRASE):
            inner, outer = transaction.inner, transaction.envelope
            _verify(transaction.source, inner)
            _verify(transaction.fee_source, outer)


def _verify(signer: str, envelope: Envelope) -> None:
    (signature,) = envelope.signatures
    assert signature.signature_hint == Keypair.from_public_key(signer).signature_hint()
    Keypair.from_public_key(signer).verify(envelope.hash(), signature.signature)


def test_orders_are_those_of_the_network() -> None:
    """The set is sorted by envelope hash; application is in rounds by account, sorted by hash XOR set hash."""
    for meta in usual_metas():
        check_orders(meta, PASSPHRASE)


def test_application_order_is_not_set_order() -> None:
    """What is applied first is not what stands first in the set: nobody may rely on the one for the other."""
    differing = 0
    for meta in usual_metas():
        in_set = [it.to_xdr() for it in classic_envelopes(meta)]
        applied = [it.envelope_xdr.to_xdr() for it in classic_transactions(meta, PASSPHRASE)]
        differing += in_set != applied
    assert differing > 70


def test_an_empty_ledger_has_an_empty_set() -> None:
    """A ledger without transactions has a classic phase without components and an empty parallel phase."""
    empty = [meta for meta in usual_metas() if not meta.tx_processing]
    assert empty
    for meta in empty:
        classic, soroban = set_of(meta).phases
        assert classic.v0_components == []
        assert soroban.parallel_txs_component is not None
        assert soroban.parallel_txs_component.execution_stages == []


# Claims about balances.


def check_books(metas: list[Meta]) -> None:
    replay = Replay()
    for meta in metas:
        replay.close(meta)
        header = meta.ledger_header.header
        assert header.total_coins.int64 == TOTAL_COINS
        assert header.fee_pool.int64 == replay.fee_pool
        assert sum(replay.balances()) + replay.fee_pool == TOTAL_COINS
        assert min(replay.balances()) >= MINIMUM_BALANCE


def test_balances_are_true() -> None:
    """Every change starts from the entry as it was; balances and fee pool add up to all coins after each ledger."""
    check_books(usual_metas())


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**64), transactions_per_ledger=st.integers(0, 25))
def test_balances_are_true_for_any_seed(seed: int, transactions_per_ledger: int) -> None:
    """The books balance whatever the seed, and accounts keep their reserve."""
    xdrs = ledgers_of(12, seed=seed, transactions_per_ledger=transactions_per_ledger)
    check_books([decoded(xdr) for xdr in xdrs])


def test_sequence_numbers_advance_by_one_also_in_failure() -> None:
    """Each transaction uses the next sequence number of its source, and leaves ledger and time in the account."""
    for meta in usual_metas():
        header = meta.ledger_header.header
        for transaction in classic_transactions(meta, PASSPHRASE):
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
        for processing, change in _created(meta):
            assert processing.tx_apply_processing.v == 4
            number = account_of(change).seq_num.sequence_number.int64
            assert number == meta.ledger_header.header.ledger_seq.uint32 << 32


def _created(
    meta: Meta,
) -> Iterator[tuple[stellar_xdr.TransactionResultMetaV1, stellar_xdr.LedgerEntryChange]]:
    for processing in meta.tx_processing:
        for changes in _changes_of(processing):
            yield from ((processing, it) for it in changes.ledger_entry_changes if it.created)


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
    return [it for meta in usual_metas() for it in classic_transactions(meta, PASSPHRASE)]


def succeeded(transaction: Applied) -> bool:
    codes = stellar_xdr.TransactionResultCode
    return transaction.code in (codes.txSUCCESS, codes.txFEE_BUMP_INNER_SUCCESS)


def test_events_tell_fees_and_transfers() -> None:
    """Each fee has its event, each payment and each new account its transfer (CAP-67), with M… ids and memos."""
    checked = 0
    for transaction in usual_transactions():
        check_fee(transaction, PASSPHRASE)
        checked += check_lumen_transfers(transaction, PASSPHRASE)
    assert checked == sum(len(it.meta.operations) for it in usual_transactions())


# Claims about variety.


def test_transactions_are_of_many_kinds() -> None:
    """There are payments, new accounts, fee bumps and every failure that was asked for."""
    kinds = Counter(
        (transaction.code.name, result_name(result))
        for transaction in usual_transactions()
        for result in transaction.operation_results
    )
    assert {
        ("txSUCCESS", "PAYMENT_SUCCESS"),
        ("txSUCCESS", "CREATE_ACCOUNT_SUCCESS"),
        ("txFAILED", "PAYMENT_SUCCESS"),
        ("txFAILED", "PAYMENT_UNDERFUNDED"),
        ("txFAILED", "PAYMENT_NO_DESTINATION"),
        ("txFAILED", "CREATE_ACCOUNT_ALREADY_EXIST"),
        ("txFAILED", "CREATE_ACCOUNT_LOW_RESERVE"),
        ("txFEE_BUMP_INNER_SUCCESS", "PAYMENT_SUCCESS"),
        ("txFEE_BUMP_INNER_FAILED", "PAYMENT_NO_DESTINATION"),
    } <= set(kinds)


def result_name(result: stellar_xdr.OperationResult) -> str:
    assert result.tr is not None
    inner = result.tr.payment_result or result.tr.create_account_result
    assert inner is not None
    return inner.code.name


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
    """Real ledgers hold and apply their classic transactions in the same orders."""
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
