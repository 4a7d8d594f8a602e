-- Thresholds as versions that stay; what was told of once; verifications as durable work; seals by their day.
create table trail.anomaly_rule_version (
  tenant int not null references identity.tenant,
  rule text not null,
  version int not null,
  is_on boolean not null,
  thresholds jsonb not null,
  at timestamptz not null,
  author text not null,
  author_display text not null,
  reason text not null,
  primary key (tenant, rule, version)
);
insert into trail.anomaly_rule_version
  (tenant, rule, version, is_on, thresholds, at, author, author_display, reason)
select tenant, id, 1, is_on, thresholds, now(), 'system/migration', 'migration', 'as it stood before versions were kept'
from trail.anomaly_rule;
drop table trail.anomaly_rule;

-- What stood out when it was last looked for, so that it is told of once and counted without looking again.
create table trail.anomaly_notice (
  tenant int not null references identity.tenant,
  anomaly text not null,
  at timestamptz not null,
  primary key (tenant, anomaly)
);

create index seal_at on trail.seal (at);

create table trail.verification (
  id uuid primary key,
  tenant int not null references identity.tenant,
  at timestamptz not null,
  author text not null,
  author_display text not null,
  from_at timestamptz,
  state text not null check (state in ('waiting', 'running', 'finished', 'stopped')),
  seals_total bigint not null,
  -- How far it has come, so that a process that takes it over goes on there.
  walk jsonb,
  result jsonb,
  ended timestamptz
);
create index verification_at on trail.verification (tenant, at);

do $$
declare name text;
begin
  foreach name in array array['anomaly_rule_version', 'anomaly_notice'] loop
    execute format('create trigger is_append_only before update or delete on trail.%I
      for each row execute function trail.refuse_change()', name);
    execute format('create trigger is_not_emptied before truncate on trail.%I
      for each statement execute function trail.refuse_change()', name);
  end loop;
end $$;
