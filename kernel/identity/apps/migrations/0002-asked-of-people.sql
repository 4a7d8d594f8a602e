-- Where an app may send a person after it had him signed out (OpenID Connect RP-Initiated Logout 1.0 §3.1).
alter table oauth.app add column post_logout_uris text[] not null default '{}';
