"""Accounts and signers as transactions and operations name them."""

from consumer.decode.strkeys import account, hash_x, muxed_account, pre_authorized_transaction, signed_payload
from schemas.xdr.readers import (
    MuxedAccount,
    MuxedAccountMed25519,
    SignerKey,
    SignerKeyEd25519SignedPayload,
    SignerKeyType,
    Transaction,
    TransactionV0,
)

_SIGNERS = {
    SignerKeyType.SIGNER_KEY_TYPE_ED25519: account,
    SignerKeyType.SIGNER_KEY_TYPE_PRE_AUTH_TX: pre_authorized_transaction,
    SignerKeyType.SIGNER_KEY_TYPE_HASH_X: hash_x,
}


def key_of(named: MuxedAccount) -> bytes:
    """The account's key, 32 bytes, whether it is multiplexed or not."""
    value = named.value
    return value.ed25519 if isinstance(value, MuxedAccountMed25519) else value


def account_of(named: MuxedAccount) -> str:
    """G…, whether it is multiplexed or not."""
    return account(key_of(named))


def muxed_of(named: MuxedAccount) -> str | None:
    """M… where it is multiplexed (SEP-23)."""
    value = named.value
    if isinstance(value, MuxedAccountMed25519):
        return muxed_account(value.ed25519 + value.id.to_bytes(8, "big"))
    return None


def source_of(transaction: Transaction | TransactionV0) -> MuxedAccount:
    """The transaction's source; the old form names it by the bare key."""
    if isinstance(transaction, TransactionV0):
        return MuxedAccount(0, transaction.source_account_ed25519)
    return transaction.source_account


def signer(key: SignerKey) -> str:
    """G…, T…, X… or P…."""
    value = key.value
    if isinstance(value, SignerKeyEd25519SignedPayload):
        length = len(value.payload)
        return signed_payload(value.ed25519 + length.to_bytes(4, "big") + value.payload + bytes(-length % 4))
    return _SIGNERS[key.type](value)
