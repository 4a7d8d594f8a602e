-- Rotations as durable work, and versions that were retired: their secret is gone, the row and a public key stay.

alter table keys.data_key add column retired timestamptz;
alter table keys.signing_key add column retired timestamptz;

create table keys.rotation (
  id integer generated always as identity primary key,
  act text not null check (act in ('rotate', 'wrap', 'retire')),
  -- Empty where key-encryption keys are changed.
  purpose text not null,
  -- Newest versions when it was asked for; null where the purpose has none of the kind.
  data_version integer,
  signing_version integer,
  -- making: the new version; sealing: what lies under older ones; settling: until every process and transaction knows the
  -- new one; counting: what is left; done; kept: something still lies under an old version, so it stays.
  state text not null check (state in ('making', 'sealing', 'settling', 'counting', 'done', 'kept')),
  -- All places of the purpose, as the one who asked knew them: a process that lacks one leaves the work to others.
  places text[] not null default '{}',
  -- The place that is gone through, and the row that it came to.
  place text,
  after tid,
  due bigint not null default 0,
  moved bigint not null default 0,
  since timestamptz not null default clock_timestamp(),
  horizon xid8,
  -- By place how much lies under older versions, as the last count found.
  remains jsonb not null default '{}',
  actor text not null,
  display text not null,
  reason text not null,
  asked timestamptz not null,
  ended timestamptz
);
create unique index rotation_running on keys.rotation (purpose) where state not in ('done', 'kept');
