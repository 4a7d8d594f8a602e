-- What an app is changes only by two people, as it was let in; who did what to it with which reason, and who uses it.
create table oauth.app_change (
  app text primary key references oauth.app,
  -- Everything but client id and kind, as it shall be.
  content jsonb not null,
  reason text not null,
  proposed timestamptz not null,
  proposed_by text not null,
  proposed_by_display text not null
);

create table oauth.app_act (
  id bigint generated always as identity primary key,
  app text not null references oauth.app,
  at timestamptz not null,
  kind text not null check (kind in ('registered', 'approved', 'rejected', 'suspended', 'change-proposed', 'change-approved',
    'change-rejected')),
  by_display text not null,
  reason text,
  -- Of an approved change: what stood before it.
  replaced jsonb
);
create index app_act_app on oauth.app_act (app, id desc);
insert into oauth.app_act (app, at, kind, by_display)
select id, registered, 'registered', registered_by_display
from oauth.app
order by registered, id;
insert into oauth.app_act (app, at, kind, by_display, reason)
select id, decided, state, decided_by_display, decided_because
from oauth.app
where state <> 'proposed'
order by decided, id;

-- One row for each person who uses an app; a service has one with the empty account.
create table oauth.app_use (
  app text not null references oauth.app,
  account text not null,
  tokens bigint not null,
  first_token timestamptz not null,
  last_token timestamptz not null,
  -- Written at most once a minute.
  last_used timestamptz,
  primary key (app, account)
);
create index app_use_account on oauth.app_use (account);
