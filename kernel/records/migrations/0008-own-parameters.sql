-- SearchParameter resources of an institution: which are searched by, and how far older resources are indexed for them.
create table records.parameter (
  tenant integer not null,
  -- Logical id of the SearchParameter.
  id text collate "C" not null,
  code text collate "C" not null,
  types text[] not null,
  -- As the index reads it; null where it is refused.
  definition jsonb,
  -- Why it is not indexed.
  reason text,
  -- announced: other processes learn of it; waiting: for transactions that began before they did; indexing; ready; refused.
  state text not null check (state in ('announced', 'waiting', 'indexing', 'ready', 'refused')),
  announced timestamptz not null default clock_timestamp(),
  horizon xid8,
  -- Keys up to `next` are done, those after `last` were written with it.
  next bigint not null default 0,
  last bigint not null default 0,
  primary key (tenant, id)
);
