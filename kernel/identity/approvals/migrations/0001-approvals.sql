-- Changes of rights that wait for a second person, and since when an institution keeps its administrators apart.
create schema approvals;

create table approvals.proposal (
  id text primary key,
  tenant integer not null,
  -- What is asked: people.roles, roles.save …
  kind text not null,
  subject_type text not null,
  subject_id text not null,
  -- What is done when it is approved, and what stood there when it was asked: an approval of something else is none.
  input jsonb not null,
  before jsonb not null,
  reason text not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'done', 'refused', 'withdrawn', 'stale')),
  asked_by text not null,
  asked_by_display text not null,
  asked_at timestamptz not null,
  ends timestamptz not null,
  decided_by text,
  decided_by_display text,
  decided_at timestamptz,
  why text,
  check (decided_by is null or state = 'withdrawn' or decided_by <> asked_by)
);
create index proposal_newest on approvals.proposal (tenant, asked_at desc, id);
create index proposal_waiting on approvals.proposal (tenant) where state = 'waiting';

create table approvals.separation (
  tenant integer primary key,
  since timestamptz not null,
  switched_by text not null
);
