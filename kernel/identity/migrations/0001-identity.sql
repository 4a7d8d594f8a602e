-- Tenants, accounts, sessions, machine clients, roles and the audit trail (architecture.md, law 5).
create schema if not exists identity;

create table identity.tenant (
  id int primary key,
  name text not null
);
insert into identity.tenant (id, name) values (1, 'Default');

create table identity.account (
  id text primary key,
  tenant int not null references identity.tenant,
  login text not null,
  display text not null,
  password_hash text not null,
  must_change_password boolean not null,
  roles text[] not null,
  created timestamptz not null,
  password_set timestamptz not null,
  last_sign_in timestamptz,
  disabled timestamptz
);
-- Signing in names no tenant, so a login is one person's in the whole installation.
create unique index account_login on identity.account (lower(login));
create index account_tenant on identity.account (tenant, lower(login));

-- By SHA-256 of the login: people type passwords into the wrong field. Rows of unknown logins look the same.
create table identity.sign_in_attempt (
  login_hash bytea primary key,
  failures int not null,
  since timestamptz not null
);
create index sign_in_attempt_since on identity.sign_in_attempt (since);

create table identity.session (
  token_hash bytea primary key,
  id text not null unique,
  tenant int not null,
  account text not null references identity.account,
  address text,
  created timestamptz not null,
  seen timestamptz not null,
  ends timestamptz not null
);
create index session_account on identity.session (account);
create index session_ends on identity.session (ends);

create table identity.client (
  id text primary key,
  tenant int not null references identity.tenant,
  display text not null,
  secret_hash text not null,
  scopes text[] not null,
  created timestamptz not null,
  secret_set timestamptz not null,
  last_token timestamptz,
  disabled timestamptz
);

create table identity.access_token (
  token_hash bytea primary key,
  client text not null references identity.client,
  scopes text[] not null,
  ends timestamptz not null
);
create index access_token_client on identity.access_token (client);
create index access_token_ends on identity.access_token (ends);

-- Roles that an institution made itself; the built-in ones stand in built-in-roles.ts.
create table identity.role (
  tenant int not null references identity.tenant,
  id text not null,
  title_zh text not null,
  title_en text not null,
  records text[] not null,
  permissions text[] not null,
  primary key (tenant, id)
);

create table identity.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  tenant int not null,
  actor text not null,
  actor_display text not null,
  address text,
  action text not null,
  resource_type text,
  resource_id text,
  patient text,
  -- Everybody whose record a search showed, where it was more than one.
  patients text[],
  detail text,
  outcome text not null check (outcome in ('allowed', 'refused', 'failed'))
);
create index audit_time on identity.audit (tenant, at desc, id desc);
create index audit_patient on identity.audit (tenant, patient, at desc, id desc) where patient is not null;
create index audit_patients on identity.audit using gin (patients) where patients is not null;
create index audit_actor on identity.audit (tenant, actor, at desc, id desc);
create index audit_not_allowed on identity.audit (tenant, outcome, at desc, id desc) where outcome <> 'allowed';

create function identity.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only: % is refused', tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_append_only before update or delete on identity.audit
  for each row execute function identity.refuse_change();
create trigger audit_is_not_emptied before truncate on identity.audit
  for each statement execute function identity.refuse_change();
