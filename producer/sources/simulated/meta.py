"""The newest form of `LedgerCloseMeta`, in the shape in which pubnet's ledgers have it.

What differs from pubnet: there are no upgrades, no evictions and no diagnostic events, and the header's skip list stays
empty.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.operations.operation import Charges
from producer.sources.simulated.packed import packed
from producer.sources.simulated.transactions import BASE_FEE, Phases, SignedTransaction

PROTOCOL_VERSION = 26

_FEE_WRITE_1KB = 1000  # stroops, as on pubnet
_NO_HASH = stellar_xdr.Hash(bytes(32))
_NO_EXTENSION = stellar_xdr.ExtensionPoint(0)


@dataclass(frozen=True, slots=True)
class AppliedTransaction:
    """What a transaction did: its packed `TransactionResultPair` and its effects, in the order of the network.

    Of a Soroban transaction, `refund` is what comes back of its fee when all transactions were applied.
    """

    result: bytes
    fee_charged: int
    fee_changes: stellar_xdr.LedgerEntryChanges
    changes_before: stellar_xdr.LedgerEntryChanges
    operations: list[stellar_xdr.OperationMetaV2]
    events: list[stellar_xdr.TransactionEvent]
    charges: Charges | None = None
    refund: int = 0
    refund_changes: stellar_xdr.LedgerEntryChanges = field(default_factory=lambda: stellar_xdr.LedgerEntryChanges([]))


def operation_meta(
    changes: stellar_xdr.LedgerEntryChanges, events: list[stellar_xdr.ContractEvent]
) -> stellar_xdr.OperationMetaV2:
    return stellar_xdr.OperationMetaV2(_NO_EXTENSION, changes, events)


def result_pair(
    transaction: SignedTransaction,
    results: list[stellar_xdr.OperationResultTr],
    fee_charged: int,
    *,
    succeeded: bool,
) -> bytes:
    """The packed `TransactionResultPair`."""
    operations = [stellar_xdr.OperationResult(stellar_xdr.OperationResultCode.opINNER, result) for result in results]
    if transaction.inner_hash is None:
        codes = stellar_xdr.TransactionResultCode
        code = codes.txSUCCESS if succeeded else codes.txFAILED
        outcome = stellar_xdr.TransactionResultResult(code, results=operations)
    else:
        outcome = _fee_bump_result(transaction.inner_hash, operations, succeeded=succeeded)
    extension = stellar_xdr.TransactionResultExt(0)
    result = stellar_xdr.TransactionResult(stellar_xdr.Int64(fee_charged), outcome, extension)
    return stellar_xdr.TransactionResultPair(stellar_xdr.Hash(transaction.hash), result).to_xdr_bytes()


def _fee_bump_result(
    inner_hash: bytes, operations: list[stellar_xdr.OperationResult], *, succeeded: bool
) -> stellar_xdr.TransactionResultResult:
    codes = stellar_xdr.TransactionResultCode
    inner = stellar_xdr.InnerTransactionResult(
        fee_charged=stellar_xdr.Int64(0),
        result=stellar_xdr.InnerTransactionResultResult(
            codes.txSUCCESS if succeeded else codes.txFAILED, results=operations
        ),
        ext=stellar_xdr.InnerTransactionResultExt(0),
    )
    return stellar_xdr.TransactionResultResult(
        codes.txFEE_BUMP_INNER_SUCCESS if succeeded else codes.txFEE_BUMP_INNER_FAILED,
        inner_result_pair=stellar_xdr.InnerTransactionResultPair(stellar_xdr.Hash(inner_hash), inner),
    )


def transaction_set(previous_hash: bytes, in_set_order: Phases) -> bytes:
    """The packed `GeneralizedTransactionSet`."""
    phases = [
        stellar_xdr.TransactionPhase(0, v0_components=_classic_components(in_set_order.classic)),
        stellar_xdr.TransactionPhase(1, parallel_txs_component=_soroban_component(in_set_order.soroban)),
    ]
    return stellar_xdr.GeneralizedTransactionSet(
        1, v1_tx_set=stellar_xdr.TransactionSetV1(stellar_xdr.Hash(previous_hash), phases)
    ).to_xdr_bytes()


def _classic_components(transactions: Sequence[SignedTransaction]) -> list[stellar_xdr.TxSetComponent]:
    if not transactions:
        return []
    component = stellar_xdr.TxSetComponentTxsMaybeDiscountedFee(
        base_fee=stellar_xdr.Int64(BASE_FEE),
        txs=[packed(stellar_xdr.TransactionEnvelope, it.envelope) for it in transactions],
    )
    kind = stellar_xdr.TxSetComponentType.TXSET_COMP_TXS_MAYBE_DISCOUNTED_FEE
    return [stellar_xdr.TxSetComponent(kind, txs_maybe_discounted_fee=component)]


def _soroban_component(transactions: Sequence[SignedTransaction]) -> stellar_xdr.ParallelTxsComponent:
    """One stage of one cluster, as pubnet has it when it is not busy: nothing in there runs at the same time."""
    if not transactions:
        return stellar_xdr.ParallelTxsComponent(base_fee=None, execution_stages=[])
    cluster = [packed(stellar_xdr.TransactionEnvelope, it.envelope) for it in transactions]
    stage = stellar_xdr.ParallelTxExecutionStage([stellar_xdr.DependentTxCluster(cluster)])
    return stellar_xdr.ParallelTxsComponent(stellar_xdr.Int64(BASE_FEE), [stage])


def result_set_hash(applied: Sequence[AppliedTransaction]) -> bytes:
    """SHA-256 of the `TransactionResultSet`, in application order."""
    pairs = [packed(stellar_xdr.TransactionResultPair, it.result) for it in applied]
    return hashlib.sha256(stellar_xdr.TransactionResultSet(pairs).to_xdr_bytes()).digest()


def stellar_value(set_hash: bytes, close_time: int, node: bytes, signature: bytes) -> stellar_xdr.StellarValue:
    """What the validator proposed and signed."""
    node_id = stellar_xdr.NodeID(
        stellar_xdr.PublicKey(stellar_xdr.PublicKeyType.PUBLIC_KEY_TYPE_ED25519, ed25519=stellar_xdr.Uint256(node))
    )
    return stellar_xdr.StellarValue(
        tx_set_hash=stellar_xdr.Hash(set_hash),
        close_time=_time_point(close_time),
        upgrades=[],
        ext=stellar_xdr.StellarValueExt(
            stellar_xdr.StellarValueType.STELLAR_VALUE_SIGNED,
            lc_value_signature=stellar_xdr.LedgerCloseValueSignature(node_id, stellar_xdr.Signature(signature)),
        ),
    )


def genesis_value(close_time: int) -> stellar_xdr.StellarValue:
    """Nobody proposed the genesis ledger."""
    basic = stellar_xdr.StellarValueExt(stellar_xdr.StellarValueType.STELLAR_VALUE_BASIC)
    return stellar_xdr.StellarValue(_NO_HASH, _time_point(close_time), upgrades=[], ext=basic)


def _time_point(seconds: int) -> stellar_xdr.TimePoint:
    return stellar_xdr.TimePoint(stellar_xdr.Uint64(seconds))


@dataclass(frozen=True, slots=True)
class Totals:
    """All lumens, and those that were paid in fees, in stroops."""

    coins: int
    fee_pool: int


def ledger_header(
    *,
    sequence: int,
    previous_hash: bytes,
    value: stellar_xdr.StellarValue,
    results_hash: bytes,
    bucket_list_hash: bytes,
    totals: Totals,
    base_reserve: int,
    last_id: int = 0,
) -> bytes:
    """The packed `LedgerHeader`."""
    return stellar_xdr.LedgerHeader(
        ledger_version=stellar_xdr.Uint32(PROTOCOL_VERSION),
        previous_ledger_hash=stellar_xdr.Hash(previous_hash),
        scp_value=value,
        tx_set_result_hash=stellar_xdr.Hash(results_hash),
        bucket_list_hash=stellar_xdr.Hash(bucket_list_hash),
        ledger_seq=stellar_xdr.Uint32(sequence),
        total_coins=stellar_xdr.Int64(totals.coins),
        fee_pool=stellar_xdr.Int64(totals.fee_pool),
        inflation_seq=stellar_xdr.Uint32(0),
        id_pool=stellar_xdr.Uint64(last_id),
        base_fee=stellar_xdr.Uint32(BASE_FEE),
        base_reserve=stellar_xdr.Uint32(base_reserve),
        max_tx_set_size=stellar_xdr.Uint32(100_000),  # in operations: more than 14 MB can hold
        skip_list=[_NO_HASH] * 4,
        ext=stellar_xdr.LedgerHeaderExt(0),
    ).to_xdr_bytes()


def ledger_close_meta(
    header: bytes, set_xdr: bytes, applied: Sequence[AppliedTransaction], contract_bytes: int
) -> bytes:
    """The packed `LedgerCloseMeta`. `contract_bytes` is the size of all entries of contracts."""
    return stellar_xdr.LedgerCloseMeta(
        2,
        v2=stellar_xdr.LedgerCloseMetaV2(
            ext=stellar_xdr.LedgerCloseMetaExt(
                1, v1=stellar_xdr.LedgerCloseMetaExtV1(_NO_EXTENSION, stellar_xdr.Int64(_FEE_WRITE_1KB))
            ),
            ledger_header=stellar_xdr.LedgerHeaderHistoryEntry(
                hash=stellar_xdr.Hash(hashlib.sha256(header).digest()),
                header=packed(stellar_xdr.LedgerHeader, header),
                ext=stellar_xdr.LedgerHeaderHistoryEntryExt(0),
            ),
            tx_set=packed(stellar_xdr.GeneralizedTransactionSet, set_xdr),
            tx_processing=[_processing(it) for it in applied],
            upgrades_processing=[],
            scp_info=[],
            total_byte_size_of_live_soroban_state=stellar_xdr.Uint64(contract_bytes),
            evicted_keys=[],
        ),
    ).to_xdr_bytes()


def _processing(applied: AppliedTransaction) -> stellar_xdr.TransactionResultMetaV1:
    return stellar_xdr.TransactionResultMetaV1(
        ext=_NO_EXTENSION,
        result=packed(stellar_xdr.TransactionResultPair, applied.result),
        fee_processing=applied.fee_changes,
        tx_apply_processing=stellar_xdr.TransactionMeta(4, v4=_transaction_meta(applied)),
        post_tx_apply_fee_processing=applied.refund_changes,
    )


def _transaction_meta(applied: AppliedTransaction) -> stellar_xdr.TransactionMetaV4:
    return stellar_xdr.TransactionMetaV4(
        ext=_NO_EXTENSION,
        tx_changes_before=applied.changes_before,
        operations=applied.operations,
        tx_changes_after=stellar_xdr.LedgerEntryChanges([]),
        soroban_meta=None if applied.charges is None else _soroban_meta(applied.charges),
        events=applied.events,
        diagnostic_events=[],
    )


def _soroban_meta(charges: Charges) -> stellar_xdr.SorobanTransactionMetaV2:
    fees = stellar_xdr.SorobanTransactionMetaExtV1(
        ext=_NO_EXTENSION,
        total_non_refundable_resource_fee_charged=stellar_xdr.Int64(charges.non_refundable),
        total_refundable_resource_fee_charged=stellar_xdr.Int64(charges.refundable),
        rent_fee_charged=stellar_xdr.Int64(charges.rent),
    )
    return stellar_xdr.SorobanTransactionMetaV2(stellar_xdr.SorobanTransactionMetaExt(1, v1=fees), charges.return_value)
