-- Identifiers by their kind and uris by what they stand below are new among the terms.
update records.reindexing
set next = 0, last = (select coalesce(max(key), 0) from records.current);
