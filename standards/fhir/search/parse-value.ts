/** FHIR R4 §3.1.1.4.10 token, .13 composite, .14 uri values, and the escapes `\,` `\|` `\$` `\\` of §3.1.1.4.0.1. */
import { invalid, type OutcomeError } from '../outcome.ts'
import type { SearchParameterDefinition } from './definitions.ts'
import { parseExpression } from './expression.ts'
import type { CompositeQuery, ParameterQuery, TokenQuery } from './parameter-query.ts'
import type { ParseOptions } from './parse-parameter.ts'
import { resolvePath } from './resolve.ts'

/** What a value is read for. */
export type ValueContext = ParseOptions & {
  /** As it stands in the request, for messages. */
  readonly name: string
  readonly definition: SearchParameterDefinition
  readonly modifier: string | undefined
}

/** The alternatives between unescaped commas; each still has its other escapes. */
export function splitOr(value: string): readonly string[] {
  return splitUnescaped(value, ',')
}

/** Cuts at a separator that no backslash escapes. */
export function splitUnescaped(value: string, separator: string): readonly string[] {
  if (!value.includes('\\')) return value.split(separator)
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < value.length; at++) {
    const letter = value.charAt(at)
    if (letter === '\\') part += letter + value.charAt(++at)
    else if (letter === separator) {
      parts.push(part)
      part = ''
    } else part += letter
  }
  return [...parts, part]
}

/** `a\,b` → `a,b`. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\\,|$])/g, '$1') : text
}

export function badModifier({ name, modifier, definition }: ValueContext): OutcomeError {
  return invalid(`modifier ${modifier} cannot stand on ${definition.name}, a ${definition.kind} parameter`, {
    code: 'search.bad-modifier',
    at: name,
  })
}

export function badValue({ name }: ValueContext, wanted: string): OutcomeError {
  return invalid(`the value of ${name} is not ${wanted}`, { code: 'search.bad-value', at: name })
}

/** §3.1.1.4.10: `code`, `system|code`, `|code`, `system|`. */
export function parseToken(parts: readonly string[], context: ValueContext): ParameterQuery {
  const { modifier, definition } = context
  const parameter = definition.name
  switch (modifier) {
    case undefined:
      return { kind: 'token', parameter, values: parts.map((part) => parseTokenValue(part, context)) }
    case 'not':
    case 'below':
    case 'above':
      return {
        kind: 'token',
        parameter,
        modifier,
        values: parts.map((part) => parseTokenValue(part, context)),
      }
    case 'text':
    case 'in':
    case 'not-in':
      return {
        kind: 'token',
        parameter,
        modifier,
        values: parts.map((part) => ({ system: undefined, code: unescaped(part) })),
      }
    case 'of-type':
      if (!isOfIdentifiers(definition)) throw badModifier(context)
      return { kind: 'token', parameter, modifier, values: parts.map((part) => parseOfType(part, context)) }
    default:
      throw badModifier(context)
  }
}

/** One token; shared with `:identifier` of references. */
export function parseTokenValue(part: string, context: ValueContext): TokenQuery {
  const [first = '', second, ...more] = splitUnescaped(part, '|').map(unescaped)
  if (more.length > 0 || (first === '' && !second))
    throw badValue(context, 'code, system|code, |code or system|')
  if (second === undefined) return { system: undefined, code: first }
  return { system: first === '' ? null : first, code: second === '' ? undefined : second }
}

/** Whether all that the parameter looks at are identifiers. */
function isOfIdentifiers({ expression }: SearchParameterDefinition): boolean {
  const paths = parseExpression(expression) ?? []
  return paths.every((path) => resolvePath(path, path.root ?? '').some(({ type }) => type === 'Identifier'))
}

function parseOfType(part: string, context: ValueContext): TokenQuery {
  const [system, code, value, ...more] = splitUnescaped(part, '|').map(unescaped)
  if (!system || !code || !value || more.length > 0) throw badValue(context, 'system|code|value')
  return { system, code, value }
}

/** §3.1.1.4.14: exact, or with `below` and `above` by path. */
export function parseUri(parts: readonly string[], context: ValueContext): ParameterQuery {
  const { modifier, definition } = context
  const values = parts.map(unescaped)
  if (modifier === undefined) return { kind: 'uri', parameter: definition.name, values }
  if (modifier === 'below' || modifier === 'above')
    return { kind: 'uri', parameter: definition.name, modifier, values }
  throw badModifier(context)
}

/** §3.1.1.4.13: `a$b`, each part by the kind of its component. */
export function parseComposite(
  part: string,
  context: ValueContext,
  parseKind: (parts: readonly string[], context: ValueContext) => ParameterQuery,
): CompositeQuery {
  if (context.modifier !== undefined) throw badModifier(context)
  const values = splitUnescaped(part, '$')
  const { components } = context.definition
  if (values.length !== components.length)
    throw badValue(context, `${components.length} parts with $ between`)
  return {
    components: components.map(({ kind, expression }, at) => {
      const definition = { ...context.definition, kind, expression, components: [] }
      return parseKind([values[at] ?? ''], { ...context, definition })
    }),
  }
}
