-- Dictionaries of the house: what their owners work at. What is published stands in the record as CodeSystem and ConceptMap.
create schema dictionaries;

create table dictionaries.dictionary (
  tenant integer not null,
  key text collate "C" not null,
  kind text not null,
  title text not null,
  -- Id of the account of the one person who answers for it.
  owner text collate "C" not null,
  url text not null,
  version integer not null default 0,
  made timestamptz not null,
  primary key (tenant, key),
  unique (tenant, url)
);

create table dictionaries.entry (
  tenant integer not null,
  dictionary text collate "C" not null,
  code text collate "C" not null,
  -- display, english, definition, isActive: as it will be published, and as it was published last.
  draft jsonb not null,
  published jsonb,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (tenant, dictionary, code),
  foreign key (tenant, dictionary) references dictionaries.dictionary
);
create index entry_changed on dictionaries.entry (tenant, dictionary, code)
  where published is null or published <> draft;

create table dictionaries.version (
  tenant integer not null,
  dictionary text collate "C" not null,
  number integer not null,
  at timestamptz not null,
  by text not null,
  note text not null,
  code_system text collate "C" not null,
  primary key (tenant, dictionary, number),
  foreign key (tenant, dictionary) references dictionaries.dictionary
);

create table dictionaries.change (
  tenant integer not null,
  dictionary text collate "C" not null,
  number integer not null,
  code text collate "C" not null,
  before jsonb,
  after jsonb not null,
  primary key (tenant, dictionary, number, code),
  foreign key (tenant, dictionary, number) references dictionaries.version
);

create table dictionaries.subscriber (
  tenant integer not null,
  dictionary text collate "C" not null,
  -- How the trail names it: client/<id>.
  subscriber text collate "C" not null,
  title text not null,
  primary key (tenant, dictionary, subscriber),
  foreign key (tenant, dictionary) references dictionaries.dictionary
);

create table dictionaries.acknowledgement (
  tenant integer not null,
  dictionary text collate "C" not null,
  number integer not null,
  subscriber text collate "C" not null,
  at timestamptz not null,
  primary key (tenant, dictionary, subscriber, number),
  foreign key (tenant, dictionary, number) references dictionaries.version
);

create table dictionaries.mapping (
  tenant integer not null,
  dictionary text collate "C" not null,
  -- Canonical address of the standard code system.
  target text collate "C" not null,
  code text collate "C" not null,
  target_code text collate "C" not null,
  target_display text not null,
  equivalence text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  reviewed_by text,
  reviewed_at timestamptz,
  primary key (tenant, dictionary, target, code, target_code),
  foreign key (tenant, dictionary, code) references dictionaries.entry
);
