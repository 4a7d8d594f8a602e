-- What the rules of signing in look back on.
create schema signin;

-- The passwords before the present one, by argon2id, so that none comes again soon.
create table signin.former_password (
  id bigint generated always as identity primary key,
  account text not null,
  password_hash text not null,
  replaced timestamptz not null
);
create index former_password_account on signin.former_password (account, id desc);

-- What a person is shown of his own account: the audit trail has it all, this the newest.
create table signin.sign_in (
  id bigint generated always as identity primary key,
  account text not null,
  at timestamptz not null,
  address text,
  outcome text not null check (outcome in ('allowed', 'refused', 'locked'))
);
create index sign_in_account on signin.sign_in (account, id desc);
