"""Operations on claimable balances."""

import hashlib
from dataclasses import dataclass, replace

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import holdings
from producer.sources.simulated.assets import Asset
from producer.sources.simulated.entries import BalanceId, ClaimableBalanceEntry
from producer.sources.simulated.operations.operation import Address, Circumstances, Outcome
from producer.sources.simulated.packed import packed
from producer.sources.simulated.state import LedgerScope, account_id

_KINDS = stellar_xdr.ClaimPredicateType


@dataclass(frozen=True, slots=True)
class CreateClaimableBalance:
    """Sets an amount aside for claimants, each under a condition."""

    asset: Asset
    amount: int
    claimants: tuple[tuple[bytes, stellar_xdr.ClaimPredicate], ...]

    def body(self) -> stellar_xdr.OperationBody:
        kind = stellar_xdr.ClaimantType.CLAIMANT_TYPE_V0
        claimants = [
            stellar_xdr.Claimant(kind, v0=stellar_xdr.ClaimantV0(account_id(account), predicate))
            for account, predicate in self.claimants
        ]
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.CREATE_CLAIMABLE_BALANCE,
            create_claimable_balance_op=stellar_xdr.CreateClaimableBalanceOp(
                self.asset.to_xdr(), stellar_xdr.Int64(self.amount), claimants
            ),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        if not holdings.can_hold(scope, here.source, self.asset):
            return self._outcome("NO_TRUST")
        if holdings.available(scope, here.source, self.asset) < self.amount:
            return self._outcome("UNDERFUNDED")
        holdings.add(scope, here.source, self.asset, -self.amount, here.ledger)
        source = scope.account(here.source)
        sponsor = here.sponsors.get(here.source, here.source)
        created = holdings.with_reserve(scope, self._entry(here), source, sponsor, here.ledger)
        if created is None:
            return self._outcome("LOW_RESERVE")
        scope.put(created)
        # The recipient is no account: a memo does not tell it more closely.
        event = here.events.moved(self.asset, here.source, created.balance_id, self.amount)
        return replace(self._outcome("SUCCESS", created.balance_id), succeeded=True, events=[event])

    def _entry(self, here: Circumstances) -> ClaimableBalanceEntry:
        return ClaimableBalanceEntry(
            balance_id=_balance_id(here),
            claimants={
                account: _absolute(predicate, here.close_time).to_xdr_bytes() for account, predicate in self.claimants
            },
            asset=self.asset,
            amount=self.amount,
            last_modified=here.ledger,
        )

    def _outcome(self, code: str, balance_id: BalanceId | None = None) -> Outcome:
        number = stellar_xdr.CreateClaimableBalanceResultCode[f"CREATE_CLAIMABLE_BALANCE_{code}"]
        created = None if balance_id is None else packed(stellar_xdr.ClaimableBalanceID, balance_id)
        result = stellar_xdr.CreateClaimableBalanceResult(number, balance_id=created)
        kind = stellar_xdr.OperationType.CREATE_CLAIMABLE_BALANCE
        return Outcome(
            succeeded=False, result=stellar_xdr.OperationResultTr(kind, create_claimable_balance_result=result)
        )


def _balance_id(here: Circumstances) -> BalanceId:
    """It follows from the transaction and the operation's place in it."""
    preimage = stellar_xdr.HashIDPreimage(
        stellar_xdr.EnvelopeType.ENVELOPE_TYPE_OP_ID,
        operation_id=stellar_xdr.HashIDPreimageOperationID(
            source_account=account_id(here.transaction_source),
            seq_num=stellar_xdr.SequenceNumber(stellar_xdr.Int64(here.sequence_number)),
            op_num=stellar_xdr.Uint32(here.position),
        ),
    )
    return BalanceId(bytes(4) + hashlib.sha256(preimage.to_xdr_bytes()).digest())


@dataclass(frozen=True, slots=True)
class ClaimClaimableBalance:
    """All of it goes to the source."""

    balance_id: BalanceId

    def body(self) -> stellar_xdr.OperationBody:
        claim = stellar_xdr.ClaimClaimableBalanceOp(packed(stellar_xdr.ClaimableBalanceID, self.balance_id))
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.CLAIM_CLAIMABLE_BALANCE, claim_claimable_balance_op=claim
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        balance = scope.find(ClaimableBalanceEntry, self.balance_id)
        if balance is None:
            return _claim_outcome("DOES_NOT_EXIST")
        predicate = balance.claimants.get(here.source)
        if predicate is None or not _holds(stellar_xdr.ClaimPredicate.from_xdr_bytes(predicate), here.close_time):
            return _claim_outcome("CANNOT_CLAIM")
        if not holdings.can_hold(scope, here.source, balance.asset):
            return _claim_outcome("NO_TRUST")
        if holdings.room(scope, here.source, balance.asset) < balance.amount:
            return _claim_outcome("LINE_FULL")
        holdings.add(scope, here.source, balance.asset, balance.amount, here.ledger)
        holdings.free_reserve(scope, balance, None, here.ledger)
        scope.remove(balance)
        event = here.moved(balance.asset, balance.balance_id, Address(here.source, here.muxed_id), balance.amount)
        return replace(_claim_outcome("SUCCESS"), succeeded=True, events=[event])


def _claim_outcome(code: str) -> Outcome:
    number = stellar_xdr.ClaimClaimableBalanceResultCode[f"CLAIM_CLAIMABLE_BALANCE_{code}"]
    result = stellar_xdr.ClaimClaimableBalanceResult(number)
    kind = stellar_xdr.OperationType.CLAIM_CLAIMABLE_BALANCE
    return Outcome(succeeded=False, result=stellar_xdr.OperationResultTr(kind, claim_claimable_balance_result=result))


# Conditions.


def always() -> stellar_xdr.ClaimPredicate:
    return stellar_xdr.ClaimPredicate(_KINDS.CLAIM_PREDICATE_UNCONDITIONAL)


def before(close_time: int) -> stellar_xdr.ClaimPredicate:
    return stellar_xdr.ClaimPredicate(
        _KINDS.CLAIM_PREDICATE_BEFORE_ABSOLUTE_TIME, abs_before=stellar_xdr.Int64(close_time)
    )


def within(seconds: int) -> stellar_xdr.ClaimPredicate:
    return stellar_xdr.ClaimPredicate(
        _KINDS.CLAIM_PREDICATE_BEFORE_RELATIVE_TIME, rel_before=stellar_xdr.Int64(seconds)
    )


def both(*predicates: stellar_xdr.ClaimPredicate) -> stellar_xdr.ClaimPredicate:
    return stellar_xdr.ClaimPredicate(_KINDS.CLAIM_PREDICATE_AND, and_predicates=list(predicates))


def either(*predicates: stellar_xdr.ClaimPredicate) -> stellar_xdr.ClaimPredicate:
    return stellar_xdr.ClaimPredicate(_KINDS.CLAIM_PREDICATE_OR, or_predicates=list(predicates))


def not_(predicate: stellar_xdr.ClaimPredicate) -> stellar_xdr.ClaimPredicate:
    return stellar_xdr.ClaimPredicate(_KINDS.CLAIM_PREDICATE_NOT, not_predicate=predicate)


def _absolute(predicate: stellar_xdr.ClaimPredicate, close_time: int) -> stellar_xdr.ClaimPredicate:
    """As the ledger keeps it: what was said from now on is said from when it was made."""
    if predicate.rel_before is not None:
        return before(close_time + predicate.rel_before.int64)
    if predicate.and_predicates is not None:
        return both(*(_absolute(it, close_time) for it in predicate.and_predicates))
    if predicate.or_predicates is not None:
        return either(*(_absolute(it, close_time) for it in predicate.or_predicates))
    if predicate.not_predicate is not None:
        return not_(_absolute(predicate.not_predicate, close_time))
    return predicate


def _holds(predicate: stellar_xdr.ClaimPredicate, close_time: int) -> bool:
    """Of one that the ledger keeps."""
    if predicate.abs_before is not None:
        return close_time < predicate.abs_before.int64
    if predicate.and_predicates is not None:
        return all(_holds(it, close_time) for it in predicate.and_predicates)
    if predicate.or_predicates is not None:
        return any(_holds(it, close_time) for it in predicate.or_predicates)
    return predicate.not_predicate is None or not _holds(predicate.not_predicate, close_time)
