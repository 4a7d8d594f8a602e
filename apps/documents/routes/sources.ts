/** `POST /api/documents/sources`: from what a type of document can be made of a patient. */

import type { Kernel } from '@xinglin/app'
import { invalid, type Resource, type ResourceType } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { documentPermissions as permissions, type SourceLine, type SourcesAnswer } from '../contract.ts'
import { wordsOf } from '../generate/coded.ts'
import { type GeneratedType, generatedType } from '../generate/types.ts'
import { patientName } from './lines.ts'

/** A list that a person chooses from. */
const mostPatients = 20
const mostSources = 100

export function sourceRoutes(http: FastifyInstance, { identity }: Kernel): void {
  http.post('/sources', async (request): Promise<SourcesAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.generate })
    const { code, text } = (request.body ?? {}) as { readonly code?: unknown; readonly text?: unknown }
    const type = typeof code === 'string' ? generatedType(code) : undefined
    if (!type)
      throw invalid('code is a type of document that is generated', { code: 'documents.type', at: 'code' })
    if (typeof text !== 'string' || text.trim() === '' || text.length > 100)
      throw invalid('text is a name or a number', { code: 'documents.field', at: 'text' })
    return { sources: await sourcesOf(identity.recordsFor(actor), type, text.trim()) }
  })
}

async function sourcesOf(
  records: GuardedRecords,
  type: GeneratedType,
  text: string,
): Promise<readonly SourceLine[]> {
  const people = await records.search('Patient', [
    [/\d/.test(text) ? 'identifier' : 'name', text],
    ['_count', String(mostPatients)],
  ])
  const names = new Map(people.matches.map((each) => [each.id, patientName(parseVersion(each, 'Patient'))]))
  if (type.anchor === 'Patient') return [...names].map(([id, name]) => ({ id, title: '', patientName: name }))
  if (names.size === 0) return []
  const page = await records.search(type.anchor as ResourceType, [
    ['subject', [...names.keys()].map((id) => `Patient/${id}`).join(',')],
    ['_sort', '-date'],
    ['_count', String(mostSources)],
  ])
  return page.matches
    .map(({ json }) => JSON.parse(json) as Resource)
    .filter((resource) => type.refuse(resource) === undefined)
    .map((resource) => lineOf(resource, names))
}

function lineOf(resource: Resource, names: ReadonlyMap<string, string>): SourceLine {
  const subject =
    'subject' in resource && resource.subject && 'reference' in resource.subject
      ? resource.subject
      : undefined
  const date = dateOf(resource)
  return {
    id: resource.id ?? '',
    title: titleOf(resource),
    ...(date ? { date } : {}),
    patientName: names.get(subject?.reference?.replace('Patient/', '') ?? '') ?? '',
  }
}

function titleOf(resource: Resource): string {
  if (resource.resourceType === 'Encounter') return resource.class.display ?? resource.class.code ?? ''
  return resource.resourceType === 'DiagnosticReport' || resource.resourceType === 'Procedure'
    ? wordsOf(resource.code)
    : ''
}

function dateOf(resource: Resource): string | undefined {
  if (resource.resourceType === 'Encounter') return resource.period?.start
  if (resource.resourceType === 'DiagnosticReport') return resource.effectiveDateTime ?? resource.issued
  return resource.resourceType === 'Procedure'
    ? (resource.performedDateTime ?? resource.performedPeriod?.start)
    : undefined
}
