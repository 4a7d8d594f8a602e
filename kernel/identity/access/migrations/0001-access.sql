-- Who may see whose record: policies of institutions, and who has to do with whom, derived from the record.
create schema if not exists access;

create table access.policy (
  tenant integer not null,
  id text not null,
  title_zh text not null,
  title_en text not null,
  -- A role, `*` for every role but administrator, or a machine client as `client/<id>`.
  role text not null,
  -- Resource types, or `*`.
  types text[] not null,
  -- SMART's letters: create, read, update, delete, search.
  interactions text not null check (interactions ~ '^c?r?u?d?s?$' and interactions <> ''),
  patients text not null check (patients in ('own-patients', 'own-department', 'tenant')),
  -- A relation counts for so many days after it ended.
  after_days integer not null check (after_days between 0 and 36500),
  -- Codes of v3 PurposeOfUse; empty: whatever the purpose.
  purposes text[] not null,
  -- `Patient.telecom`: elements that are not shown.
  hidden text[] not null,
  is_active boolean not null,
  changed timestamptz not null,
  changed_by text not null,
  primary key (tenant, id)
);

-- Who has to do with a patient, and by which resource. Rebuilt from the record at any time.
create table access.relation (
  tenant integer not null,
  -- `Practitioner/…`, `PractitionerRole/…`, `Organization/…`, `Location/…`.
  holder text collate "C" not null,
  patient text collate "C" not null,
  -- The resource that says so: `Encounter/…`.
  source text collate "C" not null,
  since timestamptz not null,
  -- Null while it lasts.
  until timestamptz,
  primary key (tenant, source, holder, patient)
);
create index relation_holder on access.relation (tenant, holder, patient);

-- Where a practitioner works, by his PractitionerRoles.
create table access.position (
  tenant integer not null,
  practitioner text collate "C" not null,
  -- `PractitionerRole/…` itself, and its `Organization/…` and `Location/…`.
  place text collate "C" not null,
  source text collate "C" not null,
  since timestamptz not null,
  until timestamptz,
  primary key (tenant, source, place)
);
create index position_practitioner on access.position (tenant, practitioner);

-- With which derivation the relations of an institution were made.
create table access.built (
  tenant integer primary key,
  derivation integer not null,
  at timestamptz not null
);
