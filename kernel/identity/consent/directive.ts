/**
 * R4 §6.2.4: a Consent read as rules. The base policy stands in `policyRule`; `provision` is what departs from it, and
 * each nested provision departs from the one around it. A root provision without type only bounds the base policy.
 */
import {
  type Consent,
  type ConsentProvision,
  type ConsentProvisionActor,
  type Instant,
  instantOf,
  parseReference,
  type ResourceOf,
  unprocessable,
} from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import {
  accountSystem,
  type Coding,
  type ConsentRule,
  type Directive,
  type RuleConditions,
  roleSystem,
} from './consent.ts'

/** Every look at a patient's record compares with all rules: 500 are some milliseconds, and nobody signs more. */
const mostRules = 500
const deepest = 16

/** Consents to a treatment and advance directives are no rules about the record. */
const scopes: ReadonlySet<string> = new Set(['patient-privacy', 'research'])
const denyingPolicies: ReadonlySet<string> = new Set(['OPTOUT', 'OPTOUTE'])
const permittingPolicies: ReadonlySet<string> = new Set(['OPTIN', 'OPTINR'])
/** consentaction: what is done to a record without looking at it. */
const noLooks: ReadonlySet<string> = new Set(['collect', 'correct'])
const resourceTypes = 'http://hl7.org/fhir/resource-types'

/** Rules of a Consent; undefined where it is not active, is about something else or names no patient. */
export function directiveOf(consent: ResourceOf<'Consent'>, timeZone: string): Directive | undefined {
  const patient = parseReference(consent.patient?.reference)
  if (consent.id === undefined || consent.status !== 'active' || patient?.type !== 'Patient') return undefined
  const scope = codesOf(consent.scope.coding).filter(({ code }) => scopes.has(code))
  if (scope.length === 0) return undefined
  const only = scope.every(({ code }) => code === 'research') ? { purposes: ['HRESCH'] } : {}
  const rules = rulesOf(consent, { timeZone, only })
  return { consent: consent.id, patient: patient.id, rules }
}

type Reading = { readonly timeZone: string; readonly only: RuleConditions }

function rulesOf({ policyRule, provision }: Consent, { timeZone, only }: Reading): readonly ConsentRule[] {
  const decision = baseDecision(codesOf(policyRule?.coding))
  const base = { ...only, ...(decision ? { decision } : {}) }
  const rules: ConsentRule[] = []
  const add = (rule: Omit<ConsentRule, 'number'>, inner: readonly ConsentProvision[], depth: number) => {
    const number = rules.length
    if (number >= mostRules || depth > deepest) throw tooLarge()
    rules.push({ number, ...rule })
    for (const each of inner.filter(isAboutLooking)) {
      const decided = { parent: number, decision: each.type ?? 'deny' }
      add({ ...decided, ...conditionsOf(each, timeZone) }, each.provision ?? [], depth + 1)
    }
  }
  if (!provision) add(base, [], 0)
  else if (provision.type) add(base, [provision], 0)
  else if (isAboutLooking(provision))
    add({ ...conditionsOf(provision, timeZone), ...base }, provision.provision ?? [], 0)
  return rules
}

function baseDecision(policy: readonly Coding[]): 'deny' | 'permit' | undefined {
  if (policy.some(({ code }) => denyingPolicies.has(code))) return 'deny'
  return policy.some(({ code }) => permittingPolicies.has(code)) ? 'permit' : undefined
}

function isAboutLooking({ action }: ConsentProvision): boolean {
  const codes = (action ?? []).flatMap(({ coding }) => codesOf(coding))
  return codes.length === 0 || codes.some(({ code }) => !noLooks.has(code))
}

function conditionsOf(provision: ConsentProvision, timeZone: string): RuleConditions {
  const { purpose, securityLabel, code, period, dataPeriod } = provision
  const listed = {
    actors: actorsOf(provision),
    types: typesOf(provision),
    instances: instancesOf(provision),
    purposes: purpose?.flatMap((each) => each.code ?? []),
    labels: codesOf(securityLabel),
    codes: code?.flatMap(({ coding }) => codesOf(coding)),
  }
  const known = Object.entries(listed).filter(([, values]) => values !== 'unknown' && values?.length)
  const unknown = Object.entries(listed).flatMap(([name, values]) => (values === 'unknown' ? [name] : []))
  const [starts, ends] = bounds(period, timeZone)
  const [dataFrom, dataUntil] = bounds(dataPeriod, timeZone)
  const moments = Object.entries({ starts, ends, dataFrom, dataUntil }).filter(([, at]) => at !== undefined)
  return {
    ...Object.fromEntries([...known, ...moments]),
    ...(unknown.length > 0 ? { unknown } : {}),
  }
}

/** One that cannot be told makes the whole list unknown: it may be anybody. */
type Listed<T> = readonly T[] | 'unknown' | undefined

function actorsOf({ actor }: ConsentProvision): Listed<string> {
  const keys = actor?.map(actorKey)
  return keys?.some((key) => key === undefined) ? 'unknown' : keys?.flatMap((key) => key ?? [])
}

/** Groups and care teams are not looked into; patients and their relatives are nobody who signs in as staff. */
const people: ReadonlySet<string> = new Set([
  ...['Organization', 'Location', 'Practitioner', 'PractitionerRole', 'Device', 'Patient', 'RelatedPerson'],
])

function actorKey({ role, reference }: ConsentProvisionActor): string | undefined {
  const roles = codesOf(role.coding).filter(({ system }) => system === roleSystem)
  const roleKey = roles[0] && `role:${roles[0].code}`
  const { identifier } = reference
  const literal = parseReference(reference.reference)
  if (literal && !people.has(literal.type)) return undefined
  const whom = literal
    ? `${literal.type}/${literal.id}`
    : identifier?.system === accountSystem && identifier.value
  if (roleKey && whom) return `${roleKey}@${whom}`
  // An actor named by a text alone is somebody only where a role of ours stands beside it.
  return whom || (reference.reference === undefined ? roleKey : undefined)
}

function typesOf(provision: ConsentProvision): Listed<string> {
  const classes = codesOf(provision.class)
  const isKnown = classes.every(({ system }) => system === resourceTypes)
  return isKnown ? classes.map(({ code }) => code) : 'unknown'
}

function instancesOf({ data }: ConsentProvision): Listed<{ readonly type: string; readonly id: string }> {
  const found = data?.map(({ meaning, reference }) =>
    meaning === 'instance' ? parseReference(reference.reference) : undefined,
  )
  if (found?.some((each) => each === undefined)) return 'unknown'
  return found?.flatMap((each) => (each ? [{ type: each.type, id: each.id }] : []))
}

function bounds(
  period: { readonly start?: string | undefined; readonly end?: string | undefined } | undefined,
  timeZone: string,
): readonly [Instant | undefined, Instant | undefined] {
  const start = period?.start === undefined ? undefined : dateRange(period.start, timeZone)
  const end = period?.end === undefined ? undefined : dateRange(period.end, timeZone)
  return [start && instantOf(start.lowMs, timeZone), end && instantOf(end.highMs, timeZone)]
}

type WrittenCoding = {
  readonly system?: string | undefined
  readonly code?: string | undefined
  readonly display?: string | undefined
}

function codesOf(coding: readonly WrittenCoding[] | undefined): readonly Coding[] {
  return (coding ?? []).flatMap(({ system, code, display }) =>
    code === undefined
      ? []
      : [{ ...(system === undefined ? {} : { system }), code, ...(display ? { display } : {}) }],
  )
}

function tooLarge() {
  return unprocessable(
    `a consent about the record has at most ${mostRules} provisions, ${deepest} inside one another: divide it`,
    { code: 'consent.too-large', at: 'Consent.provision' },
  )
}
