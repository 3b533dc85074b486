create table operation_accounts (
    operation_id bigint not null,
    account text collate "C" not null,
    primary key (account, operation_id)
) partition by range (operation_id);

comment on table operation_accounts is
    'One row for every account that takes part in an operation; its key is an account''s history.';
comment on column operation_accounts.operation_id is 'The operation: operations.id.';
comment on column operation_accounts.account is
    'G…, never multiplexed: its source, whom it names, who sponsors, as Horizon has it.';
