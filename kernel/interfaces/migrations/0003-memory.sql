-- What a source that asks by itself keeps from one look to the next: where it stands in a table, which files it took.

create table interfaces.memory (
  tenant integer not null,
  interface text not null collate "C",
  -- Of the source's own choice: the name of a file, `cursor`.
  key text not null collate "C",
  value text not null,
  primary key (tenant, interface, key)
);
