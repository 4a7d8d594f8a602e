-- Graded information systems, their yearly rounds, what each self test found, and the gaps with the Tasks that close them.
create schema compliance;

create table compliance.system (
  tenant integer not null,
  id text collate "C" not null,
  name text not null,
  -- Level of protection by GB/T 22240.
  level smallint not null check (level between 2 and 4),
  -- Number of the police's certificate of filing; null until it is given.
  filing_number text,
  filed date,
  registered timestamptz not null,
  primary key (tenant, id),
  unique (tenant, name)
);

create table compliance.round (
  tenant integer not null,
  id text collate "C" not null,
  system text collate "C" not null,
  started timestamptz not null,
  assessed timestamptz,
  assessor text,
  report_number text,
  conclusion text check (conclusion in ('conforms', 'mostly', 'fails')),
  primary key (tenant, id),
  foreign key (tenant, system) references compliance.system,
  check ((assessed is null) = (conclusion is null))
);
create unique index round_open on compliance.round (tenant, system) where assessed is null;
create index round_list on compliance.round (tenant, system, started desc);

-- Evidence: the whole board as it stood, never changed.
create table compliance.self_test (
  tenant integer not null,
  round text collate "C" not null,
  number integer not null,
  at timestamptz not null,
  by text not null,
  version text not null,
  controls jsonb not null,
  primary key (tenant, round, number),
  foreign key (tenant, round) references compliance.round
);

create function compliance.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'evidence of a self test is not changed';
end $$;
create trigger self_test_stays before update or delete on compliance.self_test
  for each row execute function compliance.refuse_change();
create trigger self_tests_stay before truncate on compliance.self_test
  for each statement execute function compliance.refuse_change();

create table compliance.gap (
  tenant integer not null,
  round text collate "C" not null,
  -- Number of the control.
  control text not null,
  -- Number of the self test that found it first.
  found_in integer not null,
  -- Id of the Task of its fix.
  task text collate "C",
  -- Number of the newest self test when the fix was reported; null while it is not.
  fixed_after integer,
  primary key (tenant, round, control),
  foreign key (tenant, round, found_in) references compliance.self_test
);
