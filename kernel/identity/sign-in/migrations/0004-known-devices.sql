-- Browsers at which somebody signed in with a second factor: guesses of others do not lock them out.
create table signin.device (
  id text primary key,
  account text not null references identity.account on delete cascade,
  -- SHA-256 of the value of the browser's cookie; people who share a browser share it.
  token_hash bytea not null,
  label text,
  address text,
  created timestamptz not null,
  last_used timestamptz not null,
  ends timestamptz not null,
  unique (account, token_hash)
);
create index device_token on signin.device (token_hash);
