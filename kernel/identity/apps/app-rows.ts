/**
 * The rows that an app's scopes reach (SMART App Launch 2.2 §scopes): `patient/` only the patient in context and what is
 * nobody's, search arguments only the rows that meet them. A source of access like policies and consents.
 */
import type { ResourceType } from '@xinglin/fhir'
import type { AccessSource, RowFilter } from '../access/access.ts'
import type { Actor, Interaction } from '../identity.ts'
import { allowsRecord } from '../rights.ts'
import { parseRecordScope, type RecordScope, rightsOf } from './smart-scopes.ts'

/** Takes from what a person reaches through an app, or an app by itself, what its scopes do not reach. */
export const appSource: AccessSource = {
  name: 'app',
  stanceOf({ actor }) {
    const scopes = limitedScopes(actor)
    if (!scopes) return undefined
    const known = new Map<string, RowFilter | undefined>()
    return {
      within({ interaction, type }) {
        const key = `${interaction} ${type}`
        if (!known.has(key)) known.set(key, rowsOf(scopes, { interaction, type }, actor.patientContext))
        return known.get(key)
      },
    }
  },
}

/** Scopes of this actor; undefined where none of them looks at rows. */
function limitedScopes(actor: Actor): readonly RecordScope[] | undefined {
  if (actor.scopes.length === 0 || !actor.scopes.some((scope) => /^patient\/|\?/.test(scope)))
    return undefined
  const isPerson = actor.kind === 'user'
  return actor.scopes.flatMap((scope) => {
    const read = parseRecordScope(scope)
    return read && isPerson === (read.context !== 'system') ? [read] : []
  })
}

type Look = { readonly interaction: Interaction; readonly type: ResourceType }

/** Undefined: every row; some scope without context or arguments covers it. */
function rowsOf(
  scopes: readonly RecordScope[],
  look: Look,
  patient: string | undefined,
): RowFilter | undefined {
  const covering = scopes.filter((scope) => allowsRecord(rightsOf([scope]), { ...look, id: 'one' }))
  const filters = covering.map((scope) => rowsOfScope(scope, look, patient))
  const narrow = filters.filter((filter) => filter !== undefined)
  if (filters.length > narrow.length) return undefined
  const [only] = narrow
  if (!only) return { kind: 'nothing' }
  return narrow.length === 1 ? only : { kind: 'or', filters: narrow }
}

const looks: ReadonlySet<Interaction> = new Set(['read', 'search', 'history'])
/** What a patient's resources point to and what is in nobody's chart: SMART 2.2 lets a server show it beside the chart. */
const shared: ReadonlySet<string> = new Set(
  'Practitioner PractitionerRole Organization Location HealthcareService Medication Questionnaire'.split(' '),
)

function rowsOfScope(
  { context, where }: RecordScope,
  { interaction, type }: Look,
  patient: string | undefined,
): RowFilter | undefined {
  const filters: RowFilter[] = where.length > 0 ? [{ kind: 'matches', query: where }] : []
  if (context === 'patient') {
    const own: RowFilter = patient ? { kind: 'patients', patients: [patient] } : { kind: 'nothing' }
    const isShown = looks.has(interaction) && shared.has(type)
    filters.push(isShown ? { kind: 'or', filters: [own, { kind: 'no-patient' }] } : own)
  }
  const [only] = filters
  return filters.length > 1 ? { kind: 'and', filters } : only
}
