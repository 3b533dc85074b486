create table token_transfers (
    transaction_id bigint not null,
    position integer not null,
    ledger_sequence bigint not null,
    closed_at timestamptz not null,
    operation_id bigint,
    type text not null,
    contract text collate "C" not null,
    asset text,
    from_address text collate "C",
    to_address text collate "C",
    to_muxed_id text,
    to_muxed_id_type text,
    amount numeric not null,
    primary key (transaction_id, position)
) partition by range (transaction_id);

-- A token's transfers by time; what left an address, and what reached it.
create index on token_transfers (contract, closed_at);
create index on token_transfers (from_address, transaction_id) where from_address is not null;
create index on token_transfers (to_address, transaction_id) where to_address is not null;

comment on table token_transfers is
    'One row for every movement of a token, of an asset of the network and of a contract alike, fees included.';
comment on column token_transfers.transaction_id is 'The transaction: transactions.id.';
comment on column token_transfers.position is 'From 0, within the transaction, in the order in which they happened.';
comment on column token_transfers.ledger_sequence is 'The ledger that applied it.';
comment on column token_transfers.closed_at is 'The ledger''s: ledgers.closed_at.';
comment on column token_transfers.operation_id is 'The operation: operations.id; null for a fee.';
comment on column token_transfers.type is 'transfer, mint, burn, clawback or fee.';
comment on column token_transfers.contract is
    'C… of the token; of an asset of the network, the one that its contract has or would have.';
comment on column token_transfers.asset is 'native or CODE:ISSUER; null for a token that is no asset of the network.';
comment on column token_transfers.from_address is 'Whose balance falls: G…, C…, B… or L…; null for a mint.';
comment on column token_transfers.to_address is
    'Whose balance grows: G…, C…, B… or L…; null for a burn, a clawback or a fee.';
comment on column token_transfers.to_muxed_id is
    'What tells the receivers behind to_address apart: an id or a memo; null when nothing does.';
comment on column token_transfers.to_muxed_id_type is 'id, text or hash; null without to_muxed_id.';
comment on column token_transfers.amount is
    'In the token''s smallest unit (stroops); a fee that is given back is negative.';
