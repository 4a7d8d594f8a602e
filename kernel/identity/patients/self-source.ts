/**
 * The relation "self" as a source of access: a patient sees the charts that he reaches and nothing of the house. What is
 * labelled as sensitive is withheld until a clinician has released it to him: a first word about it is said by a person.
 */
import { sql } from '@xinglin/database'
import type { AccessSource, RowFilter, SecurityLabel, Stance } from '../access/access.ts'
import { isInCharts } from '../access/chart-types.ts'
import { sensitiveKinds } from '../access/labels.ts'

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
/** v3-ActCode TABOO: not to be disclosed to the patient but by a physician. */
const taboo: SecurityLabel = { system: actCode, code: 'TABOO' }
/** Who he is (a very important person, a colleague) hides nothing from himself. */
const aboutThePerson: ReadonlySet<string> = new Set([
  'access.sensitive-vip.read',
  'access.sensitive-staff.read',
])
const withheld = [
  taboo,
  ...sensitiveKinds.flatMap(({ permission, labels }) => (aboutThePerson.has(permission) ? [] : labels)),
]
/** Set by a clinician on what may be seen by its patient although it is labelled. */
export const releasedLabel: SecurityLabel = { system: 'urn:xinglin:release', code: 'patient' }

const nameOf = ({ system, code }: SecurityLabel) => `${system}|${code}`
const withheldNames = withheld.map(nameOf)
const releasedNames = [nameOf(releasedLabel)]

/** Labels of a Patient do not withhold the chart from its owner; a row's own do. */
const notWithheld: RowFilter = {
  kind: 'sql',
  of: (
    row,
  ) => sql`(${row}.labels is null or ${row}.type = 'Patient' or not ${row}.labels && ${withheldNames}::text[]
    or ${row}.labels && ${releasedNames}::text[])`,
}
const nothing: RowFilter = { kind: 'nothing' }

/** Nothing to say to anybody but patients. */
export const selfSource: AccessSource = {
  name: 'self',
  stanceOf({ actor }) {
    if (actor.kind !== 'patient') return undefined
    return stanceOf(actor.charts ?? [])
  },
}

function stanceOf(patients: readonly string[]): Stance {
  const rows: RowFilter =
    patients.length === 0 ? nothing : { kind: 'and', filters: [{ kind: 'patients', patients }, notWithheld] }
  const within: Stance['within'] = ({ type }) => (isInCharts(type) ? rows : nothing)
  return {
    within,
    parts: (look) => [{ effect: 'allow', reason: ['self'], rows: within(look) ?? nothing }],
  }
}
