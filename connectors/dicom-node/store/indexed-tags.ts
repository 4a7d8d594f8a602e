/** PS3.18 tables 10.6.3-3 to 10.6.3-5: the attributes that a search answers with, by level. */
import { type Tag, tags } from '@xinglin/dicom'

export const studyTags: readonly Tag[] = [
  tags.SpecificCharacterSet,
  tags.StudyDate,
  tags.StudyTime,
  tags.AccessionNumber,
  tags.ReferringPhysicianName,
  tags.StudyDescription,
  tags.InstitutionName,
  tags.PatientName,
  tags.PatientID,
  tags.IssuerOfPatientID,
  tags.PatientBirthDate,
  tags.PatientSex,
  tags.PatientAge,
  tags.PatientSize,
  tags.PatientWeight,
  tags.StudyInstanceUID,
  tags.StudyID,
  tags.TimezoneOffsetFromUTC,
]

export const seriesTags: readonly Tag[] = [
  tags.Modality,
  tags.SeriesDate,
  tags.SeriesTime,
  tags.SeriesDescription,
  tags.SeriesInstanceUID,
  tags.SeriesNumber,
  tags.BodyPartExamined,
  tags.Laterality,
  tags.ProtocolName,
  tags.PatientPosition,
  tags.Manufacturer,
  tags.ManufacturerModelName,
  tags.StationName,
  tags.OperatorsName,
  tags.PerformingPhysicianName,
]

export const instanceTags: readonly Tag[] = [
  tags.SOPClassUID,
  tags.SOPInstanceUID,
  tags.InstanceNumber,
  tags.ImageType,
  tags.AcquisitionDate,
  tags.AcquisitionTime,
  tags.ContentDate,
  tags.ContentTime,
  tags.Rows,
  tags.Columns,
  tags.BitsAllocated,
  tags.NumberOfFrames,
  tags.SliceLocation,
  tags.ImagePositionPatient,
]

export const indexedTags: ReadonlySet<Tag> = new Set([...studyTags, ...seriesTags, ...instanceTags])
