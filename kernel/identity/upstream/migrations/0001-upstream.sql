-- Sign-in by another system: who is asked, who is whom, which groups give which roles, and what is under way.
create schema upstream;

create table upstream.provider (
  -- Stands in the addresses of the sign-in, so it is one in the whole installation.
  id text primary key,
  tenant int not null references identity.tenant,
  kind text not null check (kind in ('oidc', 'ldap')),
  title_zh text not null,
  title_en text not null,
  settings jsonb not null,
  -- The client secret or the password of the searching account, sealed.
  secret text,
  joining text not null check (joining in ('off', 'invite', 'auto')),
  is_enabled boolean not null,
  allows_administrators boolean not null,
  local_passwords text not null check (local_passwords in ('kept', 'administrators')),
  created timestamptz not null,
  changed timestamptz not null
);
create index provider_tenant on upstream.provider (tenant, id);

create table upstream.mapping (
  provider text not null references upstream.provider on delete cascade,
  group_name text not null,
  role text not null,
  primary key (provider, group_name, role)
);

-- Who somebody of the other system is here: by its own unchanging identifier, never by a name or a mail address.
create table upstream.link (
  provider text not null references upstream.provider on delete cascade,
  subject text not null,
  account text not null references identity.account,
  login text not null,
  groups text[] not null,
  -- Roles that the groups gave at the last sign-in; what the account has besides was given by hand.
  roles text[] not null,
  linked timestamptz not null,
  last_sign_in timestamptz,
  primary key (provider, subject),
  unique (provider, account)
);
create index link_account on upstream.link (account);

create table upstream.invitation (
  code_hash bytea primary key,
  provider text not null references upstream.provider on delete cascade,
  account text not null references identity.account,
  ends timestamptz not null
);

-- A sign-in at an OpenID provider that is under way: used up by the first answer to it.
create table upstream.flow (
  state_hash bytea primary key,
  provider text not null references upstream.provider on delete cascade,
  -- The browser that began it, by the digest of its cookie.
  browser_hash bytea not null,
  sealed text not null,
  ends timestamptz not null
);
create index flow_ends on upstream.flow (ends);

-- What is needed to end a session together with that of the provider.
create table upstream.session (
  session text primary key references identity.session (id) on delete cascade,
  provider text not null references upstream.provider on delete cascade,
  subject text not null,
  sid text,
  id_token text
);
create index session_subject on upstream.session (provider, subject);

-- The same between the provider's answer and the second factor here.
create table upstream.pending (
  ticket_hash bytea primary key,
  provider text not null references upstream.provider on delete cascade,
  subject text not null,
  sid text,
  id_token text,
  ends timestamptz not null
);

create table upstream.logout_token (
  provider text not null references upstream.provider on delete cascade,
  jti text not null,
  ends timestamptz not null,
  primary key (provider, jti)
);

-- What did not work lately, for whoever keeps the provider.
create table upstream.failure (
  id bigint generated always as identity primary key,
  provider text not null references upstream.provider on delete cascade,
  at timestamptz not null,
  code text not null,
  detail text,
  account text
);
create index failure_provider on upstream.failure (provider, id desc);

create table upstream.sweep (
  provider text primary key references upstream.provider on delete cascade,
  at timestamptz not null,
  looked_at int not null,
  disabled int not null,
  failure text
);

-- A second factor that a provider vouches for.
alter table signin.proof drop constraint proof_method_check;
alter table signin.proof add constraint proof_method_check
  check (method in ('totp', 'passkey', 'recovery-code', 'upstream'));
