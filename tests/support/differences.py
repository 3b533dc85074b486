"""Where our rows differ from another program's of the same ledgers, and why: all of it, in this one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """`oracle` names the program, `field` what it says; `rows` is in how many rows it differs, None: in all."""

    oracle: str
    table: str
    field: str
    rows: int | None
    reason: str


STELLAR_ETL_OPERATIONS = [
    Difference("stellar-etl", "operations", field, rows, reason)
    for field, rows, reason in (
        ("details.*asset_id", 1071, "a hash of the asset for joins in BigQuery: code and issuer say the same"),
        (
            "details.amount, limit, starting_balance, source_amount, source_max",
            1060,
            "floats there, which are not exact; Horizon's strings here",
        ),
        ("details.price", 982, "a float there, of Horizon's string, which is here"),
        ("details.offer_id", 982, "a number there; a string here, as in Horizon's answers and for JavaScript's sake"),
    )
]
STELLAR_ETL_TRANSFERS = [
    Difference("stellar-etl", "token_transfers", field, None, reason)
    for field, reason in (
        ("amount", "theirs is a float of whole units, amount_raw the integer of stroops that ours is"),
        ("asset_type", "in the length of the code that stands in asset"),
        ("asset_code", "in asset, before the colon"),
        ("asset_issuer", "in asset, behind the colon"),
        ("to_muxed", "M… of to_address and to_muxed_id, which theirs puts together of a memo too"),
        ("transaction_hash", "the transaction's, by transaction_id"),
    )
]
STELLAR_ETL_TRANSACTIONS = [
    Difference(
        "stellar-etl",
        "transactions",
        field,
        None,
        reason,
    )
    for field, reason in (
        ("closed_at", "stands once, in the ledger's row"),
        ("created_at", "the same as closed_at"),
        ("inclusion_fee_bid", "max_fee less resource_fee; theirs is 0 for classic transactions"),
        ("inclusion_fee_charged", "fee_charged less the resource fees charged; theirs is 0 for classic transactions"),
        ("soroban_resources_read_bytes", "the old name of disk_read_bytes"),
        ("soroban_resources_archived_entries", "indexes into a footprint that is not in the table"),
        ("tx_envelope", "the topic holds the raw ledger"),
        ("tx_result", "the topic holds the raw ledger"),
        ("tx_meta", "the topic holds the raw ledger; ledger_entry_changes and contract_events hold its parts"),
        ("tx_fee_meta", "the topic holds the raw ledger; ledger_entry_changes holds it, change by change"),
        ("tx_signers", "signatures written as if they were accounts; transaction_signatures holds them"),
    )
]
STELLAR_ETL_LEDGERS = [
    Difference("stellar-etl", "ledgers", field, None, reason)
    for field, reason in (
        ("ledger_header", "the topic holds the raw ledger"),
        ("transaction_count", "theirs counts the successful ones, and has them as successful_transaction_count too"),
        ("node_id", "who signed the value is the validators' affair; theirs is empty"),
        ("signature", "the same"),
        ("soroban_fee_write_1kb", "of the network's settings; 0 before protocol 20"),
        ("total_byte_size_of_bucket_list", "of metadata from protocol 20 on; 0 before"),
        ("total_byte_size_of_live_soroban_state", "of metadata from protocol 20 on; 0 before"),
        ("evicted_ledger_keys_type", "of metadata from protocol 20 on; null before"),
        ("evicted_ledger_keys_hash", "of metadata from protocol 20 on; null before"),
    )
]
WALLET_BACKEND_OPERATIONS = [
    Difference("wallet-backend", table, field, rows, reason)
    for table, field, rows, reason in (
        ("operations", "result_code", 1256, "these codes have names of Horizon's own; here the network's names"),
        ("operations", "successful", 974, "whether the operation ran well, though its transaction failed after it"),
        (
            "operation_accounts",
            "state change",
            241,
            "whose offers a payment or offer took, and who issued what a contract burnt: in Horizon part of effects",
        ),
        ("operation_accounts", "contract", 162, "contracts that were called or authorized; in Horizon only accounts"),
        ("transaction_accounts", "state change", 185, "the same accounts"),
        ("transaction_accounts", "contract", 162, "the same contracts"),
    )
]
WALLET_BACKEND_TRANSFERS = [
    Difference(
        "wallet-backend",
        "state_changes",
        "token_id",
        3,
        "two mints and a transfer of contracts that are no asset's: it follows those that it was told of, and was told "
        "of none",
    ),
    Difference(
        "wallet-backend", "state_changes", "to_muxed_id", None, "theirs is null for all that are no such token's"
    ),
]
