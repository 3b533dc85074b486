create table transactions (
    id bigint not null,
    ledger_sequence bigint not null,
    application_order integer not null,
    hash bytea not null,
    inner_hash bytea,
    source_account text not null,
    source_account_muxed text,
    account_sequence bigint not null,
    fee_account text not null,
    fee_account_muxed text,
    max_fee bigint not null,
    inner_max_fee bigint,
    fee_charged bigint not null,
    successful boolean not null,
    result_code text not null,
    inner_result_code text,
    operation_count integer not null,
    memo_type text not null,
    memo text,
    memo_bytes bytea,
    min_time numeric,
    max_time numeric,
    min_ledger bigint,
    max_ledger bigint,
    min_account_sequence bigint,
    min_account_sequence_age numeric,
    min_account_sequence_ledger_gap bigint,
    extra_signers text[],
    soroban_instructions bigint,
    soroban_disk_read_bytes bigint,
    soroban_write_bytes bigint,
    resource_fee bigint,
    non_refundable_resource_fee_charged bigint,
    refundable_resource_fee_charged bigint,
    rent_fee_charged bigint,
    resource_fee_refund bigint,
    primary key (id)
) partition by range (id);

-- Whoever submitted a transaction knows its hash; within a fee bump, that of the inner one.
create index on transactions (hash);
create index on transactions (inner_hash) where inner_hash is not null;

comment on table transactions is 'One row for every transaction that a ledger applied, successful or not.';
comment on column transactions.id is 'TOID (SEP-35): ledger_sequence << 32 | application_order << 12.';
comment on column transactions.ledger_sequence is 'The ledger that applied it.';
comment on column transactions.application_order is 'From 1, within the ledger.';
comment on column transactions.hash is 'SHA-256 of what was signed; of a fee bump, of the outer transaction.';
comment on column transactions.inner_hash is 'Of a fee bump''s inner transaction; null without a fee bump.';
comment on column transactions.source_account is 'G… of the source; of a fee bump, of the inner transaction''s.';
comment on column transactions.source_account_muxed is 'M… where the source is multiplexed; else null.';
comment on column transactions.account_sequence is 'The sequence number that it uses up of its source account.';
comment on column transactions.fee_account is 'G… of the account that paid: a fee bump''s own source, else the source.';
comment on column transactions.fee_account_muxed is 'M… where the account that paid is multiplexed; else null.';
comment on column transactions.max_fee is 'Stroops that were bid; of a fee bump, by the outer transaction.';
comment on column transactions.inner_max_fee is
    'Stroops that a fee bump''s inner transaction bid; null without a fee bump.';
comment on column transactions.fee_charged is 'Stroops, as the transaction''s result says.';
comment on column transactions.successful is 'Whether its operations took effect; the fee is charged either way.';
comment on column transactions.result_code is 'As the network names it: txSUCCESS, txFAILED …';
comment on column transactions.inner_result_code is 'Of a fee bump''s inner transaction; null without a fee bump.';
comment on column transactions.operation_count is 'Operations in its envelope.';
comment on column transactions.memo_type is 'none, text, id, hash or return.';
comment on column transactions.memo is
    'Text (bytes that are no UTF-8, and NUL, replaced), decimal id, or hex of the hash.';
comment on column transactions.memo_bytes is 'A text memo as it is, byte for byte; null for other types.';
comment on column transactions.min_time is 'Unix seconds from which on it was valid; null without time bounds.';
comment on column transactions.max_time is
    'Unix seconds up to which it was valid, 0 for ever; null without time bounds.';
comment on column transactions.min_ledger is 'The ledger from which on it was valid; null without ledger bounds.';
comment on column transactions.max_ledger is
    'The ledger before which it was valid, 0 for ever; null without ledger bounds.';
comment on column transactions.min_account_sequence is
    'The lowest sequence number of its source at which it was valid; null where only the one before its own was.';
comment on column transactions.min_account_sequence_age is
    'Seconds for which its source''s sequence number must have stood still; null without such preconditions.';
comment on column transactions.min_account_sequence_ledger_gap is
    'Ledgers for which its source''s sequence number must have stood still; null without such preconditions.';
comment on column transactions.extra_signers is 'G…, X…, T… or P… of who had to sign besides; null when nobody had.';
comment on column transactions.soroban_instructions is
    'CPU instructions that it asked for; null where it is no Soroban one.';
comment on column transactions.soroban_disk_read_bytes is
    'Bytes to read that it asked for; null where it is no Soroban one.';
comment on column transactions.soroban_write_bytes is
    'Bytes to write that it asked for; null where it is no Soroban one.';
comment on column transactions.resource_fee is 'Stroops for resources, as bid; null where it is no Soroban one.';
comment on column transactions.non_refundable_resource_fee_charged is
    'Stroops for instructions, reads and bandwidth; null where the metadata does not say.';
comment on column transactions.refundable_resource_fee_charged is
    'Stroops for rent, events and the return value; null where the metadata does not say.';
comment on column transactions.rent_fee_charged is
    'Stroops for rent, part of the refundable ones; null where the metadata does not say.';
comment on column transactions.resource_fee_refund is
    'Stroops of resource_fee given back to the account that paid; null where it is no Soroban one.';
