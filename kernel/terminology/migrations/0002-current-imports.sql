-- Which import the CodeSystem of the record names; the tables of others may go.
alter table terminology.import add column is_current boolean not null default false;
create unique index import_current on terminology.import (tenant, code_system) where is_current;
