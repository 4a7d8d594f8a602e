-- Keys wrapped by keys. Nothing in these tables opens anything without the master key, which is never in the database.

create schema keys;

create table keys.key_encryption_key (
  id integer generated always as identity primary key,
  suite text not null check (suite in ('international', 'guomi')),
  -- Fingerprint of the master key that wraps it.
  master text not null,
  wrapped bytea not null,
  created timestamptz not null
);

create table keys.data_key (
  -- Stands in every sealed value in four bytes.
  id integer generated always as identity primary key,
  purpose text not null,
  suite text not null check (suite in ('international', 'guomi')),
  version integer not null,
  kek integer not null references keys.key_encryption_key (id),
  wrapped bytea not null,
  created timestamptz not null,
  unique (purpose, suite, version)
);
create index data_key_by_kek on keys.data_key (kek);

create table keys.signing_key (
  id integer generated always as identity primary key,
  purpose text not null,
  suite text not null check (suite in ('international', 'guomi')),
  version integer not null,
  -- SubjectPublicKeyInfo, DER.
  public_key bytea not null,
  kek integer not null references keys.key_encryption_key (id),
  wrapped bytea not null,
  created timestamptz not null,
  unique (purpose, suite, version)
);
create index signing_key_by_kek on keys.signing_key (kek);
