-- Second factors, what a sign-in still waits for, and what each session has shown.
create table signin.factor (
  id text primary key,
  account text not null references identity.account,
  kind text not null check (kind in ('totp', 'passkey')),
  label text not null,
  created timestamptz not null,
  -- Null until its owner has shown that he can use it.
  confirmed timestamptz,
  last_used timestamptz,
  -- The sealed secret of an authenticator app, and the newest time step that it was used for.
  secret text,
  last_step bigint not null default 0,
  credential text unique,
  public_key bytea,
  counter bigint not null default 0,
  transports text[]
);
create index factor_account on signin.factor (account);

create table signin.recovery_code (
  account text not null references identity.account,
  code_hash bytea not null,
  used timestamptz,
  primary key (account, code_hash)
);

-- The password was right and the second factor is still to come.
create table signin.ticket (
  token_hash bytea primary key,
  account text not null references identity.account,
  awaits text not null check (awaits in ('proof', 'enrolment')),
  address text,
  ends timestamptz not null
);

-- What a passkey is asked to sign, once; `holder` is a session, a ticket or nobody yet.
create table signin.challenge (
  holder text primary key,
  challenge text not null,
  ends timestamptz not null
);

create table signin.proof (
  session text primary key references identity.session (id) on delete cascade,
  method text not null check (method in ('totp', 'passkey', 'recovery-code')),
  at timestamptz not null
);
