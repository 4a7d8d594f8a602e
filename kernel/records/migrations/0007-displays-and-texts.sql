-- What is written beside codes and references (`:text`), each text once for an institution; resources have a term for theirs.
create table records.display (
  -- 64-bit hash of tenant and text.
  hash bigint primary key,
  tenant integer not null,
  -- Folded for comparison.
  text text collate "C" not null,
  -- With the pinyin of Chinese texts: what words are looked for in.
  spelled text collate "C" not null
);
create index display_spelled on records.display using gin (spelled gin_trgm_ops) with (fastupdate = off);

-- Accents, case and width as search compares texts (§3.1.1.4.8).
create function records.folded(written text) returns text
language sql immutable strict parallel safe
return btrim(regexp_replace(
  lower(normalize(regexp_replace(normalize(written, nfkd), '[\u0300-\u036f]', '', 'g'), nfc)), '\s+', ' ', 'g'));

-- The narrative of a resource without its tags (`_text`).
create function records.narrative(content text) returns text
language sql immutable strict parallel safe
return records.folded(regexp_replace(coalesce(content::json -> 'text' ->> 'div', ''), '<[^>]*>', ' ', 'g'));

-- All texts of a resource, without the tags of its narrative (`_content`).
create function records.all_text(content text) returns text
language sql immutable strict parallel safe
begin atomic
  select records.folded(string_agg(regexp_replace(leaf.value #>> '{}', '<[^>]*>', ' ', 'g'), ' '))
  from jsonb_path_query(content::jsonb, 'strict $.**') as leaf (value)
  where jsonb_typeof(leaf.value) = 'string';
end;

-- Displays, and the places of Locations, are new among what older resources are found by.
update records.reindexing
set next = 0, last = (select coalesce(max(key), 0) from records.current);
