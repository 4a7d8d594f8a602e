/**
 * What the rules of a consent say to one look: of the provisions that hold, those decide in which no nested one holds;
 * one that refuses is enough. What cannot be judged counts as holding for a refusal and as not holding for a permission.
 */
import { epochMs, type Instant } from '@xinglin/fhir'
import type { Coding, ConsentRule, Directive } from './consent.ts'

/** Who looks, why and when. */
export type Look = {
  readonly keys: readonly string[]
  /** The purpose and the wider ones around it. */
  readonly purposes: readonly string[]
  readonly at: Instant
  /** The glass is broken: only rules that name one of `purposes` are heard. */
  readonly isEmergency?: boolean
}

/** What is looked at, as rules speak of it. */
export type Seen = {
  readonly type: string
  readonly id: string
  readonly codes: readonly Coding[]
  readonly labels: readonly Coding[]
  /** When what it tells of happened; absent where it says nothing of time. */
  readonly moment?: Instant
}

/** `deny` or `permit`; undefined where the consent says nothing to this look. */
export function decisionOf({ rules }: Directive, look: Look, seen: Seen): 'deny' | 'permit' | undefined {
  const judged = rules.map((rule) => ({ rule, holds: judge(rule, look, seen) }))
  const around = (rule: ConsentRule | undefined): readonly Holds[] =>
    rule?.parent === undefined ? [] : [judged[rule.parent]?.holds ?? 'no', ...around(rules[rule.parent])]
  const within = ({ number }: ConsentRule) => judged.filter(({ rule }) => rule.parent === number)
  const speaks = (decision: 'deny' | 'permit') =>
    judged.some(({ rule, holds }) => {
      if (rule.decision !== decision) return false
      if (decision === 'deny' && look.isEmergency && !isPurposeNamed(rules, rule)) return false
      const isHeard = (each: Holds) => (decision === 'deny' ? each !== 'no' : each === 'yes')
      const isOverruled = (each: Holds) => (decision === 'deny' ? each === 'yes' : each !== 'no')
      if (![holds, ...around(rule)].every(isHeard)) return false
      return !within(rule).some(({ holds: inner }) => isOverruled(inner))
    })
  if (isApart(rules, seen)) return undefined
  if (speaks('deny')) return 'deny'
  return speaks('permit') ? 'permit' : undefined
}

/** Whether a rule, or one around it, says for which purposes it is. */
export function isPurposeNamed(rules: readonly ConsentRule[], rule: ConsentRule | undefined): boolean {
  if (rule === undefined) return false
  if (rule.purposes !== undefined) return true
  return rule.parent !== undefined && isPurposeNamed(rules, rules[rule.parent])
}

/** A consent itself is hidden only by a rule that names the type: else nobody could tell a patient what refuses. */
function isApart(rules: readonly ConsentRule[], { type }: Seen): boolean {
  return type === 'Consent' && !isAboutConsents(rules)
}

/** Whether a rule names the consents themselves. */
export function isAboutConsents(rules: readonly ConsentRule[]): boolean {
  return rules.some(({ types }) => types?.includes('Consent'))
}

type Holds = 'yes' | 'no' | 'unknown'

function judge(rule: ConsentRule, look: Look, seen: Seen): Holds {
  const isMet =
    isNamed(rule.actors, look.keys) &&
    isNamed(rule.purposes, look.purposes) &&
    isWithin(rule.starts, rule.ends, look.at) &&
    (rule.types?.includes(seen.type) ?? true) &&
    (rule.instances?.some(({ type, id }) => type === seen.type && id === seen.id) ?? true) &&
    isCoded(rule.codes, seen.codes) &&
    isCoded(rule.labels, seen.labels) &&
    (seen.moment === undefined || isWithin(rule.dataFrom, rule.dataUntil, seen.moment))
  if (!isMet) return 'no'
  return rule.unknown ? 'unknown' : 'yes'
}

function isNamed(asked: readonly string[] | undefined, held: readonly string[]): boolean {
  return asked?.some((each) => held.includes(each)) ?? true
}

function isCoded(asked: readonly Coding[] | undefined, held: readonly Coding[]): boolean {
  return asked?.some((each) => held.some((coding) => isSame(each, coding))) ?? true
}

/** A rule that names no system means the code in any. */
function isSame(asked: Coding, held: Coding): boolean {
  return asked.code === held.code && (asked.system === undefined || asked.system === held.system)
}

function isWithin(from: Instant | undefined, until: Instant | undefined, at: Instant): boolean {
  const ms = epochMs(at)
  return (from === undefined || epochMs(from) <= ms) && (until === undefined || ms < epochMs(until))
}
