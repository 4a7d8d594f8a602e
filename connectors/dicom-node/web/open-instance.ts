/** A stored instance opened for its attributes and pixels; values are read from the object when they are asked for. */
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { createReader, type Dataset, datasetBuilder, type Place, type TransferSyntax } from '@xinglin/dicom'
import { gone, tooLarge } from '@xinglin/fhir'
import type { Objects } from '@xinglin/objects'
import { type InstancePlace, syntaxOf } from './instance-rows.ts'

export type OpenInstance = {
  readonly dataset: Dataset
  readonly syntax: TransferSyntax
  /** Bytes of a value that was left in the object. */
  read(place: Place): Promise<Uint8Array>
}

/** Up to here an object is read once and kept while it is used; beyond, its parts are read as they are needed. */
const wholeBytes = 32 * 1024 * 1024
/** A palette of three 16-bit tables has 3 × 128 KB; all larger values are bulk data. */
const keepBytes = 256 * 1024
/** A deflated dataset is held whole; what inflates to more is served as a file only. */
const maxInflatedBytes = 256 * 1024 * 1024

/** Opens an instance; throws `gone` where its object is missing, `fault` where it is corrupt. */
export async function openInstance(objects: Objects, place: InstancePlace): Promise<OpenInstance> {
  const syntax = syntaxOf(place)
  const found = await objects.get(place.object)
  if (!found) throw gone('the object of an indexed instance is missing', { code: 'dicom-web.object-missing' })
  const isWhole = found.sizeBytes <= wholeBytes
  const builder = datasetBuilder({ keepBytes })
  const reader = createReader({ form: 'part10', visitor: builder.visitor })
  const chunks: Uint8Array[] = []
  for await (const chunk of found.bytes) {
    if (isWhole) chunks.push(chunk)
    reader.write(chunk)
  }
  const whole = isWhole ? Buffer.concat(chunks) : undefined
  if (syntax.isDeflated) return { dataset: builder.dataset, syntax, read: await inflatedReader(whole, place) }
  return {
    dataset: builder.dataset,
    syntax,
    read: async ({ offset, length }) =>
      whole ? whole.subarray(offset, offset + length) : readRange(objects, place, { offset, length }),
  }
}

async function inflatedReader(
  whole: Buffer | undefined,
  place: InstancePlace,
): Promise<OpenInstance['read']> {
  if (!whole)
    throw tooLarge('a deflated instance of this size is served as a file only', {
      code: 'dicom-web.deflated',
    })
  const inflated = await promisify(inflateRaw)(whole.subarray(place.datasetOffset), {
    maxOutputLength: maxInflatedBytes,
  })
  return async ({ offset, length }) => inflated.subarray(offset, offset + length)
}

async function readRange(
  objects: Objects,
  place: InstancePlace,
  { offset, length }: Place,
): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array(0)
  const found = await objects.get(place.object, { startByte: offset, endByteExclusive: offset + length })
  if (!found) throw gone('the object of an indexed instance is missing', { code: 'dicom-web.object-missing' })
  const chunks: Uint8Array[] = []
  for await (const chunk of found.bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}
