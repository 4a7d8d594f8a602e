-- Every search by terms reads the whole list of rows that wait to be merged into the index: at 512 kB that was 0.9 ms a
-- look (2 OBX an ORU: 300 messages/s), at 64 kB 0.2 ms (420 messages/s). Without a list the writes pay more (280/s).
alter index records.current_terms set (gin_pending_list_limit = 64);
