/** The DICOM instances of a simulated study (PS3.3 A.2 CR/DX, A.3 CT, A.4 MR), as explicit little endian datasets. */
import type { Instance } from '@xinglin/client'
import { type Tag, tags, type WritableDataset, type WritableValue, writeDataset } from '@xinglin/dicom'
import { ageYears, type Moment } from '../calendar.ts'
import type { ImagingStudy, Story } from '../clinic/story.ts'
import type { Hospital } from '../hospital/hospital.ts'
import type { Random } from '../random.ts'
import { sceneOf } from './anatomy.ts'
import { draw, type Frame } from './phantom.ts'

/** PS3.4 B.5 storage SOP classes by modality. */
const sopClasses: Readonly<Record<string, string>> = {
  DX: '1.2.840.10008.5.1.4.1.1.1.1',
  CT: '1.2.840.10008.5.1.4.1.1.2',
  MR: '1.2.840.10008.5.1.4.1.1.4',
}

/** Window centre and width that the scanner proposes, by procedure. */
const windows: Readonly<Record<string, readonly [number, number]>> = {
  'CHEST-DX': [1300, 2700],
  'HIP-DX': [1500, 3000],
  'CHEST-CT': [-500, 1500],
  'HEAD-CT': [40, 90],
  'ABDOMEN-CT': [40, 350],
  'HEAD-MR': [850, 1700],
  'SPINE-MR': [950, 1900],
}

/** Distance of two slices in mm; the field of view is 400 mm, of a head 240 mm. */
const sliceDistanceMm = 8
const fieldOfViewMm = (bodyPart: string) => (bodyPart === 'HEAD' ? 240 : 400)

export function makeInstances(
  random: Random,
  story: Story,
  study: ImagingStudy,
  hospital: Hospital,
): readonly Instance[] {
  const { procedure } = study
  const shared = studyElements(story, study, hospital)
  return Array.from({ length: procedure.slices }, (_, index) => {
    const depth = procedure.slices === 1 ? 0 : index / (procedure.slices - 1)
    const grain = random.branch(`${study.studyInstanceUid}/${index}`)
    const frame = draw(
      sceneOf(procedure.code, depth, random.branch(study.studyInstanceUid)),
      procedure.rows,
      grain,
    )
    const sopInstanceUid = `${study.studyInstanceUid}.1.${index + 1}`
    const sopClassUid = sopClasses[procedure.modality] ?? ''
    const own: WritableDataset = new Map<Tag, WritableValue>([
      ...shared,
      [tags.SOPClassUID, sopClassUid],
      [tags.SOPInstanceUID, sopInstanceUid],
      [tags.InstanceNumber, String(index + 1)],
      ...placeElements(study, index),
      ...pixelElements(study, frame),
    ])
    return { sopClassUid, sopInstanceUid, dataset: writeDataset(own, { characterSet: 'ISO_IR 192' }) }
  })
}

function studyElements(
  { person }: Story,
  study: ImagingStudy,
  hospital: Hospital,
): readonly (readonly [Tag, WritableValue])[] {
  const { procedure } = study
  return [
    [tags.SpecificCharacterSet, 'ISO_IR 192'],
    [tags.StudyDate, dicomDate(study.startedAt)],
    [tags.SeriesDate, dicomDate(study.startedAt)],
    [tags.StudyTime, dicomTime(study.startedAt)],
    [tags.SeriesTime, dicomTime(study.startedAt)],
    [tags.TimezoneOffsetFromUTC, '+0800'],
    [tags.AccessionNumber, study.accessionNumber],
    [tags.Modality, procedure.modality],
    [tags.Manufacturer, 'Xinglin simulator'],
    [tags.InstitutionName, hospital.name],
    [tags.StudyDescription, procedure.zh],
    [tags.SeriesDescription, procedure.en],
    [tags.PatientName, `${person.familyName}${person.givenName}`],
    [tags.PatientID, person.mrn],
    [tags.IssuerOfPatientID, 'QLYX'],
    [tags.PatientBirthDate, person.birthDate.replaceAll('-', '')],
    [tags.PatientSex, person.sex === 'male' ? 'M' : 'F'],
    [tags.PatientAge, `${String(ageYears(person.birthDate, study.startedAt)).padStart(3, '0')}Y`],
    [tags.BodyPartExamined, procedure.bodyPart],
    [tags.StudyInstanceUID, study.studyInstanceUid],
    [tags.SeriesInstanceUID, `${study.studyInstanceUid}.1`],
    [tags.StudyID, study.accessionNumber],
    [tags.SeriesNumber, '1'],
  ]
}

/** PS3.3 C.7.6.2: position, orientation and spacing, so that a viewer can sort and measure. */
function placeElements(
  { procedure }: ImagingStudy,
  index: number,
): readonly (readonly [Tag, WritableValue])[] {
  const fieldMm = fieldOfViewMm(procedure.bodyPart)
  const spacing = (fieldMm / procedure.rows).toFixed(6)
  if (procedure.modality === 'DX') return [[tags.ImagerPixelSpacing, [spacing, spacing]]]
  const corner = (-fieldMm / 2).toFixed(2)
  return [
    [tags.ImagePositionPatient, [corner, corner, String(index * sliceDistanceMm)]],
    [tags.ImageOrientationPatient, ['1', '0', '0', '0', '1', '0']],
    [tags.FrameOfReferenceUID, '2.999.86.3.1'],
    [tags.PixelSpacing, [spacing, spacing]],
    [tags.SliceThickness, String(sliceDistanceMm)],
    [tags.SliceLocation, String(index * sliceDistanceMm)],
  ]
}

function pixelElements(
  { procedure }: ImagingStudy,
  frame: Frame,
): readonly (readonly [Tag, WritableValue])[] {
  const [center = 0, width = 1] = windows[procedure.code] ?? []
  const { pixels } = frame
  return [
    [tags.SamplesPerPixel, 1],
    [tags.PhotometricInterpretation, 'MONOCHROME2'],
    [tags.Rows, frame.rows],
    [tags.Columns, frame.columns],
    [tags.BitsAllocated, 16],
    [tags.BitsStored, 12],
    [tags.HighBit, 11],
    [tags.PixelRepresentation, 0],
    [tags.WindowCenter, String(center)],
    [tags.WindowWidth, String(width)],
    ...(procedure.modality === 'CT'
      ? ([
          [tags.RescaleIntercept, '-1024'],
          [tags.RescaleSlope, '1'],
          [tags.RescaleType, 'HU'],
        ] as const)
      : []),
    [tags.PixelData, new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)],
  ]
}

const localTime = (moment: Moment) => new Date(moment + 8 * 3_600_000).toISOString()
const dicomDate = (moment: Moment) => localTime(moment).slice(0, 10).replaceAll('-', '')
const dicomTime = (moment: Moment) => localTime(moment).slice(11, 19).replaceAll(':', '')
