-- How far the resources that were stored before search learned something new have been indexed again. A migration that
-- comes with a new index shape sets `next` to 0 and `last` to the newest key of its day: what is written later has it.
create table records.reindexing (
  is_only boolean primary key default true check (is_only),
  -- Keys up to here are done.
  next bigint not null,
  last bigint not null
);
insert into records.reindexing (next, last)
select 0, coalesce(max(key), 0)
from records.current;
