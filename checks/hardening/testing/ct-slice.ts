/** A small CT slice of a patient, as a modality sends it (PS3.3 A.3). */
import { type Tag, tags, type WritableValue, writeDataset } from '@xinglin/dicom'

export const ctStorage = '1.2.840.10008.5.1.4.1.1.2'
const numberOf = (patient: string) => Buffer.from(patient).reduce((sum, byte) => sum * 31 + byte, 7)
/** The UID of a patient's only study. */
export const studyOf = (patient: string): string => `1.2.7.${numberOf(patient)}`

/** The slice, whose Patient ID is the record number of the chart. */
export function ctSlice(patient: string) {
  const study = studyOf(patient)
  const sopInstanceUid = `${study}.1.1`
  const rows = 8
  const dataset = writeDataset(
    new Map<Tag, WritableValue>([
      [tags.SOPClassUID, ctStorage],
      [tags.SOPInstanceUID, sopInstanceUid],
      [tags.StudyDate, '20260220'],
      [tags.AccessionNumber, `ACC-${patient}`],
      [tags.Modality, 'CT'],
      [tags.StudyDescription, `Study of ${patient}`],
      [tags.PatientName, `${patient}^Xiao`],
      [tags.PatientID, `MRN-${patient}`],
      [tags.StudyInstanceUID, study],
      [tags.SeriesInstanceUID, `${study}.1`],
      [tags.SeriesNumber, '1'],
      [tags.InstanceNumber, '1'],
      [tags.SamplesPerPixel, 1],
      [tags.PhotometricInterpretation, 'MONOCHROME2'],
      [tags.Rows, rows],
      [tags.Columns, rows],
      [tags.BitsAllocated, 16],
      [tags.BitsStored, 16],
      [tags.HighBit, 15],
      [tags.PixelRepresentation, 0],
      [tags.PixelData, Buffer.alloc(rows * rows * 2)],
    ]),
  )
  return { sopClassUid: ctStorage, sopInstanceUid, dataset }
}
