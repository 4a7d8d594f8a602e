/** The stream of a drill: laboratory reports over MLLP and CT slices by C-STORE, each with a number of its own. */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Association, associate, createMllpClient, type Instance, type Platform } from '@xinglin/client'
import { type Tag, tags, type WritableValue, writeDataset } from '@xinglin/dicom'

export const ctStorage = '1.2.840.10008.5.1.4.1.1.2'
export const studyInstanceUid = '2.999.86.8.1'
const retryDelayMs = 200

/** ORU^R01 number `index` of patient `index % patients`: one report with one result whose value is `index`. */
export function laboratoryReport(index: number, patients: number): Buffer {
  const number = index % patients
  const at = `202611${String(1 + (index % 20)).padStart(2, '0')}0900${String(index % 60).padStart(2, '0')}+0800`
  return Buffer.from(
    [
      `MSH|^~\\&|LIS|DRILL|XINGLIN|DRILL|20261101080000+0800||ORU^R01^ORU_R01|M${index}|P|2.5.1||||||UNICODE UTF-8`,
      `PID|1||P${number}^^^DRILL&2.999.86.8.2&ISO^MR||赵^试${number}||19800101|M`,
      `PV1|1|O|OPD||||||||||||||||V${number}^^^DRILL&2.999.86.8.3&ISO^VN`,
      `OBR|1|L${index}^DRILL|F${index}^LIS|24326-1^电解质^LN|||${at}|||||||||||||||${at}||LAB|F`,
      `OBX|1|NM|2823-3^钾^LN||${index}|mmol/L^mmol/L^UCUM|3.5-5.3|N|||F|||${at}`,
      '',
    ].join('\r'),
    'utf8',
  )
}

/** CT slice number `index` of the one study of the drill, 128 × 128, of `patientId`. */
export function slice(index: number, patientId = 'DRILL-CT'): Instance {
  const sopInstanceUid = `${studyInstanceUid}.1.${index + 1}`
  const pixels = createHash('sha512').update(`slice ${index}`).digest()
  const dataset = writeDataset(
    new Map<Tag, WritableValue>([
      [tags.SOPClassUID, ctStorage],
      [tags.SOPInstanceUID, sopInstanceUid],
      [tags.StudyDate, '20261101'],
      [tags.StudyTime, '090000'],
      [tags.Modality, 'CT'],
      [tags.PatientName, 'Drill^CT'],
      [tags.PatientID, patientId],
      [tags.StudyInstanceUID, studyInstanceUid],
      [tags.SeriesInstanceUID, `${studyInstanceUid}.1`],
      [tags.SeriesNumber, '1'],
      [tags.InstanceNumber, String(index + 1)],
      [tags.SamplesPerPixel, 1],
      [tags.PhotometricInterpretation, 'MONOCHROME2'],
      [tags.Rows, 128],
      [tags.Columns, 128],
      [tags.BitsAllocated, 16],
      [tags.BitsStored, 16],
      [tags.HighBit, 15],
      [tags.PixelRepresentation, 0],
      [tags.PixelData, Buffer.alloc(128 * 128 * 2, pixels)],
    ]),
  )
  return { sopClassUid: ctStorage, sopInstanceUid, dataset }
}

/** Sends every report until its `AA`; answers how many other acknowledgements came on the way. */
export async function sendReports(
  platform: Platform,
  options: { count: number; patients: number; connections: number; delayMs: number; signal: AbortSignal },
): Promise<number> {
  let [next, refusals] = [0, 0]
  const work = async () => {
    const client = createMllpClient({ host: '127.0.0.1', port: platform.ports.hl7 })
    while (next < options.count && !options.signal.aborted) {
      const message = laboratoryReport(next++, options.patients)
      while ((await client.send(message)).code !== 'AA' && !options.signal.aborted) {
        refusals += 1
        await pause(retryDelayMs)
      }
      await pause(options.delayMs)
    }
    client.close()
  }
  await Promise.all(Array.from({ length: options.connections }, work))
  return refusals
}

/** Stores every slice until its `0000H`, on a new association where the last one was lost. */
export async function sendSlices(
  platform: Platform,
  options: { count: number; delayMs: number; signal: AbortSignal },
): Promise<void> {
  const { count, delayMs, signal } = options
  let association: Association | undefined
  for (let index = 0; index < count && !signal.aborted; ) {
    try {
      association ??= await associate(
        { host: '127.0.0.1', port: platform.ports.dicom, callingTitle: 'DRILL', calledTitle: 'XINGLIN' },
        [ctStorage],
      )
      if ((await association.store(slice(index))) === 0) index += 1
    } catch {
      // Whatever broke the association, a scanner does the same: it opens another and sends the instance again.
      association?.abandon()
      association = undefined
      await pause(retryDelayMs)
    }
    await pause(delayMs)
  }
  await association?.release()
}
