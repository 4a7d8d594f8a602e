/** Phones and addresses, as far as they tell people apart. */

/** The digits of a phone without country code, and without the area code's trailing mark; undefined where too few. */
export function phoneDigits(text: string): string | undefined {
  const digits = text
    .normalize('NFKC')
    .replace(/^\s*(?:\+|00)86/, '')
    .replaceAll(/\D/g, '')
  const isPlaceholder = /^(\d)\1+$/.test(digits) || /^1?1234567/.test(digits)
  return digits.length < fewestDigits || isPlaceholder ? undefined : digits
}

/** A landline without area code has seven. */
const fewestDigits = 7

export type Address = {
  /** GB/T 2260 code of the county, or of the city or province where no more is known. */
  readonly division?: string
  /** Place names and digits without the words that everybody leaves out or adds. */
  readonly text: string
}

/** An address for comparison; undefined where nothing is left of it. */
export function addressOf(text: string, division?: string): Address | undefined {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\p{P}\p{S}]/gu, '')
    .replaceAll(/(?:中国|号楼|单元|小区|号|室|栋|幢|楼)/gu, '·')
    .replaceAll(/·+/gu, '·')
    .replaceAll(/^·|·$/gu, '')
  const code = /^\d{6}/.exec(division ?? '')?.[0]
  if (plain === '' && code === undefined) return undefined
  return { text: plain, ...(code ? { division: code } : {}) }
}

/** Worst last: the same home, the same county, another place. */
export type AddressLevel = 'same' | 'area' | 'different'

/** How two addresses compare: one that ends as the other does is the same home told from a nearer place. */
export function compareAddresses(left: Address, right: Address): AddressLevel {
  const shorter = left.text.length < right.text.length ? left : right
  const isHome = shorter.text.length >= shortestHome && !division.test(shorter.text)
  if (isHome && (left.text.endsWith(right.text) || right.text.endsWith(left.text))) return 'same'
  if (left.division !== undefined && left.division === right.division) return 'area'
  return 'different'
}

/** A shorter text names a street or a village, not a home. */
const shortestHome = 6
/** Nothing but a county, a town or a subdistrict was told. */
const division = /(?:[省市区县旗盟州镇乡]|街道|办事处)$/u
