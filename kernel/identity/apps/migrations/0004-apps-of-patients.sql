-- Apps whose people are patients: they sign in to the patients' own realm (schema patients) and reach charts that are theirs.
alter table oauth.app add column people text not null default 'staff' check (people in ('staff', 'patients'));

-- An access is of an account of staff or of a patient; ids of both are never the same.
alter table oauth.access drop constraint access_account_fkey;
alter table oauth.access add column is_patient boolean not null default false;
