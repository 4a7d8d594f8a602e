/**
 * Patient Identifier Cross-reference Query (IHE ITI-9, §3.9): the other numbers of a person of whom one is known. One person are
 * all records that merges and links hold together; numbers that a merge made old find the person and are not told.
 */
import type { Patient } from '@xinglin/fhir'
import { type FieldValue, writeSegment } from '@xinglin/hl7v2'
import { cx } from '../outgoing/values.ts'
import { missing, repetitions } from '../reading.ts'
import type { Refusal } from '../refusal.ts'
import { identifier } from '../values/values.ts'
import type { Asked, Found } from './answer-query.ts'
import { domainsOf, numbersIn } from './candidates.ts'

/** Links are followed so many steps: merges upon merges. */
const mostSteps = 5
/** Records of one person; more is a mistake of the links. */
const mostRecords = 100

/** One PID with all other numbers; §3.9.4.2.2: a number that nobody has is an error of the query, one without others is not. */
export async function numbersOfPerson({ qpd, reading, records }: Asked): Promise<Found> {
  const [asked] = repetitions(qpd, 3)
  const number = asked && identifier('patient')(asked, reading)
  if (!number) throw missing({ segment: qpd, field: 3 })
  const found = new Map<string, Patient>()
  let newest = await byQuery(records, [
    'identifier',
    `${number.system ?? ''}|${escapedValue(number.value ?? '')}`,
  ])
  for (let step = 0; newest.length > 0 && step <= mostSteps && found.size < mostRecords; step++) {
    for (const each of newest) found.set(each.id ?? '', each)
    const linked = newest.flatMap(({ link = [] }) =>
      link.map(({ other }) => other.reference?.replace('Patient/', '') ?? ''),
    )
    const unknown = [...new Set(linked)].filter((id) => id !== '' && !found.has(id))
    newest = unknown.length === 0 ? [] : await byQuery(records, ['_id', unknown.join(',')])
  }
  if (found.size === 0) return { people: [], total: 0, refusal: nobody }
  const domains = domainsOf(qpd, 4)
  // Numbers of a merged record stand with its survivor, as old ones.
  const others = [...found.values()]
    .filter(({ link }) => !link?.some(({ type }) => type === 'replaced-by'))
    .flatMap((patient) => numbersIn(patient, domains))
    .filter(({ system, value }) => system !== number.system || value !== number.value)
  if (others.length === 0) return { people: [], total: 0 }
  const fields: Readonly<Record<number, FieldValue>> = {
    3: { repetitions: others.flatMap((each) => [cx(each) ?? []]) },
    // §3.9.4.2.2.5: the name is not told by this answer; its type S (pseudonym) says so.
    5: { components: ['', '', '', '', '', '', 'S'] },
  }
  return { people: [writeSegment('PID', fields, reading.message.delimiters)], total: 1 }
}

const nobody: Refusal = {
  ...{ kind: 'E', condition: 'unknownKeyIdentifier', code: 'hl7.query-unknown-number', at: 'QPD-3' },
  reason: 'QPD-3 is the number of nobody who is known here',
}

async function byQuery(
  records: Asked['records'],
  asked: readonly [name: '_id' | 'identifier', value: string],
): Promise<readonly Patient[]> {
  const { matches } = await records.search('Patient', [asked, ['_count', String(mostRecords)]])
  return matches.map(({ json }): Patient => JSON.parse(json))
}

function escapedValue(value: string): string {
  return value.replaceAll(/[\\$,|]/g, '\\$&')
}
