-- Short messages to phones: what waits is sealed, what was handed over or given up leaves only that it was.
create schema if not exists texts;

create table texts.message (
  id text primary key,
  tenant int not null references identity.tenant,
  phone_end text not null,
  -- Phone and words, until the message was handed over or given up.
  sealed text,
  state text not null check (state in ('waiting', 'sent', 'refused', 'late')),
  asked timestamptz not null,
  -- After this it is not worth sending.
  ends timestamptz not null,
  settled timestamptz,
  tries int not null default 0,
  -- The provider's own number of it.
  provider_id text,
  -- The provider's status where it refused.
  status int,
  check ((state = 'waiting') = (sealed is not null))
);
create index message_asked on texts.message (asked);
