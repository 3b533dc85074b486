-- What a subscriber is, where it stands, and what it keeps. Names are resolved in the subscriber's own schema.

create table subscriber (
    only_row boolean primary key default true check (only_row),
    network text not null,
    network_id bytea not null check (octet_length(network_id) = 32),
    data_model integer not null,
    tables text[] not null,
    partition_ledgers bigint not null check (partition_ledgers > 0)
);
comment on table subscriber is 'One row: what this schema holds, recorded at the first start and never changed.';
comment on column subscriber.network_id is 'SHA-256 of the network''s passphrase.';
comment on column subscriber.data_model is 'The version of the data model that filled the tables.';
comment on column subscriber.partition_ledgers is 'Ledgers in each partition of a partitioned table.';

create table live (
    only_row boolean primary key default true check (only_row),
    live_first bigint,
    latest bigint check (latest >= live_first),
    epoch bigint not null default 0
);
comment on table live is 'One row: the cursor of live. Only the holder of the subscriber''s lock writes it.';
comment on column live.live_first is 'The ledger where live began; null until the first start has resolved it.';
comment on column live.latest is 'The newest ledger that live committed; null before the first.';
comment on column live.epoch is 'Raised by each new holder of the lock; a cursor moves in its own epoch only.';

create table backfill (
    only_row boolean primary key default true check (only_row),
    oldest bigint
);
comment on table backfill is 'One row, apart from live''s, so that live never waits for backfill.';
comment on column backfill.oldest is 'Every ledger from here up to live_first - 1 is there; live_first itself when none is.';

create table ledgers (
    sequence bigint primary key,
    hash bytea not null,
    previous_hash bytea not null,
    closed_at timestamptz not null,
    protocol_version integer not null,
    successful_transactions integer not null,
    failed_transactions integer not null,
    operations integer not null,
    total_coins bigint not null,
    fee_pool bigint not null,
    base_fee bigint not null,
    base_reserve bigint not null,
    bytes integer not null
);
comment on table ledgers is 'One row for every committed ledger, empty ones included.';
comment on column ledgers.hash is 'SHA-256 of the ledger''s header.';
comment on column ledgers.previous_hash is 'The hash of ledger sequence - 1, as the header names it.';
comment on column ledgers.operations is 'Operations in the ledger''s successful transactions.';
comment on column ledgers.total_coins is 'Stroops.';
comment on column ledgers.fee_pool is 'Stroops.';
comment on column ledgers.base_fee is 'Stroops for one operation.';
comment on column ledgers.base_reserve is 'Stroops.';
comment on column ledgers.bytes is 'Length of the ledger''s XDR LedgerCloseMeta.';

create table transactions (
    id bigint not null,
    ledger_sequence bigint not null,
    application_order integer not null,
    hash bytea not null,
    source_account text not null,
    source_account_muxed text,
    fee_account text not null,
    fee_charged bigint not null,
    successful boolean not null,
    result_code text not null,
    operation_count integer not null,
    fee_bump boolean not null,
    memo_type text not null,
    memo text,
    memo_bytes bytea,
    primary key (id)
) partition by range (id);
create index on transactions (hash);
create index on transactions (source_account, id);
comment on table transactions is 'One row for every transaction that a ledger applied, successful or not.';
comment on column transactions.id is 'TOID (SEP-35): ledger_sequence << 32 | application_order << 12.';
comment on column transactions.application_order is 'From 1, within the ledger.';
comment on column transactions.source_account is 'G… of the (inner) transaction''s source.';
comment on column transactions.source_account_muxed is 'M… where the source is multiplexed.';
comment on column transactions.fee_account is 'G… of the account that paid: a fee bump''s own source.';
comment on column transactions.fee_charged is 'Stroops, as the transaction''s result says.';
comment on column transactions.result_code is 'As the network names it: txSUCCESS, txFAILED …';
comment on column transactions.memo_type is 'none, text, id, hash or return.';
comment on column transactions.memo is 'Text (bytes that are no UTF-8, and NUL, replaced), decimal id, or hex of the hash.';
comment on column transactions.memo_bytes is 'A text memo as it is, byte for byte.';
