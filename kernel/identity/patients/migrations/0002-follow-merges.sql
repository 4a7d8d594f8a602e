-- Under which Patients it stood before they were merged into others, oldest first, so that an undone merge gives it back.
alter table patients.account add column moved_from text[] not null default '{}';
alter table patients.guardian add column moved_from text[] not null default '{}';
alter table patients.delegation add column moved_from text[] not null default '{}';
create index account_moved on patients.account (tenant) where moved_from <> '{}';
create index guardian_moved on patients.guardian (tenant) where moved_from <> '{}';
create index delegation_moved on patients.delegation (tenant) where moved_from <> '{}';
create index guardian_patient on patients.guardian (tenant, patient) where ended is null;
create index delegation_patient on patients.delegation (tenant, patient) where ended is null;
