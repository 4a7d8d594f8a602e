-- Which fields of an institution are sealed (docs/decisions/0072): every choice a version, the newest one in force.
create table records.sealing (
  tenant integer not null,
  version integer not null,
  -- Identifiers of these systems, wherever they stand; both lists empty: nothing is sealed.
  systems text[] not null,
  -- `Type.element`.
  elements text[] not null,
  -- What exact search compares instead of a sealed text: keyed hashes by this algorithm, the key itself sealed.
  hash_name text not null,
  word_key bytea not null,
  -- announced: searches know; writing: what is written follows; waiting: for transactions that began before; current and
  -- history: what is stored is gone through; cleaning: what PostgreSQL itself keeps of it; done.
  state text not null check (state in ('announced', 'writing', 'waiting', 'current', 'history', 'cleaning', 'done')),
  since timestamptz not null default clock_timestamp(),
  horizon xid8,
  -- Keys of records.current up to `next` are done.
  next bigint not null default 0,
  last bigint not null default 0,
  -- Versions of records.history up to these are done.
  next_self bigint not null default -9223372036854775808,
  next_version integer not null default 0,
  at timestamptz not null,
  actor text not null,
  reason text not null,
  primary key (tenant, version)
);

-- Words are not looked for in what is sealed.
create or replace function records.all_text(content text) returns text
language sql immutable strict parallel safe
begin atomic
  select records.folded(string_agg(regexp_replace(leaf.value #>> '{}', '<[^>]*>', ' ', 'g'), ' '))
  from jsonb_path_query(content::jsonb, 'strict $.**') as leaf (value)
  where jsonb_typeof(leaf.value) = 'string' and not starts_with(leaf.value #>> '{}', 'x1.');
end;
