create table contract_events (
    transaction_id bigint not null,
    position integer not null,
    ledger_sequence bigint not null,
    operation_id bigint,
    stage text,
    type text not null,
    contract text collate "C",
    name text collate "C",
    topics jsonb not null,
    data jsonb not null,
    xdr bytea not null,
    primary key (transaction_id, position)
) partition by range (transaction_id);

-- What a contract said, by the name of what happened, newest first.
create index on contract_events (contract, name, transaction_id);

comment on table contract_events is 'One row for every event in a transaction''s metadata, diagnostic ones aside.';
comment on column contract_events.transaction_id is 'The transaction: transactions.id.';
comment on column contract_events.position is 'From 0, within the transaction, in the order in which they happened.';
comment on column contract_events.ledger_sequence is 'The ledger that applied it.';
comment on column contract_events.operation_id is
    'The operation: operations.id; null for the transaction''s own: fees, and fees given back.';
comment on column contract_events.stage is
    'before_all_txs, after_tx or after_all_txs: when the transaction''s own happened; null for an operation''s.';
comment on column contract_events.type is 'contract or system.';
comment on column contract_events.contract is 'C… of who emitted it; null when nobody did.';
comment on column contract_events.name is 'The first topic, where it is a symbol, or a string of at most 128 bytes; else null.';
comment on column contract_events.topics is 'An array of values, the name included, as XDR-JSON (SEP-51).';
comment on column contract_events.data is 'A value, as XDR-JSON (SEP-51).';
comment on column contract_events.xdr is 'The ContractEvent as the metadata has it.';
