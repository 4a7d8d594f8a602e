-- Bulk Data Access 2.0: what was asked for, how far it is, and where the files are.
create schema bulk;

create table bulk.export (
  tenant integer not null,
  id text collate "C" not null,
  -- `user/<id>` or `client/<id>`: by whose rights everything is read, and who may fetch it.
  owner text not null,
  -- Scopes of the token that asked; empty for people.
  scopes text[] not null,
  -- The address that was called.
  request text not null,
  -- Types, level, patients, filters: `ExportPlan`.
  plan jsonb not null,
  -- The record is shown as it stood then.
  at timestamptz not null,
  -- Everything that had begun before this transaction id is awaited, because its changes may bear an earlier time.
  awaited xid8,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- Of the plan's types the one in hand, and the key of the record after which it goes on.
  type_index integer not null default 0,
  after text,
  resources bigint not null default 0,
  ended timestamptz,
  reason text,
  primary key (tenant, id)
);

create table bulk.export_file (
  tenant integer not null,
  export text collate "C" not null,
  number integer not null,
  kind text not null check (kind in ('output', 'deleted')),
  type text not null,
  object text not null,
  resources integer not null,
  size_bytes bigint not null,
  primary key (tenant, export, number),
  foreign key (tenant, export) references bulk.export
);

-- Files that were sent to be imported, by whom.
create table bulk.upload (
  tenant integer not null,
  object text not null,
  owner text not null,
  size_bytes bigint not null,
  sent timestamptz not null,
  primary key (tenant, object, owner)
);

create table bulk.import (
  tenant integer not null,
  id text collate "C" not null,
  owner text not null,
  scopes text[] not null,
  request text not null,
  asked timestamptz not null,
  -- `[{ "type": …, "url": …, "object": …, "sizeBytes": … }]` in the order in which they are read; `object` once it is here.
  inputs jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- The input in hand, and where in it the next line begins; committed together with what was read before.
  input integer not null default 0,
  next_byte bigint not null default 0,
  next_line integer not null default 1,
  written bigint not null default 0,
  refused bigint not null default 0,
  ended timestamptz,
  reason text,
  primary key (tenant, id)
);

create table bulk.import_refusal (
  tenant integer not null,
  import text collate "C" not null,
  input integer not null,
  line integer not null,
  outcome json not null,
  primary key (tenant, import, input, line),
  foreign key (tenant, import) references bulk.import
);
