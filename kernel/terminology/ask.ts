/** The questions of the terminology service that end in one answer: look-up, hierarchy, membership. */
import type { TenantId } from '@xinglin/events'
import type { CodeSystem, ValueSet } from '@xinglin/fhir'
import type { CodeSource } from './concepts/concept.ts'
import { all } from './concepts/rules.ts'
import { unknownCode, unknownSystem, unknownValueSet } from './failures.ts'
import { canonicalText } from './find/canonical.ts'
import type { Library } from './find/library.ts'
import type { Sources } from './find/sources.ts'
import type { LookedUp, Named, Subsumption } from './terminology.ts'
import { type Composed, compose, type SystemVersions } from './value-sets/compose.ts'
import { type AskedCoding, type MemberOptions, memberVerdict, type Verdict } from './value-sets/member.ts'

export type AskNeeds = { readonly library: Library; readonly sources: Sources; readonly tenant: TenantId }

/** Children that a look-up shows; a list of more is asked for by an expansion. */
const mostChildren = 1_000

export async function lookup(needs: AskNeeds, named: Named<CodeSystem>, code: string): Promise<LookedUp> {
  const source = await systemOf(needs, named)
  const { header } = source
  const concept = (await source.find([code])).get(code)
  if (!concept) throw unknownCode(code, header.url ?? '')
  return {
    name: header.name ?? header.title ?? header.url ?? '',
    system: { url: header.url ?? '', ...(header.version === undefined ? {} : { version: header.version }) },
    concept,
    children: await source.children(code, mostChildren),
  }
}

/** §4.8.18: both codes must exist. */
export async function subsumption(
  needs: AskNeeds,
  named: Named<CodeSystem>,
  { a, b }: { readonly a: string; readonly b: string },
): Promise<Subsumption> {
  const source = await systemOf(needs, named)
  const found = await source.find([a, b])
  for (const code of [a, b]) if (!found.has(code)) throw unknownCode(code, source.header.url ?? '')
  if (found.get(a)?.code === found.get(b)?.code) return 'equivalent'
  const isBelow = async (code: string, above: string) =>
    (await source.meeting([code], { kind: 'below', code: above, isWithSelf: false })).has(code)
  if (await isBelow(b, a)) return 'subsumes'
  return (await isBelow(a, b)) ? 'subsumed-by' : 'not-subsumed'
}

export async function validateInSystem(
  needs: AskNeeds,
  named: Named<CodeSystem>,
  asked: AskedCoding & MemberOptions,
): Promise<Verdict> {
  const source = await systemOf(needs, named)
  const system = source.header.url ?? ''
  const { code = '' } = asked
  if (asked.system !== undefined && asked.system !== system)
    return { isMember: false, message: `the coding is of ${asked.system}, not of ${system}` }
  const valueSet: ValueSet = { resourceType: 'ValueSet', status: 'active', url: system }
  const composed = { valueSet, parts: [{ system, source, rule: all, listed: new Map() }], hasInactive: true }
  const verdict = await memberVerdict(composed, { ...asked, system }, asked)
  if (verdict.isMember || verdict.display !== undefined) return verdict
  const message = source.isComplete
    ? `the code ${code} does not exist in ${system}`
    : `the code ${code} is not in the part of ${system} that is known here`
  return { isMember: false, message }
}

/** Throws `unprocessable` where no concept of it is known. */
export async function systemOf(
  { library, sources, tenant }: AskNeeds,
  named: Named<CodeSystem>,
): Promise<CodeSource> {
  const source = await sourceOf({ library, sources, tenant }, named)
  if (source) return source
  throw unknownSystem('url' in named ? canonicalText(named) : 'that was asked for')
}

async function sourceOf(
  { library, sources, tenant }: AskNeeds,
  named: Named<CodeSystem>,
): Promise<CodeSource | undefined> {
  if ('resource' in named) return sources.of(tenant, named)
  if ('url' in named) return sources.byUrl(tenant, named)
  const found = await library.byId(tenant, 'CodeSystem', named.id)
  return found && sources.of(tenant, found)
}

/** The value set with what it chooses; throws `notFound` where there is none. */
export async function composedOf(
  needs: AskNeeds,
  named: Named<ValueSet>,
  versions?: SystemVersions,
): Promise<Composed> {
  const valueSet = 'resource' in named ? named.resource : (await foundSet(needs, named))?.resource
  if (!valueSet) throw unknownValueSet('url' in named ? canonicalText(named) : 'of this id')
  return compose({ ...needs, ...(versions ? { versions } : {}) }, valueSet)
}

async function foundSet(
  { library, tenant }: AskNeeds,
  named: Exclude<Named<ValueSet>, { resource: ValueSet }>,
) {
  return 'id' in named ? library.byId(tenant, 'ValueSet', named.id) : library.byUrl(tenant, 'ValueSet', named)
}
