/** DICOM C-STORE of CT instances of 527 KB over one association, each waiting for 0000H. */
import { associate, type Instance, type Platform } from '@xinglin/client'
import { type Tag, tags, type WritableValue, writeDataset } from '@xinglin/dicom'
import { type Measurement, measure } from './measure.ts'

const ctStorage = '1.2.840.10008.5.1.4.1.1.2'
const count = 1000
const size = 512
/** Instances of another run on the same platform are no resent ones. */
let runs = 1

export async function benchDicom(platform: Platform): Promise<readonly Measurement[]> {
  const address = {
    host: '127.0.0.1',
    port: platform.ports.dicom,
    callingTitle: 'BENCH',
    calledTitle: 'XINGLIN',
  }
  return [await storeOver(address, 1), await storeOver(address, 4)]
}

async function storeOver(address: Parameters<typeof associate>[0], senders: number): Promise<Measurement> {
  const study = `2.999.86.9.3.${senders}.${runs++}`
  const associations = await Promise.all(
    Array.from({ length: senders }, () => associate(address, [ctStorage])),
  )
  const slices = associations.map((_, sender) => makeSlices(`${study}.${sender + 1}`))
  const name = `C-STORE CT 527 KB, ${senders} association${senders > 1 ? 's' : ''}`
  const row = await measure(name, { senders, count }, async (sender, index) => {
    const slice = slices[sender]?.(index)
    return slice !== undefined && (await associations[sender]?.store(slice)) === 0
  })
  await Promise.all(associations.map((association) => association.release()))
  return row
}

/** One slice of which only UID and last pixels change, in the same memory: the client must not cost what it measures. */
function makeSlices(study: string): (index: number) => Instance {
  const uidOf = (index: number) => `${study}.1.${String(100_000 + index)}`
  const pixels = new Uint8Array(size * size * 2).map((_, index) =>
    index % 2 === 0 ? (index * 7919) % 256 : index % 8,
  )
  const dataset = Buffer.from(writeDataset(slice(study, uidOf(0), pixels)))
  const uidOffset = dataset.indexOf(uidOf(0), 'latin1')
  return (index) => {
    dataset.write(uidOf(index), uidOffset, 'latin1')
    // Each instance must have bytes of its own: identical content is stored once.
    dataset.write(uidOf(index), dataset.length - 64, 'latin1')
    return { sopClassUid: ctStorage, sopInstanceUid: uidOf(index), dataset }
  }
}

function slice(study: string, sopInstanceUid: string, pixels: Uint8Array): ReadonlyMap<Tag, WritableValue> {
  return new Map<Tag, WritableValue>([
    [tags.SOPClassUID, ctStorage],
    [tags.SOPInstanceUID, sopInstanceUid],
    [tags.StudyDate, '20261101'],
    [tags.StudyTime, '080000'],
    [tags.Modality, 'CT'],
    [tags.PatientName, 'Bench^CT'],
    [tags.PatientID, 'BENCH-CT'],
    [tags.StudyInstanceUID, study],
    [tags.SeriesInstanceUID, `${study}.1`],
    [tags.SeriesNumber, '1'],
    [tags.InstanceNumber, '1'],
    [tags.SamplesPerPixel, 1],
    [tags.PhotometricInterpretation, 'MONOCHROME2'],
    [tags.Rows, size],
    [tags.Columns, size],
    [tags.BitsAllocated, 16],
    [tags.BitsStored, 12],
    [tags.HighBit, 11],
    [tags.PixelRepresentation, 0],
    [tags.PixelData, pixels],
  ])
}
