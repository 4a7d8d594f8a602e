-- Broken glass: who opened whose record against a refusal, why, how long, and what the review said of it.
create table consent.break_glass (
  id text primary key,
  tenant integer not null,
  -- Reference of the actor (`user/…`); named as a relation between people and patients is.
  holder text collate "C" not null,
  holder_display text not null,
  patient text collate "C" not null,
  reason text not null,
  -- Consents that refused at that moment.
  refused_by text[] not null,
  since timestamptz not null,
  until timestamptz not null,
  -- Logical id of the Task of the review.
  task text not null,
  review_due timestamptz not null,
  outcome text check (outcome in ('justified', 'not-justified')),
  note text,
  reviewer text,
  reviewer_display text,
  reviewed timestamptz,
  check ((outcome is null) = (reviewed is null))
);
create index break_glass_holder on consent.break_glass (tenant, holder, until desc);
create index break_glass_waiting on consent.break_glass (tenant, review_due) where outcome is null;
create index break_glass_opened on consent.break_glass (tenant, since desc, id desc);
