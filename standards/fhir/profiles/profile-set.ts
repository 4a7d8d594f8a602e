/**
 * The profiles that belong together: one of them and all that they name, loaded once, then judged without waiting. Plans,
 * slices and functions are made at their first use and kept as long as the set.
 */
import type { OperationOutcomeIssue } from 'fhir/r4'
import { resourceTypes } from '../generated/elements.js'
import { valueSets } from '../generated/value-sets.js'
import type { Level } from '../validate/invariant-table.ts'
import { isObject } from '../validate/rules.ts'
import { createCompiled } from './compile.ts'
import { type Library, loadLibrary, type MetCheck, metCheck } from './constraints.ts'
import { type Definition, definitionOf } from './definition.ts'
import { type Matcher, matcherOf } from './discriminator.ts'
import { conformsTo, type Interpreting, interpretProfile } from './interpret.ts'
import { blankElement, type Node, type ProfilePlan, planProfile } from './plan.ts'
import { emptyReport, type Question } from './report.ts'
import { type Codes, codesOf } from './values.ts'

/** Where profiles and value sets come from; each is asked once for each canonical. */
export interface ProfileSources {
  /** StructureDefinitions by canonical (`url` or `url|version`); those that are not known are left out. */
  structures(canonicals: readonly string[]): Promise<ReadonlyMap<string, unknown>>
  /** Codes, written `system|code`, of the value sets that can be listed. */
  valueSets(canonicals: readonly string[]): Promise<ReadonlyMap<string, Iterable<string>>>
}

export type ProfileSet = {
  /**
   * Loads a profile with all that it names, from the sources of the set or from those given; false where it is not known.
   */
  load(canonical: string, from?: ProfileSources): Promise<boolean>
  /** The type that a loaded profile is about; undefined for one that is not known. */
  typeOf(canonical: string): string | undefined
  /** What a loaded profile finds in a resource. Throws for one that is not loaded. */
  judge(canonical: string, resource: unknown, options?: JudgeOptions): Judged
  /** Whether the emitted functions find nothing against it, whatever only a terminology can judge. */
  conforms(canonical: string, resource: unknown): boolean
  /** The same as `judge`, always by the interpreter: what the emitted functions are compared with. */
  explain(canonical: string, resource: unknown, options?: JudgeOptions): Judged
}

export type JudgeOptions = {
  /** FHIRPath of the resource; its type where absent. */
  readonly path?: string
  /** At `warning`, warnings and what could not be judged are told too. */
  readonly level?: Level
  /** False where the base definitions found a wrong structure. */
  readonly isSound?: boolean
  /** The outermost resource around it; itself where absent. */
  readonly root?: unknown
  /** Questions for a terminology are wanted; finding them takes the interpreter. */
  readonly isAsking?: boolean
}

export type Judged = {
  readonly issues: readonly OperationOutcomeIssue[]
  /** Left to a terminology. */
  readonly questions: readonly Question[]
}

const nothingFound: Judged = { issues: [], questions: [] }
const core = 'http://hl7.org/fhir/StructureDefinition/'
const resources: ReadonlySet<string> = new Set(resourceTypes)

/** Two data types of R4 that are profiles and stand in no guide: a Quantity without comparator (sqty-1). */
const simpleQuantity: Definition = {
  url: `${core}SimpleQuantity`,
  version: '4.0.1',
  type: 'Quantity',
  title: 'SimpleQuantity',
  base: undefined,
  elements: [blankElement('Quantity'), { ...blankElement('Quantity.comparator'), max: 0 }],
}

/** An empty set over its sources. */
export function createProfileSet(sources: ProfileSources): ProfileSet {
  const definitions = new Map<string, Definition | undefined>([[simpleQuantity.url, simpleQuantity]])
  const codes = new Map<string, Codes | undefined>()
  const plans = new Map<string, ProfilePlan | undefined>()
  const matchers = new Map<Node, Map<Node, Matcher | undefined>>()
  const checks = new Map<string, MetCheck>()
  let library: Library | undefined

  const judging: Interpreting = {
    planAt(canonical) {
      if (plans.has(canonical)) return plans.get(canonical)
      const definition = definitions.get(canonical)
      const plan = definition && planProfile(definition)
      plans.set(canonical, plan)
      return plan
    },
    typeAt: (canonical) => definitions.get(canonical)?.type ?? baseType(canonical),
    codesOf: (valueSet) => codes.get(valueSet),
    isMet(constraint, type) {
      const key = `${type} ${constraint.expression}`
      const known = checks.get(key)
      if (known) return known
      if (!library) throw new Error('a profile was judged before it was loaded')
      const made = metCheck(constraint, type, library)
      checks.set(key, made)
      return made
    },
    conforms: (plan, value, type, around) => conformsTo(judging, plan, value, around, type),
    matcherOf(node, slice) {
      const of = matchers.get(node) ?? new Map<Node, Matcher | undefined>()
      matchers.set(node, of)
      if (!of.has(slice)) of.set(slice, node.slicing && matcherOf(node.slicing, slice, judging))
      return of.get(slice)
    },
  }

  async function loadStructures(first: string, from: ProfileSources): Promise<readonly Definition[]> {
    const loaded: Definition[] = []
    for (let wanted: readonly string[] = [first]; wanted.length > 0; ) {
      const found = await from.structures(wanted)
      const made = wanted.map((canonical) => [canonical, definitionOf(found.get(canonical))] as const)
      for (const [canonical, definition] of made) definitions.set(canonical, definition)
      const fresh = made.flatMap(([, definition]) => definition ?? [])
      loaded.push(...fresh)
      wanted = [...new Set(fresh.flatMap(namedProfiles))].filter((each) => !definitions.has(each))
    }
    return loaded
  }

  async function loadCodes(loaded: readonly Definition[], from: ProfileSources): Promise<void> {
    const named = new Set(
      loaded.flatMap(({ elements }) => elements.flatMap(({ required }) => required ?? [])),
    )
    const wanted = [...named].filter((each) => !codes.has(each))
    for (const valueSet of wanted) codes.set(valueSet, baseCodes(valueSet))
    const open = wanted.filter((each) => codes.get(each) === undefined)
    if (open.length === 0) return
    for (const [valueSet, keys] of await from.valueSets(open)) codes.set(valueSet, codesOf(keys))
  }

  const compiled = createCompiled(judging)

  function explain(canonical: string, resource: unknown, options: JudgeOptions = {}): Judged {
    const { plan, type, around } = asked(canonical, resource, options)
    const report = emptyReport()
    const place = { path: options.path ?? type, around, isSound: options.isSound ?? true }
    interpretProfile(plan, resource, type, { judging, place, report })
    const isTold = ({ severity }: OperationOutcomeIssue) =>
      options.level === 'warning' || severity === 'error'
    return { issues: report.issues.filter(isTold), questions: report.questions }
  }

  function asked(canonical: string, resource: unknown, { root = resource }: JudgeOptions) {
    const plan = judging.planAt(canonical)
    if (!plan) throw new Error('a profile was asked that is not loaded')
    const type = isObject(resource) ? String(resource.resourceType) : plan.definition.type
    return { plan, type, around: { resource, root, depth: 0 } }
  }

  return {
    typeOf: (canonical) => definitions.get(canonical)?.type,
    explain,
    conforms(canonical, resource) {
      const { plan, type, around } = asked(canonical, resource, {})
      return compiled(plan, resource, type, around).isRight
    },
    judge(canonical, resource, options = {}) {
      if (options.level === 'warning' || options.isSound === false)
        return explain(canonical, resource, options)
      const { plan, type, around } = asked(canonical, resource, options)
      const { isRight, isAsked } = compiled(plan, resource, type, around)
      return isRight && !(isAsked && options.isAsking) ? nothingFound : explain(canonical, resource, options)
    },
    async load(canonical, from = sources) {
      if (!definitions.has(canonical)) {
        const loaded = await loadStructures(canonical, from)
        await loadCodes(loaded, from)
        library ??= await loadLibrary()
      }
      return definitions.get(canonical) !== undefined
    },
  }
}

/** Profiles that a definition applies to types or to what is referred to; base definitions need no loading. */
function namedProfiles({ elements, base }: Definition): readonly string[] {
  const named = elements.flatMap(({ types }) =>
    types.flatMap(({ profiles, targetProfiles }) => [...profiles, ...targetProfiles]),
  )
  return [...named, ...(base === undefined ? [] : [base])].filter(
    (canonical) => baseType(canonical) === undefined,
  )
}

function baseType(canonical: string): string | undefined {
  if (!canonical.startsWith(core)) return undefined
  const type = canonical.slice(core.length).split('|')[0] ?? ''
  return resources.has(type) || type === 'Resource' ? type : undefined
}

function baseCodes(valueSet: string): Codes | undefined {
  const listed = valueSets[valueSet.split('|')[0] ?? valueSet]
  if (!listed) return undefined
  const keys = Object.entries(listed).flatMap(([system, list]) => list.map((code) => `${system}|${code}`))
  return codesOf(keys)
}
