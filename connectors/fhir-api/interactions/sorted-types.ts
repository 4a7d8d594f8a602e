/** search.html §3.1.1.5.2 `_sort` over several types: a page of each, merged; the link of the next page says where each goes on. */
import { invalid, type ResourceType } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { allTaken, mergePages, type PageOfType, type Query, type Version } from '@xinglin/records'

/** The parameter that carries the place of a next page. */
export const pageParameter = '_page'

/** A place for each of 149 types is some 12 kB; lines of a request are longer nowhere. */
const longestPlace = 16_000

export type Asked = {
  readonly types: readonly ResourceType[]
  /** What each type is asked. */
  readonly own: Query
  readonly count: number
  readonly page: string | undefined
}

export type Found = {
  readonly matches: readonly Version[]
  readonly included: readonly Version[]
  readonly next?: string
}

/** One page in the order asked. */
export async function sortedPage(records: GuardedRecords, asked: Asked): Promise<Found> {
  const { types, own, count } = asked
  const places = placesOf(asked.page)
  const plain = own.filter(([name]) => !isInclude(name))
  const pages: PageOfType[] = []
  for (const type of types) {
    if (places.get(type) === allTaken) continue
    pages.push({ type, page: await records.search(type, [...plain, ...partOf(type, places, count)]) })
  }
  const sort = own.flatMap(([name, value]) => (name === '_sort' ? [value] : [])).join(',')
  const { matches, places: reached } = mergePages(pages, sort, count)
  const included = own.some(([name]) => isInclude(name))
    ? await includedWith(records, { own, places, matches })
    : []
  if ([...reached.values()].every((place) => place === allTaken)) return { matches, included }
  const next = new Map(places)
  for (const [type, place] of reached) if (place !== undefined) next.set(type, place)
  return { matches, included, next: textOf(next) }
}

function isInclude(name: string): boolean {
  return /^_(rev)?include(:iterate)?$/.test(name)
}

function partOf(type: ResourceType, places: ReadonlyMap<string, string>, count: number): Query {
  const place = places.get(type)
  const size = ['_count', String(count)] as const
  return place === undefined ? [size] : [size, [pageParameter, place]]
}

type Taken = {
  readonly own: Query
  readonly places: ReadonlyMap<string, string>
  readonly matches: readonly Version[]
}

/** Asked for again with what was taken of each type, so that nothing is brought along by what stands on a later page. */
async function includedWith(
  records: GuardedRecords,
  { own, places, matches }: Taken,
): Promise<readonly Version[]> {
  const included: Version[] = []
  for (const type of new Set(matches.map((match) => match.type))) {
    const count = matches.filter((match) => match.type === type).length
    included.push(...(await records.search(type, [...own, ...partOf(type, places, count)])).included)
  }
  return included
}

function textOf(places: ReadonlyMap<string, string>): string {
  return Buffer.from(JSON.stringify([...places])).toString('base64url')
}

function placesOf(page: string | undefined): ReadonlyMap<string, string> {
  if (page === undefined) return new Map()
  const places = page.length > longestPlace ? undefined : parsed(Buffer.from(page, 'base64url').toString())
  if (Array.isArray(places) && places.every(isPlace)) return new Map(places)
  throw badPlace()
}

function isPlace(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw badPlace(cause)
  }
}

function badPlace(cause?: unknown) {
  return invalid('_page must be the place that the link of the page before gives', {
    code: 'fhir-api.bad-shape',
    at: pageParameter,
    ...(cause === undefined ? {} : { cause }),
  })
}
