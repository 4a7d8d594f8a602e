-- Messages on their way from one system to others. What came in stands in traffic.message; here stands what goes out.

create schema interfaces;

-- What is sent, once for all destinations that get the same.
create table interfaces.content (
  id bigint generated always as identity primary key,
  tenant integer not null,
  -- traffic.message; no foreign key: its check would lock, and so rewrite, the message row.
  message bigint not null,
  -- Which of the contents made of this message.
  place smallint not null,
  -- As it goes out, or compressed by zstd, or sealed where the institution seals; PostgreSQL's own compression would try again, slower.
  bytes bytea not null,
  is_compressed boolean not null,
  is_sealed boolean not null,
  size_bytes integer not null
);

alter table interfaces.content alter column bytes set storage external;

create table interfaces.delivery (
  id bigint generated always as identity primary key,
  tenant integer not null,
  interface text not null collate "C",
  -- Version of the interface that made the content.
  version text not null,
  destination text not null collate "C",
  message bigint not null,
  content bigint not null,
  -- Order is kept among deliveries with equal keys: a hash, for a key often names a patient.
  key bigint not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'refused', 'dropped')),
  asked_at timestamptz not null,
  settled_at timestamptz,
  tries integer not null default 0,
  -- A busy receiver is asked again not before this.
  next_at timestamptz,
  code text,
  reason text
);

-- What waits, in its order; it holds nothing of what is done.
create index delivery_waiting on interfaces.delivery (tenant, interface, destination, id) where state = 'waiting';
create index delivery_refused on interfaces.delivery (tenant, interface, destination, id) where state = 'refused';
create index delivery_message on interfaces.delivery (message);
create index content_message on interfaces.content (message);
-- Purging takes the oldest; the table grows at its end.
create index delivery_settled on interfaces.delivery using brin (settled_at);

create table interfaces.destination (
  tenant integer not null,
  interface text not null collate "C",
  -- '' is the source of the interface.
  destination text not null collate "C",
  is_paused boolean not null default false,
  down_since timestamptz,
  failures integer not null default 0,
  code text,
  reason text,
  last_sent_at timestamptz,
  primary key (tenant, interface, destination)
);
