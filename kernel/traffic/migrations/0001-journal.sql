-- The journal of every door. Two tables that are only ever inserted into: the raw bytes are written once and never
-- copied again by an update of their row (PostgreSQL copies a whole row version on update).

create schema traffic;

create table traffic.message (
  id bigint generated always as identity primary key,
  tenant integer not null,
  door text not null check (door in ('fhir', 'hl7v2', 'dicom')),
  sender text not null,
  subject text not null,
  control_id text not null,
  -- SHA-256 of what makes a resent message the same; null where the door does not know resent messages (fhir).
  digest bytea,
  charset text,
  -- As it came, or compressed by zstd where that is said; PostgreSQL's own compression would try again, slower.
  raw bytea not null,
  is_compressed boolean not null,
  size_bytes integer not null,
  received_at timestamptz not null,
  -- How often the sender gave it.
  times integer not null default 1
);

alter table traffic.message alter column raw set storage external;

create unique index message_resent on traffic.message (tenant, door, sender, control_id, digest)
  where digest is not null;
create index message_recent on traffic.message (tenant, received_at);

-- No foreign key: its check would lock, and so rewrite, the message row; nothing here is ever deleted.
create table traffic.settlement (
  message bigint primary key,
  tenant integer not null,
  outcome text not null check (outcome in ('accepted', 'refused')),
  settled_at timestamptz not null,
  latency_ms real not null,
  made text[] not null default '{}',
  provenance text,
  code text,
  reason text,
  at text
);

-- The page "refused only" must not walk past a million accepted ones.
create index settlement_refused on traffic.settlement (tenant, message) where outcome = 'refused';
