-- Apps of others, who lets them in, and what the authorisation server must remember between two requests (OAuth 2.1,
-- OpenID Connect Core 1.0, SMART App Launch 2.2). Called oauth because "authorization" is a reserved word of SQL.
create schema if not exists oauth;

create table oauth.app (
  id text primary key,
  tenant int not null references identity.tenant,
  name text not null,
  publisher text not null,
  purpose text not null,
  -- public: runs where no secret keeps; confidential: proves itself by its key; service: nobody is there (backend services).
  kind text not null check (kind in ('public', 'confidential', 'service')),
  launch_url text,
  redirect_uris text[] not null,
  scopes text[] not null,
  jwks jsonb,
  jwks_uri text,
  state text not null check (state in ('proposed', 'approved', 'rejected', 'suspended')),
  registered timestamptz not null,
  registered_by text not null,
  registered_by_display text not null,
  decided timestamptz,
  decided_by text,
  decided_by_display text,
  decided_because text,
  check (state = 'proposed' or decided_by is not null),
  -- Two people let an app in.
  check (state <> 'approved' or decided_by <> registered_by)
);
create index app_tenant on oauth.app (tenant, name);

-- From a click in the record to the app's authorisation request (SMART 2.2 §launch): used once, for minutes.
create table oauth.launch (
  token_hash bytea primary key,
  tenant int not null,
  app text not null references oauth.app,
  account text not null,
  session text not null,
  patient text not null,
  encounter text,
  ends timestamptz not null,
  used timestamptz
);
create index launch_ends on oauth.launch (ends);

-- What a person agreed to, so that he is asked once.
create table oauth.agreement (
  account text not null,
  app text not null references oauth.app,
  tenant int not null,
  scopes text[] not null,
  agreed timestamptz not null,
  primary key (account, app)
);

-- One person's access through one app, from his agreement until it is taken back; tokens point here.
create table oauth.access (
  id text primary key,
  tenant int not null,
  app text not null references oauth.app,
  account text not null references identity.account,
  session text not null,
  -- offline_access: goes on when the person's session has ended.
  is_offline boolean not null,
  patient text,
  encounter text,
  created timestamptz not null
);
create index access_account on oauth.access (account);
create index access_app on oauth.access (app);

-- Codes, tokens, interactions, replayed assertions: by SHA-256 of their value, content sealed with the installation's key.
create table oauth.artifact (
  kind text not null,
  id_hash bytea not null,
  uid_hash bytea,
  access text,
  app text,
  scope text,
  sealed bytea not null,
  consumed timestamptz,
  ends timestamptz not null,
  primary key (kind, id_hash)
);
create index artifact_access on oauth.artifact (access) where access is not null;
create index artifact_app on oauth.artifact (app) where app is not null;
create index artifact_uid on oauth.artifact (uid_hash) where uid_hash is not null;
create index artifact_ends on oauth.artifact (ends);

-- Keys that sign ID tokens; the private half sealed with the installation's key.
create table oauth.signing_key (
  id text primary key,
  algorithm text not null,
  sealed bytea not null,
  created timestamptz not null,
  -- Signs no more from then on, and is published until tokens that it signed have ended.
  retired timestamptz,
  ends timestamptz
);
