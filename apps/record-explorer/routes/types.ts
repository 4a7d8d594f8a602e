/** `/api/record-explorer/types`: what is there, and by which parameters it is searched. */
import type { Kernel } from '@xinglin/app'
import {
  allResourceTypes,
  codesOf,
  compartmentParameters,
  parametersOf,
  type SearchParameterDefinition,
} from '@xinglin/fhir/search'
import type { Actor } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type ParameterRow, type ParametersAnswer, readPermission, type TypesAnswer } from '../contract.ts'
import { typeOf } from './asked.ts'

/** More codes than this are looked up, not chosen from a list. */
const mostCodes = 60

export function typeRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity, records } = kernel
  http.get('/types', async (request): Promise<TypesAnswer> => {
    const actor = requireActor(request)
    // Counts name no patient: decided for each type on every request, audited once.
    identity.demand(actor, { kind: 'permission', permission: readPermission })
    // Counts of all would tell somebody who sees a part how much there is beside it.
    const isNarrowed = await identity.reach.isNarrowed(actor)
    const counts = isNarrowed ? {} : await records.counts(actor.tenant)
    await identity.audit(actor, { action: readPermission, outcome: 'allowed', detail: 'counts by type' })
    const types = allResourceTypes
      .filter((type) => maySearch(kernel, actor, type))
      .map((type) => ({ type, count: counts[type] ?? 0, isOfPatient: isOfPatient(type) }))
    return { types: types.toSorted((left, right) => right.count - left.count) }
  })
  http.get('/types/:type/parameters', async (request): Promise<ParametersAnswer> => {
    const actor = requireActor(request)
    // Definitions of the standard, the same for everybody.
    identity.demand(actor, { kind: 'permission', permission: readPermission })
    const type = typeOf(request.params)
    const parameters = [...parametersOf(type).values()].filter(({ kind }) => kind !== 'special')
    return { type, parameters: parameters.map((each) => parameterRow(type, each)) }
  })
}

/** Whether it can stand in the chart of a patient (compartmentdefinition-patient.html). */
function isOfPatient(type: (typeof allResourceTypes)[number]): boolean {
  return type === 'Patient' || compartmentParameters(type).length > 0
}

function maySearch({ identity }: Kernel, actor: Actor, type: (typeof allResourceTypes)[number]): boolean {
  return identity.decide(actor, { kind: 'record', interaction: 'search', type }).isAllowed
}

function parameterRow(type: string, parameter: SearchParameterDefinition): ParameterRow {
  const { name, kind, targets, components } = parameter
  const codes = kind === 'token' ? codesOf(type, parameter) : []
  return {
    name,
    kind,
    ...(targets.length > 0 && targets.length < allResourceTypes.length ? { targets } : {}),
    ...(components.length > 0 ? { components: components.map((part) => part.kind) } : {}),
    ...(codes.length > 0 && codes.length <= mostCodes ? { codes } : {}),
  }
}
