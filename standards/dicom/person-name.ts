/** PS3.5 §6.2 PN: up to three component groups (alphabetic=ideographic=phonetic) of up to five components. */

export type NameGroup = {
  readonly family: string
  readonly given: string
  readonly middle: string
  readonly prefix: string
  readonly suffix: string
}
export type PersonName = {
  readonly alphabetic?: NameGroup
  readonly ideographic?: NameGroup
  readonly phonetic?: NameGroup
}

/** The groups of a person name; absent groups are undefined, an empty name has none. */
export function parsePersonName(text: string): PersonName {
  const [alphabetic, ideographic, phonetic] = text.split('=').map(group)
  return {
    ...(alphabetic && { alphabetic }),
    ...(ideographic && { ideographic }),
    ...(phonetic && { phonetic }),
  }
}

function group(text: string): NameGroup | undefined {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = text
    .split('^')
    .map((part) => part.trim())
  const found = { family, given, middle, prefix, suffix }
  return Object.values(found).some((part) => part !== '') ? found : undefined
}

/** A name in one of its groups as a person writes it: 张三, or `Li Ming` (given before family outside Chinese script). */
export function displayName(name: PersonName): string {
  const shown = name.ideographic ?? name.alphabetic ?? name.phonetic
  if (!shown) return ''
  const isHan = /\p{Script=Han}/u.test(shown.family + shown.given)
  if (isHan) return `${shown.family}${shown.given}`
  return [shown.prefix, shown.given, shown.middle, shown.family, shown.suffix]
    .filter((part) => part !== '')
    .join(' ')
}
