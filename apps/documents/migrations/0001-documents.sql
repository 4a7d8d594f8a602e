-- Settings of shared documents, one row a version: who keeps the documents and which identifiers stand in them.

create schema documents;

create table documents.settings (
  tenant integer not null,
  version integer not null,
  value jsonb not null,
  saved_at timestamptz not null,
  saved_by text not null,
  primary key (tenant, version)
);
