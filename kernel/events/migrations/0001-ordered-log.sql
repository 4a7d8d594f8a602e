-- The one ordered log (docs/decisions/0003). Rows are only ever inserted; the primary key is the order of reading.
create schema events;

create table events.entry (
  -- The writing transaction: readers show only those older than every open one, so the order never changes behind them.
  xid xid8 not null default pg_current_xact_id(),
  seq bigint not null generated always as identity,
  at timestamptz not null,
  tenant integer not null,
  version integer,
  kind text collate "C" not null,
  actor text collate "C" not null,
  resource_type text collate "C",
  resource_id text collate "C",
  patient text collate "C",
  data jsonb,
  primary key (xid, seq)
);

-- One row a durable reader. Everything up to and including (xid, seq) has been handled.
create table events.consumer (
  name text collate "C" primary key,
  kinds text[] not null,
  xid xid8 not null,
  seq bigint not null,
  failures integer not null default 0,
  failure text,
  retry_at timestamptz
) with (fillfactor = 50);
