"""Readers of Stellar's XDR types. Generated from stellar-sdk 16.1.1 by `python -m schemas.xdr`: do not edit.

`read_X(buf, p)` gives the value at position p and the position after it, `skip_X(buf, p)` that position alone; it is
there for what stays bytes inside other types.

A struct's fields have the names of stellar-sdk. A union is its discriminant and `value`; one with a single arm is that
arm; an extension that can only be empty is left out. Enumerations are plain integers, their names are in `names`.
Strings and opaque data are bytes. SCVals and LedgerEntryChanges inside other types are their bytes, checked and not
yet read. `xdr` is a value's own bytes.
"""

from __future__ import annotations

from struct import Struct as _Layout
from typing import ClassVar, NoReturn

from msgspec import Struct

from schemas.errors import XdrMalformed

DEEPEST = 512
_ZEROS = b"\0\0\0"


def _refuse(what: str, position: int) -> NoReturn:
    raise XdrMalformed(f"no {what} at byte {position}")


class StellarValueType:
    STELLAR_VALUE_BASIC = 0
    STELLAR_VALUE_SIGNED = 1
    STELLAR_VALUE_EMPTY_TX_SET = 2
    names: ClassVar[dict[int, str]] = {
        0: "STELLAR_VALUE_BASIC",
        1: "STELLAR_VALUE_SIGNED",
        2: "STELLAR_VALUE_EMPTY_TX_SET",
    }


class PublicKeyType:
    PUBLIC_KEY_TYPE_ED25519 = 0
    names: ClassVar[dict[int, str]] = {0: "PUBLIC_KEY_TYPE_ED25519"}


class EnvelopeType:
    ENVELOPE_TYPE_TX_V0 = 0
    ENVELOPE_TYPE_SCP = 1
    ENVELOPE_TYPE_TX = 2
    ENVELOPE_TYPE_AUTH = 3
    ENVELOPE_TYPE_SCPVALUE = 4
    ENVELOPE_TYPE_TX_FEE_BUMP = 5
    ENVELOPE_TYPE_OP_ID = 6
    ENVELOPE_TYPE_POOL_REVOKE_OP_ID = 7
    ENVELOPE_TYPE_CONTRACT_ID = 8
    ENVELOPE_TYPE_SOROBAN_AUTHORIZATION = 9
    ENVELOPE_TYPE_SOROBAN_AUTHORIZATION_WITH_ADDRESS = 10
    names: ClassVar[dict[int, str]] = {
        0: "ENVELOPE_TYPE_TX_V0",
        1: "ENVELOPE_TYPE_SCP",
        2: "ENVELOPE_TYPE_TX",
        3: "ENVELOPE_TYPE_AUTH",
        4: "ENVELOPE_TYPE_SCPVALUE",
        5: "ENVELOPE_TYPE_TX_FEE_BUMP",
        6: "ENVELOPE_TYPE_OP_ID",
        7: "ENVELOPE_TYPE_POOL_REVOKE_OP_ID",
        8: "ENVELOPE_TYPE_CONTRACT_ID",
        9: "ENVELOPE_TYPE_SOROBAN_AUTHORIZATION",
        10: "ENVELOPE_TYPE_SOROBAN_AUTHORIZATION_WITH_ADDRESS",
    }


class MemoType:
    MEMO_NONE = 0
    MEMO_TEXT = 1
    MEMO_ID = 2
    MEMO_HASH = 3
    MEMO_RETURN = 4
    names: ClassVar[dict[int, str]] = {0: "MEMO_NONE", 1: "MEMO_TEXT", 2: "MEMO_ID", 3: "MEMO_HASH", 4: "MEMO_RETURN"}


class CryptoKeyType:
    KEY_TYPE_ED25519 = 0
    KEY_TYPE_PRE_AUTH_TX = 1
    KEY_TYPE_HASH_X = 2
    KEY_TYPE_ED25519_SIGNED_PAYLOAD = 3
    KEY_TYPE_MUXED_ED25519 = 256
    names: ClassVar[dict[int, str]] = {
        0: "KEY_TYPE_ED25519",
        1: "KEY_TYPE_PRE_AUTH_TX",
        2: "KEY_TYPE_HASH_X",
        3: "KEY_TYPE_ED25519_SIGNED_PAYLOAD",
        256: "KEY_TYPE_MUXED_ED25519",
    }


class OperationType:
    CREATE_ACCOUNT = 0
    PAYMENT = 1
    PATH_PAYMENT_STRICT_RECEIVE = 2
    MANAGE_SELL_OFFER = 3
    CREATE_PASSIVE_SELL_OFFER = 4
    SET_OPTIONS = 5
    CHANGE_TRUST = 6
    ALLOW_TRUST = 7
    ACCOUNT_MERGE = 8
    INFLATION = 9
    MANAGE_DATA = 10
    BUMP_SEQUENCE = 11
    MANAGE_BUY_OFFER = 12
    PATH_PAYMENT_STRICT_SEND = 13
    CREATE_CLAIMABLE_BALANCE = 14
    CLAIM_CLAIMABLE_BALANCE = 15
    BEGIN_SPONSORING_FUTURE_RESERVES = 16
    END_SPONSORING_FUTURE_RESERVES = 17
    REVOKE_SPONSORSHIP = 18
    CLAWBACK = 19
    CLAWBACK_CLAIMABLE_BALANCE = 20
    SET_TRUST_LINE_FLAGS = 21
    LIQUIDITY_POOL_DEPOSIT = 22
    LIQUIDITY_POOL_WITHDRAW = 23
    INVOKE_HOST_FUNCTION = 24
    EXTEND_FOOTPRINT_TTL = 25
    RESTORE_FOOTPRINT = 26
    names: ClassVar[dict[int, str]] = {
        0: "CREATE_ACCOUNT",
        1: "PAYMENT",
        2: "PATH_PAYMENT_STRICT_RECEIVE",
        3: "MANAGE_SELL_OFFER",
        4: "CREATE_PASSIVE_SELL_OFFER",
        5: "SET_OPTIONS",
        6: "CHANGE_TRUST",
        7: "ALLOW_TRUST",
        8: "ACCOUNT_MERGE",
        9: "INFLATION",
        10: "MANAGE_DATA",
        11: "BUMP_SEQUENCE",
        12: "MANAGE_BUY_OFFER",
        13: "PATH_PAYMENT_STRICT_SEND",
        14: "CREATE_CLAIMABLE_BALANCE",
        15: "CLAIM_CLAIMABLE_BALANCE",
        16: "BEGIN_SPONSORING_FUTURE_RESERVES",
        17: "END_SPONSORING_FUTURE_RESERVES",
        18: "REVOKE_SPONSORSHIP",
        19: "CLAWBACK",
        20: "CLAWBACK_CLAIMABLE_BALANCE",
        21: "SET_TRUST_LINE_FLAGS",
        22: "LIQUIDITY_POOL_DEPOSIT",
        23: "LIQUIDITY_POOL_WITHDRAW",
        24: "INVOKE_HOST_FUNCTION",
        25: "EXTEND_FOOTPRINT_TTL",
        26: "RESTORE_FOOTPRINT",
    }


class AssetType:
    ASSET_TYPE_NATIVE = 0
    ASSET_TYPE_CREDIT_ALPHANUM4 = 1
    ASSET_TYPE_CREDIT_ALPHANUM12 = 2
    ASSET_TYPE_POOL_SHARE = 3
    names: ClassVar[dict[int, str]] = {
        0: "ASSET_TYPE_NATIVE",
        1: "ASSET_TYPE_CREDIT_ALPHANUM4",
        2: "ASSET_TYPE_CREDIT_ALPHANUM12",
        3: "ASSET_TYPE_POOL_SHARE",
    }


class SignerKeyType:
    SIGNER_KEY_TYPE_ED25519 = 0
    SIGNER_KEY_TYPE_PRE_AUTH_TX = 1
    SIGNER_KEY_TYPE_HASH_X = 2
    SIGNER_KEY_TYPE_ED25519_SIGNED_PAYLOAD = 3
    names: ClassVar[dict[int, str]] = {
        0: "SIGNER_KEY_TYPE_ED25519",
        1: "SIGNER_KEY_TYPE_PRE_AUTH_TX",
        2: "SIGNER_KEY_TYPE_HASH_X",
        3: "SIGNER_KEY_TYPE_ED25519_SIGNED_PAYLOAD",
    }


class LiquidityPoolType:
    LIQUIDITY_POOL_CONSTANT_PRODUCT = 0
    names: ClassVar[dict[int, str]] = {0: "LIQUIDITY_POOL_CONSTANT_PRODUCT"}


class ClaimantType:
    CLAIMANT_TYPE_V0 = 0
    names: ClassVar[dict[int, str]] = {0: "CLAIMANT_TYPE_V0"}


class ClaimPredicateType:
    CLAIM_PREDICATE_UNCONDITIONAL = 0
    CLAIM_PREDICATE_AND = 1
    CLAIM_PREDICATE_OR = 2
    CLAIM_PREDICATE_NOT = 3
    CLAIM_PREDICATE_BEFORE_ABSOLUTE_TIME = 4
    CLAIM_PREDICATE_BEFORE_RELATIVE_TIME = 5
    names: ClassVar[dict[int, str]] = {
        0: "CLAIM_PREDICATE_UNCONDITIONAL",
        1: "CLAIM_PREDICATE_AND",
        2: "CLAIM_PREDICATE_OR",
        3: "CLAIM_PREDICATE_NOT",
        4: "CLAIM_PREDICATE_BEFORE_ABSOLUTE_TIME",
        5: "CLAIM_PREDICATE_BEFORE_RELATIVE_TIME",
    }


class ClaimableBalanceIDType:
    CLAIMABLE_BALANCE_ID_TYPE_V0 = 0
    names: ClassVar[dict[int, str]] = {0: "CLAIMABLE_BALANCE_ID_TYPE_V0"}


class RevokeSponsorshipType:
    REVOKE_SPONSORSHIP_LEDGER_ENTRY = 0
    REVOKE_SPONSORSHIP_SIGNER = 1
    names: ClassVar[dict[int, str]] = {0: "REVOKE_SPONSORSHIP_LEDGER_ENTRY", 1: "REVOKE_SPONSORSHIP_SIGNER"}


class LedgerEntryType:
    ACCOUNT = 0
    TRUSTLINE = 1
    OFFER = 2
    DATA = 3
    CLAIMABLE_BALANCE = 4
    LIQUIDITY_POOL = 5
    CONTRACT_DATA = 6
    CONTRACT_CODE = 7
    CONFIG_SETTING = 8
    TTL = 9
    names: ClassVar[dict[int, str]] = {
        0: "ACCOUNT",
        1: "TRUSTLINE",
        2: "OFFER",
        3: "DATA",
        4: "CLAIMABLE_BALANCE",
        5: "LIQUIDITY_POOL",
        6: "CONTRACT_DATA",
        7: "CONTRACT_CODE",
        8: "CONFIG_SETTING",
        9: "TTL",
    }


class SCAddressType:
    SC_ADDRESS_TYPE_ACCOUNT = 0
    SC_ADDRESS_TYPE_CONTRACT = 1
    SC_ADDRESS_TYPE_MUXED_ACCOUNT = 2
    SC_ADDRESS_TYPE_CLAIMABLE_BALANCE = 3
    SC_ADDRESS_TYPE_LIQUIDITY_POOL = 4
    names: ClassVar[dict[int, str]] = {
        0: "SC_ADDRESS_TYPE_ACCOUNT",
        1: "SC_ADDRESS_TYPE_CONTRACT",
        2: "SC_ADDRESS_TYPE_MUXED_ACCOUNT",
        3: "SC_ADDRESS_TYPE_CLAIMABLE_BALANCE",
        4: "SC_ADDRESS_TYPE_LIQUIDITY_POOL",
    }


class SCValType:
    SCV_BOOL = 0
    SCV_VOID = 1
    SCV_ERROR = 2
    SCV_U32 = 3
    SCV_I32 = 4
    SCV_U64 = 5
    SCV_I64 = 6
    SCV_TIMEPOINT = 7
    SCV_DURATION = 8
    SCV_U128 = 9
    SCV_I128 = 10
    SCV_U256 = 11
    SCV_I256 = 12
    SCV_BYTES = 13
    SCV_STRING = 14
    SCV_SYMBOL = 15
    SCV_VEC = 16
    SCV_MAP = 17
    SCV_ADDRESS = 18
    SCV_CONTRACT_INSTANCE = 19
    SCV_LEDGER_KEY_CONTRACT_INSTANCE = 20
    SCV_LEDGER_KEY_NONCE = 21
    SCV_EXECUTABLE_TAG = 22
    names: ClassVar[dict[int, str]] = {
        0: "SCV_BOOL",
        1: "SCV_VOID",
        2: "SCV_ERROR",
        3: "SCV_U32",
        4: "SCV_I32",
        5: "SCV_U64",
        6: "SCV_I64",
        7: "SCV_TIMEPOINT",
        8: "SCV_DURATION",
        9: "SCV_U128",
        10: "SCV_I128",
        11: "SCV_U256",
        12: "SCV_I256",
        13: "SCV_BYTES",
        14: "SCV_STRING",
        15: "SCV_SYMBOL",
        16: "SCV_VEC",
        17: "SCV_MAP",
        18: "SCV_ADDRESS",
        19: "SCV_CONTRACT_INSTANCE",
        20: "SCV_LEDGER_KEY_CONTRACT_INSTANCE",
        21: "SCV_LEDGER_KEY_NONCE",
        22: "SCV_EXECUTABLE_TAG",
    }


class SCErrorType:
    SCE_CONTRACT = 0
    SCE_WASM_VM = 1
    SCE_CONTEXT = 2
    SCE_STORAGE = 3
    SCE_OBJECT = 4
    SCE_CRYPTO = 5
    SCE_EVENTS = 6
    SCE_BUDGET = 7
    SCE_VALUE = 8
    SCE_AUTH = 9
    names: ClassVar[dict[int, str]] = {
        0: "SCE_CONTRACT",
        1: "SCE_WASM_VM",
        2: "SCE_CONTEXT",
        3: "SCE_STORAGE",
        4: "SCE_OBJECT",
        5: "SCE_CRYPTO",
        6: "SCE_EVENTS",
        7: "SCE_BUDGET",
        8: "SCE_VALUE",
        9: "SCE_AUTH",
    }


class SCErrorCode:
    SCEC_ARITH_DOMAIN = 0
    SCEC_INDEX_BOUNDS = 1
    SCEC_INVALID_INPUT = 2
    SCEC_MISSING_VALUE = 3
    SCEC_EXISTING_VALUE = 4
    SCEC_EXCEEDED_LIMIT = 5
    SCEC_INVALID_ACTION = 6
    SCEC_INTERNAL_ERROR = 7
    SCEC_UNEXPECTED_TYPE = 8
    SCEC_UNEXPECTED_SIZE = 9
    names: ClassVar[dict[int, str]] = {
        0: "SCEC_ARITH_DOMAIN",
        1: "SCEC_INDEX_BOUNDS",
        2: "SCEC_INVALID_INPUT",
        3: "SCEC_MISSING_VALUE",
        4: "SCEC_EXISTING_VALUE",
        5: "SCEC_EXCEEDED_LIMIT",
        6: "SCEC_INVALID_ACTION",
        7: "SCEC_INTERNAL_ERROR",
        8: "SCEC_UNEXPECTED_TYPE",
        9: "SCEC_UNEXPECTED_SIZE",
    }


class ContractExecutableType:
    CONTRACT_EXECUTABLE_WASM = 0
    CONTRACT_EXECUTABLE_STELLAR_ASSET = 1
    CONTRACT_EXECUTABLE_EXTERNAL_REF = 2
    names: ClassVar[dict[int, str]] = {
        0: "CONTRACT_EXECUTABLE_WASM",
        1: "CONTRACT_EXECUTABLE_STELLAR_ASSET",
        2: "CONTRACT_EXECUTABLE_EXTERNAL_REF",
    }


class ContractDataDurability:
    TEMPORARY = 0
    PERSISTENT = 1
    names: ClassVar[dict[int, str]] = {0: "TEMPORARY", 1: "PERSISTENT"}


class ConfigSettingID:
    CONFIG_SETTING_CONTRACT_MAX_SIZE_BYTES = 0
    CONFIG_SETTING_CONTRACT_COMPUTE_V0 = 1
    CONFIG_SETTING_CONTRACT_LEDGER_COST_V0 = 2
    CONFIG_SETTING_CONTRACT_HISTORICAL_DATA_V0 = 3
    CONFIG_SETTING_CONTRACT_EVENTS_V0 = 4
    CONFIG_SETTING_CONTRACT_BANDWIDTH_V0 = 5
    CONFIG_SETTING_CONTRACT_COST_PARAMS_CPU_INSTRUCTIONS = 6
    CONFIG_SETTING_CONTRACT_COST_PARAMS_MEMORY_BYTES = 7
    CONFIG_SETTING_CONTRACT_DATA_KEY_SIZE_BYTES = 8
    CONFIG_SETTING_CONTRACT_DATA_ENTRY_SIZE_BYTES = 9
    CONFIG_SETTING_STATE_ARCHIVAL = 10
    CONFIG_SETTING_CONTRACT_EXECUTION_LANES = 11
    CONFIG_SETTING_LIVE_SOROBAN_STATE_SIZE_WINDOW = 12
    CONFIG_SETTING_EVICTION_ITERATOR = 13
    CONFIG_SETTING_CONTRACT_PARALLEL_COMPUTE_V0 = 14
    CONFIG_SETTING_CONTRACT_LEDGER_COST_EXT_V0 = 15
    CONFIG_SETTING_SCP_TIMING = 16
    CONFIG_SETTING_FROZEN_LEDGER_KEYS = 17
    CONFIG_SETTING_FROZEN_LEDGER_KEYS_DELTA = 18
    CONFIG_SETTING_FREEZE_BYPASS_TXS = 19
    CONFIG_SETTING_FREEZE_BYPASS_TXS_DELTA = 20
    names: ClassVar[dict[int, str]] = {
        0: "CONFIG_SETTING_CONTRACT_MAX_SIZE_BYTES",
        1: "CONFIG_SETTING_CONTRACT_COMPUTE_V0",
        2: "CONFIG_SETTING_CONTRACT_LEDGER_COST_V0",
        3: "CONFIG_SETTING_CONTRACT_HISTORICAL_DATA_V0",
        4: "CONFIG_SETTING_CONTRACT_EVENTS_V0",
        5: "CONFIG_SETTING_CONTRACT_BANDWIDTH_V0",
        6: "CONFIG_SETTING_CONTRACT_COST_PARAMS_CPU_INSTRUCTIONS",
        7: "CONFIG_SETTING_CONTRACT_COST_PARAMS_MEMORY_BYTES",
        8: "CONFIG_SETTING_CONTRACT_DATA_KEY_SIZE_BYTES",
        9: "CONFIG_SETTING_CONTRACT_DATA_ENTRY_SIZE_BYTES",
        10: "CONFIG_SETTING_STATE_ARCHIVAL",
        11: "CONFIG_SETTING_CONTRACT_EXECUTION_LANES",
        12: "CONFIG_SETTING_LIVE_SOROBAN_STATE_SIZE_WINDOW",
        13: "CONFIG_SETTING_EVICTION_ITERATOR",
        14: "CONFIG_SETTING_CONTRACT_PARALLEL_COMPUTE_V0",
        15: "CONFIG_SETTING_CONTRACT_LEDGER_COST_EXT_V0",
        16: "CONFIG_SETTING_SCP_TIMING",
        17: "CONFIG_SETTING_FROZEN_LEDGER_KEYS",
        18: "CONFIG_SETTING_FROZEN_LEDGER_KEYS_DELTA",
        19: "CONFIG_SETTING_FREEZE_BYPASS_TXS",
        20: "CONFIG_SETTING_FREEZE_BYPASS_TXS_DELTA",
    }


class HostFunctionType:
    HOST_FUNCTION_TYPE_INVOKE_CONTRACT = 0
    HOST_FUNCTION_TYPE_CREATE_CONTRACT = 1
    HOST_FUNCTION_TYPE_UPLOAD_CONTRACT_WASM = 2
    HOST_FUNCTION_TYPE_CREATE_CONTRACT_V2 = 3
    names: ClassVar[dict[int, str]] = {
        0: "HOST_FUNCTION_TYPE_INVOKE_CONTRACT",
        1: "HOST_FUNCTION_TYPE_CREATE_CONTRACT",
        2: "HOST_FUNCTION_TYPE_UPLOAD_CONTRACT_WASM",
        3: "HOST_FUNCTION_TYPE_CREATE_CONTRACT_V2",
    }


class ContractIDPreimageType:
    CONTRACT_ID_PREIMAGE_FROM_ADDRESS = 0
    CONTRACT_ID_PREIMAGE_FROM_ASSET = 1
    names: ClassVar[dict[int, str]] = {0: "CONTRACT_ID_PREIMAGE_FROM_ADDRESS", 1: "CONTRACT_ID_PREIMAGE_FROM_ASSET"}


class SorobanCredentialsType:
    SOROBAN_CREDENTIALS_SOURCE_ACCOUNT = 0
    SOROBAN_CREDENTIALS_ADDRESS = 1
    SOROBAN_CREDENTIALS_ADDRESS_V2 = 2
    SOROBAN_CREDENTIALS_ADDRESS_WITH_DELEGATES = 3
    names: ClassVar[dict[int, str]] = {
        0: "SOROBAN_CREDENTIALS_SOURCE_ACCOUNT",
        1: "SOROBAN_CREDENTIALS_ADDRESS",
        2: "SOROBAN_CREDENTIALS_ADDRESS_V2",
        3: "SOROBAN_CREDENTIALS_ADDRESS_WITH_DELEGATES",
    }


class SorobanAuthorizedFunctionType:
    SOROBAN_AUTHORIZED_FUNCTION_TYPE_CONTRACT_FN = 0
    SOROBAN_AUTHORIZED_FUNCTION_TYPE_CREATE_CONTRACT_HOST_FN = 1
    SOROBAN_AUTHORIZED_FUNCTION_TYPE_CREATE_CONTRACT_V2_HOST_FN = 2
    names: ClassVar[dict[int, str]] = {
        0: "SOROBAN_AUTHORIZED_FUNCTION_TYPE_CONTRACT_FN",
        1: "SOROBAN_AUTHORIZED_FUNCTION_TYPE_CREATE_CONTRACT_HOST_FN",
        2: "SOROBAN_AUTHORIZED_FUNCTION_TYPE_CREATE_CONTRACT_V2_HOST_FN",
    }


class PreconditionType:
    PRECOND_NONE = 0
    PRECOND_TIME = 1
    PRECOND_V2 = 2
    names: ClassVar[dict[int, str]] = {0: "PRECOND_NONE", 1: "PRECOND_TIME", 2: "PRECOND_V2"}


class TransactionResultCode:
    txFEE_BUMP_INNER_SUCCESS = 1
    txSUCCESS = 0
    txFAILED = -1
    txTOO_EARLY = -2
    txTOO_LATE = -3
    txMISSING_OPERATION = -4
    txBAD_SEQ = -5
    txBAD_AUTH = -6
    txINSUFFICIENT_BALANCE = -7
    txNO_ACCOUNT = -8
    txINSUFFICIENT_FEE = -9
    txBAD_AUTH_EXTRA = -10
    txINTERNAL_ERROR = -11
    txNOT_SUPPORTED = -12
    txFEE_BUMP_INNER_FAILED = -13
    txBAD_SPONSORSHIP = -14
    txBAD_MIN_SEQ_AGE_OR_GAP = -15
    txMALFORMED = -16
    txSOROBAN_INVALID = -17
    txFROZEN_KEY_ACCESSED = -18
    names: ClassVar[dict[int, str]] = {
        1: "txFEE_BUMP_INNER_SUCCESS",
        0: "txSUCCESS",
        -1: "txFAILED",
        -2: "txTOO_EARLY",
        -3: "txTOO_LATE",
        -4: "txMISSING_OPERATION",
        -5: "txBAD_SEQ",
        -6: "txBAD_AUTH",
        -7: "txINSUFFICIENT_BALANCE",
        -8: "txNO_ACCOUNT",
        -9: "txINSUFFICIENT_FEE",
        -10: "txBAD_AUTH_EXTRA",
        -11: "txINTERNAL_ERROR",
        -12: "txNOT_SUPPORTED",
        -13: "txFEE_BUMP_INNER_FAILED",
        -14: "txBAD_SPONSORSHIP",
        -15: "txBAD_MIN_SEQ_AGE_OR_GAP",
        -16: "txMALFORMED",
        -17: "txSOROBAN_INVALID",
        -18: "txFROZEN_KEY_ACCESSED",
    }


class OperationResultCode:
    opINNER = 0
    opBAD_AUTH = -1
    opNO_ACCOUNT = -2
    opNOT_SUPPORTED = -3
    opTOO_MANY_SUBENTRIES = -4
    opEXCEEDED_WORK_LIMIT = -5
    opTOO_MANY_SPONSORING = -6
    names: ClassVar[dict[int, str]] = {
        0: "opINNER",
        -1: "opBAD_AUTH",
        -2: "opNO_ACCOUNT",
        -3: "opNOT_SUPPORTED",
        -4: "opTOO_MANY_SUBENTRIES",
        -5: "opEXCEEDED_WORK_LIMIT",
        -6: "opTOO_MANY_SPONSORING",
    }


class CreateAccountResultCode:
    CREATE_ACCOUNT_SUCCESS = 0
    CREATE_ACCOUNT_MALFORMED = -1
    CREATE_ACCOUNT_UNDERFUNDED = -2
    CREATE_ACCOUNT_LOW_RESERVE = -3
    CREATE_ACCOUNT_ALREADY_EXIST = -4
    names: ClassVar[dict[int, str]] = {
        0: "CREATE_ACCOUNT_SUCCESS",
        -1: "CREATE_ACCOUNT_MALFORMED",
        -2: "CREATE_ACCOUNT_UNDERFUNDED",
        -3: "CREATE_ACCOUNT_LOW_RESERVE",
        -4: "CREATE_ACCOUNT_ALREADY_EXIST",
    }


class PaymentResultCode:
    PAYMENT_SUCCESS = 0
    PAYMENT_MALFORMED = -1
    PAYMENT_UNDERFUNDED = -2
    PAYMENT_SRC_NO_TRUST = -3
    PAYMENT_SRC_NOT_AUTHORIZED = -4
    PAYMENT_NO_DESTINATION = -5
    PAYMENT_NO_TRUST = -6
    PAYMENT_NOT_AUTHORIZED = -7
    PAYMENT_LINE_FULL = -8
    PAYMENT_NO_ISSUER = -9
    names: ClassVar[dict[int, str]] = {
        0: "PAYMENT_SUCCESS",
        -1: "PAYMENT_MALFORMED",
        -2: "PAYMENT_UNDERFUNDED",
        -3: "PAYMENT_SRC_NO_TRUST",
        -4: "PAYMENT_SRC_NOT_AUTHORIZED",
        -5: "PAYMENT_NO_DESTINATION",
        -6: "PAYMENT_NO_TRUST",
        -7: "PAYMENT_NOT_AUTHORIZED",
        -8: "PAYMENT_LINE_FULL",
        -9: "PAYMENT_NO_ISSUER",
    }


class PathPaymentStrictReceiveResultCode:
    PATH_PAYMENT_STRICT_RECEIVE_SUCCESS = 0
    PATH_PAYMENT_STRICT_RECEIVE_MALFORMED = -1
    PATH_PAYMENT_STRICT_RECEIVE_UNDERFUNDED = -2
    PATH_PAYMENT_STRICT_RECEIVE_SRC_NO_TRUST = -3
    PATH_PAYMENT_STRICT_RECEIVE_SRC_NOT_AUTHORIZED = -4
    PATH_PAYMENT_STRICT_RECEIVE_NO_DESTINATION = -5
    PATH_PAYMENT_STRICT_RECEIVE_NO_TRUST = -6
    PATH_PAYMENT_STRICT_RECEIVE_NOT_AUTHORIZED = -7
    PATH_PAYMENT_STRICT_RECEIVE_LINE_FULL = -8
    PATH_PAYMENT_STRICT_RECEIVE_NO_ISSUER = -9
    PATH_PAYMENT_STRICT_RECEIVE_TOO_FEW_OFFERS = -10
    PATH_PAYMENT_STRICT_RECEIVE_OFFER_CROSS_SELF = -11
    PATH_PAYMENT_STRICT_RECEIVE_OVER_SENDMAX = -12
    names: ClassVar[dict[int, str]] = {
        0: "PATH_PAYMENT_STRICT_RECEIVE_SUCCESS",
        -1: "PATH_PAYMENT_STRICT_RECEIVE_MALFORMED",
        -2: "PATH_PAYMENT_STRICT_RECEIVE_UNDERFUNDED",
        -3: "PATH_PAYMENT_STRICT_RECEIVE_SRC_NO_TRUST",
        -4: "PATH_PAYMENT_STRICT_RECEIVE_SRC_NOT_AUTHORIZED",
        -5: "PATH_PAYMENT_STRICT_RECEIVE_NO_DESTINATION",
        -6: "PATH_PAYMENT_STRICT_RECEIVE_NO_TRUST",
        -7: "PATH_PAYMENT_STRICT_RECEIVE_NOT_AUTHORIZED",
        -8: "PATH_PAYMENT_STRICT_RECEIVE_LINE_FULL",
        -9: "PATH_PAYMENT_STRICT_RECEIVE_NO_ISSUER",
        -10: "PATH_PAYMENT_STRICT_RECEIVE_TOO_FEW_OFFERS",
        -11: "PATH_PAYMENT_STRICT_RECEIVE_OFFER_CROSS_SELF",
        -12: "PATH_PAYMENT_STRICT_RECEIVE_OVER_SENDMAX",
    }


class ClaimAtomType:
    CLAIM_ATOM_TYPE_V0 = 0
    CLAIM_ATOM_TYPE_ORDER_BOOK = 1
    CLAIM_ATOM_TYPE_LIQUIDITY_POOL = 2
    names: ClassVar[dict[int, str]] = {
        0: "CLAIM_ATOM_TYPE_V0",
        1: "CLAIM_ATOM_TYPE_ORDER_BOOK",
        2: "CLAIM_ATOM_TYPE_LIQUIDITY_POOL",
    }


class ManageSellOfferResultCode:
    MANAGE_SELL_OFFER_SUCCESS = 0
    MANAGE_SELL_OFFER_MALFORMED = -1
    MANAGE_SELL_OFFER_SELL_NO_TRUST = -2
    MANAGE_SELL_OFFER_BUY_NO_TRUST = -3
    MANAGE_SELL_OFFER_SELL_NOT_AUTHORIZED = -4
    MANAGE_SELL_OFFER_BUY_NOT_AUTHORIZED = -5
    MANAGE_SELL_OFFER_LINE_FULL = -6
    MANAGE_SELL_OFFER_UNDERFUNDED = -7
    MANAGE_SELL_OFFER_CROSS_SELF = -8
    MANAGE_SELL_OFFER_SELL_NO_ISSUER = -9
    MANAGE_SELL_OFFER_BUY_NO_ISSUER = -10
    MANAGE_SELL_OFFER_NOT_FOUND = -11
    MANAGE_SELL_OFFER_LOW_RESERVE = -12
    names: ClassVar[dict[int, str]] = {
        0: "MANAGE_SELL_OFFER_SUCCESS",
        -1: "MANAGE_SELL_OFFER_MALFORMED",
        -2: "MANAGE_SELL_OFFER_SELL_NO_TRUST",
        -3: "MANAGE_SELL_OFFER_BUY_NO_TRUST",
        -4: "MANAGE_SELL_OFFER_SELL_NOT_AUTHORIZED",
        -5: "MANAGE_SELL_OFFER_BUY_NOT_AUTHORIZED",
        -6: "MANAGE_SELL_OFFER_LINE_FULL",
        -7: "MANAGE_SELL_OFFER_UNDERFUNDED",
        -8: "MANAGE_SELL_OFFER_CROSS_SELF",
        -9: "MANAGE_SELL_OFFER_SELL_NO_ISSUER",
        -10: "MANAGE_SELL_OFFER_BUY_NO_ISSUER",
        -11: "MANAGE_SELL_OFFER_NOT_FOUND",
        -12: "MANAGE_SELL_OFFER_LOW_RESERVE",
    }


class ManageOfferEffect:
    MANAGE_OFFER_CREATED = 0
    MANAGE_OFFER_UPDATED = 1
    MANAGE_OFFER_DELETED = 2
    names: ClassVar[dict[int, str]] = {0: "MANAGE_OFFER_CREATED", 1: "MANAGE_OFFER_UPDATED", 2: "MANAGE_OFFER_DELETED"}


class SetOptionsResultCode:
    SET_OPTIONS_SUCCESS = 0
    SET_OPTIONS_LOW_RESERVE = -1
    SET_OPTIONS_TOO_MANY_SIGNERS = -2
    SET_OPTIONS_BAD_FLAGS = -3
    SET_OPTIONS_INVALID_INFLATION = -4
    SET_OPTIONS_CANT_CHANGE = -5
    SET_OPTIONS_UNKNOWN_FLAG = -6
    SET_OPTIONS_THRESHOLD_OUT_OF_RANGE = -7
    SET_OPTIONS_BAD_SIGNER = -8
    SET_OPTIONS_INVALID_HOME_DOMAIN = -9
    SET_OPTIONS_AUTH_REVOCABLE_REQUIRED = -10
    names: ClassVar[dict[int, str]] = {
        0: "SET_OPTIONS_SUCCESS",
        -1: "SET_OPTIONS_LOW_RESERVE",
        -2: "SET_OPTIONS_TOO_MANY_SIGNERS",
        -3: "SET_OPTIONS_BAD_FLAGS",
        -4: "SET_OPTIONS_INVALID_INFLATION",
        -5: "SET_OPTIONS_CANT_CHANGE",
        -6: "SET_OPTIONS_UNKNOWN_FLAG",
        -7: "SET_OPTIONS_THRESHOLD_OUT_OF_RANGE",
        -8: "SET_OPTIONS_BAD_SIGNER",
        -9: "SET_OPTIONS_INVALID_HOME_DOMAIN",
        -10: "SET_OPTIONS_AUTH_REVOCABLE_REQUIRED",
    }


class ChangeTrustResultCode:
    CHANGE_TRUST_SUCCESS = 0
    CHANGE_TRUST_MALFORMED = -1
    CHANGE_TRUST_NO_ISSUER = -2
    CHANGE_TRUST_INVALID_LIMIT = -3
    CHANGE_TRUST_LOW_RESERVE = -4
    CHANGE_TRUST_SELF_NOT_ALLOWED = -5
    CHANGE_TRUST_TRUST_LINE_MISSING = -6
    CHANGE_TRUST_CANNOT_DELETE = -7
    CHANGE_TRUST_NOT_AUTH_MAINTAIN_LIABILITIES = -8
    names: ClassVar[dict[int, str]] = {
        0: "CHANGE_TRUST_SUCCESS",
        -1: "CHANGE_TRUST_MALFORMED",
        -2: "CHANGE_TRUST_NO_ISSUER",
        -3: "CHANGE_TRUST_INVALID_LIMIT",
        -4: "CHANGE_TRUST_LOW_RESERVE",
        -5: "CHANGE_TRUST_SELF_NOT_ALLOWED",
        -6: "CHANGE_TRUST_TRUST_LINE_MISSING",
        -7: "CHANGE_TRUST_CANNOT_DELETE",
        -8: "CHANGE_TRUST_NOT_AUTH_MAINTAIN_LIABILITIES",
    }


class AllowTrustResultCode:
    ALLOW_TRUST_SUCCESS = 0
    ALLOW_TRUST_MALFORMED = -1
    ALLOW_TRUST_NO_TRUST_LINE = -2
    ALLOW_TRUST_TRUST_NOT_REQUIRED = -3
    ALLOW_TRUST_CANT_REVOKE = -4
    ALLOW_TRUST_SELF_NOT_ALLOWED = -5
    ALLOW_TRUST_LOW_RESERVE = -6
    names: ClassVar[dict[int, str]] = {
        0: "ALLOW_TRUST_SUCCESS",
        -1: "ALLOW_TRUST_MALFORMED",
        -2: "ALLOW_TRUST_NO_TRUST_LINE",
        -3: "ALLOW_TRUST_TRUST_NOT_REQUIRED",
        -4: "ALLOW_TRUST_CANT_REVOKE",
        -5: "ALLOW_TRUST_SELF_NOT_ALLOWED",
        -6: "ALLOW_TRUST_LOW_RESERVE",
    }


class AccountMergeResultCode:
    ACCOUNT_MERGE_SUCCESS = 0
    ACCOUNT_MERGE_MALFORMED = -1
    ACCOUNT_MERGE_NO_ACCOUNT = -2
    ACCOUNT_MERGE_IMMUTABLE_SET = -3
    ACCOUNT_MERGE_HAS_SUB_ENTRIES = -4
    ACCOUNT_MERGE_SEQNUM_TOO_FAR = -5
    ACCOUNT_MERGE_DEST_FULL = -6
    ACCOUNT_MERGE_IS_SPONSOR = -7
    names: ClassVar[dict[int, str]] = {
        0: "ACCOUNT_MERGE_SUCCESS",
        -1: "ACCOUNT_MERGE_MALFORMED",
        -2: "ACCOUNT_MERGE_NO_ACCOUNT",
        -3: "ACCOUNT_MERGE_IMMUTABLE_SET",
        -4: "ACCOUNT_MERGE_HAS_SUB_ENTRIES",
        -5: "ACCOUNT_MERGE_SEQNUM_TOO_FAR",
        -6: "ACCOUNT_MERGE_DEST_FULL",
        -7: "ACCOUNT_MERGE_IS_SPONSOR",
    }


class InflationResultCode:
    INFLATION_SUCCESS = 0
    INFLATION_NOT_TIME = -1
    names: ClassVar[dict[int, str]] = {0: "INFLATION_SUCCESS", -1: "INFLATION_NOT_TIME"}


class ManageDataResultCode:
    MANAGE_DATA_SUCCESS = 0
    MANAGE_DATA_NOT_SUPPORTED_YET = -1
    MANAGE_DATA_NAME_NOT_FOUND = -2
    MANAGE_DATA_LOW_RESERVE = -3
    MANAGE_DATA_INVALID_NAME = -4
    names: ClassVar[dict[int, str]] = {
        0: "MANAGE_DATA_SUCCESS",
        -1: "MANAGE_DATA_NOT_SUPPORTED_YET",
        -2: "MANAGE_DATA_NAME_NOT_FOUND",
        -3: "MANAGE_DATA_LOW_RESERVE",
        -4: "MANAGE_DATA_INVALID_NAME",
    }


class BumpSequenceResultCode:
    BUMP_SEQUENCE_SUCCESS = 0
    BUMP_SEQUENCE_BAD_SEQ = -1
    names: ClassVar[dict[int, str]] = {0: "BUMP_SEQUENCE_SUCCESS", -1: "BUMP_SEQUENCE_BAD_SEQ"}


class ManageBuyOfferResultCode:
    MANAGE_BUY_OFFER_SUCCESS = 0
    MANAGE_BUY_OFFER_MALFORMED = -1
    MANAGE_BUY_OFFER_SELL_NO_TRUST = -2
    MANAGE_BUY_OFFER_BUY_NO_TRUST = -3
    MANAGE_BUY_OFFER_SELL_NOT_AUTHORIZED = -4
    MANAGE_BUY_OFFER_BUY_NOT_AUTHORIZED = -5
    MANAGE_BUY_OFFER_LINE_FULL = -6
    MANAGE_BUY_OFFER_UNDERFUNDED = -7
    MANAGE_BUY_OFFER_CROSS_SELF = -8
    MANAGE_BUY_OFFER_SELL_NO_ISSUER = -9
    MANAGE_BUY_OFFER_BUY_NO_ISSUER = -10
    MANAGE_BUY_OFFER_NOT_FOUND = -11
    MANAGE_BUY_OFFER_LOW_RESERVE = -12
    names: ClassVar[dict[int, str]] = {
        0: "MANAGE_BUY_OFFER_SUCCESS",
        -1: "MANAGE_BUY_OFFER_MALFORMED",
        -2: "MANAGE_BUY_OFFER_SELL_NO_TRUST",
        -3: "MANAGE_BUY_OFFER_BUY_NO_TRUST",
        -4: "MANAGE_BUY_OFFER_SELL_NOT_AUTHORIZED",
        -5: "MANAGE_BUY_OFFER_BUY_NOT_AUTHORIZED",
        -6: "MANAGE_BUY_OFFER_LINE_FULL",
        -7: "MANAGE_BUY_OFFER_UNDERFUNDED",
        -8: "MANAGE_BUY_OFFER_CROSS_SELF",
        -9: "MANAGE_BUY_OFFER_SELL_NO_ISSUER",
        -10: "MANAGE_BUY_OFFER_BUY_NO_ISSUER",
        -11: "MANAGE_BUY_OFFER_NOT_FOUND",
        -12: "MANAGE_BUY_OFFER_LOW_RESERVE",
    }


class PathPaymentStrictSendResultCode:
    PATH_PAYMENT_STRICT_SEND_SUCCESS = 0
    PATH_PAYMENT_STRICT_SEND_MALFORMED = -1
    PATH_PAYMENT_STRICT_SEND_UNDERFUNDED = -2
    PATH_PAYMENT_STRICT_SEND_SRC_NO_TRUST = -3
    PATH_PAYMENT_STRICT_SEND_SRC_NOT_AUTHORIZED = -4
    PATH_PAYMENT_STRICT_SEND_NO_DESTINATION = -5
    PATH_PAYMENT_STRICT_SEND_NO_TRUST = -6
    PATH_PAYMENT_STRICT_SEND_NOT_AUTHORIZED = -7
    PATH_PAYMENT_STRICT_SEND_LINE_FULL = -8
    PATH_PAYMENT_STRICT_SEND_NO_ISSUER = -9
    PATH_PAYMENT_STRICT_SEND_TOO_FEW_OFFERS = -10
    PATH_PAYMENT_STRICT_SEND_OFFER_CROSS_SELF = -11
    PATH_PAYMENT_STRICT_SEND_UNDER_DESTMIN = -12
    names: ClassVar[dict[int, str]] = {
        0: "PATH_PAYMENT_STRICT_SEND_SUCCESS",
        -1: "PATH_PAYMENT_STRICT_SEND_MALFORMED",
        -2: "PATH_PAYMENT_STRICT_SEND_UNDERFUNDED",
        -3: "PATH_PAYMENT_STRICT_SEND_SRC_NO_TRUST",
        -4: "PATH_PAYMENT_STRICT_SEND_SRC_NOT_AUTHORIZED",
        -5: "PATH_PAYMENT_STRICT_SEND_NO_DESTINATION",
        -6: "PATH_PAYMENT_STRICT_SEND_NO_TRUST",
        -7: "PATH_PAYMENT_STRICT_SEND_NOT_AUTHORIZED",
        -8: "PATH_PAYMENT_STRICT_SEND_LINE_FULL",
        -9: "PATH_PAYMENT_STRICT_SEND_NO_ISSUER",
        -10: "PATH_PAYMENT_STRICT_SEND_TOO_FEW_OFFERS",
        -11: "PATH_PAYMENT_STRICT_SEND_OFFER_CROSS_SELF",
        -12: "PATH_PAYMENT_STRICT_SEND_UNDER_DESTMIN",
    }


class CreateClaimableBalanceResultCode:
    CREATE_CLAIMABLE_BALANCE_SUCCESS = 0
    CREATE_CLAIMABLE_BALANCE_MALFORMED = -1
    CREATE_CLAIMABLE_BALANCE_LOW_RESERVE = -2
    CREATE_CLAIMABLE_BALANCE_NO_TRUST = -3
    CREATE_CLAIMABLE_BALANCE_NOT_AUTHORIZED = -4
    CREATE_CLAIMABLE_BALANCE_UNDERFUNDED = -5
    names: ClassVar[dict[int, str]] = {
        0: "CREATE_CLAIMABLE_BALANCE_SUCCESS",
        -1: "CREATE_CLAIMABLE_BALANCE_MALFORMED",
        -2: "CREATE_CLAIMABLE_BALANCE_LOW_RESERVE",
        -3: "CREATE_CLAIMABLE_BALANCE_NO_TRUST",
        -4: "CREATE_CLAIMABLE_BALANCE_NOT_AUTHORIZED",
        -5: "CREATE_CLAIMABLE_BALANCE_UNDERFUNDED",
    }


class ClaimClaimableBalanceResultCode:
    CLAIM_CLAIMABLE_BALANCE_SUCCESS = 0
    CLAIM_CLAIMABLE_BALANCE_DOES_NOT_EXIST = -1
    CLAIM_CLAIMABLE_BALANCE_CANNOT_CLAIM = -2
    CLAIM_CLAIMABLE_BALANCE_LINE_FULL = -3
    CLAIM_CLAIMABLE_BALANCE_NO_TRUST = -4
    CLAIM_CLAIMABLE_BALANCE_NOT_AUTHORIZED = -5
    CLAIM_CLAIMABLE_BALANCE_TRUSTLINE_FROZEN = -6
    names: ClassVar[dict[int, str]] = {
        0: "CLAIM_CLAIMABLE_BALANCE_SUCCESS",
        -1: "CLAIM_CLAIMABLE_BALANCE_DOES_NOT_EXIST",
        -2: "CLAIM_CLAIMABLE_BALANCE_CANNOT_CLAIM",
        -3: "CLAIM_CLAIMABLE_BALANCE_LINE_FULL",
        -4: "CLAIM_CLAIMABLE_BALANCE_NO_TRUST",
        -5: "CLAIM_CLAIMABLE_BALANCE_NOT_AUTHORIZED",
        -6: "CLAIM_CLAIMABLE_BALANCE_TRUSTLINE_FROZEN",
    }


class BeginSponsoringFutureReservesResultCode:
    BEGIN_SPONSORING_FUTURE_RESERVES_SUCCESS = 0
    BEGIN_SPONSORING_FUTURE_RESERVES_MALFORMED = -1
    BEGIN_SPONSORING_FUTURE_RESERVES_ALREADY_SPONSORED = -2
    BEGIN_SPONSORING_FUTURE_RESERVES_RECURSIVE = -3
    names: ClassVar[dict[int, str]] = {
        0: "BEGIN_SPONSORING_FUTURE_RESERVES_SUCCESS",
        -1: "BEGIN_SPONSORING_FUTURE_RESERVES_MALFORMED",
        -2: "BEGIN_SPONSORING_FUTURE_RESERVES_ALREADY_SPONSORED",
        -3: "BEGIN_SPONSORING_FUTURE_RESERVES_RECURSIVE",
    }


class EndSponsoringFutureReservesResultCode:
    END_SPONSORING_FUTURE_RESERVES_SUCCESS = 0
    END_SPONSORING_FUTURE_RESERVES_NOT_SPONSORED = -1
    names: ClassVar[dict[int, str]] = {
        0: "END_SPONSORING_FUTURE_RESERVES_SUCCESS",
        -1: "END_SPONSORING_FUTURE_RESERVES_NOT_SPONSORED",
    }


class RevokeSponsorshipResultCode:
    REVOKE_SPONSORSHIP_SUCCESS = 0
    REVOKE_SPONSORSHIP_DOES_NOT_EXIST = -1
    REVOKE_SPONSORSHIP_NOT_SPONSOR = -2
    REVOKE_SPONSORSHIP_LOW_RESERVE = -3
    REVOKE_SPONSORSHIP_ONLY_TRANSFERABLE = -4
    REVOKE_SPONSORSHIP_MALFORMED = -5
    names: ClassVar[dict[int, str]] = {
        0: "REVOKE_SPONSORSHIP_SUCCESS",
        -1: "REVOKE_SPONSORSHIP_DOES_NOT_EXIST",
        -2: "REVOKE_SPONSORSHIP_NOT_SPONSOR",
        -3: "REVOKE_SPONSORSHIP_LOW_RESERVE",
        -4: "REVOKE_SPONSORSHIP_ONLY_TRANSFERABLE",
        -5: "REVOKE_SPONSORSHIP_MALFORMED",
    }


class ClawbackResultCode:
    CLAWBACK_SUCCESS = 0
    CLAWBACK_MALFORMED = -1
    CLAWBACK_NOT_CLAWBACK_ENABLED = -2
    CLAWBACK_NO_TRUST = -3
    CLAWBACK_UNDERFUNDED = -4
    names: ClassVar[dict[int, str]] = {
        0: "CLAWBACK_SUCCESS",
        -1: "CLAWBACK_MALFORMED",
        -2: "CLAWBACK_NOT_CLAWBACK_ENABLED",
        -3: "CLAWBACK_NO_TRUST",
        -4: "CLAWBACK_UNDERFUNDED",
    }


class ClawbackClaimableBalanceResultCode:
    CLAWBACK_CLAIMABLE_BALANCE_SUCCESS = 0
    CLAWBACK_CLAIMABLE_BALANCE_DOES_NOT_EXIST = -1
    CLAWBACK_CLAIMABLE_BALANCE_NOT_ISSUER = -2
    CLAWBACK_CLAIMABLE_BALANCE_NOT_CLAWBACK_ENABLED = -3
    names: ClassVar[dict[int, str]] = {
        0: "CLAWBACK_CLAIMABLE_BALANCE_SUCCESS",
        -1: "CLAWBACK_CLAIMABLE_BALANCE_DOES_NOT_EXIST",
        -2: "CLAWBACK_CLAIMABLE_BALANCE_NOT_ISSUER",
        -3: "CLAWBACK_CLAIMABLE_BALANCE_NOT_CLAWBACK_ENABLED",
    }


class SetTrustLineFlagsResultCode:
    SET_TRUST_LINE_FLAGS_SUCCESS = 0
    SET_TRUST_LINE_FLAGS_MALFORMED = -1
    SET_TRUST_LINE_FLAGS_NO_TRUST_LINE = -2
    SET_TRUST_LINE_FLAGS_CANT_REVOKE = -3
    SET_TRUST_LINE_FLAGS_INVALID_STATE = -4
    SET_TRUST_LINE_FLAGS_LOW_RESERVE = -5
    names: ClassVar[dict[int, str]] = {
        0: "SET_TRUST_LINE_FLAGS_SUCCESS",
        -1: "SET_TRUST_LINE_FLAGS_MALFORMED",
        -2: "SET_TRUST_LINE_FLAGS_NO_TRUST_LINE",
        -3: "SET_TRUST_LINE_FLAGS_CANT_REVOKE",
        -4: "SET_TRUST_LINE_FLAGS_INVALID_STATE",
        -5: "SET_TRUST_LINE_FLAGS_LOW_RESERVE",
    }


class LiquidityPoolDepositResultCode:
    LIQUIDITY_POOL_DEPOSIT_SUCCESS = 0
    LIQUIDITY_POOL_DEPOSIT_MALFORMED = -1
    LIQUIDITY_POOL_DEPOSIT_NO_TRUST = -2
    LIQUIDITY_POOL_DEPOSIT_NOT_AUTHORIZED = -3
    LIQUIDITY_POOL_DEPOSIT_UNDERFUNDED = -4
    LIQUIDITY_POOL_DEPOSIT_LINE_FULL = -5
    LIQUIDITY_POOL_DEPOSIT_BAD_PRICE = -6
    LIQUIDITY_POOL_DEPOSIT_POOL_FULL = -7
    LIQUIDITY_POOL_DEPOSIT_TRUSTLINE_FROZEN = -8
    names: ClassVar[dict[int, str]] = {
        0: "LIQUIDITY_POOL_DEPOSIT_SUCCESS",
        -1: "LIQUIDITY_POOL_DEPOSIT_MALFORMED",
        -2: "LIQUIDITY_POOL_DEPOSIT_NO_TRUST",
        -3: "LIQUIDITY_POOL_DEPOSIT_NOT_AUTHORIZED",
        -4: "LIQUIDITY_POOL_DEPOSIT_UNDERFUNDED",
        -5: "LIQUIDITY_POOL_DEPOSIT_LINE_FULL",
        -6: "LIQUIDITY_POOL_DEPOSIT_BAD_PRICE",
        -7: "LIQUIDITY_POOL_DEPOSIT_POOL_FULL",
        -8: "LIQUIDITY_POOL_DEPOSIT_TRUSTLINE_FROZEN",
    }


class LiquidityPoolWithdrawResultCode:
    LIQUIDITY_POOL_WITHDRAW_SUCCESS = 0
    LIQUIDITY_POOL_WITHDRAW_MALFORMED = -1
    LIQUIDITY_POOL_WITHDRAW_NO_TRUST = -2
    LIQUIDITY_POOL_WITHDRAW_UNDERFUNDED = -3
    LIQUIDITY_POOL_WITHDRAW_LINE_FULL = -4
    LIQUIDITY_POOL_WITHDRAW_UNDER_MINIMUM = -5
    LIQUIDITY_POOL_WITHDRAW_TRUSTLINE_FROZEN = -6
    names: ClassVar[dict[int, str]] = {
        0: "LIQUIDITY_POOL_WITHDRAW_SUCCESS",
        -1: "LIQUIDITY_POOL_WITHDRAW_MALFORMED",
        -2: "LIQUIDITY_POOL_WITHDRAW_NO_TRUST",
        -3: "LIQUIDITY_POOL_WITHDRAW_UNDERFUNDED",
        -4: "LIQUIDITY_POOL_WITHDRAW_LINE_FULL",
        -5: "LIQUIDITY_POOL_WITHDRAW_UNDER_MINIMUM",
        -6: "LIQUIDITY_POOL_WITHDRAW_TRUSTLINE_FROZEN",
    }


class InvokeHostFunctionResultCode:
    INVOKE_HOST_FUNCTION_SUCCESS = 0
    INVOKE_HOST_FUNCTION_MALFORMED = -1
    INVOKE_HOST_FUNCTION_TRAPPED = -2
    INVOKE_HOST_FUNCTION_RESOURCE_LIMIT_EXCEEDED = -3
    INVOKE_HOST_FUNCTION_ENTRY_ARCHIVED = -4
    INVOKE_HOST_FUNCTION_INSUFFICIENT_REFUNDABLE_FEE = -5
    names: ClassVar[dict[int, str]] = {
        0: "INVOKE_HOST_FUNCTION_SUCCESS",
        -1: "INVOKE_HOST_FUNCTION_MALFORMED",
        -2: "INVOKE_HOST_FUNCTION_TRAPPED",
        -3: "INVOKE_HOST_FUNCTION_RESOURCE_LIMIT_EXCEEDED",
        -4: "INVOKE_HOST_FUNCTION_ENTRY_ARCHIVED",
        -5: "INVOKE_HOST_FUNCTION_INSUFFICIENT_REFUNDABLE_FEE",
    }


class ExtendFootprintTTLResultCode:
    EXTEND_FOOTPRINT_TTL_SUCCESS = 0
    EXTEND_FOOTPRINT_TTL_MALFORMED = -1
    EXTEND_FOOTPRINT_TTL_RESOURCE_LIMIT_EXCEEDED = -2
    EXTEND_FOOTPRINT_TTL_INSUFFICIENT_REFUNDABLE_FEE = -3
    names: ClassVar[dict[int, str]] = {
        0: "EXTEND_FOOTPRINT_TTL_SUCCESS",
        -1: "EXTEND_FOOTPRINT_TTL_MALFORMED",
        -2: "EXTEND_FOOTPRINT_TTL_RESOURCE_LIMIT_EXCEEDED",
        -3: "EXTEND_FOOTPRINT_TTL_INSUFFICIENT_REFUNDABLE_FEE",
    }


class RestoreFootprintResultCode:
    RESTORE_FOOTPRINT_SUCCESS = 0
    RESTORE_FOOTPRINT_MALFORMED = -1
    RESTORE_FOOTPRINT_RESOURCE_LIMIT_EXCEEDED = -2
    RESTORE_FOOTPRINT_INSUFFICIENT_REFUNDABLE_FEE = -3
    names: ClassVar[dict[int, str]] = {
        0: "RESTORE_FOOTPRINT_SUCCESS",
        -1: "RESTORE_FOOTPRINT_MALFORMED",
        -2: "RESTORE_FOOTPRINT_RESOURCE_LIMIT_EXCEEDED",
        -3: "RESTORE_FOOTPRINT_INSUFFICIENT_REFUNDABLE_FEE",
    }


class LedgerEntryChangeType:
    LEDGER_ENTRY_CREATED = 0
    LEDGER_ENTRY_UPDATED = 1
    LEDGER_ENTRY_REMOVED = 2
    LEDGER_ENTRY_STATE = 3
    LEDGER_ENTRY_RESTORED = 4
    names: ClassVar[dict[int, str]] = {
        0: "LEDGER_ENTRY_CREATED",
        1: "LEDGER_ENTRY_UPDATED",
        2: "LEDGER_ENTRY_REMOVED",
        3: "LEDGER_ENTRY_STATE",
        4: "LEDGER_ENTRY_RESTORED",
    }


class ContractEventType:
    SYSTEM = 0
    CONTRACT = 1
    DIAGNOSTIC = 2
    names: ClassVar[dict[int, str]] = {0: "SYSTEM", 1: "CONTRACT", 2: "DIAGNOSTIC"}


class TransactionEventStage:
    TRANSACTION_EVENT_STAGE_BEFORE_ALL_TXS = 0
    TRANSACTION_EVENT_STAGE_AFTER_TX = 1
    TRANSACTION_EVENT_STAGE_AFTER_ALL_TXS = 2
    names: ClassVar[dict[int, str]] = {
        0: "TRANSACTION_EVENT_STAGE_BEFORE_ALL_TXS",
        1: "TRANSACTION_EVENT_STAGE_AFTER_TX",
        2: "TRANSACTION_EVENT_STAGE_AFTER_ALL_TXS",
    }


class LedgerUpgradeType:
    LEDGER_UPGRADE_VERSION = 1
    LEDGER_UPGRADE_BASE_FEE = 2
    LEDGER_UPGRADE_MAX_TX_SET_SIZE = 3
    LEDGER_UPGRADE_BASE_RESERVE = 4
    LEDGER_UPGRADE_FLAGS = 5
    LEDGER_UPGRADE_CONFIG = 6
    LEDGER_UPGRADE_MAX_SOROBAN_TX_SET_SIZE = 7
    names: ClassVar[dict[int, str]] = {
        1: "LEDGER_UPGRADE_VERSION",
        2: "LEDGER_UPGRADE_BASE_FEE",
        3: "LEDGER_UPGRADE_MAX_TX_SET_SIZE",
        4: "LEDGER_UPGRADE_BASE_RESERVE",
        5: "LEDGER_UPGRADE_FLAGS",
        6: "LEDGER_UPGRADE_CONFIG",
        7: "LEDGER_UPGRADE_MAX_SOROBAN_TX_SET_SIZE",
    }


class SCPStatementType:
    SCP_ST_PREPARE = 0
    SCP_ST_CONFIRM = 1
    SCP_ST_EXTERNALIZE = 2
    SCP_ST_NOMINATE = 3
    names: ClassVar[dict[int, str]] = {
        0: "SCP_ST_PREPARE",
        1: "SCP_ST_CONFIRM",
        2: "SCP_ST_EXTERNALIZE",
        3: "SCP_ST_NOMINATE",
    }


class TxSetComponentType:
    TXSET_COMP_TXS_MAYBE_DISCOUNTED_FEE = 0
    names: ClassVar[dict[int, str]] = {0: "TXSET_COMP_TXS_MAYBE_DISCOUNTED_FEE"}


class LedgerCloseValueSignature(Struct, gc=False):
    node_id: bytes
    signature: bytes


class StellarValueProposedValue(Struct, gc=False):
    tx_set_hash: bytes
    previous_ledger_hash: bytes
    previous_ledger_version: int
    lc_value_signature: LedgerCloseValueSignature


class StellarValueExt(Struct, gc=False):
    v: int
    value: None | LedgerCloseValueSignature | StellarValueProposedValue


class StellarValue(Struct, gc=False):
    tx_set_hash: bytes
    close_time: int
    upgrades: list[bytes]
    ext: StellarValueExt


class LedgerHeaderExtensionV1(Struct, gc=False):
    flags: int


class LedgerHeaderExt(Struct, gc=False):
    v: int
    value: None | LedgerHeaderExtensionV1


class LedgerHeader(Struct, gc=False):
    ledger_version: int
    previous_ledger_hash: bytes
    scp_value: StellarValue
    tx_set_result_hash: bytes
    bucket_list_hash: bytes
    ledger_seq: int
    total_coins: int
    fee_pool: int
    inflation_seq: int
    id_pool: int
    base_fee: int
    base_reserve: int
    max_tx_set_size: int
    skip_list: list[bytes]
    ext: LedgerHeaderExt
    xdr: bytes


class LedgerHeaderHistoryEntry(Struct, gc=False):
    hash: bytes
    header: LedgerHeader


class TimeBounds(Struct, gc=False):
    min_time: int
    max_time: int


class Memo(Struct, gc=False):
    type: int
    value: None | bytes | int


class MuxedAccountMed25519(Struct, gc=False):
    id: int
    ed25519: bytes


class MuxedAccount(Struct, gc=False):
    type: int
    value: bytes | MuxedAccountMed25519


class CreateAccountOp(Struct, gc=False):
    destination: bytes
    starting_balance: int


class AlphaNum4(Struct, gc=False):
    asset_code: bytes
    issuer: bytes


class AlphaNum12(Struct, gc=False):
    asset_code: bytes
    issuer: bytes


class Asset(Struct, gc=False):
    type: int
    value: None | AlphaNum4 | AlphaNum12


class PaymentOp(Struct, gc=False):
    destination: MuxedAccount
    asset: Asset
    amount: int


class PathPaymentStrictReceiveOp(Struct, gc=False):
    send_asset: Asset
    send_max: int
    destination: MuxedAccount
    dest_asset: Asset
    dest_amount: int
    path: list[Asset]


class Price(Struct, gc=False):
    n: int
    d: int


class ManageSellOfferOp(Struct, gc=False):
    selling: Asset
    buying: Asset
    amount: int
    price: Price
    offer_id: int


class CreatePassiveSellOfferOp(Struct, gc=False):
    selling: Asset
    buying: Asset
    amount: int
    price: Price


class SignerKeyEd25519SignedPayload(Struct, gc=False):
    ed25519: bytes
    payload: bytes


class SignerKey(Struct, gc=False):
    type: int
    value: bytes | SignerKeyEd25519SignedPayload


class Signer(Struct, gc=False):
    key: SignerKey
    weight: int


class SetOptionsOp(Struct, gc=False):
    inflation_dest: bytes | None
    clear_flags: int | None
    set_flags: int | None
    master_weight: int | None
    low_threshold: int | None
    med_threshold: int | None
    high_threshold: int | None
    home_domain: bytes | None
    signer: Signer | None


class LiquidityPoolConstantProductParameters(Struct, gc=False):
    asset_a: Asset
    asset_b: Asset
    fee: int


class ChangeTrustAsset(Struct, gc=False):
    type: int
    value: None | AlphaNum4 | AlphaNum12 | LiquidityPoolConstantProductParameters


class ChangeTrustOp(Struct, gc=False):
    line: ChangeTrustAsset
    limit: int


class AssetCode(Struct, gc=False):
    type: int
    value: bytes


class AllowTrustOp(Struct, gc=False):
    trustor: bytes
    asset: AssetCode
    authorize: int


class ManageDataOp(Struct, gc=False):
    data_name: bytes
    data_value: bytes | None


class BumpSequenceOp(Struct, gc=False):
    bump_to: int


class ManageBuyOfferOp(Struct, gc=False):
    selling: Asset
    buying: Asset
    buy_amount: int
    price: Price
    offer_id: int


class PathPaymentStrictSendOp(Struct, gc=False):
    send_asset: Asset
    send_amount: int
    destination: MuxedAccount
    dest_asset: Asset
    dest_min: int
    path: list[Asset]


class ClaimPredicate(Struct, gc=False):
    type: int
    value: None | list[ClaimPredicate] | ClaimPredicate | None | int


class ClaimantV0(Struct, gc=False):
    destination: bytes
    predicate: ClaimPredicate


class CreateClaimableBalanceOp(Struct, gc=False):
    asset: Asset
    amount: int
    claimants: list[ClaimantV0]


class ClaimClaimableBalanceOp(Struct, gc=False):
    balance_id: bytes


class BeginSponsoringFutureReservesOp(Struct, gc=False):
    sponsored_id: bytes


class LedgerKeyAccount(Struct, gc=False):
    account_id: bytes


class TrustLineAsset(Struct, gc=False):
    type: int
    value: None | AlphaNum4 | AlphaNum12 | bytes


class LedgerKeyTrustLine(Struct, gc=False):
    account_id: bytes
    asset: TrustLineAsset


class LedgerKeyOffer(Struct, gc=False):
    seller_id: bytes
    offer_id: int


class LedgerKeyData(Struct, gc=False):
    account_id: bytes
    data_name: bytes


class LedgerKeyClaimableBalance(Struct, gc=False):
    balance_id: bytes


class LedgerKeyLiquidityPool(Struct, gc=False):
    liquidity_pool_id: bytes


class MuxedEd25519Account(Struct, gc=False):
    id: int
    ed25519: bytes


class SCAddress(Struct, gc=False):
    type: int
    value: bytes | MuxedEd25519Account


class SCError(Struct, gc=False):
    type: int
    value: int


class UInt128Parts(Struct, gc=False):
    hi: int
    lo: int


class Int128Parts(Struct, gc=False):
    hi: int
    lo: int


class UInt256Parts(Struct, gc=False):
    hi_hi: int
    hi_lo: int
    lo_hi: int
    lo_lo: int


class Int256Parts(Struct, gc=False):
    hi_hi: int
    hi_lo: int
    lo_hi: int
    lo_lo: int


class SCMapEntry(Struct, gc=False):
    key: SCVal
    val: SCVal


class ContractExecutableExternalRef(Struct, gc=False):
    executable_owner: SCAddress
    tag: bytes


class ContractExecutable(Struct, gc=False):
    type: int
    value: bytes | None | ContractExecutableExternalRef


class SCContractInstance(Struct, gc=False):
    executable: ContractExecutable
    storage: list[SCMapEntry] | None


class SCNonceKey(Struct, gc=False):
    nonce: int


class SCVal(Struct, gc=False):
    type: int
    value: (
        bool
        | None
        | SCError
        | int
        | UInt128Parts
        | Int128Parts
        | UInt256Parts
        | Int256Parts
        | bytes
        | list[SCVal]
        | None
        | list[SCMapEntry]
        | None
        | SCAddress
        | SCContractInstance
        | SCNonceKey
    )


class LedgerKeyContractData(Struct, gc=False):
    contract: SCAddress
    key: bytes
    durability: int


class LedgerKeyContractCode(Struct, gc=False):
    hash: bytes


class LedgerKeyConfigSetting(Struct, gc=False):
    config_setting_id: int


class LedgerKeyTtl(Struct, gc=False):
    key_hash: bytes


class LedgerKey(Struct, gc=False):
    type: int
    value: (
        LedgerKeyAccount
        | LedgerKeyTrustLine
        | LedgerKeyOffer
        | LedgerKeyData
        | LedgerKeyClaimableBalance
        | LedgerKeyLiquidityPool
        | LedgerKeyContractData
        | LedgerKeyContractCode
        | LedgerKeyConfigSetting
        | LedgerKeyTtl
    )


class RevokeSponsorshipOpSigner(Struct, gc=False):
    account_id: bytes
    signer_key: SignerKey


class RevokeSponsorshipOp(Struct, gc=False):
    type: int
    value: LedgerKey | RevokeSponsorshipOpSigner


class ClawbackOp(Struct, gc=False):
    asset: Asset
    from_: MuxedAccount
    amount: int


class ClawbackClaimableBalanceOp(Struct, gc=False):
    balance_id: bytes


class SetTrustLineFlagsOp(Struct, gc=False):
    trustor: bytes
    asset: Asset
    clear_flags: int
    set_flags: int


class LiquidityPoolDepositOp(Struct, gc=False):
    liquidity_pool_id: bytes
    max_amount_a: int
    max_amount_b: int
    min_price: Price
    max_price: Price


class LiquidityPoolWithdrawOp(Struct, gc=False):
    liquidity_pool_id: bytes
    amount: int
    min_amount_a: int
    min_amount_b: int


class InvokeContractArgs(Struct, gc=False):
    contract_address: SCAddress
    function_name: bytes
    args: list[bytes]


class ContractIDPreimageFromAddress(Struct, gc=False):
    address: SCAddress
    salt: bytes


class ContractIDPreimage(Struct, gc=False):
    type: int
    value: ContractIDPreimageFromAddress | Asset


class CreateContractArgs(Struct, gc=False):
    contract_id_preimage: ContractIDPreimage
    executable: ContractExecutable


class CreateContractArgsV2(Struct, gc=False):
    contract_id_preimage: ContractIDPreimage
    executable: ContractExecutable
    constructor_args: list[bytes]


class HostFunction(Struct, gc=False):
    type: int
    value: InvokeContractArgs | CreateContractArgs | bytes | CreateContractArgsV2


class SorobanAddressCredentials(Struct, gc=False):
    address: SCAddress
    nonce: int
    signature_expiration_ledger: int
    signature: bytes


class SorobanDelegateSignature(Struct, gc=False):
    address: SCAddress
    signature: bytes
    nested_delegates: list[SorobanDelegateSignature]


class SorobanAddressCredentialsWithDelegates(Struct, gc=False):
    address_credentials: SorobanAddressCredentials
    delegates: list[SorobanDelegateSignature]


class SorobanCredentials(Struct, gc=False):
    type: int
    value: None | SorobanAddressCredentials | SorobanAddressCredentialsWithDelegates


class SorobanAuthorizedFunction(Struct, gc=False):
    type: int
    value: InvokeContractArgs | CreateContractArgs | CreateContractArgsV2


class SorobanAuthorizedInvocation(Struct, gc=False):
    function: SorobanAuthorizedFunction
    sub_invocations: list[SorobanAuthorizedInvocation]


class SorobanAuthorizationEntry(Struct, gc=False):
    credentials: SorobanCredentials
    root_invocation: SorobanAuthorizedInvocation


class InvokeHostFunctionOp(Struct, gc=False):
    host_function: HostFunction
    auth: list[SorobanAuthorizationEntry]


class ExtendFootprintTTLOp(Struct, gc=False):
    extend_to: int


class RestoreFootprintOp(Struct, gc=False):
    pass


class OperationBody(Struct, gc=False):
    type: int
    value: (
        CreateAccountOp
        | PaymentOp
        | PathPaymentStrictReceiveOp
        | ManageSellOfferOp
        | CreatePassiveSellOfferOp
        | SetOptionsOp
        | ChangeTrustOp
        | AllowTrustOp
        | MuxedAccount
        | None
        | ManageDataOp
        | BumpSequenceOp
        | ManageBuyOfferOp
        | PathPaymentStrictSendOp
        | CreateClaimableBalanceOp
        | ClaimClaimableBalanceOp
        | BeginSponsoringFutureReservesOp
        | RevokeSponsorshipOp
        | ClawbackOp
        | ClawbackClaimableBalanceOp
        | SetTrustLineFlagsOp
        | LiquidityPoolDepositOp
        | LiquidityPoolWithdrawOp
        | InvokeHostFunctionOp
        | ExtendFootprintTTLOp
        | RestoreFootprintOp
    )


class Operation(Struct, gc=False):
    source_account: MuxedAccount | None
    body: OperationBody
    xdr: bytes


class TransactionV0(Struct, gc=False):
    source_account_ed25519: bytes
    fee: int
    seq_num: int
    time_bounds: TimeBounds | None
    memo: Memo
    operations: list[Operation]
    xdr: bytes


class DecoratedSignature(Struct, gc=False):
    hint: bytes
    signature: bytes


class TransactionV0Envelope(Struct, gc=False):
    tx: TransactionV0
    signatures: list[DecoratedSignature]


class LedgerBounds(Struct, gc=False):
    min_ledger: int
    max_ledger: int


class PreconditionsV2(Struct, gc=False):
    time_bounds: TimeBounds | None
    ledger_bounds: LedgerBounds | None
    min_seq_num: int | None
    min_seq_age: int
    min_seq_ledger_gap: int
    extra_signers: list[SignerKey]


class Preconditions(Struct, gc=False):
    type: int
    value: None | TimeBounds | PreconditionsV2


class SorobanResourcesExtV0(Struct, gc=False):
    archived_soroban_entries: list[int]


class SorobanTransactionDataExt(Struct, gc=False):
    v: int
    value: None | SorobanResourcesExtV0


class LedgerFootprint(Struct, gc=False):
    read_only: list[LedgerKey]
    read_write: list[LedgerKey]


class SorobanResources(Struct, gc=False):
    footprint: LedgerFootprint
    instructions: int
    disk_read_bytes: int
    write_bytes: int


class SorobanTransactionData(Struct, gc=False):
    ext: SorobanTransactionDataExt
    resources: SorobanResources
    resource_fee: int


class TransactionExt(Struct, gc=False):
    v: int
    value: None | SorobanTransactionData


class Transaction(Struct, gc=False):
    source_account: MuxedAccount
    fee: int
    seq_num: int
    cond: Preconditions
    memo: Memo
    operations: list[Operation]
    ext: TransactionExt
    xdr: bytes


class TransactionV1Envelope(Struct, gc=False):
    tx: Transaction
    signatures: list[DecoratedSignature]


class FeeBumpTransaction(Struct, gc=False):
    fee_source: MuxedAccount
    fee: int
    inner_tx: TransactionV1Envelope
    xdr: bytes


class FeeBumpTransactionEnvelope(Struct, gc=False):
    tx: FeeBumpTransaction
    signatures: list[DecoratedSignature]


class TransactionEnvelope(Struct, gc=False):
    type: int
    value: TransactionV0Envelope | TransactionV1Envelope | FeeBumpTransactionEnvelope
    xdr: bytes


class TransactionSet(Struct, gc=False):
    previous_ledger_hash: bytes
    txs: list[TransactionEnvelope]
    xdr: bytes


class CreateAccountResult(Struct, gc=False):
    code: int
    value: None


class PaymentResult(Struct, gc=False):
    code: int
    value: None


class ClaimOfferAtomV0(Struct, gc=False):
    seller_ed25519: bytes
    offer_id: int
    asset_sold: Asset
    amount_sold: int
    asset_bought: Asset
    amount_bought: int


class ClaimOfferAtom(Struct, gc=False):
    seller_id: bytes
    offer_id: int
    asset_sold: Asset
    amount_sold: int
    asset_bought: Asset
    amount_bought: int


class ClaimLiquidityAtom(Struct, gc=False):
    liquidity_pool_id: bytes
    asset_sold: Asset
    amount_sold: int
    asset_bought: Asset
    amount_bought: int


class ClaimAtom(Struct, gc=False):
    type: int
    value: ClaimOfferAtomV0 | ClaimOfferAtom | ClaimLiquidityAtom


class SimplePaymentResult(Struct, gc=False):
    destination: bytes
    asset: Asset
    amount: int


class PathPaymentStrictReceiveResultSuccess(Struct, gc=False):
    offers: list[ClaimAtom]
    last: SimplePaymentResult


class PathPaymentStrictReceiveResult(Struct, gc=False):
    code: int
    value: PathPaymentStrictReceiveResultSuccess | None | Asset


class OfferEntry(Struct, gc=False):
    seller_id: bytes
    offer_id: int
    selling: Asset
    buying: Asset
    amount: int
    price: Price
    flags: int


class ManageOfferSuccessResultOffer(Struct, gc=False):
    effect: int
    value: OfferEntry | None


class ManageOfferSuccessResult(Struct, gc=False):
    offers_claimed: list[ClaimAtom]
    offer: ManageOfferSuccessResultOffer


class ManageSellOfferResult(Struct, gc=False):
    code: int
    value: ManageOfferSuccessResult | None


class SetOptionsResult(Struct, gc=False):
    code: int
    value: None


class ChangeTrustResult(Struct, gc=False):
    code: int
    value: None


class AllowTrustResult(Struct, gc=False):
    code: int
    value: None


class AccountMergeResult(Struct, gc=False):
    code: int
    value: int | None


class InflationPayout(Struct, gc=False):
    destination: bytes
    amount: int


class InflationResult(Struct, gc=False):
    code: int
    value: list[InflationPayout] | None


class ManageDataResult(Struct, gc=False):
    code: int
    value: None


class BumpSequenceResult(Struct, gc=False):
    code: int
    value: None


class ManageBuyOfferResult(Struct, gc=False):
    code: int
    value: ManageOfferSuccessResult | None


class PathPaymentStrictSendResultSuccess(Struct, gc=False):
    offers: list[ClaimAtom]
    last: SimplePaymentResult


class PathPaymentStrictSendResult(Struct, gc=False):
    code: int
    value: PathPaymentStrictSendResultSuccess | None | Asset


class CreateClaimableBalanceResult(Struct, gc=False):
    code: int
    value: bytes | None


class ClaimClaimableBalanceResult(Struct, gc=False):
    code: int
    value: None


class BeginSponsoringFutureReservesResult(Struct, gc=False):
    code: int
    value: None


class EndSponsoringFutureReservesResult(Struct, gc=False):
    code: int
    value: None


class RevokeSponsorshipResult(Struct, gc=False):
    code: int
    value: None


class ClawbackResult(Struct, gc=False):
    code: int
    value: None


class ClawbackClaimableBalanceResult(Struct, gc=False):
    code: int
    value: None


class SetTrustLineFlagsResult(Struct, gc=False):
    code: int
    value: None


class LiquidityPoolDepositResult(Struct, gc=False):
    code: int
    value: None


class LiquidityPoolWithdrawResult(Struct, gc=False):
    code: int
    value: None


class InvokeHostFunctionResult(Struct, gc=False):
    code: int
    value: bytes | None


class ExtendFootprintTTLResult(Struct, gc=False):
    code: int
    value: None


class RestoreFootprintResult(Struct, gc=False):
    code: int
    value: None


class OperationResultTr(Struct, gc=False):
    type: int
    value: (
        CreateAccountResult
        | PaymentResult
        | PathPaymentStrictReceiveResult
        | ManageSellOfferResult
        | SetOptionsResult
        | ChangeTrustResult
        | AllowTrustResult
        | AccountMergeResult
        | InflationResult
        | ManageDataResult
        | BumpSequenceResult
        | ManageBuyOfferResult
        | PathPaymentStrictSendResult
        | CreateClaimableBalanceResult
        | ClaimClaimableBalanceResult
        | BeginSponsoringFutureReservesResult
        | EndSponsoringFutureReservesResult
        | RevokeSponsorshipResult
        | ClawbackResult
        | ClawbackClaimableBalanceResult
        | SetTrustLineFlagsResult
        | LiquidityPoolDepositResult
        | LiquidityPoolWithdrawResult
        | InvokeHostFunctionResult
        | ExtendFootprintTTLResult
        | RestoreFootprintResult
    )


class OperationResult(Struct, gc=False):
    code: int
    value: OperationResultTr | None


class InnerTransactionResultResult(Struct, gc=False):
    code: int
    value: list[OperationResult] | None


class InnerTransactionResult(Struct, gc=False):
    fee_charged: int
    result: InnerTransactionResultResult


class InnerTransactionResultPair(Struct, gc=False):
    transaction_hash: bytes
    result: InnerTransactionResult


class TransactionResultResult(Struct, gc=False):
    code: int
    value: InnerTransactionResultPair | list[OperationResult] | None


class TransactionResult(Struct, gc=False):
    fee_charged: int
    result: TransactionResultResult


class TransactionResultPair(Struct, gc=False):
    transaction_hash: bytes
    result: TransactionResult
    xdr: bytes


class Liabilities(Struct, gc=False):
    buying: int
    selling: int


class AccountEntryExtensionV3(Struct, gc=False):
    seq_ledger: int
    seq_time: int


class AccountEntryExtensionV2Ext(Struct, gc=False):
    v: int
    value: None | AccountEntryExtensionV3


class AccountEntryExtensionV2(Struct, gc=False):
    num_sponsored: int
    num_sponsoring: int
    signer_sponsoring_i_ds: list[bytes | None]
    ext: AccountEntryExtensionV2Ext


class AccountEntryExtensionV1Ext(Struct, gc=False):
    v: int
    value: None | AccountEntryExtensionV2


class AccountEntryExtensionV1(Struct, gc=False):
    liabilities: Liabilities
    ext: AccountEntryExtensionV1Ext


class AccountEntryExt(Struct, gc=False):
    v: int
    value: None | AccountEntryExtensionV1


class AccountEntry(Struct, gc=False):
    account_id: bytes
    balance: int
    seq_num: int
    num_sub_entries: int
    inflation_dest: bytes | None
    flags: int
    home_domain: bytes
    thresholds: bytes
    signers: list[Signer]
    ext: AccountEntryExt


class TrustLineEntryExtensionV2(Struct, gc=False):
    liquidity_pool_use_count: int


class TrustLineEntryV1Ext(Struct, gc=False):
    v: int
    value: None | TrustLineEntryExtensionV2


class TrustLineEntryV1(Struct, gc=False):
    liabilities: Liabilities
    ext: TrustLineEntryV1Ext


class TrustLineEntryExt(Struct, gc=False):
    v: int
    value: None | TrustLineEntryV1


class TrustLineEntry(Struct, gc=False):
    account_id: bytes
    asset: TrustLineAsset
    balance: int
    limit: int
    flags: int
    ext: TrustLineEntryExt


class DataEntry(Struct, gc=False):
    account_id: bytes
    data_name: bytes
    data_value: bytes


class ClaimableBalanceEntryExtensionV1(Struct, gc=False):
    flags: int


class ClaimableBalanceEntryExt(Struct, gc=False):
    v: int
    value: None | ClaimableBalanceEntryExtensionV1


class ClaimableBalanceEntry(Struct, gc=False):
    balance_id: bytes
    claimants: list[ClaimantV0]
    asset: Asset
    amount: int
    ext: ClaimableBalanceEntryExt


class LiquidityPoolEntryConstantProduct(Struct, gc=False):
    params: LiquidityPoolConstantProductParameters
    reserve_a: int
    reserve_b: int
    total_pool_shares: int
    pool_shares_trust_line_count: int


class LiquidityPoolEntry(Struct, gc=False):
    liquidity_pool_id: bytes
    body: LiquidityPoolEntryConstantProduct


class ContractDataEntry(Struct, gc=False):
    contract: SCAddress
    key: bytes
    durability: int
    val: bytes


class ContractCodeCostInputs(Struct, gc=False):
    n_instructions: int
    n_functions: int
    n_globals: int
    n_table_entries: int
    n_types: int
    n_data_segments: int
    n_elem_segments: int
    n_imports: int
    n_exports: int
    n_data_segment_bytes: int


class ContractCodeEntryV1(Struct, gc=False):
    cost_inputs: ContractCodeCostInputs


class ContractCodeEntryExt(Struct, gc=False):
    v: int
    value: None | ContractCodeEntryV1


class ContractCodeEntry(Struct, gc=False):
    ext: ContractCodeEntryExt
    hash: bytes
    code: bytes


class ConfigSettingContractComputeV0(Struct, gc=False):
    ledger_max_instructions: int
    tx_max_instructions: int
    fee_rate_per_instructions_increment: int
    tx_memory_limit: int


class ConfigSettingContractLedgerCostV0(Struct, gc=False):
    ledger_max_disk_read_entries: int
    ledger_max_disk_read_bytes: int
    ledger_max_write_ledger_entries: int
    ledger_max_write_bytes: int
    tx_max_disk_read_entries: int
    tx_max_disk_read_bytes: int
    tx_max_write_ledger_entries: int
    tx_max_write_bytes: int
    fee_disk_read_ledger_entry: int
    fee_write_ledger_entry: int
    fee_disk_read1_kb: int
    soroban_state_target_size_bytes: int
    rent_fee1_kb_soroban_state_size_low: int
    rent_fee1_kb_soroban_state_size_high: int
    soroban_state_rent_fee_growth_factor: int


class ConfigSettingContractHistoricalDataV0(Struct, gc=False):
    fee_historical1_kb: int


class ConfigSettingContractEventsV0(Struct, gc=False):
    tx_max_contract_events_size_bytes: int
    fee_contract_events1_kb: int


class ConfigSettingContractBandwidthV0(Struct, gc=False):
    ledger_max_txs_size_bytes: int
    tx_max_size_bytes: int
    fee_tx_size1_kb: int


class ContractCostParamEntry(Struct, gc=False):
    const_term: int
    linear_term: int


class StateArchivalSettings(Struct, gc=False):
    max_entry_ttl: int
    min_temporary_ttl: int
    min_persistent_ttl: int
    persistent_rent_rate_denominator: int
    temp_rent_rate_denominator: int
    max_entries_to_archive: int
    live_soroban_state_size_window_sample_size: int
    live_soroban_state_size_window_sample_period: int
    eviction_scan_size: int
    starting_eviction_scan_level: int


class ConfigSettingContractExecutionLanesV0(Struct, gc=False):
    ledger_max_tx_count: int


class EvictionIterator(Struct, gc=False):
    bucket_list_level: int
    is_curr_bucket: bool
    bucket_file_offset: int


class ConfigSettingContractParallelComputeV0(Struct, gc=False):
    ledger_max_dependent_tx_clusters: int


class ConfigSettingContractLedgerCostExtV0(Struct, gc=False):
    tx_max_footprint_entries: int
    fee_write1_kb: int


class ConfigSettingSCPTiming(Struct, gc=False):
    ledger_target_close_time_milliseconds: int
    nomination_timeout_initial_milliseconds: int
    nomination_timeout_increment_milliseconds: int
    ballot_timeout_initial_milliseconds: int
    ballot_timeout_increment_milliseconds: int


class FrozenLedgerKeys(Struct, gc=False):
    keys: list[bytes]


class FrozenLedgerKeysDelta(Struct, gc=False):
    keys_to_freeze: list[bytes]
    keys_to_unfreeze: list[bytes]


class FreezeBypassTxs(Struct, gc=False):
    tx_hashes: list[bytes]


class FreezeBypassTxsDelta(Struct, gc=False):
    add_txs: list[bytes]
    remove_txs: list[bytes]


class ConfigSettingEntry(Struct, gc=False):
    config_setting_id: int
    value: (
        int
        | ConfigSettingContractComputeV0
        | ConfigSettingContractLedgerCostV0
        | ConfigSettingContractHistoricalDataV0
        | ConfigSettingContractEventsV0
        | ConfigSettingContractBandwidthV0
        | list[ContractCostParamEntry]
        | StateArchivalSettings
        | ConfigSettingContractExecutionLanesV0
        | list[int]
        | EvictionIterator
        | ConfigSettingContractParallelComputeV0
        | ConfigSettingContractLedgerCostExtV0
        | ConfigSettingSCPTiming
        | FrozenLedgerKeys
        | FrozenLedgerKeysDelta
        | FreezeBypassTxs
        | FreezeBypassTxsDelta
    )


class TTLEntry(Struct, gc=False):
    key_hash: bytes
    live_until_ledger_seq: int


class LedgerEntryData(Struct, gc=False):
    type: int
    value: (
        AccountEntry
        | TrustLineEntry
        | OfferEntry
        | DataEntry
        | ClaimableBalanceEntry
        | LiquidityPoolEntry
        | ContractDataEntry
        | ContractCodeEntry
        | ConfigSettingEntry
        | TTLEntry
    )


class LedgerEntryExtensionV1(Struct, gc=False):
    sponsoring_id: bytes | None


class LedgerEntryExt(Struct, gc=False):
    v: int
    value: None | LedgerEntryExtensionV1


class LedgerEntry(Struct, gc=False):
    last_modified_ledger_seq: int
    data: LedgerEntryData
    ext: LedgerEntryExt


class LedgerEntryChange(Struct, gc=False):
    type: int
    value: LedgerEntry | LedgerKey
    xdr: bytes


class OperationMeta(Struct, gc=False):
    changes: bytes


class TransactionMetaV1(Struct, gc=False):
    tx_changes: bytes
    operations: list[OperationMeta]


class TransactionMetaV2(Struct, gc=False):
    tx_changes_before: bytes
    operations: list[OperationMeta]
    tx_changes_after: bytes


class SorobanTransactionMetaExtV1(Struct, gc=False):
    total_non_refundable_resource_fee_charged: int
    total_refundable_resource_fee_charged: int
    rent_fee_charged: int


class SorobanTransactionMetaExt(Struct, gc=False):
    v: int
    value: None | SorobanTransactionMetaExtV1


class ContractEventV0(Struct, gc=False):
    topics: list[bytes]
    data: bytes


class ContractEvent(Struct, gc=False):
    contract_id: bytes | None
    type: int
    body: ContractEventV0
    xdr: bytes


class DiagnosticEvent(Struct, gc=False):
    in_successful_contract_call: bool
    event: ContractEvent


class SorobanTransactionMeta(Struct, gc=False):
    ext: SorobanTransactionMetaExt
    events: list[ContractEvent]
    return_value: bytes
    diagnostic_events: list[DiagnosticEvent]


class TransactionMetaV3(Struct, gc=False):
    tx_changes_before: bytes
    operations: list[OperationMeta]
    tx_changes_after: bytes
    soroban_meta: SorobanTransactionMeta | None


class OperationMetaV2(Struct, gc=False):
    changes: bytes
    events: list[ContractEvent]


class SorobanTransactionMetaV2(Struct, gc=False):
    ext: SorobanTransactionMetaExt
    return_value: bytes | None


class TransactionEvent(Struct, gc=False):
    stage: int
    event: ContractEvent


class TransactionMetaV4(Struct, gc=False):
    tx_changes_before: bytes
    operations: list[OperationMetaV2]
    tx_changes_after: bytes
    soroban_meta: SorobanTransactionMetaV2 | None
    events: list[TransactionEvent]
    diagnostic_events: list[DiagnosticEvent]


class TransactionMeta(Struct, gc=False):
    v: int
    value: list[OperationMeta] | TransactionMetaV1 | TransactionMetaV2 | TransactionMetaV3 | TransactionMetaV4


class TransactionResultMeta(Struct, gc=False):
    result: TransactionResultPair
    fee_processing: bytes
    tx_apply_processing: TransactionMeta


class ConfigUpgradeSetKey(Struct, gc=False):
    contract_id: bytes
    content_hash: bytes


class LedgerUpgrade(Struct, gc=False):
    type: int
    value: int | ConfigUpgradeSetKey


class UpgradeEntryMeta(Struct, gc=False):
    upgrade: LedgerUpgrade
    changes: bytes


class SCPQuorumSet(Struct, gc=False):
    threshold: int
    validators: list[bytes]
    inner_sets: list[SCPQuorumSet]


class SCPBallot(Struct, gc=False):
    counter: int
    value: bytes


class SCPStatementPrepare(Struct, gc=False):
    quorum_set_hash: bytes
    ballot: SCPBallot
    prepared: SCPBallot | None
    prepared_prime: SCPBallot | None
    n_c: int
    n_h: int


class SCPStatementConfirm(Struct, gc=False):
    ballot: SCPBallot
    n_prepared: int
    n_commit: int
    n_h: int
    quorum_set_hash: bytes


class SCPStatementExternalize(Struct, gc=False):
    commit: SCPBallot
    n_h: int
    commit_quorum_set_hash: bytes


class SCPNomination(Struct, gc=False):
    quorum_set_hash: bytes
    votes: list[bytes]
    accepted: list[bytes]


class SCPStatementPledges(Struct, gc=False):
    type: int
    value: SCPStatementPrepare | SCPStatementConfirm | SCPStatementExternalize | SCPNomination


class SCPStatement(Struct, gc=False):
    node_id: bytes
    slot_index: int
    pledges: SCPStatementPledges


class SCPEnvelope(Struct, gc=False):
    statement: SCPStatement
    signature: bytes


class LedgerSCPMessages(Struct, gc=False):
    ledger_seq: int
    messages: list[SCPEnvelope]


class SCPHistoryEntryV0(Struct, gc=False):
    quorum_sets: list[SCPQuorumSet]
    ledger_messages: LedgerSCPMessages


class LedgerCloseMetaV0(Struct, gc=False):
    ledger_header: LedgerHeaderHistoryEntry
    tx_set: TransactionSet
    tx_processing: list[TransactionResultMeta]
    upgrades_processing: list[UpgradeEntryMeta]
    scp_info: list[SCPHistoryEntryV0]


class LedgerCloseMetaExtV1(Struct, gc=False):
    soroban_fee_write1_kb: int


class LedgerCloseMetaExt(Struct, gc=False):
    v: int
    value: None | LedgerCloseMetaExtV1


class TxSetComponentTxsMaybeDiscountedFee(Struct, gc=False):
    base_fee: int | None
    txs: list[TransactionEnvelope]


class ParallelTxsComponent(Struct, gc=False):
    base_fee: int | None
    execution_stages: list[list[list[TransactionEnvelope]]]


class TransactionPhase(Struct, gc=False):
    v: int
    value: list[TxSetComponentTxsMaybeDiscountedFee] | ParallelTxsComponent


class TransactionSetV1(Struct, gc=False):
    previous_ledger_hash: bytes
    phases: list[TransactionPhase]
    xdr: bytes


class LedgerCloseMetaV1(Struct, gc=False):
    ext: LedgerCloseMetaExt
    ledger_header: LedgerHeaderHistoryEntry
    tx_set: TransactionSetV1
    tx_processing: list[TransactionResultMeta]
    upgrades_processing: list[UpgradeEntryMeta]
    scp_info: list[SCPHistoryEntryV0]
    total_byte_size_of_live_soroban_state: int
    evicted_keys: list[LedgerKey]
    unused: list[LedgerEntry]


class TransactionResultMetaV1(Struct, gc=False):
    result: TransactionResultPair
    fee_processing: bytes
    tx_apply_processing: TransactionMeta
    post_tx_apply_fee_processing: bytes


class LedgerCloseMetaV2(Struct, gc=False):
    ext: LedgerCloseMetaExt
    ledger_header: LedgerHeaderHistoryEntry
    tx_set: TransactionSetV1
    tx_processing: list[TransactionResultMetaV1]
    upgrades_processing: list[UpgradeEntryMeta]
    scp_info: list[SCPHistoryEntryV0]
    total_byte_size_of_live_soroban_state: int
    evicted_keys: list[LedgerKey]


class LedgerCloseMeta(Struct, gc=False):
    v: int
    value: LedgerCloseMetaV0 | LedgerCloseMetaV1 | LedgerCloseMetaV2


_StellarValueExt_VOID = {0: StellarValueExt(0, None)}

_LedgerHeaderExt_VOID = {0: LedgerHeaderExt(0, None)}

_Memo_VOID = {0: Memo(0, None)}

_Asset_VOID = {0: Asset(0, None)}

_ChangeTrustAsset_VOID = {0: ChangeTrustAsset(0, None)}

_ClaimPredicate_VOID = {0: ClaimPredicate(0, None)}

_TrustLineAsset_VOID = {0: TrustLineAsset(0, None)}

_ContractExecutable_VOID = {1: ContractExecutable(1, None)}

_SCVal_VOID = {1: SCVal(1, None), 20: SCVal(20, None)}

_SorobanCredentials_VOID = {0: SorobanCredentials(0, None)}

_OperationBody_VOID = {9: OperationBody(9, None), 17: OperationBody(17, None)}

_Preconditions_VOID = {0: Preconditions(0, None)}

_SorobanTransactionDataExt_VOID = {0: SorobanTransactionDataExt(0, None)}

_TransactionExt_VOID = {0: TransactionExt(0, None)}

_CreateAccountResult_VOID = {
    0: CreateAccountResult(0, None),
    -1: CreateAccountResult(-1, None),
    -2: CreateAccountResult(-2, None),
    -3: CreateAccountResult(-3, None),
    -4: CreateAccountResult(-4, None),
}

_PaymentResult_VOID = {
    0: PaymentResult(0, None),
    -1: PaymentResult(-1, None),
    -2: PaymentResult(-2, None),
    -3: PaymentResult(-3, None),
    -4: PaymentResult(-4, None),
    -5: PaymentResult(-5, None),
    -6: PaymentResult(-6, None),
    -7: PaymentResult(-7, None),
    -8: PaymentResult(-8, None),
    -9: PaymentResult(-9, None),
}

_PathPaymentStrictReceiveResult_VOID = {
    -1: PathPaymentStrictReceiveResult(-1, None),
    -2: PathPaymentStrictReceiveResult(-2, None),
    -3: PathPaymentStrictReceiveResult(-3, None),
    -4: PathPaymentStrictReceiveResult(-4, None),
    -5: PathPaymentStrictReceiveResult(-5, None),
    -6: PathPaymentStrictReceiveResult(-6, None),
    -7: PathPaymentStrictReceiveResult(-7, None),
    -8: PathPaymentStrictReceiveResult(-8, None),
    -10: PathPaymentStrictReceiveResult(-10, None),
    -11: PathPaymentStrictReceiveResult(-11, None),
    -12: PathPaymentStrictReceiveResult(-12, None),
}

_ManageOfferSuccessResultOffer_VOID = {2: ManageOfferSuccessResultOffer(2, None)}

_ManageSellOfferResult_VOID = {
    -1: ManageSellOfferResult(-1, None),
    -2: ManageSellOfferResult(-2, None),
    -3: ManageSellOfferResult(-3, None),
    -4: ManageSellOfferResult(-4, None),
    -5: ManageSellOfferResult(-5, None),
    -6: ManageSellOfferResult(-6, None),
    -7: ManageSellOfferResult(-7, None),
    -8: ManageSellOfferResult(-8, None),
    -9: ManageSellOfferResult(-9, None),
    -10: ManageSellOfferResult(-10, None),
    -11: ManageSellOfferResult(-11, None),
    -12: ManageSellOfferResult(-12, None),
}

_SetOptionsResult_VOID = {
    0: SetOptionsResult(0, None),
    -1: SetOptionsResult(-1, None),
    -2: SetOptionsResult(-2, None),
    -3: SetOptionsResult(-3, None),
    -4: SetOptionsResult(-4, None),
    -5: SetOptionsResult(-5, None),
    -6: SetOptionsResult(-6, None),
    -7: SetOptionsResult(-7, None),
    -8: SetOptionsResult(-8, None),
    -9: SetOptionsResult(-9, None),
    -10: SetOptionsResult(-10, None),
}

_ChangeTrustResult_VOID = {
    0: ChangeTrustResult(0, None),
    -1: ChangeTrustResult(-1, None),
    -2: ChangeTrustResult(-2, None),
    -3: ChangeTrustResult(-3, None),
    -4: ChangeTrustResult(-4, None),
    -5: ChangeTrustResult(-5, None),
    -6: ChangeTrustResult(-6, None),
    -7: ChangeTrustResult(-7, None),
    -8: ChangeTrustResult(-8, None),
}

_AllowTrustResult_VOID = {
    0: AllowTrustResult(0, None),
    -1: AllowTrustResult(-1, None),
    -2: AllowTrustResult(-2, None),
    -3: AllowTrustResult(-3, None),
    -4: AllowTrustResult(-4, None),
    -5: AllowTrustResult(-5, None),
    -6: AllowTrustResult(-6, None),
}

_AccountMergeResult_VOID = {
    -1: AccountMergeResult(-1, None),
    -2: AccountMergeResult(-2, None),
    -3: AccountMergeResult(-3, None),
    -4: AccountMergeResult(-4, None),
    -5: AccountMergeResult(-5, None),
    -6: AccountMergeResult(-6, None),
    -7: AccountMergeResult(-7, None),
}

_InflationResult_VOID = {-1: InflationResult(-1, None)}

_ManageDataResult_VOID = {
    0: ManageDataResult(0, None),
    -1: ManageDataResult(-1, None),
    -2: ManageDataResult(-2, None),
    -3: ManageDataResult(-3, None),
    -4: ManageDataResult(-4, None),
}

_BumpSequenceResult_VOID = {0: BumpSequenceResult(0, None), -1: BumpSequenceResult(-1, None)}

_ManageBuyOfferResult_VOID = {
    -1: ManageBuyOfferResult(-1, None),
    -2: ManageBuyOfferResult(-2, None),
    -3: ManageBuyOfferResult(-3, None),
    -4: ManageBuyOfferResult(-4, None),
    -5: ManageBuyOfferResult(-5, None),
    -6: ManageBuyOfferResult(-6, None),
    -7: ManageBuyOfferResult(-7, None),
    -8: ManageBuyOfferResult(-8, None),
    -9: ManageBuyOfferResult(-9, None),
    -10: ManageBuyOfferResult(-10, None),
    -11: ManageBuyOfferResult(-11, None),
    -12: ManageBuyOfferResult(-12, None),
}

_PathPaymentStrictSendResult_VOID = {
    -1: PathPaymentStrictSendResult(-1, None),
    -2: PathPaymentStrictSendResult(-2, None),
    -3: PathPaymentStrictSendResult(-3, None),
    -4: PathPaymentStrictSendResult(-4, None),
    -5: PathPaymentStrictSendResult(-5, None),
    -6: PathPaymentStrictSendResult(-6, None),
    -7: PathPaymentStrictSendResult(-7, None),
    -8: PathPaymentStrictSendResult(-8, None),
    -10: PathPaymentStrictSendResult(-10, None),
    -11: PathPaymentStrictSendResult(-11, None),
    -12: PathPaymentStrictSendResult(-12, None),
}

_CreateClaimableBalanceResult_VOID = {
    -1: CreateClaimableBalanceResult(-1, None),
    -2: CreateClaimableBalanceResult(-2, None),
    -3: CreateClaimableBalanceResult(-3, None),
    -4: CreateClaimableBalanceResult(-4, None),
    -5: CreateClaimableBalanceResult(-5, None),
}

_ClaimClaimableBalanceResult_VOID = {
    0: ClaimClaimableBalanceResult(0, None),
    -1: ClaimClaimableBalanceResult(-1, None),
    -2: ClaimClaimableBalanceResult(-2, None),
    -3: ClaimClaimableBalanceResult(-3, None),
    -4: ClaimClaimableBalanceResult(-4, None),
    -5: ClaimClaimableBalanceResult(-5, None),
    -6: ClaimClaimableBalanceResult(-6, None),
}

_BeginSponsoringFutureReservesResult_VOID = {
    0: BeginSponsoringFutureReservesResult(0, None),
    -1: BeginSponsoringFutureReservesResult(-1, None),
    -2: BeginSponsoringFutureReservesResult(-2, None),
    -3: BeginSponsoringFutureReservesResult(-3, None),
}

_EndSponsoringFutureReservesResult_VOID = {
    0: EndSponsoringFutureReservesResult(0, None),
    -1: EndSponsoringFutureReservesResult(-1, None),
}

_RevokeSponsorshipResult_VOID = {
    0: RevokeSponsorshipResult(0, None),
    -1: RevokeSponsorshipResult(-1, None),
    -2: RevokeSponsorshipResult(-2, None),
    -3: RevokeSponsorshipResult(-3, None),
    -4: RevokeSponsorshipResult(-4, None),
    -5: RevokeSponsorshipResult(-5, None),
}

_ClawbackResult_VOID = {
    0: ClawbackResult(0, None),
    -1: ClawbackResult(-1, None),
    -2: ClawbackResult(-2, None),
    -3: ClawbackResult(-3, None),
    -4: ClawbackResult(-4, None),
}

_ClawbackClaimableBalanceResult_VOID = {
    0: ClawbackClaimableBalanceResult(0, None),
    -1: ClawbackClaimableBalanceResult(-1, None),
    -2: ClawbackClaimableBalanceResult(-2, None),
    -3: ClawbackClaimableBalanceResult(-3, None),
}

_SetTrustLineFlagsResult_VOID = {
    0: SetTrustLineFlagsResult(0, None),
    -1: SetTrustLineFlagsResult(-1, None),
    -2: SetTrustLineFlagsResult(-2, None),
    -3: SetTrustLineFlagsResult(-3, None),
    -4: SetTrustLineFlagsResult(-4, None),
    -5: SetTrustLineFlagsResult(-5, None),
}

_LiquidityPoolDepositResult_VOID = {
    0: LiquidityPoolDepositResult(0, None),
    -1: LiquidityPoolDepositResult(-1, None),
    -2: LiquidityPoolDepositResult(-2, None),
    -3: LiquidityPoolDepositResult(-3, None),
    -4: LiquidityPoolDepositResult(-4, None),
    -5: LiquidityPoolDepositResult(-5, None),
    -6: LiquidityPoolDepositResult(-6, None),
    -7: LiquidityPoolDepositResult(-7, None),
    -8: LiquidityPoolDepositResult(-8, None),
}

_LiquidityPoolWithdrawResult_VOID = {
    0: LiquidityPoolWithdrawResult(0, None),
    -1: LiquidityPoolWithdrawResult(-1, None),
    -2: LiquidityPoolWithdrawResult(-2, None),
    -3: LiquidityPoolWithdrawResult(-3, None),
    -4: LiquidityPoolWithdrawResult(-4, None),
    -5: LiquidityPoolWithdrawResult(-5, None),
    -6: LiquidityPoolWithdrawResult(-6, None),
}

_InvokeHostFunctionResult_VOID = {
    -1: InvokeHostFunctionResult(-1, None),
    -2: InvokeHostFunctionResult(-2, None),
    -3: InvokeHostFunctionResult(-3, None),
    -4: InvokeHostFunctionResult(-4, None),
    -5: InvokeHostFunctionResult(-5, None),
}

_ExtendFootprintTTLResult_VOID = {
    0: ExtendFootprintTTLResult(0, None),
    -1: ExtendFootprintTTLResult(-1, None),
    -2: ExtendFootprintTTLResult(-2, None),
    -3: ExtendFootprintTTLResult(-3, None),
}

_RestoreFootprintResult_VOID = {
    0: RestoreFootprintResult(0, None),
    -1: RestoreFootprintResult(-1, None),
    -2: RestoreFootprintResult(-2, None),
    -3: RestoreFootprintResult(-3, None),
}

_OperationResult_VOID = {
    -1: OperationResult(-1, None),
    -2: OperationResult(-2, None),
    -3: OperationResult(-3, None),
    -4: OperationResult(-4, None),
    -5: OperationResult(-5, None),
    -6: OperationResult(-6, None),
}

_InnerTransactionResultResult_VOID = {
    -2: InnerTransactionResultResult(-2, None),
    -3: InnerTransactionResultResult(-3, None),
    -4: InnerTransactionResultResult(-4, None),
    -5: InnerTransactionResultResult(-5, None),
    -6: InnerTransactionResultResult(-6, None),
    -7: InnerTransactionResultResult(-7, None),
    -8: InnerTransactionResultResult(-8, None),
    -9: InnerTransactionResultResult(-9, None),
    -10: InnerTransactionResultResult(-10, None),
    -11: InnerTransactionResultResult(-11, None),
    -12: InnerTransactionResultResult(-12, None),
    -14: InnerTransactionResultResult(-14, None),
    -15: InnerTransactionResultResult(-15, None),
    -16: InnerTransactionResultResult(-16, None),
    -17: InnerTransactionResultResult(-17, None),
    -18: InnerTransactionResultResult(-18, None),
}

_TransactionResultResult_VOID = {
    -2: TransactionResultResult(-2, None),
    -3: TransactionResultResult(-3, None),
    -4: TransactionResultResult(-4, None),
    -5: TransactionResultResult(-5, None),
    -6: TransactionResultResult(-6, None),
    -7: TransactionResultResult(-7, None),
    -8: TransactionResultResult(-8, None),
    -9: TransactionResultResult(-9, None),
    -10: TransactionResultResult(-10, None),
    -11: TransactionResultResult(-11, None),
    -12: TransactionResultResult(-12, None),
    -14: TransactionResultResult(-14, None),
    -15: TransactionResultResult(-15, None),
    -16: TransactionResultResult(-16, None),
    -17: TransactionResultResult(-17, None),
    -18: TransactionResultResult(-18, None),
}

_AccountEntryExtensionV2Ext_VOID = {0: AccountEntryExtensionV2Ext(0, None)}

_AccountEntryExtensionV1Ext_VOID = {0: AccountEntryExtensionV1Ext(0, None)}

_AccountEntryExt_VOID = {0: AccountEntryExt(0, None)}

_TrustLineEntryV1Ext_VOID = {0: TrustLineEntryV1Ext(0, None)}

_TrustLineEntryExt_VOID = {0: TrustLineEntryExt(0, None)}

_ClaimableBalanceEntryExt_VOID = {0: ClaimableBalanceEntryExt(0, None)}

_ContractCodeEntryExt_VOID = {0: ContractCodeEntryExt(0, None)}

_LedgerEntryExt_VOID = {0: LedgerEntryExt(0, None)}

_SorobanTransactionMetaExt_VOID = {0: SorobanTransactionMetaExt(0, None)}

_LedgerCloseMetaExt_VOID = {0: LedgerCloseMetaExt(0, None)}

_i32sI = _Layout(">i32sI").unpack_from

_32s32sIi32sI = _Layout(">32s32sIi32sI").unpack_from

_i = _Layout(">i").unpack_from

_32sQI = _Layout(">32sQI").unpack_from

_I = _Layout(">I").unpack_from

_Ii = _Layout(">Ii").unpack_from

_I32s = _Layout(">I32s").unpack_from

_32s32sI2qIQ3I32s32s32s32si = _Layout(">32s32sI2qIQ3I32s32s32s32si").unpack_from

_32s = _Layout(">32s").unpack_from

_2Q = _Layout(">2Q").unpack_from

_Q = _Layout(">Q").unpack_from

_Q32s = _Layout(">Q32s").unpack_from

_i32sq = _Layout(">i32sq").unpack_from

_4si32s = _Layout(">4si32s").unpack_from

_4xi = _Layout(">4xi").unpack_from

_12si32s = _Layout(">12si32s").unpack_from

_12xi = _Layout(">12xi").unpack_from

_q = _Layout(">q").unpack_from

_qi = _Layout(">qi").unpack_from

_qI = _Layout(">qI").unpack_from

_2i = _Layout(">2i").unpack_from

_q2iq = _Layout(">q2iq").unpack_from

_q2i = _Layout(">q2i").unpack_from

_32sI = _Layout(">32sI").unpack_from

_32xI = _Layout(">32xI").unpack_from

_i32s = _Layout(">i32s").unpack_from

_4s = _Layout(">4s").unpack_from

_12s = _Layout(">12s").unpack_from

_i32si = _Layout(">i32si").unpack_from

_2i32s = _Layout(">2i32s").unpack_from

_i32xI = _Layout(">i32xI").unpack_from

_qQ = _Layout(">qQ").unpack_from

_4Q = _Layout(">4Q").unpack_from

_q3Q = _Layout(">q3Q").unpack_from

_2I = _Layout(">2I").unpack_from

_32s2q4i = _Layout(">32s2q4i").unpack_from

_32s3q = _Layout(">32s3q").unpack_from

_iI = _Layout(">iI").unpack_from

_32sIqI = _Layout(">32sIqI").unpack_from

_4sI = _Layout(">4sI").unpack_from

_Q2I = _Layout(">Q2I").unpack_from

_3I = _Layout(">3I").unpack_from

_Iq = _Layout(">Iq").unpack_from

_32sq = _Layout(">32sq").unpack_from

_q2iIi = _Layout(">q2iIi").unpack_from

_20xi = _Layout(">20xi").unpack_from

_2q = _Layout(">2q").unpack_from

_iIQ = _Layout(">iIQ").unpack_from

_8xI = _Layout(">8xI").unpack_from

_i32s2q2I = _Layout(">i32s2q2I").unpack_from

_i52xI = _Layout(">i52xI").unpack_from

_4xI = _Layout(">4xI").unpack_from

_2qi = _Layout(">2qi").unpack_from

_16xi = _Layout(">16xi").unpack_from

_2qIi = _Layout(">2qIi").unpack_from

_8xi = _Layout(">8xi").unpack_from

_4q = _Layout(">4q").unpack_from

_32si = _Layout(">32si").unpack_from

_32xi = _Layout(">32xi").unpack_from

_i10I = _Layout(">i10I").unpack_from

_2i10I = _Layout(">2i10I").unpack_from

_3qI = _Layout(">3qI").unpack_from

_8I6qI = _Layout(">8I6qI").unpack_from

_2Iq = _Layout(">2Iq").unpack_from

_i2q = _Layout(">i2q").unpack_from

_3I2q5I = _Layout(">3I2q5I").unpack_from

_2IQ = _Layout(">2IQ").unpack_from

_5I = _Layout(">5I").unpack_from

_i3q = _Layout(">i3q").unpack_from

_2iI = _Layout(">2iI").unpack_from

_32s32s = _Layout(">32s32s").unpack_from

_32s2I = _Layout(">32s2I").unpack_from

_3I32s = _Layout(">3I32s").unpack_from

_i32sQ = _Layout(">i32sQ").unpack_from

_iq = _Layout(">iq").unpack_from

_QI = _Layout(">QI").unpack_from


def read_LedgerCloseValueSignature(buf: bytes, p: int) -> tuple[LedgerCloseValueSignature, int]:
    type_, node_id, signature_length = _i32sI(buf, p)
    if type_ or signature_length > 64:
        _refuse("LedgerCloseValueSignature", p)
    p += 40
    end = p + signature_length
    signature = buf[p:end]
    p = end + (-signature_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("LedgerCloseValueSignature", p)
    return LedgerCloseValueSignature(node_id, signature), p


def read_StellarValueProposedValue(buf: bytes, p: int) -> tuple[StellarValueProposedValue, int]:
    tx_set_hash, previous_ledger_hash, previous_ledger_version, type_, node_id, signature_length = _32s32sIi32sI(buf, p)
    if type_ or signature_length > 64:
        _refuse("StellarValueProposedValue", p)
    p += 108
    end = p + signature_length
    signature = buf[p:end]
    p = end + (-signature_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("StellarValueProposedValue", p)
    return StellarValueProposedValue(
        tx_set_hash, previous_ledger_hash, previous_ledger_version, LedgerCloseValueSignature(node_id, signature)
    ), p


def read_StellarValueExt(buf: bytes, p: int) -> tuple[StellarValueExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        type_, node_id, signature_length = _i32sI(buf, p)
        if type_ or signature_length > 64:
            _refuse("StellarValueExt", p)
        p += 40
        end = p + signature_length
        signature = buf[p:end]
        p = end + (-signature_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("StellarValueExt", p)
        return StellarValueExt(v, LedgerCloseValueSignature(node_id, signature)), p
    if v == 2:
        tx_set_hash, previous_ledger_hash, previous_ledger_version, type__2, node_id_2, signature_length_2 = (
            _32s32sIi32sI(buf, p)
        )
        if type__2 or signature_length_2 > 64:
            _refuse("StellarValueExt", p)
        p += 108
        end_2 = p + signature_length_2
        signature_2 = buf[p:end_2]
        p = end_2 + (-signature_length_2 & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("StellarValueExt", p)
        return StellarValueExt(
            v,
            StellarValueProposedValue(
                tx_set_hash,
                previous_ledger_hash,
                previous_ledger_version,
                LedgerCloseValueSignature(node_id_2, signature_2),
            ),
        ), p
    if v in _StellarValueExt_VOID:
        return _StellarValueExt_VOID[v], p
    _refuse("StellarValueExt", p)


def read_StellarValue(buf: bytes, p: int) -> tuple[StellarValue, int]:
    tx_set_hash, close_time, upgrades_length = _32sQI(buf, p)
    if upgrades_length > 6:
        _refuse("StellarValue", p)
    p += 44
    upgrades: list[bytes] = []
    for _ in range(upgrades_length):
        (item_length,) = _I(buf, p)
        if item_length > 128:
            _refuse("StellarValue", p)
        p += 4
        end = p + item_length
        item = buf[p:end]
        p = end + (-item_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("StellarValue", p)
        upgrades.append(item)
    ext, p = read_StellarValueExt(buf, p)
    return StellarValue(tx_set_hash, close_time, upgrades, ext), p


def read_LedgerHeaderExtensionV1(buf: bytes, p: int) -> tuple[LedgerHeaderExtensionV1, int]:
    flags, v = _Ii(buf, p)
    if v:
        _refuse("LedgerHeaderExtensionV1", p)
    p += 8
    return LedgerHeaderExtensionV1(flags), p


def read_LedgerHeaderExt(buf: bytes, p: int) -> tuple[LedgerHeaderExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        flags, v_2 = _Ii(buf, p)
        if v_2:
            _refuse("LedgerHeaderExt", p)
        p += 8
        return LedgerHeaderExt(v, LedgerHeaderExtensionV1(flags)), p
    if v in _LedgerHeaderExt_VOID:
        return _LedgerHeaderExt_VOID[v], p
    _refuse("LedgerHeaderExt", p)


def read_LedgerHeader(buf: bytes, p: int) -> tuple[LedgerHeader, int]:
    first = p
    ledger_version, previous_ledger_hash = _I32s(buf, p)
    p += 36
    scp_value, p = read_StellarValue(buf, p)
    (
        tx_set_result_hash,
        bucket_list_hash,
        ledger_seq,
        total_coins,
        fee_pool,
        inflation_seq,
        id_pool,
        base_fee,
        base_reserve,
        max_tx_set_size,
        skip_list,
        skip_list_2,
        skip_list_3,
        skip_list_4,
        v,
    ) = _32s32sI2qIQ3I32s32s32s32si(buf, p)
    p += 240
    if v == 1:
        flags, v_2 = _Ii(buf, p)
        if v_2:
            _refuse("LedgerHeader", p)
        p += 8
        ext = LedgerHeaderExt(v, LedgerHeaderExtensionV1(flags))
    elif v in _LedgerHeaderExt_VOID:
        ext = _LedgerHeaderExt_VOID[v]
    else:
        _refuse("LedgerHeaderExt", p)
    return LedgerHeader(
        ledger_version,
        previous_ledger_hash,
        scp_value,
        tx_set_result_hash,
        bucket_list_hash,
        ledger_seq,
        total_coins,
        fee_pool,
        inflation_seq,
        id_pool,
        base_fee,
        base_reserve,
        max_tx_set_size,
        [skip_list, skip_list_2, skip_list_3, skip_list_4],
        ext,
        buf[first:p],
    ), p


def read_LedgerHeaderHistoryEntry(buf: bytes, p: int) -> tuple[LedgerHeaderHistoryEntry, int]:
    (hash_,) = _32s(buf, p)
    p += 32
    header, p = read_LedgerHeader(buf, p)
    (v,) = _i(buf, p)
    if v:
        _refuse("LedgerHeaderHistoryEntry", p)
    p += 4
    return LedgerHeaderHistoryEntry(hash_, header), p


def read_TimeBounds(buf: bytes, p: int) -> tuple[TimeBounds, int]:
    min_time, max_time = _2Q(buf, p)
    p += 16
    return TimeBounds(min_time, max_time), p


def read_Memo(buf: bytes, p: int) -> tuple[Memo, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        (text_length,) = _I(buf, p)
        if text_length > 28:
            _refuse("Memo", p)
        p += 4
        end = p + text_length
        text = buf[p:end]
        p = end + (-text_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("Memo", p)
        return Memo(type_, text), p
    if type_ == 2:
        (id_,) = _Q(buf, p)
        p += 8
        return Memo(type_, id_), p
    if type_ == 3:
        (hash_,) = _32s(buf, p)
        p += 32
        return Memo(type_, hash_), p
    if type_ == 4:
        (ret_hash,) = _32s(buf, p)
        p += 32
        return Memo(type_, ret_hash), p
    if type_ in _Memo_VOID:
        return _Memo_VOID[type_], p
    _refuse("Memo", p)


def read_MuxedAccountMed25519(buf: bytes, p: int) -> tuple[MuxedAccountMed25519, int]:
    id_, ed25519 = _Q32s(buf, p)
    p += 40
    return MuxedAccountMed25519(id_, ed25519), p


def read_MuxedAccount(buf: bytes, p: int) -> tuple[MuxedAccount, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (ed25519,) = _32s(buf, p)
        p += 32
        return MuxedAccount(type_, ed25519), p
    if type_ == 256:
        id_, ed25519_2 = _Q32s(buf, p)
        p += 40
        return MuxedAccount(type_, MuxedAccountMed25519(id_, ed25519_2)), p
    _refuse("MuxedAccount", p)


def read_CreateAccountOp(buf: bytes, p: int) -> tuple[CreateAccountOp, int]:
    type_, destination, starting_balance = _i32sq(buf, p)
    if type_:
        _refuse("CreateAccountOp", p)
    p += 44
    return CreateAccountOp(destination, starting_balance), p


def read_AlphaNum4(buf: bytes, p: int) -> tuple[AlphaNum4, int]:
    asset_code, type_, issuer = _4si32s(buf, p)
    if type_:
        _refuse("AlphaNum4", p)
    p += 40
    return AlphaNum4(asset_code, issuer), p


def skip_AlphaNum4(buf: bytes, p: int) -> int:
    (type_,) = _4xi(buf, p)
    if type_:
        _refuse("AlphaNum4", p)
    return p + 40


def read_AlphaNum12(buf: bytes, p: int) -> tuple[AlphaNum12, int]:
    asset_code, type_, issuer = _12si32s(buf, p)
    if type_:
        _refuse("AlphaNum12", p)
    p += 48
    return AlphaNum12(asset_code, issuer), p


def skip_AlphaNum12(buf: bytes, p: int) -> int:
    (type_,) = _12xi(buf, p)
    if type_:
        _refuse("AlphaNum12", p)
    return p + 48


def read_Asset(buf: bytes, p: int) -> tuple[Asset, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        asset_code, type__2, issuer = _4si32s(buf, p)
        if type__2:
            _refuse("Asset", p)
        p += 40
        return Asset(type_, AlphaNum4(asset_code, issuer)), p
    if type_ == 2:
        asset_code_2, type__3, issuer_2 = _12si32s(buf, p)
        if type__3:
            _refuse("Asset", p)
        p += 48
        return Asset(type_, AlphaNum12(asset_code_2, issuer_2)), p
    if type_ in _Asset_VOID:
        return _Asset_VOID[type_], p
    _refuse("Asset", p)


def skip_Asset(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        (type__2,) = _4xi(buf, p)
        if type__2:
            _refuse("Asset", p)
        p += 40
    elif type_ == 2:
        (type__3,) = _12xi(buf, p)
        if type__3:
            _refuse("Asset", p)
        p += 48
    elif type_ not in _Asset_VOID:
        _refuse("Asset", p)
    return p


def read_PaymentOp(buf: bytes, p: int) -> tuple[PaymentOp, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (ed25519,) = _32s(buf, p)
        p += 32
        destination = MuxedAccount(type_, ed25519)
    elif type_ == 256:
        id_, ed25519_2 = _Q32s(buf, p)
        p += 40
        destination = MuxedAccount(type_, MuxedAccountMed25519(id_, ed25519_2))
    else:
        _refuse("MuxedAccount", p)
    asset, p = read_Asset(buf, p)
    (amount,) = _q(buf, p)
    p += 8
    return PaymentOp(destination, asset, amount), p


def read_PathPaymentStrictReceiveOp(buf: bytes, p: int) -> tuple[PathPaymentStrictReceiveOp, int]:
    send_asset, p = read_Asset(buf, p)
    send_max, type_ = _qi(buf, p)
    p += 12
    if type_ == 0:
        (ed25519,) = _32s(buf, p)
        p += 32
        destination = MuxedAccount(type_, ed25519)
    elif type_ == 256:
        id_, ed25519_2 = _Q32s(buf, p)
        p += 40
        destination = MuxedAccount(type_, MuxedAccountMed25519(id_, ed25519_2))
    else:
        _refuse("MuxedAccount", p)
    dest_asset, p = read_Asset(buf, p)
    dest_amount, path_length = _qI(buf, p)
    if path_length > 5:
        _refuse("PathPaymentStrictReceiveOp", p)
    p += 12
    path: list[Asset] = []
    for _ in range(path_length):
        item, p = read_Asset(buf, p)
        path.append(item)
    return PathPaymentStrictReceiveOp(send_asset, send_max, destination, dest_asset, dest_amount, path), p


def read_Price(buf: bytes, p: int) -> tuple[Price, int]:
    n, d = _2i(buf, p)
    p += 8
    return Price(n, d), p


def skip_Price(buf: bytes, p: int) -> int:
    return p + 8


def read_ManageSellOfferOp(buf: bytes, p: int) -> tuple[ManageSellOfferOp, int]:
    selling, p = read_Asset(buf, p)
    buying, p = read_Asset(buf, p)
    amount, n, d, offer_id = _q2iq(buf, p)
    p += 24
    return ManageSellOfferOp(selling, buying, amount, Price(n, d), offer_id), p


def read_CreatePassiveSellOfferOp(buf: bytes, p: int) -> tuple[CreatePassiveSellOfferOp, int]:
    selling, p = read_Asset(buf, p)
    buying, p = read_Asset(buf, p)
    amount, n, d = _q2i(buf, p)
    p += 16
    return CreatePassiveSellOfferOp(selling, buying, amount, Price(n, d)), p


def read_SignerKeyEd25519SignedPayload(buf: bytes, p: int) -> tuple[SignerKeyEd25519SignedPayload, int]:
    ed25519, payload_length = _32sI(buf, p)
    if payload_length > 64:
        _refuse("SignerKeyEd25519SignedPayload", p)
    p += 36
    end = p + payload_length
    payload = buf[p:end]
    p = end + (-payload_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("SignerKeyEd25519SignedPayload", p)
    return SignerKeyEd25519SignedPayload(ed25519, payload), p


def skip_SignerKeyEd25519SignedPayload(buf: bytes, p: int) -> int:
    (payload_length,) = _32xI(buf, p)
    if payload_length > 64:
        _refuse("SignerKeyEd25519SignedPayload", p)
    p += 36
    end = p + payload_length
    p = end + (-payload_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("SignerKeyEd25519SignedPayload", p)
    return p


def read_SignerKey(buf: bytes, p: int) -> tuple[SignerKey, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (ed25519,) = _32s(buf, p)
        p += 32
        return SignerKey(type_, ed25519), p
    if type_ == 1:
        (pre_auth_tx,) = _32s(buf, p)
        p += 32
        return SignerKey(type_, pre_auth_tx), p
    if type_ == 2:
        (hash_x,) = _32s(buf, p)
        p += 32
        return SignerKey(type_, hash_x), p
    if type_ == 3:
        ed25519_2, payload_length = _32sI(buf, p)
        if payload_length > 64:
            _refuse("SignerKey", p)
        p += 36
        end = p + payload_length
        payload = buf[p:end]
        p = end + (-payload_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("SignerKey", p)
        return SignerKey(type_, SignerKeyEd25519SignedPayload(ed25519_2, payload)), p
    _refuse("SignerKey", p)


def skip_SignerKey(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        p += 32
    elif type_ == 1:
        p += 32
    elif type_ == 2:
        p += 32
    elif type_ == 3:
        (payload_length,) = _32xI(buf, p)
        if payload_length > 64:
            _refuse("SignerKey", p)
        p += 36
        end = p + payload_length
        p = end + (-payload_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("SignerKey", p)
    else:
        _refuse("SignerKey", p)
    return p


def read_Signer(buf: bytes, p: int) -> tuple[Signer, int]:
    key, p = read_SignerKey(buf, p)
    (weight,) = _I(buf, p)
    p += 4
    return Signer(key, weight), p


def skip_Signer(buf: bytes, p: int) -> int:
    p = skip_SignerKey(buf, p)
    return p + 4


def read_SetOptionsOp(buf: bytes, p: int) -> tuple[SetOptionsOp, int]:
    (has_inflation_dest,) = _I(buf, p)
    if has_inflation_dest > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    inflation_dest: bytes | None = None
    if has_inflation_dest:
        type_, inflation_dest_2 = _i32s(buf, p)
        if type_:
            _refuse("SetOptionsOp", p)
        p += 36
        inflation_dest = inflation_dest_2
    (has_clear_flags,) = _I(buf, p)
    if has_clear_flags > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    clear_flags: int | None = None
    if has_clear_flags:
        (clear_flags_2,) = _I(buf, p)
        p += 4
        clear_flags = clear_flags_2
    (has_set_flags,) = _I(buf, p)
    if has_set_flags > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    set_flags: int | None = None
    if has_set_flags:
        (set_flags_2,) = _I(buf, p)
        p += 4
        set_flags = set_flags_2
    (has_master_weight,) = _I(buf, p)
    if has_master_weight > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    master_weight: int | None = None
    if has_master_weight:
        (master_weight_2,) = _I(buf, p)
        p += 4
        master_weight = master_weight_2
    (has_low_threshold,) = _I(buf, p)
    if has_low_threshold > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    low_threshold: int | None = None
    if has_low_threshold:
        (low_threshold_2,) = _I(buf, p)
        p += 4
        low_threshold = low_threshold_2
    (has_med_threshold,) = _I(buf, p)
    if has_med_threshold > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    med_threshold: int | None = None
    if has_med_threshold:
        (med_threshold_2,) = _I(buf, p)
        p += 4
        med_threshold = med_threshold_2
    (has_high_threshold,) = _I(buf, p)
    if has_high_threshold > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    high_threshold: int | None = None
    if has_high_threshold:
        (high_threshold_2,) = _I(buf, p)
        p += 4
        high_threshold = high_threshold_2
    (has_home_domain,) = _I(buf, p)
    if has_home_domain > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    home_domain: bytes | None = None
    if has_home_domain:
        (home_domain_length,) = _I(buf, p)
        if home_domain_length > 32:
            _refuse("SetOptionsOp", p)
        p += 4
        end = p + home_domain_length
        home_domain_2 = buf[p:end]
        p = end + (-home_domain_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("SetOptionsOp", p)
        home_domain = home_domain_2
    (has_signer,) = _I(buf, p)
    if has_signer > 1:
        _refuse("SetOptionsOp", p)
    p += 4
    signer: Signer | None = None
    if has_signer:
        signer_2, p = read_Signer(buf, p)
        signer = signer_2
    return SetOptionsOp(
        inflation_dest,
        clear_flags,
        set_flags,
        master_weight,
        low_threshold,
        med_threshold,
        high_threshold,
        home_domain,
        signer,
    ), p


def read_LiquidityPoolConstantProductParameters(
    buf: bytes, p: int
) -> tuple[LiquidityPoolConstantProductParameters, int]:
    asset_a, p = read_Asset(buf, p)
    asset_b, p = read_Asset(buf, p)
    (fee,) = _i(buf, p)
    p += 4
    return LiquidityPoolConstantProductParameters(asset_a, asset_b, fee), p


def skip_LiquidityPoolConstantProductParameters(buf: bytes, p: int) -> int:
    p = skip_Asset(buf, p)
    p = skip_Asset(buf, p)
    return p + 4


def read_ChangeTrustAsset(buf: bytes, p: int) -> tuple[ChangeTrustAsset, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        asset_code, type__2, issuer = _4si32s(buf, p)
        if type__2:
            _refuse("ChangeTrustAsset", p)
        p += 40
        return ChangeTrustAsset(type_, AlphaNum4(asset_code, issuer)), p
    if type_ == 2:
        asset_code_2, type__3, issuer_2 = _12si32s(buf, p)
        if type__3:
            _refuse("ChangeTrustAsset", p)
        p += 48
        return ChangeTrustAsset(type_, AlphaNum12(asset_code_2, issuer_2)), p
    if type_ == 3:
        (type__4,) = _i(buf, p)
        if type__4:
            _refuse("ChangeTrustAsset", p)
        p += 4
        liquidity_pool, p = read_LiquidityPoolConstantProductParameters(buf, p)
        return ChangeTrustAsset(type_, liquidity_pool), p
    if type_ in _ChangeTrustAsset_VOID:
        return _ChangeTrustAsset_VOID[type_], p
    _refuse("ChangeTrustAsset", p)


def read_ChangeTrustOp(buf: bytes, p: int) -> tuple[ChangeTrustOp, int]:
    line, p = read_ChangeTrustAsset(buf, p)
    (limit,) = _q(buf, p)
    p += 8
    return ChangeTrustOp(line, limit), p


def read_AssetCode(buf: bytes, p: int) -> tuple[AssetCode, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        (asset_code4,) = _4s(buf, p)
        p += 4
        return AssetCode(type_, asset_code4), p
    if type_ == 2:
        (asset_code12,) = _12s(buf, p)
        p += 12
        return AssetCode(type_, asset_code12), p
    _refuse("AssetCode", p)


def read_AllowTrustOp(buf: bytes, p: int) -> tuple[AllowTrustOp, int]:
    type_, trustor, type__2 = _i32si(buf, p)
    if type_:
        _refuse("AllowTrustOp", p)
    p += 40
    if type__2 == 1:
        (asset_code4,) = _4s(buf, p)
        p += 4
        asset = AssetCode(type__2, asset_code4)
    elif type__2 == 2:
        (asset_code12,) = _12s(buf, p)
        p += 12
        asset = AssetCode(type__2, asset_code12)
    else:
        _refuse("AssetCode", p)
    (authorize,) = _I(buf, p)
    p += 4
    return AllowTrustOp(trustor, asset, authorize), p


def read_ManageDataOp(buf: bytes, p: int) -> tuple[ManageDataOp, int]:
    (data_name_length,) = _I(buf, p)
    if data_name_length > 64:
        _refuse("ManageDataOp", p)
    p += 4
    end = p + data_name_length
    data_name = buf[p:end]
    p = end + (-data_name_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("ManageDataOp", p)
    (has_data_value,) = _I(buf, p)
    if has_data_value > 1:
        _refuse("ManageDataOp", p)
    p += 4
    data_value: bytes | None = None
    if has_data_value:
        (data_value_length,) = _I(buf, p)
        if data_value_length > 64:
            _refuse("ManageDataOp", p)
        p += 4
        end_2 = p + data_value_length
        data_value_2 = buf[p:end_2]
        p = end_2 + (-data_value_length & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("ManageDataOp", p)
        data_value = data_value_2
    return ManageDataOp(data_name, data_value), p


def read_BumpSequenceOp(buf: bytes, p: int) -> tuple[BumpSequenceOp, int]:
    (bump_to,) = _q(buf, p)
    p += 8
    return BumpSequenceOp(bump_to), p


def read_ManageBuyOfferOp(buf: bytes, p: int) -> tuple[ManageBuyOfferOp, int]:
    selling, p = read_Asset(buf, p)
    buying, p = read_Asset(buf, p)
    buy_amount, n, d, offer_id = _q2iq(buf, p)
    p += 24
    return ManageBuyOfferOp(selling, buying, buy_amount, Price(n, d), offer_id), p


def read_PathPaymentStrictSendOp(buf: bytes, p: int) -> tuple[PathPaymentStrictSendOp, int]:
    send_asset, p = read_Asset(buf, p)
    send_amount, type_ = _qi(buf, p)
    p += 12
    if type_ == 0:
        (ed25519,) = _32s(buf, p)
        p += 32
        destination = MuxedAccount(type_, ed25519)
    elif type_ == 256:
        id_, ed25519_2 = _Q32s(buf, p)
        p += 40
        destination = MuxedAccount(type_, MuxedAccountMed25519(id_, ed25519_2))
    else:
        _refuse("MuxedAccount", p)
    dest_asset, p = read_Asset(buf, p)
    dest_min, path_length = _qI(buf, p)
    if path_length > 5:
        _refuse("PathPaymentStrictSendOp", p)
    p += 12
    path: list[Asset] = []
    for _ in range(path_length):
        item, p = read_Asset(buf, p)
        path.append(item)
    return PathPaymentStrictSendOp(send_asset, send_amount, destination, dest_asset, dest_min, path), p


def read_ClaimPredicate(buf: bytes, p: int, depth: int = DEEPEST) -> tuple[ClaimPredicate, int]:
    if not depth:
        _refuse("ClaimPredicate that is not too deep", p)
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        (and_predicates_length,) = _I(buf, p)
        if and_predicates_length > 2:
            _refuse("ClaimPredicate", p)
        p += 4
        and_predicates: list[ClaimPredicate] = []
        for _ in range(and_predicates_length):
            item, p = read_ClaimPredicate(buf, p, depth - 1)
            and_predicates.append(item)
        return ClaimPredicate(type_, and_predicates), p
    if type_ == 2:
        (or_predicates_length,) = _I(buf, p)
        if or_predicates_length > 2:
            _refuse("ClaimPredicate", p)
        p += 4
        or_predicates: list[ClaimPredicate] = []
        for _ in range(or_predicates_length):
            item_2, p = read_ClaimPredicate(buf, p, depth - 1)
            or_predicates.append(item_2)
        return ClaimPredicate(type_, or_predicates), p
    if type_ == 3:
        (has_not_predicate,) = _I(buf, p)
        if has_not_predicate > 1:
            _refuse("ClaimPredicate", p)
        p += 4
        not_predicate: ClaimPredicate | None = None
        if has_not_predicate:
            not_predicate_2, p = read_ClaimPredicate(buf, p, depth - 1)
            not_predicate = not_predicate_2
        return ClaimPredicate(type_, not_predicate), p
    if type_ == 4:
        (abs_before,) = _q(buf, p)
        p += 8
        return ClaimPredicate(type_, abs_before), p
    if type_ == 5:
        (rel_before,) = _q(buf, p)
        p += 8
        return ClaimPredicate(type_, rel_before), p
    if type_ in _ClaimPredicate_VOID:
        return _ClaimPredicate_VOID[type_], p
    _refuse("ClaimPredicate", p)


def skip_ClaimPredicate(buf: bytes, p: int, depth: int = DEEPEST) -> int:
    if not depth:
        _refuse("ClaimPredicate that is not too deep", p)
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        (and_predicates_length,) = _I(buf, p)
        if and_predicates_length > 2:
            _refuse("ClaimPredicate", p)
        p += 4
        for _ in range(and_predicates_length):
            p = skip_ClaimPredicate(buf, p, depth - 1)
    elif type_ == 2:
        (or_predicates_length,) = _I(buf, p)
        if or_predicates_length > 2:
            _refuse("ClaimPredicate", p)
        p += 4
        for _ in range(or_predicates_length):
            p = skip_ClaimPredicate(buf, p, depth - 1)
    elif type_ == 3:
        (has_not_predicate,) = _I(buf, p)
        if has_not_predicate > 1:
            _refuse("ClaimPredicate", p)
        p += 4
        if has_not_predicate:
            p = skip_ClaimPredicate(buf, p, depth - 1)
    elif type_ == 4:
        p += 8
    elif type_ == 5:
        p += 8
    elif type_ not in _ClaimPredicate_VOID:
        _refuse("ClaimPredicate", p)
    return p


def read_ClaimantV0(buf: bytes, p: int) -> tuple[ClaimantV0, int]:
    type_, destination = _i32s(buf, p)
    if type_:
        _refuse("ClaimantV0", p)
    p += 36
    predicate, p = read_ClaimPredicate(buf, p)
    return ClaimantV0(destination, predicate), p


def skip_ClaimantV0(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    if type_:
        _refuse("ClaimantV0", p)
    p += 36
    p = skip_ClaimPredicate(buf, p)
    return p


def read_CreateClaimableBalanceOp(buf: bytes, p: int) -> tuple[CreateClaimableBalanceOp, int]:
    asset, p = read_Asset(buf, p)
    amount, claimants_length = _qI(buf, p)
    if claimants_length > 10:
        _refuse("CreateClaimableBalanceOp", p)
    p += 12
    claimants: list[ClaimantV0] = []
    for _ in range(claimants_length):
        type_, type__2, destination = _2i32s(buf, p)
        if type_ or type__2:
            _refuse("CreateClaimableBalanceOp", p)
        p += 40
        predicate, p = read_ClaimPredicate(buf, p)
        claimants.append(ClaimantV0(destination, predicate))
    return CreateClaimableBalanceOp(asset, amount, claimants), p


def read_ClaimClaimableBalanceOp(buf: bytes, p: int) -> tuple[ClaimClaimableBalanceOp, int]:
    type_, balance_id = _i32s(buf, p)
    if type_:
        _refuse("ClaimClaimableBalanceOp", p)
    p += 36
    return ClaimClaimableBalanceOp(balance_id), p


def read_BeginSponsoringFutureReservesOp(buf: bytes, p: int) -> tuple[BeginSponsoringFutureReservesOp, int]:
    type_, sponsored_id = _i32s(buf, p)
    if type_:
        _refuse("BeginSponsoringFutureReservesOp", p)
    p += 36
    return BeginSponsoringFutureReservesOp(sponsored_id), p


def read_LedgerKeyAccount(buf: bytes, p: int) -> tuple[LedgerKeyAccount, int]:
    type_, account_id = _i32s(buf, p)
    if type_:
        _refuse("LedgerKeyAccount", p)
    p += 36
    return LedgerKeyAccount(account_id), p


def skip_LedgerKeyAccount(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    if type_:
        _refuse("LedgerKeyAccount", p)
    return p + 36


def read_TrustLineAsset(buf: bytes, p: int) -> tuple[TrustLineAsset, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        asset_code, type__2, issuer = _4si32s(buf, p)
        if type__2:
            _refuse("TrustLineAsset", p)
        p += 40
        return TrustLineAsset(type_, AlphaNum4(asset_code, issuer)), p
    if type_ == 2:
        asset_code_2, type__3, issuer_2 = _12si32s(buf, p)
        if type__3:
            _refuse("TrustLineAsset", p)
        p += 48
        return TrustLineAsset(type_, AlphaNum12(asset_code_2, issuer_2)), p
    if type_ == 3:
        (liquidity_pool_id,) = _32s(buf, p)
        p += 32
        return TrustLineAsset(type_, liquidity_pool_id), p
    if type_ in _TrustLineAsset_VOID:
        return _TrustLineAsset_VOID[type_], p
    _refuse("TrustLineAsset", p)


def skip_TrustLineAsset(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        (type__2,) = _4xi(buf, p)
        if type__2:
            _refuse("TrustLineAsset", p)
        p += 40
    elif type_ == 2:
        (type__3,) = _12xi(buf, p)
        if type__3:
            _refuse("TrustLineAsset", p)
        p += 48
    elif type_ == 3:
        p += 32
    elif type_ not in _TrustLineAsset_VOID:
        _refuse("TrustLineAsset", p)
    return p


def read_LedgerKeyTrustLine(buf: bytes, p: int) -> tuple[LedgerKeyTrustLine, int]:
    type_, account_id = _i32s(buf, p)
    if type_:
        _refuse("LedgerKeyTrustLine", p)
    p += 36
    asset, p = read_TrustLineAsset(buf, p)
    return LedgerKeyTrustLine(account_id, asset), p


def skip_LedgerKeyTrustLine(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    if type_:
        _refuse("LedgerKeyTrustLine", p)
    p += 36
    p = skip_TrustLineAsset(buf, p)
    return p


def read_LedgerKeyOffer(buf: bytes, p: int) -> tuple[LedgerKeyOffer, int]:
    type_, seller_id, offer_id = _i32sq(buf, p)
    if type_:
        _refuse("LedgerKeyOffer", p)
    p += 44
    return LedgerKeyOffer(seller_id, offer_id), p


def skip_LedgerKeyOffer(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    if type_:
        _refuse("LedgerKeyOffer", p)
    return p + 44


def read_LedgerKeyData(buf: bytes, p: int) -> tuple[LedgerKeyData, int]:
    type_, account_id, data_name_length = _i32sI(buf, p)
    if type_ or data_name_length > 64:
        _refuse("LedgerKeyData", p)
    p += 40
    end = p + data_name_length
    data_name = buf[p:end]
    p = end + (-data_name_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("LedgerKeyData", p)
    return LedgerKeyData(account_id, data_name), p


def skip_LedgerKeyData(buf: bytes, p: int) -> int:
    type_, string64_length = _i32xI(buf, p)
    if type_ or string64_length > 64:
        _refuse("LedgerKeyData", p)
    p += 40
    end = p + string64_length
    p = end + (-string64_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("LedgerKeyData", p)
    return p


def read_LedgerKeyClaimableBalance(buf: bytes, p: int) -> tuple[LedgerKeyClaimableBalance, int]:
    type_, balance_id = _i32s(buf, p)
    if type_:
        _refuse("LedgerKeyClaimableBalance", p)
    p += 36
    return LedgerKeyClaimableBalance(balance_id), p


def skip_LedgerKeyClaimableBalance(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    if type_:
        _refuse("LedgerKeyClaimableBalance", p)
    return p + 36


def read_LedgerKeyLiquidityPool(buf: bytes, p: int) -> tuple[LedgerKeyLiquidityPool, int]:
    (liquidity_pool_id,) = _32s(buf, p)
    p += 32
    return LedgerKeyLiquidityPool(liquidity_pool_id), p


def skip_LedgerKeyLiquidityPool(buf: bytes, p: int) -> int:
    return p + 32


def read_MuxedEd25519Account(buf: bytes, p: int) -> tuple[MuxedEd25519Account, int]:
    id_, ed25519 = _Q32s(buf, p)
    p += 40
    return MuxedEd25519Account(id_, ed25519), p


def skip_MuxedEd25519Account(buf: bytes, p: int) -> int:
    return p + 40


def read_SCAddress(buf: bytes, p: int) -> tuple[SCAddress, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        type__2, account_id = _i32s(buf, p)
        if type__2:
            _refuse("SCAddress", p)
        p += 36
        return SCAddress(type_, account_id), p
    if type_ == 1:
        (contract_id,) = _32s(buf, p)
        p += 32
        return SCAddress(type_, contract_id), p
    if type_ == 2:
        id_, ed25519 = _Q32s(buf, p)
        p += 40
        return SCAddress(type_, MuxedEd25519Account(id_, ed25519)), p
    if type_ == 3:
        type__3, claimable_balance_id = _i32s(buf, p)
        if type__3:
            _refuse("SCAddress", p)
        p += 36
        return SCAddress(type_, claimable_balance_id), p
    if type_ == 4:
        (liquidity_pool_id,) = _32s(buf, p)
        p += 32
        return SCAddress(type_, liquidity_pool_id), p
    _refuse("SCAddress", p)


def skip_SCAddress(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (type__2,) = _i(buf, p)
        if type__2:
            _refuse("SCAddress", p)
        p += 36
    elif type_ == 1:
        p += 32
    elif type_ == 2:
        p += 40
    elif type_ == 3:
        (type__3,) = _i(buf, p)
        if type__3:
            _refuse("SCAddress", p)
        p += 36
    elif type_ == 4:
        p += 32
    else:
        _refuse("SCAddress", p)
    return p


def read_SCError(buf: bytes, p: int) -> tuple[SCError, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (contract_code,) = _I(buf, p)
        p += 4
        return SCError(type_, contract_code), p
    if type_ == 1:
        (code,) = _i(buf, p)
        p += 4
        return SCError(type_, code), p
    if type_ == 2:
        (code_2,) = _i(buf, p)
        p += 4
        return SCError(type_, code_2), p
    if type_ == 3:
        (code_3,) = _i(buf, p)
        p += 4
        return SCError(type_, code_3), p
    if type_ == 4:
        (code_4,) = _i(buf, p)
        p += 4
        return SCError(type_, code_4), p
    if type_ == 5:
        (code_5,) = _i(buf, p)
        p += 4
        return SCError(type_, code_5), p
    if type_ == 6:
        (code_6,) = _i(buf, p)
        p += 4
        return SCError(type_, code_6), p
    if type_ == 7:
        (code_7,) = _i(buf, p)
        p += 4
        return SCError(type_, code_7), p
    if type_ == 8:
        (code_8,) = _i(buf, p)
        p += 4
        return SCError(type_, code_8), p
    if type_ == 9:
        (code_9,) = _i(buf, p)
        p += 4
        return SCError(type_, code_9), p
    _refuse("SCError", p)


def skip_SCError(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        p += 4
    elif type_ == 1:
        p += 4
    elif type_ == 2:
        p += 4
    elif type_ == 3:
        p += 4
    elif type_ == 4:
        p += 4
    elif type_ == 5:
        p += 4
    elif type_ == 6:
        p += 4
    elif type_ == 7:
        p += 4
    elif type_ == 8:
        p += 4
    elif type_ == 9:
        p += 4
    else:
        _refuse("SCError", p)
    return p


def read_UInt128Parts(buf: bytes, p: int) -> tuple[UInt128Parts, int]:
    hi, lo = _2Q(buf, p)
    p += 16
    return UInt128Parts(hi, lo), p


def skip_UInt128Parts(buf: bytes, p: int) -> int:
    return p + 16


def read_Int128Parts(buf: bytes, p: int) -> tuple[Int128Parts, int]:
    hi, lo = _qQ(buf, p)
    p += 16
    return Int128Parts(hi, lo), p


def skip_Int128Parts(buf: bytes, p: int) -> int:
    return p + 16


def read_UInt256Parts(buf: bytes, p: int) -> tuple[UInt256Parts, int]:
    hi_hi, hi_lo, lo_hi, lo_lo = _4Q(buf, p)
    p += 32
    return UInt256Parts(hi_hi, hi_lo, lo_hi, lo_lo), p


def skip_UInt256Parts(buf: bytes, p: int) -> int:
    return p + 32


def read_Int256Parts(buf: bytes, p: int) -> tuple[Int256Parts, int]:
    hi_hi, hi_lo, lo_hi, lo_lo = _q3Q(buf, p)
    p += 32
    return Int256Parts(hi_hi, hi_lo, lo_hi, lo_lo), p


def skip_Int256Parts(buf: bytes, p: int) -> int:
    return p + 32


def read_SCVec(buf: bytes, p: int) -> tuple[list[SCVal], int]:
    (items_length,) = _I(buf, p)
    p += 4
    items: list[SCVal] = []
    for _ in range(items_length):
        item, p = read_SCVal(buf, p)
        items.append(item)
    return items, p


def skip_SCVec(buf: bytes, p: int) -> int:
    (scvec_length,) = _I(buf, p)
    p += 4
    for _ in range(scvec_length):
        p = skip_SCVal(buf, p)
    return p


def read_SCMapEntry(buf: bytes, p: int) -> tuple[SCMapEntry, int]:
    key, p = read_SCVal(buf, p)
    val, p = read_SCVal(buf, p)
    return SCMapEntry(key, val), p


def skip_SCMapEntry(buf: bytes, p: int) -> int:
    p = skip_SCVal(buf, p)
    p = skip_SCVal(buf, p)
    return p


def read_SCMap(buf: bytes, p: int) -> tuple[list[SCMapEntry], int]:
    (items_length,) = _I(buf, p)
    p += 4
    items: list[SCMapEntry] = []
    for _ in range(items_length):
        key, p = read_SCVal(buf, p)
        val, p = read_SCVal(buf, p)
        items.append(SCMapEntry(key, val))
    return items, p


def skip_SCMap(buf: bytes, p: int) -> int:
    (scmap_length,) = _I(buf, p)
    p += 4
    for _ in range(scmap_length):
        p = skip_SCVal(buf, p)
        p = skip_SCVal(buf, p)
    return p


def read_ContractExecutableExternalRef(buf: bytes, p: int) -> tuple[ContractExecutableExternalRef, int]:
    executable_owner, p = read_SCAddress(buf, p)
    (tag_length,) = _I(buf, p)
    p += 4
    end = p + tag_length
    tag = buf[p:end]
    p = end + (-tag_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("ContractExecutableExternalRef", p)
    return ContractExecutableExternalRef(executable_owner, tag), p


def skip_ContractExecutableExternalRef(buf: bytes, p: int) -> int:
    p = skip_SCAddress(buf, p)
    (scstring_length,) = _I(buf, p)
    p += 4
    end = p + scstring_length
    p = end + (-scstring_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("ContractExecutableExternalRef", p)
    return p


def read_ContractExecutable(buf: bytes, p: int) -> tuple[ContractExecutable, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (wasm_hash,) = _32s(buf, p)
        p += 32
        return ContractExecutable(type_, wasm_hash), p
    if type_ == 2:
        external_ref, p = read_ContractExecutableExternalRef(buf, p)
        return ContractExecutable(type_, external_ref), p
    if type_ in _ContractExecutable_VOID:
        return _ContractExecutable_VOID[type_], p
    _refuse("ContractExecutable", p)


def skip_ContractExecutable(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        p += 32
    elif type_ == 2:
        p = skip_ContractExecutableExternalRef(buf, p)
    elif type_ not in _ContractExecutable_VOID:
        _refuse("ContractExecutable", p)
    return p


def read_SCContractInstance(buf: bytes, p: int) -> tuple[SCContractInstance, int]:
    executable, p = read_ContractExecutable(buf, p)
    (has_storage,) = _I(buf, p)
    if has_storage > 1:
        _refuse("SCContractInstance", p)
    p += 4
    storage: list[SCMapEntry] | None = None
    if has_storage:
        (storage_length,) = _I(buf, p)
        p += 4
        storage_2: list[SCMapEntry] = []
        for _ in range(storage_length):
            key, p = read_SCVal(buf, p)
            val, p = read_SCVal(buf, p)
            storage_2.append(SCMapEntry(key, val))
        storage = storage_2
    return SCContractInstance(executable, storage), p


def skip_SCContractInstance(buf: bytes, p: int) -> int:
    p = skip_ContractExecutable(buf, p)
    (has_storage,) = _I(buf, p)
    if has_storage > 1:
        _refuse("SCContractInstance", p)
    p += 4
    if has_storage:
        (scmap_length,) = _I(buf, p)
        p += 4
        for _ in range(scmap_length):
            p = skip_SCVal(buf, p)
            p = skip_SCVal(buf, p)
    return p


def read_SCNonceKey(buf: bytes, p: int) -> tuple[SCNonceKey, int]:
    (nonce,) = _q(buf, p)
    p += 8
    return SCNonceKey(nonce), p


def skip_SCNonceKey(buf: bytes, p: int) -> int:
    return p + 8


def read_SCVal(buf: bytes, p: int, depth: int = DEEPEST) -> tuple[SCVal, int]:
    if not depth:
        _refuse("SCVal that is not too deep", p)
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (b,) = _I(buf, p)
        if b > 1:
            _refuse("SCVal", p)
        p += 4
        return SCVal(type_, b == 1), p
    if type_ == 2:
        error, p = read_SCError(buf, p)
        return SCVal(type_, error), p
    if type_ == 3:
        (u32,) = _I(buf, p)
        p += 4
        return SCVal(type_, u32), p
    if type_ == 4:
        (i32,) = _i(buf, p)
        p += 4
        return SCVal(type_, i32), p
    if type_ == 5:
        (u64,) = _Q(buf, p)
        p += 8
        return SCVal(type_, u64), p
    if type_ == 6:
        (i64,) = _q(buf, p)
        p += 8
        return SCVal(type_, i64), p
    if type_ == 7:
        (timepoint,) = _Q(buf, p)
        p += 8
        return SCVal(type_, timepoint), p
    if type_ == 8:
        (duration,) = _Q(buf, p)
        p += 8
        return SCVal(type_, duration), p
    if type_ == 9:
        hi, lo = _2Q(buf, p)
        p += 16
        return SCVal(type_, UInt128Parts(hi, lo)), p
    if type_ == 10:
        hi_2, lo_2 = _qQ(buf, p)
        p += 16
        return SCVal(type_, Int128Parts(hi_2, lo_2)), p
    if type_ == 11:
        hi_hi, hi_lo, lo_hi, lo_lo = _4Q(buf, p)
        p += 32
        return SCVal(type_, UInt256Parts(hi_hi, hi_lo, lo_hi, lo_lo)), p
    if type_ == 12:
        hi_hi_2, hi_lo_2, lo_hi_2, lo_lo_2 = _q3Q(buf, p)
        p += 32
        return SCVal(type_, Int256Parts(hi_hi_2, hi_lo_2, lo_hi_2, lo_lo_2)), p
    if type_ == 13:
        (bytes_length,) = _I(buf, p)
        p += 4
        end = p + bytes_length
        bytes_ = buf[p:end]
        p = end + (-bytes_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("SCVal", p)
        return SCVal(type_, bytes_), p
    if type_ == 14:
        (str_length,) = _I(buf, p)
        p += 4
        end_2 = p + str_length
        str_ = buf[p:end_2]
        p = end_2 + (-str_length & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("SCVal", p)
        return SCVal(type_, str_), p
    if type_ == 15:
        (sym_length,) = _I(buf, p)
        if sym_length > 32:
            _refuse("SCVal", p)
        p += 4
        end_3 = p + sym_length
        sym = buf[p:end_3]
        p = end_3 + (-sym_length & 3)
        if buf[end_3:p] > _ZEROS:
            _refuse("SCVal", p)
        return SCVal(type_, sym), p
    if type_ == 16:
        (has_vec,) = _I(buf, p)
        if has_vec > 1:
            _refuse("SCVal", p)
        p += 4
        vec: list[SCVal] | None = None
        if has_vec:
            (vec_length,) = _I(buf, p)
            p += 4
            vec_2: list[SCVal] = []
            for _ in range(vec_length):
                item, p = read_SCVal(buf, p, depth - 1)
                vec_2.append(item)
            vec = vec_2
        return SCVal(type_, vec), p
    if type_ == 17:
        (has_map,) = _I(buf, p)
        if has_map > 1:
            _refuse("SCVal", p)
        p += 4
        map_: list[SCMapEntry] | None = None
        if has_map:
            (map_length,) = _I(buf, p)
            p += 4
            map__2: list[SCMapEntry] = []
            for _ in range(map_length):
                key, p = read_SCVal(buf, p, depth - 1)
                val, p = read_SCVal(buf, p, depth - 1)
                map__2.append(SCMapEntry(key, val))
            map_ = map__2
        return SCVal(type_, map_), p
    if type_ == 18:
        address, p = read_SCAddress(buf, p)
        return SCVal(type_, address), p
    if type_ == 19:
        executable, p = read_ContractExecutable(buf, p)
        (has_storage,) = _I(buf, p)
        if has_storage > 1:
            _refuse("SCVal", p)
        p += 4
        storage: list[SCMapEntry] | None = None
        if has_storage:
            (storage_length,) = _I(buf, p)
            p += 4
            storage_2: list[SCMapEntry] = []
            for _ in range(storage_length):
                key_2, p = read_SCVal(buf, p, depth - 1)
                val_2, p = read_SCVal(buf, p, depth - 1)
                storage_2.append(SCMapEntry(key_2, val_2))
            storage = storage_2
        return SCVal(type_, SCContractInstance(executable, storage)), p
    if type_ == 21:
        (nonce,) = _q(buf, p)
        p += 8
        return SCVal(type_, SCNonceKey(nonce)), p
    if type_ == 22:
        (executable_tag_length,) = _I(buf, p)
        p += 4
        end_4 = p + executable_tag_length
        executable_tag = buf[p:end_4]
        p = end_4 + (-executable_tag_length & 3)
        if buf[end_4:p] > _ZEROS:
            _refuse("SCVal", p)
        return SCVal(type_, executable_tag), p
    if type_ in _SCVal_VOID:
        return _SCVal_VOID[type_], p
    _refuse("SCVal", p)


def skip_SCVal(buf: bytes, p: int, depth: int = DEEPEST) -> int:
    if not depth:
        _refuse("SCVal that is not too deep", p)
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (b,) = _I(buf, p)
        if b > 1:
            _refuse("SCVal", p)
        p += 4
    elif type_ == 2:
        p = skip_SCError(buf, p)
    elif type_ == 3:
        p += 4
    elif type_ == 4:
        p += 4
    elif type_ == 5:
        p += 8
    elif type_ == 6:
        p += 8
    elif type_ == 7:
        p += 8
    elif type_ == 8:
        p += 8
    elif type_ == 9:
        p += 16
    elif type_ == 10:
        p += 16
    elif type_ == 11:
        p += 32
    elif type_ == 12:
        p += 32
    elif type_ == 13:
        (scbytes_length,) = _I(buf, p)
        p += 4
        end = p + scbytes_length
        p = end + (-scbytes_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("SCVal", p)
    elif type_ == 14:
        (scstring_length,) = _I(buf, p)
        p += 4
        end_2 = p + scstring_length
        p = end_2 + (-scstring_length & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("SCVal", p)
    elif type_ == 15:
        (scsymbol_length,) = _I(buf, p)
        if scsymbol_length > 32:
            _refuse("SCVal", p)
        p += 4
        end_3 = p + scsymbol_length
        p = end_3 + (-scsymbol_length & 3)
        if buf[end_3:p] > _ZEROS:
            _refuse("SCVal", p)
    elif type_ == 16:
        (has_vec,) = _I(buf, p)
        if has_vec > 1:
            _refuse("SCVal", p)
        p += 4
        if has_vec:
            (scvec_length,) = _I(buf, p)
            p += 4
            for _ in range(scvec_length):
                p = skip_SCVal(buf, p, depth - 1)
    elif type_ == 17:
        (has_map,) = _I(buf, p)
        if has_map > 1:
            _refuse("SCVal", p)
        p += 4
        if has_map:
            (scmap_length,) = _I(buf, p)
            p += 4
            for _ in range(scmap_length):
                p = skip_SCVal(buf, p, depth - 1)
                p = skip_SCVal(buf, p, depth - 1)
    elif type_ == 18:
        p = skip_SCAddress(buf, p)
    elif type_ == 19:
        p = skip_ContractExecutable(buf, p)
        (has_storage,) = _I(buf, p)
        if has_storage > 1:
            _refuse("SCVal", p)
        p += 4
        if has_storage:
            (scmap_length_2,) = _I(buf, p)
            p += 4
            for _ in range(scmap_length_2):
                p = skip_SCVal(buf, p, depth - 1)
                p = skip_SCVal(buf, p, depth - 1)
    elif type_ == 21:
        p += 8
    elif type_ == 22:
        (scstring_length_2,) = _I(buf, p)
        p += 4
        end_4 = p + scstring_length_2
        p = end_4 + (-scstring_length_2 & 3)
        if buf[end_4:p] > _ZEROS:
            _refuse("SCVal", p)
    elif type_ not in _SCVal_VOID:
        _refuse("SCVal", p)
    return p


def read_LedgerKeyContractData(buf: bytes, p: int) -> tuple[LedgerKeyContractData, int]:
    contract, p = read_SCAddress(buf, p)
    end = skip_SCVal(buf, p)
    key = buf[p:end]
    p = end
    (durability,) = _i(buf, p)
    p += 4
    return LedgerKeyContractData(contract, key, durability), p


def skip_LedgerKeyContractData(buf: bytes, p: int) -> int:
    p = skip_SCAddress(buf, p)
    p = skip_SCVal(buf, p)
    return p + 4


def read_LedgerKeyContractCode(buf: bytes, p: int) -> tuple[LedgerKeyContractCode, int]:
    (hash_,) = _32s(buf, p)
    p += 32
    return LedgerKeyContractCode(hash_), p


def skip_LedgerKeyContractCode(buf: bytes, p: int) -> int:
    return p + 32


def read_LedgerKeyConfigSetting(buf: bytes, p: int) -> tuple[LedgerKeyConfigSetting, int]:
    (config_setting_id,) = _i(buf, p)
    p += 4
    return LedgerKeyConfigSetting(config_setting_id), p


def skip_LedgerKeyConfigSetting(buf: bytes, p: int) -> int:
    return p + 4


def read_LedgerKeyTtl(buf: bytes, p: int) -> tuple[LedgerKeyTtl, int]:
    (key_hash,) = _32s(buf, p)
    p += 32
    return LedgerKeyTtl(key_hash), p


def skip_LedgerKeyTtl(buf: bytes, p: int) -> int:
    return p + 32


def read_LedgerKey(buf: bytes, p: int) -> tuple[LedgerKey, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        type__2, account_id = _i32s(buf, p)
        if type__2:
            _refuse("LedgerKey", p)
        p += 36
        return LedgerKey(type_, LedgerKeyAccount(account_id)), p
    if type_ == 1:
        trust_line, p = read_LedgerKeyTrustLine(buf, p)
        return LedgerKey(type_, trust_line), p
    if type_ == 2:
        type__3, seller_id, offer_id = _i32sq(buf, p)
        if type__3:
            _refuse("LedgerKey", p)
        p += 44
        return LedgerKey(type_, LedgerKeyOffer(seller_id, offer_id)), p
    if type_ == 3:
        type__4, account_id_2, data_name_length = _i32sI(buf, p)
        if type__4 or data_name_length > 64:
            _refuse("LedgerKey", p)
        p += 40
        end = p + data_name_length
        data_name = buf[p:end]
        p = end + (-data_name_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("LedgerKey", p)
        return LedgerKey(type_, LedgerKeyData(account_id_2, data_name)), p
    if type_ == 4:
        type__5, balance_id = _i32s(buf, p)
        if type__5:
            _refuse("LedgerKey", p)
        p += 36
        return LedgerKey(type_, LedgerKeyClaimableBalance(balance_id)), p
    if type_ == 5:
        (liquidity_pool_id,) = _32s(buf, p)
        p += 32
        return LedgerKey(type_, LedgerKeyLiquidityPool(liquidity_pool_id)), p
    if type_ == 6:
        contract_data, p = read_LedgerKeyContractData(buf, p)
        return LedgerKey(type_, contract_data), p
    if type_ == 7:
        (hash_,) = _32s(buf, p)
        p += 32
        return LedgerKey(type_, LedgerKeyContractCode(hash_)), p
    if type_ == 8:
        (config_setting_id,) = _i(buf, p)
        p += 4
        return LedgerKey(type_, LedgerKeyConfigSetting(config_setting_id)), p
    if type_ == 9:
        (key_hash,) = _32s(buf, p)
        p += 32
        return LedgerKey(type_, LedgerKeyTtl(key_hash)), p
    _refuse("LedgerKey", p)


def skip_LedgerKey(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (type__2,) = _i(buf, p)
        if type__2:
            _refuse("LedgerKey", p)
        p += 36
    elif type_ == 1:
        p = skip_LedgerKeyTrustLine(buf, p)
    elif type_ == 2:
        (type__3,) = _i(buf, p)
        if type__3:
            _refuse("LedgerKey", p)
        p += 44
    elif type_ == 3:
        type__4, string64_length = _i32xI(buf, p)
        if type__4 or string64_length > 64:
            _refuse("LedgerKey", p)
        p += 40
        end = p + string64_length
        p = end + (-string64_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("LedgerKey", p)
    elif type_ == 4:
        (type__5,) = _i(buf, p)
        if type__5:
            _refuse("LedgerKey", p)
        p += 36
    elif type_ == 5:
        p += 32
    elif type_ == 6:
        p = skip_LedgerKeyContractData(buf, p)
    elif type_ == 7:
        p += 32
    elif type_ == 8:
        p += 4
    elif type_ == 9:
        p += 32
    else:
        _refuse("LedgerKey", p)
    return p


def read_RevokeSponsorshipOpSigner(buf: bytes, p: int) -> tuple[RevokeSponsorshipOpSigner, int]:
    type_, account_id = _i32s(buf, p)
    if type_:
        _refuse("RevokeSponsorshipOpSigner", p)
    p += 36
    signer_key, p = read_SignerKey(buf, p)
    return RevokeSponsorshipOpSigner(account_id, signer_key), p


def read_RevokeSponsorshipOp(buf: bytes, p: int) -> tuple[RevokeSponsorshipOp, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        ledger_key, p = read_LedgerKey(buf, p)
        return RevokeSponsorshipOp(type_, ledger_key), p
    if type_ == 1:
        signer, p = read_RevokeSponsorshipOpSigner(buf, p)
        return RevokeSponsorshipOp(type_, signer), p
    _refuse("RevokeSponsorshipOp", p)


def read_ClawbackOp(buf: bytes, p: int) -> tuple[ClawbackOp, int]:
    asset, p = read_Asset(buf, p)
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (ed25519,) = _32s(buf, p)
        p += 32
        from_ = MuxedAccount(type_, ed25519)
    elif type_ == 256:
        id_, ed25519_2 = _Q32s(buf, p)
        p += 40
        from_ = MuxedAccount(type_, MuxedAccountMed25519(id_, ed25519_2))
    else:
        _refuse("MuxedAccount", p)
    (amount,) = _q(buf, p)
    p += 8
    return ClawbackOp(asset, from_, amount), p


def read_ClawbackClaimableBalanceOp(buf: bytes, p: int) -> tuple[ClawbackClaimableBalanceOp, int]:
    type_, balance_id = _i32s(buf, p)
    if type_:
        _refuse("ClawbackClaimableBalanceOp", p)
    p += 36
    return ClawbackClaimableBalanceOp(balance_id), p


def read_SetTrustLineFlagsOp(buf: bytes, p: int) -> tuple[SetTrustLineFlagsOp, int]:
    type_, trustor = _i32s(buf, p)
    if type_:
        _refuse("SetTrustLineFlagsOp", p)
    p += 36
    asset, p = read_Asset(buf, p)
    clear_flags, set_flags = _2I(buf, p)
    p += 8
    return SetTrustLineFlagsOp(trustor, asset, clear_flags, set_flags), p


def read_LiquidityPoolDepositOp(buf: bytes, p: int) -> tuple[LiquidityPoolDepositOp, int]:
    liquidity_pool_id, max_amount_a, max_amount_b, n, d, n_2, d_2 = _32s2q4i(buf, p)
    p += 64
    return LiquidityPoolDepositOp(liquidity_pool_id, max_amount_a, max_amount_b, Price(n, d), Price(n_2, d_2)), p


def read_LiquidityPoolWithdrawOp(buf: bytes, p: int) -> tuple[LiquidityPoolWithdrawOp, int]:
    liquidity_pool_id, amount, min_amount_a, min_amount_b = _32s3q(buf, p)
    p += 56
    return LiquidityPoolWithdrawOp(liquidity_pool_id, amount, min_amount_a, min_amount_b), p


def read_InvokeContractArgs(buf: bytes, p: int) -> tuple[InvokeContractArgs, int]:
    contract_address, p = read_SCAddress(buf, p)
    (function_name_length,) = _I(buf, p)
    if function_name_length > 32:
        _refuse("InvokeContractArgs", p)
    p += 4
    end = p + function_name_length
    function_name = buf[p:end]
    p = end + (-function_name_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("InvokeContractArgs", p)
    (args_length,) = _I(buf, p)
    p += 4
    args: list[bytes] = []
    for _ in range(args_length):
        end_2 = skip_SCVal(buf, p)
        item = buf[p:end_2]
        p = end_2
        args.append(item)
    return InvokeContractArgs(contract_address, function_name, args), p


def read_ContractIDPreimageFromAddress(buf: bytes, p: int) -> tuple[ContractIDPreimageFromAddress, int]:
    address, p = read_SCAddress(buf, p)
    (salt,) = _32s(buf, p)
    p += 32
    return ContractIDPreimageFromAddress(address, salt), p


def read_ContractIDPreimage(buf: bytes, p: int) -> tuple[ContractIDPreimage, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        from_address, p = read_ContractIDPreimageFromAddress(buf, p)
        return ContractIDPreimage(type_, from_address), p
    if type_ == 1:
        from_asset, p = read_Asset(buf, p)
        return ContractIDPreimage(type_, from_asset), p
    _refuse("ContractIDPreimage", p)


def read_CreateContractArgs(buf: bytes, p: int) -> tuple[CreateContractArgs, int]:
    contract_id_preimage, p = read_ContractIDPreimage(buf, p)
    executable, p = read_ContractExecutable(buf, p)
    return CreateContractArgs(contract_id_preimage, executable), p


def read_CreateContractArgsV2(buf: bytes, p: int) -> tuple[CreateContractArgsV2, int]:
    contract_id_preimage, p = read_ContractIDPreimage(buf, p)
    executable, p = read_ContractExecutable(buf, p)
    (constructor_args_length,) = _I(buf, p)
    p += 4
    constructor_args: list[bytes] = []
    for _ in range(constructor_args_length):
        end = skip_SCVal(buf, p)
        item = buf[p:end]
        p = end
        constructor_args.append(item)
    return CreateContractArgsV2(contract_id_preimage, executable, constructor_args), p


def read_HostFunction(buf: bytes, p: int) -> tuple[HostFunction, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        invoke_contract, p = read_InvokeContractArgs(buf, p)
        return HostFunction(type_, invoke_contract), p
    if type_ == 1:
        create_contract, p = read_CreateContractArgs(buf, p)
        return HostFunction(type_, create_contract), p
    if type_ == 2:
        (wasm_length,) = _I(buf, p)
        p += 4
        end = p + wasm_length
        wasm = buf[p:end]
        p = end + (-wasm_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("HostFunction", p)
        return HostFunction(type_, wasm), p
    if type_ == 3:
        create_contract_v2, p = read_CreateContractArgsV2(buf, p)
        return HostFunction(type_, create_contract_v2), p
    _refuse("HostFunction", p)


def read_SorobanAddressCredentials(buf: bytes, p: int) -> tuple[SorobanAddressCredentials, int]:
    address, p = read_SCAddress(buf, p)
    nonce, signature_expiration_ledger = _qI(buf, p)
    p += 12
    end = skip_SCVal(buf, p)
    signature = buf[p:end]
    p = end
    return SorobanAddressCredentials(address, nonce, signature_expiration_ledger, signature), p


def read_SorobanDelegateSignature(buf: bytes, p: int, depth: int = DEEPEST) -> tuple[SorobanDelegateSignature, int]:
    if not depth:
        _refuse("SorobanDelegateSignature that is not too deep", p)
    address, p = read_SCAddress(buf, p)
    end = skip_SCVal(buf, p)
    signature = buf[p:end]
    p = end
    (nested_delegates_length,) = _I(buf, p)
    p += 4
    nested_delegates: list[SorobanDelegateSignature] = []
    for _ in range(nested_delegates_length):
        item, p = read_SorobanDelegateSignature(buf, p, depth - 1)
        nested_delegates.append(item)
    return SorobanDelegateSignature(address, signature, nested_delegates), p


def read_SorobanAddressCredentialsWithDelegates(
    buf: bytes, p: int
) -> tuple[SorobanAddressCredentialsWithDelegates, int]:
    address_credentials, p = read_SorobanAddressCredentials(buf, p)
    (delegates_length,) = _I(buf, p)
    p += 4
    delegates: list[SorobanDelegateSignature] = []
    for _ in range(delegates_length):
        item, p = read_SorobanDelegateSignature(buf, p)
        delegates.append(item)
    return SorobanAddressCredentialsWithDelegates(address_credentials, delegates), p


def read_SorobanCredentials(buf: bytes, p: int) -> tuple[SorobanCredentials, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        address, p = read_SorobanAddressCredentials(buf, p)
        return SorobanCredentials(type_, address), p
    if type_ == 2:
        address_v2, p = read_SorobanAddressCredentials(buf, p)
        return SorobanCredentials(type_, address_v2), p
    if type_ == 3:
        address_with_delegates, p = read_SorobanAddressCredentialsWithDelegates(buf, p)
        return SorobanCredentials(type_, address_with_delegates), p
    if type_ in _SorobanCredentials_VOID:
        return _SorobanCredentials_VOID[type_], p
    _refuse("SorobanCredentials", p)


def read_SorobanAuthorizedFunction(buf: bytes, p: int) -> tuple[SorobanAuthorizedFunction, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        contract_fn, p = read_InvokeContractArgs(buf, p)
        return SorobanAuthorizedFunction(type_, contract_fn), p
    if type_ == 1:
        create_contract_host_fn, p = read_CreateContractArgs(buf, p)
        return SorobanAuthorizedFunction(type_, create_contract_host_fn), p
    if type_ == 2:
        create_contract_v2_host_fn, p = read_CreateContractArgsV2(buf, p)
        return SorobanAuthorizedFunction(type_, create_contract_v2_host_fn), p
    _refuse("SorobanAuthorizedFunction", p)


def read_SorobanAuthorizedInvocation(
    buf: bytes, p: int, depth: int = DEEPEST
) -> tuple[SorobanAuthorizedInvocation, int]:
    if not depth:
        _refuse("SorobanAuthorizedInvocation that is not too deep", p)
    function, p = read_SorobanAuthorizedFunction(buf, p)
    (sub_invocations_length,) = _I(buf, p)
    p += 4
    sub_invocations: list[SorobanAuthorizedInvocation] = []
    for _ in range(sub_invocations_length):
        item, p = read_SorobanAuthorizedInvocation(buf, p, depth - 1)
        sub_invocations.append(item)
    return SorobanAuthorizedInvocation(function, sub_invocations), p


def read_SorobanAuthorizationEntry(buf: bytes, p: int) -> tuple[SorobanAuthorizationEntry, int]:
    credentials, p = read_SorobanCredentials(buf, p)
    root_invocation, p = read_SorobanAuthorizedInvocation(buf, p)
    return SorobanAuthorizationEntry(credentials, root_invocation), p


def read_InvokeHostFunctionOp(buf: bytes, p: int) -> tuple[InvokeHostFunctionOp, int]:
    host_function, p = read_HostFunction(buf, p)
    (auth_length,) = _I(buf, p)
    p += 4
    auth: list[SorobanAuthorizationEntry] = []
    for _ in range(auth_length):
        item, p = read_SorobanAuthorizationEntry(buf, p)
        auth.append(item)
    return InvokeHostFunctionOp(host_function, auth), p


def read_ExtendFootprintTTLOp(buf: bytes, p: int) -> tuple[ExtendFootprintTTLOp, int]:
    v, extend_to = _iI(buf, p)
    if v:
        _refuse("ExtendFootprintTTLOp", p)
    p += 8
    return ExtendFootprintTTLOp(extend_to), p


def read_RestoreFootprintOp(buf: bytes, p: int) -> tuple[RestoreFootprintOp, int]:
    (v,) = _i(buf, p)
    if v:
        _refuse("RestoreFootprintOp", p)
    p += 4
    return RestoreFootprintOp(), p


def read_OperationBody(buf: bytes, p: int) -> tuple[OperationBody, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        type__2, destination, starting_balance = _i32sq(buf, p)
        if type__2:
            _refuse("OperationBody", p)
        p += 44
        return OperationBody(type_, CreateAccountOp(destination, starting_balance)), p
    if type_ == 1:
        payment_op, p = read_PaymentOp(buf, p)
        return OperationBody(type_, payment_op), p
    if type_ == 2:
        path_payment_strict_receive_op, p = read_PathPaymentStrictReceiveOp(buf, p)
        return OperationBody(type_, path_payment_strict_receive_op), p
    if type_ == 3:
        manage_sell_offer_op, p = read_ManageSellOfferOp(buf, p)
        return OperationBody(type_, manage_sell_offer_op), p
    if type_ == 4:
        create_passive_sell_offer_op, p = read_CreatePassiveSellOfferOp(buf, p)
        return OperationBody(type_, create_passive_sell_offer_op), p
    if type_ == 5:
        set_options_op, p = read_SetOptionsOp(buf, p)
        return OperationBody(type_, set_options_op), p
    if type_ == 6:
        change_trust_op, p = read_ChangeTrustOp(buf, p)
        return OperationBody(type_, change_trust_op), p
    if type_ == 7:
        type__3, trustor, type__4 = _i32si(buf, p)
        if type__3:
            _refuse("OperationBody", p)
        p += 40
        if type__4 == 1:
            (asset_code4,) = _4s(buf, p)
            p += 4
            asset = AssetCode(type__4, asset_code4)
        elif type__4 == 2:
            (asset_code12,) = _12s(buf, p)
            p += 12
            asset = AssetCode(type__4, asset_code12)
        else:
            _refuse("AssetCode", p)
        (authorize,) = _I(buf, p)
        p += 4
        return OperationBody(type_, AllowTrustOp(trustor, asset, authorize)), p
    if type_ == 8:
        (type__5,) = _i(buf, p)
        p += 4
        if type__5 == 0:
            (ed25519,) = _32s(buf, p)
            p += 32
            destination_2 = MuxedAccount(type__5, ed25519)
        elif type__5 == 256:
            id_, ed25519_2 = _Q32s(buf, p)
            p += 40
            destination_2 = MuxedAccount(type__5, MuxedAccountMed25519(id_, ed25519_2))
        else:
            _refuse("MuxedAccount", p)
        return OperationBody(type_, destination_2), p
    if type_ == 10:
        (data_name_length,) = _I(buf, p)
        if data_name_length > 64:
            _refuse("OperationBody", p)
        p += 4
        end = p + data_name_length
        data_name = buf[p:end]
        p = end + (-data_name_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("OperationBody", p)
        (has_data_value,) = _I(buf, p)
        if has_data_value > 1:
            _refuse("OperationBody", p)
        p += 4
        data_value: bytes | None = None
        if has_data_value:
            (data_value_length,) = _I(buf, p)
            if data_value_length > 64:
                _refuse("OperationBody", p)
            p += 4
            end_2 = p + data_value_length
            data_value_2 = buf[p:end_2]
            p = end_2 + (-data_value_length & 3)
            if buf[end_2:p] > _ZEROS:
                _refuse("OperationBody", p)
            data_value = data_value_2
        return OperationBody(type_, ManageDataOp(data_name, data_value)), p
    if type_ == 11:
        (bump_to,) = _q(buf, p)
        p += 8
        return OperationBody(type_, BumpSequenceOp(bump_to)), p
    if type_ == 12:
        manage_buy_offer_op, p = read_ManageBuyOfferOp(buf, p)
        return OperationBody(type_, manage_buy_offer_op), p
    if type_ == 13:
        path_payment_strict_send_op, p = read_PathPaymentStrictSendOp(buf, p)
        return OperationBody(type_, path_payment_strict_send_op), p
    if type_ == 14:
        create_claimable_balance_op, p = read_CreateClaimableBalanceOp(buf, p)
        return OperationBody(type_, create_claimable_balance_op), p
    if type_ == 15:
        type__6, balance_id = _i32s(buf, p)
        if type__6:
            _refuse("OperationBody", p)
        p += 36
        return OperationBody(type_, ClaimClaimableBalanceOp(balance_id)), p
    if type_ == 16:
        type__7, sponsored_id = _i32s(buf, p)
        if type__7:
            _refuse("OperationBody", p)
        p += 36
        return OperationBody(type_, BeginSponsoringFutureReservesOp(sponsored_id)), p
    if type_ == 18:
        revoke_sponsorship_op, p = read_RevokeSponsorshipOp(buf, p)
        return OperationBody(type_, revoke_sponsorship_op), p
    if type_ == 19:
        clawback_op, p = read_ClawbackOp(buf, p)
        return OperationBody(type_, clawback_op), p
    if type_ == 20:
        type__8, balance_id_2 = _i32s(buf, p)
        if type__8:
            _refuse("OperationBody", p)
        p += 36
        return OperationBody(type_, ClawbackClaimableBalanceOp(balance_id_2)), p
    if type_ == 21:
        set_trust_line_flags_op, p = read_SetTrustLineFlagsOp(buf, p)
        return OperationBody(type_, set_trust_line_flags_op), p
    if type_ == 22:
        liquidity_pool_id, max_amount_a, max_amount_b, n, d, n_2, d_2 = _32s2q4i(buf, p)
        p += 64
        return OperationBody(
            type_, LiquidityPoolDepositOp(liquidity_pool_id, max_amount_a, max_amount_b, Price(n, d), Price(n_2, d_2))
        ), p
    if type_ == 23:
        liquidity_pool_id_2, amount, min_amount_a, min_amount_b = _32s3q(buf, p)
        p += 56
        return OperationBody(type_, LiquidityPoolWithdrawOp(liquidity_pool_id_2, amount, min_amount_a, min_amount_b)), p
    if type_ == 24:
        invoke_host_function_op, p = read_InvokeHostFunctionOp(buf, p)
        return OperationBody(type_, invoke_host_function_op), p
    if type_ == 25:
        v, extend_to = _iI(buf, p)
        if v:
            _refuse("OperationBody", p)
        p += 8
        return OperationBody(type_, ExtendFootprintTTLOp(extend_to)), p
    if type_ == 26:
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("OperationBody", p)
        p += 4
        return OperationBody(type_, RestoreFootprintOp()), p
    if type_ in _OperationBody_VOID:
        return _OperationBody_VOID[type_], p
    _refuse("OperationBody", p)


def read_Operation(buf: bytes, p: int) -> tuple[Operation, int]:
    first = p
    (has_source_account,) = _I(buf, p)
    if has_source_account > 1:
        _refuse("Operation", p)
    p += 4
    source_account: MuxedAccount | None = None
    if has_source_account:
        (type_,) = _i(buf, p)
        p += 4
        if type_ == 0:
            (ed25519,) = _32s(buf, p)
            p += 32
            source_account_2 = MuxedAccount(type_, ed25519)
        elif type_ == 256:
            id_, ed25519_2 = _Q32s(buf, p)
            p += 40
            source_account_2 = MuxedAccount(type_, MuxedAccountMed25519(id_, ed25519_2))
        else:
            _refuse("MuxedAccount", p)
        source_account = source_account_2
    body, p = read_OperationBody(buf, p)
    return Operation(source_account, body, buf[first:p]), p


def read_TransactionV0(buf: bytes, p: int) -> tuple[TransactionV0, int]:
    first = p
    source_account_ed25519, fee, seq_num, has_time_bounds = _32sIqI(buf, p)
    if has_time_bounds > 1:
        _refuse("TransactionV0", p)
    p += 48
    time_bounds: TimeBounds | None = None
    if has_time_bounds:
        min_time, max_time = _2Q(buf, p)
        p += 16
        time_bounds = TimeBounds(min_time, max_time)
    memo, p = read_Memo(buf, p)
    (operations_length,) = _I(buf, p)
    if operations_length > 100:
        _refuse("TransactionV0", p)
    p += 4
    operations: list[Operation] = []
    for _ in range(operations_length):
        item, p = read_Operation(buf, p)
        operations.append(item)
    (v,) = _i(buf, p)
    if v:
        _refuse("TransactionV0", p)
    p += 4
    return TransactionV0(source_account_ed25519, fee, seq_num, time_bounds, memo, operations, buf[first:p]), p


def read_DecoratedSignature(buf: bytes, p: int) -> tuple[DecoratedSignature, int]:
    hint, signature_length = _4sI(buf, p)
    if signature_length > 64:
        _refuse("DecoratedSignature", p)
    p += 8
    end = p + signature_length
    signature = buf[p:end]
    p = end + (-signature_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("DecoratedSignature", p)
    return DecoratedSignature(hint, signature), p


def read_TransactionV0Envelope(buf: bytes, p: int) -> tuple[TransactionV0Envelope, int]:
    tx, p = read_TransactionV0(buf, p)
    (signatures_length,) = _I(buf, p)
    if signatures_length > 20:
        _refuse("TransactionV0Envelope", p)
    p += 4
    signatures: list[DecoratedSignature] = []
    for _ in range(signatures_length):
        hint, signature_length = _4sI(buf, p)
        if signature_length > 64:
            _refuse("TransactionV0Envelope", p)
        p += 8
        end = p + signature_length
        signature = buf[p:end]
        p = end + (-signature_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("TransactionV0Envelope", p)
        signatures.append(DecoratedSignature(hint, signature))
    return TransactionV0Envelope(tx, signatures), p


def read_LedgerBounds(buf: bytes, p: int) -> tuple[LedgerBounds, int]:
    min_ledger, max_ledger = _2I(buf, p)
    p += 8
    return LedgerBounds(min_ledger, max_ledger), p


def read_PreconditionsV2(buf: bytes, p: int) -> tuple[PreconditionsV2, int]:
    (has_time_bounds,) = _I(buf, p)
    if has_time_bounds > 1:
        _refuse("PreconditionsV2", p)
    p += 4
    time_bounds: TimeBounds | None = None
    if has_time_bounds:
        min_time, max_time = _2Q(buf, p)
        p += 16
        time_bounds = TimeBounds(min_time, max_time)
    (has_ledger_bounds,) = _I(buf, p)
    if has_ledger_bounds > 1:
        _refuse("PreconditionsV2", p)
    p += 4
    ledger_bounds: LedgerBounds | None = None
    if has_ledger_bounds:
        min_ledger, max_ledger = _2I(buf, p)
        p += 8
        ledger_bounds = LedgerBounds(min_ledger, max_ledger)
    (has_min_seq_num,) = _I(buf, p)
    if has_min_seq_num > 1:
        _refuse("PreconditionsV2", p)
    p += 4
    min_seq_num: int | None = None
    if has_min_seq_num:
        (min_seq_num_2,) = _q(buf, p)
        p += 8
        min_seq_num = min_seq_num_2
    min_seq_age, min_seq_ledger_gap, extra_signers_length = _Q2I(buf, p)
    if extra_signers_length > 2:
        _refuse("PreconditionsV2", p)
    p += 16
    extra_signers: list[SignerKey] = []
    for _ in range(extra_signers_length):
        item, p = read_SignerKey(buf, p)
        extra_signers.append(item)
    return PreconditionsV2(time_bounds, ledger_bounds, min_seq_num, min_seq_age, min_seq_ledger_gap, extra_signers), p


def read_Preconditions(buf: bytes, p: int) -> tuple[Preconditions, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        min_time, max_time = _2Q(buf, p)
        p += 16
        return Preconditions(type_, TimeBounds(min_time, max_time)), p
    if type_ == 2:
        v2, p = read_PreconditionsV2(buf, p)
        return Preconditions(type_, v2), p
    if type_ in _Preconditions_VOID:
        return _Preconditions_VOID[type_], p
    _refuse("Preconditions", p)


def read_SorobanResourcesExtV0(buf: bytes, p: int) -> tuple[SorobanResourcesExtV0, int]:
    (archived_soroban_entries_length,) = _I(buf, p)
    p += 4
    archived_soroban_entries: list[int] = []
    for _ in range(archived_soroban_entries_length):
        (item,) = _I(buf, p)
        p += 4
        archived_soroban_entries.append(item)
    return SorobanResourcesExtV0(archived_soroban_entries), p


def read_SorobanTransactionDataExt(buf: bytes, p: int) -> tuple[SorobanTransactionDataExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (archived_soroban_entries_length,) = _I(buf, p)
        p += 4
        archived_soroban_entries: list[int] = []
        for _ in range(archived_soroban_entries_length):
            (item,) = _I(buf, p)
            p += 4
            archived_soroban_entries.append(item)
        return SorobanTransactionDataExt(v, SorobanResourcesExtV0(archived_soroban_entries)), p
    if v in _SorobanTransactionDataExt_VOID:
        return _SorobanTransactionDataExt_VOID[v], p
    _refuse("SorobanTransactionDataExt", p)


def read_LedgerFootprint(buf: bytes, p: int) -> tuple[LedgerFootprint, int]:
    (read_only_length,) = _I(buf, p)
    p += 4
    read_only: list[LedgerKey] = []
    for _ in range(read_only_length):
        item, p = read_LedgerKey(buf, p)
        read_only.append(item)
    (read_write_length,) = _I(buf, p)
    p += 4
    read_write: list[LedgerKey] = []
    for _ in range(read_write_length):
        item_2, p = read_LedgerKey(buf, p)
        read_write.append(item_2)
    return LedgerFootprint(read_only, read_write), p


def read_SorobanResources(buf: bytes, p: int) -> tuple[SorobanResources, int]:
    footprint, p = read_LedgerFootprint(buf, p)
    instructions, disk_read_bytes, write_bytes = _3I(buf, p)
    p += 12
    return SorobanResources(footprint, instructions, disk_read_bytes, write_bytes), p


def read_SorobanTransactionData(buf: bytes, p: int) -> tuple[SorobanTransactionData, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (archived_soroban_entries_length,) = _I(buf, p)
        p += 4
        archived_soroban_entries: list[int] = []
        for _ in range(archived_soroban_entries_length):
            (item,) = _I(buf, p)
            p += 4
            archived_soroban_entries.append(item)
        ext = SorobanTransactionDataExt(v, SorobanResourcesExtV0(archived_soroban_entries))
    elif v in _SorobanTransactionDataExt_VOID:
        ext = _SorobanTransactionDataExt_VOID[v]
    else:
        _refuse("SorobanTransactionDataExt", p)
    resources, p = read_SorobanResources(buf, p)
    (resource_fee,) = _q(buf, p)
    p += 8
    return SorobanTransactionData(ext, resources, resource_fee), p


def read_TransactionExt(buf: bytes, p: int) -> tuple[TransactionExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        soroban_data, p = read_SorobanTransactionData(buf, p)
        return TransactionExt(v, soroban_data), p
    if v in _TransactionExt_VOID:
        return _TransactionExt_VOID[v], p
    _refuse("TransactionExt", p)


def read_Transaction(buf: bytes, p: int) -> tuple[Transaction, int]:
    first = p
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (ed25519,) = _32s(buf, p)
        p += 32
        source_account = MuxedAccount(type_, ed25519)
    elif type_ == 256:
        id_, ed25519_2 = _Q32s(buf, p)
        p += 40
        source_account = MuxedAccount(type_, MuxedAccountMed25519(id_, ed25519_2))
    else:
        _refuse("MuxedAccount", p)
    fee, seq_num = _Iq(buf, p)
    p += 12
    cond, p = read_Preconditions(buf, p)
    memo, p = read_Memo(buf, p)
    (operations_length,) = _I(buf, p)
    if operations_length > 100:
        _refuse("Transaction", p)
    p += 4
    operations: list[Operation] = []
    for _ in range(operations_length):
        item, p = read_Operation(buf, p)
        operations.append(item)
    ext, p = read_TransactionExt(buf, p)
    return Transaction(source_account, fee, seq_num, cond, memo, operations, ext, buf[first:p]), p


def read_TransactionV1Envelope(buf: bytes, p: int) -> tuple[TransactionV1Envelope, int]:
    tx, p = read_Transaction(buf, p)
    (signatures_length,) = _I(buf, p)
    if signatures_length > 20:
        _refuse("TransactionV1Envelope", p)
    p += 4
    signatures: list[DecoratedSignature] = []
    for _ in range(signatures_length):
        hint, signature_length = _4sI(buf, p)
        if signature_length > 64:
            _refuse("TransactionV1Envelope", p)
        p += 8
        end = p + signature_length
        signature = buf[p:end]
        p = end + (-signature_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("TransactionV1Envelope", p)
        signatures.append(DecoratedSignature(hint, signature))
    return TransactionV1Envelope(tx, signatures), p


def read_FeeBumpTransaction(buf: bytes, p: int) -> tuple[FeeBumpTransaction, int]:
    first = p
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (ed25519,) = _32s(buf, p)
        p += 32
        fee_source = MuxedAccount(type_, ed25519)
    elif type_ == 256:
        id_, ed25519_2 = _Q32s(buf, p)
        p += 40
        fee_source = MuxedAccount(type_, MuxedAccountMed25519(id_, ed25519_2))
    else:
        _refuse("MuxedAccount", p)
    fee, type__2 = _qi(buf, p)
    if type__2 != 2:
        _refuse("FeeBumpTransaction", p)
    p += 12
    tx, p = read_Transaction(buf, p)
    (signatures_length,) = _I(buf, p)
    if signatures_length > 20:
        _refuse("FeeBumpTransaction", p)
    p += 4
    signatures: list[DecoratedSignature] = []
    for _ in range(signatures_length):
        hint, signature_length = _4sI(buf, p)
        if signature_length > 64:
            _refuse("FeeBumpTransaction", p)
        p += 8
        end = p + signature_length
        signature = buf[p:end]
        p = end + (-signature_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("FeeBumpTransaction", p)
        signatures.append(DecoratedSignature(hint, signature))
    (v,) = _i(buf, p)
    if v:
        _refuse("FeeBumpTransaction", p)
    p += 4
    return FeeBumpTransaction(fee_source, fee, TransactionV1Envelope(tx, signatures), buf[first:p]), p


def read_FeeBumpTransactionEnvelope(buf: bytes, p: int) -> tuple[FeeBumpTransactionEnvelope, int]:
    tx, p = read_FeeBumpTransaction(buf, p)
    (signatures_length,) = _I(buf, p)
    if signatures_length > 20:
        _refuse("FeeBumpTransactionEnvelope", p)
    p += 4
    signatures: list[DecoratedSignature] = []
    for _ in range(signatures_length):
        hint, signature_length = _4sI(buf, p)
        if signature_length > 64:
            _refuse("FeeBumpTransactionEnvelope", p)
        p += 8
        end = p + signature_length
        signature = buf[p:end]
        p = end + (-signature_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("FeeBumpTransactionEnvelope", p)
        signatures.append(DecoratedSignature(hint, signature))
    return FeeBumpTransactionEnvelope(tx, signatures), p


def read_TransactionEnvelope(buf: bytes, p: int) -> tuple[TransactionEnvelope, int]:
    first = p
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        tx, p = read_TransactionV0(buf, p)
        (signatures_length,) = _I(buf, p)
        if signatures_length > 20:
            _refuse("TransactionEnvelope", p)
        p += 4
        signatures: list[DecoratedSignature] = []
        for _ in range(signatures_length):
            hint, signature_length = _4sI(buf, p)
            if signature_length > 64:
                _refuse("TransactionEnvelope", p)
            p += 8
            end = p + signature_length
            signature = buf[p:end]
            p = end + (-signature_length & 3)
            if buf[end:p] > _ZEROS:
                _refuse("TransactionEnvelope", p)
            signatures.append(DecoratedSignature(hint, signature))
        return TransactionEnvelope(type_, TransactionV0Envelope(tx, signatures), buf[first:p]), p
    if type_ == 2:
        tx_2, p = read_Transaction(buf, p)
        (signatures_length_2,) = _I(buf, p)
        if signatures_length_2 > 20:
            _refuse("TransactionEnvelope", p)
        p += 4
        signatures_2: list[DecoratedSignature] = []
        for _ in range(signatures_length_2):
            hint_2, signature_length_2 = _4sI(buf, p)
            if signature_length_2 > 64:
                _refuse("TransactionEnvelope", p)
            p += 8
            end_2 = p + signature_length_2
            signature_2 = buf[p:end_2]
            p = end_2 + (-signature_length_2 & 3)
            if buf[end_2:p] > _ZEROS:
                _refuse("TransactionEnvelope", p)
            signatures_2.append(DecoratedSignature(hint_2, signature_2))
        return TransactionEnvelope(type_, TransactionV1Envelope(tx_2, signatures_2), buf[first:p]), p
    if type_ == 5:
        tx_3, p = read_FeeBumpTransaction(buf, p)
        (signatures_length_3,) = _I(buf, p)
        if signatures_length_3 > 20:
            _refuse("TransactionEnvelope", p)
        p += 4
        signatures_3: list[DecoratedSignature] = []
        for _ in range(signatures_length_3):
            hint_3, signature_length_3 = _4sI(buf, p)
            if signature_length_3 > 64:
                _refuse("TransactionEnvelope", p)
            p += 8
            end_3 = p + signature_length_3
            signature_3 = buf[p:end_3]
            p = end_3 + (-signature_length_3 & 3)
            if buf[end_3:p] > _ZEROS:
                _refuse("TransactionEnvelope", p)
            signatures_3.append(DecoratedSignature(hint_3, signature_3))
        return TransactionEnvelope(type_, FeeBumpTransactionEnvelope(tx_3, signatures_3), buf[first:p]), p
    _refuse("TransactionEnvelope", p)


def read_TransactionSet(buf: bytes, p: int) -> tuple[TransactionSet, int]:
    first = p
    previous_ledger_hash, txs_length = _32sI(buf, p)
    p += 36
    txs: list[TransactionEnvelope] = []
    for _ in range(txs_length):
        item, p = read_TransactionEnvelope(buf, p)
        txs.append(item)
    return TransactionSet(previous_ledger_hash, txs, buf[first:p]), p


def read_CreateAccountResult(buf: bytes, p: int) -> tuple[CreateAccountResult, int]:
    (code,) = _i(buf, p)
    if code not in CreateAccountResultCode.names:
        _refuse("CreateAccountResult", p)
    p += 4
    if code in _CreateAccountResult_VOID:
        return _CreateAccountResult_VOID[code], p
    _refuse("CreateAccountResult", p)


def read_PaymentResult(buf: bytes, p: int) -> tuple[PaymentResult, int]:
    (code,) = _i(buf, p)
    if code not in PaymentResultCode.names:
        _refuse("PaymentResult", p)
    p += 4
    if code in _PaymentResult_VOID:
        return _PaymentResult_VOID[code], p
    _refuse("PaymentResult", p)


def read_ClaimOfferAtomV0(buf: bytes, p: int) -> tuple[ClaimOfferAtomV0, int]:
    seller_ed25519, offer_id = _32sq(buf, p)
    p += 40
    asset_sold, p = read_Asset(buf, p)
    (amount_sold,) = _q(buf, p)
    p += 8
    asset_bought, p = read_Asset(buf, p)
    (amount_bought,) = _q(buf, p)
    p += 8
    return ClaimOfferAtomV0(seller_ed25519, offer_id, asset_sold, amount_sold, asset_bought, amount_bought), p


def read_ClaimOfferAtom(buf: bytes, p: int) -> tuple[ClaimOfferAtom, int]:
    type_, seller_id, offer_id = _i32sq(buf, p)
    if type_:
        _refuse("ClaimOfferAtom", p)
    p += 44
    asset_sold, p = read_Asset(buf, p)
    (amount_sold,) = _q(buf, p)
    p += 8
    asset_bought, p = read_Asset(buf, p)
    (amount_bought,) = _q(buf, p)
    p += 8
    return ClaimOfferAtom(seller_id, offer_id, asset_sold, amount_sold, asset_bought, amount_bought), p


def read_ClaimLiquidityAtom(buf: bytes, p: int) -> tuple[ClaimLiquidityAtom, int]:
    (liquidity_pool_id,) = _32s(buf, p)
    p += 32
    asset_sold, p = read_Asset(buf, p)
    (amount_sold,) = _q(buf, p)
    p += 8
    asset_bought, p = read_Asset(buf, p)
    (amount_bought,) = _q(buf, p)
    p += 8
    return ClaimLiquidityAtom(liquidity_pool_id, asset_sold, amount_sold, asset_bought, amount_bought), p


def read_ClaimAtom(buf: bytes, p: int) -> tuple[ClaimAtom, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        v0, p = read_ClaimOfferAtomV0(buf, p)
        return ClaimAtom(type_, v0), p
    if type_ == 1:
        order_book, p = read_ClaimOfferAtom(buf, p)
        return ClaimAtom(type_, order_book), p
    if type_ == 2:
        liquidity_pool, p = read_ClaimLiquidityAtom(buf, p)
        return ClaimAtom(type_, liquidity_pool), p
    _refuse("ClaimAtom", p)


def read_SimplePaymentResult(buf: bytes, p: int) -> tuple[SimplePaymentResult, int]:
    type_, destination = _i32s(buf, p)
    if type_:
        _refuse("SimplePaymentResult", p)
    p += 36
    asset, p = read_Asset(buf, p)
    (amount,) = _q(buf, p)
    p += 8
    return SimplePaymentResult(destination, asset, amount), p


def read_PathPaymentStrictReceiveResultSuccess(buf: bytes, p: int) -> tuple[PathPaymentStrictReceiveResultSuccess, int]:
    (offers_length,) = _I(buf, p)
    p += 4
    offers: list[ClaimAtom] = []
    for _ in range(offers_length):
        item, p = read_ClaimAtom(buf, p)
        offers.append(item)
    last, p = read_SimplePaymentResult(buf, p)
    return PathPaymentStrictReceiveResultSuccess(offers, last), p


def read_PathPaymentStrictReceiveResult(buf: bytes, p: int) -> tuple[PathPaymentStrictReceiveResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        success, p = read_PathPaymentStrictReceiveResultSuccess(buf, p)
        return PathPaymentStrictReceiveResult(code, success), p
    if code == -9:
        no_issuer, p = read_Asset(buf, p)
        return PathPaymentStrictReceiveResult(code, no_issuer), p
    if code in _PathPaymentStrictReceiveResult_VOID:
        return _PathPaymentStrictReceiveResult_VOID[code], p
    _refuse("PathPaymentStrictReceiveResult", p)


def read_OfferEntry(buf: bytes, p: int) -> tuple[OfferEntry, int]:
    type_, seller_id, offer_id = _i32sq(buf, p)
    if type_:
        _refuse("OfferEntry", p)
    p += 44
    selling, p = read_Asset(buf, p)
    buying, p = read_Asset(buf, p)
    amount, n, d, flags, v = _q2iIi(buf, p)
    if v:
        _refuse("OfferEntry", p)
    p += 24
    return OfferEntry(seller_id, offer_id, selling, buying, amount, Price(n, d), flags), p


def skip_OfferEntry(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    if type_:
        _refuse("OfferEntry", p)
    p += 44
    p = skip_Asset(buf, p)
    p = skip_Asset(buf, p)
    (v,) = _20xi(buf, p)
    if v:
        _refuse("OfferEntry", p)
    return p + 24


def read_ManageOfferSuccessResultOffer(buf: bytes, p: int) -> tuple[ManageOfferSuccessResultOffer, int]:
    (effect,) = _i(buf, p)
    p += 4
    if effect == 0:
        offer, p = read_OfferEntry(buf, p)
        return ManageOfferSuccessResultOffer(effect, offer), p
    if effect == 1:
        offer_2, p = read_OfferEntry(buf, p)
        return ManageOfferSuccessResultOffer(effect, offer_2), p
    if effect in _ManageOfferSuccessResultOffer_VOID:
        return _ManageOfferSuccessResultOffer_VOID[effect], p
    _refuse("ManageOfferSuccessResultOffer", p)


def read_ManageOfferSuccessResult(buf: bytes, p: int) -> tuple[ManageOfferSuccessResult, int]:
    (offers_claimed_length,) = _I(buf, p)
    p += 4
    offers_claimed: list[ClaimAtom] = []
    for _ in range(offers_claimed_length):
        item, p = read_ClaimAtom(buf, p)
        offers_claimed.append(item)
    offer, p = read_ManageOfferSuccessResultOffer(buf, p)
    return ManageOfferSuccessResult(offers_claimed, offer), p


def read_ManageSellOfferResult(buf: bytes, p: int) -> tuple[ManageSellOfferResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        success, p = read_ManageOfferSuccessResult(buf, p)
        return ManageSellOfferResult(code, success), p
    if code in _ManageSellOfferResult_VOID:
        return _ManageSellOfferResult_VOID[code], p
    _refuse("ManageSellOfferResult", p)


def read_SetOptionsResult(buf: bytes, p: int) -> tuple[SetOptionsResult, int]:
    (code,) = _i(buf, p)
    if code not in SetOptionsResultCode.names:
        _refuse("SetOptionsResult", p)
    p += 4
    if code in _SetOptionsResult_VOID:
        return _SetOptionsResult_VOID[code], p
    _refuse("SetOptionsResult", p)


def read_ChangeTrustResult(buf: bytes, p: int) -> tuple[ChangeTrustResult, int]:
    (code,) = _i(buf, p)
    if code not in ChangeTrustResultCode.names:
        _refuse("ChangeTrustResult", p)
    p += 4
    if code in _ChangeTrustResult_VOID:
        return _ChangeTrustResult_VOID[code], p
    _refuse("ChangeTrustResult", p)


def read_AllowTrustResult(buf: bytes, p: int) -> tuple[AllowTrustResult, int]:
    (code,) = _i(buf, p)
    if code not in AllowTrustResultCode.names:
        _refuse("AllowTrustResult", p)
    p += 4
    if code in _AllowTrustResult_VOID:
        return _AllowTrustResult_VOID[code], p
    _refuse("AllowTrustResult", p)


def read_AccountMergeResult(buf: bytes, p: int) -> tuple[AccountMergeResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        (source_account_balance,) = _q(buf, p)
        p += 8
        return AccountMergeResult(code, source_account_balance), p
    if code in _AccountMergeResult_VOID:
        return _AccountMergeResult_VOID[code], p
    _refuse("AccountMergeResult", p)


def read_InflationPayout(buf: bytes, p: int) -> tuple[InflationPayout, int]:
    type_, destination, amount = _i32sq(buf, p)
    if type_:
        _refuse("InflationPayout", p)
    p += 44
    return InflationPayout(destination, amount), p


def read_InflationResult(buf: bytes, p: int) -> tuple[InflationResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        (payouts_length,) = _I(buf, p)
        p += 4
        payouts: list[InflationPayout] = []
        for _ in range(payouts_length):
            type_, destination, amount = _i32sq(buf, p)
            if type_:
                _refuse("InflationResult", p)
            p += 44
            payouts.append(InflationPayout(destination, amount))
        return InflationResult(code, payouts), p
    if code in _InflationResult_VOID:
        return _InflationResult_VOID[code], p
    _refuse("InflationResult", p)


def read_ManageDataResult(buf: bytes, p: int) -> tuple[ManageDataResult, int]:
    (code,) = _i(buf, p)
    if code not in ManageDataResultCode.names:
        _refuse("ManageDataResult", p)
    p += 4
    if code in _ManageDataResult_VOID:
        return _ManageDataResult_VOID[code], p
    _refuse("ManageDataResult", p)


def read_BumpSequenceResult(buf: bytes, p: int) -> tuple[BumpSequenceResult, int]:
    (code,) = _i(buf, p)
    if code not in BumpSequenceResultCode.names:
        _refuse("BumpSequenceResult", p)
    p += 4
    if code in _BumpSequenceResult_VOID:
        return _BumpSequenceResult_VOID[code], p
    _refuse("BumpSequenceResult", p)


def read_ManageBuyOfferResult(buf: bytes, p: int) -> tuple[ManageBuyOfferResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        success, p = read_ManageOfferSuccessResult(buf, p)
        return ManageBuyOfferResult(code, success), p
    if code in _ManageBuyOfferResult_VOID:
        return _ManageBuyOfferResult_VOID[code], p
    _refuse("ManageBuyOfferResult", p)


def read_PathPaymentStrictSendResultSuccess(buf: bytes, p: int) -> tuple[PathPaymentStrictSendResultSuccess, int]:
    (offers_length,) = _I(buf, p)
    p += 4
    offers: list[ClaimAtom] = []
    for _ in range(offers_length):
        item, p = read_ClaimAtom(buf, p)
        offers.append(item)
    last, p = read_SimplePaymentResult(buf, p)
    return PathPaymentStrictSendResultSuccess(offers, last), p


def read_PathPaymentStrictSendResult(buf: bytes, p: int) -> tuple[PathPaymentStrictSendResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        success, p = read_PathPaymentStrictSendResultSuccess(buf, p)
        return PathPaymentStrictSendResult(code, success), p
    if code == -9:
        no_issuer, p = read_Asset(buf, p)
        return PathPaymentStrictSendResult(code, no_issuer), p
    if code in _PathPaymentStrictSendResult_VOID:
        return _PathPaymentStrictSendResult_VOID[code], p
    _refuse("PathPaymentStrictSendResult", p)


def read_CreateClaimableBalanceResult(buf: bytes, p: int) -> tuple[CreateClaimableBalanceResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        type_, balance_id = _i32s(buf, p)
        if type_:
            _refuse("CreateClaimableBalanceResult", p)
        p += 36
        return CreateClaimableBalanceResult(code, balance_id), p
    if code in _CreateClaimableBalanceResult_VOID:
        return _CreateClaimableBalanceResult_VOID[code], p
    _refuse("CreateClaimableBalanceResult", p)


def read_ClaimClaimableBalanceResult(buf: bytes, p: int) -> tuple[ClaimClaimableBalanceResult, int]:
    (code,) = _i(buf, p)
    if code not in ClaimClaimableBalanceResultCode.names:
        _refuse("ClaimClaimableBalanceResult", p)
    p += 4
    if code in _ClaimClaimableBalanceResult_VOID:
        return _ClaimClaimableBalanceResult_VOID[code], p
    _refuse("ClaimClaimableBalanceResult", p)


def read_BeginSponsoringFutureReservesResult(buf: bytes, p: int) -> tuple[BeginSponsoringFutureReservesResult, int]:
    (code,) = _i(buf, p)
    if code not in BeginSponsoringFutureReservesResultCode.names:
        _refuse("BeginSponsoringFutureReservesResult", p)
    p += 4
    if code in _BeginSponsoringFutureReservesResult_VOID:
        return _BeginSponsoringFutureReservesResult_VOID[code], p
    _refuse("BeginSponsoringFutureReservesResult", p)


def read_EndSponsoringFutureReservesResult(buf: bytes, p: int) -> tuple[EndSponsoringFutureReservesResult, int]:
    (code,) = _i(buf, p)
    if code not in EndSponsoringFutureReservesResultCode.names:
        _refuse("EndSponsoringFutureReservesResult", p)
    p += 4
    if code in _EndSponsoringFutureReservesResult_VOID:
        return _EndSponsoringFutureReservesResult_VOID[code], p
    _refuse("EndSponsoringFutureReservesResult", p)


def read_RevokeSponsorshipResult(buf: bytes, p: int) -> tuple[RevokeSponsorshipResult, int]:
    (code,) = _i(buf, p)
    if code not in RevokeSponsorshipResultCode.names:
        _refuse("RevokeSponsorshipResult", p)
    p += 4
    if code in _RevokeSponsorshipResult_VOID:
        return _RevokeSponsorshipResult_VOID[code], p
    _refuse("RevokeSponsorshipResult", p)


def read_ClawbackResult(buf: bytes, p: int) -> tuple[ClawbackResult, int]:
    (code,) = _i(buf, p)
    if code not in ClawbackResultCode.names:
        _refuse("ClawbackResult", p)
    p += 4
    if code in _ClawbackResult_VOID:
        return _ClawbackResult_VOID[code], p
    _refuse("ClawbackResult", p)


def read_ClawbackClaimableBalanceResult(buf: bytes, p: int) -> tuple[ClawbackClaimableBalanceResult, int]:
    (code,) = _i(buf, p)
    if code not in ClawbackClaimableBalanceResultCode.names:
        _refuse("ClawbackClaimableBalanceResult", p)
    p += 4
    if code in _ClawbackClaimableBalanceResult_VOID:
        return _ClawbackClaimableBalanceResult_VOID[code], p
    _refuse("ClawbackClaimableBalanceResult", p)


def read_SetTrustLineFlagsResult(buf: bytes, p: int) -> tuple[SetTrustLineFlagsResult, int]:
    (code,) = _i(buf, p)
    if code not in SetTrustLineFlagsResultCode.names:
        _refuse("SetTrustLineFlagsResult", p)
    p += 4
    if code in _SetTrustLineFlagsResult_VOID:
        return _SetTrustLineFlagsResult_VOID[code], p
    _refuse("SetTrustLineFlagsResult", p)


def read_LiquidityPoolDepositResult(buf: bytes, p: int) -> tuple[LiquidityPoolDepositResult, int]:
    (code,) = _i(buf, p)
    if code not in LiquidityPoolDepositResultCode.names:
        _refuse("LiquidityPoolDepositResult", p)
    p += 4
    if code in _LiquidityPoolDepositResult_VOID:
        return _LiquidityPoolDepositResult_VOID[code], p
    _refuse("LiquidityPoolDepositResult", p)


def read_LiquidityPoolWithdrawResult(buf: bytes, p: int) -> tuple[LiquidityPoolWithdrawResult, int]:
    (code,) = _i(buf, p)
    if code not in LiquidityPoolWithdrawResultCode.names:
        _refuse("LiquidityPoolWithdrawResult", p)
    p += 4
    if code in _LiquidityPoolWithdrawResult_VOID:
        return _LiquidityPoolWithdrawResult_VOID[code], p
    _refuse("LiquidityPoolWithdrawResult", p)


def read_InvokeHostFunctionResult(buf: bytes, p: int) -> tuple[InvokeHostFunctionResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        (success,) = _32s(buf, p)
        p += 32
        return InvokeHostFunctionResult(code, success), p
    if code in _InvokeHostFunctionResult_VOID:
        return _InvokeHostFunctionResult_VOID[code], p
    _refuse("InvokeHostFunctionResult", p)


def read_ExtendFootprintTTLResult(buf: bytes, p: int) -> tuple[ExtendFootprintTTLResult, int]:
    (code,) = _i(buf, p)
    if code not in ExtendFootprintTTLResultCode.names:
        _refuse("ExtendFootprintTTLResult", p)
    p += 4
    if code in _ExtendFootprintTTLResult_VOID:
        return _ExtendFootprintTTLResult_VOID[code], p
    _refuse("ExtendFootprintTTLResult", p)


def read_RestoreFootprintResult(buf: bytes, p: int) -> tuple[RestoreFootprintResult, int]:
    (code,) = _i(buf, p)
    if code not in RestoreFootprintResultCode.names:
        _refuse("RestoreFootprintResult", p)
    p += 4
    if code in _RestoreFootprintResult_VOID:
        return _RestoreFootprintResult_VOID[code], p
    _refuse("RestoreFootprintResult", p)


def read_OperationResultTr(buf: bytes, p: int) -> tuple[OperationResultTr, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        (create_account_result,) = _i(buf, p)
        if create_account_result not in _CreateAccountResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _CreateAccountResult_VOID[create_account_result]), p
    if type_ == 1:
        (payment_result,) = _i(buf, p)
        if payment_result not in _PaymentResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _PaymentResult_VOID[payment_result]), p
    if type_ == 2:
        path_payment_strict_receive_result, p = read_PathPaymentStrictReceiveResult(buf, p)
        return OperationResultTr(type_, path_payment_strict_receive_result), p
    if type_ == 3:
        manage_sell_offer_result, p = read_ManageSellOfferResult(buf, p)
        return OperationResultTr(type_, manage_sell_offer_result), p
    if type_ == 4:
        create_passive_sell_offer_result, p = read_ManageSellOfferResult(buf, p)
        return OperationResultTr(type_, create_passive_sell_offer_result), p
    if type_ == 5:
        (set_options_result,) = _i(buf, p)
        if set_options_result not in _SetOptionsResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _SetOptionsResult_VOID[set_options_result]), p
    if type_ == 6:
        (change_trust_result,) = _i(buf, p)
        if change_trust_result not in _ChangeTrustResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _ChangeTrustResult_VOID[change_trust_result]), p
    if type_ == 7:
        (allow_trust_result,) = _i(buf, p)
        if allow_trust_result not in _AllowTrustResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _AllowTrustResult_VOID[allow_trust_result]), p
    if type_ == 8:
        (code,) = _i(buf, p)
        p += 4
        if code == 0:
            (source_account_balance,) = _q(buf, p)
            p += 8
            account_merge_result = AccountMergeResult(code, source_account_balance)
        elif code in _AccountMergeResult_VOID:
            account_merge_result = _AccountMergeResult_VOID[code]
        else:
            _refuse("AccountMergeResult", p)
        return OperationResultTr(type_, account_merge_result), p
    if type_ == 9:
        (code_2,) = _i(buf, p)
        p += 4
        if code_2 == 0:
            (payouts_length,) = _I(buf, p)
            p += 4
            payouts: list[InflationPayout] = []
            for _ in range(payouts_length):
                type__2, destination, amount = _i32sq(buf, p)
                if type__2:
                    _refuse("OperationResultTr", p)
                p += 44
                payouts.append(InflationPayout(destination, amount))
            inflation_result = InflationResult(code_2, payouts)
        elif code_2 in _InflationResult_VOID:
            inflation_result = _InflationResult_VOID[code_2]
        else:
            _refuse("InflationResult", p)
        return OperationResultTr(type_, inflation_result), p
    if type_ == 10:
        (manage_data_result,) = _i(buf, p)
        if manage_data_result not in _ManageDataResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _ManageDataResult_VOID[manage_data_result]), p
    if type_ == 11:
        (bump_seq_result,) = _i(buf, p)
        if bump_seq_result not in _BumpSequenceResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _BumpSequenceResult_VOID[bump_seq_result]), p
    if type_ == 12:
        manage_buy_offer_result, p = read_ManageBuyOfferResult(buf, p)
        return OperationResultTr(type_, manage_buy_offer_result), p
    if type_ == 13:
        path_payment_strict_send_result, p = read_PathPaymentStrictSendResult(buf, p)
        return OperationResultTr(type_, path_payment_strict_send_result), p
    if type_ == 14:
        (code_3,) = _i(buf, p)
        p += 4
        if code_3 == 0:
            type__3, balance_id = _i32s(buf, p)
            if type__3:
                _refuse("OperationResultTr", p)
            p += 36
            create_claimable_balance_result = CreateClaimableBalanceResult(code_3, balance_id)
        elif code_3 in _CreateClaimableBalanceResult_VOID:
            create_claimable_balance_result = _CreateClaimableBalanceResult_VOID[code_3]
        else:
            _refuse("CreateClaimableBalanceResult", p)
        return OperationResultTr(type_, create_claimable_balance_result), p
    if type_ == 15:
        (claim_claimable_balance_result,) = _i(buf, p)
        if claim_claimable_balance_result not in _ClaimClaimableBalanceResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _ClaimClaimableBalanceResult_VOID[claim_claimable_balance_result]), p
    if type_ == 16:
        (begin_sponsoring_future_reserves_result,) = _i(buf, p)
        if begin_sponsoring_future_reserves_result not in _BeginSponsoringFutureReservesResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(
            type_, _BeginSponsoringFutureReservesResult_VOID[begin_sponsoring_future_reserves_result]
        ), p
    if type_ == 17:
        (end_sponsoring_future_reserves_result,) = _i(buf, p)
        if end_sponsoring_future_reserves_result not in _EndSponsoringFutureReservesResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(
            type_, _EndSponsoringFutureReservesResult_VOID[end_sponsoring_future_reserves_result]
        ), p
    if type_ == 18:
        (revoke_sponsorship_result,) = _i(buf, p)
        if revoke_sponsorship_result not in _RevokeSponsorshipResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _RevokeSponsorshipResult_VOID[revoke_sponsorship_result]), p
    if type_ == 19:
        (clawback_result,) = _i(buf, p)
        if clawback_result not in _ClawbackResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _ClawbackResult_VOID[clawback_result]), p
    if type_ == 20:
        (clawback_claimable_balance_result,) = _i(buf, p)
        if clawback_claimable_balance_result not in _ClawbackClaimableBalanceResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _ClawbackClaimableBalanceResult_VOID[clawback_claimable_balance_result]), p
    if type_ == 21:
        (set_trust_line_flags_result,) = _i(buf, p)
        if set_trust_line_flags_result not in _SetTrustLineFlagsResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _SetTrustLineFlagsResult_VOID[set_trust_line_flags_result]), p
    if type_ == 22:
        (liquidity_pool_deposit_result,) = _i(buf, p)
        if liquidity_pool_deposit_result not in _LiquidityPoolDepositResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _LiquidityPoolDepositResult_VOID[liquidity_pool_deposit_result]), p
    if type_ == 23:
        (liquidity_pool_withdraw_result,) = _i(buf, p)
        if liquidity_pool_withdraw_result not in _LiquidityPoolWithdrawResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _LiquidityPoolWithdrawResult_VOID[liquidity_pool_withdraw_result]), p
    if type_ == 24:
        (code_4,) = _i(buf, p)
        p += 4
        if code_4 == 0:
            (success,) = _32s(buf, p)
            p += 32
            invoke_host_function_result = InvokeHostFunctionResult(code_4, success)
        elif code_4 in _InvokeHostFunctionResult_VOID:
            invoke_host_function_result = _InvokeHostFunctionResult_VOID[code_4]
        else:
            _refuse("InvokeHostFunctionResult", p)
        return OperationResultTr(type_, invoke_host_function_result), p
    if type_ == 25:
        (extend_footprint_ttl_result,) = _i(buf, p)
        if extend_footprint_ttl_result not in _ExtendFootprintTTLResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _ExtendFootprintTTLResult_VOID[extend_footprint_ttl_result]), p
    if type_ == 26:
        (restore_footprint_result,) = _i(buf, p)
        if restore_footprint_result not in _RestoreFootprintResult_VOID:
            _refuse("OperationResultTr", p)
        p += 4
        return OperationResultTr(type_, _RestoreFootprintResult_VOID[restore_footprint_result]), p
    _refuse("OperationResultTr", p)


def read_OperationResult(buf: bytes, p: int) -> tuple[OperationResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        tr, p = read_OperationResultTr(buf, p)
        return OperationResult(code, tr), p
    if code in _OperationResult_VOID:
        return _OperationResult_VOID[code], p
    _refuse("OperationResult", p)


def read_InnerTransactionResultResult(buf: bytes, p: int) -> tuple[InnerTransactionResultResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 0:
        (results_length,) = _I(buf, p)
        p += 4
        results: list[OperationResult] = []
        for _ in range(results_length):
            item, p = read_OperationResult(buf, p)
            results.append(item)
        return InnerTransactionResultResult(code, results), p
    if code == -1:
        (results_length_2,) = _I(buf, p)
        p += 4
        results_2: list[OperationResult] = []
        for _ in range(results_length_2):
            item_2, p = read_OperationResult(buf, p)
            results_2.append(item_2)
        return InnerTransactionResultResult(code, results_2), p
    if code in _InnerTransactionResultResult_VOID:
        return _InnerTransactionResultResult_VOID[code], p
    _refuse("InnerTransactionResultResult", p)


def read_InnerTransactionResult(buf: bytes, p: int) -> tuple[InnerTransactionResult, int]:
    (fee_charged,) = _q(buf, p)
    p += 8
    result, p = read_InnerTransactionResultResult(buf, p)
    (v,) = _i(buf, p)
    if v:
        _refuse("InnerTransactionResult", p)
    p += 4
    return InnerTransactionResult(fee_charged, result), p


def read_InnerTransactionResultPair(buf: bytes, p: int) -> tuple[InnerTransactionResultPair, int]:
    (transaction_hash,) = _32s(buf, p)
    p += 32
    result, p = read_InnerTransactionResult(buf, p)
    return InnerTransactionResultPair(transaction_hash, result), p


def read_TransactionResultResult(buf: bytes, p: int) -> tuple[TransactionResultResult, int]:
    (code,) = _i(buf, p)
    p += 4
    if code == 1:
        inner_result_pair, p = read_InnerTransactionResultPair(buf, p)
        return TransactionResultResult(code, inner_result_pair), p
    if code == -13:
        inner_result_pair_2, p = read_InnerTransactionResultPair(buf, p)
        return TransactionResultResult(code, inner_result_pair_2), p
    if code == 0:
        (results_length,) = _I(buf, p)
        p += 4
        results: list[OperationResult] = []
        for _ in range(results_length):
            item, p = read_OperationResult(buf, p)
            results.append(item)
        return TransactionResultResult(code, results), p
    if code == -1:
        (results_length_2,) = _I(buf, p)
        p += 4
        results_2: list[OperationResult] = []
        for _ in range(results_length_2):
            item_2, p = read_OperationResult(buf, p)
            results_2.append(item_2)
        return TransactionResultResult(code, results_2), p
    if code in _TransactionResultResult_VOID:
        return _TransactionResultResult_VOID[code], p
    _refuse("TransactionResultResult", p)


def read_TransactionResult(buf: bytes, p: int) -> tuple[TransactionResult, int]:
    (fee_charged,) = _q(buf, p)
    p += 8
    result, p = read_TransactionResultResult(buf, p)
    (v,) = _i(buf, p)
    if v:
        _refuse("TransactionResult", p)
    p += 4
    return TransactionResult(fee_charged, result), p


def read_TransactionResultPair(buf: bytes, p: int) -> tuple[TransactionResultPair, int]:
    first = p
    (transaction_hash,) = _32s(buf, p)
    p += 32
    result, p = read_TransactionResult(buf, p)
    return TransactionResultPair(transaction_hash, result, buf[first:p]), p


def read_Liabilities(buf: bytes, p: int) -> tuple[Liabilities, int]:
    buying, selling = _2q(buf, p)
    p += 16
    return Liabilities(buying, selling), p


def skip_Liabilities(buf: bytes, p: int) -> int:
    return p + 16


def read_AccountEntryExtensionV3(buf: bytes, p: int) -> tuple[AccountEntryExtensionV3, int]:
    v, seq_ledger, seq_time = _iIQ(buf, p)
    if v:
        _refuse("AccountEntryExtensionV3", p)
    p += 16
    return AccountEntryExtensionV3(seq_ledger, seq_time), p


def skip_AccountEntryExtensionV3(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    if v:
        _refuse("AccountEntryExtensionV3", p)
    return p + 16


def read_AccountEntryExtensionV2Ext(buf: bytes, p: int) -> tuple[AccountEntryExtensionV2Ext, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 3:
        v_2, seq_ledger, seq_time = _iIQ(buf, p)
        if v_2:
            _refuse("AccountEntryExtensionV2Ext", p)
        p += 16
        return AccountEntryExtensionV2Ext(v, AccountEntryExtensionV3(seq_ledger, seq_time)), p
    if v in _AccountEntryExtensionV2Ext_VOID:
        return _AccountEntryExtensionV2Ext_VOID[v], p
    _refuse("AccountEntryExtensionV2Ext", p)


def skip_AccountEntryExtensionV2Ext(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    p += 4
    if v == 3:
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("AccountEntryExtensionV2Ext", p)
        p += 16
    elif v not in _AccountEntryExtensionV2Ext_VOID:
        _refuse("AccountEntryExtensionV2Ext", p)
    return p


def read_AccountEntryExtensionV2(buf: bytes, p: int) -> tuple[AccountEntryExtensionV2, int]:
    num_sponsored, num_sponsoring, signer_sponsoring_i_ds_length = _3I(buf, p)
    if signer_sponsoring_i_ds_length > 20:
        _refuse("AccountEntryExtensionV2", p)
    p += 12
    signer_sponsoring_i_ds: list[bytes | None] = []
    for _ in range(signer_sponsoring_i_ds_length):
        (has_item,) = _I(buf, p)
        if has_item > 1:
            _refuse("AccountEntryExtensionV2", p)
        p += 4
        item: bytes | None = None
        if has_item:
            type_, item_2 = _i32s(buf, p)
            if type_:
                _refuse("AccountEntryExtensionV2", p)
            p += 36
            item = item_2
        signer_sponsoring_i_ds.append(item)
    (v,) = _i(buf, p)
    p += 4
    if v == 3:
        v_2, seq_ledger, seq_time = _iIQ(buf, p)
        if v_2:
            _refuse("AccountEntryExtensionV2", p)
        p += 16
        ext = AccountEntryExtensionV2Ext(v, AccountEntryExtensionV3(seq_ledger, seq_time))
    elif v in _AccountEntryExtensionV2Ext_VOID:
        ext = _AccountEntryExtensionV2Ext_VOID[v]
    else:
        _refuse("AccountEntryExtensionV2Ext", p)
    return AccountEntryExtensionV2(num_sponsored, num_sponsoring, signer_sponsoring_i_ds, ext), p


def skip_AccountEntryExtensionV2(buf: bytes, p: int) -> int:
    (signer_sponsoring_i_ds_length,) = _8xI(buf, p)
    if signer_sponsoring_i_ds_length > 20:
        _refuse("AccountEntryExtensionV2", p)
    p += 12
    for _ in range(signer_sponsoring_i_ds_length):
        (has_sponsorshipdescriptor,) = _I(buf, p)
        if has_sponsorshipdescriptor > 1:
            _refuse("AccountEntryExtensionV2", p)
        p += 4
        if has_sponsorshipdescriptor:
            (type_,) = _i(buf, p)
            if type_:
                _refuse("AccountEntryExtensionV2", p)
            p += 36
    (v,) = _i(buf, p)
    p += 4
    if v == 3:
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("AccountEntryExtensionV2", p)
        p += 16
    elif v not in _AccountEntryExtensionV2Ext_VOID:
        _refuse("AccountEntryExtensionV2Ext", p)
    return p


def read_AccountEntryExtensionV1Ext(buf: bytes, p: int) -> tuple[AccountEntryExtensionV1Ext, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 2:
        v2, p = read_AccountEntryExtensionV2(buf, p)
        return AccountEntryExtensionV1Ext(v, v2), p
    if v in _AccountEntryExtensionV1Ext_VOID:
        return _AccountEntryExtensionV1Ext_VOID[v], p
    _refuse("AccountEntryExtensionV1Ext", p)


def skip_AccountEntryExtensionV1Ext(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    p += 4
    if v == 2:
        p = skip_AccountEntryExtensionV2(buf, p)
    elif v not in _AccountEntryExtensionV1Ext_VOID:
        _refuse("AccountEntryExtensionV1Ext", p)
    return p


def read_AccountEntryExtensionV1(buf: bytes, p: int) -> tuple[AccountEntryExtensionV1, int]:
    buying, selling = _2q(buf, p)
    p += 16
    ext, p = read_AccountEntryExtensionV1Ext(buf, p)
    return AccountEntryExtensionV1(Liabilities(buying, selling), ext), p


def skip_AccountEntryExtensionV1(buf: bytes, p: int) -> int:
    p += 16
    p = skip_AccountEntryExtensionV1Ext(buf, p)
    return p


def read_AccountEntryExt(buf: bytes, p: int) -> tuple[AccountEntryExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v1, p = read_AccountEntryExtensionV1(buf, p)
        return AccountEntryExt(v, v1), p
    if v in _AccountEntryExt_VOID:
        return _AccountEntryExt_VOID[v], p
    _refuse("AccountEntryExt", p)


def skip_AccountEntryExt(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        p = skip_AccountEntryExtensionV1(buf, p)
    elif v not in _AccountEntryExt_VOID:
        _refuse("AccountEntryExt", p)
    return p


def read_AccountEntry(buf: bytes, p: int) -> tuple[AccountEntry, int]:
    type_, account_id, balance, seq_num, num_sub_entries, has_inflation_dest = _i32s2q2I(buf, p)
    if type_ or has_inflation_dest > 1:
        _refuse("AccountEntry", p)
    p += 60
    inflation_dest: bytes | None = None
    if has_inflation_dest:
        type__2, inflation_dest_2 = _i32s(buf, p)
        if type__2:
            _refuse("AccountEntry", p)
        p += 36
        inflation_dest = inflation_dest_2
    flags, home_domain_length = _2I(buf, p)
    if home_domain_length > 32:
        _refuse("AccountEntry", p)
    p += 8
    end = p + home_domain_length
    home_domain = buf[p:end]
    p = end + (-home_domain_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("AccountEntry", p)
    thresholds, signers_length = _4sI(buf, p)
    if signers_length > 20:
        _refuse("AccountEntry", p)
    p += 8
    signers: list[Signer] = []
    for _ in range(signers_length):
        item, p = read_Signer(buf, p)
        signers.append(item)
    ext, p = read_AccountEntryExt(buf, p)
    return AccountEntry(
        account_id, balance, seq_num, num_sub_entries, inflation_dest, flags, home_domain, thresholds, signers, ext
    ), p


def skip_AccountEntry(buf: bytes, p: int) -> int:
    type_, has_inflation_dest = _i52xI(buf, p)
    if type_ or has_inflation_dest > 1:
        _refuse("AccountEntry", p)
    p += 60
    if has_inflation_dest:
        (type__2,) = _i(buf, p)
        if type__2:
            _refuse("AccountEntry", p)
        p += 36
    (string32_length,) = _4xI(buf, p)
    if string32_length > 32:
        _refuse("AccountEntry", p)
    p += 8
    end = p + string32_length
    p = end + (-string32_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("AccountEntry", p)
    (signers_length,) = _4xI(buf, p)
    if signers_length > 20:
        _refuse("AccountEntry", p)
    p += 8
    for _ in range(signers_length):
        p = skip_Signer(buf, p)
    p = skip_AccountEntryExt(buf, p)
    return p


def read_TrustLineEntryExtensionV2(buf: bytes, p: int) -> tuple[TrustLineEntryExtensionV2, int]:
    liquidity_pool_use_count, v = _2i(buf, p)
    if v:
        _refuse("TrustLineEntryExtensionV2", p)
    p += 8
    return TrustLineEntryExtensionV2(liquidity_pool_use_count), p


def skip_TrustLineEntryExtensionV2(buf: bytes, p: int) -> int:
    (v,) = _4xi(buf, p)
    if v:
        _refuse("TrustLineEntryExtensionV2", p)
    return p + 8


def read_TrustLineEntryV1Ext(buf: bytes, p: int) -> tuple[TrustLineEntryV1Ext, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 2:
        liquidity_pool_use_count, v_2 = _2i(buf, p)
        if v_2:
            _refuse("TrustLineEntryV1Ext", p)
        p += 8
        return TrustLineEntryV1Ext(v, TrustLineEntryExtensionV2(liquidity_pool_use_count)), p
    if v in _TrustLineEntryV1Ext_VOID:
        return _TrustLineEntryV1Ext_VOID[v], p
    _refuse("TrustLineEntryV1Ext", p)


def skip_TrustLineEntryV1Ext(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    p += 4
    if v == 2:
        (v_2,) = _4xi(buf, p)
        if v_2:
            _refuse("TrustLineEntryV1Ext", p)
        p += 8
    elif v not in _TrustLineEntryV1Ext_VOID:
        _refuse("TrustLineEntryV1Ext", p)
    return p


def read_TrustLineEntryV1(buf: bytes, p: int) -> tuple[TrustLineEntryV1, int]:
    buying, selling, v = _2qi(buf, p)
    p += 20
    if v == 2:
        liquidity_pool_use_count, v_2 = _2i(buf, p)
        if v_2:
            _refuse("TrustLineEntryV1", p)
        p += 8
        ext = TrustLineEntryV1Ext(v, TrustLineEntryExtensionV2(liquidity_pool_use_count))
    elif v in _TrustLineEntryV1Ext_VOID:
        ext = _TrustLineEntryV1Ext_VOID[v]
    else:
        _refuse("TrustLineEntryV1Ext", p)
    return TrustLineEntryV1(Liabilities(buying, selling), ext), p


def skip_TrustLineEntryV1(buf: bytes, p: int) -> int:
    (v,) = _16xi(buf, p)
    p += 20
    if v == 2:
        (v_2,) = _4xi(buf, p)
        if v_2:
            _refuse("TrustLineEntryV1", p)
        p += 8
    elif v not in _TrustLineEntryV1Ext_VOID:
        _refuse("TrustLineEntryV1Ext", p)
    return p


def read_TrustLineEntryExt(buf: bytes, p: int) -> tuple[TrustLineEntryExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        buying, selling, v_2 = _2qi(buf, p)
        p += 20
        if v_2 == 2:
            liquidity_pool_use_count, v_3 = _2i(buf, p)
            if v_3:
                _refuse("TrustLineEntryExt", p)
            p += 8
            ext = TrustLineEntryV1Ext(v_2, TrustLineEntryExtensionV2(liquidity_pool_use_count))
        elif v_2 in _TrustLineEntryV1Ext_VOID:
            ext = _TrustLineEntryV1Ext_VOID[v_2]
        else:
            _refuse("TrustLineEntryV1Ext", p)
        return TrustLineEntryExt(v, TrustLineEntryV1(Liabilities(buying, selling), ext)), p
    if v in _TrustLineEntryExt_VOID:
        return _TrustLineEntryExt_VOID[v], p
    _refuse("TrustLineEntryExt", p)


def skip_TrustLineEntryExt(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (v_2,) = _16xi(buf, p)
        p += 20
        if v_2 == 2:
            (v_3,) = _4xi(buf, p)
            if v_3:
                _refuse("TrustLineEntryExt", p)
            p += 8
        elif v_2 not in _TrustLineEntryV1Ext_VOID:
            _refuse("TrustLineEntryV1Ext", p)
    elif v not in _TrustLineEntryExt_VOID:
        _refuse("TrustLineEntryExt", p)
    return p


def read_TrustLineEntry(buf: bytes, p: int) -> tuple[TrustLineEntry, int]:
    type_, account_id = _i32s(buf, p)
    if type_:
        _refuse("TrustLineEntry", p)
    p += 36
    asset, p = read_TrustLineAsset(buf, p)
    balance, limit, flags, v = _2qIi(buf, p)
    p += 24
    if v == 1:
        buying, selling, v_2 = _2qi(buf, p)
        p += 20
        if v_2 == 2:
            liquidity_pool_use_count, v_3 = _2i(buf, p)
            if v_3:
                _refuse("TrustLineEntry", p)
            p += 8
            ext_2 = TrustLineEntryV1Ext(v_2, TrustLineEntryExtensionV2(liquidity_pool_use_count))
        elif v_2 in _TrustLineEntryV1Ext_VOID:
            ext_2 = _TrustLineEntryV1Ext_VOID[v_2]
        else:
            _refuse("TrustLineEntryV1Ext", p)
        ext = TrustLineEntryExt(v, TrustLineEntryV1(Liabilities(buying, selling), ext_2))
    elif v in _TrustLineEntryExt_VOID:
        ext = _TrustLineEntryExt_VOID[v]
    else:
        _refuse("TrustLineEntryExt", p)
    return TrustLineEntry(account_id, asset, balance, limit, flags, ext), p


def skip_TrustLineEntry(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    if type_:
        _refuse("TrustLineEntry", p)
    p += 36
    p = skip_TrustLineAsset(buf, p)
    (v,) = _20xi(buf, p)
    p += 24
    if v == 1:
        (v_2,) = _16xi(buf, p)
        p += 20
        if v_2 == 2:
            (v_3,) = _4xi(buf, p)
            if v_3:
                _refuse("TrustLineEntry", p)
            p += 8
        elif v_2 not in _TrustLineEntryV1Ext_VOID:
            _refuse("TrustLineEntryV1Ext", p)
    elif v not in _TrustLineEntryExt_VOID:
        _refuse("TrustLineEntryExt", p)
    return p


def read_DataEntry(buf: bytes, p: int) -> tuple[DataEntry, int]:
    type_, account_id, data_name_length = _i32sI(buf, p)
    if type_ or data_name_length > 64:
        _refuse("DataEntry", p)
    p += 40
    end = p + data_name_length
    data_name = buf[p:end]
    p = end + (-data_name_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("DataEntry", p)
    (data_value_length,) = _I(buf, p)
    if data_value_length > 64:
        _refuse("DataEntry", p)
    p += 4
    end_2 = p + data_value_length
    data_value = buf[p:end_2]
    p = end_2 + (-data_value_length & 3)
    if buf[end_2:p] > _ZEROS:
        _refuse("DataEntry", p)
    (v,) = _i(buf, p)
    if v:
        _refuse("DataEntry", p)
    p += 4
    return DataEntry(account_id, data_name, data_value), p


def skip_DataEntry(buf: bytes, p: int) -> int:
    type_, string64_length = _i32xI(buf, p)
    if type_ or string64_length > 64:
        _refuse("DataEntry", p)
    p += 40
    end = p + string64_length
    p = end + (-string64_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("DataEntry", p)
    (datavalue_length,) = _I(buf, p)
    if datavalue_length > 64:
        _refuse("DataEntry", p)
    p += 4
    end_2 = p + datavalue_length
    p = end_2 + (-datavalue_length & 3)
    if buf[end_2:p] > _ZEROS:
        _refuse("DataEntry", p)
    (v,) = _i(buf, p)
    if v:
        _refuse("DataEntry", p)
    return p + 4


def read_ClaimableBalanceEntryExtensionV1(buf: bytes, p: int) -> tuple[ClaimableBalanceEntryExtensionV1, int]:
    v, flags = _iI(buf, p)
    if v:
        _refuse("ClaimableBalanceEntryExtensionV1", p)
    p += 8
    return ClaimableBalanceEntryExtensionV1(flags), p


def skip_ClaimableBalanceEntryExtensionV1(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    if v:
        _refuse("ClaimableBalanceEntryExtensionV1", p)
    return p + 8


def read_ClaimableBalanceEntryExt(buf: bytes, p: int) -> tuple[ClaimableBalanceEntryExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v_2, flags = _iI(buf, p)
        if v_2:
            _refuse("ClaimableBalanceEntryExt", p)
        p += 8
        return ClaimableBalanceEntryExt(v, ClaimableBalanceEntryExtensionV1(flags)), p
    if v in _ClaimableBalanceEntryExt_VOID:
        return _ClaimableBalanceEntryExt_VOID[v], p
    _refuse("ClaimableBalanceEntryExt", p)


def skip_ClaimableBalanceEntryExt(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("ClaimableBalanceEntryExt", p)
        p += 8
    elif v not in _ClaimableBalanceEntryExt_VOID:
        _refuse("ClaimableBalanceEntryExt", p)
    return p


def read_ClaimableBalanceEntry(buf: bytes, p: int) -> tuple[ClaimableBalanceEntry, int]:
    type_, balance_id, claimants_length = _i32sI(buf, p)
    if type_ or claimants_length > 10:
        _refuse("ClaimableBalanceEntry", p)
    p += 40
    claimants: list[ClaimantV0] = []
    for _ in range(claimants_length):
        type__2, type__3, destination = _2i32s(buf, p)
        if type__2 or type__3:
            _refuse("ClaimableBalanceEntry", p)
        p += 40
        predicate, p = read_ClaimPredicate(buf, p)
        claimants.append(ClaimantV0(destination, predicate))
    asset, p = read_Asset(buf, p)
    amount, v = _qi(buf, p)
    p += 12
    if v == 1:
        v_2, flags = _iI(buf, p)
        if v_2:
            _refuse("ClaimableBalanceEntry", p)
        p += 8
        ext = ClaimableBalanceEntryExt(v, ClaimableBalanceEntryExtensionV1(flags))
    elif v in _ClaimableBalanceEntryExt_VOID:
        ext = _ClaimableBalanceEntryExt_VOID[v]
    else:
        _refuse("ClaimableBalanceEntryExt", p)
    return ClaimableBalanceEntry(balance_id, claimants, asset, amount, ext), p


def skip_ClaimableBalanceEntry(buf: bytes, p: int) -> int:
    type_, claimants_length = _i32xI(buf, p)
    if type_ or claimants_length > 10:
        _refuse("ClaimableBalanceEntry", p)
    p += 40
    for _ in range(claimants_length):
        type__2, type__3 = _2i(buf, p)
        if type__2 or type__3:
            _refuse("ClaimableBalanceEntry", p)
        p += 40
        p = skip_ClaimPredicate(buf, p)
    p = skip_Asset(buf, p)
    (v,) = _8xi(buf, p)
    p += 12
    if v == 1:
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("ClaimableBalanceEntry", p)
        p += 8
    elif v not in _ClaimableBalanceEntryExt_VOID:
        _refuse("ClaimableBalanceEntryExt", p)
    return p


def read_LiquidityPoolEntryConstantProduct(buf: bytes, p: int) -> tuple[LiquidityPoolEntryConstantProduct, int]:
    params, p = read_LiquidityPoolConstantProductParameters(buf, p)
    reserve_a, reserve_b, total_pool_shares, pool_shares_trust_line_count = _4q(buf, p)
    p += 32
    return LiquidityPoolEntryConstantProduct(
        params, reserve_a, reserve_b, total_pool_shares, pool_shares_trust_line_count
    ), p


def skip_LiquidityPoolEntryConstantProduct(buf: bytes, p: int) -> int:
    p = skip_LiquidityPoolConstantProductParameters(buf, p)
    return p + 32


def read_LiquidityPoolEntry(buf: bytes, p: int) -> tuple[LiquidityPoolEntry, int]:
    liquidity_pool_id, type_ = _32si(buf, p)
    if type_:
        _refuse("LiquidityPoolEntry", p)
    p += 36
    body, p = read_LiquidityPoolEntryConstantProduct(buf, p)
    return LiquidityPoolEntry(liquidity_pool_id, body), p


def skip_LiquidityPoolEntry(buf: bytes, p: int) -> int:
    (type_,) = _32xi(buf, p)
    if type_:
        _refuse("LiquidityPoolEntry", p)
    p += 36
    p = skip_LiquidityPoolEntryConstantProduct(buf, p)
    return p


def read_ContractDataEntry(buf: bytes, p: int) -> tuple[ContractDataEntry, int]:
    (v,) = _i(buf, p)
    if v:
        _refuse("ContractDataEntry", p)
    p += 4
    contract, p = read_SCAddress(buf, p)
    end = skip_SCVal(buf, p)
    key = buf[p:end]
    p = end
    (durability,) = _i(buf, p)
    p += 4
    end_2 = skip_SCVal(buf, p)
    val = buf[p:end_2]
    p = end_2
    return ContractDataEntry(contract, key, durability, val), p


def skip_ContractDataEntry(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    if v:
        _refuse("ContractDataEntry", p)
    p += 4
    p = skip_SCAddress(buf, p)
    p = skip_SCVal(buf, p)
    p += 4
    p = skip_SCVal(buf, p)
    return p


def read_ContractCodeCostInputs(buf: bytes, p: int) -> tuple[ContractCodeCostInputs, int]:
    (
        v,
        n_instructions,
        n_functions,
        n_globals,
        n_table_entries,
        n_types,
        n_data_segments,
        n_elem_segments,
        n_imports,
        n_exports,
        n_data_segment_bytes,
    ) = _i10I(buf, p)
    if v:
        _refuse("ContractCodeCostInputs", p)
    p += 44
    return ContractCodeCostInputs(
        n_instructions,
        n_functions,
        n_globals,
        n_table_entries,
        n_types,
        n_data_segments,
        n_elem_segments,
        n_imports,
        n_exports,
        n_data_segment_bytes,
    ), p


def skip_ContractCodeCostInputs(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    if v:
        _refuse("ContractCodeCostInputs", p)
    return p + 44


def read_ContractCodeEntryV1(buf: bytes, p: int) -> tuple[ContractCodeEntryV1, int]:
    (
        v,
        v_2,
        n_instructions,
        n_functions,
        n_globals,
        n_table_entries,
        n_types,
        n_data_segments,
        n_elem_segments,
        n_imports,
        n_exports,
        n_data_segment_bytes,
    ) = _2i10I(buf, p)
    if v or v_2:
        _refuse("ContractCodeEntryV1", p)
    p += 48
    return ContractCodeEntryV1(
        ContractCodeCostInputs(
            n_instructions,
            n_functions,
            n_globals,
            n_table_entries,
            n_types,
            n_data_segments,
            n_elem_segments,
            n_imports,
            n_exports,
            n_data_segment_bytes,
        )
    ), p


def skip_ContractCodeEntryV1(buf: bytes, p: int) -> int:
    v, v_2 = _2i(buf, p)
    if v or v_2:
        _refuse("ContractCodeEntryV1", p)
    return p + 48


def read_ContractCodeEntryExt(buf: bytes, p: int) -> tuple[ContractCodeEntryExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (
            v_2,
            v_3,
            n_instructions,
            n_functions,
            n_globals,
            n_table_entries,
            n_types,
            n_data_segments,
            n_elem_segments,
            n_imports,
            n_exports,
            n_data_segment_bytes,
        ) = _2i10I(buf, p)
        if v_2 or v_3:
            _refuse("ContractCodeEntryExt", p)
        p += 48
        return ContractCodeEntryExt(
            v,
            ContractCodeEntryV1(
                ContractCodeCostInputs(
                    n_instructions,
                    n_functions,
                    n_globals,
                    n_table_entries,
                    n_types,
                    n_data_segments,
                    n_elem_segments,
                    n_imports,
                    n_exports,
                    n_data_segment_bytes,
                )
            ),
        ), p
    if v in _ContractCodeEntryExt_VOID:
        return _ContractCodeEntryExt_VOID[v], p
    _refuse("ContractCodeEntryExt", p)


def skip_ContractCodeEntryExt(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v_2, v_3 = _2i(buf, p)
        if v_2 or v_3:
            _refuse("ContractCodeEntryExt", p)
        p += 48
    elif v not in _ContractCodeEntryExt_VOID:
        _refuse("ContractCodeEntryExt", p)
    return p


def read_ContractCodeEntry(buf: bytes, p: int) -> tuple[ContractCodeEntry, int]:
    ext, p = read_ContractCodeEntryExt(buf, p)
    hash_, code_length = _32sI(buf, p)
    p += 36
    end = p + code_length
    code = buf[p:end]
    p = end + (-code_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("ContractCodeEntry", p)
    return ContractCodeEntry(ext, hash_, code), p


def skip_ContractCodeEntry(buf: bytes, p: int) -> int:
    p = skip_ContractCodeEntryExt(buf, p)
    (code_length,) = _32xI(buf, p)
    p += 36
    end = p + code_length
    p = end + (-code_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("ContractCodeEntry", p)
    return p


def read_ConfigSettingContractComputeV0(buf: bytes, p: int) -> tuple[ConfigSettingContractComputeV0, int]:
    ledger_max_instructions, tx_max_instructions, fee_rate_per_instructions_increment, tx_memory_limit = _3qI(buf, p)
    p += 28
    return ConfigSettingContractComputeV0(
        ledger_max_instructions, tx_max_instructions, fee_rate_per_instructions_increment, tx_memory_limit
    ), p


def skip_ConfigSettingContractComputeV0(buf: bytes, p: int) -> int:
    return p + 28


def read_ConfigSettingContractLedgerCostV0(buf: bytes, p: int) -> tuple[ConfigSettingContractLedgerCostV0, int]:
    (
        ledger_max_disk_read_entries,
        ledger_max_disk_read_bytes,
        ledger_max_write_ledger_entries,
        ledger_max_write_bytes,
        tx_max_disk_read_entries,
        tx_max_disk_read_bytes,
        tx_max_write_ledger_entries,
        tx_max_write_bytes,
        fee_disk_read_ledger_entry,
        fee_write_ledger_entry,
        fee_disk_read1_kb,
        soroban_state_target_size_bytes,
        rent_fee1_kb_soroban_state_size_low,
        rent_fee1_kb_soroban_state_size_high,
        soroban_state_rent_fee_growth_factor,
    ) = _8I6qI(buf, p)
    p += 84
    return ConfigSettingContractLedgerCostV0(
        ledger_max_disk_read_entries,
        ledger_max_disk_read_bytes,
        ledger_max_write_ledger_entries,
        ledger_max_write_bytes,
        tx_max_disk_read_entries,
        tx_max_disk_read_bytes,
        tx_max_write_ledger_entries,
        tx_max_write_bytes,
        fee_disk_read_ledger_entry,
        fee_write_ledger_entry,
        fee_disk_read1_kb,
        soroban_state_target_size_bytes,
        rent_fee1_kb_soroban_state_size_low,
        rent_fee1_kb_soroban_state_size_high,
        soroban_state_rent_fee_growth_factor,
    ), p


def skip_ConfigSettingContractLedgerCostV0(buf: bytes, p: int) -> int:
    return p + 84


def read_ConfigSettingContractHistoricalDataV0(buf: bytes, p: int) -> tuple[ConfigSettingContractHistoricalDataV0, int]:
    (fee_historical1_kb,) = _q(buf, p)
    p += 8
    return ConfigSettingContractHistoricalDataV0(fee_historical1_kb), p


def skip_ConfigSettingContractHistoricalDataV0(buf: bytes, p: int) -> int:
    return p + 8


def read_ConfigSettingContractEventsV0(buf: bytes, p: int) -> tuple[ConfigSettingContractEventsV0, int]:
    tx_max_contract_events_size_bytes, fee_contract_events1_kb = _Iq(buf, p)
    p += 12
    return ConfigSettingContractEventsV0(tx_max_contract_events_size_bytes, fee_contract_events1_kb), p


def skip_ConfigSettingContractEventsV0(buf: bytes, p: int) -> int:
    return p + 12


def read_ConfigSettingContractBandwidthV0(buf: bytes, p: int) -> tuple[ConfigSettingContractBandwidthV0, int]:
    ledger_max_txs_size_bytes, tx_max_size_bytes, fee_tx_size1_kb = _2Iq(buf, p)
    p += 16
    return ConfigSettingContractBandwidthV0(ledger_max_txs_size_bytes, tx_max_size_bytes, fee_tx_size1_kb), p


def skip_ConfigSettingContractBandwidthV0(buf: bytes, p: int) -> int:
    return p + 16


def read_ContractCostParamEntry(buf: bytes, p: int) -> tuple[ContractCostParamEntry, int]:
    v, const_term, linear_term = _i2q(buf, p)
    if v:
        _refuse("ContractCostParamEntry", p)
    p += 20
    return ContractCostParamEntry(const_term, linear_term), p


def skip_ContractCostParamEntry(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    if v:
        _refuse("ContractCostParamEntry", p)
    return p + 20


def read_ContractCostParams(buf: bytes, p: int) -> tuple[list[ContractCostParamEntry], int]:
    (items_length,) = _I(buf, p)
    if items_length > 1024:
        _refuse("ContractCostParams", p)
    p += 4
    items: list[ContractCostParamEntry] = []
    for _ in range(items_length):
        v, const_term, linear_term = _i2q(buf, p)
        if v:
            _refuse("ContractCostParams", p)
        p += 20
        items.append(ContractCostParamEntry(const_term, linear_term))
    return items, p


def skip_ContractCostParams(buf: bytes, p: int) -> int:
    (contractcostparams_length,) = _I(buf, p)
    if contractcostparams_length > 1024:
        _refuse("ContractCostParams", p)
    p += 4
    for _ in range(contractcostparams_length):
        (v,) = _i(buf, p)
        if v:
            _refuse("ContractCostParams", p)
        p += 20
    return p


def read_StateArchivalSettings(buf: bytes, p: int) -> tuple[StateArchivalSettings, int]:
    (
        max_entry_ttl,
        min_temporary_ttl,
        min_persistent_ttl,
        persistent_rent_rate_denominator,
        temp_rent_rate_denominator,
        max_entries_to_archive,
        live_soroban_state_size_window_sample_size,
        live_soroban_state_size_window_sample_period,
        eviction_scan_size,
        starting_eviction_scan_level,
    ) = _3I2q5I(buf, p)
    p += 48
    return StateArchivalSettings(
        max_entry_ttl,
        min_temporary_ttl,
        min_persistent_ttl,
        persistent_rent_rate_denominator,
        temp_rent_rate_denominator,
        max_entries_to_archive,
        live_soroban_state_size_window_sample_size,
        live_soroban_state_size_window_sample_period,
        eviction_scan_size,
        starting_eviction_scan_level,
    ), p


def skip_StateArchivalSettings(buf: bytes, p: int) -> int:
    return p + 48


def read_ConfigSettingContractExecutionLanesV0(buf: bytes, p: int) -> tuple[ConfigSettingContractExecutionLanesV0, int]:
    (ledger_max_tx_count,) = _I(buf, p)
    p += 4
    return ConfigSettingContractExecutionLanesV0(ledger_max_tx_count), p


def skip_ConfigSettingContractExecutionLanesV0(buf: bytes, p: int) -> int:
    return p + 4


def read_EvictionIterator(buf: bytes, p: int) -> tuple[EvictionIterator, int]:
    bucket_list_level, is_curr_bucket, bucket_file_offset = _2IQ(buf, p)
    if is_curr_bucket > 1:
        _refuse("EvictionIterator", p)
    p += 16
    return EvictionIterator(bucket_list_level, is_curr_bucket == 1, bucket_file_offset), p


def skip_EvictionIterator(buf: bytes, p: int) -> int:
    (is_curr_bucket,) = _4xI(buf, p)
    if is_curr_bucket > 1:
        _refuse("EvictionIterator", p)
    return p + 16


def read_ConfigSettingContractParallelComputeV0(
    buf: bytes, p: int
) -> tuple[ConfigSettingContractParallelComputeV0, int]:
    (ledger_max_dependent_tx_clusters,) = _I(buf, p)
    p += 4
    return ConfigSettingContractParallelComputeV0(ledger_max_dependent_tx_clusters), p


def skip_ConfigSettingContractParallelComputeV0(buf: bytes, p: int) -> int:
    return p + 4


def read_ConfigSettingContractLedgerCostExtV0(buf: bytes, p: int) -> tuple[ConfigSettingContractLedgerCostExtV0, int]:
    tx_max_footprint_entries, fee_write1_kb = _Iq(buf, p)
    p += 12
    return ConfigSettingContractLedgerCostExtV0(tx_max_footprint_entries, fee_write1_kb), p


def skip_ConfigSettingContractLedgerCostExtV0(buf: bytes, p: int) -> int:
    return p + 12


def read_ConfigSettingSCPTiming(buf: bytes, p: int) -> tuple[ConfigSettingSCPTiming, int]:
    (
        ledger_target_close_time_milliseconds,
        nomination_timeout_initial_milliseconds,
        nomination_timeout_increment_milliseconds,
        ballot_timeout_initial_milliseconds,
        ballot_timeout_increment_milliseconds,
    ) = _5I(buf, p)
    p += 20
    return ConfigSettingSCPTiming(
        ledger_target_close_time_milliseconds,
        nomination_timeout_initial_milliseconds,
        nomination_timeout_increment_milliseconds,
        ballot_timeout_initial_milliseconds,
        ballot_timeout_increment_milliseconds,
    ), p


def skip_ConfigSettingSCPTiming(buf: bytes, p: int) -> int:
    return p + 20


def read_FrozenLedgerKeys(buf: bytes, p: int) -> tuple[FrozenLedgerKeys, int]:
    (keys_length,) = _I(buf, p)
    p += 4
    keys: list[bytes] = []
    for _ in range(keys_length):
        (item_length,) = _I(buf, p)
        p += 4
        end = p + item_length
        item = buf[p:end]
        p = end + (-item_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("FrozenLedgerKeys", p)
        keys.append(item)
    return FrozenLedgerKeys(keys), p


def skip_FrozenLedgerKeys(buf: bytes, p: int) -> int:
    (keys_length,) = _I(buf, p)
    p += 4
    for _ in range(keys_length):
        (encodedledgerkey_length,) = _I(buf, p)
        p += 4
        end = p + encodedledgerkey_length
        p = end + (-encodedledgerkey_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("FrozenLedgerKeys", p)
    return p


def read_FrozenLedgerKeysDelta(buf: bytes, p: int) -> tuple[FrozenLedgerKeysDelta, int]:
    (keys_to_freeze_length,) = _I(buf, p)
    p += 4
    keys_to_freeze: list[bytes] = []
    for _ in range(keys_to_freeze_length):
        (item_length,) = _I(buf, p)
        p += 4
        end = p + item_length
        item = buf[p:end]
        p = end + (-item_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("FrozenLedgerKeysDelta", p)
        keys_to_freeze.append(item)
    (keys_to_unfreeze_length,) = _I(buf, p)
    p += 4
    keys_to_unfreeze: list[bytes] = []
    for _ in range(keys_to_unfreeze_length):
        (item_length_2,) = _I(buf, p)
        p += 4
        end_2 = p + item_length_2
        item_2 = buf[p:end_2]
        p = end_2 + (-item_length_2 & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("FrozenLedgerKeysDelta", p)
        keys_to_unfreeze.append(item_2)
    return FrozenLedgerKeysDelta(keys_to_freeze, keys_to_unfreeze), p


def skip_FrozenLedgerKeysDelta(buf: bytes, p: int) -> int:
    (keys_to_freeze_length,) = _I(buf, p)
    p += 4
    for _ in range(keys_to_freeze_length):
        (encodedledgerkey_length,) = _I(buf, p)
        p += 4
        end = p + encodedledgerkey_length
        p = end + (-encodedledgerkey_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("FrozenLedgerKeysDelta", p)
    (keys_to_unfreeze_length,) = _I(buf, p)
    p += 4
    for _ in range(keys_to_unfreeze_length):
        (encodedledgerkey_length_2,) = _I(buf, p)
        p += 4
        end_2 = p + encodedledgerkey_length_2
        p = end_2 + (-encodedledgerkey_length_2 & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("FrozenLedgerKeysDelta", p)
    return p


def read_FreezeBypassTxs(buf: bytes, p: int) -> tuple[FreezeBypassTxs, int]:
    (tx_hashes_length,) = _I(buf, p)
    p += 4
    tx_hashes: list[bytes] = []
    for _ in range(tx_hashes_length):
        (item,) = _32s(buf, p)
        p += 32
        tx_hashes.append(item)
    return FreezeBypassTxs(tx_hashes), p


def skip_FreezeBypassTxs(buf: bytes, p: int) -> int:
    (tx_hashes_length,) = _I(buf, p)
    p += 4
    p += 32 * tx_hashes_length
    return p


def read_FreezeBypassTxsDelta(buf: bytes, p: int) -> tuple[FreezeBypassTxsDelta, int]:
    (add_txs_length,) = _I(buf, p)
    p += 4
    add_txs: list[bytes] = []
    for _ in range(add_txs_length):
        (item,) = _32s(buf, p)
        p += 32
        add_txs.append(item)
    (remove_txs_length,) = _I(buf, p)
    p += 4
    remove_txs: list[bytes] = []
    for _ in range(remove_txs_length):
        (item_2,) = _32s(buf, p)
        p += 32
        remove_txs.append(item_2)
    return FreezeBypassTxsDelta(add_txs, remove_txs), p


def skip_FreezeBypassTxsDelta(buf: bytes, p: int) -> int:
    (add_txs_length,) = _I(buf, p)
    p += 4
    p += 32 * add_txs_length
    (remove_txs_length,) = _I(buf, p)
    p += 4
    p += 32 * remove_txs_length
    return p


def read_ConfigSettingEntry(buf: bytes, p: int) -> tuple[ConfigSettingEntry, int]:
    (config_setting_id,) = _i(buf, p)
    p += 4
    if config_setting_id == 0:
        (contract_max_size_bytes,) = _I(buf, p)
        p += 4
        return ConfigSettingEntry(config_setting_id, contract_max_size_bytes), p
    if config_setting_id == 1:
        ledger_max_instructions, tx_max_instructions, fee_rate_per_instructions_increment, tx_memory_limit = _3qI(
            buf, p
        )
        p += 28
        return ConfigSettingEntry(
            config_setting_id,
            ConfigSettingContractComputeV0(
                ledger_max_instructions, tx_max_instructions, fee_rate_per_instructions_increment, tx_memory_limit
            ),
        ), p
    if config_setting_id == 2:
        contract_ledger_cost, p = read_ConfigSettingContractLedgerCostV0(buf, p)
        return ConfigSettingEntry(config_setting_id, contract_ledger_cost), p
    if config_setting_id == 3:
        (fee_historical1_kb,) = _q(buf, p)
        p += 8
        return ConfigSettingEntry(config_setting_id, ConfigSettingContractHistoricalDataV0(fee_historical1_kb)), p
    if config_setting_id == 4:
        tx_max_contract_events_size_bytes, fee_contract_events1_kb = _Iq(buf, p)
        p += 12
        return ConfigSettingEntry(
            config_setting_id, ConfigSettingContractEventsV0(tx_max_contract_events_size_bytes, fee_contract_events1_kb)
        ), p
    if config_setting_id == 5:
        ledger_max_txs_size_bytes, tx_max_size_bytes, fee_tx_size1_kb = _2Iq(buf, p)
        p += 16
        return ConfigSettingEntry(
            config_setting_id,
            ConfigSettingContractBandwidthV0(ledger_max_txs_size_bytes, tx_max_size_bytes, fee_tx_size1_kb),
        ), p
    if config_setting_id == 6:
        (contract_cost_params_cpu_insns_length,) = _I(buf, p)
        if contract_cost_params_cpu_insns_length > 1024:
            _refuse("ConfigSettingEntry", p)
        p += 4
        contract_cost_params_cpu_insns: list[ContractCostParamEntry] = []
        for _ in range(contract_cost_params_cpu_insns_length):
            v, const_term, linear_term = _i2q(buf, p)
            if v:
                _refuse("ConfigSettingEntry", p)
            p += 20
            contract_cost_params_cpu_insns.append(ContractCostParamEntry(const_term, linear_term))
        return ConfigSettingEntry(config_setting_id, contract_cost_params_cpu_insns), p
    if config_setting_id == 7:
        (contract_cost_params_mem_bytes_length,) = _I(buf, p)
        if contract_cost_params_mem_bytes_length > 1024:
            _refuse("ConfigSettingEntry", p)
        p += 4
        contract_cost_params_mem_bytes: list[ContractCostParamEntry] = []
        for _ in range(contract_cost_params_mem_bytes_length):
            v_2, const_term_2, linear_term_2 = _i2q(buf, p)
            if v_2:
                _refuse("ConfigSettingEntry", p)
            p += 20
            contract_cost_params_mem_bytes.append(ContractCostParamEntry(const_term_2, linear_term_2))
        return ConfigSettingEntry(config_setting_id, contract_cost_params_mem_bytes), p
    if config_setting_id == 8:
        (contract_data_key_size_bytes,) = _I(buf, p)
        p += 4
        return ConfigSettingEntry(config_setting_id, contract_data_key_size_bytes), p
    if config_setting_id == 9:
        (contract_data_entry_size_bytes,) = _I(buf, p)
        p += 4
        return ConfigSettingEntry(config_setting_id, contract_data_entry_size_bytes), p
    if config_setting_id == 10:
        (
            max_entry_ttl,
            min_temporary_ttl,
            min_persistent_ttl,
            persistent_rent_rate_denominator,
            temp_rent_rate_denominator,
            max_entries_to_archive,
            live_soroban_state_size_window_sample_size,
            live_soroban_state_size_window_sample_period,
            eviction_scan_size,
            starting_eviction_scan_level,
        ) = _3I2q5I(buf, p)
        p += 48
        return ConfigSettingEntry(
            config_setting_id,
            StateArchivalSettings(
                max_entry_ttl,
                min_temporary_ttl,
                min_persistent_ttl,
                persistent_rent_rate_denominator,
                temp_rent_rate_denominator,
                max_entries_to_archive,
                live_soroban_state_size_window_sample_size,
                live_soroban_state_size_window_sample_period,
                eviction_scan_size,
                starting_eviction_scan_level,
            ),
        ), p
    if config_setting_id == 11:
        (ledger_max_tx_count,) = _I(buf, p)
        p += 4
        return ConfigSettingEntry(config_setting_id, ConfigSettingContractExecutionLanesV0(ledger_max_tx_count)), p
    if config_setting_id == 12:
        (live_soroban_state_size_window_length,) = _I(buf, p)
        p += 4
        live_soroban_state_size_window: list[int] = []
        for _ in range(live_soroban_state_size_window_length):
            (item,) = _Q(buf, p)
            p += 8
            live_soroban_state_size_window.append(item)
        return ConfigSettingEntry(config_setting_id, live_soroban_state_size_window), p
    if config_setting_id == 13:
        bucket_list_level, is_curr_bucket, bucket_file_offset = _2IQ(buf, p)
        if is_curr_bucket > 1:
            _refuse("ConfigSettingEntry", p)
        p += 16
        return ConfigSettingEntry(
            config_setting_id, EvictionIterator(bucket_list_level, is_curr_bucket == 1, bucket_file_offset)
        ), p
    if config_setting_id == 14:
        (ledger_max_dependent_tx_clusters,) = _I(buf, p)
        p += 4
        return ConfigSettingEntry(
            config_setting_id, ConfigSettingContractParallelComputeV0(ledger_max_dependent_tx_clusters)
        ), p
    if config_setting_id == 15:
        tx_max_footprint_entries, fee_write1_kb = _Iq(buf, p)
        p += 12
        return ConfigSettingEntry(
            config_setting_id, ConfigSettingContractLedgerCostExtV0(tx_max_footprint_entries, fee_write1_kb)
        ), p
    if config_setting_id == 16:
        (
            ledger_target_close_time_milliseconds,
            nomination_timeout_initial_milliseconds,
            nomination_timeout_increment_milliseconds,
            ballot_timeout_initial_milliseconds,
            ballot_timeout_increment_milliseconds,
        ) = _5I(buf, p)
        p += 20
        return ConfigSettingEntry(
            config_setting_id,
            ConfigSettingSCPTiming(
                ledger_target_close_time_milliseconds,
                nomination_timeout_initial_milliseconds,
                nomination_timeout_increment_milliseconds,
                ballot_timeout_initial_milliseconds,
                ballot_timeout_increment_milliseconds,
            ),
        ), p
    if config_setting_id == 17:
        (keys_length,) = _I(buf, p)
        p += 4
        keys: list[bytes] = []
        for _ in range(keys_length):
            (item_length,) = _I(buf, p)
            p += 4
            end = p + item_length
            item_2 = buf[p:end]
            p = end + (-item_length & 3)
            if buf[end:p] > _ZEROS:
                _refuse("ConfigSettingEntry", p)
            keys.append(item_2)
        return ConfigSettingEntry(config_setting_id, FrozenLedgerKeys(keys)), p
    if config_setting_id == 18:
        frozen_ledger_keys_delta, p = read_FrozenLedgerKeysDelta(buf, p)
        return ConfigSettingEntry(config_setting_id, frozen_ledger_keys_delta), p
    if config_setting_id == 19:
        (tx_hashes_length,) = _I(buf, p)
        p += 4
        tx_hashes: list[bytes] = []
        for _ in range(tx_hashes_length):
            (item_3,) = _32s(buf, p)
            p += 32
            tx_hashes.append(item_3)
        return ConfigSettingEntry(config_setting_id, FreezeBypassTxs(tx_hashes)), p
    if config_setting_id == 20:
        (add_txs_length,) = _I(buf, p)
        p += 4
        add_txs: list[bytes] = []
        for _ in range(add_txs_length):
            (item_4,) = _32s(buf, p)
            p += 32
            add_txs.append(item_4)
        (remove_txs_length,) = _I(buf, p)
        p += 4
        remove_txs: list[bytes] = []
        for _ in range(remove_txs_length):
            (item_5,) = _32s(buf, p)
            p += 32
            remove_txs.append(item_5)
        return ConfigSettingEntry(config_setting_id, FreezeBypassTxsDelta(add_txs, remove_txs)), p
    _refuse("ConfigSettingEntry", p)


def skip_ConfigSettingEntry(buf: bytes, p: int) -> int:
    (config_setting_id,) = _i(buf, p)
    p += 4
    if config_setting_id == 0:
        p += 4
    elif config_setting_id == 1:
        p += 28
    elif config_setting_id == 2:
        p = skip_ConfigSettingContractLedgerCostV0(buf, p)
    elif config_setting_id == 3:
        p += 8
    elif config_setting_id == 4:
        p += 12
    elif config_setting_id == 5:
        p += 16
    elif config_setting_id == 6:
        (contractcostparams_length,) = _I(buf, p)
        if contractcostparams_length > 1024:
            _refuse("ConfigSettingEntry", p)
        p += 4
        for _ in range(contractcostparams_length):
            (v,) = _i(buf, p)
            if v:
                _refuse("ConfigSettingEntry", p)
            p += 20
    elif config_setting_id == 7:
        (contractcostparams_length_2,) = _I(buf, p)
        if contractcostparams_length_2 > 1024:
            _refuse("ConfigSettingEntry", p)
        p += 4
        for _ in range(contractcostparams_length_2):
            (v_2,) = _i(buf, p)
            if v_2:
                _refuse("ConfigSettingEntry", p)
            p += 20
    elif config_setting_id == 8:
        p += 4
    elif config_setting_id == 9:
        p += 4
    elif config_setting_id == 10:
        p += 48
    elif config_setting_id == 11:
        p += 4
    elif config_setting_id == 12:
        (live_soroban_state_size_window_length,) = _I(buf, p)
        p += 4
        p += 8 * live_soroban_state_size_window_length
    elif config_setting_id == 13:
        (is_curr_bucket,) = _4xI(buf, p)
        if is_curr_bucket > 1:
            _refuse("ConfigSettingEntry", p)
        p += 16
    elif config_setting_id == 14:
        p += 4
    elif config_setting_id == 15:
        p += 12
    elif config_setting_id == 16:
        p += 20
    elif config_setting_id == 17:
        (keys_length,) = _I(buf, p)
        p += 4
        for _ in range(keys_length):
            (encodedledgerkey_length,) = _I(buf, p)
            p += 4
            end = p + encodedledgerkey_length
            p = end + (-encodedledgerkey_length & 3)
            if buf[end:p] > _ZEROS:
                _refuse("ConfigSettingEntry", p)
    elif config_setting_id == 18:
        p = skip_FrozenLedgerKeysDelta(buf, p)
    elif config_setting_id == 19:
        (tx_hashes_length,) = _I(buf, p)
        p += 4
        p += 32 * tx_hashes_length
    elif config_setting_id == 20:
        (add_txs_length,) = _I(buf, p)
        p += 4
        p += 32 * add_txs_length
        (remove_txs_length,) = _I(buf, p)
        p += 4
        p += 32 * remove_txs_length
    else:
        _refuse("ConfigSettingEntry", p)
    return p


def read_TTLEntry(buf: bytes, p: int) -> tuple[TTLEntry, int]:
    key_hash, live_until_ledger_seq = _32sI(buf, p)
    p += 36
    return TTLEntry(key_hash, live_until_ledger_seq), p


def skip_TTLEntry(buf: bytes, p: int) -> int:
    return p + 36


def read_LedgerEntryData(buf: bytes, p: int) -> tuple[LedgerEntryData, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        account, p = read_AccountEntry(buf, p)
        return LedgerEntryData(type_, account), p
    if type_ == 1:
        trust_line, p = read_TrustLineEntry(buf, p)
        return LedgerEntryData(type_, trust_line), p
    if type_ == 2:
        offer, p = read_OfferEntry(buf, p)
        return LedgerEntryData(type_, offer), p
    if type_ == 3:
        data, p = read_DataEntry(buf, p)
        return LedgerEntryData(type_, data), p
    if type_ == 4:
        claimable_balance, p = read_ClaimableBalanceEntry(buf, p)
        return LedgerEntryData(type_, claimable_balance), p
    if type_ == 5:
        liquidity_pool, p = read_LiquidityPoolEntry(buf, p)
        return LedgerEntryData(type_, liquidity_pool), p
    if type_ == 6:
        contract_data, p = read_ContractDataEntry(buf, p)
        return LedgerEntryData(type_, contract_data), p
    if type_ == 7:
        contract_code, p = read_ContractCodeEntry(buf, p)
        return LedgerEntryData(type_, contract_code), p
    if type_ == 8:
        config_setting, p = read_ConfigSettingEntry(buf, p)
        return LedgerEntryData(type_, config_setting), p
    if type_ == 9:
        key_hash, live_until_ledger_seq = _32sI(buf, p)
        p += 36
        return LedgerEntryData(type_, TTLEntry(key_hash, live_until_ledger_seq)), p
    _refuse("LedgerEntryData", p)


def skip_LedgerEntryData(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        p = skip_AccountEntry(buf, p)
    elif type_ == 1:
        p = skip_TrustLineEntry(buf, p)
    elif type_ == 2:
        p = skip_OfferEntry(buf, p)
    elif type_ == 3:
        p = skip_DataEntry(buf, p)
    elif type_ == 4:
        p = skip_ClaimableBalanceEntry(buf, p)
    elif type_ == 5:
        p = skip_LiquidityPoolEntry(buf, p)
    elif type_ == 6:
        p = skip_ContractDataEntry(buf, p)
    elif type_ == 7:
        p = skip_ContractCodeEntry(buf, p)
    elif type_ == 8:
        p = skip_ConfigSettingEntry(buf, p)
    elif type_ == 9:
        p += 36
    else:
        _refuse("LedgerEntryData", p)
    return p


def read_LedgerEntryExtensionV1(buf: bytes, p: int) -> tuple[LedgerEntryExtensionV1, int]:
    (has_sponsoring_id,) = _I(buf, p)
    if has_sponsoring_id > 1:
        _refuse("LedgerEntryExtensionV1", p)
    p += 4
    sponsoring_id: bytes | None = None
    if has_sponsoring_id:
        type_, sponsoring_id_2 = _i32s(buf, p)
        if type_:
            _refuse("LedgerEntryExtensionV1", p)
        p += 36
        sponsoring_id = sponsoring_id_2
    (v,) = _i(buf, p)
    if v:
        _refuse("LedgerEntryExtensionV1", p)
    p += 4
    return LedgerEntryExtensionV1(sponsoring_id), p


def skip_LedgerEntryExtensionV1(buf: bytes, p: int) -> int:
    (has_sponsorshipdescriptor,) = _I(buf, p)
    if has_sponsorshipdescriptor > 1:
        _refuse("LedgerEntryExtensionV1", p)
    p += 4
    if has_sponsorshipdescriptor:
        (type_,) = _i(buf, p)
        if type_:
            _refuse("LedgerEntryExtensionV1", p)
        p += 36
    (v,) = _i(buf, p)
    if v:
        _refuse("LedgerEntryExtensionV1", p)
    return p + 4


def read_LedgerEntryExt(buf: bytes, p: int) -> tuple[LedgerEntryExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (has_sponsoring_id,) = _I(buf, p)
        if has_sponsoring_id > 1:
            _refuse("LedgerEntryExt", p)
        p += 4
        sponsoring_id: bytes | None = None
        if has_sponsoring_id:
            type_, sponsoring_id_2 = _i32s(buf, p)
            if type_:
                _refuse("LedgerEntryExt", p)
            p += 36
            sponsoring_id = sponsoring_id_2
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("LedgerEntryExt", p)
        p += 4
        return LedgerEntryExt(v, LedgerEntryExtensionV1(sponsoring_id)), p
    if v in _LedgerEntryExt_VOID:
        return _LedgerEntryExt_VOID[v], p
    _refuse("LedgerEntryExt", p)


def skip_LedgerEntryExt(buf: bytes, p: int) -> int:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (has_sponsorshipdescriptor,) = _I(buf, p)
        if has_sponsorshipdescriptor > 1:
            _refuse("LedgerEntryExt", p)
        p += 4
        if has_sponsorshipdescriptor:
            (type_,) = _i(buf, p)
            if type_:
                _refuse("LedgerEntryExt", p)
            p += 36
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("LedgerEntryExt", p)
        p += 4
    elif v not in _LedgerEntryExt_VOID:
        _refuse("LedgerEntryExt", p)
    return p


def read_LedgerEntry(buf: bytes, p: int) -> tuple[LedgerEntry, int]:
    (last_modified_ledger_seq,) = _I(buf, p)
    p += 4
    data, p = read_LedgerEntryData(buf, p)
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (has_sponsoring_id,) = _I(buf, p)
        if has_sponsoring_id > 1:
            _refuse("LedgerEntry", p)
        p += 4
        sponsoring_id: bytes | None = None
        if has_sponsoring_id:
            type_, sponsoring_id_2 = _i32s(buf, p)
            if type_:
                _refuse("LedgerEntry", p)
            p += 36
            sponsoring_id = sponsoring_id_2
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("LedgerEntry", p)
        p += 4
        ext = LedgerEntryExt(v, LedgerEntryExtensionV1(sponsoring_id))
    elif v in _LedgerEntryExt_VOID:
        ext = _LedgerEntryExt_VOID[v]
    else:
        _refuse("LedgerEntryExt", p)
    return LedgerEntry(last_modified_ledger_seq, data, ext), p


def skip_LedgerEntry(buf: bytes, p: int) -> int:
    p += 4
    p = skip_LedgerEntryData(buf, p)
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        (has_sponsorshipdescriptor,) = _I(buf, p)
        if has_sponsorshipdescriptor > 1:
            _refuse("LedgerEntry", p)
        p += 4
        if has_sponsorshipdescriptor:
            (type_,) = _i(buf, p)
            if type_:
                _refuse("LedgerEntry", p)
            p += 36
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("LedgerEntry", p)
        p += 4
    elif v not in _LedgerEntryExt_VOID:
        _refuse("LedgerEntryExt", p)
    return p


def read_LedgerEntryChange(buf: bytes, p: int) -> tuple[LedgerEntryChange, int]:
    first = p
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        created, p = read_LedgerEntry(buf, p)
        return LedgerEntryChange(type_, created, buf[first:p]), p
    if type_ == 1:
        updated, p = read_LedgerEntry(buf, p)
        return LedgerEntryChange(type_, updated, buf[first:p]), p
    if type_ == 2:
        removed, p = read_LedgerKey(buf, p)
        return LedgerEntryChange(type_, removed, buf[first:p]), p
    if type_ == 3:
        state, p = read_LedgerEntry(buf, p)
        return LedgerEntryChange(type_, state, buf[first:p]), p
    if type_ == 4:
        restored, p = read_LedgerEntry(buf, p)
        return LedgerEntryChange(type_, restored, buf[first:p]), p
    _refuse("LedgerEntryChange", p)


def skip_LedgerEntryChange(buf: bytes, p: int) -> int:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        p = skip_LedgerEntry(buf, p)
    elif type_ == 1:
        p = skip_LedgerEntry(buf, p)
    elif type_ == 2:
        p = skip_LedgerKey(buf, p)
    elif type_ == 3:
        p = skip_LedgerEntry(buf, p)
    elif type_ == 4:
        p = skip_LedgerEntry(buf, p)
    else:
        _refuse("LedgerEntryChange", p)
    return p


def read_LedgerEntryChanges(buf: bytes, p: int) -> tuple[list[LedgerEntryChange], int]:
    (items_length,) = _I(buf, p)
    p += 4
    items: list[LedgerEntryChange] = []
    for _ in range(items_length):
        item, p = read_LedgerEntryChange(buf, p)
        items.append(item)
    return items, p


def skip_LedgerEntryChanges(buf: bytes, p: int) -> int:
    (ledgerentrychanges_length,) = _I(buf, p)
    p += 4
    for _ in range(ledgerentrychanges_length):
        p = skip_LedgerEntryChange(buf, p)
    return p


def read_OperationMeta(buf: bytes, p: int) -> tuple[OperationMeta, int]:
    end = skip_LedgerEntryChanges(buf, p)
    changes = buf[p:end]
    p = end
    return OperationMeta(changes), p


def read_TransactionMetaV1(buf: bytes, p: int) -> tuple[TransactionMetaV1, int]:
    end = skip_LedgerEntryChanges(buf, p)
    tx_changes = buf[p:end]
    p = end
    (operations_length,) = _I(buf, p)
    p += 4
    operations: list[OperationMeta] = []
    for _ in range(operations_length):
        end_2 = skip_LedgerEntryChanges(buf, p)
        changes = buf[p:end_2]
        p = end_2
        operations.append(OperationMeta(changes))
    return TransactionMetaV1(tx_changes, operations), p


def read_TransactionMetaV2(buf: bytes, p: int) -> tuple[TransactionMetaV2, int]:
    end = skip_LedgerEntryChanges(buf, p)
    tx_changes_before = buf[p:end]
    p = end
    (operations_length,) = _I(buf, p)
    p += 4
    operations: list[OperationMeta] = []
    for _ in range(operations_length):
        end_2 = skip_LedgerEntryChanges(buf, p)
        changes = buf[p:end_2]
        p = end_2
        operations.append(OperationMeta(changes))
    end_3 = skip_LedgerEntryChanges(buf, p)
    tx_changes_after = buf[p:end_3]
    p = end_3
    return TransactionMetaV2(tx_changes_before, operations, tx_changes_after), p


def read_SorobanTransactionMetaExtV1(buf: bytes, p: int) -> tuple[SorobanTransactionMetaExtV1, int]:
    v, total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged = _i3q(buf, p)
    if v:
        _refuse("SorobanTransactionMetaExtV1", p)
    p += 28
    return SorobanTransactionMetaExtV1(
        total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged
    ), p


def read_SorobanTransactionMetaExt(buf: bytes, p: int) -> tuple[SorobanTransactionMetaExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v_2, total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged = _i3q(
            buf, p
        )
        if v_2:
            _refuse("SorobanTransactionMetaExt", p)
        p += 28
        return SorobanTransactionMetaExt(
            v,
            SorobanTransactionMetaExtV1(
                total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged
            ),
        ), p
    if v in _SorobanTransactionMetaExt_VOID:
        return _SorobanTransactionMetaExt_VOID[v], p
    _refuse("SorobanTransactionMetaExt", p)


def read_ContractEventV0(buf: bytes, p: int) -> tuple[ContractEventV0, int]:
    (topics_length,) = _I(buf, p)
    p += 4
    topics: list[bytes] = []
    for _ in range(topics_length):
        end = skip_SCVal(buf, p)
        item = buf[p:end]
        p = end
        topics.append(item)
    end_2 = skip_SCVal(buf, p)
    data = buf[p:end_2]
    p = end_2
    return ContractEventV0(topics, data), p


def read_ContractEvent(buf: bytes, p: int) -> tuple[ContractEvent, int]:
    first = p
    v, has_contract_id = _iI(buf, p)
    if v or has_contract_id > 1:
        _refuse("ContractEvent", p)
    p += 8
    contract_id: bytes | None = None
    if has_contract_id:
        (contract_id_2,) = _32s(buf, p)
        p += 32
        contract_id = contract_id_2
    type_, v_2, topics_length = _2iI(buf, p)
    if type_ not in ContractEventType.names or v_2:
        _refuse("ContractEvent", p)
    p += 12
    topics: list[bytes] = []
    for _ in range(topics_length):
        end = skip_SCVal(buf, p)
        item = buf[p:end]
        p = end
        topics.append(item)
    end_2 = skip_SCVal(buf, p)
    data = buf[p:end_2]
    p = end_2
    return ContractEvent(contract_id, type_, ContractEventV0(topics, data), buf[first:p]), p


def read_DiagnosticEvent(buf: bytes, p: int) -> tuple[DiagnosticEvent, int]:
    (in_successful_contract_call,) = _I(buf, p)
    if in_successful_contract_call > 1:
        _refuse("DiagnosticEvent", p)
    p += 4
    event, p = read_ContractEvent(buf, p)
    return DiagnosticEvent(in_successful_contract_call == 1, event), p


def read_SorobanTransactionMeta(buf: bytes, p: int) -> tuple[SorobanTransactionMeta, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v_2, total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged = _i3q(
            buf, p
        )
        if v_2:
            _refuse("SorobanTransactionMeta", p)
        p += 28
        ext = SorobanTransactionMetaExt(
            v,
            SorobanTransactionMetaExtV1(
                total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged
            ),
        )
    elif v in _SorobanTransactionMetaExt_VOID:
        ext = _SorobanTransactionMetaExt_VOID[v]
    else:
        _refuse("SorobanTransactionMetaExt", p)
    (events_length,) = _I(buf, p)
    p += 4
    events: list[ContractEvent] = []
    for _ in range(events_length):
        item, p = read_ContractEvent(buf, p)
        events.append(item)
    end = skip_SCVal(buf, p)
    return_value = buf[p:end]
    p = end
    (diagnostic_events_length,) = _I(buf, p)
    p += 4
    diagnostic_events: list[DiagnosticEvent] = []
    for _ in range(diagnostic_events_length):
        (in_successful_contract_call,) = _I(buf, p)
        if in_successful_contract_call > 1:
            _refuse("SorobanTransactionMeta", p)
        p += 4
        event, p = read_ContractEvent(buf, p)
        diagnostic_events.append(DiagnosticEvent(in_successful_contract_call == 1, event))
    return SorobanTransactionMeta(ext, events, return_value, diagnostic_events), p


def read_TransactionMetaV3(buf: bytes, p: int) -> tuple[TransactionMetaV3, int]:
    (v,) = _i(buf, p)
    if v:
        _refuse("TransactionMetaV3", p)
    p += 4
    end = skip_LedgerEntryChanges(buf, p)
    tx_changes_before = buf[p:end]
    p = end
    (operations_length,) = _I(buf, p)
    p += 4
    operations: list[OperationMeta] = []
    for _ in range(operations_length):
        end_2 = skip_LedgerEntryChanges(buf, p)
        changes = buf[p:end_2]
        p = end_2
        operations.append(OperationMeta(changes))
    end_3 = skip_LedgerEntryChanges(buf, p)
    tx_changes_after = buf[p:end_3]
    p = end_3
    (has_soroban_meta,) = _I(buf, p)
    if has_soroban_meta > 1:
        _refuse("TransactionMetaV3", p)
    p += 4
    soroban_meta: SorobanTransactionMeta | None = None
    if has_soroban_meta:
        soroban_meta_2, p = read_SorobanTransactionMeta(buf, p)
        soroban_meta = soroban_meta_2
    return TransactionMetaV3(tx_changes_before, operations, tx_changes_after, soroban_meta), p


def read_OperationMetaV2(buf: bytes, p: int) -> tuple[OperationMetaV2, int]:
    (v,) = _i(buf, p)
    if v:
        _refuse("OperationMetaV2", p)
    p += 4
    end = skip_LedgerEntryChanges(buf, p)
    changes = buf[p:end]
    p = end
    (events_length,) = _I(buf, p)
    p += 4
    events: list[ContractEvent] = []
    for _ in range(events_length):
        item, p = read_ContractEvent(buf, p)
        events.append(item)
    return OperationMetaV2(changes, events), p


def read_SorobanTransactionMetaV2(buf: bytes, p: int) -> tuple[SorobanTransactionMetaV2, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v_2, total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged = _i3q(
            buf, p
        )
        if v_2:
            _refuse("SorobanTransactionMetaV2", p)
        p += 28
        ext = SorobanTransactionMetaExt(
            v,
            SorobanTransactionMetaExtV1(
                total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged
            ),
        )
    elif v in _SorobanTransactionMetaExt_VOID:
        ext = _SorobanTransactionMetaExt_VOID[v]
    else:
        _refuse("SorobanTransactionMetaExt", p)
    (has_return_value,) = _I(buf, p)
    if has_return_value > 1:
        _refuse("SorobanTransactionMetaV2", p)
    p += 4
    return_value: bytes | None = None
    if has_return_value:
        end = skip_SCVal(buf, p)
        return_value_2 = buf[p:end]
        p = end
        return_value = return_value_2
    return SorobanTransactionMetaV2(ext, return_value), p


def read_TransactionEvent(buf: bytes, p: int) -> tuple[TransactionEvent, int]:
    (stage,) = _i(buf, p)
    if stage not in TransactionEventStage.names:
        _refuse("TransactionEvent", p)
    p += 4
    event, p = read_ContractEvent(buf, p)
    return TransactionEvent(stage, event), p


def read_TransactionMetaV4(buf: bytes, p: int) -> tuple[TransactionMetaV4, int]:
    (v,) = _i(buf, p)
    if v:
        _refuse("TransactionMetaV4", p)
    p += 4
    end = skip_LedgerEntryChanges(buf, p)
    tx_changes_before = buf[p:end]
    p = end
    (operations_length,) = _I(buf, p)
    p += 4
    operations: list[OperationMetaV2] = []
    for _ in range(operations_length):
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("TransactionMetaV4", p)
        p += 4
        end_2 = skip_LedgerEntryChanges(buf, p)
        changes = buf[p:end_2]
        p = end_2
        (events_length,) = _I(buf, p)
        p += 4
        events: list[ContractEvent] = []
        for _ in range(events_length):
            item, p = read_ContractEvent(buf, p)
            events.append(item)
        operations.append(OperationMetaV2(changes, events))
    end_3 = skip_LedgerEntryChanges(buf, p)
    tx_changes_after = buf[p:end_3]
    p = end_3
    (has_soroban_meta,) = _I(buf, p)
    if has_soroban_meta > 1:
        _refuse("TransactionMetaV4", p)
    p += 4
    soroban_meta: SorobanTransactionMetaV2 | None = None
    if has_soroban_meta:
        (v_3,) = _i(buf, p)
        p += 4
        if v_3 == 1:
            v_4, total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged = (
                _i3q(buf, p)
            )
            if v_4:
                _refuse("TransactionMetaV4", p)
            p += 28
            ext = SorobanTransactionMetaExt(
                v_3,
                SorobanTransactionMetaExtV1(
                    total_non_refundable_resource_fee_charged, total_refundable_resource_fee_charged, rent_fee_charged
                ),
            )
        elif v_3 in _SorobanTransactionMetaExt_VOID:
            ext = _SorobanTransactionMetaExt_VOID[v_3]
        else:
            _refuse("SorobanTransactionMetaExt", p)
        (has_return_value,) = _I(buf, p)
        if has_return_value > 1:
            _refuse("TransactionMetaV4", p)
        p += 4
        return_value: bytes | None = None
        if has_return_value:
            end_4 = skip_SCVal(buf, p)
            return_value_2 = buf[p:end_4]
            p = end_4
            return_value = return_value_2
        soroban_meta = SorobanTransactionMetaV2(ext, return_value)
    (events_length_2,) = _I(buf, p)
    p += 4
    events_2: list[TransactionEvent] = []
    for _ in range(events_length_2):
        (stage,) = _i(buf, p)
        if stage not in TransactionEventStage.names:
            _refuse("TransactionMetaV4", p)
        p += 4
        event, p = read_ContractEvent(buf, p)
        events_2.append(TransactionEvent(stage, event))
    (diagnostic_events_length,) = _I(buf, p)
    p += 4
    diagnostic_events: list[DiagnosticEvent] = []
    for _ in range(diagnostic_events_length):
        (in_successful_contract_call,) = _I(buf, p)
        if in_successful_contract_call > 1:
            _refuse("TransactionMetaV4", p)
        p += 4
        event_2, p = read_ContractEvent(buf, p)
        diagnostic_events.append(DiagnosticEvent(in_successful_contract_call == 1, event_2))
    return TransactionMetaV4(
        tx_changes_before, operations, tx_changes_after, soroban_meta, events_2, diagnostic_events
    ), p


def read_TransactionMeta(buf: bytes, p: int) -> tuple[TransactionMeta, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 0:
        (operations_length,) = _I(buf, p)
        p += 4
        operations: list[OperationMeta] = []
        for _ in range(operations_length):
            end = skip_LedgerEntryChanges(buf, p)
            changes = buf[p:end]
            p = end
            operations.append(OperationMeta(changes))
        return TransactionMeta(v, operations), p
    if v == 1:
        end_2 = skip_LedgerEntryChanges(buf, p)
        tx_changes = buf[p:end_2]
        p = end_2
        (operations_length_2,) = _I(buf, p)
        p += 4
        operations_2: list[OperationMeta] = []
        for _ in range(operations_length_2):
            end_3 = skip_LedgerEntryChanges(buf, p)
            changes_2 = buf[p:end_3]
            p = end_3
            operations_2.append(OperationMeta(changes_2))
        return TransactionMeta(v, TransactionMetaV1(tx_changes, operations_2)), p
    if v == 2:
        v2, p = read_TransactionMetaV2(buf, p)
        return TransactionMeta(v, v2), p
    if v == 3:
        v3, p = read_TransactionMetaV3(buf, p)
        return TransactionMeta(v, v3), p
    if v == 4:
        v4, p = read_TransactionMetaV4(buf, p)
        return TransactionMeta(v, v4), p
    _refuse("TransactionMeta", p)


def read_TransactionResultMeta(buf: bytes, p: int) -> tuple[TransactionResultMeta, int]:
    result, p = read_TransactionResultPair(buf, p)
    end = skip_LedgerEntryChanges(buf, p)
    fee_processing = buf[p:end]
    p = end
    tx_apply_processing, p = read_TransactionMeta(buf, p)
    return TransactionResultMeta(result, fee_processing, tx_apply_processing), p


def read_ConfigUpgradeSetKey(buf: bytes, p: int) -> tuple[ConfigUpgradeSetKey, int]:
    contract_id, content_hash = _32s32s(buf, p)
    p += 64
    return ConfigUpgradeSetKey(contract_id, content_hash), p


def read_LedgerUpgrade(buf: bytes, p: int) -> tuple[LedgerUpgrade, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 1:
        (new_ledger_version,) = _I(buf, p)
        p += 4
        return LedgerUpgrade(type_, new_ledger_version), p
    if type_ == 2:
        (new_base_fee,) = _I(buf, p)
        p += 4
        return LedgerUpgrade(type_, new_base_fee), p
    if type_ == 3:
        (new_max_tx_set_size,) = _I(buf, p)
        p += 4
        return LedgerUpgrade(type_, new_max_tx_set_size), p
    if type_ == 4:
        (new_base_reserve,) = _I(buf, p)
        p += 4
        return LedgerUpgrade(type_, new_base_reserve), p
    if type_ == 5:
        (new_flags,) = _I(buf, p)
        p += 4
        return LedgerUpgrade(type_, new_flags), p
    if type_ == 6:
        contract_id, content_hash = _32s32s(buf, p)
        p += 64
        return LedgerUpgrade(type_, ConfigUpgradeSetKey(contract_id, content_hash)), p
    if type_ == 7:
        (new_max_soroban_tx_set_size,) = _I(buf, p)
        p += 4
        return LedgerUpgrade(type_, new_max_soroban_tx_set_size), p
    _refuse("LedgerUpgrade", p)


def read_UpgradeEntryMeta(buf: bytes, p: int) -> tuple[UpgradeEntryMeta, int]:
    upgrade, p = read_LedgerUpgrade(buf, p)
    end = skip_LedgerEntryChanges(buf, p)
    changes = buf[p:end]
    p = end
    return UpgradeEntryMeta(upgrade, changes), p


def read_SCPQuorumSet(buf: bytes, p: int, depth: int = DEEPEST) -> tuple[SCPQuorumSet, int]:
    if not depth:
        _refuse("SCPQuorumSet that is not too deep", p)
    threshold, validators_length = _2I(buf, p)
    p += 8
    validators: list[bytes] = []
    for _ in range(validators_length):
        type_, item = _i32s(buf, p)
        if type_:
            _refuse("SCPQuorumSet", p)
        p += 36
        validators.append(item)
    (inner_sets_length,) = _I(buf, p)
    p += 4
    inner_sets: list[SCPQuorumSet] = []
    for _ in range(inner_sets_length):
        item_2, p = read_SCPQuorumSet(buf, p, depth - 1)
        inner_sets.append(item_2)
    return SCPQuorumSet(threshold, validators, inner_sets), p


def read_SCPBallot(buf: bytes, p: int) -> tuple[SCPBallot, int]:
    counter, value_length = _2I(buf, p)
    p += 8
    end = p + value_length
    value = buf[p:end]
    p = end + (-value_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("SCPBallot", p)
    return SCPBallot(counter, value), p


def read_SCPStatementPrepare(buf: bytes, p: int) -> tuple[SCPStatementPrepare, int]:
    quorum_set_hash, counter, value_length = _32s2I(buf, p)
    p += 40
    end = p + value_length
    value = buf[p:end]
    p = end + (-value_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("SCPStatementPrepare", p)
    (has_prepared,) = _I(buf, p)
    if has_prepared > 1:
        _refuse("SCPStatementPrepare", p)
    p += 4
    prepared: SCPBallot | None = None
    if has_prepared:
        counter_2, value_length_2 = _2I(buf, p)
        p += 8
        end_2 = p + value_length_2
        value_2 = buf[p:end_2]
        p = end_2 + (-value_length_2 & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("SCPStatementPrepare", p)
        prepared = SCPBallot(counter_2, value_2)
    (has_prepared_prime,) = _I(buf, p)
    if has_prepared_prime > 1:
        _refuse("SCPStatementPrepare", p)
    p += 4
    prepared_prime: SCPBallot | None = None
    if has_prepared_prime:
        counter_3, value_length_3 = _2I(buf, p)
        p += 8
        end_3 = p + value_length_3
        value_3 = buf[p:end_3]
        p = end_3 + (-value_length_3 & 3)
        if buf[end_3:p] > _ZEROS:
            _refuse("SCPStatementPrepare", p)
        prepared_prime = SCPBallot(counter_3, value_3)
    n_c, n_h = _2I(buf, p)
    p += 8
    return SCPStatementPrepare(quorum_set_hash, SCPBallot(counter, value), prepared, prepared_prime, n_c, n_h), p


def read_SCPStatementConfirm(buf: bytes, p: int) -> tuple[SCPStatementConfirm, int]:
    counter, value_length = _2I(buf, p)
    p += 8
    end = p + value_length
    value = buf[p:end]
    p = end + (-value_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("SCPStatementConfirm", p)
    n_prepared, n_commit, n_h, quorum_set_hash = _3I32s(buf, p)
    p += 44
    return SCPStatementConfirm(SCPBallot(counter, value), n_prepared, n_commit, n_h, quorum_set_hash), p


def read_SCPStatementExternalize(buf: bytes, p: int) -> tuple[SCPStatementExternalize, int]:
    counter, value_length = _2I(buf, p)
    p += 8
    end = p + value_length
    value = buf[p:end]
    p = end + (-value_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("SCPStatementExternalize", p)
    n_h, commit_quorum_set_hash = _I32s(buf, p)
    p += 36
    return SCPStatementExternalize(SCPBallot(counter, value), n_h, commit_quorum_set_hash), p


def read_SCPNomination(buf: bytes, p: int) -> tuple[SCPNomination, int]:
    quorum_set_hash, votes_length = _32sI(buf, p)
    p += 36
    votes: list[bytes] = []
    for _ in range(votes_length):
        (item_length,) = _I(buf, p)
        p += 4
        end = p + item_length
        item = buf[p:end]
        p = end + (-item_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("SCPNomination", p)
        votes.append(item)
    (accepted_length,) = _I(buf, p)
    p += 4
    accepted: list[bytes] = []
    for _ in range(accepted_length):
        (item_length_2,) = _I(buf, p)
        p += 4
        end_2 = p + item_length_2
        item_2 = buf[p:end_2]
        p = end_2 + (-item_length_2 & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("SCPNomination", p)
        accepted.append(item_2)
    return SCPNomination(quorum_set_hash, votes, accepted), p


def read_SCPStatementPledges(buf: bytes, p: int) -> tuple[SCPStatementPledges, int]:
    (type_,) = _i(buf, p)
    p += 4
    if type_ == 0:
        prepare, p = read_SCPStatementPrepare(buf, p)
        return SCPStatementPledges(type_, prepare), p
    if type_ == 1:
        counter, value_length = _2I(buf, p)
        p += 8
        end = p + value_length
        value = buf[p:end]
        p = end + (-value_length & 3)
        if buf[end:p] > _ZEROS:
            _refuse("SCPStatementPledges", p)
        n_prepared, n_commit, n_h, quorum_set_hash = _3I32s(buf, p)
        p += 44
        return SCPStatementPledges(
            type_, SCPStatementConfirm(SCPBallot(counter, value), n_prepared, n_commit, n_h, quorum_set_hash)
        ), p
    if type_ == 2:
        counter_2, value_length_2 = _2I(buf, p)
        p += 8
        end_2 = p + value_length_2
        value_2 = buf[p:end_2]
        p = end_2 + (-value_length_2 & 3)
        if buf[end_2:p] > _ZEROS:
            _refuse("SCPStatementPledges", p)
        n_h_2, commit_quorum_set_hash = _I32s(buf, p)
        p += 36
        return SCPStatementPledges(
            type_, SCPStatementExternalize(SCPBallot(counter_2, value_2), n_h_2, commit_quorum_set_hash)
        ), p
    if type_ == 3:
        nominate, p = read_SCPNomination(buf, p)
        return SCPStatementPledges(type_, nominate), p
    _refuse("SCPStatementPledges", p)


def read_SCPStatement(buf: bytes, p: int) -> tuple[SCPStatement, int]:
    type_, node_id, slot_index = _i32sQ(buf, p)
    if type_:
        _refuse("SCPStatement", p)
    p += 44
    pledges, p = read_SCPStatementPledges(buf, p)
    return SCPStatement(node_id, slot_index, pledges), p


def read_SCPEnvelope(buf: bytes, p: int) -> tuple[SCPEnvelope, int]:
    statement, p = read_SCPStatement(buf, p)
    (signature_length,) = _I(buf, p)
    if signature_length > 64:
        _refuse("SCPEnvelope", p)
    p += 4
    end = p + signature_length
    signature = buf[p:end]
    p = end + (-signature_length & 3)
    if buf[end:p] > _ZEROS:
        _refuse("SCPEnvelope", p)
    return SCPEnvelope(statement, signature), p


def read_LedgerSCPMessages(buf: bytes, p: int) -> tuple[LedgerSCPMessages, int]:
    ledger_seq, messages_length = _2I(buf, p)
    p += 8
    messages: list[SCPEnvelope] = []
    for _ in range(messages_length):
        item, p = read_SCPEnvelope(buf, p)
        messages.append(item)
    return LedgerSCPMessages(ledger_seq, messages), p


def read_SCPHistoryEntryV0(buf: bytes, p: int) -> tuple[SCPHistoryEntryV0, int]:
    (quorum_sets_length,) = _I(buf, p)
    p += 4
    quorum_sets: list[SCPQuorumSet] = []
    for _ in range(quorum_sets_length):
        item, p = read_SCPQuorumSet(buf, p)
        quorum_sets.append(item)
    ledger_messages, p = read_LedgerSCPMessages(buf, p)
    return SCPHistoryEntryV0(quorum_sets, ledger_messages), p


def read_LedgerCloseMetaV0(buf: bytes, p: int) -> tuple[LedgerCloseMetaV0, int]:
    (hash_,) = _32s(buf, p)
    p += 32
    header, p = read_LedgerHeader(buf, p)
    (v,) = _i(buf, p)
    if v:
        _refuse("LedgerCloseMetaV0", p)
    p += 4
    tx_set, p = read_TransactionSet(buf, p)
    (tx_processing_length,) = _I(buf, p)
    p += 4
    tx_processing: list[TransactionResultMeta] = []
    for _ in range(tx_processing_length):
        item, p = read_TransactionResultMeta(buf, p)
        tx_processing.append(item)
    (upgrades_processing_length,) = _I(buf, p)
    p += 4
    upgrades_processing: list[UpgradeEntryMeta] = []
    for _ in range(upgrades_processing_length):
        item_2, p = read_UpgradeEntryMeta(buf, p)
        upgrades_processing.append(item_2)
    (scp_info_length,) = _I(buf, p)
    p += 4
    scp_info: list[SCPHistoryEntryV0] = []
    for _ in range(scp_info_length):
        (v_2,) = _i(buf, p)
        if v_2:
            _refuse("LedgerCloseMetaV0", p)
        p += 4
        item_3, p = read_SCPHistoryEntryV0(buf, p)
        scp_info.append(item_3)
    return LedgerCloseMetaV0(
        LedgerHeaderHistoryEntry(hash_, header), tx_set, tx_processing, upgrades_processing, scp_info
    ), p


def read_LedgerCloseMetaExtV1(buf: bytes, p: int) -> tuple[LedgerCloseMetaExtV1, int]:
    v, soroban_fee_write1_kb = _iq(buf, p)
    if v:
        _refuse("LedgerCloseMetaExtV1", p)
    p += 12
    return LedgerCloseMetaExtV1(soroban_fee_write1_kb), p


def read_LedgerCloseMetaExt(buf: bytes, p: int) -> tuple[LedgerCloseMetaExt, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v_2, soroban_fee_write1_kb = _iq(buf, p)
        if v_2:
            _refuse("LedgerCloseMetaExt", p)
        p += 12
        return LedgerCloseMetaExt(v, LedgerCloseMetaExtV1(soroban_fee_write1_kb)), p
    if v in _LedgerCloseMetaExt_VOID:
        return _LedgerCloseMetaExt_VOID[v], p
    _refuse("LedgerCloseMetaExt", p)


def read_TxSetComponentTxsMaybeDiscountedFee(buf: bytes, p: int) -> tuple[TxSetComponentTxsMaybeDiscountedFee, int]:
    (has_base_fee,) = _I(buf, p)
    if has_base_fee > 1:
        _refuse("TxSetComponentTxsMaybeDiscountedFee", p)
    p += 4
    base_fee: int | None = None
    if has_base_fee:
        (base_fee_2,) = _q(buf, p)
        p += 8
        base_fee = base_fee_2
    (txs_length,) = _I(buf, p)
    p += 4
    txs: list[TransactionEnvelope] = []
    for _ in range(txs_length):
        item, p = read_TransactionEnvelope(buf, p)
        txs.append(item)
    return TxSetComponentTxsMaybeDiscountedFee(base_fee, txs), p


def read_DependentTxCluster(buf: bytes, p: int) -> tuple[list[TransactionEnvelope], int]:
    (items_length,) = _I(buf, p)
    p += 4
    items: list[TransactionEnvelope] = []
    for _ in range(items_length):
        item, p = read_TransactionEnvelope(buf, p)
        items.append(item)
    return items, p


def read_ParallelTxExecutionStage(buf: bytes, p: int) -> tuple[list[list[TransactionEnvelope]], int]:
    (items_length,) = _I(buf, p)
    p += 4
    items: list[list[TransactionEnvelope]] = []
    for _ in range(items_length):
        (item_length,) = _I(buf, p)
        p += 4
        item: list[TransactionEnvelope] = []
        for _ in range(item_length):
            item_2, p = read_TransactionEnvelope(buf, p)
            item.append(item_2)
        items.append(item)
    return items, p


def read_ParallelTxsComponent(buf: bytes, p: int) -> tuple[ParallelTxsComponent, int]:
    (has_base_fee,) = _I(buf, p)
    if has_base_fee > 1:
        _refuse("ParallelTxsComponent", p)
    p += 4
    base_fee: int | None = None
    if has_base_fee:
        (base_fee_2,) = _q(buf, p)
        p += 8
        base_fee = base_fee_2
    (execution_stages_length,) = _I(buf, p)
    p += 4
    execution_stages: list[list[list[TransactionEnvelope]]] = []
    for _ in range(execution_stages_length):
        (item_length,) = _I(buf, p)
        p += 4
        item: list[list[TransactionEnvelope]] = []
        for _ in range(item_length):
            (item_length_2,) = _I(buf, p)
            p += 4
            item_2: list[TransactionEnvelope] = []
            for _ in range(item_length_2):
                item_3, p = read_TransactionEnvelope(buf, p)
                item_2.append(item_3)
            item.append(item_2)
        execution_stages.append(item)
    return ParallelTxsComponent(base_fee, execution_stages), p


def read_TransactionPhase(buf: bytes, p: int) -> tuple[TransactionPhase, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 0:
        (v0_components_length,) = _I(buf, p)
        p += 4
        v0_components: list[TxSetComponentTxsMaybeDiscountedFee] = []
        for _ in range(v0_components_length):
            type_, has_base_fee = _iI(buf, p)
            if type_ or has_base_fee > 1:
                _refuse("TransactionPhase", p)
            p += 8
            base_fee: int | None = None
            if has_base_fee:
                (base_fee_2,) = _q(buf, p)
                p += 8
                base_fee = base_fee_2
            (txs_length,) = _I(buf, p)
            p += 4
            txs: list[TransactionEnvelope] = []
            for _ in range(txs_length):
                item, p = read_TransactionEnvelope(buf, p)
                txs.append(item)
            v0_components.append(TxSetComponentTxsMaybeDiscountedFee(base_fee, txs))
        return TransactionPhase(v, v0_components), p
    if v == 1:
        parallel_txs_component, p = read_ParallelTxsComponent(buf, p)
        return TransactionPhase(v, parallel_txs_component), p
    _refuse("TransactionPhase", p)


def read_TransactionSetV1(buf: bytes, p: int) -> tuple[TransactionSetV1, int]:
    first = p
    previous_ledger_hash, phases_length = _32sI(buf, p)
    p += 36
    phases: list[TransactionPhase] = []
    for _ in range(phases_length):
        item, p = read_TransactionPhase(buf, p)
        phases.append(item)
    return TransactionSetV1(previous_ledger_hash, phases, buf[first:p]), p


def read_LedgerCloseMetaV1(buf: bytes, p: int) -> tuple[LedgerCloseMetaV1, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v_2, soroban_fee_write1_kb = _iq(buf, p)
        if v_2:
            _refuse("LedgerCloseMetaV1", p)
        p += 12
        ext = LedgerCloseMetaExt(v, LedgerCloseMetaExtV1(soroban_fee_write1_kb))
    elif v in _LedgerCloseMetaExt_VOID:
        ext = _LedgerCloseMetaExt_VOID[v]
    else:
        _refuse("LedgerCloseMetaExt", p)
    (hash_,) = _32s(buf, p)
    p += 32
    header, p = read_LedgerHeader(buf, p)
    v_3, v_4 = _2i(buf, p)
    if v_3 or v_4 != 1:
        _refuse("LedgerCloseMetaV1", p)
    p += 8
    tx_set, p = read_TransactionSetV1(buf, p)
    (tx_processing_length,) = _I(buf, p)
    p += 4
    tx_processing: list[TransactionResultMeta] = []
    for _ in range(tx_processing_length):
        item, p = read_TransactionResultMeta(buf, p)
        tx_processing.append(item)
    (upgrades_processing_length,) = _I(buf, p)
    p += 4
    upgrades_processing: list[UpgradeEntryMeta] = []
    for _ in range(upgrades_processing_length):
        item_2, p = read_UpgradeEntryMeta(buf, p)
        upgrades_processing.append(item_2)
    (scp_info_length,) = _I(buf, p)
    p += 4
    scp_info: list[SCPHistoryEntryV0] = []
    for _ in range(scp_info_length):
        (v_5,) = _i(buf, p)
        if v_5:
            _refuse("LedgerCloseMetaV1", p)
        p += 4
        item_3, p = read_SCPHistoryEntryV0(buf, p)
        scp_info.append(item_3)
    total_byte_size_of_live_soroban_state, evicted_keys_length = _QI(buf, p)
    p += 12
    evicted_keys: list[LedgerKey] = []
    for _ in range(evicted_keys_length):
        item_4, p = read_LedgerKey(buf, p)
        evicted_keys.append(item_4)
    (unused_length,) = _I(buf, p)
    p += 4
    unused: list[LedgerEntry] = []
    for _ in range(unused_length):
        item_5, p = read_LedgerEntry(buf, p)
        unused.append(item_5)
    return LedgerCloseMetaV1(
        ext,
        LedgerHeaderHistoryEntry(hash_, header),
        tx_set,
        tx_processing,
        upgrades_processing,
        scp_info,
        total_byte_size_of_live_soroban_state,
        evicted_keys,
        unused,
    ), p


def read_TransactionResultMetaV1(buf: bytes, p: int) -> tuple[TransactionResultMetaV1, int]:
    (v,) = _i(buf, p)
    if v:
        _refuse("TransactionResultMetaV1", p)
    p += 4
    result, p = read_TransactionResultPair(buf, p)
    end = skip_LedgerEntryChanges(buf, p)
    fee_processing = buf[p:end]
    p = end
    tx_apply_processing, p = read_TransactionMeta(buf, p)
    end_2 = skip_LedgerEntryChanges(buf, p)
    post_tx_apply_fee_processing = buf[p:end_2]
    p = end_2
    return TransactionResultMetaV1(result, fee_processing, tx_apply_processing, post_tx_apply_fee_processing), p


def read_LedgerCloseMetaV2(buf: bytes, p: int) -> tuple[LedgerCloseMetaV2, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 1:
        v_2, soroban_fee_write1_kb = _iq(buf, p)
        if v_2:
            _refuse("LedgerCloseMetaV2", p)
        p += 12
        ext = LedgerCloseMetaExt(v, LedgerCloseMetaExtV1(soroban_fee_write1_kb))
    elif v in _LedgerCloseMetaExt_VOID:
        ext = _LedgerCloseMetaExt_VOID[v]
    else:
        _refuse("LedgerCloseMetaExt", p)
    (hash_,) = _32s(buf, p)
    p += 32
    header, p = read_LedgerHeader(buf, p)
    v_3, v_4 = _2i(buf, p)
    if v_3 or v_4 != 1:
        _refuse("LedgerCloseMetaV2", p)
    p += 8
    tx_set, p = read_TransactionSetV1(buf, p)
    (tx_processing_length,) = _I(buf, p)
    p += 4
    tx_processing: list[TransactionResultMetaV1] = []
    for _ in range(tx_processing_length):
        item, p = read_TransactionResultMetaV1(buf, p)
        tx_processing.append(item)
    (upgrades_processing_length,) = _I(buf, p)
    p += 4
    upgrades_processing: list[UpgradeEntryMeta] = []
    for _ in range(upgrades_processing_length):
        item_2, p = read_UpgradeEntryMeta(buf, p)
        upgrades_processing.append(item_2)
    (scp_info_length,) = _I(buf, p)
    p += 4
    scp_info: list[SCPHistoryEntryV0] = []
    for _ in range(scp_info_length):
        (v_5,) = _i(buf, p)
        if v_5:
            _refuse("LedgerCloseMetaV2", p)
        p += 4
        item_3, p = read_SCPHistoryEntryV0(buf, p)
        scp_info.append(item_3)
    total_byte_size_of_live_soroban_state, evicted_keys_length = _QI(buf, p)
    p += 12
    evicted_keys: list[LedgerKey] = []
    for _ in range(evicted_keys_length):
        item_4, p = read_LedgerKey(buf, p)
        evicted_keys.append(item_4)
    return LedgerCloseMetaV2(
        ext,
        LedgerHeaderHistoryEntry(hash_, header),
        tx_set,
        tx_processing,
        upgrades_processing,
        scp_info,
        total_byte_size_of_live_soroban_state,
        evicted_keys,
    ), p


def read_LedgerCloseMeta(buf: bytes, p: int) -> tuple[LedgerCloseMeta, int]:
    (v,) = _i(buf, p)
    p += 4
    if v == 0:
        v0, p = read_LedgerCloseMetaV0(buf, p)
        return LedgerCloseMeta(v, v0), p
    if v == 1:
        v1, p = read_LedgerCloseMetaV1(buf, p)
        return LedgerCloseMeta(v, v1), p
    if v == 2:
        v2, p = read_LedgerCloseMetaV2(buf, p)
        return LedgerCloseMeta(v, v2), p
    _refuse("LedgerCloseMeta", p)
