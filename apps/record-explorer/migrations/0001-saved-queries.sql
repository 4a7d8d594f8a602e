-- Queries that people keep for themselves. Their values may name patients: each is seen by its owner alone, and stands in no log.
create schema if not exists record_explorer;

create table record_explorer.saved_query (
  tenant integer not null,
  id text collate "C" not null,
  -- Reference of the account or client that keeps it.
  owner text collate "C" not null,
  name text not null,
  type text not null,
  -- Parameters as a form, below the type.
  query text not null,
  saved timestamptz not null,
  primary key (tenant, id),
  -- Saving under a name that one has takes the place of what it was.
  unique (tenant, owner, name)
);
