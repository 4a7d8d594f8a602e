-- The audit trail by months, in the order of its transactions, with purpose, app and session in each entry (docs/decisions/0064).
alter table identity.audit rename to audit_before;
alter index identity.audit_time rename to audit_before_time;
alter index identity.audit_patient rename to audit_before_patient;
alter index identity.audit_patients rename to audit_before_patients;
alter index identity.audit_actor rename to audit_before_actor;
alter index identity.audit_not_allowed rename to audit_before_not_allowed;

create sequence identity.audit_id;

create table identity.audit (
  -- The writing transaction: entries are sealed in this order once every older transaction has ended.
  xid xid8 not null default pg_current_xact_id(),
  id bigint not null default nextval('identity.audit_id'),
  at timestamptz not null,
  tenant int not null,
  actor text not null,
  actor_display text not null,
  address text,
  action text not null,
  resource_type text,
  resource_id text,
  patient text,
  -- Everybody whose record a search showed, where it was more than one.
  patients text[],
  detail text,
  outcome text not null check (outcome in ('allowed', 'refused', 'failed')),
  -- v3 PurposeOfUse; absent where it is treatment.
  purpose text,
  -- The registered app through which a person acted.
  client text,
  session text,
  primary key (xid, id, at)
) partition by range (at);

create index audit_time on identity.audit (tenant, at desc, id desc);
create index audit_patient on identity.audit (tenant, patient, at desc, id desc) where patient is not null;
create index audit_patients on identity.audit using gin (patients) where patients is not null;
create index audit_actor on identity.audit (tenant, actor, at desc, id desc);
create index audit_not_allowed on identity.audit (tenant, outcome, at desc, id desc) where outcome <> 'allowed';

-- Takes what no month takes, so that no entry is ever refused for its time.
create table identity.audit_other partition of identity.audit default;

-- Months are those of UTC; one that is there already, or whose entries stand in audit_other, is left as it is.
create function identity.add_audit_month(month date) returns boolean language plpgsql as $$
declare
  first timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
  past timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  name text := 'audit_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('identity.' || name) is not null then return false; end if;
  if exists (select from identity.audit_other where at >= first and at < past) then return false; end if;
  execute format('create table identity.%I partition of identity.audit for values from (%L) to (%L)', name, first, past);
  execute format('create trigger audit_is_not_emptied before truncate on identity.%I
    for each statement execute function identity.refuse_change()', name);
  return true;
end $$;

select identity.add_audit_month(month::date)
from generate_series(
  date_trunc('month', coalesce((select min(at) from identity.audit_before), now()) at time zone 'UTC'),
  date_trunc('month', now() at time zone 'UTC') + interval '3 months',
  interval '1 month') as month;

insert into identity.audit
  (id, at, tenant, actor, actor_display, address, action, resource_type, resource_id, patient, patients, detail, outcome)
select id, at, tenant, actor, actor_display, address, action, resource_type, resource_id, patient, patients, detail, outcome
from identity.audit_before
order by id;
select setval('identity.audit_id', coalesce((select max(id) from identity.audit_before), 0) + 1, false);
drop table identity.audit_before;

create trigger audit_is_append_only before update or delete on identity.audit
  for each row execute function identity.refuse_change();
create trigger audit_is_not_emptied before truncate on identity.audit
  for each statement execute function identity.refuse_change();
create trigger audit_is_not_emptied before truncate on identity.audit_other
  for each statement execute function identity.refuse_change();
