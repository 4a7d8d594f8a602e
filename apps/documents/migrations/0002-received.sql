-- Documents that came from others: what was made of each and what was not understood. No content of a patient stands here.

create table documents.received (
  tenant integer not null,
  -- Id of the document as its writer numbered it: root and extension.
  written_id text not null,
  document text not null,
  digest text not null,
  received_at timestamptz not null,
  outcome text not null check (outcome in ('parsed', 'held', 'older')),
  reason text,
  made integer not null,
  missed jsonb not null,
  primary key (tenant, written_id)
);
create index received_document on documents.received (tenant, document);
