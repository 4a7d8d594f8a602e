-- What the finder needs of each patient, derived from the log (rebuilt by chart.rebuild-finder), and who opened whom lately.
create schema if not exists chart;

create table chart.finder_patient (
  tenant integer not null,
  patient text collate "C" not null,
  name text not null,
  gender text,
  birth_date text,
  mrn text,
  phone text,
  is_dead boolean not null,
  -- Id of the surviving record where this one was merged away.
  replaced_by text collate "C",
  primary key (tenant, patient)
);

-- Collation C: a prefix is a range of the btree, and the order of answers is the same on every machine. Every id that is
-- joined has it too: an index of another collation is not used.
create table chart.finder_term (
  tenant integer not null,
  term text collate "C" not null,
  weight smallint not null,
  patient text collate "C" not null,
  primary key (tenant, term, weight, patient)
);
create index finder_term_patient on chart.finder_term (tenant, patient);

create table chart.recent (
  tenant integer not null,
  actor text not null,
  patient text collate "C" not null,
  opened timestamptz not null,
  primary key (tenant, actor, patient)
);
