-- What lies where: an index of stored DICOM instances, rebuildable from the objects and the ImagingStudy resources.

create schema dicom;

create table dicom.study (
  tenant integer not null,
  study_instance_uid text not null,
  patient_id text,
  -- All component groups of the name, lower case, as QIDO compares them.
  patient_name text,
  study_date text,
  accession_number text,
  -- Logical id of the subject of its ImagingStudy, once recorded: the compartment that reads are audited under.
  patient text,
  -- DICOM JSON of the patient and study level attributes of the first instance that came.
  attributes jsonb not null,
  received_at timestamptz not null,
  primary key (tenant, study_instance_uid)
);
create index study_patient on dicom.study (tenant, patient_id);
create index study_date on dicom.study (tenant, study_date, study_instance_uid);
create index study_accession on dicom.study (tenant, accession_number);

create table dicom.series (
  tenant integer not null,
  series_instance_uid text not null,
  study_instance_uid text not null,
  modality text,
  series_number integer,
  attributes jsonb not null,
  primary key (tenant, study_instance_uid, series_instance_uid)
);

create table dicom.instance (
  tenant integer not null,
  sop_instance_uid text not null,
  study_instance_uid text not null,
  series_instance_uid text not null,
  sop_class_uid text not null,
  transfer_syntax_uid text not null,
  instance_number integer,
  number_of_frames integer,
  -- Name of the Part 10 file in objects, its size, and where its dataset starts after the meta header.
  object text not null,
  size_bytes bigint not null,
  dataset_offset integer not null,
  attributes jsonb not null,
  received_at timestamptz not null,
  primary key (tenant, sop_instance_uid)
);
create index instance_series on dicom.instance (tenant, study_instance_uid, series_instance_uid);

-- Studies whose ImagingStudy has yet to be brought up to date: a row a commit, taken away with the commit that did it.
create table dicom.pending (
  id bigint generated always as identity primary key,
  tenant integer not null,
  study_instance_uid text not null,
  since timestamptz not null
);
