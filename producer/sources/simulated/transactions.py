"""Drafts made into signed envelopes, and the two orders in which a ledger holds them."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated.keys import Keyring
from producer.sources.simulated.operations.contracts import HostFunction, call_in
from producer.sources.simulated.operations.operation import Address, Operation, account_of
from producer.sources.simulated.packed import packed
from producer.sources.simulated.state import LedgerScope

BASE_FEE = 100
_BID = 2 * BASE_FEE  # what everybody offers for an operation; the ledger is never full, so it takes the base fee

NO_MEMO = stellar_xdr.Memo(stellar_xdr.MemoType.MEMO_NONE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants done. With a `fee_source`, that account pays, in a fee-bump transaction around it."""

    source: Address
    operations: Sequence[Operation]
    memo: stellar_xdr.Memo = NO_MEMO
    fee_source: Address | None = None

    @property
    def payer(self) -> bytes:
        return (self.fee_source or self.source).public_key

    @property
    def call(self) -> HostFunction | None:
        """Of a contract: it makes this a Soroban transaction."""
        return call_in(self.operations)

    @property
    def signers(self) -> list[bytes]:
        """The source, and the sources of operations that have one of their own."""
        sources = [account_of(operation) for operation in self.operations]
        return list(dict.fromkeys([self.source.public_key, *(it.public_key for it in sources if it is not None)]))

    @property
    def fee(self) -> int:
        """What is charged, in stroops, before any refund. A fee bump counts as one more operation."""
        return BASE_FEE * self._billed_operations + self._resource_fee

    @property
    def inner_bid(self) -> int:
        """What the transaction offers, without a fee bump."""
        return _BID * len(self.operations) + self._resource_fee

    @property
    def bid(self) -> int:
        return _BID * self._billed_operations + self._resource_fee

    @property
    def _resource_fee(self) -> int:
        return 0 if self.call is None else self.call.resource_fee

    @property
    def _billed_operations(self) -> int:
        return len(self.operations) + (self.fee_source is not None)


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A draft in its packed `TransactionEnvelope`. `hash` is what was signed, `inner_hash` that inside a fee bump."""

    draft: Draft
    sequence_number: int
    hash: bytes
    envelope: bytes
    inner_hash: bytes | None = None

    @property
    def source(self) -> bytes:
        return self.draft.source.public_key

    @property
    def envelope_hash(self) -> bytes:
        """With the signatures: what the network sorts by."""
        return hashlib.sha256(self.envelope).digest()


class Signer:
    """Makes transactions that are valid on one network."""

    def __init__(self, keyring: Keyring, network_id: bytes) -> None:
        self._keyring = keyring
        self._network_id = network_id

    def sign_all(self, drafts: Iterable[Draft], state: LedgerScope) -> list[SignedTransaction]:
        """With the sequence numbers that follow on those in `state`."""
        earlier: Counter[bytes] = Counter()
        signed = []
        for draft in drafts:
            source = draft.source.public_key
            earlier[source] += 1
            signed.append(self._sign(draft, state.account(source).sequence_number + earlier[source]))
        return signed

    def _sign(self, draft: Draft, sequence_number: int) -> SignedTransaction:
        kind = stellar_xdr.EnvelopeType.ENVELOPE_TYPE_TX
        transaction = _transaction(draft, sequence_number).to_xdr_bytes()
        digest = self._hash(kind, transaction)
        envelope = stellar_xdr.TransactionV1Envelope(
            packed(stellar_xdr.Transaction, transaction), self._signatures(draft.signers, digest)
        )
        signed = SignedTransaction(
            draft, sequence_number, digest, stellar_xdr.TransactionEnvelope(kind, v1=envelope).to_xdr_bytes()
        )
        return signed if draft.fee_source is None else self._bumped(signed, envelope, draft.fee_source)

    def _bumped(
        self, inner: SignedTransaction, envelope: stellar_xdr.TransactionV1Envelope, fee_source: Address
    ) -> SignedTransaction:
        kind = stellar_xdr.EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP
        transaction = stellar_xdr.FeeBumpTransaction(
            fee_source=fee_source.to_xdr(),
            fee=stellar_xdr.Int64(inner.draft.bid),
            inner_tx=stellar_xdr.FeeBumpTransactionInnerTx(stellar_xdr.EnvelopeType.ENVELOPE_TYPE_TX, v1=envelope),
            ext=stellar_xdr.FeeBumpTransactionExt(0),
        )
        digest = self._hash(kind, transaction.to_xdr_bytes())
        outer = stellar_xdr.FeeBumpTransactionEnvelope(transaction, self._signatures([fee_source.public_key], digest))
        return replace(
            inner,
            hash=digest,
            envelope=stellar_xdr.TransactionEnvelope(kind, fee_bump=outer).to_xdr_bytes(),
            inner_hash=inner.hash,
        )

    def _hash(self, kind: stellar_xdr.EnvelopeType, transaction: bytes) -> bytes:
        """SHA-256 of the `TransactionSignaturePayload`."""
        return hashlib.sha256(self._network_id + kind.to_xdr_bytes() + transaction).digest()

    def _signatures(self, signers: list[bytes], digest: bytes) -> list[stellar_xdr.DecoratedSignature]:
        return [self._keyring.of(signer).sign_decorated(digest).to_xdr_object() for signer in signers]


def _transaction(draft: Draft, sequence_number: int) -> stellar_xdr.Transaction:
    return stellar_xdr.Transaction(
        source_account=draft.source.to_xdr(),
        fee=stellar_xdr.Uint32(draft.inner_bid),
        seq_num=stellar_xdr.SequenceNumber(stellar_xdr.Int64(sequence_number)),
        cond=stellar_xdr.Preconditions(stellar_xdr.PreconditionType.PRECOND_NONE),
        memo=draft.memo,
        operations=[_operation(operation) for operation in draft.operations],
        ext=_extension(draft),
    )


def _operation(operation: Operation) -> stellar_xdr.Operation:
    account = account_of(operation)
    return stellar_xdr.Operation(None if account is None else account.to_xdr(), operation.body())


def _extension(draft: Draft) -> stellar_xdr.TransactionExt:
    if draft.call is None:
        return stellar_xdr.TransactionExt(0)
    return stellar_xdr.TransactionExt(1, soroban_data=draft.call.soroban_data())


@dataclass(frozen=True, slots=True)
class Phases:
    """A ledger's transactions: the classic ones, applied first, and those that call contracts."""

    classic: list[SignedTransaction]
    soroban: list[SignedTransaction]


def in_set_order(transactions: Iterable[SignedTransaction]) -> Phases:
    """As the transaction set holds them."""
    in_order = sorted(transactions, key=lambda transaction: transaction.envelope_hash)
    return Phases(
        classic=[it for it in in_order if it.draft.call is None],
        soroban=[it for it in in_order if it.draft.call is not None],
    )


def in_application_order(phases: Phases, set_hash: bytes) -> list[SignedTransaction]:
    """As the network applies them: an order that nobody could choose when the set was put together."""
    return [*_shuffled(phases.classic, set_hash), *_shuffled(phases.soroban, set_hash)]


def _shuffled(transactions: Iterable[SignedTransaction], set_hash: bytes) -> list[SignedTransaction]:
    """Round by round; a round is sorted by envelope hash XOR set hash.

    A round has one transaction of each account, so that an account's sequence numbers ascend.
    """
    rounds: dict[int, list[SignedTransaction]] = defaultdict(list)
    earlier: Counter[bytes] = Counter()
    for transaction in sorted(transactions, key=lambda transaction: transaction.sequence_number):
        rounds[earlier[transaction.source]].append(transaction)
        earlier[transaction.source] += 1
    mask = int.from_bytes(set_hash)
    return [
        transaction
        for number in sorted(rounds)
        for transaction in sorted(rounds[number], key=lambda it: int.from_bytes(it.envelope_hash) ^ mask)
    ]
