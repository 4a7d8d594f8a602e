/**
 * Performs writes in one unit: conditions become identities, references of the bundle are rewritten, everything is
 * validated with its place in the request, then one `unit.write` makes all versions (http.html §3.1.0.11.2).
 */
import {
  carryDecimals,
  conflict,
  gone,
  invalid,
  type LocalReference,
  notFound,
  OutcomeError,
  type Resource,
  type ResourceType,
  referenceTo,
  rewriteReferences,
} from '@xinglin/fhir'
import { interpretResource, isValidResource } from '@xinglin/fhir/validate'
import type { Change, Query, Unit, Version } from '@xinglin/records'
import { patched, rewritePatch } from '../patch/patch.ts'
import { lockConditions, theOneMatch } from './conditional.ts'
import type { WriteOperation } from './operation.ts'
import { atEntry, inEntry } from './place.ts'
import { referencesIn, resolveReferences } from './references.ts'

/** A write with its place: `at` is the FHIRPath of its resource, `fullUrl` how others in the bundle call it. */
export type Write = { readonly operation: WriteOperation; readonly at?: string; readonly fullUrl?: string }

/** What became of one write; `existing` where a conditional create found the resource already there. */
export type Written =
  | { readonly kind: 'written'; readonly version: Version }
  | { readonly kind: 'existing'; readonly version: Version }
  /** A conditional delete that matched nothing. */
  | { readonly kind: 'nothing' }

type Settled =
  | {
      readonly kind: 'change'
      readonly write: Write
      readonly type: ResourceType
      readonly id: string
      /** What a patch is to be applied to. */
      readonly read?: Version
      /** The condition that found nothing. */
      readonly unless?: Query
    }
  | { readonly kind: 'done'; readonly written: Written }

/** Makes all writes or none; answers in their order. `newId` names what is created. */
export async function writeAll(
  unit: Unit,
  writes: readonly Write[],
  newId: () => string,
): Promise<readonly Written[]> {
  await lockConditions(unit, writes)
  const settled: Settled[] = []
  for (const write of writes) settled.push(await inEntry(entryOf(write), () => settle(unit, write, newId)))
  refuseTwice(settled)
  const references = await resolveReferences(unit, referencesIn(writes, settled.map(identityOf)))
  const changes = settled.flatMap((each) =>
    each.kind === 'change' ? [atEntry(entryOf(each.write), () => changeOf(each, references))] : [],
  )
  refuseInvalid(settled, changes)
  const versions = changes.length > 0 ? await unit.write(changes) : []
  let next = 0
  return settled.map((each) => (each.kind === 'done' ? each.written : written(versions[next++])))
}

/** `Bundle.entry[3]`; undefined for a request of its own. */
function entryOf({ at }: Write): string | undefined {
  return at?.replace(/\.resource$/, '')
}

function written(version: Version | undefined): Written {
  if (!version) throw new Error('the record answered fewer versions than it was given changes')
  return { kind: 'written', version }
}

async function settle(unit: Unit, write: Write, newId: () => string): Promise<Settled> {
  const { operation } = write
  const { type } = operation
  if (operation.kind === 'create') {
    const found = operation.unless && (await theOneMatch(unit, type, operation.unless))
    if (found) return { kind: 'done', written: { kind: 'existing', version: found } }
    return { kind: 'change', write, type, id: newId(), unless: operation.unless }
  }
  if (operation.kind === 'patch') {
    const read = await patchedVersion(unit, operation)
    return { kind: 'change', write, type, id: read.id, read }
  }
  if ('id' in operation.target) return { kind: 'change', write, type, id: operation.target.id }
  const found = await theOneMatch(unit, type, operation.target.query)
  if (found && operation.kind === 'update') refuseOtherId(write, operation.resource, found)
  if (found) return { kind: 'change', write, type, id: found.id }
  if (operation.kind === 'delete') return { kind: 'done', written: { kind: 'nothing' } }
  await refuseTakenId(unit, write, operation.resource)
  const id = operation.resource.id ?? newId()
  return { kind: 'change', write, type, id, unless: operation.target.query }
}

/** By id, or the one match of a search (§3.1.0.8.1 conditional patch); there must be something to patch. */
async function patchedVersion(
  unit: Unit,
  { type, target }: Extract<WriteOperation, { kind: 'patch' }>,
): Promise<Version> {
  const found =
    'id' in target ? await unit.read(type, target.id) : await theOneMatch(unit, type, target.query)
  if (!found) throw notFound(`there is no such ${type} to patch`, { code: 'fhir-api.not-found', at: type })
  if (found.interaction === 'delete')
    throw gone(`this ${type} was deleted`, { code: 'fhir-api.deleted', at: type })
  return found
}

/** §3.1.0.7.1: an id that is not the match's is 400, for the client means another resource than its condition finds. */
function refuseOtherId({ at, operation }: Write, { id }: Resource, found: Version): void {
  if (id === undefined || id === found.id) return
  throw invalid('the id in the resource is not that of the resource that the condition finds', {
    code: 'fhir-api.id-mismatch',
    at: `${at ?? operation.type}.id`,
  })
}

/** §3.1.0.7.1 leaves open what an id in use means where nothing matches; as in R5 it is 409: the condition did not mean that one. */
async function refuseTakenId(unit: Unit, { at, operation }: Write, { id }: Resource): Promise<void> {
  const present = id === undefined ? undefined : await unit.read(operation.type, id)
  if (!present || present.interaction === 'delete') return
  throw conflict('the condition finds nothing, yet a resource with the id in the body is there already', {
    code: 'fhir-api.id-in-use',
    at: `${at ?? operation.type}.id`,
  })
}

function identityOf(settled: Settled): LocalReference | undefined {
  if (settled.kind === 'change') return { type: settled.type, id: settled.id }
  if (settled.written.kind === 'nothing') return undefined
  const { type, id } = settled.written.version
  return { type, id }
}

/** §3.1.0.11.2: a transaction fails where two of its writes meet the same resource. */
function refuseTwice(settled: readonly Settled[]): void {
  const seen = new Set<string>()
  for (const each of settled) {
    if (each.kind !== 'change') continue
    const key = referenceTo(each.type, each.id)
    if (seen.has(key)) throw twice(each.write.at)
    seen.add(key)
  }
}

function twice(at: string | undefined): OutcomeError {
  return outcome([
    {
      severity: 'error',
      code: 'invalid',
      details: { coding: [{ system: 'urn:xinglin:error', code: 'fhir-api.same-resource-twice' }] },
      diagnostics: 'two entries of the transaction write the same resource; leave one',
      ...(at ? { expression: [at] } : {}),
    },
  ])
}

function changeOf(
  settled: Extract<Settled, { kind: 'change' }>,
  references: ReadonlyMap<string, string>,
): Change {
  const { operation, at } = settled.write
  const { type, id, read, unless } = settled
  if (operation.kind === 'patch') {
    if (!read) throw new Error('a patch was settled without what it is applied to')
    const patch =
      references.size === 0 ? operation.patch : rewritePatch(operation.patch, (uri) => references.get(uri))
    // Written over just what was read: who has written in between is not undone.
    return {
      kind: 'update',
      resource: patched(read, patch),
      ifVersion: operation.ifVersion ?? read.version,
      at,
    }
  }
  if (operation.kind === 'delete') return { kind: 'delete', type, id, ifVersion: operation.ifVersion }
  const resource = references.size === 0 ? operation.resource : rewritten(operation.resource, references)
  if (operation.kind === 'create') return { kind: 'create', resource, id, isNew: true, unless, at }
  return {
    kind: 'update',
    resource: resource.id === id ? resource : carryDecimals(resource, { ...resource, id }),
    ifVersion: operation.ifVersion,
    unless,
    at,
  }
}

function rewritten(resource: Resource, references: ReadonlyMap<string, string>): Resource {
  return rewriteReferences(resource, (uri) => references.get(uri))
}

/** Validates here and not only in the record, because only here is known where in the request each resource stood. */
function refuseInvalid(settled: readonly Settled[], changes: readonly Change[]): void {
  const places = settled.flatMap((each) => (each.kind === 'change' ? [each.write.at] : []))
  const issues = changes.flatMap((change, index) =>
    change.kind === 'delete' || isValidResource(change.resource)
      ? []
      : interpretResource(change.resource, places[index]),
  )
  if (issues.length > 0) throw outcome(issues)
}

function outcome(issues: OutcomeError['outcome']['issue']): OutcomeError {
  return new OutcomeError('invalid', { resourceType: 'OperationOutcome', issue: [...issues] })
}
