/**
 * Blocking: two records are compared where they share a key. Each kind of key forgives one kind of error, so that a pair
 * is lost only where all of them fail. A key begins with the letter of its kind.
 */
import { foldedSound } from './names.ts'
import type { Person } from './person.ts'

/** Keys that more records share than this say nothing: one phone that a village doctor gives for everybody. */
export const largestBlock = 200

/** The keys of a person, each once. */
export function blockingKeys(person: Person): readonly string[] {
  const keys = new Set<string>()
  for (const number of person.citizen) {
    const digits = number.replace('?', '')
    keys.add(`c${digits}`)
    // Slips after the birth date, or before it.
    keys.add(`h${digits.slice(0, 14)}`)
    keys.add(`t${digits.slice(6)}`)
  }
  for (const document of person.documents) keys.add(`d${document}`)
  for (const phone of person.phones) keys.add(`p${phone}`)
  for (const key of nameKeys(person)) keys.add(key)
  return [...keys]
}

function nameKeys(person: Person): readonly string[] {
  if (person.stands === 'unnamed') return []
  const { birthDate = '' } = person
  const [year = '', month = '', day = ''] = birthDate.split('-')
  return person.names.flatMap(({ sounds, text }) => {
    const parts = sounds.length > 0 ? sounds.map(foldedSound) : text.split(' ')
    // In any order: a desk may write the given name first.
    const name = parts.toSorted().join('')
    return [
      ...(birthDate.length === 10 ? parts.map((part) => `b${birthDate}${part}`) : []),
      ...(year ? [`y${year}${name}`] : []),
      // The year wrong, or day and month swapped.
      ...(day ? [`m${[month, day].toSorted().join('')}${name}`] : []),
      ...person.addresses.flatMap(({ division }) => (division ? [`a${division}${name}`] : [])),
    ]
  })
}
