-- Badge and PIN are two things together: who came in by them owes no second factor where it is demanded of everyone.
alter table identity.session add column by_badge boolean not null default false;
