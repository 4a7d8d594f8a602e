-- How far the ordered log was published, for streams from which the messages have since been purged.
create schema if not exists nats;

create table nats.published (
  stream text primary key,
  position text not null,
  at timestamptz not null
);
