/** Two people, field by field: the levels that the model of Fellegi and Sunter weighs. */
import { compareAddresses } from './contacts.ts'
import { compareDates, dateLevels } from './dates.ts'
import { editDistance } from './distance.ts'
import type { Levels } from './fellegi-sunter.ts'
import { compareNames, type NameLevel, nameLevels } from './names.ts'
import type { Person } from './person.ts'

/** Fields and their levels, closest first; the order of `Levels`. */
export const personFields = [
  { field: 'name', levels: nameLevels },
  { field: 'birthDate', levels: dateLevels },
  { field: 'sex', levels: ['same', 'different'] },
  { field: 'citizen', levels: ['same', 'slip', 'different'] },
  { field: 'document', levels: ['same', 'different'] },
  // Phone and address are one field: a household shares both, so they do not count twice.
  { field: 'contact', levels: ['both', 'phone', 'address', 'area', 'different'] },
] as const

export type PersonField = (typeof personFields)[number]['field']

const nothing = -1

/** The levels of a pair, in the order of `personFields`; the same for both orders of the pair. */
export function comparePeople(left: Person, right: Person): Levels {
  return [
    nameLevel(left, right),
    left.birthDate && right.birthDate
      ? dateLevels.indexOf(compareDates(left.birthDate, right.birthDate))
      : nothing,
    left.sex && right.sex ? Number(left.sex !== right.sex) : nothing,
    citizenLevel(left.citizen, right.citizen),
    documentLevel(left.documents, right.documents),
    contactLevel(left, right),
  ]
}

/** A name that stands for none is compared with its like alone. */
function nameLevel(left: Person, right: Person): number {
  if (left.stands === 'unnamed' || right.stands === 'unnamed' || left.stands !== right.stands) return nothing
  let best: NameLevel = 'different'
  for (const one of left.names) {
    for (const other of right.names) {
      const level = compareNames(one, other)
      if (nameLevels.indexOf(level) < nameLevels.indexOf(best)) best = level
    }
  }
  return nameLevels.indexOf(best)
}

function citizenLevel(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return nothing
  if (left.some((number) => right.includes(number))) return 0
  return left.some((number) => right.some((other) => isSlip(number, other))) ? 1 : 2
}

/** One is the other mistyped: two valid numbers never lie so close (see identity-number.ts). */
function isSlip(left: string, right: string): boolean {
  if (!left.endsWith('?') && !right.endsWith('?')) return false
  return editDistance(left.replace('?', ''), right.replace('?', '')) <= 2
}

function documentLevel(left: readonly string[], right: readonly string[]): number {
  if (left.some((document) => right.includes(document))) return 0
  const systems = new Set(left.map(systemOf))
  return right.some((document) => systems.has(systemOf(document))) ? 1 : nothing
}

const systemOf = (document: string) => document.slice(0, document.lastIndexOf('|'))

function contactLevel(left: Person, right: Person): number {
  const canCallBoth = left.phones.length > 0 && right.phones.length > 0
  const canVisitBoth = left.addresses.length > 0 && right.addresses.length > 0
  if (!canCallBoth && !canVisitBoth) return nothing
  const hasPhone = left.phones.some((phone) => right.phones.includes(phone))
  const home = bestAddress(left, right)
  if (hasPhone) return home === 'same' ? 0 : 1
  if (home === 'same') return 2
  return home === 'area' ? 3 : 4
}

function bestAddress(left: Person, right: Person): 'same' | 'area' | 'different' {
  const levels = left.addresses.flatMap((one) => right.addresses.map((other) => compareAddresses(one, other)))
  if (levels.includes('same')) return 'same'
  return levels.includes('area') ? 'area' : 'different'
}
