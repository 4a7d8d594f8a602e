/**
 * DICOM attributes of people as they are shown to who sees fields masked (PS3.15 table E.1-1 names them), and what he may not
 * have at all: whole files and bulk data hold them where nothing can be taken out. Words in the pixels are not found.
 */
import type { JsonDataset, JsonElement } from '@xinglin/dicom'
import { forbidden } from '@xinglin/fhir'
import { isIdentityNumber, type MaskedField, maskName, maskNumber, maskPhone } from '@xinglin/identity'

type Fields = ReadonlySet<MaskedField>
type Mask = (text: string) => string

/** Patient's name, other names, birth name, mother's birth name, responsible person; address; telephone, telecom; ids. */
const masks: Readonly<Record<string, { readonly field: MaskedField; readonly mask: Mask }>> = {
  ...masked('name', maskPersonName, '00100010 00101001 00101005 00101060 00102297'),
  ...masked('address', () => '***', '00101040'),
  ...masked('phone', maskPhone, '00102154 00102155'),
  ...masked('identity-number', maskIdentity, '00100020 00101000'),
}

function masked(field: MaskedField, mask: Mask, tags: string) {
  return Object.fromEntries(tags.split(' ').map((tag) => [tag, { field, mask }]))
}

/** 王^小明 → 王*^…: a component (PS3.5 §6.2.1.1) is a word of its own. */
function maskPersonName(text: string): string {
  return text
    .split('^')
    .map((part) => (part === '' ? '' : maskName(part)))
    .join('^')
}

function maskIdentity(text: string): string {
  return isIdentityNumber(text) ? maskNumber(text) : text
}

/** A dataset without the people's fields; sequences too. The same object where nothing is masked. */
export function maskDataset(dataset: JsonDataset, fields: Fields): JsonDataset {
  if (fields.size === 0) return dataset
  return Object.fromEntries(
    Object.entries(dataset).map(([tag, element]) => [tag, maskElement(tag, element, fields)]),
  )
}

function maskElement(tag: string, element: JsonElement, fields: Fields): JsonElement {
  const own = masks[tag]
  const { Value } = element
  if (!Value) return element
  const isMasked = own !== undefined && fields.has(own.field)
  return {
    ...element,
    Value: Value.map((value) => maskValue(value, { mask: isMasked ? own.mask : undefined, fields })),
  } as JsonElement
}

function maskValue(
  value: unknown,
  { mask, fields }: { readonly mask: Mask | undefined; readonly fields: Fields },
): unknown {
  if (typeof value === 'string') return mask ? mask(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (!mask) return maskDataset(value as JsonDataset, fields)
  return Object.fromEntries(
    Object.entries(value).map(([group, text]) => [group, typeof text === 'string' ? mask(text) : text]),
  )
}

/** Throws `forbidden` (`dicom-web.masked`) where a search would compare what is masked. */
export function refuseMaskedSearch(names: readonly string[], fields: Fields): void {
  if (fields.has('name') && names.some((name) => name === 'PatientName' || name === '00100010'))
    throw refusal('your roles see names masked, so studies are searched by record number')
}

/** Throws `forbidden` (`dicom-web.masked`) for who sees anything masked. */
export function refuseWholeFiles(fields: Fields): void {
  if (fields.size > 0)
    throw refusal('your roles see people masked; frames and rendered images are given, whole files are not')
}

function refusal(sentence: string) {
  return forbidden(sentence, { code: 'dicom-web.masked' })
}
