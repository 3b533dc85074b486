-- What backfill agrees on, however many of them run, on whichever hosts.

alter table subscriber add column batch_ledgers bigint not null default 64 check (batch_ledgers > 0);
comment on column subscriber.batch_ledgers is
    'Ledgers in a cell of backfill''s grid: ledger n is in cell n / batch_ledgers, rounded down.';

-- A number that no earlier schema of this name had: whoever still fills that one must not fill this one.
alter table backfill add column generation bigint not null default pg_current_xact_id()::text::bigint;
comment on column backfill.generation is
    'Rises when the subscriber is reset; what is filled in another generation than it began in is not committed.';
