/** DICOM C-STORE of CT instances of 527 KB over one association, each waiting for 0000H. */
import { associate, type Platform } from '@xinglin/client'
import { type Tag, tags, type WritableValue, writeDataset } from '@xinglin/dicom'
import { type Measurement, measure } from './measure.ts'

const ctStorage = '1.2.840.10008.5.1.4.1.1.2'
const count = 1000
const size = 512

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
  const associations = await Promise.all(
    Array.from({ length: senders }, () => associate(address, [ctStorage])),
  )
  const study = `2.999.86.9.3.${senders}`
  const pixels = new Uint8Array(size * size * 2).map((_, index) =>
    index % 2 === 0 ? (index * 7919) % 256 : index % 8,
  )
  const name = `C-STORE CT 527 KB, ${senders} association${senders > 1 ? 's' : ''}`
  const row = await measure(name, { senders, count }, async (sender, index) => {
    const sopInstanceUid = `${study}.1.${index + 1}`
    // Each instance must have bytes of its own: identical content is stored once.
    new DataView(pixels.buffer).setUint32(0, index + senders * 100_000, true)
    const dataset = writeDataset(slice(study, sopInstanceUid, index, pixels))
    return (await associations[sender]?.store({ sopClassUid: ctStorage, sopInstanceUid, dataset })) === 0
  })
  await Promise.all(associations.map((association) => association.release()))
  return row
}

function slice(
  study: string,
  sopInstanceUid: string,
  index: number,
  pixels: Uint8Array,
): ReadonlyMap<Tag, WritableValue> {
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
    [tags.InstanceNumber, String(index + 1)],
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
