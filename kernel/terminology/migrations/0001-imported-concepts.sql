create schema terminology;

-- Imported code systems: the concepts of one file, read one way, stand in a table of their own (`terminology.concepts_<name>`)
-- that is made again from the object at any time. Institutions that import the same file share it.
create table terminology.concept_table (
  -- Digest of object, format and columns.
  name text collate "C" primary key,
  -- Name of the file in the object store.
  object text not null,
  format text not null,
  columns jsonb not null,
  -- Rows stored so far: where an interrupted import goes on.
  concepts integer not null default 0,
  -- Null until every concept, the hierarchy and the indexes are there.
  ready timestamptz
);

-- What was asked to be imported; ready ones are named by a CodeSystem in the record.
create table terminology.import (
  id text collate "C" primary key,
  tenant integer not null,
  actor text not null,
  -- The CodeSystem to be made or made anew, without concepts.
  header jsonb not null,
  concept_table text not null references terminology.concept_table,
  file_bytes bigint not null,
  bytes_read bigint not null default 0,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'refused')),
  -- Why it was refused: code and sentence.
  code text,
  reason text,
  asked timestamptz not null,
  ended timestamptz,
  code_system text
);
create index import_of_tenant on terminology.import (tenant, asked desc);

-- Closure tables of clients (terminology-service.html §4.7.7): which concepts a client has, and what was told to it when.
create table terminology.closure (
  tenant integer not null,
  name text collate "C" not null,
  version integer not null default 0,
  primary key (tenant, name)
);
create table terminology.closure_concept (
  tenant integer not null,
  name text collate "C" not null,
  system text not null,
  code text not null,
  foreign key (tenant, name) references terminology.closure on delete cascade,
  primary key (tenant, name, system, code)
);
create table terminology.closure_relation (
  tenant integer not null,
  name text collate "C" not null,
  version integer not null,
  system text not null,
  -- `narrower` is a kind of `broader`.
  narrower text not null,
  broader text not null,
  foreign key (tenant, name) references terminology.closure on delete cascade
);
create index closure_relation_version on terminology.closure_relation (tenant, name, version);
