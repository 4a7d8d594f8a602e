/** SMART App Launch 2.2 §scopes as a source of access: `patient/` binds to one patient, search arguments to the rows that meet them. */
import { type RecordScope, recordScopes } from '../apps/smart-scopes.ts'
import type { Actor } from '../identity.ts'
import { allowsRecord, compileRights, type Rights } from '../rights.ts'
import type { AccessSource, Look, RowFilter, Stance } from './access.ts'
import { isInCharts } from './chart-types.ts'

/** Compiled lists of scopes held in memory; a hospital has some hundred apps. */
const mostCompiled = 1_000

/** What scopes leave of the rows of a type; nothing to say where none is bound to a patient or to arguments. */
export function createScopeSource(): AccessSource {
  const stances = new Map<string, Stance | undefined>()
  return {
    name: 'scope',
    stanceOf({ actor }) {
      if (actor.client === undefined) return undefined
      const key = `${actor.patientContext ?? ''} ${actor.scopes.join(' ')}`
      if (stances.has(key)) return stances.get(key)
      if (stances.size >= mostCompiled) stances.clear()
      const stance = stanceOf(actor)
      stances.set(key, stance)
      return stance
    },
  }
}

type Bound = RecordScope & { readonly rights: Rights }

function stanceOf({ scopes, patientContext }: Actor): Stance | undefined {
  const bound = recordScopes(scopes).map((scope) => ({ ...scope, rights: compileRights([scope.right], []) }))
  if (!bound.some(({ context, where }) => context === 'patient' || where.length > 0)) return undefined
  const filters = new Map<string, RowFilter | undefined>()
  const within = (look: Look) => {
    const open = bound.filter((scope) => isOpen(scope, look))
    // Types that the same scopes open without arguments share one condition.
    const isShared = open.every(({ where }) => where.length === 0)
    const key = `${open.map((scope) => bound.indexOf(scope)).join()} ${isShared ? isInCharts(look.type) : look.type}`
    if (!filters.has(key)) filters.set(key, filterOf(open, look, patientContext))
    return filters.get(key)
  }
  return {
    within,
    rules: () => scopes.filter((scope) => scope.includes('/')).map((scope) => ({ zh: scope, en: scope })),
    parts: (look) => [{ effect: 'allow', reason: ['scope', ...scopes], rows: within(look) ?? everything }],
  }
}

const everything: RowFilter = { kind: 'and', filters: [] }

function isOpen({ rights }: Bound, { interaction, type }: Look): boolean {
  return allowsRecord(rights, { interaction, type })
}

function filterOf(
  open: readonly Bound[],
  { type }: Look,
  patient: string | undefined,
): RowFilter | undefined {
  const alternatives = open.map((scope) => rowsOf(scope, type, patient))
  if (alternatives.some((each) => each === undefined)) return undefined
  const filters = alternatives.filter((each) => each !== undefined)
  return filters.length === 0 ? { kind: 'nothing' } : { kind: 'or', filters }
}

function rowsOf({ context, where }: Bound, type: string, patient: string | undefined): RowFilter | undefined {
  const isOfPatient = context === 'patient' && isInCharts(type)
  const charts: RowFilter[] = isOfPatient
    ? [patient === undefined ? { kind: 'nothing' } : { kind: 'patients', patients: [patient] }]
    : []
  const asked: RowFilter[] = where.length > 0 ? [{ kind: 'matches', query: where }] : []
  const filters = [...charts, ...asked]
  return filters.length === 0 ? undefined : { kind: 'and', filters }
}
