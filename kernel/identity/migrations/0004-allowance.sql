-- Rates that all processes share: a token bucket a key. What a crash of PostgreSQL takes with it is a full bucket again.
create unlogged table identity.allowance (
  key text primary key,
  -- In the bucket after the last lease, and when that was.
  tokens double precision not null,
  at timestamptz not null,
  -- What the last lease gave.
  given integer not null
) with (fillfactor = 50);

-- Requests a second of one machine client; absent: the limit of all.
alter table identity.client add column requests_per_second integer check (requests_per_second > 0);
