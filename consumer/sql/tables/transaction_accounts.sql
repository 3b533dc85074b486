create table transaction_accounts (
    transaction_id bigint not null,
    account text collate "C" not null,
    primary key (account, transaction_id)
) partition by range (transaction_id);

comment on table transaction_accounts is
    'One row for every account that takes part in a transaction; its key is an account''s history.';
comment on column transaction_accounts.transaction_id is 'The transaction: transactions.id.';
comment on column transaction_accounts.account is
    'G…, never multiplexed: its source, who pays, and who takes part in its operations.';
