-- What of the trail is looked at by a person: thresholds as data, and judgements, which stay as they were given.
create table trail.anomaly_rule (
  tenant int not null references identity.tenant,
  id text not null,
  is_on boolean not null,
  thresholds jsonb not null,
  primary key (tenant, id)
);

create table trail.anomaly_review (
  tenant int not null references identity.tenant,
  anomaly text not null,
  at timestamptz not null,
  reviewer text not null,
  reviewer_display text not null,
  outcome text not null check (outcome in ('justified', 'not-justified')),
  note text not null,
  primary key (tenant, anomaly)
);
create trigger is_append_only before update or delete on trail.anomaly_review
  for each row execute function trail.refuse_change();
create trigger is_not_emptied before truncate on trail.anomaly_review
  for each statement execute function trail.refuse_change();
