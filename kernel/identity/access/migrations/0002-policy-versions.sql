-- What a policy was at each time, with who changed it and why: compared, and gone back to.
create table access.policy_version (
  tenant integer not null,
  policy text collate "C" not null,
  number integer not null,
  -- As the screens know it; null: it was removed.
  content jsonb,
  at timestamptz not null,
  by text not null,
  reason text not null,
  primary key (tenant, policy, number)
);

insert into access.policy_version (tenant, policy, number, content, at, by, reason)
select tenant, id, 1, jsonb_build_object(
    'id', id, 'title', jsonb_build_object('zh', title_zh, 'en', title_en), 'role', role, 'types', types,
    'interactions', interactions, 'patients', patients, 'afterDays', after_days, 'purposes', purposes, 'hidden', hidden,
    'isActive', is_active),
  changed, changed_by, 'as it stood before versions were kept'
from access.policy;
