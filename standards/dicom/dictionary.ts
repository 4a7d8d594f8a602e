/** PS3.6 §6–8 data dictionary: what an attribute is called and how its value is represented. */
import { attributeLines } from './generated/attributes.ts'

/** Group × 65536 + element. */
export type Tag = number
/** PS3.5 §6.2. `--` marks items and delimiters, which have none. */
export type Vr = string

export type Attribute = { readonly keyword: string; readonly vr: Vr; readonly multiplicity: string }

type Repeating = { readonly mask: number; readonly value: number; readonly attribute: Attribute }

const byTag = new Map<Tag, Attribute>()
const repeating: Repeating[] = []

for (const line of attributeLines.trim().split('\n')) {
  const [pattern = '', vrs = '--', multiplicity = '1', keyword = ''] = line.split(' ')
  const attribute = { keyword, vr: implicitVr(vrs), multiplicity }
  if (pattern.includes('x')) {
    const mask = Number.parseInt(pattern.replace(/[^x]/g, 'f').replace(/x/g, '0'), 16)
    repeating.push({ mask, value: Number.parseInt(pattern.replace(/x/g, '0'), 16), attribute })
  } else byTag.set(Number.parseInt(pattern, 16), attribute)
}

/** PS3.5 §A.1: in Implicit VR the word form is the safe reading of either; the pixel representation is not yet known. */
function implicitVr(vrs: string): Vr {
  return vrs.includes('OW') ? 'OW' : (vrs.split('/')[0] ?? 'UN')
}

/** The attribute of a tag, repeating groups (60xx…) included; undefined for private and unknown ones. */
export function attributeOf(tag: Tag): Attribute | undefined {
  const found = byTag.get(tag)
  if (found) return found
  const group = tag >>> 16
  if (group & 1) return undefined
  return repeating.find((entry) => (tag & entry.mask) >>> 0 === entry.value >>> 0)?.attribute
}

/** The value representation that Implicit VR transfer syntaxes imply (PS3.5 §7.1.3, private creators §7.8.1). */
export function vrOf(tag: Tag): Vr {
  const group = tag >>> 16
  const element = tag & 0xffff
  if (element === 0) return 'UL'
  if (group & 1) return element >= 0x10 && element <= 0xff ? 'LO' : 'UN'
  return attributeOf(tag)?.vr ?? 'UN'
}

const byKeyword = new Map<string, Tag>()

/** The tag of a keyword (`PatientID`) or of eight hexadecimal digits; undefined for neither. */
export function tagOf(name: string): Tag | undefined {
  if (/^[0-9A-Fa-f]{8}$/.test(name)) return Number.parseInt(name, 16)
  if (byKeyword.size === 0) for (const [tag, attribute] of byTag) byKeyword.set(attribute.keyword, tag)
  return byKeyword.get(name)
}

/** Eight upper-case hexadecimal digits, as the DICOM JSON model names an attribute (PS3.18 §F.2.2). */
export function tagText(tag: Tag): string {
  return (tag >>> 0).toString(16).toUpperCase().padStart(8, '0')
}

/** Value representations whose explicit form has two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). */
export const longFormVrs: ReadonlySet<Vr> = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '))
/** Value representations with a 16-bit length (PS3.5 table 7.1-2). */
export const shortFormVrs: ReadonlySet<Vr> = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '),
)
/** Text that Specific Character Set governs (PS3.5 §6.1.2.3). */
export const characterSetVrs: ReadonlySet<Vr> = new Set('LO LT PN SH ST UC UT'.split(' '))
