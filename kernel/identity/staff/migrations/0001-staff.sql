-- Who works here: what is derived from Practitioner, PractitionerRole, Organization and Location, and what rights follow from it.
create schema if not exists staff;

-- From Practitioner.
create table staff.practitioner (
  tenant integer not null,
  id text collate "C" not null,
  name text not null,
  -- Number by which personnel knows him.
  employee text,
  -- Under which he wants to sign in; an account is made for it with his first position.
  login text,
  is_active boolean not null,
  -- [{ kind, number, from, until }]
  licences jsonb not null,
  -- Last day of the licence that ends first.
  licence_until date,
  primary key (tenant, id)
);
create index practitioner_employee on staff.practitioner (tenant, employee) where employee is not null;

-- Whose account is whose: `record` is said by an identifier of the Practitioner, `made` by the platform that made the account.
create table staff.bound (
  tenant integer not null,
  account text not null,
  practitioner text collate "C" not null,
  source text not null check (source in ('record', 'made')),
  primary key (tenant, practitioner, account, source)
);
create index bound_account on staff.bound (account);

-- From PractitionerRole: where somebody works as what, from when to when.
create table staff.position (
  tenant integer not null,
  id text collate "C" not null,
  practitioner text collate "C" not null,
  department text collate "C",
  locations text[] not null,
  -- Codes and texts of the title.
  titles text[] not null,
  title text,
  specialty text,
  since timestamptz not null,
  -- Null while no end is known.
  until timestamptz,
  primary key (tenant, id)
);
create index position_practitioner on staff.position (tenant, practitioner);
create index position_department on staff.position (tenant, department);

-- From Organization and Location: names to show, and the codes by which others name them.
create table staff.place (
  tenant integer not null,
  type text not null check (type in ('Organization', 'Location')),
  id text collate "C" not null,
  name text not null,
  codes text[] not null,
  is_active boolean not null,
  primary key (tenant, type, id)
);
create index place_codes on staff.place using gin (codes);

create table staff.built (tenant integer primary key, derivation integer not null);

-- Which roles a title gives in a department; null: in any department, or with any title.
create table staff.mapping (
  tenant integer not null,
  id text not null,
  title text,
  department text collate "C",
  roles text[] not null,
  changed timestamptz not null,
  changed_by text not null,
  primary key (tenant, id)
);
create unique index mapping_cell on staff.mapping (tenant, coalesce(title, ''), coalesce(department, ''));

-- Roles that an account has by its positions alone: they go with them.
create table staff.given (
  account text not null,
  role text not null,
  primary key (account, role)
);

-- Where somebody stood when his rights were last reckoned.
create table staff.standing (
  tenant integer not null,
  practitioner text collate "C" not null,
  departments text[] not null,
  primary key (tenant, practitioner)
);

-- At which instants rights must be reckoned anew.
create table staff.due (
  at timestamptz not null,
  tenant integer not null,
  practitioner text collate "C" not null,
  primary key (at, tenant, practitioner)
);

-- Who leaves when; `done` once the account was disabled.
create table staff.leaving (
  tenant integer not null,
  practitioner text collate "C" not null,
  at timestamptz not null,
  done timestamptz,
  primary key (tenant, practitioner)
);

-- What personnel told, each event once.
create table staff.event (
  tenant integer not null,
  id text not null,
  employee text not null,
  kind text not null,
  sequence bigint not null,
  -- SHA-256 of what was told: the same id with another content is refused.
  digest bytea not null,
  effective timestamptz not null,
  received timestamptz not null,
  received_from text not null,
  outcome jsonb not null,
  primary key (tenant, id)
);
create index event_employee on staff.event (tenant, employee, sequence desc);
create index event_received on staff.event (tenant, received desc, id desc);

-- Rights that somebody has to look at after a move.
create table staff.review (
  tenant integer not null,
  id text not null,
  account text not null,
  at timestamptz not null,
  departments_before text[] not null,
  departments_after text[] not null,
  added text[] not null,
  removed text[] not null,
  -- Roles that were given by hand and therefore stayed.
  kept text[] not null,
  reviewed timestamptz,
  reviewed_by text,
  note text,
  primary key (tenant, id)
);
create index review_open on staff.review (tenant, at) where reviewed is null;
create index review_account on staff.review (account);

-- Which departments somebody administers, and which roles he may give there.
create table staff.delegation (
  tenant integer not null,
  account text not null,
  department text collate "C" not null,
  roles text[] not null,
  given timestamptz not null,
  given_by text not null,
  primary key (tenant, account, department)
);

-- What happened to an account, for the page of its person; the audit trail has it too.
create table staff.change (
  id bigint generated always as identity primary key,
  tenant integer not null,
  account text not null,
  at timestamptz not null,
  by_reference text not null,
  by_display text not null,
  -- `roles-set`, `person-disabled` …: the kind of the statement in the log without `identity.`.
  what text not null,
  reason text,
  detail jsonb not null
);
create index change_account on staff.change (account, id desc);
