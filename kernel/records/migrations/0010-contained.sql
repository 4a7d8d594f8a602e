-- What a resource contains is new among the terms that it is found by.
update records.reindexing
set next = 0, last = (select coalesce(max(key), 0) from records.current);
