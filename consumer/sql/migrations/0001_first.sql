-- What a subscriber is, where it stands, and its ledgers. Names are resolved in the subscriber's own schema.
-- The tables of which it fills some are in ../tables.

create table subscriber (
    only_row boolean primary key default true check (only_row),
    network text not null,
    network_id bytea not null check (octet_length(network_id) = 32),
    data_model integer not null,
    tables text[] not null,
    partition_ledgers bigint not null check (partition_ledgers > 0)
);
comment on table subscriber is 'One row: what this schema holds, recorded at the first start and never changed.';
comment on column subscriber.network is 'By name, for people.';
comment on column subscriber.network_id is 'SHA-256 of the network''s passphrase.';
comment on column subscriber.data_model is
    'The version of the data model that filled the tables; 0 while they are dropped.';
comment on column subscriber.tables is 'The tables that it fills, in the order in which a ledger''s rows are written.';
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
comment on column backfill.oldest is
    'Every ledger from here up to live_first - 1 is there; live_first itself when none is.';

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
    max_transaction_set_size bigint not null,
    bytes integer not null,
    transactions_rows integer,
    transaction_signatures_rows integer,
    transaction_accounts_rows integer,
    operations_rows integer,
    operation_accounts_rows integer,
    contract_events_rows integer,
    token_transfers_rows integer,
    ledger_entry_changes_rows integer
);
-- From a time to the sequence, and so to the ids by which all other tables are partitioned.
create index on ledgers (closed_at);
comment on table ledgers is 'One row for every committed ledger, empty ones included.';
comment on column ledgers.sequence is 'One after the other, without a gap from the subscriber''s first ledger on.';
comment on column ledgers.hash is 'SHA-256 of the ledger''s header.';
comment on column ledgers.previous_hash is 'The hash of ledger sequence - 1, as the header names it.';
comment on column ledgers.closed_at is 'When its validators agreed on it, to the second.';
comment on column ledgers.protocol_version is 'After the upgrades that the ledger itself brought.';
comment on column ledgers.successful_transactions is 'Transactions that took effect.';
comment on column ledgers.failed_transactions is 'Transactions that were applied without effect, their fees aside.';
comment on column ledgers.operations is 'Operations in the ledger''s successful transactions.';
comment on column ledgers.total_coins is 'Stroops of the native asset that exist.';
comment on column ledgers.fee_pool is 'Stroops of fees that were collected and belong to nobody.';
comment on column ledgers.base_fee is 'Stroops for one operation.';
comment on column ledgers.base_reserve is
    'Stroops; an account must hold two of them, and one more for each of its entries.';
comment on column ledgers.max_transaction_set_size is
    'Operations, before protocol 11 transactions, that a ledger may hold.';
comment on column ledgers.bytes is 'Length of the ledger''s XDR LedgerCloseMeta.';
comment on column ledgers.transactions_rows is
    'Rows of the ledger in transactions; null where the subscriber has it not.';
comment on column ledgers.transaction_signatures_rows is
    'Rows of the ledger in transaction_signatures; null where the subscriber has it not.';
comment on column ledgers.transaction_accounts_rows is
    'Rows of the ledger in transaction_accounts; null where the subscriber has it not.';
comment on column ledgers.operations_rows is 'Rows of the ledger in operations; null where the subscriber has it not.';
comment on column ledgers.operation_accounts_rows is
    'Rows of the ledger in operation_accounts; null where the subscriber has it not.';
comment on column ledgers.contract_events_rows is
    'Rows of the ledger in contract_events; null where the subscriber has it not.';
comment on column ledgers.token_transfers_rows is
    'Rows of the ledger in token_transfers; null where the subscriber has it not.';
comment on column ledgers.ledger_entry_changes_rows is
    'Rows of the ledger in ledger_entry_changes; null where the subscriber has it not.';
