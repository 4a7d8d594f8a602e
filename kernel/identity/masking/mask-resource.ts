/**
 * A resource as it is shown to who sees fields masked. Patients, their relatives and Persons lose them in their own
 * elements; every other resource where it names one of them. The bytes of documents and of Binaries, which nobody can mask, are
 * left out; names in free text are not found.
 */
import type { MaskedField } from './masking.ts'
import { isIdentityNumber, maskName, maskNumber, maskPhone } from './words.ts'

type Members = Record<string, unknown>

/** Types that are about a person who is no member of the staff. */
const personTypes: ReadonlySet<string> = new Set(['Patient', 'RelatedPerson', 'Person'])
/** HL7 v2 table 0203: numbers that say who somebody is anywhere. */
const identityTypes: ReadonlySet<string> = new Set(['NI', 'NNCHN', 'PPN', 'SS', 'DL', 'BCT', 'CZ', 'PNT'])
/** Elements that refer to whom a resource is about, even by words alone. */
const aboutPatients: ReadonlySet<string> = new Set(['subject', 'patient', 'beneficiary', 'for', 'individual'])
const masked = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'MASKED' }
/** Extensions of R4 that hold what a masked element holds. */
const tellingExtensions = /mothersMaidenName|birthPlace|iso21090|humanname/i

/** Rule 13: masks a resource that was parsed for this alone in its place, so that its decimals keep their digits. */
export function maskParsed(resource: unknown, fields: ReadonlySet<MaskedField>): void {
  if (!isMembers(resource)) return
  maskNode(resource, { fields, isPerson: false })
  const meta = isMembers(resource.meta) ? resource.meta : {}
  const security = Array.isArray(meta.security) ? meta.security : []
  resource.meta = { ...meta, security: [...security, masked] }
}

/** Whether a resource was given out masked: writing it back would put stars into the record. */
export function isMasked(resource: {
  readonly meta?: { readonly security?: readonly { code?: string | undefined }[] | undefined } | undefined
}): boolean {
  return resource.meta?.security?.some(({ code }) => code === masked.code) === true
}

/** Whether resources of a type hold people's own identities. */
export function isPersonType(type: string): boolean {
  return personTypes.has(type)
}

type Place = { readonly fields: ReadonlySet<MaskedField>; readonly isPerson: boolean }

function maskNode(node: Members, place: Place): void {
  const type = node.resourceType
  const isPerson = typeof type === 'string' ? personTypes.has(type) : place.isPerson
  const inner = { ...place, isPerson }
  if (typeof type === 'string' && place.fields.has('name')) {
    // The narrative repeats what the elements say.
    delete node.text
    if (isPerson) delete node.photo
  }
  // Attachment (datatypes.html#Attachment), Binary: a letter names its patient.
  if (place.fields.has('name') && typeof node.contentType === 'string') delete node.data
  if (Array.isArray(node.extension) && isPerson)
    node.extension = node.extension.filter(
      (each) => !isMembers(each) || !tellingExtensions.test(String(each.url)),
    )
  for (const [name, value] of Object.entries(node)) maskMember(node, name, value, inner)
}

function maskMember(node: Members, name: string, value: unknown, place: Place): void {
  const { fields, isPerson } = place
  for (const each of Array.isArray(value) ? value : [value]) {
    if (!isMembers(each)) continue
    if (isPerson && name === 'name' && fields.has('name')) maskHumanName(each)
    if (isPerson && name === 'telecom' && fields.has('phone')) maskText(each, 'value', maskPhone)
    if (isPerson && name === 'address' && fields.has('address')) maskAddress(each)
    if (name === 'identifier' && fields.has('identity-number') && isIdentity(each))
      maskText(each, 'value', maskNumber)
    if (fields.has('name') && isAboutPerson(name, each)) maskText(each, 'display', maskName)
    maskNode(each, place)
  }
  // Coverage.subscriberId and others that hold an identity number as plain text.
  if (typeof value === 'string' && fields.has('identity-number') && isIdentityNumber(value))
    node[name] = maskNumber(value)
}

function maskHumanName(name: Members): void {
  const family = typeof name.family === 'string' ? name.family : undefined
  maskText(name, 'text', maskName)
  if (family !== undefined) name.family = [...family][0] ?? '*'
  if (Array.isArray(name.given)) name.given = ['*']
  for (const part of ['extension', '_family', '_given', '_text']) delete name[part]
}

function maskAddress(address: Members): void {
  const shown = [address.state, address.city, address.district].filter((part) => typeof part === 'string')
  for (const part of ['line', '_line', 'postalCode', '_text', 'extension']) delete address[part]
  address.text = `${shown.join('')}***`
}

function maskText(node: Members, name: string, mask: (text: string) => string): void {
  const text = node[name]
  if (typeof text === 'string') node[name] = mask(text)
}

function isIdentity({ type, value }: Members): boolean {
  if (typeof value === 'string' && isIdentityNumber(value)) return true
  const codings = isMembers(type) && Array.isArray(type.coding) ? type.coding : []
  return codings.some((coding) => isMembers(coding) && identityTypes.has(String(coding.code)))
}

function isAboutPerson(name: string, { reference, type }: Members): boolean {
  const target =
    typeof reference === 'string'
      ? /(?:^|\/)([A-Z]\w+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(reference)?.[1]
      : type
  return typeof target === 'string' ? personTypes.has(target) : aboutPatients.has(name)
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
