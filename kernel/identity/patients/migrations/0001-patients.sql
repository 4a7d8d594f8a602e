-- The patients' realm: accounts of patients beside the record, apart from those of staff (个人信息保护法 Art. 28-31, 44-50).
create schema if not exists patients;

-- Keys the digests by which phones and numbers of documents are found: sealed with the installation's key.
create table patients.pepper (
  id int primary key check (id = 1),
  sealed text not null
);

create table patients.account (
  id text primary key,
  tenant int not null references identity.tenant,
  -- Null once it is closed: the phone is free again and nothing of it stays.
  phone_hash bytea,
  phone_sealed text,
  phone_end text not null,
  password_hash text,
  -- Who he proved to be: the Patient of the record, by which document, and his name as it stood there.
  patient text,
  document text,
  number_hash bytea,
  name text,
  -- Without blanks and dots, for comparing.
  name_plain text,
  proved timestamptz,
  created timestamptz not null,
  last_sign_in timestamptz,
  closed timestamptz,
  check ((closed is null) = (phone_hash is not null)),
  check ((patient is null) = (proved is null))
);
create unique index account_phone on patients.account (tenant, phone_hash) where closed is null;
create unique index account_patient on patients.account (tenant, patient) where closed is null and patient is not null;

-- Codes that were sent; kept a day, for the limits.
create table patients.code (
  id_hash bytea primary key,
  tenant int not null,
  purpose text not null check (purpose in ('sign-in', 'confirm', 'new-phone')),
  phone_hash bytea not null,
  phone_sealed text not null,
  code_hash bytea not null,
  address text,
  created timestamptz not null,
  ends timestamptz not null,
  tries int not null default 0,
  used timestamptz
);
create index code_phone on patients.code (phone_hash, created);
create index code_address on patients.code (address, created);
create index code_created on patients.code (created);

create table patients.session (
  token_hash bytea primary key,
  id text not null unique,
  tenant int not null,
  account text not null references patients.account,
  address text,
  -- What the browser called itself, cut short: by it a person knows his devices.
  device text,
  created timestamptz not null,
  seen timestamptz not null,
  ends timestamptz not null
);
create index session_account on patients.session (account);
create index session_ends on patients.session (ends);

create table patients.sign_in (
  id bigint generated always as identity primary key,
  account text not null references patients.account,
  at timestamptz not null,
  address text,
  outcome text not null check (outcome in ('allowed', 'refused'))
);
create index sign_in_account on patients.sign_in (account, id desc);

-- Attempts to prove who one is, for their limits: by account and by the number that was given.
create table patients.attempt (
  id bigint generated always as identity primary key,
  tenant int not null,
  account text not null references patients.account,
  number_hash bytea not null,
  at timestamptz not null
);
create index attempt_account on patients.attempt (account, at);
create index attempt_number on patients.attempt (tenant, number_hash, at);

-- Charts of others that an account reaches by a RelatedPerson of the record: a parent his child's, until an age.
create table patients.guardian (
  id text primary key,
  tenant int not null,
  account text not null references patients.account,
  patient text not null,
  related_person text not null,
  since timestamptz not null,
  until timestamptz not null,
  ended timestamptz
);
create unique index guardian_once on patients.guardian (account, patient) where ended is null;
create index guardian_related on patients.guardian (tenant, related_person) where ended is null;

-- What a patient lets a relative see, by the relative's phone and name; nobody is told whether such an account is there.
create table patients.delegation (
  id text primary key,
  tenant int not null,
  account text not null references patients.account,
  patient text not null,
  phone_hash bytea not null,
  phone_end text not null,
  name text not null,
  name_plain text not null,
  since timestamptz not null,
  until timestamptz not null,
  ended timestamptz
);
create index delegation_account on patients.delegation (account);
create index delegation_phone on patients.delegation (tenant, phone_hash) where ended is null;

-- Whom the pages could not bind to a Patient: a person at a desk looks at papers and decides.
create table patients.desk (
  id text primary key,
  tenant int not null,
  account text not null references patients.account,
  reason text not null check (reason in ('several', 'bound')),
  patients text[] not null,
  document text not null,
  number_hash bytea not null,
  at timestamptz not null,
  settled timestamptz,
  settled_by text,
  outcome text check (outcome in ('bound', 'refused'))
);
create unique index desk_once on patients.desk (account) where settled is null;
create index desk_open on patients.desk (tenant, at) where settled is null;
