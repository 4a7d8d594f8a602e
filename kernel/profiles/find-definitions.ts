/** Definitions of the record by canonical (R4 §2.1.0.7 canonical references): the exact version, or the newest there is. */
import type { ProfileSources } from '@xinglin/fhir/profiles'
import { listValueSet, partsOfValueSet } from '@xinglin/fhir/profiles'
import type { CodePort, Definitions } from './profiles.ts'

type Type = 'StructureDefinition' | 'ValueSet' | 'CodeSystem'
type Defined = { readonly url?: string; readonly version?: string; readonly status?: string }

/** Canonicals in one search: its query stays short. */
const perSearch = 40
/** Value sets made of value sets made of …; a circle ends by itself, since each is looked for once. */
const mostRounds = 10

/** Those of `canonicals` that the record has. */
export async function findDefinitions(
  definitions: Definitions,
  type: Type,
  canonicals: readonly string[],
): Promise<ReadonlyMap<string, Defined>> {
  const urls = [...new Set(canonicals.map(urlOf))]
  const found: Defined[] = []
  for (let at = 0; at < urls.length; at += perSearch) {
    const asked = urls.slice(at, at + perSearch).map(escaped)
    const page = await definitions.search(type, [
      ['url', asked.join(',')],
      ['_count', '500'],
    ])
    found.push(...page.matches.map(({ json }): Defined => JSON.parse(json)))
  }
  const byUrl = Map.groupBy(found, ({ url }) => url)
  return new Map(
    canonicals.flatMap((canonical) => {
      const best = bestOf(byUrl.get(urlOf(canonical)) ?? [], canonical.split('|')[1])
      return best ? [[canonical, best] as const] : []
    }),
  )
}

/** The sources of profiles: the record, and for value sets the terminology before it. */
export function sourcesOf(definitions: Definitions, codes: CodePort | undefined): ProfileSources {
  return {
    structures: (canonicals) => findDefinitions(definitions, 'StructureDefinition', canonicals),
    async valueSets(canonicals) {
      const listed = await Promise.all(
        canonicals.map(async (each) => [each, await codes?.list?.(definitions.tenant, each)] as const),
      )
      const known = new Map<string, Iterable<string>>(
        listed.flatMap(([each, keys]) => (keys ? [[each, keys] as const] : [])),
      )
      const open = canonicals.filter((each) => !known.has(each))
      const vocabulary = await vocabularyOf(definitions, open)
      for (const each of open) {
        const keys = listValueSet(each, vocabulary)
        if (keys) known.set(each, keys)
      }
      return known
    },
  }
}

/** The value sets with all that they are made of. */
async function vocabularyOf(definitions: Definitions, canonicals: readonly string[]) {
  const valueSets = new Map<string, Defined | undefined>()
  const codeSystems = new Map<string, Defined | undefined>()
  let wanted = canonicals
  for (let round = 0; wanted.length > 0 && round < mostRounds; round++) {
    const found = await findDefinitions(definitions, 'ValueSet', wanted)
    for (const each of wanted) valueSets.set(each, found.get(each))
    const parts = [...found.values()].map(partsOfValueSet)
    const systems = [...new Set(parts.flatMap((part) => part.codeSystems))].filter(
      (each) => !codeSystems.has(each),
    )
    const foundSystems = await findDefinitions(definitions, 'CodeSystem', systems)
    for (const each of systems) codeSystems.set(each, foundSystems.get(each))
    wanted = [...new Set(parts.flatMap((part) => part.valueSets))].filter((each) => !valueSets.has(each))
  }
  return {
    valueSet: (canonical: string) => valueSets.get(canonical),
    codeSystem: (canonical: string) => codeSystems.get(canonical),
  }
}

function urlOf(canonical: string): string {
  return canonical.split('|')[0] ?? canonical
}

/** R4 search.html §3.1.1.4.0.1: `,`, `|`, `$` and `\` of a value are written with a backslash. */
function escaped(url: string): string {
  return url.replaceAll(/[\\,|$]/g, String.raw`\$&`)
}

function bestOf(found: readonly Defined[], version: string | undefined): Defined | undefined {
  const fitting = version === undefined ? found : found.filter((each) => each.version === version)
  const used = fitting.filter(({ status }) => status !== 'retired')
  return (used.length > 0 ? used : fitting).toSorted((a, b) => byVersion(b.version ?? '', a.version ?? ''))[0]
}

/** 6.1.0 before 10.0.0. */
function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
