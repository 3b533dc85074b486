create table ledger_entry_changes (
    transaction_id bigint not null,
    position integer not null,
    ledger_sequence bigint not null,
    operation_id bigint,
    phase text not null,
    change text not null,
    entry_type text not null,
    xdr bytea not null,
    primary key (transaction_id, position)
) partition by range (transaction_id);

comment on table ledger_entry_changes is 'One row for every change of a ledger entry, as the metadata has it.';
comment on column ledger_entry_changes.transaction_id is
    'The transaction: transactions.id; for upgrades the ledger''s own id, ledger_sequence << 32.';
comment on column ledger_entry_changes.position is 'From 0, in the order of the metadata, within the transaction.';
comment on column ledger_entry_changes.ledger_sequence is 'The ledger that applied it.';
comment on column ledger_entry_changes.operation_id is 'The operation: operations.id; null outside of operations.';
comment on column ledger_entry_changes.phase is
    'fee, before, operation, after (the operations), refund (after all transactions) or upgrade.';
comment on column ledger_entry_changes.change is
    'state (what the entry was before the change that follows), created, updated, removed or restored.';
comment on column ledger_entry_changes.entry_type is 'account, trustline, offer, data, contract_data …';
comment on column ledger_entry_changes.xdr is 'The LedgerEntryChange as the metadata has it.';
