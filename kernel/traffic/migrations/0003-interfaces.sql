-- Messages between systems of others (kernel/interfaces) stand in the same journal.
alter table traffic.message drop constraint message_door_check;
alter table traffic.message add constraint message_door_check
  check (door in ('fhir', 'hl7v2', 'dicom', 'interface')) not valid;
