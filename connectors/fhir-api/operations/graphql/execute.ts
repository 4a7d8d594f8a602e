/**
 * Executes a question over the record (FHIR R4 graphql.html; GraphQL §6). Each resource is read and each search made as the
 * caller may; what is refused or wrong becomes an error with its path, and null in its place. Reads that are asked for side by
 * side share statements in the record.
 */
import { invalid, OutcomeError, type ResourceType } from '@xinglin/fhir'
import { isResourceType, propertyOf } from '@xinglin/fhir/search'
import type { GuardedRecords } from '@xinglin/identity'
import type { Page, Query, Version } from '@xinglin/records'
import type { SelectionSetNode } from 'graphql'
import { isObject } from '../parameters.ts'
import { type Gathered, gathered, merge, objectOf } from './answers.ts'
import { mostDepth, mostFields, mostResources } from './limits.ts'
import type { Question } from './question.ts'
import { queryOf } from './search-arguments.ts'
import { type Arguments, type AskedField, fieldsOf } from './selection.ts'

export type GraphQlError = {
  readonly message: string
  readonly path: Path
  readonly extensions: { readonly code: string }
}
export type Executed = {
  readonly data: Readonly<Record<string, unknown>>
  readonly errors: readonly GraphQlError[]
}
type Path = readonly (string | number)[]
type Work = {
  readonly records: GuardedRecords
  readonly question: Question
  readonly errors: GraphQlError[]
  /** What is left of the limits. */
  readonly left: { fields: number; resources: number }
}
type Json = Readonly<Record<string, unknown>>
/** An object of the answer: a resource, an element, or the root. */
type Node = { readonly type: string; readonly value: Json; readonly root: Json }

/** `instance` is the resource on which the question is asked; absent at system level. */
export async function execute(
  records: GuardedRecords,
  question: Question,
  instance?: { readonly type: ResourceType; readonly id: string },
): Promise<Executed> {
  const work: Work = { records, question, errors: [], left: { fields: mostFields, resources: mostResources } }
  const { selectionSet } = question.operation
  if (!instance) {
    const out = await fill(work, selectionSet, { type: 'Query', path: [] }, (field, path) =>
      rootField(work, field, path),
    )
    return { data: objectOf(out), errors: work.errors }
  }
  const resource = await read(work, instance.type, instance.id)
  const out = resource ? await ofNode(work, nodeOf(resource), selectionSet, []) : gathered()
  return { data: objectOf(out), errors: work.errors }
}

type Resolve = (field: AskedField, path: Path) => Promise<unknown>

/** Every field of a selection, side by side; a field that fails is null. */
async function fill(
  work: Work,
  selection: SelectionSetNode,
  { type, path }: { readonly type: string; readonly path: Path },
  resolve: Resolve,
): Promise<Gathered> {
  if (path.length > mostDepth) throw invalid('the question goes too deep', { code: 'graphql.too-deep' })
  const fields = fieldsOf(work.question, selection, type)
  const values = await Promise.all(
    fields.map(async (field) => {
      const own = [...path, field.key]
      work.left.fields -= 1
      try {
        if (work.left.fields < 0)
          throw invalid('the answer has too many fields', { code: 'graphql.too-large' })
        return await resolve(field, own)
      } catch (error) {
        if (!(error instanceof OutcomeError) || error.failure === 'fault') throw error
        work.errors.push(errorOf(error, own))
        return null
      }
    }),
  )
  const out = gathered()
  for (const [index, field] of fields.entries()) put(out, field, values[index])
  return out
}

function errorOf(error: OutcomeError, path: Path): GraphQlError {
  const code = error.outcome.issue[0]?.details?.coding?.[0]?.code ?? error.failure
  return { message: error.message, path, extensions: { code } }
}

/** Marks what was flattened, with what each object is called by `@slice`. */
type Flattened = { readonly parts: readonly { readonly part: Gathered; readonly suffix: string }[] }
const isFlattened = (value: unknown): value is Flattened => isObject(value) && flattened.has(value)
const flattened = new WeakSet<object>()

function put(out: Gathered, field: AskedField, value: unknown): void {
  if (isFlattened(value)) {
    for (const { part, suffix } of value.parts) merge(out, part, suffix)
    return
  }
  if (value === undefined) return
  if (field.directives.has('singleton')) out.single.add(field.key)
  out.values.set(field.key, value)
}

async function rootField(work: Work, { name, given, selection }: AskedField, path: Path): Promise<unknown> {
  if (name === '__typename') return 'Query'
  const [type, form] = rootName(name)
  if (form === 'List') return listOf(work, await find(work, type, queryOf(type, given)), selection, path)
  if (form === 'Connection')
    return connection(work, { type, query: queryOf(type, given), given }, selection, path)
  if (typeof given.id !== 'string')
    throw invalid(`${type} is asked for by its id`, { code: 'graphql.argument' })
  const resource = await read(work, type, given.id)
  return resource ? objectOf(await ofNode(work, nodeOf(resource), needed(selection), path)) : null
}

function rootName(name: string): readonly [ResourceType, '' | 'List' | 'Connection'] {
  if (isResourceType(name)) return [name, '']
  for (const form of ['List', 'Connection'] as const) {
    const type = name.slice(0, -form.length)
    if (name.endsWith(form) && isResourceType(type)) return [type, form]
  }
  throw invalid('there is no such field; a field is Type(id), TypeList or TypeConnection', {
    code: 'graphql.field',
  })
}

function needed(selection: SelectionSetNode | undefined): SelectionSetNode {
  if (selection) return selection
  throw invalid('a field of this kind needs a selection of its own fields', { code: 'graphql.field' })
}

async function read(work: Work, type: ResourceType, id: string): Promise<Json | undefined> {
  count(work, 1)
  const version = await work.records.read(type, id)
  return version && version.interaction !== 'delete' ? JSON.parse(version.json) : undefined
}

async function find(work: Work, type: ResourceType, query: Query): Promise<Page> {
  const page = await work.records.search(type, query)
  count(work, page.matches.length)
  return page
}

function count(work: Work, resources: number): void {
  work.left.resources -= resources
  if (work.left.resources < 0)
    throw invalid(`the question touches more than ${mostResources} resources`, { code: 'graphql.too-large' })
}

function nodeOf(resource: Json): Node {
  return { type: String(resource.resourceType), value: resource, root: resource }
}

function listOf(
  work: Work,
  { matches }: Page,
  selection: SelectionSetNode | undefined,
  path: Path,
): Promise<readonly unknown[]> {
  const wanted = needed(selection)
  return Promise.all(
    matches.map(async (version, index) =>
      objectOf(await ofNode(work, nodeOf(jsonOf(version)), wanted, [...path, index])),
    ),
  )
}

function jsonOf({ json }: Version): Json {
  return JSON.parse(json)
}

type Listed = { readonly type: ResourceType; readonly query: Query; readonly given: Arguments }

/** §3.3.3: a page of a list with where it stands; cursors are opaque. */
async function connection(
  work: Work,
  { type, query, given }: Listed,
  selection: SelectionSetNode | undefined,
  path: Path,
): Promise<unknown> {
  const cursor = given._cursor
  const asked =
    typeof cursor === 'string'
      ? [...new URLSearchParams(cursor)]
      : [...query, ['_total', 'accurate'] as const]
  const page = await find(work, type, asked)
  const out = await fill(work, needed(selection), { type: `${type}Connection`, path }, async (field, own) => {
    if (field.name === 'count') return page.total ?? null
    if (field.name === 'pagesize') return page.matches.length
    if (field.name === 'next') return page.next ?? null
    if (field.name === 'edges') return edges(work, page, field, own)
    throw invalid('a connection has count, pagesize, next and edges', { code: 'graphql.field' })
  })
  return objectOf(out)
}

function edges(
  work: Work,
  { matches }: Page,
  { selection }: AskedField,
  path: Path,
): Promise<readonly unknown[]> {
  return Promise.all(
    matches.map(async (version, index) => {
      const own = [...path, index]
      const out = await fill(work, needed(selection), { type: 'Edge', path: own }, async (field, at) => {
        if (field.name === 'mode') return 'match'
        if (field.name === 'resource')
          return objectOf(await ofNode(work, nodeOf(jsonOf(version)), needed(field.selection), at))
        throw invalid('an edge has mode and resource', { code: 'graphql.field' })
      })
      return objectOf(out)
    }),
  )
}

function ofNode(work: Work, node: Node, selection: SelectionSetNode, path: Path): Promise<Gathered> {
  return fill(work, selection, { type: node.type, path }, (field, own) => fieldOf(work, node, field, own))
}

async function fieldOf(work: Work, node: Node, field: AskedField, path: Path): Promise<unknown> {
  const { name, given, selection } = field
  if (name === '__typename') return node.type
  if (name === 'resourceType' && isResourceType(node.type)) return node.type
  if (name === 'resource' && node.type === 'Reference') return referred(work, node, field, path)
  if (typeof given._reference === 'string') return referring(work, node, field, path)
  const property = propertyOf(node.type, name)
  if (!property) throw invalid(`${node.type} has no element ${name}`, { code: 'graphql.field' })
  const value = node.value[name]
  if (value === undefined) return undefined
  const items = (Array.isArray(value) ? value : [value]).filter((item) => isAsked(item, given))
  const isPrimitive = /^[a-z]/.test(property.type) && property.type !== 'xhtml'
  if (isPrimitive || property.type === 'xhtml') {
    if (selection) throw invalid(`${name} has no fields of its own`, { code: 'graphql.field' })
    return shaped(field, property.isList, items)
  }
  const parts = await Promise.all(
    items.filter(isObject).map(async (item, index) => {
      const type = property.type === 'Resource' ? String(item.resourceType) : property.type
      const own = property.isList ? [...path, index] : path
      return {
        item,
        part: await ofNode(work, { type, value: item, root: node.root }, needed(selection), own),
      }
    }),
  )
  if (field.directives.has('flatten')) return flat(field, parts)
  return shaped(
    field,
    property.isList,
    parts.map(({ part }) => objectOf(part)),
  )
}

/** §3.3.5: an argument of an element is a value that one of its own elements must have. */
function isAsked(item: unknown, given: Arguments): boolean {
  const wanted = Object.entries(given).filter(([, value]) => value !== undefined)
  if (wanted.length === 0) return true
  return isObject(item) && wanted.every(([name, value]) => String(item[name]) === String(value))
}

function shaped({ directives }: AskedField, isList: boolean, items: readonly unknown[]): unknown {
  if (!isList || directives.has('first')) return items[0]
  return items
}

type Part = { readonly item: Json; readonly part: Gathered }

function flat({ directives }: AskedField, parts: readonly Part[]): Flattened {
  const slice = directives.get('slice')?.path
  const kept = directives.has('first') ? parts.slice(0, 1) : parts
  const suffixOf = (item: Json, index: number): string => {
    if (typeof slice !== 'string') return ''
    return slice === '$index' ? `.${index}` : `.${String(item[slice] ?? '')}`
  }
  const value: Flattened = {
    parts: kept.map(({ item, part }, index) => ({ part, suffix: suffixOf(item, index) })),
  }
  flattened.add(value)
  return value
}

const relative = /^(?:.*\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/.*)?$/

/** §3.3.4: what a Reference refers to, contained or in the record. */
async function referred(work: Work, { value, root }: Node, field: AskedField, path: Path): Promise<unknown> {
  const { given, selection } = field
  const reference = value.reference
  const found = typeof reference === 'string' ? await target(work, reference, root) : undefined
  const isOther = typeof given.type === 'string' && found && found.resourceType !== given.type
  if (found && !isOther) return objectOf(await ofNode(work, nodeOf(found), needed(selection), path))
  if (isOther || given.optional === true || reference === undefined) return null
  throw invalid('what is referred to is not in this record', { code: 'graphql.reference' })
}

async function target(work: Work, reference: string, root: Json): Promise<Json | undefined> {
  if (reference.startsWith('#')) {
    const contained = Array.isArray(root.contained) ? root.contained.filter(isObject) : []
    return contained.find(({ id }) => id === reference.slice(1))
  }
  const [, type, id] = relative.exec(reference) ?? []
  return type !== undefined && id !== undefined && isResourceType(type) ? read(work, type, id) : undefined
}

/** §3.3.4: `ObservationList(_reference: subject)` within a resource lists those that refer to it. */
async function referring(work: Work, { root }: Node, field: AskedField, path: Path): Promise<unknown> {
  const [type, form] = rootName(field.name)
  const parameter = String(field.given._reference).replaceAll('_', '-')
  const toIt = [parameter, `${String(root.resourceType)}/${String(root.id)}`] as const
  const query = [toIt, ...queryOf(type, field.given)]
  if (form === 'Connection')
    return connection(work, { type, query, given: field.given }, field.selection, path)
  return listOf(work, await find(work, type, query), field.selection, path)
}
