"""Details of operations by which an account sets what is its own."""

from base64 import b64encode

from consumer.decode.accounts import signer
from consumer.decode.details.flags import ACCOUNT, flag_details
from consumer.decode.details.operation import AppliedOperation, Details
from consumer.decode.details.text import text_details
from consumer.decode.strkeys import account
from schemas.xdr.readers import BumpSequenceOp, ManageDataOp, SetOptionsOp


def set_options(_: AppliedOperation, body: SetOptionsOp) -> Details:
    """Only what is set."""
    details: Details = {
        **flag_details("set", body.set_flags, ACCOUNT),
        **flag_details("clear", body.clear_flags, ACCOUNT),
        **_weights(body),
    }
    if body.inflation_dest is not None:
        details["inflation_dest"] = account(body.inflation_dest)
    if body.home_domain is not None:
        details |= text_details("home_domain", body.home_domain)
    if body.signer is not None:
        details |= {"signer_key": signer(body.signer.key), "signer_weight": body.signer.weight}
    return details


def _weights(body: SetOptionsOp) -> Details:
    weights = {
        "master_key_weight": body.master_weight,
        "low_threshold": body.low_threshold,
        "med_threshold": body.med_threshold,
        "high_threshold": body.high_threshold,
    }
    return {name: weight for name, weight in weights.items() if weight is not None}


def manage_data(_: AppliedOperation, body: ManageDataOp) -> Details:
    """The value in base64; null, when the entry is removed."""
    value = None if body.data_value is None else b64encode(body.data_value).decode()
    return {**text_details("name", body.data_name), "value": value}


def bump_sequence(_: AppliedOperation, body: BumpSequenceOp) -> Details:
    return {"bump_to": str(body.bump_to)}
