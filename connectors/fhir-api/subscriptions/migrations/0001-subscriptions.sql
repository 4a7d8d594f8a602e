-- Topic-based subscriptions (FHIR Subscriptions R5 Backport 1.1.0): what is asked for, what happened, how far it was told.
create schema subscriptions;

-- Grows with each change of what is asked for; readers see by it that their copy in memory is old.
create sequence subscriptions.change;

-- One row a Subscription resource, written in the transaction that writes the resource; never deleted.
create table subscriptions.subscription (
  tenant integer not null,
  id text collate "C" not null,
  status text not null check (status in ('requested', 'active', 'error', 'off')),
  -- `user/<id>` or `client/<id>`: by whose rights everything is shown.
  owner text not null,
  -- Scopes of the token that asked; empty for people.
  scopes text[] not null,
  topic text not null,
  channel text not null check (channel in ('rest-hook', 'websocket')),
  -- Filters, endpoint, payload, limits: `SubscriptionDefinition` without the headers.
  definition jsonb not null,
  -- Secret: they stand here and nowhere else.
  headers jsonb not null,
  ends timestamptz,
  -- Another one with each write of the resource by others than the platform.
  revision text not null,
  -- Position in the log after which events count; null until it was active for the first time.
  active_after text collate "C",
  changed bigint not null default nextval('subscriptions.change'),
  primary key (tenant, id)
);

-- How far each subscription is; apart from the above because it is written with every notification.
create table subscriptions.delivery (
  tenant integer not null,
  subscription text collate "C" not null,
  -- Number of the newest event; the first is 1.
  last_event bigint not null default 0,
  delivered bigint not null default 0,
  -- Events that somebody decided not to deliver when he resumed it.
  skipped bigint not null default 0,
  failures integer not null default 0,
  failing_since timestamptz,
  last_error text,
  retry_at timestamptz,
  last_sent timestamptz,
  -- Which turn of which process is at it, and until when others leave it alone.
  claim text,
  claimed_until timestamptz,
  primary key (tenant, subscription)
) with (fillfactor = 50);

create table subscriptions.event (
  tenant integer not null,
  subscription text collate "C" not null,
  number bigint not null,
  at timestamptz not null,
  resource_type text collate "C" not null,
  resource_id text collate "C" not null,
  version integer not null,
  patient text collate "C",
  primary key (tenant, subscription, number)
);
create index event_at on subscriptions.event (at);

-- Topics that administrators defined as Basic resources; the built-in ones are data of the program.
create table subscriptions.topic (
  tenant integer not null,
  url text collate "C" not null,
  basic text collate "C" not null,
  topic jsonb not null,
  changed bigint not null default nextval('subscriptions.change'),
  is_removed boolean not null default false,
  primary key (tenant, url)
);
create index topic_basic on subscriptions.topic (tenant, basic);

-- One-time tokens by which a websocket binds itself to subscriptions; by SHA-256.
create table subscriptions.binding_token (
  hash bytea primary key,
  tenant integer not null,
  subscriptions text[] not null,
  ends timestamptz not null
);
create index binding_token_ends on subscriptions.binding_token (ends);
