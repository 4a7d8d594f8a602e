/**
 * The meaning of a profile (FHIR R4 §5.1, §5.3): walks a resource by the profile's plan and states every issue. Slow and
 * obvious; the emitted functions must agree with it (a test compares both). What is not known, such as a profile or a value
 * set, is never an error. Judges what the base allows: a value of another shape than the base demands is passed over.
 * Longer than other files because it is one walk: each rule is asked where the walk stands.
 */
import { isObject } from '../validate/rules.ts'
import type { DefinedType } from './definition.ts'
import { childItems, type Matcher } from './discriminator.ts'
import type { Item } from './items.ts'
import { type Around, deepestProfile, type Judging } from './judging.ts'
import type { Node, ProfilePlan } from './plan.ts'
import { emptyReport, isRefused, type Report, say } from './report.ts'
import { targetOf, typesOfTarget } from './targets.ts'
import { codingsOf, hasPattern, isFixed, isIn } from './values.ts'

/** The interpreter's own needs: which slice an item belongs to. */
export type Interpreting = Judging & {
  /** Undefined where the discriminators cannot be evaluated. */
  matcherOf(node: Node, slice: Node): Matcher | undefined
}

/** Where the walk stands. */
export type Place = {
  /** FHIRPath. */
  readonly path: string
  /** Canonical of the profile that asks. */
  readonly profile: string
  readonly around: Around
  /** False where the base found a wrong structure: constraints are not asked then. */
  readonly isSound: boolean
}

/** Everything that a profile finds in a value of `type`. */
export function interpretProfile(
  plan: ProfilePlan,
  value: unknown,
  type: string,
  { judging, place, report }: { judging: Interpreting; place: Omit<Place, 'profile'>; report: Report },
): void {
  const profile = plan.definition.url
  const item: Item = { value, sibling: undefined, type, property: '', index: undefined }
  const { base } = plan.definition
  const known = base === undefined ? undefined : judging.planAt(base)
  if (known) interpretBase(known, value, type, { judging, place, report })
  else if (base !== undefined) sayUnknown(base, { ...place, profile }, report)
  checkValue(judging, plan.root, item, { ...place, profile }, report)
}

/** A profile without snapshot asks what it is made of first; profiles that are made of one another end. */
function interpretBase(
  plan: ProfilePlan,
  value: unknown,
  type: string,
  { judging, place, report }: Parameters<typeof interpretProfile>[3],
): void {
  if (place.around.depth >= deepestProfile) return
  const around = { ...place.around, depth: place.around.depth + 1 }
  interpretProfile(plan, value, type, { judging, place: { ...place, around }, report })
}

/** Whether a value of `type` conforms to a profile, as far as it can be said. */
export function conformsTo(
  judging: Interpreting,
  plan: ProfilePlan,
  value: unknown,
  around: Around,
  type: string,
): boolean {
  const report = emptyReport()
  const place = { path: type, around: { ...around, depth: around.depth + 1 }, isSound: true }
  interpretProfile(plan, value, type, { judging, place, report })
  return !isRefused(report)
}

/** One child of an object: what the emitted functions ask where they do not express it themselves. */
export function checkChild(
  judging: Interpreting,
  child: Node,
  owner: Item,
  place: Place,
  report: Report,
): void {
  const items = childItems(owner, child.name)
  checkItems(judging, child, items, { ...place, path: `${place.path}.${child.name}` }, report)
}

function checkItems(
  judging: Interpreting,
  node: Node,
  items: readonly Item[],
  place: Place,
  report: Report,
): void {
  checkCount(node, items.length, place, report)
  for (const item of items) checkValue(judging, node, item, itemPlace(place, item), report)
  checkSlices(judging, node, items, place, report)
}

function itemPlace(place: Place, { index }: Item): Place {
  return index === undefined ? place : { ...place, path: `${place.path}[${index}]` }
}

function checkCount(node: Node, count: number, { path, profile }: Place, report: Report): void {
  const { slice, min, max } = node
  if (count >= min && count <= max) return
  const what = slice === undefined ? path : `slice ${slice} of ${path}`
  const kind = count < min ? 'required' : 'structure'
  const said = `${what} ${countWords(node, count, profile)}`
  if (slice === undefined) say(report, { kind, code: 'fhir.profile-cardinality', at: path, profile }, said)
  else say(report, { kind, code: 'fhir.profile-slice', at: path, profile }, said)
}

function countWords({ min, max }: Node, count: number, profile: string): string {
  if (count < min && count === 0) return `is missing; ${profile} requires it`
  if (count < min) return `stands ${times(count)}; ${profile} asks for at least ${min}`
  return max === 0
    ? `is not allowed by ${profile}`
    : `stands ${times(count)}; ${profile} allows at most ${max}`
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`)

/** Fixed values of definitions are shown up to here; a whole pattern may be long. */
const longestShown = 200

function checkValue(judging: Interpreting, node: Node, item: Item, place: Place, report: Report): void {
  const { path, profile } = place
  if (node.narrowed && !node.narrowed.has(item.type)) {
    const said = `${path} is a ${item.type}; ${profile} allows ${[...node.narrowed].join(', ')}`
    say(report, { kind: 'structure', code: 'fhir.profile-type', at: path, profile }, said)
    return
  }
  const { value } = item
  if (node.fixed !== undefined && !isFixed(value, node.fixed)) sayWanted('be', node.fixed, place, report)
  if (node.pattern !== undefined && !hasPattern(value, node.pattern))
    sayWanted('have', node.pattern, place, report)
  if (node.required !== undefined) checkBinding(judging, node.required, value, place, report)
  const types = node.types.filter(({ code }) => code === item.type)
  for (const type of types) {
    if (isObject(value)) checkTypeProfiles(judging, type, item, place, report)
    if (type.code === 'Reference') checkTarget(judging, type, value, place, report)
  }
  for (const child of node.children) checkChild(judging, child, item, place, report)
  if (place.isSound && value !== undefined) checkConstraints(judging, node, item, place, report)
}

function sayWanted(verb: 'be' | 'have', wanted: unknown, { path, profile }: Place, report: Report): void {
  const text = JSON.stringify(wanted)
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
  const said = `${path} must ${verb} ${shown}, as ${profile} fixes it`
  say(report, { kind: 'value', code: 'fhir.profile-value', at: path, profile }, said)
}

function checkBinding(
  judging: Interpreting,
  valueSet: string,
  value: unknown,
  { path, profile }: Place,
  report: Report,
): void {
  const codings = codingsOf(value)
  if (codings.length === 0) return
  const codes = judging.codesOf(valueSet)
  if (!codes) {
    report.questions.push({ valueSet, codings, at: path, profile })
    return
  }
  if (isIn(value, codes)) return
  const said = `${path} has no code of the value set ${valueSet}, which ${profile} requires`
  say(report, { kind: 'code-invalid', code: 'fhir.profile-code', at: path, profile }, said)
}

/** The value conforms to one of the profiles of its type (§5.1.0.9 ElementDefinition.type.profile). */
function checkTypeProfiles(
  judging: Interpreting,
  { profiles }: DefinedType,
  item: Item,
  place: Place,
  report: Report,
): void {
  if (profiles.length === 0 || place.around.depth >= deepestProfile) return
  const plans = profiles.map((each) => judging.planAt(each))
  const around = { ...place.around, depth: place.around.depth + 1 }
  const known = plans.filter((plan) => plan !== undefined)
  if (known.length < plans.length) {
    const isOneRight = known.some((plan) => judging.conforms(plan, item.value, item.type, around))
    if (!isOneRight) sayUnknown(profiles[plans.indexOf(undefined)] ?? '', place, report)
    return
  }
  const [only] = known
  if (only && known.length === 1) {
    interpretProfile(only, item.value, item.type, {
      judging,
      place: { ...place, around: resourceAround(item, around) },
      report,
    })
    return
  }
  if (known.some((plan) => judging.conforms(plan, item.value, item.type, around))) return
  const said = `${place.path} conforms to none of ${profiles.join(', ')}, as ${place.profile} asks`
  say(report, { kind: 'structure', code: 'fhir.profile-none', at: place.path, profile: place.profile }, said)
}

/** A resource within another one is `%resource` of its own constraints. */
function resourceAround({ value }: Item, around: Around): Around {
  return isObject(value) && typeof value.resourceType === 'string' ? { ...around, resource: value } : around
}

function sayUnknown(unknown: string, { path, profile }: Place, report: Report): void {
  const said = `${path} was not judged by ${unknown}, which ${profile} names and nobody here knows`
  say(
    report,
    { kind: 'not-supported', code: 'fhir.profile-unknown', at: path, profile, severity: 'information' },
    said,
  )
}

/** What a reference says of its target: a type that is not allowed, or a contained resource that is not as asked. */
type Target = 'right' | 'type' | 'profile'

/** The type of what is referred to, as far as the reference tells; a contained resource by its profile too. */
function judgeTarget(
  judging: Interpreting,
  { targetProfiles }: DefinedType,
  value: unknown,
  around: Around,
): Target {
  const types = targetProfiles.map((each) => judging.typeAt(each))
  if (types.length === 0 || types.includes(undefined) || types.includes('Resource')) return 'right'
  if (typesOfTarget(value, around.root).some((type) => !types.includes(type))) return 'type'
  const target = targetOf(value, around.root)
  if (!target || around.depth >= deepestProfile) return 'right'
  const plans = targetProfiles
    .filter((_, at) => types[at] === target.resourceType)
    .map((each) => judging.planAt(each))
  const within = { ...around, resource: target }
  const isRight = (plan: ProfilePlan | undefined) =>
    plan === undefined || judging.conforms(plan, target, String(target.resourceType), within)
  return plans.length === 0 || plans.some(isRight) ? 'right' : 'profile'
}

/** Whether nothing that is known of a reference's target is against its target profiles. */
export function isTargetRight(
  judging: Interpreting,
  type: DefinedType,
  value: unknown,
  around: Around,
): boolean {
  return judgeTarget(judging, type, value, around) === 'right'
}

function checkTarget(
  judging: Interpreting,
  type: DefinedType,
  value: unknown,
  place: Place,
  report: Report,
): void {
  const { path, profile, around } = place
  const found = judgeTarget(judging, type, value, around)
  if (found === 'right') return
  const types = new Set(type.targetProfiles.map((each) => judging.typeAt(each)))
  const said =
    found === 'type'
      ? `${path} may only refer to ${[...types].join(', ')}, as ${profile} asks`
      : `${path} refers to a contained resource that does not conform to what ${profile} asks of it`
  say(report, { kind: 'structure', code: 'fhir.profile-reference', at: path, profile }, said)
}

function checkConstraints(judging: Interpreting, node: Node, item: Item, place: Place, report: Report): void {
  const { path, profile, around } = place
  for (const constraint of node.constraints) {
    const { key, severity, expression } = constraint
    const isMet = judging.isMet(constraint, item.type)(item.value, around.resource, around.root)
    if (isMet === true) continue
    const at = { at: path, profile, key }
    if (isMet === false) {
      const said = `${path} breaks ${key} of ${profile}: ${expression}`
      say(report, { kind: 'invariant', code: 'fhir.profile-invariant', severity, ...at }, said)
    } else {
      const said = `${path} was not judged by ${key} of ${profile}, which cannot be evaluated: ${expression}`
      say(
        report,
        { kind: 'not-supported', code: 'fhir.profile-unjudged', severity: 'information', ...at },
        said,
      )
    }
  }
}

/** Every item to its slice, then each slice as if it were an element of its own (§5.1.0.14). */
function checkSlices(
  judging: Interpreting,
  node: Node,
  items: readonly Item[],
  place: Place,
  report: Report,
): void {
  const { slicing, slices } = node
  if (!slicing || slices.length === 0) return
  const named = slices.filter(({ slice }) => slice !== '@default')
  const matchers = named.map((slice) => judging.matcherOf(node, slice))
  if (matchers.includes(undefined)) {
    if (items.length > 0) sayUnsliced(place, report)
    return
  }
  const found = items.map((item) => matchers.findIndex((matches) => matches?.(item, place.around) === true))
  for (const [at, slice] of named.entries()) {
    checkItems(
      judging,
      slice,
      items.filter((_, index) => found[index] === at),
      place,
      report,
    )
  }
  const rest = items.filter((_, index) => found[index] === -1)
  const otherwise = slices.find(({ slice }) => slice === '@default')
  if (otherwise) checkItems(judging, otherwise, rest, place, report)
  else if (slicing.rules === 'closed') for (const item of rest) sayClosed(itemPlace(place, item), report)
  checkOrder(node, found, place, report)
}

function sayUnsliced({ path, profile }: Place, report: Report): void {
  const said = `the slices of ${path} were not judged: the discriminators of ${profile} cannot be evaluated`
  say(
    report,
    { kind: 'not-supported', code: 'fhir.profile-unjudged', at: path, profile, severity: 'information' },
    said,
  )
}

function sayClosed({ path, profile }: Place, report: Report): void {
  const said = `${path} belongs to no slice, and ${profile} allows no others`
  say(report, { kind: 'structure', code: 'fhir.profile-slice', at: path, profile }, said)
}

/** `ordered`: slices follow one another as defined; `openAtEnd`: what belongs to none comes last. */
function checkOrder(
  { slicing }: Node,
  found: readonly number[],
  { path, profile }: Place,
  report: Report,
): void {
  const known = found.filter((at) => at >= 0)
  const isOutOfOrder = slicing?.isOrdered === true && known.some((at, index) => at < (known[index - 1] ?? 0))
  const isBetween = slicing?.rules === 'openAtEnd' && found.slice(0, known.length).includes(-1)
  if (!isOutOfOrder && !isBetween) return
  const said = `the slices of ${path} are not in the order that ${profile} asks for`
  say(report, { kind: 'structure', code: 'fhir.profile-slice-order', at: path, profile }, said)
}
