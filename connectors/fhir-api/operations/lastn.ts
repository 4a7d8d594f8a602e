/**
 * R4 observation-operation-lastn: the most recent `max` observations of each code, newest first. Observations are of one
 * code where they share a coding, directly or over others; those without coding where their texts are equal but for case
 * and spaces. Reads along the order of the chart and looks at each match once.
 */
import { invalid, tooLarge } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import type { Query, Version } from '@xinglin/records'
import { bundleText, searchEntry } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import { queryOf, queryText } from '../http/request.ts'
import type { OperationCall } from './operation.ts'
import { badValue, countOf } from './parameters.ts'

/** Matches that are looked at: 20 MB and 0.3 s; a hospital stay has some thousand. */
const mostMatches = 10_000
const pageSize = '1000'
/** What would change which observations are the last. */
const refused: ReadonlySet<string> = new Set(['_sort', '_count', '_page', '_total', '_summary'])

export async function lastn({ records, request, parameters }: OperationCall): Promise<Answer> {
  const max = countOf(parameters, 'max') ?? 1
  const query = parameters.flatMap(({ name, text }) =>
    name === 'max' || text === undefined ? [] : [[name, text] as const],
  )
  refuseIncomplete(query)
  const matches = await newestFirst(records, query)
  const entries = lastOfEach(matches, max).map((version) => searchEntry(request.baseUrl, version, 'match'))
  const pairs = parameters.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text] as const]))
  const url = `${request.baseUrl}/Observation/$lastn?${queryText(pairs)}`
  return {
    status: 200,
    body: bundleText({
      type: 'searchset',
      total: entries.length,
      links: [{ relation: 'self', url }],
      entries,
    }),
  }
}

function refuseIncomplete(query: Query): void {
  const names = query.map(([name]) => name.split(/[:.]/, 1)[0] ?? '')
  const shaping = names.find((name) => refused.has(name) || name.endsWith('include'))
  if (shaping !== undefined) throw badValue(shaping, 'cannot be used with $lastn, which has its own order')
  if (!names.some((name) => name === 'patient' || name === 'subject')) throw missing('patient or subject')
  if (!names.some((name) => name === 'category' || /^(?:combo-|component-)?code(?:-|$)/.test(name)))
    throw missing('category or code')
}

function missing(what: string) {
  return invalid(`$lastn needs a parameter ${what}`, { code: 'fhir-api.operation-missing' })
}

async function newestFirst(records: GuardedRecords, query: Query): Promise<readonly Version[]> {
  const matches: Version[] = []
  let next: Query | undefined = [...query, ['_sort', '-date'], ['_count', pageSize]]
  while (next) {
    if (matches.length >= mostMatches) {
      throw tooLarge(
        `$lastn looks at ${mostMatches} observations at most; narrow it by code, category or date`,
        {
          code: 'fhir-api.lastn-too-many',
        },
      )
    }
    const page = await records.search('Observation', next)
    matches.push(...page.matches)
    next = page.next === undefined ? undefined : queryOf(page.next)
  }
  return matches
}

/** The first `max` of each code; the codes in the order of their newest observation. */
function lastOfEach(newestFirst: readonly Version[], max: number): readonly Version[] {
  const coded = newestFirst.map((version) => ({ version, keys: keysOf(version) }))
  const codeOf = sameCodes(coded.map(({ keys }) => keys))
  const groups = Map.groupBy(coded, ({ keys }) => codeOf(keys[0]))
  return [...groups.values()].flatMap((group) => group.slice(0, max).map(({ version }) => version))
}

type Keys = readonly [string, ...string[]]

/** One name for all keys that stand together anywhere, directly or over others. */
function sameCodes(all: readonly Keys[]): (key: string) => string {
  const links = new Map<string, string>()
  const rootOf = (key: string): string => {
    const parent = links.get(key)
    return parent === undefined ? key : rootOf(parent)
  }
  for (const keys of all) {
    const root = rootOf(keys[0])
    for (const key of keys) if (rootOf(key) !== root) links.set(rootOf(key), root)
  }
  return rootOf
}

type Coded = {
  readonly code?: {
    readonly text?: string
    readonly coding?: readonly { readonly system?: string; readonly code?: string }[]
  }
}

/** What an observation is compared by: its codings, else its text. */
function keysOf(version: Version): Keys {
  const { code }: Coded = JSON.parse(version.json)
  const [first, ...others] = (code?.coding ?? []).flatMap((each) =>
    each.code === undefined ? [] : [`${each.system ?? ''}|${each.code}`],
  )
  if (first !== undefined) return [first, ...others]
  return [`text:${(code?.text ?? '').toLowerCase().replace(/\s+/g, ' ').trim()}`]
}
