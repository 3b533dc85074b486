"""Operations on accounts and what stands in them."""

from dataclasses import dataclass, replace

from stellar_sdk import xdr as stellar_xdr

from producer.sources.simulated import holdings
from producer.sources.simulated.assets import NATIVE
from producer.sources.simulated.entries import BASE_RESERVE, MINIMUM_BALANCE, AccountEntry, DataEntry
from producer.sources.simulated.operations.operation import Address, Circumstances, Outcome
from producer.sources.simulated.packed import packed_account, packed_string
from producer.sources.simulated.state import LedgerScope, account_id


def first_sequence_number(ledger: int) -> int:
    """So high that no transaction of an earlier account with the same key can be replayed."""
    return ledger << 32


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """A new account, funded by the source."""

    destination: bytes
    starting_balance: int

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(
            stellar_xdr.OperationType.CREATE_ACCOUNT,
            create_account_op=stellar_xdr.CreateAccountOp(
                account_id(self.destination), stellar_xdr.Int64(self.starting_balance)
            ),
        )

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        codes = stellar_xdr.CreateAccountResultCode
        if scope.find_account(self.destination) is not None:
            return self._failed(codes.CREATE_ACCOUNT_ALREADY_EXIST)
        if not self._create(scope, here):
            return self._failed(codes.CREATE_ACCOUNT_LOW_RESERVE)
        source = scope.account(here.source)
        if source.available < self.starting_balance:
            return self._failed(codes.CREATE_ACCOUNT_UNDERFUNDED)
        scope.put(source.with_more(-self.starting_balance, here.ledger))
        return Outcome(
            succeeded=True,
            result=self._result(codes.CREATE_ACCOUNT_SUCCESS),
            events=[here.moved(NATIVE, here.source, Address(self.destination), self.starting_balance)],
        )

    def _create(self, scope: LedgerScope, here: Circumstances) -> bool:
        """Whether the reserve is there, in the starting balance or from a sponsor."""
        account = AccountEntry(
            public_key=self.destination,
            balance=self.starting_balance,
            sequence_number=first_sequence_number(here.ledger),
            last_modified=here.ledger,
        )
        sponsor = here.sponsors.get(self.destination)
        if sponsor is None:
            scope.put(account)
            return self.starting_balance >= MINIMUM_BALANCE
        created = holdings.with_reserve(scope, account, account, sponsor, here.ledger)
        if created is None:
            return False
        scope.put(replace(created, sponsored=created.reserves, extensions=2))
        return True

    def _failed(self, code: stellar_xdr.CreateAccountResultCode) -> Outcome:
        return Outcome(succeeded=False, result=self._result(code))

    def _result(self, code: stellar_xdr.CreateAccountResultCode) -> stellar_xdr.OperationResultTr:
        return stellar_xdr.OperationResultTr(
            stellar_xdr.OperationType.CREATE_ACCOUNT,
            create_account_result=stellar_xdr.CreateAccountResult(code),
        )


@dataclass(frozen=True, slots=True)
class AccountMerge:
    """The source's end: all its lumens go to another account."""

    destination: Address

    def body(self) -> stellar_xdr.OperationBody:
        return stellar_xdr.OperationBody(stellar_xdr.OperationType.ACCOUNT_MERGE, destination=self.destination.to_xdr())

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        codes = stellar_xdr.AccountMergeResultCode
        destination = scope.find_account(self.destination.public_key)
        source = scope.account(here.source)
        assert source.sponsor is None  # a sponsor would have to be told
        if destination is None:
            return _merge_outcome(codes.ACCOUNT_MERGE_NO_ACCOUNT)
        if source.sub_entries > len(source.signers):
            return _merge_outcome(codes.ACCOUNT_MERGE_HAS_SUB_ENTRIES)
        if source.sequence_number >= first_sequence_number(here.ledger):
            return _merge_outcome(codes.ACCOUNT_MERGE_SEQNUM_TOO_FAR)
        if source.sponsoring:
            return _merge_outcome(codes.ACCOUNT_MERGE_IS_SPONSOR)
        scope.put(destination.with_more(source.balance, here.ledger))
        scope.remove(source)
        event = here.moved(NATIVE, here.source, self.destination, source.balance)
        return replace(_merge_outcome(codes.ACCOUNT_MERGE_SUCCESS, source.balance), succeeded=True, events=[event])


def _merge_outcome(code: stellar_xdr.AccountMergeResultCode, balance: int | None = None) -> Outcome:
    result = stellar_xdr.AccountMergeResult(
        code, source_account_balance=None if balance is None else stellar_xdr.Int64(balance)
    )
    kind = stellar_xdr.OperationType.ACCOUNT_MERGE
    return Outcome(succeeded=False, result=stellar_xdr.OperationResultTr(kind, account_merge_result=result))


@dataclass(frozen=True, slots=True)
class SetOptions:
    """A home domain, a further signer of weight 1, or both."""

    home_domain: bytes | None = None
    signer: bytes | None = None

    def body(self) -> stellar_xdr.OperationBody:
        nothing = dict.fromkeys(
            ("clear_flags", "set_flags", "master_weight", "low_threshold", "med_threshold", "high_threshold")
        )
        domain = None if self.home_domain is None else stellar_xdr.String32(self.home_domain)
        options = stellar_xdr.SetOptionsOp(None, home_domain=domain, signer=self._signer(), **nothing)
        return stellar_xdr.OperationBody(stellar_xdr.OperationType.SET_OPTIONS, set_options_op=options)

    def _signer(self) -> stellar_xdr.Signer | None:
        if self.signer is None:
            return None
        kind = stellar_xdr.SignerKeyType.SIGNER_KEY_TYPE_ED25519
        key = stellar_xdr.SignerKey(kind, ed25519=stellar_xdr.Uint256(self.signer))
        return stellar_xdr.Signer(key, weight=stellar_xdr.Uint32(1))

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        codes = stellar_xdr.SetOptionsResultCode
        account = replace(scope.account(here.source), last_modified=here.ledger)
        if self.home_domain is not None:
            account = replace(account, home_domain=self.home_domain)
        if self.signer is not None and self.signer not in account.signers:
            if account.available < BASE_RESERVE:
                return _options_outcome(codes.SET_OPTIONS_LOW_RESERVE)
            signers = tuple(sorted((*account.signers, self.signer)))
            account = replace(account, signers=signers, sub_entries=account.sub_entries + 1)
        scope.put(account)
        return replace(_options_outcome(codes.SET_OPTIONS_SUCCESS), succeeded=True)


def _options_outcome(code: stellar_xdr.SetOptionsResultCode) -> Outcome:
    kind = stellar_xdr.OperationType.SET_OPTIONS
    result = stellar_xdr.SetOptionsResult(code)
    return Outcome(succeeded=False, result=stellar_xdr.OperationResultTr(kind, set_options_result=result))


@dataclass(frozen=True, slots=True)
class ManageData:
    """A value under a name; without a value, it goes."""

    name: bytes
    value: bytes | None

    def body(self) -> stellar_xdr.OperationBody:
        value = None if self.value is None else stellar_xdr.DataValue(self.value)
        data = stellar_xdr.ManageDataOp(stellar_xdr.String64(self.name), value)
        return stellar_xdr.OperationBody(stellar_xdr.OperationType.MANAGE_DATA, manage_data_op=data)

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        codes = stellar_xdr.ManageDataResultCode
        old = scope.find(DataEntry, packed_account(here.source) + packed_string(self.name))
        if self.value is None:
            if old is None:
                return _data_outcome(codes.MANAGE_DATA_NAME_NOT_FOUND)
            holdings.free_reserve(scope, old, here.source, here.ledger)
            scope.remove(old)
        elif old is not None:
            scope.put(replace(old, value=self.value, last_modified=here.ledger))
        else:
            new = DataEntry(account=here.source, name=self.name, value=self.value, last_modified=here.ledger)
            owner = scope.account(here.source)
            entry = holdings.with_reserve(scope, new, owner, here.sponsors.get(here.source), here.ledger)
            if entry is None:
                return _data_outcome(codes.MANAGE_DATA_LOW_RESERVE)
            scope.put(entry)
        return replace(_data_outcome(codes.MANAGE_DATA_SUCCESS), succeeded=True)


def _data_outcome(code: stellar_xdr.ManageDataResultCode) -> Outcome:
    kind = stellar_xdr.OperationType.MANAGE_DATA
    result = stellar_xdr.ManageDataResult(code)
    return Outcome(succeeded=False, result=stellar_xdr.OperationResultTr(kind, manage_data_result=result))


@dataclass(frozen=True, slots=True)
class BumpSequence:
    """A higher sequence number for the source, so that what it signed up to there can't come any more."""

    to: int

    def body(self) -> stellar_xdr.OperationBody:
        number = stellar_xdr.SequenceNumber(stellar_xdr.Int64(self.to))
        bump = stellar_xdr.BumpSequenceOp(number)
        return stellar_xdr.OperationBody(stellar_xdr.OperationType.BUMP_SEQUENCE, bump_sequence_op=bump)

    def apply(self, scope: LedgerScope, here: Circumstances) -> Outcome:
        account = scope.account(here.source)
        if account.sequence_number < self.to:
            scope.put(account.with_sequence_number(self.to, here.ledger, here.close_time))
        kind = stellar_xdr.OperationType.BUMP_SEQUENCE
        result = stellar_xdr.BumpSequenceResult(stellar_xdr.BumpSequenceResultCode.BUMP_SEQUENCE_SUCCESS)
        return Outcome(succeeded=True, result=stellar_xdr.OperationResultTr(kind, bump_seq_result=result))
