/**
 * `GET /api/chart/patients/:id/sources/:type/:resource/lineage`: for each value of a resource the message, field and rule
 * that made it. Whoever may read the resource may ask; of the message he sees the fields that made it, and no others.
 */
import type { Kernel } from '@xinglin/app'
import { notFound, type Resource, type ResourceType } from '@xinglin/fhir'
import type { Actor, GuardedRecords } from '@xinglin/identity'
import type { Version } from '@xinglin/records'
import type { ElementLineage, LineageAnswer } from '../reading/shapes.ts'
import { messagesByVersion } from '../reading/source.ts'
import { demandAbout, includedOf, searchPatient } from './patient-search.ts'

/** Older versions are told of no more: a value that has stood so long names its resource's first message as its source. */
const mostVersions = 20

type Asked = { readonly patient: string; readonly type: ResourceType; readonly id: string }
type Explained = NonNullable<Awaited<ReturnType<Kernel['traffic']['explain']>>>

export async function lineageAnswer(kernel: Kernel, actor: Actor, asked: Asked): Promise<LineageAnswer> {
  const records = kernel.identity.recordsFor(actor)
  const present = await presentOf(records, asked)
  const messages = messagesByVersion(await provenancesOf(records, asked))
  const masked = await kernel.identity.masking.fieldsOf(actor)
  const { versions } = await records.history({ type: asked.type, id: asked.id, count: mostVersions })
  const elements = new Map<string, ElementLineage>()
  for (const version of versions) {
    const reference = `${asked.type}/${asked.id}/_history/${version.version}`
    const explained = await explainedBy(kernel, actor, messages.get(reference))
    if (!explained) continue
    for (const element of elementsOf(explained, { reference, present, version, isMasked: masked.size > 0 }))
      if (!elements.has(element.path)) elements.set(element.path, element)
  }
  return { elements: [...elements.values()] }
}

async function presentOf(records: GuardedRecords, { patient, type, id }: Asked): Promise<Resource> {
  const version = await records.read(type, id)
  if (!version || version.interaction === 'delete')
    throw notFound(`${type}/${id} does not exist`, { code: 'chart.not-found' })
  const resource = JSON.parse(version.json) as Resource
  if (type !== 'Patient' || id !== patient) demandAbout(resource, patient)
  return resource
}

async function provenancesOf(records: GuardedRecords, { patient, type, id }: Asked) {
  if (type === 'Patient') {
    const { matches } = await records.search('Provenance', [
      ['target', `Patient/${id}`],
      ['_count', String(mostVersions)],
      ['_sort', '-recorded'],
    ])
    return matches.map(({ json }) => JSON.parse(json) as Resource)
  }
  const page = await searchPatient(records, patient, type, [
    ['_id', id],
    ['_revinclude', 'Provenance:target'],
  ])
  return includedOf(page)
}

async function explainedBy(
  { traffic }: Kernel,
  { tenant }: Actor,
  message: string | undefined,
): Promise<Explained | undefined> {
  return message === undefined ? undefined : traffic.explain(tenant, message as Explained['message']['id'])
}

type Seen = {
  readonly reference: string
  readonly present: Resource
  readonly version: Version
  readonly isMasked: boolean
}

/** The elements of one version that still say what they said then. */
function elementsOf(
  { message, elements }: Explained,
  { reference, present, version, isMasked }: Seen,
): readonly ElementLineage[] {
  const then = version.interaction === 'delete' ? {} : JSON.parse(version.json)
  return elements.flatMap((element): ElementLineage[] => {
    const value = valueAt(present, element.path)
    if (element.reference !== reference || value === undefined || valueAt(then, element.path) !== value)
      return []
    return [
      {
        path: element.path,
        value: String(value),
        message: { id: message.id, subject: message.subject, sender: message.sender },
        sources: element.sources.map(({ field, byteOffset, byteLength, text, role, rule }) => ({
          ...{ field, byteOffset, byteLength, role, ...rule },
          ...(isMasked ? {} : { text }),
        })),
      },
    ]
  })
}

/** The leaf at a path such as `name[0].given[1]`. */
function valueAt(resource: unknown, path: string): string | number | boolean | undefined {
  let found: unknown = resource
  for (const name of path.split(/[.[\]]+/).filter((each) => each !== '')) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Object.entries(found).find(([key]) => key === name)?.[1]
  }
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? found
    : undefined
}
