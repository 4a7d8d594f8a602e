-- What proves the audit trail: seals over its entries, signed heads, months that were dropped by rule (docs/decisions/0064).
create schema trail;

create table trail.seal (
  number bigint primary key,
  at timestamptz not null,
  algorithm text not null check (algorithm in ('sha256', 'sm3')),
  previous bytea not null,
  head bytea not null,
  -- 56 bytes an entry: transaction, number, time in µs (8 each) and digest.
  entries bytea not null,
  last_xid xid8 not null,
  last_id bigint not null
);

create table trail.head (
  seal bigint primary key,
  at timestamptz not null,
  head bytea not null,
  signing_key text not null,
  algorithm text not null,
  signature text not null
);

create table trail.dropped_month (
  month date primary key,
  at timestamptz not null,
  actor text not null,
  actor_display text not null,
  reason text not null,
  entries bigint not null,
  -- Over the digests of the month's entries in their order.
  digest bytea not null,
  digest_algorithm text not null,
  signing_key text not null,
  algorithm text not null,
  signature text not null
);

-- How far the trail was sent to a system outside.
create table trail.export (
  target text primary key,
  xid xid8 not null,
  id bigint not null,
  at timestamptz not null
);

create function trail.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'what proves the audit trail is append-only: % is refused', tg_op using errcode = 'insufficient_privilege';
end $$;

do $$
declare name text;
begin
  foreach name in array array['seal', 'head', 'dropped_month'] loop
    execute format('create trigger is_append_only before update or delete on trail.%I
      for each row execute function trail.refuse_change()', name);
    execute format('create trigger is_not_emptied before truncate on trail.%I
      for each statement execute function trail.refuse_change()', name);
  end loop;
end $$;
