/** WADO-RS (PS3.18 §10.4): instances as they were stored, their metadata, and their bulk data. */
import type { Kernel } from '@xinglin/app'
import { type Dataset, type JsonDataset, tagText, toJson, type Value } from '@xinglin/dicom'
import { gone, notFound, unsupported } from '@xinglin/fhir'
import type { MaskedField } from '@xinglin/identity'
import { acceptedRanges, innerType } from './accept.ts'
import { type InstancePlace, syntaxOf } from './instance-rows.ts'
import { maskDataset } from './masked.ts'
import type { Part } from './multipart-writer.ts'
import { openInstance } from './open-instance.ts'

/** Where an instance is fetched under `baseUrl`. */
export function instanceUrl(baseUrl: string, place: InstancePlace): string {
  return `${baseUrl}/studies/${place.studyInstanceUid}/series/${place.seriesInstanceUid}/instances/${place.sopInstanceUid}`
}

/**
 * Throws `unsupported` where the client takes only transfer syntaxes in which no instance is stored: files are given as
 * they came, byte for byte, and never transcoded.
 */
export function demandAsStored(
  places: readonly InstancePlace[],
  accept: string | undefined,
  parameter: string | undefined,
): void {
  const isAccepted = acceptedRanges(accept, parameter).some((range) => {
    if (!['*/*', 'application/*', 'application/dicom'].includes(innerType(range))) return false
    const wanted = range.parameters['transfer-syntax']
    return !wanted || wanted === '*' || places.every((place) => place.transferSyntaxUid === wanted)
  })
  if (!isAccepted)
    throw unsupported('instances are given as they are stored: accept application/dicom; transfer-syntax=*', {
      code: 'dicom-web.accept',
    })
}

/** Each file as a part, opened when its turn comes. */
export async function* fileParts(
  kernel: Kernel,
  places: readonly InstancePlace[],
  baseUrl: string,
): AsyncGenerator<Part> {
  for (const place of places) {
    const found = await kernel.objects.get(place.object)
    if (!found)
      throw gone('the object of an indexed instance is missing', { code: 'dicom-web.object-missing' })
    yield {
      contentType: `application/dicom; transfer-syntax=${place.transferSyntaxUid}`,
      location: instanceUrl(baseUrl, place),
      bytes: found.bytes,
    }
  }
}

/** The attributes of instances as one JSON array, written while it is made (PS3.18 §10.4.1.1.2). */
export async function* metadataJson(
  kernel: Kernel,
  places: readonly InstancePlace[],
  { baseUrl, fields }: { readonly baseUrl: string; readonly fields: ReadonlySet<MaskedField> },
): AsyncGenerator<Uint8Array> {
  yield Buffer.from('[')
  for (const [index, place] of places.entries()) {
    const json = JSON.stringify(maskDataset(await metadataOf(kernel, place, baseUrl), fields))
    yield Buffer.from(index === 0 ? json : `,${json}`)
  }
  yield Buffer.from(']')
}

async function metadataOf(kernel: Kernel, place: InstancePlace, baseUrl: string): Promise<JsonDataset> {
  const { dataset } = await openInstance(kernel.objects, place)
  const base = `${instanceUrl(baseUrl, place)}/bulkdata`
  return {
    ...toJson(dataset, { bulkDataUri: (path) => `${base}/${path.map(pathPart).join('/')}` }),
    // Which transfer syntax a client must be able to read before it asks for frames.
    '00083002': { vr: 'UI', Value: [place.transferSyntaxUid] },
  }
}

/** Tags as eight digits, item numbers as they are; an item number never has eight digits. */
const pathPart = (part: number): string => (part > 0xffff ? tagText(part) : String(part))

/** One value by its path of tags and item numbers; throws `notFound`. */
export async function bulkData(
  kernel: Kernel,
  place: InstancePlace,
  path: readonly string[],
): Promise<{ bytes: Uint8Array; contentType: string }> {
  const opened = await openInstance(kernel.objects, place)
  const value = valueAt(opened.dataset, path)
  const syntax = syntaxOf(place)
  if (value?.kind === 'bytes') return { bytes: value.bytes, contentType: 'application/octet-stream' }
  if (value?.kind === 'left')
    return { bytes: await opened.read(value.place), contentType: 'application/octet-stream' }
  if (value?.kind === 'fragments') {
    const pieces = await Promise.all(value.places.map((each) => opened.read(each)))
    return { bytes: Buffer.concat(pieces), contentType: `${syntax.mediaType}; transfer-syntax=${syntax.uid}` }
  }
  throw notFound('the instance has no such value', { code: 'dicom-web.no-value' })
}

function valueAt(dataset: Dataset, [tag = '', item, ...rest]: readonly string[]): Value | undefined {
  const value = dataset.elements.get(Number.parseInt(tag, 16))?.value
  if (item === undefined) return value
  const inner = value?.kind === 'items' ? value.items[Number(item)] : undefined
  return inner && valueAt(inner, rest)
}
