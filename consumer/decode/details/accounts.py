"""Accounts in an operation's details."""

from consumer.decode.accounts import account_of, muxed_of
from consumer.decode.details.operation import Details
from consumer.decode.strkeys import account
from schemas.xdr.readers import MuxedAccount, MuxedAccountMed25519


def account_details(name: str, named: MuxedAccount) -> Details:
    """G… as `name`; of a multiplexed account also M… as `<name>_muxed`, and its id as `<name>_muxed_id`."""
    value = named.value
    if isinstance(value, MuxedAccountMed25519):
        return {name: account_of(named), f"{name}_muxed": muxed_of(named), f"{name}_muxed_id": str(value.id)}
    return {name: account(value)}
