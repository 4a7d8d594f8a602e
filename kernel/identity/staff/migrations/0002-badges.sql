-- Shared terminals of wards, and the badges with which people change places at them.
create table staff.terminal (
  tenant integer not null,
  id text primary key,
  label text not null,
  -- Id of the Location where it stands.
  location text not null,
  -- Without anybody touching it for so long it asks for the PIN.
  idle_seconds integer not null check (idle_seconds between 15 and 900),
  -- SHA-256 of the secret that its browser keeps.
  secret_hash bytea not null unique,
  registered timestamptz not null,
  registered_by text not null,
  seen timestamptz,
  ended timestamptz
);
create index terminal_tenant on staff.terminal (tenant, label);

-- One badge a person; of its number a keyed digest alone.
create table staff.badge (
  account text primary key references identity.account,
  tenant integer not null,
  number_hash bytea not null unique,
  -- argon2id
  pin_hash text not null,
  enrolled timestamptz not null,
  last_used timestamptz
);

-- The sessions that stand at terminals: at most one at each.
create table staff.terminal_session (
  terminal text primary key references staff.terminal,
  session text not null references identity.session (id) on delete cascade,
  -- While it stands the session may do nothing but be unlocked.
  locked timestamptz
);
create unique index terminal_session_session on staff.terminal_session (session);

-- The key of the digests, sealed under the keys of the installation.
create table staff.pepper (id integer primary key check (id = 1), sealed text not null);
