-- The logical id of the ImagingStudy of a study, as study/imaging-study-id.ts makes it: searches look whether it may be seen.
create function dicom.imaging_study_id(tenant integer, study_instance_uid text) returns text
language sql immutable strict parallel safe
return (
  select
    substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-8' || substr(hex, 14, 3) || '-'
    || to_hex(((('x' || substr(hex, 17, 1))::bit(4)::integer & 3) | 8)) || substr(hex, 18, 3) || '-' || substr(hex, 21, 12)
  from (select encode(sha256(convert_to('imaging-study/' || tenant || '/' || study_instance_uid, 'UTF8')), 'hex') as hex) as hash
);
