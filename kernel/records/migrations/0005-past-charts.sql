-- A chart as it stood is found by the patients of its superseded versions (as-of/): those in whose charts each stood.
alter table records.history add column patients text[] collate "C" not null default '{}';

-- What was superseded before has every patient that it names: members of a chart are looked at again when it is read.
update records.history
set patients = array(
  select distinct named[1]
  from regexp_matches(history.content, '"reference":"Patient/([A-Za-z0-9.-]{1,64})', 'g') as named
)
where not deleted and type <> 'Patient';
update records.history
set patients = array[id]
where type = 'Patient';

-- Written without a list of waiting rows: a look at one chart must not read the changes of all others.
create index history_patients on records.history using gin (patients) with (fastupdate = off) where patients <> '{}';
