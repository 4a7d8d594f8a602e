/** FHIR R4 §3.1.1.4.12 reference values: `id`, `Type/id`, a url, a canonical `url|version`, or with `:identifier` a token. */
import type { ResourceType } from '../model.ts'
import { isResourceType } from './definitions.ts'
import { canonicalParts } from './hot/references.ts'
import type { ReferenceQuery } from './parameter-query.ts'
import { badModifier, badValue, parseTokenValue, unescaped, type ValueContext } from './parse-value.ts'

const bareId = /^[A-Za-z0-9\-.]{1,64}$/

export function parseReferenceValue(part: string, context: ValueContext): ReferenceQuery {
  const { modifier, definition } = context
  if (modifier === 'identifier') {
    const { system, code } = parseTokenValue(part, context)
    return { kind: 'identifier', system, value: code }
  }
  if (modifier !== undefined && !canBe(modifier, context)) throw badModifier(context)
  const types = modifier === undefined ? definition.targets : [modifier]
  const text = local(unescaped(part), context.baseUrl)
  if (bareId.test(text)) return { kind: 'local', types, id: text }
  return literal(text, types, context)
}

/** The name of a type that the parameter may refer to; a canonical has no list of them. */
function canBe(modifier: string, { definition: { targets } }: ValueContext): modifier is ResourceType {
  return isResourceType(modifier) && (targets.length === 0 || targets.includes(modifier))
}

function literal(text: string, types: readonly ResourceType[], context: ValueContext): ReferenceQuery {
  const { type, id, url, version } = canonicalParts(text)
  const versioned = version === undefined ? {} : { version }
  if (url !== undefined) {
    if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) throw badValue(context, 'an id, Type/id or a url')
    return { kind: 'url', url, ...versioned }
  }
  if (type === undefined || id === undefined || !isResourceType(type))
    throw badValue(context, 'an id, Type/id or a url')
  return { kind: 'local', types: types.length === 0 || types.includes(type) ? [type] : [], id, ...versioned }
}

function local(text: string, baseUrl: string | undefined): string {
  return baseUrl !== undefined && text.startsWith(`${baseUrl}/`) ? text.slice(baseUrl.length + 1) : text
}
