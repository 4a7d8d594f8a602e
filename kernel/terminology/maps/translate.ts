/** R4 conceptmap-operation-translate (conceptmap.html §4.10.15): what a code is in another code system or value set, both ways. */
import type { TenantId } from '@xinglin/events'
import type { Coding, ConceptMap, ConceptMapGroup, ConceptMapGroupElementTarget } from '@xinglin/fhir'
import { unknownMap } from '../failures.ts'
import { canonicalOf } from '../find/canonical.ts'
import type { Library } from '../find/library.ts'

export type Equivalence = ConceptMapGroupElementTarget['equivalence']
export type Dependency = { readonly element: string; readonly code: string }
export type TranslateRequest = {
  readonly codings: readonly Coding[]
  /** Value set in which the code was used, and that in which a code is wanted. */
  readonly sourceSet?: string
  readonly targetSet?: string
  readonly targetSystem?: string
  /** From the target side of maps to their source side. */
  readonly isReverse?: boolean
  readonly dependencies?: readonly Dependency[]
}
export type Translation = {
  readonly equivalence: Equivalence
  /** Absent where the map says that there is none. */
  readonly concept?: Coding
  readonly products: readonly { readonly element: string; readonly concept: Coding }[]
  /** Url of the map. */
  readonly source?: string
}

/** Maps that name one another for what they do not map. */
const deepestUnmapped = 5

/** All matches of all maps that answer; throws `notFound` where no map does. */
export async function translate(
  needs: { readonly library: Library; readonly tenant: TenantId },
  named:
    | { readonly url: string; readonly version?: string }
    | { readonly id: string }
    | { readonly resource: ConceptMap }
    | undefined,
  request: TranslateRequest,
): Promise<readonly Translation[]> {
  const maps = named ? [await namedMap(needs, named)] : await fittingMaps(needs, request)
  if (maps.length === 0) throw unknownMap()
  const found: Translation[] = []
  for (const map of maps)
    for (const coding of request.codings)
      found.push(...(await inMap(needs, { map, coding, request, depth: 0 })))
  return found
}

type Needs = { readonly library: Library; readonly tenant: TenantId }

async function namedMap(
  { library, tenant }: Needs,
  named:
    | { readonly url: string; readonly version?: string }
    | { readonly id: string }
    | { readonly resource: ConceptMap },
): Promise<ConceptMap> {
  if ('resource' in named) return named.resource
  const found = await ('id' in named
    ? library.byId(tenant, 'ConceptMap', named.id)
    : library.byUrl(tenant, 'ConceptMap', named))
  if (!found) throw unknownMap()
  return found.resource
}

/** Those of the record and of R4 that have a group from the system of the code. */
async function fittingMaps(
  { library, tenant }: Needs,
  request: TranslateRequest,
): Promise<readonly ConceptMap[]> {
  const systems = [
    ...new Set(request.codings.flatMap(({ system }) => (system === undefined ? [] : [system]))),
  ]
  const side = request.isReverse ? 'target-system' : 'source-system'
  const stored = await Promise.all(
    systems.map((system) =>
      library.search(tenant, 'ConceptMap', [
        [side, escaped(system)],
        ['_count', '100'],
      ]),
    ),
  )
  const own = stored.flat().map(({ resource }) => resource)
  const standard = (await library.standard('ConceptMap')).map(({ resource }) => resource)
  const isFrom = ({ source, target }: ConceptMapGroup) =>
    systems.includes((request.isReverse ? target : source) ?? '')
  return [...own, ...standard].filter(
    (map) => map.status !== 'retired' && map.group?.some(isFrom) && isBetween(map, request),
  )
}

function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, '\\$&')
}

function isBetween(map: ConceptMap, { sourceSet, targetSet, isReverse }: TranslateRequest): boolean {
  const source = map.sourceCanonical ?? map.sourceUri
  const target = map.targetCanonical ?? map.targetUri
  const [from, to] = isReverse ? [target, source] : [source, target]
  return isSet(from, sourceSet) && isSet(to, targetSet)
}

function isSet(has: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || (has !== undefined && canonicalOf(has).url === canonicalOf(wanted).url)
}

type Asked = {
  readonly map: ConceptMap
  readonly coding: Coding
  readonly request: TranslateRequest
  readonly depth: number
}

async function inMap(needs: Needs, asked: Asked): Promise<readonly Translation[]> {
  const { map, coding, request } = asked
  const found: Translation[] = []
  for (const group of map.group ?? []) {
    const [from, to] = request.isReverse ? [group.target, group.source] : [group.source, group.target]
    if (coding.system !== undefined && from !== undefined && coding.system !== from) continue
    if (request.targetSystem !== undefined && to !== request.targetSystem) continue
    found.push(...(request.isReverse ? backward(map, group, coding) : await forward(needs, asked, group)))
  }
  return found
}

async function forward(needs: Needs, asked: Asked, group: ConceptMapGroup): Promise<readonly Translation[]> {
  const { map, coding, request } = asked
  const elements = group.element.filter(({ code }) => code === coding.code)
  if (elements.length === 0) return unmapped(needs, asked, group)
  return elements.flatMap(({ target = [] }) =>
    target
      .filter((each) => dependsOnly(each, request.dependencies ?? []))
      .map((each) => translationOf(map, codingOf(group, each), each)),
  )
}

/** §4.10.5 dependsOn: all that it depends on must have been said. */
function dependsOnly({ dependsOn = [] }: ConceptMapGroupElementTarget, said: readonly Dependency[]): boolean {
  return dependsOn.every(({ property, value }) =>
    said.some(({ element, code }) => element === property && code === value),
  )
}

function codingOf(
  { target, targetVersion }: ConceptMapGroup,
  { code, display }: Pick<ConceptMapGroupElementTarget, 'code' | 'display'>,
): Coding | undefined {
  if (code === undefined) return undefined
  return {
    ...(target === undefined ? {} : { system: target }),
    ...(targetVersion === undefined ? {} : { version: targetVersion }),
    code,
    ...(display === undefined ? {} : { display }),
  }
}

function translationOf(
  { url }: ConceptMap,
  concept: Coding | undefined,
  { equivalence, product = [] }: Pick<ConceptMapGroupElementTarget, 'equivalence' | 'product'>,
): Translation {
  return {
    equivalence,
    ...(concept ? { concept } : {}),
    products: product.map(({ property, system, value, display }) => ({
      element: property,
      concept: { ...(system ? { system } : {}), code: value, ...(display ? { display } : {}) },
    })),
    ...(url === undefined ? {} : { source: url }),
  }
}

/** §4.10.5 unmapped: what is done with a code that the group does not name. */
async function unmapped(needs: Needs, asked: Asked, group: ConceptMapGroup): Promise<readonly Translation[]> {
  const { map, coding, depth } = asked
  const rule = group.unmapped
  switch (rule?.mode) {
    case undefined:
      return []
    case 'provided':
      return [translationOf(map, codingOf(group, coding), { equivalence: 'equal' })]
    case 'fixed':
      return [translationOf(map, codingOf(group, rule), { equivalence: 'inexact' })]
    case 'other-map': {
      if (rule.url === undefined || depth === deepestUnmapped) return []
      const other = await needs.library.byUrl(needs.tenant, 'ConceptMap', canonicalOf(rule.url))
      return other ? inMap(needs, { ...asked, map: other.resource, depth: depth + 1 }) : []
    }
  }
}

/** Seen from the other side: what was wider is narrower. */
const turned: Partial<Readonly<Record<Equivalence, Equivalence>>> = {
  wider: 'narrower',
  narrower: 'wider',
  subsumes: 'specializes',
  specializes: 'subsumes',
}

function backward(map: ConceptMap, group: ConceptMapGroup, coding: Coding): readonly Translation[] {
  return group.element.flatMap(({ code, display, target = [] }) =>
    target
      .filter((each) => each.code !== undefined && each.code === coding.code)
      .map(({ equivalence }) => {
        const side = { target: group.source, targetVersion: group.sourceVersion, element: [] }
        return translationOf(map, codingOf(side, { code, display }), {
          equivalence: turned[equivalence] ?? equivalence,
        })
      }),
  )
}
