/** `$export` (Bulk Data Access 2.0, Kick-off Request): at system, Patient and Group level, always asynchronous. */
import { forbidden, type Group, invalid, type ResourceType } from '@xinglin/fhir'
import { allResourceTypes } from '@xinglin/fhir/search'
import { parseVersion } from '@xinglin/records'
import type { Answer } from '../../http/answer.ts'
import type { Operation, OperationCall } from '../../operations/operation.ts'
import { badValue, isObject } from '../../operations/parameters.ts'
import { mostPatients } from '../limits.ts'
import { askExport } from './exports.ts'
import { type ExportLevel, type ExportPlan, ofPatients, readPlan } from './plan.ts'

const definitions = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition'

export const exportOperations: readonly Operation[] = [
  {
    name: 'export',
    definition: `${definitions}/export`,
    levels: ['system'],
    isWriting: false,
    answer: (call) => kickOff(call, 'system'),
  },
  {
    name: 'export',
    definition: `${definitions}/patient-export`,
    levels: ['type'],
    types: ['Patient'],
    isWriting: false,
    answer: (call) => kickOff(call, 'patient'),
  },
  {
    name: 'export',
    definition: `${definitions}/group-export`,
    levels: ['instance'],
    types: ['Group'],
    isWriting: false,
    answer: (call) => kickOff(call, 'group'),
  },
]

async function kickOff(call: OperationCall, level: ExportLevel): Promise<Answer> {
  const { kernel, request, parameters } = call
  if (!request.isAsync)
    throw invalid('an export is asked for with the header Prefer: respond-async', {
      code: 'bulk.not-async',
      at: 'Prefer',
    })
  const allowed = allowedTypes(call, level)
  const read = readPlan(parameters, { level, allowed, timeZone: kernel.runtime.timeZone })
  demandTypes(call, read.types, level)
  const patients = await patientsOf(call, level)
  const plan: ExportPlan = patients === undefined ? read : { ...read, patients }
  const address = `${request.baseUrl}/${request.path}`
  const id = await askExport(kernel, request.actor, { plan, request: addressOf(address, call) })
  return { status: 202, headers: { 'content-location': `${request.baseUrl}/bulk/exports/${id}` } }
}

/** The address with its query; searches may name patients, so `_typeFilter` and `patient` are left out. */
function addressOf(address: string, { request }: OperationCall): string {
  const shown = request.query.filter(([name]) => name !== '_typeFilter' && name !== 'patient')
  const query = new URLSearchParams(shown.map(([name, value]): [string, string] => [name, value]))
  return shown.length === 0 ? address : `${address}?${query}`
}

/** Without `_type` everything that the caller may search is exported. */
function allowedTypes({ kernel, request }: OperationCall, level: ExportLevel): readonly ResourceType[] {
  const all = level === 'system' ? allResourceTypes : ofPatients(allResourceTypes)
  const allowed = all.filter(
    (type) =>
      kernel.identity.decide(request.actor, { kind: 'record', interaction: 'search', type }).isAllowed,
  )
  if (allowed.length > 0) return allowed
  throw forbidden('there is no resource type that you may search', { code: 'bulk.nothing-allowed' })
}

function demandTypes(
  { kernel, request }: OperationCall,
  types: readonly ResourceType[],
  level: ExportLevel,
): void {
  const outside = level === 'system' ? [] : types.filter((type) => ofPatients([type]).length === 0)
  if (outside.length > 0) throw badValue('_type', 'names types that stand in the chart of a patient')
  for (const type of types)
    kernel.identity.demand(request.actor, { kind: 'record', interaction: 'search', type })
}

/** The members of the group, or those that a POST names; undefined where all are meant. */
async function patientsOf(call: OperationCall, level: ExportLevel): Promise<readonly string[] | undefined> {
  const named = namedPatients(call)
  if (level === 'system' && named) throw badValue('patient', 'stands where patients are exported')
  if (level !== 'group') return named
  const members = await membersOf(call)
  const wanted = named && new Set(named)
  const patients = wanted ? members.filter((id) => wanted.has(id)) : members
  if (patients.length > mostPatients)
    throw invalid(
      `the group has more than ${mostPatients} patients; export smaller groups, or all patients`,
      {
        code: 'bulk.group-too-large',
      },
    )
  return patients
}

const patientReference = /^(?:.*\/)?Patient\/([A-Za-z0-9\-.]{1,64})$/

function namedPatients({ parameters }: OperationCall): readonly string[] | undefined {
  const given = parameters.filter(({ name }) => name === 'patient')
  if (given.length === 0) return undefined
  return given.map(({ value, text }) => {
    const reference = isObject(value) ? value.reference : text
    const id = patientReference.exec(typeof reference === 'string' ? reference : '')?.[1]
    if (id === undefined) throw badValue('patient', 'is a reference to a Patient')
    return id
  })
}

async function membersOf({ records, id = '' }: OperationCall): Promise<readonly string[]> {
  const version = await records.read('Group', id)
  if (!version || version.interaction === 'delete')
    throw invalid('there is no such Group', { code: 'bulk.no-group' })
  const group: Group = parseVersion(version, 'Group')
  const references = (group.member ?? [])
    .filter(({ inactive }) => !inactive)
    .map(({ entity }) => entity.reference)
  return references.flatMap((reference) => patientReference.exec(reference ?? '')?.[1] ?? [])
}
