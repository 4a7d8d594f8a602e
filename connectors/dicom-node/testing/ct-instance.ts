/** CT slices for tests and measurements (PS3.3 A.3): 512 × 512 × 16 bit, 527 KB as a file, every one different. */
import {
  explicitLittleEndian,
  type Tag,
  type TransferSyntax,
  tags,
  type WritableValue,
  writeDataset,
  writeMetaHeader,
} from '@xinglin/dicom'

export const ctSopClass = '1.2.840.10008.5.1.4.1.1.2'

export type CtOptions = {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid?: string
  readonly instanceNumber: number
  readonly patientId?: string
  readonly patientName?: string
  readonly issuer?: string
  readonly accessionNumber?: string
  readonly studyDate?: string
  readonly rows?: number
  readonly syntax?: TransferSyntax
  readonly characterSet?: 'ISO_IR 192' | 'GB18030'
}
export type TestInstance = {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  readonly dataset: Uint8Array
}

/** One slice: a disc in air whose place depends on its number. */
export function ctInstance(options: CtOptions): TestInstance {
  const rows = options.rows ?? 512
  const seriesInstanceUid = options.seriesInstanceUid ?? `${options.studyInstanceUid}.1`
  const sopInstanceUid = `${seriesInstanceUid}.${options.instanceNumber}`
  const characterSet = options.characterSet ?? 'ISO_IR 192'
  const syntax = options.syntax ?? explicitLittleEndian
  const dataset = new Map<Tag, WritableValue>([
    [tags.SpecificCharacterSet, characterSet],
    [tags.ImageType, ['ORIGINAL', 'PRIMARY', 'AXIAL']],
    [tags.SOPClassUID, ctSopClass],
    [tags.SOPInstanceUID, sopInstanceUid],
    [tags.StudyDate, options.studyDate ?? '20261120'],
    [tags.StudyTime, '101500'],
    [tags.SeriesDate, options.studyDate ?? '20261120'],
    [tags.SeriesTime, '101530'],
    [tags.AccessionNumber, options.accessionNumber ?? ''],
    [tags.Modality, 'CT'],
    [tags.Manufacturer, 'Xinglin test'],
    [tags.StudyDescription, '胸部平扫'],
    [tags.SeriesDescription, 'Chest 5.0 mm'],
    [tags.PatientName, options.patientName ?? 'Zhang^San=张^三'],
    [tags.PatientID, options.patientId ?? 'TEST0001'],
    ...(options.issuer ? ([[tags.IssuerOfPatientID, options.issuer]] as const) : []),
    [tags.PatientBirthDate, '19800102'],
    [tags.PatientSex, 'M'],
    [tags.BodyPartExamined, 'CHEST'],
    [tags.SliceThickness, '5'],
    [tags.StudyInstanceUID, options.studyInstanceUid],
    [tags.SeriesInstanceUID, seriesInstanceUid],
    [tags.StudyID, '1'],
    [tags.SeriesNumber, '1'],
    [tags.InstanceNumber, String(options.instanceNumber)],
    [tags.ImagePositionPatient, ['-200', '-200', String(-5 * options.instanceNumber)]],
    [tags.ImageOrientationPatient, ['1', '0', '0', '0', '1', '0']],
    [tags.SamplesPerPixel, 1],
    [tags.PhotometricInterpretation, 'MONOCHROME2'],
    [tags.Rows, rows],
    [tags.Columns, rows],
    [tags.PixelSpacing, ['0.78125', '0.78125']],
    [tags.BitsAllocated, 16],
    [tags.BitsStored, 16],
    [tags.HighBit, 15],
    [tags.PixelRepresentation, 1],
    [tags.WindowCenter, '40'],
    [tags.WindowWidth, '400'],
    [tags.RescaleIntercept, '-1024'],
    [tags.RescaleSlope, '1'],
    [tags.PixelData, disc(rows, options.instanceNumber, syntax.isLittleEndian)],
  ])
  return {
    sopClassUid: ctSopClass,
    sopInstanceUid,
    transferSyntaxUid: syntax.uid,
    dataset: writeDataset(dataset, { syntax, characterSet }),
  }
}

/** The instance as a Part 10 file. */
export function part10Of(instance: TestInstance): Uint8Array {
  return Buffer.concat([writeMetaHeader(instance), instance.dataset])
}

function disc(rows: number, instanceNumber: number, isLittleEndian: boolean): Uint8Array {
  const pixels = new Uint16Array(rows * rows)
  const centre = rows / 2 + (instanceNumber % 40)
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < rows; x++) {
      const isInside = (x - centre) ** 2 + (y - centre) ** 2 < (rows / 4) ** 2
      pixels[y * rows + x] = isInside ? 1064 + ((x * 7 + y * 13 + instanceNumber) & 63) : 24 + ((x ^ y) & 7)
    }
  const bytes = Buffer.from(pixels.buffer)
  return isLittleEndian ? bytes : bytes.swap16()
}
