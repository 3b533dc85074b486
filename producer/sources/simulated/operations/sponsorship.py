"""Operations by which one account pays another's reserves."""

from dataclasses import dataclass, replace

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import holdings
from producer.sources.simulated.assets import Asset
from producer.sources.simulated.entries import BASE_RESERVE
from producer.sources.simulated.operations.operation import Circumstances, Outcome
from producer.sources.simulated.packed import packed
from producer.sources.simulated.state import LedgerScope, account_id


@dataclass(frozen=True, slots=True)
class BeginSponsoringFutureReserves:
    """From here on in its transaction, the source pays the account's new reserves."""

    sponsored: bytes

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.BEGIN_SPONSORING_FUTURE_RESERVES,
            begin_sponsoring_future_reserves_op=stellar_xdr.BeginSponsoringFutureReservesOp(account_id(self.sponsored)),
        )

    def apply(self, _scope: LedgerScope, here: Circumstances) -> Outcome:
        here.sponsors[self.sponsored] = here.source
        code = stellar_xdr.BeginSponsoringFutureReservesResultCode.BEGIN_SPONSORING_FUTURE_RESERVES_SUCCESS
        result = stellar_xdr.OperationResultTr(
            stellar_xdr.OperationType.BEGIN_SPONSORING_FUTURE_RESERVES,
            begin_sponsoring_future_reserves_result=stellar_xdr.BeginSponsoringFutureReservesResult(code),
        )
        return Outcome(succeeded=True, result=result)


@dataclass(frozen=True, slots=True)
class EndSponsoringFutureReserves:
    """The source, whose reserves were paid, has agreed."""

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(stellar_xdr.OperationType.END_SPONSORING_FUTURE_RESERVES)

    def apply(self, _scope: LedgerScope, here: Circumstances) -> Outcome:
        del here.sponsors[here.source]
        code = stellar_xdr.EndSponsoringFutureReservesResultCode.END_SPONSORING_FUTURE_RESERVES_SUCCESS
        result = stellar_xdr.OperationResultTr(
            stellar_xdr.OperationType.END_SPONSORING_FUTURE_RESERVES,
            end_sponsoring_future_reserves_result=stellar_xdr.EndSponsoringFutureReservesResult(code),
        )
        return Outcome(succeeded=True, result=result)


@dataclass(frozen=True, slots=True)
class RevokeSponsorship:
    """The source, which sponsors a trust line, no longer does: its account pays."""

    account: bytes
    asset: Asset

    def body(self) -> stellar_xdr.OperationBody:
        line = packed(stellar_xdr.TrustLineAsset, self.asset.xdr)
        key = stellar_xdr.LedgerKey(
            stellar_xdr.LedgerEntryType.TRUSTLINE,
            trust_line=stellar_xdr.LedgerKeyTrustLine(account_id(self.account), line),
        )
        kind = stellar_xdr.RevokeSponsorshipType.REVOKE_SPONSORSHIP_LEDGER_ENTRY
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.REVOKE_SPONSORSHIP,
            revoke_sponsorship_op=stellar_xdr.RevokeSponsorshipOp(kind, ledger_key=key),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        line = scope.find_trust_line(self.account, self.asset)
        if line is None:
            return _revoke_outcome("DOES_NOT_EXIST")
        if line.sponsor != here.source:
            return _revoke_outcome("NOT_SPONSOR")
        if scope.account(self.account).available < BASE_RESERVE:
            return _revoke_outcome("LOW_RESERVE")
        holdings.free_reserve(scope, line, self.account, here.ledger)
        own = replace(line, sponsor=None, last_modified=here.ledger)
        holdings.with_reserve(scope, own, scope.account(self.account), None, here.ledger)
        scope.put(own)
        return replace(_revoke_outcome("SUCCESS"), succeeded=True)


def _revoke_outcome(code: str) -> Outcome:
    number = stellar_xdr.RevokeSponsorshipResultCode[f"REVOKE_SPONSORSHIP_{code}"]
    result = stellar_xdr.RevokeSponsorshipResult(number)
    kind = stellar_xdr.OperationType.REVOKE_SPONSORSHIP
    return Outcome(succeeded=False, result=stellar_xdr.OperationResultTr(kind, revoke_sponsorship_result=result))
