/**
 * A CDA document of others: kept whole as it came, its statements made into resources of the patient, all in one transaction,
 * with a Provenance from each to the document. The same document twice is one; what was not understood is listed.
 */
import { createHash } from 'node:crypto'
import type { Command, Kernel } from '@xinglin/app'
import {
  type ClinicalDocument,
  dateTimeOf,
  documentOf,
  nameText,
  type Statement,
  type XmlNode,
} from '@xinglin/cda'
import { sql } from '@xinglin/database'
import { conflict, type DocumentReference, type Provenance, type Resource } from '@xinglin/fhir'
import { parseVersion, type Unit } from '@xinglin/records'
import { systemOf } from '../codes/systems.ts'
import { documentPermissions, type ReceivedDocument } from '../contract.ts'
import { rootOfBody } from '../routes/body.ts'
import { offsetOf } from '../routes/offset.ts'
import { conceptOf } from './coded.ts'
import { convert, type Made, type Missed } from './convert.ts'
import { type Owner, ownerOf } from './patient.ts'

/** Every received document bears its writer's number under this system beside the writer's own. */
const receivedSystem = 'urn:xinglin:documents:received'

export type Received = {
  readonly bytes: Buffer
  /** The DocumentReference that carries it already, where it came by the FHIR door. */
  readonly document?: string
}
type Parsed = Received & { readonly root: XmlNode }

export const receiveDocument: Command<Parsed, ReceivedDocument> = {
  name: 'receive-document',
  permission: documentPermissions.receive,
  parse: (input) => {
    const { bytes, document } = input as Received
    return { bytes, root: rootOfBody(bytes), ...(document ? { document } : {}) }
  },
  subject: () => ({ resourceType: 'DocumentReference' }),
  run: receive,
}

async function receive(unit: Unit, received: Parsed, kernel: Kernel): Promise<ReceivedDocument> {
  const document = documentOf(received.root)
  const writtenId = `${document.id.root ?? ''}^${document.id.extension ?? ''}`
  const digest = createHash('sha256').update(received.bytes).digest('hex')
  const id = received.document ?? `cda-${hashOf(writtenId)}`
  const before = await beforeOf(unit, writtenId)
  if (before && before.digest !== digest)
    throw conflict('another document was received under this id; a new version has an id of its own', {
      code: 'documents.another',
    })
  if (before && before.outcome !== 'held')
    return {
      document: before.document,
      isNew: false,
      outcome: before.outcome,
      made: before.made,
      missed: before.missed,
    }
  const owner = await ownerOf(unit, document)
  const newer = await isOlder(unit, document)
  const outcome = owner.kind === 'held' ? 'held' : newer ? 'older' : 'parsed'
  const patient = owner.kind === 'held' ? undefined : await registered(unit, owner)
  const body = document.body.kind === 'structured' ? document.body.sections : []
  const converted =
    outcome === 'parsed' && patient
      ? convert(body, { patient, offset: offsetOf(kernel), idOf: numbering(patient, writtenId) })
      : { made: [], missed: [] }
  await keep(unit, { received, document, id, patient, outcome })
  await write(unit, { id, made: converted.made, document })
  await note(unit, {
    ...{ writtenId, id, digest, outcome, made: converted.made.length, missed: converted.missed },
    reason: owner.kind === 'held' ? owner.reason : undefined,
  })
  return {
    ...{
      document: id,
      isNew: before === undefined,
      outcome,
      made: converted.made.length,
      missed: converted.missed,
    },
    ...(patient ? { patient } : {}),
    ...(owner.kind === 'held' ? { reason: owner.reason } : {}),
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40)
}

type Row = {
  readonly digest: string
  readonly document: string
  readonly outcome: ReceivedDocument['outcome']
  readonly made: number
  readonly missed: readonly Missed[]
}

/** What became of this document before; others who bring the same wait until this one is done. */
async function beforeOf(unit: Unit, writtenId: string): Promise<Row | undefined> {
  const { transaction, tenant } = unit
  await transaction.query(sql`
    select pg_advisory_xact_lock(hashtextextended(${`documents.received ${tenant} ${writtenId}`}, 0))`)
  const [row] = await transaction.query<Row>(sql<Row>`
    select digest, document, outcome, made, missed
    from documents.received
    where tenant = ${tenant} and written_id = ${writtenId}`)
  return row
}

const setOf = ({ setId }: ClinicalDocument) =>
  setId?.root ? { system: systemOf(setId.root) ?? '', value: setId.extension ?? setId.root } : undefined

/** Whether a later version of the same set is here already. */
async function isOlder(unit: Unit, document: ClinicalDocument): Promise<boolean> {
  const set = setOf(document)
  const { versionNumber } = document
  if (!set || versionNumber === undefined) return false
  const standing = await unit.find([{ type: 'DocumentReference', identifier: set }])
  return standing.some((version) => versionOf(parseVersion(version, 'DocumentReference')) > versionNumber)
}

function versionOf({ identifier }: DocumentReference): number {
  const said = identifier?.find(({ system }) => system === receivedSystem)?.value ?? ''
  return Number(/#(\d+)$/.exec(said)?.[1] ?? 0)
}

async function registered(unit: Unit, owner: Exclude<Owner, { kind: 'held' }>): Promise<string | undefined> {
  if (owner.kind === 'known') return owner.patient
  const [version] = await unit.write([{ kind: 'create', resource: owner.patient }])
  return version?.id
}

function numbering(patient: string, writtenId: string) {
  let unnumbered = 0
  return (type: string, { ids }: Statement): string => {
    const numbered = ids.find(({ root }) => root !== undefined)
    unnumbered += numbered ? 0 : 1
    const said = numbered ? `${numbered.root}^${numbered.extension ?? ''}` : `${writtenId} ${unnumbered}`
    return `cda-${hashOf(`${patient} ${type} ${said}`)}`
  }
}

type Keeping = {
  readonly received: Parsed
  readonly document: ClinicalDocument
  readonly id: string
  readonly patient: string | undefined
  readonly outcome: ReceivedDocument['outcome']
}

async function keep(unit: Unit, { received, document, id, patient, outcome }: Keeping): Promise<void> {
  if (received.document) return
  const set = setOf(document)
  const standing =
    set && outcome === 'parsed' ? await unit.find([{ type: 'DocumentReference', identifier: set }]) : []
  const replaced = standing
    .map((version) => ({ version, resource: parseVersion(version, 'DocumentReference') }))
    .filter(({ version, resource }) => version.id !== id && resource.status === 'current')
  await unit.write([
    {
      kind: 'update',
      resource: { ...referenceOf(unit, { received, document, patient, outcome }), id, ...relating(replaced) },
    },
    ...replaced.map(({ version, resource }) => ({
      ...{ kind: 'update' as const, ifVersion: version.version },
      resource: { ...resource, status: 'superseded' as const },
    })),
  ])
}

function relating(
  replaced: readonly { readonly version: { readonly id: string } }[],
): Pick<DocumentReference, 'relatesTo'> {
  if (replaced.length === 0) return {}
  return {
    relatesTo: replaced.map(({ version }) => ({
      code: 'replaces',
      target: { reference: `DocumentReference/${version.id}` },
    })),
  }
}

type Referred = Pick<Keeping, 'received' | 'document' | 'patient' | 'outcome'>

function referenceOf(unit: Unit, { received, document, patient, outcome }: Referred): DocumentReference {
  const { id, code, effectiveTime, title, authors, versionNumber } = document
  const set = setOf(document)
  const type = conceptOf(code)
  const date = dateTimeOf(effectiveTime, '+00:00')
  const written = { system: systemOf(id.root) ?? receivedSystem, value: id.extension ?? id.root ?? '' }
  return {
    resourceType: 'DocumentReference',
    masterIdentifier: written,
    identifier: [
      { system: receivedSystem, value: `${id.root ?? ''}^${id.extension ?? ''}#${versionNumber ?? 0}` },
      ...(set ? [set] : []),
    ],
    status: outcome === 'older' ? 'superseded' : 'current',
    docStatus: outcome === 'held' ? 'preliminary' : 'final',
    ...(type ? { type } : {}),
    ...(patient ? { subject: { reference: `Patient/${patient}` } } : {}),
    date: date?.includes('T') ? date : unit.at,
    ...authorsOf(authors),
    ...(document.custodian.name ? { custodian: { display: document.custodian.name } } : {}),
    ...(title ? { description: title } : {}),
    content: [
      {
        attachment: {
          contentType: 'text/xml',
          data: received.bytes.toString('base64'),
          size: received.bytes.length,
          hash: createHash('sha1').update(received.bytes).digest('base64'),
          ...(title ? { title } : {}),
        },
      },
    ],
  }
}

function authorsOf(authors: ClinicalDocument['authors']): Pick<DocumentReference, 'author'> {
  const named = authors.flatMap(({ name, device }) => (name ? nameText(name) : (device ?? [])))
  return named.length > 0 ? { author: named.map((display) => ({ display })) } : {}
}

/** An update that is equal to what stands makes no version, so a fact that two documents tell is one. */
async function write(
  unit: Unit,
  {
    id,
    made,
    document,
  }: { readonly id: string; readonly made: readonly Made[]; readonly document: ClinicalDocument },
): Promise<void> {
  if (made.length === 0) return
  const provenance: Provenance = {
    resourceType: 'Provenance',
    target: made.map((resource) => ({ reference: `${resource.resourceType}/${resource.id}` })),
    recorded: unit.at,
    agent: [
      { type: { text: 'assembler' }, who: { display: 'Xinglin' } },
      ...(document.custodian.name
        ? [{ type: { text: 'custodian' }, who: { display: document.custodian.name } }]
        : []),
    ],
    entity: [{ role: 'source', what: { reference: `DocumentReference/${id}` } }],
  }
  await unit.write([
    ...made.map((resource) => ({ kind: 'update' as const, resource: resource as Resource })),
    { kind: 'update', resource: { ...provenance, id: `read-${hashOf(id)}` } },
  ])
}

type Note = {
  readonly writtenId: string
  readonly id: string
  readonly digest: string
  readonly outcome: ReceivedDocument['outcome']
  readonly reason: string | undefined
  readonly made: number
  readonly missed: readonly Missed[]
}

async function note(
  unit: Unit,
  { writtenId, id, digest, outcome, reason, made, missed }: Note,
): Promise<void> {
  await unit.transaction.query(sql`
    insert into documents.received
      (tenant, written_id, document, digest, received_at, outcome, reason, made, missed)
    values (${unit.tenant}, ${writtenId}, ${id}, ${digest}, ${unit.at}, ${outcome}, ${reason ?? null}, ${made},
      ${JSON.stringify(missed)}::jsonb)
    on conflict (tenant, written_id) do update
    set outcome = excluded.outcome, reason = excluded.reason, made = excluded.made, missed = excluded.missed,
      received_at = excluded.received_at`)
}
