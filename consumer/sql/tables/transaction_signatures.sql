create table transaction_signatures (
    transaction_id bigint not null,
    position integer not null,
    fee_bump boolean not null,
    hint bytea not null,
    signature bytea not null,
    primary key (transaction_id, position)
) partition by range (transaction_id);

comment on table transaction_signatures is 'One row for every signature of a transaction.';
comment on column transaction_signatures.transaction_id is 'The transaction: transactions.id.';
comment on column transaction_signatures.position is
    'From 0, within the transaction: those of the (inner) transaction, then those of a fee bump.';
comment on column transaction_signatures.fee_bump is 'Whether it signs the fee bump, not the inner transaction.';
comment on column transaction_signatures.hint is 'The last 4 bytes of the signer''s key.';
comment on column transaction_signatures.signature is 'As given; of a hash(x) signer, the x.';
