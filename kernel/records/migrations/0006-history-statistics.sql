-- Whether a look at the past is led by its chart is chosen by how many versions a patient has; a young store changes fast.
alter table records.history set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
