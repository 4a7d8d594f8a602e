/** R4 valueset.html §4.9.5 (ValueSet.compose.include.filter): which concepts of a code system are chosen, as a tree. */
import { invalid, type ValueSetComposeIncludeFilter } from '@xinglin/fhir'

export type Rule =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  /** At any distance below a code. */
  | { readonly kind: 'below'; readonly code: string; readonly isWithSelf: boolean }
  /** At any distance above a code, and itself. */
  | { readonly kind: 'above'; readonly code: string }
  /** One of the values, as text; `code` and `display` are properties too. */
  | { readonly kind: 'value'; readonly property: string; readonly values: readonly string[] }
  /** The whole value matches. */
  | { readonly kind: 'pattern'; readonly property: string; readonly pattern: string }
  | { readonly kind: 'present'; readonly property: string }
  | { readonly kind: 'and' | 'or'; readonly rules: readonly Rule[] }
  | { readonly kind: 'not'; readonly rule: Rule }

export const all: Rule = { kind: 'all' }
export const none: Rule = { kind: 'none' }

/** Longer patterns are programs; those of published value sets have up to 60 characters. */
const longestPattern = 200

/** The rule of a filter; throws `invalid` where it has no meaning. */
export function ruleOf({ property, op, value }: ValueSetComposeIncludeFilter): Rule {
  switch (op) {
    case 'is-a':
      return { kind: 'below', code: value, isWithSelf: true }
    case 'descendent-of':
      return { kind: 'below', code: value, isWithSelf: false }
    case 'is-not-a':
      return { kind: 'not', rule: { kind: 'below', code: value, isWithSelf: true } }
    case 'generalizes':
      return { kind: 'above', code: value }
    case '=':
      return valueRule(property, [value])
    case 'in':
      return valueRule(property, listed(value))
    case 'not-in':
      return { kind: 'not', rule: valueRule(property, listed(value)) }
    case 'regex':
      return { kind: 'pattern', property, pattern: checkedPattern(value) }
    case 'exists':
      return presence(property, value)
  }
}

function valueRule(property: string, values: readonly string[]): Rule {
  const isCode = property === 'code' || property === 'concept'
  return isCode ? { kind: 'codes', codes: values } : { kind: 'value', property, values }
}

function listed(value: string): readonly string[] {
  return value.split(',').map((each) => each.trim())
}

function presence(property: string, value: string): Rule {
  const present: Rule = { kind: 'present', property }
  if (value === 'true') return present
  if (value === 'false') return { kind: 'not', rule: present }
  throw badFilter('a filter exists has the value true or false')
}

/** A repeated group takes exponential time on texts that nearly match, and each further repetition multiplies the time. */
const isCostly = /\)\s*[*+{]|\\[1-9]|\(\?|(?:[*+{].*){4}/

function checkedPattern(pattern: string): string {
  if (pattern.length > longestPattern || isCostly.test(pattern))
    throw badFilter(
      `a filter regex has ${longestPattern} characters at most, three repetitions, and repeats no group`,
    )
  try {
    new RegExp(pattern, 'u')
  } catch (cause) {
    throw badFilter('the value of a filter regex is no regular expression', cause)
  }
  return pattern
}

function badFilter(message: string, cause?: unknown) {
  return invalid(message, { code: 'terminology.bad-filter', at: 'ValueSet.compose.include.filter', cause })
}

/** Both must hold; `all` takes itself away. */
export function and(...rules: readonly Rule[]): Rule {
  const told = rules.filter(({ kind }) => kind !== 'all')
  if (told.some(({ kind }) => kind === 'none')) return none
  const [first = all, ...others] = told
  return others.length === 0 ? first : { kind: 'and', rules: told }
}

/** Any must hold; lists of codes become one list. */
export function or(...rules: readonly Rule[]): Rule {
  if (rules.some(({ kind }) => kind === 'all')) return all
  const codes = rules.flatMap((rule) => (rule.kind === 'codes' ? rule.codes : []))
  const others = rules.filter(({ kind }) => kind !== 'codes' && kind !== 'none')
  const told: readonly Rule[] =
    codes.length > 0 ? [{ kind: 'codes', codes: [...new Set(codes)] }, ...others] : others
  const [first = none, ...more] = told
  return more.length === 0 ? first : { kind: 'or', rules: told }
}

export function not(rule: Rule): Rule {
  if (rule.kind === 'not') return rule.rule
  if (rule.kind === 'none') return all
  return rule.kind === 'all' ? none : { kind: 'not', rule }
}

/** The codes whose place in the hierarchy a rule asks for. */
export function hierarchyCodes(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case 'below':
    case 'above':
      return [rule.code]
    case 'not':
      return hierarchyCodes(rule.rule)
    case 'and':
    case 'or':
      return rule.rules.flatMap(hierarchyCodes)
    default:
      return []
  }
}
