-- Implementation guides of an institution and what it asks of its writes. The definitions themselves are resources of the
-- record; these tables say which guide brought them and which profiles are required.

create schema profiles;

create table profiles.guide (
  tenant integer not null,
  name text not null,
  version text not null,
  canonical text,
  title text,
  fhir_version text,
  added_at timestamptz not null,
  actor text not null,
  -- 'adding' until every definition is stored: adding the same package again goes on.
  state text not null check (state in ('adding', 'ready')),
  definitions integer not null,
  stored integer not null default 0,
  -- Definitions that the base definitions refuse: [{ "file", "reason" }].
  refused jsonb not null default '[]',
  primary key (tenant, name, version)
);

create table profiles.member (
  tenant integer not null,
  name text not null,
  guide_version text not null,
  type text not null,
  id text not null,
  url text,
  version text,
  primary key (tenant, name, guide_version, type, id),
  foreign key (tenant, name, guide_version) references profiles.guide (tenant, name, version) on delete cascade
);

-- Whether another guide still holds a definition, when one is removed.
create index member_resource on profiles.member (tenant, type, id);

create table profiles.requirement (
  tenant integer not null,
  type text not null,
  profile text not null,
  primary key (tenant, type, profile)
);

create table profiles.setting (
  tenant integer primary key,
  -- What becomes of a write that claims a profile which is not known.
  unknown text not null check (unknown in ('warn', 'refuse'))
);
