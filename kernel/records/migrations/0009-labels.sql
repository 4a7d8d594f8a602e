-- Security labels decide who sees a resource; beside it they are compared without reading it.
alter table records.current
  -- `system|code` of each label in meta.security; null where there is none. A deleted resource keeps its last.
  add column labels text[] collate "C";

create function records.labels_of(content text) returns text[]
language sql immutable strict parallel safe
return (
  select array_agg(distinct coalesce(label ->> 'system', '') || '|' || (label ->> 'code'))
  from json_array_elements(content::json -> 'meta' -> 'security') as label
  where label ->> 'code' is not null
);

update records.current
set labels = records.labels_of(content)
where not deleted and content like '%"security":[%' and json_typeof(content::json -> 'meta' -> 'security') = 'array';

update records.current
set labels = records.labels_of(past.content)
from records.history as past
where current.deleted and past.self = current.self and past.version = current.version - 1
  and past.content like '%"security":[%' and json_typeof(past.content::json -> 'meta' -> 'security') = 'array';

-- The charts of labelled patients are few; what is not labelled costs nothing.
create index current_labelled on records.current (tenant, type, id) where labels is not null;
