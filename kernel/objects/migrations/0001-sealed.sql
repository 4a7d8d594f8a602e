-- Objects that lie encrypted: by which key, and under which name their bytes are stored.

create schema objects;

create table objects.sealed (
  -- As it is asked for: `sha256-…` of what was given, or `passing-…`.
  name text collate "C" primary key,
  -- Of the encrypted bytes in the store.
  stored text collate "C" not null,
  -- Of what was given, bytes.
  size_bytes bigint not null,
  suite text not null check (suite in ('international', 'guomi')),
  -- The key of this object alone, sealed for its name.
  key bytea not null,
  created timestamptz not null
);
create index sealed_created on objects.sealed (created) where name like 'passing-%';
