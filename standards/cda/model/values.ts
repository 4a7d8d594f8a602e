/** HL7 v3 data types R1 as CDA R2 uses them: identifiers, codes, times, quantities, names, both ways. */
import { el, elementsOf, first, textOf, type XmlNode } from '../xml/node.ts'

/** II. A nullFlavor stands where there is no root. */
export type Identifier = { readonly root?: string; readonly extension?: string; readonly nullFlavor?: string }
/** CD and its kin. */
export type Coded = {
  readonly code?: string
  readonly codeSystem?: string
  readonly codeSystemName?: string
  readonly displayName?: string
  readonly originalText?: string
  readonly nullFlavor?: string
  readonly translations?: readonly Coded[]
}
/** IVL_TS as HL7 writes times (`20260302073000+0800`); a point has `value`. */
export type Times = {
  readonly value?: string
  readonly low?: string
  readonly high?: string
  readonly nullFlavor?: string
}
/** PQ; the value as it is written. */
export type Quantity = { readonly value?: string; readonly unit?: string; readonly nullFlavor?: string }
export type PersonName = {
  readonly family?: string
  readonly given?: readonly string[]
  readonly prefix?: string
  readonly suffix?: string
  /** The whole name as it is written where it has no parts. */
  readonly text?: string
}
export type Telecom = { readonly value: string; readonly use?: string }
export type Address = {
  readonly lines?: readonly string[]
  readonly city?: string
  readonly county?: string
  readonly state?: string
  readonly postalCode?: string
  readonly country?: string
  readonly text?: string
}

type Attributes = Readonly<Record<string, string | undefined>>

function kept<T extends object>(value: T): T {
  const said = Object.entries(value).filter(([, each]) => each !== undefined && each !== '')
  return Object.fromEntries(said) as T
}

export function readIdentifier({ attributes: { root, extension, nullFlavor } }: XmlNode): Identifier {
  return kept({ root, extension, nullFlavor })
}

export function writeIdentifier(name: string, { root, extension, nullFlavor }: Identifier): XmlNode {
  return el(name, { root, extension, nullFlavor })
}

/** Undefined for an element that is not there. `textIn` finds what `<reference value="#…"/>` points at. */
export function readCoded(
  node: XmlNode | undefined,
  textIn: (id: string) => string | undefined,
): Coded | undefined {
  if (!node) return undefined
  const { code, codeSystem, codeSystemName, displayName, nullFlavor } = node.attributes
  const original = originalOf(first(node, 'originalText'), textIn) ?? plainText(node)
  const translations = elementsOf(node, 'translation').flatMap((each) => readCoded(each, textIn) ?? [])
  return kept({
    ...{ code, codeSystem, codeSystemName, displayName, nullFlavor, originalText: original },
    ...(translations.length > 0 ? { translations } : {}),
  })
}

/** Text that stands between the tags of a code, as WS/T 500 writes names of values. */
function plainText(node: XmlNode): string | undefined {
  const text = node.children.filter((child) => typeof child === 'string').join('')
  return text.replaceAll(/\s+/g, ' ').trim() || undefined
}

/** The words of an ED with a reference into the narrative or text of its own. */
export function originalOf(
  node: XmlNode | undefined,
  textIn: (id: string) => string | undefined,
): string | undefined {
  if (!node) return undefined
  const pointed = first(node, 'reference')?.attributes.value
  return (pointed?.startsWith('#') ? textIn(pointed.slice(1)) : undefined) ?? (textOf(node) || undefined)
}

export function writeCoded(name: string, coded: Coded, more: Attributes = {}): XmlNode {
  const { code, codeSystem, codeSystemName, displayName, nullFlavor, originalText, translations = [] } = coded
  return el(
    name,
    { ...more, code, codeSystem, codeSystemName, displayName, nullFlavor },
    originalText === undefined ? undefined : el('originalText', {}, originalText),
    translations.map((each) => writeCoded('translation', each)),
  )
}

export function readTimes(node: XmlNode | undefined): Times | undefined {
  if (!node) return undefined
  const at = (name: string) => first(node, name)?.attributes.value
  const times = kept({ value: node.attributes.value ?? at('center'), low: at('low'), high: at('high') })
  const nullFlavor = node.attributes.nullFlavor ?? (Object.keys(times).length === 0 ? 'NI' : undefined)
  return kept({ ...times, nullFlavor })
}

export function writeTimes(name: string, { value, low, high, nullFlavor }: Times): XmlNode {
  const isInterval = low !== undefined || high !== undefined
  return el(
    name,
    { ...(isInterval ? { 'xsi:type': 'IVL_TS' } : {}), value, nullFlavor },
    low === undefined ? undefined : el('low', { value: low }),
    high === undefined ? undefined : el('high', { value: high }),
  )
}

export function readQuantity(node: XmlNode | undefined): Quantity | undefined {
  if (!node) return undefined
  const { value, unit, nullFlavor } = node.attributes
  const center = first(node, 'center') ?? first(node, 'low')
  return kept({ value: value ?? center?.attributes.value, unit: unit ?? center?.attributes.unit, nullFlavor })
}

export function writeQuantity(
  name: string,
  { value, unit, nullFlavor }: Quantity,
  more: Attributes = {},
): XmlNode {
  return el(name, { ...more, value, unit, nullFlavor })
}

/** Undefined for a name without a word. */
export function readName(node: XmlNode | undefined): PersonName | undefined {
  if (!node) return undefined
  const part = (name: string) => textOf(first(node, name)) || undefined
  const given = elementsOf(node, 'given').map(textOf).filter(Boolean)
  const parted = kept({ family: part('family'), prefix: part('prefix'), suffix: part('suffix') })
  if (Object.keys(parted).length > 0 || given.length > 0)
    return { ...parted, ...(given.length > 0 ? { given } : {}) }
  const text = textOf(node)
  return text === '' ? undefined : { text }
}

export function writeName({ family, given = [], prefix, suffix, text }: PersonName): XmlNode {
  const part = (name: string, said: string | undefined) =>
    said === undefined ? undefined : el(name, {}, said)
  if (text !== undefined) return el('name', {}, text)
  return el(
    'name',
    {},
    part('prefix', prefix),
    given.map((each) => el('given', {}, each)),
    part('family', family),
    part('suffix', suffix),
  )
}

/** A name as people read it. */
export function nameText({ text, prefix, given = [], family, suffix }: PersonName): string {
  return text ?? [prefix, ...given, family, suffix].filter(Boolean).join(' ')
}

export function readTelecom({ attributes: { value, use } }: XmlNode): readonly Telecom[] {
  return value ? [kept({ value, use })] : []
}

export function readAddress(node: XmlNode): readonly Address[] {
  const part = (name: string) => textOf(first(node, name)) || undefined
  const lines = elementsOf(node, 'streetAddressLine').map(textOf).filter(Boolean)
  const address = kept({
    ...{ city: part('city'), county: part('county'), state: part('state') },
    ...{ postalCode: part('postalCode'), country: part('country') },
    ...(lines.length > 0 ? { lines } : {}),
  })
  const text = Object.keys(address).length === 0 ? textOf(node) : ''
  return Object.keys(address).length > 0 || text ? [kept({ ...address, text })] : []
}

export function writeAddress({
  lines = [],
  city,
  county,
  state,
  postalCode,
  country,
  text,
}: Address): XmlNode {
  const part = (name: string, said: string | undefined) =>
    said === undefined ? undefined : el(name, {}, said)
  return el(
    'addr',
    {},
    text,
    lines.map((line) => el('streetAddressLine', {}, line)),
    part('county', county),
    part('city', city),
    part('state', state),
    part('postalCode', postalCode),
    part('country', country),
  )
}
