-- New entries come at the end of an ascending index: its pages fill whole, where a descending one splits its first page
-- for ever (half the bytes an entry). It is read backwards for the newest first.
drop index identity.audit_time, identity.audit_patient, identity.audit_actor, identity.audit_not_allowed;
create index audit_time on identity.audit (tenant, at, id);
create index audit_patient on identity.audit (tenant, patient, at, id) where patient is not null;
create index audit_actor on identity.audit (tenant, actor, at, id);
create index audit_not_allowed on identity.audit (tenant, outcome, at, id) where outcome <> 'allowed';
