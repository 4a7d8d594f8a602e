-- What patients' consents say, ready to be compared with rows of the record; rebuilt from the Consents at any time.
create schema if not exists consent;

-- One row for each provision of an active privacy consent; number 0 is the consent's base policy.
create table consent.rule (
  tenant integer not null,
  -- Logical id of the Consent.
  consent text collate "C" not null,
  number integer not null,
  parent integer,
  -- Numbers of all provisions around this one.
  ancestors integer[] not null,
  patient text collate "C" not null,
  -- Null where the consent has no base policy and says nothing beside its provisions.
  decision text check (decision in ('deny', 'permit')),
  -- Null in any of these: whoever, whyever, whenever, whatever.
  actors text[],
  purposes text[],
  starts timestamptz,
  ends timestamptz,
  types text[],
  -- Identities (records.current.self) of single resources.
  instances bigint[],
  data_from timestamptz,
  data_until timestamptz,
  has_codes boolean not null,
  has_labels boolean not null,
  -- A condition that this platform cannot judge: it widens what is refused and never what is permitted.
  has_unknown boolean not null,
  -- The rule or one around it says for which purposes it is: such a rule is heard even where the glass is broken.
  names_purpose boolean not null,
  -- The consent has a rule about consents themselves.
  about_consents boolean not null,
  primary key (tenant, consent, number)
);
create index rule_patient on consent.rule (tenant, patient);

-- Codes and security labels of a rule, as resources of one type hold them in records.current.terms.
create table consent.rule_terms (
  tenant integer not null,
  consent text collate "C" not null,
  number integer not null,
  aspect text not null check (aspect in ('code', 'label')),
  type records.resource_type not null,
  terms bigint[] not null,
  primary key (tenant, consent, number, aspect, type),
  foreign key (tenant, consent, number) references consent.rule on delete cascade
);

-- With which derivation the rules of an institution were made.
create table consent.built (
  tenant integer primary key,
  derivation integer not null,
  at timestamptz not null
);

-- Whether what a rule asks for holds for one row of records.current and one look, but for what cannot be judged.
create function consent.may_hold(
  rule consent.rule, row_type text, row_self bigint, row_at timestamptz, row_terms bigint[],
  look_keys text[], look_purposes text[], look_at timestamptz
) returns boolean language plpgsql stable as $$
begin
  return (rule.actors is null or rule.actors && look_keys)
    and (rule.purposes is null or rule.purposes && look_purposes)
    and (rule.starts is null or rule.starts <= look_at)
    and (rule.ends is null or look_at < rule.ends)
    and (rule.types is null or row_type = any(rule.types))
    and (rule.instances is null or row_self = any(rule.instances))
    and (row_at = '-infinity' or (
      (rule.data_from is null or rule.data_from <= row_at)
      and (rule.data_until is null or row_at < rule.data_until)))
    and (not rule.has_codes or consent.has_term(rule, 'code', row_type, row_terms))
    and (not rule.has_labels or consent.has_term(rule, 'label', row_type, row_terms));
end $$;

create function consent.has_term(rule consent.rule, of_aspect text, row_type text, row_terms bigint[])
returns boolean language plpgsql stable as $$
begin
  return exists (
    select from consent.rule_terms as sought
    where sought.tenant = rule.tenant and sought.consent = rule.consent and sought.number = rule.number
      and sought.aspect = of_aspect and sought.type = row_type::records.resource_type
      and sought.terms && row_terms);
end $$;

-- Ids of the consents that refuse a row to a look. `emergency`: the glass is broken, and only rules are heard that say
-- for which purposes they are.
create function consent.refusing(
  row_tenant integer, row_patient text, row_type text, row_self bigint, row_at timestamptz, row_terms bigint[],
  look_keys text[], look_purposes text[], look_at timestamptz, emergency boolean
) returns setof text language plpgsql stable as $$
begin
  -- Nearly all patients have no consent: one look into the index is all that they cost.
  if not exists (select from consent.rule where tenant = row_tenant and patient = row_patient) then
    return;
  end if;
  return query
    select distinct rule.consent
    from consent.rule as rule
    where rule.tenant = row_tenant and rule.patient = row_patient and rule.decision = 'deny'
      and (not emergency or rule.names_purpose)
      and (row_type <> 'Consent' or rule.about_consents)
      and consent.may_hold(rule, row_type, row_self, row_at, row_terms, look_keys, look_purposes, look_at)
      and not exists (
        select from consent.rule as around
        where around.tenant = rule.tenant and around.consent = rule.consent and around.number = any(rule.ancestors)
          and not consent.may_hold(around, row_type, row_self, row_at, row_terms, look_keys, look_purposes, look_at))
      and not exists (
        select from consent.rule as within
        where within.tenant = rule.tenant and within.consent = rule.consent and within.parent = rule.number
          and not within.has_unknown
          and consent.may_hold(within, row_type, row_self, row_at, row_terms, look_keys, look_purposes, look_at))
    order by rule.consent;
end $$;

create function consent.refuses(
  row_tenant integer, row_patient text, row_type text, row_self bigint, row_at timestamptz, row_terms bigint[],
  look_keys text[], look_purposes text[], look_at timestamptz, emergency boolean
) returns boolean language plpgsql stable as $$
begin
  return exists (
    select from consent.refusing(
      row_tenant, row_patient, row_type, row_self, row_at, row_terms, look_keys, look_purposes, look_at, emergency));
end $$;

-- Whether some consent permits a row to a look.
create function consent.permits(
  row_tenant integer, row_patient text, row_type text, row_self bigint, row_at timestamptz, row_terms bigint[],
  look_keys text[], look_purposes text[], look_at timestamptz
) returns boolean language plpgsql stable as $$
begin
  return exists (
    select from consent.rule as rule
    where rule.tenant = row_tenant and rule.patient = row_patient and rule.decision = 'permit'
      and (row_type <> 'Consent' or rule.about_consents) and not rule.has_unknown
      and consent.may_hold(rule, row_type, row_self, row_at, row_terms, look_keys, look_purposes, look_at)
      and not exists (
        select from consent.rule as around
        where around.tenant = rule.tenant and around.consent = rule.consent and around.number = any(rule.ancestors)
          and (around.has_unknown or not consent.may_hold(
            around, row_type, row_self, row_at, row_terms, look_keys, look_purposes, look_at)))
      and not exists (
        select from consent.rule as within
        where within.tenant = rule.tenant and within.consent = rule.consent and within.parent = rule.number
          and consent.may_hold(within, row_type, row_self, row_at, row_terms, look_keys, look_purposes, look_at)));
end $$;
