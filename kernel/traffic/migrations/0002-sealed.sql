-- Raw bytes of institutions that seal chosen fields of the record are encrypted: messages hold the same values.
alter table traffic.message add column is_sealed boolean not null default false;

-- How far older messages follow the institution's newest choice.
create table traffic.sealing (
  tenant integer primary key,
  version integer not null,
  next bigint not null,
  last bigint not null
);
