-- What each part of an interface did, by the minute: counted in the statement that does it, so that a screen that asks
-- every few seconds, and a comparison with last week, read a few rows instead of the deliveries.

create table interfaces.tally (
  tenant integer not null,
  interface text not null collate "C",
  -- '' is the source of the interface.
  destination text not null collate "C",
  minute timestamptz not null,
  -- Accepted by the interface, or taken by the destination.
  done integer not null,
  refused integer not null,
  -- From asked for to settled; 0 for a source.
  lag_ms_sum bigint not null,
  lag_ms_most bigint not null,
  primary key (tenant, interface, destination, minute)
);
