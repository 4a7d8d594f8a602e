-- Erasures that were granted, how far each is carried out, and what remains: a certificate without a word of the person.

create schema privacy;

create table privacy.erasure (
  tenant integer not null,
  id text collate "C" not null,
  -- The Task of the request by right.
  request text collate "C" not null,
  -- asked: waits for a second person; running; kept: done but for what a law keeps; done; declined.
  state text not null check (state in ('asked', 'running', 'kept', 'done', 'declined')),
  -- Logical id of the Patient; null once nothing of him is left.
  patient text collate "C",
  granted_by text not null,
  granted timestamptz not null,
  decided_by text,
  decided timestamptz,
  reason text,
  phase text not null,
  -- How far the phase came.
  place text,
  -- Ids of the Patients that are this person, and his numbers, sealed; null once nothing of him is left.
  person text,
  -- Figures by what was erased.
  figures jsonb not null default '{}',
  -- What a law keeps: rule, end and number of resources.
  kept jsonb not null default '[]',
  kept_until timestamptz,
  primary key (tenant, id)
);
create unique index erasure_request on privacy.erasure (tenant, request) where state <> 'declined';
create index erasure_list on privacy.erasure (tenant, granted desc, id);

-- What stands to be done for each resource; gone once it is done.
create table privacy.erasure_part (
  tenant integer not null,
  erasure text collate "C" not null,
  type text not null,
  id text collate "C" not null,
  version integer not null,
  fate text not null check (fate in ('erase', 'keep', 'unname')),
  is_deleted boolean not null default false,
  primary key (tenant, erasure, type, id)
);

create table privacy.erasure_object (
  tenant integer not null,
  erasure text collate "C" not null,
  name text not null,
  primary key (tenant, erasure, name)
);

-- Each signed text as it was given, one for every time that an erasure came to an end.
create table privacy.certificate (
  tenant integer not null,
  erasure text collate "C" not null,
  number integer not null,
  at timestamptz not null,
  content text not null,
  signature jsonb not null,
  primary key (tenant, erasure, number)
);
