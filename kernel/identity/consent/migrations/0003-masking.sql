-- What each role sees masked, and whether its screens and prints bear a watermark.
create table consent.mask (
  tenant integer not null,
  role text collate "C" not null,
  fields text[] not null,
  has_watermark boolean not null,
  primary key (tenant, role)
);
