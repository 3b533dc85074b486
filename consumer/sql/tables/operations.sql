create table operations (
    id bigint not null,
    ledger_sequence bigint not null,
    transaction_id bigint not null,
    application_order integer not null,
    type text not null,
    source_account text not null,
    source_account_muxed text,
    transaction_successful boolean not null,
    result_code text,
    trace_code text,
    details jsonb not null,
    primary key (id)
) partition by range (id);

comment on table operations is 'One row for every operation of every transaction, successful or not.';
comment on column operations.id is
    'TOID (SEP-35): transaction_id | application_order. A transaction''s are those from its id on, below id + 4096.';
comment on column operations.ledger_sequence is 'The ledger that applied it.';
comment on column operations.transaction_id is 'The transaction: transactions.id.';
comment on column operations.application_order is 'From 1, within the transaction.';
comment on column operations.type is 'In lower case, as the network names it: payment, invoke_host_function …';
comment on column operations.source_account is 'G… of its own source, or else of the transaction''s.';
comment on column operations.source_account_muxed is 'M… where that source is multiplexed; else null.';
comment on column operations.transaction_successful is
    'Whether the transaction took effect: all of its operations, or none.';
comment on column operations.result_code is
    'Whether it ran, opINNER, or why not: opBAD_AUTH …; null when the transaction failed before its operations.';
comment on column operations.trace_code is
    'What came of it: PAYMENT_SUCCESS, PAYMENT_UNDERFUNDED …; null when it did not run.';
comment on column operations.details is
    'What it asks for and what came of it, in Horizon''s words: amounts are strings of seven places.';
