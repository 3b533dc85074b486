"""Operations on trust lines."""

from dataclasses import dataclass, replace

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import holdings
from producer.sources.simulated.assets import Asset
from producer.sources.simulated.entries import TrustLineEntry
from producer.sources.simulated.operations.operation import Circumstances, Outcome
from producer.sources.simulated.packed import packed
from producer.sources.simulated.state import LedgerScope


@dataclass(frozen=True, slots=True)
class ChangeTrust:
    """The source holds at most `limit` of the asset; with 0 it no longer can hold any."""

    asset: Asset
    limit: int

    def body(self) -> stellar_xdr.OperationBody:
        line = packed(stellar_xdr.ChangeTrustAsset, self.asset.xdr)
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.CHANGE_TRUST,
            change_trust_op=stellar_xdr.ChangeTrustOp(line, stellar_xdr.Int64(self.limit)),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        codes = stellar_xdr.ChangeTrustResultCode
        line = scope.find_trust_line(here.source, self.asset)
        if self.limit < (line.balance + line.buying if line else 1):
            return _outcome(codes.CHANGE_TRUST_INVALID_LIMIT)
        if line is not None and self.limit == 0:
            holdings.free_reserve(scope, line, here.source, here.ledger)
            scope.remove(line)
        elif scope.find_account(self.asset.issuer) is None:
            return _outcome(codes.CHANGE_TRUST_NO_ISSUER)
        elif line is not None:
            scope.put(replace(line, limit=self.limit, last_modified=here.ledger))
        elif not self._create(scope, here):
            return _outcome(codes.CHANGE_TRUST_LOW_RESERVE)
        return replace(_outcome(codes.CHANGE_TRUST_SUCCESS), succeeded=True)

    def _create(self, scope: LedgerScope, here: Circumstances) -> bool:
        line = TrustLineEntry(
            account=here.source, asset=self.asset, balance=0, limit=self.limit, last_modified=here.ledger
        )
        owner = scope.account(here.source)
        created = holdings.with_reserve(scope, line, owner, here.sponsors.get(here.source), here.ledger)
        if created is not None:
            scope.put(created)
        return created is not None


def _outcome(code: stellar_xdr.ChangeTrustResultCode) -> Outcome:
    kind = stellar_xdr.OperationType.CHANGE_TRUST
    result = stellar_xdr.ChangeTrustResult(code)
    return Outcome(succeeded=False, result=stellar_xdr.OperationResultTr(kind, change_trust_result=result))
