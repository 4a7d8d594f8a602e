/**
 * R4 searchparameter.html: a SearchParameter resource as a definition that this index can keep, or the reason why it cannot.
 * Expressions that are paths as R4's own parameters have them, with `extension('url')` and conditions on a text, are compiled;
 * others are evaluated (`evaluated.ts`).
 */
import type { SearchParameter } from 'fhir/r4'
import type { ResourceType } from '../model.ts'
import {
  isResourceType,
  type ParameterKind,
  parameterOf,
  type SearchParameterDefinition,
} from './definitions.ts'
import { evaluatedReader } from './evaluated.ts'
import { compileExtractor, type Extractor } from './hot/extract.ts'

export type OwnParameter =
  | {
      readonly kind: 'indexed'
      readonly types: readonly ResourceType[]
      readonly definition: SearchParameterDefinition
    }
  | {
      readonly kind: 'refused'
      readonly types: readonly ResourceType[]
      readonly code: string
      readonly reason: string
    }

const indexedKinds: ReadonlySet<string> = new Set([
  'token',
  'string',
  'reference',
  'date',
  'number',
  'quantity',
  'uri',
])
/** Each type that a parameter stands on is gone through when it is made. */
const mostTypes = 20
const mostCharacters = 2_000

/** What an active SearchParameter means here; undefined for one that is not in use. */
export function ownParameter(resource: SearchParameter): OwnParameter | undefined {
  if (resource.status !== 'active') return undefined
  const { code, type, expression, base, target = [] } = resource
  const types = base.filter(isResourceType)
  const refused = (reason: string): OwnParameter => ({ kind: 'refused', types, code, reason })
  if (!/^[A-Za-z][\w-]{0,63}$/.test(code)) return refused('its code is no name that can stand in an address')
  if (!indexedKinds.has(type)) return refused(`parameters of type ${type} are not indexed`)
  if (expression === undefined) return refused('it has no expression')
  if (expression.length > mostCharacters)
    return refused(`its expression is longer than ${mostCharacters} characters`)
  if (types.length < base.length || types.length > mostTypes)
    return refused(`its base must name at most ${mostTypes} resource types`)
  const taken = types.find((each) => parameterOf(each, code))
  if (taken) return refused(`R4 defines ${code} of ${taken} already`)
  const definition = {
    name: code,
    kind: type as ParameterKind,
    expression: plainPath(expression),
    targets: target.filter(isResourceType),
    components: [],
  }
  for (const each of types) {
    const reason = whyUnread(each, definition)
    if (reason !== undefined) return refused(`${reason} (${each})`)
  }
  return { kind: 'indexed', types, definition }
}

/** Why values cannot be read; undefined where they can. */
function whyUnread(type: string, definition: SearchParameterDefinition): string | undefined {
  if (isPath(type, definition)) return undefined
  const reader = evaluatedReader(type, definition)
  return typeof reader === 'string' ? reader : undefined
}

function isPath(type: string, definition: SearchParameterDefinition): boolean {
  return compileExtractor(type, [definition]).unsupported.length === 0
}

/** Reads the values of these parameters from a resource of the type. */
export function ownExtractor(type: string, definitions: readonly SearchParameterDefinition[]): Extractor {
  const paths = definitions.filter((definition) => isPath(type, definition))
  const extractor = compileExtractor(type, paths)
  for (const definition of definitions) {
    const reader = paths.includes(definition) ? undefined : evaluatedReader(type, definition)
    if (typeof reader === 'function') extractor.root.leaves.push(reader)
  }
  return extractor
}

/** `extension('url')` is short for a condition (R4 fhirpath.html §2.11.5). */
function plainPath(expression: string): string {
  return expression
    .replace(/\bextension\(\s*'([^']*)'\s*\)/g, "extension.where(url='$1')")
    .replace(/\s*=\s*'/g, "='")
}
