-- The master patient index (docs/decisions/0073). person and block_key are derived from the log and can be filled again;
-- pair holds what people decided, merge and moved what was moved: those are told by nothing else.
create schema master_index;

create table master_index.person (
  tenant integer not null,
  no integer generated always as identity primary key,
  patient text collate "C" not null,
  -- What of the Patient tells people apart, as standards/matching reads it.
  features jsonb not null,
  -- Hashes of the blocking keys, as they stand in block_key.
  keys bigint[] not null,
  unique (tenant, patient)
);

create table master_index.block_key (
  tenant integer not null,
  key bigint not null,
  no integer not null,
  primary key (tenant, key, no)
);

create table master_index.population (
  tenant integer primary key,
  people integer not null
);

-- How many bear a name; only those that more than one bears.
create table master_index.name_count (
  tenant integer not null,
  name text collate "C" not null,
  bearers integer not null,
  primary key (tenant, name)
);

create table master_index.pair (
  tenant integer not null,
  -- Logical ids of the Patients; the lesser first.
  one text collate "C" not null,
  other text collate "C" not null,
  state text not null check (state in ('open', 'later', 'different', 'same', 'linked')),
  outcome text not null check (outcome in ('certain', 'doubtful')),
  bits real not null,
  probability double precision not null,
  evidence text[] not null,
  objections text[] not null,
  settings integer not null,
  found timestamptz not null,
  decided timestamptz,
  decided_by text,
  decided_display text,
  note text,
  -- A pair put off comes back on this day.
  until date,
  assignee text,
  assignee_display text,
  merge text collate "C",
  primary key (tenant, one, other),
  check (one < other)
);
create index pair_list on master_index.pair (tenant, state, bits, one, other);
create index pair_other on master_index.pair (tenant, other);

create table master_index.settings (
  tenant integer not null,
  version integer not null,
  upper double precision not null,
  lower double precision not null,
  evidence text[] not null,
  -- Whether certain pairs are linked without a person.
  automatic boolean not null,
  -- The training whose weights are used; null: those that are shipped.
  training text collate "C",
  saved timestamptz not null,
  saved_by text not null,
  saved_display text not null,
  note text not null,
  primary key (tenant, version)
);

create table master_index.scan (
  tenant integer not null,
  id text collate "C" not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed')),
  asked timestamptz not null,
  asked_display text not null,
  started timestamptz,
  finished timestamptz,
  people integer not null default 0,
  -- Shared keys that were gone through, of all.
  keys_done integer not null default 0,
  keys_all integer not null default 0,
  -- The last key that was gone through; a scan that was cut off goes on after it.
  after_key bigint,
  pairs integer not null default 0,
  certain integer not null default 0,
  doubtful integer not null default 0,
  primary key (tenant, id)
);

create table master_index.training (
  tenant integer not null,
  id text collate "C" not null,
  at timestamptz not null,
  people integer not null,
  pairs integer not null,
  rounds integer not null,
  model jsonb not null,
  primary key (tenant, id)
);

create table master_index.merge (
  tenant integer not null,
  id text collate "C" not null,
  survivor text collate "C" not null,
  merged text collate "C" not null,
  at timestamptz not null,
  actor text not null,
  actor_display text not null,
  -- desk: by a person here; message: by a message of another system.
  origin text not null check (origin in ('desk', 'message')),
  reason text not null,
  undone timestamptz,
  undone_by text,
  undone_display text,
  undone_reason text,
  primary key (tenant, id)
);
create index merge_survivor on master_index.merge (tenant, survivor);
create index merge_merged on master_index.merge (tenant, merged);
create index merge_list on master_index.merge (tenant, at desc, id);

-- Every resource that a merge changed, both Patients among them, with its version before and after.
create table master_index.moved (
  tenant integer not null,
  merge text collate "C" not null,
  type text not null,
  id text collate "C" not null,
  before integer not null,
  after integer not null,
  primary key (tenant, merge, type, id)
);
